/* The table of words that answer a reminder, and whole replies. */
#include "campaigns/reminder_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/must.h"

#define YES "confirm"
#define CONFIRM "confirm"
#define CHANGE "change"
#define CANCEL "cancel"
#define SMALL NULL

/* Each stands there in the form in which replies are compared. */
static void every_word_means_itself(void **state)
{
	static const struct {
		const char *text, *name;
	} words[] = {
#define WORD(text, meaning) { text, meaning },
#include "campaigns/reminder_words.def"
#undef WORD
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct reminder_said said;

		reminder_words(str_of(words[i].text), &said);
		if (!said.about ||
		    (words[i].name == NULL
			     ? said.name != NULL
			     : said.name == NULL ||
				       strcmp(said.name, words[i].name) != 0))
			fail_msg("\"%s\" is \"%s\"", words[i].text,
				 said.name == NULL ? "" : said.name);
		for (size_t k = 0; k < i; k++)
			if (strcmp(words[i].text, words[k].text) == 0)
				fail_msg("\"%s\" stands there twice",
					 words[i].text);
	}
}

static void whole_replies(void **state)
{
	static const struct {
		const char *said, *name;
		bool about;
	} rows[] = {
		{ "好的,改期", CHANGE, true },
		{ "OK 👍 I'll be there!", CONFIRM, true },
		{ "Ｃａｎｃｅｌ", CANCEL, true },
		{ "Can’t make it, sorry", CANCEL, true },
		{ "我會去的", CONFIRM, true },
		{ "謝謝", NULL, true },
		{ "不确认", NULL, true },
		{ "取消,改期", NULL, true },
		{ "取消?", NULL, true },
		{ "能来吗", NULL, true },
		{ "cancellation", NULL, false },
		{ "confirmeds", NULL, false },
		{ "好烦", NULL, false },
		{ "你们几点开门", NULL, false },
		{ "", NULL, false },
		{ "\xff\xfe", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reminder_said said;

		reminder_words(str_of(rows[i].said), &said);
		if (said.about != rows[i].about ||
		    (said.name == NULL) != (rows[i].name == NULL) ||
		    (said.name != NULL && strcmp(said.name, rows[i].name) != 0))
			fail_msg("\"%s\" is \"%s\", %d", rows[i].said,
				 said.name == NULL ? "" : said.name,
				 said.about);
	}
}

static void words_that_are_shown(void **state)
{
	(void)state;
	assert_string_equal(reminder_word_for(STR("cancel"), true), "取消");
	assert_string_equal(reminder_word_for(STR("change"), false), "change");
	assert_null(reminder_word_for(STR("later"), true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_means_itself),
		cmocka_unit_test(whole_replies),
		cmocka_unit_test(words_that_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
