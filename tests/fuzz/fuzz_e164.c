/* Any bytes are a number or an error; a number read once reads as itself. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/e164.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const countries[] = { "", "44", "86", "1", "39" };
	struct str s = str_bytes(p, len);

	(void)e164_country(s);
	for (size_t i = 0; i < ARRAY_LEN(countries); i++) {
		char out[E164_MAX], again[E164_MAX];
		struct err err = { "" };
		int rc = e164_parse(s, countries[i], out, &err);

		if (rc != 0) {
			must(err.text[0] != '\0');
			continue;
		}
		size_t n = strlen(out);

		must(out[0] == '+' && out[1] >= '1' && n >= 9 && n <= 16);
		must(strspn(out + 1, "0123456789") == n - 1);
		must(e164_parse(str_of(out), countries[i], again, NULL) == 0);
		must(strcmp(out, again) == 0);
	}
	return 0;
}
