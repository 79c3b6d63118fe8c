/* The end of a gateway: links drain, the store answers, rooms close. */
#include "gateway/gateway_impl.h"

#include "base/mem.h"
#include "gateway/answers.h"
#include "gateway/codes.h"
#include "gateway/intake.h"
#include "gateway/ledger.h"
#include "gateway/publish.h"
#include "gateway/questions.h"
#include "gateway/receipts.h"
#include "gateway/rules.h"
#include "gateway/subscriptions.h"
#include "gateway/suspects.h"
#include "gateway/sweep.h"
#include "gateway/threads.h"
#include "gateway/waiting.h"

static void gateway_free(struct gateway *g)
{
	struct core *core = &g->core;

	loop_hook_close(&g->hook);
	loop_timer_free(&g->tick);
	loop_timer_free(&g->wake);
	uptime_free(&g->uptime);
	hear_free(&g->hear);
	people_free(&g->people);
	intake_free(&core->intake);
	answers_free(&core->answers);
	idempotency_free(&g->keys);
	sweep_free(&core->sweep);
	subscriptions_free(&core->subscriptions);
	suspects_free(&core->suspects);
	ledger_free(&core->ledger);
	codes_free(&core->codes);
	threads_free(&core->threads);
	publish_free(&core->publish);
	/* what waits is in the store; the router lets go of it */
	for (size_t pos = 0;;) {
		uint64_t id, value;
		struct live *l;

		if (core->lives.map == NULL ||
		    !map_next(core->lives.map, &pos, &id, &value))
			break;
		l = (struct live *)(uintptr_t)value;
		if (l->place == LIVE_QUEUE || l->place == LIVE_WHEEL)
			waiting_leave(core, l);
	}
	waiting_free(&core->waiting);
	lives_done(&core->lives);
	buf_done(&core->scratch);
	questions_free(&core->questions);
	receipts_free(&core->receipts);
	for (unsigned i = 0; i < g->lanes.len; i++)
		lane_free(g->lanes.v[i]);
	router_free(&core->router);
	facts_free(&core->facts);
	rules_unload(core);
	groups_free(&core->groups);
	classes_free(&core->classes);
	mem_free(g);
}

/* Everything appended before has been answered: nobody needs us any more. */
static void on_settled(void *owner, int rc)
{
	struct gateway *g = owner;

	(void)rc;
	if (g->closed != NULL)
		g->closed(g->closed_owner);
	gateway_free(g);
}

void gateway_one_closed(void *owner)
{
	struct gateway *g = owner;

	if (--g->closing > 0)
		return;
	store_then(g->core.store, on_settled, g);
	loop_again(g->core.loop);
}

void gateway_close(struct gateway **gp, void (*done)(void *owner), void *owner)
{
	struct gateway *g = *gp;

	if (g == NULL)
		return;
	*gp = NULL;
	g->core.stopping = true;
	g->closed = done;
	g->closed_owner = owner;
	g->closing = 1;
	ledger_mark(g->core.ledger, true);
	uptime_put(g->uptime);
	for (unsigned i = 0; i < g->lanes.len; i++) {
		struct lane *l = g->lanes.v[i];

		if (l->closing) /* tells by itself when it has drained */
			g->closing++;
		if (l->channel == NULL)
			continue;
		g->closing++;
		l->ops->close(&l->channel, (uint64_t)g->core.cfg->drain,
			      gateway_one_closed, g);
	}
	gateway_one_closed(g);
}
