/* What harms comes home to its campaign: it is counted there, and too much at
 * once pauses all that say the same. */
#include "base/log.h"
#include "base/mem.h"
#include "care/cases_impl.h"
#include "proto/json.h"

static void surge(struct cases *c, struct campaign *m, enum burst_alarm alarm)
{
	const char *why =
		alarm == BURST_BATCH ? "complaint_burst" : "complaint_surge";
	unsigned paused = campaigns_pause_like(c->campaigns, m, why);
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, 512);
	json_open(&b, '{');
	json_kz(&b, "reason", why);
	json_kid(&b, "campaign", campaign_id(m));
	json_ks_opt(&b, "template", str_of(campaign_spec(m)->template_id));
	json_ku(&b, "paused", paused);
	json_close(&b, '}');
	gateway_publish(c->gateway, campaign_tenant(m), "case.surge",
			buf_str(&b));
	log_warn("case.surge", KV_ID("campaign", campaign_id(m)),
		 KV_S("why", why), KV_U("paused", paused));
}

/* By template where there is one, so that two campaigns with the same words
 * are one cause. */
static uint64_t cause_key(const struct campaign *m)
{
	struct str template = str_of(campaign_spec(m)->template_id);

	return template.len > 0 ? address_key(campaign_tenant(m), template)
				: campaign_id(m);
}

void case_harm(struct cases *c, const struct care_case *x)
{
	struct campaign *m = NULL;
	uint64_t id;

	must(c != NULL && x != NULL);
	if (!case_kinds[x->kind].harm)
		return;
	if (c->campaigns != NULL && id_parse(str_of(x->campaign), &id) == 0)
		m = campaigns_find(c->campaigns, str_of(x->tenant), id);
	enum burst_alarm alarm =
		burst_note(c->burst, m == NULL ? 0 : cause_key(m),
			   cases_now(c));

	if (m == NULL)
		return;
	campaign_complaint(c->campaigns, m);
	if (alarm != BURST_NONE)
		surge(c, m, alarm);
}
