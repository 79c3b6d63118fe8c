/* All campaigns: read at the start, looked after once a second. */
#include "campaigns/campaigns.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/approval.h"
#include "campaigns/core.h"
#include "campaigns/counts.h"
#include "campaigns/guard.h"
#include "campaigns/materialise.h"
#include "campaigns/meaning.h"
#include "campaigns/quota.h"
#include "campaigns/reach.h"
#include "campaigns/runner.h"
#include "campaigns/schedule.h"
#include "campaigns/turnout.h"
#include "campaigns/walk.h"
#include "gateway/keywords.h"

#define TICK_MS 20
#define BEAT_MS 1000
#define SETTLE_MS 2000 /* the fold has seen the last message by then */

static void campaign_free(struct campaign *m)
{
	materialise_stop(m);
	if (m->walk != NULL)
		walk_abort(m->walk);
	runner_free(&m->runner);
	form_done(&spec_form, &m->spec);
	form_done(&life_form, &m->life);
	mem_free(m);
}

/* ---- once a second ------------------------------------------------------------------ */

/* All of its messages have ended, as far as is told. */
static bool is_settled(const struct campaigns *c, const struct campaign *m)
{
	int64_t now = campaigns_now(c), live = 0, all = 0;

	if (now - m->life.drained_ms >= c->cfg->drain)
		return true;
	for (unsigned i = 0; i < MESSAGE_STATES; i++) {
		all += m->messages[i];
		if (!message_state_final((enum message_state)i))
			live += m->messages[i];
	}
	return live == 0 && now - m->life.drained_ms >= SETTLE_MS &&
	       all >= recipient_tally_of(&m->tally, RECIPIENT_CLAIMED);
}

/* Recurring: is there another run before its end? */
static bool comes_again(const struct campaigns *c, const struct campaign *m)
{
	int64_t next = schedule_next(&m->spec, campaigns_now(c) + 1);

	return m->spec.schedule == SCHEDULE_RECURRING &&
	       (m->spec.end_ms == 0 || next < m->spec.end_ms);
}

/* Nobody's step in particular. */
static void own_step(struct campaigns *c, struct campaign *m,
		     enum campaign_step s, const char *reason, struct str what)
{
	campaign_step(c, m, s, STR_NONE, reason, what);
}

static void step(struct campaigns *c, struct campaign *m, enum campaign_step s,
		 const char *reason, const char *what)
{
	own_step(c, m, s, reason, str_of(what));
}

static void look_scheduled(struct campaigns *c, struct campaign *m)
{
	const char *broken = approval_broken(c, m);
	int64_t now = campaigns_now(c);

	if (m->spec.end_ms != 0 && now >= m->spec.end_ms)
		step(c, m, STEP_EXPIRE, "window_over", "");
	else if (m->walk != NULL || now < m->life.next_ms)
		return;
	else if (broken != NULL)
		step(c, m, STEP_EDIT, broken, "");
	else
		step(c, m, STEP_START, "", "");
}

/* The end of the window: of this run, or of all. */
static void look_window(struct campaigns *c, struct campaign *m)
{
	int64_t end = schedule_end(m);

	if (end == 0 || campaigns_now(c) < end)
		return;
	if (m->state == CAMPAIGN_RUNNING &&
	    (comes_again(c, m) || m->spec.schedule == SCHEDULE_EVENT))
		step(c, m, STEP_EMPTY, "window_over", "");
	else
		step(c, m, STEP_EXPIRE, "window_over", "");
}

#define CHANNEL_CUT "channel_down"
#define QUOTA_USED "quota"

/* Has no link been up for long enough? What was handed over comes back then,
 * and is judged anew when one is. */
static bool is_cut_off(const struct campaigns *c, struct campaign *m,
		       struct err *what)
{
	uint64_t now_ms = clock_mono_ms(c->clock);

