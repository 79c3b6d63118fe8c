/* Wilson's score interval. */
#include "base/share.h"

#include <math.h>

#include "base/must.h"

void share_interval(uint64_t hits, uint64_t n, double *low, double *high)
{
	must(low != NULL && high != NULL && hits <= n);
	*low = 0;
	*high = 1;
	if (n == 0)
		return;
	double p = (double)hits / (double)n, z2 = SHARE_Z95 * SHARE_Z95,
	       m = (double)n;
	double middle = p + z2 / (2 * m);
	double half = SHARE_Z95 * sqrt(p * (1 - p) / m + z2 / (4 * m * m));

	*low = (middle - half) / (1 + z2 / m);
	*high = (middle + half) / (1 + z2 / m);
}
