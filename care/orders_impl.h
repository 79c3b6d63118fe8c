/* The room of orders, for the files that are its parts. */
#pragma once

#include "base/id.h"
#include "base/map.h"
#include "base/stats.h"
#include "care/buyers.h"
#include "care/orders.h"
#include "care/stored_key.h"

#define ORDER_CODE_DIGITS 6

struct orders {
	struct orders_env env;
	struct id_source ids;
	struct map *all;    /* id */
	struct map *people; /* address_key of no tenant -> the newest */
	struct buyers *buyers;
	struct heap due;
	struct loop_timer *timer;
	bool stopped;
	char code_key[STORED_KEY];
	struct stat *s_asked, *s_confirmed, *s_lapsed, *s_ended;
};

static inline int64_t orders_now(const struct orders *o)
{
	return clock_wall_ms(o->env.clock);
}

/* ---- order_keep.c ----------------------------------------------------------------- */

void order_index(struct orders *o, struct order *x);
struct order *order_newest(const struct orders *o, struct str address);
void order_keep(struct orders *o, struct order *x,
		const struct order_now *before);
MUST_USE int orders_recover(struct orders *o, struct err *err);
void orders_free_all(struct orders *o);

/* ---- orders.c --------------------------------------------------------------------- */

/* What was ordered is theirs from now on. */
void order_confirm(struct orders *o, struct order *x, uint64_t inbound);
void order_over(struct orders *o, struct order *x, enum order_state as,
		const char *reason);
/* Its code came to its end, unused; who sends it later is told so, once. */
void order_time_out(struct orders *o, struct order *x);
/* They have been told, or it is too long ago. */
void order_forget_code(struct orders *o, struct order *x);
struct order *order_at(const struct orders *o, struct str tenant, uint64_t id);

/* ---- order_say.c ------------------------------------------------------------------ */

enum order_saying {
	ORDER_SAY_CONFIRM,
	ORDER_SAY_ACTIVE,
	ORDER_SAY_WRONG,
	ORDER_SAY_LATE,
	ORDER_SAY_TRIAL,
	ORDER_SAY_ENDED,
	ORDER_SAYINGS
};

/* 0; -EPERM: the gate refuses it; -EINVAL. code NULL: none is said. */
MUST_USE int order_say(struct orders *o, const struct order *x,
		       enum order_saying what, const char *code,
		       struct err *err);
/* As above, where nobody waits for how it went. */
void order_tell_them(struct orders *o, const struct order *x,
		     enum order_saying what);
/* A new code; only its hash is kept. */
void order_make_code(const struct orders *o, struct order *x,
		     char code[ORDER_CODE_DIGITS + 1]);
MUST_USE bool order_code_is(const struct orders *o, const struct order *x,
			    struct str code);
/* "service.activate" ...: to the billing side; replaced: NULL none. */
void order_bill(struct orders *o, const struct order *x, const char *type,
		const struct order *replaced);
