/* Campaigns that wait for business events: an event writes a person down in its
 * own batch, and the message goes when its time has come. */
#include "campaigns/campaigns.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "campaigns/core.h"
#include "campaigns/judge.h"
#include "care/callbacks.h"
#include "care/cases.h"
#include "care/orders.h"
#include "daemon/care.h"
#include "store/failing.h"
#include "tests/lib/bed.h"

#define HOUR INT64_C(3600000)
#define TENANT STR("DEMOTEL")

static const char gateway_config[] = "class notice { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n"
				     "route rest { pool = {\"good\"} }\n";

struct desk {
	struct bed *bed;
	struct care *care;
	struct campaigns *campaigns;
	struct campaign *m;
	struct clock_hand clock;
	struct settings settings;
	struct failing_cfg fail;
	unsigned steps;
	const char *config; /* of campaigns */
};

static void read_settings(struct desk *d)
{
	static struct setting_section kinds[7];
	struct faults f = { 0 };

	kinds[0] = surveys_section;
	kinds[1] = events_section;
	kinds[2] = trigger_section;
	kinds[3] = campaigns_section;
	kinds[4] = cases_section;
	kinds[5] = callbacks_section;
	kinds[6] = orders_section;
	char config[128];

	snprintf(
		config, sizeof(config),
		"surveys {}\nevents {}\ncases {}\ncallbacks {}\norders {}\n%s\n",
		d->config);
	if (settings_parse(config, "t", kinds, 7, &d->settings, &f) != 0)
		fail_msg("%s", f.v[0]);
	faults_done(&f);
}

static void start(struct desk *d, bool create)
{
	struct care_env env = { .clock = &d->clock.ops };
	struct campaigns_env penv = { .clock = &d->clock.ops };
	struct err err = { "" };

	bed_start(d->bed, gateway_config, create);
	read_settings(d);
	env.loop = penv.loop = d->bed->loop;
	env.gateway = penv.gateway = d->bed->gateway;
	env.store = penv.store = d->bed->store;
	env.settings = penv.settings = &d->settings;
	if (campaigns_open(&d->campaigns, &penv, &err) != 0)
		fail_msg("%s", err.text);
	env.campaigns = d->campaigns;
	if (care_open(&d->care, &env, &err) != 0)
		fail_msg("%s", err.text);
	d->m = campaigns_older(d->campaigns, TENANT, 0);
}

static void stop(struct desk *d)
{
	campaigns_stop(d->campaigns);
	care_stop(d->care);
	bed_stop(d->bed);
	care_close(&d->care);
	campaigns_close(&d->campaigns);
	settings_done(&d->settings);
}

static void on_walked(void *owner, int rc, struct str json UNUSED,
		      const struct campaign_no *no)
{
	if (rc != 0)
		fail_msg("%s", no->err.text);
	*(bool *)owner = true;
}

static void do_step(struct desk *d, enum campaign_step step, const char *who)
{
	const struct campaign_by by = { str_of(who), str_of(who), 0 };
	struct campaign_no no = { 0 };

	if (campaign_do(d->campaigns, d->m, step, &by, STR_NONE, &no) != 0)
		fail_msg("%s", no.err.text);
	commit(d->bed);
}

/* Running: one day after somebody's account was opened. */
static void welcome(struct desk *d, void (*also)(struct spec *s))
{
	const struct campaign_by ann = { STR("ann"), STR("ann"), 0 };
	struct campaign_no no = { 0 };
	struct spec s = { .audience = AUDIENCE_CONTACTS,
			  .schedule = SCHEDULE_EVENT,
			  .after_ms = 24 * HOUR };
	bool walked = false;

	form_set(&s.name, STR("Welcome"));
	form_set(&s.class_name, STR("notice"));
	form_set(&s.text, STR("Welcome, {{name}}"));
	form_set(&s.event, STR("account.opened"));
	if (also != NULL)
		also(&s);
	if (campaign_create(d->campaigns, TENANT, &s, &ann, &d->m, &no) != 0)
		fail_msg("%s", no.err.text);
	form_done(&spec_form, &s);
	if (campaign_simulate(d->campaigns, d->m, true, &ann, on_walked,
			      &walked, &no) != 0)
		fail_msg("%s", no.err.text);
	TURN_UNTIL(d->bed, walked);
	do_step(d, STEP_APPROVE, "eve");
	do_step(d, STEP_START, "ann");
	assert_int_equal(campaign_state(d->m), CAMPAIGN_RUNNING);
}

static void contact(struct desk *d, const char *name, struct str number)
{
	const struct contact_address v = { STR("sms"), number };
	struct contact c = { .tenant = TENANT,
			     .ref = str_of(name),
			     .name = str_of(name) };
	struct err err = { "" };

	if (gateway_contact(d->bed->gateway, &c, &v, 1, &err) != 0)
		fail_msg("%s", err.text);
	commit(d->bed);
}

