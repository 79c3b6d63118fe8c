/* Reminders: channel after channel, then a person. */
#include <errno.h>
#include <stdio.h>

#include "base/due.h"
#include "base/log.h"
#include "base/mem.h"
#include "campaigns/event_types.h"
#include "campaigns/reminders_impl.h"
#include "model/address.h"
#include "model/record.h"

#define TICK_REMINDERS 500

#define ROW(field, type, initial, min, max, unit, text)                    \
	{                                                                  \
#field, type, offsetof(struct events_cfg, field), initial, \
			min, max, NULL, unit, false, text                  \
	}

static const struct setting rows[] = {
	ROW(suspend_after, SETTING_DURATION, "24h", 0, 31536000000, NULL,
	    "Service may be stopped so long after a reminder has arrived."),
	ROW(remember, SETTING_DURATION, "720h", 3600000, 31536000000, NULL,
	    "Ids of events are recognised this long."),
	ROW(retention, SETTING_DURATION, "155d", 3600000, 315360000000, NULL,
	    "How long business events are kept; not shorter than remember."),
	ROW(events_max, SETTING_INT, "1000000", 1, 100000000, "events",
	    "Ids of events that are recognised; the oldest are forgotten."),
	ROW(figures_max, SETTING_INT, "100000", 1, 10000000, "figures",
	    "Figures by month and parts that other systems may report."),
	ROW(triggers_max, SETTING_INT, "1000", 1, 100000, "triggers",
	    "Most triggers that are written by the API, of all tenants."),
	ROW(reminders_max, SETTING_INT, "1000000", 1, 100000000, "reminders",
	    "Most reminders that are under way."),
	ROW(call_retry, SETTING_DURATION, "1m", 1000, 86400000, NULL,
	    "A call-back of a task that could not be made is asked for again "
	    "after this; twice as long each time, up to an hour."),
	ROW(call_tries, SETTING_INT, "30", 1, 10000, "tries",
	    "So often; then nobody is sent to the phone."),
	ROW(alerts_max, SETTING_INT, "200000", 1, 100000000, "alerts",
	    "Most alerts that customers have set, of all."),
	ROW(alerts_each, SETTING_INT, "20", 1, 1000, "alerts",
	    "Most alerts of one person."),
	ROW(alerts_batch, SETTING_INT, "200", 1, 10000, "alerts",
	    "So many alerts are judged in one turn."),
	ROW(alerts_events, SETTING_INT, "1000", 1, 100000, "events",
	    "Most events that go from alert to alert at a time."),
	ROW(alert_list_zh, SETTING_STR, "您的提醒:", 0, 0, NULL,
	    "Said before the alerts that somebody has, in Chinese."),
	ROW(alert_list_en, SETTING_STR, "Your alerts:", 0, 0, NULL,
	    "The same in English."),
	ROW(alert_none_zh, SETTING_STR, "您没有设定提醒。", 0, 0, NULL,
	    "Said to who has none, in Chinese."),
	ROW(alert_none_en, SETTING_STR, "You have no alerts.", 0, 0, NULL,
	    "The same in English."),
	ROW(alert_full_zh, SETTING_STR, "您的提醒已达上限,请先取消一条。", 0, 0,
	    NULL, "Said to who has as many as one may, in Chinese."),
	ROW(alert_full_en, SETTING_STR,
	    "You have as many alerts as possible; please remove one first.", 0,
	    0, NULL, "The same in English."),
	ROW(alert_help_zh, SETTING_STR,
	    "设提醒请回复: TX 600519 >1800 或 TX 600519 低于1700; 取消: TX "
	    "600519 0; 查询: TX",
	    0, 0, NULL, "Said where an order of an alert is not understood."),
	ROW(alert_help_en, SETTING_STR,
	    "To set an alert: TX 600519 >1800 or TX 600519 below 1700; to "
	    "remove: TX 600519 0; to list: TX",
	    0, 0, NULL, "The same in English."),
	ROW(which_zh, SETTING_STR,
	    "您有多条提醒等待回复,请把字母写在前面再回复:", 0, 0, NULL,
	    "Said before several reminders that a reply may be to, each with "
	    "its letter, in Chinese."),
	ROW(which_en, SETTING_STR,
	    "Which one do you mean? Please reply with its letter first:", 0, 0,
	    NULL, "The same in English."),
	ROW(again_zh, SETTING_STR, "抱歉,没有看懂您的回复。请回复:", 0, 0, NULL,
	    "Said once before the choices of a reminder to who wrote none of "
	    "them, in Chinese."),
	ROW(again_en, SETTING_STR,
	    "Sorry, we did not understand. Please reply:", 0, 0, NULL,
	    "The same in English."),
};

