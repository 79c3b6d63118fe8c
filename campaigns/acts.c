/* Written, edited, submitted, approved, started: the acts of people. */
#include "campaigns/acts.h"

#include <errno.h>
#include <stdarg.h>

#include "base/mem.h"
#include "campaigns/approval.h"
#include "campaigns/census.h"
#include "campaigns/invite.h"
#include "campaigns/library.h"
#include "campaigns/reach.h"
#include "campaigns/schedule.h"

int act_no(struct campaign_no *no, int rc, const char *code, const char *field,
	   const char *fmt, ...)
{
	va_list ap;

	must(no != NULL);
	no->code = code;
	no->field = field;
	va_start(ap, fmt);
	vsnprintf(no->err.text, sizeof(no->err.text), fmt, ap);
	va_end(ap);
	return rc;
}

int act_may(const struct campaign *m, const struct campaign_by *by,
	    struct campaign_no *no)
{
	must(m != NULL && by != NULL);
	if (by->version != 0 && by->version != m->version)
		return act_no(no, -ESTALE, "stale", NULL,
			      "version %llu was seen, it is at %llu",
			      (unsigned long long)by->version,
			      (unsigned long long)m->version);
	if (m->walk != NULL && m->state != CAMPAIGN_MATERIALISING)
		return act_no(no, -EAGAIN, "busy", NULL,
			      "its audience is being counted; a moment");
	return 0;
}

int act_step_may(const struct campaign *m, enum campaign_step step,
		 const struct campaign_by *by, struct campaign_no *no)
{
	enum campaign_state to;
	int rc = act_may(m, by, no);

	if (rc != 0)
		return rc;
	if (campaign_step_to(m->state, step, &to) != 0)
		return act_no(no, -EPROTO, "wrong_state", NULL,
			      "a campaign that is %s cannot %s",
			      campaign_state_name(m->state),
			      campaign_step_name(step));
	return 0;
}

#define YEAR_MS ((int64_t)365 * 86400000)

/* ---- written and edited ------------------------------------------------------- */

/* Is there such a template, for this class, and may a campaign use it? Where
 * no version is named it is the one in use now. */
static int check_template(const struct campaigns *c, struct str tenant,
			  struct str branch, struct spec *spec,
			  struct campaign_no *no)
{
	const struct library_ask ask = {
		.tenant = tenant,
		.id = str_of(spec->template_id),
		.number = (unsigned)spec->template_version,
		.branch = branch,
	};
	struct library_pick pick;

	if (spec->template_id == NULL)
		return 0;
	no->code = "template";
	no->field = "template";
	if (c->library == NULL ||
	    library_find(c->library, &ask, &pick, &no->err) != 0)
		return -EPROTO;
	spec->template_version = pick.version->number;
	if (str_eqz(str_of(spec->class_name), pick.version->class_name))
		return 0;
	return act_no(no, -EINVAL, "template", "class",
		      "the template is for class \"%s\"",
		      pick.version->class_name);
}

static int check_group(const struct campaigns *c, const struct spec *spec,
		       struct campaign_no *no)
{
	if (spec->exclusive == NULL ||
	    gateway_exclusion(c->gateway, str_of(spec->exclusive)))
		return 0;
	return act_no(
		no, -EINVAL, "unknown_group", "exclusive",
		"there is no exclusion group \"%.64s\": the configuration "
		"names them",
		spec->exclusive);
}

static int check(const struct campaigns *c, struct str tenant,
		 struct str branch, struct spec *spec, struct campaign_no *no)
{
	const struct spec_limits limits = { c->cfg->addresses };

	no->code = "invalid";
	no->err.text[0] = '\0';
	if (spec_check(spec, &limits, &no->field, &no->err) != 0)
		return -EINVAL;
	if (invite_check(c, tenant, spec, no) != 0)
		return -EINVAL;
	if (classes_find(gateway_classes(c->gateway),
			 str_of(spec->class_name)) == NULL)
		return act_no(no, -EINVAL, "unknown_class", "class",
			      "there is no class \"%s\"",
			      spec->class_name == NULL ? "" : spec->class_name);
	if (spec->start_ms - campaigns_now(c) > YEAR_MS)
		return act_no(no, -EINVAL, "invalid", "start",
			      "the start is more than a year ahead");
	if (check_group(c, spec, no) != 0)
		return -EINVAL;
	return check_template(c, tenant, branch, spec, no);
}