static void open_desk(struct desk *d, void **state)
{
	*d = (struct desk){ .bed = *state, .config = "campaigns {}" };
	clock_hand_init(&d->clock, clock_wall_ms(&clock_real));
	start(d, true);
	contact(d, "Shi", SHI);
}

static struct taken happen(struct desk *d, const char *id, const char *type,
			   struct str to)
{
	struct occurrence x = { .tenant = TENANT,
				.id = str_of(id),
				.type = str_of(type),
				.to = to };
	struct taken t = { 0 };
	const char *field = NULL;
	struct err err = { "" };

	if (events_take(care_events(d->care), &x, &t, &field, &err) != 0)
		fail_msg("%s: %s", field, err.text);
	return t;
}

static int64_t of(const struct desk *d, enum recipient_state s)
{
	return recipient_tally_of(&d->m->tally, s);
}

/* Delivered so far; the fold is waited for. */
static bool has_sent(struct desk *d, int64_t n)
{
	return d->m->messages[MESSAGE_DELIVERED] == n;
}

static void r26_an_event_writes_a_person_down_once(void **state)
{
	struct desk d;

	open_desk(&d, state);
	welcome(&d, NULL);
	struct taken t = happen(&d, "o1", "account.opened", SHI);

	assert_int_equal(t.state, TAKEN_MATCHED);
	commit(d.bed);
	assert_int_equal(of(&d, RECIPIENT_DEFERRED), 1);
	/* the same event again; another event; somebody else's */
	assert_true(happen(&d, "o1", "account.opened", SHI).repeated);
	assert_int_equal(happen(&d, "o2", "account.closed", SHI).state,
			 TAKEN_NO_RULE);
	assert_int_equal(campaigns_event(d.campaigns, STR("OTHER"),
					 STR("account.opened"), SHI, 1),
			 0);
	commit(d.bed);
	assert_int_equal(of(&d, RECIPIENT_DEFERRED), 1);
	clock_hand_turn(&d.clock, 23 * HOUR);
	for (unsigned i = 0; i < 50; i++)
		bed_turn(d.bed);
	assert_int_equal(of(&d, RECIPIENT_CLAIMED), 0);
	clock_hand_turn(&d.clock, HOUR);
	TURN_UNTIL(d.bed, has_sent(&d, 1));
	assert_int_equal(of(&d, RECIPIENT_CLAIMED), 1);
	stop(&d);
}

/* The event and the row are one batch. */
static void a_restart_between_loses_nobody(void **state)
{
	struct desk d;

	open_desk(&d, state);
	welcome(&d, NULL);
	IGNORE(happen(&d, "o1", "account.opened", SHI).seq == 0);
	commit(d.bed);
	stop(&d);
	start(&d, false);
	assert_int_equal(campaign_state(d.m), CAMPAIGN_RUNNING);
	assert_int_equal(of(&d, RECIPIENT_DEFERRED), 1);
	assert_true(happen(&d, "o1", "account.opened", SHI).repeated);
	clock_hand_turn(&d.clock, 24 * HOUR);
	TURN_UNTIL(d.bed, has_sent(&d, 1));
	stop(&d);
}

static void who_comes_while_it_is_paused_waits(void **state)
{
	struct desk d;

	open_desk(&d, state);
	welcome(&d, NULL);
	do_step(&d, STEP_PAUSE, "ann");
	IGNORE(happen(&d, "o1", "account.opened", SHI).seq == 0);
	commit(d.bed);
	clock_hand_turn(&d.clock, 25 * HOUR);
	assert_int_equal(of(&d, RECIPIENT_DEFERRED), 1);
	do_step(&d, STEP_RESUME, "ann");
	TURN_UNTIL(d.bed, has_sent(&d, 1));
	do_step(&d, STEP_CANCEL, "ann");
	assert_int_equal(happen(&d, "o2", "account.opened", SHI).state,
			 TAKEN_NO_RULE);
	stop(&d);
}

static void only_shi(struct spec *s)
{
	s->audience = AUDIENCE_ADDRESSES;
	form_set(&s->audience_text, SHI);
	form_set(&s->text, STR("Welcome"));
}

static void the_audience_binds_events_too(void **state)
{
	struct desk d;

	open_desk(&d, state);
	contact(&d, "Lin", LIN);
	welcome(&d, only_shi);
	assert_int_equal(happen(&d, "o1", "account.opened", LIN).state,
			 TAKEN_NO_RULE);
	assert_int_equal(happen(&d, "o2", "account.opened", SHI).state,
			 TAKEN_MATCHED);
	commit(d.bed);
	assert_int_equal(of(&d, RECIPIENT_DEFERRED), 1);
	stop(&d);
}

