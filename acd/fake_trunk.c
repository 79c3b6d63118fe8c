/* A trunk without telephones: it does what a script says. */
#include "acd/fake_trunk.h"

#include <errno.h>

#include "base/list.h"
#include "base/mem.h"

#define FAKE_MAGIC 0x46414b45u

enum { FAKE_NAME = 32, FAKE_SCRIPT = 32 };

enum leg_state { LEG_FREE, LEG_IN, LEG_OUT, LEG_UP, LEG_ENDING };

enum fake_event { FAKE_E_OFFERED, FAKE_E_ANSWERED, FAKE_E_ENDED };

struct fake_leg {
	struct list node; /* among the pending, at most one event a leg */
	enum leg_state state;
	enum fake_event event;
	enum call_end why;
	uint64_t id, peer;
	char number[FAKE_NAME], to[FAKE_NAME], prompt[FAKE_NAME];
};

struct fake_trunk {
	uint32_t magic;
	struct trunk trunk;
	const struct call_events *events;
	void *owner;
	struct fake_leg *legs;
	unsigned max;
	uint64_t last_id;
	struct list pending;
	struct {
		char number[FAKE_NAME];
		enum fake_far far;
	} script[FAKE_SCRIPT];
	unsigned script_n;
};

static struct fake_trunk *fake_of(struct trunk *trunk)
{
	return MAGIC_CAST(struct fake_trunk, FAKE_MAGIC,
			  CONTAINER_OF(trunk, struct fake_trunk, trunk));
}

static struct fake_leg *fake_leg(const struct fake_trunk *t, uint64_t id)
{
	for (unsigned i = 0; i < t->max; i++) {
		if (t->legs[i].state != LEG_FREE && t->legs[i].id == id)
			return &t->legs[i];
	}
	return NULL;
}

/* `ended` replaces what was pending: nothing follows it. */
static void fake_post(struct fake_trunk *t, struct fake_leg *l,
		      enum fake_event event)
{
	list_remove(&l->node);
	l->event = event;
	list_append(&t->pending, &l->node);
}

static struct fake_leg *fake_open(struct fake_trunk *t, struct str number,
				  enum leg_state state)
{
	struct fake_leg *l = NULL;

	for (unsigned i = 0; i < t->max && l == NULL; i++) {
		if (t->legs[i].state == LEG_FREE)
			l = &t->legs[i];
	}
	if (l == NULL)
		return NULL;
	*l = (struct fake_leg){ .state = state, .id = ++t->last_id };
	list_init(&l->node);
	must(str_copy(l->number, FAKE_NAME, number) == 0);
	return l;
}

static void fake_end(struct fake_trunk *t, struct fake_leg *l,
		     enum call_end why)
{
	struct fake_leg *peer = fake_leg(t, l->peer);

	if (peer != NULL)
		peer->peer = 0;
	l->peer = 0;
	l->state = LEG_ENDING;
	l->why = why;
	fake_post(t, l, FAKE_E_ENDED);
}

/* ---- call_ops ------------------------------------------------------------ */

static enum fake_far fake_far(const struct fake_trunk *t, struct str number)
{
	for (unsigned i = t->script_n; i-- > 0;) {
		if (str_eqz(number, t->script[i].number))
			return t->script[i].far;
	}
	return FAKE_RINGS;
}

static int fake_dial(struct trunk *trunk, struct str to, struct str from,
		     uint64_t *leg)
{
	struct fake_trunk *t = fake_of(trunk);
	struct fake_leg *l = fake_open(t, to, LEG_OUT);

	(void)from;
	if (l == NULL)
		return -EAGAIN;
	*leg = l->id;
	switch (fake_far(t, to)) {
	case FAKE_RINGS:
		break;
	case FAKE_ANSWERS:
		fake_post(t, l, FAKE_E_ANSWERED);
		break;
	case FAKE_REJECTS:
		fake_end(t, l, CALL_END_REJECTED);
		break;
	case FAKE_BUSY:
		fake_end(t, l, CALL_END_BUSY);
		break;
	}
	return 0;
}

static int fake_answer(struct trunk *trunk, uint64_t leg)
{
	struct fake_leg *l = fake_leg(fake_of(trunk), leg);

	must(l != NULL && (l->state == LEG_IN || l->state == LEG_ENDING));
	if (l->state == LEG_ENDING)
		return -EPROTO; /* `ended` is on its way */
	l->state = LEG_UP;
	return 0;
}

static int fake_play(struct trunk *trunk, uint64_t leg, struct str prompt,
		     bool loop)
{
	struct fake_leg *l = fake_leg(fake_of(trunk), leg);

	(void)loop;
	must(l != NULL && (l->state == LEG_UP || l->state == LEG_ENDING));
	if (l->state == LEG_ENDING)
		return -EPROTO;
	return str_copy(l->prompt, FAKE_NAME, prompt);
}

static int fake_bridge(struct trunk *trunk, uint64_t a, uint64_t b)
{
	struct fake_leg *la = fake_leg(fake_of(trunk), a);
	struct fake_leg *lb = fake_leg(fake_of(trunk), b);

	must(la != NULL && lb != NULL && la != lb);
	if (la->state != LEG_UP || lb->state != LEG_UP)
		return -EPROTO;
	la->peer = b;
	lb->peer = a;
	la->prompt[0] = lb->prompt[0] = '\0';
	return 0;
}

