/* Surveys through the whole gateway, over the fake channel and a store that
 * is opened again; their clock is turned by hand. */
#include "campaigns/surveys.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/share.h"
#include "campaigns/survey_results.h"
#include "tests/lib/recount.h"

#define HOUR (int64_t)3600000

static const char config[] =
	"class survey { consent = none opt_out_text = true }\n"
	"class service { consent = none }\n"
	"fake a { receipt_after = 1ms }\n";

/* One question, and a second for those who are not content. */
static const char sv01[] =
	"{\"id\":\"sv-01\",\"sender\":\"99900\",\"questions\":["
	"{\"id\":\"q1\",\"kind\":\"csat\",\"low\":2,"
	"\"text\":{\"zh\":\"{{name|default:\\\"您\\\"}}对服务是否满意?回复1-5\","
	"\"en\":\"How satisfied were you? Reply 1-5\"},"
	"\"next\":[{\"upto\":2,\"go\":\"why\"},{\"go\":\"end\"}]},"
	"{\"id\":\"why\",\"kind\":\"text\",\"text\":{\"zh\":\"请问原因?\","
	"\"en\":\"Why?\"}}],"
	"\"thanks\":{\"zh\":\"谢谢!\",\"en\":\"Thank you!\"}}";

static const struct surveys_cfg cfg = { 100, 10, 10000, 365 * 24 * HOUR, 64 };

struct care {
	struct bed *bed;
	struct surveys *surveys;
	struct clock_hand clock;
	char events[4096]; /* "type:question:token " of each */
};

static void on_step(void *owner, uint64_t id, const struct event *e)
{
	surveys_step(((struct care *)owner)->surveys, id, e);
}

static void on_event(void *owner, struct str tenant, struct str type,
		     struct str json)
{
	struct care *c = owner;
	size_t len = strlen(c->events);
	const char *token = strstr(json.p, "\"token\":\"");

	(void)tenant;
	if (!str_starts(type, STR("survey.")))
		return;
	snprintf(c->events + len, sizeof(c->events) - len, "%.*s:%.1s ",
		 STR_ARGS(type), token == NULL ? "-" : token + 9);
}

static void start(struct care *c, bool create)
{
	struct surveys_env env = { .clock = &c->clock.ops, .cfg = &cfg };
	struct err err = { "" };

	bed_start(c->bed, config, create);
	env.loop = c->bed->loop;
	env.gateway = c->bed->gateway;
	env.store = c->bed->store;
	if (surveys_open(&c->surveys, &env, &err) != 0)
		fail_msg("%s", err.text);
	gateway_claimant(c->bed->gateway, CLAIMANT_SURVEY, &surveys_claimant,
			 c->surveys);
	gateway_on_step(c->bed->gateway, on_step, c);
	gateway_watch(c->bed->gateway, on_event, c);
}

/* Whatever has happened: what is kept is what counting it gives. */
static void stop(struct care *c)
{
	recount_survey(c->bed, "DEMOTEL", "sv-01");
	surveys_stop(c->surveys);
	bed_stop(c->bed);
	surveys_close(&c->surveys);
}

static const struct survey *put(struct care *c, const char *text)
{
	const struct survey *v = NULL;
	struct err err = { "" };
	json_t *o = json_loads(text, 0, NULL);

	assert_non_null(o);
	if (surveys_put(c->surveys, STR("DEMOTEL"), o, STR("test"), &v, &err) !=
	    0)
		fail_msg("%s", err.text);
	json_decref(o);
	commit(c->bed);
	return v;
}

static void open_care(struct care *c, void **state)
{
	*c = (struct care){ .bed = *state };
	clock_hand_init(&c->clock, clock_wall_ms(&clock_real));
	start(c, true);
	IGNORE(put(c, sv01) == NULL);
}

static const struct session *find(struct care *c, uint64_t id)
{
	const struct session *x = surveys_session(c->surveys, id);

	assert_non_null(x);
	return x;
}

/* Asks, and waits until it is delivered. */
static uint64_t ask(struct care *c, struct str to)
{
	const struct survey_ask a = { .tenant = STR("DEMOTEL"),
				      .survey = STR("sv-01"),
				      .to = to,
				      .lang = STR("zh") };
	struct submitted out;
	struct err err = { "" };
	uint64_t id = 0;

	if (surveys_ask(c->surveys, &a, &out, &id, &err) != 0)
		fail_msg("%s", err.text);
	TURN_UNTIL(c->bed, find(c, id)->now.state == SESSION_CONTACTED);
	return id;
}

