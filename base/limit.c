/* Token buckets: arithmetic on the time that is handed in. */
#include "base/limit.h"

#include <math.h>

/* Sums of doubles are off by less than this; a waiter that was told how long
 * to wait must find its token. What is taken too early is paid for later. */
static const double limit_slack = 1e-6;

static double limit_tokens_at(const struct limit *l, uint64_t now_us)
{
	if (now_us <= l->at_us)
		return l->tokens;

	double more = (double)(now_us - l->at_us) * l->rate / 1e6;
	return MIN(l->burst, l->tokens + more);
}

void limit_init(struct limit *l, double rate, double burst, uint64_t now_us)
{
	must(l != NULL && rate >= 0 && burst >= 0);
	*l = (struct limit){ rate, burst, burst, now_us };
}

void limit_set_rate(struct limit *l, double rate, double burst, uint64_t now_us)
{
	must(l != NULL && rate >= 0 && burst >= 0);
	l->tokens = MIN(burst, limit_tokens_at(l, now_us));
	l->at_us = MAX(l->at_us, now_us);
	l->rate = rate;
	l->burst = burst;
}

bool limit_take(struct limit *l, double n, uint64_t now_us)
{
	must(l != NULL && n >= 0);
	if (l->rate == 0)
		return true;
	l->tokens = limit_tokens_at(l, now_us);
	l->at_us = MAX(l->at_us, now_us);
	if (l->tokens + limit_slack < MIN(n, l->burst))
		return false;
	l->tokens -= n;
	return true;
}

uint64_t limit_wait_us(const struct limit *l, double n, uint64_t now_us)
{
	must(l != NULL && n >= 0);
	if (l->rate == 0)
		return 0;

	double missing = MIN(n, l->burst) - limit_tokens_at(l, now_us);
	if (missing <= limit_slack)
		return 0;
	/* now_us may be behind at_us, from where tokens gather. */
	uint64_t behind = now_us < l->at_us ? l->at_us - now_us : 0;
	double us = ceil(missing * 1e6 / l->rate);
	return us < 1e18 ? behind + (uint64_t)us : UINT64_MAX;
}
