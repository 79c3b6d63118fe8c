/* What care counts for the monthly report. It is a Tuesday in November. */
#include "care/cases_impl.h"
#include "tests/unit/care_calls.h"
#include "tests/unit/survey_room.h"

#define NOVEMBER TUESDAY_TEN
#define DECEMBER (TUESDAY_TEN + 10 * DAY)

static const struct case_by ann = { .actor = { "user:1", 6 },
				    .name = { "ann", 3 } };

static struct care_case *complain(struct room *r, struct str to,
				  enum case_kind kind, const char *topic,
				  const char *source)
{
	const struct case_ask a = { .tenant = TENANT,
				    .kind = kind,
				    .to = to,
				    .channel = STR("sms"),
				    .topic = str_of(topic),
				    .source = str_of(source) };
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	if (cases_add(care_cases(r->care), &a, &ann, &x, &joined, &no) != 0)
		fail_msg("%s", no.err.text);
	commit(r->bed);
	return x;
}

static void act(struct room *r, struct care_case *x, struct case_deed deed)
{
	struct case_no no;

	if (cases_do(care_cases(r->care), x, &deed, &ann, &no) != 0)
		fail_msg("%s", no.err.text);
	commit(r->bed);
}
#define ACT(r, x, what, ...) \
	act(r, x, (struct case_deed){ .act = what, __VA_ARGS__ })
#define CLOSE(r, x, how)                                                      \
	ACT(r, x, CASE_CLOSE, .cause = STR("staff"),                          \
	    .verdict =                                                        \
		    (x)->kind == CASE_REPORT ? CASE_PROVEN : CASE_NO_VERDICT, \
	    .text = STR("Done."), .solved = how)

static void pass(struct room *r, int64_t ms)
{
	clock_hand_turn(&r->clock, (uint64_t)ms);
	cases_tick(care_cases(r->care));
	commit(r->bed);
}

static void counted(struct room *r, int64_t month, const char *name, int64_t n)
{
	int64_t is = bed_counted(r->bed, month, name);

	if (is != n)
		fail_msg("%s: %lld, not %lld", name, (long long)is,
			 (long long)n);
}

/* Of three complaints one is answered at once, one never, one is closed
 * without a word: due in the month in which two days are over. */
static void k12_answered_in_time(void **state)
{
	struct room r;

	open_room(&r, state);
	/* the 29th at ten: due on the 1st of December */
	clock_hand_turn(&r.clock, 5 * DAY);
	struct care_case *a = complain(&r, SHI, CASE_COMPLAINT, "", "api");
	struct care_case *b = complain(&r, LIN, CASE_COMPLAINT, "", "api");
	struct care_case *c =
		complain(&r, STR("+447700900003"), CASE_DISPUTE, "", "api");
	struct care_case *q =
		complain(&r, STR("+447700900004"), CASE_QUESTION, "", "api");

	ACT(&r, q, CASE_REPLY, .text = STR("No complaint."));
	ACT(&r, a, CASE_REPLY, .text = STR("We look into it."));
	ACT(&r, a, CASE_REPLY, .text = STR("Once more."));
	counted(&r, DECEMBER, "case.reply_due", 1);
	ACT(&r, c, CASE_CLOSE, .cause = STR("staff"), .silent = STR("gone"));
	counted(&r, DECEMBER, "case.reply_due", 2);
	pass(&r, 47 * HOUR);
	counted(&r, DECEMBER, "case.reply_due", 2);
	pass(&r, HOUR); /* its third alarm */
	counted(&r, DECEMBER, "case.reply_due", 3);
	/* late: it was counted when it was due */
	ACT(&r, b, CASE_REPLY, .text = STR("Sorry."));
	CLOSE(&r, b, true);
	counted(&r, DECEMBER, "case.reply_due", 3);
	counted(&r, DECEMBER, "case.replied_in_time", 1);
	counted(&r, NOVEMBER, "case.reply_due", 0);
	counted(&r, NOVEMBER, "case.complaint", 3);
	/* opened again it has a new time */
	ACT(&r, b, CASE_REOPEN, .text = STR("not settled"));
	ACT(&r, b, CASE_REPLY, .text = STR("We see."));
	counted(&r, DECEMBER, "case.reply_due", 4);
	counted(&r, DECEMBER, "case.replied_in_time", 2);
	room_stop(&r);
}