static void on_heard(void *owner, int rc)
{
	*(int *)owner = rc;
}

/* The claim of what was written. */
static const char *claimed;

static void write_in(struct care *c, struct str from, const char *text)
{
	struct inbound in = { .channel = STR("sms"),
			      .from = from,
			      .to = STR("99900"),
			      .text = str_of(text),
			      .at_ms = clock_wall_ms(&clock_real) };
	static char claim[32];
	int rc = 1;

	gateway_hear(c->bed->gateway, &in, on_heard, &rc);
	assert_int_equal(str_copy(claim, sizeof(claim), in.claim), 0);
	claimed = claim;
	TURN_UNTIL(c->bed, rc != 1);
	assert_int_equal(rc, 0);
}

static void test_conversation(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t id = ask(&c, SHI);

	write_in(&c, SHI, "２分 等太久");
	assert_string_equal(claimed, "survey");
	assert_int_equal(find(&c, id)->now.state, SESSION_STARTED);
	assert_int_equal(find(&c, id)->now.given[0], 1);
	assert_int_equal(find(&c, id)->now.question, 1);
	assert_string_equal(c.events, "survey.answered:2 survey.low_score:2 ");
	write_in(&c, SHI, "热线打不通");
	assert_int_equal(find(&c, id)->now.state, SESSION_COMPLETED);
	assert_int_equal(find(&c, id)->now.answered, 2);
	/* whoever is content is asked no more */
	id = ask(&c, LIN);
	write_in(&c, LIN, "非常满意");
	assert_int_equal(find(&c, id)->now.state, SESSION_COMPLETED);
	assert_int_equal(find(&c, id)->now.given[0], 4);
	stop(&c);
}

/* Asked for later: before it leaves nothing can be an answer to it; from then
 * on a reply is, also one that comes before the peer's answer. */
static void test_a_reply_overtakes_the_answer_of_the_peer(void **state)
{
	const struct event leaving = { .state = MESSAGE_SUBMITTING };
	struct submitted out;
	struct err err = { "" };
	struct care c;
	uint64_t id = 0;

	open_care(&c, state);
	const struct survey_ask a = {
		.tenant = STR("DEMOTEL"),
		.survey = STR("sv-01"),
		.to = SHI,
		.lang = STR("zh"),
		.send_at_ms = clock_wall_ms(&c.clock.ops) + 3600000,
	};

	assert_int_equal(surveys_ask(c.surveys, &a, &out, &id, &err), 0);
	commit(c.bed);
	assert_int_equal(find(&c, id)->now.state, SESSION_GATED);
	write_in(&c, SHI, "4");
	assert_string_equal(claimed, "inbox");
	surveys_step(c.surveys, out.id, &leaving);
	write_in(&c, SHI, "4");
	assert_string_equal(claimed, CLAIM_SURVEY);
	assert_int_equal(find(&c, id)->now.answered, 1);
	stop(&c);
}

static void test_asked_again(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t id = ask(&c, SHI);

	for (unsigned i = 1; i <= 2; i++) {
		write_in(&c, SHI, "4或5");
		assert_string_equal(claimed, "survey");
		assert_int_equal(find(&c, id)->now.reprompts, i);
	}
	/* more is a person's to read, and so is what is about other things */
	write_in(&c, SHI, "4还是5吧");
	assert_string_equal(claimed, "inbox");
	write_in(&c, SHI, "我的快递到哪了");
	assert_string_equal(claimed, "inbox");
	assert_int_equal(find(&c, id)->now.unparsed, 4);
	write_in(&c, SHI, "4");
	assert_string_equal(claimed, "survey");
	assert_int_equal(find(&c, id)->now.state, SESSION_COMPLETED);
	stop(&c);
}

static void test_later_answer_replaces(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t id = ask(&c, SHI);

	write_in(&c, SHI, "4");
	write_in(&c, SHI, "4"); /* the same once more is nothing new */
	assert_string_equal(claimed, "survey");
	assert_int_equal(find(&c, id)->now.edits[0], 1);
	write_in(&c, SHI, "5");
	assert_int_equal(find(&c, id)->now.given[0], 4);
	assert_int_equal(find(&c, id)->now.edits[0], 2);
	assert_string_equal(c.events, "survey.answered:4 survey.answered:5 ");
	stop(&c);
}

