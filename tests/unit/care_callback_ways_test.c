/* The ways to a call-back: words, times, links, events, reminders. */
#include "tests/unit/care_calls.h"

/* Words of customers: 回电, "call me", with a time, and none. */
static void r21_by_word(void **state)
{
	static const struct {
		const char *text;
		bool asks;
	} rows[] = {
		{ "回电", true },
		{ "请回电!", true },
		{ "Call me", true },
		{ "CALL ME BACK.", true },
		{ "回电 14:30", true },
		{ "call me at 3 pm", true },
		{ "給我回電", true },
		{ "打电话给我下午三点", true },
		{ "call", false },
		{ "call me maybe", false },
		{ "不要打电话给我", false },
		{ "我要回电的号码是多少", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct room r;

		open_room(&r, state);
		struct str claim = room_hear(&r, SHI, rows[i].text);

		if (str_eqz(claim, CLAIM_CALLBACK) != rows[i].asks)
			fail_msg("%s: %.*s", rows[i].text, STR_ARGS(claim));
		room_stop(&r);
		bed_close(state);
		assert_int_equal(bed_open(state), 0);
	}
}

static void r21_a_missed_call_makes_one(void **state)
{
	char text[BED_TEXT];
	json_t *data = json_object();
	struct room r;

	open_room(&r, state);
	for (unsigned i = 0; i < 2; i++) {
		struct occurrence o = { .tenant = TENANT,
					.id = i == 0 ? STR("m1") : STR("m2"),
					.type = STR("call.missed"),
					.to = SHI,
					.lang = STR("zh"),
					.data = data };
		struct taken t;
		const char *field;
		struct err err;

		assert_int_equal(events_take(care_events(r.care), &o, &t,
					     &field, &err),
				 0);
		assert_int_equal(t.state, TAKEN_MATCHED);
		commit(r.bed);
	}
	TURN_UNTIL(r.bed,
		   callbacks_waiting(calls_of(&r), TENANT, STR_NONE) == 1);
	assert_non_null(strstr(bed_said(r.bed, SHI, text), "抱歉未能接听"));
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	json_decref(data);
	room_stop(&r);
}

/* who waits too long is told of once, and offered a call-back. */
static void r29_breach_and_proposal(void **state)
{
	json_t *data = json_object();
	struct occurrence o = { .tenant = TENANT,
				.id = STR("b1"),
				.type = STR("queue.breach"),
				.to = SHI,
				.data = data };
	struct taken t;
	const char *field, *first;
	struct err err;
	struct room r;

	open_room(&r, state);
	uint64_t id = ask_for(&r, LIN);

	later(&r, 10 * MINUTE - 1);
	assert_null(strstr(r.heard, "queue.breach"));
	later(&r, 1);
	first = strstr(r.heard, "queue.breach ");
	assert_non_null(first);
	later(&r, HOUR);
	assert_null(strstr(first + 1, "queue.breach"));
	assert_int_equal(state_of(&r, id), CALLBACK_QUEUED);
	/* once, also when somebody has taken it and given it back */
	assert_string_equal(next_for(&r, "bob"), LIN.p);
	came_of(&r, id, CALLBACK_BACK);
	later(&r, HOUR);
	assert_null(strstr(first + 1, "queue.breach"));
	/* the same from elsewhere: a message proposes it, and waits for a yes */
	assert_int_equal(events_take(care_events(r.care), &o, &t, &field, &err),
			 0);
	commit(r.bed);
	assert_non_null(strstr(r.heard, "callback.proposed "));
	assert_int_equal(callbacks_waiting(calls_of(&r), TENANT, STR_NONE), 1);
	assert_true(str_eqz(room_hear(&r, SHI, "1"), CLAIM_CALLBACK));
	TURN_UNTIL(r.bed,
		   callbacks_waiting(calls_of(&r), TENANT, STR_NONE) == 2);
	json_decref(data);
	room_stop(&r);
}

static void a_proposal_without_a_word_ends(void **state)
{
	struct room r;

	open_room(&r, state);
	uint64_t id = ask(&r, (struct callback_ask){ .address = SHI,
						     .propose = true })
			      .id;

	assert_int_equal(state_of(&r, id), CALLBACK_PROPOSED);
	assert_true(str_eqz(room_hear(&r, LIN, "1"), "inbox"));
	later(&r, DAY);
	assert_null(see(&r, id));
	assert_non_null(strstr(r.heard, "callback.cancelled "));
	/* and one that is declined, in words */
	id = ask(&r, (struct callback_ask){ .address = SHI, .propose = true })
		     .id;
	assert_true(str_eqz(room_hear(&r, SHI, "不用回电"), CLAIM_CALLBACK));
	assert_null(see(&r, id));
	room_stop(&r);
}

/* "14:30" is the next half past two of their clock. */
static void a_time_is_chosen(void **state)
{
	char text[BED_TEXT];
	struct room r;

	open_room(&r, state);
	uint64_t id = ask_for(&r, SHI);

	assert_true(str_eqz(room_hear(&r, SHI, "下午两点半"), CLAIM_CALLBACK));
	assert_int_equal(state_of(&r, id), CALLBACK_OPEN);
	assert_int_equal(see(&r, id)->now.due_ms,
			 TUESDAY_TEN + 4 * HOUR + 30 * MINUTE);
	assert_string_equal(bed_said(r.bed, SHI, text),
			    "好的,我们会在11-24 14:30给您回电。");
	assert_string_equal(next_for(&r, "bob"), "");
	/* three in the morning is no hour for calls: the gate's next */
	assert_true(str_eqz(room_hear(&r, SHI, "3:00"), CLAIM_CALLBACK));
	assert_int_equal(see(&r, id)->now.due_ms, TUESDAY_TEN + 22 * HOUR);
	assert_string_equal(bed_said(r.bed, SHI, text),
			    "All right, we will call you at 11-25 08:00.");
	later(&r, 22 * HOUR);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	/* with an agent it is too late to choose */
	assert_true(str_eqz(room_hear(&r, SHI, "14:30"), "inbox"));
	room_stop(&r);
}

static void a_link_is_good_once(void **state)
{
	char token[CALLBACK_TOKEN], bad[CALLBACK_TOKEN];
	struct callback_asked out;
	struct err err = { "" };
	int64_t expires_ms;
	struct room r;

	open_room(&r, state);
	assert_int_equal(callbacks_link(calls_of(&r), TENANT, SHI, STR_NONE, 0,
					token, &expires_ms),
			 0);
	commit(r.bed);
	assert_int_equal(expires_ms, TUESDAY_TEN + 3 * DAY);
	for (size_t i = 0; token[i] != '\0'; i++) {
		memcpy(bad, token, sizeof(bad));
		bad[i] = bad[i] == 'a' ? 'b' : 'a';
		assert_true(callbacks_link_use(calls_of(&r), str_of(bad), &out,
					       &err) < 0);
	}
	room_again(&r);
	assert_int_equal(callbacks_link_check(calls_of(&r), str_of(token)), 0);
	assert_int_equal(callbacks_link_use(calls_of(&r), str_of(token), &out,
					    &err),
			 0);
	settle(&r, out.id);
	assert_int_equal(state_of(&r, out.id), CALLBACK_QUEUED);
	assert_int_equal(callbacks_link_use(calls_of(&r), str_of(token), &out,
					    &err),
			 -EPROTO);
	room_again(&r);
	assert_int_equal(callbacks_link_check(calls_of(&r), str_of(token)),
			 -EPROTO);
	/* and one that nobody used in time */
	assert_int_equal(callbacks_link(calls_of(&r), TENANT, LIN, STR_NONE,
					HOUR, token, &expires_ms),
			 0);
	commit(r.bed);
	later(&r, HOUR);
	assert_int_equal(callbacks_link_check(calls_of(&r), str_of(token)),
			 -EPROTO);
	room_stop(&r);
}

/* ---- while nobody works (R-29) ----------------------------------------------------- */

#define WORK                                                       \
	"work_hours { zone = \"Europe/London\" }\n"                \
	"trigger missed { event = call.missed callback = make }\n" \
	"queue day {}\nqueue night { clock = calendar }\n"

static bool breached(struct room *r, uint64_t id)
{
	return see(r, id)->now.breached;
}

static void r29_nobody_waits_while_nobody_works(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, WORK);
	later(&r, 7 * HOUR + 55 * MINUTE); /* Tuesday, 17:55 */
	uint64_t day = ask(&r, (struct callback_ask){ .address = SHI,
						      .queue = STR("day") })
			       .id;
	uint64_t night = ask(&r, (struct callback_ask){ .address = LIN,
							.queue = STR("night") })
				 .id;

	later(&r, 10 * MINUTE);
	assert_true(breached(&r, night) && !breached(&r, day));
	later(&r, 14 * HOUR + 55 * MINUTE); /* Wednesday, nine o'clock */
	later(&r, 5 * MINUTE - 1);
	assert_false(breached(&r, day));
	room_again(&r);
	assert_false(breached(&r, day));
	later(&r, 1);
	assert_true(breached(&r, day));
	room_stop(&r);
}