static int64_t first_replies(struct room *r, const char *detail)
{
	return bed_measured(r->bed, NOVEMBER, "case.first_reply", detail).n;
}

/* Opened on Tuesday the 24th: in the week of the 23rd. Only the first counts,
 * also after it was opened again and after a start. */
static void k21_first_replies_by_week(void **state)
{
	struct room r;

	open_room(&r, state);
	struct care_case *a = complain(&r, SHI, CASE_COMPLAINT, "staff", "api");
	struct care_case *b = complain(&r, LIN, CASE_COMPLAINT, "", "api");
	struct care_case *c =
		complain(&r, STR("+447700900003"), CASE_DISPUTE, "", "api");
	struct care_case *q =
		complain(&r, STR("+447700900004"), CASE_QUESTION, "", "api");
	uint64_t id = a->id;

	ACT(&r, q, CASE_REPLY, .text = STR("No complaint."));
	assert_int_equal(first_replies(&r, NULL), 0);
	pass(&r, 90 * MINUTE);
	ACT(&r, a, CASE_REPLY, .text = STR("We look into it."));
	assert_int_equal(first_replies(&r, "2026-11-23 2"), 1);
	ACT(&r, c, CASE_CLOSE, .cause = STR("staff"), .silent = STR("gone"));
	CLOSE(&r, a, true);
	ACT(&r, a, CASE_REOPEN, .text = STR("not settled"));
	commit(r.bed);
	room_again(&r);
	a = cases_find(care_cases(r.care), TENANT, id);
	pass(&r, 9 * DAY);
	ACT(&r, a, CASE_REPLY, .text = STR("Once more."));
	assert_int_equal(first_replies(&r, NULL), 1);
	/* it is later than 240 hours, and counts where it was opened */
	pass(&r, 2 * DAY);
	b = case_newest(care_cases(r.care), TENANT, LIN);
	ACT(&r, b, CASE_REPLY, .text = STR("Sorry."));
	assert_int_equal(first_replies(&r, "2026-11-23 more"), 1);
	assert_int_equal(first_replies(&r, NULL), 2);
	room_stop(&r);
}

static void k11_k13_escalated_and_solved(void **state)
{
	struct room r;

	open_room(&r, state);
	struct care_case *a = complain(&r, SHI, CASE_COMPLAINT, "staff", "api");
	struct care_case *b = complain(&r, LIN, CASE_COMPLAINT, "", "api");

	ACT(&r, a, CASE_ESCALATE, .text = STR("to the head"));
	ACT(&r, a, CASE_ESCALATE, .text = STR("once more"));
	CLOSE(&r, a, true);
	CLOSE(&r, b, false);
	counted(&r, NOVEMBER, "case.escalated", 1);
	counted(&r, NOVEMBER, "case.closed", 2);
	counted(&r, NOVEMBER, "case.solved", 1);
	ACT(&r, a, CASE_REOPEN, .text = STR("not settled"));
	counted(&r, NOVEMBER, "case.closed", 1);
	counted(&r, NOVEMBER, "case.solved", 0);
	/* a month later it still belongs to its own */
	pass(&r, 20 * DAY);
	CLOSE(&r, a, true);
	counted(&r, NOVEMBER, "case.closed", 2);
	counted(&r, NOVEMBER, "case.solved", 1);
	counted(&r, DECEMBER, "case.closed", 0);
	assert_string_equal(bed_measured_by(r.bed, NOVEMBER, "case.escalated"),
			    "///sms/complaint/staff");
	room_stop(&r);
}

