/* /v1/alerts: what customers want to be told of, set and removed for them. */
#include "console/api.h"

#include <errno.h>

#include "base/mem.h"
#include "campaigns/alerts.h"
#include "console/branch.h"
#include "console/related.h"
#include "console/served.h"

static void put_amount(struct buf *b, const char *name, int64_t thousandths)
{
	char text[ALERT_AMOUNT];

	alert_amount_text(thousandths, text);
	json_kz(b, name, text);
}

static void put_alert(struct request *r, const struct alert *x)
{
	struct buf *b = &r->out;

	json_open(b, '{');
	json_kid(b, "id", x->id);
	json_key(b, "to");
	who_address_json(b, &r->who, str_of(x->tenant), str_of(x->address));
	json_kz(b, "trigger", x->trigger);
	json_ks_opt(b, "subject", str_of(x->subject));
	json_kz(b, "side", x->above ? "above" : "below");
	put_amount(b, "limit", x->limit);
	json_kb(b, "once", x->once);
	json_kt_opt(b, "until", x->until_ms);
	json_kz(b, "source", x->source);
	json_kt(b, "set", x->set_ms);
	json_kb(b, "armed", x->now.armed);
	json_kt_opt(b, "fired", x->now.fired_ms);
	if (x->now.fired_ms != 0)
		put_amount(b, "fired_value", x->now.fired_value);
	json_close(b, '}');
}

void api_alerts_list(struct request *r)
{
	const struct alert *x = NULL;
	char address[ADDRESS_MAX];
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant) ||
	    !request_address(r, request_query(r, "to"), "to", address) ||
	    !branch_check_address(r, tenant, str_of(address)))
		return;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_key(b, "alerts");
	json_open(b, '[');
	while ((x = alerts_next(r->c->alerts, tenant, str_of(address), STR_NONE,
				x)) != NULL)
		put_alert(r, x);
	json_close(b, ']');
	json_close(b, '}');
	related_audit(r, tenant, "alerts.read", str_of(address),
		      related_work(r, tenant, str_of(address)));
	related_answer(r);
}

/* ---- to set, and to remove ---------------------------------------------------------- */

struct alert_body {
	struct str to, trigger, subject, side, limit;
	bool once;
	int64_t until;
};

#define AT(f) offsetof(struct alert_body, f)
static const struct field rows[] = {
	{ "to", FIELD_STR, AT(to), true, "Whose alert: it goes there." },
	{ "trigger", FIELD_STR, AT(trigger), true,
	  "A trigger that has alert_value." },
	{ "subject", FIELD_STR, AT(subject), false,
	  "Of what; none where it is about their own account." },
	{ "side", FIELD_STR, AT(side), true, "above or below." },
	{ "limit", FIELD_STR, AT(limit), true,
	  "A number as text, with three decimals at most: \"1800.5\"." },
	{ "once", FIELD_BOOL, AT(once), false,
	  "It ends when it has fired; else it fires at each crossing." },
	{ "until", FIELD_TIME, AT(until), false, "It ends then." },
};
#undef AT
const struct fields alert_fields = { "alert", rows, ARRAY_LEN(rows) };

static bool body_ok(struct request *r, const struct alert_body *o,
		    struct alert_ask *ask)
{
	struct alert_amount limit;

	ask->above = str_eqz(o->side, "above");
	if (!ask->above && !str_eqz(o->side, "below")) {
		reply_error(r, 400, "bad_side", "side", "is above or below");
		return false;
	}
	if (alert_amount_parse(o->limit, &limit) != 0 || limit.more) {
		reply_error(r, 400, "bad_limit", "limit",
			    "is a number such as \"1800.5\", with three "
			    "decimals at most");
		return false;
	}
	ask->limit = limit.thousandths;
	return true;
}

static const struct served_no refusals[] = {
	{ -EINVAL, 400, "invalid", NULL },
	{ -ENOSPC, 507, "full", NULL },
};

static void on_set(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

void api_alerts_post(struct request *r)
{
	struct alert_body o = { .until = 0 };
	struct alert_ask ask = { .source = "api" };
	const struct alert *x = NULL;
	struct err err = { "" };
	char to[ADDRESS_MAX], id[ID_TEXT];

	must(r != NULL);
	if (!request_fields(r, &o) || !request_tenant(r, &ask.tenant) ||
	    !request_address(r, o.to, "to", to) ||
	    !branch_check_address(r, ask.tenant, str_of(to)) ||
	    !body_ok(r, &o, &ask))
		return;
	ask.address = str_of(to);
	ask.trigger = o.trigger;
	ask.subject = o.subject;
	ask.once = o.once;
	ask.until_ms = o.until;
	int rc = alerts_set(r->c->alerts, &ask, &x, &err);

	if (rc != 0) {
		served_refuse(r, rc, refusals, ARRAY_LEN(refusals), err.text);
		return;
	}
	(void)reply_json(r);
	put_alert(r, x);
	id_text(x->id, id);
	request_audit(r, ask.tenant, "alert.set", str_of(id), ask.trigger);
	request_then(r, on_set);
}

static void on_removed(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_alert_delete(struct request *r)
{
	const struct alert *x;
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !param_id(r, 0, &id))
		return;
	x = alerts_find(r->c->alerts, tenant, id);
	if (x == NULL)
		branch_kept(r);
	else if (!branch_check_address(r, tenant, str_of(x->address)))
		return;
	if (alerts_remove(r->c->alerts, tenant, id) != 0) {
		reply_rc(r, -ENOENT);
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", id);
	json_close(b, '}');
	request_audit(r, tenant, "alert.remove", r->param[0], STR_NONE);
	request_then(r, on_removed);
}
