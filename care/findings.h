/*
 * Findings: what a survey has shown, sent to a unit that has to answer by a
 * day. What is late is told of once, and stands in a list until it is
 * answered.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/settings.h"
#include "campaigns/surveys.h"

struct findings;

/* The struct behind `findings { ... }`. */
struct findings_cfg {
	int64_t due; /* ms, where no day is named */
	int64_t max; /* open ones */
};

extern const struct setting_section findings_section;

enum finding_state { FINDING_OPEN, FINDING_ANSWERED, FINDING_STATES };
const char *finding_state_name(enum finding_state s);
MUST_USE int finding_state_parse(struct str s, enum finding_state *out);

struct findings_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct surveys *surveys;
	const struct findings_cfg *cfg; /* lives as long */
	unsigned node;
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int findings_open(struct findings **out,
			   const struct findings_env *env, struct err *err);
void findings_stop(struct findings *f);    /* before the gateway closes */
void findings_close(struct findings **fp); /* after the store */

#define FINDING_UNIT_MAX 64
#define FINDING_TEXT_MAX 2000
#define FINDING_BRANCH_MAX 64

struct finding_ask {
	struct str tenant, unit, survey;
	struct str question; /* "": the whole survey */
	struct str text;     /* what was found, what is asked */
	struct str branch;   /* whose it is; "": of no branch */
	struct str by;
	int64_t due_ms; /* 0: the setting's */
};

/* Durable after the next store_then. -EINVAL with the field's name, -ENOSPC;
 * with a sentence. */
MUST_USE int findings_send(struct findings *f, const struct finding_ask *ask,
			   uint64_t *id, int64_t *due_ms, const char **field,
			   struct err *err);
/* The unit's answer. -ENOENT: it is not open, or another tenant's; -EINVAL:
 * the text is empty or too long. */
MUST_USE int findings_answer(struct findings *f, struct str tenant, uint64_t id,
			     struct str text, struct str by);
/* Whose it is, until it is answered. -ENOENT: as above. */
MUST_USE int findings_branch(const struct findings *f, struct str tenant,
			     uint64_t id, struct str *branch);
/* Does what is due; its own timer calls it. */
void findings_tick(struct findings *f);
