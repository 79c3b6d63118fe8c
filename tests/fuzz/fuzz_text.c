/* Any bytes through every conversion of text: back as they were, or refused. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static bool same(const struct buf *b, struct str s)
{
	return str_eq(buf_str(b), s);
}

static void unicode(struct str s, struct buf *a, struct buf *b)
{
	bool ok = text_utf8_ok(s);

	must(ok || !text_printable(s));
	must(text_count(s) <= s.len);
	text_to_utf16(s, a);
	text_from_utf16(buf_str(a), b);
	must(text_utf8_ok(buf_str(b)));
	must(!ok || same(b, s));
	buf_reset(a);
	buf_reset(b);
	text_from_latin1(s, a);
	must(text_to_latin1(buf_str(a), b) == 0 && same(b, s));
	buf_reset(a);
	buf_reset(b);
	text_from_utf16(s, a);
	must(text_utf8_ok(buf_str(a)));
}

static void gsm(struct str s, struct buf *a, struct buf *b)
{
	uint32_t bad = 0;
	int rc = text_to_gsm(s, a, &bad);

	must((rc == 0) == (bad == 0));
	if (rc == 0) {
		text_from_gsm(buf_str(a), b);
		must(same(b, s));
	}
	buf_reset(b);
	text_from_gsm(s, b);
	must(text_utf8_ok(buf_str(b)));
	for (unsigned shift = 0; shift < 7; shift++) {
		buf_reset(a);
		buf_reset(b);
		text_gsm_pack(s, shift, a);
		text_gsm_unpack(buf_str(a), s.len, shift, b);
		must(b->len == s.len);
		for (size_t i = 0; i < s.len; i++)
			must(b->p[i] == (s.p[i] & 0x7F));
	}
}

/* National tables both ways, and charsets of older networks one way. */
static void tables(struct str s, struct buf *a, struct buf *b)
{
	for (enum gsm_table t = GSM_DEFAULT; t <= GSM_PORTUGUESE; t++) {
		buf_reset(a);
		buf_reset(b);
		if (text_to_shift(s, t, a) == 0) {
			text_from_shift(buf_str(a), GSM_DEFAULT, t, b);
			must(same(b, s));
		}
		for (enum gsm_table l = GSM_DEFAULT; l <= GSM_PORTUGUESE; l++) {
			buf_reset(b);
			text_from_shift(s, l, t, b);
			must(text_utf8_ok(buf_str(b)));
		}
	}
	for (enum text_legacy c = TEXT_CYRILLIC; c <= TEXT_KOREAN; c++) {
		buf_reset(b);
		must(text_from_legacy(c, s, b) == 0);
		must(text_utf8_ok(buf_str(b)));
	}
}

static void fold(struct str s, struct buf *a, struct buf *b)
{
	int rc = text_fold(s, false, a);

	must((rc == 0) == text_utf8_ok(s));
	must(text_fold(s, true, b) == rc);
	must(text_utf8_ok(buf_str(a)) && text_utf8_ok(buf_str(b)));
	must(b->len <= a->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes(p, len);
	size_t before = mem_live_blocks();
	static void (*const tries[])(struct str, struct buf *,
				     struct buf *) = { unicode, gsm, tables,
						       fold };

	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		struct buf a, b;

		buf_init(&a, BUF_NO_LIMIT);
		buf_init(&b, BUF_NO_LIMIT);
		tries[i](s, &a, &b);
		buf_done(&a);
		buf_done(&b);
	}
	must(mem_live_blocks() == before);
	return 0;
}
