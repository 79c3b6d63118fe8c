/* /cgi-bin/sendsms: Kannel's way to send, for a painless move. */
#include "console/api.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "console/branch.h"
#include "console/kannel.h"
#include "console/partner.h"
#include "console/peers.h"
#include "console/ranges.h"
#include "proto/text.h"

#define GUESSES_MAX 20 /* of one address in a minute */
#define GUESSERS_MAX 10000

static const char type_plain[] = "text/plain; charset=utf-8";

/* Where parameters come from: the query, a form in the body, or headers
 * X-Kannel-Name with the text as the body. */
struct kannel_params {
	struct request *r;
	bool form, headers;
	bool bytes;         /* the body is no text */
	struct str charset; /* of the body, as its type says */
	struct buf values;  /* decoded ones; never grows past its room */
};

static bool form_value(struct kannel_params *p, const char *name,
		       struct str *out)
{
	AUTO(buf_done) struct buf one = { 0 };

	buf_init(&one, 65536);
	if (form_get(buf_str(&p->r->body), name, &one) != 0)
		return false;
	size_t from = p->values.len;
	buf_str_put(&p->values, buf_str(&one));
	*out = str_bytes(p->values.p + from, p->values.len - from);
	return true;
}

static bool header_value(struct kannel_params *p, const char *name,
			 struct str *out)
{
	char header[64];

	if (strcmp(name, "text") == 0) {
		*out = buf_str(&p->r->body);
		return true;
	}
	if (strcmp(name, "charset") == 0) {
		*out = p->charset;
		return true;
	}
	snprintf(header, sizeof(header), "X-Kannel-%s", name);
	*out = request_header(p->r, header);
	if (out->len == 0 && p->bytes && strcmp(name, "coding") == 0)
		*out = STR("1");
	return out->len > 0;
}

static bool param_value(void *owner, const char *name, struct str *out)
{
	struct kannel_params *p = owner;

	if (request_query_given(p->r, name)) {
		*out = request_query(p->r, name);
		return true;
	}
	if (p->form && form_value(p, name, out))
		return true;
	return p->headers && header_value(p, name, out);
}

/* "text/plain; charset=ISO-8859-1" */
static struct str charset_of(struct str type)
{
	struct str part;

	while (type.len > 0) {
		struct str name;

		type = str_cut(type, ';', &part);
		struct str value = str_cut(str_trim(part), '=', &name);
		value = str_trim(value);
		if (!str_ieqz(str_trim(name), "charset"))
			continue;
		if (value.len >= 2 && value.p[0] == '"')
			value = str_first(str_from(value, 1), value.len - 2);
		return value;
	}
	return STR_NONE;
}

/* -EINVAL: a body of a kind that is not read. */
static int params_open(struct kannel_params *p, struct request *r)
{
	struct str type = request_header(r, "Content-Type"), kind;

	(void)str_cut(type, ';', &kind);
	kind = str_trim(kind);
	*p = (struct kannel_params){ .r = r, .charset = charset_of(type) };
	p->form = str_ieqz(kind, "application/x-www-form-urlencoded");
	p->bytes = str_ieqz(kind, "application/octet-stream");
	p->headers = request_header(r, "X-Kannel-Username").len > 0 ||
		     request_header(r, "X-Kannel-To").len > 0;
	/* Room for all at once, so that views into it stay where they are:
	 * no more than the body, and no name is asked more than twice. */
	buf_init(&p->values, r->body.len * 2 + 64);
	(void)buf_room(&p->values, r->body.len * 2 + 63);
	if (r->body.len == 0 || p->form || p->bytes ||
	    str_ieqz(kind, "text/plain") || request_query_given(r, "to"))
		return 0;
	return -EINVAL;
}

static void params_done(struct kannel_params *p)
{
	buf_done(&p->values);
}

/* ---- users --------------------------------------------------------------------*/

static struct str either(struct kannel_params *p, const char *name,
			 const char *also)
{
	struct str v = STR_NONE;

	if (!param_value(p, name, &v))
		(void)param_value(p, also, &v);
	return v;
}

/* Passwords can be guessed: one address has so many tries a minute. */
static uint64_t guesses(struct console *c, uint64_t address, bool add)
{
	uint64_t minute = clock_mono_ms(c->clock) / 60000, n = 0;

	if (c->guess_minute != minute || map_len(c->guesses) > GUESSERS_MAX) {
		map_free(&c->guesses);
		c->guesses = map_new();
		c->guess_minute = minute;
	}
	IGNORE(map_get(c->guesses, address, &n));
	if (add)
		map_set(c->guesses, address, ++n);
	return n;
}