/* In time, late, and late again after a start: the last one counts, and what
 * it was. */
static void test_tallies_follow_the_last_answer(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t id = ask(&c, SHI);

	write_in(&c, SHI, "5");
	assert_int_equal(find(&c, id)->now.state, SESSION_COMPLETED);
	recount_survey(c.bed, "DEMOTEL", "sv-01");
	clock_hand_jump(&c.clock, find(&c, id)->now.expires_ms -
					  clock_wall_ms(&c.clock.ops) + HOUR);
	write_in(&c, SHI, "4");
	assert_string_equal(claimed, "survey");
	assert_int_equal(find(&c, id)->now.late, 1);
	stop(&c);
	start(&c, false);
	assert_int_equal(find(&c, id)->now.late, 1);
	write_in(&c, SHI, "3");
	assert_string_equal(claimed, "survey");
	stop(&c);
}

static void test_reminder_and_end(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t id = ask(&c, SHI);

	clock_hand_turn(&c.clock, (uint64_t)(23 * HOUR));
	surveys_tick(c.surveys);
	assert_false(find(&c, id)->now.reminded);
	clock_hand_turn(&c.clock, (uint64_t)(2 * HOUR));
	surveys_tick(c.surveys);
	assert_true(find(&c, id)->now.reminded);
	clock_hand_turn(&c.clock, (uint64_t)(48 * HOUR));
	surveys_tick(c.surveys);
	assert_int_equal(find(&c, id)->now.state, SESSION_UNRESPONSIVE);
	/* in the grace it is kept, and marked */
	write_in(&c, SHI, "5");
	assert_string_equal(claimed, "survey");
	assert_int_equal(find(&c, id)->now.given[0], 4);
	assert_int_equal(find(&c, id)->now.state, SESSION_UNRESPONSIVE);
	clock_hand_turn(&c.clock, (uint64_t)(7 * 24 * HOUR));
	surveys_tick(c.surveys);
	assert_null(surveys_session(c.surveys, id));
	write_in(&c, SHI, "4");
	assert_string_equal(claimed, "inbox");
	stop(&c);
}

/* What is due before the timer is comes in time: nobody calls the tick here. */
static void test_due_in_time(void **state)
{
	struct care c;
	json_t *o = json_loads(sv01, 0, NULL);

	open_care(&c, state);
	assert_int_equal(json_object_set_new(o, "expire_after",
					     json_string("1s")),
			 0);
	assert_int_equal(json_object_set_new(o, "remind_after",
					     json_string("0s")),
			 0);
	char *text = json_dumps(o, 0);
	IGNORE(put(&c, text) == NULL);
	free(text);
	json_decref(o);
	uint64_t id = ask(&c, SHI);
	clock_hand_turn(&c.clock, 1000);
	TURN_UNTIL(c.bed, find(&c, id)->now.state == SESSION_UNRESPONSIVE);
	stop(&c);
}

static void test_breakoff(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t id = ask(&c, SHI);

	write_in(&c, SHI, "1");
	clock_hand_turn(&c.clock, (uint64_t)(73 * HOUR));
	surveys_tick(c.surveys);
	assert_int_equal(find(&c, id)->now.state, SESSION_BREAKOFF);
	stop(&c);
}

static void test_refusals(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t first = ask(&c, SHI), second = ask(&c, LIN);

	write_in(&c, SHI, "TD");
	assert_string_equal(claimed, "opt_out");
	assert_int_equal(find(&c, first)->now.state, SESSION_REFUSED);
	write_in(&c, LIN, "不要退订");
	assert_string_equal(claimed, "inbox");
	assert_int_equal(find(&c, second)->now.state, SESSION_CONTACTED);
	write_in(&c, LIN, "2");
	write_in(&c, LIN, "退订");
	assert_int_equal(find(&c, second)->now.state, SESSION_BREAKOFF);
	stop(&c);
}

