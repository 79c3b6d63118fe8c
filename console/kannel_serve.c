/* /cgi-bin/sendsms: Kannel's way to send, for a painless move. */
#include "console/api.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "console/kannel.h"

#define GUESSES_MAX 20 /* of one address in a minute */
#define GUESSERS_MAX 10000

static const char type_plain[] = "text/plain; charset=utf-8";

/* Where parameters come from: the query, a form in the body, or headers
 * X-Kannel-Name with the text as the body. */
struct kannel_params {
	struct request *r;
	bool form, headers;
	struct buf values; /* decoded ones; never grows past its room */
};

static struct str form_value(struct kannel_params *p, const char *name)
{
	AUTO(buf_done) struct buf one = { 0 };

	buf_init(&one, 65536);
	if (form_get(buf_str(&p->r->body), name, &one) != 0)
		return STR_NONE;
	size_t from = p->values.len;
	buf_str_put(&p->values, buf_str(&one));
	return str_bytes(p->values.p + from, p->values.len - from);
}

static struct str header_value(struct request *r, const char *name)
{
	char header[64];

	if (strcmp(name, "text") == 0)
		return buf_str(&r->body);
	snprintf(header, sizeof(header), "X-Kannel-%s", name);
	return request_header(r, header);
}

static struct str param_value(void *owner, const char *name)
{
	struct kannel_params *p = owner;
	struct str v = request_query(p->r, name);

	if (v.len == 0 && p->form)
		v = form_value(p, name);
	if (v.len == 0 && p->headers)
		v = header_value(p->r, name);
	return v;
}

static void params_open(struct kannel_params *p, struct request *r)
{
	struct str type = request_header(r, "Content-Type");

	*p = (struct kannel_params){ .r = r };
	p->form = str_starts(type, STR("application/x-www-form-urlencoded"));
	p->headers = request_header(r, "X-Kannel-To").len > 0;
	/* Room for all at once, so that views into it stay where they are:
	 * no more than the body, and each of 16 names is asked once or twice. */
	buf_init(&p->values, r->body.len * 2 + 64);
	(void)buf_room(&p->values, r->body.len * 2 + 63);
}

static void params_done(struct kannel_params *p)
{
	buf_done(&p->values);
}

/* ---- users --------------------------------------------------------------------*/

static struct str either(struct kannel_params *p, const char *name,
			 const char *also)
{
	struct str v = param_value(p, name);

	return v.len > 0 ? v : param_value(p, also);
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
	struct str tenant, class_name;
};

/* An API key that may send is as good as a password of its own. */
static bool key_user(struct request *r, struct str given,
		     struct kannel_user *out)
{
	const struct key *k =
		keys_find(r->c->keys, given, clock_wall_ms(r->c->clock));

	if (k == NULL || (k->perms & PERM_SEND) == 0)
		return false;
	out->tenant = str_of(k->tenant);
	out->class_name = STR("notice");
	return true;
}

static bool named_user(struct request *r, struct str who, struct str given,
		       struct kannel_user *out)
{
	const struct section *s = NULL;
	char name[64];

	if (str_copy(name, sizeof(name), who) == 0 && name[0] != '\0')
		s = settings_find(r->c->settings, "kannel_user", name);
	const struct kannel_user_cfg *u = s != NULL ? s->value : NULL;
	if (u == NULL || !secret_eq(given, str_of(u->password)))
		return false;
	out->tenant = str_of(u->tenant);
	out->class_name = str_of(u->class_name);
	return true;
}

static bool user_check(struct request *r, struct kannel_params *p,
		       struct kannel_user *out)
{
	struct str given = either(p, "password", "pass");
	struct str who = either(p, "username", "user");

	if (guesses(r->c, r->peer->address, false) >= GUESSES_MAX)
		return false;
	if (named_user(r, who, given, out) || key_user(r, given, out)) {
		if (out->tenant.len == 0)
			out->tenant = str_of(r->c->tenant);
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

static void send_each(struct request *r, const struct kannel_user *u,
		      struct kannel_ask *k, struct kannel_sum *sum)
{
	struct str to = k->to, one;
	struct submitted got;
	unsigned n = 0;

	while (to.len > 0 && n++ < KANNEL_RECEIVERS_MAX) {
		to = str_trim(str_cut(to, ' ', &one));
		struct submission s = {
			.tenant = u->tenant,
			.to = one,
			.text = buf_str(&k->text),
			.class_name = u->class_name,
			.from = k->from,
			.channel = STR("sms"),
			.metadata = buf_str(&k->metadata),
			.send_at_ms = k->send_at_ms,
			.valid_until_ms = k->valid_until_ms,
			.priority = k->priority,
		};
		gateway_submit(r->c->gateway, &s, &got);
		if (got.rc != 0)
			sum->last = got;
		else if (got.decision.verdict == VERDICT_DENY)
			sum->denied++;
		else if (got.decision.verdict == VERDICT_DEFER)
			sum->later++;
		else
			sum->taken++;
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

static void answer(struct request *r, const struct kannel_sum *sum)
{
	if (sum->taken + sum->later + sum->denied == 0) {
		if (sum->last.rc == -EINVAL)
			reply_text(r, 400, type_plain,
				   str_of(sum->last.err.text));
		else
			reply_text(r, 503, type_plain,
				   STR("Temporal failure, try again later."));
		return;
	}
	buf_reset(&r->out);
	r->type = type_plain;
	r->status = 202;
	if (sum->taken > 0) {
		buf_z(&r->out, "0: Accepted for delivery");
	} else if (sum->later > 0) {
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
	params_open(&p, r);
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
	send_each(r, &u, &k, &sum);
	answer(r, &sum);
}
