/* business events, what people answered to surveys, and texts of
 * reminders are gone from every file of the data folder when they were kept
 * long enough; scores stay. */
#include "campaigns/retention.h"

#include "gateway/purge.h"
#include "tests/lib/bytes.h"
#include "tests/unit/care_bed.h"

static const char gateway_config[] =
	"class survey { consent = none body_retention = 0s }\n"
	"class notice { consent = none body_retention = 0s }\n"
	"fake good { receipt_after = 1ms }\n"
	"route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"trigger charged { event = billing.charged class = notice\n"
	"  text_en = \"Charged: {{what}}\" }\n"
	"trigger far { event = billing.far class = notice delay = 300h\n"
	"  text_en = \"Later: {{what}}\" }\n";

#define PROBE "a-word-that-stands-nowhere-else"

struct kept {
	struct room room;
	struct purge *purge;
};

static void open_kept(struct kept *k, void **state)
{
	room_open(&k->room, state, gateway_config, care_config);
	const struct purge_env env = {
		.loop = k->room.bed->loop,
		.clock = &k->room.clock.ops,
		.gateway = k->room.bed->gateway,
		.store = k->room.bed->store,
		.key = STR("a key of the test, which is long enough"),
	};

	purge_open(&k->purge, &env);
}

static void stop_kept(struct kept *k)
{
	purge_stop(k->purge);
	room_stop(&k->room);
	purge_close(&k->purge);
}

static void round_of(struct kept *k)
{
	struct retention *r = care_retention(k->room.care);

	retention_tick(r);
	TURN_UNTIL(k->room.bed, !retention_busy(r));
	purge_tick(k->purge);
	TURN_UNTIL(k->room.bed, !purge_busy(k->purge));
	commit(k->room.bed);
}

/* As in gateway_purge_test: the journal is trimmed a second behind. */
static unsigned after_rounds(struct kept *k, const char *probe)
{
	uint64_t until = clock_mono_ms(&clock_real) + 20000;
	unsigned n;

	while ((n = bytes_in(k->room.bed->dir, probe)) > 0 &&
	       clock_mono_ms(&clock_real) < until) {
		round_of(k);
		for (unsigned i = 0; i < 250; i++)
			bed_turn(k->room.bed);
	}
	return n;
}

static struct taken happen(struct kept *k, const char *id, const char *type,
			   const char *what)
{
	char data[128];

	snprintf(data, sizeof(data), "{\"what\":\"%s\"}", what);
	json_t *o = json_loads(data, 0, NULL);
	const struct occurrence x = {
		.tenant = TENANT,
		.id = str_of(id),
		.type = str_of(type),
		.to = SHI,
		.at_ms = clock_wall_ms(&k->room.clock.ops),
		.data = o,
	};
	struct taken t = { 0 };
	const char *field = NULL;
	struct err err = { "" };

	if (events_take(care_events(k->room.care), &x, &t, &field, &err) != 0)
		fail_msg("%s: %s", field, err.text);
	json_decref(o);
	commit(k->room.bed);
	return t;
}

static void pass(struct kept *k, int64_t ms)
{
	clock_hand_turn(&k->room.clock, (uint64_t)ms);
	surveys_tick(care_surveys(k->room.care));
	reminders_tick(care_reminders(k->room.care));
	commit(k->room.bed);
}

static void r18_events_and_reminders_go(void **state)
{
	struct kept k;

	open_kept(&k, state);
	struct taken t = happen(&k, "e1", "billing.charged", PROBE);

	TURN_UNTIL(k.room.bed, !is_live(k.room.bed, t.message));
	happen(&k, "e2", "billing.unknown", PROBE);
	pass(&k, 154 * DAY);
	round_of(&k);
	assert_true(bytes_in(k.room.bed->dir, PROBE) > 0);
	/* one that is young stays, when the old ones go */
	happen(&k, "e3", "billing.unknown", "a-younger-word");
	pass(&k, 2 * DAY);
	assert_int_equal(after_rounds(&k, PROBE), 0);
	round_of(&k);
	assert_true(bytes_in(k.room.bed->dir, "a-younger-word") > 0);
	stop_kept(&k);
}

/* While it waits its text is there: it is still to be said. */
static void r18_a_reminder_keeps_its_text_until_it_ends(void **state)
{
	struct kept k;

	open_kept(&k, state);
	happen(&k, "e1", "billing.far", PROBE);
	assert_true(bytes_in(k.room.bed->dir, "Later: " PROBE) > 0);
	assert_int_equal(reminders_cancel(care_reminders(k.room.care), TENANT,
					  STR("far"), SHI),
			 1);
	commit(k.room.bed);
	pass(&k, 156 * DAY);
	assert_int_equal(after_rounds(&k, "Later: " PROBE), 0);
	stop_kept(&k);
}

static const char sv[] =
	"{\"id\":\"sv\",\"questions\":[{\"id\":\"q\",\"kind\":\"csat\","
	"\"text\":{\"en\":\"{{name}}, satisfied? Reply 1-5\"},"
	"\"next\":[{\"go\":\"why\"}]},"
	"{\"id\":\"why\",\"kind\":\"text\",\"text\":{\"en\":\"Why?\"}}]}";

static void ask_survey(struct kept *k)
{
	struct surveys *s = care_surveys(k->room.care);
	const struct survey_ask a = { .tenant = TENANT,
				      .survey = STR("sv"),
				      .to = SHI,
				      .lang = STR("en"),
				      .vars = STR("{\"name\":\"" PROBE "\"}") };
	const struct survey *v = NULL;
	struct submitted out;
	struct err err = { "" };
	uint64_t id = 0;
	json_t *o = json_loads(sv, 0, NULL);

	assert_int_equal(surveys_put(s, TENANT, o, STR("t"), &v, &err), 0);
	json_decref(o);
	commit(k->room.bed);
	if (surveys_ask(s, &a, &out, &id, &err) != 0)
		fail_msg("%s", err.text);
	TURN_UNTIL(k->room.bed,
		   surveys_session(s, id)->now.state == SESSION_CONTACTED);
	assert_true(str_eqz(room_hear(&k->room, SHI, "2"), "survey"));
	assert_true(
		str_eqz(room_hear(&k->room, SHI, "because " PROBE), "survey"));
}

struct found {
	char text[256];
	bool done;
};

static bool on_tally(void *owner, const struct row *row)
{
	struct found *f = owner;

	if (str_eqz(row_s(row, 0), "answer"))
		snprintf(f->text + strlen(f->text),
			 sizeof(f->text) - strlen(f->text), "%.*s/%.*s=%lld ",
			 STR_ARGS(row_s(row, 1)), STR_ARGS(row_s(row, 2)),
			 (long long)row_i(row, 3));
	return true;
}

static bool on_session(void *owner, const struct row *row)
{
	struct found *f = owner;

	snprintf(f->text, sizeof(f->text), "%.*s|%.*s|%.*s",
		 STR_ARGS(row_s(row, 4)), STR_ARGS(row_s(row, 6)),
		 STR_ARGS(row_s(row, 8)));
	return true;
}

static void on_done(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct found *)owner)->done = true;
}

