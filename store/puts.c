/* Rows on their way to the writer: one byte says what a cell is and, mostly,
 * how long; its bytes follow. */
#include "store/puts.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	PUTS_KEEP_BYTES = 256 << 10,
	PUTS_TYPE_BITS = 2,
	PUTS_LONG = 63, /* a length or number that does not fit follows */
	PUTS_ADDRESS_AT = 2
};

_Static_assert(CELL_NULL < 4 && CELL_INT < 4 && CELL_TEXT < 4 && CELL_BLOB < 4,
	       "a type has two bits");

void puts_init(struct puts *p)
{
	must(p != NULL);
	p->n = 0;
	buf_init(&p->bytes, BUF_NO_LIMIT);
}

void puts_done(struct puts *p)
{
	must(p != NULL);
	buf_done(&p->bytes);
	p->n = 0;
}

void puts_reset(struct puts *p)
{
	must(p != NULL);
	if (p->bytes.cap > PUTS_KEEP_BYTES) {
		puts_done(p);
		puts_init(p);
	}
	buf_reset(&p->bytes);
	p->n = 0;
}

/* ---- packing ----------------------------------------------------------------- */

static void puts_cell(struct buf *b, const struct cell *c)
{
	bool bytes = c->type == CELL_TEXT || c->type == CELL_BLOB;
	uint64_t v = bytes ? c->s.len : (uint64_t)c->i;

	if (c->type == CELL_NULL)
		v = 0;
	buf_u8(b, (uint8_t)(c->type | (unsigned)MIN(v, (uint64_t)PUTS_LONG)
					      << PUTS_TYPE_BITS));
	if (v >= PUTS_LONG)
		buf_varint(b, v);
	if (bytes)
		buf_str_put(b, c->s);
}

void puts_add(struct puts *p, enum store_call call, const struct cell *cells,
	      unsigned n)
{
	must(p != NULL && call < STORE_CALLS && (cells != NULL || n == 0));
	must(store_calls[call].kind == STORE_WRITE);
	must(n == statement_args((enum statement)call));

	buf_varint(&p->bytes, call);
	buf_varint(&p->bytes, n);
	for (unsigned i = 0; i < n; i++)
		puts_cell(&p->bytes, &cells[i]);
	p->n++;
}

static struct cell puts_uncell(struct bufr *r)
{
	unsigned head = bufr_u8(r);
	uint64_t v = head >> PUTS_TYPE_BITS;
	struct cell c = { .type = (enum cell_type)(
				  head & ((1u << PUTS_TYPE_BITS) - 1)) };

	if (v == PUTS_LONG)
		v = bufr_varint(r);
	switch (c.type) {
	case CELL_NULL:
		break;
	case CELL_INT:
		c.i = (int64_t)v;
		break;
	case CELL_TEXT:
	case CELL_BLOB:
		c.s = bufr_bytes(r, v);
		break;
	}
	return c;
}

/* One put off the reader. */
struct put {
	enum store_call call;
	unsigned n;
	struct cell cells[ROW_MAX];
};

static void puts_next(struct bufr *r, struct put *put)
{
	put->call = (enum store_call)bufr_varint(r);
	put->n = (unsigned)bufr_varint(r);
	must(put->n <= ROW_MAX);
	for (unsigned i = 0; i < put->n; i++)
		put->cells[i] = puts_uncell(r);
	must(!r->bad);
}

/* ---- writing ----------------------------------------------------------------- */

/* An address that waits for others like it. */
struct held {
	uint64_t key;
	size_t at; /* of its put */
};

struct held_list {
	struct held *v;
	size_t n, cap;
};

/* Numbers by their digits, the rest by its first bytes: near enough. */
static uint64_t held_key(struct str address)
{
	uint64_t key = 0;
	size_t digits = 0;

	if (address.len > 0 && address.p[0] == '+') {
		for (size_t i = 1; i < 18; i++) {
			if (i < address.len)
				digits = (size_t)(address.p[i] - '0') % 10;
			key = key * 10 + (i < address.len ? digits : 0);
		}
		return key;
	}
	memcpy(&key, address.p, MIN(address.len, sizeof(key)));
	return be64toh(key);
}

static int held_order(const void *one, const void *two)
{
	const struct held *a = one, *b = two;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static void held_add(struct held_list *l, const struct put *put, size_t at)
{
	if (l->n == l->cap) {
		l->cap = MAX(l->cap * 2, (size_t)64);
		l->v = mem_resize(l->v, l->cap * sizeof(l->v[0]));
	}
	l->v[l->n++] =
		(struct held){ held_key(put->cells[PUTS_ADDRESS_AT].s), at };
}

static int puts_write_one(const struct put *put, struct backend *backend)
{
	return backend_write(backend, (enum statement)put->call, put->cells,
			     put->n);
}

static int held_write(const struct puts *p, struct held_list *l,
		      struct backend *backend)
{
	struct put put;
	int rc = 0;

	if (l->n > 1)
		qsort(l->v, l->n, sizeof(l->v[0]), held_order);
	for (size_t i = 0; i < l->n && rc == 0; i++) {
		struct bufr r = bufr_of(p->bytes.p, p->bytes.len);

		r.at = l->v[i].at;
		puts_next(&r, &put);
		rc = puts_write_one(&put, backend);
	}
	l->n = 0;
	return rc;
}

/* Their order among addresses does not matter. Whatever is not named here
 * waits for those before it. */
static bool puts_may_pass(enum store_call call)
{
	return call == STORE_CONTACT_PUT || call == STORE_CONSENT_APPEND;
}

int puts_write(const struct puts *p, struct backend *backend, struct sums *sums)
{
	must(p != NULL && backend != NULL && sums != NULL);

	struct bufr r = bufr_of(p->bytes.p, p->bytes.len);
	struct held_list held = { 0 };
	struct put put;
	int rc = 0;

	for (size_t i = 0; i < p->n && rc == 0; i++) {
		size_t at = r.at;

		puts_next(&r, &put);
		if (put.call == STORE_ADDRESS_PUT) {
			held_add(&held, &put, at);
			continue;
		}
		if (put.call == STORE_MEASURE_ADD) {
			sums_add(sums, put.cells);
			continue;
		}
		if (!puts_may_pass(put.call))
			rc = held_write(p, &held, backend);
		if (rc == 0)
			rc = puts_write_one(&put, backend);
	}
	if (rc == 0)
		rc = held_write(p, &held, backend);
	mem_free(held.v);
	return rc == 0 ? sums_write(sums, backend) : rc;
}
