/* An order: what one person asked for at a price, confirmed by a code or not;
 * once confirmed a subscription, until it ends. The noun alone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/heap.h"
#include "base/str.h"
#include "model/row.h"
#include "model/unsaved.h"

/* Stored by name. */
enum order_state {
	ORDER_OFFERED, /* the code is on its way; silence is no order */
	ORDER_TRIAL,   /* begun elsewhere for nothing; ends by itself */
	ORDER_ACTIVE,  /* confirmed from that number */
	ORDER_ENDED,
	ORDER_LAPSED, /* not confirmed in time, or guessed at */
	ORDER_STATES
};

const char *order_state_name(enum order_state s);
MUST_USE int order_state_parse(struct str s, enum order_state *out);
bool order_final(enum order_state s);
bool order_may(enum order_state from, enum order_state to);

enum order_period {
	PERIOD_ONCE,
	PERIOD_DAY,
	PERIOD_WEEK,
	PERIOD_MONTH,
	PERIOD_YEAR,
	ORDER_PERIODS
};
/* NULL-terminated, for settings; and how people say them. */
extern const char *const order_period_names[ORDER_PERIODS + 1];
const char *order_period_zh(enum order_period p);

#define ORDER_CODE_HASH 33 /* hex of 16 bytes, and NUL */
#define OFFER_VERSION 9    /* 8 hex digits, and NUL */

/* What may change: put back when a batch was not stored. */
struct order_now {
	enum order_state state;
	char reason[32];
	char code_hash[ORDER_CODE_HASH]; /* "": no code is out */
	unsigned tries;                  /* wrong codes */
	uint64_t confirmed_by;           /* the inbound message; 0: none */
	int64_t confirmed_ms;
	/* 0: nothing is due; LAPSED: who sends its code is told until then */
	int64_t due_ms;
	int64_t since_ms;
	bool warned; /* of a trial's end */
};

struct order {
	uint64_t id;
	char *tenant, *address, *offer;
	char version[OFFER_VERSION]; /* of all that was offered */
	char *title_zh, *title_en, *service, *actor;
	int64_t price_fen;
	enum order_period period;
	uint64_t ordered_by; /* the inbound message; 0: not by message */
	int64_t created_ms;
	int64_t trial_until_ms; /* 0: no trial */
	char lang[3]; /* in which it was asked for: "zh", "en"; "" not known */
	struct order_now now;

	/* of memory alone */
	struct heap_node due;
	struct unsaved unsaved; /* of now */
	struct order *older;    /* of the same address */
};

void order_free(struct order **xp);
/* Nothing of it is awaited any more. */
bool order_gone(const struct order *x);
/* must() holds that the table permits it, and that nothing is ACTIVE without
 * the message that confirmed it. */
void order_move(struct order *x, enum order_state to, int64_t now_ms);

#define ORDER_CELLS 25
void order_cells(const struct order *x, struct cell cells[ORDER_CELLS]);
MUST_USE int order_from_row(const struct row *row, struct order **out);
