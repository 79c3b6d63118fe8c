/* Words of the short message hall: what they are, who hears of them, what is
 * said back, menus, and what no word does. */
#include "care/keyword_table.h"
#include "tests/unit/care_bed.h"

static const char gateway_config[] =
	"class night { consent = none quiet_hours = \"23:00-24:00\" }\n"
	"class callback { consent = none }\n"
	"fake a { receipt_after = 1ms }\n";

static const char words_config[] =
	"keywords { class = night answers = 4 menu_for = 5m }\n"
	"queue hotline {}\n"
	"keyword hf { words = {\"HF\", \"话费\"} event = \"billing.query\"\n"
	" answer_zh = \"正在查询话费\" answer_en = \"Looking it up\" }\n"
	"keyword cx { words = {\"CX\", \"查询\"} argument = required\n"
	" event = \"parcel.query\" answer_zh = \"正在查询{{argument}}\"\n"
	" answer_en = \"Looking up {{argument}}\"\n"
	" ask_zh = \"请回复CX加单号\" ask_en = \"Reply CX and the number\" }\n"
	"keyword gz { words = {\"GZ\"} argument = optional\n"
	" argument_words = 20 case = question event = \"account.correct\"\n"
	" answer_zh = \"已记录,编号{{case}}\"\n"
	" answer_en = \"We look at it: {{case}}\" }\n"
	"keyword no { words = {\"NO\", \"不是我\"} case = report }\n"
	"keyword kf { words = {\"KF\"} queue = hotline\n"
	" answer_en = \"We call you\" }\n"
	"keyword yd { words = {\"YD\"} menu = {\"1 hf\", \"2 more\"}\n"
	" answer_zh = \"1话费 2更多\" answer_en = \"1 bill 2 more\" }\n"
	"keyword more { menu = {\"1 cx\", \"0 yd\"} answer_zh = \"1邮件 0返回\"\n"
	" answer_en = \"1 parcel 0 back\" }\n";

static void open_hall(struct room *r, void **state)
{
	room_open(r, state, gateway_config, words_config);
}

/* What is said to that text, "" nothing; and its claim. */
static const char *said(struct room *r, struct str from, const char *text,
			const char *claim)
{
	static char out[BED_TEXT];
	struct str by = room_hear(r, from, text);

	if (!str_eqz(by, claim))
		fail_msg("%s: %.*s", text, STR_ARGS(by));
	for (unsigned i = 0; i < 20; i++)
		bed_turn(r->bed);
	return bed_said(r->bed, from, out);
}

/* ---- what is a word ------------------------------------------------------------------ */

static void test_a_word_or_a_word_and_its_argument(void **state)
{
	static const struct {
		const char *text, *name, *argument;
	} rows[] = {
		{ "HF", "hf", "" },
		{ "hf", "hf", "" },
		{ "hf", "hf", "" },
		{ " H F。", "hf", "" },
		{ "话费", "hf", "" },
		{ "話費", "hf", "" },
		{ "HF please", NULL, "" },
		{ "what is HF", NULL, "" },
		{ "HFX", NULL, "" },
		{ "我的话费", NULL, "" },
		{ "CX", "cx", "" },
		{ "CX EA123456789CN", "cx", "EA123456789CN" },
		{ "cx123456", "cx", "123456" },
		{ "cx 123456", "cx", "123456" },
		{ "CX: #123456.", "cx", "123456" },
		{ "查询123456", "cx", "123456" },
		{ "查询EA123CN", "cx", "EA123CN" },
		{ "查询APP怎么用", NULL, "" },
		{ "查询一下我的邮件", NULL, "" },
		{ "CX where is it", NULL, "" },
		{ "CXA 1", NULL, "" },
		{ "GZ 地址\n应为 南路5号", "gz", "地址 应为 南路5号" },
		{ "GZ", "gz", "" },
		{ "", NULL, "" },
		{ "。。", NULL, "" },
		{ "CX \xff", NULL, "" },
	};
	struct room r;

	open_hall(&r, state);
	struct keyword_table *t = keyword_table_new(&r.settings);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(buf_done) struct buf b = { 0 };
		const struct keyword_ask ask = { TENANT, STR("99900"),
						 str_of(rows[i].text) };

		buf_init(&b, BUF_NO_LIMIT);
		const struct keyword *k = keyword_table_find(t, &ask, &b);

		if ((k == NULL) != (rows[i].name == NULL) ||
		    (k != NULL && (strcmp(k->name, rows[i].name) != 0 ||
				   !str_eqz(buf_str(&b), rows[i].argument))))
			fail_msg("%s: %s '%.*s'", rows[i].text,
				 k == NULL ? "none" : k->name,
				 STR_ARGS(buf_str(&b)));
	}
	keyword_table_free(&t);
	room_stop(&r);
}

