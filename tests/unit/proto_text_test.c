/* UTF-8, UTF-16, Latin-1, the GSM alphabet and folding. */
#include "proto/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"

static const struct {
	const char *in;
	bool ok;
	bool printable;
	size_t count;
} utf8[] = {
	{ "", true, true, 0 },
	{ "plain ASCII of more than eight bytes", true, true, 36 },
	{ "tab\tlf\ncr\r", true, true, 10 },
	{ "bell\a", true, false, 5 },
	{ "del\x7F", true, false, 4 },
	{ "\xC2\x80", true, false, 1 },
	{ "\xC2\x9F", true, false, 1 },
	{ "\xC2\xA0", true, true, 1 },
	{ "您好", true, true, 2 },
	{ "12345678é9", true, true, 10 },
	{ "😀", true, true, 1 },
	{ "\xEF\xBF\xBD", true, true, 1 },
	{ "\xEF\xBF\xBF", true, true, 1 },
	{ "\xF4\x8F\xBF\xBF", true, true, 1 },
	{ "\xF4\x90\x80\x80", false, false, 4 }, /* above U+10FFFF */
	{ "\xC0\x80", false, false, 2 },         /* overlong */
	{ "\xC1\xBF", false, false, 2 },
	{ "\xE0\x9F\xBF", false, false, 3 },
	{ "\xF0\x8F\xBF\xBF", false, false, 4 },
	{ "\xED\xA0\x80", false, false, 3 }, /* a surrogate */
	{ "\xED\x9F\xBF", true, true, 1 },
	{ "\xEE\x80\x80", true, true, 1 },
	{ "\x80", false, false, 1 },
	{ "a\xFF", false, false, 2 },
	{ "\xE6\x82", false, false, 2 }, /* cut */
	{ "\xE6\x82X", false, false, 3 },
	{ "12345678\xF0\x9F\x98", false, false, 11 },
};

static void utf8_is_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(utf8); i++) {
		struct str s = str_of(utf8[i].in);

		if (text_utf8_ok(s) != utf8[i].ok ||
		    text_printable(s) != utf8[i].printable ||
		    text_count(s) != utf8[i].count)
			fail_msg("row %zu: %zu", i, text_count(s));
	}
	assert_true(text_utf8_ok(str_bytes("a\0b", 3)));
	assert_false(text_printable(str_bytes("a\0b", 3)));
}

static void code_points_come_back(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	for (uint32_t cp = 0; cp <= 0x110000; cp++) {
		size_t at = 0;
		bool scalar = cp <= 0x10FFFF && !(cp >= 0xD800 && cp < 0xE000);

		buf_reset(&b);
		text_put(cp, &b);
		assert_true(text_utf8_ok(buf_str(&b)));
		uint32_t got = text_next(buf_str(&b), &at);

		assert_int_equal(at, b.len);
		assert_int_equal(got, scalar ? cp : 0xFFFD);
	}
	buf_done(&b);
}

static const struct {
	const char *utf8;
	const char *be; /* hex */
} utf16[] = {
	{ "", "" },
	{ "A", "0041" },
	{ "您", "60A8" },
	{ "€", "20AC" },
	{ "😀", "D83DDE00" },
	{ "a😀b", "0061D83DDE000062" },
	{ "\xF4\x8F\xBF\xBF", "DBFFDFFF" },
};

static void unhex(const char *hex, struct buf *out)
{
	for (; hex[0] != '\0'; hex += 2) {
		char z[3] = { hex[0], hex[1], '\0' };

		buf_u8(out, (uint8_t)strtoul(z, NULL, 16));
	}
}

static void assert_bytes(const struct buf *got, const struct buf *want)
{
	assert_int_equal(got->len, want->len);
	assert_memory_equal(got->p, want->p, got->len);
}

static void utf16_both_ways(void **state)
{
	struct buf want, got, back;

	(void)state;
	buf_init(&want, 256);
	buf_init(&got, 256);
	buf_init(&back, 256);
	for (size_t i = 0; i < ARRAY_LEN(utf16); i++) {
		buf_reset(&want);
		buf_reset(&got);
		buf_reset(&back);
		unhex(utf16[i].be, &want);
		text_to_utf16(str_of(utf16[i].utf8), &got);
		assert_bytes(&got, &want);
		text_from_utf16(buf_str(&got), &back);
		assert_string_equal(back.p, utf16[i].utf8);
	}
	buf_done(&want);
	buf_done(&got);
	buf_done(&back);
}

