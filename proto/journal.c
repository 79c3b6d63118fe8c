/* Frames of the journal: written, and read back up to the first bad one. */
#include "proto/journal.h"

#include <string.h>

enum {
	JOURNAL_HEAD = 1 + 1 + 8, /* version, kind, id */
	JOURNAL_CRC = 4,
	JOURNAL_VARINT_MAX = 5
};

/* Table k holds the checksum of a byte that k zero bytes follow. */
static uint32_t journal_crcs[8][256];

__attribute__((constructor)) static void journal_crcs_fill(void)
{
	for (unsigned i = 0; i < 256; i++) {
		uint32_t crc = i;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
		journal_crcs[0][i] = crc;
	}
	for (unsigned k = 1; k < 8; k++) {
		for (unsigned i = 0; i < 256; i++) {
			uint32_t crc = journal_crcs[k - 1][i];
			journal_crcs[k][i] =
				crc >> 8 ^ journal_crcs[0][crc & 0xff];
		}
	}
}

uint32_t journal_crc(uint32_t crc, const void *p, size_t len)
{
	must(p != NULL || len == 0);

	const uint8_t *at = p;
	crc = ~crc;
	for (; len >= 8; at += 8, len -= 8) {
		uint32_t lo =
			crc ^ ((uint32_t)at[0] | (uint32_t)at[1] << 8 |
			       (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24);
		crc = journal_crcs[7][lo & 0xff] ^
		      journal_crcs[6][lo >> 8 & 0xff] ^
		      journal_crcs[5][lo >> 16 & 0xff] ^
		      journal_crcs[4][lo >> 24] ^ journal_crcs[3][at[4]] ^
		      journal_crcs[2][at[5]] ^ journal_crcs[1][at[6]] ^
		      journal_crcs[0][at[7]];
	}
	for (; len > 0; at++, len--)
		crc = crc >> 8 ^ journal_crcs[0][(crc ^ *at) & 0xff];
	return ~crc;
}

static uint8_t *journal_big_endian(uint8_t *at, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		*at++ = (uint8_t)(v >> (8 * (n - 1 - i)));
	return at;
}

/* Every message passes here several times: one room, one copy. */
void journal_put(struct buf *out, uint8_t kind, uint64_t id, struct str payload)
{
	must(out != NULL && payload.len <= JOURNAL_PAYLOAD_MAX);

	uint8_t *start = buf_room(out, payload.len + JOURNAL_FRAME_OVERHEAD);
	if (start == NULL)
		return;

	uint8_t *at = start;
	uint64_t left = JOURNAL_HEAD + payload.len + JOURNAL_CRC;
	for (; left >= 0x80; left >>= 7)
		*at++ = (uint8_t)(left | 0x80);
	*at++ = (uint8_t)left;
	*at++ = JOURNAL_VERSION;
	*at++ = kind;
	at = journal_big_endian(at, id, 8);
	if (payload.len > 0)
		memcpy(at, payload.p, payload.len);
	at += payload.len;
	at = journal_big_endian(at, journal_crc(0, start, (size_t)(at - start)),
				JOURNAL_CRC);
	out->len += (size_t)(at - start);
	out->p[out->len] = '\0';
}

struct journal_walk journal_walk_of(struct str blob)
{
	return (struct journal_walk){ .blob = blob };
}

/* NULL, or what is wrong with the frame that starts at w->at. */
static const char *journal_read(const struct journal_walk *w,
				struct journal_record *out, size_t *end)
{
	const char *start = w->blob.p + w->at;
	struct bufr r = bufr_of(start, w->blob.len - w->at);
	uint64_t left = bufr_varint(&r);

	if (r.bad || r.at > JOURNAL_VARINT_MAX)
		return "the length cannot be read";
	if (left < JOURNAL_HEAD + JOURNAL_CRC ||
	    left > JOURNAL_HEAD + JOURNAL_PAYLOAD_MAX + JOURNAL_CRC)
		return "the length is out of range";
	if (left > bufr_left(&r))
		return "the frame is cut off";

	size_t covered = r.at + (size_t)left - JOURNAL_CRC;
	struct bufr tail = bufr_of(start + covered, JOURNAL_CRC);
	if (bufr_u32(&tail) != journal_crc(0, start, covered))
		return "the checksum does not match";
	if (bufr_u8(&r) != JOURNAL_VERSION)
		return "the version is not known";

	out->kind = bufr_u8(&r);
	out->id = bufr_u64(&r);
	out->payload = bufr_bytes(&r, covered - r.at);
	*end = w->at + covered + JOURNAL_CRC;
	return NULL;
}

bool journal_next(struct journal_walk *w, struct journal_record *out)
{
	struct journal_record record;
	size_t end;

	must(w != NULL && out != NULL && w->at <= w->blob.len);
	if (w->why != NULL || w->at == w->blob.len)
		return false;
	w->why = journal_read(w, &record, &end);
	if (w->why != NULL)
		return false;
	w->at = end;
	*out = record;
	return true;
}
