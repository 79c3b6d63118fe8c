/* Idempotency keys: the same key and the same request give the first answer
 * again; the same key for something else is refused. */
#pragma once

#include "gateway/core.h"

struct idempotency;

struct idempotency *idempotency_new(struct core *core);
void idempotency_free(struct idempotency **ip);

/* 0: new, go on and call idempotency_keep; -EEXIST: seen, *message_id is the
 * first one's; -EPROTO: seen with another request. */
MUST_USE int idempotency_find(struct idempotency *i, struct str tenant,
			      struct str key, struct str request,
			      uint64_t *message_id);
/* Remembers and journals it. */
void idempotency_keep(struct idempotency *i, struct str tenant, struct str key,
		      struct str request, uint64_t message_id);
/* It was not stored after all. */
void idempotency_drop(struct idempotency *i, uint64_t message_id);
/* A stored one: key_hash and body_hash of 32 bytes. */
void idempotency_recover(struct idempotency *i, struct str key_hash,
			 struct str body_hash, uint64_t message_id,
			 int64_t at_ms);
/* Forgets what is too old. */
void idempotency_tick(struct idempotency *i);
