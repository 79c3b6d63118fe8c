/* Requests about one campaign: found, refused, answered. */
#include "console/campaign_ask.h"

#include <errno.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/edit.h"

bool campaign_asked(struct request *r, struct campaign **out)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL && out != NULL);
	if (!request_scope(r, &tenant) || !param_id(r, 0, &id))
		return false;
	*out = campaigns_find(r->c->campaigns, tenant, id);
	if (*out != NULL)
		return branch_check(r, campaign_tenant(*out),
				    campaign_branch(*out), r->param[0]);
	reply_error(r, 404, "no_campaign", NULL, "there is no such campaign");
	return false;
}

bool campaign_by(struct request *r, struct campaign_by *out)
{
	must(out != NULL);
	*out = (struct campaign_by){ .actor = str_of(r->who.actor),
				     .name = request_actor(r),
				     .branch = str_of(r->who.branch) };
	return edit_version(r, &out->version);
}

void campaign_put_json(struct request *r, const struct campaign *m)
{
	struct buf *b = reply_json(r);

	json_open(b, '{');
	campaign_json(r->c->campaigns, m, true, b);
	json_close(b, '}');
	snprintf(r->etag, sizeof(r->etag), "\"%llu\"",
		 (unsigned long long)campaign_version(m));
}

void campaign_answer(struct request *r, const struct campaign *m, int status)
{
	campaign_put_json(r, m);
	reply_send(r, status);
}

/* ---- refused --------------------------------------------------------------------- */

void campaign_event_json(struct buf *b, const struct row *row)
{
	json_open(b, '{');
	json_ki(b, "version", row_i(row, 0));
	json_kt(b, "at", row_i(row, 1));
	json_ks(b, "by", row_s(row, 2));
	json_ks(b, "action", row_s(row, 3));
	json_ks_opt(b, "what", row_s(row, 4));
	json_close(b, '}');
}

/* On the reader's thread. */
static bool show_change(void *owner, const struct row *row)
{
	struct request *r = owner;

	campaign_event_json(&r->out, row);
	return true;
}

static void on_changes(struct request *r, int rc)
{
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_close(&r->out, ']');
	json_close(&r->out, '}');
	reply_send(r, 409);
}

#define CHANGES_MAX 50

/* 409, with every change since the version that was seen. */
static void refuse_stale(struct request *r, const struct campaign *m,
			 const struct campaign_no *no)
{
	struct buf *b = reply_json(r);
	struct campaign_by by;

	if (!campaign_by(r, &by))
		return;
	snprintf(r->etag, sizeof(r->etag), "\"%llu\"",
		 (unsigned long long)campaign_version(m));
	json_open(b, '{');
	error_json(b, no->code, no->field, no->err.text, NULL);
	json_key(b, "changed");
	json_open(b, '[');
	const struct cell cells[] = { CELL_I(campaign_id(m)),
				      CELL_I(by.version), CELL_I(CHANGES_MAX) };
	request_read(r, STORE_CAMPAIGN_EVENTS, cells, ARRAY_LEN(cells),
		     show_change, on_changes);
}

void campaign_refused(struct request *r, const struct campaign *m, int rc,
		      const struct campaign_no *no)
{
	static const struct {
		int rc, status;
	} known[] = { { -EINVAL, 400 }, { -EPERM, 403 },  { -EPROTO, 409 },
		      { -ESTALE, 409 }, { -EAGAIN, 409 }, { -ENOSPC, 409 },
		      { -EEXIST, 409 } };

	must(r != NULL && no != NULL);
	if (rc == -ESTALE && m != NULL) {
		refuse_stale(r, m, no);
		return;
	}
	if (rc == -EAGAIN)
		r->retry_after_s = 1;
	for (unsigned i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].rc != rc || no->code == NULL)
			continue;
		reply_error(r, known[i].status, no->code, no->field, "%s",
			    no->err.text);
		return;
	}
	reply_rc(r, rc);
}

/* ---- done -------------------------------------------------------------------------- */

void campaign_audit(struct request *r, const struct campaign *m,
		    const char *action, struct str detail)
{
	char id[ID_TEXT];

	id_text(campaign_id(m), id);
	request_audit(r, campaign_tenant(m), action, str_of(id), detail);
}

static void on_done(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void campaign_done(struct request *r, struct campaign *m, int rc,
		   const struct campaign_no *no, const char *action)
{
	AUTO(buf_done) struct buf detail = { 0 };

	must(r != NULL && m != NULL);
	if (rc != 0) {
		campaign_refused(r, m, rc, no);
		return;
	}
	buf_init(&detail, 256);
	json_open(&detail, '{');
	json_ku(&detail, "version", campaign_version(m));
	json_kz(&detail, "state", campaign_state_name(campaign_state(m)));
	json_close(&detail, '}');
	campaign_audit(r, m, action, buf_str(&detail));
	campaign_put_json(r, m);
	request_then(r, on_done);
}
