/* The desk: agents, queues, and the work that waits for them. */
#include "acd/desk.h"

#include <errno.h>

#include "acd/calls.h"
#include "base/mem.h"

struct desk *desk_new(const struct desk_cfg *cfg)
{
	must(cfg != NULL && cfg->router != NULL && cfg->clock != NULL);
	must(cfg->trunk != NULL && cfg->events != NULL);
	struct desk *d = mem_new(struct desk);

	d->magic = DESK_MAGIC;
	d->cfg = *cfg;
	d->queues = mem_array(cfg->queues, sizeof(*d->queues));
	d->pools = mem_array(cfg->queues, sizeof(*d->pools));
	d->legs = map_new();
	agents_init(&d->agents, cfg->router, cfg->clock, cfg->agents);
	works_init(d);
	return d;
}

static void desk_cut(struct desk *d, struct work *w)
{
	calls_clear(d, w, CALL_END_NORMAL);
	works_end(d, w, WORK_CUT);
}

void desk_free(struct desk **dp)
{
	must(dp != NULL);
	struct desk *d = *dp;

	if (d == NULL)
		return;
	for (unsigned i = 0; i < d->cfg.works; i++) {
		if (d->works[i].magic == WORK_MAGIC)
			desk_cut(d, &d->works[i]);
	}
	works_done(d);
	agents_done(&d->agents);
	map_free(&d->legs);
	for (unsigned i = 0; i < d->queues_n; i++) {
		mem_free((void *)(uintptr_t)d->queues[i].name);
		mem_free((void *)(uintptr_t)d->queues[i].number);
	}
	mem_free(d->queues);
	mem_free(d->pools);
	mem_free(d);
	*dp = NULL;
}

static unsigned desk_queue_of(const struct desk *d, int pool)
{
	unsigned q = 0;

	while (q < d->queues_n && d->pools[q] != pool)
		q++;
	return q;
}

/* One that another room made, not this desk. */
static int desk_shared_pool(const struct desk *d, const char *name)
{
	int pool = router_pool_find(d->cfg.router, name);

	return desk_queue_of(d, pool) < d->queues_n ? -EEXIST : pool;
}

int desk_queue_add(struct desk *d, const struct desk_queue *cfg)
{
	must(d != NULL && cfg != NULL && cfg->name != NULL);
	if (d->queues_n == d->cfg.queues)
		return -ENOSPC;
	int pool = router_pool_add(d->cfg.router, cfg->name,
				   STRATEGY_LONGEST_IDLE, cfg->max_len);
	if (pool == -EEXIST)
		pool = desk_shared_pool(d, cfg->name);
	if (pool < 0)
		return pool;
	d->pools[d->queues_n] = pool;
	d->queues[d->queues_n] = *cfg;
	d->queues[d->queues_n].name = str_dup(cfg->name);
	d->queues[d->queues_n].number = str_dup(cfg->number);
	return (int)d->queues_n++;
}

int desk_agent_add(struct desk *d, const struct agent_cfg *cfg)
{
	must(d != NULL && cfg != NULL);
	return agents_add(&d->agents, cfg);
}

int desk_agent_serve(struct desk *d, const char *agent, int queue,
		     uint64_t after_ms)
{
	must(d != NULL && agent != NULL);
	const struct agent *a = agents_find(&d->agents, agent);

	if (a == NULL || queue < 0 || (unsigned)queue >= d->queues_n)
		return -ENOENT;
	return router_pool_target(d->cfg.router, d->pools[queue], a->target, 1,
				  after_ms);
}

int desk_intent(struct desk *d, const char *agent, enum agent_intent i)
{
	must(d != NULL && agent != NULL);
	struct agent *a = agents_find(&d->agents, agent);

	if (a == NULL)
		return -ENOENT;
	agents_intend(&d->agents, a, i);
	return 0;
}

enum agent_state desk_agent_state(const struct desk *d, const char *agent)
{
	must(d != NULL && agent != NULL);
	const struct agent *a = agents_find(&d->agents, agent);

	return a != NULL ? (enum agent_state)a->fsm.state : AGENT_OFFLINE;
}

