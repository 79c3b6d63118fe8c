/* The legs of a desk's work: who is rung, joined and hung up. */
#pragma once

#include "acd/works.h"

/* The work is reserved: its agent's phone rings, or it goes back. */
void calls_ring(struct desk *d, struct work *w);
/* Hangs up one leg, or both. */
void calls_hang(struct desk *d, uint64_t *leg, enum call_end why);
void calls_clear(struct desk *d, struct work *w, enum call_end why);
