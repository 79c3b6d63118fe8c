/* Any bytes complain or do not, the same way each time and however they are
 * folded; what decided is a word of the table, and a phrase that says the
 * contrary decides nothing. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "care/complaint.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static struct complaints *words;

static bool find(struct str s, struct complaint *out)
{
	bool found = complaint_find(words, s, out);

	must(!found || (unsigned)out->kind < CASE_KINDS);
	must(!found || (out->topic != NULL && out->word.len > 0));
	must(!found || strlen(out->topic) <= CASE_WORD_MAX);
	return found;
}

static void same_again(struct str s)
{
	struct complaint a, b;
	bool found = find(s, &a);

	must(find(s, &b) == found);
	must(!found || (a.kind == b.kind && a.topic == b.topic &&
			str_eq(a.word, b.word)));
}

/* What it is folded to says the same: the detector folds what it is given. */
static void same_folded(struct str s)
{
	AUTO(buf_done) struct buf folded = { 0 };
	struct complaint a, b;

	buf_init(&folded, BUF_NO_LIMIT);
	/* longer ones are cut, and folding changes the length */
	if (s.len > 256 || text_fold(s, false, &folded) != 0)
		return;
	bool found = find(s, &a);

	must(find(buf_str(&folded), &b) == found);
	must(!found || (a.kind == b.kind && a.topic == b.topic));
}

/* A word of the table behind it is found, whatever stands before; unless it
 * then says the contrary. */
static void a_word_behind_it(struct str s)
{
	AUTO(buf_done) struct buf text = { 0 };
	struct complaint a;

	buf_init(&text, BUF_NO_LIMIT);
	if (s.len > 256 || !text_utf8_ok(s))
		return;
	buf_str_put(&text, s);
	buf_z(&text, " . \xe4\xb8\xbe\xe6\x8a\xa5"); /* "report" */
	must(find(buf_str(&text), &a) && a.kind == CASE_REPORT);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes((const char *)p, len);

	if (words == NULL)
		words = complaints_new();
	size_t before = mem_live_blocks();

	same_again(s);
	same_folded(s);
	a_word_behind_it(s);
	must(mem_live_blocks() == before);
	return 0;
}
