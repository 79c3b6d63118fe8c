/* Open work about a person. */
#include "console/related.h"

#include <string.h>

#include "campaigns/campaigns.h"
#include "care/callbacks.h"
#include "care/cases.h"
#include "care/unanswered.h"

/* A campaign that wrote to them last, and is not over. */
static bool in_campaign(const struct request *r, struct str tenant,
			struct str address)
{
	struct str label = gateway_last_campaign(r->c->gateway, address);
	const struct campaign *m = NULL;
	uint64_t id;

	if (r->c->campaigns != NULL && id_parse(label, &id) == 0)
		m = campaigns_find(r->c->campaigns, tenant, id);
	return m != NULL && !campaign_state_final(campaign_state(m));
}

const char *related_work(const struct request *r, struct str tenant,
			 struct str address)
{
	must(r != NULL);
	if (r->c->cases != NULL &&
	    cases_open_of(r->c->cases, tenant, address) != NULL)
		return "case";
	if (r->c->callbacks != NULL &&
	    callbacks_open_of(r->c->callbacks, tenant, address) != NULL)
		return "callback";
	if (r->c->unanswered != NULL &&
	    unanswered_of(r->c->unanswered, tenant, address))
		return "inbox";
	return in_campaign(r, tenant, address) ? "campaign" : RELATED_NONE;
}

void related_audit(struct request *r, struct str tenant, const char *action,
		   struct str object, const char *work)
{
	AUTO(buf_done) struct buf detail = { 0 };

	must(work != NULL);
	buf_init(&detail, 128);
	json_open(&detail, '{');
	json_kz(&detail, "context", work);
	json_close(&detail, '}');
	request_audit(r, tenant, action, object, buf_str(&detail));
}

static void on_noted(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void related_answer(struct request *r)
{
	must(r != NULL);
	request_then(r, on_noted);
}