static void k14_repeated_within_30_days(void **state)
{
	struct room r;

	open_room(&r, state);
	struct care_case *a = complain(&r, SHI, CASE_COMPLAINT, "staff", "api");

	/* said again while it is open, it is one and the same */
	complain(&r, SHI, CASE_COMPLAINT, "staff", "api");
	counted(&r, NOVEMBER, "case.complaint", 1);
	CLOSE(&r, a, true);
	a = complain(&r, SHI, CASE_COMPLAINT, "staff", "api");
	counted(&r, NOVEMBER, "case.repeated", 1);
	CLOSE(&r, a, true);
	/* of another topic, and of another person */
	a = complain(&r, SHI, CASE_COMPLAINT, "spam", "api");
	CLOSE(&r, a, true);
	complain(&r, LIN, CASE_COMPLAINT, "staff", "api");
	counted(&r, NOVEMBER, "case.repeated", 1);
	counted(&r, NOVEMBER, "case.complaint", 4);
	/* one that is still open is known longer than it counts */
	complain(&r, STR("+447700900003"), CASE_REPORT, "spam", "api");
	pass(&r, 31 * DAY);
	complain(&r, SHI, CASE_COMPLAINT, "staff", "api");
	complain(&r, STR("+447700900003"), CASE_REPORT, "spam", "api");
	assert_int_equal(bed_counted(r.bed, clock_wall_ms(&r.clock.ops),
				     "case.repeated"),
			 0);
	room_stop(&r);
}

static void k02_k18_what_was_wrong(void **state)
{
	struct room r;

	open_room(&r, state);
	struct care_case *a =
		complain(&r, SHI, CASE_REPORT, CASE_TOPIC_REMINDER, "inbound");
	struct care_case *b = complain(&r, LIN, CASE_COMPLAINT, "low_score",
				       CASE_SOURCE_SURVEY);

	ACT(&r, a, CASE_VERDICT, .verdict = CASE_PROVEN);
	counted(&r, NOVEMBER, "case.wrong_reminder", 1);
	ACT(&r, a, CASE_VERDICT, .verdict = CASE_NOT_PROVEN);
	counted(&r, NOVEMBER, "case.wrong_reminder", 0);
	CLOSE(&r, a, true);
	counted(&r, NOVEMBER, "case.wrong_reminder", 1);
	counted(&r, NOVEMBER, "case.problem", 1);
	CLOSE(&r, b, true);
	counted(&r, NOVEMBER, "case.problem_solved", 1);
	room_stop(&r);
}

static void k35_called_back(void **state)
{
	struct room r;

	open_room(&r, state);
	uint64_t id = ask_for(&r, SHI);

	/* only proposed: wanted when they say yes */
	uint64_t other = ask(&r, (struct callback_ask){ .address = LIN,
							.propose = true })
				 .id;
	counted(&r, NOVEMBER, "callback.asked", 1);
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	came_of(&r, id, CALLBACK_NO_ANSWER);
	counted(&r, NOVEMBER, "callback.reached", 0);
	later(&r, see(&r, id)->now.due_ms - clock_wall_ms(&r.clock.ops));
	assert_string_equal(next_for(&r, "bob"), SHI.p);
	came_of(&r, id, CALLBACK_REACHED);
	counted(&r, NOVEMBER, "callback.reached", 1);
	ask_for(&r, LIN);
	assert_int_equal(state_of(&r, other), CALLBACK_QUEUED);
	counted(&r, NOVEMBER, "callback.asked", 2);
	/* nobody takes it in time, and then she wants none */
	later(&r, 20 * MINUTE);
	counted(&r, NOVEMBER, "callback.breached", 1);
	assert_int_equal(callbacks_cancel(calls_of(&r), TENANT, other, true),
			 0);
	commit(r.bed);
	counted(&r, NOVEMBER, "callback.asked", 2);
	counted(&r, NOVEMBER, "callback.reached", 1);
	assert_string_equal(bed_measured_by(r.bed, NOVEMBER,
					    "callback.reached"),
			    "/////console");
	room_stop(&r);
}

/* ---- events ----------------------------------------------------------------------- */

static const char event_config[] =
	"trigger usage { event = usage.threshold threshold = pct\n"
	"  class = notice text_en = \"{{pct}} % used\" }\n"
	"trigger back { event = service.resumed class = notice\n"
	"  answer_within = 1h text_en = \"Your line works again\" }\n"
	"trigger thanks { event = service.resumed when = {\"vip == true\"}\n"
	"  class = notice text_en = \"Thank you\" }\n";

