/* The contract of a voice trunk: what the ACD asks of a leg. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum call_end {
	CALL_END_NORMAL,
	CALL_END_BUSY,
	CALL_END_NO_ANSWER,
	CALL_END_REJECTED,
	CALL_END_UNREACHABLE,
	CALL_END_FAILED
};

const char *call_end_name(enum call_end e);

/* From the trunk, on the loop thread, never from inside a call_ops entry. */
struct call_events {
	/* Somebody rings in on leg. */
	void (*offered)(void *owner, uint64_t leg, struct str from,
			struct str to);
	void (*answered)(void *owner, uint64_t leg);
	/* Exactly once for every leg, last. */
	void (*ended)(void *owner, uint64_t leg, enum call_end why);
	void (*digit)(void *owner, uint64_t leg, char digit);
};

struct trunk;

struct call_ops {
	const char *name;
	/* Rings `to`; 0 and a leg id (never 0), or -EAGAIN: no bearer. */
	MUST_USE int (*dial)(struct trunk *t, struct str to, struct str from,
			     uint64_t *leg);
	MUST_USE int (*answer)(struct trunk *t, uint64_t leg);
	/* A prompt by name, repeated when loop; replaces what plays. */
	MUST_USE int (*play)(struct trunk *t, uint64_t leg, struct str prompt,
			     bool loop);
	MUST_USE int (*bridge)(struct trunk *t, uint64_t a, uint64_t b);
	void (*hangup)(struct trunk *t, uint64_t leg, enum call_end why);
};

struct trunk {
	const struct call_ops *ops;
};
