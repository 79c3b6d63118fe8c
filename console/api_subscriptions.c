/* /v1/numbers/{address}: all that a number has subscribed to, under every
 * tenant, and the end of it by a person who was asked to. */
#include "console/api.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/consent.h"

#define SUBSCRIPTIONS_MAX 500

struct subscription_list {
	unsigned n;
	struct subscription v[SUBSCRIPTIONS_MAX];
};

/* "consent-17": of its event, or its order. Never changes. */
static void put_id(struct request *r, const struct subscription *s,
		   char out[48])
{
	snprintf(out, 48, "%s-%llu",
		 gateway_subscription_kind(r->c->gateway, s),
		 (unsigned long long)s->seq);
}

static bool read_address(struct request *r, char address[ADDRESS_MAX])
{
	return request_address(r, r->param[0], "address", address);
}

/* Those that they may see: of their tenant, or of every one. */
static struct subscription_list *list_of(struct request *r, struct str address)
{
	struct subscription_list *l = mem_new(struct subscription_list);
	unsigned n = gateway_subscriptions(r->c->gateway, str_of(r->who.tenant),
					   address, l->v, SUBSCRIPTIONS_MAX);

	l->n = MIN(n, SUBSCRIPTIONS_MAX);
	r->own = l;
	r->own_free = mem_free;
	return l;
}

static void put_subscription(struct request *r, const struct subscription *s)
{
	struct buf *b = &r->out;
	char id[48];

	put_id(r, s, id);
	json_open(b, '{');
	json_kz(b, "id", id);
	json_kz(b, "tenant", s->tenant);
	json_kz(b, "title", s->title_en);
	json_kz(b, "title_zh", s->title_zh);
	json_ks_opt(b, "purpose", str_of(s->purpose));
	json_ks_opt(b, "brand", str_of(s->brand));
	json_ks_opt(b, "channel", str_of(s->channel));
	json_close(b, '}');
}

static void on_noted(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_subscriptions_get(struct request *r)
{
	char address[ADDRESS_MAX];

	must(r != NULL && r->own == NULL);
	if (!read_address(r, address))
		return;
	const struct subscription_list *l = list_of(r, str_of(address));
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "subscriptions");
	json_open(b, '[');
	for (unsigned i = 0; i < l->n; i++)
		put_subscription(r, &l->v[i]);
	json_close(b, ']');
	json_close(b, '}');
	request_audit(r, STR("*"), "subscriptions.read", str_of(address),
		      STR_NONE);
	request_then(r, on_noted);
}

/* ---- the end --------------------------------------------------------------------- */

struct unsubscribe_body {
	struct str id, reason;
	bool all;
};

static const struct field rows[] = {
	{ "id", FIELD_STR, offsetof(struct unsubscribe_body, id), false,
	  "Which one ends, as the list named it." },
	{ "all", FIELD_BOOL, offsetof(struct unsubscribe_body, all), false,
	  "All of them end." },
	{ "reason", FIELD_STR, offsetof(struct unsubscribe_body, reason), true,
	  "Why: how the person asked for it." },
};

const struct fields unsubscribe_fields = { "unsubscribe", rows,
					   ARRAY_LEN(rows) };

static bool body_ok(struct request *r, const struct unsubscribe_body *u)
{
	if (u->all == (u->id.len > 0)) {
		reply_error(r, 400, "bad_id", "id", "name one id, or all");
		return false;
	}
	if (str_trim(u->reason).len == 0 || u->reason.len > 400) {
		reply_error(r, 400, "bad_reason", "reason",
			    "a reason has 1 to 400 bytes");
		return false;
	}
	return true;
}

/* How many ended. */
static unsigned end_them(struct request *r, const struct unsubscribe_body *u,
			 struct str address, const struct subscription_list *l)
{
	const struct consent_event like = { .source = STR("agent"),
					    .actor = request_actor(r),
					    .evidence = u->reason };
	unsigned ended = 0;
	char id[48];

	for (unsigned i = 0; i < l->n; i++) {
		put_id(r, &l->v[i], id);
		if (u->all || str_eqz(u->id, id))
			ended += gateway_unsubscribe(r->c->gateway, address,
						     &l->v[i], &like) == 0;
	}
	return ended;
}

void api_unsubscribe(struct request *r)
{
	AUTO(buf_done) struct buf detail = { 0 };
	struct unsubscribe_body u = { 0 };
	char address[ADDRESS_MAX];

	must(r != NULL && r->own == NULL);
	if (!request_fields(r, &u) || !read_address(r, address) ||
	    !body_ok(r, &u))
		return;
	unsigned ended =
		end_them(r, &u, str_of(address), list_of(r, str_of(address)));
	if (ended == 0 && !u.all) {
		reply_error(r, 404, "no_such", "id",
			    "that number has no such subscription");
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_ku(b, "ended", ended);
	json_close(b, '}');
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_ks(&detail, "id", u.all ? STR("all") : u.id);
	json_ku(&detail, "ended", ended);
	json_ks(&detail, "reason", u.reason);
	json_close(&detail, '}');
	request_audit(r, STR("*"), "subscriptions.end", str_of(address),
		      buf_str(&detail));
	request_then(r, on_noted);
}