static uint64_t happen(struct room *r, const char *id, const char *type,
		       const char *account, const char *data)
{
	const struct occurrence x = { .id = str_of(id),
				      .type = str_of(type),
				      .to = SHI,
				      .account = str_of(account),
				      .at_ms = clock_wall_ms(&r->clock.ops) };
	struct taken t = room_take(r, &x, data);

	commit(r->bed);
	return t.message;
}

static void k04_usage_notices(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, event_config);
	uint64_t id = happen(&r, "u1", "usage.threshold", "a1", "{\"pct\":80}");

	TURN_UNTIL(r.bed, !is_live(r.bed, id));
	/* the same once more asks for no notice; nor is it one again */
	happen(&r, "u2", "usage.threshold", "a1", "{\"pct\":80}");
	happen(&r, "u2", "usage.threshold", "a1", "{\"pct\":80}");
	counted(&r, NOVEMBER, "usage.threshold", 1);
	counted(&r, NOVEMBER, "usage.reminded", 1);
	room_stop(&r);
}

static void k05_k06_recharged_and_resumed(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, event_config);
	happen(&r, "r0", "service.resumed", "a1", "{}"); /* since when? */
	counted(&r, NOVEMBER, "service.resumed", 0);
	happen(&r, "r1", "recharge.ok", "a1", "{\"channel\":\"shop\"}");
	happen(&r, "r2", "recharge.fail", "a1", "{\"channel\":\"web\"}");
	counted(&r, NOVEMBER, "recharge.ok", 1);
	counted(&r, NOVEMBER, "recharge.fail", 1);
	assert_string_equal(bed_measured_by(r.bed, NOVEMBER, "recharge.ok"),
			    "///shop//");
	/* four minutes later, and over a restart */
	room_again(&r);
	clock_hand_turn(&r.clock, 4 * MINUTE);
	happen(&r, "r3", "service.resumed", "a1", "{}");
	assert_int_equal(
		bed_measured(r.bed, NOVEMBER, "service.resumed", "300000").sum,
		4 * MINUTE);
	happen(&r, "r4", "service.resumed", "a2",
	       "{\"recharged\":\"2026-11-24T09:04:00Z\"}"); /* an hour */
	assert_int_equal(
		bed_measured(r.bed, NOVEMBER, "service.resumed", "3600000").n,
		1);
	room_stop(&r);
}

/* Once a resume, however many notices it leads to, and tries. */
static void k05_told_that_it_works_again(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, event_config);
	uint64_t id =
		happen(&r, "n1", "service.resumed", "a1", "{\"vip\":true}");

	TURN_UNTIL(r.bed, !is_live(r.bed, id));
	TURN_UNTIL(r.bed,
		   bed_counted(r.bed, NOVEMBER, "message.delivered") == 2);
	counted(&r, NOVEMBER, "service.told", 1);
	clock_hand_turn(&r.clock, 2 * HOUR); /* nobody has answered */
	reminders_tick(care_reminders(r.care));
	room_again(&r);
	gateway_link_hold(r.bed->gateway, 0, true);
	happen(&r, "n2", "service.resumed", "a2", "{}");
	happen(&r, "n2", "service.resumed", "a2", "{}");
	counted(&r, NOVEMBER, "service.restored", 2);
	counted(&r, NOVEMBER, "service.told", 1);
	room_stop(&r);
}

static void write_to(struct room *r, struct str to)
{
	const struct submission s = { .tenant = TENANT,
				      .to = to,
				      .class_name = STR("notice"),
				      .text = STR("News"),
				      .priority = -1 };
	struct submitted out;

	gateway_submit(r->bed->gateway, &s, &out);
	assert_int_equal(out.rc, 0);
	commit(r->bed);
	TURN_UNTIL(r->bed, !is_live(r->bed, out.id));
}

static void k57_opt_outs_within_72_hours(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, event_config);
	room_hear(&r, STR("+447700900009"), "TD"); /* nobody wrote there */
	counted(&r, NOVEMBER, "inbound.opt_out", 1);
	write_to(&r, SHI);
	write_to(&r, LIN);
	room_again(&r);
	clock_hand_turn(&r.clock, 72 * HOUR);
	room_hear(&r, SHI, "TD");
	counted(&r, NOVEMBER, "inbound.opt_out_soon", 1);
	clock_hand_turn(&r.clock, HOUR);
	room_hear(&r, LIN, "TD");
	counted(&r, NOVEMBER, "inbound.opt_out", 3);
	counted(&r, NOVEMBER, "inbound.opt_out_soon", 1);
	room_stop(&r);
}

