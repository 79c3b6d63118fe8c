/* Addresses as peers write them, and whose they are. */
#include "channels/smpp/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void addresses(void **state UNUSED)
{
	static const struct {
		struct smpp_addr in;
		const char *country;
		bool person;
		const char *out;
	} numbers[] = {
		{ { 1, 1, STR("447700900001") }, "", true, "+447700900001" },
		{ { 1, 1, STR("+447700900001") }, "", true, "+447700900001" },
		{ { 1, 1, STR("00447700900001") }, "", true, "+447700900001" },
		{ { 0, 1, STR("447700900001") }, "", true, "+447700900001" },
		{ { 0, 0, STR("+447700900001") }, "", true, "+447700900001" },
		{ { 0, 1, STR("00447700900001") }, "", true, "+447700900001" },
		{ { 2, 1, STR("07700900001") }, "44", true, "+447700900001" },
		{ { 2, 1, STR("7700900001") }, "44", true, "+447700900001" },
		{ { 0, 1, STR("07700900001") }, "44", true, "+447700900001" },
		{ { 2, 8, STR("13800138000") }, "86", true, "+8613800138000" },
		{ { 1, 1, STR("8613800138000") },
		  "86",
		  true,
		  "+8613800138000" },
		{ { 2, 1, STR("07700900001") }, "", true, "07700900001" },
		{ { 5, 0, STR("ACME") }, "44", true, "ACME" },
		{ { 3, 0, STR("80808") }, "44", true, "80808" },
		{ { 0, 0, STR("80808") }, "44", true, "80808" },
		{ { 1, 1, STR("80808") }, "", true, "80808" },
		{ { 0, 0, STR("10658888001") }, "86", false, "10658888001" },
		{ { 1, 1, STR("447700900001") }, "", false, "+447700900001" },
		{ { 0, 1, STR("447700900001") }, "", false, "447700900001" },
		/* reserved types */
		{ { 7, 1, STR("447700900001") }, "", true, "+447700900001" },
		{ { 255, 2, STR("07700900001") }, "44", true, "+447700900001" },
		{ { 7, 255, STR("80808") }, "44", true, "80808" },
		{ { 7, 1, STR("447700900001") }, "", false, "447700900001" },
		{ { 1, 1, STR("") }, "44", true, "" },
		{ { 1, 1, STR("+") }, "44", true, "+" },
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		char out[SMPP_PERSON_MAX];
		smpp_decode_address(&numbers[i].in, numbers[i].country,
				    numbers[i].person, out);
		assert_string_equal(out, numbers[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(addresses) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
