/* Campaigns as JSON, for those who look at them. */
#include "base/mem.h"
#include "campaigns/core.h"
#include "campaigns/library.h"
#include "campaigns/schedule.h"
#include "campaigns/segments.h"
#include "proto/json.h"

uint64_t campaign_id(const struct campaign *m)
{
	return m->id;
}

uint64_t campaign_version(const struct campaign *m)
{
	return m->version;
}

enum campaign_state campaign_state(const struct campaign *m)
{
	return m->state;
}

struct str campaign_tenant(const struct campaign *m)
{
	return str_of(m->tenant);
}

struct str campaign_branch(const struct campaign *m)
{
	return str_of(m->life.branch);
}

const struct spec *campaign_spec(const struct campaign *m)
{
	return &m->spec;
}

struct str campaign_department(const struct campaigns *c,
			       const struct campaign *m)
{
	must(c != NULL && m != NULL);
	const struct library_ask ask = {
		.tenant = str_of(m->tenant),
		.id = str_of(m->spec.template_id),
		.number = (unsigned)m->spec.template_version,
		.single = true,
	};
	struct library_pick pick;
	struct err err;

	if (c->library == NULL || m->spec.template_id == NULL ||
	    library_find(c->library, &ask, &pick, &err) != 0)
		return STR_NONE;
	return str_of(pick.version->owner);
}

int64_t campaign_run(const struct campaign *m)
{
	return m->life.run;
}

/* What a person that was not begun with is, once it is over. */
static const char *left_name(enum campaign_state s)
{
	if (s == CAMPAIGN_CANCELLED)
		return "cancelled";
	if (s == CAMPAIGN_EXPIRED || s == CAMPAIGN_DRAINING ||
	    s == CAMPAIGN_COMPLETED)
		return "missed_window";
	return NULL;
}

const char *campaign_recipient_state(enum campaign_state campaign,
				     const struct row *row)
{
	enum recipient_state s = (enum recipient_state)row_i(row, 3);
	const char *left = left_name(campaign);
	int64_t message = row_i(row, 9);

	must(row != NULL);
	if (s == RECIPIENT_CLAIMED && row->v[9].type == CELL_INT &&
	    message >= 0 && message < MESSAGE_STATES &&
	    message_state_name((enum message_state)message) != NULL)
		return message_state_name((enum message_state)message);
	if ((s == RECIPIENT_READY || s == RECIPIENT_DEFERRED) && left != NULL)
		return left;
	return (unsigned)s < RECIPIENT_STATES ? recipient_state_name(s)
					      : "unknown";
}

/* ---- counts ------------------------------------------------------------------------ */

static void put_messages(const struct campaign *m, struct buf *out)
{
	for (unsigned i = 0; i < MESSAGE_STATES; i++) {
		const char *name = message_state_name((enum message_state)i);

		if (name != NULL && m->messages[i] != 0)
			json_ki(out, name, m->messages[i]);
	}
}

static void put_counts(const struct campaign *m, struct buf *out)
{
	const struct recipient_tally *t = &m->tally;
	const char *left = left_name(m->state);
	int64_t waiting = recipient_tally_of(t, RECIPIENT_READY) +
			  recipient_tally_of(t, RECIPIENT_DEFERRED);

	json_key(out, "counts");
	json_open(out, '{');
	json_ki(out, "people", recipient_tally_all(t));
	if (left != NULL) {
		json_ki(out, left, waiting);
	} else {
		json_ki(out, "ready", recipient_tally_of(t, RECIPIENT_READY));
		json_ki(out, "deferred",
			recipient_tally_of(t, RECIPIENT_DEFERRED));
	}
	json_ki(out, "suppressed", recipient_tally_of(t, RECIPIENT_SUPPRESSED));
	json_ki(out, "claimed", recipient_tally_of(t, RECIPIENT_CLAIMED));
	json_key(out, "messages");
	json_open(out, '{');
	put_messages(m, out);
	json_close(out, '}');
	json_ki(out, "opted_out", m->life.optouts);
	json_ki(out, "complaints", m->life.complaints);
	json_close(out, '}');
}

static void put_reasons(const struct campaign *m, struct buf *out)
{
	json_key(out, "reasons");
	json_open(out, '[');
	for (unsigned i = 0; i < m->tally.n; i++) {
		const struct recipient_count *c = &m->tally.v[i];

		if (c->n == 0)
			continue;
		json_open(out, '{');
		json_kz(out, "state", recipient_state_name(c->state));
		json_kz(out, "reason", c->reason);
		json_ki(out, "count", c->n);
		json_close(out, '}');
	}
	json_close(out, ']');
}

static void put_pace(const struct campaigns *c, const struct campaign *m,
		     struct buf *out)
{
	int64_t left = recipient_tally_of(&m->tally, RECIPIENT_READY) +
		       recipient_tally_of(&m->tally, RECIPIENT_DEFERRED);

	if (m->state != CAMPAIGN_RUNNING)
		return;
	json_ki(out, "rate_per_minute", (int64_t)(m->rate * 60));
	if (m->rate > 0 && left > 0)
		json_kt(out, "finish",
			campaigns_now(c) +
				(int64_t)((double)left * 1000 / m->rate));
}

/* ---- what it says ---------------------------------------------------------------------- */

