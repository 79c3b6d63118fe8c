/* The writer's thread. Commit comes first, then the answer, then the rest. */
#include "store/writer.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
	WRITER_QUIET_US = 20 * 1000,   /* without a batch: fold by itself */
	WRITER_AGE_US = 500 * 1000,    /* of the oldest record by then */
	WRITER_OLD_US = 1000 * 1000,   /* folded even when busy */
	WRITER_PROBE_US = 200 * 1000,  /* between looks at a full disk */
	WRITER_PROBE_BYTES = 64 << 10, /* that must fit */
	WRITER_IDLE = 5,               /* slices in one while idle */
	WRITER_WANTED = 20,            /* while a reader waits */
	WRITER_GATHER_BYTES = 64 << 20
};

struct writer {
	struct writer_cfg cfg;
	struct fold *fold;
	pthread_t thread;
	bool joined;

	pthread_mutex_t lock;
	pthread_cond_t work;     /* the writer waits for it */
	pthread_cond_t progress; /* of the fold; readers wait for it */
	/* Under the lock: */
	struct list queue;
	struct list done;
	struct writer_news news;
	int64_t wanted; /* a reader waits for this row to be folded */
	int64_t upto;   /* folded */
	bool stop;

	/* The thread's own: */
	struct list dead; /* batches of a broken store */
	int64_t seq;      /* of the last journal row */
	size_t credit;    /* records the fold may write */
	uint64_t busy_us; /* when the last batch came */
	uint64_t probe_us;
};

static uint64_t writer_now_us(void)
{
	return clock_mono_us(&clock_real);
}

/* ---- what the others see --------------------------------------------------- */

/* Tells how things stand; a finished batch goes with it. */
static void writer_publish(struct writer *w, struct batch *finished)
{
	must(pthread_mutex_lock(&w->lock) == 0);
	bool was_behind = w->upto < w->wanted;
	w->upto = fold_upto(w->fold);
	w->news.backlog = fold_backlog(w->fold);
	w->news.folded = fold_written(w->fold);
	w->news.live = fold_live(w->fold);
	if (finished != NULL)
		list_append(&w->done, &finished->link);
	if (was_behind)
		must(pthread_cond_broadcast(&w->progress) == 0);
	must(pthread_mutex_unlock(&w->lock) == 0);
	if (finished != NULL)
		w->cfg.wake(w->cfg.owner);
}

static void writer_set_state(struct writer *w, enum writer_state state,
			     const char *why)
{
	must(pthread_mutex_lock(&w->lock) == 0);
	bool changed = w->news.state != state && w->news.state != WRITER_BROKEN;
	if (changed) {
		w->news.state = state;
		(void)err_set(&w->news.why, 0, "%s", why);
		must(pthread_cond_broadcast(&w->progress) == 0);
	}
	must(pthread_mutex_unlock(&w->lock) == 0);
	if (changed)
		w->cfg.wake(w->cfg.owner);
}

/* Full is waited out; of anything else we do not know what the disk holds. */
static void writer_failed(struct writer *w, int rc, const struct err *err)
{
	must(rc != 0);
	if (rc == -ENOSPC) {
		w->probe_us = writer_now_us() + WRITER_PROBE_US;
		writer_set_state(w, WRITER_FULL, "the disk is full");
	} else {
		writer_set_state(w, WRITER_BROKEN,
				 err->text[0] != '\0'
					 ? err->text
					 : w->cfg.backend->ops->why(
						   w->cfg.backend));
	}
}

/* ---- transactions ----------------------------------------------------------- */

static int writer_store(struct writer *w, const struct batch *b, int64_t seq)
{
	if (b->frames.len > 0) {
		const struct cell cells[] = { CELL_I(seq),
					      CELL_B(buf_str(&b->frames)) };
		int rc = backend_write(w->cfg.backend, STATEMENT_JOURNAL_APPEND,
				       cells, ARRAY_LEN(cells));
		if (rc != 0)
			return rc;
	}
	return batch_write_puts(b, w->cfg.backend);
}

