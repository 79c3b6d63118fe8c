/* A reminder: one thing that one person must hear, over one channel or the
 * next, until it is there. */
#pragma once

#include <stdint.h>

#include "base/heap.h"
#include "base/str.h"
#include "campaigns/trigger.h"
#include "model/row.h"
#include "model/unsaved.h"

enum reminder_state {
	REMINDER_WAITING,   /* a message is on its way, or waits for its time */
	REMINDER_DELIVERED, /* a word is awaited, or a survey follows */
	REMINDER_TASK,      /* every channel failed: a person calls */
	REMINDER_DONE,
	REMINDER_ANSWERED,
	REMINDER_FAILED,
	REMINDER_CANCELLED,
	REMINDER_STATES
};

const char *reminder_state_name(enum reminder_state s);
MUST_USE int reminder_state_parse(struct str s, enum reminder_state *out);
/* Nothing more happens to it. */
bool reminder_final(enum reminder_state s);

/* "again": the choices were said once more. "B:confirm": they were asked
 * which reminder they mean, and it is B there; what they had said. */
#define REMINDER_ASKED (TRIGGER_ANSWER_MAX + 4)

/* What may change: put back when a batch was not stored. */
struct reminder_now {
	enum reminder_state state;
	unsigned channel; /* number in the trigger's list */
	uint64_t message;
	int64_t due_ms; /* 0: nothing is due */
	int64_t delivered_ms;
	bool failed;     /* its message: to be said over the next channel */
	unsigned tries;  /* TASK: how often a call-back was asked for */
	char reason[32]; /* TASK: why there is none; "" */
	char answer[TRIGGER_ANSWER_MAX + 1]; /* name of what was said; "" */
	char asked[REMINDER_ASKED]; /* what was asked back; "" nothing */
};

/* What they are looked for by: the newest leads to the older ones. */
enum reminder_chain {
	REMINDER_BY_ADDRESS,
	REMINDER_BY_PERSON, /* who may write from another address */
	REMINDER_CHAINS
};

struct reminder {
	uint64_t id;
	char *tenant, *trigger, *event;
	char *account, *cycle, *to, *text;
	int64_t created_ms;
	struct reminder_now now;
	struct heap_node due;
	struct unsaved unsaved; /* of now */
	struct reminder *next;  /* of the same account */
	uint64_t person;        /* the contact behind the address; 0: none */
	struct reminder *older[REMINDER_CHAINS];
	bool awaits; /* what is said may be about it */
};

void reminder_free(struct reminder **rp);
/* must() holds that the table of states permits it. */
void reminder_move(struct reminder *r, enum reminder_state to);

#define REMINDER_CELLS 18
void reminder_cells(const struct reminder *r,
		    struct cell cells[REMINDER_CELLS]);
MUST_USE int reminder_from_row(const struct row *row, struct reminder **out);
