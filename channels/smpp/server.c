/* The SMPP server as one object: the listener, the end of a turn, the end. */
#include "channels/smpp/server.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stream.h"
#include "channels/smpp/server_impl.h"

enum {
	SERVER_READ_MAX = 2 * SMPP_PDU_MAX,
	SERVER_HIGH_BYTES = 256 * 1024,
	SERVER_LOW_BYTES = 64 * 1024,
	SERVER_TEXT_MAX = 256 * 1024,
};

/* ---- connections ---------------------------------------------------------- */

/* Closed without a word when there are too many: its stream has no owner. */
static void on_accept(void *owner, struct stream *stream)
{
	struct smpp_server *s =
		MAGIC_CAST(struct smpp_server, SERVER_MAGIC, owner);
	const struct smpp_server_cfg *cfg = s->env.cfg;
	const char *peer = stream_peer(stream);
	struct server_peer *p = NULL;
	uint8_t address[16];

	if (smpp_range_peer(str_of(peer), address) == 0)
		p = server_peer_of(s, peer);
	if (p == NULL || s->stopping ||
	    s->nsessions >= (unsigned)cfg->max_connections ||
	    p->connections >= (unsigned)cfg->per_address) {
		stat_add(s->s_turned_away, 1);
		return;
	}
	server_session_new(s, stream, p, address);
}

/* ---- the end of a turn ---------------------------------------------------- */

/* How much its receivers take at once; the owner hears of a change. */
static void tell_window(struct server_account *a)
{
	struct smpp_server *s = a->server;
	unsigned window = 0;

	LIST_EACH (it, &a->sessions) {
		if (server_session_receives(
			    LIST_ITEM(it, struct server_session, of_account)))
			window += (unsigned)s->env.cfg->deliver_window;
	}
	if (window == a->window)
		return;
	a->window = window;
	s->env.events->receivers(s->env.owner, a->index, window);
}

static void finish_stop(struct smpp_server *s)
{
	if (s->stopped == NULL || s->nsessions > 0)
		return;
	void (*stopped)(void *) = TAKE(s->stopped);
	loop_timer_stop(s->timer);
	stopped(s->stopped_owner);
}

static void on_turn(void *owner)
{
	struct smpp_server *s =
		MAGIC_CAST(struct smpp_server, SERVER_MAGIC, owner);
	struct list now;

	/* what these touch waits for the next time */
	list_insert_after(&s->dirty, &now);
	list_remove(&s->dirty);
	while (!list_empty(&now)) {
		struct server_account *a =
			LIST_ITEM(now.next, struct server_account, dirty);

		list_remove(&a->dirty);
		if (s->stopping)
			continue;
		tell_window(a);
		server_deliver_pump(a);
	}
	while (!list_empty(&s->dead))
		server_session_free(
			LIST_ITEM(s->dead.next, struct server_session, link));
	finish_stop(s);
}

/* ---- opening -------------------------------------------------------------- */

static void make_stats(struct smpp_server *s)
{
	struct buf label;

	buf_init(&label, 512);
	buf_f(&label, "server=\"%s\"", s->env.name);
	s->s_connections = stats_get(STAT_GAUGE, "smpp_server_connections",
				     "Connections of ESMEs.", label.p);
	s->s_turned_away =
		stats_get(STAT_COUNTER, "smpp_server_turned_away_total",
			  "Connections above a limit.", label.p);
	s->s_binds_failed =
		stats_get(STAT_COUNTER, "smpp_server_binds_refused_total",
			  "Binds that were refused.", label.p);
	buf_done(&label);
	smpp_meter_init(&s->meter, s->env.name, s->env.clock);
	s->meter.recorder =
		recorder_open(s->env.name, s->env.clock, &s->env.cfg->record);
}

static void stop_late(void *owner)
{
	struct smpp_server *s =
		MAGIC_CAST(struct smpp_server, SERVER_MAGIC, owner);

	LIST_EACH_SAFE (it, &s->sessions)
		server_session_end(LIST_ITEM(it, struct server_session, link),
				   "stop_timeout");
}

static const struct server_hands hands = { server_session_pdu,
					   server_deliver_lost };

static struct smpp_server *server_new(const struct smpp_server_env *env)
{
	struct smpp_server *s = mem_new(struct smpp_server);

	s->magic = SERVER_MAGIC;
	s->env = *env;
	s->hands = &hands;
	list_init(&s->sessions);
	list_init(&s->dead);
	list_init(&s->dirty);
	list_init(&s->checks);
	s->by_name = dict_new();
	s->by_number = map_new();
	s->peers = dict_new();
	s->dests = mem_array(SMPP_SERVER_DESTS_MAX + 1, sizeof(s->dests[0]));
	buf_init(&s->text, SERVER_TEXT_MAX);
	buf_init(&s->out, SERVER_TEXT_MAX);
	smpp_decoder_init(&s->decoder, &s->reading);
	secret_random(s->key, sizeof(s->key));
	make_stats(s);
	s->hook = loop_at_end_of_turn(env->loop, on_turn, s);
	s->timer = loop_timer_new(env->loop, stop_late, s);
	return s;
}

