/* CSV imports about contacts that are there already. */
#include "tests/unit/console_bed.h"

#define TO "+447700900001"
#define TO2 "+447700900002"

static int import(struct bed *b, const char *query, struct str csv)
{
	char path[512];

	snprintf(path, sizeof(path), "/v1/imports%s", query);
	return bed_ask_type(b, "POST", path, "text/csv", csv);
}

/* Of the first page. */
static unsigned contacts(struct bed *b)
{
	assert_int_equal(bed_get(b, "/v1/contacts"), 200);
	return (unsigned)bed_count(b, "contacts");
}

/* The contact with this ref, as it is now. */
static void look(struct bed *b, const char *ref)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/contacts?ref=%s", ref);
	assert_int_equal(bed_get(b, path), 200);
	assert_int_equal(bed_count(b, "contacts"), 1);
}

static void word_is(struct bed *b, const char *name, const char *want)
{
	char path[96];

	snprintf(path, sizeof(path), "contacts.0.%s", name);
	if (strcmp(bed_word(b, path), want) != 0)
		fail_msg("%s is %s, not %s", name, bed_word(b, path), want);
}

static const char full[] =
	"{\"ref\":\"F1\",\"name\":\"Lin\",\"lang\":\"zh\",\"tier\":\"vip\","
	"\"tz\":\"Asia/Shanghai\",\"tz_source\":\"zip\",\"branch\":\"east\","
	"\"manager\":\"kim\",\"lifecycle\":\"new\",\"preferred\":\"mqtt\","
	"\"hours\":\"18:00-21:00\",\"state\":\"left\","
	"\"addresses\":[{\"channel\":\"sms\",\"address\":\"" TO "\"},"
	"{\"channel\":\"sms\",\"address\":\"" TO2 "\"},"
	"{\"channel\":\"mqtt\",\"address\":\"lin/1\"}],"
	"\"attrs\":{\"plan\":\"5g\",\"age\":41}}";

static void full_but(struct bed *b, const char *changed, const char *to)
{
	static const struct {
		const char *name, *value;
	} is[] = {
		{ "name", "Lin" },
		{ "lang", "zh" },
		{ "tier", "vip" },
		{ "tz", "Asia/Shanghai" },
		{ "tz_source", "zip" },
		{ "branch", "east" },
		{ "manager", "kim" },
		{ "lifecycle", "new" },
		{ "preferred", "mqtt" },
		{ "hours", "18:00-21:00" },
		{ "state", "left" },
		{ "addresses.0.address", TO },
		{ "addresses.1.address", TO2 },
		{ "addresses.2.address", "lin/1" },
		{ "attrs.plan", "5g" },
		{ "attrs.age", "41" },
	};

	look(b, "F1");
	for (size_t i = 0; i < ARRAY_LEN(is); i++)
		word_is(b, is[i].name,
			strcmp(is[i].name, changed) == 0 ? to : is[i].value);
}

/* One column more, one thing changed; and back. */
static void what_a_file_has_no_column_for_stays(void **state)
{
	static const struct {
		const char *head, *cell, *changed, *to, *back;
	} files[] = {
		{ "", "", "", "", "" },
		{ ",name", ",Bo", "name", "Bo", ",Lin" },
		{ ",lang", ",en", "lang", "en", ",zh" },
		{ ",tier", ",key", "tier", "key", ",vip" },
		{ ",branch", ",west", "branch", "west", ",east" },
		{ ",manager", ",li", "manager", "li", ",kim" },
		{ ",lifecycle", ",active", "lifecycle", "active", ",new" },
		{ ",preferred", ",sms", "preferred", "sms", ",mqtt" },
		{ ",hours", ",09:00-10:00", "hours", "09:00-10:00",
		  ",18:00-21:00" },
		{ ",state", ",active", "state", "active", ",left" },
		{ ",state", ",", "", "", "," }, /* a state is never empty */
		{ ",tz_source", ",country", "tz_source", "country", ",zip" },
		{ ",tz", ",Asia/Shanghai", "", "", ",Asia/Shanghai" },
		{ ",mqtt", ",lin/2", "addresses.2.address", "lin/2", ",lin/1" },
		{ ",plan", ",4g", "attrs.plan", "4g", ",5g" },
		{ ",attr.plan", ",4g", "attrs.plan", "4g", ",5g" },
	};
	struct bed *b = *state;
	char csv[256];

	assert_int_equal(bed_post(b, "/v1/contacts", full), 201);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(csv, sizeof(csv), "ref,phone%s\nF1," TO "%s\n",
			 files[i].head, files[i].cell);
		assert_int_equal(import(b, "?dry_run=true", str_of(csv)), 200);
		assert_string_equal(bed_word(b, "updated"), "1");
		full_but(b, "", "");
		assert_int_equal(import(b, "", str_of(csv)), 200);
		assert_string_equal(bed_word(b, "updated"), "1");
		full_but(b, files[i].changed, files[i].to);
		snprintf(csv, sizeof(csv), "ref,phone%s\nF1," TO "%s\n",
			 files[i].head, files[i].back);
		assert_int_equal(import(b, "", str_of(csv)), 200);
		full_but(b, "", "");
	}
}

