/* The states of an order, and its row. */
#include "care/order.h"

#include <errno.h>
#include <string.h>

#include "base/fsm.h"
#include "base/mem.h"

static const struct fsm_state states[ORDER_STATES] = {
	[ORDER_OFFERED] = { "offered", 0, BIT(ORDER_ACTIVE) | BIT(ORDER_LAPSED),
			    0 },
	[ORDER_TRIAL] = { "trial", 0, BIT(ORDER_ACTIVE) | BIT(ORDER_ENDED), 0 },
	[ORDER_ACTIVE] = { "active", 0, BIT(ORDER_ENDED), 0 },
	[ORDER_ENDED] = { "ended", 0, 0, 0 },
	[ORDER_LAPSED] = { "lapsed", 0, 0, 0 },
};

const char *const order_period_names[ORDER_PERIODS + 1] = {
	"once", "day", "week", "month", "year", NULL,
};

const char *order_period_zh(enum order_period p)
{
	static const char *const names[ORDER_PERIODS] = { "次", "天", "周",
							  "月", "年" };

	must((unsigned)p < ORDER_PERIODS);
	return names[p];
}

const char *order_state_name(enum order_state s)
{
	must((unsigned)s < ORDER_STATES);
	return states[s].name;
}

int order_state_parse(struct str s, enum order_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < ORDER_STATES; i++) {
		if (!str_eqz(s, states[i].name))
			continue;
		*out = (enum order_state)i;
		return 0;
	}
	return -EBADMSG;
}

bool order_final(enum order_state s)
{
	must((unsigned)s < ORDER_STATES);
	return states[s].next == 0;
}

bool order_gone(const struct order *x)
{
	must(x != NULL);
	return order_final(x->now.state) && x->now.due_ms == 0;
}

bool order_may(enum order_state from, enum order_state to)
{
	must((unsigned)from < ORDER_STATES);
	return (states[from].next & BIT(to)) != 0;
}

void order_free(struct order **xp)
{
	struct order *x = TAKE(*xp);

	if (x == NULL)
		return;
	mem_free(x->tenant);
	mem_free(x->address);
	mem_free(x->offer);
	mem_free(x->title_zh);
	mem_free(x->title_en);
	mem_free(x->service);
	mem_free(x->actor);
	unsaved_done(&x->unsaved);
	mem_free(x);
}

void order_move(struct order *x, enum order_state to, int64_t now_ms)
{
	must(x != NULL && order_may(x->now.state, to));
	must(to != ORDER_ACTIVE ||
	     (x->now.confirmed_by != 0 && x->now.code_hash[0] != '\0'));
	x->now.state = to;
	x->now.since_ms = now_ms;
}

void order_cells(const struct order *x, struct cell cells[ORDER_CELLS])
{
	must(x != NULL);
	const struct order_now *n = &x->now;
	const struct cell v[ORDER_CELLS] = {
		CELL_I(x->id),
		CELL_Z(x->tenant),
		CELL_Z(x->address),
		CELL_Z(x->offer),
		CELL_Z(x->version),
		CELL_Z(x->title_zh),
		CELL_Z(x->title_en),
		CELL_I(x->price_fen),
		CELL_Z(order_period_names[x->period]),
		CELL_Z(x->service),
		CELL_Z(x->actor),
		CELL_I(x->ordered_by),
		CELL_Z(order_state_name(n->state)),
		CELL_Z(n->reason),
		CELL_Z(n->code_hash),
		CELL_I(n->tries),
		CELL_I(n->confirmed_by),
		CELL_I(n->confirmed_ms),
		CELL_I(n->due_ms),
		CELL_I(n->warned),
		CELL_I(n->since_ms),
		CELL_I(x->created_ms),
		CELL_I(order_gone(x) ? n->since_ms : 0),
		CELL_I(x->trial_until_ms),
		CELL_Z(x->lang),
	};

	memcpy(cells, v, sizeof(v));
}

static int period_parse(struct str s, enum order_period *out)
{
	for (unsigned i = 0; i < ORDER_PERIODS; i++)
		if (str_eqz(s, order_period_names[i])) {
			*out = (enum order_period)i;
			return 0;
		}
	return -EBADMSG;
}

static int now_from_row(const struct row *row, struct order_now *n)
{
	n->tries = (unsigned)row_i(row, 15);
	n->confirmed_by = (uint64_t)row_i(row, 16);
	n->confirmed_ms = row_i(row, 17);
	n->due_ms = row_i(row, 18);
	n->warned = row_i(row, 19) != 0;
	n->since_ms = row_i(row, 20);
	if (order_state_parse(row_s(row, 12), &n->state) != 0 ||
	    str_copy(n->reason, sizeof(n->reason), row_s(row, 13)) != 0 ||
	    str_copy(n->code_hash, sizeof(n->code_hash), row_s(row, 14)) != 0)
		return -EBADMSG;
	return 0;
}

int order_from_row(const struct row *row, struct order **out)
{
	must(row != NULL && out != NULL);
	AUTO(order_free) struct order *x = mem_new(struct order);

	heap_node_init(&x->due);
	x->id = (uint64_t)row_i(row, 0);
	x->tenant = str_z(row_s(row, 1));
	x->address = str_z(row_s(row, 2));
	x->offer = str_z(row_s(row, 3));
	x->title_zh = str_z(row_s(row, 5));
	x->title_en = str_z(row_s(row, 6));
	x->price_fen = row_i(row, 7);
	x->service = str_z(row_s(row, 9));
	x->actor = str_z(row_s(row, 10));
	x->ordered_by = (uint64_t)row_i(row, 11);
	x->created_ms = row_i(row, 21);
	x->trial_until_ms = row_i(row, 23);
	if (str_copy(x->version, sizeof(x->version), row_s(row, 4)) != 0 ||
	    str_copy(x->lang, sizeof(x->lang), row_s(row, 24)) != 0 ||
	    period_parse(row_s(row, 8), &x->period) != 0 ||
	    now_from_row(row, &x->now) != 0)
		return -EBADMSG;
	*out = TAKE(x);
	return 0;
}
