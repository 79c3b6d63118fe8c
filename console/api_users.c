/* /v1/users: people who log in; made, changed, given passwords, removed. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "care/cases.h"
#include "base/secret.h"
#include "console/branch.h"
#include "console/grant.h"
#include "console/roll.h"
#include "console/user_view.h"
#include "proto/text.h"

struct user_body {
	struct str name, title, lang, tenant, branch, state, password;
	json_t *roles;
};

#define AT(f) offsetof(struct user_body, f)

static const struct field rows[] = {
	{ "name", FIELD_STR, AT(name), false,
	  "What the user logs in with; never changes." },
	{ "title", FIELD_STR, AT(title), false, "How people call the user." },
	{ "lang", FIELD_STR, AT(lang), false, "zh or en." },
	{ "tenant", FIELD_STR, AT(tenant), false,
	  "The user's tenant; empty: yours." },
	{ "branch", FIELD_STR, AT(branch), false,
	  "The user's branch: sees and changes what is of it, no more." },
	{ "roles", FIELD_ARRAY, AT(roles), false,
	  "[\"marketer\", \"approver\"]; auditor and partner stand alone." },
	{ "state", FIELD_STR, AT(state), false,
	  "active, or off: may not log in." },
	{ "password", FIELD_STR, AT(password), false,
	  "The first one, to be changed at the first log-in; "
	  "without it one is made and shown this once." },
};

const struct fields user_fields = { "user", rows, ARRAY_LEN(rows) };

static const struct field password_rows[] = {
	{ "password", FIELD_STR, AT(password), false,
	  "To be changed at the next log-in; without it one is made and shown this once." },
};

const struct fields user_password_fields = { "user_password", password_rows,
					     ARRAY_LEN(password_rows) };

/* What is being done, until it is durable. */
struct user_work {
	struct user user;
	char password[PASSWORD_MAX + 1]; /* in clear, to be shown or hashed */
	bool made;                       /* by us: shown */
	bool fresh;                      /* a user that was not there before */
};

static void work_free(void *own)
{
	secret_wipe(own, sizeof(struct user_work));
	mem_free(own);
}

static struct user_work *work_new(struct request *r)
{
	struct user_work *w = mem_new(struct user_work);

	r->own = w;
	r->own_free = work_free;
	return w;
}

static void note(struct request *r, const struct user *u, const char *action)
{
	AUTO(buf_done) struct buf detail = { 0 }, roles = { 0 };
	char id[ID_TEXT];

	buf_init(&detail, AUDIT_DETAIL_MAX);
	buf_init(&roles, 256);
	who_roles_put(&roles, u->who.roles);
	json_open(&detail, '{');
	json_kz(&detail, "name", u->who.name);
	json_ks(&detail, "roles", buf_str(&roles));
	json_ks_opt(&detail, "branch", str_of(u->who.branch));
	json_kz(&detail, "state", user_state_name(u->state));
	json_close(&detail, '}');
	id_text(u->who.id, id);
	request_audit(r, str_of(u->who.tenant), action, str_of(id),
		      buf_str(&detail));
}

/* ---- looked at ---------------------------------------------------------------- */

void api_users_list(struct request *r)
{
	struct str tenant;
	const struct user *u;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	branch_kept(r);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "users");
	json_open(b, '[');
	for (size_t i = 0; (u = users_at(r->c->users, i)) != NULL; i++) {
		if (grant_sees(r, &u->who) &&
		    (tenant.len == 0 || str_eqz(tenant, u->who.tenant)))
			user_json(b, u);
	}
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

static struct user *user_asked(struct request *r)
{
	struct user *u = NULL;
	uint64_t id;

	if (!param_id(r, 0, &id))
		return NULL;
	u = users_by_id(r->c->users, id);
	if (u != NULL && grant_sees(r, &u->who) && u->state != USER_GONE)
		return u;
	reply_error(r, 404, "no_user", NULL,
		    "there is no such user; GET /v1/users lists them");
	return NULL;
}

void api_user_get(struct request *r)
{
	must(r != NULL);
	const struct user *u = user_asked(r);
	if (u == NULL)
		return;
	user_json(reply_json(r), u);
	user_etag(u, r->etag);
	reply_send(r, 200);
}

/* ---- what is said of them -------------------------------------------------------- */

static bool roles_read(struct request *r, json_t *list, uint32_t *out)
{
	struct err err = { "" };
	uint32_t roles = 0;
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		struct str name = str_of(json_string_value(one));
		enum role role;
		if (role_parse(name, &role) != 0) {
			reply_error(r, 400, "no_role", "roles",
				    "there is no role '%.*s'; docs/api.md "
				    "lists them",
				    STR_ARGS(str_first(name, 40)));
			return false;
		}
		roles |= BIT(role);
	}
	if (user_roles_check(roles, &err) != 0) {
		reply_error(r, 400, "roles", "roles", "%s", err.text);
		return false;
	}
	*out = roles;
	return true;
}

