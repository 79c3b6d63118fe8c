/* Rates. */
#include "campaigns/pace.h"

/* A ramp begins at a tenth of the rate. */
#define RAMP_FROM 0.1

static double ramped(const struct spec *s, double rate, int64_t elapsed_ms)
{
	double part;

	if (s->ramp_ms == 0 || elapsed_ms >= s->ramp_ms)
		return rate;
	part = (double)MAX(elapsed_ms, 0) / (double)s->ramp_ms;
	return rate * (RAMP_FROM + (1 - RAMP_FROM) * part);
}

double pace_rate(const struct spec *s, int64_t started_ms, int64_t now_ms,
		 int64_t left, int64_t end_ms)
{
	double rate = (double)s->rate, even;

	must(s != NULL);
	if (s->spread != 0 && end_ms > now_ms) {
		even = (double)left * 1000 / (double)(end_ms - now_ms);
		/* At least a person a minute, so that it ends in time. */
		even = MAX(even, 1.0 / 60);
		rate = rate > 0 ? MIN(rate, even) : even;
	}
	return rate > 0 ? ramped(s, rate, now_ms - started_ms) : 0;
}

double pace_ramp_cost_s(const struct spec *s)
{
	must(s != NULL);
	if (s->rate == 0 || s->ramp_ms == 0)
		return 0;
	return (double)s->ramp_ms / 1000 * (1 - RAMP_FROM) / 2;
}
