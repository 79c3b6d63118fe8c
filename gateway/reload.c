/* A reloaded file: classes, words, links and routes, in this order. */
#include "gateway/gateway_impl.h"

#include <errno.h>

#include "base/mem.h"
#include "gateway/intake.h"
#include "gateway/routes.h"
#include "gateway/rules.h"
#include "gateway/waiting.h"

static void each_link(struct gateway *g, const struct settings *fresh,
		      struct faults *faults)
{
	for (size_t i = 0; i < g->env.nchannels; i++) {
		const struct channel_ops *ops = g->env.channels[i];
		const struct section *s;
		size_t at = 0;

		links_drop(g, ops, fresh);
		while ((s = settings_next(fresh, ops->name, &at)) != NULL)
			links_take(g, ops, s,
				   settings_find(g->env.settings, ops->name,
						 s->title),
				   faults);
	}
}

/* Is there room for the links that were not there before? */
static void check_links(const struct gateway *g, const struct settings *fresh,
			struct faults *faults)
{
	unsigned more = 0;

	for (size_t i = 0; i < g->env.nchannels; i++) {
		const char *kind = g->env.channels[i]->name;
		const struct section *s;
		size_t at = 0;

		while ((s = settings_next(fresh, kind, &at)) != NULL)
			more += lanes_find(&g->lanes, str_of(s->title)) == NULL;
	}
	if (g->lanes.len + more > LANES_MAX)
		faults_add(faults,
			   "more than %d links since the start of the daemon",
			   LANES_MAX);
}

/* What waits finds its place among the new routes. */
static void route_again(struct core *core)
{
	size_t n = 0, pos = 0, len = map_len(core->lives.map);
	struct live **all = mem_array(len, sizeof(*all));
	uint64_t id, value;

	while (map_next(core->lives.map, &pos, &id, &value)) {
		struct live *l = (struct live *)(uintptr_t)value;

		if (l->place == LIVE_QUEUE)
			all[n++] = l;
	}
	for (size_t i = 0; i < n; i++) {
		waiting_leave(core, all[i]);
		waiting_queue(core, all[i], false);
	}
	mem_free(all);
}

int gateway_reload(struct gateway *g, const struct settings *fresh,
		   struct faults *faults)
{
	const struct section *s;

	must(g != NULL && fresh != NULL && faults != NULL);
	size_t before = faults->len;

	/* Whatever may refuse it comes before the first change. */
	rules_check(fresh, faults);
	check_links(g, fresh, faults);
	IGNORE(groups_check(g->core.groups, fresh, faults));
	if (faults->len != before ||
	    classes_update(g->core.classes, fresh, faults) != 0)
		return -EINVAL;
	groups_update(g->core.groups, fresh);
	must(rules_load(&g->core, fresh, faults) == 0);
	s = settings_find(fresh, "gateway", NULL);
	must(s != NULL);
	g->core.cfg = s->value;
	g->core.lives.max = (size_t)g->core.cfg->queue_max;
	intake_reload(g->core.intake);
	each_link(g, fresh, faults);
	routes_load(&g->core, fresh, &g->lanes);
	route_again(&g->core);
	loop_again(g->core.loop);
	return 0;
}
