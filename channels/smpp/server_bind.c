/* Who binds: the account, its address, its password. Hashes are verified in
 * the pool, a few at once; who fails too often is not even looked at. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stream.h"
#include "channels/smpp/server_impl.h"
#include "proto/smpp_status.h"
#include "proto/smpp_write.h"

enum {
	CHECKS_MAX = 2, /* at once: each takes 64 MB */
	PEERS_MAX = 20000,
	MINUTE_MS = 60000,
};

/* One hash under way in the pool; it may outlive session and server. */
struct server_check {
	struct smpp_server *server; /* NULL: gone */
	struct server_check *next;
	uint32_t session;
	char *hash;
	char *password;
	bool good;
};

/* ---- addresses ------------------------------------------------------------ */

/* The minute that began at its first refusal. */
static bool in_minute(const struct smpp_server *s, const struct server_peer *p)
{
	return p->told && server_now_ms(s) - p->since_ms < MINUTE_MS;
}

static void peer_free(struct server_peer *p)
{
	mem_free(p->ip);
	mem_free(p);
}

/* Drops those who have no connection and failed in no recent minute. */
static void peers_sweep(struct smpp_server *s)
{
	struct dict *kept = dict_new();
	struct str key;
	size_t pos = 0;
	void *value;

	while (dict_next(s->peers, &pos, &key, &value)) {
		struct server_peer *p = value;

		if (p->connections > 0 || in_minute(s, p))
			(void)dict_set(kept, key, p);
		else
			peer_free(p);
	}
	dict_free(&s->peers);
	s->peers = kept;
}

struct server_peer *server_peer_of(struct smpp_server *s, const char *stream)
{
	struct str ip = str_of(stream);
	size_t colon = ip.len;

	while (colon > 0 && ip.p[colon - 1] != ':')
		colon--;
	ip = str_first(ip, colon > 0 ? colon - 1 : 0);
	struct server_peer *p = dict_get(s->peers, ip);
	if (p != NULL)
		return p;
	if (dict_len(s->peers) >= PEERS_MAX)
		peers_sweep(s);
	if (dict_len(s->peers) >= PEERS_MAX)
		return NULL;
	p = mem_new(struct server_peer);
	p->ip = str_z(ip);
	(void)dict_set(s->peers, ip, p);
	return p;
}

void server_peers_free(struct smpp_server *s)
{
	struct str key;
	size_t pos = 0;
	void *value;

	while (dict_next(s->peers, &pos, &key, &value))
		peer_free(value);
	dict_free(&s->peers);
}

static unsigned failures(const struct smpp_server *s, struct server_peer *p)
{
	if (!in_minute(s, p)) {
		p->failed = 0;
		p->told = false;
	}
	return p->failed;
}

static bool failed_too_often(const struct server_session *x)
{
	return failures(x->server, x->peer) >=
	       (unsigned)x->server->env.cfg->failed_binds;
}

/* ---- the answer ----------------------------------------------------------- */

static void respond(struct server_session *x, uint32_t status)
{
	struct smpp_server *s = x->server;
	bool version = x->version >= SMPP_VERSION_34;

	buf_reset(&s->out);
	int rc =
		smpp_write_bind_resp(&s->out, x->command | SMPP_RESP, status,
				     x->bind_seq, str_of(s->env.cfg->system_id),
				     version ? SMPP_VERSION_34 : -1);
	must(rc == 0); /* smpp_server_check has seen the system_id */
	server_session_write(x, buf_str(&s->out), 1);
}

/* Counted always, logged once a minute for an address. */
static void refuse(struct server_session *x, struct str system_id,
		   uint32_t status, const char *why)
{
	struct smpp_server *s = x->server;
	struct server_peer *p = x->peer;
	bool known = status == SMPP_RALYBND; /* it was who it said it was */

	stat_add(s->s_binds_failed, 1);
	(void)failures(s, p);
	if (!p->told) {
		p->since_ms = server_now_ms(s);
		log_warn("smpp_server.bind_refused",
			 KV_S("server", s->env.name),
			 KV_S("peer", smpp_wire_peer(x->wire)),
			 KV_STR("system_id", str_first(system_id, 16)),
			 KV_HEX("status", status), KV_S("why", why));
	}
	p->told = true;
	p->failed += known ? 0 : 1;
	respond(x, status);
	server_session_end(x, why);
}

static void admit(struct server_session *x)
{
	struct server_account *a = x->account;

	if (a->binds >= (unsigned)a->cfg->binds) {
		refuse(x, str_of(a->name), SMPP_RALYBND, "too_many_binds");
		return;
	}
	respond(x, SMPP_ROK);
	server_session_bound(x);
	server_session_flow(x);
}

/* ---- passwords ------------------------------------------------------------ */

static void digest(const struct smpp_server *s, struct str password,
		   uint8_t out[32])
{
	secret_keyed(str_bytes(s->key, sizeof(s->key)), password, out);
}

