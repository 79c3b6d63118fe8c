/* Contacts that turn out to be one person, and those that are to be forgotten. */
#include "tests/lib/bytes.h"
#include "tests/unit/console_bed.h"

#include <sqlite3.h>

#define TO "+447700900001"
#define TO2 "+447700900002"
#define GRANTED "ref,phone,consent,source,wording\nC9," TO ",granted,web,w1\n"

static int import(struct bed *b, const char *csv)
{
	return bed_ask_type(b, "POST", "/v1/imports", "text/csv", str_of(csv));
}

static void contact(struct bed *b, const char *body, char id[64])
{
	assert_int_equal(bed_post(b, "/v1/contacts", body), 201);
	snprintf(id, 64, "%s", bed_word(b, "id"));
}

static int merge(struct bed *b, const char *into, const char *from)
{
	char path[128], body[128];

	snprintf(path, sizeof(path), "/v1/contacts/%s/merge", into);
	snprintf(body, sizeof(body), "{\"from\":\"%s\"}", from);
	return bed_post(b, path, body);
}

static int get(struct bed *b, const char *id)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/contacts/%s", id);
	return bed_get(b, path);
}

static const char *standing(struct bed *b)
{
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001"), 200);
	return bed_word(b, "standing.consent.marketing");
}

/* ---- merge --------------------------------------------------------------------- */

static void two(struct bed *b, char a[64], char c[64])
{
	contact(b,
		"{\"ref\":\"A\",\"name\":\"Lin\",\"phone\":\"" TO
		"\",\"attrs\":{\"plan\":\"5g\"}}",
		a);
	contact(b,
		"{\"ref\":\"B\",\"name\":\"Ms Lin\",\"phone\":\"" TO2
		"\",\"mqtt\":\"lin\",\"tier\":\"vip\",\"attrs\":{\"plan\":"
		"\"4g\",\"kv\":35}}",
		c);
}

static void whole_is_said(struct bed *b)
{
	static const char *const says[] = {
		"\"ref\":\"A\"",
		"\"name\":\"Lin\"",
		"\"tier\":\"vip\"",
		"\"plan\":\"5g\"",
		"\"kv\":35",
		TO,
		TO2,
		"\"address\":\"lin\"",
	};

	for (size_t i = 0; i < ARRAY_LEN(says); i++) {
		if (!bed_says(b, says[i]))
			fail_msg("%s is not in %.*s", says[i],
				 STR_ARGS(b->body));
	}
}

/* Addresses, lists, attributes, refs and ids of both lead to one; consents
 * stay with their addresses. Also after a restart. */
static void r41_two_contacts_become_one(void **state)
{
	struct bed *b = *state;
	char a[64], c[64], body[256], path[128];

	two(b, a, c);
	assert_int_equal(bed_post(b, "/v1/segments",
				  "{\"name\":\"vips\",\"kind\":\"static\"}"),
			 201);
	snprintf(path, sizeof(path), "/v1/segments/%s/members",
		 bed_word(b, "id"));
	snprintf(body, sizeof(body), "{\"add\":[\"%s\"]}", c);
	assert_int_equal(bed_post(b, path, body), 200);
	assert_int_equal(
		bed_post(b, "/v1/consents",
			 "{\"address\":\"" TO2 "\",\"type\":\"grant\","
			 "\"purpose\":\"marketing\",\"source\":\"web\","
			 "\"wording\":\"w1\"}"),
		201);
	assert_int_equal(merge(b, a, c), 200);
	whole_is_said(b);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(get(b, a), 200);
		whole_is_said(b);
		assert_int_equal(get(b, c), 410);
		assert_true(bed_says(b, a));
		assert_int_equal(bed_get(b, path), 200);
		assert_string_equal(bed_word(b, "members.0.id"), a);
		assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900002"),
				 200);
		assert_string_equal(bed_word(b, "standing.consent.marketing"),
				    "granted");
		bed_stop(b);
		bed_start(b, false);
	}
	/* Their system goes on to call the person B. */
	assert_int_equal(import(b, "ref,phone,name\nB," TO ",Lin\n"), 200);
	assert_string_equal(bed_word(b, "updated"), "1");
	assert_string_equal(bed_word(b, "created"), "0");
	TURN_UNTIL(b, bed_get(b, "/v1/audit?limit=1000") == 200 &&
			      bed_says(b, "contact.merge\"") &&
			      bed_says(b, "contact.merged"));
	assert_true(bed_says(b, "**02")); /* masked */
}

