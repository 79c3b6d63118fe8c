/* Token buckets. Pure arithmetic; time is handed in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/must.h"

struct limit {
	double rate;  /* tokens a second; 0: no limit */
	double burst; /* most tokens that can gather */
	double tokens;
	uint64_t at_us;
};

void limit_init(struct limit *l, double rate, double burst, uint64_t now_us);
void limit_set_rate(struct limit *l, double rate, double burst,
		    uint64_t now_us);
/* Takes n tokens if at least min(n, burst) are there (a cost above the burst
 * drives the bucket negative, so it is paid for later). */
bool limit_take(struct limit *l, double n, uint64_t now_us);
/* Microseconds until limit_take(n) can succeed; 0: now. */
uint64_t limit_wait_us(const struct limit *l, double n, uint64_t now_us);
