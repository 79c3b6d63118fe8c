/* /v1/orders and /v1/offers: what is on offer, and who has it. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "care/orders.h"
#include "console/branch.h"
#include "console/served.h"

/* A row of ORDER_LIST, ORDER_GET; or the cells of one in memory. */
static void put_row(struct request *r, const struct row *row)
{
	struct buf *b = &r->out;
	enum order_state state;
	bool gone = order_state_parse(row_s(row, 12), &state) == 0 &&
		    order_final(state);

	json_open(b, '{');
	json_kid(b, "id", (uint64_t)row_i(row, 0));
	json_key(b, "to");
	who_address_json(b, &r->who, row_s(row, 1), row_s(row, 2));
	json_ks(b, "offer", row_s(row, 3));
	json_ks(b, "offer_version", row_s(row, 4));
	json_ks_opt(b, "title_zh", row_s(row, 5));
	json_ks_opt(b, "title_en", row_s(row, 6));
	json_ki(b, "price_fen", row_i(row, 7));
	json_ks(b, "period", row_s(row, 8));
	json_ks(b, "service", row_s(row, 9));
	json_ks_opt(b, "by", row_s(row, 10));
	if (row_i(row, 11) != 0)
		json_kid(b, "ordered_by", (uint64_t)row_i(row, 11));
	json_ks(b, "state", row_s(row, 12));
	json_ks_opt(b, "reason", row_s(row, 13));
	json_ki(b, "wrong_codes", row_i(row, 15));
	if (row_i(row, 16) != 0) {
		json_kid(b, "confirmed_by", (uint64_t)row_i(row, 16));
		json_kt(b, "confirmed", row_i(row, 17));
	}
	if (!gone)
		json_kt_opt(b, "due", row_i(row, 18));
	json_kt(b, "created", row_i(row, 21));
	json_kt_opt(b, "closed", gone ? row_i(row, 20) : 0);
	json_kt_opt(b, "trial_until", row_i(row, 23));
	json_close(b, '}');
}

/* ---- offers ------------------------------------------------------------------------ */

static const char *tenant_of(const struct request *r, const struct offer_cfg *o)
{
	return o->tenant[0] != '\0' ? o->tenant : r->c->tenant;
}

static void put_offer(struct request *r, const struct section *s)
{
	const struct offer_cfg *o = s->value;
	struct buf *b = &r->out;
	char version[OFFER_VERSION];

	offer_version(s->title, o, version);
	json_open(b, '{');
	json_kz(b, "id", s->title);
	json_kz(b, "version", version);
	json_kz(b, "tenant", tenant_of(r, o));
	json_ks_opt(b, "title_zh", str_of(o->title_zh));
	json_ks_opt(b, "title_en", str_of(o->title_en));
	json_ki(b, "price_fen", o->price);
	json_kz(b, "period", order_period_names[o->period]);
	json_kz(b, "service", o->service[0] != '\0' ? o->service : s->title);
	json_key(b, "words");
	json_open(b, '[');
	for (size_t i = 0; i < o->words.len; i++)
		json_s(b, str_of(o->words.v[i]));
	json_close(b, ']');
	json_close(b, '}');
}

void api_offers_list(struct request *r)
{
	const struct section *s;
	struct str tenant;
	size_t at = 0;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_key(b, "offers");
	json_open(b, '[');
	while ((s = settings_next(r->c->settings, "offer", &at)) != NULL)
		if (tenant.len == 0 || str_eqz(tenant, tenant_of(r, s->value)))
			put_offer(r, s);
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

/* ---- lists ------------------------------------------------------------------------ */

static bool show(void *owner, const struct row *row)
{
	struct request *r = owner;

	if (served_row(r, row_s(row, 1), row_s(row, 2),
		       (uint64_t)row_i(row, 0)))
		put_row(r, row);
	return true;
}

static bool state_ok(struct str state)
{
	enum order_state unused;

	return order_state_parse(state, &unused) == 0;
}

void api_orders_list(struct request *r)
{
	served_list(r, "orders", STORE_ORDER_LIST, state_ok, show);
}

void api_order_get(struct request *r)
{
	served_one(r, STORE_ORDER_GET, show);
}

/* ---- to order, and to end it --------------------------------------------------------- */

struct order_body {
	struct str to, offer, lang;
	int64_t trial_until;
};

#define AT(f) offsetof(struct order_body, f)
static const struct field order_rows[] = {
	{ "to", FIELD_STR, AT(to), true, "Whose order: the code goes there." },
	{ "offer", FIELD_STR, AT(offer), true, "An offer of /v1/offers." },
	{ "lang", FIELD_STR, AT(lang), false,
	  "zh or en: of who has no other language here." },
	{ "trial_until", FIELD_TIME, AT(trial_until), false,
	  "A trial that billing has begun; it ends then unless confirmed." },
};
#undef AT
const struct fields order_fields = { "order", order_rows,
				     ARRAY_LEN(order_rows) };

static void on_made(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 202);
}

static const struct served_no refusals[] = {
	{ -ENOENT, 404, "not_found", NULL },  { -EEXIST, 409, "has_it", NULL },
	{ -EPERM, 403, "gate_denies", NULL }, { -ENOSPC, 507, "full", NULL },
	{ -EINVAL, 400, "invalid", NULL },
};

void api_orders_post(struct request *r)
{
	struct order_body o = { .trial_until = 0 };
	struct order_ask ask = { .trial_until_ms = 0 };
	struct row row = { .n = ORDER_CELLS };
	const struct order *x = NULL;
	struct err err = { "" };
	char to[ADDRESS_MAX], id[ID_TEXT];

	must(r != NULL);
	if (!request_fields(r, &o) || !request_tenant(r, &ask.tenant) ||
	    !request_address(r, o.to, "to", to) ||
	    !branch_check_address(r, ask.tenant, str_of(to)))
		return;
	ask.address = str_of(to);
	if (o.lang.len > 0 && !str_eqz(o.lang, "zh") &&
	    !str_eqz(o.lang, "en")) {
		reply_error(r, 400, "bad_lang", "lang",
			    "a language is zh or en");
		return;
	}
	ask.lang = o.lang;
	ask.offer = o.offer;
	ask.actor = request_actor(r);
	ask.trial_until_ms = o.trial_until;
	int rc = orders_ask(r->c->orders, &ask, &x, &err);

	if (rc != 0) {
		served_refuse(r, rc, refusals, ARRAY_LEN(refusals), err.text);
		return;
	}
	(void)reply_json(r);
	order_cells(x, row.v);
	put_row(r, &row);
	id_text(x->id, id);
	request_audit(r, ask.tenant, "order.ask", str_of(id), ask.offer);
	request_then(r, on_made);
}

static void on_ended(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_order_end(struct request *r)
{
	struct row row = { .n = ORDER_CELLS };
	const struct order *x;
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_tenant(r, &tenant) || !param_id(r, 0, &id))
		return;
	x = orders_find(r->c->orders, tenant, id);
	/* it has ended: the same answer again */
	if (x == NULL) {
		served_one(r, STORE_ORDER_GET, show);
		return;
	}
	if (!branch_check_address(r, tenant, str_of(x->address)))
		return;
	if (orders_end(r->c->orders, tenant, id, "by_staff") != 0) {
		reply_rc(r, -ENOENT);
		return;
	}
	(void)reply_json(r);
	order_cells(x, row.v);
	put_row(r, &row);
	request_audit(r, tenant, "order.end", r->param[0], STR_NONE);
	request_then(r, on_ended);
}