static void r29_who_asks_at_night_hears_when(void **state)
{
	json_t *data = json_object();
	const struct occurrence o = { .tenant = TENANT,
				      .id = STR("m1"),
				      .type = STR("call.missed"),
				      .to = LIN,
				      .data = data };
	char text[BED_TEXT];
	struct taken t;
	const char *field;
	struct err err;
	struct room r;

	room_open(&r, state, gateway_config, WORK);
	later(&r, 9 * HOUR); /* Tuesday, 19:00: a call is permitted */
	assert_true(str_eqz(room_hear(&r, SHI, "call me"), CLAIM_CALLBACK));
	assert_string_equal(bed_said(r.bed, SHI, text),
			    "All right, we will call you at 11-25 09:00.");
	assert_true(str_eqz(room_hear(&r, SHI, "20:30"), CLAIM_CALLBACK));
	assert_string_equal(bed_said(r.bed, SHI, text),
			    "All right, we will call you at 11-25 09:00.");
	assert_true(str_eqz(room_hear(&r, SHI, "10:30"), CLAIM_CALLBACK));
	assert_string_equal(bed_said(r.bed, SHI, text),
			    "All right, we will call you at 11-25 10:30.");
	assert_int_equal(events_take(care_events(r.care), &o, &t, &field, &err),
			 0);
	commit(r.bed);
	assert_non_null(strstr(bed_said(r.bed, LIN, text),
			       "call you back from 11-25 09:00 on"));
	json_decref(data);
	room_stop(&r);
}