/* B into C, and then C into A: who asks for B finds A. */
static void merges_follow_each_other(void **state)
{
	struct bed *b = *state;
	char a[64], c[64], d[64];

	two(b, a, c);
	contact(b, "{\"ref\":\"D\",\"phone\":\"+447700900003\"}", d);
	assert_int_equal(merge(b, c, d), 200);
	assert_int_equal(merge(b, a, c), 200);
	assert_int_equal(get(b, d), 410);
	assert_true(bed_says(b, a));
	assert_int_equal(import(b, "ref,phone\nD,+447700900003\n"), 200);
	assert_string_equal(bed_word(b, "updated"), "1");
}

static void what_cannot_be_merged_is_said(void **state)
{
	struct bed *b = *state;
	char a[64], c[64], body[512];
	size_t at = 0;

	two(b, a, c);
	assert_int_equal(merge(b, a, a), 400);
	assert_int_equal(merge(b, a, "nonsense"), 400);
	assert_int_equal(merge(b, a, "0000000000001"), 404);
	b->extra = "If-Match: \"1\"\r\n";
	assert_int_equal(merge(b, a, c), 409);
	b->extra = NULL;
	at += (size_t)snprintf(body, sizeof(body), "{\"addresses\":[");
	for (int i = 0; i < 8; i++)
		at += (size_t)snprintf(body + at, sizeof(body) - at,
				       "%s{\"channel\":\"mqtt\",\"address\":"
				       "\"m%d\"}",
				       i > 0 ? "," : "", i);
	snprintf(body + at, sizeof(body) - at, "]}");
	contact(b, body, c);
	assert_int_equal(merge(b, a, c), 409);
	assert_int_equal(get(b, c), 200);
}

/* ---- erase --------------------------------------------------------------------- */

static void erase(struct bed *b)
{
	char path[128];

	assert_int_equal(bed_get(b, "/v1/contacts?address=%2B447700900001"),
			 200);
	snprintf(path, sizeof(path), "/v1/contacts/%s",
		 bed_word(b, "contacts.0.id"));
	assert_int_equal(bed_ask(b, "DELETE", path, ""), 200);
}

