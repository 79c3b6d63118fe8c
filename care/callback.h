/* A call-back: one person who shall be rung, until somebody has spoken to
 * them. The noun alone: its states, its row. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/str.h"
#include "model/address.h"
#include "model/row.h"
#include "model/unsaved.h"
#include "routing/router.h"

/* Stored by name; outreach.md 4.7. */
enum callback_state {
	CALLBACK_PROPOSED,    /* offered by a message; waits for a yes */
	CALLBACK_OPEN,        /* wanted; its hour has not come */
	CALLBACK_QUEUED,      /* waits for an agent */
	CALLBACK_OFFERED,     /* an agent has it */
	CALLBACK_CONNECTED,   /* both are on the line */
	CALLBACK_RESOLVED,    /* spoken to */
	CALLBACK_UNREACHABLE, /* every try in vain */
	CALLBACK_DECLINED,    /* the customer wants none */
	CALLBACK_CANCELLED,   /* by one of us, or nobody said yes */
	CALLBACK_DENIED,      /* by the gate */
	CALLBACK_STATES
};

/* Who wished it. */
enum callback_source {
	CALLBACK_BY_KEYWORD,
	CALLBACK_BY_LINK,
	CALLBACK_BY_CONSOLE, /* API, command line */
	CALLBACK_BY_MISSED_CALL,
	CALLBACK_BY_LOW_SCORE,
	CALLBACK_BY_REMINDER,
	CALLBACK_BY_CASE,
	CALLBACK_BY_THREAD, /* an agent handed a thread over */
	CALLBACK_SOURCES
};

const char *callback_state_name(enum callback_state s);
MUST_USE int callback_state_parse(struct str s, enum callback_state *out);
/* Nothing more happens to it. */
bool callback_final(enum callback_state s);
bool callback_may(enum callback_state from, enum callback_state to);
const char *callback_source_name(enum callback_source s);
MUST_USE int callback_source_parse(struct str s, enum callback_source *out);
/* Did the customer ask for it? */
bool callback_wished(enum callback_source s);

#define CALLBACK_NAME 64
#define CALLBACK_NOTE 512
#define CALLBACK_NEEDS 4

/* What may change: put back when a batch was not stored. */
struct callback_now {
	enum callback_state state;
	char reason[32];
	char agent[CALLBACK_NAME + 1]; /* who has it, or had it last */
	char tier[33];
	int open_minute, close_minute; /* preferred hours; equal: any */
	unsigned tries;                /* in different hours */
	unsigned calls;                /* all of them */
	uint32_t hours;                /* BIT(local hour) of each try */
	int64_t tried_ms;              /* the last one */
	int64_t due_ms;   /* what its state waits for; 0: nothing */
	int64_t since_ms; /* of the state */
	bool breached;    /* waited longer than promised */
};

struct callback {
	uint64_t id;
	char *tenant, *address, *queue, *skill, *ref, *note;
	enum callback_source source;
	int64_t created_ms;
	struct callback_now now;

	/* of memory alone */
	int64_t from_ms; /* not before, while its contact is looked for */
	struct heap_node due;
	struct unsaved unsaved; /* of now */
	struct route_item item;
	struct route_need needs[CALLBACK_NEEDS + 1];
	uint64_t reservation; /* 0: none */
};

void callback_free(struct callback **xp);
/* must() holds that the table permits it. */
void callback_move(struct callback *x, enum callback_state to, int64_t now_ms);

#define CALLBACK_CELLS 23
void callback_cells(const struct callback *x,
		    struct cell cells[CALLBACK_CELLS]);
MUST_USE int callback_from_row(const struct row *row, struct callback **out);
