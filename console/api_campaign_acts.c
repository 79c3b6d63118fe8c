/* /v1/campaigns/{id}/...: what people do to a campaign. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/campaign_ask.h"
#include "console/view.h"

struct note_body {
	struct str note;
};

static const struct field note_rows[] = {
	{ "note", FIELD_STR, offsetof(struct note_body, note), false,
	  "Why, in a sentence." },
};

const struct fields campaign_note_fields = { "act", note_rows,
					     ARRAY_LEN(note_rows) };

/* The acts of states.h: the last word of the path. */
static const struct {
	const char *word, *action;
	enum campaign_step step;
} acts[] = {
	{ "return", "campaign.return", STEP_RETURN },
	{ "approve", "campaign.approve", STEP_APPROVE },
	{ "schedule", "campaign.schedule", STEP_SCHEDULE },
	{ "start", "campaign.start", STEP_START },
	{ "pause", "campaign.pause", STEP_PAUSE },
	{ "resume", "campaign.resume", STEP_RESUME },
	{ "cancel", "campaign.cancel", STEP_CANCEL },
};

static struct str last_word(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? STR_NONE : str_of(slash + 1);
}

void api_campaign_act(struct request *r)
{
	struct note_body body = { 0 };
	struct campaign_no no = { 0 };
	struct campaign_by by;
	struct campaign *m;
	unsigned i = 0;

	must(r != NULL);
	while (i < ARRAY_LEN(acts) &&
	       !str_eqz(last_word(r->route->path), acts[i].word))
		i++;
	must(i < ARRAY_LEN(acts));
	if (!campaign_asked(r, &m) || !campaign_by(r, &by))
		return;
	if (r->json != NULL && !request_fields(r, &body))
		return;
	int rc = campaign_do(r->c->campaigns, m, acts[i].step, &by, body.note,
			     &no);
	campaign_done(r, m, rc, &no, acts[i].action);
}

/* ---- simulated ------------------------------------------------------------------- */

static void on_simulated(void *owner, int rc, struct str json,
			 const struct campaign_no *no)
{
	struct request *r = MAGIC_CAST(struct request, REQUEST_MAGIC, owner);

	if (!request_woken(r) || r->answered)
		return;
	if (rc != 0) {
		campaign_refused(r, NULL, rc, no);
		return;
	}
	buf_str_put(reply_json(r), json);
	reply_send(r, 200);
}

static void on_submitted(void *owner, int rc, struct str json,
			 const struct campaign_no *no)
{
	struct request *r = MAGIC_CAST(struct request, REQUEST_MAGIC, owner);
	struct campaign *m;

	(void)json;
	if (!request_woken(r) || r->answered)
		return;
	if (campaign_asked(r, &m))
		campaign_done(r, m, rc, no, "campaign.submit");
}

static void walk(struct request *r, bool submit)
{
	struct campaign_no no = { 0 };
	struct campaign_by by;
	struct campaign *m;

	if (!campaign_asked(r, &m) || !campaign_by(r, &by))
		return;
	int rc =
		campaign_simulate(r->c->campaigns, m, submit, &by,
				  submit ? on_submitted : on_simulated, r, &no);
	if (rc != 0)
		campaign_refused(r, m, rc, &no);
	else
		request_wait(r);
}

void api_campaign_simulate(struct request *r)
{
	must(r != NULL);
	walk(r, false);
}

void api_campaign_submit(struct request *r)
{
	must(r != NULL);
	walk(r, true);
}

/* ---- before the many ---------------------------------------------------------------- */

static void simple(struct request *r,
		   int (*act)(struct campaigns *, struct campaign *,
			      const struct campaign_by *, struct campaign_no *),
		   const char *action)
{
	struct campaign_no no = { 0 };
	struct campaign_by by;
	struct campaign *m;

	if (!campaign_asked(r, &m) || !campaign_by(r, &by))
		return;
	campaign_done(r, m, act(r->c->campaigns, m, &by, &no), &no, action);
}

void api_campaign_pilot(struct request *r)
{
	must(r != NULL);
	simple(r, campaign_pilot, "campaign.pilot");
}

void api_campaign_sign_off(struct request *r)
{
	must(r != NULL);
	simple(r, campaign_sign_off, "campaign.sign_off");
}

void api_campaign_briefed(struct request *r)
{
	must(r != NULL);
	simple(r, campaign_briefed, "campaign.briefed");
}

void api_campaign_complaint(struct request *r)
{
	struct campaign_no no = { 0 };
	struct campaign *m;

	must(r != NULL);
	if (!campaign_asked(r, &m))
		return;
	campaign_complaint(r->c->campaigns, m);
	campaign_done(r, m, 0, &no, "campaign.complaint");
}

/* ---- tests ----------------------------------------------------------------------------- */

struct test_body {
	json_t *to;
};

static const struct field test_rows[] = {
	{ "to", FIELD_ARRAY, offsetof(struct test_body, to), true,
	  "Numbers that get it as a test; the gate is asked for each." },
};

const struct fields campaign_test_fields = { "test", test_rows,
					     ARRAY_LEN(test_rows) };

static void on_tested(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 202);
}

/* One number of a test; false: it was answered. */
static bool test_one(struct request *r, struct campaign *m, json_t *to,
		     const struct campaign_by *by)
{
	struct campaign_no no = { 0 };
	struct submitted out = { 0 };
	struct str text =
		str_bytes(json_string_value(to), json_string_length(to));

	if (!branch_check_to(r, campaign_tenant(m), text))
		return false;
	int rc = campaign_test(r->c->campaigns, m, text, by, &out, &no);

	if (rc != 0) {
		campaign_refused(r, m, rc, &no);
		return false;
	}
	json_open(&r->out, '{');
	json_ks(&r->out, "to", text);
	if (out.rc == 0)
		view_submitted(&r->out, &out);
	else
		error_json(&r->out, out.code, out.field, out.err.text, NULL);
	json_close(&r->out, '}');
	return true;
}

void api_campaign_test(struct request *r)
{
	struct test_body body = { 0 };
	struct campaign_by by;
	struct campaign *m;
	size_t i, n;
	json_t *one;

	must(r != NULL);
	if (!campaign_asked(r, &m) || !campaign_by(r, &by) ||
	    !request_fields(r, &body))
		return;
	n = json_array_size(body.to);
	if (n == 0 || n > campaign_test_max(r->c->campaigns)) {
		reply_error(r, 400, "too_many", "to", "a test goes to 1 to %u",
			    campaign_test_max(r->c->campaigns));
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "results");
	json_open(b, '[');
	json_array_foreach(body.to, i, one)
	{
		if (!test_one(r, m, one, &by))
			return;
	}
	json_close(b, ']');
	json_close(b, '}');
	campaign_audit(r, m, "campaign.test", STR_NONE);
	request_then(r, on_tested);
}
