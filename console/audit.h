/*
 * The audit log: who did what to what, hash-chained. A row once written
 * down here reaches the store, also when the disk was full for a while.
 */
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/str.h"
#include "model/store.h"

struct audit;

/* One row as stored. Views. */
struct audit_row {
	uint64_t seq; /* from 1, without holes */
	int64_t at_ms;
	struct str tenant, actor, action, object, detail;
	uint8_t prev_hash[32];
	uint8_t hash[32];
};

#define AUDIT_CELLS 9
#define AUDIT_DETAIL_MAX 2048

/* hash = SHA-256 of prev_hash and every field before it, each with its
 * length: the order of the struct. */
void audit_hash(const struct audit_row *a, uint8_t out[32]);
MUST_USE int audit_from_row(const struct row *r, struct audit_row *a);

/* Reads the head of the chain with a scan. -EIO. */
MUST_USE int audit_open(struct audit **out, struct loop *loop,
			struct store *store, const struct clock_ops *clock);
/* Rows on their way are still stored; the store must live on meanwhile. */
void audit_close(struct audit **ap);
/* Into the open batch. detail is JSON text or ""; longer than
 * AUDIT_DETAIL_MAX is left out. */
void audit_put(struct audit *a, struct str tenant, struct str actor,
	       struct str action, struct str object, struct str detail);
uint64_t audit_seq(const struct audit *a);
