/* The steps of a campaign: state, version, row, event, notice; and what the
 * new state begins with. */
#include "base/log.h"
#include "campaigns/core.h"
#include "campaigns/guard.h"
#include "campaigns/materialise.h"
#include "campaigns/roster.h"
#include "campaigns/runner.h"
#include "campaigns/schedule.h"
#include "proto/json.h"

/* campaign.<state>, for webhooks, the bus and the live stream. */
static void publish(struct campaigns *c, const struct campaign *m,
		    const char *action, struct str actor)
{
	struct buf b = { 0 };
	char type[48];

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "id", m->id);
	json_kz(&b, "name", m->spec.name);
	json_kz(&b, "state", campaign_state_name(m->state));
	json_ks_opt(&b, "reason", str_of(m->reason));
	json_kz(&b, "action", action);
	json_ks_opt(&b, "by", actor);
	json_ku(&b, "version", m->version);
	json_ki(&b, "run", m->life.run);
	json_kt(&b, "at", m->updated_ms);
	json_close(&b, '}');
	snprintf(type, sizeof(type), "campaign.%s",
		 campaign_state_name(m->state));
	gateway_publish(c->gateway, str_of(m->tenant), type, buf_str(&b));
	buf_done(&b);
}

static void leave(struct campaign *m, enum campaign_step step)
{
	if (m->state == CAMPAIGN_MATERIALISING)
		materialise_stop(m);
	runner_stop(m, step == STEP_PAUSE || step == STEP_CANCEL ||
			       step == STEP_EXPIRE);
}

/* What a state begins with; it may step on at once. */
void campaign_enter(struct campaigns *c, struct campaign *m)
{
	must(c != NULL && m != NULL);
	switch (m->state) {
	case CAMPAIGN_MATERIALISING:
		if (m->spec.schedule == SCHEDULE_EVENT)
			campaign_step(c, m, STEP_MATERIALISED, STR_NONE, "",
				      STR_NONE);
		else
			materialise(c, m);
		return;
	case CAMPAIGN_RUNNING:
		guard_begin(m);
		runner_start(c, m);
		return;
	case CAMPAIGN_DRAFT:
	case CAMPAIGN_IN_REVIEW:
	case CAMPAIGN_APPROVED:
	case CAMPAIGN_SCHEDULED:
	case CAMPAIGN_PAUSED:
	case CAMPAIGN_DRAINING:
	case CAMPAIGN_COMPLETED:
	case CAMPAIGN_CANCELLED:
	case CAMPAIGN_FAILED:
	case CAMPAIGN_EXPIRED:
		return;
	case CAMPAIGN_STATES:
		break;
	}
	must(false && "no state of a campaign");
}

/* The marks in its life that a step leaves. */
static void mark(struct campaigns *c, struct campaign *m)
{
	int64_t now = campaigns_now(c);

	if (m->state == CAMPAIGN_MATERIALISING) {
		m->life.run++;
		m->life.started_ms = now;
		m->run = (struct progress){ 0 };
		m->tally = (struct recipient_tally){ .n = 0 };
	}
	if (m->state == CAMPAIGN_SCHEDULED)
		m->life.next_ms = schedule_next(&m->spec, now);
	if (m->state == CAMPAIGN_DRAINING)
		m->life.drained_ms = now;
	if (campaign_state_final(m->state)) {
		m->life.ended_ms = now;
		roster_drop(c, m);
	}
}

void campaign_step(struct campaigns *c, struct campaign *m,
		   enum campaign_step step, struct str actor,
		   const char *reason, struct str what)
{
	enum campaign_state to;

	must(c != NULL && m != NULL && reason != NULL);
	must(campaign_step_to(m->state, step, &to) == 0);
	leave(m, step);
	m->state = to;
	IGNORE(str_copy(m->reason, sizeof(m->reason), str_of(reason)));
	mark(c, m);
	campaign_note(c, m, campaign_step_name(step), actor,
		      what.len > 0 ? what : str_of(reason));
	publish(c, m, campaign_step_name(step), actor);
	log_info("campaign.step", KV_ID("id", m->id),
		 KV_S("step", campaign_step_name(step)),
		 KV_S("state", campaign_state_name(to)), KV_S("reason", reason),
		 KV_STR("by", actor));
	campaign_enter(c, m);
}
