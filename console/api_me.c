/* /v1/me: who asks, and their own password. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "console/cookies.h"
#include "console/roll.h"
#include "console/user_view.h"

struct me_body {
	struct str old, fresh;
};

#define AT(f) offsetof(struct me_body, f)

static const struct field rows[] = {
	{ "old", FIELD_STR, AT(old), true, "The password until now." },
	{ "new", FIELD_STR, AT(fresh), true,
	  "The next one: a few words; it does not hold your name." },
};

const struct fields me_password_fields = { "me_password", rows,
					   ARRAY_LEN(rows) };

static void put_session(struct request *r, struct buf *b)
{
	const struct login *s = logins_by_id(r->c->logins, r->session);
	struct str cookie = cookie_session(r);
	char csrf[CSRF_HEX + 1];

	if (s == NULL)
		return;
	json_key(b, "session");
	json_open(b, '{');
	json_kid(b, "id", s->id);
	json_kt(b, "until", logins_until(r->c->logins, s));
	json_kt(b, "expires", s->expires_ms);
	json_close(b, '}');
	if (cookie.len == 0)
		return;
	csrf_text(r->c, cookie, csrf);
	json_kz(b, "csrf", csrf);
}

void api_me(struct request *r)
{
	must(r != NULL);
	const struct who *w = &r->who;
	const struct user *u =
		w->kind == WHO_USER ? users_by_id(r->c->users, w->id) : NULL;
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kz(b, "kind", u != NULL ? "user" : "key");
	if (u != NULL) {
		user_members(b, u);
	} else {
		json_kid(b, "id", w->id);
		json_kz(b, "actor", w->actor);
		json_kz(b, "name", w->name);
		json_kz(b, "tenant", w->tenant);
		json_ks_opt(b, "branch", str_of(w->branch));
		json_key(b, "roles");
		who_roles_json(b, w);
	}
	json_key(b, "permissions");
	who_permissions_json(b, w);
	put_session(r, b);
	json_close(b, '}');
	reply_send(r, 200);
}

/* ---- password ---------------------------------------------------------------------- */

static void on_stored(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void password_set(struct request *r, struct user *u, const char *hash)
{
	int64_t now = clock_wall_ms(r->c->clock);

	IGNORE(str_copy(u->password, sizeof(u->password), str_of(hash)));
	u->must_change = false;
	u->password_ms = now;
	u->updated_ms = MAX(now, u->updated_ms + 1);
	user_store(r->c, u);
	unsigned ended = logins_end_of(r->c, u->who.id, r->session);
	request_audit(r, str_of(u->who.tenant), "password.change",
		      str_of(u->who.actor), STR_NONE);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_ku(b, "sessions_ended", ended);
	json_close(b, '}');
	request_then(r, on_stored);
}

static void on_hashed(void *owner, const struct password_answer *a)
{
	struct request *r = owner;

	if (!request_woken(r) || r->answered)
		return;
	struct user *u = users_by_id(r->c->users, r->who.id);
	if (a->rc != 0 || r->c->stopping) {
		reply_rc(r, a->rc != 0 ? a->rc : -EAGAIN);
		return;
	}
	if (!a->right || u->state != USER_ACTIVE) {
		reply_error(r, 403, "bad_password", "old",
			    "that is not your password");
		return;
	}
	tries_forget(r->c->tries, r->session);
	password_set(r, u, a->hash);
}

/* Whoever finds an open session must not guess the password in it. */
static bool may_try(struct request *r)
{
	uint64_t now = clock_mono_ms(r->c->clock);
	uint64_t wait = tries_wait_ms(r->c->tries, r->session,
				      (unsigned)r->c->login->tries, now);

	if (wait == 0) {
		tries_wrong(r->c->tries, r->session, now);
		return true;
	}
	r->retry_after_s = (unsigned)(wait / 1000 + 1);
	reply_error(r, 429, "wait", NULL,
		    "too many wrong passwords; try again in %u s",
		    r->retry_after_s);
	return false;
}

static bool password_good(struct request *r, const struct me_body *body)
{
	struct err err = { "" };
	size_t least = (size_t)r->c->login->password_length;

	if (body->old.len == 0 || body->old.len > PASSWORD_MAX) {
		reply_error(r, 400, "too_long", "old",
			    "a password has 1 to %d bytes", PASSWORD_MAX);
		return false;
	}
	if (str_eq(body->old, body->fresh))
		IGNORE(err_set(&err, -EINVAL,
			       "the next password differs from the last"));
	else if (user_password_check(body->fresh, str_of(r->who.name), least,
				     &err) == 0)
		return true;
	reply_error(r, 400, "weak_password", "new", "%s", err.text);
	return false;
}

void api_me_password(struct request *r)
{
	struct me_body body = { 0 };

	must(r != NULL);
	if (r->who.kind != WHO_USER) {
		reply_error(r, 409, "no_password", NULL,
			    "a key has no password; make another key");
		return;
	}
	if (!request_fields(r, &body) || !password_good(r, &body) ||
	    !may_try(r))
		return;
	const struct user *u = users_by_id(r->c->users, r->who.id);
	struct password_ask ask = { .against = u->password,
				    .given = body.old,
				    .fresh = body.fresh,
				    .done = on_hashed,
				    .owner = r };
	if (passwords_ask(r->c->passwords, &ask) != 0)
		reply_rc(r, -EAGAIN);
	else
		request_wait(r);
}
