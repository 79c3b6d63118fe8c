/* Lanes: "slow" is a rate, "asked to wait" is a hold, "failing" is a breaker;
 * each has its own way back. */
#include "gateway/lane.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/lane_rows.h"

enum {
	THROTTLE_MIN_MS = 1000,
	THROTTLE_MAX_MS = 60000,
	BREAKER_FAILS = 5,
	BREAKER_MIN_MS = 5000,
	BREAKER_MAX_MS = 300000,
	QUIET_MS = 30000
};

static struct stat *lane_stat(const struct lane *l, enum stat_kind kind,
			      const char *name, const char *help,
			      const char *more)
{
	struct buf label = { 0 };
	struct stat *s;

	buf_init(&label, 512);
	buf_f(&label, "link=\"%s\"%s", l->name, more);
	s = stats_get(kind, name, help, label.p);
	buf_done(&label);
	return s;
}

static double rate_of(const struct section *s)
{
	return (double)lane_row_number(s, "rate", SETTING_INT, 0);
}

static double burst_of(const struct section *s)
{
	return (double)lane_row_number(s, "burst", SETTING_INT, 0);
}

/* What its bucket holds: a carrier that counts by the second must not see
 * another second's worth on top after every rest. */
static double bucket_of(const struct lane *l, double rate)
{
	return l->burst > 0 ? l->burst : MAX(rate / 10, 1.0);
}

static void set_rate(struct lane *l, double rate)
{
	l->rate = rate;
	router_target_rate(l->core->router, l->target, rate, bucket_of(l, rate),
			   core_now_us(l->core));
}

/* What it may ask its peer about overdue receipts. */
static void take_query(struct lane_query *q, const struct section *s)
{
	q->on = lane_row_choice(s, "query") != 0;
	q->tries = (unsigned)lane_row_number(s, "query_tries", SETTING_INT, 0);
	q->rate = (unsigned)lane_row_number(s, "query_rate", SETTING_INT, 0);
	q->interval_ms =
		lane_row_number(s, "query_interval", SETTING_DURATION, 0);
}

void lane_take(struct lane *l, const struct section *s)
{
	must(l != NULL && s != NULL);
	double rate = rate_of(s), burst = burst_of(s);

	take_query(&l->query, s);
	lane_window(l, lane_row_number(s, "window", SETTING_INT, 0));
	if (rate == l->rate_cfg && burst == l->burst)
		return;
	l->burst = burst;
	lane_rate(l, rate);
}

void lane_rate(struct lane *l, double rate)
{
	must(l != NULL && rate >= 0);
	l->rate_cfg = rate;
	set_rate(l, rate);
}

void lane_window(struct lane *l, int64_t window)
{
	must(l != NULL && window >= 0);
	if (window == l->window_cfg || l->ops->window == NULL)
		return;
	l->window_cfg = window;
	if (l->channel != NULL)
		l->ops->window(l->channel, (unsigned)window);
}

void lane_form(struct lane *l, const struct section *s)
{
	must(l != NULL && s != NULL);
	/* the names of both rows stand in the order of our enums; what was
	 * learned stays, where the file leaves it to us */
	enum receipt_form form =
		(enum receipt_form)lane_row_choice(s, "message_id");

	if (form != LANE_ID_UNKNOWN)
		l->id_form = form;
	l->parts_rule = (enum parts_rule)lane_row_choice(s, "receipt_rule");
	l->window_cfg = lane_row_number(s, "window", SETTING_INT, 0);
	l->reply_digits =
		(unsigned)lane_row_number(s, "reply_digits", SETTING_INT, 0);
	mem_free(l->source);
	l->source = str_dup(lane_row_text(s, "source"));
}

