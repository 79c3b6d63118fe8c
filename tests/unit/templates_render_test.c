/* Values into templates: filters, branches, and what is refused. */
#include "templates/render.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "proto/tzone.h"

/* One variable v, perhaps a zone, and some that are always there. */
struct given {
	const char *v;
	const char *zone;
};

static bool lookup(void *owner, struct str name, struct str *value)
{
	const struct given *g = owner;

	if (str_eqz(name, "v"))
		*value = str_of(g->v);
	else if (str_eqz(name, TEMPLATE_ZONE))
		*value = str_of(g->zone);
	else if (str_eqz(name, "one"))
		*value = STR("1");
	else
		return false;
	return value->len > 0;
}

static const struct {
	const char *in;
	const char *v;
	const char *out;
} good[] = {
	{ "", NULL, "" },
	{ "plain", NULL, "plain" },
	{ "a{{v}}b", "x", "axb" },
	{ "{{v}}{{v}}", "您好", "您好您好" },
	/* a value is text and nothing else */
	{ "{{v}}", "{{v}}", "{{v}}" },
	{ "{{v}}", "{{#if v}}\"|default:", "{{#if v}}\"|default:" },
	{ "{{v}}", "%s%n%p", "%s%n%p" },
	/* default */
	{ "{{v|default:\"x\"}}", NULL, "x" },
	{ "{{v|default:\"x\"}}", "", "x" },
	{ "{{v|default:\"x\"}}", "y", "y" },
	{ "{{v|default:\"\"}}", NULL, "" },
	{ "{{v|default:\"a\\\"b\\\\c}}|\"}}", NULL, "a\"b\\c}}|" },
	{ "{{v|date|default:\"soon\"}}", NULL, "soon" },
	{ "{{v|default:\"abcdef\"|truncate:2}}", NULL, "ab" },
	{ "{{v|truncate:2|default:\"abcdef\"}}", NULL, "abcdef" },
	{ "{{v|mask|default:\"x\"|truncate:3}}", "12345678", "***" },
	/* if */
	{ "{{#if v}}a{{/if}}b", "x", "ab" },
	{ "{{#if v}}a{{/if}}b", NULL, "b" },
	{ "{{#if v}}a{{/if}}b", "", "b" },
	{ "{{#if v}}a{{/if}}b", "0", "b" },
	{ "{{#if v}}a{{/if}}b", "False", "b" },
	{ "{{#if v}}a{{/if}}b", "no", "b" },
	{ "{{#if v}}a{{/if}}b", "00", "ab" },
	{ "{{#if v}}a{{else}}b{{/if}}c", "x", "ac" },
	{ "{{#if v}}a{{else}}b{{/if}}c", NULL, "bc" },
	{ "{{#if v}}{{/if}}c", "x", "c" },
	{ "{{#if v}}{{else}}{{/if}}", "x", "" },
	{ "{{#if one}}{{#if v}}a{{else}}b{{/if}}{{else}}{{gone}}{{/if}}", NULL,
	  "b" },
	{ "{{#if v}}{{gone}}{{/if}}ok", NULL, "ok" },
	{ "{{#if v}}{{v}}{{else}}none{{/if}}", "x", "x" },
	/* date */
	{ "{{v|date}}", "2026-11-22", "2026-11-22" },
	{ "{{v|date}}", " 2026-11-22 18:40 ", "2026-11-22" },
	{ "{{v|date:\"M月D日\"}}", "2026-01-02", "1月2日" },
	{ "{{v|date:\"MM/DD/YYYY HH:mm\"}}", "2026-01-02T03:04",
	  "01/02/2026 03:04" },
	{ "{{v|date:\"D MMM YYYY\"}}", "2026-05-09 00:00:00", "9 May 2026" },
	{ "{{v|date:\"\\\"D\\\"\"}}", "2026-05-09", "\"9\"" },
	{ "{{v|date}}", "2024-02-29", "2024-02-29" },
	{ "{{v|date:\"D HH:mm\"}}", "2026-11-22T18:40:00Z", "22 18:40" },
	{ "{{v|date:\"D HH:mm\"}}", "2026-11-22T23:40:00+08:00", "22 23:40" },
	/* mask */
	{ "{{v|mask}}", "13800138000", "*******8000" },
	{ "{{v|mask:2}}", "13800138000", "*********00" },
	{ "{{v|mask:0}}", "abc", "***" },
	{ "{{v|mask}}", "石先生", "**生" },
	{ "{{v|mask}}", "x", "*" },
	{ "{{v|mask:8}}", "12345678", "****5678" },
	/* amount */
	{ "{{v|amount}}", "0", "0.00" },
	{ "{{v|amount}}", "12", "12.00" },
	{ "{{v|amount}}", " 1234.5 ", "1,234.50" },
	{ "{{v|amount}}", "1234567.891", "1,234,567.89" },
	{ "{{v|amount}}", "0.005", "0.01" },
	{ "{{v|amount}}", "0.004", "0.00" },
	{ "{{v|amount}}", "-0.004", "0.00" },
	{ "{{v|amount}}", "-12.345", "-12.35" },
	{ "{{v|amount}}", "999.999", "1,000.00" },
	{ "{{v|amount}}", "0099.995", "100.00" },
	{ "{{v|amount:0}}", "1234.5", "1,235" },
	{ "{{v|amount:0}}", "9.5", "10" },
	{ "{{v|amount:0}}", "0.4", "0" },
	{ "{{v|amount:4}}", "1.5", "1.5000" },
	{ "{{v|amount}}", "999999999999999.999999",
	  "1,000,000,000,000,000.00" },
	/* truncate, by what people see as one character */
	{ "{{v|truncate:3}}", "abcdef", "abc" },
	{ "{{v|truncate:3}}", "ab", "ab" },
	{ "{{v|truncate:2}}", "您好吗", "您好" },
	{ "{{v|truncate:1}}", "👨‍👩‍👧‍👦x",
	  "👨‍👩‍👧‍👦" },
	{ "{{v|truncate:1}}", "e\xCC\x81x", "e\xCC\x81" },
};

