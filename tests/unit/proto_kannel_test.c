/* Kannel's escapes, as its smsbox fills them in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "proto/kannel_fill.h"

static const struct kannel_report full = {
	.type = 8,
	.text = { "id:1a  sub:001 tail*x", 21 },
	.to = { "00447700900001", 14 },
	.from = { "Shop & Co", 9 },
	.link = { "sink", 4 },
	.peer = { "1a", 2 },
	.id = { "0k3abc", 6 },
	.user = { "bench", 5 },
	.account = { "acc", 3 },
	.billing = { "bin", 3 },
	.meta = { "?orig_msg?dlr_mask=31&?smpp?dlr_err=%03%00*&x=y+z", 49 },
	.at_ms = 1795349728000,
};

static const struct {
	const char *url, *filled;
} cases[] = {
	{ "http://h/d?t=%d", "http://h/d?t=8" },
	{ "%d%d%", "88%" },
	{ "%%d 100%25", "%d%20100%25" },
	{ "%p %P", "00447700900001%20Shop+%26+Co" },
	{ "%q %Q", "%2B447700900001%20Shop+%26+Co" },
	{ "%i/%I/%F", "sink/0k3abc/1a" },
	{ "%n,%o,%B", "bench,acc,bin" },
	{ "%A", "id%3A1a++sub%3A001+tail*x" },
	{ "%b", "id%3A1a++sub%3A001+tail*x" },
	{ "%a", "id%3A1a+sub%3A001+tail*x" },
	{ "%k", "id%3A1a" },
	{ "%s|%s|%s", "sub%3A001|tail*x|" },
	{ "%S|%S", "sub:001|tail~x" },
	{ "%s|%r", "sub%3A001|tail*x" },
	{ "%r", "sub%3A001+tail*x" },
	{ "%e", "69643A316120207375623A303031207461696C2A78" },
	{ "%t", "2026-11-22+12:15:28" },
	{ "%T", "1795349728" },
	{ "%c%C%m%M%O", "-1UTF-8-1-100" },
	{ "%u%v%V%f", "" },
	{ "%R", "%25R" },
	{ "%D",
	  "%3Forig_msg%3Fdlr_mask%3D31%26%3Fsmpp%3Fdlr_err%3D%2503%2500*%26"
	  "x%3Dy%2Bz" },
	{ "%#smpp#dlr_err#", "%03%00*" },
	{ "%#orig_msg#dlr_mask#!", "31!" },
	{ "[%#smpp#x#]", "[y+z]" },
	{ "[%#smpp#dlr_mask#]", "[]" },
	{ "[%#no#no#]", "[]" },
	{ "[%#smpp&b=1]", "[smpp&b=1]" },
	/* Kannel's trap: %c is an escape, so %c3 is no byte */
	{ "%c3%20%41%E4", "-13%20%41%E4" },
	{ "%1%g%z", "%1%g%z" },
	{ "a \"<b>\"\t\xc3\xa4\x7f", "a%20%22%3Cb%3E%22%09%C3%A4%7F" },
	{ "", "" },
};

static void fills_escapes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct kannel_report r = full;
		struct buf b;

		buf_init(&b, 4096);
		r.url = str_of(cases[i].url);
		kannel_fill(&r, &b);
		assert_string_equal(b.p, cases[i].filled);
		buf_done(&b);
	}
}

static void what_is_not_known_is_empty(void **state)
{
	const struct kannel_report none = {
		.url = STR("%A%a%b%B%D%e%F%i%I%k%n%o%p%P%q%Q%r%s%S|%d%#a#b#"),
	};
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	kannel_fill(&none, &b);
	assert_string_equal(b.p, "|0");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_escapes),
		cmocka_unit_test(what_is_not_known_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
