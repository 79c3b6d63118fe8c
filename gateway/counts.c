/* Sendings that caps, fatigue and exclusion groups count. */
#include "gateway/counts.h"

#define PURGE_EACH_MS ((int64_t)3600000)

/* How long it is counted; 0: it is not. */
static unsigned count(struct core *core, const struct message *m,
		      const struct class_rules *r, int64_t at_ms,
		      int64_t *horizon_ms)
{
	unsigned keep = permit_keep(&core->permit, m, r, horizon_ms);
	const struct touch t = {
		.at_ms = at_ms,
		.class_index = r->index,
		.group = groups_find(core->groups, m->exclusion),
		.campaign = m->campaign,
	};

	if (keep > 0)
		facts_count(core->facts, m->tenant, m->to, &t, keep,
			    *horizon_ms);
	return keep;
}

bool counts_add(struct core *core, const struct message *m,
		const struct class_rules *r, int64_t now_ms)
{
	int64_t at_ms = now_ms - now_ms % 1000, horizon_ms;

	must(core != NULL && m != NULL && r != NULL);
	if (count(core, m, r, at_ms, &horizon_ms) == 0)
		return false;
	if (horizon_ms > COUNTS_RECENT_MS) {
		const struct cell cells[] = {
			CELL_T(m->tenant),   CELL_T(m->to),
			CELL_Z(r->name),     CELL_I(at_ms),
			CELL_T(m->campaign), CELL_T(m->exclusion)
		};

		store_put(core->store, STORE_TOUCH_PUT, cells,
			  ARRAY_LEN(cells));
	}
	return true;
}

void counts_take_back(struct core *core, const struct message *m,
		      const struct class_rules *r)
{
	int64_t horizon_ms;
	int64_t at_ms = facts_uncount(core->facts, m->tenant, m->to, r->index);
	const struct cell cells[] = { CELL_T(m->tenant), CELL_T(m->to),
				      CELL_Z(r->name), CELL_I(at_ms) };

	must(core != NULL && m != NULL && r != NULL);
	IGNORE(permit_keep(&core->permit, m, r, &horizon_ms));
	if (at_ms != 0 && horizon_ms > COUNTS_RECENT_MS)
		store_put(core->store, STORE_TOUCH_DROP, cells,
			  ARRAY_LEN(cells));
}

void counts_recover(struct core *core, const struct message *m,
		    const struct class_rules *r, int64_t at_ms)
{
	int64_t horizon_ms;

	must(core != NULL && m != NULL && r != NULL);
	IGNORE(count(core, m, r, at_ms, &horizon_ms));
}

/* tenant address class at_ms campaign exclusion */
void counts_recover_row(struct core *core, const struct row *row)
{
	const struct message m = { .tenant = row_s(row, 0),
				   .to = row_s(row, 1),
				   .campaign = row_s(row, 4),
				   .exclusion = row_s(row, 5) };
	const struct class_rules *r =
		classes_find(core->classes, row_s(row, 2));
	int64_t horizon_ms;

	must(core != NULL && row != NULL);
	if (r != NULL)
		IGNORE(count(core, &m, r, row_i(row, 3), &horizon_ms));
}

static int64_t longest(const struct core *core)
{
	int64_t ms = COUNTS_RECENT_MS;

	for (unsigned i = 0; i < classes_len(core->classes); i++)
		ms = MAX(ms, classes_at(core->classes, i)->horizon_ms);
	for (unsigned i = 1; i <= groups_len(core->groups); i++)
		ms = MAX(ms, groups_window_ms(core->groups, i));
	return ms;
}

void counts_tick(struct core *core)
{
	int64_t now_ms = core_wall_ms(core);
	const struct cell cell = CELL_I(now_ms - longest(core));

	must(core != NULL);
	if (now_ms < core->counts_purge_ms)
		return;
	core->counts_purge_ms = now_ms + PURGE_EACH_MS;
	store_put(core->store, STORE_TOUCH_PURGE, &cell, 1);
}
