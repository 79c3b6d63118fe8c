/* One connection to the SMPP server: its states, its timers, its end. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "channels/smpp/server_impl.h"

enum { SERVER_REST_MS = 1000 };

#define OUT BIT(SERVER_GONE)

/* Timeouts are those of the settings; the table's are their defaults. */
static const struct fsm_state states[SERVER_STATES] = {
	[SERVER_OPEN] = { "open", BIT(SERVER_E_BIND),
			  BIT(SERVER_CHECKING) | BIT(SERVER_BOUND) | OUT,
			  5000 },
	[SERVER_CHECKING] = { "checking", 0, BIT(SERVER_BOUND) | OUT },
	[SERVER_BOUND] = { "bound",
			   BIT(SERVER_E_REQUEST) | BIT(SERVER_E_RESPONSE) |
				   BIT(SERVER_E_UNBIND),
			   BIT(SERVER_DRAINING) | OUT },
	[SERVER_DRAINING] = { "draining",
			      BIT(SERVER_E_RESPONSE) | BIT(SERVER_E_UNBIND),
			      BIT(SERVER_UNBINDING) | OUT, 5000 },
	[SERVER_UNBINDING] = { "unbinding",
			       BIT(SERVER_E_RESPONSE) | BIT(SERVER_E_UNBIND) |
				       BIT(SERVER_E_UNBIND_RESP),
			       OUT, 5000 },
	[SERVER_GONE] = { "gone", 0, 0 },
};

static const struct fsm server_fsm = { "smpp.server", states, SERVER_STATES };

static struct server_session *of(void *owner)
{
	return MAGIC_CAST(struct server_session, SERVER_SESSION_MAGIC, owner);
}

uint64_t server_now_ms(const struct smpp_server *s)
{
	return clock_mono_ms(s->env.clock);
}

/* ---- asking --------------------------------------------------------------- */

bool server_session_sends(const struct server_session *x)
{
	return x->run.state == SERVER_BOUND && x->command != SMPP_BIND_RECEIVER;
}

bool server_session_receives(const struct server_session *x)
{
	return x->run.state == SERVER_BOUND &&
	       x->command != SMPP_BIND_TRANSMITTER;
}

bool server_session_has_room(const struct server_session *x)
{
	return server_session_receives(x) && !smpp_wire_full(x->wire) &&
	       smpp_window_room(x->window) > 0;
}

/* ---- writing -------------------------------------------------------------- */

void server_session_head(struct server_session *x, uint32_t command,
			 uint32_t status, uint32_t seq)
{
	if (x->wire != NULL)
		smpp_wire_head(x->wire, command, status, seq);
}

void server_session_write(struct server_session *x, struct str pdus, unsigned n)
{
	if (x->wire != NULL && smpp_wire_write(x->wire, pdus, n) != 0)
		log_debug("smpp_server.unwritten",
			  KV_S("server", x->server->env.name));
}

/* ---- back-pressure -------------------------------------------------------- */

void server_session_flow(struct server_session *x)
{
	bool full = false;

	if (x->wire == NULL)
		return;
	if (x->account != NULL && x->account->cfg != NULL)
		full = x->unanswered >= (unsigned)x->account->cfg->window;
	smpp_wire_pause(x->wire, full || x->resting ||
					 x->run.state == SERVER_CHECKING ||
					 smpp_wire_full(x->wire));
}

static void rested(void *owner)
{
	struct server_session *x = of(owner);

	x->resting = false;
	server_session_flow(x);
}

void server_session_throttled(struct server_session *x)
{
	if (++x->throttled < (unsigned)x->account->cfg->window)
		return;
	x->throttled = 0;
	x->resting = true;
	loop_timer_set(x->rest, SERVER_REST_MS);
	server_session_flow(x);
}

/* ---- the end -------------------------------------------------------------- */

static void leave_account(struct server_session *x)
{
	struct server_account *a = x->account;

	if (list_empty(&x->of_account))
		return;
	list_remove(&x->of_account);
	must(a->binds > 0);
	a->binds--;
	stat_set(a->bound, a->binds);
	server_account_touch(a);
}

void server_session_forget(struct server_session *x)
{
	list_remove(&x->waiting);
	if (x->password != NULL) {
		secret_wipe(x->password, strlen(x->password));
		mem_free(x->password);
	}
	x->password = NULL;
}

