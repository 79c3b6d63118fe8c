/* How cases come: replies over any channel, low scores; and the survey after
 * the end. */
#include "tests/lib/caredesk.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "tests/lib/measured.h"

/* ---- how they come -------------------------------------------------------------------- */

static void test_r49_every_channel_the_same_case(void **state)
{
	static const char *const channels[] = { "sms", "mqtt", "webhook" };
	struct caredesk d;

	caredesk_open(&d, state);
	for (unsigned i = 0; i < ARRAY_LEN(channels); i++) {
		caredesk_write_in(&d, SHI, channels[i], "投诉!");
		assert_string_equal(d.claimed, "complaint");
	}
	/* what is said again is the same case */
	caredesk_expect(&d, "case.opened case.said_again case.said_again ");
	caredesk_stop(&d);
}

static void test_limits(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	d.cfg.per_person = 2;
	caredesk_write_in(&d, SHI, "sms", "我要投诉");
	caredesk_write_in(&d, SHI, "sms", "你们乱扣费");
	caredesk_expect(&d, "case.opened case.opened ");
	/* the third of one person stays in the inbox */
	caredesk_write_in(&d, SHI, "sms", "我有个建议");
	assert_string_equal(d.claimed, "inbox");
	caredesk_expect(&d, "");
	caredesk_stop(&d);
}

/* On every port and at every hour, from one person as often as they report,
 * after a refusal, too, and though nothing may be said to them any more. */
static void r24_a_report_is_taken_on_every_port_at_any_hour(void **state)
{
	static const char *const channels[] = { "sms", "mqtt", "webhook" };
	static const char *const ports[] = { "99900", "10690001", "", "desk" };
	static const char *const words[] = { "举报", "JB 10690002", "举报诈骗",
					     "report spam" };
	struct caredesk d;
	unsigned n = 0;

	caredesk_open(&d, state);
	caredesk_stop(&d);
	d.gateway = "class service { consent = none cap = \"1/24h\"\n"
		    " quiet_hours = \"00:00-00:01\" }\n"
		    "class survey { consent = none }\n"
		    "fake a { receipt_after = 1ms }\n";
	caredesk_start(&d, false);
	caredesk_write_in(&d, SHI, "sms", "退订");
	for (unsigned hour = 0; hour < 24; hour++) {
		for (unsigned i = 0; i < ARRAY_LEN(channels); i++) {
			caredesk_write_to(&d, SHI, channels[i], ports[hour % 4],
					  words[(hour + i) % 4]);
			n++;
		}
		clock_hand_jump(&d.clock, HOUR);
	}
	assert_int_equal(cases_owned(d.cases, CAREDESK_TENANT,
				     STR("care-desk")),
			 n);
	caredesk_stop(&d);
}

/* ---- surveys ---------------------------------------------------------------------------- */

static const char sv01[] =
	"{\"id\":\"sv-01\",\"questions\":[{\"id\":\"q1\",\"kind\":\"csat\","
	"\"low\":2,\"text\":{\"zh\":\"满意吗?回复1-5\",\"en\":\"1-5?\"}}]}";

static void put_survey(struct caredesk *d)
{
	const struct survey *v = NULL;
	struct err err = { "" };
	json_t *o = json_loads(sv01, 0, NULL);

	assert_non_null(o);
	if (surveys_put(d->surveys, CAREDESK_TENANT, o, STR("test"), &v,
			&err) != 0)
		fail_msg("%s", err.text);
	json_decref(o);
	commit(d->bed);
}

static uint64_t invite(struct caredesk *d)
{
	const struct survey_ask a = { .tenant = CAREDESK_TENANT,
				      .survey = STR("sv-01"),
				      .to = SHI,
				      .lang = STR("zh") };
	struct submitted out;
	struct err err = { "" };
	uint64_t id = 0;

	if (surveys_ask(d->surveys, &a, &out, &id, &err) != 0)
		fail_msg("%s", err.text);
	commit(d->bed);
	return id;
}

static void test_f01_a_low_score_and_a_complaint_in_one_text(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	put_survey(&d);
	IGNORE(invite(&d) == 0);
	caredesk_write_in(&d, SHI, "sms", "2 投诉");
	assert_string_equal(d.claimed, "survey");
	/* the score opens it, the word says it again */
	caredesk_expect(&d, "case.opened case.said_again ");
	caredesk_stop(&d);
}

/* The case that a low answer opened hears what takes its place, as long as it
 * is open; a better one opens none. */
static void test_f05_a_changed_score_is_told(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	put_survey(&d);
	IGNORE(invite(&d) == 0);
	caredesk_write_in(&d, SHI, "sms", "1");
	caredesk_expect(&d, "case.opened ");
	caredesk_write_in(&d, SHI, "sms", "2");
	caredesk_expect(&d, "case.said_again ");
	caredesk_write_in(&d, SHI, "sms", "5");
	caredesk_expect(&d, "case.said_again ");
	caredesk_write_in(&d, SHI, "sms", "4"); /* was not low either */
	caredesk_expect(&d, "");

	struct care_case *x =
		(struct care_case *)(uintptr_t)cases_open_of(d.cases,
							     CAREDESK_TENANT,
							     SHI);

	assert_non_null(x);
	assert_string_equal(CLOSE(&d, x), "");
	caredesk_expect(&d, "case.closed ");
	caredesk_write_in(&d, SHI, "sms", "3"); /* and it is over */
	caredesk_expect(&d, "");
	/* low again: that is another case, and says of which one */
	uint64_t closed = x->id;

	caredesk_write_in(&d, SHI, "sms", "1");
	caredesk_expect(&d, "case.opened ");
	x = (struct care_case *)(uintptr_t)cases_open_of(d.cases,
							 CAREDESK_TENANT, SHI);
	assert_non_null(x);
	assert_true(x->id != closed);
	assert_non_null(strchr(x->ref, '/'));
	caredesk_write_in(&d, SHI, "sms", "2");
	caredesk_expect(&d, "case.said_again ");
	caredesk_stop(&d);
}

