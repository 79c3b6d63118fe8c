/* Campaigns over HTTP: written, reviewed, run, paused, and what came of it. */
#include "tests/unit/campaign_bed.h"

/* ---- cases ------------------------------------------------------------------------ */

static void a_campaign_from_draft_to_completed(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(
		b,
		"\"+447700900001\",\"07700 900002\",\"+447700900001\",\"12\"",
		"");
	assert_string_equal(bed_word(b, "state"), "draft");
	assert_string_equal(bed_word(b, "author"), "ann");
	assert_int_equal(act(b, id, "simulate"), 200);
	assert_string_equal(bed_word(b, "people"), "4");
	assert_string_equal(bed_word(b, "sendable"), "2");
	assert_string_equal(bed_word(b, "fits"), "true");
	assert_true(bed_says(b, "duplicate_address"));
	assert_true(bed_says(b, "invalid_number"));
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	assert_string_equal(bed_word(b, "counts.messages.delivered"), "2");
	assert_string_equal(bed_word(b, "counts.suppressed"), "2");
	assert_int_equal(look(b, id, "/recipients"), 200);
	assert_int_equal(bed_count(b, "recipients"), 4);
	assert_string_equal(bed_word(b, "recipients.0.state"), "delivered");
	assert_string_equal(bed_word(b, "recipients.2.reason"),
			    "duplicate_address");
	assert_string_equal(bed_word(b, "recipients.3.reason"),
			    "invalid_number");
	assert_int_equal(look(b, id, "/results"), 200);
	assert_true(
		bed_says(b,
			 "n,to,state,reason,arm,message,link,at,detail\r\n1,"));
	assert_true(bed_says(b, "suppressed,invalid_number"));
	do { /* the last one is on its way to the disk */
		rest(b);
		assert_int_equal(look(b, id, "/events"), 200);
	} while (bed_count(b, "events") < 7);
	assert_string_equal(bed_word(b, "events.6.action"), "complete");
}

static void r32_author_is_never_approver(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	b->key = ADMIN; /* may do all of it, but not to its own work */
	id = draft(b, addresses(2), ",\"business_line\":\"x\"");
	assert_int_equal(act(b, id, "submit"), 200);
	assert_int_equal(act(b, id, "approve"), 403);
	assert_string_equal(bed_word(b, "error.code"), "own_work");
	b->key = c.approver;
	assert_int_equal(act(b, id, "approve"), 200);
	assert_string_equal(bed_word(b, "approver"), "eve");
}

static void r32_an_edit_returns_to_draft_and_counts(void **state)
{
	static const char *const edits[] = {
		"{\"text\":\"Hello you\"}",
		"{\"audience\":{\"addresses\":[\"+447700900009\"]}}",
		"{\"schedule\":{\"kind\":\"local\",\"at\":\"10:30\"}}",
		"{\"from\":\"ACME\"}",
	};
	struct bed *b = *state;
	struct cast c;
	char path[64], n[MEASURE_DAY];
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(2), "");
	snprintf(path, sizeof(path), "/v1/campaigns/%s", id);
	for (unsigned i = 0; i < ARRAY_LEN(edits); i++) {
		approve(b, &c, id);
		assert_int_equal(bed_ask(b, "PATCH", path, edits[i]), 200);
		assert_string_equal(bed_word(b, "state"), "draft");
		snprintf(n, sizeof(n), "%u", i + 1);
		assert_string_equal(bed_word(b, "changes"), n);
		assert_string_equal(bed_word(b, "approver"), "");
	}
	assert_int_equal(act(b, id, "start"), 409);
	assert_string_equal(bed_word(b, "error.code"), "wrong_state");
	/* K-51: four edits of one campaign that was approved */
	approve(b, &c, id);
	measure_day(clock_wall_ms(&clock_real), n);
	snprintf(path, sizeof(path), "/v1/reports/month?lang=en&of=%.7s", n);
	assert_int_equal(bed_get(b, path), 200);
	assert_true(bed_says(b,
			     "\"kpi\":\"K-51\","
			     "\"name\":\"edits after approval, per campaign\","
			     "\"this_month\":{\"numerator\":4,"
			     "\"denominator\":1,"));
}

