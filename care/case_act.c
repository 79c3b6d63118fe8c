/* What people do to a case: one function an act, all behind one door. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "care/cases_impl.h"
#include "proto/json.h"

#define TEXT_MAX 4000

/* An act on its way: `what` gets members of its row of history. */
struct doing {
	struct cases *c;
	struct care_case *x;
	const struct case_deed *deed;
	const struct case_by *by;
	struct case_no *no;
	struct buf what;
};

static int need_text(struct doing *d, const char *field)
{
	if (str_trim(d->deed->text).len == 0)
		return case_no(d->no, -EINVAL, "missing", field, "%s is empty",
			       field);
	if (d->deed->text.len > TEXT_MAX)
		return case_no(d->no, -EINVAL, "too_long", field,
			       "%s has more than %d bytes", field, TEXT_MAX);
	return 0;
}

static int say(struct doing *d, const char *field)
{
	uint64_t message = 0;
	int rc = need_text(d, field);

	if (rc == 0)
		rc = case_say(d->c, d->x, d->deed->text, &message, d->no);
	if (rc != 0)
		return rc;
	json_kid(&d->what, "message", message);
	d->x->now.visible_ms = cases_now(d->c);
	return 0;
}

static int do_assign(struct doing *d)
{
	struct str owner = str_trim(d->deed->owner);

	if (owner.len == 0 || owner.len > CASE_NAME_MAX)
		return case_no(d->no, -EINVAL, "bad_owner", "owner",
			       "a case has an owner: 1 to %d bytes (R-35)",
			       CASE_NAME_MAX);
	json_kz(&d->what, "from", d->x->now.owner);
	json_ks(&d->what, "to", owner);
	return str_copy(d->x->now.owner, sizeof(d->x->now.owner), owner);
}

/* Only what a person says stops the clock of the first reply. */
static int do_reply(struct doing *d)
{
	int rc = say(d, "text");

	if (rc == 0 && d->x->now.replied_ms == 0)
		d->x->now.replied_ms = cases_now(d->c);
	return rc;
}

static int do_note(struct doing *d)
{
	int rc = need_text(d, "text");

	if (rc == 0)
		json_ks(&d->what, "text", d->deed->text);
	return rc;
}

static int do_escalate(struct doing *d)
{
	int rc = do_note(d);

	if (rc == 0)
		d->x->now.escalated = true;
	return rc;
}

static bool is_vas(const struct care_case *x)
{
	return x->kind == CASE_DISPUTE && strcmp(x->topic, CASE_TOPIC_VAS) == 0;
}

/* To the billing system, which pays: how much, and why. */
static void order_refund(struct doing *d, int64_t fen, const char *rule)
{
	AUTO(buf_done) struct buf b = { 0 };
	struct care_case *x = d->x;

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "case", x->id);
	json_ks_opt(&b, "account", str_of(x->account));
	json_ki(&b, "amount_fen", fen);
	/* what was ordered for this case before, and is part of it or not:
	 * the billing system decides */
	json_ki(&b, "ordered_before_fen", x->now.refund_fen);
	json_kz(&b, "rule", rule);
	json_ks_opt(&b, "topic", str_of(x->topic));
	json_close(&b, '}');
	gateway_publish(d->c->gateway, str_of(x->tenant),
			"billing.refund-request", buf_str(&b));
	json_ki(&d->what, "refund_fen", fen);
	json_kz(&d->what, "rule", rule);
	x->now.refund_fen += fen;
}

static int need_amount(struct doing *d)
{
	if (d->deed->amount_fen <= 0 || d->deed->amount_fen > CASE_FEN_MAX)
		return case_no(d->no, -EINVAL, "bad_amount", "amount_fen",
			       "an amount is 1 to %lld fen",
			       (long long)CASE_FEN_MAX);
	return 0;
}

static int do_refund(struct doing *d)
{
	int rc = need_amount(d);

	if (rc == 0 &&
	    d->x->now.refund_fen > CASE_FEN_MAX - d->deed->amount_fen)
		return case_no(d->no, -EINVAL, "bad_amount", "amount_fen",
			       "that is more than one case may pay back");
	if (rc == 0)
		order_refund(d, d->deed->amount_fen,
			     is_vas(d->x) ? "REFUND_FIRST" : "REFUND");
	return rc;
}

static int need_refund(struct doing *d)
{
	if (is_vas(d->x) && d->x->now.refund_fen == 0)
		return case_no(d->no, -EPROTO, "REFUND_FIRST", NULL,
			       "a disputed charge is paid back before it is "
			       "looked into: refund it first (R-16)");
	return 0;
}

/* Nobody judges what they have sent. */
static bool wrote_it(struct doing *d)
{
	uint64_t id;
	struct campaign *m = NULL;

	if (d->c->campaigns != NULL &&
	    id_parse(str_of(d->x->campaign), &id) == 0)
		m = campaigns_find(d->c->campaigns, str_of(d->x->tenant), id);
	return m != NULL && campaign_written_by(m, d->by->actor);
}

