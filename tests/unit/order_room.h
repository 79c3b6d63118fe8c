/* Orders in a room of care: what is on offer, and what was said. */
#pragma once

#include "model/message.h"
#include "tests/lib/measured.h"
#include "tests/unit/care_bed.h"

static const char gateway_config[] = "fake good { receipt_after = 1ms }\n"
				     "route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"offer ring { title_zh = \"彩铃\" title_en = \"Ring tone\"\n"
	"  price = 501 words = {\"DG CL\", \"订购彩铃\"} }\n"
	"offer small { title_en = \"Small data\" price = 1000 service = data\n"
	"  words = {\"data small\"} }\n"
	"offer big { title_en = \"Big data\" price = 2000 service = data\n"
	"  words = {\"data big\"} }\n"
	"offer other { tenant = OTHER title_en = \"Other\" price = 1 }\n";

static inline void open_room(struct room *r, void **state)
{
	room_open(r, state, gateway_config, care_config);
}

static inline struct orders *orders_of(struct room *r)
{
	return care_orders(r->care);
}

static inline void later(struct room *r, int64_t ms)
{
	clock_hand_turn(&r->clock, (uint64_t)ms);
	orders_tick(orders_of(r));
	commit(r->bed);
}

static inline bool heard(const struct room *r, const char *type)
{
	return strstr(r->heard, type) != NULL;
}

/* ---- what was sent ------------------------------------------------------------------ */

struct text {
	bool done;
	char text[512];
};

static inline bool on_message(void *owner, const struct row *row)
{
	struct text *t = owner;
	struct message m;

	assert_int_equal(message_decode(row_s(row, 5), (uint64_t)row_i(row, 0),
					&m),
			 0);
	snprintf(t->text, sizeof(t->text), "%.*s", STR_ARGS(m.text));
	return false;
}

static inline void on_read(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct text *)owner)->done = true;
}

/* The newest text to a number. */
static inline struct text said_to(struct room *r, struct str to)
{
	struct text t = { false, "" };
	struct store *s = r->bed->store;
	struct cell cells[] = { CELL_N, CELL_N, CELL_N, CELL_T(to),
				CELL_N, CELL_N, CELL_N, CELL_I(1) };

	s->ops->get(s, STORE_MESSAGE_LIST, cells, ARRAY_LEN(cells), on_message,
		    on_read, &t);
	TURN_UNTIL(r->bed, t.done);
	return t;
}

/* The six digits in it. */
static inline void code_to(struct room *r, struct str to, char code[7])
{
	struct text t = said_to(r, to);
	const char *p = t.text;

	while (strspn(p, "0123456789") != 6) {
		p += strspn(p, "0123456789");
		assert_int_not_equal(*p, '\0');
		p++;
	}
	snprintf(code, 7, "%.6s", p);
}

static inline struct str hear(struct room *r, struct str from, const char *text)
{
	return room_hear(r, from, text);
}

/* The one of that number, or NULL. */
static inline const struct order *ask(struct room *r, const char *offer)
{
	const struct order_ask a = { .tenant = TENANT,
				     .address = SHI,
				     .offer = str_of(offer),
				     .actor = STR("test") };
	const struct order *x = NULL;
	struct err err = { "" };

	if (orders_ask(orders_of(r), &a, &x, &err) != 0)
		fail_msg("%s", err.text);
	commit(r->bed);
	return x;
}