static void lane_stats(struct lane *l)
{
	for (unsigned i = 0; i < OUTCOME_COUNT; i++) {
		char more[48];

		snprintf(more, sizeof(more), ",outcome=\"%s\"",
			 outcome_name((enum outcome_class)i));
		l->s_outcome[i] =
			lane_stat(l, STAT_COUNTER, "attempts_total",
				  "Attempts that ended, by outcome.", more);
	}
	l->s_receipts = lane_stat(l, STAT_COUNTER, "receipts_total",
				  "Delivery receipts heard.", "");
	l->s_inbound = lane_stat(l, STAT_COUNTER, "inbound_total",
				 "Messages from customers heard.", "");
	l->s_up = lane_stat(l, STAT_GAUGE, "link_up",
			    "1 while the link can carry messages.", "");
	l->s_answer = lane_stat(l, STAT_HISTOGRAM, "answer_seconds",
				"From hand-over to the peer's answer.", "");
	for (unsigned i = 0; i < LANE_ANSWERS; i++) {
		static const char *const answers[LANE_ANSWERS] = {
			",answer=\"none\"", ",answer=\"pending\"",
			",answer=\"final\""
		};

		l->s_query[i] = lane_stat(
			l, STAT_COUNTER, "queries_total",
			"Questions about overdue receipts, by answer.",
			answers[i]);
	}
}

int lane_add(struct lanes *all, struct core *core,
	     const struct channel_ops *ops, const struct section *s,
	     struct lane **out, struct err *err)
{
	struct target_cfg t = { .name = s->title };
	struct lane *l;

	must(all != NULL && core != NULL && ops != NULL && out != NULL);
	if (all->len == LANES_MAX)
		return err_set(err, -ENOSPC, "more than %d links", LANES_MAX);
	l = mem_new(struct lane);
	l->core = core;
	l->name = str_dup(s->title);
	l->ops = ops;
	l->endpoint = -1;
	l->health = 100;
	lane_form(l, s);
	l->rate_cfg = l->rate = rate_of(s);
	l->burst = burst_of(s);
	take_query(&l->query, s);
	t.owner = l;
	t.cap = 0;
	t.rate = l->rate;
	t.burst = bucket_of(l, l->rate);
	t.cost = (unsigned)lane_row_number(s, "cost", SETTING_INT, 0);
	l->target = router_target_add(core->router, &t, core_now_us(core));
	if (l->target < 0) {
		err_set(err, l->target, "link %s: %s", s->title,
			err_name(l->target));
		lane_free(l);
		return -EINVAL;
	}
	lane_stats(l);
	l->index = (int)all->len;
	all->v[all->len++] = l;
	*out = l;
	return 0;
}

int lane_start(struct lane *l, const void *cfg,
	       const struct channel_events *events, struct err *err)
{
	struct channel_env env = {
		.loop = l->core->loop,
		.clock = l->core->clock,
		.name = l->name,
		.cfg = cfg,
		.events = events,
		.owner = l,
	};
	int rc = l->ops->open(&l->channel, &env, err);

	if (rc != 0)
		err_prefix(err, "%s %s", l->ops->name, l->name);
	return rc;
}

void lane_free(struct lane *l)
{
	must(l->channel == NULL);
	mem_free(l->source);
	mem_free(l->name);
	mem_free(l);
}

struct lane *lanes_find(const struct lanes *all, struct str name)
{
	for (unsigned i = 0; i < all->len; i++) {
		if (!all->v[i]->gone && str_eqz(name, all->v[i]->name))
			return all->v[i];
	}
	return NULL;
}

static void apply(struct lane *l)
{
	struct core *c = l->core;
	enum target_state s = l->state != CHANNEL_UP ? TARGET_DOWN
			      : l->held              ? TARGET_HELD
						     : TARGET_UP;

	router_target_cap(c->router, l->target, l->window);
	router_target_state(c->router, l->target, s, core_now_us(c));
	stat_set(l->s_up, l->state == CHANNEL_UP);
	loop_again(c->loop);
}

uint64_t lane_up_ms(struct lane *l)
{
	must(l != NULL);
	uint64_t now_ms = clock_mono_ms(l->core->clock);

	if (l->state == CHANNEL_UP)
		l->use.up_ms += now_ms - l->up_since_ms;
	l->up_since_ms = now_ms;
	return l->use.up_ms;
}

void lane_handed(struct lane *l, unsigned parts)
{
	must(l != NULL);
	l->sent++;
	l->use.parts += parts;
}

void lane_took(struct lane *l, uint32_t us)
{
	must(l != NULL);
	unsigned bound = measure_bound_of(us / 1000);

	l->use.answers[bound]++;
	l->use.answers_us[bound] += us;
}

void lane_state(struct lane *l, enum channel_state s, unsigned window,
		const char *why)
{
	static const char *const names[] = { "down", "up", "stopped" };

	must(l != NULL);
	if (s != l->state)
		log_info("link.state", KV_S("link", l->name),
			 KV_S("state", names[s]), KV_S("why", why));
	IGNORE(lane_up_ms(l));
	l->state = s;
	l->window = s == CHANNEL_UP ? window : 0;
	snprintf(l->why, sizeof(l->why), "%s", why == NULL ? "" : why);
	apply(l);
}

