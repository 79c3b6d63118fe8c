/* Any bytes are judged on any scale, with one line of trace, the same way
 * each time; a comment is a part of the reply. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/answer.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

#define OPTION(token, score, labels)                                          \
	{                                                                     \
		{ token, sizeof(token) - 1 }, { labels, sizeof(labels) - 1 }, \
			score                                                 \
	}

static const struct answer_option five[] = {
	OPTION("1", 1, "非常不满意|Very dissatisfied|😡"),
	OPTION("2", 2, "不满意"),
	OPTION("3", 3, "一般|Neutral"),
	OPTION("4", 4, "满意"),
	OPTION("5", 5, "非常满意|Very satisfied|👍"),
};
static const struct answer_option three[] = {
	OPTION("1", 3, "满意"),
	OPTION("2", 2, "一般"),
	OPTION("3", 1, "不满意"),
};
static const struct answer_option letters[] = {
	OPTION("A", 0, "便宜"),
	OPTION("B", 0, "质量"),
};
static const struct answer_option sides[] = {
	OPTION("1", 1, "是|Yes"),
	OPTION("2", 0, "否|No"),
};

static const struct answer_scale scales[] = {
	{ ANSWER_CSAT, five, ARRAY_LEN(five) },
	{ ANSWER_CSAT, three, ARRAY_LEN(three) },
	{ ANSWER_NPS, five, ARRAY_LEN(five) },
	{ ANSWER_CES, three, ARRAY_LEN(three) },
	{ ANSWER_CHOICE, letters, ARRAY_LEN(letters) },
	{ ANSWER_YES_NO, sides, ARRAY_LEN(sides) },
	{ ANSWER_TEXT, NULL, 0 },
};

static void judge(struct str s, const struct answer_scale *scale)
{
	struct answer a, again;
	struct buf trace;

	buf_init(&trace, 4096);
	answer_parse(s, scale, &a, &trace);
	must((unsigned)a.verdict < ANSWER_VERDICTS && a.rule != NULL);
	must(trace.len > 0 && !trace.full);
	must(memchr(trace.p, '\n', trace.len) == NULL);
	must(a.verdict != ANSWER_CERTAIN || scale->n == 0 ||
	     a.option < scale->n);
	must(a.comment.len == 0 ||
	     (a.comment.p >= s.p &&
	      a.comment.p + a.comment.len <= s.p + s.len));
	must(a.verdict == ANSWER_NONE || text_utf8_ok(s));
	answer_parse(s, scale, &again, NULL);
	must(again.verdict == a.verdict && again.option == a.option);
	buf_done(&trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	size_t before = mem_live_blocks();

	for (size_t i = 0; i < ARRAY_LEN(scales); i++)
		judge(str_bytes(p, len), &scales[i]);
	must(mem_live_blocks() == before);
	return 0;
}
