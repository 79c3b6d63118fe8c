/* What a PDU of the peer does to a bind. */
#include "channels/smpp/session_impl.h"

#include "base/log.h"
#include "channels/smpp/settings.h"
#include "proto/smpp_status.h"

static uint64_t generations; /* of the process */

/* A response, or a nack in its place. */
static void take_answer(struct smpp_session *s, const struct smpp_pdu *pdu)
{
	struct smpp_slot slot;
	if (!smpp_window_take(s->window, pdu, &slot)) {
		stat_add(s->env.meter->late, 1);
		log_debug("smpp.late", KV_S("link", s->env.link),
			  KV_U("seq", pdu->seq), KV_HEX("status", pdu->status));
		return;
	}
	uint64_t now_us = clock_mono_us(s->env.clock);
	stat_observe_us(s->env.meter->response, now_us - slot.at_us);
	s->active_ms = now_us / 1000;
	s->env.events->answered(s->env.owner, s, slot.flight, slot.part, pdu);
	/* The peer has lost the bind though the connection stands. */
	if (pdu->status == SMPP_RINVBNDSTS && s->run.state == SESSION_UP) {
		fsm_move(&s->run, SESSION_DRAINING);
		loop_timer_set(s->timer,
			       (uint64_t)s->env.cfg->unbind_timeout_ms);
		s->env.events->state(s->env.owner, s, "not_bound");
	}
	smpp_session_drained(s);
}

/* ---- PDUs ----------------------------------------------------------------- */

/* What a refusal of the bind means for the next try. */
static void bind_refused(struct smpp_session *s, uint32_t status)
{
	const char *why = smpp_status_reason(status);

	log_warn("smpp.bind_refused", KV_S("link", s->env.link),
		 KV_U("bind", s->env.index), KV_HEX("status", status),
		 KV_S("why", why));
	switch (status) {
	case SMPP_RINVPASWD:
	case SMPP_RINVSYSID:
	case SMPP_RINVSYSTYP:
		/* Carriers answer so too while they restart: be certain. */
		if (++s->refusals >= (unsigned)s->env.cfg->bind_refusals)
			smpp_session_stop(s, why);
		else
			smpp_session_back_off(s, 0, why);
		return;
	case SMPP_RALYBND:
		s->refusals = 0;
		smpp_session_back_off(s, (uint64_t)s->env.cfg->already_bound_ms,
				      why);
		return;
	default:
		s->refusals = 0;
		smpp_session_back_off(s, 0, why);
	}
}

static void bound(struct smpp_session *s, const struct smpp_pdu *pdu)
{
	uint32_t version = SMPP_VERSION_33;

	if (smpp_cfg_version(s->env.cfg) >= SMPP_VERSION_34)
		(void)smpp_tlv_number(pdu, SMPP_TLV_SC_INTERFACE_VERSION,
				      &version);
	s->peer_version = (uint8_t)MIN(version, 0xFFu);
	s->refusals = 0;
	s->generation = ++generations;
	s->up_ms = s->active_ms = MAX(smpp_session_now_ms(s), 1u);
	fsm_move(&s->run, SESSION_UP);
	loop_timer_stop(s->timer);
	loop_timer_set(s->enquire, (uint64_t)s->env.cfg->enquire_link_ms);
	if (s->env.cfg->inactivity_ms > 0)
		loop_timer_set(s->inactive,
			       (uint64_t)s->env.cfg->inactivity_ms);
	stat_set(s->env.meter->binds, stat_value(s->env.meter->binds) + 1);
	log_info("smpp.up", KV_S("link", s->env.link),
		 KV_U("bind", s->env.index),
		 KV_S("peer", smpp_wire_peer(s->wire)),
		 KV_STR("system_id", str_first(pdu->system_id, 16)),
		 KV_HEX("version", version));
	s->env.events->state(s->env.owner, s, "bound");
}

static void take_bind_resp(struct smpp_session *s, const struct smpp_pdu *pdu)
{
	if (!fsm_allows(&s->run, SESSION_E_BIND_RESP) ||
	    (pdu->seq != s->bind_seq && pdu->id != SMPP_GENERIC_NACK))
		return;
	if (pdu->status == SMPP_ROK && pdu->id != SMPP_GENERIC_NACK)
		bound(s, pdu);
	else
		bind_refused(s, pdu->status);
}