static bool text_read(struct request *r, const char *field, struct str s,
		      char *out, size_t size)
{
	if (text_utf8_ok(s) && text_printable(s) && str_copy(out, size, s) == 0)
		return true;
	reply_error(r, 400, "too_long", field, "'%s' has at most %zu bytes",
		    field, size - 1);
	return false;
}

/* What may be said at any time; what is absent stays. */
static bool body_take(struct request *r, const struct user_body *body,
		      struct user *u)
{
	if (body->title.p != NULL &&
	    !text_read(r, "title", body->title, u->title, sizeof(u->title)))
		return false;
	if (body->lang.p != NULL &&
	    !text_read(r, "lang", body->lang, u->lang, sizeof(u->lang)))
		return false;
	if (body->roles != NULL && !roles_read(r, body->roles, &u->who.roles))
		return false;
	if (body->state.len > 0 &&
	    (user_state_parse(body->state, &u->state) != 0 ||
	     u->state == USER_GONE)) {
		reply_error(r, 400, "bad_state", "state",
			    "a state is active or off");
		return false;
	}
	return true;
}

static bool password_take(struct request *r, struct str given,
			  struct user_work *w)
{
	struct err err = { "" };

	if (given.len == 0) {
		char token[64];

		secret_token("pw_", token);
		w->made = true;
		IGNORE(str_copy(w->password, sizeof(w->password),
				str_first(str_of(token + 3), 20)));
		secret_wipe(token, sizeof(token));
		return true;
	}
	if (user_password_check(given, str_of(w->user.who.name),
				(size_t)r->c->login->password_length,
				&err) != 0) {
		reply_error(r, 400, "weak_password", "password", "%s",
			    err.text);
		return false;
	}
	return str_copy(w->password, sizeof(w->password), given) == 0;
}

/* ---- hashed, written, answered ---------------------------------------------------- */

static void on_stored(struct request *r, int rc)
{
	struct user_work *w = r->own;

	if (rc != 0 && w->fresh)
		users_drop(r->c->users, w->user.who.id);
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	user_members(b, &w->user);
	if (w->made)
		json_kz(b, "password", w->password);
	json_close(b, '}');
	user_etag(&w->user, r->etag);
	reply_send(r, w->fresh ? 201 : 200);
}

static void keep(struct request *r, struct user_work *w, const char *action)
{
	int64_t now = clock_wall_ms(r->c->clock);

	w->user.updated_ms = MAX(now, w->user.updated_ms + 1);
	int rc = users_put(r->c->users, &w->user, clock_mono_us(r->c->clock));
	if (rc == -EEXIST) {
		reply_error(r, 409, "name_taken", "name",
			    "there is, or was, a user of that name; take "
			    "another one");
		return;
	}
	if (rc != 0) {
		reply_error(r, 409, "users_max", NULL,
			    "there are %lld users already; raise users_max",
			    (long long)r->c->login->users_max);
		return;
	}
	user_store(r->c, &w->user);
	note(r, &w->user, action);
	request_then(r, on_stored);
}

static void on_hashed(void *owner, const struct password_answer *a)
{
	struct request *r = owner;

	if (!request_woken(r) || r->answered)
		return;
	struct user_work *w = r->own;
	if (a->rc != 0 || r->c->stopping) {
		reply_rc(r, a->rc != 0 ? a->rc : -EAGAIN);
		return;
	}
	if (!w->fresh) {
		/* It may have been changed, or removed, meanwhile. */
		const struct user *now =
			users_by_id(r->c->users, w->user.who.id);
		if (now->state == USER_GONE) {
			reply_rc(r, -ENOENT);
			return;
		}
		w->user = *now;
		logins_end_of(r->c, now->who.id, 0);
	}
	IGNORE(str_copy(w->user.password, SECRET_HASH_MAX, str_of(a->hash)));
	w->user.must_change = true;
	w->user.password_ms = clock_wall_ms(r->c->clock);
	keep(r, w, w->fresh ? "user.create" : "user.password");
}

static void hash_ask(struct request *r, struct user_work *w)
{
	struct password_ask ask = { .fresh = str_of(w->password),
				    .done = on_hashed,
				    .owner = r };

	if (passwords_ask(r->c->passwords, &ask) != 0)
		reply_rc(r, -EAGAIN);
	else
		request_wait(r);
}

