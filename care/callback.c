/* The states of a call-back, and its row. */
#include "care/callback.h"

#include <errno.h>
#include <string.h>

#include "base/fsm.h"
#include "base/mem.h"

#define GIVEN_UP (BIT(CALLBACK_DECLINED) | BIT(CALLBACK_CANCELLED))

static const struct fsm_state states[CALLBACK_STATES] = {
	[CALLBACK_PROPOSED] = { "proposed", 0,
				BIT(CALLBACK_OPEN) | BIT(CALLBACK_DENIED) |
					GIVEN_UP,
				0 },
	[CALLBACK_OPEN] = { "open", 0,
			    BIT(CALLBACK_QUEUED) | BIT(CALLBACK_DENIED) |
				    GIVEN_UP,
			    0 },
	[CALLBACK_QUEUED] = { "queued", 0,
			      BIT(CALLBACK_OPEN) | BIT(CALLBACK_OFFERED) |
				      BIT(CALLBACK_DENIED) | GIVEN_UP,
			      0 },
	[CALLBACK_OFFERED] = { "offered", 0,
			       BIT(CALLBACK_OPEN) | BIT(CALLBACK_QUEUED) |
				       BIT(CALLBACK_CONNECTED) |
				       BIT(CALLBACK_RESOLVED) |
				       BIT(CALLBACK_UNREACHABLE) | GIVEN_UP,
			       0 },
	[CALLBACK_CONNECTED] = { "connected", 0,
				 BIT(CALLBACK_QUEUED) | BIT(CALLBACK_RESOLVED) |
					 BIT(CALLBACK_UNREACHABLE) | GIVEN_UP,
				 0 },
	[CALLBACK_RESOLVED] = { "resolved", 0, 0, 0 },
	[CALLBACK_UNREACHABLE] = { "unreachable", 0, 0, 0 },
	[CALLBACK_DECLINED] = { "closed_by_customer", 0, 0, 0 },
	[CALLBACK_CANCELLED] = { "cancelled", 0, 0, 0 },
	[CALLBACK_DENIED] = { "denied", 0, 0, 0 },
};

static const struct {
	const char *name;
	bool wished;
} sources[CALLBACK_SOURCES] = {
	[CALLBACK_BY_KEYWORD] = { "keyword", true },
	[CALLBACK_BY_LINK] = { "link", true },
	[CALLBACK_BY_CONSOLE] = { "console", true },
	[CALLBACK_BY_MISSED_CALL] = { "missed_call", true },
	[CALLBACK_BY_LOW_SCORE] = { "low_score", false },
	[CALLBACK_BY_REMINDER] = { "reminder", false },
	[CALLBACK_BY_CASE] = { "case", true },
	[CALLBACK_BY_THREAD] = { "thread", true },
};

const char *callback_state_name(enum callback_state s)
{
	must((unsigned)s < CALLBACK_STATES);
	return states[s].name;
}

int callback_state_parse(struct str s, enum callback_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < CALLBACK_STATES; i++) {
		if (!str_eqz(s, states[i].name))
			continue;
		*out = (enum callback_state)i;
		return 0;
	}
	return -EBADMSG;
}

bool callback_final(enum callback_state s)
{
	must((unsigned)s < CALLBACK_STATES);
	return states[s].next == 0;
}

bool callback_may(enum callback_state from, enum callback_state to)
{
	must((unsigned)from < CALLBACK_STATES);
	return (states[from].next & BIT(to)) != 0;
}

const char *callback_source_name(enum callback_source s)
{
	must((unsigned)s < CALLBACK_SOURCES);
	return sources[s].name;
}

int callback_source_parse(struct str s, enum callback_source *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < CALLBACK_SOURCES; i++) {
		if (!str_eqz(s, sources[i].name))
			continue;
		*out = (enum callback_source)i;
		return 0;
	}
	return -EBADMSG;
}

bool callback_wished(enum callback_source s)
{
	must((unsigned)s < CALLBACK_SOURCES);
	return sources[s].wished;
}

void callback_free(struct callback **xp)
{
	struct callback *x = TAKE(*xp);

	if (x == NULL)
		return;
	mem_free(x->tenant);
	mem_free(x->address);
	mem_free(x->queue);
	mem_free(x->skill);
	mem_free(x->ref);
	mem_free(x->note);
	unsaved_done(&x->unsaved);
	mem_free(x);
}

void callback_move(struct callback *x, enum callback_state to, int64_t now_ms)
{
	must(x != NULL && callback_may(x->now.state, to));
	x->now.state = to;
	x->now.since_ms = now_ms;
}

void callback_cells(const struct callback *x, struct cell cells[CALLBACK_CELLS])
{
	must(x != NULL);
	const struct callback_now *n = &x->now;
	const struct cell v[CALLBACK_CELLS] = {
		CELL_I(x->id),
		CELL_Z(x->tenant),
		CELL_Z(x->address),
		CELL_Z(x->queue),
		CELL_Z(x->skill),
		CELL_Z(callback_source_name(x->source)),
		CELL_Z(x->ref),
		CELL_Z(x->note),
		CELL_Z(n->tier),
		CELL_I(n->open_minute),
		CELL_I(n->close_minute),
		CELL_Z(callback_state_name(n->state)),
		CELL_Z(n->reason),
		CELL_Z(n->agent),
		CELL_I(n->tries),
		CELL_I(n->calls),
		CELL_I(n->hours),
		CELL_I(n->tried_ms),
		CELL_I(n->due_ms),
		CELL_I(n->since_ms),
		CELL_I(n->breached),
		CELL_I(x->created_ms),
		CELL_I(callback_final(n->state) ? n->since_ms : 0),
	};

	memcpy(cells, v, sizeof(v));
}

static void now_from_row(const struct row *row, struct callback_now *n)
{
	n->open_minute = (int)row_i(row, 9);
	n->close_minute = (int)row_i(row, 10);
	n->tries = (unsigned)row_i(row, 14);
	n->calls = (unsigned)row_i(row, 15);
	n->hours = (uint32_t)row_i(row, 16);
	n->tried_ms = row_i(row, 17);
	n->due_ms = row_i(row, 18);
	n->since_ms = row_i(row, 19);
	n->breached = row_i(row, 20) != 0;
}

int callback_from_row(const struct row *row, struct callback **out)
{
	must(row != NULL && out != NULL);
	AUTO(callback_free) struct callback *x = mem_new(struct callback);
	char **const texts[] = { &x->tenant, &x->address, &x->queue,
				 &x->skill };

	heap_node_init(&x->due);
	x->id = (uint64_t)row_i(row, 0);
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = str_z(row_s(row, i + 1));
	x->ref = str_z(row_s(row, 6));
	x->note = str_z(row_s(row, 7));
	now_from_row(row, &x->now);
	x->created_ms = row_i(row, 21);
	if (callback_source_parse(row_s(row, 5), &x->source) != 0 ||
	    callback_state_parse(row_s(row, 11), &x->now.state) != 0 ||
	    str_copy(x->now.tier, sizeof(x->now.tier), row_s(row, 8)) != 0 ||
	    str_copy(x->now.reason, sizeof(x->now.reason), row_s(row, 12)) !=
		    0 ||
	    str_copy(x->now.agent, sizeof(x->now.agent), row_s(row, 13)) != 0)
		return -EBADMSG;
	*out = TAKE(x);
	return 0;
}
