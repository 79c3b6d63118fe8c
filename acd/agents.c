/* The agents of a desk: state, intent, skills, and the router's view of it. */
#include "acd/agents.h"

#include <errno.h>

#include "base/mem.h"

enum { AGENT_MISSES = 3 };

/* How long somebody gets nothing, by what became of the last offer. */
static uint32_t penalty_ms(enum call_end why)
{
	switch (why) {
	case CALL_END_REJECTED:
		return 10000;
	case CALL_END_BUSY:
	case CALL_END_UNREACHABLE:
		return 60000;
	case CALL_END_NO_ANSWER:
	case CALL_END_NORMAL:
	case CALL_END_FAILED:
		return 30000;
	}
	return 30000;
}

void agents_init(struct agents *as, struct router *router,
		 const struct clock_ops *clock, unsigned max)
{
	must(as != NULL && router != NULL && clock != NULL);
	*as = (struct agents){ .router = router,
			       .clock = clock,
			       .v = mem_array(max, sizeof(struct agent)),
			       .max = max,
			       .next_expiry_ms = INT64_MAX };
	heap_init(&as->due);
}

static void agent_done(struct agent *a)
{
	for (size_t i = 0; i < a->n; i++)
		mem_free((void *)(uintptr_t)a->skills[i].name);
	mem_free(a->skills);
	mem_free(a->name);
	mem_free(a->phone);
}

void agents_done(struct agents *as)
{
	must(as != NULL);
	heap_done(&as->due);
	for (unsigned i = 0; i < as->n; i++) {
		(void)router_target_remove(as->router, as->v[i].target);
		agent_done(&as->v[i]);
	}
	mem_free(as->v);
}

/* work in a skill only under a certificate that holds. */
static int agent_certify(struct agents *as, struct agent *a, int64_t wall_ms)
{
	int rc = 0;

	for (size_t i = 0; i < a->n && rc == 0; i++) {
		const struct agent_skill *s = &a->skills[i];
		int64_t until = s->certified_until_ms;
		bool holds = until == 0 || wall_ms < until;

		rc = router_target_skill(as->router, a->target, s->name,
					 holds ? s->level : 0);
		if (until != 0 && holds)
			as->next_expiry_ms = MIN(as->next_expiry_ms, until);
	}
	return rc;
}

void agents_certify(struct agents *as)
{
	must(as != NULL);
	int64_t wall_ms = clock_wall_ms(as->clock);

	if (wall_ms < as->next_expiry_ms)
		return;
	as->next_expiry_ms = INT64_MAX;
	for (unsigned i = 0; i < as->n; i++)
		must(agent_certify(as, &as->v[i], wall_ms) == 0);
}

static void agent_fill(struct agent *a, const struct agent_cfg *cfg)
{
	*a = (struct agent){ .magic = AGENT_MAGIC,
			     .name = str_dup(cfg->name),
			     .phone = str_dup(cfg->phone),
			     .skills = mem_array(cfg->n, sizeof(*a->skills)),
			     .n = cfg->n };
	for (size_t i = 0; i < cfg->n; i++) {
		a->skills[i] = cfg->skills[i];
		a->skills[i].name = str_dup(cfg->skills[i].name);
	}
	heap_node_init(&a->due);
	fsm_init(&a->fsm, &agent_fsm, a->name, AGENT_OFFLINE);
}

int agents_add(struct agents *as, const struct agent_cfg *cfg)
{
	must(as != NULL && cfg != NULL && cfg->name != NULL);
	if (cfg->n > AGENT_SKILLS_MAX)
		return -EINVAL;
	if (as->n == as->max)
		return -ENOSPC;

	struct agent *a = &as->v[as->n];
	struct target_cfg target = { .name = cfg->name, .owner = a, .cap = 1 };
	int rc = router_target_add(as->router, &target,
				   clock_mono_us(as->clock));
	if (rc < 0)
		return rc;
	agent_fill(a, cfg);
	a->target = rc;
	rc = agent_certify(as, a, clock_wall_ms(as->clock));
	if (rc != 0) {
		(void)router_target_remove(as->router, a->target);
		agent_done(a);
		return rc;
	}
	as->n++;
	return 0;
}