/* For whom, and as what, messages go out. */
struct kannel_user {
	struct str name, tenant, class_name;
	const struct kannel_user_cfg *cfg; /* NULL: by an API key */
};

/* An API key that may send is as good as a password of its own. */
static bool key_user(struct request *r, struct str given,
		     struct kannel_user *out)
{
	const struct key *k =
		keys_find(r->c->keys, given, clock_wall_ms(r->c->clock));

	if (k == NULL || !who_may(&k->who, PERM_SEND))
		return false;
	out->tenant = str_of(k->who.tenant);
	out->class_name = STR("notice");
	r->who = k->who;
	return true;
}

/* May it come from where it comes from? */
static bool user_from_here(struct request *r, const struct kannel_user_cfg *u)
{
	char address[64];

	if (u->allow.len == 0)
		return true;
	peer_text(r->peer, address);
	return ranges_hold(&u->allow, address);
}

static const struct kannel_user_cfg *user_find(struct request *r,
					       struct str who)
{
	const struct section *s;
	size_t at = 0;

	while ((s = settings_next(r->c->settings, "kannel_user", &at)) !=
	       NULL) {
		const struct kannel_user_cfg *u = s->value;

		if (str_eqz(who,
			    u->username[0] != '\0' ? u->username : s->title))
			return u;
	}
	return NULL;
}

static bool named_user(struct request *r, struct str who, struct str given,
		       struct kannel_user *out)
{
	const struct kannel_user_cfg *u = user_find(r, who);

	if (u == NULL || !secret_eq(given, str_of(u->password)) ||
	    !user_from_here(r, u))
		return false;
	out->cfg = u;
	out->tenant = str_of(u->tenant);
	out->class_name = str_of(u->class_name);
	return true;
}

static bool user_check(struct request *r, struct kannel_params *p,
		       struct kannel_user *out)
{
	struct str given = either(p, "password", "pass");
	struct str who = either(p, "username", "user");

	*out = (struct kannel_user){ .name = str_first(who, 64) };
	if (guesses(r->c, r->peer->address, false) >= GUESSES_MAX)
		return false;
	if (named_user(r, who, given, out) || key_user(r, given, out)) {
		if (out->tenant.len == 0)
			out->tenant = str_of(r->c->tenant);
		if (!text_printable(out->name))
			out->name = STR_NONE;
		return true;
	}
	guesses(r->c, r->peer->address, true);
	log_info("kannel.refused", KV_STR("user", str_first(who, 64)));
	return false;
}

/* ---- sending --------------------------------------------------------------------*/

struct kannel_sum {
	unsigned taken, later, denied;
	struct submitted last; /* that was refused */
};

static struct str first_of(const char *forced, struct str said,
			   const char *otherwise)
{
	if (forced[0] != '\0')
		return str_of(forced);
	return said.len > 0 ? said : str_of(otherwise);
}

/* What the user's section says of what it did not say, or may not. */
static void apply_user(const struct kannel_user *u, struct kannel_ask *k)
{
	const struct kannel_user_cfg *c = u->cfg;

	if (c == NULL)
		return;
	k->from = first_of(c->forced_sender, k->from, c->sender);
	k->smsc = first_of(c->forced_smsc, k->smsc, c->smsc);
	k->url = first_of("", k->url, c->dlr_url);
	if (k->mask == 0)
		k->mask = (unsigned)c->dlr_mask;
}

static void count(struct kannel_sum *sum, const struct submitted *got)
{
	if (got->rc != 0)
		sum->last = *got;
	else if (got->decision.verdict == VERDICT_DENY)
		sum->denied++;
	else if (got->decision.verdict == VERDICT_DEFER &&
		 !str_eqz(got->decision.reason, "scheduled"))
		sum->later++;
	else
		sum->taken++;
}

