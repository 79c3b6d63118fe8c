/* The states of a reminder, and its row. */
#include "campaigns/reminder.h"

#include <errno.h>
#include <string.h>

#include "base/fsm.h"
#include "base/mem.h"

#define ENDS                                                                  \
	(BIT(REMINDER_DONE) | BIT(REMINDER_ANSWERED) | BIT(REMINDER_FAILED) | \
	 BIT(REMINDER_CANCELLED))

static const struct fsm_state states[REMINDER_STATES] = {
	[REMINDER_WAITING] = { "waiting", 0,
			       ENDS | BIT(REMINDER_DELIVERED) |
				       BIT(REMINDER_TASK),
			       0 },
	[REMINDER_DELIVERED] = { "delivered", 0,
				 ENDS | BIT(REMINDER_WAITING) |
					 BIT(REMINDER_TASK),
				 0 },
	[REMINDER_TASK] = { "task", 0,
			    BIT(REMINDER_DONE) | BIT(REMINDER_ANSWERED) |
				    BIT(REMINDER_CANCELLED),
			    0 },
	[REMINDER_DONE] = { "done", 0, 0, 0 },
	[REMINDER_ANSWERED] = { "answered", 0, 0, 0 },
	[REMINDER_FAILED] = { "failed", 0, 0, 0 },
	[REMINDER_CANCELLED] = { "cancelled", 0, 0, 0 },
};

const char *reminder_state_name(enum reminder_state s)
{
	must((unsigned)s < REMINDER_STATES);
	return states[s].name;
}

int reminder_state_parse(struct str s, enum reminder_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < REMINDER_STATES; i++) {
		if (!str_eqz(s, states[i].name))
			continue;
		*out = (enum reminder_state)i;
		return 0;
	}
	return -EBADMSG;
}

bool reminder_final(enum reminder_state s)
{
	must((unsigned)s < REMINDER_STATES);
	return states[s].next == 0;
}

void reminder_move(struct reminder *r, enum reminder_state to)
{
	must(r != NULL && (states[r->now.state].next & BIT(to)) != 0);
	r->now.state = to;
}

void reminder_free(struct reminder **rp)
{
	struct reminder *r = TAKE(*rp);

	if (r == NULL)
		return;
	mem_free(r->tenant);
	mem_free(r->trigger);
	mem_free(r->event);
	mem_free(r->account);
	mem_free(r->cycle);
	mem_free(r->to);
	mem_free(r->text);
	unsaved_done(&r->unsaved);
	mem_free(r);
}

void reminder_cells(const struct reminder *r, struct cell cells[REMINDER_CELLS])
{
	must(r != NULL);
	const struct cell v[REMINDER_CELLS] = {
		CELL_I(r->id),
		CELL_Z(r->tenant),
		CELL_Z(r->trigger),
		CELL_Z(r->event),
		CELL_Z(r->account),
		CELL_Z(r->cycle),
		CELL_Z(r->to),
		CELL_Z(reminder_final(r->now.state) ? "" : r->text),
		CELL_Z(reminder_state_name(r->now.state)),
		CELL_I(r->now.channel),
		CELL_I(r->now.message),
		CELL_I(r->now.due_ms),
		CELL_I(r->now.delivered_ms),
		CELL_I(r->created_ms),
		CELL_Z(r->now.answer),
		CELL_I(r->now.tries),
		CELL_Z(r->now.reason),
		CELL_Z(r->now.asked),
	};

	memcpy(cells, v, sizeof(v));
}

int reminder_from_row(const struct row *row, struct reminder **out)
{
	must(row != NULL && out != NULL);
	AUTO(reminder_free) struct reminder *r = mem_new(struct reminder);
	char **const texts[] = { &r->tenant,  &r->trigger, &r->event,
				 &r->account, &r->cycle,   &r->to,
				 &r->text };

	heap_node_init(&r->due);
	r->id = (uint64_t)row_i(row, 0);
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = str_z(row_s(row, i + 1));
	r->now.channel = (unsigned)row_i(row, 9);
	r->now.message = (uint64_t)row_i(row, 10);
	r->now.due_ms = row_i(row, 11);
	r->now.delivered_ms = row_i(row, 12);
	r->created_ms = row_i(row, 13);
	IGNORE(str_copy(r->now.answer, sizeof(r->now.answer), row_s(row, 14)));
	r->now.tries = (unsigned)row_i(row, 15);
	if (str_copy(r->now.reason, sizeof(r->now.reason), row_s(row, 16)) !=
		    0 ||
	    str_copy(r->now.asked, sizeof(r->now.asked), row_s(row, 17)) != 0)
		return -EBADMSG;
	if (reminder_state_parse(row_s(row, 8), &r->now.state) != 0)
		return -EBADMSG;
	*out = TAKE(r);
	return 0;
}