void api_users_post(struct request *r)
{
	struct user_body body = { 0 };
	struct err err = { "" };

	must(r != NULL);
	if (!request_fields(r, &body))
		return;
	struct user_work *w = work_new(r);
	struct who *who = &w->user.who;
	if (user_name_check(body.name, &err) != 0) {
		reply_error(r, 400, "bad_name", "name", "%s", err.text);
		return;
	}
	IGNORE(str_copy(who->name, sizeof(who->name), body.name));
	if (body.roles == NULL) {
		reply_error(r, 400, "missing", "roles",
			    "'roles' is a list of at least one role");
		return;
	}
	if (!grant_scope(r, body.tenant, body.branch, who) ||
	    !body_take(r, &body, &w->user) ||
	    !password_take(r, body.password, w))
		return;
	if (who_is(who, ROLE_PARTNER) && who->tenant[0] == '\0') {
		reply_error(r, 400, "partner_tenant", "tenant",
			    "a partner belongs to one tenant; name it");
		return;
	}
	who->kind = WHO_USER;
	w->user.created_ms = clock_wall_ms(r->c->clock);
	who->id = id_next(&r->c->ids, w->user.created_ms);
	who_settle(who);
	w->fresh = true;
	if (users_by_name(r->c->users, body.name) != NULL)
		keep(r, w, "user.create"); /* says that it is taken */
	else
		hash_ask(r, w);
}

void api_user_password(struct request *r)
{
	struct user_body body = { 0 };

	must(r != NULL);
	const struct user *u = user_asked(r);
	if (u == NULL || !request_fields(r, &body))
		return;
	struct user_work *w = work_new(r);
	w->user = *u;
	if (password_take(r, body.password, w))
		hash_ask(r, w);
}

/* ---- changed -------------------------------------------------------------------- */

/* The branch may be widened or narrowed, within one's own. */
static bool branch_take(struct request *r, const struct user_body *body,
			struct user *u)
{
	if (body->tenant.len > 0 && !str_eqz(body->tenant, u->who.tenant)) {
		reply_error(r, 409, "tenant", "tenant",
			    "a user's tenant never changes; make another user");
		return false;
	}
	return body->branch.p == NULL ||
	       grant_scope(r, str_of(u->who.tenant), body->branch, &u->who);
}

static bool patch_read(struct request *r, const struct user *u,
		       struct user_work *w)
{
	struct user_body body = { 0 };
	struct str match = request_header(r, "If-Match");
	char etag[24];

	if (!request_fields(r, &body))
		return false;
	w->user = *u;
	user_etag(u, etag);
	if (match.len > 0 && !str_eqz(match, etag)) {
		reply_error(r, 409, "stale", NULL,
			    "the user was changed meanwhile; read again");
		return false;
	}
	if (body.name.len > 0 && !str_eqz(body.name, u->who.name)) {
		reply_error(r, 409, "name", "name",
			    "a user's name never changes; make another user");
		return false;
	}
	if (body.password.len > 0) {
		reply_error(r, 400, "password", "password",
			    "a password is set by POST /v1/users/ID/password");
		return false;
	}
	return branch_take(r, &body, &w->user) && body_take(r, &body, &w->user);
}

/* Whoever answers for open cases stays until they are another's. */
static bool owns_nothing(struct request *r, const struct user *u)
{
	unsigned n = r->c->cases == NULL
			     ? 0
			     : cases_owned(r->c->cases, str_of(u->who.tenant),
					   str_of(u->who.name));

	if (n > 0)
		reply_error(r, 409, "owns_cases", "state",
			    "%u open cases are theirs: assign them to another "
			    "first",
			    n);
	return n == 0;
}

void api_user_patch(struct request *r)
{
	must(r != NULL);
	const struct user *u = user_asked(r);
	if (u == NULL)
		return;
	struct user_work *w = work_new(r);
	if (!patch_read(r, u, w))
		return;
	who_settle(&w->user.who);
	bool admin = who_is(&w->user.who, ROLE_ADMIN) &&
		     w->user.state == USER_ACTIVE &&
		     w->user.who.branch[0] == '\0';
	if (!admin && u->state == USER_ACTIVE &&
	    !grant_admin_may_go(r, &u->who))
		return;
	if (w->user.state != USER_ACTIVE && !owns_nothing(r, u))
		return;
	/* What a live stream shows was decided when it was opened. */
	if (w->user.state != USER_ACTIVE || w->user.who.roles != u->who.roles ||
	    strcmp(w->user.who.branch, u->who.branch) != 0)
		logins_end_of(r->c, u->who.id, r->session);
	keep(r, w, "user.change");
}

/* Wrong passwords are counted for a user as last changed: this is a change. */
void api_user_unlock(struct request *r)
{
	must(r != NULL);
	const struct user *u = user_asked(r);
	if (u == NULL)
		return;
	struct user_work *w = work_new(r);
	w->user = *u;
	keep(r, w, "user.unlock");
}

void api_user_delete(struct request *r)
{
	must(r != NULL);
	const struct user *u = user_asked(r);
	if (u == NULL || !grant_admin_may_go(r, &u->who) || !owns_nothing(r, u))
		return;
	struct user_work *w = work_new(r);
	w->user = *u;
	w->user.state = USER_GONE;
	w->user.password[0] = '\0';
	w->user.title[0] = '\0';
	logins_end_of(r->c, u->who.id, 0);
	keep(r, w, "user.remove");
}
