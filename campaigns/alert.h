/* An alert: what one customer wants to be told, when a value gets above or
 * below one of their own (3-74). The noun, its words, its row. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/row.h"
#include "model/unsaved.h"

#define ALERT_SUBJECT 33 /* bytes, and NUL */
#define ALERT_AMOUNT 24  /* of "-123456789012.345", and NUL */
#define ALERT_TEXT_MAX 120

/* A number in thousandths; more: its text has digits behind those. */
struct alert_amount {
	int64_t thousandths;
	bool more;
};

/* "1800", "-12.5", "3.14159"; twelve digits before the point at most. No
 * exponent, no floating point. -EBADMSG. */
MUST_USE int alert_amount_parse(struct str s, struct alert_amount *out);
/* "1800", "12.5": no zeros at its end. */
void alert_amount_text(int64_t thousandths, char out[ALERT_AMOUNT]);
/* Letters, digits, '.', '_' and '-', up to 32; "a.b" is the subject "A.B".
 * Also the empty one: their own account. -EBADMSG. */
MUST_USE int alert_subject_parse(struct str s, char out[ALERT_SUBJECT]);

/* What a customer writes behind the keyword. */
enum alert_verb {
	ALERT_LIST,
	ALERT_SET,
	ALERT_REMOVE,     /* those of a subject */
	ALERT_REMOVE_ALL, /* of the trigger */
	ALERT_UNCLEAR
};

struct alert_order {
	enum alert_verb verb;
	char subject[ALERT_SUBJECT];
	bool above, once;
	int64_t limit; /* thousandths */
};

/*
 * text: "TX 600519 >1800", full-width, with 高于 低于 above below, "once" behind
 * it; "TX": the list; "TX 600519 0", "TX 600519 取消"; "TX 取消". false: it does
 * not begin with the word, or may mean something else: "提醒" before a sentence
 * without a blank.
 */
bool alert_order_parse(struct str text, struct str word,
		       struct alert_order *out);

/* What changes: put back when a batch was not stored. */
struct alert_now {
	bool armed; /* fires at the next value beyond the limit */
	bool over;  /* removed, or once and fired */
	int64_t fired_ms, fired_value; /* the last time; 0: never */
};

struct alert {
	uint64_t id;
	char *tenant, *address, *trigger;
	char subject[ALERT_SUBJECT];
	bool above, once;
	int64_t limit;      /* thousandths */
	int64_t until_ms;   /* 0: without an end */
	const char *source; /* a constant: "sms", "api" */
	int64_t set_ms;
	struct alert_now now;

	/* of memory alone */
	struct unsaved unsaved; /* of now */
	struct alert *older;    /* of the same address */
};

void alert_free(struct alert **xp);
/* Is that value at its limit, or beyond? */
bool alert_crossed(const struct alert *x, struct alert_amount value);

#define ALERT_CELLS 14
void alert_cells(const struct alert *x, struct cell cells[ALERT_CELLS]);
MUST_USE int alert_from_row(const struct row *row, struct alert **out);
