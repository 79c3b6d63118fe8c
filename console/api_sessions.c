/* /v1/sessions: log in, see who is logged in, log out. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "console/cookies.h"
#include "console/branch.h"
#include "console/grant.h"
#include "console/peers.h"
#include "console/roll.h"
#include "console/user_view.h"

struct try_body {
	struct str name, password;
	bool cookie;
};

#define AT(f) offsetof(struct try_body, f)

static const struct field rows[] = {
	{ "name", FIELD_STR, AT(name), true, "What you log in with." },
	{ "password", FIELD_STR, AT(password), true, "Your password." },
	{ "cookie", FIELD_BOOL, AT(cookie), false,
	  "true: the token comes as a cookie that scripts cannot read." },
};

const struct fields session_fields = { "session", rows, ARRAY_LEN(rows) };

/* A log-in until it is durable. */
struct login_try {
	uint64_t user; /* 0: nobody has the name */
	uint64_t place, name;
	bool known_place, cookie;
	struct login login;
	char token[64];
};

static void try_free(void *own)
{
	secret_wipe(own, sizeof(struct login_try));
	mem_free(own);
}

/* ---- wrong ones ------------------------------------------------------------------ */

/* Wrong passwords are counted by name and place: a browser that the user has
 * logged in with counts for itself, so that nobody else can make it wait. */
static void try_places(struct request *r, struct str name, const struct user *u,
		       struct login_try *l)
{
	AUTO(buf_done) struct buf both = { 0 };

	l->place = l->user != 0 ? cookie_known(r, l->user) : 0;
	l->known_place = l->place != 0;
	buf_init(&both, 512);
	buf_lstr(&both, name);
	/* Whatever an admin changes of a user forgets what was counted. */
	buf_u64(&both, u != NULL ? (uint64_t)u->updated_ms : 0);
	l->name = str_hash(buf_str(&both));
	buf_u64(&both, l->known_place ? l->place : r->peer->address);
	l->place = str_hash(buf_str(&both));
}

static bool may_try(struct request *r, struct login_try *l)
{
	const struct login_cfg *cfg = r->c->login;
	uint64_t now = clock_mono_ms(r->c->clock);
	uint64_t wait =
		tries_wait_ms(r->c->tries, l->place, (unsigned)cfg->tries, now);

	if (!l->known_place)
		wait = MAX(wait, tries_wait_ms(r->c->tries, l->name,
					       (unsigned)cfg->name_tries, now));
	if (wait == 0)
		return true;
	r->retry_after_s = (unsigned)(wait / 1000 + 1);
	reply_error(r, 429, "wait", NULL,
		    "too many wrong passwords; try again in %u s, or ask an "
		    "admin to unlock you",
		    r->retry_after_s);
	return false;
}

/* Counted before it is looked at, so that many at once are many. */
static void count_try(struct request *r, struct login_try *l, struct str name)
{
	uint64_t now = clock_mono_ms(r->c->clock);
	unsigned n = tries_wrong(r->c->tries, l->place, now);

	if (!l->known_place)
		tries_wrong(r->c->tries, l->name, now);
	if (n != (unsigned)r->c->login->tries || l->user == 0)
		return;
	const struct user *u = users_by_id(r->c->users, l->user);
	log_warn("login.slowed", KV_STR("user", name), KV_U("tries", n));
	audit_put(r->c->audit, str_of(u->who.tenant), name, STR("login.slowed"),
		  str_of(u->who.actor), STR_NONE);
}

/* ---- right ones ------------------------------------------------------------------- */