/* Whoever has written it cannot approve it. */
bool campaign_written_by(const struct campaign *m, struct str actor)
{
	must(m != NULL);
	struct str rest = str_of(m->life.editors), one;

	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &one);
		if (str_eq(one, actor))
			return true;
	}
	return false;
}

static void add_editor(struct campaign *m, struct str actor)
{
	struct buf b = { 0 };

	if (actor.len == 0 || campaign_written_by(m, actor))
		return;
	buf_init(&b, BUF_NO_LIMIT);
	buf_str_put(&b, str_of(m->life.editors));
	if (b.len > 0)
		buf_c(&b, '\n');
	buf_str_put(&b, actor);
	form_set(&m->life.editors, buf_str(&b));
	buf_done(&b);
}

int campaign_create(struct campaigns *c, struct str tenant, struct spec *spec,
		    const struct campaign_by *by, struct campaign **out,
		    struct campaign_no *no)
{
	int rc;

	must(c != NULL && spec != NULL && out != NULL && no != NULL);
	rc = check(c, tenant, by->branch, spec, no);
	if (rc != 0)
		return rc;
	if ((int64_t)c->n >= c->cfg->max)
		return act_no(no, -ENOSPC, "campaigns_max", NULL,
			      "there are %lld campaigns already",
			      (long long)c->cfg->max);

	struct campaign *m = campaigns_new(c, gateway_id(c->gateway));
	must(str_copy(m->tenant, sizeof(m->tenant), tenant) == 0);
	form_copy(&spec_form, &m->spec, spec);
	form_set(&m->life.author, by->name);
	form_set(&m->life.branch, by->branch);
	add_editor(m, by->actor);
	m->life.created_ms = campaigns_now(c);
	campaign_note(c, m, "create", by->name, STR_NONE);
	*out = m;
	return 0;
}

/* Nothing of a former review holds any more. */
static void forget_review(struct campaign *m)
{
	char **const texts[] = { &m->life.approver,     &m->life.bound,
				 &m->life.rules,        &m->life.audience_hash,
				 &m->life.content_hash, &m->life.funnel,
				 &m->life.pilot,        &m->life.pilot_by,
				 &m->life.briefed_by,   &m->life.filter,
				 &m->life.first,        &m->life.first_name };

	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		form_set(texts[i], STR_NONE);
	m->life.approved_ms = 0;
}

int campaign_edit(struct campaigns *c, struct campaign *m, struct spec *spec,
		  const struct campaign_by *by, struct campaign_no *no)
{
	struct buf what = { 0 };
	bool approved;
	int rc;

	must(c != NULL && m != NULL && spec != NULL && no != NULL);
	rc = act_step_may(m, STEP_EDIT, by, no);
	if (rc == 0)
		rc = check(c, str_of(m->tenant), campaign_branch(m), spec, no);
	if (rc != 0)
		return rc;
	buf_init(&what, 256);
	if (form_diff(&spec_form, &m->spec, spec, &what)) {
		approved = m->state == CAMPAIGN_APPROVED ||
			   m->state == CAMPAIGN_SCHEDULED;
		m->life.changes += approved;
		if (approved)
			campaign_count(c, m, "campaign.edited");
		form_copy(&spec_form, &m->spec, spec);
		forget_review(m);
		add_editor(m, by->actor);
		campaign_step(c, m, STEP_EDIT, by->name, "", buf_str(&what));
	}
	buf_done(&what);
	return 0;
}

/* ---- simulated and submitted -------------------------------------------------- */

struct asked {
	struct campaigns *c;
	bool submit;
	char *actor;
	campaign_walked *done;
	void *owner;
};

static void submitted(struct campaigns *c, struct campaign *m,
		      const struct census_found *found, struct str actor,
		      struct str funnel)
{
	char hash[65];