	if (c->cfg->down_after == 0 || reach_up(c, m)) {
		m->down_ms = 0;
		return false;
	}
	if (m->down_ms == 0)
		m->down_ms = now_ms;
	if (now_ms - m->down_ms < (uint64_t)c->cfg->down_after)
		return false;
	err_set(what, 0, "no link of its channel is up for %lld s",
		(long long)(now_ms - m->down_ms) / 1000);
	return true;
}

static bool says_the_same(const struct campaign *a, const struct campaign *b)
{
	struct str template = str_of(a->spec.template_id);

	return a == b ||
	       (template.len > 0 && str_eqz(template, b->spec.template_id) &&
		strcmp(a->tenant, b->tenant) == 0);
}

/* Complaints are about words: whatever says the same stops, too. */
static unsigned pause_like(struct campaigns *c, const struct campaign *m,
			   const char *why, bool itself)
{
	unsigned n = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct campaign *x = c->v[i];

		if (x->state != CAMPAIGN_RUNNING || !says_the_same(m, x) ||
		    (x == m && !itself))
			continue;
		step(c, x, STEP_PAUSE, why, "complaints about what it says");
		n++;
	}
	return n;
}

static void look_running(struct campaigns *c, struct campaign *m)
{
	struct err what = { "" };
	struct harm usual;
	const char *why;

	guard_usual(c, m, &usual);
	why = guard_alarm(c->cfg, m, &usual, campaigns_now(c), &what);
	if (why != NULL && str_starts(str_of(why), STR("complaint")))
		IGNORE(pause_like(c, m, why, false) == 0);
	if (why == NULL && approval_broken(c, m) != NULL)
		why = "rule_pack_changed";
	if (why == NULL && is_cut_off(c, m, &what))
		why = CHANNEL_CUT;
	if (why == NULL && quota_left(c, str_of(m->tenant)) == 0 &&
	    (m->runner == NULL || !runner_empty(m->runner))) {
		err_set(&what, 0, "%lld messages of the tenant today",
			(long long)c->cfg->quota);
		why = QUOTA_USED;
	}
	if (why != NULL) {
		log_warn("campaign.alarm", KV_ID("id", m->id), KV_S("why", why),
			 KV_S("what", what.text));
		step(c, m, STEP_PAUSE, why, what.text);
	} else if (m->spec.schedule != SCHEDULE_EVENT && m->runner != NULL &&
		   runner_empty(m->runner)) {
		step(c, m, STEP_EMPTY, "", "");
	} else {
		look_window(c, m);
	}
}

/* What paused it is over: it goes on by itself. */
static void look_paused(struct campaigns *c, struct campaign *m)
{
	if (strcmp(m->reason, CHANNEL_CUT) == 0 && reach_up(c, m)) {
		m->down_ms = 0;
		step(c, m, STEP_RESUME, "", "a link is up");
	} else if (strcmp(m->reason, QUOTA_USED) == 0 &&
		   quota_left(c, str_of(m->tenant)) > 0) {
		step(c, m, STEP_RESUME, "", "another day");
	} else {
		look_window(c, m);
	}
}

static void look(struct campaigns *c, struct campaign *m)
{
	if (m->dirty)
		campaign_put(c, m);
	if (m->state == CAMPAIGN_SCHEDULED)
		look_scheduled(c, m);
	else if (m->state == CAMPAIGN_RUNNING)
		look_running(c, m);
	else if (m->state == CAMPAIGN_PAUSED)
		look_paused(c, m);
	else if (m->state == CAMPAIGN_DRAINING && is_settled(c, m))
		step(c, m, comes_again(c, m) ? STEP_AGAIN : STEP_COMPLETE, "",
		     "");
}

static void on_beat(void *owner)
{
	struct campaigns *c = owner;

	loop_timer_set(c->beat, BEAT_MS);
	if (c->store->ops->ready(c->store) != 0)
		return;
	for (size_t i = 0; i < c->n; i++) {
		counts_read(c, c->v[i]);
		look(c, c->v[i]);
	}
}

static void on_tick(void *owner)
{
	struct campaigns *c = owner;

	loop_timer_set(c->tick, TICK_MS);
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i]->runner != NULL)
			runner_tick(c->v[i]->runner);
	}
}