/* ---- the last step of a reminder that nothing delivers (R-14) --------------------- */

static void billing(struct room *r, const char *type)
{
	json_t *data = json_pack("{s:s}", "cycle", "2026-11");
	const struct occurrence o = { .tenant = TENANT,
				      .id = str_of(type),
				      .type = str_of(type),
				      .to = SHI,
				      .account = STR("a1"),
				      .data = data };
	struct taken t;
	const char *field;
	struct err err;

	assert_int_equal(events_take(care_events(r->care), &o, &t, &field,
				     &err),
			 0);
	json_decref(data);
	commit(r->bed);
}

static void hard(struct room *r)
{
	billing(r, "billing.hard");
}

static struct suspension may_stop(struct room *r)
{
	struct suspension s;

	reminders_suspension(care_reminders(r->care), TENANT, STR("a1"),
			     STR("2026-11"), &s);
	return s;
}

static void queued(struct room *r)
{
	TURN_UNTIL(r->bed,
		   callbacks_waiting(calls_of(r), TENANT, STR_NONE) == 1);
}

static void call_waits(struct room *r, void **state)
{
	open_room(r, state);
	hard(r);
	queued(r);
}

static void r14_a_task_becomes_a_call(void **state)
{
	const struct callback *x = NULL;
	struct room r;

	call_waits(&r, state);
	assert_true(may_stop(&r).task && !may_stop(&r).allow);
	assert_int_equal(callbacks_next(calls_of(&r), TENANT, STR_NONE,
					STR("bob"), &x),
			 0);
	assert_int_equal(x->source, CALLBACK_BY_REMINDER);
	came_of(&r, x->id, CALLBACK_REACHED);
	assert_true(may_stop(&r).allow);
	room_stop(&r);
}

/* Of the reminder in the store: its state, and why there is no call. */
struct told {
	bool done;
	char text[80];
};

static bool on_told(void *owner, const struct row *row)
{
	struct told *t = owner;

	snprintf(t->text, sizeof(t->text), "%.*s %.*s", STR_ARGS(row_s(row, 8)),
		 STR_ARGS(row_s(row, 16)));
	return false;
}