/* Was this password found to be that of the account's hash? */
static bool is_known(const struct server_account *a, struct str password)
{
	uint8_t d[32];

	digest(a->server, password, d);
	return a->is_known &&
	       secret_eq(str_bytes(d, 32), str_bytes(a->known, 32));
}

static void check_work(void *owner)
{
	struct server_check *c = owner;

	c->good = secret_password_ok(c->hash, str_of(c->password));
}

static void check_free(struct server_check *c)
{
	secret_wipe(c->password, strlen(c->password));
	mem_free(c->password);
	mem_free(c->hash);
	mem_free(c);
}

static void checks_go_on(struct smpp_server *s);

/* Its account may have gone, or another hash come, meanwhile. */
static void check_result(struct smpp_server *s, const struct server_check *c)
{
	struct server_session *x = map_ptr(s->by_number, c->session);

	if (x == NULL || x->run.state != SERVER_CHECKING)
		return;
	struct server_account *a = x->account;
	bool same =
		a->cfg != NULL && strcmp(a->cfg->password_hash, c->hash) == 0;

	if (!c->good || !same) {
		refuse(x, str_of(a->name), SMPP_RINVPASWD, "wrong_password");
		return;
	}
	digest(s, str_of(c->password), a->known);
	a->is_known = true;
	admit(x);
}

static void check_done(void *owner)
{
	struct server_check *c = owner;
	struct smpp_server *s = c->server;

	if (s != NULL) {
		struct server_check **at = &s->jobs;

		while (*at != c)
			at = &(*at)->next;
		*at = c->next;
		s->checking--;
		check_result(s, c);
		checks_go_on(s);
	}
	check_free(c);
}

static void check_start(struct smpp_server *s, struct server_session *x)
{
	struct server_check *c = mem_new(struct server_check);

	c->server = s;
	c->session = x->number;
	c->hash = str_dup(x->account->cfg->password_hash);
	c->password = TAKE(x->password);
	c->next = s->jobs;
	s->jobs = c;
	s->checking++;
	loop_work(s->env.loop, check_work, check_done, c);
}

static void checks_go_on(struct smpp_server *s)
{
	while (s->checking < CHECKS_MAX && !list_empty(&s->checks)) {
		struct server_session *x =
			LIST_ITEM(s->checks.next, struct server_session,
				  waiting);

		list_remove(&x->waiting);
		if (x->account->cfg == NULL)
			server_session_end(x, "account_gone");
		else if (failed_too_often(x))
			refuse(x, str_of(x->account->name), SMPP_RBINDFAIL,
			       "too_many_failures");
		else if (is_known(x->account, str_of(x->password)))
			admit(x);
		else
			check_start(s, x);
	}
}

void server_bind_close(struct smpp_server *s)
{
	for (struct server_check *c = s->jobs; c != NULL; c = c->next)
		c->server = NULL;
	s->jobs = NULL;
}

/* ---- binding -------------------------------------------------------------- */

static void check_password(struct server_session *x, struct str password)
{
	struct smpp_server *s = x->server;
	struct server_account *a = x->account;
	bool known = is_known(a, password);

	if (a->cfg->password[0] != '\0') {
		uint8_t d[32], want[32];

		digest(s, password, d);
		digest(s, str_of(a->cfg->password), want);
		known = secret_eq(str_bytes(d, 32), str_bytes(want, 32));
		if (!known) {
			refuse(x, str_of(a->name), SMPP_RINVPASWD,
			       "wrong_password");
			return;
		}
	}
	if (known) {
		admit(x);
		return;
	}
	fsm_move(&x->run, SERVER_CHECKING);
	x->password = str_z(password);
	list_append(&s->checks, &x->waiting);
	server_session_flow(x);
	checks_go_on(s);
}

void server_bind_asked(struct server_session *x, const struct smpp_pdu *pdu)
{
	struct smpp_server *s = x->server;

	must(x->run.state == SERVER_OPEN);
	x->command = pdu->id;
	x->bind_seq = pdu->seq;
	x->version = pdu->interface_version;
	if (failed_too_often(x)) {
		refuse(x, pdu->system_id, SMPP_RBINDFAIL, "too_many_failures");
		return;
	}
	struct server_account *a = server_account_find(s, pdu->system_id);
	if (a == NULL) {
		refuse(x, pdu->system_id, SMPP_RINVSYSID, "wrong_system_id");
		return;
	}
	if (!server_account_allows(a, x->address)) {
		refuse(x, pdu->system_id, SMPP_RBINDFAIL,
		       "address_not_allowed");
		return;
	}
	if (!server_account_binds(a, pdu->id)) {
		refuse(x, pdu->system_id, SMPP_RBINDFAIL, "bind_not_allowed");
		return;
	}
	x->account = a;
	check_password(x, pdu->password);
}
