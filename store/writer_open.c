/* The writer's side towards the other threads. */
#include <errno.h>

#include "base/mem.h"
#include "store/writer_impl.h"

int writer_open(struct writer **out, const struct writer_cfg *cfg)
{
	must(out != NULL && cfg != NULL && cfg->backend != NULL &&
	     cfg->fold != NULL && cfg->wake != NULL);

	struct writer *w = mem_new(struct writer);
	pthread_condattr_t monotonic;
	w->cfg = *cfg;
	w->fold = cfg->fold;
	w->seq = cfg->last_seq;
	w->committed = cfg->last_seq;
	w->upto = fold_upto(w->fold);
	w->news.live = fold_live(w->fold);
	list_init(&w->queue);
	list_init(&w->done);
	list_init(&w->dead);
	buf_init(&w->frames, BUF_NO_LIMIT);
	w->sums = sums_new();
	must(pthread_mutex_init(&w->lock, NULL) == 0);
	must(pthread_condattr_init(&monotonic) == 0);
	must(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	must(pthread_cond_init(&w->work, &monotonic) == 0);
	must(pthread_mutex_init(&w->fold_lock, NULL) == 0);
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
	buf_done(&w->frames);
	sums_free(&w->sums);
	must(pthread_cond_destroy(&w->work) == 0);
	must(pthread_mutex_destroy(&w->fold_lock) == 0);
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

int64_t writer_upto(struct writer *w, enum writer_state *state)
{
	must(w != NULL && state != NULL);
	must(pthread_mutex_lock(&w->lock) == 0);
	int64_t upto = w->upto;
	*state = w->news.state;
	must(pthread_mutex_unlock(&w->lock) == 0);
	return upto;
}

bool writer_want_fold(struct writer *w, int64_t seen, bool soon)
{
	must(w != NULL);
	must(pthread_mutex_lock(&w->lock) == 0);
	bool same = w->upto == seen;
	w->awaited = w->committed;
	if (soon) {
		w->wanted = w->committed;
		must(pthread_cond_signal(&w->work) == 0);
	}
	must(pthread_mutex_unlock(&w->lock) == 0);
	return same;
}

void writer_tell(struct writer *w, void (*progress)(void *owner), void *owner)
{
	must(w != NULL && progress != NULL);
	must(pthread_mutex_lock(&w->lock) == 0);
	w->progress = progress;
	w->progress_owner = owner;
	must(pthread_mutex_unlock(&w->lock) == 0);
}

void writer_hold_fold(struct writer *w)
{
	must(w != NULL);
	must(pthread_mutex_lock(&w->fold_lock) == 0);
}

void writer_pending(struct writer *w, enum room room, uint64_t id,
		    struct buf *out)
{
	must(w != NULL);
	fold_pending(w->fold, room, id, out);
}

void writer_release_fold(struct writer *w)
{
	must(w != NULL);
	must(pthread_mutex_unlock(&w->fold_lock) == 0);
}