int desk_accept(struct desk *d, const char *agent)
{
	must(d != NULL && agent != NULL);
	struct agent *a = agents_find(&d->agents, agent);

	if (a == NULL)
		return -ENOENT;
	struct work *w = a->work;
	if (w == NULL || w->kind != WORK_REPLY ||
	    !fsm_allows(&a->fsm, AGENT_E_ACCEPT))
		return -EPROTO;
	fsm_move(&w->fsm, WORK_BRIDGED);
	agents_enter(&d->agents, a, AGENT_TALK, 0);
	return 0;
}

int desk_finish(struct desk *d, const char *agent)
{
	must(d != NULL && agent != NULL);
	struct agent *a = agents_find(&d->agents, agent);

	if (a == NULL)
		return -ENOENT;
	if (!fsm_allows(&a->fsm, AGENT_E_FINISH))
		return -EPROTO;
	if (a->fsm.state == AGENT_WRAP) {
		agents_enter(&d->agents, a, AGENT_IDLE, 0);
		return 0;
	}
	struct work *w = a->work;
	bool joined = w->fsm.state == WORK_BRIDGED;
	calls_clear(d, w, CALL_END_NORMAL);
	works_end(d, w, joined ? WORK_SERVED : WORK_MISSED);
	return 0;
}

static int desk_wait(struct desk *d, enum work_kind k, int queue,
		     struct str number, uint64_t message, uint64_t enq_us)
{
	must(d != NULL && queue >= 0 && (unsigned)queue < d->queues_n);
	struct work *w;
	int rc = works_new(d, k, (unsigned)queue, number, enq_us, &w);

	if (rc != 0)
		return rc;
	w->message = message;
	return works_queue(d, w);
}

int desk_callback(struct desk *d, int queue, struct str number, uint64_t enq_us)
{
	return desk_wait(d, WORK_CALLBACK, queue, number, 0, enq_us);
}

int desk_reply(struct desk *d, int queue, struct str number, uint64_t message,
	       uint64_t enq_us)
{
	return desk_wait(d, WORK_REPLY, queue, number, message, enq_us);
}

static void desk_expire(struct desk *d, struct agent *a)
{
	struct work *w = a->work;

	switch ((enum agent_state)a->fsm.state) {
	case AGENT_RESERVED:
	case AGENT_RINGING:
		calls_hang(d, &w->phone, CALL_END_NO_ANSWER);
		works_back(d, w, CALL_END_NO_ANSWER);
		break;
	case AGENT_TALK:
		desk_cut(d, w);
		break;
	case AGENT_WRAP:
	case AGENT_PENALTY:
		agents_enter(&d->agents, a, AGENT_IDLE, 0);
		break;
	case AGENT_OFFLINE:
	case AGENT_IDLE:
	case AGENT_STATE_COUNT:
		must(!"a state without a deadline");
	}
}

void desk_turn(struct desk *d)
{
	must(d != NULL);
	struct agent *a;

	agents_certify(&d->agents);
	while ((a = agents_due(&d->agents)) != NULL)
		desk_expire(d, a);
}

bool desk_take(struct desk *d, const struct reservation *res)
{
	must(d != NULL && res != NULL);
	if (desk_queue_of(d, res->item->pool) == d->queues_n)
		return false;
	struct work *w = MAGIC_CAST(struct work, WORK_MAGIC,
				    CONTAINER_OF(res->item, struct work, item));
	struct agent *a =
		MAGIC_CAST(struct agent, AGENT_MAGIC, res->target_owner);
	works_join(d, w, a, res->id);
	if (w->kind != WORK_REPLY) /* a reply waits for desk_accept */
		calls_ring(d, w);
	return true;
}

int desk_adopt(struct desk *d, const struct reservation *res, struct str number,
	       uint64_t ref)
{
	must(d != NULL && res != NULL);
	unsigned q = desk_queue_of(d, res->item->pool);
	unsigned i = 0;
	struct work *w;

	while (i < d->agents.n && d->agents.v[i].target != res->target)
		i++;
	if (q == d->queues_n || i == d->agents.n)
		return -ENOENT;
	int rc = works_new(d, WORK_CALLBACK, q, number, res->item->enq_us, &w);

	if (rc != 0)
		return rc;
	w->adopted = true;
	w->message = ref;
	works_join(d, w, &d->agents.v[i], res->id);
	calls_ring(d, w);
	return 0;
}

uint64_t desk_wake_us(const struct desk *d)
{
	must(d != NULL);
	return agents_wake_us(&d->agents);
}
