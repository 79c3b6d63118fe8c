/* CSV imports over HTTP: options, encodings, who is there already, all fields
 * of a contact there and back. */
#include "tests/unit/console_bed.h"

#include "proto/text_file.h"

#define TO "+447700900001"
#define TO2 "+447700900002"

static int import(struct bed *b, const char *query, struct str csv)
{
	char path[512];

	snprintf(path, sizeof(path), "/v1/imports%s", query);
	return bed_ask_type(b, "POST", path, "text/csv", csv);
}

static unsigned contacts(struct bed *b)
{
	assert_int_equal(bed_get(b, "/v1/contacts"), 200);
	return bed_count(b, "contacts");
}

/* ---- dry run ----------------------------------------------------------------- */

/* Good rows, bad ones, the same twice, and consent in doubt. */
static const char mixed[] = "ref,name,phone,consent,source,wording\n"
			    "C1,Shi," TO ",granted,web,w1\n"
			    "C2,Lin,not-a-number,,,\n"
			    "C1,Shi again," TO ",withdrawn,,\n"
			    "C3,Bo," TO2 ",granted,tnc_bundled,w1\n"
			    "C4,Cy," TO2 ",,,\n";

static void figures_are(struct bed *b, const char *dry)
{
	static const struct {
		const char *name, *value;
	} want[] = {
		{ "rows", "5" },
		{ "imported", "4" },
		{ "created", "3" },
		{ "updated", "1" },
		{ "skipped", "0" },
		{ "failed_rows", "1" },
		{ "moved", "1" },
		{ "consents", "2" },
		{ "consents_refused", "1" },
		{ "failed.0.line", "3" },
		{ "refused.0.line", "5" },
		{ "encoding", "ascii" },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		if (strcmp(bed_word(b, want[i].name), want[i].value) != 0)
			fail_msg("%s is %s", want[i].name,
				 bed_word(b, want[i].name));
	}
	assert_string_equal(bed_word(b, "dry_run"), dry);
}

static void a_dry_run_says_the_same_and_stores_nothing(void **state)
{
	struct bed *b = *state;

	assert_int_equal(import(b, "?dry_run=true", str_of(mixed)), 200);
	figures_are(b, "true");
	assert_int_equal(contacts(b), 0);
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001/evidence"),
			 200);
	assert_int_equal(bed_count(b, "events"), 0);
	assert_int_equal(import(b, "", str_of(mixed)), 200);
	figures_are(b, "false");
	assert_int_equal(contacts(b), 3);
}

/* ---- columns -------------------------------------------------------------------- */

static void columns_are_mapped(void **state)
{
	struct bed *b = *state;

	assert_int_equal(
		import(b,
		       "?map=%E6%89%8B%E6%9C%BA%3Aphone,Kunde:ref,"
		       "Tarif:attr.plan,Notiz:-",
		       STR("Kunde,\xE6\x89\x8B\xE6\x9C\xBA,Tarif,Notiz\n"
			   "C1," TO ",5g,secret\n")),
		200);
	assert_int_equal(bed_get(b, "/v1/contacts?ref=C1"), 200);
	assert_string_equal(bed_word(b, "contacts.0.attrs.plan"), "5g");
	assert_false(bed_says(b, "secret"));
	assert_int_equal(import(b, "?map=Nix:phone", STR("phone\n" TO "\n")),
			 400);
	assert_string_equal(bed_word(b, "error.code"), "bad_header");
}

static void bad_options_are_refused(void **state)
{
	static const char *const queries[] = { "?dry_run=maybe",
					       "?dedupe=merge",
					       "?encoding=latin1",
					       "?country=4x", "?colour=red" };
	struct bed *b = *state;

	for (size_t i = 0; i < ARRAY_LEN(queries); i++)
		assert_int_equal(import(b, queries[i], STR("phone\n")), 400);
}

/* ---- who is there already ----------------------------------------------------------- */

static void dedupe_as_asked(void **state)
{
	static const struct {
		const char *policy, *csv;
		const char *created, *updated, *skipped, *failed;
	} cases[] = {
		{ "skip", "ref,phone,name\nC1," TO ",B\n", "0", "0", "1", "0" },
		{ "refuse", "ref,phone,name\nC1," TO ",B\n", "0", "0", "0",
		  "1" },
		{ "skip", "phone,name\n" TO ",B\n", "0", "0", "1", "0" },
		{ "refuse", "ref,phone\nC9," TO "\n", "0", "0", "0", "1" },
		/* within the file */
		{ "skip", "ref,phone\nN1,+447700900011\nN1,+447700900012\n",
		  "1", "0", "1", "0" },
		{ "refuse", "phone\n+447700900021\n07700 900021\n", "1", "0",
		  "0", "1" },
		/* no ref: the number says who it is */
		{ "update", "phone,name\n" TO ",Ann\n", "0", "1", "0", "0" },
	};
	struct bed *b = *state;
	char query[64];

	assert_int_equal(import(b, "", STR("ref,phone,name\nC1," TO ",A\n")),
			 200);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (int dry = 1; dry >= 0; dry--) {
			snprintf(query, sizeof(query), "?dedupe=%s&dry_run=%s",
				 cases[i].policy, dry ? "true" : "false");
			assert_int_equal(import(b, query, str_of(cases[i].csv)),
					 200);
			assert_string_equal(bed_word(b, "created"),
					    cases[i].created);
			assert_string_equal(bed_word(b, "updated"),
					    cases[i].updated);
			assert_string_equal(bed_word(b, "skipped"),
					    cases[i].skipped);
			assert_string_equal(bed_word(b, "failed_rows"),
					    cases[i].failed);
		}
	}
	assert_int_equal(bed_get(b, "/v1/contacts?address=%2B447700900001"),
			 200);
	assert_int_equal(bed_count(b, "contacts"), 1);
	assert_string_equal(bed_word(b, "contacts.0.name"), "Ann");
}

