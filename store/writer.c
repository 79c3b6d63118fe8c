/* The writer's thread. Commit comes first, then the answer, then the rest. */

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/writer_impl.h"

enum {
	WRITER_QUIET_US = 20 * 1000,   /* without a batch: fold by itself */
	WRITER_AGE_US = 500 * 1000,    /* of the oldest record by then */
	WRITER_OLD_US = 1000 * 1000,   /* folded even when busy */
	WRITER_PROBE_US = 200 * 1000,  /* between looks at a full disk */
	WRITER_PROBE_BYTES = 64 << 10, /* that must fit */
	WRITER_LARGE = 5,              /* slices in one: idle, or in a hurry */
	WRITER_SMALL = 5000,           /* records folded whenever one asks */
	WRITER_PAUSE_US = 500 * 1000,  /* between hurries with more */
	WRITER_GATHER_BYTES = 64 << 20
};

static uint64_t writer_now_us(void)
{
	return clock_mono_us(&clock_real);
}

/* ---- what the others see --------------------------------------------------- */

/* Readers look again. */
static void writer_tell_progress(struct writer *w)
{
	must(pthread_mutex_lock(&w->lock) == 0);
	void (*progress)(void *owner) = w->progress;
	void *owner = w->progress_owner;
	must(pthread_mutex_unlock(&w->lock) == 0);
	if (progress != NULL)
		progress(owner);
}

/* Tells how things stand; a finished batch goes with it. */
static void writer_publish(struct writer *w, struct batch *finished)
{
	must(pthread_mutex_lock(&w->lock) == 0);
	bool was_behind = w->upto < MAX(w->wanted, w->awaited);
	bool hurried = w->upto < w->hurry_to;
	w->committed = w->seq;
	w->upto = fold_upto(w->fold);
	w->news.backlog = fold_backlog(w->fold);
	w->news.folded = fold_written(w->fold);
	w->news.live = fold_live(w->fold);
	if (hurried && w->upto >= w->hurry_to)
		w->hurried_us = writer_now_us();
	if (finished != NULL)
		list_append(&w->done, &finished->link);
	must(pthread_mutex_unlock(&w->lock) == 0);
	if (finished != NULL)
		w->cfg.wake(w->cfg.owner);
	if (was_behind)
		writer_tell_progress(w);
}

static void writer_set_state(struct writer *w, enum writer_state state,
			     const char *why)
{
	must(pthread_mutex_lock(&w->lock) == 0);
	bool changed = w->news.state != state && w->news.state != WRITER_BROKEN;
	if (changed) {
		w->news.state = state;
		(void)err_set(&w->news.why, 0, "%s", why);
	}
	must(pthread_mutex_unlock(&w->lock) == 0);
	if (!changed)
		return;
	w->cfg.wake(w->cfg.owner);
	writer_tell_progress(w);
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
	return puts_write(&b->puts, w->cfg.backend, w->sums);
}

/* What is in the batch, and nothing else: somebody waits for it. */
static int writer_transact(struct writer *w, const struct batch *b, int64_t seq)
{
	struct backend *backend = w->cfg.backend;
	int rc = backend->ops->begin(backend, BACKEND_NOW);

	if (rc == 0)
		rc = writer_store(w, b, seq);
	if (rc == 0)
		rc = backend->ops->commit(backend);
	if (rc != 0)
		backend->ops->rollback(backend);
	sums_clear(w->sums);
	return rc;
}

/* Whoever looks for records between journal and tables finds them in one of
 * both. */
static int writer_end_slice(struct writer *w)
{
	must(pthread_mutex_lock(&w->fold_lock) == 0);
	int rc = w->cfg.backend->ops->commit(w->cfg.backend);
	if (rc == 0)
		fold_committed(w->fold);
	must(pthread_mutex_unlock(&w->fold_lock) == 0);
	return rc;
}

/* A slice of the run, durable with the next batch: until then the journal has
 * all of it. */
static int writer_transact_slice(struct writer *w, size_t records,
				 struct err *err)
{
	struct backend *backend = w->cfg.backend;
	int rc = backend->ops->begin(backend, BACKEND_LATER);