static void a_stale_edit_gets_what_changed(void **state)
{
	struct bed *b = *state;
	struct cast c;
	char path[64];
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(2), "");
	snprintf(path, sizeof(path), "/v1/campaigns/%s", id);
	b->extra = "If-Match: \"1\"\r\n";
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"text\":\"Two\"}"), 200);
	b->key = c.other;
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"text\":\"Three\"}"),
			 409);
	assert_string_equal(bed_word(b, "error.code"), "stale");
	assert_string_equal(bed_word(b, "changed.0.by"), "ann");
	assert_string_equal(bed_word(b, "changed.0.what"), "text");
	b->extra = "If-Match: \"2\"\r\n";
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"text\":\"Three\"}"),
			 200);
	b->extra = NULL;
}

/* A day from now, and so many seconds. */
static const char *tomorrow(unsigned seconds)
{
	static char text[4][32];
	static unsigned i;
	static int64_t now;

	if (now == 0)
		now = clock_wall_ms(&clock_real);
	i = (i + 1) % 4;
	clock_rfc3339(now - now % 60000 + 86400000 + seconds * 1000, text[i]);
	return text[i];
}

static void a_schedule_that_cannot_end_in_time(void **state)
{
	struct bed *b = *state;
	struct cast c;
	char more[200], until[64];
	const char *id;

	cast_make(b, &c);
	snprintf(more, sizeof(more),
		 ",\"pace\":{\"rate\":1},\"schedule\":{\"start\":\"%s\","
		 "\"end\":\"%s\"}",
		 tomorrow(0), tomorrow(60));
	snprintf(until, sizeof(until), "take 0 h 2 min: until %s",
		 tomorrow(90));
	id = draft(b, addresses(90), more);
	assert_int_equal(act(b, id, "submit"), 409);
	assert_string_equal(bed_word(b, "error.code"), "cannot_finish");
	assert_true(bed_says(b, "90 people, 90 parts at 1 people/s"));
	assert_true(bed_says(b, until));
	wait_state(b, id, "draft");
}

static void r36_pilot_needed(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(101), "");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 409);
	assert_string_equal(bed_word(b, "error.code"), "pilot_needed");
	b->key = c.approver;
	assert_int_equal(act(b, id, "sign-off"), 409);
	assert_string_equal(bed_word(b, "error.code"), "no_pilot");
	b->key = c.author;
	assert_int_equal(act(b, id, "pilot"), 200);
	b->key = c.approver;
	while (act(b, id, "sign-off") != 200)
		assert_string_equal(bed_word(b, "error.code"), "pilot_open");
	b->key = c.author;
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	assert_string_equal(bed_word(b, "counts.messages.delivered"), "101");
}

static void r31_queues_are_briefed_first(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(2), ",\"briefing\":\"Offer until Friday\"");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 409);
	assert_string_equal(bed_word(b, "error.code"), "not_briefed");
	assert_int_equal(act(b, id, "briefed"), 200);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
}

static void a_pause_takes_back_who_waits(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;
	char path[64];

	cast_make(b, &c);
	id = draft(b, addresses(90), "");
	approve(b, &c, id);
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/links/a/hold", ""), 200);
	b->key = c.author;
	assert_int_equal(act(b, id, "start"), 200);
	do {
		rest(b);
		look(b, id, "");
	} while (strcmp(bed_word(b, "counts.claimed"), "50") != 0);
	assert_int_equal(act(b, id, "pause"), 200);
	assert_string_equal(bed_word(b, "reason"), "manual");
	do {
		rest(b);
		look(b, id, "");
	} while (strcmp(bed_word(b, "counts.claimed"), "0") != 0);
	assert_string_equal(bed_word(b, "counts.deferred"), "50");
	assert_string_equal(bed_word(b, "counts.ready"), "40");
	b->key = ADMIN;
	assert_int_equal(bed_post(b, "/v1/links/a/release", ""), 200);
	snprintf(path, sizeof(path), "/v1/messages?campaign=%s&state=queued",
		 id);
	assert_int_equal(bed_get(b, path), 200);
	assert_int_equal(bed_count(b, "messages"), 0);
	b->key = c.author;
	assert_int_equal(act(b, id, "resume"), 200);
	wait_state(b, id, "completed");
	assert_string_equal(bed_word(b, "counts.messages.delivered"), "90");
	assert_string_equal(bed_word(b, "counts.messages.cancelled"), "50");
}

