/* A reloaded file: what changes at once, and what takes a restart. */
#include "gateway/gateway_impl.h"

#include <errno.h>

#include "base/mem.h"
#include "gateway/routes.h"
#include "gateway/waiting.h"

static void take_rate(struct lane *l, const struct section *s)
{
	double rate = lane_rate_of(s);

	if (rate == l->rate_cfg)
		return;
	l->rate_cfg = l->rate = rate;
	router_target_rate(l->core->router, l->target, rate, 0,
			   core_now_us(l->core));
}

/* Links stay as they were opened, but for their rate. */
static void each_link(struct gateway *g, const struct settings *fresh,
		      struct faults *faults)
{
	for (size_t i = 0; i < g->env.nchannels; i++) {
		const struct channel_ops *ops = g->env.channels[i];
		const struct section *s, *old;
		size_t at = 0;

		while ((s = settings_next(fresh, ops->name, &at)) != NULL) {
			old = settings_find(g->env.settings, ops->name,
					    s->title);
			if (old == NULL) {
				faults_add(faults,
					   "line %u: %s %s: a new link takes "
					   "a restart",
					   s->line, ops->name, s->title);
				continue;
			}
			take_rate(lanes_find(&g->lanes, str_of(s->title)), s);
			IGNORE(settings_differ(s->kind, old->value, s->value,
					       faults));
		}
		at = 0;
		while ((old = settings_next(g->env.settings, ops->name, &at)) !=
		       NULL) {
			if (settings_find(fresh, ops->name, old->title) == NULL)
				faults_add(faults,
					   "%s %s: taking a link away takes a "
					   "restart",
					   ops->name, old->title);
		}
	}
}

static bool routes_fit(const struct gateway *g, const struct settings *fresh)
{
	/* a route may name only links that are open */
	for (size_t i = 0; i < g->env.nchannels; i++) {
		const struct section *s;
		size_t at = 0;

		while ((s = settings_next(fresh, g->env.channels[i]->name,
					  &at)) != NULL) {
			if (lanes_find(&g->lanes, str_of(s->title)) == NULL)
				return false;
		}
	}
	return true;
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
	if (classes_update(g->core.classes, fresh, faults) != 0)
		return -EINVAL;
	s = settings_find(fresh, "gateway", NULL);
	must(s != NULL);
	g->core.cfg = s->value;
	g->core.lives.max = (size_t)g->core.cfg->queue_max;
	each_link(g, fresh, faults);
	if (routes_fit(g, fresh)) {
		routes_load(&g->core, fresh, &g->lanes);
		route_again(&g->core);
	} else {
		faults_add(faults, "routes stay as they were until then");
	}
	loop_again(g->core.loop);
	return 0;
}
