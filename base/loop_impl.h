/* What the files of the loop and the streams share; for base alone. */
#pragma once

#include <uv.h>

#include "base/list.h"
#include "base/loop.h"

enum { LOOP_READ_BYTES = 64 * 1024 };

/* Called once after all hooks of this turn, before the loop sleeps. */
struct loop_late {
	struct list link;
	void (*fn)(struct loop_late *late);
};

/* Called once, soon, from the loop and from nobody's call. */
struct loop_soon {
	struct list link;
	void (*fn)(struct loop_soon *soon);
};

struct loop {
	uv_loop_t uv;
	const struct clock_ops *clock;
	uv_prepare_t prepare; /* the end of a turn */
	uv_check_t check;     /* what is to run soon */
	uv_idle_t idle;       /* active: the loop does not sleep */
	uv_async_t alive;     /* keeps an otherwise empty loop running */
	struct list hooks;
	struct list late;
	struct list soon;
	size_t owned; /* what owners have open */
	bool again;
	bool stopped;
	bool in_hooks;
	char scratch[LOOP_READ_BYTES]; /* for one read at a time */
};

/* Both: no-op when it is waiting already; list_remove(&x->link) cancels. */
void loop_late(struct loop *l, struct loop_late *late);
void loop_soon(struct loop *l, struct loop_soon *soon);

/* uv_close, then mem_free(h->data). */
void loop_handle_free(uv_handle_t *h);
