/* A bag from which receipts are drawn blindly. */
#include "tools/smscsim/hold.h"

#include <errno.h>

#include "base/mem.h"

#define HOLD_MAX 5000000

struct hold {
	struct parcel **v;
	size_t len, cap;
	uint64_t dice;
};

struct hold *hold_new(void)
{
	struct hold *h = mem_new(struct hold);

	h->dice = 0x9e3779b97f4a7c15;
	return h;
}

void hold_free(struct hold **hp)
{
	must(hp != NULL);
	struct hold *h = TAKE(*hp);

	if (h == NULL)
		return;
	for (size_t i = 0; i < h->len; i++)
		parcel_free(&h->v[i]);
	mem_free(h->v);
	mem_free(h);
}

int hold_put(struct hold *h, struct parcel *p)
{
	must(h != NULL && p != NULL);
	if (h->len >= HOLD_MAX)
		return -ENOSPC;
	if (h->len == h->cap) {
		h->cap = MAX(h->cap * 2, (size_t)1024);
		h->v = mem_resize(h->v, h->cap * sizeof(*h->v));
	}
	h->v[h->len++] = p;
	return 0;
}

/* xorshift64 */
static uint64_t hold_dice(struct hold *h)
{
	h->dice ^= h->dice << 13;
	h->dice ^= h->dice >> 7;
	h->dice ^= h->dice << 17;
	return h->dice;
}

struct parcel *hold_take(struct hold *h)
{
	must(h != NULL);
	if (h->len == 0)
		return NULL;
	size_t at = (size_t)(hold_dice(h) % h->len);
	struct parcel *p = h->v[at];

	h->v[at] = h->v[--h->len];
	return p;
}

size_t hold_len(const struct hold *h)
{
	must(h != NULL);
	return h->len;
}
