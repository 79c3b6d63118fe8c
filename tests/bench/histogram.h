/* Latencies in microseconds, in buckets of about 3 %. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BUCKETS 1024

struct histogram {
	uint64_t n, max, sum;
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t us);
/* Upper edge of the bucket in which this share (0..1) falls. */
uint64_t histogram_at(const struct histogram *h, double share);
