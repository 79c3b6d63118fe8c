/* Which PDU of an ESME goes where, and what is said to the others. */
#include "base/log.h"
#include "channels/smpp/server_impl.h"
#include "proto/smpp_status.h"

/* Answered always, logged once for a connection, and not for each of many.
 * Who is not even bound has not many of them. */
static void out_of_state(struct server_session *x, const struct smpp_pdu *pdu,
			 uint32_t status)
{
	if (x->strays++ == 0 && smpp_meter_may_log(&x->server->meter))
		log_info("smpp_server.out_of_state",
			 KV_S("server", x->server->env.name),
			 KV_S("peer", smpp_wire_peer(x->wire)),
			 KV_S("state", fsm_name(&x->run)),
			 KV_S("command", smpp_command_name(pdu->id)));
	server_session_head(x, pdu->id | SMPP_RESP, status, pdu->seq);
	if (x->run.state == SERVER_OPEN &&
	    x->strays >= (unsigned)x->server->env.cfg->malformed_max)
		server_session_end(x, "out_of_state");
}

static void take_unbind(struct server_session *x, const struct smpp_pdu *pdu)
{
	if (!fsm_allows(&x->run, SERVER_E_UNBIND)) {
		out_of_state(x, pdu, SMPP_RINVBNDSTS);
		return;
	}
	if (x->run.state == SERVER_UNBINDING) { /* both at once */
		server_session_head(x, SMPP_UNBIND_RESP, 0, pdu->seq);
		return;
	}
	x->unbind_asked = true;
	x->unbind_seq = pdu->seq;
	server_session_drain(x, "unbound_by_peer");
}

static void take_request(struct server_session *x, const struct smpp_pdu *pdu)
{
	bool leaving = x->run.state == SERVER_DRAINING ||
		       x->run.state == SERVER_UNBINDING;

	if (server_session_sends(x) && x->account->cfg != NULL)
		server_submit_take(x, pdu);
	else if (leaving && !x->unbind_asked)
		/* by us: it may well send it elsewhere, or later */
		out_of_state(x, pdu, SMPP_RSYSERR);
	else
		out_of_state(x, pdu, SMPP_RINVBNDSTS);
}

void server_session_pdu(struct server_session *x, const struct smpp_pdu *pdu)
{
	must(x != NULL && pdu != NULL);
	switch ((enum smpp_command)pdu->id) {
	case SMPP_SUBMIT_SM:
	case SMPP_DATA_SM:
	case SMPP_SUBMIT_MULTI:
	case SMPP_QUERY_SM:
	case SMPP_CANCEL_SM:
	case SMPP_REPLACE_SM:
		take_request(x, pdu);
		break;
	case SMPP_DELIVER_SM_RESP:
	case SMPP_DATA_SM_RESP:
	case SMPP_GENERIC_NACK:
		if (fsm_allows(&x->run, SERVER_E_RESPONSE))
			server_deliver_answered(x, pdu);
		break;
	case SMPP_BIND_RECEIVER:
	case SMPP_BIND_TRANSMITTER:
	case SMPP_BIND_TRANSCEIVER:
		if (fsm_allows(&x->run, SERVER_E_BIND))
			server_bind_asked(x, pdu);
		else
			out_of_state(x, pdu,
				     x->account != NULL ? SMPP_RALYBND
							: SMPP_RINVBNDSTS);
		break;
	case SMPP_UNBIND:
		take_unbind(x, pdu);
		break;
	case SMPP_UNBIND_RESP:
		if (fsm_allows(&x->run, SERVER_E_UNBIND_RESP))
			server_session_end(x, "unbound");
		break;
	case SMPP_DELIVER_SM: /* of an SMSC: not for us to take */
		out_of_state(x, pdu, SMPP_RINVBNDSTS);
		break;
	case SMPP_ALERT_NOTIFICATION: /* these two have no response */
	case SMPP_OUTBIND:
	case SMPP_BIND_RECEIVER_RESP:
	case SMPP_BIND_TRANSMITTER_RESP:
	case SMPP_BIND_TRANSCEIVER_RESP:
	case SMPP_SUBMIT_SM_RESP:
	case SMPP_SUBMIT_MULTI_RESP:
	case SMPP_QUERY_SM_RESP:
	case SMPP_CANCEL_SM_RESP:
	case SMPP_REPLACE_SM_RESP:
	case SMPP_ENQUIRE_LINK:
	case SMPP_ENQUIRE_LINK_RESP:
		log_debug("smpp_server.ignored",
			  KV_S("server", x->server->env.name),
			  KV_S("command", smpp_command_name(pdu->id)));
		break;
	}
}