/* One transaction of a batch (or none) and a slice of fold (or none). */
static int writer_transact(struct writer *w, const struct batch *b, int64_t seq,
			   size_t slice, struct err *err)
{
	struct backend *backend = w->cfg.backend;
	int rc = backend->ops->begin(backend);

	if (rc == 0 && b != NULL)
		rc = writer_store(w, b, seq);
	if (rc == 0 && slice > 0)
		rc = fold_slice(w->fold, backend, slice, err);
	if (rc == 0)
		rc = backend->ops->commit(backend);
	if (rc == 0) {
		fold_committed(w->fold);
		w->credit = slice > 0 ? 0 : w->credit;
	} else {
		backend->ops->rollback(backend);
		fold_rolled_back(w->fold);
	}
	return rc;
}

/*
 * A run pays off when it is long: more records of one message, more messages
 * of one page. So it grows with what is under way: a record for each message,
 * measured as 14 us a message against 25 with a fifth of that.
 */
static bool writer_run_due(const struct writer *w, uint64_t now_us)
{
	size_t lag = (size_t)fold_live(w->fold);

	lag = MIN(MAX(lag, w->cfg.lag_min), w->cfg.lag_max);
	return fold_gathered(w->fold) >= lag ||
	       fold_gathered_bytes(w->fold) >= WRITER_GATHER_BYTES ||
	       (fold_gathered(w->fold) > 0 &&
		now_us >= fold_oldest_us(w->fold) + WRITER_OLD_US);
}

/*
 * With each batch a little more than came with it: so the run is written when
 * the next one has gathered, and no commit takes long. Small batches save up
 * for a slice, for each touches a few pages whatever its length.
 */
static size_t writer_slice(struct writer *w, const struct batch *b, bool wanted,
			   uint64_t now_us)
{
	if (!fold_running(w->fold) && (wanted || writer_run_due(w, now_us)))
		fold_cut(w->fold);
	if (!fold_running(w->fold))
		return 0;
	if (wanted)
		return (size_t)w->cfg.slice * WRITER_WANTED;
	w->credit += (size_t)b->records + b->records / 4 + 8;
	return w->credit < w->cfg.slice ? 0 : w->credit;
}

static void writer_tidy(struct writer *w)
{
	struct err err = { "" };
	int rc = w->cfg.backend->ops->tidy(w->cfg.backend);

	if (rc != 0)
		writer_failed(w, rc, &err);
}

/* The batch is answered; what follows does not keep anybody waiting. */
static void writer_committed(struct writer *w, struct batch *b)
{
	struct err err = { "" };
	size_t len = b->frames.len;
	char *frames = len > 0 ? buf_take(&b->frames) : NULL;

	w->seq = b->seq;
	writer_publish(w, b);
	int rc = frames == NULL ? 0
				: fold_add(w->fold, w->seq, frames, len,
					   w->busy_us, &err);
	if (rc != 0)
		writer_failed(w, rc, &err);
	writer_tidy(w);
}

static void writer_commit(struct writer *w, struct batch *b, bool wanted)
{
	struct err err = { "" };
	uint64_t start_us = w->busy_us = writer_now_us();
	int64_t seq = w->seq + (b->frames.len > 0 ? 1 : 0);
	int rc = 0;

	if (b->frames.len > 0 || b->nputs > 0) {
		size_t slice = writer_slice(w, b, wanted, start_us);
		rc = writer_transact(w, b, seq, slice, &err);
		/* The fold can wait for space; perhaps the batch fits. */
		if (rc == -ENOSPC && slice > 0)
			rc = writer_transact(w, b, seq, 0, &err);
	}
	if (rc != 0)
		writer_failed(w, rc, &err);
	if (rc != 0 && rc != -ENOSPC) {
		list_append(&w->dead, &b->link);
		return;
	}
	b->rc = rc;
	b->seq = rc == 0 ? seq : w->seq;
	b->took_us = writer_now_us() - start_us;
	if (rc == 0)
		writer_committed(w, b);
	else
		writer_publish(w, b);
}

static void writer_fold(struct writer *w, size_t slice)
{
	struct err err = { "" };

	if (!fold_running(w->fold))
		fold_cut(w->fold);
	if (!fold_running(w->fold))
		return;
	int rc = writer_transact(w, NULL, 0, slice, &err);
	if (rc != 0) {
		writer_failed(w, rc, &err);
		return;
	}
	writer_publish(w, NULL);
	writer_tidy(w);
}