static void test_k48_asked_again_after_the_end(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	d.cfg.resurvey = Z("sv-01");
	d.cfg.resurvey_after = 24 * HOUR;
	put_survey(&d);

	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	assert_string_equal(CLOSE(&d, x), "");
	assert_int_not_equal(x->now.resurvey, 0);

	const struct session *s = surveys_session(d.surveys, x->now.resurvey);

	assert_non_null(s);
	assert_true(strncmp(s->ref, "case:", 5) == 0);
	caredesk_stop(&d);
}

/* Of one month: what they said before, and after something was done. */
static void fixed(struct caredesk *d, int64_t n, int64_t before, int64_t after)
{
	int64_t now_ms = clock_wall_ms(&d->clock.ops);
	struct measured was =
		bed_measured(d->bed, now_ms, "survey.before_fix", NULL);
	struct measured is =
		bed_measured(d->bed, now_ms, "survey.after_fix", NULL);

	assert_int_equal(was.n, n);
	assert_int_equal(was.sum, before);
	assert_int_equal(is.n, n);
	assert_int_equal(is.sum, after);
}

/* A low score, a case, its end, the same question again: 2, then 3, then 5
 * after all. Another of whom nobody knows how it was is in neither. */
static void k48_before_and_after_a_fix(void **state)
{
	struct caredesk d;

	caredesk_open(&d, state);
	/* the middle of a month: what is counted stays in it */
	clock_hand_jump(&d.clock,
			INT64_C(1795514400000) - clock_wall_ms(&d.clock.ops));
	d.cfg.resurvey = Z("sv-01");
	put_survey(&d);
	IGNORE(invite(&d) == 0);
	caredesk_write_in(&d, SHI, "sms", "2");

	struct care_case *x =
		(struct care_case *)(uintptr_t)cases_open_of(d.cases,
							     CAREDESK_TENANT,
							     SHI);

	assert_non_null(x);
	fixed(&d, 0, 0, 0);
	/* how it was is known after a start, too */
	uint64_t id = x->id;

	caredesk_stop(&d);
	caredesk_start(&d, false);
	x = cases_find(d.cases, CAREDESK_TENANT, id);
	assert_non_null(x);
	assert_string_equal(CLOSE(&d, x), "");
	commit(d.bed);
	fixed(&d, 0, 0, 0);
	caredesk_write_in(&d, SHI, "sms", "3");
	fixed(&d, 1, 0, 0);
	caredesk_write_in(&d, SHI, "sms", "5");
	fixed(&d, 1, 0, 1);
	/* a complaint of which nobody asked anything */
	x = caredesk_add(&d, CASE_COMPLAINT, "");
	assert_false(x->now.rated);
	assert_string_equal(CLOSE(&d, x), "");
	commit(d.bed);
	caredesk_write_in(&d, SHI, "sms", "4");
	fixed(&d, 1, 0, 1);
	caredesk_stop(&d);
}

/* Who complains hears that it is here, also when a case was open: of a low
 * score, by an agent. Once, however often they say it; and no first reply is
 * promised to who has had one. */
static void u13_what_joins_is_acknowledged(void **state)
{
	struct caredesk d;
	char text[BED_TEXT];

	caredesk_open(&d, state);
	struct care_case *x = caredesk_add(&d, CASE_COMPLAINT, "");

	assert_string_equal(bed_said(d.bed, SHI, text), "");
	caredesk_write_in(&d, SHI, "sms", "我要投诉");
	assert_string_equal(d.claimed, "complaint");
	assert_non_null(strstr(bed_said(d.bed, SHI, text), "小时内回复"));
	TURN_UNTIL(d.bed, d.delivered == 1);
	caredesk_write_in(&d, SHI, "sms", "投诉!!");
	assert_string_equal(ACT(&d, x, CASE_REPLY, .text = STR("您好")), "");
	caredesk_write_in(&d, SHI, "sms", "再次投诉");
	assert_non_null(strstr(bed_said(d.bed, SHI, text), "仍在处理"));
	TURN_UNTIL(d.bed, d.delivered == 3);
	caredesk_stop(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(test_r49_every_channel_the_same_case),
		CASE(test_limits),
		CASE(r24_a_report_is_taken_on_every_port_at_any_hour),
		CASE(test_f01_a_low_score_and_a_complaint_in_one_text),
		CASE(test_f05_a_changed_score_is_told),
		CASE(test_k48_asked_again_after_the_end),
		CASE(k48_before_and_after_a_fix),
		CASE(u13_what_joins_is_acknowledged),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