static void a_restart_goes_on_where_it_was(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(90), ",\"pace\":{\"rate\":100}");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	do {
		rest(b);
		look(b, id, "");
	} while (number(b, "counts.claimed") < 20);
	bed_stop(b);
	bed_start(b, false);
	b->key = c.author;
	do { /* what was under way when it stopped may be in doubt */
		rest(b);
		look(b, id, "");
	} while (number(b, "counts.messages.delivered") +
			 number(b, "counts.messages.submitted") +
			 number(b, "counts.messages.unknown") <
		 90);
	assert_int_equal(number(b, "counts.people"), 90);
	assert_int_equal(number(b, "counts.claimed"), 90);
	assert_int_equal(look(b, id, "/recipients?limit=1000"), 200);
	assert_int_equal(bed_count(b, "recipients"), 90);
}

static void a_cancel_ends_it(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(90), ",\"pace\":{\"rate\":5}");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "running");
	assert_int_equal(act(b, id, "cancel"), 200);
	assert_string_equal(bed_word(b, "state"), "cancelled");
	assert_int_equal(act(b, id, "resume"), 409);
	assert_int_equal(look(b, id, "/recipients?limit=1&cursor=80"), 200);
	assert_string_equal(bed_word(b, "recipients.0.state"), "cancelled");
	assert_string_equal(bed_word(b, "next"), "81");
}

static void r38_errors_pause_it(void **state)
{
	struct bed *b = *state;
	const struct channel_ops *ops;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	fake_script(gateway_link_channel(b->gateway, 0, &ops), OUTCOME_REFUSED,
		    "no");
	id = draft(b, addresses(90), ",\"pace\":{\"rate\":4}");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "paused");
	assert_string_equal(bed_word(b, "reason"), "error_rate");
}

/* Whoever was handed over comes back meanwhile, and nobody is asked. */
static void a_channel_that_is_down_pauses_it(void **state)
{
	struct bed *b = *state;
	const struct channel_ops *ops;
	struct channel *link = gateway_link_channel(b->gateway, 0, &ops);
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(90), "");
	approve(b, &c, id);
	fake_far_side(link, false);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "paused");
	assert_string_equal(bed_word(b, "reason"), "channel_down");
	do {
		rest(b);
		look(b, id, "");
	} while (strcmp(bed_word(b, "counts.claimed"), "0") != 0);
	fake_far_side(link, true);
	wait_state(b, id, "completed");
	assert_string_equal(bed_word(b, "counts.messages.delivered"), "90");
}

/* What a person paused waits for a person. */
static void a_pause_by_hand_stays_when_a_link_comes(void **state)
{
	struct bed *b = *state;
	const struct channel_ops *ops;
	struct channel *link = gateway_link_channel(b->gateway, 0, &ops);
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(90), "");
	approve(b, &c, id);
	fake_far_side(link, false);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "running");
	assert_int_equal(act(b, id, "pause"), 200);
	fake_far_side(link, true);
	uint64_t later_ms = clock_mono_ms(&clock_real) + 1200;
	TURN_UNTIL(b, clock_mono_ms(&clock_real) > later_ms);
	bed_hang_up(b); /* it was idle for too long */
	look(b, id, "");
	assert_string_equal(bed_word(b, "state"), "paused");
	assert_string_equal(bed_word(b, "reason"), "manual");
}

/* Whoever answers pays: two persons have to have looked. */
static void r10_a_charged_sender_takes_two(void **state)
{
	struct bed *b = *state;
	char second[64];
	struct cast c;
	const char *id;

	cast_make(b, &c);
	key_of(b, "una", "approver", second);
	b->key = c.author;
	id = draft(b, "\"+447700900001\"", ",\"from\":\"99001\"");
	assert_int_equal(act(b, id, "submit"), 200);
	b->key = c.approver;
	assert_int_equal(act(b, id, "approve"), 200);
	assert_string_equal(bed_word(b, "state"), "in_review");
	assert_string_equal(bed_word(b, "first_approver"), "eve");
	assert_int_equal(act(b, id, "approve"), 403);
	assert_string_equal(bed_word(b, "error.code"), "second_approver");
	bed_stop(b);
	bed_start(b, false);
	b->key = second;
	assert_int_equal(act(b, id, "approve"), 200);
	assert_string_equal(bed_word(b, "state"), "approved");
	assert_string_equal(bed_word(b, "approver"), "una");
}