int smpp_server_open(struct smpp_server **out,
		     const struct smpp_server_env *env,
		     struct settings *accounts, struct err *err)
{
	must(out != NULL && env != NULL && accounts != NULL);
	must(env->loop != NULL && env->clock != NULL && env->cfg != NULL);
	must(env->events != NULL && env->name != NULL);
	bool secure = env->cfg->tls_cert[0] != '\0';
	struct tls_cfg tls;
	const struct stream_cfg stream = {
		.max_read = SERVER_READ_MAX,
		.high_bytes = SERVER_HIGH_BYTES,
		.low_bytes = SERVER_LOW_BYTES,
		.dial_timeout_ms = (uint64_t)env->cfg->bind_timeout_ms,
		.tls = secure ? &tls : NULL
	};

	smpp_server_tls(env->cfg, &tls);
	AUTO(smpp_server_close) struct smpp_server *s = server_new(env);

	server_accounts_load(s, accounts);
	int rc = listener_open(&s->listener, env->loop, env->cfg->listen,
			       &stream, on_accept, s, err);
	if (rc != 0) {
		err_prefix(err, "smpp_server %s", env->name);
		return rc;
	}
	log_info("smpp_server.listening", KV_S("server", env->name),
		 KV_S("listen", env->cfg->listen),
		 KV_U("port", listener_port(s->listener)),
		 KV_U("accounts", s->naccounts));
	*out = TAKE(s);
	return 0;
}

void smpp_server_reload(struct smpp_server *s,
			const struct smpp_server_cfg *cfg,
			struct settings *accounts)
{
	must(s != NULL && cfg != NULL && accounts != NULL);
	s->env.cfg = cfg;
	server_accounts_load(s, accounts);
	LIST_EACH_SAFE (it, &s->sessions) {
		struct server_session *x =
			LIST_ITEM(it, struct server_session, link);

		if (x->account != NULL && x->account->cfg == NULL)
			server_session_end(x, "account_gone");
		else if (x->account != NULL)
			server_session_flow(x);
	}
}

int smpp_server_port(const struct smpp_server *s)
{
	must(s != NULL);
	return listener_port(s->listener);
}

const char *smpp_server_account(const struct smpp_server *s, unsigned account)
{
	must(s != NULL);
	return account < s->naccounts ? s->accounts[account]->name : NULL;
}

const struct smpp_account_cfg *smpp_server_account_cfg(
	const struct smpp_server *s, unsigned account)
{
	must(s != NULL);
	return account < s->naccounts ? s->accounts[account]->cfg : NULL;
}

/* ---- closing -------------------------------------------------------------- */

void smpp_server_stop(struct smpp_server *s, void (*done)(void *owner),
		      void *owner)
{
	must(s != NULL && done != NULL && !s->stopping);
	s->stopping = true;
	s->stopped = done;
	s->stopped_owner = owner;
	listener_close(&s->listener);
	LIST_EACH_SAFE (it, &s->sessions)
		server_session_drain(LIST_ITEM(it, struct server_session, link),
				     "stopping");
	loop_timer_set(s->timer, (uint64_t)s->env.cfg->unbind_timeout_ms);
	loop_again(s->env.loop);
}

void smpp_server_close(struct smpp_server **sp)
{
	must(sp != NULL);
	struct smpp_server *s = TAKE(*sp);
	if (s == NULL)
		return;
	s->stopping = true;
	listener_close(&s->listener);
	LIST_EACH_SAFE (it, &s->sessions)
		server_session_end(LIST_ITEM(it, struct server_session, link),
				   "closing");
	while (!list_empty(&s->dead))
		server_session_free(
			LIST_ITEM(s->dead.next, struct server_session, link));
	recorder_close(&s->meter.recorder);
	server_bind_close(s);
	for (unsigned i = 0; i < s->naccounts; i++)
		server_deliver_forget(s->accounts[i]);
	server_accounts_free(s);
	server_peers_free(s);
	loop_hook_close(&s->hook);
	loop_timer_free(&s->timer);
	map_free(&s->by_number);
	smpp_decoder_done(&s->decoder);
	buf_done(&s->text);
	buf_done(&s->out);
	mem_free(s->dests);
	secret_wipe(s->key, sizeof(s->key));
	s->magic = 0;
	mem_free(s);
}