static void values_are_put(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct given g = { good[i].v, NULL };
		struct template *t;
		struct err err = { "" };
		struct buf out;

		buf_init(&out, 8192);
		buf_z(&out, ">");
		assert_int_equal(template_compile(&t, str_of(good[i].in), &err),
				 0);
		int rc = template_render(t, lookup, &g, &out, &err);

		if (rc != 0 || strcmp(out.p + 1, good[i].out) != 0)
			fail_msg("row %zu: %d %s %s", i, rc, out.p, err.text);
		template_free(&t);
		buf_done(&out);
	}
	tzone_forget();
	assert_int_equal(mem_live_blocks(), 0);
}

#define DATE "variable \"v\": is not a date such as 2026-11-22 18:40"
#define NUMBER "variable \"v\": is not a number such as 1234.50"

static const struct {
	const char *in;
	const char *v;
	int rc;
	const char *says;
} bad[] = {
	{ "a{{v}}", NULL, -ENOENT, "variable \"v\" has no value" },
	{ "a{{v}}", "", -ENOENT, "variable \"v\" has no value" },
	{ "{{v|mask}}", NULL, -ENOENT, "variable \"v\" has no value" },
	{ "{{other.name}}", "x", -ENOENT,
	  "variable \"other.name\" has no value" },
	{ "{{#if one}}{{v}}{{/if}}", NULL, -ENOENT,
	  "variable \"v\" has no value" },
	{ "{{v}}", "a\nb", -EBADMSG,
	  "variable \"v\" holds the control character U+000A" },
	{ "{{v}}", "a\tb", -EBADMSG,
	  "variable \"v\" holds the control character U+0009" },
	{ "{{v}}", "\x1B[2J", -EBADMSG,
	  "variable \"v\" holds the control character U+001B" },
	{ "{{v}}", "\xC2\x85", -EBADMSG,
	  "variable \"v\" holds the control character U+0085" },
	{ "{{v}}",
	  "a\xE2\x80\xAE"
	  "b",
	  -EBADMSG, "variable \"v\" holds the control character U+202E" },
	{ "{{v}}", "\xE2\x80\xA8", -EBADMSG,
	  "variable \"v\" holds the control character U+2028" },
	{ "{{v|default:\"x\"}}", "\a", -EBADMSG,
	  "variable \"v\" holds the control character U+0007" },
	{ "{{v}}", "\xFF", -EBADMSG, "variable \"v\" is not UTF-8" },
	{ "{{v|date}}", "tomorrow", -EBADMSG, DATE },
	{ "{{v|date}}", "2026-13-01", -EBADMSG, DATE },
	{ "{{v|date}}", "2026-02-29", -EBADMSG, DATE },
	{ "{{v|date}}", "2026-11-31", -EBADMSG, DATE },
	{ "{{v|date}}", "2026-11-22 24:00", -EBADMSG, DATE },
	{ "{{v|date}}", "2026-11-22 18:4", -EBADMSG, DATE },
	{ "{{v|date}}", "2026/11/22", -EBADMSG, DATE },
	{ "{{v|date}}", "0000-01-01", -EBADMSG, DATE },
	{ "{{v|amount}}", "12a", -EBADMSG, NUMBER },
	{ "{{v|amount}}", "1,234", -EBADMSG, NUMBER },
	{ "{{v|amount}}", ".5", -EBADMSG, NUMBER },
	{ "{{v|amount}}", "5.", -EBADMSG, NUMBER },
	{ "{{v|amount}}", "-", -EBADMSG, NUMBER },
	{ "{{v|amount}}", "1.2.3", -EBADMSG, NUMBER },
	{ "{{v|amount}}", "1e9", -EBADMSG, NUMBER },
	{ "{{v|amount}}", "1234567890123456", -EBADMSG, NUMBER },
	{ "{{v|amount}}", "1.1234567", -EBADMSG, NUMBER },
	{ "{{v|date|amount}}", "2026-11-22", -EBADMSG, NUMBER },
};

