/* Call-backs: what becomes due; opened and closed. */
#include "care/callbacks.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "care/callbacks_impl.h"
#include "care/wake.h"

#define TICK_CALLBACKS 500

/* ---- what becomes due -------------------------------------------------------------- */

/* told once. */
static void breach(struct callbacks *c, struct callback *x)
{
	x->now.breached = true;
	x->now.due_ms = 0;
	stat_add(c->s_breached, 1);
	callback_publish(c, x, "queue.breach");
}

static void due(struct callbacks *c, struct callback *x, int64_t now_ms)
{
	struct callback_now before = x->now;

	switch (x->now.state) {
	case CALLBACK_PROPOSED:
		callback_end(c, x, CALLBACK_CANCELLED, "no_word");
		break;
	case CALLBACK_OPEN:
		callback_plan(c, x, now_ms);
		break;
	case CALLBACK_QUEUED:
		breach(c, x);
		break;
	case CALLBACK_OFFERED:
	case CALLBACK_CONNECTED:
		IGNORE(callbacks_result(c, str_of(x->tenant), x->id, STR_NONE,
					CALLBACK_BACK));
		return;
	case CALLBACK_RESOLVED:
	case CALLBACK_UNREACHABLE:
	case CALLBACK_DECLINED:
	case CALLBACK_CANCELLED:
	case CALLBACK_DENIED:
	case CALLBACK_STATES:
		must(!"what has ended is never due");
	}
	callback_keep(c, x, &before);
}

void callbacks_tick(struct callbacks *c)
{
	must(c != NULL);
	int64_t now_ms = callbacks_now(c);
	struct heap_node *n;
	unsigned done = 0;

	while (!c->stopped && done++ < TICK_CALLBACKS &&
	       (n = heap_first(&c->due)) != NULL && (int64_t)n->key <= now_ms)
		due(c, CONTAINER_OF(n, struct callback, due), now_ms);
	wake_set(c->timer, &c->due, now_ms);
}

static void on_timer(void *owner)
{
	callbacks_tick(owner);
}

/* ---- open and close -------------------------------------------------------------- */

static void make_stats(struct callbacks *c)
{
	char label[48];

	for (unsigned i = 0; i < CALLBACK_SOURCES; i++) {
		(void)snprintf(label, sizeof(label), "source=\"%s\"",
			       callback_source_name((enum callback_source)i));
		c->s_asked[i] =
			stats_get(STAT_COUNTER, "callbacks_total",
				  "Call-backs by who wished them.", label);
	}
	c->s_calls = stats_get(STAT_COUNTER, "callbacks_calls_total",
			       "Calls that were made for call-backs.", NULL);
	c->s_ended = stats_get(STAT_COUNTER, "callbacks_ended_total",
			       "Call-backs that have ended.", NULL);
	c->s_breached = stats_get(STAT_COUNTER, "callbacks_breached_total",
				  "Call-backs that waited too long.", NULL);
}

int callbacks_open(struct callbacks **out, const struct callbacks_env *env,
		   struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	must(env->router != NULL && env->tenant != NULL);
	AUTO(callbacks_close) struct callbacks *c = mem_new(struct callbacks);

	c->env = *env;
	c->known = callback_known;
	c->all = map_new();
	c->items = map_new();
	c->people = map_new();
	c->skills = dict_new();
	c->links = map_new();
	heap_init(&c->due);
	list_init(&c->link_order);
	id_source_init(&c->ids, env->node);
	callback_words(c);
	make_stats(c);
	const struct section *sec =
		settings_find(env->settings, "work_hours", NULL);

	if (sec != NULL) /* work_hours_check has found no fault */
		must(work_hours_read(&c->hours, sec->value, err) == 0);
	int rc = callback_recover(c, err);

	if (rc == 0)
		rc = callback_links_recover(c, err);
	if (rc != 0)
		return rc;
	c->timer = loop_timer_new(env->loop, on_timer, c);
	loop_timer_set(c->timer, 10);
	*out = TAKE(c);
	return 0;
}

void callbacks_stop(struct callbacks *c)
{
	if (c == NULL)
		return;
	c->stopped = true;
	loop_timer_free(&c->timer);
}

void callbacks_close(struct callbacks **cp)
{
	struct callbacks *c = TAKE(*cp);

	if (c == NULL)
		return;
	callbacks_stop(c);
	callback_free_all(c);
	callback_links_free(c);
	callback_queue_free(c);
	callback_words_free(c);
	mem_free(c);
}
