/* Phone numbers as people write them. */
#include "proto/e164.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *in;
	const char *country;
	const char *out; /* NULL: refused */
} cases[] = {
	{ "+447700900001", "", "+447700900001" },
	{ "+44 7700 900-001", "", "+447700900001" },
	{ "00447700900001", "", "+447700900001" },
	{ "0044 7700 900001", "86", "+447700900001" },
	{ "447700900001", "", "+447700900001" },
	{ "447700900001", "44", "+447700900001" },
	{ "＋４４７７００９００００１", "", "+447700900001" },
	{ "＋４４　（０）　７７００－９００００１", "", "+447700900001" },
	{ "+44 (0) 7700 900001", "", "+447700900001" },
	{ "+44(0)7700900001", "", "+447700900001" },
	{ "0044 (0)7700 900001", "", "+447700900001" },
	{ "44 (0)7700 900001", "", "+447700900001" },
	{ "(+44) 7700 900001", "", "+447700900001" },
	{ "+44.7700.900001", "", "+447700900001" },
	{ "+44/7700/900001", "", "+447700900001" },
	{ "'+447700900001", "", "+447700900001" },
	{ "\xE2\x80\xAA+447700900001\xE2\x80\xAC", "", "+447700900001" },
	{ "\xEF\xBB\xBF+447700900001", "", "+447700900001" },
	{ "+44\xC2\xA0"
	  "7700\xE2\x80\x91"
	  "900001\n",
	  "", "+447700900001" },
	{ "07700 900001", "44", "+447700900001" },
	{ "(07700) 900001", "44", "+447700900001" },
	{ "(0)7700 900001", "44", "+447700900001" },
	{ "(020) 7946 0958", "44", "+442079460958" },
	{ "13800138000", "86", "+8613800138000" },
	{ "138 0013 8000", "86", "+8613800138000" },
	{ "010-12345678", "86", "+861012345678" },
	{ "8613800138000", "86", "+8613800138000" },
	{ "(212) 555-0123", "1", "+12125550123" },
	{ "1-212-555-0123", "1", "+12125550123" },
	{ "06 1234 5678", "39", "+390612345678" },
	{ "07 01 02 03 04", "225", "+2250701020304" },
	{ "+999123456789", "", "+999123456789" },
	{ "+12345678", "", "+12345678" },
	{ "+123456789012345", "", "+123456789012345" },
	/* refused */
	{ "", "", NULL },
	{ "+", "", NULL },
	{ "00", "", NULL },
	{ "+1234567", "", NULL },
	{ "+1234567890123456", "", NULL },
	{ "07700900001", "", NULL },
	{ "+07700900001", "", NULL },
	{ "0007700900001", "", NULL },
	{ "+44 7700 90000l", "", NULL },
	{ "tel:+447700900001", "", NULL },
	{ "+44 7700 900001 ext 5", "", NULL },
	{ "44+7700900001", "", NULL },
	{ "++447700900001", "", NULL },
	{ "+44 (7700 900001", "", NULL },
	{ "+44 7700) 900001", "", NULL },
	{ "+44 ((7700)) 900001", "", NULL },
	{ "DEMOCARE", "", NULL },
	{ "12345", "44", NULL },
	{ "+44\xFF"
	  "7700900001",
	  "", NULL },
	{ "+44;7700900001", "", NULL },
	{ "0", "44", NULL },
};

static void numbers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[E164_MAX] = "untouched";
		struct err err = { "" };
		int rc = e164_parse(str_of(cases[i].in), cases[i].country, out,
				    &err);

		if (cases[i].out == NULL) {
			assert_int_equal(rc, -EBADMSG);
			assert_string_equal(out, "untouched");
			assert_true(strlen(err.text) > 10);
		} else if (rc != 0 || strcmp(out, cases[i].out) != 0) {
			fail_msg("row %zu: %d %s %s", i, rc, out, err.text);
		} else {
			assert_string_equal(err.text, "");
		}
	}
	assert_int_equal(e164_parse(STR("x"), "", (char[E164_MAX]){ "" }, NULL),
			 -EBADMSG);
}

static const struct {
	const char *in;
	const char *country;
	const char *says;
} errors[] = {
	{ "07700900001", "",
	  "\"07700900001\" was read as +07700900001: no country code begins "
	  "with 0" },
	{ "12345", "44",
	  "\"12345\" was read as +12345: 5 digits, not 8 to 15" },
	{ "012345", "44",
	  "\"012345\" was read as +4412345: 7 digits, not 8 to 15" },
	{ "+44x", "",
	  "\"+44x\": U+0078 at byte 4 does not belong in a phone number" },
	{ "4\xFF", "",
	  "\"(not text)\": U+FFFD at byte 2 does not belong in a phone "
	  "number" },
	{ "1+2", "", "\"1+2\": brackets or a + out of place" },
};

static void errors_show_the_reading(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		char out[E164_MAX];
		struct err err = { "" };

		assert_int_equal(e164_parse(str_of(errors[i].in),
					    errors[i].country, out, &err),
				 -EBADMSG);
		assert_string_equal(err.text, errors[i].says);
	}
}

static void long_input_is_refused(void **state)
{
	static char z[5000];
	char out[E164_MAX];
	struct err err;

	(void)state;
	memset(z, ' ', sizeof(z) - 1);
	assert_int_equal(e164_parse(str_of(z), "", out, &err), -EBADMSG);
	memset(z, '1', sizeof(z) - 1);
	assert_int_equal(e164_parse(str_of(z), "", out, &err), -EBADMSG);
	assert_string_equal(err.text,
			    "4999 bytes are too long for a phone number");
}

static const struct {
	const char *in;
	const char *country;
} countries[] = {
	{ "+447700900001", "44" },
	{ "447700900001", "44" },
	{ "+8613800138000", "86" },
	{ "+12125550123", "1" },
	{ "+79161234567", "7" },
	{ "+85212345678", "852" },
	{ "+85312345678", "853" },
	{ "+886912345678", "886" },
	{ "+35312345678", "353" },
	{ "+971501234567", "971" },
	{ "+2250701020304", "225" },
	{ "+21112345678", "211" },
	{ "+37012345678", "370" },
	{ "+42012345678", "420" },
	{ "+6591234567", "65" },
	{ "+67012345678", "670" },
	{ "+999123456789", "" },
	{ "+21012345678", "" },
	{ "+38412345678", "" },
	{ "+2", "" },
	{ "+37", "" },
	{ "", "" },
	{ "+", "" },
	{ "DEMO", "" },
	{ "+44x", "" },
};

static void countries_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(countries); i++) {
		struct str got = e164_country(str_of(countries[i].in));

		if (!str_eqz(got, countries[i].country))
			fail_msg("row %zu: %.*s", i, STR_ARGS(got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(errors_show_the_reading),
		cmocka_unit_test(long_input_is_refused),
		cmocka_unit_test(countries_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
