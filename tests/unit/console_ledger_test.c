/* The proof of the ledger over HTTP: one changed byte is found with its place,
 * an end that was cut off by a head. */
#include "tests/unit/console_bed.h"

#include <sqlite3.h>

#define TO "+447700900001"
#define EVENTS 7

static void grow(struct bed *b, unsigned n)
{
	char body[160];

	for (unsigned i = 0; i < n; i++) {
		snprintf(body, sizeof(body),
			 "{\"address\":\"+44770090%04u\",\"type\":\"withdraw\""
			 ",\"source\":\"agent\",\"evidence\":\"form %u\"}",
			 i, i);
		assert_int_equal(bed_post(b, "/v1/consents", body), 201);
	}
}

/* What an intruder does while the node is down. */
static void tamper(struct bed *b, const char *sql)
{
	char path[96];
	sqlite3 *db;

	bed_stop(b);
	snprintf(path, sizeof(path), "%s/t.db", b->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	bed_start(b, false);
}

static void whole_ledger_is_whole(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_get(b, "/v1/consents/verify"), 200);
	assert_string_equal(bed_word(b, "ok"), "true");
	assert_string_equal(bed_word(b, "rows"), "0");
	grow(b, EVENTS);
	bed_stop(b); /* which writes a head */
	bed_start(b, false);
	assert_int_equal(bed_get(b, "/v1/consents/verify"), 200);
	assert_string_equal(bed_word(b, "ok"), "true");
	assert_string_equal(bed_word(b, "rows"), "7");
	assert_string_equal(bed_word(b, "what"), "");
	assert_string_not_equal(bed_word(b, "heads"), "0");
}

static const struct {
	const char *sql, *seq, *what;
} tampers[] = {
	{ "UPDATE consent_event SET address = '+447700900009' WHERE seq = 4",
	  "4", "content" },
	{ "UPDATE consent_event SET evidence = 'form 4' WHERE seq = 4", "4",
	  "content" },
	{ "UPDATE consent_event SET at_ms = at_ms + 1 WHERE seq = 1", "1",
	  "content" },
	/* of the last row nobody behind it knows the hash, but the head does */
	{ "UPDATE consent_event SET source = 'agenT' WHERE seq = 7", "7",
	  "content" },
	{ "UPDATE consent_event SET hash = x'00' WHERE seq = 4", "4", "row" },
	{ "UPDATE consent_event SET hash = zeroblob(32) WHERE seq = 4", "4",
	  "hash" },
	{ "UPDATE consent_event SET prev_hash = zeroblob(32) WHERE seq = 4",
	  "4", "prev_hash" },
	{ "DELETE FROM consent_event WHERE seq = 4", "4", "missing" },
	{ "DELETE FROM consent_event WHERE seq = 1", "1", "missing" },
	{ "UPDATE consent_event SET seq = 40 WHERE seq = 4", "4", "missing" },
	/* cut off: only a head knows */
	{ "DELETE FROM consent_event WHERE seq > 4", "5", "tail" },
	{ "DELETE FROM consent_event", "1", "tail" },
	{ "UPDATE ledger_head SET hash = zeroblob(32)", "7", "head" },
};

static void one_tampered_byte_is_found(void **state)
{
	for (unsigned i = 0; i < ARRAY_LEN(tampers); i++) {
		struct bed *b;

		if (i > 0)
			assert_int_equal(bed_open(state), 0);
		b = *state;
		grow(b, EVENTS);
		tamper(b, tampers[i].sql);
		assert_int_equal(bed_get(b, "/v1/consents/verify"), 200);
		assert_string_equal(bed_word(b, "ok"), "false");
		assert_string_equal(bed_word(b, "seq"), tampers[i].seq);
		assert_string_equal(bed_word(b, "what"), tampers[i].what);
		assert_string_not_equal(bed_word(b, "why"), "");
		if (i + 1 < ARRAY_LEN(tampers))
			assert_int_equal(bed_close(state), 0);
	}
}

/* Who rewrites the end and the heads kept beside it is found by a head that
 * was kept elsewhere: in a log, by a broker. */
static void a_head_kept_elsewhere_is_checked(void **state)
{
	struct bed *b = *state;
	char path[160];

	grow(b, EVENTS);
	bed_stop(b);
	bed_start(b, false);
	assert_int_equal(bed_get(b, "/v1/consents/heads"), 200);
	size_t n = bed_count(b, "heads");
	assert_int_not_equal(n, 0);
	json_t *last = json_array_get(json_object_get(b->json, "heads"), n - 1);
	snprintf(path, sizeof(path), "/v1/consents/verify?head=%lld:%s",
		 (long long)json_integer_value(json_object_get(last, "seq")),
		 json_string_value(json_object_get(last, "hash")));
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "ok"), "true");
	tamper(b, "DELETE FROM consent_event WHERE seq > 4;"
		  "DELETE FROM ledger_head WHERE seq > 4");
	assert_int_equal(bed_get(b, "/v1/consents/verify"), 200);
	assert_string_equal(bed_word(b, "ok"), "true");
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "ok"), "false");
	assert_string_equal(bed_word(b, "what"), "tail");
	/* and what grew since is another ledger */
	grow(b, 3);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "what"), "head");
	assert_string_equal(bed_word(b, "seq"), "7");
}

static void bad_heads_are_refused(void **state)
{
	struct bed *b = *state;
	static const char *const rows[] = { "7", "7:00", "x:00", ":", "0:00" };
	char path[160];

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		snprintf(path, sizeof(path), "/v1/consents/verify?head=%s",
			 rows[i]);
		assert_int_equal(bed_get(b, path), 400);
		assert_string_equal(bed_word(b, "error.code"), "bad_head");
	}
	snprintf(path, sizeof(path), "/v1/consents/verify?head=1:%064d", 0);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "what"), "tail");
	path[str_of(path).len - 1] = 'g';
	assert_int_equal(bed_get(b, path), 400);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(whole_ledger_is_whole),
		T(one_tampered_byte_is_found),
		T(a_head_kept_elsewhere_is_checked),
		T(bad_heads_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
