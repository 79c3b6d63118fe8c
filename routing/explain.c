/* Explain: every rule considered and every target left out, with why. */
#include "routing/explain.h"

#include <stdio.h>
#include <string.h>

#define WHY_SIZE sizeof(((struct explain_row *)0)->why)

typedef unsigned long long ull; /* for printf */

void explain_start(struct explain *ex)
{
	must(ex != NULL);
	ex->n = 0;
	ex->cut = false;
	ex->pool[0] = '\0';
	ex->strategy[0] = '\0';
}

/* Cuts between letters, so that what comes out is still UTF-8. */
static void explain_copy(char *dst, size_t size, const char *src)
{
	size_t len = strlen(src);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)src[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(dst, src, len);
	dst[len] = '\0';
}

void explain_add(struct explain *ex, bool rule, const char *name, bool chosen,
		 const char *why)
{
	must(ex != NULL && name != NULL && why != NULL);
	unsigned at = ex->n;

	if (at == ARRAY_LEN(ex->v)) {
		ex->cut = true;
		if (!chosen)
			return;
		at--;
	} else {
		ex->n++;
	}
	struct explain_row *row = &ex->v[at];
	row->rule = rule;
	row->chosen = chosen;
	explain_copy(row->name, sizeof(row->name), name);
	explain_copy(row->why, sizeof(row->why), why);
}

static void explain_held(const struct target *t, uint64_t now_us, char *why)
{
	if (!heap_in(&t->due)) {
		snprintf(why, WHY_SIZE, "held");
		return;
	}
	uint64_t us = t->due.key > now_us ? t->due.key - now_us : 0;
	snprintf(why, WHY_SIZE, "held until %llu ms from now",
		 (ull)(us + 999) / 1000);
}

static bool explain_state(const struct target *t, uint64_t now_us, char *why)
{
	switch (t->state) {
	case TARGET_DOWN:
		snprintf(why, WHY_SIZE, "down");
		return true;
	case TARGET_HELD:
		explain_held(t, now_us, why);
		return true;
	case TARGET_PROBE:
		if (t->used == 0)
			return false;
		snprintf(why, WHY_SIZE, "a probe is out");
		return true;
	case TARGET_UP:
		if (t->health >= HEALTH_FLOOR)
			return false;
		snprintf(why, WHY_SIZE, "health %u below %u", t->health,
			 HEALTH_FLOOR);
		return true;
	}
	return false;
}

static bool explain_window(const struct target *t,
			   const struct route_item *item, char *why)
{
	if (t->used >= t->cap) {
		snprintf(why, WHY_SIZE, "window full %u/%u", t->used, t->cap);
		return true;
	}
	if (!target_places(t, item_cost(item))) {
		snprintf(why, WHY_SIZE, "window %u/%u has no %u places",
			 t->used, t->cap, item_cost(item));
		return true;
	}
	return false;
}

static bool explain_skill(const struct targets *ts, unsigned i,
			  const struct route_item *item, char *why)
{
	for (const struct route_need *n = item->needs;
	     n != NULL && n->skill != NULL; n++) {
		const struct skill *k = skills_find(&ts->skills, n->skill);
		unsigned has = k != NULL ? k->level[i] : 0;

		if (has >= n->min)
			continue;
		snprintf(why, WHY_SIZE, "skill %.60s %u below %u", n->skill,
			 has, n->min);
		return true;
	}
	return false;
}

static bool explain_time(const struct target *t, const struct member *m,
			 const struct ask *a, char *why)
{
	uint64_t waited = item_waited_us(a->item, a->now_us);
	uint64_t us = t->limit.rate > 0
			      ? target_wait_us(t, item_cost(a->item), a->now_us)
			      : 0;

	if (m->after_us > waited && a->item->only < 0) {
		snprintf(why, WHY_SIZE, "opens after %llu ms",
			 (ull)m->after_us / 1000);
		return true;
	}
	if (us > 0) {
		snprintf(why, WHY_SIZE, "rate: next token in %llu ms",
			 (ull)(us + 999) / 1000);
		return true;
	}
	return false;
}

/* Why the target is not among those that can; in the order they are asked. */
static void explain_refusal(const struct pool *p, const struct targets *ts,
			    unsigned i, const struct ask *a, char *why)
{
	const struct target *t = &ts->v[i];
	int only = a->item->only;

	if (explain_state(t, a->now_us, why))
		return;
	if (only >= 0 && only != (int)i) {
		snprintf(why, WHY_SIZE, "the item is for %.60s alone",
			 only < (int)ts->n && ts->v[only].name != NULL
				 ? ts->v[only].name
				 : "another");
		return;
	}
	if (explain_window(t, a->item, why) ||
	    explain_skill(ts, i, a->item, why) ||
	    explain_time(t, &p->m[i], a, why))
		return;
	snprintf(why, WHY_SIZE, "avoided: another can");
}

void explain_targets(struct explain *ex, struct pool *p,
		     const struct targets *ts, const struct route_item *item,
		     uint64_t now_us)
{
	must(ex != NULL && p != NULL && ts != NULL && item != NULL);
	struct ask a = { .item = item, .now_us = now_us };
	bool any = pool_candidates(p, ts, &a);
	unsigned best = any ? strategy_pick(p, ts, item) : TARGETS_MAX;

	explain_copy(ex->pool, sizeof(ex->pool), p->name);
	explain_copy(ex->strategy, sizeof(ex->strategy),
		     strategy_name(p->strategy));
	BITS_EACH(i, p->members, ts->words)
	{
		char why[WHY_SIZE] = "";

		if (bits_has(p->can, i))
			strategy_why(p, ts, i, best, now_us, why, WHY_SIZE);
		else
			explain_refusal(p, ts, i, &a, why);
		explain_add(ex, false, ts->v[i].name, i == best, why);
	}
}
