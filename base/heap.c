/* Heap of nodes that sit in the callers' objects; equal keys keep their
 * order by a sequence number. */
#include "base/heap.h"

#include "base/mem.h"

void heap_init(struct heap *h)
{
	must(h != NULL);
	*h = (struct heap){ 0 };
}

void heap_done(struct heap *h)
{
	must(h != NULL);
	for (size_t i = 0; i < h->len; i++)
		h->v[i]->index = HEAP_OUT;
	mem_free(h->v);
	*h = (struct heap){ 0 };
}

void heap_node_init(struct heap_node *n)
{
	must(n != NULL);
	*n = (struct heap_node){ .index = HEAP_OUT };
}

bool heap_in(const struct heap_node *n)
{
	must(n != NULL);
	return n->index != HEAP_OUT;
}

static bool heap_before(const struct heap_node *a, const struct heap_node *b)
{
	return a->key != b->key ? a->key < b->key : a->seq < b->seq;
}

static void heap_place(struct heap *h, struct heap_node *n, size_t i)
{
	h->v[i] = n;
	n->index = i;
}

static void heap_up(struct heap *h, struct heap_node *n, size_t i)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;
		if (!heap_before(n, h->v[parent]))
			break;
		heap_place(h, h->v[parent], i);
		i = parent;
	}
	heap_place(h, n, i);
}

static void heap_down(struct heap *h, struct heap_node *n, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= h->len)
			break;
		if (child + 1 < h->len &&
		    heap_before(h->v[child + 1], h->v[child]))
			child++;
		if (!heap_before(h->v[child], n))
			break;
		heap_place(h, h->v[child], i);
		i = child;
	}
	heap_place(h, n, i);
}

/* Settles n, whose place i is free, in either direction. */
static void heap_settle(struct heap *h, struct heap_node *n, size_t i)
{
	if (i > 0 && heap_before(n, h->v[(i - 1) / 2]))
		heap_up(h, n, i);
	else
		heap_down(h, n, i);
}

void heap_put(struct heap *h, struct heap_node *n, uint64_t key)
{
	must(h != NULL && n != NULL);
	n->key = key;
	n->seq = h->seq++;
	if (heap_in(n)) {
		must(n->index < h->len && h->v[n->index] == n);
		heap_settle(h, n, n->index);
		return;
	}
	if (h->len == h->cap) {
		h->cap = MAX(h->cap * 2, 16);
		h->v = mem_resize(h->v, h->cap * sizeof(struct heap_node *));
	}
	h->len++;
	heap_up(h, n, h->len - 1);
}

void heap_remove(struct heap *h, struct heap_node *n)
{
	must(h != NULL && n != NULL);
	if (!heap_in(n))
		return;
	must(n->index < h->len && h->v[n->index] == n);

	size_t i = n->index;
	struct heap_node *last = h->v[--h->len];
	n->index = HEAP_OUT;
	if (last != n)
		heap_settle(h, last, i);
}

struct heap_node *heap_first(const struct heap *h)
{
	must(h != NULL);
	return h->len == 0 ? NULL : h->v[0];
}
