/* Templates that compile, and what is said of those that do not. */
#include "templates/parse.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

/* vars: the names in order, ! after those that need a value */
static const struct {
	const char *in;
	const char *vars;
} good[] = {
	{ "", "" },
	{ "plain { text } with } { braces", "" },
	{ "{{a}}", "a!" },
	{ "{{ a }}{{b}}{{a}}", "a! b!" },
	{ "{{a|default:\"x\"}}", "a" },
	{ "{{a|default:\"x\"}}{{a}}", "a!" },
	{ "{{a}}{{a|default:\"x\"}}", "a!" },
	{ "{{ a | default : \"x|y}}\\\"\\\\\" | truncate : 3 }}", "a" },
	{ "{{a|date|mask|amount|truncate:1}}", "a!" },
	{ "{{a|date:\"M月D日\"}}", "a!" },
	{ "{{a|mask:0}}{{b|amount:4}}{{c|truncate:1000}}", "a! b! c!" },
	{ "{{#if a}}x{{/if}}", "a" },
	{ "{{#if a}}{{a}}{{else}}{{b}}{{/if}}", "a! b!" },
	{ "{{#if  a }}{{#if b}}{{else}}{{/if}}{{/if}}", "a b" },
	{ "{{_a.b_9}}", "_a.b_9!" },
	{ "line\nline", "" },
	{ "{{#if a}}1{{#if a}}2{{#if a}}3{{#if a}}4{{#if a}}5{{#if a}}6"
	  "{{#if a}}7{{#if a}}8{{/if}}{{/if}}{{/if}}{{/if}}{{/if}}{{/if}}"
	  "{{/if}}{{/if}}",
	  "a" },
};

static void good_ones_compile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct template *t = NULL;
		struct err err = { "" };
		struct buf vars;

		if (template_compile(&t, str_of(good[i].in), &err) != 0)
			fail_msg("row %zu: %s", i, err.text);
		assert_true(str_eqz(template_source(t), good[i].in));
		buf_init(&vars, 1024);
		for (unsigned k = 0; k < template_vars(t); k++) {
			bool required;
			struct str name = template_var(t, k, &required);

			buf_f(&vars, "%s%.*s%s", k ? " " : "", STR_ARGS(name),
			      required ? "!" : "");
		}
		assert_string_equal(vars.p, good[i].vars);
		buf_done(&vars);
		template_free(&t);
		assert_null(t);
		template_free(&t);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

#define NAME ": a name is letters, digits, _ and ., at most 64"
#define KNOWN ": only {{#if name}}, {{else}} and {{/if}} are known"