/* Is there room again? Really writes, for only that tells. */
static void writer_probe(struct writer *w)
{
	struct backend *backend = w->cfg.backend;
	struct err err = { "" };
	char *bytes = mem_zalloc(WRITER_PROBE_BYTES);
	struct cell cells[] = { CELL_Z("probe"),
				CELL_B(str_bytes(bytes, WRITER_PROBE_BYTES)) };
	int rc = 0;

	for (unsigned i = 0; i < 2 && rc == 0; i++) {
		rc = backend->ops->begin(backend);
		if (rc == 0)
			rc = backend_write(backend, STATEMENT_META_PUT, cells,
					   ARRAY_LEN(cells));
		if (rc == 0)
			rc = backend->ops->commit(backend);
		if (rc != 0)
			backend->ops->rollback(backend);
		cells[1] = CELL_N;
	}
	mem_free(bytes);
	if (rc == 0)
		writer_set_state(w, WRITER_OPEN, "");
	else
		writer_failed(w, rc, &err);
}

/* ---- the thread -------------------------------------------------------------- */

enum writer_job { WRITER_COMMIT, WRITER_FOLD, WRITER_PROBE, WRITER_END };

/* When there is something to do without a batch; UINT64_MAX: nothing. */
static uint64_t writer_due_us(const struct writer *w)
{
	if (w->news.state == WRITER_FULL)
		return w->probe_us;
	if (!fold_running(w->fold) && fold_gathered(w->fold) == 0)
		return UINT64_MAX;
	if (w->wanted > w->upto)
		return 0;
	uint64_t quiet = w->busy_us + WRITER_QUIET_US;
	if (fold_running(w->fold) || writer_run_due(w, quiet))
		return quiet;
	return MAX(quiet, fold_oldest_us(w->fold) + WRITER_AGE_US);
}

static void writer_sleep(struct writer *w, uint64_t until_us)
{
	if (until_us == UINT64_MAX) {
		must(pthread_cond_wait(&w->work, &w->lock) == 0);
		return;
	}
	struct timespec at = { .tv_sec = (time_t)(until_us / 1000000),
			       .tv_nsec = (long)(until_us % 1000000) * 1000 };
	int rc = pthread_cond_timedwait(&w->work, &w->lock, &at);
	must(rc == 0 || rc == ETIMEDOUT);
}

/* The last job: all is folded, or cannot be. */
static bool writer_may_end(const struct writer *w)
{
	return w->news.state != WRITER_OPEN ||
	       (!fold_running(w->fold) && fold_gathered(w->fold) == 0);
}

/* Under the lock. A broken store ends, and takes no batch any more. */
static enum writer_job writer_pick(struct writer *w, struct batch **b)
{
	for (;;) {
		bool broken = w->news.state == WRITER_BROKEN;
		if (w->news.state == WRITER_FULL && !w->stop &&
		    w->probe_us <= writer_now_us())
			return WRITER_PROBE;
		if (!list_empty(&w->queue) && !broken) {
			*b = LIST_ITEM(w->queue.next, struct batch, link);
			list_remove(&(*b)->link);
			return WRITER_COMMIT;
		}
		if (w->stop)
			return writer_may_end(w) ? WRITER_END : WRITER_FOLD;
		uint64_t due_us = broken ? UINT64_MAX : writer_due_us(w);
		if (due_us <= writer_now_us())
			return w->news.state == WRITER_FULL ? WRITER_PROBE
							    : WRITER_FOLD;
		writer_sleep(w, due_us);
	}
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;

	for (;;) {
		struct batch *b = NULL;
		must(pthread_mutex_lock(&w->lock) == 0);
		enum writer_job job = writer_pick(w, &b);
		bool wanted = w->wanted > w->upto || w->stop;
		must(pthread_mutex_unlock(&w->lock) == 0);
		switch (job) {
		case WRITER_COMMIT:
			writer_commit(w, b, wanted);
			break;
		case WRITER_FOLD:
			writer_fold(w, (size_t)w->cfg.slice *
					       (wanted ? WRITER_WANTED
						       : WRITER_IDLE));
			break;
		case WRITER_PROBE:
			writer_probe(w);
			break;
		case WRITER_END:
			return NULL;
		}
	}
}

