/* One person's way through one survey: a state machine, its row, its answers
 * so far. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/heap.h"
#include "campaigns/survey.h"
#include "campaigns/survey_channels.h"
#include "model/row.h"
#include "model/unsaved.h"

/* Stored by name; outreach.md 4.6. */
enum session_state {
	SESSION_CREATED,
	SESSION_GATED,        /* the gate holds the invitation until later */
	SESSION_INVITED,      /* a peer has it */
	SESSION_CONTACTED,    /* it was delivered */
	SESSION_STARTED,      /* at least one answer */
	SESSION_COMPLETED,    /* all of them */
	SESSION_UNREACHABLE,  /* could not be delivered */
	SESSION_UNRESPONSIVE, /* time is over, and no answer */
	SESSION_BREAKOFF,     /* ... after an answer */
	SESSION_REFUSED,      /* an opt-out before any answer */
	SESSION_SUPERSEDED,   /* a newer invitation took its place */
	SESSION_CANCELLED,    /* by the gate, or by hand */
	SESSION_STATES
};

const char *session_state_name(enum session_state s);
MUST_USE int session_state_parse(struct str s, enum session_state *out);
/* May an answer come? */
bool session_open(enum session_state s);
/* May it still become that? */
bool session_may(enum session_state from, enum session_state to);

#define SESSION_UNANSWERED (-1)

/* What changes of a session, all of it: to be put back when a batch was not
 * stored. */
struct session_now {
	enum session_state state;
	uint8_t question;  /* that waits for an answer */
	uint8_t reprompts; /* of this question */
	uint8_t answered;
	bool reminded;
	bool flagged; /* an answer that may belong to another survey */
	uint16_t unparsed;
	char reason[32];  /* of the gate, or of the failure */
	uint64_t message; /* the last one sent */
	int64_t contacted_ms, started_ms, closed_ms, expires_ms;
	/* by question: option, or 0 for a text; SESSION_UNANSWERED */
	int8_t given[SURVEY_QUESTIONS_MAX];
	uint16_t edits[SURVEY_QUESTIONS_MAX];  /* answers kept of each */
	uint8_t channel[SURVEY_QUESTIONS_MAX]; /* of the last one */
	uint8_t late; /* BIT(question): its answer came after the end */
};

/* What they are looked for by: the newest leads to the older ones. */
enum session_chain {
	SESSION_BY_ADDRESS,
	SESSION_BY_PERSON, /* who may write from another address */
	SESSION_CHAINS
};

struct session {
	uint64_t id;
	const struct survey *survey; /* a version: they are never freed */
	char *address, *ref, *vars;
	char *branch; /* that looked after them when they were asked; "" none */
	bool zh;
	bool elsewhere; /* nobody was asked by us; its answers are all there */
	bool of_campaign; /* ref is the label of the one that asked */
	int64_t created_ms;
	struct session_now now;
	struct heap_node due;
	struct unsaved unsaved; /* of now */
	uint64_t person;        /* the contact behind the address; 0: none */
	struct session *older[SESSION_CHAINS];
};

_Static_assert(SURVEY_QUESTIONS_MAX <= 8, "late has a bit for each");

/* In the row's marks. */
#define SESSION_ELSEWHERE BIT(10)
#define SESSION_OF_CAMPAIGN BIT(11)

/* Moves; must() holds that the table permits it. */
void session_move(struct session *s, enum session_state to, int64_t now_ms);
void session_free(struct session **sp);

#define SESSION_CELLS 23
/* `given` gets text that a cell borrows; c has the channels' names. */
void session_cells(const struct session *s, const struct survey_channels *c,
		   struct buf *given, struct cell cells[SESSION_CELLS]);
/* Fills all but survey: its id and version stand in the row. -EBADMSG. */
MUST_USE int session_from_row(const struct row *r, struct survey_channels *c,
			      struct session **out);
struct str session_row_survey(const struct row *r);
struct str session_row_tenant(const struct row *r);
unsigned session_row_version(const struct row *r);