static const struct {
	const char *be; /* hex */
	const char *utf8;
} broken16[] = {
	{ "D83D", "\xEF\xBF\xBD" },
	{ "DE00", "\xEF\xBF\xBD" },
	{ "D83D0041", "\xEF\xBF\xBD"
		      "A" },
	{ "DE00D83D", "\xEF\xBF\xBD\xEF\xBF\xBD" },
	{ "D83DD83DDE00", "\xEF\xBF\xBD😀" },
	{ "004100", "A" },
	{ "00", "" },
	{ "D83DDE", "\xEF\xBF\xBD" },
};

static void broken_utf16_is_replaced(void **state)
{
	struct buf be, got;

	(void)state;
	buf_init(&be, 256);
	buf_init(&got, 256);
	for (size_t i = 0; i < ARRAY_LEN(broken16); i++) {
		buf_reset(&be);
		buf_reset(&got);
		unhex(broken16[i].be, &be);
		text_from_utf16(buf_str(&be), &got);
		assert_string_equal(got.p, broken16[i].utf8);
	}
	buf_done(&be);
	buf_done(&got);
}

static void latin1_both_ways(void **state)
{
	struct buf in, utf, back;

	(void)state;
	buf_init(&in, 1024);
	buf_init(&utf, 1024);
	buf_init(&back, 1024);
	for (unsigned c = 0; c < 256; c++)
		buf_u8(&in, (uint8_t)c);
	text_from_latin1(buf_str(&in), &utf);
	assert_int_equal(text_to_latin1(buf_str(&utf), &back), 0);
	assert_bytes(&back, &in);
	buf_reset(&back);
	assert_int_equal(text_to_latin1(STR("a€"), &back), -EBADMSG);
	assert_int_equal(text_to_latin1(STR("a\xFF"), &back), -EBADMSG);
	assert_int_equal(back.len, 0);
	buf_done(&in);
	buf_done(&utf);
	buf_done(&back);
}

static const struct {
	const char *utf8;
	const char *septets; /* hex */
} gsm[] = {
	{ "", "" },
	{ "@", "00" },
	{ "@£$¥èéùìòÇ\nØø\rÅå", "000102030405060708090A0B0C0D0E0F" },
	{ "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ", "101112131415161718191A1C1D1E1F" },
	{ " !\"#¤%&'()*+,-./", "202122232425262728292A2B2C2D2E2F" },
	{ "¡ÄÖÑÜ§¿äöñüà", "405B5C5D5E5F607B7C7D7E7F" },
	{ "azAZ09", "617A415A3039" },
	{ "€", "1B65" },
	{ "^{}\\[~]|", "1B141B281B291B2F1B3C1B3D1B3E1B40" },
	{ "\f", "1B0A" },
	{ "a€b", "611B6562" },
};

static void gsm_both_ways(void **state)
{
	struct buf want, got, back;

	(void)state;
	buf_init(&want, 256);
	buf_init(&got, 256);
	buf_init(&back, 256);
	for (size_t i = 0; i < ARRAY_LEN(gsm); i++) {
		uint32_t bad = 7;

		buf_reset(&want);
		buf_reset(&got);
		buf_reset(&back);
		unhex(gsm[i].septets, &want);
		assert_int_equal(text_to_gsm(str_of(gsm[i].utf8), &got, &bad),
				 0);
		assert_int_equal(bad, 7);
		assert_bytes(&got, &want);
		text_from_gsm(buf_str(&got), &back);
		assert_string_equal(back.p, gsm[i].utf8);
	}
	buf_done(&want);
	buf_done(&got);
	buf_done(&back);
}

static const struct {
	const char *utf8;
	uint32_t bad;
} foreign[] = {
	{ "ç", 0xE7 },    { "`", '`' },         { "a中b国", 0x4E2D },
	{ "😀", 0x1F600 }, { "á", 0xE1 },        { "’", 0x2019 },
	{ "\t", '\t' },   { "\x1B", 0x1B },     { "a\xFF", 0xFFFD },
	{ "Α", 0x391 },   { "\xC2\xA0", 0xA0 },
};

static void gsm_names_the_foreign(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		uint32_t bad = 0;

		assert_int_equal(text_to_gsm(str_of(foreign[i].utf8), &b, &bad),
				 -EBADMSG);
		assert_int_equal(bad, foreign[i].bad);
		assert_int_equal(b.len, 0);
	}
	assert_int_equal(text_to_gsm(STR("中"), &b, NULL), -EBADMSG);
	buf_done(&b);
}