static void r38_complaints_pause_it(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(90), ",\"pace\":{\"rate\":2}");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "running");
	b->key = ADMIN; /* a marketer hears no complaints */
	assert_int_equal(act(b, id, "complaint"), 200);
	assert_string_equal(bed_word(b, "state"), "running");
	assert_int_equal(act(b, id, "complaint"), 200);
	wait_state(b, id, "paused");
	assert_string_equal(bed_word(b, "reason"), "complaint_burst");
}

static void r38_a_batch_is_told_of(void **state)
{
	struct bed *b = *state;
	struct cast c;
	struct buf got;
	char care[64], body[128];
	bool over = false;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(90), ",\"pace\":{\"rate\":2}");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "running");
	key_of(b, "li", "care", care);
	int fd = bed_stream(b, "/v1/stream", ADMIN, &got);
	b->key = care;
	for (unsigned i = 0; i < 5; i++) {
		snprintf(body, sizeof(body),
			 "{\"kind\":\"complaint\",\"to\":\"+44770090000%u\","
			 "\"campaign\":\"%s\"}",
			 i, id);
		assert_int_equal(bed_post(b, "/v1/cases", body), 201);
	}
	TURN_UNTIL(b, (bed_take(fd, &got, &over),
		       strstr(got.p, "case.surge") != NULL));
	wait_state(b, id, "paused");
	close(fd);
	buf_done(&got);
}

static void r38_opt_outs_are_the_campaigns(void **state)
{
	struct bed *b = *state;
	const struct channel_ops *ops;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, "\"+447700900001\"", "");
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	fake_hear(gateway_link_channel(b->gateway, 0, &ops),
		  STR("+447700900001"), STR("DEMO"), STR("STOP"));
	do {
		rest(b);
		look(b, id, "");
	} while (strcmp(bed_word(b, "counts.opted_out"), "1") != 0);
}

static void tests_are_gated_and_marked(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;
	char path[64];

	cast_make(b, &c);
	id = draft(b, addresses(2), "");
	snprintf(path, sizeof(path), "/v1/campaigns/%s", id);
	assert_int_equal(bed_ask(b, "PATCH", path, "{\"class\":\"marketing\"}"),
			 200);
	snprintf(path, sizeof(path), "/v1/campaigns/%s/test", id);
	assert_int_equal(bed_post(b, path, "{\"to\":[\"+447700900700\"]}"),
			 202);
	assert_string_equal(bed_word(b, "results.0.verdict"), "deny");
	assert_string_equal(bed_word(b, "results.0.reason"), "no_consent");
	assert_int_equal(bed_post(b, path, "{\"to\":[]}"), 400);
}

static void a_clone_is_a_draft_of_its_own(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;

	cast_make(b, &c);
	id = draft(b, addresses(2), ",\"control\":10");
	assert_int_equal(act(b, id, "clone"), 201);
	assert_string_equal(bed_word(b, "name"), "Spring (copy)");
	assert_string_equal(bed_word(b, "audience.control"), "10");
	assert_string_not_equal(bed_word(b, "id"), id);
	assert_int_equal(bed_get(b, "/v1/campaigns?limit=1"), 200);
	assert_int_equal(bed_count(b, "campaigns"), 1);
	assert_string_equal(bed_word(b, "campaigns.0.name"), "Spring (copy)");
}

