/* Identifiers: 64 bits that sort by time, 13 letters for people. */
#pragma once

#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

/*
 * 43 bits of milliseconds since 2020-01-01, 6 bits of node, 14 bits of
 * sequence. Ids of one source strictly grow, also when the clock goes back.
 */
struct id_source {
	uint64_t last;
	unsigned node; /* 0..63 */
};

void id_source_init(struct id_source *s, unsigned node);
/* After recovery: never give an id at or below `seen`. */
void id_source_seen(struct id_source *s, uint64_t seen);
uint64_t id_next(struct id_source *s, int64_t wall_ms);
int64_t id_wall_ms(uint64_t id);
/* Its place among those of one node and millisecond; 0: the first. */
unsigned id_place(uint64_t id);
/* The smallest id that could have been given at or after this time. */
uint64_t id_floor(int64_t wall_ms);

#define ID_TEXT 14
/* 13 characters of Crockford base32, lower case, and NUL. Keeps order. */
void id_text(uint64_t id, char out[ID_TEXT]);
MUST_USE int id_parse(struct str s, uint64_t *id); /* -EBADMSG */