/* 128 + 10 characters of 23.038, each once and back to itself. */
static void gsm_lengths_are_true(void **state)
{
	unsigned ones = 0, twos = 0;
	struct buf u, s, back;

	(void)state;
	buf_init(&u, 16);
	buf_init(&s, 16);
	buf_init(&back, 16);
	for (uint32_t cp = 0; cp < 0x11000; cp++) {
		unsigned n = text_gsm_len(cp);

		ones += n == 1;
		twos += n == 2;
		if (n == 0)
			continue;
		buf_reset(&u);
		buf_reset(&s);
		buf_reset(&back);
		text_put(cp, &u);
		assert_int_equal(text_to_gsm(buf_str(&u), &s, NULL), 0);
		assert_int_equal(s.len, n);
		text_from_gsm(buf_str(&s), &back);
		assert_bytes(&back, &u);
	}
	assert_int_equal(ones, 127); /* ESC is no character */
	assert_int_equal(twos, 10);
	buf_done(&u);
	buf_done(&s);
	buf_done(&back);
}

static const struct {
	const char *septets;
	size_t len;
	const char *utf8;
} odd_gsm[] = {
	{ "\x1B", 1, " " },     /* nothing follows */
	{ "\x1B\x1B", 2, " " }, /* reserved */
	{ "\x1B\x61", 2, "a" }, /* not in the extension table */
	{ "a\x1B\xFF", 3, "a \xEF\xBF\xBD" },
	{ "\x80", 1, "\xEF\xBF\xBD" },
	{ "\x1B\x65\x65", 3, "€e" },
};

static void odd_septets_are_shown(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	for (size_t i = 0; i < ARRAY_LEN(odd_gsm); i++) {
		buf_reset(&b);
		text_from_gsm(str_bytes(odd_gsm[i].septets, odd_gsm[i].len),
			      &b);
		assert_string_equal(b.p, odd_gsm[i].utf8);
	}
	buf_done(&b);
}

static const struct {
	const char *septets;
	unsigned shift;
	const char *packed; /* hex */
} packs[] = {
	{ "", 0, "" },
	{ "1", 0, "31" },
	{ "hello", 0, "E8329BFD06" },
	{ "hellohello", 0, "E8329BFD4697D9EC37" },
	{ "12345678", 0, "31D98C56B3DD70" },
	{ "1", 1, "62" },
	{ "A", 1, "82" },
	{ "12", 6, "404C06" },
};

static void septets_are_packed(void **state)
{
	struct buf want, got, back;

	(void)state;
	buf_init(&want, 256);
	buf_init(&got, 256);
	buf_init(&back, 256);
	for (size_t i = 0; i < ARRAY_LEN(packs); i++) {
		struct str s = str_of(packs[i].septets);

		buf_reset(&want);
		buf_reset(&got);
		buf_reset(&back);
		unhex(packs[i].packed, &want);
		text_gsm_pack(s, packs[i].shift, &got);
		assert_bytes(&got, &want);
		text_gsm_unpack(buf_str(&got), s.len, packs[i].shift, &back);
		assert_string_equal(back.p, packs[i].septets);
	}
	/* more asked for than is there */
	buf_reset(&back);
	text_gsm_unpack(STR("\xE8\x32"), 100, 0, &back);
	assert_int_equal(back.len, 2);
	buf_reset(&back);
	text_gsm_unpack(STR(""), 9, 6, &back);
	assert_int_equal(back.len, 0);
	buf_done(&want);
	buf_done(&got);
	buf_done(&back);
}

static void random_septets_come_back(void **state)
{
	char in[161];
	struct buf p, back;

	(void)state;
	srandom(38);
	buf_init(&p, 256);
	buf_init(&back, 256);
	for (int round = 0; round < 5000; round++) {
		size_t n = (size_t)random() % 161;
		unsigned shift = (unsigned)random() % 7;

		for (size_t i = 0; i < n; i++)
			in[i] = (char)(random() & 0x7F);
		buf_reset(&p);
		buf_reset(&back);
		text_gsm_pack(str_bytes(in, n), shift, &p);
		assert_int_equal(p.len, (n * 7 + shift + 7) / 8);
		text_gsm_unpack(buf_str(&p), n, shift, &back);
		assert_int_equal(back.len, n);
		assert_memory_equal(back.p, in, n);
	}
	buf_done(&p);
	buf_done(&back);
}

