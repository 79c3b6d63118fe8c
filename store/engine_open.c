/* Opening and closing the store. */
#include <errno.h>

#include "base/mem.h"
#include "store/engine_impl.h"
#include "store/recover.h"

enum {
	ENGINE_WAITING_BYTES = 64 << 20,
	ENGINE_BATCH_BYTES = 4 << 20,
	ENGINE_READS = 256,
	ENGINE_LAG_MIN = 4000,
	ENGINE_LAG_MAX = 250000,
	ENGINE_SLICE = 200
};

/* ---- where it is ----------------------------------------------------------- */

static int engine_open_sqlite(const struct store_cfg *cfg, const char *name,
			      enum backend_make make, struct backend **out,
			      struct err *err)
{
	struct buf path;

	if (name[0] == '\0')
		return err_set(err, -EINVAL, "store url %s names no file",
			       cfg->url);
	buf_init(&path, BUF_NO_LIMIT);
	if (name[0] != '/' && cfg->dir != NULL && cfg->dir[0] != '\0')
		buf_f(&path, "%s/", cfg->dir);
	buf_z(&path, name);
	int rc = sqlite_open(out, cfg, path.p, make, err);
	buf_done(&path);
	return rc;
}

static int engine_open_backend(const struct store_cfg *cfg,
			       enum backend_make make, struct backend **out,
			       struct err *err)
{
	const char *url = cfg->url != NULL ? cfg->url : "";
	struct str scheme, name = str_cut(str_of(url), ':', &scheme);

	if (str_eqz(scheme, "sqlite"))
		return engine_open_sqlite(cfg, name.p, make, out, err);
	if (str_eqz(scheme, "memory"))
		return memory_open(out, name.p, make, err);
	return err_set(err, -EINVAL,
		       "store url \"%s\": write sqlite:FILE or memory:", url);
}

int store_create(const struct store_cfg *cfg, struct err *err)
{
	struct backend *b;

	must(cfg != NULL);
	int rc = engine_open_backend(cfg, BACKEND_MAKE_NEW, &b, err);
	if (rc == 0)
		b->ops->close(&b);
	return rc;
}

/* ---- opening and closing ----------------------------------------------------- */

static void engine_defaults(struct store_cfg *cfg)
{
	cfg->url = cfg->dir = cfg->vfs = NULL;
	if (cfg->waiting_max_bytes == 0)
		cfg->waiting_max_bytes = ENGINE_WAITING_BYTES;
	if (cfg->batch_max_bytes == 0)
		cfg->batch_max_bytes = ENGINE_BATCH_BYTES;
	if (cfg->reads_max == 0)
		cfg->reads_max = ENGINE_READS;
	if (cfg->fold_lag_min == 0)
		cfg->fold_lag_min = ENGINE_LAG_MIN;
	if (cfg->fold_lag_max == 0)
		cfg->fold_lag_max = ENGINE_LAG_MAX;
	if (cfg->fold_slice == 0)
		cfg->fold_slice = ENGINE_SLICE;
}

static int engine_start_writer(struct engine *e, struct err *err)
{
	struct writer_cfg cfg = {
		.backend = e->backend,
		.lag_min = e->cfg.fold_lag_min,
		.lag_max = e->cfg.fold_lag_max,
		.slice = e->cfg.fold_slice,
		.wake = engine_wake,
		.owner = e,
	};
	int rc = e->backend->ops->reader_open(e->backend, &e->scanner, err);

	if (rc == 0)
		rc = recover(e->backend, e->scanner, &cfg.fold, &cfg.last_seq,
			     err);
	if (rc != 0)
		return rc;
	e->seq = cfg.last_seq;
	rc = writer_open(&e->writer, &cfg);
	if (rc != 0)
		(void)err_set(err, rc, "no thread for the writer: %s",
			      err_name(rc));
	return rc;
}

static int engine_start(struct engine *e, const struct store_cfg *cfg,
			struct err *err)
{
	int rc = 0;

	if (e->backend == NULL)
		rc = engine_open_backend(cfg,
					 cfg->create ? BACKEND_MAKE_MISSING
						     : BACKEND_MAKE_NOTHING,
					 &e->backend, err);
	if (rc == 0)
		rc = engine_start_writer(e, err);
	if (rc != 0)
		return rc;
	const struct reader_cfg reader = {
		.backend = e->backend,
		.writer = e->writer,
		.wake = engine_wake,
		.owner = e,
	};
	return reader_open(&e->reader, &reader, err);
}

int store_open(struct store **out, struct loop *loop,
	       const struct store_cfg *cfg, struct err *err)
{
	must(out != NULL && loop != NULL && cfg != NULL);

	struct engine *e = mem_new(struct engine);
	e->store.ops = &engine_ops;
	e->magic = ENGINE_MAGIC;
	e->cfg = *cfg;
	engine_defaults(&e->cfg);
	e->backend = cfg->backend;
	e->loop = loop;
	list_init(&e->spares);
	list_init(&e->turned_away);
	engine_figures_open(e);
	e->hook = loop_after_turn(loop, engine_end_of_turn, e);
	e->post = loop_post_new(loop, engine_came, e);
	struct store *s = &e->store;
	int rc = engine_start(e, cfg, err);
	if (rc != 0) {
		store_close(&s);
		return rc;
	}
	*out = s;
	return 0;
}

/* Readers need the writer's fold, so they end first. */
static void engine_drain(struct engine *e)
{
	store_seal(&e->store);
	if (e->reader != NULL)
		reader_stop(e->reader);
	if (e->writer != NULL)
		writer_stop(e->writer);
	if (e->reader != NULL)
		engine_came(e);
}

void store_close(struct store **sp)
{
	must(sp != NULL);
	if (*sp == NULL)
		return;

	struct engine *e =
		MAGIC_CAST(struct engine, ENGINE_MAGIC,
			   CONTAINER_OF(TAKE(*sp), struct engine, store));
	engine_drain(e);
	loop_hook_close(&e->hook);
	reader_close(&e->reader);
	/* What the writer had is freed by it; a batch offered and not
	 * answered is among that. */
	if (e->open != NULL && !e->offered)
		batch_free(&e->open);
	writer_close(&e->writer);
	if (e->scanner != NULL)
		e->scanner->ops->reader_close(&e->scanner);
	if (e->backend != NULL)
		e->backend->ops->close(&e->backend);
	loop_post_free(&e->post);
	while (!list_empty(&e->spares)) {
		struct batch *b = LIST_ITEM(e->spares.next, struct batch, link);
		list_remove(&b->link);
		batch_free(&b);
	}
	mem_free(e);
}