/* ---- what comes of it ---------------------------------------------------------------- */

/* It is ten in the morning, and the class may speak from 23:00 on: an answer
 * to their own message does not wait. */
static void test_1_72_a_query_is_told_and_answered_at_once(void **state)
{
	struct gateway_counts counts;
	struct room r;

	open_hall(&r, state);
	assert_string_equal(said(&r, SHI, "HF", "keyword"), "Looking it up");
	gateway_counts(r.bed->gateway, &counts);
	assert_int_equal(counts.held, 0);
	assert_non_null(strstr(r.heard, "billing.query "));
	assert_non_null(strstr(r.last, "\"keyword\":\"hf\""));
	assert_non_null(strstr(r.last, "\"lang\":\"en\""));
	assert_null(strstr(r.last, "+447700900001"));
	assert_string_equal(said(&r, SHI, "话费", "keyword"), "正在查询话费");
	room_stop(&r);
}

static void test_u30_a_parcel_by_its_number(void **state)
{
	struct room r;

	open_hall(&r, state);
	assert_string_equal(said(&r, SHI, "CX", "keyword"),
			    "Reply CX and the number");
	assert_null(strstr(r.heard, "parcel.query"));
	assert_string_equal(said(&r, SHI, "查询 EA1", "keyword"),
			    "正在查询EA1");
	assert_non_null(strstr(r.last, "\"argument\":\"EA1\""));
	assert_string_equal(said(&r, LIN, "where is CX 1", "inbox"), "");
	room_stop(&r);
}

static void test_f02_a_correction_is_a_case_with_its_number(void **state)
{
	struct room r;
	const struct care_case *x;
	char id[ID_TEXT];

	open_hall(&r, state);
	const char *text =
		said(&r, SHI, "GZ address is 5 South Road", "keyword");

	x = cases_open_of(care_cases(r.care), TENANT, SHI);
	assert_non_null(x);
	id_text(x->id, id);
	assert_non_null(strstr(text, id));
	assert_int_equal(x->kind, CASE_QUESTION);
	assert_non_null(strstr(r.last, "5 South Road"));
	assert_non_null(strstr(r.last, id));
	room_stop(&r);
}

/* "Not you? Reply NO now." */
static void test_not_me_opens_a_case(void **state)
{
	struct room r;
	const struct care_case *x;

	open_hall(&r, state);
	said(&r, SHI, "no", "keyword");
	x = cases_open_of(care_cases(r.care), TENANT, SHI);
	assert_non_null(x);
	assert_int_equal(x->kind, CASE_REPORT);
	room_stop(&r);
}

static void test_kf_is_called_back(void **state)
{
	const struct callback *x;
	uint64_t id = 0;
	struct room r;

	open_hall(&r, state);
	assert_string_equal(said(&r, SHI, "KF", "keyword"), "We call you");
	x = callbacks_open_of(care_callbacks(r.care), TENANT, SHI);
	assert_non_null(x);
	assert_string_equal(x->queue, "hotline");
	/* about the message that asked for it */
	assert_int_equal(id_parse(str_of(x->ref), &id), 0);
	assert_true(id_wall_ms(id) > 0);
	room_stop(&r);
}

static void test_so_many_within_an_hour(void **state)
{
	struct room r;

	open_hall(&r, state);
	for (unsigned i = 0; i < 4; i++)
		said(&r, SHI, "HF", "keyword");
	said(&r, SHI, "HF", "inbox");
	said(&r, LIN, "HF", "keyword");
	clock_hand_jump(&r.clock, HOUR);
	said(&r, SHI, "HF", "keyword");
	room_stop(&r);
}

/* ---- menus --------------------------------------------------------------------------- */

