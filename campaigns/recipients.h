/* Recipients of one run: a row a person, also those who get nothing, and how
 * many of them stand where. */
#pragma once

#include "campaigns/people.h"
#include "model/store.h"

/* Numbers are stored, and 2 stands in the store's SQL. What became of a
 * claimed one is what became of its message. */
enum recipient_state {
	RECIPIENT_READY = 0,
	RECIPIENT_SUPPRESSED = 1,
	RECIPIENT_DEFERRED = 2, /* waits until due_ms */
	RECIPIENT_CLAIMED = 3,  /* handed to the gateway as a message */
	RECIPIENT_STATES = 4
};

const char *recipient_state_name(enum recipient_state s);

/* Reasons of the campaign's own; the others are the gate's. */
#define WHY_DUPLICATE "duplicate_address"
#define WHY_NO_ADDRESS "missing_number"
#define WHY_BAD_ADDRESS "invalid_number"
#define WHY_BRANCH "other_branch" /* named, and not of its branch */
#define WHY_NO_ZONE "no_timezone"
#define WHY_VARIABLE "missing_variable"
#define WHY_RENDER "template_render_error"
#define WHY_PARTS "too_many_parts"
#define WHY_CONTENT "content_rule"
#define WHY_CONTROL "control_group"
#define WHY_SCHEDULED "scheduled"  /* deferred to its local time */
#define WHY_PAUSED "paused"        /* taken back out of the queue */
#define WHY_MISSED "missed_window" /* its time is after the end */

struct recipient {
	int64_t n;    /* in its run, from 1 */
	unsigned arm; /* 0, or 1: the other text */
	enum recipient_state state;
	struct str reason;
	struct str detail; /* of the reason: the variable that is missing */
	int64_t due_ms;
	uint64_t message; /* CLAIMED, SUPPRESSED by the gate: its record */
};

/* Into the open batch. */
void recipient_put(struct store *s, uint64_t campaign, int64_t run,
		   const struct recipient *r, const struct person_row *p);

/* ---- how many stand where ---------------------------------------------------- */

#define TALLY_ROWS_MAX 96

struct recipient_count {
	enum recipient_state state;
	char reason[32];
	int64_t n;
	bool dirty; /* not written since it changed */
};

/* Kept with every change, written in the same batch. */
struct recipient_tally {
	struct recipient_count v[TALLY_ROWS_MAX];
	unsigned n;
};

void recipient_tally_add(struct recipient_tally *t, enum recipient_state state,
			 struct str reason, int64_t delta);
int64_t recipient_tally_of(const struct recipient_tally *t,
			   enum recipient_state state);
int64_t recipient_tally_all(const struct recipient_tally *t);
/* What changed since the last time, into the open batch. */
void recipient_tally_put(struct recipient_tally *t, struct store *s,
			 uint64_t campaign, int64_t run);

/* ---- pages of them ------------------------------------------------------------- */

#define RECIPIENTS_PAGE 500

struct recipients {
	struct people people; /* [i] is the person of v[i] */
	struct recipient v[RECIPIENTS_PAGE];
	char reasons[RECIPIENTS_PAGE][32];
	unsigned n;
};

/* A row of RECIPIENT_NEXT or RECIPIENT_DUE; false: the page is full. */
bool recipients_add(struct recipients *p, const struct row *row);
