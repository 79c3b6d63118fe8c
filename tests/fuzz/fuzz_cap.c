/* Any text is caps or is refused; caps written as text are the same caps, and
 * their windows begin before now. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/cap.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

#define NOW_MS ((int64_t)1790000000000)

static void comes_back(const struct cap *c)
{
	struct cap again[CAPS_MAX];
	char text[24];
	unsigned n = 0;

	cap_text(c, text);
	must(strlen(text) > 0 && strlen(text) < sizeof(text));
	must(caps_parse(str_of(text), again, &n) == 0 && n == 1);
	must(again[0].n == c->n && again[0].window == c->window &&
	     again[0].window_ms == c->window_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	const struct tzone *zone = tzone_get(STR("Europe/London"));
	struct cap v[CAPS_MAX];
	unsigned n = CAPS_MAX + 1;
	int rc = caps_parse(str_bytes(p, len), v, &n);

	must(rc == 0 || rc == -EBADMSG);
	must((rc == 0) == (n <= CAPS_MAX));
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		must(v[i].n >= 1 && v[i].n <= CAP_N_MAX);
		must(v[i].window_ms > 0);
		must(cap_since(&v[i], NULL, 0, NOW_MS) < NOW_MS);
		if (zone != NULL)
			must(cap_since(&v[i], &zone, 1, NOW_MS) < NOW_MS);
		comes_back(&v[i]);
	}
	return 0;
}