static void half_control(struct spec *s)
{
	s->control = 50;
	s->end_ms = clock_wall_ms(&clock_real) + 48 * HOUR;
}

/* Lots as in every run, and nobody after the end. */
static void lots_and_the_window_hold(void **state)
{
	struct desk d;
	char id[8], number[20];

	open_desk(&d, state);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(id, sizeof(id), "P%u", i);
		snprintf(number, sizeof(number), "+4477009001%02u", i);
		contact(&d, id, str_of(number));
	}
	welcome(&d, half_control);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(id, sizeof(id), "e%u", i);
		snprintf(number, sizeof(number), "+4477009001%02u", i);
		IGNORE(happen(&d, id, "account.opened", str_of(number)).seq ==
		       0);
	}
	commit(d.bed);
	assert_in_range(of(&d, RECIPIENT_SUPPRESSED), 8, 32);
	assert_int_equal(of(&d, RECIPIENT_SUPPRESSED) +
				 of(&d, RECIPIENT_DEFERRED),
			 40);
	int64_t deferred = of(&d, RECIPIENT_DEFERRED);

	clock_hand_turn(&d.clock, 25 * HOUR);
	IGNORE(happen(&d, "late", "account.opened", SHI).seq == 0);
	assert_in_range(of(&d, RECIPIENT_DEFERRED), 0, deferred);
	commit(d.bed);
	stop(&d);
}

/* Paused at it until the next day, also over a restart. */
static void the_quota_of_a_day_pauses(void **state)
{
	struct desk d;

	open_desk(&d, state);
	contact(&d, "Lin", LIN);
	stop(&d);
	d.config = "campaigns { quota = 1 }";
	start(&d, false);
	welcome(&d, NULL);
	IGNORE(happen(&d, "o1", "account.opened", SHI).seq == 0);
	IGNORE(happen(&d, "o2", "account.opened", LIN).seq == 0);
	commit(d.bed);
	clock_hand_turn(&d.clock, 24 * HOUR);
	TURN_UNTIL(d.bed, campaign_state(d.m) == CAMPAIGN_PAUSED);
	assert_string_equal(d.m->reason, "quota");
	TURN_UNTIL(d.bed, has_sent(&d, 1));
	assert_int_equal(of(&d, RECIPIENT_CLAIMED), 1);
	stop(&d);
	start(&d, false);
	for (unsigned i = 0; i < 50; i++)
		bed_turn(d.bed);
	assert_int_equal(campaign_state(d.m), CAMPAIGN_PAUSED);
	clock_hand_turn(&d.clock, 24 * HOUR);
	TURN_UNTIL(d.bed, has_sent(&d, 2));
	assert_int_equal(of(&d, RECIPIENT_CLAIMED), 2);
	stop(&d);
}

/* A batch that is not stored: nobody was written down, and the same event is
 * new when it comes again. */
static void what_was_not_stored_did_not_happen(void **state)
{
	struct bed *b = *state;
	struct backend *memory = NULL;
	struct desk d = { .bed = b, .config = "campaigns {}" };

	assert_int_equal(memory_open(&memory, "", BACKEND_MAKE_NEW, NULL), 0);
	d.fail.rc = -ENOSPC;
	failing_open(&b->backend, memory, &d.fail, &d.steps);
	clock_hand_init(&d.clock, clock_wall_ms(&clock_real));
	start(&d, true);
	contact(&d, "Shi", SHI);
	welcome(&d, NULL);
	failing_from(&d.fail, __atomic_load_n(&d.steps, __ATOMIC_RELAXED) + 1);
	IGNORE(happen(&d, "o1", "account.opened", SHI).seq == 0);
	TURN_UNTIL(b, of(&d, RECIPIENT_DEFERRED) == 0);
	failing_from(&d.fail, 0);
	TURN_UNTIL(b, b->store->ops->ready(b->store) == 0);
	struct taken t = happen(&d, "o1", "account.opened", SHI);

	assert_false(t.repeated);
	assert_int_equal(t.state, TAKEN_MATCHED);
	commit(b);
	assert_int_equal(of(&d, RECIPIENT_DEFERRED), 1);
	stop(&d);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
	const struct CMUnitTest tests[] = {
		CASE(r26_an_event_writes_a_person_down_once),
		CASE(a_restart_between_loses_nobody),
		CASE(who_comes_while_it_is_paused_waits),
		CASE(the_audience_binds_events_too),
		CASE(lots_and_the_window_hold),
		CASE(the_quota_of_a_day_pauses),
		CASE(what_was_not_stored_did_not_happen),
	};

	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
