/* Users as JSON. */
#include "console/user_view.h"

#include "proto/json.h"

void who_roles_json(struct buf *b, const struct who *w)
{
	must(b != NULL && w != NULL);
	json_open(b, '[');
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (who_is(w, (enum role)i))
			json_s(b, str_of(role_name((enum role)i)));
	}
	json_close(b, ']');
}

void who_permissions_json(struct buf *b, const struct who *w)
{
	must(b != NULL && w != NULL);
	json_open(b, '[');
	for (unsigned i = 0; i < PERM_COUNT; i++) {
		if ((w->perms & UINT64_C(1) << i) != 0)
			json_s(b, str_of(perm_name(UINT64_C(1) << i)));
	}
	json_close(b, ']');
}

void user_members(struct buf *b, const struct user *u)
{
	must(b != NULL && u != NULL);
	json_kid(b, "id", u->who.id);
	json_kz(b, "actor", u->who.actor);
	json_kz(b, "name", u->who.name);
	json_ks_opt(b, "title", str_of(u->title));
	json_ks_opt(b, "lang", str_of(u->lang));
	json_kz(b, "tenant", u->who.tenant);
	json_ks_opt(b, "branch", str_of(u->who.branch));
	json_key(b, "roles");
	who_roles_json(b, &u->who);
	json_kz(b, "state", user_state_name(u->state));
	json_kb(b, "must_change_password", u->must_change);
	json_kt(b, "created", u->created_ms);
	json_kt(b, "updated", u->updated_ms);
	json_kt_opt(b, "password_set", u->password_ms);
}

void user_json(struct buf *b, const struct user *u)
{
	json_open(b, '{');
	user_members(b, u);
	json_close(b, '}');
}

void user_etag(const struct user *u, char out[24])
{
	must(u != NULL && out != NULL);
	snprintf(out, 24, "\"%llx\"", (unsigned long long)u->updated_ms);
}
