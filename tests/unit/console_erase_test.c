/* Erasing a person reaches every table that knows addresses. */
#include "tests/lib/bytes.h"
#include "tests/unit/console_bed.h"

#include <sqlite3.h>

#define TO "+447700900001"

/* Keep the address, and why. */
static const char *const kept[] = {
	"message",       /* what was sent to whom; its text goes by its class */
	"inbound",       /* the same of what was written */
	"consent_event", /* the ledger: that they are refused must stay */
	"login_session", /* of the network, not of a customer */
};

static sqlite3 *open_file(const struct bed *b)
{
	char path[96];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/t.db", b->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static int count(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int n;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	return n;
}

static bool is_kept(const char *table)
{
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (strcmp(kept[i], table) == 0)
			return true;
	return false;
}

/* fn for every column of the schema that holds addresses: with the table, the
 * column, and how many rows have the number there. */
static void each_column(const struct bed *b,
			void (*fn)(const char *table, const char *column,
				   int n))
{
	static const char columns[] =
		"SELECT m.name, c.name FROM sqlite_master m,"
		" pragma_table_info(m.name) c WHERE m.type = 'table'"
		" AND (c.name LIKE '%address' OR c.name LIKE '%\\_addr'"
		" ESCAPE '\\') ORDER BY 1";
	sqlite3 *db = open_file(b);
	sqlite3_stmt *st = NULL;
	unsigned tables = 0;

	assert_int_equal(sqlite3_prepare_v2(db, columns, -1, &st, NULL),
			 SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *table = (const char *)sqlite3_column_text(st, 0);
		const char *column = (const char *)sqlite3_column_text(st, 1);
		char sql[256];

		snprintf(sql, sizeof(sql),
			 "SELECT count(*) FROM %s WHERE %s = '" TO "'", table,
			 column);
		if (is_kept(table))
			continue;
		fn(table, column, count(db, sql));
		tables++;
	}
	assert_true(tables > 9);
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void is_there(const char *table, const char *column, int n)
{
	if (n == 0)
		fail_msg("put a row into %s.%s here, and see that erasing "
			 "reaches it",
			 table, column);
}

static int left;

static void is_gone(const char *table, const char *column, int n)
{
	if (n != 0 && getenv("BED_LOG") != NULL)
		print_message("%d left in %s.%s\n", n, table, column);
	left += n;
}

static bool all_gone(const struct bed *b)
{
	left = 0;
	each_column(b, is_gone);
	return left == 0;
}

static void gone_from_files(struct bed *b, const char *word)
{
	uint64_t until_ms = clock_mono_ms(&clock_real) + 5000;

	while (bytes_in(b->dir, word) > 0 &&
	       clock_mono_ms(&clock_real) < until_ms)
		loop_turn(b->loop, true);
	if (bytes_in(b->dir, word) > 0)
		fail_msg("\"%s\" is in the files still", word);
}

static const char *const words[] = {
	"Probe-vars",  "Probe-comment", "Probe-raw",    "Probe-trace",
	"Probe-data",  "Probe-account", "Probe-text",   "Probe-event",
	"Probe-cycle", "Probe-page",    "Probe-thread", "call " TO " back",
};

/* What no request of this test makes, put where it would be. */
static const char rows[] =
	"INSERT INTO unanswered (id, tenant, address)"
	" VALUES (7, 'acme', '" TO "');"
	"INSERT INTO survey_answer (tenant, survey, session, question, n,"
	" version, token, score, comment, raw, trace, late, at_ms)"
	" SELECT tenant, survey, id, 'q1', 1, 1, '', 0, 'Probe-comment',"
	" 'Probe-raw', 'Probe-trace', 0, 1 FROM survey_session;"
	"INSERT INTO reminder (id, tenant, name, event, account, cycle,"
	" to_addr, text, state, channel, message, due_ms, delivered_ms,"
	" created_ms) VALUES (1, 'acme', 'due', 'Probe-event',"
	" 'Probe-account', 'Probe-cycle', '" TO "', 'Probe-text', 'done', 0,"
	" 0, 0, 0, 1);"
	"INSERT INTO campaign_recipient (campaign, run, n, address, contact,"
	" arm, state, reason, due_ms, message) SELECT id, 1, 1, '" TO "', 0,"
	" 0, 3, '', 0, 0 FROM campaign;"
	"INSERT INTO oncall_page VALUES (1, 'acme', '" TO "', 'night', 'e',"
	" 'Probe-page', 0, 0, 'acked', 0, 1, 2, '');"
	"INSERT INTO oncall_page VALUES (2, 'acme', '+447700900009', 'night',"
	" 'e', 'please call " TO " back', 0, 0, 'acked', 0, 1, 2, '');"
	"INSERT INTO finding VALUES (1, 'acme', 'shop', 'sv', 'q1',"
	" 'please call " TO " back', 'answered', 9, 0, 'we call " TO
	" back', 'k', 'k', 1, 2, '');"
	"INSERT INTO trigger_mark VALUES ('acme', 'due', '" TO "/Probe-cycle',"
	" 1);"
	"INSERT INTO suspension VALUES ('acme', '" TO "', 'Probe-cycle', 1, 0,"
	" 0);"
	"INSERT INTO reply_code VALUES ('" TO "', 1, 'acme', 'Probe-thread',"
	" 9999999999999);"
	"INSERT INTO touch VALUES ('acme', '" TO "', 'marketing',"
	" 9999999999999, '', '');"
	"INSERT INTO suspect VALUES ('acme', '" TO "', 1, 9999999999999);";

static void fill(struct bed *b)
{
	static const char survey[] =
		"{\"id\":\"sv\",\"questions\":[{\"id\":\"q1\","
		"\"kind\":\"text\","
		"\"text\":{\"zh\":\"为什么?\",\"en\":\"Why?\"}}]}";
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"C9\",\"phone\":\"" TO "\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/surveys", survey), 201);
	assert_int_equal(bed_post(b, "/v1/surveys/sv/sessions",
				  "{\"to\":\"" TO "\","
				  "\"vars\":{\"plan\":\"Probe-vars\"}}"),
			 202);
	assert_int_equal(bed_post(b, "/v1/campaigns",
				  "{\"name\":\"n\",\"class\":\"notice\","
				  "\"text\":\"x\",\"audience\":{\"addresses\":"
				  "[\"+447700900009\"]}}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/cases",
				  "{\"kind\":\"complaint\",\"to\":\"" TO
				  "\",\"text\":\"x\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/callbacks", "{\"to\":\"" TO "\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/callbacks/links",
				  "{\"to\":\"" TO "\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/orders",
				  "{\"to\":\"" TO "\",\"offer\":\"ring\"}"),
			 202);
	assert_int_equal(bed_post(b, "/v1/alerts",
				  "{\"to\":\"" TO "\",\"trigger\":\"price\","
				  "\"subject\":\"600519\",\"side\":\"above\","
				  "\"limit\":\"1800\"}"),
			 201);
	bed_stop(b);
	db = open_file(b);
	if (sqlite3_exec(db, rows, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	bed_start(b, false);
	assert_int_equal(bed_post(b, "/v1/links/a/hold", "{}"), 200);
	assert_int_equal(bed_post(b, "/v1/events",
				  "{\"id\":\"e1\",\"type\":\"bill.due\","
				  "\"to\":\"" TO "\",\"account\":"
				  "\"Probe-account\",\"data\":{\"plan\":"
				  "\"Probe-data\"}}"),
			 200);
}

static void erase(struct bed *b)
{
	char path[128];

	assert_int_equal(bed_get(b, "/v1/contacts?address=%2B447700900001"),
			 200);
	snprintf(path, sizeof(path), "/v1/contacts/%s",
		 bed_word(b, "contacts.0.id"));
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
}

/* No row of any table names them, no file has their words, what was under way
 * for them has ended; and they stay refused. Also after a restart. */
static void all_erasing_reaches_every_table(void **state)
{
	struct bed *b = *state;

	fill(b);
	each_column(b, is_there);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (bytes_in(b->dir, words[i]) == 0)
			fail_msg("%s is nowhere", words[i]);
	assert_int_equal(bed_get(b, "/v1/reminders"), 200);
	assert_string_equal(bed_word(b, "reminders.0.state"), "waiting");
	erase(b);
	TURN_UNTIL(b, all_gone(b));
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		gone_from_files(b, words[i]);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(bed_get(b, "/v1/surveys/sv/sessions"), 200);
		assert_string_equal(bed_word(b, "sessions.0.state"),
				    "cancelled");
		assert_int_equal(bed_get(b, "/v1/reminders"), 200);
		assert_string_equal(bed_word(b, "reminders.0.state"),
				    "cancelled");
		assert_int_equal(bed_get(b, "/v1/findings"), 200);
		assert_string_equal(bed_word(b, "findings.0.text"),
				    "please call  back");
		bed_stop(b);
		bed_start(b, false);
		assert_true(all_gone(b));
	}
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001"), 200);
	assert_string_equal(bed_word(b, "standing.consent.marketing"),
			    "withdrawn");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_erasing_reaches_every_table,
						bed_open, bed_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
