/* Replies to survey questions, against the table in tests/replies. */
#include "proto/answer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"

#define OPTION(token, score, labels)                                          \
	{                                                                     \
		{ token, sizeof(token) - 1 }, { labels, sizeof(labels) - 1 }, \
			score                                                 \
	}

static const struct answer_option csat5[] = {
	OPTION("1", 1, "非常不满意|Very dissatisfied"),
	OPTION("2", 2, "不满意|Dissatisfied"),
	OPTION("3", 3, "一般|Neutral"),
	OPTION("4", 4, "满意|Satisfied"),
	OPTION("5", 5, "非常满意|Very satisfied"),
};
static const struct answer_option csat5r[] = {
	OPTION("1", 5, "非常满意|Very satisfied"),
	OPTION("2", 4, "满意|Satisfied"),
	OPTION("3", 3, "一般|Neutral"),
	OPTION("4", 2, "不满意|Dissatisfied"),
	OPTION("5", 1, "非常不满意|Very dissatisfied"),
};
static const struct answer_option csat3r[] = {
	OPTION("1", 3, "满意|Satisfied"),
	OPTION("2", 2, "一般|Neutral"),
	OPTION("3", 1, "不满意|Dissatisfied"),
};
static const struct answer_option emoji5[] = {
	OPTION("1", 1, "非常不满意|😡|🤬|👎"),
	OPTION("2", 2, "不满意"),
	OPTION("3", 3, "一般|😐"),
	OPTION("4", 4, "满意|😊"),
	OPTION("5", 5, "非常满意|😍|👍"),
};
static const struct answer_option nps[] = {
	OPTION("0", 0, ""), OPTION("1", 1, ""),   OPTION("2", 2, ""),
	OPTION("3", 3, ""), OPTION("4", 4, ""),   OPTION("5", 5, ""),
	OPTION("6", 6, ""), OPTION("7", 7, ""),   OPTION("8", 8, ""),
	OPTION("9", 9, ""), OPTION("10", 10, ""),
};
static const struct answer_option ces7[] = {
	OPTION("1", 1, "非常困难|Very difficult"),
	OPTION("2", 2, ""),
	OPTION("3", 3, ""),
	OPTION("4", 4, ""),
	OPTION("5", 5, ""),
	OPTION("6", 6, ""),
	OPTION("7", 7, "非常容易|Very easy"),
};
static const struct answer_option ces5[] = {
	OPTION("1", 1, "非常困难|Very difficult"),
	OPTION("2", 2, "困难|Difficult"),
	OPTION("3", 3, "一般|Neutral"),
	OPTION("4", 4, "容易|Easy"),
	OPTION("5", 5, "非常容易|Very easy"),
};
static const struct answer_option yesno[] = {
	OPTION("1", 1, "是|Yes|已解决|解决了"),
	OPTION("2", 0, "否|No|未解决|没解决"),
};
static const struct answer_option choice4[] = {
	OPTION("1", 0, "资费|Price"),
	OPTION("2", 0, "提醒|Reminders"),
	OPTION("3", 0, "热线|Hotline"),
	OPTION("4", 0, "其他|Other"),
};
static const struct answer_option abc[] = {
	OPTION("A", 0, "便宜|Cheap"),
	OPTION("B", 0, "质量|Quality"),
	OPTION("C", 0, "服务|Service"),
};

#define SCALE(name, kind)                           \
	{                                           \
#name,                              \
		{                                   \
			kind, name, ARRAY_LEN(name) \
		}                                   \
	}
static const struct {
	const char *name;
	struct answer_scale scale;
} scales[] = {
	SCALE(csat5, ANSWER_CSAT),
	SCALE(csat5r, ANSWER_CSAT),
	SCALE(csat3r, ANSWER_CSAT),
	SCALE(emoji5, ANSWER_CSAT),
	SCALE(nps, ANSWER_NPS),
	SCALE(ces7, ANSWER_CES),
	SCALE(ces5, ANSWER_CES),
	SCALE(yesno, ANSWER_YES_NO),
	SCALE(choice4, ANSWER_CHOICE),
	SCALE(abc, ANSWER_CHOICE),
	{ "text", { ANSWER_TEXT, NULL, 0 } },
};