static void on_told_all(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct told *)owner)->done = true;
}

static void is(struct room *r, const char *text)
{
	struct store *s = r->bed->store;
	const struct cell any[] = { CELL_N, CELL_N, CELL_N, CELL_I(1) };
	struct told t = { false, "" };

	commit(r->bed);
	s->ops->get(s, STORE_REMINDER_LIST, any, ARRAY_LEN(any), on_told,
		    on_told_all, &t);
	TURN_UNTIL(r->bed, t.done);
	assert_string_equal(t.text, text);
}

static void pass(struct room *r, int64_t ms)
{
	clock_hand_turn(&r->clock, (uint64_t)ms);
	reminders_tick(care_reminders(r->care));
	commit(r->bed);
}

/* Room for one call-back, and that is somebody else's. */
static uint64_t no_room(struct room *r, void **state, const char *config)
{
	room_open(r, state, gateway_config, config);
	uint64_t other = ask_for(r, STR("+447700900111"));

	hard(r);
	TURN_UNTIL(r->bed, strstr(r->heard, "callback.requested") != NULL);
	is(r, "task no_room");
	return other;
}

#define HARD                                                   \
	"trigger hard { event = billing.hard class = notice\n" \
	"  channels = {\"dead\"} text_en = \"Pay\" protects = true task = true }\n"

static void r14_a_call_without_room_is_asked_for_again(void **state)
{
	struct room r;
	uint64_t other = no_room(&r, state, HARD "callbacks { max = 1 }\n");

	pass(&r, MINUTE);
	is(&r, "task no_room");
	room_again(&r);
	assert_int_equal(callbacks_cancel(calls_of(&r), TENANT, other, true),
			 0);
	commit(r.bed);
	pass(&r, MINUTE); /* the second wait is twice the first */
	is(&r, "task no_room");
	pass(&r, MINUTE);
	is(&r, "task ");
	queued(&r);
	assert_false(may_stop(&r).allow);
	room_stop(&r);
}

static void r14_a_call_that_is_never_made_says_why(void **state)
{
	struct room r;
	uint64_t other = no_room(&r, state,
				 HARD "callbacks { max = 1 }\n"
				      "events { call_tries = 2 }\n");

	assert_null(strstr(r.heard, "reminder.not_called"));
	pass(&r, MINUTE);
	assert_non_null(strstr(r.heard, "reminder.not_called"));
	assert_non_null(strstr(r.last, "\"reason\":\"no_room\""));
	assert_int_equal(callbacks_cancel(calls_of(&r), TENANT, other, true),
			 0);
	pass(&r, DAY);
	is(&r, "task no_room");
	assert_false(may_stop(&r).allow);
	room_stop(&r);
}

static void r14_a_call_that_is_cancelled_says_so(void **state)
{
	const struct callback *x = NULL;
	struct room r;

	call_waits(&r, state);
	assert_int_equal(callbacks_next(calls_of(&r), TENANT, STR_NONE,
					STR("bob"), &x),
			 0);
	callbacks_erase(calls_of(&r), TENANT, SHI);
	is(&r, "task erased");
	assert_non_null(strstr(r.heard, "reminder.not_called"));
	assert_false(may_stop(&r).allow);
	room_stop(&r);
}

/* Paid meanwhile: nobody is sent to the phone; who is at it already stays. */
static void r14_a_call_that_is_not_needed_ends(void **state)
{
	struct room r;

	call_waits(&r, state);
	billing(&r, "billing.paid");
	is(&r, "cancelled ");
	assert_int_equal(callbacks_waiting(calls_of(&r), TENANT, STR_NONE), 0);
	assert_non_null(strstr(r.heard, "callback.cancelled"));
	assert_null(strstr(r.heard, "reminder.not_called"));
	room_stop(&r);
}

static void r14_a_call_under_way_goes_on(void **state)
{
	struct room r;

	call_waits(&r, state);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	billing(&r, "billing.paid");
	assert_null(strstr(r.heard, "callback.cancelled"));
	room_stop(&r);
}

/* Who is not content is called; the gate knows that nobody asked for it. What
 * came of the call is in the case: who was spoken to has had a reply. */