const struct setting_section events_section = {
	"events", false,           sizeof(struct events_cfg),
	rows,     ARRAY_LEN(rows), "Business events and reminders: limits.",
};

static int64_t now_of(const struct reminders *r)
{
	return clock_wall_ms(r->env.clock);
}

/* ---- to say it ---------------------------------------------------------------- */

static struct str channel_of(const struct trigger_cfg *t, unsigned i)
{
	return t != NULL && i < t->channels.len ? str_of(t->channels.v[i])
						: STR_NONE;
}

static void submit(struct reminders *r, const struct reminder *x,
		   const struct trigger_cfg *t, const struct reminder_ask *ask,
		   struct submitted *out)
{
	char key[256], thread[REMINDER_THREAD];
	struct submission s = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->to),
		.text = str_of(x->text),
		.class_name =
			t == NULL ? STR("reminder") : str_of(t->class_name),
		.channel = channel_of(t, x->now.channel),
		.priority = -1,
	};

	if (ask != NULL) {
		s.send_at_ms = ask->send_at_ms;
		s.valid_until_ms = ask->valid_until_ms;
		snprintf(key, sizeof(key),
			 ask->alert == 0 ? "event:%s:%s:%u"
					 : "event:%s:%s:%u:%llu",
			 x->event, x->trigger, ask->number,
			 (unsigned long long)ask->alert);
		s.idempotency_key = str_of(key);
	}
	if (t != NULL && t->answer_within > 0) {
		reminder_thread(x, thread);
		s.thread = str_of(thread);
	}
	gateway_submit(r->env.gateway, &s, out);
}

static struct reminder *make(struct reminders *r, const struct reminder_ask *a)
{
	struct reminder *x = mem_new(struct reminder);

	heap_node_init(&x->due);
	x->id = id_next(&r->ids, now_of(r));
	x->tenant = str_z(a->tenant);
	x->trigger = str_z(str_of(a->trigger));
	x->event = str_z(a->event);
	x->account = str_z(a->account);
	x->cycle = str_z(a->cycle);
	x->to = str_z(a->to);
	x->text = str_z(a->text);
	x->created_ms = now_of(r);
	return x;
}

/* When to look at it again, if nothing happens. */
static int64_t patience(const struct reminders *r, const struct trigger_cfg *t,
			int64_t from_ms)
{
	return t == NULL || t->escalate == 0
		       ? 0
		       : MAX(from_ms, now_of(r)) + t->escalate;
}

int reminders_add(struct reminders *r, const struct reminder_ask *ask,
		  struct submitted *out, struct err *err)
{
	must(r != NULL && ask != NULL && out != NULL && err != NULL);
	if (map_len(r->all) >= (size_t)r->env.cfg->reminders_max)
		return err_set(err, -ENOSPC,
			       "too many reminders are under way");
	struct reminder *x = make(r, ask);

	submit(r, x, ask->cfg, ask, out);
	if (out->rc != 0 || out->repeated) {
		int rc = out->rc;

		if (rc != 0)
			err_set(err, rc, "%s", out->err.text);
		reminder_free(&x);
		return rc;
	}
	x->now.message = out->id;
	x->now.failed = out->decision.verdict == VERDICT_DENY;
	reminder_index(r, x);
	reminder_due(r, x,
		     x->now.failed ? now_of(r)
				   : patience(r, ask->cfg, ask->send_at_ms));
	reminder_keep(r, x);
	reminder_guard(r, x, NULL);
	stat_add(r->sent, 1);
	return 0;
}

/* ---- over the next channel, or by a person --------------------------------------- */

static void give_up(struct reminders *r, struct reminder *x,
		    const struct trigger_cfg *t)
{
	if (t == NULL || !t->task) {
		reminder_move(x, REMINDER_FAILED);
		reminder_tell(r, x, "reminder.failed");
		return;
	}
	reminder_move(x, REMINDER_TASK);
	reminder_due(r, x, 0);
	if (t->protects)
		reminder_record(r, x, RECORD_TASK, 0);
	reminder_tell(r, x, "callback.requested");
	stat_add(r->tasks, 1);
	reminder_task(r, x, str_of(t->queue));
}

