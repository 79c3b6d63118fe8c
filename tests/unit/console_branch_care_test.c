/* what somebody with a branch does for its people: files, call-backs, the
 * report. */
#include "tests/unit/branch_bed.h"

#include "care/callbacks.h"
#include "model/measure.h"

/* ---- files ----------------------------------------------------------------------- */

static int csv(struct bed *b, const char *path, const char *text)
{
	return bed_ask_type(b, "POST", path, "text/csv", str_of(text));
}

static void r44_a_file_is_about_ones_own(void **state)
{
	struct bed *b = *state;
	struct south s;

	people(b, &s);
	as_north(b, "admin");
	assert_int_equal(csv(b, "/v1/imports",
			     "ref,name,phone,branch\n"
			     "N-9,New,+447700900120,\n" /* of no word: theirs */
			     "N-1,Nell," NORTH
			     ",north\n" /* known by its number */
			     "X-9,Off,+447700900121,south\n" /* of others */
			     "X-8,Off," SOUTH ",\n"          /* has theirs */
			     "S-1,Off,+447700900122,\n"      /* is theirs */
			     "S-1,Off," NORTH ",north\n"),   /* takes a name */
			 200);
	assert_string_equal(bed_word(b, "imported"), "2");
	assert_string_equal(bed_word(b, "failed_rows"), "4");
	assert_string_equal(bed_word(b, "failed.0.line"), "4");
	assert_int_equal(bed_get(b, "/v1/contacts"), 200);
	assert_int_equal(bed_count(b, "contacts"), 2);
	assert_string_equal(bed_word(b, "contacts.1.branch"), "north");
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/contacts?ref=S-1"), 200);
	assert_string_equal(bed_word(b, "contacts.0.name"), "Sue");
	assert_string_equal(bed_word(b, "contacts.0.branch"), "south");
}

static void r44_a_suppression_is_about_ones_own(void **state)
{
	static const char path[] =
		"/v1/suppressions?list=rest&kind=list&source=shop";
	struct bed *b = *state;
	struct south s;

	people(b, &s);
	as_north(b, "care");
	assert_int_equal(csv(b, path,
			     "phone\n" NORTH "\n" SOUTH "\n" NOBODY "\n"),
			 200);
	assert_string_equal(bed_word(b, "added"), "1");
	assert_string_equal(bed_word(b, "failed_rows"), "2");
	assert_int_equal(bed_get(b, "/v1/suppressions"), 200);
	assert_string_equal(bed_word(b, "lists.0.list"), "list:rest");
	assert_string_equal(bed_word(b, "lists.0.addresses"), "");
	assert_int_equal(bed_post(b, "/v1/messages/check", SEND(NORTH)), 200);
	assert_true(bed_says(b, "blocklist"));
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/suppressions"), 200);
	assert_string_equal(bed_word(b, "lists.0.addresses"), "1");
}

static void r44_a_suspicion_is_settled_by_ones_own(void **state)
{
	struct bed *b = *state;
	struct south s;

	people(b, &s);
	bed_hear(b, NORTH, "how do I unsubscribe?");
	bed_hear(b, SOUTH, "how do I unsubscribe?");
	assert_int_equal(bed_get(b, "/v1/suspects"), 200);
	assert_int_equal(bed_count(b, "suspects"), 2);
	as_north(b, "care");
	assert_int_equal(bed_get(b, "/v1/suspects"), 200);
	assert_int_equal(bed_count(b, "suspects"), 1);
	assert_int_equal(bed_post(b, "/v1/suspects/%2B447700900101",
				  "{\"decision\":\"clear\",\"reason\":\"x\"}"),
			 200);
}

static void r44_events_of_a_file_are_about_ones_own(void **state)
{
	struct bed *b = *state;
	struct south s;

	people(b, &s);
	as_north(b, "care");
	assert_int_equal(csv(b, "/v1/events/csv",
			     "id,type,to\ne1,bill.due," SOUTH
			     "\ne2,bill.due," NORTH "\n"),
			 200);
	assert_string_equal(bed_word(b, "taken"), "1");
	assert_string_equal(bed_word(b, "failed"), "1");
}

/* ---- call-backs ------------------------------------------------------------------- */

/* Who the next one is for; "": nobody. */
static const char *next(struct bed *b)
{
	if (bed_post(b, "/v1/callbacks/next", "") != 200)
		fail_msg("%.*s", STR_ARGS(b->body));
	return bed_word(b, "callback.to");
}

static void queued(struct bed *b, unsigned n)
{
	b->key = ADMIN;
	TURN_UNTIL(b, callbacks_waiting(care_callbacks(b->care), STR("acme"),
					STR_NONE) == n);
}

