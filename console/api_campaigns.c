/* /v1/campaigns: written, listed, read, and what was done to them. */
#include "console/api.h"

#include <errno.h>

#include "base/mem.h"
#include "campaigns/campaigns.h"
#include "console/branch.h"
#include "console/campaign_ask.h"
#include "console/campaign_body.h"

#define PAGE_DEFAULT 50
#define PAGE_MAX 200
#define EVENTS_MAX 500

void api_campaigns_list(struct request *r)
{
	struct str tenant, wanted = request_query(r, "state");
	enum campaign_state state = CAMPAIGN_STATES;
	uint64_t before = 0, limit = PAGE_DEFAULT, n = 0, last = 0;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !query_id(r, "cursor", &before) ||
	    !query_u64(r, "limit", PAGE_MAX, &limit))
		return;
	if (wanted.len > 0 && campaign_state_parse(wanted, &state) != 0) {
		reply_error(r, 400, "bad_state", "state",
			    "there is no such state of a campaign");
		return;
	}
	branch_kept(r);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "campaigns");
	json_open(b, '[');
	for (struct campaign *m; n < limit; before = campaign_id(m)) {
		m = campaigns_older(r->c->campaigns, tenant, before);
		if (m == NULL)
			break;
		if (!branch_sees(r, campaign_branch(m)) ||
		    (wanted.len > 0 && campaign_state(m) != state))
			continue;
		json_open(b, '{');
		campaign_json(r->c->campaigns, m, false, b);
		json_close(b, '}');
		last = campaign_id(m);
		n++;
	}
	json_close(b, ']');
	if (n > 0 && n == limit)
		json_kid(b, "next", last);
	json_close(b, '}');
	reply_send(r, 200);
}

void api_campaign_get(struct request *r)
{
	struct campaign *m;

	must(r != NULL);
	if (campaign_asked(r, &m))
		campaign_answer(r, m, 200);
}

/* ---- written ------------------------------------------------------------------- */

static void on_created(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

/* branch: of the copied one; "": theirs. */
static void create(struct request *r, struct str tenant, struct str branch,
		   struct spec *spec, const char *action)
{
	struct campaign_no no = { 0 };
	struct campaign_by by;
	struct campaign *m;

	if (!campaign_by(r, &by))
		return;
	branch_kept(r);
	if (branch.len > 0)
		by.branch = branch;
	int rc = campaign_create(r->c->campaigns, tenant, spec, &by, &m, &no);
	if (rc != 0) {
		campaign_refused(r, NULL, rc, &no);
		return;
	}
	campaign_audit(r, m, action, STR_NONE);
	campaign_put_json(r, m);
	request_then(r, on_created);
}

void api_campaigns_post(struct request *r)
{
	struct spec spec = { 0 };
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	if (campaign_body_read(r, &spec))
		create(r, tenant, STR_NONE, &spec, "campaign.create");
	form_done(&spec_form, &spec);
}

void api_campaign_clone(struct request *r)
{
	struct spec spec = { 0 };
	struct campaign *m;
	struct buf name = { 0 };

	must(r != NULL);
	if (!campaign_asked(r, &m))
		return;
	form_copy(&spec_form, &spec, campaign_spec(m));
	buf_init(&name, BUF_NO_LIMIT);
	buf_str_put(&name, str_first(str_of(spec.name), SPEC_NAME_MAX - 8));
	buf_z(&name, " (copy)");
	form_set(&spec.name, buf_str(&name));
	create(r, campaign_tenant(m), campaign_branch(m), &spec,
	       "campaign.clone");
	buf_done(&name);
	form_done(&spec_form, &spec);
}

void api_campaign_patch(struct request *r)
{
	struct campaign_no no = { 0 };
	struct campaign_by by;
	struct spec spec = { 0 };
	struct campaign *m;

	must(r != NULL);
	if (!campaign_asked(r, &m) || !campaign_by(r, &by))
		return;
	form_copy(&spec_form, &spec, campaign_spec(m));
	if (campaign_body_read(r, &spec)) {
		int rc = campaign_edit(r->c->campaigns, m, &spec, &by, &no);

		campaign_done(r, m, rc, &no, "campaign.edit");
	}
	form_done(&spec_form, &spec);
}

/* ---- what was done to it ---------------------------------------------------------- */

/* On the reader's thread. */
static bool show_event(void *owner, const struct row *row)
{
	struct request *r = owner;

	campaign_event_json(&r->out, row);
	return true;
}

void api_campaign_events(struct request *r)
{
	struct campaign *m;

	must(r != NULL);
	if (!campaign_asked(r, &m))
		return;
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "events");
	json_open(b, '[');
	const struct cell cells[] = { CELL_I(campaign_id(m)), CELL_I(0),
				      CELL_I(EVENTS_MAX) };
	request_read(r, STORE_CAMPAIGN_EVENTS, cells, ARRAY_LEN(cells),
		     show_event, api_rows_end);
}
