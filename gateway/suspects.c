/* What waits for a person to read it. */
#include "gateway/suspects.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "gateway/refuse.h"
#include "model/address.h"

#define DAY_MS ((int64_t)86400000)
#define LOOK_MS ((int64_t)60000)
#define WARN_MS ((int64_t)3600000)

struct suspects {
	struct core *core;
	struct map *due; /* address_key -> ms */
	int64_t look_ms, warn_ms;
	struct stat *waiting, *overdue;
};

struct suspects *suspects_new(struct core *core)
{
	struct suspects *s = mem_new(struct suspects);

	must(core != NULL);
	s->core = core;
	s->due = map_new();
	s->waiting =
		stats_get(STAT_GAUGE, "suspected_opt_outs",
			  "Suspected opt-outs that nobody has decided.", NULL);
	s->overdue = stats_get(STAT_GAUGE, "suspected_opt_outs_overdue",
			       "Of them, those past the day of the law.", NULL);
	return s;
}

void suspects_free(struct suspects **sp)
{
	if (*sp == NULL)
		return;
	map_free(&(*sp)->due);
	mem_free(*sp);
	*sp = NULL;
}

/* Monday to Friday, UTC: a holiday makes nobody late. */
static bool is_business(int64_t day)
{
	int64_t weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday */

	return weekday != 0 && weekday != 6;
}

int64_t suspects_due(const struct core *core, struct str address, int64_t at_ms)
{
	int64_t days, day;

	must(core != NULL);
	days = places_of(core->places, address)->honour_days;
	day = at_ms / DAY_MS;
	while (days > 0)
		days -= is_business(++day);
	return (day + 1) * DAY_MS - 1;
}

static void note(struct suspects *s, struct str tenant, struct str address,
		 int64_t at_ms)
{
	facts_suspect(s->core->facts, tenant, address, true);
	map_set(s->due, address_key(tenant, address),
		(uint64_t)suspects_due(s->core, address, at_ms));
}

void suspects_recover(struct suspects *s, const struct row *row)
{
	must(s != NULL && row != NULL);
	note(s, row_s(row, 0), row_s(row, 1), row_i(row, 3));
}

void suspects_put(struct suspects *s, const struct inbound *in)
{
	must(s != NULL && in != NULL);
	struct cell cells[] = { CELL_T(in->tenant), CELL_T(in->from),
				CELL_I(in->id), CELL_I(in->at_ms) };

	/* what was said first is due first */
	if (standing_suspected(facts_of(s->core->facts, in->tenant, in->from)))
		return;
	note(s, in->tenant, in->from, in->at_ms);
	store_put(s->core->store, STORE_SUSPECT_PUT, cells, ARRAY_LEN(cells));
}

bool suspects_drop(struct suspects *s, struct str tenant, struct str address)
{
	struct cell cells[] = { CELL_T(tenant), CELL_T(address) };

	must(s != NULL);
	if (!standing_suspected(facts_of(s->core->facts, tenant, address)))
		return false;
	facts_suspect(s->core->facts, tenant, address, false);
	IGNORE(map_del(s->due, address_key(tenant, address), NULL));
	store_put(s->core->store, STORE_SUSPECT_DROP, cells, ARRAY_LEN(cells));
	return true;
}

int suspects_settle(struct suspects *s, const struct consent_event *like,
		    bool refusal)
{
	must(s != NULL && like != NULL);
	if (!standing_suspected(
		    facts_of(s->core->facts, like->tenant, like->address)))
		return -ENOENT;
	if (refusal)
		IGNORE(refuse_all(s->core, like));
	IGNORE(suspects_drop(s, like->tenant, like->address));
	return 0;
}

void suspects_tick(struct suspects *s)
{
	int64_t now_ms;
	uint64_t key, due, late = 0;
	size_t pos = 0;

	must(s != NULL);
	now_ms = core_wall_ms(s->core);
	stat_set(s->waiting, (int64_t)map_len(s->due));
	if (now_ms - s->look_ms < LOOK_MS && now_ms >= s->look_ms)
		return;
	s->look_ms = now_ms;
	while (map_next(s->due, &pos, &key, &due))
		late += (uint64_t)now_ms > due;
	stat_set(s->overdue, (int64_t)late);
	if (late > 0 && now_ms - s->warn_ms >= WARN_MS) {
		s->warn_ms = now_ms;
		log_warn("suspects.overdue", KV_U("n", late));
	}
}