void server_session_end(struct server_session *x, const char *why)
{
	struct smpp_server *s = x->server;

	if (x->run.state == SERVER_GONE)
		return;
	/* who never bound may be a probe that comes every second */
	log_write(x->account == NULL ? LOG_DEBUG : LOG_INFO,
		  "smpp_server.closed", KV_S("server", s->env.name),
		  KV_S("account", x->account == NULL ? "" : x->account->name),
		  KV_S("peer", smpp_wire_peer(x->wire)),
		  KV_S("state", fsm_name(&x->run)), KV_S("why", why));
	fsm_move(&x->run, SERVER_GONE);
	loop_timer_stop(x->timer);
	loop_timer_stop(x->enquire);
	loop_timer_stop(x->inactive);
	loop_timer_stop(x->rest);
	smpp_wire_close(&x->wire);
	server_session_forget(x);
	leave_account(x);
	if (x->window != NULL)
		smpp_window_lose(x->window);
	must(s->nsessions > 0 && x->peer->connections > 0);
	s->nsessions--;
	x->peer->connections--;
	stat_set(s->s_connections, s->nsessions);
	(void)map_del(s->by_number, x->number, NULL);
	list_remove(&x->link);
	list_append(&s->dead, &x->link);
	loop_again(s->env.loop);
}

void server_session_free(struct server_session *x)
{
	must(x->run.state == SERVER_GONE);
	list_remove(&x->link);
	loop_timer_free(&x->timer);
	loop_timer_free(&x->enquire);
	loop_timer_free(&x->inactive);
	loop_timer_free(&x->rest);
	smpp_window_free(&x->window);
	x->magic = 0;
	mem_free(x);
}

/* ---- unbinding ------------------------------------------------------------ */

/* All is answered: the peer's unbind is, or ours is sent. */
void server_session_drained(struct server_session *x)
{
	if (x->run.state != SERVER_DRAINING || x->unanswered > 0)
		return;
	/* a peer that leaves need not answer what it had no time for */
	if (!x->unbind_asked && x->window != NULL &&
	    smpp_window_used(x->window) > 0)
		return;
	if (x->unbind_asked) {
		server_session_head(x, SMPP_UNBIND_RESP, 0, x->unbind_seq);
		server_session_end(x, "unbound_by_peer");
		return;
	}
	fsm_move(&x->run, SERVER_UNBINDING);
	server_session_head(x, SMPP_UNBIND, 0, smpp_wire_next(x->wire));
	loop_timer_set(x->timer,
		       (uint64_t)x->server->env.cfg->unbind_timeout_ms);
}

void server_session_drain(struct server_session *x, const char *why)
{
	switch ((enum server_state)x->run.state) {
	case SERVER_BOUND:
		break;
	case SERVER_OPEN:
	case SERVER_CHECKING:
		server_session_end(x, why);
		return;
	case SERVER_DRAINING:
	case SERVER_UNBINDING:
	case SERVER_GONE:
	case SERVER_STATES:
		return;
	}
	log_debug("smpp_server.unbinding", KV_S("account", x->account->name),
		  KV_S("why", why));
	fsm_move(&x->run, SERVER_DRAINING);
	x->resting = false;
	server_session_flow(x);
	loop_timer_set(x->timer,
		       (uint64_t)x->server->env.cfg->unbind_timeout_ms);
	server_account_touch(x->account); /* one receiver less */
	server_session_drained(x);
}

void server_session_answered(struct server_session *x)
{
	must(x->unanswered > 0);
	x->unanswered--;
	server_session_flow(x);
	server_session_drained(x);
}

/* ---- timers --------------------------------------------------------------- */

static void state_late(void *owner)
{
	struct server_session *x = of(owner);

	bool unbinding = x->run.state == SERVER_DRAINING ||
			 x->run.state == SERVER_UNBINDING;

	server_session_end(x, unbinding ? "unbind_timeout" : "bind_timeout");
}

static void enquire_due(void *owner)
{
	struct server_session *x = of(owner);
	const struct smpp_server_cfg *cfg = x->server->env.cfg;

	/* one that we do not read cannot answer */
	if (x->unanswered == 0 && !x->resting &&
	    smpp_wire_enquire(x->wire) >= (unsigned)cfg->enquire_misses) {
		server_session_end(x, "enquire_link_lost");
		return;
	}
	loop_timer_set(x->enquire, (uint64_t)cfg->enquire_link_ms);
}