static void low_score_and_call(void **state, enum callback_result result,
			       const char *event, bool replied)
{
	static const char text[] =
		"{\"id\":\"s\",\"questions\":[{\"id\":\"q\",\"kind\":\"csat\","
		"\"low\":2,\"text\":{\"en\":\"1-5?\"}}]}";
	const struct survey_ask ask = { .tenant = TENANT,
					.survey = STR("s"),
					.to = SHI,
					.lang = STR("en"),
					.vars = STR("{}") };
	json_t *body = json_loads(text, 0, NULL);
	const struct callback *x = NULL;
	const struct survey *v = NULL;
	struct submitted out;
	struct err err = { "" };
	uint64_t session;
	struct room r;

	open_room(&r, state);
	assert_int_equal(surveys_put(care_surveys(r.care), TENANT, body,
				     STR("test"), &v, &err),
			 0);
	json_decref(body);
	assert_int_equal(surveys_ask(care_surveys(r.care), &ask, &out, &session,
				     &err),
			 0);
	commit(r.bed);
	assert_true(str_eqz(room_hear(&r, SHI, "2"), "survey"));
	TURN_UNTIL(r.bed,
		   callbacks_waiting(calls_of(&r), TENANT, STR_NONE) == 1);
	assert_int_equal(callbacks_next(calls_of(&r), TENANT, STR_NONE,
					STR("bob"), &x),
			 0);
	assert_int_equal(x->source, CALLBACK_BY_LOW_SCORE);
	assert_int_equal(callbacks_result(calls_of(&r), TENANT, x->id,
					  STR("bob"), result),
			 0);
	commit(r.bed);
	const struct care_case *k =
		cases_open_of(care_cases(r.care), TENANT, SHI);

	assert_non_null(k);
	assert_int_equal(k->now.replied_ms != 0, replied);
	assert_non_null(strstr(r.heard, event));
	room_stop(&r);
}

static void a_low_score_leads_to_a_call(void **state)
{
	low_score_and_call(state, CALLBACK_REACHED, "case.called ", true);
}

static void r19_a_call_in_vain_is_no_reply(void **state)
{
	low_score_and_call(state, CALLBACK_WRONG, "case.not_reached ", false);
}

/* In the language that they wrote, at any hour: it is an answer. */
static void who_asks_hears_at_once(void **state)
{
	static const struct {
		const char *said, *back;
	} rows[] = {
		{ "回电", "已收到,我们会尽快给您回电。"
			  "回复时间(如14:30)可改时间,回复0不用回电。" },
		{ "call me", "All right, we will call you at 11-25 08:00." },
		{ "回电 9:15", "好的,我们会在11-25 09:15给您回电。" },
		{ "不用回电", "好的,不再给您回电。" },
		{ "回电", "已收到,我们会尽快给您回电。"
			  "回复时间(如14:30)可改时间,回复0不用回电。" },
		{ "0", "All right, we will not call." },
	};
	char text[BED_TEXT];
	struct room r;

	open_room(&r, state);
	later(&r, 13 * HOUR);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(str_eqz(room_hear(&r, SHI, rows[i].said),
				    CLAIM_CALLBACK));
		if (strcmp(bed_said(r.bed, SHI, text), rows[i].back) != 0)
			fail_msg("%s: %s", rows[i].said, text);
	}
	struct gateway_counts n;

	gateway_counts(r.bed->gateway, &n);
	assert_int_equal(n.held, 0);
	room_stop(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r21_by_word),
		TEST(r21_a_missed_call_makes_one),
		TEST(r29_breach_and_proposal),
		TEST(a_proposal_without_a_word_ends),
		TEST(a_time_is_chosen),
		TEST(who_asks_hears_at_once),
		TEST(a_link_is_good_once),
		TEST(r29_nobody_waits_while_nobody_works),
		TEST(r29_who_asks_at_night_hears_when),
		TEST(r14_a_task_becomes_a_call),
		TEST(r14_a_call_without_room_is_asked_for_again),
		TEST(r14_a_call_that_is_never_made_says_why),
		TEST(r14_a_call_that_is_cancelled_says_so),
		TEST(r14_a_call_that_is_not_needed_ends),
		TEST(r14_a_call_under_way_goes_on),
		TEST(a_low_score_leads_to_a_call),
		TEST(r19_a_call_in_vain_is_no_reply),
	};
	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
