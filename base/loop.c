/* The event loop: turns, what happens at their end, opening and closing. */
#include "base/loop.h"

#include <signal.h>

#include "base/log.h"
#include "base/loop_impl.h"
#include "base/mem.h"

struct loop_hook {
	struct list link;
	struct loop *loop;
	void (*fn)(void *owner);
	void *owner;
	bool last; /* runs after those that are not */
	bool dead; /* closed while hooks run: freed after them */
};

/* ---- the end of a turn --------------------------------------------------- */

static void loop_run_hooks(struct loop *l)
{
	must(!l->in_hooks);
	l->in_hooks = true;
	LIST_EACH (it, &l->hooks) {
		struct loop_hook *h = LIST_ITEM(it, struct loop_hook, link);
		if (!h->dead)
			h->fn(h->owner);
	}
	l->in_hooks = false;

	LIST_EACH_SAFE (it, &l->hooks) {
		struct loop_hook *h = LIST_ITEM(it, struct loop_hook, link);
		if (h->dead) {
			list_remove(&h->link);
			mem_free(h);
		}
	}
}

static void loop_end_of_turn(struct loop *l)
{
	loop_run_hooks(l);
	while (!list_empty(&l->late)) {
		struct loop_late *late =
			LIST_ITEM(l->late.next, struct loop_late, link);
		list_remove(&late->link);
		late->fn(late);
	}
	log_flush();
}

static void loop_idle(uv_idle_t *idle UNUSED)
{
	/* Being active is all it does. */
}

/* libuv: timers, prepare (here), sleep and events, check, closing. */
static void loop_prepare(uv_prepare_t *prepare)
{
	struct loop *l = CONTAINER_OF(prepare, struct loop, prepare);

	loop_end_of_turn(l);
	if (l->again || !list_empty(&l->soon))
		(void)uv_idle_start(&l->idle, loop_idle);
	else
		(void)uv_idle_stop(&l->idle);
	l->again = false;
}

static void loop_check(uv_check_t *check)
{
	struct loop *l = CONTAINER_OF(check, struct loop, check);
	struct list now;

	if (list_empty(&l->soon))
		return;
	/* What these put off in turn waits for the next time. */
	list_insert_after(&l->soon, &now);
	list_remove(&l->soon);
	while (!list_empty(&now)) {
		struct loop_soon *soon =
			LIST_ITEM(now.next, struct loop_soon, link);
		list_remove(&soon->link);
		soon->fn(soon);
	}
}

void loop_late(struct loop *l, struct loop_late *late)
{
	must(l != NULL && late != NULL && late->fn != NULL);
	if (list_empty(&late->link))
		list_append(&l->late, &late->link);
}

void loop_soon(struct loop *l, struct loop_soon *soon)
{
	must(l != NULL && soon != NULL && soon->fn != NULL);
	if (list_empty(&soon->link))
		list_append(&l->soon, &soon->link);
}

static struct loop_hook *loop_hook_new(struct loop *l, void (*fn)(void *owner),
				       void *owner, bool last)
{
	must(l != NULL && fn != NULL);

	struct list *after = l->hooks.prev;
	struct loop_hook *h = mem_new(struct loop_hook);
	h->loop = l;
	h->fn = fn;
	h->owner = owner;
	h->last = last;
	while (!last && after != &l->hooks &&
	       LIST_ITEM(after, struct loop_hook, link)->last)
		after = after->prev;
	list_insert_after(after, &h->link);
	l->owned++;
	return h;
}

struct loop_hook *loop_at_end_of_turn(struct loop *l, void (*fn)(void *owner),
				      void *owner)
{
	return loop_hook_new(l, fn, owner, false);
}

struct loop_hook *loop_after_turn(struct loop *l, void (*fn)(void *owner),
				  void *owner)
{
	return loop_hook_new(l, fn, owner, true);
}

void loop_hook_close(struct loop_hook **hp)
{
	must(hp != NULL);

	struct loop_hook *h = TAKE(*hp);
	if (h == NULL)
		return;
	must(!h->dead && h->loop->owned > 0);
	h->loop->owned--;
	h->dead = true;
	if (h->loop->in_hooks)
		return;
	list_remove(&h->link);
	mem_free(h);
}

void loop_again(struct loop *l)
{
	must(l != NULL);
	l->again = true;
}

/* ---- opening, running, closing ------------------------------------------- */

static void loop_alive(uv_async_t *alive UNUSED)
{
}

int loop_open(struct loop **out, const struct clock_ops *clock)
{
	must(out != NULL);
	/* libuv writes to sockets by write(2): a lost peer is an errno. */
	(void)signal(SIGPIPE, SIG_IGN);

	struct loop *l = mem_new(struct loop);
	int rc = uv_loop_init(&l->uv);
	if (rc < 0) {
		mem_free(l);
		return rc;
	}
	rc = uv_async_init(&l->uv, &l->alive, loop_alive);
	if (rc < 0) {
		must(uv_loop_close(&l->uv) == 0);
		mem_free(l);
		return rc;
	}
	l->clock = clock != NULL ? clock : &clock_real;
	list_init(&l->hooks);
	list_init(&l->late);
	list_init(&l->soon);
	must(uv_prepare_init(&l->uv, &l->prepare) == 0);
	must(uv_check_init(&l->uv, &l->check) == 0);
	must(uv_idle_init(&l->uv, &l->idle) == 0);
	must(uv_prepare_start(&l->prepare, loop_prepare) == 0);
	must(uv_check_start(&l->check, loop_check) == 0);
	uv_unref((uv_handle_t *)&l->prepare);
	uv_unref((uv_handle_t *)&l->check);
	*out = l;
	return 0;
}

void loop_close(struct loop **lp)
{
	must(lp != NULL);

	struct loop *l = TAKE(*lp);
	if (l == NULL)
		return;
	/* Whoever opened something on this loop closes it first. */
	must(l->owned == 0);

	/* Streams write their last bytes, the pool ends its work. */
	while (!list_empty(&l->soon) || !list_empty(&l->late))
		(void)uv_run(&l->uv, UV_RUN_NOWAIT);
	uv_unref((uv_handle_t *)&l->alive);
	while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0) {
	}

	uv_close((uv_handle_t *)&l->prepare, NULL);
	uv_close((uv_handle_t *)&l->check, NULL);
	uv_close((uv_handle_t *)&l->idle, NULL);
	uv_close((uv_handle_t *)&l->alive, NULL);
	while (uv_run(&l->uv, UV_RUN_DEFAULT) != 0) {
	}
	must(l->owned == 0);
	must(uv_loop_close(&l->uv) == 0);
	mem_free(l);
}

const struct clock_ops *loop_clock(const struct loop *l)
{
	must(l != NULL);
	return l->clock;
}

void loop_run(struct loop *l)
{
	must(l != NULL);
	while (!l->stopped)
		(void)uv_run(&l->uv, UV_RUN_DEFAULT);
	l->stopped = false;
	loop_end_of_turn(l);
}

void loop_turn(struct loop *l, bool wait)
{
	must(l != NULL);
	(void)uv_run(&l->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
	loop_end_of_turn(l);
}

void loop_stop(struct loop *l)
{
	must(l != NULL);
	l->stopped = true;
	uv_stop(&l->uv);
}