	IGNORE(approval_same_audience(m, found->hash, hash));
	form_set(&m->life.audience_hash, str_of(hash));
	approval_content(&m->spec, hash);
	form_set(&m->life.content_hash, str_of(hash));
	form_set(&m->life.funnel, funnel);
	form_set(&m->life.filter, found->filter);
	form_set(&m->life.first, STR_NONE);
	form_set(&m->life.first_name, STR_NONE);
	m->life.people = found->funnel->people;
	m->life.sendable = found->funnel->sendable;
	m->life.parts = found->funnel->parts;
	campaign_step(c, m, STEP_SUBMIT, actor, "", STR_NONE);
}

static int found_fits(const struct census_found *f, struct campaign_no *no)
{
	if (f->funnel->sendable == 0) {
		return act_no(no, -EPROTO, "nobody", "audience",
			      "of %lld people nobody would get it",
			      (long long)f->funnel->people);
	}
	if (f->time.fits)
		return 0;
	no->code = "cannot_finish";
	no->field = "schedule";
	funnel_sentence(f->funnel, &f->time, &no->err);
	return -EPROTO;
}

static void on_walked(void *owner, struct campaign *m, int rc,
		      const struct err *why, const struct census_found *found)
{
	struct asked *a = owner;
	struct campaign_no no = { .code = "audience", .field = "audience" };
	struct buf json = { 0 };

	buf_init(&json, BUF_NO_LIMIT);
	if (found != NULL)
		funnel_json(found->funnel, &found->time, a->c, &json);
	else
		no.err = *why;
	if (found != NULL && a->submit) {
		rc = found_fits(found, &no);
		if (rc == 0)
			submitted(a->c, m, found, str_of(a->actor),
				  buf_str(&json));
	}
	a->done(a->owner, rc, buf_str(&json), &no);
	buf_done(&json);
	mem_free(a->actor);
	mem_free(a);
}

int campaign_simulate(struct campaigns *c, struct campaign *m, bool submit,
		      const struct campaign_by *by, campaign_walked *done,
		      void *owner, struct campaign_no *no)
{
	int rc;

	must(c != NULL && m != NULL && done != NULL && no != NULL);
	rc = submit ? act_step_may(m, STEP_SUBMIT, by, no) : act_may(m, by, no);
	if (rc != 0)
		return rc;
	if (m->walk != NULL)
		return act_no(no, -EAGAIN, "busy", NULL,
			      "its recipients are being written down");

	struct asked *a = mem_new(struct asked);
	*a = (struct asked){ c, submit, str_z(by->name), done, owner };
	rc = census_begin(c, m, submit, on_walked, a, &no->err);
	if (rc == 0)
		return 0;
	mem_free(a->actor);
	mem_free(a);
	no->code = "text";
	no->field = "text";
	return rc;
}

/* ---- reviewed and started ------------------------------------------------------- */

/* whoever answers such a sender pays. */
static bool is_charged(const struct campaigns *c, const struct campaign *m)
{
	return gateway_charged(c->gateway, str_of(m->spec.from));
}

/* The first of two has approved; that is all. */
static bool approved_first(struct campaigns *c, struct campaign *m,
			   const struct campaign_by *by)
{
	if (!is_charged(c, m) || m->life.first != NULL)
		return false;
	form_set(&m->life.first, by->actor);
	form_set(&m->life.first_name, by->name);
	campaign_note(c, m, "approve_first", by->name, STR_NONE);
	return true;
}

static int may_approve(const struct campaigns *c, struct campaign *m,
		       const struct campaign_by *by, struct campaign_no *no)
{
	if (campaign_written_by(m, by->actor))
		return act_no(no, -EPERM, "own_work", NULL,
			      "who has written a campaign cannot approve it");
	if (is_charged(c, m) && m->life.first == NULL)
		return 0; /* approved_first */
	if (is_charged(c, m) && str_eq(by->actor, str_of(m->life.first)))
		return act_no(no, -EPERM, "second_approver", "from",
			      "its sender is charged: another person approves "
			      "it, too");
	form_set(&m->life.approver, by->name);
	m->life.approved_ms = campaigns_now(c);
	approval_bind(c, m);
	return 0;
}

