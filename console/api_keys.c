/* /v1/keys: made, listed, revoked. A key's text is shown once. */
#include "console/api.h"

#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "console/branch.h"
#include "console/grant.h"
#include "console/stream.h"

struct key_body {
	struct str name, role, tenant, branch;
	int64_t expires_at;
};

#define AT(f) offsetof(struct key_body, f)

static const struct field rows[] = {
	{ "name", FIELD_STR, AT(name), true, "Who or what uses the key." },
	{ "role", FIELD_STR, AT(role), true,
	  "admin, operator, sender, marketer, approver, care, agent ..." },
	{ "tenant", FIELD_STR, AT(tenant), false,
	  "Its tenant; empty: every tenant." },
	{ "branch", FIELD_STR, AT(branch), false,
	  "Its branch: it sees and changes what is of it, no more." },
	{ "expires_at", FIELD_TIME, AT(expires_at), false,
	  "Not valid from then on; 90 days at most for partners." },
};

const struct fields key_fields = { "key", rows, ARRAY_LEN(rows) };

static void put_key(struct buf *b, const struct key *k, int64_t now_ms)
{
	bool over = k->expires_ms != 0 && k->expires_ms <= now_ms;

	json_open(b, '{');
	json_kid(b, "id", k->who.id);
	json_kz(b, "name", k->who.name);
	json_kz(b, "role", role_name(key_role(k)));
	json_kz(b, "tenant", k->who.tenant);
	json_ks_opt(b, "branch", str_of(k->who.branch));
	json_kz(b, "state",
		k->revoked_ms != 0 ? "revoked"
		: over             ? "expired"
				   : "valid");
	json_kt(b, "created", k->created_ms);
	json_kt_opt(b, "expires", k->expires_ms);
	if (key_ends_soon(k, now_ms))
		json_kb(b, "ends_soon", true);
	json_kt_opt(b, "revoked", k->revoked_ms);
	json_close(b, '}');
}

void api_keys_list(struct request *r)
{
	struct str tenant;
	struct key *k;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	branch_kept(r);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "keys");
	json_open(b, '[');
	for (size_t i = 0; (k = keys_at(r->c->keys, i)) != NULL; i++) {
		if (grant_sees(r, &k->who) &&
		    (tenant.len == 0 || str_eqz(tenant, k->who.tenant)))
			put_key(b, k, clock_wall_ms(r->c->clock));
	}
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

/* ---- made --------------------------------------------------------------------*/

/* Until its commit the key is here, and works nowhere. */
struct key_new {
	struct key key;
};

static void on_made(struct request *r, int rc)
{
	struct key_new *n = r->own;

	if (rc == 0)
		rc = keys_put(r->c->keys, &n->key, clock_mono_us(r->c->clock));
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

static bool key_read(struct request *r, struct key *k)
{
	struct key_body body = { 0 };
	int64_t now = clock_wall_ms(r->c->clock);
	enum role role;

	if (!request_fields(r, &body) ||
	    !grant_scope(r, body.tenant, body.branch, &k->who))
		return false;
	if (body.name.len == 0 ||
	    str_copy(k->who.name, sizeof(k->who.name), body.name) != 0) {
		reply_error(r, 400, "too_long", "name",
			    "a name has 1 to %d bytes", WHO_NAME_MAX);
		return false;
	}
	if (role_parse(body.role, &role) != 0) {
		reply_error(r, 400, "no_role", "role",
			    "there is no role '%.*s'; docs/api.md lists them",
			    STR_ARGS(str_first(body.role, 40)));
		return false;
	}
	if (body.expires_at != 0 && body.expires_at <= now) {
		reply_error(r, 400, "bad_time", "expires_at",
			    "that is in the past; give a time to come");
		return false;
	}
	k->created_ms = now;
	k->expires_ms = body.expires_at;
	if (role == ROLE_PARTNER &&
	    (k->expires_ms == 0 || k->expires_ms > now + KEY_PARTNER_MS))
		k->expires_ms = now + KEY_PARTNER_MS;
	key_settle(k, id_next(&r->c->ids, now), role);
	return true;
}

static void key_audit(struct request *r, const struct key *k,
		      const char *action)
{
	AUTO(buf_done) struct buf detail = { 0 };
	char id[ID_TEXT];

	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_kz(&detail, "name", k->who.name);
	json_kz(&detail, "role", role_name(key_role(k)));
	json_close(&detail, '}');
	id_text(k->who.id, id);
	request_audit(r, str_of(k->who.tenant), action, str_of(id),
		      buf_str(&detail));
}

static void key_store(struct request *r, const struct key *k)
{
	struct cell cells[KEY_CELLS];

	key_cells(k, cells);
	store_put(r->c->store, STORE_KEY_PUT, cells, KEY_CELLS);
}

void api_keys_post(struct request *r)
{
	char text[64];

	must(r != NULL);
	if (keys_len(r->c->keys) >= (size_t)r->c->login->keys_max) {
		reply_error(r, 409, "keys_max", NULL,
			    "there are %lld keys already; raise keys_max",
			    (long long)r->c->login->keys_max);
		return;
	}
	struct key_new *n = mem_new(struct key_new);
	r->own = n;
	r->own_free = mem_free;
	if (!key_read(r, &n->key))
		return;
	secret_api_key(text);
	key_hash(keys_pepper(r->c->keys), str_of(text), n->key.hash);
	key_store(r, &n->key);
	key_audit(r, &n->key, "key.create");
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kid(b, "id", n->key.who.id);
	json_kz(b, "key", text);
	json_kz(b, "name", n->key.who.name);
	json_kz(b, "role", role_name(key_role(&n->key)));
	json_kz(b, "tenant", n->key.who.tenant);
	json_ks_opt(b, "branch", str_of(n->key.who.branch));
	json_kt_opt(b, "expires", n->key.expires_ms);
	json_close(b, '}');
	secret_wipe(text, sizeof(text));
	request_then(r, on_made);
}

/* ---- revoked -------------------------------------------------------------------*/

static void on_revoked(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_key_revoke(struct request *r)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !param_id(r, 0, &id))
		return;
	struct key *k = keys_by_id(r->c->keys, id);
	if (k == NULL || !grant_sees(r, &k->who)) {
		reply_error(r, 404, "no_key", NULL, "there is no such key");
		return;
	}
	if (r->who.kind == WHO_KEY && r->who.id == id) {
		reply_error(r, 409, "own_key", NULL,
			    "a key cannot revoke itself");
		return;
	}
	if (k->revoked_ms == 0 && k->expires_ms == 0 &&
	    !grant_admin_may_go(r, &k->who))
		return;
	/* At once, whatever the disk says. */
	stream_hub_end(r->c->hub, id);
	if (k->revoked_ms == 0)
		k->revoked_ms = clock_wall_ms(r->c->clock);
	key_store(r, k);
	key_audit(r, k, "key.revoke");
	put_key(reply_json(r), k, clock_wall_ms(r->c->clock));
	request_then(r, on_revoked);
}
