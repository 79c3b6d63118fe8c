/* Reading numbers and strings out of bytes: the reading half of buf.h. */
#include "base/buf.h"

#include <endian.h>
#include <string.h>

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
static inline const uint8_t *bufr_take(struct bufr *r, size_t n)
{
	if (r->bad || n > bufr_left(r)) {
		r->bad = true;
		return NULL;
	}

	const uint8_t *p = r->p + r->at;
	r->at += n;
	return p;
}

uint8_t bufr_u8(struct bufr *r)
{
	const uint8_t *p = bufr_take(r, 1);

	return p == NULL ? 0 : *p;
}

uint16_t bufr_u16(struct bufr *r)
{
	const uint8_t *p = bufr_take(r, 2);
	uint16_t wire = 0;

	if (p != NULL)
		memcpy(&wire, p, sizeof(wire));
	return be16toh(wire);
}

uint32_t bufr_u32(struct bufr *r)
{
	const uint8_t *p = bufr_take(r, 4);
	uint32_t wire = 0;

	if (p != NULL)
		memcpy(&wire, p, sizeof(wire));
	return be32toh(wire);
}

uint64_t bufr_u64(struct bufr *r)
{
	const uint8_t *p = bufr_take(r, 8);
	uint64_t wire = 0;

	if (p != NULL)
		memcpy(&wire, p, sizeof(wire));
	return be64toh(wire);
}

uint64_t bufr_varint(struct bufr *r)
{
	uint64_t v = 0;

	must(r != NULL && r->at <= r->len);
	if (!r->bad && r->at < r->len && r->p[r->at] < 0x80)
		return r->p[r->at++]; /* nearly all are short */

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
