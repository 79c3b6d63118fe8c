/* Any text is a filter or is refused with a column; a filter's text and tree
 * read back to the same filter, and it answers for any person. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/segment.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static const char *consent(void *owner, struct str tenant, struct str address,
			   struct str purpose)
{
	(void)owner;
	(void)tenant;
	(void)address;
	return purpose.len % 2 == 0 ? "granted" : "unknown";
}

static void answers(const struct segment *s)
{
	const struct person who = {
		.contact = { .tenant = STR("t"),
			     .tier = STR("gold"),
			     .attrs = STR("{\"a\":\"\\u0041\",\"b\":7}") },
		.v = { { STR("sms"), STR("+447700900001") } },
		.n = 1,
		.lists = STR("vip\n"),
	};
	const struct segment_world knows = { 1, consent, NULL };
	const struct segment_world blind = { 1, NULL, NULL };
	enum segment_answer sure = segment_holds(s, &who, &knows);
	enum segment_answer seen = segment_holds(s, &who, &blind);

	must(sure != SEGMENT_UNSURE);
	must(seen == sure || seen == SEGMENT_UNSURE);
}

static void same_text(const struct segment *s, const struct buf *text)
{
	struct buf again;

	buf_init(&again, BUF_NO_LIMIT);
	segment_text(s, &again);
	must(str_eq(buf_str(text), buf_str(&again)));
	buf_done(&again);
}

static void comes_back(const struct segment *s)
{
	struct segment *again = NULL;
	struct buf text, json;
	struct err err = { "" };

	buf_init(&text, BUF_NO_LIMIT);
	buf_init(&json, BUF_NO_LIMIT);
	segment_text(s, &text);
	segment_json(s, &json);
	must(text_printable(buf_str(&text)));
	if (text.len <= SEGMENT_TEXT_MAX) {
		must(segment_compile(buf_str(&text), &again, &err) == 0);
		same_text(again, &text);
		segment_free(&again);
	}
	int rc = segment_from_text_json(buf_str(&json), &again, &err);
	must(rc == 0 || rc == -ENOSPC);
	if (rc == 0)
		same_text(again, &text);
	segment_free(&again);
	again = segment_dup(s);
	same_text(again, &text);
	segment_free(&again);
	buf_reset(&text);
	segment_sentence(s, true, &text);
	segment_sentence(s, false, &text);
	must(text_printable(buf_str(&text)));
	buf_done(&text);
	buf_done(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	size_t before = mem_live_blocks();
	struct segment *s = NULL;
	struct err err = { "" };
	int rc;

	if (len > 0 && p[0] == '{')
		rc = segment_from_text_json(str_bytes(p, len), &s, &err);
	else
		rc = segment_compile(str_bytes(p, len), &s, &err);
	must(rc == 0 || rc == -EBADMSG || rc == -ENOSPC);
	must((rc == 0) == (s != NULL) && (rc == 0) == (err.text[0] == '\0'));
	if (rc == 0) {
		answers(s);
		comes_back(s);
	}
	segment_free(&s);
	must(mem_live_blocks() == before);
	return 0;
}
