/* What a loop waits for: timers, descriptors, signals, posts. */
#include "base/loop.h"

#include "base/loop_impl.h"
#include "base/mem.h"

/* libuv closes later: memory goes in its callback, so an object may be freed
 * inside its own callback. */
static void loop_handle_closed(uv_handle_t *h)
{
	mem_free(h->data);
}

void loop_handle_free(uv_handle_t *h)
{
	must(h != NULL && h->data != NULL);
	uv_close(h, loop_handle_closed);
}

static void loop_owner_gone(struct loop *l)
{
	must(l->owned > 0);
	l->owned--;
}

/* ---- timers -------------------------------------------------------------- */

struct loop_timer {
	struct loop *loop;
	uv_timer_t uv;
	void (*fn)(void *owner);
	void *owner;
};

struct loop_timer *loop_timer_new(struct loop *l, void (*fn)(void *owner),
				  void *owner)
{
	must(l != NULL && fn != NULL);

	struct loop_timer *t = mem_new(struct loop_timer);
	t->loop = l;
	t->fn = fn;
	t->owner = owner;
	must(uv_timer_init(&l->uv, &t->uv) == 0);
	t->uv.data = t;
	l->owned++;
	return t;
}

static void loop_timer_fired(uv_timer_t *uv)
{
	struct loop_timer *t = CONTAINER_OF(uv, struct loop_timer, uv);

	t->fn(t->owner);
}

void loop_timer_set(struct loop_timer *t, uint64_t after_ms)
{
	must(t != NULL);
	/* libuv's idea of now is the start of the turn. */
	uv_update_time(&t->loop->uv);
	must(uv_timer_start(&t->uv, loop_timer_fired, after_ms, 0) == 0);
}

void loop_timer_stop(struct loop_timer *t)
{
	must(t != NULL);
	must(uv_timer_stop(&t->uv) == 0);
}

bool loop_timer_running(const struct loop_timer *t)
{
	must(t != NULL);
	return uv_is_active((const uv_handle_t *)&t->uv) != 0;
}

void loop_timer_free(struct loop_timer **tp)
{
	must(tp != NULL);

	struct loop_timer *t = TAKE(*tp);
	if (t == NULL)
		return;
	loop_owner_gone(t->loop);
	loop_handle_free((uv_handle_t *)&t->uv);
}

/* ---- descriptors --------------------------------------------------------- */

struct loop_fd {
	struct loop *loop;
	uv_poll_t uv;
	void (*fn)(void *owner, int events);
	void *owner;
	int want;
};

struct loop_fd *loop_fd_new(struct loop *l, int fd,
			    void (*fn)(void *owner, int events), void *owner)
{
	must(l != NULL && fd >= 0 && fn != NULL);

	struct loop_fd *f = mem_new(struct loop_fd);
	f->loop = l;
	f->fn = fn;
	f->owner = owner;
	/* Fails when the number is watched already: the watcher of a closed
	 * descriptor was not freed. */
	must(uv_poll_init(&l->uv, &f->uv, fd) == 0);
	f->uv.data = f;
	l->owned++;
	return f;
}

static void loop_fd_ready(uv_poll_t *uv, int status, int events)
{
	struct loop_fd *f = CONTAINER_OF(uv, struct loop_fd, uv);
	int got = ((events & UV_READABLE) != 0 ? LOOP_READ : 0) |
		  ((events & UV_WRITABLE) != 0 ? LOOP_WRITE : 0);

	/* An error is for the owner to find by reading or writing. */
	if (status < 0)
		got = LOOP_READ | LOOP_WRITE;
	f->fn(f->owner, got);
	/* libuv stops watching after an error; we watch while it is wanted. */
	if (status < 0 && !uv_is_closing((uv_handle_t *)&f->uv))
		loop_fd_want(f, f->want);
}

void loop_fd_want(struct loop_fd *f, int events)
{
	must(f != NULL && (events & ~(LOOP_READ | LOOP_WRITE)) == 0);

	int uv = ((events & LOOP_READ) != 0 ? UV_READABLE : 0) |
		 ((events & LOOP_WRITE) != 0 ? UV_WRITABLE : 0);
	f->want = events;
	if (uv == 0)
		must(uv_poll_stop(&f->uv) == 0);
	else
		must(uv_poll_start(&f->uv, uv, loop_fd_ready) == 0);
}

void loop_fd_free(struct loop_fd **fp)
{
	must(fp != NULL);

	struct loop_fd *f = TAKE(*fp);
	if (f == NULL)
		return;
	loop_owner_gone(f->loop);
	f->want = 0;
	(void)uv_poll_stop(&f->uv);
	loop_handle_free((uv_handle_t *)&f->uv);
}

/* ---- signals ------------------------------------------------------------- */

struct loop_signal {
	struct loop *loop;
	uv_signal_t uv;
	void (*fn)(void *owner, int signo);
	void *owner;
};

static void loop_signal_came(uv_signal_t *uv, int signo)
{
	struct loop_signal *s = CONTAINER_OF(uv, struct loop_signal, uv);

	s->fn(s->owner, signo);
}

struct loop_signal *loop_signal_new(struct loop *l, int signo,
				    void (*fn)(void *owner, int signo),
				    void *owner)
{
	must(l != NULL && fn != NULL);

	struct loop_signal *s = mem_new(struct loop_signal);
	s->loop = l;
	s->fn = fn;
	s->owner = owner;
	must(uv_signal_init(&l->uv, &s->uv) == 0);
	s->uv.data = s;
	must(uv_signal_start(&s->uv, loop_signal_came, signo) == 0);
	l->owned++;
	return s;
}

void loop_signal_free(struct loop_signal **sp)
{
	must(sp != NULL);

	struct loop_signal *s = TAKE(*sp);
	if (s == NULL)
		return;
	loop_owner_gone(s->loop);
	loop_handle_free((uv_handle_t *)&s->uv);
}

/* ---- posts --------------------------------------------------------------- */

struct loop_post {
	struct loop *loop;
	uv_async_t uv;
	void (*fn)(void *owner);
	void *owner;
};

static void loop_post_came(uv_async_t *uv)
{
	struct loop_post *p = CONTAINER_OF(uv, struct loop_post, uv);

	if (!uv_is_closing((uv_handle_t *)uv))
		p->fn(p->owner);
}

struct loop_post *loop_post_new(struct loop *l, void (*fn)(void *owner),
				void *owner)
{
	must(l != NULL && fn != NULL);

	struct loop_post *p = mem_new(struct loop_post);
	p->loop = l;
	p->fn = fn;
	p->owner = owner;
	must(uv_async_init(&l->uv, &p->uv, loop_post_came) == 0);
	p->uv.data = p;
	l->owned++;
	return p;
}

void loop_post(struct loop_post *p)
{
	must(p != NULL);
	must(uv_async_send(&p->uv) == 0);
}

void loop_post_free(struct loop_post **pp)
{
	must(pp != NULL);

	struct loop_post *p = TAKE(*pp);
	if (p == NULL)
		return;
	loop_owner_gone(p->loop);
	loop_handle_free((uv_handle_t *)&p->uv);
}
