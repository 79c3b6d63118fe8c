/* The reader's thread: a read that needs the fold waits for it while others
 * pass; all by a connection of its own. */
#include "store/reader.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "store/overlay.h"

struct reader {
	struct reader_cfg cfg;
	struct backend_reader *from;
	pthread_t thread;
	bool joined;

	pthread_mutex_t lock;
	pthread_cond_t work;
	/* Under the lock: */
	struct list queue;
	struct list done;
	bool stop;
};

/* ---- one read -------------------------------------------------------------- */

struct read *read_new(enum store_call call, const struct cell *cells,
		      unsigned n)
{
	must(cells != NULL || n == 0);

	struct read *r = mem_new(struct read);
	size_t bytes = n * sizeof(cells[0]);
	list_init(&r->link);
	for (unsigned i = 0; i < n; i++)
		bytes += cells[i].s.len;
	r->call = call;
	r->n = n;
	r->cells = mem_alloc(bytes);
	char *at = (char *)(r->cells + n);
	for (unsigned i = 0; i < n; i++) {
		r->cells[i] = cells[i];
		if (cells[i].s.len > 0)
			memcpy(at, cells[i].s.p, cells[i].s.len);
		r->cells[i].s.p = at;
		at += cells[i].s.len;
	}
	return r;
}

void read_free(struct read **rp)
{
	must(rp != NULL);

	struct read *r = TAKE(*rp);
	if (r == NULL)
		return;
	mem_free(r->path);
	mem_free(r->cells);
	mem_free(r);
}

/* ---- the thread ------------------------------------------------------------- */

static int reader_run(struct reader *r, const struct read *ask)
{
	const struct backend_ops *ops = r->from->ops;
	enum statement st = (enum statement)ask->call;

	if (ask->rc != 0)
		return ask->rc;
	if (ask->path != NULL)
		return ops->copy(r->from, ask->path);
	if (statements[st].sees == BY_ID)
		return overlay_read(r->cfg.writer, r->from, st,
				    (uint64_t)ask->cells[0].i, ask->show,
				    ask->owner);
	return ops->read(r->from, st, ask->cells, ask->n, ask->show,
			 ask->owner);
}

static bool reader_waits(const struct read *ask, enum statement_sees how)
{
	return ask->path == NULL && statements[ask->call].sees == how;
}

/* Need it not wait for the fold any more? */
static bool reader_may_run(struct read *ask, int64_t upto,
			   enum writer_state state)
{
	if ((!reader_waits(ask, FOLDED) && !reader_waits(ask, AWAITED)) ||
	    ask->after_seq <= upto)
		return true;
	/* The fold stands still, who knows for how long. */
	if (state != WRITER_OPEN)
		ask->rc = state == WRITER_FULL ? -EAGAIN : -EIO;
	return state != WRITER_OPEN;
}

/* The first read that can be answered by now. soon: of those that cannot, one
 * has no patience. */
static struct read *reader_first(struct reader *r, int64_t upto,
				 enum writer_state state, bool *soon)
{
	*soon = false;
	LIST_EACH (it, &r->queue) {
		struct read *ask = LIST_ITEM(it, struct read, link);
		if (reader_may_run(ask, upto, state)) {
			list_remove(it);
			return ask;
		}
		*soon |= reader_waits(ask, FOLDED);
	}
	return NULL;
}

/* Without one, the fold shall hurry, or at least tell how far it is; it may
 * have come further while we looked. */
static struct read *reader_next(struct reader *r)
{
	enum writer_state state;
	struct read *ask;
	int64_t upto;
	bool soon;

	do {
		upto = writer_upto(r->cfg.writer, &state);
		ask = reader_first(r, upto, state, &soon);
	} while (ask == NULL && !list_empty(&r->queue) &&
		 !writer_want_fold(r->cfg.writer, upto, soon));
	return ask;
}

static struct read *reader_pick(struct reader *r)
{
	struct read *ask;