	if (rc == 0)
		rc = fold_slice(w->fold, backend, records, err);
	if (rc == 0)
		rc = writer_end_slice(w);
	if (rc == 0) {
		w->credit = 0;
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

static void writer_cut(struct writer *w)
{
	must(pthread_mutex_lock(&w->fold_lock) == 0);
	fold_cut(w->fold);
	must(pthread_mutex_unlock(&w->fold_lock) == 0);
}

/*
 * After each batch a little more than came with it: so the run is written when
 * the next one has gathered, and no batch waits long. Small batches save up
 * for a slice, for each touches a few pages whatever its length.
 */
static size_t writer_slice(struct writer *w, unsigned records, bool hurry)
{
	if (!fold_running(w->fold) &&
	    (hurry || writer_run_due(w, writer_now_us())))
		writer_cut(w);
	if (!fold_running(w->fold))
		return 0;
	if (hurry)
		return (size_t)w->cfg.slice * WRITER_LARGE;
	w->credit += (size_t)records + records / 4 + 8;
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

	w->seq = b->seq;
	batch_give_frames(b, &w->frames);
	/* Whoever has heard of it finds it among what is pending. */
	must(pthread_mutex_lock(&w->fold_lock) == 0);
	writer_publish(w, b);
	int rc = 0;
	if (w->frames.len > 0)
		rc = fold_add(w->fold, w->seq, buf_str(&w->frames), w->busy_us,
			      &err);
	must(pthread_mutex_unlock(&w->fold_lock) == 0);
	if (rc != 0)
		writer_failed(w, rc, &err);
	writer_tidy(w);
}

static void writer_fold(struct writer *w, size_t records)
{
	struct err err = { "" };

	if (!fold_running(w->fold))
		writer_cut(w);
	if (!fold_running(w->fold))
		return;
	int rc = writer_transact_slice(w, records, &err);
	if (rc != 0) {
		writer_failed(w, rc, &err);
		return;
	}
	writer_publish(w, NULL);
	writer_tidy(w);
}

/* 0, or what became of it instead; then b is answered, or dead. */
static int writer_commit_batch(struct writer *w, struct batch *b)
{
	struct err err = { "" };
	int64_t seq = w->seq + (b->frames.len > 0 ? 1 : 0);
	int rc = 0;

	w->busy_us = writer_now_us();
	if (b->frames.len > 0 || b->puts.n > 0)
		rc = writer_transact(w, b, seq);
	if (rc != 0)
		writer_failed(w, rc, &err);
	if (rc != 0 && rc != -ENOSPC) {
		list_append(&w->dead, &b->link);
		return rc;
	}
	b->rc = rc;
	b->seq = rc == 0 ? seq : w->seq;
	b->took_us = writer_now_us() - w->busy_us;
	if (rc == 0)
		writer_committed(w, b);
	else
		writer_publish(w, b);
	return rc;
}

/* While the loop sees to the answers, the fold goes on. */
static void writer_commit(struct writer *w, struct batch *b, bool hurry)
{
	unsigned records = b->records;

	if (writer_commit_batch(w, b) != 0 || w->news.state != WRITER_OPEN)
		return;
	size_t slice = writer_slice(w, records, hurry);
	if (slice > 0)
		writer_fold(w, slice);
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
		rc = backend->ops->begin(backend, BACKEND_NOW);
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

/*
 * Under the lock. Must the fold hurry for those who wait? Not again and again
 * under load: short runs cost several times as much, so whoever asks then
 * shares one with those who asked before.
 */
static bool writer_hurries(struct writer *w, uint64_t now_us)
{
	if (w->wanted > w->upto && w->hurry_to <= w->upto &&
	    (fold_backlog(w->fold) < WRITER_SMALL ||
	     now_us >= w->hurried_us + WRITER_PAUSE_US))
		w->hurry_to = w->wanted;
	return w->hurry_to > w->upto || w->stop;
}

/* When there is something to do without a batch; UINT64_MAX: nothing. */
static uint64_t writer_due_us(struct writer *w, uint64_t now_us)
{
	uint64_t due = w->busy_us + WRITER_QUIET_US;

	if (w->news.state == WRITER_FULL)
		return w->probe_us;
	if (!fold_running(w->fold) && fold_gathered(w->fold) == 0)
		return UINT64_MAX;
	if (writer_hurries(w, now_us))
		return 0;
	if (!fold_running(w->fold) && !writer_run_due(w, due))
		due = MAX(due, fold_oldest_us(w->fold) + WRITER_AGE_US);
	if (w->wanted > w->upto)
		due = MIN(due, w->hurried_us + WRITER_PAUSE_US);
	return due;
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
			return WRITER_PROBE; /* before what may fill it */
		if (!list_empty(&w->queue) && !broken) {
			*b = LIST_ITEM(w->queue.next, struct batch, link);
			list_remove(&(*b)->link);
			return WRITER_COMMIT;
		}
		if (w->stop)
			return writer_may_end(w) ? WRITER_END : WRITER_FOLD;
		uint64_t now_us = writer_now_us(), due_us = UINT64_MAX;
		if (!broken)
			due_us = writer_due_us(w, now_us);
		if (due_us <= now_us)
			return WRITER_FOLD;
		writer_sleep(w, due_us);
	}
}

void *writer_main(void *arg)
{
	struct writer *w = arg;

	for (;;) {
		struct batch *b = NULL;
		must(pthread_mutex_lock(&w->lock) == 0);
		enum writer_job job = writer_pick(w, &b);
		bool hurry = writer_hurries(w, writer_now_us());
		must(pthread_mutex_unlock(&w->lock) == 0);
		switch (job) {
		case WRITER_COMMIT:
			writer_commit(w, b, hurry);
			break;
		case WRITER_FOLD:
			writer_fold(w, (size_t)w->cfg.slice * WRITER_LARGE);
			break;
		case WRITER_PROBE:
			writer_probe(w);
			break;
		case WRITER_END:
			return NULL;
		}
	}
}