/* A number that was changed away is nobody's: the next row with it is about
 * somebody new. */
static void a_number_given_up_is_free(void **state)
{
	struct bed *b = *state;
	char path[96];

	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"C1\",\"phone\":\"" TO "\"}"),
			 201);
	snprintf(path, sizeof(path), "/v1/contacts/%s", bed_word(b, "id"));
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"phone\":\"" TO2 "\"}"),
			 200);
	assert_int_equal(import(b, "", STR("phone,name\n" TO ",New\n")), 200);
	assert_string_equal(bed_word(b, "created"), "1");
	assert_int_equal(import(b, "", STR("phone,name\n" TO2 ",Same\n")), 200);
	assert_string_equal(bed_word(b, "updated"), "1");
}

/* ---- encodings ---------------------------------------------------------------------- */

#define HAN_UTF8 "\xE7\x9F\xB3\xE5\x85\x88\xE7\x94\x9F"
#define HAN_GB "\xCA\xAF\xCF\xC8\xC9\xFA"

static void encodings_are_found_and_said(void **state)
{
	static const struct {
		const char *query, *name, *found;
		int status;
	} files[] = {
		{ "", HAN_UTF8, "utf-8", 200 },
		{ "", HAN_GB, "gb18030", 200 },
		{ "?encoding=gb18030", HAN_GB, "gb18030", 200 },
		{ "?encoding=GBK", HAN_GB, "gb18030", 200 },
		{ "", "\xC3\xA9\xFF", NULL, 400 },
		{ "", "abc\xFF", NULL, 400 },
	};
	struct bed *b = *state;
	char csv[128];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(csv, sizeof(csv), "ref,phone,name\nC1," TO ",%s\n",
			 files[i].name);
		assert_int_equal(import(b, files[i].query, str_of(csv)),
				 files[i].status);
		if (files[i].found == NULL) {
			assert_string_equal(bed_word(b, "error.code"),
					    "bad_encoding");
			continue;
		}
		assert_string_equal(bed_word(b, "encoding"), files[i].found);
		assert_int_equal(bed_get(b, "/v1/contacts?ref=C1"), 200);
		assert_string_equal(bed_word(b, "contacts.0.name"), HAN_UTF8);
	}
	assert_int_equal(import(b, "", STR("\xEF\xBB\xBFphone\n" TO "\n")),
			 200);
	assert_string_equal(bed_word(b, "encoding"), "utf-8-bom");
	assert_int_equal(import(b, "", STR("\xFF\xFEp\0h\0")), 400);
	assert_true(bed_says(b, "byte 0 (0xFF): this is UTF-16"));
}

/* A byte that is wrong where the encoding is known loses its row alone. */
static void a_wrong_byte_costs_a_row(void **state)
{
	struct bed *b = *state;

	assert_int_equal(import(b, "?encoding=gb18030",
				STR("phone,name\n" TO "," HAN_GB "\n" TO2
				    ",\xFFx\n")),
			 200);
	assert_string_equal(bed_word(b, "imported"), "1");
	assert_string_equal(bed_word(b, "failed.0.line"), "3");
	assert_string_equal(bed_word(b, "failed.0.reason"), "not GB18030");
}

/* Whichever way it is cut: four bytes of one character, the window. */
static void text_files_are_read_in_pieces(void **state)
{
	static const char gb[] = "a\xCA\xAF\x94\x39\xFC\x36z\xCA\xAF";
	static const char utf8[] = "a\xE7\x9F\xB3\xF0\x9F\x98\x80"
				   "z\xE7\x9F\xB3";

	(void)state;
	for (size_t step = 1; step < sizeof(gb); step++) {
		struct text_file *f = text_file_new(TEXT_FILE_AUTO);
		struct str left = str_of(gb);
		struct buf out = { 0 };
		struct err err;

		buf_init(&out, 4096);
		for (; left.len > 0; left = str_from(left, step))
			assert_int_equal(text_file_feed(f,
							str_first(left, step),
							false, &out, &err),
					 0);
		assert_int_equal(text_file_feed(f, STR_NONE, true, &out, &err),
				 0);
		assert_int_equal(text_file_found(f), TEXT_FILE_GB18030);
		assert_true(str_eqz(buf_str(&out), utf8));
		buf_done(&out);
		text_file_free(&f);
	}
}

