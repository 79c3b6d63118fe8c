/* Long messages of ESMEs while their parts come in. Each part is on disk
 * before it is acknowledged, so that an ESME with a window of one can go on;
 * the message is taken, and its parts struck off, in one commit. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/loop.h"
#include "channels/smpp/server.h"
#include "daemon/esme_record.h"
#include "model/store.h"

struct parts;

/* A message that is whole, or given up. */
struct parts_whole {
	uint64_t id; /* of which the ESME has "id-1", "id-2" ... */
	struct parts_head head;
	struct str text;                    /* UTF-8, of what came */
	unsigned have;                      /* < head.total: given up */
	unsigned dlr;                       /* the most that a part asked for */
	uint32_t asked;                     /* BIT(part - 1): which did */
	int64_t send_at_ms, valid_until_ms; /* of the first part that said */
};

struct parts_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct store *store;
	const char *name; /* of the server; borrowed */
	uint64_t (*new_id)(void *owner);
	/*
	 * Takes a message, in this turn: what it appends to the store is in
	 * one commit with the end of the parts. 0; -EAGAIN: not now, it is
	 * shown again. It is shown again too when that commit fails.
	 */
	int (*whole)(void *owner, const struct parts_whole *w);
	void *owner;
};

struct parts_limits {
	size_t sets; /* incomplete messages of one account */
	uint64_t wait_ms;
};

/* Reads what is on disk from before. */
MUST_USE int parts_open(struct parts **out, const struct parts_env *env,
			const struct parts_limits *limits, struct err *err);
void parts_limit(struct parts *p, const struct parts_limits *limits);
/* Shows nothing any more; answers of the store may still come. */
void parts_stop(struct parts *p);
void parts_close(struct parts **pp);

/*
 * Takes a part. done(by, rc) follows after its commit: 0 it is durable and
 * *id is its message's; or why the store did not keep it. -ENOSPC: too many
 * or too large; done is not called then.
 */
MUST_USE int parts_put(struct parts *p, const struct parts_head *head,
		       const struct smpp_piece *piece, uint8_t registered,
		       int64_t send_at_ms, int64_t valid_until_ms,
		       void (*done)(void *by, int rc), void *by, uint64_t *id);
/* Is this the id of a message that is not yet whole, and of that account? */
bool parts_has(const struct parts *p, struct str account, uint64_t id);
size_t parts_len(const struct parts *p);