static void bad_values_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct given g = { bad[i].v, NULL };
		struct template *t;
		struct err err = { "" };
		struct buf out;

		buf_init(&out, 8192);
		buf_z(&out, "before");
		assert_int_equal(template_compile(&t, str_of(bad[i].in), &err),
				 0);
		int rc = template_render(t, lookup, &g, &out, &err);

		if (rc != bad[i].rc || strcmp(err.text, bad[i].says) != 0)
			fail_msg("row %zu: %d %s", i, rc, err.text);
		assert_string_equal(out.p, "before");
		assert_int_equal(out.len, 6);
		template_free(&t);
		buf_done(&out);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

static const struct {
	const char *zone;
	const char *v;
	const char *out;
} zones[] = {
	{ "Asia/Shanghai", "2026-11-22T18:40:00Z", "2026-11-23 02:40" },
	{ "Asia/Shanghai", "2026-11-22T18:40:00.123+01:00",
	  "2026-11-23 01:40" },
	{ "America/New_York", "2026-07-01T02:00:00Z", "2026-06-30 22:00" },
	/* local already: nothing to turn */
	{ "Asia/Shanghai", "2026-11-22 18:40", "2026-11-22 18:40" },
	{ "Asia/Shanghai", "2026-11-22T18:40:00", "2026-11-22 18:40" },
	/* a zone nobody knows: as it is written */
	{ "Nowhere/Land", "2026-11-22T18:40:00Z", "2026-11-22 18:40" },
	{ NULL, "2026-11-22T18:40:00Z", "2026-11-22 18:40" },
};

static void dates_follow_the_person(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
		struct given g = { zones[i].v, zones[i].zone };
		struct template *t;
		struct err err = { "" };
		struct buf out;

		buf_init(&out, 8192);
		assert_int_equal(
			template_compile(&t,
					 STR("{{v|date:\"YYYY-MM-DD HH:mm\"}}"),
					 NULL),
			0);
		assert_int_equal(template_render(t, lookup, &g, &out, &err), 0);
		assert_string_equal(out.p, zones[i].out);
		template_free(&t);
		buf_done(&out);
	}
	tzone_forget();
	assert_int_equal(mem_live_blocks(), 0);
}

static void sizes_are_limited(void **state)
{
	static char v[TEMPLATE_VALUE_MAX + 2];
	struct given g = { v, NULL };
	struct template *t;
	struct err err;
	struct buf out, small;

	(void)state;
	buf_init(&out, 1 << 20);
	buf_init(&small, 100);
	memset(v, 'x', TEMPLATE_VALUE_MAX);
	assert_int_equal(template_compile(&t, STR("{{v}}{{v}}{{v}}{{v}}"),
					  NULL),
			 0);
	assert_int_equal(template_render(t, lookup, &g, &out, &err), 0);
	assert_int_equal(out.len, TEMPLATE_OUTPUT_MAX);
	/* a caller's smaller buffer: refused whole, and still usable */
	assert_int_equal(template_render(t, lookup, &g, &small, &err), -ENOSPC);
	assert_int_equal(small.len, 0);
	assert_false(small.full);
	v[TEMPLATE_VALUE_MAX] = 'x';
	buf_reset(&out);
	assert_int_equal(template_render(t, lookup, &g, &out, &err), -ENOSPC);
	assert_int_equal(out.len, 0);
	template_free(&t);
	v[TEMPLATE_VALUE_MAX] = '\0';
	assert_int_equal(template_compile(&t, STR("{{v}}{{v}}{{v}}{{v}}x"),
					  NULL),
			 0);
	assert_int_equal(template_render(t, lookup, &g, &out, &err), -ENOSPC);
	assert_string_equal(err.text, "the text is over 4096 bytes");
	template_free(&t);
	buf_done(&out);
	buf_done(&small);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_put),
		cmocka_unit_test(bad_values_are_named),
		cmocka_unit_test(dates_follow_the_person),
		cmocka_unit_test(sizes_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