/* ---- all fields, there and back ------------------------------------------------------ */

static const char whole[] =
	"{\"ref\":\"C1\",\"name\":\"=Lin\",\"addresses\":["
	"{\"channel\":\"sms\",\"address\":\"" TO "\"},"
	"{\"channel\":\"sms\",\"address\":\"" TO2 "\"},"
	"{\"channel\":\"mqtt\",\"address\":\"lin/1\"}],"
	"\"lang\":\"zh\",\"tz\":\"Asia/Shanghai\",\"tz_source\":\"area_code\","
	"\"tier\":\"key\",\"branch\":\"n1\",\"manager\":\"Ms Bo\","
	"\"lifecycle\":\"active\",\"preferred\":\"mqtt\","
	"\"hours\":\"18:00-21:00\",\"attrs\":{\"kv\":35,\"a\":\"b,c\"}}";

static const char *const kept[] = {
	"\"name\":\"=Lin\"",
	"\"tz_source\":\"area_code\"",
	"\"manager\":\"Ms Bo\"",
	"\"lifecycle\":\"active\"",
	"\"hours\":\"18:00-21:00\"",
	"\"preferred\":\"mqtt\"",
	"\"address\":\"" TO2 "\"",
	"\"address\":\"lin/1\"",
	"\"kv\":35",
	"\"a\":\"b,c\"",
	"\"branch\":\"n1\"",
};

static void whole_is_kept(struct bed *b)
{
	assert_int_equal(bed_get(b, "/v1/contacts?ref=C1"), 200);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		if (!bed_says(b, kept[i]))
			fail_msg("%s is not in %.*s", kept[i],
				 STR_ARGS(b->body));
	}
	assert_string_equal(bed_word(b, "contacts.0.addresses.2.address"),
			    "lin/1");
}

static void r41_an_export_is_an_import(void **state)
{
	struct bed *b = *state;
	char csv[4096], path[96];

	assert_int_equal(bed_post(b, "/v1/contacts", whole), 201);
	snprintf(path, sizeof(path), "/v1/contacts/%s", bed_word(b, "id"));
	whole_is_kept(b);
	assert_int_equal(bed_get(b, "/v1/exports/contacts?purpose=test"), 200);
	assert_true(bed_says(b, "C1,'=Lin,'" TO ",lin/1,"));
	snprintf(csv, sizeof(csv), "%.*s", STR_ARGS(b->body));
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
	assert_int_equal(contacts(b), 0);
	assert_int_equal(import(b, "", str_of(csv)), 200);
	assert_string_equal(bed_word(b, "created"), "1");
	whole_is_kept(b);
}

static void bad_words_of_a_contact_are_named(void **state)
{
	static const struct {
		const char *body, *says;
	} bad[] = {
		{ "{\"phone\":\"" TO "\",\"lifecycle\":\"gone\"}",
		  "lifecycle is" },
		{ "{\"phone\":\"" TO "\",\"hours\":\"late\"}", "hours are" },
		{ "{\"phone\":\"" TO "\",\"tz_source\":\"guess\"}",
		  "tz_source is" },
		{ "{\"phone\":\"" TO "\",\"tz\":\"Europe//London\"}",
		  "is not a zone" },
	};
	struct bed *b = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(bed_post(b, "/v1/contacts", bad[i].body), 400);
		assert_true(bed_says(b, bad[i].says));
	}
}

/* ---- who may ------------------------------------------------------------------------- */

/* Bulk is the admin's alone, and who tried it is written down. */
static void r40_bulk_is_for_admins(void **state)
{
	static const char *const roles[] = { "marketer", "care", "sender",
					     "operator", "supervisor" };
	struct bed *b = *state;
	char key[128], body[160];

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		b->key = ADMIN;
		snprintf(body, sizeof(body),
			 "{\"name\":\"k%zu\",\"role\":\"%s\"}", i, roles[i]);
		assert_int_equal(bed_post(b, "/v1/keys", body), 201);
		snprintf(key, sizeof(key), "%s", bed_word(b, "key"));
		b->key = key;
		assert_int_equal(import(b, "", STR("phone\n" TO "\n")), 403);
		assert_int_equal(bed_get(b, "/v1/exports/contacts?purpose=x"),
				 403);
	}
	b->key = ADMIN;
	assert_int_equal(contacts(b), 0);
	TURN_UNTIL(b, bed_get(b, "/v1/audit?limit=1000") == 200 &&
			      bed_says(b, "contact.import_denied") &&
			      bed_says(b, "contact.export_denied"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_files_are_read_in_pieces),
		T(a_dry_run_says_the_same_and_stores_nothing),
		T(columns_are_mapped),
		T(bad_options_are_refused),
		T(dedupe_as_asked),
		T(a_number_given_up_is_free),
		T(encodings_are_found_and_said),
		T(a_wrong_byte_costs_a_row),
		T(r41_an_export_is_an_import),
		T(bad_words_of_a_contact_are_named),
		T(r40_bulk_is_for_admins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
