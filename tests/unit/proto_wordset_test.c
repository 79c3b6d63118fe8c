/* Words found however they are written, and not inside others. */
#include "proto/wordset.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"

static void finds_words(void **state)
{
	static const char *const words[] = { "赌博", "代开发票", "casino",
					     "free money", "六合彩2" };
	static const struct {
		const char *text, *found;
	} cases[] = {
		{ "本店无此内容", NULL },
		{ "网上赌博", "赌博" },
		{ "网上赌 博", "赌博" },
		{ "网上赌-博", "赌博" },
		{ "Visit our CASINO now", "casino" },
		{ "Visit our Ｃａｓｉｎｏ", "casino" },
		{ "casinos", NULL },
		{ "mycasino", NULL },
		{ "free money!", "free money" },
		{ "free moneys", NULL },
		{ "买六合彩2吧", "六合彩2" },
		{ "买六合彩23", NULL },
		{ "", NULL },
		{ "\xFF赌博", NULL },
	};
	struct wordset *w = wordset_new();
	struct str word;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		assert_int_equal(wordset_add(w, str_of(words[i]), NULL), 0);
	assert_int_equal(wordset_len(w), ARRAY_LEN(words));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool found = wordset_find(w, str_of(cases[i].text), &word);

		if (found != (cases[i].found != NULL) ||
		    (found && !str_eqz(word, cases[i].found)))
			fail_msg("%s", cases[i].text);
	}
	wordset_free(&w);
}

/* Past what is folded at a time, and on the seam. */
static void finds_far_behind(void **state)
{
	struct wordset *w = wordset_new();
	struct buf text;
	struct str word;

	(void)state;
	assert_int_equal(wordset_add(w, STR("赌博"), NULL), 0);
	for (unsigned before = 336; before < 345; before++) {
		buf_init(&text, BUF_NO_LIMIT);
		for (unsigned i = 0; i < before; i++)
			buf_z(&text, "字");
		assert_false(wordset_find(w, buf_str(&text), &word));
		buf_z(&text, "赌博");
		assert_true(wordset_find(w, buf_str(&text), &word));
		buf_done(&text);
	}
	wordset_free(&w);
}

static void refuses_what_is_no_word(void **state)
{
	struct wordset *w = wordset_new();
	struct err err = { "" };

	(void)state;
	assert_int_equal(wordset_add(w, STR(""), &err), -EINVAL);
	assert_int_equal(wordset_add(w, STR("  "), &err), -EINVAL);
	assert_int_equal(wordset_add(w, STR("x"), &err), -EINVAL);
	assert_int_equal(wordset_add(w, STR("\xFF\xFE"), &err), -EINVAL);
	assert_int_equal(wordset_add(w, str_bytes("free\0money", 10), &err),
			 -EINVAL);
	assert_int_equal(wordset_len(w), 0);
	wordset_free(&w);
	wordset_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_words),
		cmocka_unit_test(finds_far_behind),
		cmocka_unit_test(refuses_what_is_no_word),
	};

	return cmocka_run_group_tests_name("proto_wordset", tests, NULL, NULL);
}
