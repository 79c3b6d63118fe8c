/* What fake.c and far.c share. */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "channels/fake/fake.h"

enum { FAKE_MAGIC = 0x66616b65 };
enum far_what { FAR_END, FAR_RECEIPT, FAR_INBOUND };

/* Something the far side will do when its timer fires. */
struct far_job {
	struct list link;
	struct channel *c;
	struct loop_timer *timer;
	enum far_what what;
	uint64_t attempt;
	uint64_t id;    /* END: of the message */
	unsigned parts; /* END: of how many it is */
	uint32_t done;  /* END: those that an earlier attempt sent */
	char *v[3];     /* RECEIPT: peer id; INBOUND: from, to, text */
};

struct channel {
	uint32_t magic;
	struct channel_env env; /* but for name and cfg: copies, below */
	struct fake_cfg cfg;
	char *name;
	char *kind;
	enum channel_state state;
	bool held;
	bool closing;
	unsigned unanswered; /* sends */
	struct loop_timer *turn;
	void (*done)(void *owner);
	void *done_owner;
	/* Of the far side. */
	bool there;
	bool quiet;
	enum outcome_class class;
	const char *reason;
	struct list jobs;
	struct map *told; /* ticket -> job handed up and not answered */
	uint64_t tickets;
};

static inline struct channel *fake_of(const void *p)
{
	return MAGIC_CAST(struct channel, FAKE_MAGIC, (uintptr_t)p);
}

struct far_job *far_job(struct channel *c, enum far_what what,
			int64_t after_ms);
/* Ends a send; the job is gone. */
void far_end(struct far_job *j, enum outcome_class class, const char *reason);
/* The gateway has it on disk (rc 0), or cannot keep it. */
void far_answered(struct channel *c, uint64_t ticket, int rc);
/* Ends what is unanswered, forgets the rest. */
void far_done(struct channel *c);
