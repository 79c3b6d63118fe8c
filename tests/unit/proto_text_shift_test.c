/* National tables of the GSM alphabet, and charsets of older networks. */
#include "proto/text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"

static void tables_by_name(void **state UNUSED)
{
	assert_int_equal(text_gsm_table(STR("turkish")), GSM_TURKISH);
	assert_int_equal(text_gsm_table(STR("Spanish")), GSM_SPANISH);
	assert_int_equal(text_gsm_table(STR("PORTUGUESE")), GSM_PORTUGUESE);
	assert_int_equal(text_gsm_table(STR("")), GSM_DEFAULT);
	assert_int_equal(text_gsm_table(STR("french")), GSM_DEFAULT);
}

/* Every character that only a national table has, with the septet of 3GPP TS
 * 23.038 annex A.2. */
static const struct {
	enum gsm_table table;
	const char *text;
	struct str septets;
} shifts[] = {
	{ GSM_TURKISH,
	  "ĞİŞçğış",
	  { "\x1BG\x1BI\x1BS\x1B"
	    "c\x1Bg\x1Bi\x1Bs",
	    14 } },
	{ GSM_SPANISH,
	  "çÁÍÓÚáíóú",
	  { "\x1B\x09\x1B"
	    "A\x1BI\x1BO\x1BU\x1B"
	    "a\x1Bi\x1Bo\x1Bu",
	    18 } },
	{ GSM_PORTUGUESE,
	  "êçÔôÁáÊÀÍÓÚÃÕÂíóúãõâ",
	  { "\x1B\x05\x1B\x09\x1B\x0B\x1B\x0C\x1B\x0E\x1B\x0F\x1B\x1F\x1B"
	    "A\x1BI\x1BO\x1BU\x1B[\x1B\\\x1B"
	    "a\x1Bi\x1Bo\x1Bu\x1B{\x1B|\x1B\x7F",
	    40 } },
	/* the default alphabet and its own escapes stay what they are */
	{ GSM_TURKISH, "@Ωé[€]", { "\0\x15\x05\x1B<\x1B\x65\x1B>", 9 } },
	{ GSM_DEFAULT, "[€]", { "\x1B<\x1B\x65\x1B>", 6 } },
	/* Greek is one septet there already */
	{ GSM_PORTUGUESE, "ΦΓΩΠΨΣΘ", { "\x12\x13\x15\x16\x17\x18\x19", 7 } },
};

static void shifts_both_ways(void **state UNUSED)
{
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(shifts); i++) {
		struct str text = str_of(shifts[i].text);
		size_t len = 0;

		buf_reset(&out);
		assert_int_equal(text_to_shift(text, shifts[i].table, &out), 0);
		assert_int_equal(out.len, shifts[i].septets.len);
		assert_memory_equal(out.p, shifts[i].septets.p, out.len);
		for (size_t at = 0; at < text.len;)
			len += text_shift_len(text_next(text, &at),
					      shifts[i].table);
		assert_int_equal(len, out.len);

		buf_reset(&out);
		text_from_shift(shifts[i].septets, GSM_DEFAULT, shifts[i].table,
				&out);
		assert_string_equal(out.p, shifts[i].text);
	}
	/* nothing is left of what does not fit */
	buf_reset(&out);
	buf_z(&out, "was");
	assert_int_equal(text_to_shift(STR("ğ你"), GSM_TURKISH, &out),
			 -EBADMSG);
	assert_int_equal(text_to_shift(STR("ğ"), GSM_SPANISH, &out), -EBADMSG);
	assert_int_equal(text_shift_len(0x11F, GSM_SPANISH), 0);
	assert_string_equal(out.p, "was");
	buf_done(&out);
	assert_int_equal(mem_live_blocks(), 0);
}

