/* The life of a campaign as one table: what may be done in which state, and
 * where it leads. */
#pragma once

#include "base/str.h"

/* Numbers are stored: never change one. From CAMPAIGN_COMPLETED on it is
 * over. */
enum campaign_state {
	CAMPAIGN_DRAFT = 0,
	CAMPAIGN_IN_REVIEW = 1,
	CAMPAIGN_APPROVED = 2,
	CAMPAIGN_SCHEDULED = 3,
	CAMPAIGN_MATERIALISING = 4, /* its recipients are written down */
	CAMPAIGN_RUNNING = 5,
	CAMPAIGN_PAUSED = 6,
	CAMPAIGN_DRAINING = 7, /* all were begun; outcomes are awaited */
	CAMPAIGN_COMPLETED = 8,
	CAMPAIGN_CANCELLED = 9,
	CAMPAIGN_FAILED = 10,
	CAMPAIGN_EXPIRED = 11,
	CAMPAIGN_STATES = 12
};

enum campaign_step {
	/* of people */
	STEP_EDIT,
	STEP_SUBMIT,
	STEP_RETURN,
	STEP_APPROVE,
	STEP_SCHEDULE,
	STEP_START,
	STEP_PAUSE,
	STEP_RESUME,
	STEP_CANCEL,
	/* of its own */
	STEP_MATERIALISED,
	STEP_CHANGED, /* the audience is not the one that was approved */
	STEP_EMPTY,   /* nobody is left to begin with */
	STEP_AGAIN,   /* a recurring one waits for its next run */
	STEP_COMPLETE,
	STEP_FAIL,
	STEP_EXPIRE,
	CAMPAIGN_STEPS
};

const char *campaign_state_name(enum campaign_state s); /* "in_review" */
MUST_USE int campaign_state_parse(struct str s, enum campaign_state *out);
bool campaign_state_final(enum campaign_state s);
const char *campaign_step_name(enum campaign_step s); /* "submit" */
/* Where it leads; -EPROTO: not from here. */
MUST_USE int campaign_step_to(enum campaign_state from, enum campaign_step step,
			      enum campaign_state *to);