static void r44_agents_call_people_of_their_branch(void **state)
{
	struct bed *b = *state;
	const char *north, *all;
	struct south s;

	people(b, &s);
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(SOUTH)), 201);
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(NOBODY)), 201);
	queued(b, 2);
	as_north(b, "care");
	north = b->key;
	assert_string_equal(next(b), "");
	assert_string_equal(bed_word(b, "waiting"), "0");
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(NORTH)), 201);
	queued(b, 3);
	b->key = north;
	assert_string_equal(next(b), NORTH);
	/* One who is of no branch calls everybody, in order. */
	as_of(b, "care", "");
	all = b->key;
	assert_string_equal(next(b), SOUTH);
	assert_string_equal(next(b), SOUTH); /* has it */
	/* Whoever comes to another branch is called by that one. */
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"X-1\",\"phone\":\"" NOBODY "\","
				  "\"branch\":\"east\"}"),
			 201);
	as_of(b, "care", "east");
	assert_string_equal(next(b), NOBODY);
	(void)all;
}

/* What waited for a branch before its agents came is theirs, too; and a
 * contact that leaves the branch leaves its queue. */
static void r44_a_queue_follows_the_contact(void **state)
{
	struct bed *b = *state;
	const char *north, *south;
	struct south s;

	people(b, &s);
	as_north(b, "care");
	north = b->key;
	as_of(b, "care", "south");
	south = b->key;
	assert_string_equal(next(b), "");
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(SOUTH)), 201);
	assert_int_equal(bed_post(b, "/v1/callbacks", WISH(NORTH)), 201);
	queued(b, 2);
	assert_int_equal(bed_post(b, "/v1/contacts",
				  "{\"ref\":\"S-1\",\"phone\":\"" SOUTH "\","
				  "\"branch\":\"north\"}"),
			 201);
	b->key = south;
	assert_string_equal(next(b), "");
	b->key = north;
	assert_string_equal(next(b), SOUTH);
}

/* ---- the report ------------------------------------------------------------------- */

static void r44_the_report_is_of_ones_own(void **state)
{
	struct bed *b = *state;
	char path[64], day[MEASURE_DAY];
	struct south s;

	people(b, &s);
	measure_day(clock_wall_ms(&clock_real), day);
	snprintf(path, sizeof(path), "/v1/reports/month?of=%.7s", day);
	assert_int_equal(bed_get(b, path), 200);
	assert_int_equal(bed_count(b, "days"), 1);
	assert_true(bed_says(b, "\"south\""));
	as_north(b, "supervisor");
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "of_branch"), "north");
	assert_false(bed_says(b, "south"));
	assert_int_equal(bed_count(b, "days"), 1); /* its own */
	snprintf(path, sizeof(path), "/v1/reports/month?of=%.7s&branch=south",
		 day);
	assert_int_equal(bed_get(b, path), 403);
	snprintf(path, sizeof(path), "/v1/reports/month?of=%.7s&format=html",
		 day);
	assert_int_equal(bed_get(b, path), 200);
	assert_false(bed_says(b, "south"));
}

/* Its findings are seen and answered; those of others and of none are not. */
static void r44_findings_are_of_ones_own(void **state)
{
	struct bed *b = *state;
	char path[96];
	struct south s;

	people(b, &s);
	ask_south(b, &s);
	as_north(b, "admin");
	assert_int_equal(bed_get(b, "/v1/findings"), 200);
	assert_int_equal(bed_count(b, "findings"), 0);
	assert_int_equal(bed_post(b, "/v1/findings",
				  "{\"unit\":\"shop\",\"survey\":\"sv\","
				  "\"text\":\"Ours\"}"),
			 201);
	snprintf(path, sizeof(path), "/v1/findings/%s/answer",
		 bed_word(b, "id"));
	assert_int_equal(bed_get(b, "/v1/findings?branch=north"), 200);
	assert_int_equal(bed_count(b, "findings"), 1);
	assert_string_equal(bed_word(b, "findings.0.branch"), "north");
	nothing_of_others(b, "/v1/findings");
	assert_int_equal(bed_post(b, path, "{\"text\":\"Done\"}"), 200);
	assert_int_equal(bed_post(b, path, "{\"text\":\"Done\"}"), 404);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/findings"), 200);
	assert_int_equal(bed_count(b, "findings"), 3);
	assert_int_equal(bed_get(b, "/v1/findings?branch=south"), 200);
	assert_int_equal(bed_count(b, "findings"), 1);
}

/* Alerts about its people, and those about nobody. */
static void r44_alerts_of_ones_own_are_seen_and_taken(void **state)
{
	struct bed *b = *state;
	char path[160];
	struct south s;

	people(b, &s);
	ask_south(b, &s);
	alert_about(b, "shop.shut", "all", "");
	alert_about(b, "shop.shut", "north", NORTH);
	as_north(b, "supervisor");
	assert_int_equal(bed_get(b, "/v1/oncall?limit=2"), 200);
	nothing_of_others(b, "/v1/oncall");
	assert_int_equal(bed_count(b, "oncall"), 2);
	assert_string_equal(bed_word(b, "oncall.0.event"), "north");
	assert_string_equal(bed_word(b, "oncall.0.branch"), "north");
	assert_string_equal(bed_word(b, "oncall.1.event"), "all");
	snprintf(path, sizeof(path), "/v1/oncall/%s/ack",
		 bed_word(b, "oncall.0.id"));
	assert_int_equal(bed_post(b, path, ""), 200);
	b->key = ADMIN;
	assert_int_equal(bed_get(b, "/v1/oncall"), 200);
	assert_int_equal(bed_count(b, "oncall"), 4);
	bed_stop(b);
	bed_start(b, false);
	as_north(b, "supervisor");
	assert_int_equal(bed_get(b, "/v1/oncall?state=paged"), 200);
	nothing_of_others(b, "/v1/oncall");
	assert_int_equal(bed_count(b, "oncall"), 1);
	path_of(&s, "/v1/oncall/$L/ack", path);
	assert_int_equal(bed_post(b, path, ""), 403);
}