	must(pthread_mutex_lock(&r->lock) == 0);
	while ((ask = reader_next(r)) == NULL &&
	       !(r->stop && list_empty(&r->queue)))
		must(pthread_cond_wait(&r->work, &r->lock) == 0);
	must(pthread_mutex_unlock(&r->lock) == 0);
	return ask;
}

/* On the writer's thread: the fold is further, or stands still. */
static void reader_nudge(void *owner)
{
	struct reader *r = owner;

	must(pthread_mutex_lock(&r->lock) == 0);
	must(pthread_cond_signal(&r->work) == 0);
	must(pthread_mutex_unlock(&r->lock) == 0);
}

static void *reader_main(void *arg)
{
	struct reader *r = arg;
	struct read *ask;

	while ((ask = reader_pick(r)) != NULL) {
		ask->rc = reader_run(r, ask);
		must(pthread_mutex_lock(&r->lock) == 0);
		list_append(&r->done, &ask->link);
		must(pthread_mutex_unlock(&r->lock) == 0);
		r->cfg.wake(r->cfg.owner);
	}
	return NULL;
}

int reader_open(struct reader **out, const struct reader_cfg *cfg,
		struct err *err)
{
	must(out != NULL && cfg != NULL && cfg->backend != NULL &&
	     cfg->writer != NULL && cfg->wake != NULL);

	struct reader *r = mem_new(struct reader);
	r->cfg = *cfg;
	r->joined = true;
	list_init(&r->queue);
	list_init(&r->done);
	must(pthread_mutex_init(&r->lock, NULL) == 0);
	must(pthread_cond_init(&r->work, NULL) == 0);
	int rc = cfg->backend->ops->reader_open(cfg->backend, &r->from, err);
	if (rc == 0) {
		rc = -pthread_create(&r->thread, NULL, reader_main, r);
		r->joined = rc != 0;
		if (rc != 0)
			(void)err_set(err, rc, "no thread for the reader: %s",
				      err_name(rc));
	}
	if (rc != 0) {
		reader_close(&r);
		return rc;
	}
	writer_tell(cfg->writer, reader_nudge, r);
	*out = r;
	return 0;
}

void reader_stop(struct reader *r)
{
	must(r != NULL);
	if (r->joined)
		return;
	must(pthread_mutex_lock(&r->lock) == 0);
	r->stop = true;
	must(pthread_cond_signal(&r->work) == 0);
	must(pthread_mutex_unlock(&r->lock) == 0);
	must(pthread_join(r->thread, NULL) == 0);
	r->joined = true;
}

static void reader_drop(struct list *reads)
{
	LIST_EACH_SAFE (it, reads) {
		struct read *ask = LIST_ITEM(it, struct read, link);
		list_remove(it);
		read_free(&ask);
	}
}

void reader_close(struct reader **rp)
{
	must(rp != NULL);
	if (*rp == NULL)
		return;

	struct reader *r = TAKE(*rp);
	reader_stop(r);
	reader_drop(&r->queue);
	reader_drop(&r->done);
	if (r->from != NULL)
		r->from->ops->reader_close(&r->from);
	must(pthread_mutex_destroy(&r->lock) == 0);
	must(pthread_cond_destroy(&r->work) == 0);
	mem_free(r);
}

void reader_ask(struct reader *r, struct read *ask)
{
	must(r != NULL && ask != NULL && !r->stop);
	must(pthread_mutex_lock(&r->lock) == 0);
	list_append(&r->queue, &ask->link);
	must(pthread_cond_signal(&r->work) == 0);
	must(pthread_mutex_unlock(&r->lock) == 0);
}

void reader_collect(struct reader *r, struct list *done)
{
	must(r != NULL && done != NULL);
	must(pthread_mutex_lock(&r->lock) == 0);
	while (!list_empty(&r->done)) {
		struct list *it = r->done.next;
		list_remove(it);
		list_append(done, it);
	}
	must(pthread_mutex_unlock(&r->lock) == 0);
}