/* ---- what customers say --------------------------------------------------------------- */

/* Refusals, and words that everybody may always say, are no answers. */
static bool is_reply(const struct inbound *in)
{
	static const char *const words[] = { CLAIM_OPT_OUT, CLAIM_SUSPECTED,
					     CLAIM_HELP };

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		if (str_eqz(in->claim, words[i]))
			return false;
	return true;
}

/* For reports: who took part, and who asks what it means (K-50, K-52). */
static void count_reply(struct campaigns *c, const struct campaign *m,
			const struct inbound *in)
{
	struct measure x = {
		.tenant = in->tenant,
		.at_ms = in->at_ms,
		.name = STR("inbound.meaning"),
		.channel = in->channel,
		.n = 1,
	};

	if (!is_reply(in))
		return;
	if (meaning_asked(c->meaning, in->text) &&
	    turnout_message(c->turnout, in->tenant, in->from) != 0) {
		if (m != NULL)
			x.department = campaign_department(c, m);
		gateway_measure(c->gateway, in->from, &x);
	}
	turnout_add(c->turnout, in->tenant, in->from, "reply");
}

static void on_inbound(void *owner, const struct inbound *in,
		       struct str campaign)
{
	struct campaigns *c = owner;
	struct campaign *m = NULL;
	uint64_t id;

	if (campaign.len > 0 && id_parse(campaign, &id) == 0)
		m = campaigns_by_id(c, id);
	if (c->stopping)
		return;
	count_reply(c, m, in);
	if (m == NULL)
		return;
	if (str_eqz(in->claim, CLAIM_OPT_OUT)) {
		m->life.optouts++;
		campaign_put(c, m);
	}
}

void campaigns_step(struct campaigns *c, uint64_t message,
		    const struct event *e)
{
	must(c != NULL && e != NULL);
	if (!c->stopping)
		turnout_step(c->turnout, message, e->state);
}

void campaigns_took_part(struct campaigns *c, struct str tenant,
			 struct str address, const char *how)
{
	must(c != NULL && how != NULL);
	if (!c->stopping)
		turnout_add(c->turnout, tenant, address, how);
}

bool campaigns_turnout_idle(const struct campaigns *c)
{
	must(c != NULL);
	return turnout_idle(c->turnout);
}

void campaign_complaint(struct campaigns *c, struct campaign *m)
{
	must(c != NULL && m != NULL);
	m->life.complaints++;
	guard_complaint(m, campaigns_now(c));
	campaign_put(c, m);
	if (m->state == CAMPAIGN_RUNNING)
		look_running(c, m);
}

unsigned campaigns_pause_like(struct campaigns *c, const struct campaign *m,
			      const char *why)
{
	must(c != NULL && m != NULL && why != NULL);
	return pause_like(c, m, why, true);
}

/* ---- open and close ---------------------------------------------------------------------- */

struct opening {
	struct campaigns *c;
	int rc;
};

static bool show_campaign(void *owner, const struct row *row)
{
	struct opening *o = owner;
	struct campaign *m = campaigns_new(o->c, (uint64_t)row_i(row, 0));

	IGNORE(str_copy(m->tenant, sizeof(m->tenant), row_s(row, 1)));
	m->version = (uint64_t)row_i(row, 2);
	m->state = (enum campaign_state)row_i(row, 3);
	IGNORE(str_copy(m->reason, sizeof(m->reason), row_s(row, 4)));
	m->updated_ms = row_i(row, 7);
	if ((unsigned)m->state >= CAMPAIGN_STATES ||
	    form_decode(&spec_form, row_s(row, 5), &m->spec) != 0 ||
	    form_decode(&life_form, row_s(row, 6), &m->life) != 0)
		o->rc = -EBADMSG;
	return o->rc == 0;
}

/* Rows of earlier runs are left where they are. */
static struct campaign *of_this_run(struct opening *o, const struct row *row)
{
	struct campaign *m = campaigns_by_id(o->c, (uint64_t)row_i(row, 0));

