/* Bearer keys: found, in date, permitted, within their rate. */
#include "console/auth.h"

#include "base/log.h"

/* "Bearer KEY"; "" when it is something else. */
static struct str bearer(struct str header)
{
	struct str word;
	struct str key = str_cut(header, ' ', &word);

	return str_ieqz(word, "bearer") ? str_trim(key) : STR_NONE;
}

static const char *first_missing(const struct request *r)
{
	uint64_t missing = r->route->needs & ~r->who.perms;

	return perm_name(missing & -missing);
}

static bool rate_ok(struct request *r)
{
	uint64_t now = clock_mono_us(r->c->clock);

	if (limit_take(r->limit, 1, now))
		return true;
	r->retry_after_s =
		(unsigned)(limit_wait_us(r->limit, 1, now) / 1000000 + 1);
	reply_error(r, 429, "key_rate", NULL,
		    "this key may ask %lld times a second",
		    (long long)r->c->http->key_rate);
	return false;
}

static bool known(struct request *r)
{
	struct str text = bearer(request_header(r, "Authorization"));

	if (text.len == 0) {
		reply_error(r, 401, "no_key", NULL,
			    "send the header Authorization: Bearer KEY");
		return false;
	}
	struct key *k = keys_find(r->c->keys, text, clock_wall_ms(r->c->clock));
	if (k == NULL) {
		reply_error(r, 401, "bad_key", NULL,
			    "the key is unknown, expired or revoked");
		return false;
	}
	r->limit = &k->limit;
	if (!rate_ok(r))
		return false;
	r->who = k->who;
	return true;
}

static void forbid(struct request *r)
{
	AUTO(buf_done) struct buf roles = { 0 };

	buf_init(&roles, 256);
	who_roles_put(&roles, r->who.roles);
	log_info("http.forbidden", KV_S("who", r->who.actor),
		 KV_STR("role", buf_str(&roles)), KV_S("path", r->route->path));
	if ((r->route->needs & PERM_CONTACT_EXPORT) != 0)
		request_audit(r, str_of(r->who.tenant), "contact.export_denied",
			      STR_NONE, STR_NONE);
	reply_error(r, 403, "role", NULL, "role %s lacks %s", roles.p,
		    first_missing(r));
}

bool auth_check(struct request *r)
{
	must(r != NULL && r->route != NULL && r->who.kind == WHO_NOBODY);
	if (r->route->auth != AUTH_WHO)
		return true;
	if (!known(r))
		return false;
	if (who_may(&r->who, r->route->needs))
		return true;
	forbid(r);
	return false;
}