struct agent *agents_find(const struct agents *as, const char *name)
{
	must(as != NULL && name != NULL);
	for (unsigned i = 0; i < as->n; i++) {
		if (str_eqz(str_of(name), as->v[i].name))
			return &as->v[i];
	}
	return NULL;
}

/* Tells the router. While work is reserved its place says enough. */
static void agent_show(struct agents *as, const struct agent *a)
{
	uint64_t now = clock_mono_us(as->clock);

	switch ((enum agent_state)a->fsm.state) {
	case AGENT_OFFLINE:
		router_target_state(as->router, a->target, TARGET_DOWN, now);
		break;
	case AGENT_IDLE:
		router_target_state(as->router, a->target,
				    a->intent == AGENT_READY ? TARGET_UP
							     : TARGET_HELD,
				    now);
		break;
	case AGENT_WRAP:
	case AGENT_PENALTY: /* the deadline is ours; the router shows it */
		router_target_until(as->router, a->target, TARGET_HELD,
				    a->due.key, TARGET_HELD);
		break;
	case AGENT_RESERVED:
	case AGENT_RINGING:
	case AGENT_TALK:
	case AGENT_STATE_COUNT:
		break;
	}
}

void agents_enter(struct agents *as, struct agent *a, enum agent_state s,
		  uint32_t ms)
{
	must(as != NULL && a != NULL);
	fsm_move(&a->fsm, s);
	if (s == AGENT_IDLE && a->intent == AGENT_OUT)
		fsm_move(&a->fsm, AGENT_OFFLINE);
	if (s == AGENT_TALK)
		a->misses = 0;
	ms = ms != 0 ? ms : fsm_timeout_ms(&a->fsm);
	if (fsm_timeout_ms(&a->fsm) == 0)
		heap_remove(&as->due, &a->due);
	else
		heap_put(&as->due, &a->due,
			 clock_mono_us(as->clock) + ms * 1000ull);
	agent_show(as, a);
}

void agents_intend(struct agents *as, struct agent *a, enum agent_intent i)
{
	must(as != NULL && a != NULL);
	a->intent = i;
	a->misses = 0;
	if (a->fsm.state == AGENT_OFFLINE && i != AGENT_OUT)
		agents_enter(as, a, AGENT_IDLE, 0);
	else if (a->fsm.state == AGENT_IDLE && i == AGENT_OUT)
		agents_enter(as, a, AGENT_OFFLINE, 0);
	else if (a->fsm.state == AGENT_IDLE)
		agent_show(as, a);
}

void agents_miss(struct agents *as, struct agent *a, enum call_end why)
{
	must(as != NULL && a != NULL);
	if (++a->misses >= AGENT_MISSES && a->intent == AGENT_READY)
		a->intent = AGENT_BREAK;
	agents_enter(as, a, AGENT_PENALTY, penalty_ms(why));
}

struct agent *agents_due(const struct agents *as)
{
	must(as != NULL);
	struct heap_node *first = heap_first(&as->due);

	if (first == NULL || first->key > clock_mono_us(as->clock))
		return NULL;
	return CONTAINER_OF(first, struct agent, due);
}

uint64_t agents_wake_us(const struct agents *as)
{
	must(as != NULL);
	struct heap_node *first = heap_first(&as->due);
	uint64_t wake = first != NULL ? first->key : UINT64_MAX;
	int64_t wall_ms = clock_wall_ms(as->clock);

	if (as->next_expiry_ms == INT64_MAX)
		return wake;
	uint64_t ms = as->next_expiry_ms > wall_ms
			      ? (uint64_t)(as->next_expiry_ms - wall_ms)
			      : 0;
	return MIN(wake, clock_mono_us(as->clock) + ms * 1000);
}
