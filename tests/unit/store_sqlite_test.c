/* What is SQLite's own: files, schema, damage, copies, plans of queries. */
#include "tests/contract/store_bed.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static int setup(void **state)
{
	struct bed *b = mem_new(struct bed);

	bed_init(b, "sqlite:t.db");
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	bed_done(*state);
	mem_free(*state);
	return 0;
}

static const char *path_of(const struct bed *b, const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	return path;
}

/* Runs a script on the file beside the store. */
static void script(const struct bed *b, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path_of(b, "t.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void opens_what_is_there(void **state)
{
	struct bed *b = *state;
	struct store *other;
	struct stat st;
	struct err err;

	b->cfg.create = false;
	assert_int_equal(store_open(&b->s, b->loop, &b->cfg, &err), -ENOENT);
	assert_int_equal(stat(path_of(b, "t.db"), &st), -1);
	assert_int_equal(store_create(&b->cfg, &err), 0);
	assert_int_equal(store_create(&b->cfg, &err), -EEXIST);
	assert_non_null(strstr(err.text, "there is a store already"));
	assert_int_equal(stat(path_of(b, "t.db"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	bed_open(b);
	assert_int_equal(store_open(&other, b->loop, &b->cfg, &err), -EBUSY);
	assert_non_null(strstr(err.text, "another process"));
	bed_reopen(b);
}

/* Made, but the power went before the first commit. */
static void finishes_an_empty_file(void **state)
{
	struct bed *b = *state;
	int fd = open(path_of(b, "t.db"), O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	(void)close(fd);
	b->cfg.create = false;
	assert_int_equal(store_open(&b->s, b->loop, &b->cfg, NULL), -ENOENT);
	assert_int_equal(store_create(&b->cfg, NULL), 0);
	bed_open(b);
}

static void refuses_urls(void **state)
{
	struct bed *b = *state;
	static const struct {
		const char *url;
		const char *says;
	} rows[] = {
		{ "", "write sqlite:FILE or memory:" },
		{ "carillon.db", "write sqlite:FILE" },
		{ "postgresql://host/db", "write sqlite:FILE" },
		{ "sqlite:", "names no file" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { "" };
		b->cfg.url = rows[i].url;
		assert_int_equal(store_open(&b->s, b->loop, &b->cfg, &err),
				 -EINVAL);
		assert_non_null(strstr(err.text, rows[i].says));
	}
}

static void refuses_files(void **state)
{
	struct bed *b = *state;
	static const struct {
		const char *sql; /* NULL: not even SQLite */
		int rc;
		const char *says;
	} rows[] = {
		{ "PRAGMA user_version = 99", -EPROTO, "newer version" },
		{ "PRAGMA application_id = 7", -EBADMSG, "not a store" },
		{ "UPDATE journal SET frames = zeroblob(40) WHERE seq = 2",
		  -EBADMSG, "journal row 2, byte 0 of 40: the length is out" },
		{ "DELETE FROM journal WHERE seq = 2; UPDATE fold SET run_to = "
		  "2",
		  -EBADMSG, "journal rows up to 2 are missing" },
		{ "DROP TABLE tally", -EIO, "cannot be read" },
		{ NULL, -EBADMSG, "not a database" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { "" };
		(void)unlink(path_of(b, "t.db"));
		assert_int_equal(store_create(&b->cfg, &err), 0);
		script(b, "INSERT INTO journal VALUES (2, x'00'), "
			  "(3, x'00'); UPDATE fold SET upto = 1, run_to = 1;");
		if (rows[i].sql != NULL) {
			script(b, rows[i].sql);
		} else {
			FILE *f = fopen(path_of(b, "t.db"), "w");
			for (unsigned k = 0; k < 4096; k++)
				(void)fputs("no database", f);
			(void)fclose(f);
		}
		assert_int_equal(store_open(&b->s, b->loop, &b->cfg, &err),
				 rows[i].rc);
		assert_non_null(strstr(err.text, rows[i].says));
	}
}

static void copies_itself(void **state)
{
	struct bed *b = *state;

	bed_open(b);
	bed_message(b, 1, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	unsigned n = b->answered;
	for (unsigned i = 0; i < 2; i++) {
		b->s->ops->backup(b->s, path_of(b, "copy.db"), bed_answer, b);
		assert_true(bed_until(b, &b->answered, ++n));
		assert_int_equal(b->rc, i == 0 ? 0 : -EEXIST);
	}
	b->s->ops->backup(b->s, "/nowhere/copy.db", bed_answer, b);
	assert_true(bed_until(b, &b->answered, ++n));
	assert_int_equal(b->rc, -EIO);

	store_close(&b->s);
	b->cfg.url = "sqlite:copy.db";
	b->cfg.create = false;
	bed_open(b);
	assert_string_equal(bed_scan(b, STORE_LIVE_SCAN, BED_NONE),
			    "1|0|10|-|-|#|[];");
}

/* A store as it was before the step of the schema that says this. */
static void make_before(struct bed *b, const char *step)
{
	static const struct {
		int number;
		const char *sql;
	} steps[] = {
#define MIGRATION(number, script) { number, script },
#include "store/schema.def"
#undef MIGRATION
	};

	script(b, "PRAGMA application_id = 0x43415249");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (strstr(steps[i].sql, step) != NULL)
			break;
		script(b, steps[i].sql);
	}
	b->cfg.create = false;
}

/* Measures of a store of before: parts are made of what is there, and days
 * are no rows by all that is known any more. */
static void adds_up_what_was_measured(void **state)
{
	struct bed *b = *state;
	static const char old[] =
		"INSERT INTO measure VALUES"
		" ('a', '2026-10', 'm', 'north', 'care', 'vip', 'sms', 'c', '',"
		"  2, 5),"
		" ('a', '2026-10', 'm', 'north', 'shop', '', 'sms', 'c', '',"
		"  3, 1),"
		" ('a', '2026-10', 'm', '', 'care', 'vip', 'mqtt', 'c', 'd',"
		"  4, 4),"
		" ('b', '2026-10', 'm', 'north', 'care', 'vip', 'sms', 'c', '',"
		"  7, 7),"
		" ('a', '2026-10-31', 'm', '', '', '', '', '', '', 9, 10);";

	make_before(b, "CREATE TABLE measure_part ");
	script(b, old);
	bed_open(b);
	assert_string_equal(bed_get(b, STORE_MEASURE_PARTS,
				    BED_CELLS(CELL_Z("a"), CELL_Z(""),
					      CELL_Z("2026-09"),
					      CELL_Z("2026-11"))),
			    "2026-10|m|1||c|d|4|4;2026-10|m|1|north|c||5|6;"
			    "2026-10|m|2|care|c||2|5;2026-10|m|2|care|c|d|4|4;"
			    "2026-10|m|2|shop|c||3|1;"
			    "2026-10|m|3||c||3|1;2026-10|m|3|vip|c||2|5;"
			    "2026-10|m|3|vip|c|d|4|4;"
			    "2026-10|m|4|mqtt|c|d|4|4;2026-10|m|4|sms|c||5|6;"
			    "2026-10|m|5|2026-10-31|||9|10;");
	assert_string_equal(bed_get(b, STORE_MEASURE_PARTS,
				    BED_CELLS(CELL_N, CELL_Z("north"),
					      CELL_Z("2026-09"),
					      CELL_Z("2026-11"))),
			    "2026-10|m|1|north|c||5|6;2026-10|m|1|north|c||7|7;"
			    "2026-10|m|2|care|c||2|5;2026-10|m|2|care|c||7|7;"
			    "2026-10|m|2|shop|c||3|1;"
			    "2026-10|m|3||c||3|1;2026-10|m|3|vip|c||2|5;"
			    "2026-10|m|3|vip|c||7|7;"
			    "2026-10|m|4|sms|c||5|6;2026-10|m|4|sms|c||7|7;");
	assert_string_equal(bed_get(b, STORE_MEASURE_PARTS,
				    BED_CELLS(CELL_N,
					      CELL_Z("\x1f"
						     "care"),
					      CELL_Z("2026-09"),
					      CELL_Z("2026-11"))),
			    "2026-10|m|1||c|d|4|4;2026-10|m|1|north|c||2|5;"
			    "2026-10|m|1|north|c||7|7;"
			    "2026-10|m|3|vip|c||2|5;2026-10|m|3|vip|c||7|7;"
			    "2026-10|m|3|vip|c|d|4|4;"
			    "2026-10|m|4|mqtt|c|d|4|4;2026-10|m|4|sms|c||2|5;"
			    "2026-10|m|4|sms|c||7|7;");
	assert_string_equal(bed_get(b, STORE_MEASURE_PARTS,
				    BED_CELLS(CELL_Z("a"),
					      CELL_Z("north\x1f"
						     "shop"),
					      CELL_Z("2026-09"),
					      CELL_Z("2026-11"))),
			    "2026-10|m|1|north|c||3|1;2026-10|m|3||c||3|1;"
			    "2026-10|m|4|sms|c||3|1;");
	assert_string_equal(bed_get(b, STORE_MEASURE_LIST,
				    BED_CELLS(CELL_N, CELL_Z("2026-10-31"))),
			    "");
}

/* So are surveys. */
static void adds_up_what_was_answered(void **state)
{
	struct bed *b = *state;
	static const char old[] =
		"INSERT INTO survey_session (tenant, survey, id, version,"
		" address, state, answered, unparsed, created_ms, contacted_ms,"
		" started_ms, expires_ms) VALUES"
		" ('a', 's', 1, 1, '+1', 'completed', 2, 1, 1, 1000, 3500, 0),"
		" ('a', 's', 2, 1, '+2', 'completed', 1, 0, 1, 1000, 2000, 0),"
		" ('a', 's', 3, 1, '+3', 'invited', 0, 0, 1, 0, 0, 0);"
		"INSERT INTO survey_session (tenant, survey, id, version,"
		" address, state, expires_ms) VALUES"
		" ('a', 'u', 1, 1, '+1', 'created', 0);"
		"INSERT INTO survey_answer (tenant, survey, session, question,"
		" n, version, token, score, late, at_ms) VALUES"
		" ('a', 's', 1, 'q', 1, 1, '2', 2, 0, 1),"
		" ('a', 's', 1, 'q', 2, 1, '5', 5, 1, 1),"
		" ('a', 's', 1, 'why', 1, 1, NULL, NULL, 0, 1),"
		" ('a', 's', 2, 'q', 1, 1, '5', 5, 0, 1);";

	make_before(b, "CREATE TABLE survey_tally ");
	script(b, old);
	bed_open(b);
	assert_string_equal(bed_get(b, STORE_SURVEY_TALLIES,
				    BED_CELLS(CELL_Z("a"), CELL_Z("s"),
					      CELL_N)),
			    "answer|q|5|2;answer|why||1;answered|||2;"
			    "delivered|||2;edited|q|5|1;late|q|5|1;"
			    "started|||2;state||completed|2;state||invited|1;"
			    "timed|||2;timed_ms|||3500;unparsed|||1;");
	assert_string_equal(bed_get(b, STORE_SURVEY_TALLIES,
				    BED_CELLS(CELL_Z("a"), CELL_Z("u"),
					      CELL_Z(""))),
			    "state||created|1;unparsed|||0;");
}

static bool plan_has(sqlite3 *db, const char *sql, const char *what)
{
	char text[2048];
	sqlite3_stmt *stmt;
	bool has = false;

	(void)snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		has = has || strstr((const char *)sqlite3_column_text(stmt, 3),
				    what) != NULL;
	(void)sqlite3_finalize(stmt);
	return has;
}

/* What a large store lives by. */
static void asks_in_the_right_order(void **state)
{
	struct bed *b = *state;
	static const struct {
		enum statement st;
		const char *uses;
		bool sorts; /* the rows of one person, or sums */
	} rows[] = {
		{ STATEMENT_LIVE_SCAN, "USING INDEX message_live" },
		{ STATEMENT_MESSAGE_LIST,
		  "SEARCH m USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" },
		{ STATEMENT_MESSAGE_COUNTS, "SCAN t", true },
		{ STATEMENT_INBOUND_LIST,
		  "USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" },
		{ STATEMENT_RECENT_SCAN, "PRIMARY KEY (rowid>?)" },
		{ STATEMENT_CONTACT_BY_REF, "USING INDEX contact_ref" },
		{ STATEMENT_CONTACT_BY_ADDRESS, "(tenant=? AND id=?)", true },
		{ STATEMENT_CONTACT_BY_ADDRESS,
		  "PRIMARY KEY (tenant=? AND address=?)", true },
		{ STATEMENT_CONTACT_SCAN, "INDEX address_contact", true },
		{ STATEMENT_ADDRESS_OF, "INDEX address_contact" },
		{ STATEMENT_CONTACT_LIST, "(tenant=? AND id>?)" },
		{ STATEMENT_ADDRESS_DROP, "INDEX address_contact" },
		{ STATEMENT_CONSENT_LIST, "USING INDEX consent_address" },
		{ STATEMENT_IDEMPOTENCY_SCAN, "INDEX idempotency_at" },
		{ STATEMENT_IDEMPOTENCY_PURGE, "INDEX idempotency_at" },
		{ STATEMENT_JOURNAL_TRIM, "PRIMARY KEY (rowid<?)" },
	};
	sqlite3 *db;

	bed_open(b);
	assert_int_equal(sqlite3_open(path_of(b, "t.db"), &db), SQLITE_OK);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *sql = statements[rows[i].st].sql;
		if (!plan_has(db, sql, rows[i].uses))
			fail_msg("%s: not %s", statements[rows[i].st].name,
				 rows[i].uses);
		if (plan_has(db, sql, "TEMP B-TREE") && !rows[i].sorts)
			fail_msg("%s sorts", statements[rows[i].st].name);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(opens_what_is_there),
		CASE(finishes_an_empty_file),
		CASE(refuses_urls),
		CASE(refuses_files),
		CASE(copies_itself),
		CASE(adds_up_what_was_measured),
		CASE(adds_up_what_was_answered),
		CASE(asks_in_the_right_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