static const struct {
	const char *in;
	const char *loose;
	const char *tight;
} folds[] = {
	{ "", "", "" },
	{ "STOP", "stop", "stop" },
	{ " S t.o-p! ", " s t.o-p! ", "stop" },
	{ "Ｓｔｏｐ", "stop", "stop" },
	{ "ＴＤ", "td", "td" },
	{ "５", "5", "5" },
	{ "⑤", "5", "5" },
	{ "⑩", "10", "10" },
	{ "⁵", "5", "5" },
	{ "⑸", "5", "5" },
	{ "⒌", "5", "5" },
	{ "㈤", "5", "5" },
	{ "㊄", "5", "5" },
	{ "㊿", "50", "50" },
	{ "❺", "5", "5" },
	{ "5️⃣", "5", "5" },
	{ "٥", "5", "5" },
	{ "५", "5", "5" },
	{ "߅", "5", "5" },
	{ "𝟧", "5", "5" },
	{ "0１٢३", "0123", "0123" },
	{ "滿意", "满意", "满意" },
	{ "退訂", "退订", "退订" },
	{ "取消訂閱", "取消订阅", "取消订阅" },
	{ "不要再發短訊", "不要再发短讯", "不要再发短讯" },
	{ "　退　订　", " 退 订 ", "退订" },
	{ "【退订】。", "【退订】。", "退订" },
	{ "ST\xE2\x80\x8BOP\xE2\x80\x8D", "stop", "stop" },
	{ "Straße", "strasse", "strasse" },
	{ "ﬁn", "fin", "fin" },
	{ "ÉTÉ", "été", "été" },
	{ "e\xCC\x81", "é", "é" },
	{ "👍🏽", "👍🏽", "👍" },
	{ "⭐⭐⭐", "⭐⭐⭐", "⭐⭐⭐" },
	{ "¥5~", "¥5~", "¥5" },
	{ "$5~", "$5~", "$5" },
	{ "a+b=c|d^e`", "a+b=c|d^e`", "abcde" },
	{ "a\tb\r\nc", "a\tb\r\nc", "abc" },
};

static void texts_are_folded(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		buf_reset(&b);
		assert_int_equal(text_fold(str_of(folds[i].in), false, &b), 0);
		if (strcmp(b.p, folds[i].loose) != 0)
			fail_msg("row %zu loose: %s", i, b.p);
		buf_reset(&b);
		assert_int_equal(text_fold(str_of(folds[i].in), true, &b), 0);
		if (strcmp(b.p, folds[i].tight) != 0)
			fail_msg("row %zu tight: %s", i, b.p);
	}
	assert_int_equal(text_fold(STR("a\xFF"), true, &b), -EBADMSG);
	buf_done(&b);
}

/* At most 1,024 bytes count, cut at a character; U+FDFA grows the most. */
static void long_texts_are_cut(void **state)
{
	struct buf in, out;

	(void)state;
	buf_init(&in, 65536);
	buf_init(&out, 65536);
	for (int i = 0; i < 2000; i++)
		buf_c(&in, 'A');
	assert_int_equal(text_fold(buf_str(&in), true, &out), 0);
	assert_int_equal(out.len, 1024);
	buf_reset(&in);
	buf_reset(&out);
	for (int i = 0; i < 2000; i++)
		buf_z(&in, "订");
	assert_int_equal(text_fold(buf_str(&in), true, &out), 0);
	assert_int_equal(out.len, 1023);
	assert_true(text_utf8_ok(buf_str(&out)));
	buf_reset(&in);
	buf_reset(&out);
	for (int i = 0; i < 400; i++)
		buf_z(&in, "\xEF\xB7\xBA");
	assert_int_equal(text_fold(buf_str(&in), false, &out), 0);
	assert_int_equal(text_count(buf_str(&out)), 341 * 18);
	buf_done(&in);
	buf_done(&out);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_checked),
		cmocka_unit_test(code_points_come_back),
		cmocka_unit_test(utf16_both_ways),
		cmocka_unit_test(broken_utf16_is_replaced),
		cmocka_unit_test(latin1_both_ways),
		cmocka_unit_test(gsm_both_ways),
		cmocka_unit_test(gsm_names_the_foreign),
		cmocka_unit_test(gsm_lengths_are_true),
		cmocka_unit_test(odd_septets_are_shown),
		cmocka_unit_test(septets_are_packed),
		cmocka_unit_test(random_septets_come_back),
		cmocka_unit_test(texts_are_folded),
		cmocka_unit_test(long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
