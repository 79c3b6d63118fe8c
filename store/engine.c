/* The loop's side of the store: the open batch, who gets it when, and the
 * answers of the writer and the reader. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/engine_impl.h"

/* Batches kept for the next time. */
enum { ENGINE_SPARES = 4 };

static struct engine *engine_of(struct store *s)
{
	must(s != NULL);
	return MAGIC_CAST(struct engine, ENGINE_MAGIC,
			  CONTAINER_OF(s, struct engine, store));
}

/* ---- the open batch -------------------------------------------------------- */

static struct batch *engine_spare(struct engine *e)
{
	if (list_empty(&e->spares))
		return batch_new();

	struct batch *b = LIST_ITEM(e->spares.next, struct batch, link);
	list_remove(&b->link);
	e->nspares--;
	return b;
}

static void engine_keep_spare(struct engine *e, struct batch *b)
{
	batch_reset(b);
	if (e->nspares == ENGINE_SPARES) {
		batch_free(&b);
		return;
	}
	list_append(&e->spares, &b->link);
	e->nspares++;
}

/*
 * The batch of this turn. One that was offered and not begun is filled on:
 * so what the turns bring while the disk is busy becomes one commit.
 */
static struct batch *engine_batch(struct engine *e)
{
	if (e->open != NULL && !e->offered)
		return e->open;
	if (e->offered) {
		e->offered = false;
		if (e->open->size < e->cfg.batch_max_bytes &&
		    writer_take_back(e->writer, e->open))
			e->waiting -= e->open->size;
		else
			e->open = NULL;
	}
	if (e->open == NULL)
		e->open = engine_spare(e);
	/* A hook after ours may be asking: seal before the loop sleeps. */
	loop_again(e->loop);
	return e->open;
}

void store_seal(struct store *s)
{
	struct engine *e = engine_of(s);

	if (e->open == NULL || e->offered || batch_empty(e->open))
		return;
	e->open->size = batch_size(e->open);
	e->waiting += e->open->size;
	e->offered = true;
	writer_offer(e->writer, e->open);
}

void engine_end_of_turn(void *owner)
{
	struct engine *e = MAGIC_CAST(struct engine, ENGINE_MAGIC, owner);

	store_seal(&e->store);
}

static void engine_append(struct store *s, enum record_kind kind, uint64_t id,
			  struct str payload)
{
	batch_append(engine_batch(engine_of(s)), kind, id, payload);
}

static void engine_put(struct store *s, enum store_call call,
		       const struct cell *cells, unsigned n)
{
	batch_put(engine_batch(engine_of(s)), call, cells, n);
}

static void engine_then(struct store *s, void (*fn)(void *owner, int rc),
			void *owner)
{
	batch_then(engine_batch(engine_of(s)), fn, owner);
}

static int engine_ready(struct store *s)
{
	const struct engine *e = engine_of(s);

	switch (e->news.state) {
	case WRITER_OPEN:
		break;
	case WRITER_FULL:
		return -ENOSPC;
	case WRITER_BROKEN:
		return -EAGAIN;
	}
	return engine_waiting(e) > e->cfg.waiting_max_bytes ? -EAGAIN : 0;
}

/* ---- what comes back -------------------------------------------------------- */

static void engine_answer_batch(struct engine *e, struct batch *b)
{
	if (b == e->open) {
		e->open = NULL;
		e->offered = false;
	}
	e->waiting -= b->size;
	if (b->rc == 0) {
		e->seq = b->seq;
		e->counters.commits++;
		e->counters.records += b->records;
		e->counters.puts += b->puts.n;
		e->counters.bytes += b->size;
		stat_observe_us(e->commit_us, b->took_us);
	} else {
		e->counters.refused++;
	}
	batch_answer(b);
	engine_keep_spare(e, b);
}

static void engine_answer_read(struct engine *e, struct read *r)
{
	must(e->reads_waiting > 0);
	e->reads_waiting--;
	e->counters.reads++;
	r->done(r->owner, r->rc);
	read_free(&r);
}