static void on_opened(struct request *r, int rc)
{
	struct login_try *l = r->own;

	if (rc == 0)
		rc = logins_put(r->c->logins, &l->login);
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

static void logins_sweep(struct console *c, int64_t now)
{
	for (size_t i = logins_len(c->logins); i-- > 0;) {
		struct login *s = logins_at(c->logins, i);
		if (logins_over(c->logins, s, now))
			login_end(c, s);
	}
}

/* One more than a user may have ends the one unused longest. */
static void logins_spare_one(struct console *c, uint64_t user)
{
	struct login *s, *oldest = NULL;
	int64_t n = 0;

	for (size_t i = 0; (s = logins_at(c->logins, i)) != NULL; i++) {
		if (s->user != user)
			continue;
		n++;
		if (oldest == NULL || s->seen_ms < oldest->seen_ms)
			oldest = s;
	}
	if (n >= c->login->sessions_per_user)
		login_end(c, oldest);
}

static void login_fill(struct request *r, struct login_try *l)
{
	struct login *s = &l->login;
	int64_t now = clock_wall_ms(r->c->clock);

	secret_token(LOGIN_PREFIX, l->token);
	key_hash(keys_pepper(r->c->keys), str_of(l->token), s->hash);
	s->id = id_next(&r->c->ids, now);
	s->user = l->user;
	s->created_ms = s->seen_ms = now;
	s->expires_ms = now + r->c->login->session_max;
	peer_text(r->peer, s->from);
	IGNORE(str_copy(s->agent, sizeof(s->agent),
			str_first(request_header(r, "User-Agent"),
				  LOGIN_AGENT_MAX)));
}

static void login_answer(struct request *r, struct login_try *l,
			 const struct user *u)
{
	char csrf[CSRF_HEX + 1];
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", l->login.id);
	if (l->cookie) {
		csrf_text(r->c, str_of(l->token), csrf);
		json_kz(b, "csrf", csrf);
		cookie_session_set(r, l->token, r->c->login->session_max);
	} else {
		json_kz(b, "token", l->token);
	}
	if (!l->known_place)
		cookie_known_set(r, u->who.id);
	json_kt(b, "until", logins_until(r->c->logins, &l->login));
	json_kt(b, "expires", l->login.expires_ms);
	json_key(b, "user");
	user_json(b, u);
	json_close(b, '}');
}

static void login_open(struct request *r, struct user *u, const char *rehash)
{
	struct login_try *l = r->own;
	char id[ID_TEXT];

	tries_forget(r->c->tries, l->place);
	tries_forget(r->c->tries, l->name);
	logins_sweep(r->c, clock_wall_ms(r->c->clock));
	logins_spare_one(r->c, u->who.id);
	if (logins_len(r->c->logins) >= (size_t)r->c->login->sessions_max) {
		r->retry_after_s = 60;
		reply_error(r, 503, "sessions_max", NULL,
			    "%lld sessions are open already; try later",
			    (long long)r->c->login->sessions_max);
		return;
	}
	if (rehash[0] != '\0') {
		IGNORE(str_copy(u->password, sizeof(u->password),
				str_of(rehash)));
		user_store(r->c, u);
	}
	login_fill(r, l);
	login_store(r->c, &l->login);
	r->who = u->who;
	id_text(l->login.id, id);
	request_audit(r, str_of(u->who.tenant), "session.open", str_of(id),
		      STR_NONE);
	login_answer(r, l, u);
	request_then(r, on_opened);
}

static void on_compared(void *owner, const struct password_answer *a)
{
	struct request *r = owner;

	if (!request_woken(r) || r->answered)
		return;
	struct login_try *l = r->own;
	struct user *u = users_by_id(r->c->users, l->user);
	if (a->rc != 0 || r->c->stopping) {
		reply_rc(r, a->rc != 0 ? a->rc : -EAGAIN);
		return;
	}
	if (a->right && u != NULL && u->state == USER_ACTIVE) {
		login_open(r, u, a->hash);
		return;
	}
	log_info("login.wrong", KV_I("known", u != NULL));
	/* The same for a wrong name, a wrong password and one who is off. */
	reply_error(r, 401, "bad_login", NULL,
		    "the name or the password is wrong; after %lld wrong ones "
		    "you must wait",
		    (long long)r->c->login->tries);
}

void api_session_open(struct request *r)
{
	struct try_body body = { 0 };

	must(r != NULL);
	if (!request_fields(r, &body))
		return;
	if (body.name.len == 0 || body.name.len > WHO_NAME_MAX ||
	    body.password.len == 0 || body.password.len > PASSWORD_MAX) {
		reply_error(r, 400, "bad_login", NULL,
			    "a name has 1 to %d bytes, a password 1 to %d",
			    WHO_NAME_MAX, PASSWORD_MAX);
		return;
	}
	struct login_try *l = mem_new(struct login_try);
	r->own = l;
	r->own_free = try_free;
	const struct user *u = users_by_name(r->c->users, body.name);
	bool can = u != NULL && u->password[0] != '\0';
	l->user = u != NULL ? u->who.id : 0;
	l->cookie = body.cookie;
	try_places(r, body.name, u, l);
	if (!may_try(r, l))
		return;
	struct password_ask ask = { .against = can ? u->password : NULL,
				    .given = body.password,
				    .done = on_compared,
				    .owner = r };
	if (passwords_ask(r->c->passwords, &ask) != 0) {
		reply_rc(r, -EAGAIN);
		return;
	}
	count_try(r, l, body.name);
	request_wait(r);
}

/* ---- seen, ended -------------------------------------------------------------------- */

static void login_json(struct request *r, const struct login *s,
		       const struct user *u)
{
	struct buf *b = &r->out;

	json_open(b, '{');
	json_kid(b, "id", s->id);
	json_kid(b, "user", s->user);
	json_kz(b, "name", u->who.name);
	json_kt(b, "opened", s->created_ms);
	json_kt(b, "seen", s->seen_ms);
	json_kt(b, "until", logins_until(r->c->logins, s));
	json_ks_opt(b, "from", str_of(s->from));
	json_ks_opt(b, "agent", str_of(s->agent));
	if (s->id == r->session)
		json_kb(b, "this", true);
	json_close(b, '}');
}

/* One's own; all that one sees with user.manage. */
static bool login_mine(struct request *r, const struct user *u)
{
	branch_kept(r);
	if (r->who.kind == WHO_USER && u->who.id == r->who.id)
		return true;
	return who_may(&r->who, PERM_USERS) && grant_sees(r, &u->who);
}

void api_sessions_list(struct request *r)
{
	const struct login *s;
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	branch_kept(r);
	int64_t now = clock_wall_ms(r->c->clock);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "sessions");
	json_open(b, '[');
	for (size_t i = 0; (s = logins_at(r->c->logins, i)) != NULL; i++) {
		const struct user *u = users_by_id(r->c->users, s->user);
		if (u != NULL && login_mine(r, u) &&
		    !logins_over(r->c->logins, s, now))
			login_json(r, s, u);
	}
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

static void on_ended(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_session_end(struct request *r)
{
	uint64_t id = 0;
	char text[ID_TEXT];

	must(r != NULL);
	if (str_eqz(r->param[0], "this"))
		id = r->session;
	else if (!param_id(r, 0, &id))
		return;
	struct login *s = logins_by_id(r->c->logins, id);
	const struct user *u =
		s != NULL ? users_by_id(r->c->users, s->user) : NULL;
	if (u == NULL || !login_mine(r, u)) {
		reply_error(r, 404, "no_session", NULL,
			    "there is no such session; GET /v1/sessions lists "
			    "them");
		return;
	}
	id_text(id, text);
	if (id == r->session)
		cookie_session_clear(r);
	login_end(r->c, s);
	request_audit(r, str_of(u->who.tenant), "session.end", str_of(text),
		      STR_NONE);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kz(b, "ended", text);
	json_close(b, '}');
	request_then(r, on_ended);
}
