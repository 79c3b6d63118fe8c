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
	uint32_t missing = r->route->needs & ~r->key->perms;

	return perm_name(missing & -missing);
}

static bool rate_ok(struct request *r, struct key *k)
{
	uint64_t now = clock_mono_us(r->c->clock);

	if (limit_take(&k->limit, 1, now))
		return true;
	r->retry_after_s =
		(unsigned)(limit_wait_us(&k->limit, 1, now) / 1000000 + 1);
	reply_error(r, 429, "key_rate", NULL,
		    "this key may ask %lld times a second",
		    (long long)r->c->http->key_rate);
	return false;
}

bool auth_check(struct request *r)
{
	must(r != NULL && r->route != NULL && r->key == NULL);
	if (r->route->auth != AUTH_KEY)
		return true;
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
	if (!rate_ok(r, k))
		return false;
	r->key = k;
	if ((r->route->needs & ~k->perms) == 0)
		return true;
	log_info("http.forbidden", KV_ID("key", k->id),
		 KV_S("role", role_name(k->role)),
		 KV_S("path", r->route->path));
	if ((r->route->needs & PERM_CONTACT_EXPORT) != 0)
		request_audit(r, str_of(k->tenant), "contact.export_denied",
			      STR_NONE, STR_NONE);
	reply_error(r, 403, "role", NULL, "role %s lacks %s",
		    role_name(k->role), first_missing(r));
	return false;
}
