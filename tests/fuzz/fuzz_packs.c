/* Any configuration is rule packs or is refused with a fault; packs make
 * places that answer for any number. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/settings.h"
#include "gateway/places.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void answers(const struct packs *packs, const struct places *places)
{
	static const char *const numbers[] = {
		"+13055550123", "+8613800138000", "+441", "+99900000001", "+",
		"ann"
	};

	must(packs_version(packs).len == 8);
	must(places_version(places).len == 8);
	for (unsigned i = 0; i < ARRAY_LEN(numbers); i++) {
		const struct place *at = places_of(places, str_of(numbers[i]));

		must(at != NULL && at->npacks <= PLACE_PACKS_MAX);
		must(at->rules[0].ncaps <= PLACE_CAPS_MAX);
		(void)place_word(at, STR("stop"));
		(void)place_word(at, STR("\xef\xbc\xb3\xff"));
		(void)place_refuses_source(at, STR("tnc_bundled"));
		(void)place_wants_wording(at);
	}
}

static void packs_of(const struct settings *s, struct faults *faults)
{
	AUTO(classes_free) struct classes *classes = NULL;
	AUTO(packs_free) struct packs *packs = NULL;
	AUTO(places_free) struct places *places = NULL;
	size_t before = faults->len;
	int rc = packs_new(&packs, s, faults);

	must((rc == 0) == (packs != NULL) &&
	     (rc == 0) == (faults->len == before));
	if (rc != 0 || classes_new(&classes, s, faults) != 0)
		return;
	rc = places_new(&places, packs, classes, faults);
	must((rc == 0) == (places != NULL));
	if (rc == 0)
		answers(packs, places);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	const struct setting_section kinds[] = { class_section, pack_section };
	struct settings s = { 0 };
	struct faults faults = { 0 };
	char text[8192];

	if (len >= sizeof(text) || memchr(p, '\0', len) != NULL)
		return 0;
	if (len > 0)
		memcpy(text, p, len);
	text[len] = '\0';
	if (settings_parse(text, "fuzz", kinds, ARRAY_LEN(kinds), &s,
			   &faults) == 0)
		packs_of(&s, &faults);
	settings_done(&s);
	faults_done(&faults);
	return 0;
}
