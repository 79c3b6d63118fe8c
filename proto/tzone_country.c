/* Which time zones a country calling code may mean. */
#include "proto/tzone.h"

#include <string.h>

#define COUNTRY(code, ...) { code, { __VA_ARGS__ } },
static const struct {
	char code[4];
	const char *names[12];
} countries[] = {
#include "proto/tzone_country.def"
};
#undef COUNTRY

unsigned tzone_of_country(struct str calling_code, const char *names[12])
{
	must(names != NULL &&
	     (calling_code.p != NULL || calling_code.len == 0));
	for (size_t i = 0; i < ARRAY_LEN(countries); i++) {
		unsigned n = 0;

		if (!str_eqz(calling_code, countries[i].code))
			continue;
		for (; n < 12 && countries[i].names[n] != NULL; n++)
			names[n] = countries[i].names[n];
		return n;
	}
	return 0;
}
