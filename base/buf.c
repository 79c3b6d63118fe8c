/* Bytes that grow up to a limit: the writing half of base/buf.h. */
#include "base/buf.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

enum { BUF_START = 64 };

void buf_init(struct buf *b, size_t limit)
{
	must(b != NULL && limit <= BUF_NO_LIMIT);

	*b = (struct buf){ .p = mem_alloc(BUF_START),
			   .cap = BUF_START,
			   .limit = limit };
	b->p[0] = '\0';
}

void buf_done(struct buf *b)
{
	must(b != NULL);
	mem_free(b->p);
	*b = (struct buf){ 0 };
}

void buf_reset(struct buf *b)
{
	must(b != NULL && b->p != NULL);
	b->len = 0;
	b->full = false;
	b->p[0] = '\0';
}

struct str buf_str(const struct buf *b)
{
	must(b != NULL && b->p != NULL);
	return (struct str){ b->p, b->len };
}

char *buf_take(struct buf *b)
{
	must(b != NULL && b->p != NULL);

	char *p = b->p;
	buf_init(b, b->limit);
	return p;
}

static void buf_grow(struct buf *b, size_t need)
{
	b->cap = MAX(b->cap * 2, need);
	b->p = mem_resize(b->p, b->cap);
}

/* In the file itself, so that numbers are written without a call. */
static inline char *buf_fit(struct buf *b, size_t n)
{
	must(b != NULL && b->p != NULL);
	if (b->full || n > b->limit || b->len > b->limit - n) {
		b->full = true;
		return NULL;
	}
	if (b->len + n + 1 > b->cap)
		buf_grow(b, b->len + n + 1);
	return b->p + b->len;
}

void *buf_room(struct buf *b, size_t n)
{
	return buf_fit(b, n);
}

static inline void buf_add(struct buf *b, const void *p, size_t len)
{
	char *at = buf_fit(b, len);

	if (at == NULL || len == 0)
		return;
	memcpy(at, p, len);
	b->len += len;
	at[len] = '\0';
}

void buf_put(struct buf *b, const void *p, size_t len)
{
	must(p != NULL || len == 0);
	buf_add(b, p, len);
}

void buf_str_put(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.len);
}

void buf_z(struct buf *b, const char *z)
{
	must(z != NULL);
	buf_put(b, z, strlen(z));
}

void buf_c(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_f(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	must(b != NULL && b->p != NULL && fmt != NULL);
	va_start(ap, fmt);
	int n = vsnprintf(b->p + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
	must(n >= 0);

	size_t had = b->cap - b->len;
	if (buf_room(b, (size_t)n) == NULL) {
		b->p[b->len] = '\0';
		return;
	}
	if ((size_t)n >= had) {
		va_start(ap, fmt);
		(void)vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	b->len += (size_t)n;
}

void buf_u8(struct buf *b, uint8_t v)
{
	buf_add(b, &v, 1);
}

void buf_u16(struct buf *b, uint16_t v)
{
	uint16_t wire = htobe16(v);

	buf_add(b, &wire, sizeof(wire));
}

void buf_u32(struct buf *b, uint32_t v)
{
	uint32_t wire = htobe32(v);

	buf_add(b, &wire, sizeof(wire));
}

void buf_u64(struct buf *b, uint64_t v)
{
	uint64_t wire = htobe64(v);

	buf_add(b, &wire, sizeof(wire));
}

void buf_varint(struct buf *b, uint64_t v)
{
	uint8_t bytes[10];
	size_t n = 0;

	if (v < 0x80) { /* nearly all are short */
		buf_u8(b, (uint8_t)v);
		return;
	}
	for (; v >= 0x80; v >>= 7)
		bytes[n++] = (uint8_t)(v | 0x80);
	bytes[n++] = (uint8_t)v;
	buf_add(b, bytes, n);
}

void buf_lstr(struct buf *b, struct str s)
{
	buf_varint(b, s.len);
	buf_str_put(b, s);
}

void buf_eat(struct buf *b, size_t n)
{
	must(b != NULL && b->p != NULL && n <= b->len);
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->p, b->p + n, b->len);
	b->p[b->len] = '\0';
}

void buf_cut(struct buf *b, size_t len)
{
	must(b != NULL && b->p != NULL && len <= b->len);
	b->len = len;
	b->p[len] = '\0';
}