/* A cell that is there and says nothing. */
static void an_empty_cell_empties(void **state)
{
	static const struct {
		const char *csv, *name;
	} files[] = {
		{ "ref,phone,name\nF1," TO ",\n", "name" },
		{ "ref,phone,tier\nF1," TO ",\n", "tier" },
		{ "ref,phone,hours\nF1," TO ",\n", "hours" },
		{ "ref,phone,tz\nF1," TO ",\n", "tz" },
		{ "ref,phone,plan\nF1," TO ",\n", "attrs.plan" },
		{ "ref,phone,attrs\nF1," TO ",\n", "attrs.age" },
		{ "ref,phone,mqtt\nF1," TO ",\n", "addresses.2.address" },
		{ "ref,phone,mqtt\nF1,,lin/1\n", "addresses.1.address" },
		{ "ref,phone,addresses\nF1," TO ",\n", "addresses.1.address" },
	};
	struct bed *b = *state;
	char path[96];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		assert_int_equal(bed_post(b, "/v1/contacts", full), 201);
		full_but(b, "", "");
		assert_int_equal(import(b, "", str_of(files[i].csv)), 200);
		assert_string_equal(bed_word(b, "updated"), "1");
		look(b, "F1");
		snprintf(path, sizeof(path), "contacts.0.%s", files[i].name);
		assert_string_equal(bed_word(b, path), "");
	}
	word_is(b, "tz_source", "zip");
}

/* By the number it is found, the number it keeps; by the ref another number is
 * the new first one, and the old one is nobody's. */
static void numbers_of_who_is_there(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/contacts", full), 201);
	assert_int_equal(import(b, "", STR("phone,tier\n" TO2 ",key\n")), 200);
	full_but(b, "tier", "key");
	assert_int_equal(import(b, "", STR("ref,phone\nF1,+447700900003\n")),
			 200);
	look(b, "F1");
	word_is(b, "addresses.0.address", "+447700900003");
	word_is(b, "addresses.1.address", TO2);
	assert_int_equal(import(b, "", STR("phone,name\n" TO ",New\n")), 200);
	assert_string_equal(bed_word(b, "created"), "1");
	assert_int_equal(import(b, "", STR("ref,phone\nF1," TO2 "\n")), 200);
	look(b, "F1");
	word_is(b, "addresses.0.address", TO2);
	word_is(b, "addresses.1.address", "lin/1");
}

/* Rows of one file about the same people, in its order. */
static void rows_follow_each_other(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/contacts", full), 201);
	assert_int_equal(import(b, "?encoding=gb18030",
				STR("ref,phone,tier\n"
				    "N1,+447700900011,a\n" /* new */
				    "F1," TO ",b\n"        /* there */
				    "N1,+447700900012,c\n" /* new, above */
				    "F1,12,d\n"            /* fails */
				    "F1," TO ",e\n"        /* changed above */
				    "N2," TO ",f\n" /* takes F1's number */
				    "F1,+447700900013,g\n"
				    "\xFF\n" /* fails */
				    "N2,+447700900014,h\n")),
			 200);
	assert_string_equal(bed_word(b, "created"), "2");
	assert_string_equal(bed_word(b, "updated"), "5");
	assert_string_equal(bed_word(b, "failed_rows"), "2");
	assert_string_equal(bed_word(b, "failed.0.line"), "5");
	assert_string_equal(bed_word(b, "failed.1.line"), "9");
	look(b, "F1");
	word_is(b, "tier", "g");
	word_is(b, "name", "Lin");
	word_is(b, "addresses.0.address", "+447700900013");
	word_is(b, "addresses.1.address", "lin/1");
	word_is(b, "addresses.2.address", "");
	look(b, "N1");
	word_is(b, "tier", "c");
	word_is(b, "addresses.0.address", "+447700900012");
	look(b, "N2");
	word_is(b, "addresses.0.address", "+447700900014");
	/* somebody new behind somebody known: the last one has the number */
	assert_int_equal(import(b, "",
				STR("ref,phone\nF1," TO "\nN3," TO "\n")),
			 200);
	look(b, "N3");
	word_is(b, "addresses.0.address", TO);
	look(b, "F1");
	word_is(b, "addresses.0.address", "lin/1");
	/* there and back again */
	assert_int_equal(import(b, "",
				STR("ref,phone,tier\n"
				    "N2,+447700900014,key\n"
				    "N2,+447700900014,h\n")),
			 200);
	look(b, "N2");
	word_is(b, "tier", "h");
}

