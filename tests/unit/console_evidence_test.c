/* The evidence pack as a page: whatever people wrote is text, in English and
 * Chinese; and what it says of refusals and heads. */
#include "tests/unit/console_bed.h"

#include "console/evidence_page.h"
#include "proto/html.h"

#define TO "+447700900001"
#define EVIL "<script>alert(1)</script>\" onload='x' & 中文"

static const struct {
	const char *in, *out;
} escapes[] = {
	{ "plain, 中文 é", "plain, 中文 é" },
	{ "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;" },
	{ "&amp;", "&amp;amp;" },
	{ "a\xff\xfe"
	  "b",
	  "a\xef\xbf\xbd\xef\xbf\xbd"
	  "b" },
	{ "\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd" }, /* an overlong < */
	{ "a\x01\x1b[31m", "a\xef\xbf\xbd\xef\xbf\xbd[31m" },
	{ "\xe2\x80\xae"
	  "moc.evil",
	  "\xef\xbf\xbdmoc.evil" }, /* right to left */
	{ "line\nline\t", "line\nline\t" },
};

static void text_is_never_markup(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(escapes); i++) {
		struct buf b = { 0 };

		buf_init(&b, BUF_NO_LIMIT);
		html_text(str_of(escapes[i].in), &b);
		assert_string_equal(b.p, escapes[i].out);
		buf_done(&b);
	}
}

/* Every string of a pack is evil, and comes out harmless. */
static void a_page_escapes_every_member(void **state)
{
	static const char *const events[] = { "type",    "purpose",  "brand",
					      "channel", "source",   "actor",
					      "wording", "evidence", "hash" };
	static const char *const messages[] = { "id",    "class",  "from",
						"state", "reason", "text" };
	json_t *pack = json_object(), *row = json_object();
	struct buf b = { 0 };

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(events); i++)
		json_object_set_new(row, events[i], json_string(EVIL));
	json_object_set_new(pack, "events", json_pack("[o]", row));
	row = json_object();
	for (unsigned i = 0; i < ARRAY_LEN(messages); i++)
		json_object_set_new(row, messages[i], json_string(EVIL));
	json_object_set_new(row, "decision", json_pack("{ss}", "packs", EVIL));
	json_object_set_new(pack, "messages", json_pack("[o]", row));
	json_object_set_new(pack, "address", json_string(EVIL));
	json_object_set_new(pack, "exported_by", json_string(EVIL));
	json_object_set_new(pack, "standing",
			    json_pack("{s{ss}ss}", "consent", EVIL, EVIL, EVIL,
				      EVIL));
	for (int zh = 0; zh < 2; zh++) {
		buf_init(&b, BUF_NO_LIMIT);
		evidence_page(&b, pack, zh);
		assert_null(strstr(b.p, "<script"));
		assert_null(strstr(b.p, "' &"));
		assert_non_null(strstr(b.p, "&lt;script&gt;alert(1)"));
		assert_non_null(strstr(b.p, zh ? "同意举证材料"
					       : "Evidence of consent"));
		assert_non_null(strstr(b.p, "default-src 'none'"));
		/* it needs nothing else */
		assert_null(strstr(b.p, "http:"));
		assert_null(strstr(b.p, "https:"));
		buf_done(&b);
	}
	json_decref(pack);
}

static void pages_of_nothing(void **state)
{
	json_t *pack = json_object();
	struct buf b = { 0 };

	(void)state;
	buf_init(&b, BUF_NO_LIMIT);
	evidence_page(&b, pack, true);
	assert_non_null(strstr(b.p, "</html>"));
	buf_done(&b);
	json_decref(pack);
}

/* ---- over HTTP --------------------------------------------------------------- */

static void post(struct bed *b, const char *type, const char *more)
{
	char body[400];

	snprintf(body, sizeof(body),
		 "{\"address\":\"" TO "\",\"type\":\"%s\",\"source\":\"web\""
		 "%s}",
		 type, more);
	assert_int_equal(bed_post(b, "/v1/consents", body), 201);
}

#define PACK "/v1/addresses/%2B447700900001/evidence"

static void a_pack_as_a_page(void **state)
{
	struct bed *b = *state;

	post(b, "grant",
	     ",\"wording\":\"w7\",\"evidence\":\"<img src=x onerror=y>\"");
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"hi\","
				  "\"class\":\"service\"}"),
			 202);
	bed_stop(b); /* a head */
	bed_start(b, false);
	assert_int_equal(bed_get(b, PACK "?format=html"), 200);
	assert_true(
		str_starts(bed_header(b, "Content-Type"), STR("text/html")));
	assert_true(bed_says(b, "<html lang=\"en\">"));
	assert_true(bed_says(b, "&lt;img src=x"));
	assert_false(bed_says(b, "<img"));
	assert_true(bed_says(b, "Exported by"));
	assert_true(bed_says(b, "went through this head"));
	assert_int_equal(bed_get(b, PACK "?format=html&lang=zh-CN"), 200);
	assert_true(bed_says(b, "<html lang=\"zh\">"));
	assert_true(bed_says(b, "台账事件"));
	assert_int_equal(bed_get(b, PACK "?format=pdf"), 400);
	/* who looked is written down */
	assert_int_equal(bed_get(b, "/v1/audit"), 200);
	assert_true(bed_says(b, "\"format\":\"html\""));
}

static void a_pack_counts_what_went_after_a_refusal(void **state)
{
	struct bed *b = *state;

	post(b, "grant", "");
	post(b, "withdraw", ",\"purpose\":\"*\"");
	assert_int_equal(bed_post(b, "/v1/messages",
				  "{\"to\":\"" TO "\",\"text\":\"hi\","
				  "\"class\":\"transaction\"}"),
			 202);
	assert_int_equal(bed_get(b, PACK), 200);
	assert_string_equal(bed_word(b, "refusals.0.seq"), "2");
	assert_string_equal(bed_word(b, "refusals.0.purpose"), "*");
	/* what cannot be refused does not count */
	assert_string_equal(bed_word(b, "refusals.0.after"), "0");
	assert_string_equal(bed_word(b, "exported_by"), "admin");
	assert_string_not_equal(bed_word(b, "keep_until"), "");
	assert_string_equal(bed_word(b, "ok"), "true");
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_never_markup),
		cmocka_unit_test(a_page_escapes_every_member),
		cmocka_unit_test(pages_of_nothing),
		T(a_pack_as_a_page),
		T(a_pack_counts_what_went_after_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
