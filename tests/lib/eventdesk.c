/* A desk of business events for tests. */
#include "tests/lib/eventdesk.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"

/* The text behind a member of an event, up to its quote. */
static void member(struct str json, const char *name, char *out, size_t size)
{
	const char *at = strstr(json.p, name);

	if (at != NULL)
		snprintf(out, size, "%.*s",
			 (int)strcspn(at + strlen(name), "\""),
			 at + strlen(name));
}

static void on_event(void *owner, struct str tenant, struct str type,
		     struct str json)
{
	struct eventdesk *d = owner;
	size_t len = strlen(d->heard);
	char id[ID_TEXT] = "";

	(void)tenant;
	member(json, "\"reminder\":\"", id, sizeof(id));
	if (id[0] != '\0')
		assert_int_equal(id_parse(str_of(id), &d->reminder), 0);
	if (str_starts(type, STR("message.")))
		return;
	snprintf(d->heard + len, sizeof(d->heard) - len, "%.*s ",
		 STR_ARGS(type));
	member(json, "\"token\":\"", d->token, sizeof(d->token));
	member(json, "\"answer\":\"", d->answer, sizeof(d->answer));
	member(json, "\"event\":\"", d->event, sizeof(d->event));
}

static void read_settings(struct eventdesk *d)
{
	static struct setting_section kinds[6];
	struct faults f = { 0 };

	kinds[0] = surveys_section;
	kinds[1] = events_section;
	kinds[2] = trigger_section;
	kinds[3] = callbacks_section;
	kinds[4] = orders_section;
	kinds[5] = cases_section;
	if (settings_parse(d->care_config, "care", kinds, 6, &d->settings,
			   &f) != 0)
		fail_msg("%s", f.v[0]);
	trigger_check_settings(&d->settings, NULL, &f);
	if (f.len > 0)
		fail_msg("%s", f.v[0]);
	faults_done(&f);
}

void eventdesk_start(struct eventdesk *d, bool create)
{
	struct care_env env = { .clock = &d->clock.ops };
	struct err err = { "" };

	bed_start(d->bed, d->gateway_config, create);
	read_settings(d);
	env.loop = d->bed->loop;
	env.gateway = d->bed->gateway;
	env.store = d->bed->store;
	env.settings = &d->settings;
	if (care_open(&d->care, &env, &err) != 0)
		fail_msg("%s", err.text);
	gateway_watch(d->bed->gateway, on_event, d);
}

void eventdesk_stop(struct eventdesk *d)
{
	care_stop(d->care);
	bed_stop(d->bed);
	care_close(&d->care);
	settings_done(&d->settings);
}

void eventdesk_open(struct eventdesk *d, void **state, const char *gateway,
		    const char *care, int64_t at_ms)
{
	*d = (struct eventdesk){ .bed = *state,
				 .gateway_config = gateway,
				 .care_config = care };
	clock_hand_init(&d->clock,
			at_ms > 0 ? at_ms : clock_wall_ms(&clock_real));
	if (at_ms > 0)
		d->bed->clock = &d->clock.ops;
	eventdesk_start(d, true);
}

struct taken eventdesk_happen(struct eventdesk *d, const char *id,
			      const char *type, const char *account,
			      const char *data)
{
	json_t *o = json_loads(data, 0, NULL);
	struct occurrence x = { .tenant = EVENTDESK_TENANT,
				.id = str_of(id),
				.type = str_of(type),
				.to = SHI,
				.account = str_of(account),
				.data = o };
	struct taken t = { 0 };
	const char *field = NULL;
	struct err err = { "" };

	assert_non_null(o);
	if (events_take(care_events(d->care), &x, &t, &field, &err) != 0)
		fail_msg("%s: %s", field, err.text);
	json_decref(o);
	commit(d->bed);
	return t;
}

void eventdesk_turn(struct eventdesk *d, int64_t ms)
{
	clock_hand_turn(&d->clock, (uint64_t)ms);
	reminders_tick(care_reminders(d->care));
	surveys_tick(care_surveys(d->care));
}

static void on_heard(void *owner, int rc)
{
	(void)owner;
	assert_int_equal(rc, 0);
}

struct str eventdesk_hears(struct eventdesk *d, struct inbound *in)
{
	in->at_ms = 1;
	gateway_hear(d->bed->gateway, in, on_heard, NULL);
	commit(d->bed);
	return in->claim;
}

struct str eventdesk_hear(struct eventdesk *d, const char *text)
{
	struct inbound in = { .channel = STR("sms"),
			      .from = SHI,
			      .to = STR("99900"),
			      .text = str_of(text) };

	return eventdesk_hears(d, &in);
}