/* The ledger has been cleared, as it may be after its years. */
static void ledger_clear(struct bed *b)
{
	char path[96];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/t.db", b->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "DELETE FROM consent_event", NULL,
				      NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Who was erased and comes back in a file is refused still; nothing that is
 * kept says who it was. */
static void all_the_erased_stay_refused(void **state)
{
	struct bed *b = *state;

	assert_int_equal(import(b, GRANTED), 200);
	assert_string_equal(bed_word(b, "consents"), "1");
	erase(b);
	for (int turn = 0; turn < 2; turn++) {
		bed_stop(b);
		ledger_clear(b);
		bed_start(b, false);
		assert_string_equal(standing(b), "unknown");
		assert_int_equal(bed_ask_type(b, "POST",
					      "/v1/imports?dry_run=true",
					      "text/csv", str_of(GRANTED)),
				 200);
		assert_string_equal(bed_word(b, "consents_refused"), "1");
		assert_int_equal(import(b, GRANTED), 200);
		assert_string_equal(bed_word(b, "imported"), "1");
		assert_string_equal(bed_word(b, "consents"), "0");
		assert_string_equal(bed_word(b, "consents_refused"), "1");
		assert_string_equal(standing(b), "withdrawn");
	}
}

/* A later word of their own counts, and is not taken back by the next file. */
static void the_erased_may_come_back_themselves(void **state)
{
	struct bed *b = *state;

	assert_int_equal(import(b, GRANTED), 200);
	erase(b);
	assert_int_equal(
		bed_post(b, "/v1/consents",
			 "{\"address\":\"" TO "\",\"type\":\"grant\","
			 "\"purpose\":\"marketing\",\"source\":\"web\","
			 "\"wording\":\"w2\"}"),
		201);
	assert_int_equal(import(b, "phone\n" TO "\n"), 200);
	assert_string_equal(standing(b), "granted");
}

/* Rows of care that still name the number. */
static int rows_of_theirs(const struct bed *b)
{
	static const char sql[] =
		"SELECT (SELECT count(*) FROM care_case WHERE address = '" TO
		"') + (SELECT count(*) FROM callback WHERE address = '" TO
		"') + (SELECT count(*) FROM callback_link WHERE address = '" TO
		"') + (SELECT count(*) FROM service_order WHERE address = '" TO
		"')";
	char path[96];
	sqlite3_stmt *st = NULL;
	sqlite3 *db;
	int n;

	snprintf(path, sizeof(path), "%s/t.db", b->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int(st, 0);
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return n;
}

static const char *const said[] = { "Probe-in-the-case", "Probe-in-the-note",
				    "Probe-in-the-call" };

static void their_care(struct bed *b, char one[64], char other[64])
{
	char path[96];

	assert_int_equal(bed_post(b, "/v1/cases",
				  "{\"kind\":\"complaint\",\"to\":\"" TO
				  "\",\"text\":\"Probe-in-the-case\"}"),
			 201);
	snprintf(one, 64, "%s", bed_word(b, "id"));
	snprintf(path, sizeof(path), "/v1/cases/%s/note", one);
	assert_int_equal(bed_post(b, path, "{\"text\":\"Probe-in-the-note\"}"),
			 200);
	/* one that is over, too */
	assert_int_equal(bed_post(b, "/v1/cases",
				  "{\"kind\":\"report\",\"to\":\"" TO
				  "\",\"text\":\"Probe-in-the-case\"}"),
			 201);
	snprintf(other, 64, "%s", bed_word(b, "id"));
	snprintf(path, sizeof(path), "/v1/cases/%s/close", other);
	assert_int_equal(bed_post(b, path,
				  "{\"cause\":\"content\",\"verdict\":"
				  "\"proven\",\"no_outcome\":\"told\"}"),
			 200);
	assert_int_equal(bed_post(b, "/v1/callbacks",
				  "{\"to\":\"" TO
				  "\",\"note\":\"Probe-in-the-call\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/callbacks/links",
				  "{\"to\":\"" TO "\"}"),
			 201);
	assert_int_equal(bed_post(b, "/v1/orders",
				  "{\"to\":\"" TO "\",\"offer\":\"ring\"}"),
			 202);
}

/* Of call-backs, links, orders and cases nothing says who it was or what was
 * said; what they count stays, and the number stays refused. */
static void all_erasing_reaches_what_care_holds(void **state)
{
	struct bed *b = *state;
	char one[64], other[64], path[96];

	assert_int_equal(import(b, GRANTED), 200);
	their_care(b, one, other);
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		assert_true(bytes_in(b->dir, said[i]) > 0);
	assert_int_equal(rows_of_theirs(b), 5);
	erase(b);
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		TURN_UNTIL(b, bytes_in(b->dir, said[i]) == 0);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(rows_of_theirs(b), 0);
		assert_int_equal(bed_get(b, "/v1/callbacks"), 200);
		assert_string_equal(bed_word(b, "callbacks.0.state"),
				    "cancelled");
		assert_string_equal(bed_word(b, "callbacks.0.reason"),
				    "erased");
		assert_int_equal(bed_get(b, "/v1/orders"), 200);
		assert_string_equal(bed_word(b, "orders.0.state"), "lapsed");
		snprintf(path, sizeof(path), "/v1/cases/%s", one);
		assert_int_equal(bed_get(b, path), 200);
		assert_string_equal(bed_word(b, "state"), "closed");
		assert_string_equal(bed_word(b, "kind"), "complaint");
		/* nobody can be written to, nobody is called */
		snprintf(path, sizeof(path), "/v1/cases/%s/reopen", other);
		assert_int_equal(bed_post(b, path, "{\"text\":\"x\"}"), 404);
		assert_int_equal(bed_post(b, "/v1/callbacks/next",
					  "{\"agent\":\"ann\"}"),
				 200);
		assert_true(bed_says(b, "\"callback\":null"));
		bed_stop(b);
		bed_start(b, false);
	}
	assert_int_equal(import(b, GRANTED), 200);
	assert_string_equal(bed_word(b, "consents_refused"), "1");
	assert_string_equal(standing(b), "withdrawn");
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r41_two_contacts_become_one),
		T(merges_follow_each_other),
		T(what_cannot_be_merged_is_said),
		T(all_the_erased_stay_refused),
		T(the_erased_may_come_back_themselves),
		T(all_erasing_reaches_what_care_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
