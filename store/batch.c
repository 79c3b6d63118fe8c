/* Gathering a batch costs copies into a few arrays that are used again. */
#include "store/batch.h"

#include "base/mem.h"
#include "proto/journal.h"

enum { BATCH_START = 16, BATCH_KEEP_BYTES = 256 << 10 };

/* Room for n more elements of v; v is where the array's address stands. */
#define BATCH_ROOM(v, len, cap, n)                                          \
	do {                                                                \
		if ((len) + (n) > (cap)) {                                  \
			(cap) = MAX((cap)*2,                                \
				    MAX((len) + (n), (size_t)BATCH_START)); \
			(v) = mem_resize((v), (cap) * sizeof((v)[0]));      \
		}                                                           \
	} while (0)

struct batch *batch_new(void)
{
	struct batch *b = mem_new(struct batch);

	list_init(&b->link);
	buf_init(&b->frames, BUF_NO_LIMIT);
	buf_init(&b->bytes, BUF_NO_LIMIT);
	return b;
}

void batch_free(struct batch **bp)
{
	must(bp != NULL);

	struct batch *b = TAKE(*bp);
	if (b == NULL)
		return;
	buf_done(&b->frames);
	buf_done(&b->bytes);
	mem_free(b->puts);
	mem_free(b->cells);
	mem_free(b->thens);
	mem_free(b);
}

/* What a burst has made large is given back. */
static void batch_clear(struct buf *b)
{
	if (b->cap > BATCH_KEEP_BYTES) {
		buf_done(b);
		buf_init(b, BUF_NO_LIMIT);
	}
	buf_reset(b);
}

void batch_give_frames(struct batch *b, struct buf *frames)
{
	must(b != NULL && frames != NULL);

	struct buf kept = *frames;
	*frames = b->frames;
	b->frames = kept;
	batch_clear(&b->frames);
}

void batch_reset(struct batch *b)
{
	must(b != NULL);
	batch_clear(&b->frames);
	batch_clear(&b->bytes);
	if (b->cap_cells * sizeof(b->cells[0]) > BATCH_KEEP_BYTES) {
		mem_clear(&b->cells);
		mem_clear(&b->puts);
		b->cap_cells = b->cap_puts = 0;
	}
	b->records = 0;
	b->nputs = b->ncells = b->nthens = 0;
	b->seq = 0;
	b->rc = 0;
	b->took_us = 0;
	b->size = 0;
}

bool batch_empty(const struct batch *b)
{
	must(b != NULL);
	return b->frames.len == 0 && b->nputs == 0 && b->nthens == 0;
}

size_t batch_size(const struct batch *b)
{
	must(b != NULL);
	return b->frames.len + b->bytes.len + b->ncells * sizeof(b->cells[0]);
}

void batch_append(struct batch *b, enum record_kind kind, uint64_t id,
		  struct str payload)
{
	must(b != NULL);
	journal_put(&b->frames, (uint8_t)kind, id, payload);
	b->records++;
}

static bool batch_has_bytes(unsigned type)
{
	return type == CELL_TEXT || type == CELL_BLOB;
}

static struct batch_cell batch_pack(struct batch *b, const struct cell *c)
{
	struct batch_cell packed = { .i = c->i, .type = (uint8_t)c->type };

	if (!batch_has_bytes(c->type))
		return packed;
	must(c->s.len <= UINT32_MAX);
	packed.i = (int64_t)b->bytes.len;
	packed.len = (uint32_t)c->s.len;
	buf_str_put(&b->bytes, c->s);
	return packed;
}

static struct cell batch_unpack(const struct batch *b,
				const struct batch_cell *c)
{
	struct cell cell = { (enum cell_type)c->type, c->i, STR_NONE };

	if (c->len > 0)
		cell.s = str_bytes(b->bytes.p + c->i, c->len);
	return cell;
}

void batch_put(struct batch *b, enum store_call call, const struct cell *cells,
	       unsigned n)
{
	must(b != NULL && call < STORE_CALLS && (cells != NULL || n == 0));
	must(store_calls[call].kind == STORE_WRITE);
	must(n == statement_args((enum statement)call));

	BATCH_ROOM(b->puts, b->nputs, b->cap_puts, 1);
	BATCH_ROOM(b->cells, b->ncells, b->cap_cells, n);
	b->puts[b->nputs++] =
		(struct batch_put){ call, (unsigned)b->ncells, n };
	for (unsigned i = 0; i < n; i++)
		b->cells[b->ncells++] = batch_pack(b, &cells[i]);
}

void batch_then(struct batch *b, void (*fn)(void *owner, int rc), void *owner)
{
	must(b != NULL && fn != NULL);
	BATCH_ROOM(b->thens, b->nthens, b->cap_thens, 1);
	b->thens[b->nthens++] = (struct batch_then){ fn, owner };
}

int batch_write_puts(const struct batch *b, struct backend *backend)
{
	must(b != NULL && backend != NULL);

	int rc = 0;
	for (size_t i = 0; i < b->nputs && rc == 0; i++) {
		const struct batch_put *put = &b->puts[i];
		struct cell cells[ROW_MAX];

		for (unsigned k = 0; k < put->n; k++)
			cells[k] = batch_unpack(b, &b->cells[put->first + k]);
		rc = backend_write(backend, (enum statement)put->call, cells,
				   put->n);
	}
	return rc;
}

void batch_answer(struct batch *b)
{
	must(b != NULL);
	for (size_t i = 0; i < b->nthens; i++)
		b->thens[i].fn(b->thens[i].owner, b->rc);
}
