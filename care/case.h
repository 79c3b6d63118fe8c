/* A case: one thing that one customer said, until it is settled. Its kinds,
 * states and acts are tables. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/heap.h"
#include "base/str.h"
#include "model/address.h"
#include "model/row.h"
#include "model/unsaved.h"

#define CASE_NAME_MAX 64          /* of an owner */
#define CASE_WORD_MAX 32          /* topics, causes, kinds of things */
#define CASE_FEN_MAX 100000000000 /* 10^9 yuan */

/* Stored by name. */
enum case_kind {
	CASE_COMPLAINT,
	CASE_REPORT, /* of a bad message: 举报 */
	CASE_SUGGESTION,
	CASE_QUESTION,
	CASE_DISPUTE, /* about a charge */
	CASE_KINDS
};

struct case_kind_row {
	const char *name;
	const char *zh;
	bool joins;   /* says it again: the same case */
	bool verdict; /* closes only with one */
	bool harm;    /* counts against the campaign it is about */
};

extern const struct case_kind_row case_kinds[CASE_KINDS];
MUST_USE int case_kind_parse(struct str s, enum case_kind *out);

/* A dispute of that topic is paid back before anybody looks; a cause
 * of that name is paid back twice. */
#define CASE_TOPIC_VAS "vas_charge"
#define CASE_CAUSE_CHARGE "charge_error"
/* A reminder that was wrong; proven, it is counted (K-02). */
#define CASE_TOPIC_REMINDER "wrong_reminder"
/* Where what a survey finds comes from. */
#define CASE_SOURCE_SURVEY "survey"

enum case_state { CASE_OPENED, CASE_INVESTIGATING, CASE_CLOSED, CASE_STATES };

enum case_act {
	CASE_ASSIGN,
	CASE_REPLY,
	CASE_NOTE,
	CASE_ESCALATE,
	CASE_REFUND,
	CASE_INVESTIGATE,
	CASE_VERDICT,
	CASE_CLOSE,
	CASE_REOPEN,
	CASE_ACTS
};

const char *case_state_name(enum case_state s);
MUST_USE int case_state_parse(struct str s, enum case_state *out);
const char *case_act_name(enum case_act a);
MUST_USE int case_act_parse(struct str s, enum case_act *out);
/* May that be done in that state? */
bool case_may(enum case_state s, enum case_act a);

enum case_verdict {
	CASE_NO_VERDICT,
	CASE_PROVEN,
	CASE_NOT_PROVEN,
	CASE_NOT_VERIFIABLE,
	CASE_VERDICTS
};

const char *case_verdict_name(enum case_verdict v); /* "": none yet */
MUST_USE int case_verdict_parse(struct str s, enum case_verdict *out);

/* What may change of it, all of it: put back when a batch was not stored. */
struct case_now {
	uint64_t version; /* of its history's last row; 0: never stored */
	enum case_state state;
	enum case_verdict verdict;
	char owner[CASE_NAME_MAX + 1]; /* never "" */
	char cause[CASE_WORD_MAX + 1];
	int64_t due_ms;     /* of the first reply */
	int64_t replied_ms; /* by a person; 0: not yet */
	int64_t visible_ms; /* when the customer last heard of it */
	int64_t closed_ms;  /* 0: open */
	unsigned alarms;    /* of the first reply that were given */
	bool solved, escalated;
	bool rated;     /* it is known how content they were before (K-48) */
	bool satisfied; /* ... and that they were */
	bool answered;  /* by a person, also before it was opened again */
	int64_t refund_fen; /* ordered so far */
	uint64_t resurvey;  /* the session that asks once more; 0 */
};

/* A tag cannot be `case`. */
struct care_case {
	uint64_t id;
	char tenant[TENANT_MAX + 1];
	enum case_kind kind;
	char address[ADDRESS_MAX], channel[CASE_WORD_MAX + 1];
	char account[CASE_NAME_MAX + 1]; /* at the billing system; "" */
	char topic[CASE_WORD_MAX + 1];
	char source[CASE_WORD_MAX + 1]; /* inbound, survey, api ... */
	char ref[CASE_NAME_MAX + 1];    /* of what it came from: an id */
	char campaign[CASE_WORD_MAX + 1];
	bool zh; /* the customer's language */
	int64_t opened_ms;
	struct case_now now;
	struct heap_node due;
	struct unsaved unsaved;  /* of now */
	struct care_case *older; /* of the same person */
};

void case_free(struct care_case **xp);

/* Moves by an act that changes the state; must() holds the table. */
void case_move(struct care_case *x, enum case_act a);

/* Shares of the time for a first reply at which there is an alarm. */
#define CASE_ALARMS 3
extern const unsigned case_alarm_percent[CASE_ALARMS];
/* When, if span_ms were given for the reply. */
int64_t case_alarm_ms(const struct care_case *x, unsigned alarm,
		      int64_t span_ms);

/* Columns of its row. */
enum {
	CASE_ID,
	CASE_TENANT,
	CASE_VERSION,
	CASE_KIND,
	CASE_STATE,
	CASE_OWNER,
	CASE_ADDRESS,
	CASE_CHANNEL,
	CASE_ACCOUNT,
	CASE_TOPIC,
	CASE_SOURCE,
	CASE_REF,
	CASE_CAMPAIGN,
	CASE_OPENED_MS,
	CASE_DUE_MS,
	CASE_REPLIED_MS,
	CASE_VISIBLE_MS,
	CASE_CLOSED_MS,
	CASE_MARKS,
	CASE_CAUSE,
	CASE_VERDICT_NAME,
	CASE_REFUND_FEN,
	CASE_RESURVEY,
	CASE_SOLVED,
	CASE_CELLS
};

/* What the column of marks says. */
unsigned case_marks_alarms(int64_t marks);
bool case_marks_escalated(int64_t marks);
void case_cells(const struct care_case *x, struct cell cells[CASE_CELLS]);
MUST_USE int case_from_row(const struct row *row, struct care_case **out);
