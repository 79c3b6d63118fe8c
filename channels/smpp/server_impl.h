/* What the files of the server share; for them alone. Each uses those before
 * it: server_account.c (who may do what), server_session.c (the states of a
 * connection), server_bind.c (who it is), server_deliver.c (what goes to it),
 * server_submit.c (what it asks for), server_pdu.c (which PDU goes where),
 * server.c (the listener, and what the owner calls). */
#pragma once

#include "base/fsm.h"
#include "base/limit.h"
#include "base/list.h"
#include "base/map.h"
#include "base/stream_tls.h"
#include "channels/smpp/channel.h"
#include "channels/smpp/meter.h"
#include "channels/smpp/server.h"
#include "channels/smpp/server_range.h"
#include "channels/smpp/window.h"
#include "channels/smpp/wire.h"

#define SERVER_MAGIC 0x73727672u
#define SERVER_SESSION_MAGIC 0x73736573u

struct server_session;

struct server_account {
	struct smpp_server *server;
	char *name;
	unsigned index;
	const struct smpp_account_cfg *cfg; /* NULL: no longer in the file */
	struct smpp_range *allow;
	size_t nallow;
	struct limit limit;
	struct limit lines;   /* in the log, about what it does wrong */
	struct list sessions; /* bound ones, by of_account */
	unsigned binds;
	unsigned window;   /* as the owner was told last */
	struct list queue; /* deliveries with parts to send */
	struct list held;  /* deliveries with all parts under way */
	struct list dirty; /* in server->dirty: there may be something to do */
	/* A keyed digest of the password that its hash was seen to be of. */
	uint8_t known[32];
	bool is_known;
	struct stat *submits, *refused, *throttled, *delivered, *undelivered;
	struct stat *bound;
};

/* One address from which connections come. */
struct server_peer {
	char *ip;
	unsigned connections;
	unsigned failed; /* binds, in the minute that began at since_ms */
	bool told;       /* of its first refusal, in the log */
	uint64_t since_ms;
};

/* What a session calls upward. */
struct server_hands {
	void (*pdu)(struct server_session *x, const struct smpp_pdu *pdu);
	/* smpp_window_cfg.lost; owner is the session */
	void (*lost)(void *owner, const struct smpp_slot *slot, bool late);
};

struct smpp_server {
	uint32_t magic;
	struct smpp_server_env env;
	const struct server_hands *hands;
	struct smpp_meter meter;
	struct listener *listener;
	struct loop_hook *hook;
	struct loop_timer *timer; /* ends a stop */
	struct settings file;     /* of the accounts */
	struct server_account **accounts;
	unsigned naccounts;
	struct dict *by_name;
	struct list sessions;
	struct list dead; /* sessions to free at the end of the turn */
	struct map *by_number;
	unsigned nsessions;
	uint32_t numbers;
	struct dict *peers; /* by address */
	struct list dirty;  /* accounts, by dirty */
	struct list checks; /* sessions whose password waits to be verified */
	unsigned checking;
	struct server_check *jobs; /* under way in the pool */
	uint8_t key[32];           /* of the digests, of this process */
	struct smpp_cfg reading;   /* all the decoder asks of is `charset` */
	struct smpp_decoder decoder;
	struct smpp_server_dest *dests; /* [SMPP_SERVER_DESTS_MAX + 1] */
	struct buf text, out;
	bool stopping;
	void (*stopped)(void *owner);
	void *stopped_owner;
	struct stat *s_connections, *s_turned_away, *s_binds_failed;
};

enum server_state {
	SERVER_OPEN,      /* awaits a bind */
	SERVER_CHECKING,  /* its password is being verified */
	SERVER_BOUND,     /* */
	SERVER_DRAINING,  /* takes no more, answers what it owes */
	SERVER_UNBINDING, /* awaits the answer to our unbind */
	SERVER_GONE,      /* to be freed */
	SERVER_STATES
};

enum server_event {
	SERVER_E_BIND,
	SERVER_E_REQUEST,
	SERVER_E_RESPONSE,
	SERVER_E_UNBIND,
	SERVER_E_UNBIND_RESP,
};

/*
 * Invariants: `wire` is there until GONE; `account` from BOUND on, and in
 * CHECKING; the window holds something from BOUND to UNBINDING only.
 */
struct server_session {
	uint32_t magic;
	struct smpp_server *server;
	struct list link;       /* server->sessions, or ->dead */
	struct list of_account; /* account->sessions */
	struct list waiting;    /* server->checks */
	uint32_t number;        /* never 0 */
	struct fsm_run run;
	struct server_account *account;
	struct server_peer *peer;
	uint8_t address[16];
	struct smpp_wire *wire;
	struct smpp_window *window; /* of deliveries; NULL: is no receiver */
	struct loop_timer *timer;   /* of the state */
	struct loop_timer *enquire;
	struct loop_timer *inactive;
	struct loop_timer *rest; /* after too many throttled requests */
	uint32_t command;        /* of the bind */
	uint32_t bind_seq;
	char *password; /* in CHECKING */
	uint8_t version;
	unsigned unanswered; /* requests of the peer */
	unsigned throttled;  /* in a row */
	bool resting;
	bool suspect;      /* left a deliver_sm without an answer */
	unsigned strays;   /* PDUs that are not for its state */
	bool unbind_asked; /* by the peer; its number is unbind_seq */
	uint32_t unbind_seq;
	uint64_t active_ms;
};