static void escalate(struct reminders *r, struct reminder *x)
{
	const struct trigger_cfg *t = reminder_trigger(r, x);
	struct submitted out = { .rc = -ENOENT };

	uint64_t message = x->now.message;

	/* what is still on its way is overtaken: its end is not news */
	reminder_message(r, x, 0);
	if (!x->now.failed && x->now.state == REMINDER_WAITING)
		IGNORE(gateway_cancel(r->env.gateway, str_of(x->tenant),
				      message));
	while (t != NULL && x->now.channel + 1 < t->channels.len) {
		x->now.channel++;
		submit(r, x, t, NULL, &out);
		if (out.rc == 0 && out.decision.verdict != VERDICT_DENY)
			break;
		out.rc = -EPROTO;
	}
	if (out.rc != 0) {
		give_up(r, x, t);
		return;
	}
	if (x->now.state == REMINDER_DELIVERED)
		reminder_move(x, REMINDER_WAITING);
	x->now.failed = false;
	reminder_message(r, x, out.id);
	reminder_due(r, x, patience(r, t, 0));
	stat_add(r->escalated, 1);
	reminder_tell(r, x, "reminder.escalated");
}

/* ---- what became of its message -------------------------------------------------- */

/* Nobody can say that it is there: the next channel may. */
static bool has_failed(enum message_state s)
{
	return s == MESSAGE_UNDELIVERED || s == MESSAGE_EXPIRED ||
	       s == MESSAGE_REJECTED || s == MESSAGE_FAILED ||
	       s == MESSAGE_SUPPRESSED || s == MESSAGE_UNKNOWN;
}

/* Of what events reports say whether a notice of them has arrived. */
static const struct {
	const char *event, *measure;
} noticed[] = {
	{ EVENT_USAGE, "usage.reminded" }, /* K-04 */
	{ EVENT_RESUMED, "service.told" }, /* K-05 */
};

/* Has it arrived before, by another channel or of another trigger? */
static bool was_told(const struct reminders *r, const struct reminder *x)
{
	const struct reminder *y =
		map_ptr(r->accounts, reminder_account_key(str_of(x->tenant),
							  str_of(x->account)));

	for (; y != NULL; y = y->next) {
		if (y->now.delivered_ms != 0 &&
		    str_eqz(str_of(x->event), y->event) &&
		    str_eqz(str_of(x->tenant), y->tenant))
			return true;
	}
	return false;
}

/* For reports, where its event was counted. */
static void count_delivered(struct reminders *r, const struct reminder *x,
			    const struct trigger_cfg *t)
{
	struct measure m = {
		.tenant = str_of(x->tenant),
		.at_ms = x->created_ms,
		.n = 1,
	};

	for (unsigned i = 0; t != NULL && i < ARRAY_LEN(noticed); i++) {
		if (!str_eqz(str_of(t->event), noticed[i].event) ||
		    was_told(r, x))
			continue;
		m.name = str_of(noticed[i].measure);
		gateway_measure(r->env.gateway, str_of(x->to), &m);
	}
}

void reminder_arrived(struct reminders *r, struct reminder *x,
		      const struct trigger_cfg *t)
{
	count_delivered(r, x, t);
	x->now.delivered_ms = now_of(r);
	if (t != NULL && t->protects)
		reminder_record(r, x, (uint64_t)x->now.delivered_ms & RECORD_MS,
				0);
}

static void delivered(struct reminders *r, struct reminder *x)
{
	const struct trigger_cfg *t = reminder_trigger(r, x);
	int64_t now_ms = now_of(r);

	reminder_arrived(r, x, t);
	if (t != NULL && (t->answer_within > 0 || t->follow[0] != '\0')) {
		reminder_move(x, REMINDER_DELIVERED);
		reminder_due(r, x,
			     now_ms + (t->answer_within > 0 ? t->answer_within
							    : t->follow_after));
		reminder_awaits(r, x);
	} else {
		reminder_move(x, REMINDER_DONE);
	}
}

/* It has left, and no receipt will say more: where nothing is due, that is
 * all. It proves no delivery. */
static bool is_all(const struct reminder *x, enum message_state s)
{
	return s == MESSAGE_SENT && x->now.due_ms == 0;
}

