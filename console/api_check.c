/* The gate and the routing, asked without sending. */
#include "console/api.h"

#include "base/mem.h"
#include "console/branch.h"
#include "console/submission.h"
#include "console/view.h"

static bool ask_read(struct request *r, struct message_body *body,
		     struct submission *s)
{
	struct refusal why = { 0 };
	struct str tenant;

	if (!request_tenant(r, &tenant))
		return false;
	if (message_body_read(r->json, buf_str(&r->body), body, s, &why) != 0) {
		reply_refusal(r, &why);
		return false;
	}
	s->tenant = tenant;
	s->by = str_of(r->who.actor);
	if (!branch_check_to(r, tenant, s->to))
		return false;
	body->branch = str_of(r->who.branch);
	if (message_body_render(r->c->library, r->c->gateway, body, s, &why) !=
	    0) {
		reply_refusal(r, &why);
		return false;
	}
	return true;
}

static void put_rules(struct buf *b, const struct permit_row *rows, unsigned n)
{
	json_key(b, "rules");
	json_open(b, '[');
	for (unsigned i = 0; i < n; i++) {
		json_open(b, '{');
		json_kz(b, "rule", rows[i].rule);
		json_kz(b, "by", rows[i].by);
		json_kz(b, "verdict", verdict_name(rows[i].verdict));
		json_ks_opt(b, "reason", str_of(rows[i].reason));
		json_kt_opt(b, "not_before", rows[i].not_before_ms);
		if (rows[i].consent_seq != 0)
			json_ku(b, "consent_seq", rows[i].consent_seq);
		json_ks_opt(b, "detail", str_of(rows[i].detail));
		json_close(b, '}');
	}
	json_close(b, ']');
}

void api_messages_check(struct request *r)
{
	AUTO(message_body_done) struct message_body body = { 0 };
	struct submission s;
	struct submitted got;
	struct permit_row rows[PERMIT_RULES_MAX];
	unsigned n;

	must(r != NULL);
	if (!ask_read(r, &body, &s))
		return;
	n = gateway_judge_rules(r->c->gateway, &s, &got, rows);
	if (got.rc != 0) {
		reply_submitted_error(r, &got);
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_ku(b, "parts", got.parts);
	view_decision(b, &got.decision);
	put_rules(b, rows, n);
	json_close(b, '}');
	reply_send(r, 200);
}

void api_route_explain(struct request *r)
{
	AUTO(message_body_done) struct message_body body = { 0 };
	struct submission s;
	struct submitted got;

	must(r != NULL);
	if (!ask_read(r, &body, &s))
		return;
	AUTO(mem_clear) struct explain *ex = mem_new(struct explain);
	gateway_explain(r->c->gateway, &s, &got, ex);
	if (got.rc != 0) {
		reply_submitted_error(r, &got);
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	view_explain(b, ex);
	json_key(b, "gate");
	json_open(b, '{');
	view_decision(b, &got.decision);
	json_close(b, '}');
	json_close(b, '}');
	reply_send(r, 200);
}