static void fake_hangup(struct trunk *trunk, uint64_t leg, enum call_end why)
{
	struct fake_trunk *t = fake_of(trunk);
	struct fake_leg *l = fake_leg(t, leg);

	must(l != NULL);
	if (l->state != LEG_ENDING)
		fake_end(t, l, why);
}

static const struct call_ops fake_ops = { .name = "fake",
					  .dial = fake_dial,
					  .answer = fake_answer,
					  .play = fake_play,
					  .bridge = fake_bridge,
					  .hangup = fake_hangup };

/* ---- the far side ---------------------------------------------------------- */

struct fake_trunk *fake_trunk_new(unsigned legs)
{
	must(legs > 0);
	struct fake_trunk *t = mem_new(struct fake_trunk);

	t->magic = FAKE_MAGIC;
	t->trunk.ops = &fake_ops;
	t->legs = mem_array(legs, sizeof(*t->legs));
	t->max = legs;
	list_init(&t->pending);
	return t;
}

void fake_trunk_free(struct fake_trunk **tp)
{
	must(tp != NULL);
	if (*tp == NULL)
		return;
	mem_free((*tp)->legs);
	mem_free(*tp);
	*tp = NULL;
}

struct trunk *fake_trunk_trunk(struct fake_trunk *t)
{
	must(t != NULL);
	return &t->trunk;
}

void fake_trunk_listen(struct fake_trunk *t, const struct call_events *events,
		       void *owner)
{
	must(t != NULL && events != NULL);
	t->events = events;
	t->owner = owner;
}

int fake_trunk_script(struct fake_trunk *t, const char *number,
		      enum fake_far far)
{
	must(t != NULL && number != NULL);
	if (t->script_n == FAKE_SCRIPT)
		return -ENOSPC;
	must(str_copy(t->script[t->script_n].number, FAKE_NAME,
		      str_of(number)) == 0);
	t->script[t->script_n++].far = far;
	return 0;
}

uint64_t fake_trunk_ring_in(struct fake_trunk *t, const char *from,
			    const char *to)
{
	must(t != NULL && from != NULL && to != NULL);
	struct fake_leg *l = fake_open(t, str_of(from), LEG_IN);

	if (l == NULL)
		return 0;
	must(str_copy(l->to, FAKE_NAME, str_of(to)) == 0);
	fake_post(t, l, FAKE_E_OFFERED);
	return l->id;
}

void fake_trunk_far_end(struct fake_trunk *t, uint64_t leg, enum call_end why)
{
	must(t != NULL);
	struct fake_leg *l = fake_leg(t, leg);

	must(l != NULL && l->state != LEG_ENDING);
	fake_end(t, l, why);
}

void fake_trunk_far_answer(struct fake_trunk *t, uint64_t leg)
{
	must(t != NULL);
	struct fake_leg *l = fake_leg(t, leg);

	must(l != NULL && l->state == LEG_OUT);
	fake_post(t, l, FAKE_E_ANSWERED);
}

static void fake_deliver(struct fake_trunk *t, struct fake_leg *l)
{
	list_remove(&l->node);
	switch (l->event) {
	case FAKE_E_OFFERED:
		t->events->offered(t->owner, l->id, str_of(l->number),
				   str_of(l->to));
		break;
	case FAKE_E_ANSWERED:
		l->state = LEG_UP;
		t->events->answered(t->owner, l->id);
		break;
	case FAKE_E_ENDED:
		l->state = LEG_FREE;
		t->events->ended(t->owner, l->id, l->why);
		break;
	}
}

unsigned fake_trunk_step(struct fake_trunk *t)
{
	must(t != NULL && t->events != NULL);
	unsigned n = 0, now = 0;

	LIST_EACH (it, &t->pending)
		now++;
	/* An end may replace an event of this step: then it comes now. */
	for (; n < now && !list_empty(&t->pending); n++)
		fake_deliver(t,
			     LIST_ITEM(t->pending.next, struct fake_leg, node));
	return n;
}

uint64_t fake_trunk_leg(const struct fake_trunk *t, const char *number)
{
	must(t != NULL && number != NULL);
	uint64_t latest = 0;

	for (unsigned i = 0; i < t->max; i++) {
		const struct fake_leg *l = &t->legs[i];

		if (l->state != LEG_FREE && l->state != LEG_ENDING &&
		    str_eqz(str_of(number), l->number))
			latest = MAX(latest, l->id);
	}
	return latest;
}

uint64_t fake_trunk_peer(const struct fake_trunk *t, uint64_t leg)
{
	must(t != NULL);
	const struct fake_leg *l = fake_leg(t, leg);

	return l != NULL ? l->peer : 0;
}

const char *fake_trunk_prompt(const struct fake_trunk *t, uint64_t leg)
{
	must(t != NULL);
	const struct fake_leg *l = fake_leg(t, leg);

	return l != NULL ? l->prompt : "";
}

unsigned fake_trunk_live(const struct fake_trunk *t)
{
	must(t != NULL);
	unsigned n = 0;

	for (unsigned i = 0; i < t->max; i++)
		n += t->legs[i].state != LEG_FREE;
	return n;
}