/* What the rows came to. */
struct sums {
	unsigned rows, certain, right, wrong, asked, ambiguous, other, comments;
	unsigned failed;
};

static const struct answer_scale *scale_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(scales); i++)
		if (strcmp(scales[i].name, name) == 0)
			return &scales[i].scale;
	fail_msg("no scale %s", name);
	return NULL;
}

/* "\n" in a row is a new line. */
static void unescape(char *z)
{
	char *to = z;

	for (; *z != '\0'; z++) {
		if (z[0] == '\\' && z[1] == 'n') {
			*to++ = '\n';
			z++;
		} else {
			*to++ = *z;
		}
	}
	*to = '\0';
}

/* The word of the table for what came out. */
static void put_verdict(const struct answer_scale *s, const struct answer *a,
			char *out, size_t size)
{
	static const char *const words[] = {
		[ANSWER_AMBIGUOUS] = "ambiguous",
		[ANSWER_NONE] = "none",
		[ANSWER_OPT_OUT] = "optout",
	};
	struct str w = a->verdict != ANSWER_CERTAIN ? str_of(words[a->verdict])
		       : s->kind == ANSWER_TEXT     ? STR("text")
						: s->options[a->option].token;

	assert_int_equal(str_copy(out, size, w), 0);
}

static void check(const struct answer_scale *s, char *reply, const char *want,
		  const char *comment, struct sums *sum)
{
	struct answer a;
	struct buf trace;
	char got[16];
	bool sure = strcmp(want, "ambiguous") != 0 &&
		    strcmp(want, "none") != 0 && strcmp(want, "optout") != 0;

	buf_init(&trace, 4096);
	unescape(reply);
	answer_parse(str_of(reply), s, &a, &trace);
	put_verdict(s, &a, got, sizeof(got));
	sum->rows++;
	sum->certain += sure;
	sum->right += sure && strcmp(got, want) == 0;
	sum->wrong += a.verdict == ANSWER_CERTAIN && strcmp(got, want) != 0;
	sum->ambiguous += strcmp(want, "ambiguous") == 0;
	sum->asked += strcmp(want, "ambiguous") == 0 && strcmp(got, want) == 0;
	sum->other += !sure && strcmp(want, "ambiguous") != 0;
	bool ok = strcmp(got, want) == 0;

	if (comment != NULL) {
		sum->comments++;
		ok = ok && str_eqz(a.comment, comment);
	}
	if (!ok) {
		sum->failed++;
		printf("want %s%s%s: %s [%.*s]\n", want,
		       comment == NULL ? "" : " + ",
		       comment == NULL ? "" : comment, trace.p,
		       STR_ARGS(a.comment));
	}
	buf_done(&trace);
}

static void table(void **state)
{
	const struct answer_scale *s = NULL;
	struct sums sum = { 0 };
	FILE *f = fopen("tests/replies/answers.tsv", "r");
	char line[1024];

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' && strchr(line, '\t') == NULL)
			continue;
		if (line[0] == '@') {
			s = scale_of(line + 1);
			continue;
		}
		char *want = strchr(line, '\t');

		assert_non_null(want);
		*want++ = '\0';
		char *comment = strchr(want, '\t');

		if (comment != NULL)
			*comment++ = '\0';
		assert_non_null(s);
		check(s, line, want, comment, &sum);
	}
	IGNORE(fclose(f));
	printf("replies %u: certain %u, of them right %u; wrong certain "
	       "answers %u; ambiguous %u, of them asked again %u; "
	       "about other things or refusals %u; comments %u\n",
	       sum.rows, sum.certain, sum.right, sum.wrong, sum.ambiguous,
	       sum.asked, sum.other, sum.comments);
	assert_true(sum.rows >= 600);
	assert_int_equal(sum.right, sum.certain);
	assert_int_equal(sum.wrong, 0);
	assert_int_equal(sum.failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