static void k07_payments_posted(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, event_config);
	happen(&r, "p1", "payment.posted", "a1",
	       "{\"paid\":\"2026-11-24T08:00:00Z\","
	       "\"posted\":\"2026-11-24T08:00:09Z\"}");
	happen(&r, "p2", "payment.posted", "a1",
	       "{\"paid\":\"2026-11-24T08:00:00Z\"}"); /* now: two hours */
	/* no time, or one that cannot be */
	happen(&r, "p3", "payment.posted", "a1", "{\"paid\":\"yesterday\"}");
	happen(&r, "p4", "payment.posted", "a1",
	       "{\"paid\":\"2026-11-24T12:00:00Z\"}");
	counted(&r, NOVEMBER, "payment.posted", 2);
	assert_int_equal(
		bed_measured(r.bed, NOVEMBER, "payment.posted", "10000").sum,
		9000);
	assert_int_equal(
		bed_measured(r.bed, NOVEMBER, "payment.posted", "14400000").n,
		1);
	room_stop(&r);
}

static void k49_faults(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, event_config);
	happen(&r, "f1", "service.fault", "a1", "{\"department\":\"net\"}");
	happen(&r, "f1", "service.fault", "a1", "{\"department\":\"net\"}");
	counted(&r, NOVEMBER, "service.fault", 1); /* one and the same */
	assert_string_equal(bed_measured_by(r.bed, NOVEMBER, "service.fault"),
			    "/net////");
	happen(&r, "f2", "service.fault", "a1", "{}");
	counted(&r, NOVEMBER, "service.fault", 2);
	room_stop(&r);
}

/* ---- surveys ---------------------------------------------------------------------- */

static const char survey_config[] =
	"trigger after { event = call.ended survey = att class = survey }\n"
	"trigger seen { event = visit.finished survey = att class = survey }\n"
	"sla fast { kind = complaint topic = staff first_reply = 4h }\n";

/* One question, of that factor; its name is the factor's beginning. */
static void put_survey(struct room *r, const char *id, const char *factor)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "{\"id\":\"%s\",\"questions\":[{\"id\":\"q\","
		 "\"kind\":\"csat\",\"factor\":\"%s\","
		 "\"text\":{\"en\":\"1-5?\"}}]}",
		 id, factor);
	put_survey_text(r, text);
}

static void sums(struct room *r, const char *name, const char *detail,
		 int64_t n, int64_t sum)
{
	survey_sums(r, NOVEMBER, name, detail, n, sum);
}

/* Of three people two were asked because a call had ended; whatever the event
 * says of itself. */
static void k17_satisfied_after_a_call(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, survey_config);
	put_survey(&r, "att", "attitude");
	happen(&r, "c1", "call.ended", "", "{\"event\":\"visit.finished\"}");
	assert_true(str_eqz(room_hear(&r, SHI, "4"), "survey"));
	sums(&r, "survey.after_call", "", 1, 1);
	ask_survey(&r, "att", LIN);
	assert_true(str_eqz(room_hear(&r, LIN, "5"), "survey"));
	sums(&r, "survey.csat", "", 2, 2);
	sums(&r, "survey.after_call", "", 1, 1);
	/* another answer takes the place of the first, over a start, too */
	room_again(&r);
	assert_true(str_eqz(room_hear(&r, SHI, "3"), "survey"));
	sums(&r, "survey.after_call", "", 1, 0);
	sums(&r, "survey.csat", "", 2, 1);
	happen(&r, "v1", "visit.finished", "", "{\"event\":\"call.ended\"}");
	assert_true(str_eqz(room_hear(&r, SHI, "5"), "survey"));
	sums(&r, "survey.csat", "", 3, 2);
	sums(&r, "survey.after_call", "", 1, 0);
	room_stop(&r);
}