static int do_verdict(struct doing *d)
{
	if (d->deed->verdict == CASE_NO_VERDICT)
		return case_no(d->no, -EINVAL, "VERDICT_MISSING", "verdict",
			       "proven, not_proven or not_verifiable");
	if (wrote_it(d))
		return case_no(d->no, -EPERM, "same_person", "verdict",
			       "who has sent a message does not judge it");
	d->x->now.verdict = d->deed->verdict;
	json_kz(&d->what, "verdict", case_verdict_name(d->deed->verdict));
	return 0;
}

/* ---- the end ------------------------------------------------------------------- */

static bool is_cause(const struct cases *c, struct str cause)
{
	const struct setting_list *l = &c->cfg->causes;

	for (size_t i = 0; i < l->len; i++) {
		if (str_eqz(cause, l->v[i]))
			return true;
	}
	return false;
}

static int need_cause(struct doing *d)
{
	struct str cause = d->deed->cause;

	if (cause.len == 0)
		return case_no(d->no, -EINVAL, "cause_missing", "cause",
			       "a case closes with its root cause");
	if (!is_cause(d->c, cause) || cause.len > CASE_WORD_MAX)
		return case_no(d->no, -EINVAL, "bad_cause", "cause",
			       "it is not one of the causes in the settings");
	if (str_eqz(cause, CASE_CAUSE_CHARGE))
		return need_amount(d);
	return 0;
}

static int need_verdict(struct doing *d)
{
	if (d->deed->verdict != CASE_NO_VERDICT)
		return do_verdict(d);
	if (case_kinds[d->x->kind].verdict &&
	    d->x->now.verdict == CASE_NO_VERDICT)
		return do_verdict(d); /* says what is missing */
	return 0;
}

/* The outcome to the customer, or why there is none. */
static int tell_outcome(struct doing *d)
{
	struct str silent = str_trim(d->deed->silent);
	int rc;

	if (d->deed->text.len > 0) {
		rc = say(d, "outcome");
		/* the outcome is an answer, too */
		if (rc == 0 && d->x->now.replied_ms == 0)
			d->x->now.replied_ms = cases_now(d->c);
		return rc;
	}
	if (silent.len == 0 || silent.len > TEXT_MAX)
		return case_no(d->no, -EINVAL, "no_outcome", "outcome",
			       "the customer hears the outcome, or it is "
			       "written down why not (R-33)");
	json_ks(&d->what, "no_outcome", silent);
	return 0;
}

static int do_close(struct doing *d)
{
	struct case_now *n = &d->x->now;
	int rc = need_refund(d);

	if (rc == 0)
		rc = need_cause(d);
	if (rc == 0)
		rc = need_verdict(d);
	if (rc == 0)
		rc = tell_outcome(d);
	if (rc != 0)
		return rc;
	IGNORE(str_copy(n->cause, sizeof(n->cause), d->deed->cause));
	json_kz(&d->what, "cause", n->cause);
	json_kb(&d->what, "solved", d->deed->solved);
	if (str_eqz(d->deed->cause, CASE_CAUSE_CHARGE))
		order_refund(d, 2 * d->deed->amount_fen, "DOUBLE_REFUND");
	n->solved = d->deed->solved;
	n->closed_ms = cases_now(d->c);
	case_resurvey(d->c, d->x);
	if (n->resurvey != 0)
		json_kid(&d->what, "resurvey", n->resurvey);
	return 0;
}

/* All clocks begin anew. */
static int do_reopen(struct doing *d)
{
	struct case_now *n = &d->x->now;
	int rc = do_note(d);

	if (rc != 0)
		return rc;
	n->visible_ms = cases_now(d->c);
	n->due_ms = sla_due_ms(d->c->slas, d->x, n->visible_ms);
	n->replied_ms = n->closed_ms = 0;
	n->alarms = 0;
	n->solved = false;
	n->verdict = CASE_NO_VERDICT;
	n->cause[0] = '\0';
	n->resurvey = 0;
	return 0;
}

/* ---- the door ------------------------------------------------------------------- */

static const struct {
	int (*fn)(struct doing *d);
	const char *notice; /* NULL: nobody outside is told */
} deeds[CASE_ACTS] = {
	[CASE_ASSIGN] = { do_assign, "case.assigned" },
	[CASE_REPLY] = { do_reply, "case.replied" },
	[CASE_NOTE] = { do_note, NULL },
	[CASE_ESCALATE] = { do_escalate, "case.escalated" },
	[CASE_REFUND] = { do_refund, "case.refund" },
	[CASE_INVESTIGATE] = { need_refund, "case.investigating" },
	[CASE_VERDICT] = { do_verdict, "case.verdict" },
	[CASE_CLOSE] = { do_close, "case.closed" },
	[CASE_REOPEN] = { do_reopen, "case.opened" },
};