/* A roster of a branch is for its people. */
static void r44_a_roster_of_a_branch_is_for_its_people(void **state)
{
	static const struct {
		const char *to;
		size_t alerts;
	} cases[] = { { SOUTH, 0 }, { NOBODY, 0 }, { "", 0 }, { NORTH, 1 } };
	struct bed *b = *state;
	char id[8];
	struct south s;

	people(b, &s);
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(id, sizeof(id), "t%u", i);
		alert_about(b, "till.open", id, cases[i].to);
		assert_int_equal(bed_get(b, "/v1/oncall"), 200);
		assert_int_equal(bed_count(b, "oncall"), cases[i].alerts);
	}
	assert_string_equal(bed_word(b, "oncall.0.oncall"), "till");
}

/* Sums of its own people, also when they move on, and after a restart. */
static void r44_results_of_surveys_are_of_ones_own(void **state)
{
	static const char path[] = "/v1/surveys/sv/results";
	struct bed *b = *state;
	char moved[160], body[64];
	struct south s;

	people(b, &s);
	ask_south(b, &s);
	told_elsewhere(b, "r-north", NORTH, "page");
	assert_int_equal(bed_post(b, "/v1/surveys/sv/sessions",
				  "{\"to\":\"" NORTH "\"}"),
			 202);
	/* it was asked for another branch than looks after them now */
	path_of(&s, "/v1/contacts/$C", moved);
	snprintf(body, sizeof(body), "{\"branch\":\"north\"}");
	assert_int_equal(bed_ask(b, "PATCH", moved, body), 200);
	bed_stop(b);
	bed_start(b, false);
	b->key = ADMIN;
	path_of(&s, "/v1/surveys/sv/sessions/$V/cancel", moved);
	assert_int_equal(bed_post(b, moved, ""), 200);
	assert_int_equal(bed_get(b, path), 200);
	assert_string_equal(bed_word(b, "asked"), "2");
	assert_string_equal(bed_word(b, "sessions.cancelled"), "1");
	assert_string_equal(bed_word(b, "elsewhere"), "2");
	assert_string_equal(bed_word(b, "questions.0.n"), "2");
	assert_int_equal(bed_get(b, "/v1/surveys/sv/results?branch=south"),
			 200);
	assert_string_equal(bed_word(b, "asked"), "1");
	assert_string_equal(bed_word(b, "sessions.cancelled"), "1");
	assert_true(bed_says(b, "southern"));
	assert_false(bed_says(b, "\"page\""));
	as_north(b, "supervisor");
	assert_int_equal(bed_get(b, path), 200);
	nothing_of_others(b, path);
	assert_string_equal(bed_word(b, "asked"), "1");
	assert_string_equal(bed_word(b, "sessions.cancelled"), "0");
	assert_string_equal(bed_word(b, "elsewhere"), "1");
	assert_string_equal(bed_word(b, "questions.0.n"), "1");
}

/* What is not kept by branch is left out, and is no zero. */
static void r44_the_status_tells_what_is_for_all(void **state)
{
	static const char *const left_out[] = { "live", "messages",
						"connections" };
	struct bed *b = *state;
	struct south s;

	people(b, &s);
	assert_int_equal(bed_get(b, "/v1/status"), 200);
	for (unsigned i = 0; i < ARRAY_LEN(left_out); i++)
		assert_true(bed_says(b, left_out[i]));
	assert_false(bed_says(b, "branch"));
	as_north(b, "supervisor");
	assert_int_equal(bed_get(b, "/v1/status"), 200);
	assert_string_equal(bed_word(b, "ready"), "true");
	assert_string_equal(bed_word(b, "branch"), "north");
	for (unsigned i = 0; i < ARRAY_LEN(left_out); i++)
		assert_false(bed_says(b, left_out[i]));
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r44_a_file_is_about_ones_own),
		T(r44_a_suppression_is_about_ones_own),
		T(r44_a_suspicion_is_settled_by_ones_own),
		T(r44_events_of_a_file_are_about_ones_own),
		T(r44_agents_call_people_of_their_branch),
		T(r44_a_queue_follows_the_contact),
		T(r44_the_report_is_of_ones_own),
		T(r44_findings_are_of_ones_own),
		T(r44_alerts_of_ones_own_are_seen_and_taken),
		T(r44_a_roster_of_a_branch_is_for_its_people),
		T(r44_results_of_surveys_are_of_ones_own),
		T(r44_the_status_tells_what_is_for_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
