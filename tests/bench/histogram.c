/* Buckets: 32 to each doubling. */
#include "tests/bench/histogram.h"

#define STEPS 32

static unsigned bucket_of(uint64_t us)
{
	unsigned power = 0;

	if (us < STEPS)
		return (unsigned)us;
	while (us >> power >= 2 * STEPS)
		power++;
	unsigned at = STEPS * (power + 1) + (unsigned)(us >> power) - STEPS;
	return at < HISTOGRAM_BUCKETS ? at : HISTOGRAM_BUCKETS - 1;
}

static uint64_t bucket_edge(unsigned at)
{
	if (at < STEPS)
		return at;
	unsigned power = at / STEPS - 1;
	return ((uint64_t)(at % STEPS + STEPS) << power) +
	       (((uint64_t)1 << power) - 1);
}

void histogram_add(struct histogram *h, uint64_t us)
{
	h->n++;
	h->sum += us;
	if (us > h->max)
		h->max = us;
	h->bucket[bucket_of(us)]++;
}

uint64_t histogram_at(const struct histogram *h, double share)
{
	uint64_t want = (uint64_t)((double)h->n * share + 0.999999), seen = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen >= want && seen > 0)
			return bucket_edge(i) < h->max ? bucket_edge(i)
						       : h->max;
	}
	return h->max;
}