static void inactive_due(void *owner)
{
	struct server_session *x = of(owner);
	uint64_t limit = (uint64_t)x->server->env.cfg->inactivity_ms;
	uint64_t now = server_now_ms(x->server);
	uint64_t quiet = now - MIN(x->active_ms, now);

	if (x->run.state != SERVER_BOUND)
		return;
	if (quiet >= limit && x->unanswered == 0)
		server_session_drain(x, "inactive");
	else
		loop_timer_set(x->inactive, limit - MIN(quiet, limit - 1));
}

/* ---- being bound ---------------------------------------------------------- */

void server_session_bound(struct server_session *x)
{
	struct smpp_server *s = x->server;
	struct server_account *a = x->account;

	fsm_move(&x->run, SERVER_BOUND);
	x->active_ms = server_now_ms(s);
	if (server_session_receives(x))
		x->window = smpp_window_new(&(struct smpp_window_cfg){
			.loop = s->env.loop,
			.clock = s->env.clock,
			.limit = (unsigned)s->env.cfg->deliver_window,
			.timeout_ms = (uint64_t)s->env.cfg->response_timeout_ms,
			.lost = s->hands->lost,
			.owner = x });
	list_append(&a->sessions, &x->of_account);
	a->binds++;
	stat_set(a->bound, a->binds);
	loop_timer_stop(x->timer);
	loop_timer_set(x->enquire, (uint64_t)s->env.cfg->enquire_link_ms);
	if (s->env.cfg->inactivity_ms > 0)
		loop_timer_set(x->inactive,
			       (uint64_t)s->env.cfg->inactivity_ms);
	log_info("smpp_server.bound", KV_S("server", s->env.name),
		 KV_S("account", a->name),
		 KV_S("command", smpp_command_name(x->command)),
		 KV_S("peer", smpp_wire_peer(x->wire)),
		 KV_HEX("version", x->version), KV_U("binds", a->binds));
	server_account_touch(a);
}

/* ---- the wire ------------------------------------------------------------- */

static void on_pdu(void *owner, const struct smpp_pdu *pdu)
{
	struct server_session *x = of(owner);

	x->server->hands->pdu(x, pdu);
}

static void on_room(void *owner)
{
	struct server_session *x = of(owner);

	server_session_flow(x);
	if (x->account != NULL)
		server_account_touch(x->account);
}

static void on_down(void *owner, int rc, const char *why)
{
	(void)rc;
	server_session_end(of(owner), why);
}

static const struct smpp_wire_events wire_events = { NULL, on_pdu, on_room,
						     on_down };

void server_session_new(struct smpp_server *s, struct stream *stream,
			struct server_peer *peer, const uint8_t address[16])
{
	struct server_session *x = mem_new(struct server_session);
	const struct smpp_wire_cfg wire = {
		.malformed_max = (unsigned)s->env.cfg->malformed_max,
		.meter = &s->meter,
		.link = s->env.name,
	};

	x->magic = SERVER_SESSION_MAGIC;
	x->server = s;
	x->peer = peer;
	x->number = ++s->numbers & 0x1FFFFFFF;
	if (x->number == 0)
		x->number = ++s->numbers & 0x1FFFFFFF;
	memcpy(x->address, address, sizeof(x->address));
	list_init(&x->link);
	list_init(&x->of_account);
	list_init(&x->waiting);
	fsm_init(&x->run, &server_fsm, s->env.name, SERVER_OPEN);
	x->timer = loop_timer_new(s->env.loop, state_late, x);
	x->enquire = loop_timer_new(s->env.loop, enquire_due, x);
	x->inactive = loop_timer_new(s->env.loop, inactive_due, x);
	x->rest = loop_timer_new(s->env.loop, rested, x);
	list_append(&s->sessions, &x->link);
	map_set_ptr(s->by_number, x->number, x);
	s->nsessions++;
	peer->connections++;
	stat_set(s->s_connections, s->nsessions);
	loop_timer_set(x->timer, (uint64_t)s->env.cfg->bind_timeout_ms);
	smpp_wire_adopt(&x->wire, stream, &wire, &wire_events, x);
}