static void test_3_61_digits_pick_of_the_menu(void **state)
{
	struct room r;

	open_hall(&r, state);
	said(&r, SHI, "1", "inbox");
	assert_string_equal(said(&r, SHI, "YD", "keyword"), "1 bill 2 more");
	assert_string_equal(said(&r, SHI, "2", "keyword"), "1 parcel 0 back");
	assert_string_equal(said(&r, SHI, "1.", "keyword"),
			    "Reply CX and the number");
	assert_string_equal(said(&r, SHI, "0", "keyword"), "1 bill 2 more");
	said(&r, LIN, "1", "inbox"); /* whose menu it is not */
	clock_hand_jump(&r.clock, HOUR);
	said(&r, SHI, "1", "inbox"); /* it has closed */
	room_stop(&r);
}

static void test_digits_that_pick_nothing_say_it_again(void **state)
{
	struct room r;

	open_hall(&r, state);
	said(&r, SHI, "YD", "keyword");
	assert_string_equal(said(&r, SHI, "7", "keyword"), "1 bill 2 more");
	assert_string_equal(said(&r, SHI, "1", "keyword"), "Looking it up");
	assert_non_null(strstr(r.heard, "billing.query "));
	room_stop(&r);
}

/* What was said last has the digits: the menu, or the alert after it. */
static void test_the_latest_has_the_digits(void **state)
{
	static const char config[] =
		"trigger due { event = appointment.due class = night\n"
		" answers = {\"1 confirm\", \"2 change\"} answer_within = 4h\n"
		" text_en = \"Reply 1 or 2\" }\n";
	struct buf all = { 0 };
	struct room r;
	const struct occurrence due = { .id = STR("d1"),
					.type = STR("appointment.due"),
					.to = SHI };
	const struct occurrence again = { .id = STR("d2"),
					  .type = STR("appointment.due"),
					  .to = SHI };

	buf_init(&all, BUF_NO_LIMIT);
	buf_z(&all, words_config);
	buf_z(&all, config);
	room_open(&r, state, gateway_config, all.p);
	clock_hand_jump(&r.clock, 13 * HOUR + 5 * MINUTE); /* 23:05 */
	IGNORE(room_take(&r, &due, "{\"account\":\"A1\"}").messages);
	commit(r.bed);
	for (unsigned i = 0; i < 20; i++)
		bed_turn(r.bed);
	clock_hand_jump(&r.clock, 2 * MINUTE);
	said(&r, SHI, "YD", "keyword");
	assert_string_equal(said(&r, SHI, "2", "keyword"), "1 parcel 0 back");
	clock_hand_jump(&r.clock, 2 * MINUTE);
	IGNORE(room_take(&r, &again, "{\"account\":\"A2\"}").messages);
	commit(r.bed);
	for (unsigned i = 0; i < 20; i++)
		bed_turn(r.bed);
	said(&r, SHI, "1", "reminder");
	room_stop(&r);
	buf_done(&all);
}

/* ---- the file ------------------------------------------------------------------------ */

static void test_u40_a_reload_changes_the_words(void **state)
{
	static struct setting_section kinds[2];
	struct settings fresh = { 0 };
	struct faults f = { 0 };
	struct room r;

	kinds[0] = keywords_section;
	kinds[1] = keyword_section;
	open_hall(&r, state);
	said(&r, SHI, "YD", "keyword");
	assert_int_equal(settings_parse("keywords { class = night }\n"
					"keyword ll { words = {\"LL\"}\n"
					" answer_en = \"5 GB left\" }\n",
					"fresh", kinds, 2, &fresh, &f),
			 0);
	keywords_check(&fresh, &f);
	assert_int_equal(f.len, 0);
	care_reload(r.care, &fresh);
	assert_string_equal(said(&r, SHI, "LL", "keyword"), "5 GB left");
	said(&r, SHI, "HF", "inbox");
	said(&r, SHI, "1", "inbox"); /* its menu is gone */
	room_stop(&r);
	settings_done(&fresh);
}