static void test_superseded(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t first = ask(&c, SHI), second = ask(&c, SHI);

	assert_int_equal(find(&c, first)->now.state, SESSION_SUPERSEDED);
	write_in(&c, SHI, "3");
	assert_int_equal(find(&c, first)->now.answered, 0);
	assert_int_equal(find(&c, second)->now.given[0], 2);
	stop(&c);
}

/* The same key asks once, however far they have come meanwhile; for somebody
 * else it is refused. */
static void test_a_key_asks_once(void **state)
{
	struct survey_ask a = { .tenant = STR("DEMOTEL"),
				.survey = STR("sv-01"),
				.to = SHI,
				.lang = STR("zh"),
				.key = STR("k1") };
	struct submitted out;
	struct err err = { "" };
	uint64_t first = 0, again = 0;
	struct care c;

	open_care(&c, state);
	assert_int_equal(surveys_ask(c.surveys, &a, &out, &first, &err), 0);
	assert_false(out.repeated);
	TURN_UNTIL(c.bed, find(&c, first)->now.state == SESSION_CONTACTED);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(surveys_ask(c.surveys, &a, &out, &again, &err),
				 0);
		commit(c.bed);
		assert_true(out.repeated);
		assert_int_equal(again, first);
		write_in(&c, SHI, "2");
		assert_int_equal(find(&c, first)->now.answered, i + 1);
	}
	a.to = LIN;
	assert_int_equal(surveys_ask(c.surveys, &a, &out, &again, &err),
			 -EEXIST);
	stop(&c);
}

static void test_cancelled(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t id = ask(&c, SHI);

	assert_int_equal(surveys_cancel(c.surveys, id), 0);
	assert_int_equal(find(&c, id)->now.state, SESSION_CANCELLED);
	assert_int_equal(surveys_cancel(c.surveys, id), -ENOENT);
	write_in(&c, SHI, "5");
	assert_string_equal(claimed, "inbox");
	stop(&c);
}

static void test_restart(void **state)
{
	struct care c;

	open_care(&c, state);
	uint64_t open = ask(&c, SHI), started = ask(&c, LIN);

	write_in(&c, LIN, "2");
	stop(&c);
	start(&c, false);
	assert_int_equal(find(&c, open)->now.state, SESSION_CONTACTED);
	assert_int_equal(find(&c, started)->now.state, SESSION_STARTED);
	assert_int_equal(find(&c, started)->now.question, 1);
	assert_int_equal(find(&c, started)->now.given[0], 1);
	write_in(&c, SHI, "五");
	assert_int_equal(find(&c, open)->now.given[0], 4);
	/* the next version leaves open sessions with theirs */
	assert_int_equal(put(&c, sv01)->version, 2);
	write_in(&c, LIN, "太慢");
	assert_int_equal(find(&c, started)->now.state, SESSION_COMPLETED);
	stop(&c);
}

static void test_yes_is_an_answer(void **state)
{
	static const char yes_no[] =
		"{\"id\":\"sv-01\",\"sender\":\"99900\",\"questions\":["
		"{\"id\":\"q\",\"kind\":\"yes_no\",\"text\":\"解决了吗?\"}]}";
	struct care c;

	open_care(&c, state);
	IGNORE(put(&c, yes_no) == NULL);
	uint64_t id = ask(&c, SHI);

	write_in(&c, SHI, "yes");
	assert_string_equal(claimed, "survey");
	assert_int_equal(find(&c, id)->now.given[0], 0);
	stop(&c);
}

