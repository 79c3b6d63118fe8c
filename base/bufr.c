/* Reading numbers and strings out of bytes: the reading half of buf.h. */
#include "base/buf.h"

struct bufr bufr_of(const void *p, size_t len)
{
	must(p != NULL || len == 0);
	return (struct bufr){ .p = p, .len = len };
}

size_t bufr_left(const struct bufr *r)
{
	must(r != NULL && r->at <= r->len);
	return r->bad ? 0 : r->len - r->at;
}

/* The next n bytes, or NULL and bad. */
static const uint8_t *bufr_take(struct bufr *r, size_t n)
{
	if (r->bad || n > bufr_left(r)) {
		r->bad = true;
		return NULL;
	}

	const uint8_t *p = r->p + r->at;
	r->at += n;
	return p;
}

static uint64_t bufr_big_endian(struct bufr *r, size_t n)
{
	const uint8_t *p = bufr_take(r, n);
	uint64_t v = 0;

	for (size_t i = 0; p != NULL && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t bufr_u8(struct bufr *r)
{
	return (uint8_t)bufr_big_endian(r, 1);
}

uint16_t bufr_u16(struct bufr *r)
{
	return (uint16_t)bufr_big_endian(r, 2);
}

uint32_t bufr_u32(struct bufr *r)
{
	return (uint32_t)bufr_big_endian(r, 4);
}

uint64_t bufr_u64(struct bufr *r)
{
	return bufr_big_endian(r, 8);
}

uint64_t bufr_varint(struct bufr *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t byte = bufr_u8(r);
		if (r->bad)
			return 0;
		/* The tenth byte holds bit 63 alone. */
		if (shift == 63 && byte > 1)
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return v;
	}
	r->bad = true;
	return 0;
}

struct str bufr_bytes(struct bufr *r, size_t n)
{
	must(r != NULL);

	const uint8_t *p = n == 0 ? NULL : bufr_take(r, n);
	return p == NULL ? STR_NONE : str_bytes(p, n);
}

struct str bufr_lstr(struct bufr *r)
{
	uint64_t n = bufr_varint(r);

	if (n > bufr_left(r)) {
		r->bad = true;
		return STR_NONE;
	}
	return bufr_bytes(r, (size_t)n);
}