/* The first open one of that person from there on. */
static struct care_case *open_after(struct care_case *x, struct str tenant,
				    struct str to)
{
	while (x != NULL &&
	       (x->now.state == CASE_CLOSED || !str_eqz(to, x->address) ||
		!str_eqz(tenant, x->tenant)))
		x = x->older;
	return x;
}

static struct care_case *open_of(const struct cases *c, struct str tenant,
				 struct str to)
{
	return open_after(case_newest(c, tenant, to), tenant, to);
}

const struct care_case *cases_open_of(const struct cases *c, struct str tenant,
				      struct str to)
{
	must(c != NULL);
	return open_of(c, tenant, to);
}

void cases_handed_over(struct cases *c, struct str tenant, struct str to,
		       uint64_t callback, const struct case_by *by)
{
	must(c != NULL && by != NULL);
	AUTO(buf_done) struct buf what = { 0 };
	struct care_case *x = open_of(c, tenant, to);

	if (x == NULL)
		return;
	const struct case_now before = x->now;

	buf_init(&what, 64);
	json_open(&what, '{');
	json_kid(&what, "callback", callback);
	json_close(&what, '}');
	case_step(c, x, "hand_over", "case.handed_over", by, buf_str(&what),
		  &before);
}

/* Is the call-back about that case, or about what the case came from? */
static bool is_about(const struct care_case *x, struct str refs)
{
	struct str ref;
	uint64_t id;

	while (refs.len > 0) {
		refs = str_cut(refs, ' ', &ref);
		if (ref.len > 0 && (str_eqz(ref, x->ref) ||
				    (id_parse(ref, &id) == 0 && id == x->id)))
			return true;
	}
	return false;
}

void cases_called(struct cases *c, const struct case_call *call,
		  const struct case_by *by)
{
	must(c != NULL && call != NULL && by != NULL);
	AUTO(buf_done) struct buf what = { 0 };
	struct care_case *newest = open_of(c, call->tenant, call->to);
	struct care_case *x = newest;

	while (x != NULL && !is_about(x, call->refs))
		x = open_after(x->older, call->tenant, call->to);
	x = x == NULL ? newest : x;
	if (x == NULL)
		return;
	const struct case_now before = x->now;

	if (call->reached) {
		x->now.visible_ms = cases_now(c);
		if (x->now.replied_ms == 0)
			x->now.replied_ms = x->now.visible_ms;
	}
	buf_init(&what, 64);
	json_open(&what, '{');
	json_kid(&what, "callback", call->callback);
	json_ks(&what, "result", call->result);
	json_close(&what, '}');
	case_step(c, x, call->reached ? "called" : "not_reached",
		  call->reached ? "case.called" : "case.not_reached", by,
		  buf_str(&what), &before);
}

const struct care_case *cases_replied(struct cases *c, struct str tenant,
				      struct str to, uint64_t message,
				      const struct case_by *by)
{
	must(c != NULL && by != NULL);
	AUTO(buf_done) struct buf what = { 0 };
	struct care_case *x = open_of(c, tenant, to);

	if (x == NULL)
		return NULL;
	const struct case_now before = x->now;

	x->now.visible_ms = cases_now(c);
	if (x->now.replied_ms == 0)
		x->now.replied_ms = x->now.visible_ms;
	buf_init(&what, 64);
	json_open(&what, '{');
	json_kid(&what, "message", message);
	json_close(&what, '}');
	case_step(c, x, case_act_name(CASE_REPLY), deeds[CASE_REPLY].notice, by,
		  buf_str(&what), &before);
	return x;
}

const char *cases_class(const struct cases *c)
{
	must(c != NULL);
	return c->cfg->class_name;
}

int cases_do(struct cases *c, struct care_case *x, const struct case_deed *deed,
	     const struct case_by *by, struct case_no *no)
{
	must(c != NULL && x != NULL && deed != NULL && by != NULL);
	must((unsigned)deed->act < CASE_ACTS);
	const struct case_now before = x->now;
	struct doing d = { c, x, deed, by, no, { 0 } };

	if (by->version != 0 && by->version != x->now.version)
		return case_no(no, -ESTALE, "changed", NULL,
			       "somebody has changed it: version %llu",
			       (unsigned long long)x->now.version);
	if (!case_may(x->now.state, deed->act))
		return case_no(no, -EPROTO, "not_now", NULL,
			       "it is %s: that cannot be done",
			       case_state_name(x->now.state));
	buf_init(&d.what, BUF_NO_LIMIT);
	json_open(&d.what, '{');
	int rc = deeds[deed->act].fn(&d);

	json_close(&d.what, '}');
	if (rc != 0) {
		x->now = before;
	} else {
		case_move(x, deed->act);
		case_step(c, x, case_act_name(deed->act),
			  deeds[deed->act].notice, by, buf_str(&d.what),
			  &before);
	}
	buf_done(&d.what);
	return rc;
}
