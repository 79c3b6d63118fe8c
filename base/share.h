/* Shares: how certain one is. */
#pragma once

#include <stdint.h>

#define SHARE_Z95 1.959963984540054 /* of 95 % */

/* Wilson's interval of 95 % for hits of n, 0 to 1; of none, all of it. */
void share_interval(uint64_t hits, uint64_t n, double *low, double *high);
