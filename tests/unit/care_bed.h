/* Call-backs and orders over a whole gateway, with clocks turned by hand.
 * It is a Tuesday in London, ten in the morning, and winter: no offset. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "care/findings.h"
#include "care/keyword.h"
#include "care/sla.h"
#include "care/voicemail.h"
#include "care/work_hours.h"
#include "daemon/care.h"
#include "tests/lib/bed.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define TUESDAY_TEN INT64_C(1795514400000) /* 2026-11-24T10:00:00Z */
#define TENANT STR("DEMOTEL")

struct room {
	struct bed *bed;
	struct care *care;
	struct clock_hand clock;
	struct settings settings;
	const char *config; /* of care, on top of the implied sections */
	const char *gateway_config;
	char heard[8192]; /* types of events, with spaces */
	char last[1024];  /* data of the last event of ours */
};

static void on_event(void *owner, struct str tenant, struct str type,
		     struct str json)
{
	struct room *r = owner;
	size_t len = strlen(r->heard);

	(void)tenant;
	if (str_starts(type, STR("message.")) || str_starts(type, STR("link.")))
		return;
	assert_true(len + type.len + 2 < sizeof(r->heard));
	snprintf(r->heard + len, sizeof(r->heard) - len, "%.*s ",
		 STR_ARGS(type));
	snprintf(r->last, sizeof(r->last), "%.*s", STR_ARGS(json));
}

static void room_settings(struct room *r)
{
	static struct setting_section kinds[20];
	struct faults f = { 0 };
	struct buf text = { 0 };
	size_t n = 0;

	kinds[n++] = surveys_section;
	kinds[n++] = events_section;
	kinds[n++] = trigger_section;
	kinds[n++] = callbacks_section;
	kinds[n++] = queue_section;
	kinds[n++] = agent_section;
	kinds[n++] = orders_section;
	kinds[n++] = offer_section;
	kinds[n++] = cases_section;
	kinds[n++] = oncall_section;
	kinds[n++] = work_hours_section;
	kinds[n++] = voicemail_section;
	kinds[n++] = findings_section;
	kinds[n++] = sla_section;
	kinds[n++] = keywords_section;
	kinds[n++] = keyword_section;
	buf_init(&text, BUF_NO_LIMIT);
	buf_z(&text, "surveys {}\nfindings {}\n");
	if (strstr(r->config, "cases {") == NULL)
		buf_z(&text, "cases {}\n");
	if (strstr(r->config, "events {") == NULL)
		buf_z(&text, "events {}\n");
	if (strstr(r->config, "keywords {") == NULL)
		buf_z(&text, "keywords {}\n");
	if (strstr(r->config, "callbacks {") == NULL)
		buf_z(&text, "callbacks {}\n");
	if (strstr(r->config, "voicemail {") == NULL)
		buf_z(&text, "voicemail {}\n");
	if (strstr(r->config, "orders {") == NULL)
		buf_z(&text, "orders {}\n");
	buf_z(&text, r->config);
	if (settings_parse(text.p, "care", kinds, n, &r->settings, &f) != 0)
		fail_msg("%s", f.v[0]);
	trigger_check_settings(&r->settings, NULL, &f);
	callbacks_check(&r->settings, &f);
	orders_check(&r->settings, &f);
	keywords_check(&r->settings, &f);
	if (f.len > 0)
		fail_msg("%s", f.v[0]);
	faults_done(&f);
	buf_done(&text);
}

static void room_start(struct room *r, bool create)
{
	struct care_env env = { .clock = &r->clock.ops,
				.settings = &r->settings };
	struct err err = { "" };

	r->bed->clock = &r->clock.ops;
	bed_start(r->bed, r->gateway_config, create);
	room_settings(r);
	env.loop = r->bed->loop;
	env.gateway = r->bed->gateway;
	env.store = r->bed->store;
	if (care_open(&r->care, &env, &err) != 0)
		fail_msg("%s", err.text);
	gateway_watch(r->bed->gateway, on_event, r);
}

static void room_stop(struct room *r)
{
	care_stop(r->care);
	bed_stop(r->bed);
	care_close(&r->care);
	settings_done(&r->settings);
}

static inline void room_open(struct room *r, void **state,
			     const char *gateway_config, const char *config)
{
	*r = (struct room){ .bed = *state,
			    .config = config,
			    .gateway_config = gateway_config };
	clock_hand_init(&r->clock, TUESDAY_TEN);
	room_start(r, true);
}

static inline void room_again(struct room *r)
{
	room_stop(r);
	r->heard[0] = '\0';
	room_start(r, false);
}

static void on_room_heard(void *owner, int rc)
{
	(void)owner;
	assert_int_equal(rc, 0);
}

/* What somebody writes; the claim is of constants. */
static inline struct str room_hear(struct room *r, struct str from,
				   const char *text)
{
	struct inbound in = { .channel = STR("sms"),
			      .from = from,
			      .to = STR("99900"),
			      .text = str_of(text),
			      .at_ms = clock_wall_ms(&r->clock.ops) };

	gateway_hear(r->bed->gateway, &in, on_room_heard, NULL);
	commit(r->bed);
	return in.claim;
}

/* What has happened, in the open batch; data: text of a JSON object. */
static inline struct taken room_take(struct room *r,
				     const struct occurrence *like,
				     const char *data)
{
	struct occurrence x = *like;
	struct taken t = { 0 };
	const char *field = NULL;
	struct err err = { "" };
	json_t *o = json_loads(data, 0, NULL);

	assert_non_null(o);
	x.tenant = TENANT;
	x.data = o;
	if (events_take(care_events(r->care), &x, &t, &field, &err) != 0)
		fail_msg("%s: %s", field, err.text);
	json_decref(o);
	return t;
}