static void check_one(const char *text, const char *fault)
{
	static struct setting_section kinds[4];
	struct settings s = { 0 };
	struct faults f = { 0 };

	kinds[0] = keyword_section;
	kinds[1] = offer_section;
	kinds[2] = callbacks_section;
	kinds[3] = queue_section;
	assert_int_equal(settings_parse(text, "test", kinds, 4, &s, &f), 0);
	keywords_check(&s, &f);
	if (fault == NULL ? f.len != 0
			  : f.len != 1 || strstr(f.v[0], fault) == NULL)
		fail_msg("%s: %zu, %s", text, f.len, f.len > 0 ? f.v[0] : "");
	faults_done(&f);
	settings_done(&s);
}

#define K(more) "keyword a { answer_en = \"x\" " more " }\n"

#define OFFER "offer o { price = 1 title_en = \"x\" words = {\"DG CL\"} }\n"

static void test_what_is_wrong_in_the_file(void **state)
{
	(void)state;
	check_one(K("words = {\"HF\"}"), NULL);
	check_one(K("words = {\"1008611\"}"), NULL);
	check_one(K("words = {\"TD\"}"), "stops");
	check_one(K("words = {\"YES\"}"), "stops");
	check_one(K("words = {\"0000\"}"), "digits");
	check_one(K("words = {\"5\"}"), "digits");
	check_one(K("words = {\"投诉\"}"), "a case");
	check_one(K("words = {\"。\"}"), "no word");
	check_one(K("words = {\"dg cl\"}") OFFER, "an offer");
	check_one(K("words = {\"call me\"}") "callbacks {}", "call-backs");
	check_one(
		K("words = {\"HF\"}") "keyword b { words = {\"hf\"} answer_en = \"y\" }\n",
		"keyword a, too");
	check_one(
		K("words = {\"HF\"} tenant = A") "keyword b { words = {\"hf\"} answer_en = \"y\""
						 " tenant = B }\n",
		NULL);
	check_one(
		K("words = {\"HF\"} to = {\"1\"}") "keyword b { words = {\"hf\"} answer_en = \"y\""
						   " to = {\"2\"} }\n",
		NULL);
	check_one("keyword a { words = {\"HF\"} }", "nothing answers");
	check_one(K("words = {\"HF\"} template = t"), "not both");
	check_one(K("words = {\"HF\"} argument = required"), "asks for");
	check_one("keyword a { words = {\"HF\"} answer_en = \"{{argument}}\" }",
		  "default");
	check_one("keyword a { words = {\"HF\"} answer_en = \"{{amount}}\" }",
		  "no {{amount}}");
	check_one("keyword a { words = {\"HF\"} answer_en = \"{{\" }", "");
	check_one(K("words = {\"HF\"} queue = nowhere"), "no queue 'nowhere'");
	check_one(K("words = {\"HF\"} event = \"Billing query\""), "no type");
	check_one(K(""), "leads to it");
	check_one(K("words = {\"HF\"} menu = {\"1 b\"}"), "no keyword 'b'");
	check_one(K("words = {\"HF\"} menu = {\"balance\"}"), "of the form");
	check_one(K("words = {\"HF\"} menu = {\"1 a\", \"1 a\"}"),
		  "two entries");
}

static void r10_no_word_transfers_or_closes(void **state)
{
	(void)state;
	check_one(K("words = {\"GH\"} event = \"account.transfer\""),
		  "ACTION_FORBIDDEN");
	check_one(K("words = {\"XH\"} event = \"account.close\""),
		  "ACTION_FORBIDDEN");
	check_one(K("words = {\"XH\"} event = \"transfer_number\""),
		  "ACTION_FORBIDDEN");
	check_one(K("words = {\"XH\"} event = \"case.closed\""), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(test_a_word_or_a_word_and_its_argument),
		CASE(test_1_72_a_query_is_told_and_answered_at_once),
		CASE(test_u30_a_parcel_by_its_number),
		CASE(test_f02_a_correction_is_a_case_with_its_number),
		CASE(test_not_me_opens_a_case),
		CASE(test_kf_is_called_back),
		CASE(test_so_many_within_an_hour),
		CASE(test_3_61_digits_pick_of_the_menu),
		CASE(test_digits_that_pick_nothing_say_it_again),
		CASE(test_the_latest_has_the_digits),
		CASE(test_u40_a_reload_changes_the_words),
		cmocka_unit_test(test_what_is_wrong_in_the_file),
		cmocka_unit_test(r10_no_word_transfers_or_closes),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
