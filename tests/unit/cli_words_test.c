/* The command's words, options and tables. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/args.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "cli/words.h"
#include "proto/text.h"

/* ---- words ----------------------------------------------------------------------*/

/* The values a text holds, as bits. */
static unsigned values_in(const char *text)
{
	unsigned bits = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] == '{' && p[1] >= '1' && p[1] <= '9' && p[2] == '}')
			bits |= BIT(p[1] - '1');
	}
	return bits;
}

static void both_languages_say_the_same(void **state)
{
	(void)state;
	for (unsigned w = 0; w < WORDS; w++) {
		const char *en = word_in((enum word)w, false);
		const char *zh = word_in((enum word)w, true);
		assert_non_null(en);
		assert_non_null(zh);
		assert_int_not_equal(en[0], '\0');
		assert_true(text_utf8_ok(str_of(zh)));
		if (values_in(en) != values_in(zh))
			fail_msg("'%s' and '%s' hold other values", en, zh);
	}
}

static void language_follows_the_environment(void **state)
{
	static const struct {
		const char *all, *messages, *lang;
		bool zh;
	} rows[] = {
		{ NULL, NULL, "zh_CN.UTF-8", true },
		{ NULL, NULL, "en_GB.UTF-8", false },
		{ NULL, NULL, NULL, false },
		{ "C", NULL, "zh_CN.UTF-8", false },
		{ "", "zh_TW", "C", true },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
		const char *const values[] = { rows[i].all, rows[i].messages,
					       rows[i].lang };
		for (unsigned n = 0; n < 3; n++) {
			if (values[n] != NULL)
				setenv(names[n], values[n], 1);
			else
				unsetenv(names[n]);
		}
		words_set_zh(false);
		words_open();
		assert_int_equal(words_zh(), rows[i].zh);
	}
	words_set_zh(false);
}

static void fills_in_values(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	word_fill(&b, WORD_NO_OPTION, WORDS_LIST("send", "txt"));
	assert_string_equal(b.p, "'send' has no option --txt");
	buf_done(&b);
}

/* ---- options --------------------------------------------------------------------*/

static const struct option options[] = {
	{ "to", "ADDRESS", true },
	{ "text", "TEXT", false },
	{ "watch", NULL, false },
	{ NULL, NULL, false },
};

static const struct {
	const char *words[6];
	int rc;
	const char *to, *text, *watch, *json, *first;
	const char *why;
} lines[] = {
	{ { "--to", "1" }, 0, "1", NULL, NULL, NULL, NULL, "" },
	{ { "--to=1", "--watch", "x" }, 0, "1", NULL, "", NULL, "x", "" },
	{ { "--to", "1", "--json" }, 0, "1", NULL, NULL, "", NULL, "" },
	{ { "--to=a=b", "--text=" }, 0, "a=b", "", NULL, NULL, NULL, "" },
	{ { "--to", "1", "--", "--text" },
	  0,
	  "1",
	  NULL,
	  NULL,
	  NULL,
	  "--text",
	  "" },
	{ { "--to", "--text" }, 0, "--text", NULL, NULL, NULL, NULL, "" },
	{ { "--help" }, 0, NULL, NULL, NULL, NULL, NULL, "" },
	{ { "x" }, -EINVAL, NULL, NULL, NULL, NULL, NULL, "--to is needed" },
	{ { "--to" },
	  -EINVAL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  "--to needs a value" },
	{ { "--to", "1", "x", "y" },
	  -EINVAL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  "too many arguments: y" },
	{ { "--txt", "x" },
	  -EINVAL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  "did you mean 'text'?" },
	{ { "--no-such" },
	  -EINVAL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  NULL,
	  "'v' has no option --no-such" },
};

static void same(const char *got, const char *wanted)
{
	if (wanted == NULL)
		assert_null(got);
	else
		assert_string_equal(got, wanted);
}

static void reads_options(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(lines); i++) {
		char *argv[6];
		int argc = 0;
		struct args a, globals = { 0 };
		struct buf why;
		while (argc < 6 && lines[i].words[argc] != NULL) {
			argv[argc] = strdup(lines[i].words[argc]);
			argc++;
		}
		buf_init(&why, 4096);
		int rc = args_read("v", options, args_everywhere, "WHAT", 0, 1,
				   argc, argv, &a, &globals, &why);
		assert_int_equal(rc, lines[i].rc);
		assert_non_null(strstr(why.p, lines[i].why));
		if (rc == 0) {
			same(args_get(&a, "to"), lines[i].to);
			same(args_get(&a, "text"), lines[i].text);
			same(args_get(&a, "watch"), lines[i].watch);
			same(args_get(&globals, "json"), lines[i].json);
			same(a.n > 0 ? a.v[0] : NULL, lines[i].first);
		}
		for (int n = 0; n < argc; n++)
			free(argv[n]);
		buf_done(&why);
	}
}

static void every_verb_is_whole(void **state)
{
	(void)state;
	for (unsigned i = 0; i < verbs_len; i++) {
		const struct verb *v = &verbs[i];
		unsigned n = 0;
		assert_non_null(v->run);
		assert_true(v->min <= v->max && v->max <= ARGS_MAX);
		assert_int_equal(v->max > 0, v->arguments[0] != '\0');
		while (v->options[n].name != NULL)
			n++;
		assert_true(n < ARGS_OPTIONS_MAX);
		for (unsigned j = 0; j < i; j++)
			assert_false(str_eq(str_of(v->noun),
					    str_of(verbs[j].noun)) &&
				     strcmp(v->name, verbs[j].name) == 0);
	}
}

/* ---- tables ------------------------------------------------------------------*/

static void aligns_wide_letters(void **state)
{
	static const enum word columns[] = { WORD_NAME, WORD_LINK, WORD_WHY };
	struct table *t = table_new(columns, 3);
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	table_print(t, &b);
	assert_string_equal(b.p, "");
	table_z(t, "石先生");
	table_z(t, "");
	table_z(t, "x\ny");
	table_z(t, "Lin");
	table_z(t, "");
	table_z(t, "");
	assert_int_equal(table_rows(t), 2);
	table_print(t, &b);
	assert_string_equal(b.p, "name    why\n"
				 "石先生  x y\n"
				 "Lin     \n");
	assert_int_equal(table_width(STR("石a")), 3);
	table_free(&t);
	buf_done(&b);
}

static void escapes_paths(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 256);
	buf_z(&b, "/v1/x/");
	path_part(&b, "+44 7/é");
	path_query(&b, "a", "1&2");
	path_query(&b, "b", NULL);
	path_query(&b, "c", "石");
	assert_string_equal(b.p, "/v1/x/%2B44%207%2F%C3%A9?a=1%262"
				 "&c=%E7%9F%B3");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_languages_say_the_same),
		cmocka_unit_test(language_follows_the_environment),
		cmocka_unit_test(fills_in_values),
		cmocka_unit_test(reads_options),
		cmocka_unit_test(every_verb_is_whole),
		cmocka_unit_test(aligns_wide_letters),
		cmocka_unit_test(escapes_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
