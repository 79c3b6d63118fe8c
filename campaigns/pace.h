/* How fast a run goes: its rate, a ramp up to it, or evenly over its window.
 * Pure arithmetic. */
#pragma once

#include "campaigns/spec.h"

/* People a second now; 0: no limit. left: people not begun with; end_ms 0: no
 * window. */
double pace_rate(const struct spec *s, int64_t started_ms, int64_t now_ms,
		 int64_t left, int64_t end_ms);
/* Seconds that the ramp costs over going at the full rate at once. */
double pace_ramp_cost_s(const struct spec *s);