/* What the approval is for; of a list its name says all. */
static void put_filter(const struct life *l, struct buf *out)
{
	struct segment *filter = NULL;
	struct err err;

	if (l->filter == NULL ||
	    segment_from_text_json(str_of(l->filter), &filter, &err) != 0)
		return;
	segment_filter_json(out, filter);
	segment_free(&filter);
}

static void put_audience(const struct campaign *m, bool whole, struct buf *out)
{
	const struct spec *s = &m->spec;
	struct str rest = str_of(s->audience_text), one;

	json_key(out, "audience");
	json_open(out, '{');
	json_kz(out, "kind",
		audience_kind_name((enum audience_kind)s->audience));
	if (s->audience == AUDIENCE_SEGMENT)
		json_ks(out, "segment", rest);
	if (s->audience == AUDIENCE_ADDRESSES && whole) {
		int64_t n = 0;

		for (; rest.len > 0; n++)
			rest = str_cut(rest, '\n', &one);
		json_ki(out, "addresses", n);
	}
	json_ki(out, "control", s->control);
	json_ks_opt(out, "exclusive", str_of(s->exclusive));
	if (whole)
		put_filter(&m->life, out);
	json_close(out, '}');
}

static void put_schedule(const struct spec *s, struct buf *out)
{
	char at[24];

	json_key(out, "schedule");
	json_open(out, '{');
	json_kz(out, "kind",
		schedule_kind_name((enum schedule_kind)s->schedule));
	json_kt_opt(out, "start", s->start_ms);
	json_kt_opt(out, "end", s->end_ms);
	if (s->schedule == SCHEDULE_LOCAL) {
		snprintf(at, sizeof(at), "%02d:%02d", (int)s->minute / 60,
			 (int)s->minute % 60);
		json_kz(out, "at", at);
	}
	if (s->schedule == SCHEDULE_RECURRING) {
		json_ki(out, "every_ms", s->every_ms);
		json_ki(out, "window_ms", s->window_ms);
	}
	if (s->schedule == SCHEDULE_EVENT) {
		json_kz(out, "event", s->event);
		json_ki(out, "after_ms", s->after_ms);
	}
	json_close(out, '}');
}

static void put_spec(const struct spec *s, struct buf *out)
{
	json_ks_opt(out, "channel", str_of(s->channel));
	json_ks_opt(out, "from", str_of(s->from));
	json_ks_opt(out, "text", str_of(s->text));
	json_ks_opt(out, "text_b", str_of(s->text_b));
	json_ki(out, "share_b", s->share_b);
	json_ks_opt(out, "template", str_of(s->template_id));
	if (s->template_id != NULL)
		json_ki(out, "template_version", s->template_version);
	json_ks_opt(out, "survey", str_of(s->survey));
	if (s->survey != NULL)
		json_ki(out, "survey_version", s->survey_version);
	json_ks_opt(out, "business_line", str_of(s->business_line));
	put_schedule(s, out);
	json_key(out, "pace");
	json_open(out, '{');
	json_ki(out, "rate", s->rate);
	json_ki(out, "ramp_ms", s->ramp_ms);
	json_kb(out, "spread", s->spread != 0);
	json_close(out, '}');
	json_ks_opt(out, "briefing", str_of(s->briefing));
}

static void put_life(const struct life *l, struct buf *out)
{
	json_ks_opt(out, "first_approver", str_of(l->first_name));
	json_ks_opt(out, "approver", str_of(l->approver));
	json_kt_opt(out, "approved", l->approved_ms);
	json_ks_opt(out, "note", str_of(l->note));
	json_ks_opt(out, "audience_hash", str_of(l->audience_hash));
	json_ks_opt(out, "content_hash", str_of(l->content_hash));
	json_ks_opt(out, "approval", str_of(l->bound));
	json_ks_opt(out, "rules", str_of(l->rules));
	json_ks_opt(out, "briefed_by", str_of(l->briefed_by));
	json_ks_opt(out, "pilot", str_of(l->pilot));
	json_ks_opt(out, "pilot_signed_by", str_of(l->pilot_by));
	json_kt_opt(out, "next", l->next_ms);
	json_kt_opt(out, "ended", l->ended_ms);
	if (l->funnel != NULL) {
		json_key(out, "simulation");
		json_raw(out, str_of(l->funnel));
	}
}

void campaign_json(const struct campaigns *c, const struct campaign *m,
		   bool whole, struct buf *out)
{
	must(c != NULL && m != NULL && out != NULL);
	json_kid(out, "id", m->id);
	json_kz(out, "name", m->spec.name);
	json_kz(out, "state", campaign_state_name(m->state));
	json_ks_opt(out, "reason", str_of(m->reason));
	json_ku(out, "version", m->version);
	json_kz(out, "tenant", m->tenant);
	json_ks_opt(out, "branch", str_of(m->life.branch));
	json_kz(out, "class", m->spec.class_name);
	json_ks_opt(out, "author", str_of(m->life.author));
	json_ki(out, "changes", m->life.changes);
	json_ki(out, "run", m->life.run);
	json_kt(out, "created", m->life.created_ms);
	json_kt(out, "updated", m->updated_ms);
	json_kt_opt(out, "started", m->life.started_ms);
	json_kt_opt(out, "window_end", schedule_end(m));
	put_audience(m, whole, out);
	put_counts(m, out);
	put_pace(c, m, out);
	if (!whole)
		return;
	put_reasons(m, out);
	put_spec(&m->spec, out);
	put_life(&m->life, out);
}
