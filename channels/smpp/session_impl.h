/* What the files of the session share; for them alone. session_life.c: the
 * states and what leads out of them; session_pdu.c: what a PDU of the peer
 * does; session.c: dialling, timers, submits. Each uses those before it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fsm.h"
#include "base/loop.h"
#include "channels/smpp/dialer.h"
#include "channels/smpp/session.h"
#include "channels/smpp/window.h"
#include "channels/smpp/wire.h"

#define SESSION_MAGIC 0x73657373u

enum session_state {
	SESSION_WAITING, /* for the SMSC's outbind */
	SESSION_RESOLVING,
	SESSION_DIALING,
	SESSION_BINDING, /* awaits the answer to the bind */
	SESSION_UP,
	SESSION_DRAINING,  /* sends no more, awaits answers, then leaves */
	SESSION_UNBINDING, /* awaits the answer to our unbind */
	SESSION_PAUSE,     /* until the next try */
	SESSION_STOPPED,   /* refused for good */
	SESSION_IDLE,      /* told to end, and ended */
	SESSION_STATES
};

enum session_event {
	SESSION_E_BIND_RESP,
	SESSION_E_SUBMIT_RESP,
	SESSION_E_DELIVER,
	SESSION_E_UNBIND,
	SESSION_E_UNBIND_RESP,
};

/*
 * Invariants: `wire` is there from DIALING to UNBINDING and nowhere else; who
 * waits for outbind is never RESOLVING, DIALING or in PAUSE; the window holds
 * something only from UP to UNBINDING.
 */
struct smpp_session {
	uint32_t magic;
	struct smpp_session_env env;
	struct fsm_run run;
	struct loop_timer *timer; /* of the state */
	struct loop_timer *enquire;
	struct loop_timer *inactive;
	struct smpp_dialer dialer;
	struct smpp_wire *wire;
	struct smpp_window *window;
	uint64_t generation;
	uint32_t bind_seq;
	uint8_t peer_version;
	bool ending;       /* becomes IDLE, not PAUSE */
	bool unbind_asked; /* by the peer; its number is unbind_seq */
	uint32_t unbind_seq;
	unsigned refusals; /* in a row for a wrong account */
	uint64_t up_ms;
	uint64_t active_ms; /* last message, either way */
};

extern const struct fsm smpp_session_fsm;

/* ---- session_life.c ------------------------------------------------------- */

uint64_t smpp_session_now_ms(const struct smpp_session *s);
/* Closes the connection and stops what belonged to it. */
void smpp_session_hang_up(struct smpp_session *s);
/*
 * The connection is over: enters `next`, tells the owner, and gives up what
 * had no answer. In this order, so that nobody submits here meanwhile.
 */
void smpp_session_leave(struct smpp_session *s, enum session_state next,
			const char *why);
/* The same, and comes back after a pause of at least so long; or ends, if it
 * was told to. */
void smpp_session_back_off(struct smpp_session *s, uint64_t least,
			   const char *why);
void smpp_session_stop(struct smpp_session *s, const char *why);
/* UP: no more submits; unbinds when all is answered, or after ms. */
void smpp_session_start_drain(struct smpp_session *s, uint64_t ms,
			      const char *why);
/* Call when a submit has left the window. */
void smpp_session_drained(struct smpp_session *s);
/* DRAINING is over: answers the peer's unbind, or sends ours. */
void smpp_session_unbind(struct smpp_session *s);

/* ---- session_pdu.c -------------------------------------------------------- */

void smpp_session_pdu(struct smpp_session *s, const struct smpp_pdu *pdu);
