/* Identifiers that sort by time, and their 13 letters. */
#include "base/id.h"

#include <errno.h>

#define ID_EPOCH_MS INT64_C(1577836800000) /* 2020-01-01T00:00:00Z */
enum { ID_SEQ_BITS = 14, ID_NODE_BITS = 6, ID_TIME_BITS = 43 };
enum { ID_TIME_SHIFT = ID_SEQ_BITS + ID_NODE_BITS };

static const char id_letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

static uint64_t id_time(int64_t wall_ms)
{
	const int64_t top = (INT64_C(1) << ID_TIME_BITS) - 1;

	/* Not before 1, so that no id is 0. */
	if (wall_ms <= ID_EPOCH_MS)
		return 1;
	return (uint64_t)MIN(wall_ms - ID_EPOCH_MS, top);
}

void id_source_init(struct id_source *s, unsigned node)
{
	must(s != NULL && node < 1u << ID_NODE_BITS);
	*s = (struct id_source){ .node = node };
}

void id_source_seen(struct id_source *s, uint64_t seen)
{
	must(s != NULL);
	s->last = MAX(s->last, seen);
}

uint64_t id_next(struct id_source *s, int64_t wall_ms)
{
	must(s != NULL);

	uint64_t node = (uint64_t)s->node << ID_SEQ_BITS;
	uint64_t time = MAX(id_time(wall_ms), s->last >> ID_TIME_SHIFT);
	uint64_t id = time << ID_TIME_SHIFT | node;
	if (id <= s->last) {
		/* The same millisecond: the next number of our node, or the
		 * next millisecond when there is none above `last`. */
		uint64_t next = s->last + 1;
		if (next >> ID_SEQ_BITS == id >> ID_SEQ_BITS)
			id = next;
		else
			id += UINT64_C(1) << ID_TIME_SHIFT;
	}
	must(id > s->last);
	s->last = id;
	return id;
}

int64_t id_wall_ms(uint64_t id)
{
	return (int64_t)(id >> ID_TIME_SHIFT) + ID_EPOCH_MS;
}

unsigned id_place(uint64_t id)
{
	return (unsigned)(id & ((1u << ID_SEQ_BITS) - 1));
}

uint64_t id_floor(int64_t wall_ms)
{
	return id_time(wall_ms) << ID_TIME_SHIFT;
}

void id_text(uint64_t id, char out[ID_TEXT])
{
	must(out != NULL);
	for (unsigned i = ID_TEXT - 1; i-- > 0; id >>= 5)
		out[i] = id_letters[id & 31];
	out[ID_TEXT - 1] = '\0';
}

/* 0..31, or -1. People write capitals, and mistake O, I and L. */
static int id_letter(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c + 'a' - 'A');
	if (c == 'o')
		c = '0';
	else if (c == 'i' || c == 'l')
		c = '1';

	size_t at = str_find(str_of(id_letters), c);
	return at < 32 ? (int)at : -1;
}

int id_parse(struct str s, uint64_t *id)
{
	uint64_t v = 0;

	must(id != NULL);
	if (s.len != ID_TEXT - 1)
		return -EBADMSG;
	for (size_t i = 0; i < s.len; i++) {
		int letter = id_letter(s.p[i]);
		/* 13 letters hold 65 bits: the first one is below 16. */
		if (letter < 0 || (i == 0 && letter > 15))
			return -EBADMSG;
		v = v << 5 | (unsigned)letter;
	}
	*id = v;
	return 0;
}