static void k33_k42_by_factor(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, survey_config);
	put_survey(&r, "att", "attitude");
	put_survey(&r, "tar", "tariff");
	put_survey(&r, "none", "");
	ask_survey(&r, "att", SHI);
	ask_survey(&r, "tar", LIN);
	ask_survey(&r, "none", STR("+447700900003"));
	(void)room_hear(&r, SHI, "4");
	(void)room_hear(&r, LIN, "2");
	(void)room_hear(&r, STR("+447700900003"), "5");
	sums(&r, "survey.factor", "attitude", 1, 4);
	sums(&r, "survey.factor", "tariff", 1, 2);
	sums(&r, "survey.factor_square", "tariff", 1, 4);
	sums(&r, "survey.factor", NULL, 2, 6);
	sums(&r, "survey.score", NULL, 3, 11);
	sums(&r, "survey.attitude", "", 1, 4);
	sums(&r, "survey.attitude_square", "", 1, 16);
	room_stop(&r);
}

/* Whoever answers over and over: what is kept is what the last answers give. */
static void k42_recount(void **state)
{
	enum { PEOPLE = 9, ANSWERS = 60 };
	char to[PEOPLE][16];
	int last[PEOPLE] = { 0 };
	uint32_t x = 42;
	struct room r;

	room_open(&r, state, gateway_config, survey_config);
	put_survey(&r, "att", "attitude");
	for (unsigned i = 0; i < PEOPLE; i++) {
		snprintf(to[i], sizeof(to[i]), "+44770090001%u", i);
		ask_survey(&r, "att", str_of(to[i]));
	}
	for (unsigned k = 0; k < ANSWERS; k++) {
		x = x * 1664525u + 1013904223u;
		unsigned i = (x >> 16) % PEOPLE;
		int score = 1 + (int)((x >> 24) % 5);
		const char text[2] = { (char)('0' + score), '\0' };

		assert_true(
			str_eqz(room_hear(&r, str_of(to[i]), text), "survey"));
		last[i] = score;
	}
	int64_t n = 0, sum = 0, squares = 0;

	for (unsigned i = 0; i < PEOPLE; i++) {
		n += last[i] > 0;
		sum += last[i];
		squares += (int64_t)last[i] * last[i];
	}
	sums(&r, "survey.factor", "attitude", n, sum);
	sums(&r, "survey.factor_square", "attitude", n, squares);
	sums(&r, "survey.attitude", "", n, sum);
	room_stop(&r);
}

/* Nobody asks about bills, and for staff alone there is a promise. */
static void k41_gaps_one_and_two(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, survey_config);
	put_survey(&r, "att", "staff");
	(void)complain(&r, SHI, CASE_COMPLAINT, "staff", "api");
	counted(&r, NOVEMBER, "case.unasked", 0);
	counted(&r, NOVEMBER, "case.unpromised", 0);
	(void)complain(&r, LIN, CASE_COMPLAINT, "bill", "api");
	(void)complain(&r, STR("+447700900003"), CASE_COMPLAINT, "", "api");
	(void)complain(&r, STR("+447700900004"), CASE_QUESTION, "", "api");
	counted(&r, NOVEMBER, "case.complaint", 3);
	counted(&r, NOVEMBER, "case.unasked", 2);
	counted(&r, NOVEMBER, "case.unpromised", 2);
	/* the newest version asks about something else */
	put_survey(&r, "att", "attitude");
	(void)complain(&r, STR("+447700900005"), CASE_COMPLAINT, "staff",
		       "api");
	counted(&r, NOVEMBER, "case.unasked", 3);
	counted(&r, NOVEMBER, "case.unpromised", 2);
	room_stop(&r);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(k12_answered_in_time),
		TEST(k21_first_replies_by_week),
		TEST(k11_k13_escalated_and_solved),
		TEST(k14_repeated_within_30_days),
		TEST(k02_k18_what_was_wrong),
		TEST(k35_called_back),
		TEST(k04_usage_notices),
		TEST(k05_k06_recharged_and_resumed),
		TEST(k05_told_that_it_works_again),
		TEST(k57_opt_outs_within_72_hours),
		TEST(k07_payments_posted),
		TEST(k49_faults),
		TEST(k17_satisfied_after_a_call),
		TEST(k33_k42_by_factor),
		TEST(k42_recount),
		TEST(k41_gaps_one_and_two),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