void reminders_step(struct reminders *r, uint64_t message,
		    const struct event *e)
{
	must(r != NULL && e != NULL);
	struct reminder *x = map_ptr(r->messages, message);

	if (x == NULL || x->now.state != REMINDER_WAITING)
		return;
	struct reminder_now before = x->now;

	/* an answer may come before the receipt */
	if (e->state == MESSAGE_SUBMITTED || e->state == MESSAGE_SENT)
		reminder_awaits(r, x);
	if (e->state == MESSAGE_DELIVERED) {
		delivered(r, x);
	} else if (is_all(x, e->state)) {
		reminder_move(x, REMINDER_DONE);
	} else if (e->state == MESSAGE_CANCELLED) {
		/* by hand: what we cancel is not ours any more by then */
		reminder_move(x, REMINDER_CANCELLED);
	} else if (has_failed(e->state)) {
		x->now.failed = true;
		reminder_due(r, x, now_of(r));
	} else {
		return;
	}
	reminder_keep(r, x);
	reminder_guard(r, x, &before);
}

/* ---- what becomes due -------------------------------------------------------------- */

void reminder_follow(struct reminders *r, const struct reminder *x,
		     const struct trigger_cfg *t, int64_t at_ms)
{
	const struct survey_ask ask = { .tenant = str_of(x->tenant),
					.survey = str_of(t->follow),
					.to = str_of(x->to),
					.ref = str_of(x->event),
					.vars = STR("{}"),
					.send_at_ms = at_ms };
	struct submitted out;
	struct err err = { "" };
	uint64_t session;

	if (surveys_ask(r->env.surveys, &ask, &out, &session, &err) != 0)
		log_warn("reminder.not_followed", KV_ID("id", x->id),
			 KV_S("why", err.text));
}

/* The gate holds it, for the hours or until its time: it had no chance to be
 * delivered, and waits on from there. */
static bool is_held(struct reminders *r, struct reminder *x,
		    const struct trigger_cfg *t)
{
	struct live_view v;

	if (t == NULL || x->now.state != REMINDER_WAITING || x->now.failed ||
	    gateway_live(r->env.gateway, str_of(x->tenant), x->now.message,
			 &v) != 0 ||
	    v.state != MESSAGE_HELD || v.attempts > 0 || v.due_ms <= now_of(r))
		return false;
	reminder_due(r, x, patience(r, t, v.due_ms));
	return true;
}

static void due(struct reminders *r, struct reminder *x)
{
	const struct trigger_cfg *t = reminder_trigger(r, x);
	struct reminder_now before = x->now;

	reminder_due(r, x, 0);
	if (x->now.state == REMINDER_DELIVERED &&
	    (t == NULL || t->answer_within == 0)) {
		if (t != NULL && t->follow[0] != '\0')
			reminder_follow(r, x, t, 0);
		reminder_move(x, REMINDER_DONE);
	} else if (x->now.state == REMINDER_TASK) {
		reminder_task(r, x, t == NULL ? STR_NONE : str_of(t->queue));
	} else if (!is_held(r, x, t) && !reminder_final(x->now.state)) {
		escalate(r, x);
	}
	reminder_keep(r, x);
	reminder_guard(r, x, &before);
}

void reminders_tick(struct reminders *r)
{
	must(r != NULL);
	int64_t now_ms = now_of(r);
	struct heap_node *n;
	unsigned done = 0;

	while (!r->stopped && done++ < TICK_REMINDERS &&
	       (n = heap_first(&r->due)) != NULL && (int64_t)n->key <= now_ms)
		due(r, (struct reminder *)((char *)n -
					   offsetof(struct reminder, due)));
	if (!r->stopped && r->timer != NULL)
		due_arm(r->timer, &r->due, now_ms);
}

static void on_timer(void *owner)
{
	reminders_tick(owner);
}

/* ---- to end it ---------------------------------------------------------------- */

static void cancel(struct reminders *r, struct reminder *x)
{
	struct reminder_now before = x->now;
	uint64_t message = x->now.message;

	if (before.state == REMINDER_TASK)
		reminder_record(r, x, 0, RECORD_TASK);
	reminder_move(x, REMINDER_CANCELLED);
	if (before.state == REMINDER_TASK)
		reminder_uncall(r, x);
	reminder_message(r, x, 0);
	IGNORE(gateway_cancel(r->env.gateway, str_of(x->tenant), message));
	reminder_due(r, x, 0);
	reminder_keep(r, x);
	reminder_guard(r, x, &before);
}