/* ---- server_settings.c ---------------------------------------------------- */

/* Of a server with tls_cert. */
void smpp_server_tls(const struct smpp_server_cfg *cfg, struct tls_cfg *out);

/* ---- server_account.c ----------------------------------------------------- */

/* Takes the file. Accounts that are not in it any more lose their cfg. */
void server_accounts_load(struct smpp_server *s, struct settings *file);
void server_accounts_free(struct smpp_server *s);
struct server_account *server_account_find(const struct smpp_server *s,
					   struct str system_id);
bool server_account_allows(const struct server_account *a,
			   const uint8_t address[16]);
bool server_account_binds(const struct server_account *a, uint32_t command);
/* May it send under this name? as: written, or E.164. */
bool server_account_sends_as(const struct server_account *a, struct str as);
/* The sender where it names none; "" = the link's. */
struct str server_account_sender(const struct server_account *a);
/* n requests: is there room under its rate? */
bool server_account_takes(struct server_account *a, unsigned n);
/* May one more of its faults be logged? They are counted in any case. */
bool server_account_may_log(struct server_account *a);
/* There may be something to deliver, or room for it, or a window to tell. */
void server_account_touch(struct server_account *a);

/* ---- server_session.c ----------------------------------------------------- */

uint64_t server_now_ms(const struct smpp_server *s);
void server_session_new(struct smpp_server *s, struct stream *stream,
			struct server_peer *peer, const uint8_t address[16]);
void server_session_free(struct server_session *x);
/* It is over: closes the connection, gives back what it had under way, and
 * is freed at the end of the turn. */
void server_session_end(struct server_session *x, const char *why);
/* A header alone. */
void server_session_head(struct server_session *x, uint32_t command,
			 uint32_t status, uint32_t seq);
/* Bytes of PDUs, `n` of them. A lost connection is told by the wire. */
void server_session_write(struct server_session *x, struct str pdus,
			  unsigned n);
/* Is it a receiver that can take another delivery? */
bool server_session_has_room(const struct server_session *x);
bool server_session_sends(const struct server_session *x);
bool server_session_receives(const struct server_session *x);
/* Its password is of no use any more, nor does it wait for it. */
void server_session_forget(struct server_session *x);
/* The bind was found good. */
void server_session_bound(struct server_session *x);
/* No more requests; unbinds when all is answered. */
void server_session_drain(struct server_session *x, const char *why);
/* There may be no more to wait for, in DRAINING. */
void server_session_drained(struct server_session *x);
/* A request was answered: there may be room for more, or an end. */
void server_session_answered(struct server_session *x);
/* Reads, or not, as its window and the peer's reading say. */
void server_session_flow(struct server_session *x);
/* Throttled once more: rests when that was often in a row. */
void server_session_throttled(struct server_session *x);

/* ---- server_bind.c -------------------------------------------------------- */

void server_bind_asked(struct server_session *x, const struct smpp_pdu *pdu);
/* Whom to tell is gone. */
void server_bind_close(struct smpp_server *s);
/* The row of this address, made when it is new; NULL: the table is full. */
struct server_peer *server_peer_of(struct smpp_server *s, const char *stream);
void server_peers_free(struct smpp_server *s);

/* ---- server_deliver.c ----------------------------------------------------- */

/* Sends what can be sent. */
void server_deliver_pump(struct server_account *a);
/* The response to a deliver_sm, or a nack in its place. */
void server_deliver_answered(struct server_session *x,
			     const struct smpp_pdu *pdu);
/* For the window of a session. */
void server_deliver_lost(void *session, const struct smpp_slot *slot,
			 bool late);
/* Forgets all that waits. */
void server_deliver_forget(struct server_account *a);

/* ---- server_submit.c ------------------------------------------------------ */

/* submit_sm, data_sm, submit_multi, query, cancel, replace of a session that
 * may send. */
void server_submit_take(struct server_session *x, const struct smpp_pdu *pdu);
/* The session and the number in a ticket; NULL: gone. The request counts as
 * answered then. */
struct server_session *server_ticket_take(struct smpp_server *s,
					  uint64_t ticket, uint32_t *command,
					  uint32_t *seq);

/* ---- server_pdu.c --------------------------------------------------------- */

void server_session_pdu(struct server_session *x, const struct smpp_pdu *pdu);