static void take_unbind(struct smpp_session *s, const struct smpp_pdu *pdu)
{
	if (s->run.state == SESSION_UNBINDING) { /* both at once */
		smpp_wire_head(s->wire, SMPP_UNBIND_RESP, 0, pdu->seq);
		return;
	}
	s->unbind_asked = true;
	s->unbind_seq = pdu->seq;
	if (s->run.state == SESSION_UP)
		smpp_session_start_drain(
			s, (uint64_t)s->env.cfg->unbind_timeout_ms,
			"unbound_by_peer");
}

/* A request that we do not take, or not in this state. */
static void refuse(struct smpp_session *s, const struct smpp_pdu *pdu)
{
	if (smpp_meter_may_log(s->env.meter))
		log_warn("smpp.out_of_state", KV_S("link", s->env.link),
			 KV_U("bind", s->env.index),
			 KV_S("state", fsm_name(&s->run)),
			 KV_S("command", smpp_command_name(pdu->id)));
	smpp_wire_head(s->wire, pdu->id | SMPP_RESP, SMPP_RINVBNDSTS, pdu->seq);
}

void smpp_session_pdu(struct smpp_session *s, const struct smpp_pdu *pdu)
{
	must(s != NULL && pdu != NULL);
	switch ((enum smpp_command)pdu->id) {
	case SMPP_SUBMIT_SM_RESP:
	case SMPP_DATA_SM_RESP:
	case SMPP_SUBMIT_MULTI_RESP:
	case SMPP_QUERY_SM_RESP:
		if (fsm_allows(&s->run, SESSION_E_SUBMIT_RESP))
			take_answer(s, pdu);
		break;
	case SMPP_GENERIC_NACK:
		if (fsm_allows(&s->run, SESSION_E_SUBMIT_RESP))
			take_answer(s, pdu);
		else
			take_bind_resp(s, pdu);
		break;
	case SMPP_DELIVER_SM:
	case SMPP_DATA_SM:
		if (!fsm_allows(&s->run, SESSION_E_DELIVER) ||
		    s->env.command == SMPP_BIND_TRANSMITTER) {
			refuse(s, pdu);
			break;
		}
		s->active_ms = smpp_session_now_ms(s);
		s->env.events->deliver(s->env.owner, s, pdu);
		break;
	case SMPP_BIND_RECEIVER_RESP:
	case SMPP_BIND_TRANSMITTER_RESP:
	case SMPP_BIND_TRANSCEIVER_RESP:
		take_bind_resp(s, pdu);
		break;
	case SMPP_UNBIND:
		if (fsm_allows(&s->run, SESSION_E_UNBIND))
			take_unbind(s, pdu);
		else
			refuse(s, pdu);
		break;
	case SMPP_UNBIND_RESP:
		if (fsm_allows(&s->run, SESSION_E_UNBIND_RESP))
			smpp_session_back_off(s, 0, "unbound");
		break;
	case SMPP_BIND_RECEIVER:
	case SMPP_BIND_TRANSMITTER:
	case SMPP_BIND_TRANSCEIVER:
	case SMPP_SUBMIT_SM:
	case SMPP_SUBMIT_MULTI:
	case SMPP_QUERY_SM:
	case SMPP_REPLACE_SM:
	case SMPP_CANCEL_SM:
		refuse(s, pdu);
		break;
	case SMPP_ALERT_NOTIFICATION: /* these two have no response */
	case SMPP_OUTBIND:
	case SMPP_REPLACE_SM_RESP:
	case SMPP_CANCEL_SM_RESP:
	case SMPP_DELIVER_SM_RESP:
	case SMPP_ENQUIRE_LINK:
	case SMPP_ENQUIRE_LINK_RESP:
		log_debug("smpp.ignored", KV_S("link", s->env.link),
			  KV_S("command", smpp_command_name(pdu->id)));
		break;
	}
}