unsigned reminders_cancel(struct reminders *r, struct str tenant,
			  struct str trigger, struct str account)
{
	must(r != NULL);
	struct reminder *x =
		map_ptr(r->accounts, reminder_account_key(tenant, account));
	unsigned n = 0;

	for (; x != NULL; x = x->next) {
		if (reminder_final(x->now.state) ||
		    !str_eqz(trigger, x->trigger) ||
		    !str_eqz(account, x->account))
			continue;
		cancel(r, x);
		n++;
	}
	return n;
}

int reminders_end(struct reminders *r, struct str tenant, uint64_t id)
{
	must(r != NULL);
	struct reminder *x = map_ptr(r->all, id);

	if (x == NULL || !str_eqz(tenant, x->tenant))
		return -ENOENT;
	if (reminder_final(x->now.state))
		return -EPROTO;
	cancel(r, x);
	reminder_tell(r, x, "reminder.cancelled");
	return 0;
}

void reminders_erase(struct reminders *r, struct str tenant, struct str address)
{
	must(r != NULL);
	uint64_t id, value;
	size_t pos = 0;

	while (map_next(r->all, &pos, &id, &value)) {
		struct reminder *x = (struct reminder *)(uintptr_t)value;

		if (!reminder_final(x->now.state) &&
		    str_eqz(tenant, x->tenant) && str_eqz(address, x->to))
			cancel(r, x);
	}
}

const struct reminder *reminders_find(const struct reminders *r, uint64_t id)
{
	must(r != NULL);
	return map_ptr(r->all, id);
}

/* ---- may service be stopped? ------------------------------------------------------- */

void reminders_suspension(const struct reminders *r, struct str tenant,
			  struct str account, struct str cycle,
			  struct suspension *out)
{
	must(r != NULL && out != NULL);
	uint64_t v = 0;

	IGNORE(map_get(r->record, reminder_cycle_key(tenant, account, cycle),
		       &v));
	*out = (struct suspension){ .reason = "REMIND_FIRST",
				    .delivered_ms = (int64_t)(v & RECORD_MS),
				    .task = (v & RECORD_TASK) != 0 };
	if (out->delivered_ms != 0)
		out->not_before_ms =
			out->delivered_ms + r->env.cfg->suspend_after;
	out->allow = (v & RECORD_RELEASED) != 0 ||
		     (out->delivered_ms != 0 && !out->task &&
		      now_of(r) >= out->not_before_ms);
	if (out->allow)
		out->reason = "";
}

/* ---- open and close -------------------------------------------------------------- */

int reminders_open(struct reminders **out, const struct reminders_env *env,
		   struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(reminders_close) struct reminders *r = mem_new(struct reminders);

	r->env = *env;
	r->all = map_new();
	r->messages = map_new();
	r->accounts = map_new();
	for (unsigned c = 0; c < REMINDER_CHAINS; c++)
		r->chains[c] = map_new();
	r->record = map_new();
	heap_init(&r->due);
	id_source_init(&r->ids, env->node);
	r->sent = stats_get(STAT_COUNTER, "reminders_total",
			    "Reminders by business events.", NULL);
	r->escalated = stats_get(STAT_COUNTER, "reminders_escalated_total",
				 "Reminders said over another channel.", NULL);
	r->tasks =
		stats_get(STAT_COUNTER, "reminders_tasks_total",
			  "Reminders that a person was asked to give.", NULL);
	int rc = reminder_recover(r, err);

	if (rc != 0)
		return rc;
	r->timer = loop_timer_new(env->loop, on_timer, r);
	loop_timer_set(r->timer, 10);
	*out = TAKE(r);
	return 0;
}

void reminders_stop(struct reminders *r)
{
	if (r == NULL)
		return;
	r->stopped = true;
	loop_timer_free(&r->timer);
}

void reminders_close(struct reminders **rp)
{
	struct reminders *r = TAKE(*rp);
	uint64_t id, value;
	size_t pos = 0;

	if (r == NULL)
		return;
	reminders_stop(r);
	heap_done(&r->due); /* looks at what is in it */
	while (map_next(r->all, &pos, &id, &value)) {
		struct reminder *x = (struct reminder *)(uintptr_t)value;

		reminder_free(&x);
	}
	map_free(&r->all);
	map_free(&r->messages);
	map_free(&r->accounts);
	for (unsigned c = 0; c < REMINDER_CHAINS; c++)
		map_free(&r->chains[c]);
	map_free(&r->record);
	mem_free(r);
}
