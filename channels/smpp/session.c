/* One bind: dialling, its timers, and the submits that leave by it. */
#include "channels/smpp/session_impl.h"

#include <errno.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "channels/smpp/query.h"
#include "channels/smpp/settings.h"
#include "proto/smpp_write.h"

static struct smpp_session *of(void *owner)
{
	return MAGIC_CAST(struct smpp_session, SESSION_MAGIC, owner);
}

/* ---- submits -------------------------------------------------------------- */

uint32_t smpp_session_next(struct smpp_session *s)
{
	must(s != NULL && s->wire != NULL);
	uint32_t seq = smpp_wire_next(s->wire);
	/* After two thousand million numbers one may still be waited for. */
	while (smpp_window_has(s->window, seq))
		seq = smpp_wire_next(s->wire);
	return seq;
}

int smpp_session_submit(struct smpp_session *s, uint32_t seq, struct str pdu,
			void *flight, unsigned part)
{
	must(s != NULL && smpp_session_sends(s));
	int rc = smpp_wire_write(s->wire, pdu, 1);
	if (rc != 0)
		return rc;
	smpp_window_add(s->window,
			part == SMPP_PART_QUERY ? SMPP_QUERY_SM
						: SMPP_SUBMIT_SM,
			seq, flight, part);
	s->active_ms = smpp_session_now_ms(s);
	return 0;
}

void smpp_session_respond(struct smpp_session *s, uint32_t command,
			  uint32_t status, uint32_t seq)
{
	must(s != NULL && s->wire != NULL);
	smpp_wire_respond(s->wire, command, status, seq);
}

static void window_lost(void *owner, const struct smpp_slot *slot, bool late)
{
	struct smpp_session *s = of(owner);

	if (late)
		log_warn("smpp.no_answer", KV_S("link", s->env.link),
			 KV_U("bind", s->env.index), KV_U("seq", slot->seq));
	s->env.events->lost(s->env.owner, s, slot->flight, slot->part, late);
	if (late && s->env.cfg->no_answer == SMPP_NO_ANSWER_REBIND &&
	    s->run.state == SESSION_UP)
		loop_timer_set(s->timer, 0); /* the window is being walked */
	smpp_session_drained(s);
}

/* ---- the connection ------------------------------------------------------- */

static void dial(struct smpp_session *s, const char *why);
static void dial_another(struct smpp_session *s, const char *why);

/* Writes the bind and waits for its answer. */
static void send_bind(struct smpp_session *s)
{
	const struct smpp_cfg *cfg = s->env.cfg;
	const struct smpp_bind b = {
		.system_id = str_of(cfg->system_id),
		.password = str_of(cfg->password),
		.system_type = str_of(cfg->system_type),
		.interface_version = smpp_cfg_version(cfg),
		.range = { 0, 0, STR_NONE },
	};
	struct buf out;

	buf_init(&out, 1024);
	s->bind_seq = smpp_wire_next(s->wire);
	int rc = smpp_write_bind(&out, s->env.command, s->bind_seq, &b);
	if (rc == 0)
		rc = smpp_wire_write(s->wire, buf_str(&out), 1);
	secret_wipe(out.p, out.len);
	buf_done(&out);
	fsm_move(&s->run, SESSION_BINDING);
	if (rc == -EINVAL) /* open has checked the lengths */
		smpp_session_stop(s, "bad_settings");
	else
		loop_timer_set(s->timer, (uint64_t)cfg->bind_timeout_ms);
}

static void session_connected(void *owner)
{
	send_bind(of(owner));
}

static void session_room(void *owner)
{
	struct smpp_session *s = of(owner);
	s->env.events->room(s->env.owner, s);
}

static void session_down(void *owner, int rc, const char *why)
{
	struct smpp_session *s = of(owner);

	log_debug("smpp.lost", KV_S("link", s->env.link), KV_S("why", why),
		  KV_I("rc", rc));
	/* Nobody is at this address: the next one, without a pause. */
	if (s->run.state == SESSION_DIALING && !s->ending) {
		smpp_session_hang_up(s);
		if (smpp_dialer_more(&s->dialer))
			dial(s, why);
		else
			dial_another(s, why);
		return;
	}
	if (s->run.state == SESSION_UNBINDING)
		why = "unbound";
	else if (s->run.state == SESSION_DRAINING && s->unbind_asked)
		why = "unbound_by_peer";
	smpp_session_back_off(s, 0, why);
}

static void session_pdu(void *owner, const struct smpp_pdu *pdu)
{
	smpp_session_pdu(of(owner), pdu);
}

static const struct smpp_wire_events session_wire_events = {
	session_connected, session_pdu, session_room, session_down
};

/* All addresses of a host were tried. why: what the last one came to. */
static void dial_another(struct smpp_session *s, const char *why)
{
	if (!smpp_dialer_another(&s->dialer)) {
		smpp_session_back_off(s, 0, why);
		return;
	}
	fsm_move(&s->run, SESSION_RESOLVING);
	log_info("smpp.alternate", KV_S("link", s->env.link),
		 KV_U("bind", s->env.index),
		 KV_S("host", smpp_dialer_host(&s->dialer)->name));
}

/* Dials the addresses that are left, one after the other. */
static void dial(struct smpp_session *s, const char *why)
{
	const struct smpp_cfg *cfg = s->env.cfg;
	const struct tls_cfg tls =
		smpp_cfg_tls(cfg, smpp_dialer_host(&s->dialer)->name);
	const struct smpp_wire_cfg wc = {
		.dial_timeout_ms = (uint64_t)cfg->dial_timeout_ms,
		.malformed_max = (unsigned)cfg->malformed_max,
		.meter = s->env.meter,
		.link = s->env.link,
		.tls = cfg->tls != 0 ? &tls : NULL,
	};
	const struct sockaddr_storage *to;

	fsm_move(&s->run, SESSION_DIALING);
	while ((to = smpp_dialer_next(&s->dialer)) != NULL)
		if (smpp_wire_dial(&s->wire, s->env.loop, to, &wc,
				   &session_wire_events, s) == 0)
			return;
	dial_another(s, why);
}

