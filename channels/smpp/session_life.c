/* The states of a bind, as a table, and every way out of them. */
#include "channels/smpp/session_impl.h"

#include "base/log.h"

/* A bind that held so long was a good one: the pause starts anew. */
enum { SESSION_GOOD_MS = 10000 };

#define WIRED_NEXT                                                           \
	BIT(SESSION_PAUSE) | BIT(SESSION_RESOLVING) | BIT(SESSION_DIALING) | \
		BIT(SESSION_WAITING) | BIT(SESSION_STOPPED) |                \
		BIT(SESSION_IDLE)

/* Timeouts are those of the settings; the table's are their defaults. */
static const struct fsm_state states[SESSION_STATES] = {
	[SESSION_WAITING] = { "waiting", 0,
			      BIT(SESSION_BINDING) | BIT(SESSION_WAITING) |
				      BIT(SESSION_IDLE) },
	[SESSION_RESOLVING] = { "resolving", 0,
				BIT(SESSION_DIALING) | BIT(SESSION_PAUSE) |
					BIT(SESSION_RESOLVING) |
					BIT(SESSION_IDLE) },
	[SESSION_DIALING] = { "dialing", 0, BIT(SESSION_BINDING) | WIRED_NEXT,
			      5000 },
	[SESSION_BINDING] = { "binding", BIT(SESSION_E_BIND_RESP),
			      BIT(SESSION_UP) | WIRED_NEXT, 5000 },
	[SESSION_UP] = { "up",
			 BIT(SESSION_E_SUBMIT_RESP) | BIT(SESSION_E_DELIVER) |
				 BIT(SESSION_E_UNBIND),
			 BIT(SESSION_DRAINING) | WIRED_NEXT },
	[SESSION_DRAINING] = { "draining",
			       BIT(SESSION_E_SUBMIT_RESP) |
				       BIT(SESSION_E_DELIVER) |
				       BIT(SESSION_E_UNBIND),
			       BIT(SESSION_UNBINDING) | WIRED_NEXT, 5000 },
	[SESSION_UNBINDING] = { "unbinding",
				BIT(SESSION_E_SUBMIT_RESP) |
					BIT(SESSION_E_UNBIND) |
					BIT(SESSION_E_UNBIND_RESP),
				WIRED_NEXT, 5000 },
	[SESSION_PAUSE] = { "pause", 0,
			    BIT(SESSION_RESOLVING) | BIT(SESSION_IDLE), 1000 },
	[SESSION_STOPPED] = { "stopped", 0,
			      BIT(SESSION_RESOLVING) | BIT(SESSION_WAITING) |
				      BIT(SESSION_IDLE) },
	[SESSION_IDLE] = { "idle", 0, 0 },
};

const struct fsm smpp_session_fsm = { "smpp.session", states, SESSION_STATES };

/* ---- what others ask ------------------------------------------------------ */

bool smpp_session_up(const struct smpp_session *s)
{
	must(s != NULL);
	return s->run.state == SESSION_UP;
}

bool smpp_session_stopped(const struct smpp_session *s)
{
	must(s != NULL);
	return s->run.state == SESSION_STOPPED;
}

bool smpp_session_idle(const struct smpp_session *s)
{
	must(s != NULL);
	return s->run.state == SESSION_IDLE;
}

bool smpp_session_sends(const struct smpp_session *s)
{
	must(s != NULL);
	return s->run.state == SESSION_UP &&
	       s->env.command != SMPP_BIND_RECEIVER;
}

bool smpp_session_tlvs(const struct smpp_session *s)
{
	must(s != NULL);
	return s->peer_version >= SMPP_VERSION_34;
}

unsigned smpp_session_room(const struct smpp_session *s)
{
	must(s != NULL);
	if (!smpp_session_sends(s) || smpp_wire_full(s->wire))
		return 0;
	return smpp_window_room(s->window);
}

void smpp_session_window(struct smpp_session *s, unsigned limit)
{
	must(s != NULL);
	smpp_window_limit(s->window, limit);
}

unsigned smpp_session_used(const struct smpp_session *s)
{
	must(s != NULL);
	return smpp_window_used(s->window);
}

uint64_t smpp_session_generation(const struct smpp_session *s)
{
	must(s != NULL);
	return s->generation;
}

