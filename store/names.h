/* Numbers for names that the fold meets: given once, written down with the
 * transaction in which the name is new, forgotten if that is rolled back. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct names;

struct names *names_new(void);
void names_free(struct names **np);
size_t names_len(const struct names *n);

/* A name is some words; a scratch of the table holds it until the next one. */
struct str names_of(struct names *n, const struct str *words, unsigned nwords);
/* One that the store knows; at the start. */
void names_know(struct names *n, uint64_t id, struct str name);
/* 0: it has none. */
uint64_t names_find(const struct names *n, struct str name);
/* Gives the next number to one that has none. */
uint64_t names_add(struct names *n, struct str name);
/* Views of the words of a number; false: nobody has it. */
MUST_USE bool names_words(const struct names *n, uint64_t id, struct str *words,
			  unsigned nwords);

void names_committed(struct names *n);
void names_rolled_back(struct names *n);
