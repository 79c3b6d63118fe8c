/* Doubly linked list through a member; a head is a node that links itself. */
#pragma once

#include <stdbool.h>

#include "base/must.h"

struct list {
	struct list *next;
	struct list *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_insert_after(struct list *at, struct list *n)
{
	n->prev = at;
	n->next = at->next;
	at->next->prev = n;
	at->next = n;
}

static inline void list_append(struct list *head, struct list *n)
{
	list_insert_after(head->prev, n);
}

static inline void list_prepend(struct list *head, struct list *n)
{
	list_insert_after(head, n);
}

/* n may be unlinked already (then it links itself): removing twice is fine. */
static inline void list_remove(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

#define LIST_EACH(it, head) \
	for (struct list *it = (head)->next; it != (head); it = it->next)
/* The body may remove `it`. */
#define LIST_EACH_SAFE(it, head)                                               \
	for (struct list *it = (head)->next, *it##_n = it->next; it != (head); \
	     it = it##_n, it##_n = it->next)
#define LIST_ITEM(node, type, member) CONTAINER_OF(node, type, member)