static void test_definitions(void **state)
{
	static const struct {
		const char *body, *why;
	} rows[] = {
		{ "[]", "object" },
		{ "{}", "id" },
		{ "{\"id\":\"a b\",\"questions\":[]}", "id" },
		{ "{\"id\":\"a\"}", "questions" },
		{ "{\"id\":\"a\",\"questions\":[],\"grase\":\"1h\"}", "grase" },
		{ "{\"id\":\"a\",\"questions\":[{\"id\":\"q\"}]}", "kind" },
		{ "{\"id\":\"a\",\"questions\":[{\"id\":\"q\",\"kind\":\"csat\"}]}",
		  "questions[0].text" },
		{ "{\"id\":\"a\",\"questions\":[{\"id\":\"q\",\"kind\":"
		  "\"choice\",\"text\":\"x\"}]}",
		  "questions[0].scale" },
		{ "{\"id\":\"a\",\"questions\":[{\"id\":\"q\",\"kind\":"
		  "\"choice\",\"text\":\"x\",\"scale\":[{\"token\":\"1\"},"
		  "{\"token\":\"1\"}]}]}",
		  "scale[1].token" },
		{ "{\"id\":\"a\",\"questions\":[{\"id\":\"q\",\"kind\":"
		  "\"csat\",\"text\":\"x\",\"next\":[{\"go\":\"q\"}]}]}",
		  "forwards" },
		{ "{\"id\":\"a\",\"questions\":[{\"id\":\"q\",\"kind\":"
		  "\"csat\",\"text\":\"{{x\"}]}",
		  "text" },
		{ "{\"id\":\"a\",\"expire_after\":\"soon\",\"questions\":[]}",
		  "expire_after" },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		json_t *o = json_loads(rows[i].body, 0, NULL);
		struct survey *v = NULL;
		struct err err = { "" };

		int rc = survey_check_members(o, &err);

		if (rc == 0)
			rc = survey_read(o, STR("T"), &v, &err);
		assert_int_equal(rc, -EINVAL);
		if (strstr(err.text, rows[i].why) == NULL)
			fail_msg("%s: %s", rows[i].body, err.text);
		json_decref(o);
	}
}

/* ---- figures ---------------------------------------------------------------- */

static void feed(struct survey_sums *s, const char *name, const char *question,
		 const char *token, int64_t n)
{
	const struct row row = {
		4, { CELL_Z(name), CELL_Z(question), CELL_Z(token), CELL_I(n) }
	};

	survey_sum(s, &row);
}

static void test_scores(void **state)
{
	static const char body[] =
		"{\"id\":\"a\",\"questions\":["
		"{\"id\":\"c\",\"kind\":\"csat\",\"text\":\"x\"},"
		"{\"id\":\"n\",\"kind\":\"nps\",\"text\":\"x\"}]}";
	json_t *o = json_loads(body, 0, NULL);
	struct survey *v = NULL;
	struct err err = { "" };
	struct survey_score score;
	double low, high;

	(void)state;
	assert_int_equal(survey_read(o, STR("T"), &v, &err), 0);
	struct survey_sums s = { .survey = v };

	feed(&s, TALLY_ANSWER, "c", "3", 1);
	feed(&s, TALLY_ANSWER, "c", "4", 2);
	feed(&s, TALLY_ANSWER, "c", "5", 1);
	feed(&s, TALLY_EDITED, "c", "4", 1);
	feed(&s, TALLY_ANSWER, "n", "10", 1);
	feed(&s, TALLY_ANSWER, "n", "6", 1);
	feed(&s, TALLY_ANSWER, "n", "7", 1);
	feed(&s, TALLY_ANSWER, "n", "9", 1);
	/* of a version of before: nobody asks that any more */
	feed(&s, TALLY_ANSWER, "gone", "1", 7);
	feed(&s, TALLY_ANSWER, "c", "9", 7);
	assert_int_equal(s.v[0].n, 4);
	assert_int_equal(s.v[0].edited, 1);
	assert_true(survey_score(&v->v[0], &s.v[0], &score));
	assert_int_equal((int)(score.value * 10), 750); /* 3 of 4 */
	assert_int_equal((int)(score.mean * 100), 400);
	assert_true(survey_score(&v->v[1], &s.v[1], &score));
	assert_int_equal((int)score.value, 25); /* 2 up, 1 down, of 4 */
	/* Wilson, 10 of 20: 0.299298 .. 0.700702 */
	share_interval(10, 20, &low, &high);
	assert_int_equal((int)(low * 100000), 29929);
	assert_int_equal((int)(high * 100000), 70070);
	survey_free(&v);
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(test_conversation),
		CASE(test_a_reply_overtakes_the_answer_of_the_peer),
		CASE(test_asked_again),
		CASE(test_later_answer_replaces),
		CASE(test_tallies_follow_the_last_answer),
		CASE(test_reminder_and_end),
		CASE(test_due_in_time),
		CASE(test_breakoff),
		CASE(test_refusals),
		CASE(test_superseded),
		CASE(test_a_key_asks_once),
		CASE(test_cancelled),
		CASE(test_restart),
		CASE(test_yes_is_an_answer),
		cmocka_unit_test(test_definitions),
		cmocka_unit_test(test_scores),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