static const char *in_store(struct kept *k, enum store_call call, unsigned n,
			    store_row_fn show)
{
	static struct found f;
	struct store *s = k->room.bed->store;
	const struct cell cells[] = { CELL_T(TENANT), CELL_Z("sv"), CELL_N,
				      CELL_I(0), CELL_I(10) };

	f = (struct found){ "", false };
	s->ops->get(s, call, cells, n, show, on_done, &f);
	TURN_UNTIL(k->room.bed, f.done);
	return f.text;
}

static void r18_answers_go_and_scores_stay(void **state)
{
	struct kept k;

	open_kept(&k, state);
	ask_survey(&k);
	pass(&k, 154 * DAY);
	round_of(&k);
	assert_true(bytes_in(k.room.bed->dir, PROBE) > 0);
	pass(&k, 2 * DAY);
	assert_int_equal(after_rounds(&k, PROBE), 0);
	assert_string_equal(in_store(&k, STORE_SURVEY_TALLIES, 3, on_tally),
			    "q/2=1 why/=1 ");
	assert_string_equal(in_store(&k, STORE_SESSION_LIST, 5, on_session),
			    "||completed");
	/* a start reads what is left of it */
	purge_stop(k.purge);
	room_again(&k.room);
	purge_close(&k.purge);
	retention_tick(care_retention(k.room.care));
	TURN_UNTIL(k.room.bed, !retention_busy(care_retention(k.room.care)));
	room_stop(&k.room);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(r18_events_and_reminders_go),
		TEST(r18_a_reminder_keeps_its_text_until_it_ends),
		TEST(r18_answers_go_and_scores_stay),
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