	return m != NULL && m->life.run == row_i(row, 1) ? m : NULL;
}

static bool show_run(void *owner, const struct row *row)
{
	struct campaign *m = of_this_run(owner, row);
	struct str hash = row_s(row, 5);

	if (m == NULL)
		return true;
	m->run.walked = (uint64_t)row_i(row, 2);
	m->run.people = row_i(row, 3);
	m->run.claimed = row_i(row, 4);
	if (hash.len == sizeof(m->run.hash))
		memcpy(m->run.hash, hash.p, hash.len);
	return true;
}

static bool show_tally(void *owner, const struct row *row)
{
	struct campaign *m = of_this_run(owner, row);

	if (m != NULL && row_i(row, 2) < RECIPIENT_STATES)
		recipient_tally_add(&m->tally,
				    (enum recipient_state)row_i(row, 2),
				    row_s(row, 3), row_i(row, 4));
	return true;
}

static bool show_quota(void *owner, const struct row *row)
{
	quota_recover(((struct opening *)owner)->c->quota, row);
	return true;
}

static int read_all(struct campaigns *c, struct err *err)
{
	static const struct {
		enum store_call call;
		store_row_fn show;
	} scans[] = {
		{ STORE_CAMPAIGN_SCAN, show_campaign },
		{ STORE_CAMPAIGN_RUN_SCAN, show_run },
		{ STORE_CAMPAIGN_TALLY_SCAN, show_tally },
		{ STORE_QUOTA_SCAN, show_quota },
	};
	struct opening o = { .c = c };

	for (unsigned i = 0; i < ARRAY_LEN(scans); i++) {
		int rc = c->store->ops->scan(c->store, scans[i].call, NULL, 0,
					     scans[i].show, &o);
		if (rc == 0)
			rc = o.rc;
		if (rc != 0)
			return err_set(err, rc, "campaigns cannot be read");
	}
	return counts_scan(c, err);
}

int campaigns_open(struct campaigns **out, const struct campaigns_env *env,
		   struct err *err)
{
	const struct section *s;

	must(out != NULL && env != NULL && env->gateway != NULL);
	AUTO(campaigns_close) struct campaigns *c = mem_new(struct campaigns);
	s = settings_find(env->settings, campaigns_section.name, NULL);
	must(s != NULL);
	c->cfg = s->value;
	c->loop = env->loop;
	c->clock = env->clock;
	c->gateway = env->gateway;
	c->store = env->store;
	c->library = env->library;
	c->step = own_step;
	c->quota = quota_new();
	c->tick = loop_timer_new(c->loop, on_tick, c);
	c->beat = loop_timer_new(c->loop, on_beat, c);
	int rc = read_all(c, err);
	if (rc != 0)
		return rc;
	c->meaning = meaning_words();
	rc = turnout_open(&c->turnout, c, err);
	if (rc != 0)
		return rc;
	gateway_on_inbound(c->gateway, on_inbound, c);
	for (size_t i = 0; i < c->n; i++)
		campaign_enter(c, c->v[i]);
	loop_timer_set(c->tick, TICK_MS);
	loop_timer_set(c->beat, BEAT_MS);
	*out = TAKE(c);
	return 0;
}

void campaigns_surveys(struct campaigns *c, struct surveys *surveys)
{
	must(c != NULL);
	c->surveys = surveys;
}

void campaigns_stop(struct campaigns *c)
{
	if (c == NULL)
		return;
	c->stopping = true;
	loop_timer_free(&c->tick);
	loop_timer_free(&c->beat);
}

void campaigns_close(struct campaigns **cp)
{
	must(cp != NULL);

	struct campaigns *c = TAKE(*cp);
	if (c == NULL)
		return;
	must(c->reads == 0);
	turnout_close(&c->turnout);
	wordset_free(&c->meaning);
	for (size_t i = 0; i < c->n; i++)
		campaign_free(c->v[i]);
	mem_free(c->v);
	quota_free(&c->quota);
	loop_timer_free(&c->tick);
	loop_timer_free(&c->beat);
	mem_free(c);
}
