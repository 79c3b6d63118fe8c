/* Binary heap of (64-bit key, pointer): the smallest key first; stable for
 * equal keys in order of insertion. The node sits in the caller's object. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/must.h"

struct heap_node {
	uint64_t key;
	uint64_t seq;
	size_t index; /* HEAP_OUT while not in a heap */
};

#define HEAP_OUT ((size_t)-1)

struct heap {
	struct heap_node **v;
	size_t len;
	size_t cap;
	uint64_t seq;
};

void heap_init(struct heap *h);
void heap_done(struct heap *h);
void heap_node_init(struct heap_node *n);
bool heap_in(const struct heap_node *n);
/* Puts n in, or moves it when it is in already. */
void heap_put(struct heap *h, struct heap_node *n, uint64_t key);
void heap_remove(struct heap *h, struct heap_node *n); /* no-op when out */
struct heap_node *heap_first(const struct heap *h);    /* NULL when empty */