void lane_hold(struct lane *l, bool held)
{
	must(l != NULL);
	l->held = held;
	log_info(held ? "link.held" : "link.released", KV_S("link", l->name));
	apply(l);
}

/* The peer asks for silence: all wait, and then come back slower. */
static void throttled(struct lane *l, const struct outcome *o)
{
	unsigned shift = MIN(l->throttles, 6u);
	uint64_t ms = MIN((uint64_t)THROTTLE_MIN_MS << shift,
			  (uint64_t)THROTTLE_MAX_MS);
	double now = l->rate > 0 ? l->rate : l->pace;

	ms = MAX(ms, o->hold_ms);
	l->throttled++;
	l->throttles++;
	l->quiet_until_ms = clock_mono_ms(l->core->clock) + ms + QUIET_MS;
	if (l->throttles == 1)
		set_rate(l, MAX(now * 0.7, 1.0));
	router_target_until(l->core->router, l->target, TARGET_HELD,
			    core_now_us(l->core) + ms * 1000, TARGET_UP);
	log_warn("link.throttled", KV_S("link", l->name), KV_U("hold_ms", ms),
		 KV_U("rate", l->rate), KV_HEX("status", o->peer_status));
}

static void failing(struct lane *l, const struct outcome *o)
{
	uint64_t ms = MIN((uint64_t)BREAKER_MIN_MS << MIN(l->trips, 6u),
			  (uint64_t)BREAKER_MAX_MS);

	if (++l->fails < BREAKER_FAILS)
		return;
	l->trips++;
	router_target_until(l->core->router, l->target, TARGET_HELD,
			    core_now_us(l->core) + ms * 1000, TARGET_PROBE);
	log_warn("link.failing", KV_S("link", l->name), KV_U("rest_ms", ms),
		 KV_STR("reason", o->reason));
}

static void taken(struct lane *l)
{
	l->answers++;
	l->accepted++;
	if (l->fails >= BREAKER_FAILS && l->state == CHANNEL_UP && !l->held)
		router_target_state(l->core->router, l->target, TARGET_UP,
				    core_now_us(l->core));
	l->fails = l->trips = 0;
	if (l->throttles > 0 &&
	    clock_mono_ms(l->core->clock) + QUIET_MS / 2 > l->quiet_until_ms)
		l->throttles = 0;
}

/* Answers of the peer to one message say little of the link; only refusals
 * for now, and silence, wear its health down. */
static void wear(struct lane *l, bool good)
{
	double before = l->health;

	l->health = before * 0.98 + (good ? 2.0 : 0.0);
	if ((unsigned)before / 5 != (unsigned)l->health / 5)
		router_target_health(l->core->router, l->target,
				     MAX((unsigned)l->health, 10u));
}

void lane_feedback(struct lane *l, const struct outcome *o)
{
	must(l != NULL && o != NULL);
	stat_add(l->s_outcome[o->class], 1);
	switch (o->class) {
	case OUTCOME_ACCEPTED:
	case OUTCOME_DELIVERED:
		taken(l);
		wear(l, true);
		break;
	case OUTCOME_HOLD:
		throttled(l, o);
		wear(l, false);
		break;
	case OUTCOME_RETRY:
		if (o->sent)
			failing(l, o);
		wear(l, false);
		break;
	case OUTCOME_UNKNOWN:
		wear(l, false);
		break;
	case OUTCOME_REFUSED:
	case OUTCOME_BROKEN:
		l->fails = 0;
		l->answers++;
		break;
	}
}

void lane_tick(struct lane *l)
{
	l->pace = l->pace * 0.8 + (double)l->answers * 0.2;
	l->answers = 0;
	l->query.asked = 0;
	if (l->throttled == 0 || l->rate == l->rate_cfg)
		return;
	if (l->rate_cfg > 0)
		set_rate(l, MIN(l->rate * 1.05, l->rate_cfg));
	else if (clock_mono_ms(l->core->clock) > l->quiet_until_ms)
		set_rate(l, 0); /* nobody set a limit: none again */
	else
		set_rate(l, l->rate * 1.05);
}
