/* Counts the writing steps of a back end and lets some of them fail. */
#include "store/failing.h"

#include "base/mem.h"

#define FAILING_MAGIC 0x4641494cu /* "FAIL" */

struct failing {
	struct backend backend;
	uint32_t magic;
	struct backend *inner;
	const struct failing_cfg *cfg;
	unsigned *steps;
	bool failed; /* the last step */
};

static struct failing *failing_of(struct backend *b)
{
	must(b != NULL);
	return MAGIC_CAST(struct failing, FAILING_MAGIC,
			  CONTAINER_OF(b, struct failing, backend));
}

/* Counts a step; true when it must fail. */
static bool failing_step(struct failing *f)
{
	unsigned n = __atomic_add_fetch(f->steps, 1, __ATOMIC_RELAXED);
	unsigned at = __atomic_load_n(&f->cfg->at, __ATOMIC_ACQUIRE);

	f->failed = at != 0 && n >= at &&
		    (f->cfg->times == 0 || n < at + f->cfg->times);
	return f->failed;
}

/* Should the inner step be done, too? */
static bool failing_does(const struct failing *f)
{
	return !f->failed || f->cfg->after;
}

static int failing_rc(const struct failing *f, int rc)
{
	return f->failed ? f->cfg->rc : rc;
}

static int failing_begin(struct backend *b, enum backend_when when)
{
	struct failing *f = failing_of(b);

	(void)failing_step(f);
	int rc = failing_does(f) ? f->inner->ops->begin(f->inner, when) : 0;
	return failing_rc(f, rc);
}

static int failing_write(struct backend *b, enum statement st,
			 const struct cell *cells, unsigned n)
{
	struct failing *f = failing_of(b);

	(void)failing_step(f);
	int rc = failing_does(f) ? f->inner->ops->write(f->inner, st, cells, n)
				 : 0;
	return failing_rc(f, rc);
}

static int failing_peek(struct backend *b, enum statement st,
			const struct cell *cells, unsigned n, store_row_fn show,
			void *owner)
{
	struct failing *f = failing_of(b);

	return f->inner->ops->peek(f->inner, st, cells, n, show, owner);
}

static int failing_commit(struct backend *b)
{
	struct failing *f = failing_of(b);

	(void)failing_step(f);
	int rc = failing_does(f) ? f->inner->ops->commit(f->inner) : 0;
	return failing_rc(f, rc);
}

static int failing_tidy(struct backend *b)
{
	struct failing *f = failing_of(b);

	(void)failing_step(f);
	int rc = failing_does(f) ? f->inner->ops->tidy(f->inner) : 0;
	return failing_rc(f, rc);
}

static void failing_rollback(struct backend *b)
{
	struct failing *f = failing_of(b);

	f->inner->ops->rollback(f->inner);
}

static const char *failing_why(struct backend *b)
{
	struct failing *f = failing_of(b);

	return f->failed ? "a failure that a test asked for"
			 : f->inner->ops->why(f->inner);
}

static void failing_close(struct backend **bp)
{
	must(bp != NULL);
	if (*bp == NULL)
		return;

	struct failing *f = failing_of(TAKE(*bp));
	f->inner->ops->close(&f->inner);
	mem_free(f);
}

/* Readers are the inner one's, with its table: they need no more of us. */
static int failing_reader_open(struct backend *b, struct backend_reader **out,
			       struct err *err)
{
	struct failing *f = failing_of(b);

	return f->inner->ops->reader_open(f->inner, out, err);
}

static const struct backend_ops failing_ops = {
	.name = "failing",
	.begin = failing_begin,
	.write = failing_write,
	.peek = failing_peek,
	.commit = failing_commit,
	.rollback = failing_rollback,
	.tidy = failing_tidy,
	.why = failing_why,
	.close = failing_close,
	.reader_open = failing_reader_open,
};

void failing_open(struct backend **out, struct backend *inner,
		  const struct failing_cfg *cfg, unsigned *steps)
{
	must(out != NULL && inner != NULL && cfg != NULL && steps != NULL);

	struct failing *f = mem_new(struct failing);
	f->backend.ops = &failing_ops;
	f->magic = FAILING_MAGIC;
	f->inner = inner;
	f->cfg = cfg;
	f->steps = steps;
	*out = &f->backend;
}