static void session_found(void *owner)
{
	struct smpp_session *s = of(owner);

	if (smpp_dialer_more(&s->dialer))
		dial(s, "no_route");
	else
		dial_another(s, "no_address");
}

/* ---- timers --------------------------------------------------------------- */

static void state_late(void *owner)
{
	struct smpp_session *s = of(owner);

	switch ((enum session_state)s->run.state) {
	case SESSION_PAUSE:
		fsm_move(&s->run, SESSION_RESOLVING);
		smpp_dialer_start(&s->dialer);
		break;
	case SESSION_BINDING:
		smpp_session_back_off(s, 0, "bind_timeout");
		break;
	case SESSION_DRAINING:
		smpp_session_unbind(s);
		break;
	case SESSION_UNBINDING:
		smpp_session_back_off(s, 0, "unbind_timeout");
		break;
	case SESSION_UP: /* an answer has not come */
		smpp_session_back_off(s, 0, "no_answer");
		break;
	case SESSION_WAITING:
	case SESSION_RESOLVING:
	case SESSION_DIALING:
	case SESSION_STOPPED:
	case SESSION_IDLE:
	case SESSION_STATES:
		break;
	}
}

static void enquire_due(void *owner)
{
	struct smpp_session *s = of(owner);

	if (s->wire == NULL)
		return;
	if (smpp_wire_enquire(s->wire) >=
	    (unsigned)s->env.cfg->enquire_misses) {
		smpp_session_back_off(s, 0, "enquire_link_lost");
		return;
	}
	loop_timer_set(s->enquire, (uint64_t)s->env.cfg->enquire_link_ms);
}

static void inactive_due(void *owner)
{
	struct smpp_session *s = of(owner);
	uint64_t limit = (uint64_t)s->env.cfg->inactivity_ms;
	uint64_t quiet = smpp_session_now_ms(s) -
			 MIN(s->active_ms, smpp_session_now_ms(s));

	if (s->run.state != SESSION_UP)
		return;
	if (quiet >= limit)
		smpp_session_start_drain(
			s, (uint64_t)s->env.cfg->unbind_timeout_ms, "inactive");
	else
		loop_timer_set(s->inactive, limit - quiet);
}

void smpp_session_rebind(struct smpp_session *s)
{
	must(s != NULL);
	if (s->ending)
		return;
	s->refusals = 0;
	smpp_dialer_good(&s->dialer);
	smpp_dialer_cancel(&s->dialer);
	smpp_session_leave(s,
			   s->env.outbound ? SESSION_WAITING
					   : SESSION_RESOLVING,
			   "rebind");
	if (!s->env.outbound)
		smpp_dialer_start(&s->dialer);
}

bool smpp_session_outbound(struct smpp_session *s, struct smpp_wire *w)
{
	must(s != NULL && w != NULL);
	if (s->run.state != SESSION_WAITING)
		return false;
	smpp_wire_hand_over(w, &session_wire_events, s);
	s->wire = w;
	send_bind(s);
	return true;
}

/* ---- making and ending ---------------------------------------------------- */

struct smpp_session *smpp_session_new(const struct smpp_session_env *env)
{
	must(env != NULL && env->loop != NULL && env->cfg != NULL);
	must(env->link != NULL && env->meter != NULL && env->events != NULL);
	must(env->hosts != NULL && env->nhosts > 0);
	struct smpp_session *s = mem_new(struct smpp_session);
	s->magic = SESSION_MAGIC;
	s->env = *env;
	fsm_init(&s->run, &smpp_session_fsm, env->link,
		 env->outbound ? SESSION_WAITING : SESSION_RESOLVING);
	s->window = smpp_window_new(&(struct smpp_window_cfg){
		.loop = env->loop,
		.clock = env->clock,
		.limit = (unsigned)env->cfg->window,
		.timeout_ms = (uint64_t)env->cfg->response_timeout_ms,
		.lost = window_lost,
		.owner = s });
	s->dialer = (struct smpp_dialer){
		.loop = env->loop,
		.hosts = env->hosts,
		.nhosts = env->nhosts,
		.min_ms = (uint64_t)env->cfg->reconnect_min_ms,
		.max_ms = (uint64_t)env->cfg->reconnect_max_ms,
		.found = session_found,
		.owner = s,
	};
	s->timer = loop_timer_new(env->loop, state_late, s);
	s->enquire = loop_timer_new(env->loop, enquire_due, s);
	s->inactive = loop_timer_new(env->loop, inactive_due, s);
	if (!env->outbound)
		smpp_dialer_start(&s->dialer);
	return s;
}

void smpp_session_free(struct smpp_session **sp)
{
	must(sp != NULL);
	struct smpp_session *s = TAKE(*sp);
	if (s == NULL)
		return;
	if (s->up_ms != 0)
		stat_set(s->env.meter->binds,
			 stat_value(s->env.meter->binds) - 1);
	smpp_dialer_cancel(&s->dialer);
	smpp_wire_close(&s->wire);
	loop_timer_free(&s->timer);
	loop_timer_free(&s->enquire);
	loop_timer_free(&s->inactive);
	smpp_window_free(&s->window);
	s->magic = 0;
	mem_free(s);
}