/* ---- for the other threads ---------------------------------------------------- */

int writer_open(struct writer **out, const struct writer_cfg *cfg)
{
	must(out != NULL && cfg != NULL && cfg->backend != NULL &&
	     cfg->fold != NULL && cfg->wake != NULL);

	struct writer *w = mem_new(struct writer);
	pthread_condattr_t monotonic;
	w->cfg = *cfg;
	w->fold = cfg->fold;
	w->seq = cfg->last_seq;
	w->upto = fold_upto(w->fold);
	w->news.live = fold_live(w->fold);
	list_init(&w->queue);
	list_init(&w->done);
	list_init(&w->dead);
	must(pthread_mutex_init(&w->lock, NULL) == 0);
	must(pthread_condattr_init(&monotonic) == 0);
	must(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	must(pthread_cond_init(&w->work, &monotonic) == 0);
	must(pthread_cond_init(&w->progress, NULL) == 0);
	must(pthread_condattr_destroy(&monotonic) == 0);
	int rc = -pthread_create(&w->thread, NULL, writer_main, w);
	w->joined = rc != 0;
	if (rc != 0) {
		writer_close(&w);
		return rc;
	}
	*out = w;
	return 0;
}

void writer_stop(struct writer *w)
{
	must(w != NULL);
	if (w->joined)
		return;
	must(pthread_mutex_lock(&w->lock) == 0);
	w->stop = true;
	must(pthread_cond_signal(&w->work) == 0);
	must(pthread_cond_broadcast(&w->progress) == 0);
	must(pthread_mutex_unlock(&w->lock) == 0);
	must(pthread_join(w->thread, NULL) == 0);
	w->joined = true;
}

static void writer_drop(struct list *batches)
{
	LIST_EACH_SAFE (it, batches) {
		struct batch *b = LIST_ITEM(it, struct batch, link);
		list_remove(it);
		batch_free(&b);
	}
}

void writer_close(struct writer **wp)
{
	must(wp != NULL);
	if (*wp == NULL)
		return;

	struct writer *w = TAKE(*wp);
	writer_stop(w);
	writer_drop(&w->queue);
	writer_drop(&w->done);
	writer_drop(&w->dead);
	fold_free(&w->fold);
	must(pthread_cond_destroy(&w->work) == 0);
	must(pthread_cond_destroy(&w->progress) == 0);
	must(pthread_mutex_destroy(&w->lock) == 0);
	mem_free(w);
}

void writer_offer(struct writer *w, struct batch *b)
{
	must(w != NULL && b != NULL);
	must(pthread_mutex_lock(&w->lock) == 0);
	list_append(&w->queue, &b->link);
	must(pthread_cond_signal(&w->work) == 0);
	must(pthread_mutex_unlock(&w->lock) == 0);
}

bool writer_take_back(struct writer *w, struct batch *b)
{
	must(w != NULL && b != NULL);
	must(pthread_mutex_lock(&w->lock) == 0);
	bool there = w->queue.prev == &b->link;
	if (there)
		list_remove(&b->link);
	must(pthread_mutex_unlock(&w->lock) == 0);
	return there;
}

void writer_collect(struct writer *w, struct list *done,
		    struct writer_news *news)
{
	must(w != NULL && done != NULL && news != NULL);
	must(pthread_mutex_lock(&w->lock) == 0);
	while (!list_empty(&w->done)) {
		struct list *it = w->done.next;
		list_remove(it);
		list_append(done, it);
	}
	*news = w->news;
	must(pthread_mutex_unlock(&w->lock) == 0);
}

int writer_await_fold(struct writer *w, int64_t seq)
{
	int rc = 0;

	must(w != NULL);
	must(pthread_mutex_lock(&w->lock) == 0);
	if (w->upto < seq) {
		w->wanted = MAX(w->wanted, seq);
		must(pthread_cond_signal(&w->work) == 0);
	}
	while (w->upto < seq && w->news.state == WRITER_OPEN)
		must(pthread_cond_wait(&w->progress, &w->lock) == 0);
	if (w->upto < seq)
		rc = w->news.state == WRITER_FULL ? -EAGAIN : -EIO;
	must(pthread_mutex_unlock(&w->lock) == 0);
	return rc;
}