static void locked(void **state UNUSED)
{
	static const struct {
		enum gsm_table lock, single;
		struct str septets;
		const char *text;
	} rows[] = {
		{ GSM_TURKISH,
		  GSM_DEFAULT,
		  { "\x04\x07\x0B\x0C\x1C\x1D\x40\x60", 8 },
		  "€ıĞğŞşİç" },
		{ GSM_TURKISH, GSM_TURKISH, { "\x1C\x1Bsa", 4 }, "Şşa" },
		{ GSM_PORTUGUESE,
		  GSM_DEFAULT,
		  { "\x04\x05\x06\x07\x08\x09\x0B\x0C\x0E\x0F", 10 },
		  "êéúíóçÔôÁá" },
		{ GSM_PORTUGUESE,
		  GSM_DEFAULT,
		  { "\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1C\x1D\x1E\x1F",
		    13 },
		  "ªÇÀ∞^\\€Ó|ÂâÊÉ" },
		{ GSM_PORTUGUESE,
		  GSM_DEFAULT,
		  { "$@[\\]`{|}", 9 },
		  "ºÍÃÕÚ~ãõ`" },
		/* there is none for Spanish */
		{ GSM_SPANISH, GSM_SPANISH, { "\x04\x1B\x61", 3 }, "èá" },
		/* an escape that the table does not have, and a lone one */
		{ GSM_TURKISH, GSM_SPANISH, { "\x1B\x04\x1Bg\x1B", 5 }, "€g " },
	};
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&out);
		text_from_shift(rows[i].septets, rows[i].lock, rows[i].single,
				&out);
		assert_string_equal(out.p, rows[i].text);
	}
	buf_done(&out);
}

static void legacy(void **state UNUSED)
{
	static const struct {
		enum text_legacy charset;
		struct str in;
		const char *text;
	} rows[] = {
		{ TEXT_CYRILLIC,
		  { "A\xA1\xAD\xAF\xB0\xCF\xD0\xEF", 8 },
		  "AЁ\u00ADЏАЯая" },
		{ TEXT_CYRILLIC,
		  { "\xF0\xF1\xFC\xFD\xFE\xFF\xA0", 7 },
		  "№ёќ§ўџ\u00A0" },
		{ TEXT_HEBREW,
		  { "\xF9\xEC\xE5\xED 1\xAA\xBA", 8 },
		  "שלום 1×÷" },
		{ TEXT_HEBREW,
		  { "\xE0\xFA\xDF\xBE\xFD\xA1\xBF\xFB", 8 },
		  "את‗¾\u200E\uFFFD\uFFFD\uFFFD" },
		{ TEXT_JAPANESE, { "\x93\xFA\x96\x7B abc", 8 }, "日本 abc" },
		{ TEXT_JAPANESE, { "\xB1", 1 }, "ｱ" },
		{ TEXT_JAPANESE, { "\x1B$BF|K\\\x1B(B abc", 14 }, "日本 abc" },
		{ TEXT_KOREAN, { "\xC7\xD1\xB1\xDB ok", 7 }, "한글 ok" },
		/* half a character at the end, and what is none */
		{ TEXT_KOREAN, { "\xC7\xD1\xB1", 3 }, "한\uFFFD" },
		{ TEXT_JAPANESE,
		  { "a\xFF"
		    "b",
		    3 },
		  "a\uFFFD"
		  "b" },
		{ TEXT_JAPANESE, { "", 0 }, "" },
	};
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_reset(&out);
		assert_int_equal(text_from_legacy(rows[i].charset, rows[i].in,
						  &out),
				 0);
		assert_string_equal(out.p, rows[i].text);
	}
	/* more than one turn of the converter */
	buf_reset(&out);
	struct buf in;
	buf_init(&in, BUF_NO_LIMIT);
	for (int i = 0; i < 500; i++)
		buf_z(&in, "\xC7\xD1");
	assert_int_equal(text_from_legacy(TEXT_KOREAN, buf_str(&in), &out), 0);
	assert_int_equal(out.len, 1500);
	buf_done(&in);
	buf_done(&out);
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_by_name),
		cmocka_unit_test(shifts_both_ways),
		cmocka_unit_test(locked),
		cmocka_unit_test(legacy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