/* Everything that must be there before the first person gets it. */
static int may_go(const struct campaigns *c, struct campaign *m,
		  struct campaign_no *no)
{
	const char *broken = approval_broken(c, m);

	if (broken != NULL)
		return act_no(no, -EPROTO, "approval_stale", NULL,
			      "the approval does not hold any more (%s); edit "
			      "and submit it again",
			      broken);
	if (m->spec.briefing != NULL && m->life.briefed_by == NULL)
		return act_no(no, -EPROTO, "not_briefed", "briefing",
			      "the queues have not been told yet");
	if (m->life.people > c->cfg->pilot_above && m->life.pilot_by == NULL)
		return act_no(no, -EPROTO, "pilot_needed", NULL,
			      "for more than %lld people a pilot comes first: "
			      "it has arrived and is signed off",
			      (long long)c->cfg->pilot_above);
	if (!reach_exists(c, m))
		return act_no(no, -EPROTO, "no_route", NULL,
			      "no link carries this channel");
	if (m->spec.end_ms != 0 && campaigns_now(c) >= m->spec.end_ms)
		return act_no(no, -EPROTO, "window_over", "end",
			      "its window is over");
	/* Under review since the approval: no new campaign with it. */
	return check_template(c, str_of(m->tenant), campaign_branch(m),
			      &m->spec, no);
}

static int may_schedule(const struct campaigns *c, struct campaign *m,
			struct campaign_no *no)
{
	if (schedule_next(&m->spec, campaigns_now(c)) == 0)
		return act_no(no, -EPROTO, "no_start", "start",
			      "its schedule has no start; start it by hand");
	return may_go(c, m, no);
}

static int may(const struct campaigns *c, struct campaign *m,
	       enum campaign_step step, const struct campaign_by *by,
	       struct str note, struct campaign_no *no)
{
	if (step == STEP_RETURN && note.len == 0)
		return act_no(no, -EINVAL, "missing", "note",
			      "say why it is returned");
	if (step == STEP_APPROVE)
		return may_approve(c, m, by, no);
	if (step == STEP_SCHEDULE)
		return may_schedule(c, m, no);
	if (step == STEP_START)
		return may_go(c, m, no);
	return 0;
}

/* It goes on counting there when it is edited and approved again. */
static void count_approved(struct campaigns *c, struct campaign *m)
{
	if (m->life.first_approved_ms != 0)
		return;
	m->life.first_approved_ms = m->life.approved_ms;
	campaign_count(c, m, "campaign.approved");
}

int campaign_do(struct campaigns *c, struct campaign *m,
		enum campaign_step step, const struct campaign_by *by,
		struct str note, struct campaign_no *no)
{
	int rc;

	must(c != NULL && m != NULL && no != NULL);
	must(step >= STEP_RETURN && step <= STEP_CANCEL);
	rc = act_step_may(m, step, by, no);
	if (rc == 0)
		rc = may(c, m, step, by, note, no);
	if (rc != 0)
		return rc;
	if (step == STEP_APPROVE && approved_first(c, m, by))
		return 0;
	if (step == STEP_APPROVE)
		count_approved(c, m);
	/* Who resumes has seen that the rules are others now. */
	if (step == STEP_RESUME)
		approval_bind(c, m);
	form_set(&m->life.note, note);
	campaign_step(c, m, step, by->name, step == STEP_PAUSE ? "manual" : "",
		      note);
	return 0;
}

int campaign_briefed(struct campaigns *c, struct campaign *m,
		     const struct campaign_by *by, struct campaign_no *no)
{
	int rc;

	must(c != NULL && m != NULL && no != NULL);
	rc = act_may(m, by, no);
	if (rc != 0)
		return rc;
	if (m->spec.briefing == NULL || campaign_state_final(m->state))
		return act_no(no, -EPROTO, "no_briefing", "briefing",
			      "it has no briefing to send");
	form_set(&m->life.briefed_by, by->name);
	m->life.briefed_ms = campaigns_now(c);
	campaign_note(c, m, "briefed", by->name, STR_NONE);
	return 0;
}