static const struct {
	const char *in;
	int rc;
	const char *says;
} bad[] = {
	{ "您好{{", -EBADMSG, "character 3: \"{{\" is never closed" },
	{ "{{a", -EBADMSG, "character 1: \"{{\" is never closed" },
	{ "{{a}", -EBADMSG, "character 1: \"{{\" is never closed" },
	{ "{{a|default:\"}}", -EBADMSG, "character 1: \"{{\" is never closed" },
	{ "a}}", -EBADMSG, "character 2: \"}}\" without \"{{\"" },
	{ "{{}}", -EBADMSG, "character 1" NAME },
	{ "{{1a}}", -EBADMSG, "character 1" NAME },
	{ "{{a b}}", -EBADMSG, "character 1" NAME },
	{ "{{姓名}}", -EBADMSG, "character 1" NAME },
	{ "{{{a}}}", -EBADMSG, "character 1" NAME },
	{ "{{@zone}}", -EBADMSG, "character 1" NAME },
	{ "x{{#each a}}", -EBADMSG, "character 2" KNOWN },
	{ "{{#if}}", -EBADMSG, "character 1" KNOWN },
	{ "{{#if a b}}{{/if}}", -EBADMSG, "character 1" NAME },
	{ "{{/each}}", -EBADMSG, "character 1" KNOWN },
	{ "{{/if}}", -EBADMSG, "character 1: {{/if}} without its {{#if}}" },
	{ "{{else}}", -EBADMSG, "character 1: {{else}} without its {{#if}}" },
	{ "{{#if a}}{{else}}{{else}}{{/if}}", -EBADMSG,
	  "character 18: {{else}} without its {{#if}}" },
	{ "{{#if a}}x", -EBADMSG, "{{#if}} without its {{/if}} at the end" },
	{ "{{a|upper}}", -EBADMSG,
	  "character 1: filter \"upper\" is not default, date, mask, amount or "
	  "truncate" },
	{ "{{a|}}", -EBADMSG,
	  "character 1: filter \"\" is not default, date, mask, amount or "
	  "truncate" },
	{ "{{a|default}}", -EBADMSG,
	  "character 1: default takes a text in quotes" },
	{ "{{a|default:x}}", -EBADMSG,
	  "character 1: a text in quotes must follow the colon" },
	{ "{{a|default:\"x\"y}}", -EBADMSG,
	  "character 1: a text in quotes must follow the colon" },
	{ "{{a|default:\"\\n\"}}", -EBADMSG,
	  "character 1: only \\\" and \\\\ may follow a \\" },
	{ "{{a|truncate}}", -EBADMSG,
	  "character 1: truncate takes a number from 1 to 1000" },
	{ "{{a|truncate:0}}", -EBADMSG,
	  "character 1: truncate takes a number from 1 to 1000" },
	{ "{{a|truncate:99999999999999999999}}", -EBADMSG,
	  "character 1: truncate takes a number from 1 to 1000" },
	{ "{{a|mask:9}}", -EBADMSG,
	  "character 1: mask takes a number from 0 to 8" },
	{ "{{a|amount:-1}}", -EBADMSG,
	  "character 1: amount takes a number from 0 to 4" },
	{ "{{a|mask|mask|mask|mask|mask}}", -ENOSPC,
	  "character 1: more than 4 filters" },
	{ "a\ab", -EBADMSG, "not UTF-8, or with control characters" },
	{ "a\xFF", -EBADMSG, "not UTF-8, or with control characters" },
};

static void bad_ones_say_where(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct template *t = NULL;
		struct err err = { "" };
		int rc = template_compile(&t, str_of(bad[i].in), &err);

		if (rc != bad[i].rc || strcmp(err.text, bad[i].says) != 0)
			fail_msg("row %zu: %d %s", i, rc, err.text);
		assert_null(t);
		assert_int_equal(template_compile(&t, str_of(bad[i].in), NULL),
				 rc);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

/* Compiles `n` times `unit`, where ~ is the turn, then `tail`. */
static int compile_many(const char *unit, unsigned n, const char *tail)
{
	struct template *t = NULL;
	struct buf b;

	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < n; i++)
		for (const char *u = unit; *u != '\0'; u++) {
			if (*u == '~')
				buf_f(&b, "%u", i);
			else
				buf_c(&b, *u);
		}
	buf_z(&b, tail);
	int rc = template_compile(&t, buf_str(&b), NULL);

	template_free(&t);
	buf_done(&b);
	return rc;
}

static void limits_are_kept(void **state)
{
	(void)state;
	assert_int_equal(compile_many("c", 0, ""), 0);
	assert_int_equal(compile_many("{{v~}}", 64, ""), 0);
	assert_int_equal(compile_many("{{v~}}", 65, ""), -ENOSPC);
	assert_int_equal(compile_many("{{v}}", 256, ""), 0);
	assert_int_equal(compile_many("{{v}}", 257, ""), -ENOSPC);
	assert_int_equal(compile_many("{{v}}", 256, "x"), -ENOSPC);
	assert_int_equal(compile_many("{{#if v}}{{/if}}", 257, ""), -ENOSPC);
	assert_int_equal(compile_many("{{#if v}}", 9, ""), -ENOSPC);
	assert_int_equal(compile_many("12345678", 1024, ""), 0);
	assert_int_equal(compile_many("12345678", 1024, "9"), -ENOSPC);
	assert_int_equal(compile_many("a", 0,
				      "{{a234567890123456789012345678901234567"
				      "890123456789012345678901234}}"),
			 0);
	assert_int_equal(compile_many("a", 0,
				      "{{a234567890123456789012345678901234567"
				      "8901234567890123456789012345}}"),
			 -EBADMSG);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones_compile),
		cmocka_unit_test(bad_ones_say_where),
		cmocka_unit_test(limits_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
