/* Sets of small numbers as 64-bit words: who is free, who has a skill. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/must.h"

static inline unsigned bits_words(unsigned n)
{
	return (n + 63) / 64;
}

static inline bool bits_has(const uint64_t *w, unsigned i)
{
	return (w[i / 64] >> (i % 64) & 1) != 0;
}

static inline void bits_put(uint64_t *w, unsigned i, bool on)
{
	uint64_t bit = (uint64_t)1 << (i % 64);

	w[i / 64] = on ? w[i / 64] | bit : w[i / 64] & ~bit;
}

static inline bool bits_any(const uint64_t *w, unsigned words)
{
	uint64_t any = 0;

	for (unsigned i = 0; i < words; i++)
		any |= w[i];
	return any != 0;
}

static inline bool bits_meet(const uint64_t *a, const uint64_t *b,
			     unsigned words)
{
	for (unsigned i = 0; i < words; i++) {
		if ((a[i] & b[i]) != 0)
			return true;
	}
	return false;
}

/*
 * Every member i of the set. Two loops: no `break` in the body. The body may
 * take members out of the set.
 */
#define BITS_EACH(i, w, words)                                               \
	for (unsigned i##_w = 0, i = 0; i##_w < (words); i##_w++)            \
		for (uint64_t i##_x = (w)[i##_w];                            \
		     i##_x != 0 &&                                           \
		     (i = i##_w * 64 + (unsigned)__builtin_ctzll(i##_x), 1); \
		     i##_x &= i##_x - 1)