uint64_t smpp_session_now_ms(const struct smpp_session *s)
{
	return clock_mono_ms(s->env.clock);
}

/* ---- leaving a connection ------------------------------------------------- */

void smpp_session_hang_up(struct smpp_session *s)
{
	loop_timer_stop(s->timer);
	loop_timer_stop(s->enquire);
	loop_timer_stop(s->inactive);
	smpp_wire_close(&s->wire);
	s->generation = 0;
	s->unbind_asked = false;
}

void smpp_session_leave(struct smpp_session *s, enum session_state next,
			const char *why)
{
	smpp_session_hang_up(s);
	if (s->up_ms != 0) {
		stat_set(s->env.meter->binds,
			 stat_value(s->env.meter->binds) - 1);
		s->up_ms = 0;
	}
	fsm_move(&s->run, next);
	s->env.events->state(s->env.owner, s, why);
	smpp_window_lose(s->window);
}

void smpp_session_back_off(struct smpp_session *s, uint64_t least,
			   const char *why)
{
	if (s->ending) {
		smpp_session_leave(s, SESSION_IDLE, why);
		return;
	}
	stat_add(s->env.meter->reconnects, 1);
	if (s->env.outbound) {
		log_warn("smpp.down", KV_S("link", s->env.link),
			 KV_U("bind", s->env.index), KV_S("why", why));
		smpp_session_leave(s, SESSION_WAITING, why);
		return;
	}
	if (s->up_ms != 0 &&
	    smpp_session_now_ms(s) - s->up_ms >= SESSION_GOOD_MS)
		smpp_dialer_good(&s->dialer);
	else
		smpp_dialer_bad(&s->dialer);
	uint64_t ms = smpp_dialer_pause_ms(&s->dialer, least);
	smpp_session_leave(s, SESSION_PAUSE, why);
	loop_timer_set(s->timer, ms);
	log_warn("smpp.down", KV_S("link", s->env.link),
		 KV_U("bind", s->env.index), KV_S("why", why),
		 KV_U("retry_ms", ms));
}

void smpp_session_stop(struct smpp_session *s, const char *why)
{
	log_error("smpp.stopped", KV_S("link", s->env.link),
		  KV_U("bind", s->env.index), KV_S("why", why));
	smpp_session_leave(s, s->ending ? SESSION_IDLE : SESSION_STOPPED, why);
}

/* ---- unbinding ------------------------------------------------------------ */

void smpp_session_unbind(struct smpp_session *s)
{
	if (s->unbind_asked) {
		smpp_wire_head(s->wire, SMPP_UNBIND_RESP, 0, s->unbind_seq);
		smpp_session_back_off(s, 0, "unbound_by_peer");
		return;
	}
	fsm_move(&s->run, SESSION_UNBINDING);
	smpp_wire_head(s->wire, SMPP_UNBIND, 0, smpp_wire_next(s->wire));
	loop_timer_set(s->timer, (uint64_t)s->env.cfg->unbind_timeout_ms);
}

void smpp_session_drained(struct smpp_session *s)
{
	if (s->run.state == SESSION_DRAINING &&
	    smpp_window_used(s->window) == 0)
		smpp_session_unbind(s);
}

void smpp_session_start_drain(struct smpp_session *s, uint64_t ms,
			      const char *why)
{
	must(s->run.state == SESSION_UP);
	fsm_move(&s->run, SESSION_DRAINING);
	loop_timer_set(s->timer, ms);
	s->env.events->state(s->env.owner, s, why);
	smpp_session_drained(s);
}

void smpp_session_drain(struct smpp_session *s, uint64_t ms)
{
	must(s != NULL);
	s->ending = true;
	switch ((enum session_state)s->run.state) {
	case SESSION_UP:
		smpp_session_start_drain(s, ms, "closing");
		break;
	case SESSION_RESOLVING:
		smpp_dialer_cancel(&s->dialer);
		smpp_session_leave(s, SESSION_IDLE, "closing");
		break;
	case SESSION_WAITING:
	case SESSION_DIALING:
	case SESSION_BINDING:
	case SESSION_PAUSE:
	case SESSION_STOPPED:
		smpp_session_leave(s, SESSION_IDLE, "closing");
		break;
	case SESSION_DRAINING:
	case SESSION_UNBINDING:
	case SESSION_IDLE:
	case SESSION_STATES:
		break;
	}
}
