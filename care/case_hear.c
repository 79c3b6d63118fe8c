/* What customers say becomes cases; what harms, comes home to its campaign. */
#include "base/log.h"
#include "base/mem.h"
#include "campaigns/survey_results.h"
#include "care/cases_impl.h"
#include "care/heard.h"

static const struct case_by customer = { .name = { "customer", 8 } };

/* ---- replies ---------------------------------------------------------------------- */

/* What came by any channel is one and the same. */
static const char *hear(struct cases *c, const struct inbound *in,
			const struct complaint *found)
{
	struct str tenant = heard_tenant(c->gateway, in);
	char ref[ID_TEXT];
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	id_text(in->id, ref);
	const struct case_ask ask = {
		.tenant = tenant,
		.kind = found->kind,
		.to = in->from,
		.channel = in->channel,
		.topic = str_of(found->topic),
		.source = STR("inbound"),
		.ref = str_of(ref),
		.campaign = gateway_last_campaign(c->gateway, in->from),
		.receipt = true,
		.zh = heard_chinese(c->gateway, tenant, in),
	};

	if (cases_add(c, &ask, &customer, &x, &joined, &no) != 0) {
		log_warn("case.refused", KV_ADDR("from", in->from),
			 KV_S("why", no.err.text));
		return NULL; /* stays in the inbox, for a person */
	}
	return case_kinds[found->kind].name;
}

static const char *claim(void *owner, const struct inbound *in)
{
	struct cases *c = owner;
	struct complaint found;

	if (c->stopped || !complaint_find(c->words, in->text, &found))
		return NULL;
	return hear(c, in, &found);
}

/* What a survey, a refusal or a campaign has taken may complain, too; a
 * suggestion in an answer is an answer. */
void cases_inbound(struct cases *c, const struct inbound *in)
{
	struct complaint found;

	must(c != NULL && in != NULL);
	if (c->stopped || str_eqz(in->claim, "inbox") ||
	    !complaint_find(c->words, in->text, &found) ||
	    str_eqz(in->claim, case_kinds[found.kind].name) ||
	    found.kind == CASE_SUGGESTION)
		return;
	IGNORE(hear(c, in, &found) == NULL);
}

const struct claimant_ops cases_claimant = { claim, NULL, NULL, NULL };

/* ---- low scores ---------------------------------------------------------------------- */

/* After one that was closed it is another, whose ref names it. */
static void anew(const struct cases *c, struct case_ask *ask, struct buf *ref)
{
	const struct str session = ask->ref;
	const struct care_case *was;
	char id[ID_TEXT];

	buf_init(ref, 64);
	while ((was = case_seen(c, ask)) != NULL &&
	       was->now.state == CASE_CLOSED) {
		id_text(was->id, id);
		buf_reset(ref);
		buf_f(ref, "%.*s/%s", STR_ARGS(session), id);
		ask->ref = buf_str(ref);
	}
}

/* Of one survey it is one case: what is answered besides, or anew, is told in
 * it as long as it is open. */
void cases_low(struct cases *c, const struct survey_low *low)
{
	must(c != NULL && low != NULL);
	const struct session *s = low->session;
	AUTO(buf_done) struct buf text = { 0 }, longer = { 0 };
	char ref[ID_TEXT];
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	if (c->stopped)
		return;
	id_text(s->id, ref);
	buf_init(&text, 256);
	buf_f(&text, "%s %s: %lld", s->survey->id, low->question->id,
	      (long long)low->score);
	struct case_ask ask = {
		.tenant = str_of(s->survey->tenant),
		.kind = CASE_COMPLAINT,
		.to = str_of(s->address),
		.topic = low->question->kind == ANSWER_NPS ? STR("detractor")
							   : STR("low_score"),
		.source = STR(CASE_SOURCE_SURVEY),
		.ref = str_of(ref),
		.text = buf_str(&text),
		.rated = low->question->kind == ANSWER_CSAT,
		.satisfied = low->question->kind == ANSWER_CSAT &&
			     low->score >= survey_second(low->question),
		.zh = s->zh,
	};

	anew(c, &ask, &longer);
	if (case_again(c, &ask, &customer) || low->better)
		return;
	if (cases_add(c, &ask, &customer, &x, &joined, &no) != 0)
		log_warn("case.refused", KV_ID("session", s->id),
			 KV_S("why", no.err.text));
}