static void send_one(struct request *r, const struct kannel_user *u,
		     struct kannel_ask *k, struct str to,
		     struct kannel_sum *sum)
{
	AUTO(buf_done) struct buf metadata = { 0 };
	bool reports = kannel_wants_reports(k);
	AUTO(buf_done) struct buf by = { 0 };
	struct submission s = {
		.tenant = u->tenant,
		.to = to,
		.text = buf_str(&k->text),
		.class_name = u->class_name,
		.from = k->from,
		.channel = STR("sms"),
		.business_line = k->smsc,
		.send_at_ms = k->send_at_ms,
		.valid_until_ms = k->valid_until_ms,
		.priority = k->priority,
	};
	struct submitted got;

	buf_init(&metadata, 16384);
	buf_init(&by, BUF_NO_LIMIT);
	/* with a key the name is what they like */
	if (u->cfg != NULL)
		buf_f(&by, "kannel:%.*s", STR_ARGS(u->name));
	s.by = u->cfg != NULL ? buf_str(&by) : str_of(r->who.actor);
	if (reports || k->account.len > 0 || k->billing.len > 0)
		kannel_metadata(k, u->name, to, &metadata);
	s.metadata = buf_str(&metadata);
	if (reports)
		s.origin = STR(KANNEL_ORIGIN);
	if (partner_may_send(r, &s))
		gateway_submit(r->c->gateway, &s, &got);
	else
		got = (struct submitted){ .rc = -EINVAL, .field = "to" };
	count(sum, &got);
}

static void send_each(struct request *r, const struct kannel_user *u,
		      struct kannel_ask *k, struct kannel_sum *sum)
{
	struct str to = k->to, one;
	unsigned n = 0;

	while (to.len > 0 && n++ < KANNEL_RECEIVERS_MAX) {
		to = str_trim(str_cut(to, ' ', &one));
		if (!kannel_number_ok(one))
			continue;
		if (branch_sees_to(r, u->tenant, one))
			send_one(r, u, k, one, sum);
		else
			sum->last = (struct submitted){ .rc = -EINVAL,
							.field = "to" };
	}
}

static void on_stored(struct request *r, int rc)
{
	if (rc == 0)
		reply_send(r, r->status);
	else
		reply_text(r, 503, type_plain,
			   STR("Temporal failure, try again later."));
}

/* Is there a link that would take it now? */
static bool link_up(struct request *r)
{
	struct link_view v;

	for (unsigned i = 0; gateway_link(r->c->gateway, i, &v) == 0; i++) {
		if (v.state == CHANNEL_UP && !v.held &&
		    strcmp(v.kind, "sms") == 0)
			return true;
	}
	return false;
}

static void answer_refused(struct request *r, const struct submitted *last)
{
	if (last->rc != -EINVAL)
		reply_text(r, 503, type_plain,
			   STR("Temporal failure, try again later."));
	else if (last->field != NULL && strcmp(last->field, "to") == 0)
		reply_text(r, 400, type_plain, STR(KANNEL_DENIED));
	else
		reply_text(r, 400, type_plain, str_of(last->err.text));
}

static void answer(struct request *r, const struct kannel_sum *sum)
{
	if (sum->taken + sum->later + sum->denied == 0) {
		answer_refused(r, &sum->last);
		return;
	}
	buf_reset(&r->out);
	r->type = type_plain;
	r->status = 202;
	if (sum->taken > 0 && link_up(r)) {
		buf_z(&r->out, "0: Accepted for delivery");
	} else if (sum->taken + sum->later > 0) {
		buf_z(&r->out, "3: Queued for later delivery");
	} else {
		r->status = 403;
		buf_z(&r->out, "Not routable. Do not try again.");
	}
	request_then(r, on_stored);
}

void api_kannel(struct request *r)
{
	AUTO(kannel_ask_done) struct kannel_ask k;
	AUTO(params_done) struct kannel_params p;
	struct kannel_sum sum = { 0 };
	struct kannel_user u;
	struct err err = { "" };

	must(r != NULL);
	kannel_ask_init(&k);
	if (params_open(&p, r) != 0) {
		reply_text(r, 400, type_plain, STR("Invalid content-type"));
		return;
	}
	if (!user_check(r, &p, &u)) {
		reply_text(r, 403, type_plain,
			   STR("Authorization failed for sendsms"));
		return;
	}
	if (kannel_read(&k, param_value, &p, clock_wall_ms(r->c->clock),
			&err) != 0) {
		reply_text(r, 400, type_plain, str_of(err.text));
		return;
	}
	apply_user(&u, &k);
	send_each(r, &u, &k, &sum);
	answer(r, &sum);
}
