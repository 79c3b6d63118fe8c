/* Keys and sessions: found, in date, permitted, within their rate. */
#include "console/auth.h"

#include "base/log.h"
#include "console/branch.h"
#include "console/cookies.h"
#include "console/logins.h"
#include "console/users.h"

/* A session's last use is written down no more often than this. */
#define SEEN_STEP_MS 60000

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
		    "you may ask %lld times a second; wait, or ask for more "
		    "at once",
		    (long long)r->c->http->key_rate);
	return false;
}

static bool by_key(struct request *r, struct str text)
{
	struct key *k = keys_find(r->c->keys, text, clock_wall_ms(r->c->clock));

	if (k == NULL) {
		reply_error(r, 401, "bad_key", NULL,
			    "the key is unknown, expired or revoked; an admin "
			    "makes a new one");
		return false;
	}
	r->limit = &k->limit;
	if (!rate_ok(r))
		return false;
	r->who = k->who;
	if (key_ends_soon(k, clock_wall_ms(r->c->clock)))
		r->key_ends_ms = k->expires_ms;
	return true;
}

static void login_seen(struct request *r, struct login *s, int64_t now)
{
	struct cell cells[LOGIN_CELLS];
	int64_t step = MIN(SEEN_STEP_MS, r->c->login->session_idle / 4);

	if (now - s->seen_ms < step)
		return;
	s->seen_ms = now;
	login_cells(s, cells);
	store_put(r->c->store, STORE_LOGIN_PUT, cells, LOGIN_CELLS);
}

static bool by_session(struct request *r, struct str text)
{
	int64_t now = clock_wall_ms(r->c->clock);
	uint8_t hash[32];

	key_hash(keys_pepper(r->c->keys), text, hash);
	struct login *s = logins_find(r->c->logins, hash);
	struct user *u = s != NULL ? users_by_id(r->c->users, s->user) : NULL;
	if (u == NULL || u->state != USER_ACTIVE ||
	    logins_over(r->c->logins, s, now)) {
		reply_error(r, 401, "no_session", NULL,
			    "the session is over; log in again");
		return false;
	}
	r->limit = &u->limit;
	if (!rate_ok(r))
		return false;
	login_seen(r, s, now);
	r->who = u->who;
	r->session = s->id;
	if (u->must_change && !r->route->always) {
		reply_error(r, 403, "change_password", NULL,
			    "first change the password: POST /v1/me/password");
		return false;
	}
	return true;
}

static bool known(struct request *r)
{
	struct str text = bearer(request_header(r, "Authorization"));

	if (text.len > 0)
		return str_starts(text, STR(LOGIN_PREFIX)) ? by_session(r, text)
							   : by_key(r, text);
	text = cookie_session(r);
	if (text.len > 0)
		return by_session(r, text) && csrf_check(r, text);
	reply_error(r, 401, "no_key", NULL,
		    "send the header Authorization: Bearer KEY");
	return false;
}

static void forbid(struct request *r)
{
	AUTO(buf_done) struct buf roles = { 0 };

	buf_init(&roles, 256);
	who_roles_put(&roles, r->who.roles);
	log_info("http.forbidden", KV_S("who", r->who.actor),
		 KV_STR("role", buf_str(&roles)), KV_S("path", r->route->path));
	if ((r->route->needs & PERM_CONTACT_EXPORT) != 0)
		request_audit(r, str_of(r->who.tenant),
			      (r->route->needs & PERM_CONTACT_WRITE) != 0
				      ? "contact.import_denied"
				      : "contact.export_denied",
			      STR_NONE, STR_NONE);
	reply_error(r, 403, "role", NULL,
		    "role %s lacks %s; ask somebody whose role has it", roles.p,
		    first_missing(r));
}

static bool branch_ok(struct request *r)
{
	if (!branch_narrow(r) || r->route->branch != BRANCH_REFUSED)
		return true;
	log_info("http.forbidden", KV_S("who", r->who.actor),
		 KV_S("branch", r->who.branch), KV_S("path", r->route->path));
	reply_error(r, 403, "branch", NULL,
		    "you work for branch %s only, and this is of all branches: "
		    "%s",
		    r->who.branch,
		    r->route->whole == NULL ? "no row of it is of one"
					    : r->route->whole);
	return false;
}

bool auth_check(struct request *r)
{
	must(r != NULL && r->route != NULL && r->who.kind == WHO_NOBODY);
	if (r->route->auth != AUTH_WHO)
		return true;
	if (!known(r))
		return false;
	if (who_may(&r->who, r->route->needs))
		return branch_ok(r);
	forbid(r);
	return false;
}
