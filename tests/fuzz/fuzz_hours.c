/* Any text is hours or is refused; hours open when they say that they do, and
 * not in between. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/hours.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

#define NOW_MS ((int64_t)1790000000000)

static void opens(const struct hours *h, int64_t now_ms)
{
	const struct tzone *zones[] = { tzone_get(STR("America/New_York")),
					tzone_get(STR("Asia/Kolkata")) };
	int64_t next;

	if (zones[0] == NULL || zones[1] == NULL)
		return;
	for (unsigned n = 1; n <= 2; n++) {
		next = hours_next(h, zones, n, now_ms);
		must(next == 0 || next > now_ms);
		if (next != 0) {
			must(hours_open(h, zones, n, next));
			must(hours_open(h, zones, n, now_ms) ||
			     !hours_open(h, zones, n, next - 1));
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	int open = -1, close = -1, rc;
	struct hours h = HOURS_ALL_DAY;
	char text[64] = "";

	if (len >= sizeof(text) || memchr(p, '\0', len) != NULL)
		return 0;
	if (len > 0)
		memcpy(text, p, len);
	rc = hours_parse(text, &open, &close);
	must(rc == 0 || rc == -EBADMSG);
	if (rc != 0) {
		must(open == -1 && close == -1);
		return 0;
	}
	must((open == 0 && close == 0) ||
	     (open >= 0 && open < close && close <= 1440));
	hours_narrow(&h, open, close);
	must(h.open_minute < h.close_minute);
	opens(&h, NOW_MS);
	opens(&h, NOW_MS + (int64_t)7 * 86400000 * (open + 1));
	/* narrower still */
	hours_narrow(&h, 540, 1200);
	opens(&h, NOW_MS);
	return 0;
}
