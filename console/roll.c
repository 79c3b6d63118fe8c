/* The roll: keys, users and sessions from the store; the last admin. */
#include "console/roll.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "console/stream.h"

struct roll_scan {
	struct console *c;
	uint8_t pepper[KEY_PEPPER];
	bool found;
	unsigned bad;
};

static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

static bool pepper_row(void *owner, const struct row *row)
{
	struct roll_scan *k = owner;
	struct str hex = row_s(row, 0);

	if (hex.len != 2 * KEY_PEPPER)
		return false;
	for (unsigned i = 0; i < KEY_PEPPER; i++) {
		int high = hex_digit(hex.p[2 * i]);
		int low = hex_digit(hex.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		k->pepper[i] = (uint8_t)(high << 4 | low);
	}
	k->found = true;
	return false;
}

static bool key_row(void *owner, const struct row *row)
{
	struct roll_scan *k = owner;
	struct key key;

	if (key_from_row(row, &key) != 0 ||
	    keys_put(k->c->keys, &key, clock_mono_us(k->c->clock)) != 0)
		k->bad++;
	else
		id_source_seen(&k->c->ids, key.who.id);
	return true;
}

static bool user_row(void *owner, const struct row *row)
{
	struct roll_scan *k = owner;
	struct user u;

	if (user_from_row(row, &u) != 0 ||
	    users_put(k->c->users, &u, clock_mono_us(k->c->clock)) != 0)
		k->bad++;
	else
		id_source_seen(&k->c->ids, u.who.id);
	return true;
}

static bool login_row(void *owner, const struct row *row)
{
	struct roll_scan *k = owner;
	struct login s;

	if (login_from_row(row, &s) != 0 || logins_put(k->c->logins, &s) != 0)
		k->bad++;
	else
		id_source_seen(&k->c->ids, s.id);
	return true;
}

static void tables_open(struct console *c, const uint8_t pepper[KEY_PEPPER])
{
	const struct login_cfg *l = c->login;
	double rate = (double)c->http->key_rate;
	double burst = (double)c->http->key_burst;

	burst = burst > 0 ? burst : MAX(rate, 1);
	c->keys = keys_new(pepper, (size_t)l->keys_max, rate, burst);
	struct users_cfg ucfg = { .max = (size_t)l->users_max,
				  .rate = rate,
				  .burst = burst };
	memcpy(ucfg.pseudonym_key, keys_pseudonym_key(c->keys), PSEUDONYM_KEY);
	c->users = users_new(&ucfg);
	c->logins = logins_new((size_t)l->sessions_max, l->session_idle);
	c->passwords = passwords_new(c->loop, l);
	struct tries_cfg tcfg = { .wait_ms = (uint64_t)l->wait,
				  .wait_max_ms = (uint64_t)l->wait_max,
				  .tracked = (size_t)l->tries_tracked };
	c->tries = tries_new(&tcfg);
}

int roll_load(struct console *c, struct err *err)
{
	static const struct {
		enum store_call call;
		store_row_fn row;
	} scans[] = {
		{ STORE_KEY_LIST, key_row },
		{ STORE_USER_LIST, user_row },
		{ STORE_LOGIN_LIST, login_row },
	};
	struct roll_scan k = { .c = c };
	struct cell name = CELL_Z(KEY_PEPPER_META);
	const struct store_ops *ops = c->store->ops;

	int rc = ops->scan(c->store, STORE_META_GET, &name, 1, pepper_row, &k);
	if (rc != 0)
		return err_set(err, rc, "the store does not give its keys");
	if (!k.found)
		return err_set(err, -ENOENT,
			       "the store has no key; run carillond init");
	tables_open(c, k.pepper);
	secret_wipe(k.pepper, sizeof(k.pepper));
	for (unsigned i = 0; i < ARRAY_LEN(scans); i++) {
		rc = ops->scan(c->store, scans[i].call, NULL, 0, scans[i].row,
			       &k);
		if (rc != 0)
			return err_set(err, rc,
				       "the store does not give its keys and "
				       "users");
	}
	if (k.bad > 0)
		log_warn("roll.unreadable", KV_U("count", k.bad));
	return 0;
}

void roll_free(struct console *c)
{
	must(c != NULL);
	passwords_free(&c->passwords);
	tries_free(&c->tries);
	logins_free(&c->logins);
	users_free(&c->users);
	keys_free(&c->keys);
}

/* ---- written ------------------------------------------------------------------ */

void user_store(struct console *c, const struct user *u)
{
	AUTO(buf_done) struct buf roles = { 0 };
	struct cell cells[USER_CELLS];

	must(c != NULL && u != NULL);
	buf_init(&roles, 256);
	user_cells(u, &roles, cells);
	store_put(c->store, STORE_USER_PUT, cells, USER_CELLS);
}

void login_store(struct console *c, const struct login *s)
{
	struct cell cells[LOGIN_CELLS];

	must(c != NULL && s != NULL);
	login_cells(s, cells);
	store_put(c->store, STORE_LOGIN_PUT, cells, LOGIN_CELLS);
}

void login_end(struct console *c, struct login *s)
{
	must(c != NULL && s != NULL);
	struct cell id = CELL_I(s->id);

	store_put(c->store, STORE_LOGIN_DROP, &id, 1);
	stream_hub_end(c->hub, s->id);
	logins_end(c->logins, s);
}

unsigned logins_end_of(struct console *c, uint64_t user, uint64_t but)
{
	struct login *s;
	unsigned n = 0;

	must(c != NULL);
	for (size_t i = logins_len(c->logins); i-- > 0;) {
		s = logins_at(c->logins, i);
		if (s->user != user || s->id == but)
			continue;
		login_end(c, s);
		n++;
	}
	return n;
}

/* ---- the last admin ------------------------------------------------------------ */

static bool admin_of(const struct who *w, struct str tenant,
		     const struct who *but)
{
	return who_is(w, ROLE_ADMIN) && str_eqz(tenant, w->tenant) &&
	       w->branch[0] == '\0' &&
	       !(w->kind == but->kind && w->id == but->id);
}

bool roll_has_admin(const struct console *c, struct str tenant,
		    const struct who *but)
{
	const struct user *u;
	const struct key *k;

	must(c != NULL && but != NULL);
	for (size_t i = 0; (u = users_at(c->users, i)) != NULL; i++) {
		if (admin_of(&u->who, tenant, but) && u->state == USER_ACTIVE &&
		    u->password[0] != '\0')
			return true;
	}
	for (size_t i = 0; (k = keys_at(c->keys, i)) != NULL; i++) {
		if (admin_of(&k->who, tenant, but) && k->revoked_ms == 0 &&
		    k->expires_ms == 0)
			return true;
	}
	return false;
}