static void lots_are_the_same_every_time(void **state)
{
	struct bed *b = *state;
	struct cast c;
	const char *id;
	long suppressed;

	cast_make(b, &c);
	id = draft(b, addresses(99),
		   ",\"control\":30,\"text_b\":\"Hi\",\"share_b\":50");
	assert_int_equal(act(b, id, "simulate"), 200);
	suppressed = 99 - number(b, "sendable");
	assert_in_range(suppressed, 10, 55);
	approve(b, &c, id);
	assert_int_equal(act(b, id, "start"), 200);
	wait_state(b, id, "completed");
	assert_int_equal(number(b, "counts.suppressed"), suppressed);
	assert_int_equal(look(b, id,
			      "/recipients?reason=control_group&limit=1000"),
			 200);
	assert_int_equal(bed_count(b, "recipients"), suppressed);
	assert_int_equal(look(b, id, "/recipients?state=claimed"), 200);
	assert_true(bed_says(b, "\"arm\":\"a\""));
	assert_true(bed_says(b, "\"arm\":\"b\""));
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *body, *code, *field;
	} bad[] = {
		{ "{}", "invalid", "name" },
		{ "{\"name\":\"n\"}", "invalid", "audience" },
		{ "{\"name\":\"n\",\"audience\":{\"kind\":\"contacts\"}}",
		  "invalid", "text" },
		{ "{\"name\":\"n\",\"audience\":{\"kind\":\"contacts\"},"
		  "\"text\":\"{{\"}",
		  "invalid", "text" },
		{ "{\"name\":\"n\",\"audience\":{\"kind\":\"contacts\"},"
		  "\"text\":\"x\",\"class\":\"nosuch\"}",
		  "unknown_class", "class" },
		{ "{\"name\":\"n\",\"audience\":{\"segment\":\"\"},"
		  "\"text\":\"x\",\"class\":\"notice\"}",
		  "invalid", "audience" },
		{ "{\"name\":\"n\",\"audience\":{\"segment\":\"vip\"},"
		  "\"text\":\"x\",\"class\":\"notice\",\"schedule\":"
		  "{\"kind\":\"event\",\"event\":\"a.b\"}}",
		  "invalid", "audience" },
		{ "{\"name\":\"n\",\"audience\":{\"kind\":\"contacts\"},"
		  "\"text\":\"x\",\"class\":\"notice\",\"exclusive\":\"g1\"}",
		  "unknown_group", "exclusive" },
		{ "{\"name\":\"n\",\"audience\":{\"kind\":\"contacts\"},"
		  "\"template\":\"nosuch\",\"class\":\"notice\"}",
		  "template", "template" },
		{ "{\"name\":\"n\",\"audience\":{\"kind\":\"everybody\"}}",
		  "bad_kind", "audience" },
		{ "{\"schedule\":{\"kind\":\"local\",\"at\":\"25:00\"}}",
		  "bad_time", "at" },
		{ "{\"pace\":{\"ramp\":\"soon\"}}", "bad_duration", "ramp" },
		{ "{\"nmae\":\"n\"}", "unknown", "nmae" },
	};
	struct bed *b = *state;

	for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
		bed_post(b, "/v1/campaigns", bad[i].body);
		assert_int_equal(b->status, strcmp(bad[i].code, "template") == 0
						    ? 409
						    : 400);
		if (strcmp(bed_word(b, "error.field"), bad[i].field) != 0)
			fail_msg("%u: %.*s", i, STR_ARGS(b->body));
		if (i != ARRAY_LEN(bad) - 1)
			assert_string_equal(bed_word(b, "error.code"),
					    bad[i].code);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_campaign_from_draft_to_completed),
		CASE(r32_author_is_never_approver),
		CASE(r32_an_edit_returns_to_draft_and_counts),
		CASE(a_stale_edit_gets_what_changed),
		CASE(a_schedule_that_cannot_end_in_time),
		CASE(r36_pilot_needed),
		CASE(r31_queues_are_briefed_first),
		CASE(a_pause_takes_back_who_waits),
		CASE(a_restart_goes_on_where_it_was),
		CASE(a_cancel_ends_it),
		CASE(r38_errors_pause_it),
		CASE(a_channel_that_is_down_pauses_it),
		CASE(a_pause_by_hand_stays_when_a_link_comes),
		CASE(r10_a_charged_sender_takes_two),
		CASE(r38_complaints_pause_it),
		CASE(r38_a_batch_is_told_of),
		CASE(r38_opt_outs_are_the_campaigns),
		CASE(tests_are_gated_and_marked),
		CASE(a_clone_is_a_draft_of_its_own),
		CASE(lots_are_the_same_every_time),
		CASE(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
