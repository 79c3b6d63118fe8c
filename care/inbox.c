/* What waits too long, and words at night. */
#include "care/inbox.h"

#include <stdio.h>

#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "care/work_hours.h"
#include "gateway/keywords.h"
#include "model/address.h"
#include "proto/json.h"
#include "proto/text.h"

#define TICK_MS 10000
#define TICK_MESSAGES 200

struct inbox {
	struct inbox_env env;
	struct work_hours hours; /* zone NULL: none are set */
	struct loop_timer *timer;
	bool stopped;
	struct stat *s_late, *s_night;
};

static struct str tenant_of(const struct inbox *i, struct str tenant)
{
	return str_eqz(tenant, "*") ? str_of(gateway_tenant(i->env.gateway))
				    : tenant;
}

/* ---- too long ---------------------------------------------------------------------- */

static int64_t due_ms(const struct inbox *i, uint64_t id)
{
	int64_t at_ms = id_wall_ms(id), late_ms = i->env.cfg->inbox_late;

	return i->hours.zone == NULL
		       ? at_ms + late_ms
		       : work_hours_after(&i->hours, at_ms, late_ms);
}

static void tell_late(struct inbox *i, const struct unanswered_one *one)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "inbound", one->id);
	json_kt(&b, "since", id_wall_ms(one->id));
	json_kt(&b, "due", due_ms(i, one->id));
	json_close(&b, '}');
	stat_add(i->s_late, 1);
	log_error("inbox.overdue", KV_ID("inbound", one->id));
	gateway_publish(i->env.gateway, tenant_of(i, one->tenant),
			"inbox.overdue", buf_str(&b));
}

void inbox_tick(struct inbox *i)
{
	must(i != NULL);
	int64_t now_ms = clock_wall_ms(i->env.clock);
	struct unanswered_one one;
	unsigned done = 0;

	/* All have the same time: the oldest is due first. */
	while (!i->stopped && done++ < TICK_MESSAGES &&
	       i->env.store->ops->ready(i->env.store) == 0 &&
	       unanswered_timely(i->env.unanswered, &one) &&
	       due_ms(i, one.id) <= now_ms) {
		tell_late(i, &one);
		unanswered_late(i->env.unanswered, one.id);
	}
	if (i->timer != NULL)
		loop_timer_set(i->timer, TICK_MS);
}

/* ---- at night ------------------------------------------------------------------------ */

static const char *words_for(const struct inbox *i, struct str tenant,
			     const struct inbound *in)
{
	const struct cases_cfg *f = i->env.cfg;
	struct str lang = gateway_lang(i->env.gateway, tenant, in->from);
	bool chinese = lang.len > 0 ? str_starts(lang, STR("zh"))
				    : text_has_han(in->text);

	if (f->night_zh[0] == '\0' || (!chinese && f->night_en[0] != '\0'))
		return f->night_en;
	return f->night_zh;
}

/* The key is of the person and of when people come back: once a night. */
static void say_received(struct inbox *i, const struct inbound *in,
			 int64_t now_ms)
{
	struct str tenant = tenant_of(i, in->tenant);
	struct submitted out;
	char key[64];

	(void)snprintf(key, sizeof(key), "night:%llx:%llx",
		       (unsigned long long)address_key(tenant, in->from),
		       (unsigned long long)work_hours_after(&i->hours, now_ms,
							    1));
	const struct submission s = {
		.tenant = tenant,
		.to = in->from,
		.channel = in->channel,
		.text = str_of(words_for(i, tenant, in)),
		.class_name = str_of(i->env.cfg->class_name),
		.priority = -1,
		.flags = MESSAGE_FLAG_REPLY,
		.idempotency_key = str_of(key),
	};

	if (s.text.len == 0)
		return;
	gateway_submit(i->env.gateway, &s, &out);
	if (out.rc == 0 && out.decision.verdict != VERDICT_DENY)
		stat_add(i->s_night, 1);
	else
		log_info("inbox.not_told", KV_ID("inbound", in->id));
}

void inbox_heard(struct inbox *i, const struct inbound *in)
{
	must(i != NULL && in != NULL);
	int64_t now_ms = clock_wall_ms(i->env.clock);

	if (i->stopped || !str_eqz(in->claim, CLAIM_INBOX) ||
	    i->hours.zone == NULL || work_hours_open(&i->hours, now_ms))
		return;
	say_received(i, in, now_ms);
}

/* ---- open and close ------------------------------------------------------------------ */

static void on_timer(void *owner)
{
	inbox_tick(owner);
}

void inbox_open(struct inbox **out, const struct inbox_env *env)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	struct inbox *i = mem_new(struct inbox);
	const struct section *sec =
		settings_find(env->settings, "work_hours", NULL);
	struct err err;

	i->env = *env;
	if (sec != NULL) /* work_hours_check has found no fault */
		must(work_hours_read(&i->hours, sec->value, &err) == 0);
	i->s_late = stats_get(STAT_COUNTER, "inbox_overdue_total",
			      "Words of customers that waited too long.", NULL);
	i->s_night = stats_get(STAT_COUNTER, "inbox_receipts_total",
			       "Receipts outside working hours.", NULL);
	i->timer = loop_timer_new(env->loop, on_timer, i);
	loop_timer_set(i->timer, TICK_MS);
	*out = i;
}

void inbox_stop(struct inbox *i)
{
	if (i == NULL)
		return;
	i->stopped = true;
	loop_timer_free(&i->timer);
}

void inbox_close(struct inbox **ip)
{
	struct inbox *i = TAKE(*ip);

	if (i == NULL)
		return;
	inbox_stop(i);
	mem_free(i);
}