/* More than one piece, and more than are read at once. */
static void many_are_changed(void **state)
{
	struct bed *b = *state;
	struct buf csv = { 0 };

	buf_init(&csv, 1 << 20);
	for (int turn = 0; turn < 3; turn++) {
		buf_reset(&csv);
		buf_f(&csv, "ref,phone,%s\n", turn == 1 ? "tier" : "name");
		for (int i = 0; i < 3000; i++)
			buf_f(&csv, "M%d,+4477%08d,%s\n", i, i,
			      turn == 1 ? "key" : "Ann");
		assert_int_equal(import(b, "", buf_str(&csv)), 200);
		assert_string_equal(bed_word(b,
					     turn == 0 ? "created" : "updated"),
				    "3000");
		assert_string_equal(bed_word(b, "failed_rows"), "0");
	}
	for (int i = 0; i < 3000; i += 499) {
		char ref[16];

		snprintf(ref, sizeof(ref), "M%d", i);
		look(b, ref);
		word_is(b, "name", "Ann");
		word_is(b, "tier", "key");
	}
	buf_done(&csv);
}

/* Of a changed contact there is a row, masked; of one that is as it was none. */
static void r41_an_import_writes_down_what_it_changed(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_post(b, "/v1/contacts", full), 201);
	assert_int_equal(import(b, "", STR("ref,phone,tier\nF1," TO ",key\n")),
			 200);
	TURN_UNTIL(b, bed_get(b, "/v1/audit?limit=1000") == 200 &&
			      bed_says(b, "\"before\":{\"tier\":\"vip\"},"
					  "\"after\":{\"tier\":\"key\"}"));
	size_t rows = bed_count(b, "audit");
	assert_int_equal(import(b, "", STR("ref,phone,tier\nF1," TO ",key\n")),
			 200);
	TURN_UNTIL(b, bed_get(b, "/v1/audit?limit=1000") == 200 &&
			      bed_count(b, "audit") >= rows + 2);
	assert_int_equal(bed_count(b, "audit"), rows + 2); /* begun, done */
	assert_false(bed_says(b, "7700900001"));
}

/* A grant is for the numbers of the file, a refusal is the person's. */
static void consents_of_who_is_there(void **state)
{
	struct bed *b = *state;
	static const char at[] = "/v1/addresses/%2B447700900002";

	assert_int_equal(bed_post(b, "/v1/contacts", full), 201);
	assert_int_equal(import(b, "",
				STR("ref,phone,consent,source,wording\n"
				    "F1," TO ",granted,web,w1\n")),
			 200);
	assert_string_equal(bed_word(b, "consents"), "1");
	assert_int_equal(bed_get(b, at), 200);
	assert_false(bed_says(b, "granted"));
	assert_int_equal(
		import(b, "", STR("ref,phone,consent\nF1," TO ",withdrawn\n")),
		200);
	assert_string_equal(bed_word(b, "consents"), "3");
	assert_int_equal(bed_get(b, at), 200);
	assert_true(bed_says(b, "withdrawn"));
}

/* Half an import of people who are there, on a connection of its own. */
static int half_of_one(struct bed *b, const char *column)
{
	struct buf out = { 0 };
	int fd = bed_dial(b);

	buf_init(&out, 1 << 20);
	buf_f(&out,
	      "POST /v1/imports HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer "
	      "%s\r\nContent-Type: text/csv\r\nContent-Length: 90000\r\n\r\n"
	      "ref,phone,%s\n",
	      b->key, column);
	for (int i = 0; i < 300; i++)
		buf_f(&out, "M%d,+4477%08d,x\n", i, i);
	bed_send(b, fd, buf_str(&out));
	buf_done(&out);
	return fd;
}

/* Whoever sends it hangs up, or the node stops, wherever it is. */
static void cut_off_anywhere(void **state)
{
	struct bed *b = *state;
	struct buf csv = { 0 };

	buf_init(&csv, 1 << 20);
	buf_z(&csv, "ref,phone\n");
	for (int i = 0; i < 300; i++)
		buf_f(&csv, "M%d,+4477%08d\n", i, i);
	assert_int_equal(import(b, "", buf_str(&csv)), 200);
	for (int turns = 0; turns < 16; turns++) {
		int fd = half_of_one(b, turns % 2 == 0 ? "name" : "tier");

		for (int i = 0; i < turns; i++)
			loop_turn(b->loop, false);
		close(fd);
		assert_int_equal(contacts(b), 50);
	}
	for (int turns = 0; turns < 12; turns++) {
		int fd = half_of_one(b, turns % 2 == 0 ? "name" : "tier");

		for (int i = 0; i < turns; i++)
			loop_turn(b->loop, false);
		bed_stop(b);
		close(fd);
		bed_start(b, false);
		assert_int_equal(contacts(b), 50);
	}
	assert_int_equal(import(b, "", buf_str(&csv)), 200);
	assert_string_equal(bed_word(b, "updated"), "300");
	buf_done(&csv);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_a_file_has_no_column_for_stays),
		T(an_empty_cell_empties),
		T(numbers_of_who_is_there),
		T(rows_follow_each_other),
		T(many_are_changed),
		T(cut_off_anywhere),
		T(r41_an_import_writes_down_what_it_changed),
		T(consents_of_who_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
