/* Two heaps by time. */
#include "tools/smscsim/post.h"

#include <errno.h>

#include "base/mem.h"

#define POST_PARCELS_MAX 5000000

struct post {
	struct heap parcels, answers;
};

struct post *post_new(void)
{
	struct post *p = mem_new(struct post);

	heap_init(&p->parcels);
	heap_init(&p->answers);
	return p;
}

static struct parcel *post_pop_parcel(struct post *p)
{
	struct heap_node *n = heap_first(&p->parcels);

	if (n == NULL)
		return NULL;
	heap_remove(&p->parcels, n);
	return CONTAINER_OF(n, struct parcel, node);
}

static struct late_answer *post_pop_answer(struct post *p)
{
	struct heap_node *n = heap_first(&p->answers);

	if (n == NULL)
		return NULL;
	heap_remove(&p->answers, n);
	return CONTAINER_OF(n, struct late_answer, node);
}

void post_free(struct post **pp)
{
	struct parcel *parcel;
	struct late_answer *answer;

	must(pp != NULL);
	if (*pp == NULL)
		return;
	while ((parcel = post_pop_parcel(*pp)) != NULL)
		parcel_free(&parcel);
	while ((answer = post_pop_answer(*pp)) != NULL)
		mem_free(answer);
	heap_done(&(*pp)->parcels);
	heap_done(&(*pp)->answers);
	mem_free(*pp);
	*pp = NULL;
}

int post_parcel(struct post *p, struct parcel *one, uint64_t due_ms)
{
	must(p != NULL && one != NULL);
	if (p->parcels.len >= POST_PARCELS_MAX)
		return -ENOSPC;
	heap_put(&p->parcels, &one->node, due_ms);
	return 0;
}

void post_again(struct post *p, struct parcel *one, uint64_t due_ms)
{
	must(p != NULL && one != NULL);
	heap_put(&p->parcels, &one->node, due_ms);
}

struct parcel *post_next_parcel(struct post *p, uint64_t now_ms)
{
	must(p != NULL);
	const struct heap_node *n = heap_first(&p->parcels);

	return n != NULL && n->key <= now_ms ? post_pop_parcel(p) : NULL;
}

void post_answer(struct post *p, const struct late_answer *a, uint64_t due_ms)
{
	must(p != NULL && a != NULL);
	struct late_answer *own = mem_dup(a, sizeof(*a));

	heap_node_init(&own->node);
	heap_put(&p->answers, &own->node, due_ms);
}

bool post_next_answer(struct post *p, uint64_t now_ms, struct late_answer *out)
{
	must(p != NULL && out != NULL);
	if (post_due_answer(p) > now_ms)
		return false;
	struct late_answer *a = post_pop_answer(p);
	if (a == NULL)
		return false;
	*out = *a;
	mem_free(a);
	return true;
}

static uint64_t due_of(const struct heap *h)
{
	const struct heap_node *n = heap_first(h);

	return n == NULL ? UINT64_MAX : n->key;
}

uint64_t post_due_answer(const struct post *p)
{
	must(p != NULL);
	return due_of(&p->answers);
}

uint64_t post_due(const struct post *p)
{
	must(p != NULL);
	return MIN(due_of(&p->answers), due_of(&p->parcels));
}

size_t post_waiting(const struct post *p)
{
	must(p != NULL);
	return p->parcels.len;
}