static void engine_news(struct engine *e, const struct writer_news *news)
{
	enum writer_state was = e->news.state;

	e->news = *news;
	if (news->state == was)
		return;
	if (news->state == WRITER_FULL)
		log_warn("store.full", KV_U("backlog", news->backlog));
	else if (news->state == WRITER_OPEN)
		log_info("store.space", KV_U("backlog", news->backlog));
}

/* Reads that found too many before them. */
static void engine_turn_away(struct engine *e, struct list *reads)
{
	while (!list_empty(&e->turned_away)) {
		struct list *it = e->turned_away.next;
		list_remove(it);
		list_append(reads, it);
	}
}

/* On the loop thread, after the writer or the reader has woken us. */
void engine_came(void *owner)
{
	struct engine *e = MAGIC_CAST(struct engine, ENGINE_MAGIC, owner);
	struct writer_news news;
	struct list batches, reads;

	list_init(&batches);
	list_init(&reads);
	writer_collect(e->writer, &batches, &news);
	reader_collect(e->reader, &reads);
	engine_turn_away(e, &reads);
	engine_news(e, &news);
	while (!list_empty(&batches)) {
		struct list *it = batches.next;
		list_remove(it);
		engine_answer_batch(e, LIST_ITEM(it, struct batch, link));
	}
	while (!list_empty(&reads)) {
		struct list *it = reads.next;
		list_remove(it);
		engine_answer_read(e, LIST_ITEM(it, struct read, link));
	}
	engine_count(e);
	if (e->news.state == WRITER_BROKEN && !e->told) {
		e->told = true;
		if (e->cfg.broken != NULL)
			e->cfg.broken(e->cfg.owner, e->news.why.text);
	}
}

/* On the writer's or the reader's thread. */
void engine_wake(void *owner)
{
	loop_post(MAGIC_CAST(struct engine, ENGINE_MAGIC, owner)->post);
}

/* ---- reads ------------------------------------------------------------------- */

static void engine_ask(struct engine *e, struct read *r,
		       void (*done)(void *owner, int rc), void *owner)
{
	must(done != NULL);
	r->done = done;
	r->owner = owner;
	r->after_seq = e->seq;
	if (e->reads_waiting++ < e->cfg.reads_max) {
		reader_ask(e->reader, r);
	} else {
		r->rc = -EAGAIN;
		list_append(&e->turned_away, &r->link);
		loop_post(e->post);
	}
}

static void engine_get(struct store *s, enum store_call call,
		       const struct cell *cells, unsigned n, store_row_fn show,
		       void (*done)(void *owner, int rc), void *owner)
{
	must(call < STORE_CALLS && store_calls[call].kind != STORE_WRITE);
	must(n == statement_args((enum statement)call) && show != NULL);

	struct read *r = read_new(call, cells, n);
	r->show = show;
	engine_ask(engine_of(s), r, done, owner);
}

static void engine_backup(struct store *s, const char *path,
			  void (*done)(void *owner, int rc), void *owner)
{
	must(path != NULL);

	struct read *r = read_new(STORE_META_GET, NULL, 0);
	r->path = str_dup(path);
	engine_ask(engine_of(s), r, done, owner);
}

static int engine_scan(struct store *s, enum store_call call,
		       const struct cell *cells, unsigned n, store_row_fn show,
		       void *owner)
{
	struct engine *e = engine_of(s);

	must(call < STORE_CALLS && store_calls[call].kind != STORE_WRITE);
	must(n == statement_args((enum statement)call) && show != NULL);
	return e->scanner->ops->read(e->scanner, (enum statement)call, cells, n,
				     show, owner);
}

const struct store_ops engine_ops = {
	.append = engine_append,
	.put = engine_put,
	.then = engine_then,
	.ready = engine_ready,
	.get = engine_get,
	.scan = engine_scan,
	.backup = engine_backup,
};
