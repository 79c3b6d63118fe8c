/* What a bound ESME asks for: checked by its account, decoded, handed up;
 * and the answers on their way down. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "channels/smpp/server_impl.h"
#include "proto/smpp_status.h"
#include "proto/smpp_time.h"
#include "proto/smpp_write.h"

/* ---- tickets -------------------------------------------------------------- */

/* A ticket is the session's number (29 bits), the command (3), and the number
 * that the peer gave (32): nothing has to be kept for it. */
static const uint32_t ticket_commands[] = {
	SMPP_SUBMIT_SM, SMPP_DATA_SM,   SMPP_SUBMIT_MULTI,
	SMPP_QUERY_SM,  SMPP_CANCEL_SM,
};

static uint64_t ticket_new(struct server_session *x, const struct smpp_pdu *pdu)
{
	uint64_t kind = 0;

	while (ticket_commands[kind] != pdu->id)
		must(++kind < ARRAY_LEN(ticket_commands));
	x->unanswered++;
	x->throttled = 0;
	x->active_ms = server_now_ms(x->server);
	stat_add(x->account->submits, 1);
	server_session_flow(x);
	return (uint64_t)x->number << 35 | kind << 32 | pdu->seq;
}

struct server_session *server_ticket_take(struct smpp_server *s,
					  uint64_t ticket, uint32_t *command,
					  uint32_t *seq)
{
	uint64_t kind = ticket >> 32 & 7;

	must(kind < ARRAY_LEN(ticket_commands));
	*command = ticket_commands[kind];
	*seq = (uint32_t)ticket;
	return map_ptr(s->by_number, ticket >> 35);
}

/* ---- answers -------------------------------------------------------------- */

static void count_answer(struct server_session *x, uint32_t status)
{
	if (status != SMPP_ROK)
		stat_add(x->account->refused, 1);
	server_session_answered(x);
}

void smpp_server_answer(struct smpp_server *s, uint64_t ticket, uint32_t status,
			struct str message_id)
{
	must(s != NULL);
	uint32_t command, seq;
	struct server_session *x =
		server_ticket_take(s, ticket, &command, &seq);

	if (x == NULL)
		return;
	if (status != SMPP_ROK || command == SMPP_CANCEL_SM) {
		server_session_head(x, command | SMPP_RESP, status, seq);
	} else {
		buf_reset(&s->out);
		int rc = smpp_write_resp(&s->out, command | SMPP_RESP, status,
					 seq, message_id);
		must(rc == 0);
		server_session_write(x, buf_str(&s->out), 1);
	}
	count_answer(x, status);
}

void smpp_server_answer_multi(struct smpp_server *s, uint64_t ticket,
			      uint32_t status, struct str message_id,
			      const struct smpp_dest *refused, unsigned n)
{
	must(s != NULL && (refused != NULL || n == 0));
	uint32_t command, seq;
	struct server_session *x =
		server_ticket_take(s, ticket, &command, &seq);

	if (x == NULL)
		return;
	must(command == SMPP_SUBMIT_MULTI);
	buf_reset(&s->out);
	if (status != SMPP_ROK) {
		server_session_head(x, SMPP_SUBMIT_MULTI_RESP, status, seq);
	} else {
		int rc = smpp_write_multi_resp(&s->out, seq, message_id,
					       refused, n);
		must(rc == 0);
		server_session_write(x, buf_str(&s->out), 1);
	}
	count_answer(x, status);
}

void smpp_server_answer_query(struct smpp_server *s, uint64_t ticket,
			      uint32_t status,
			      const struct smpp_server_state *st)
{
	must(s != NULL && (st != NULL || status != SMPP_ROK));
	char date[SMPP_TIME_SIZE] = "";
	uint32_t command, seq;
	struct server_session *x =
		server_ticket_take(s, ticket, &command, &seq);

	if (x == NULL)
		return;
	must(command == SMPP_QUERY_SM);
	if (status != SMPP_ROK) {
		server_session_head(x, SMPP_QUERY_SM_RESP, status, seq);
	} else {
		if (st->final_ms != 0)
			smpp_time_absolute(st->final_ms, date);
		buf_reset(&s->out);
		int rc = smpp_write_query_resp(&s->out, seq, st->message_id,
					       str_of(date),
					       smpp_server_state_of(st->state),
					       0);
		must(rc == 0);
		server_session_write(x, buf_str(&s->out), 1);
	}
	count_answer(x, status);
}

static void refuse(struct server_session *x, const struct smpp_pdu *pdu,
		   uint32_t status)
{
	stat_add(x->account->refused, 1);
	if (server_account_may_log(x->account))
		log_info("smpp_server.refused",
			 KV_S("account", x->account->name),
			 KV_S("command", smpp_command_name(pdu->id)),
			 KV_S("why", smpp_status_reason(status)));
	server_session_head(x, pdu->id | SMPP_RESP, status, pdu->seq);
}

/* ---- reading a submit ----------------------------------------------------- */

static const char *country_of(const struct server_session *x)
{
	return x->account->cfg->country;
}

static void read_dest(const struct server_session *x,
		      const struct smpp_addr *addr,
		      struct smpp_server_dest *out)
{
	out->addr = *addr;
	out->status = SMPP_ROK;
	smpp_decode_address(addr, country_of(x), true, out->to);
	if (out->to[0] == '\0')
		out->status = SMPP_RINVDSTADR;
}

/* 0, or the status that refuses it. */
static uint32_t read_dests(struct server_session *x, const struct smpp_pdu *pdu,
			   struct smpp_server_submit *out)
{
	struct smpp_server *s = x->server;
	struct smpp_dest d;
	size_t at = 0;

	out->dest = s->dests;
	if (pdu->id != SMPP_SUBMIT_MULTI) {
		read_dest(x, &pdu->dest, &s->dests[0]);
		out->ndests = 1;
		return s->dests[0].status;
	}
	if (pdu->dests == 0 || pdu->dests > SMPP_SERVER_DESTS_MAX)
		return SMPP_RINVNUMDESTS;
	out->multi = true;
	while (smpp_dest_next(pdu, &at, &d)) {
		struct smpp_server_dest *to = &s->dests[out->ndests++];

		read_dest(x, &d.addr, to);
		if (d.list.len > 0)
			to->status = SMPP_RCNTSUBDL;
	}
	return SMPP_ROK;
}

/* The sender as the gateway takes it, in `out`. */
static uint32_t read_source(const struct server_session *x,
			    const struct smpp_pdu *pdu,
			    char out[SMPP_PERSON_MAX],
			    struct smpp_server_submit *m)
{
	const struct server_account *a = x->account;

	m->source = pdu->source;
	if (str_trim(pdu->source.addr).len == 0) {
		m->from = server_account_sender(a);
		return SMPP_ROK;
	}
	smpp_decode_address(&pdu->source, country_of(x), false, out);
	m->from = str_of(out);
	if (!server_account_sends_as(a, m->from) &&
	    !server_account_sends_as(a, pdu->source.addr))
		return SMPP_RINVSRCADR;
	return SMPP_ROK;
}

static uint32_t read_times(const struct server_session *x,
			   const struct smpp_pdu *pdu,
			   struct smpp_server_submit *m)
{
	int64_t now = clock_wall_ms(x->server->env.clock);

	if (smpp_time_parse(pdu->schedule, now, &m->send_at_ms) != 0)
		return SMPP_RINVSCHED;
	if (smpp_time_parse(pdu->validity, now, &m->valid_until_ms) != 0)
		return SMPP_RINVEXPIRY;
	return SMPP_ROK;
}

/* data_coding 1 is ASCII by the letter. Bytes that no ASCII text has show
 * that it was written as GSM, also where the settings do not say so. */
static bool coding1_is_gsm(const struct server_session *x, struct str bytes)
{
	if (x->account->cfg->coding1 == SMPP_SERVER_CODING1_GSM7)
		return true;
	for (size_t i = 0; i < bytes.len; i++)
		if ((uint8_t)bytes.p[i] < ' ' && bytes.p[i] != '\n' &&
		    bytes.p[i] != '\r' && bytes.p[i] != '\t')
			return true;
	return false;
}

/* What we would lose is refused: bytes that are no text, ports, shift tables
 * that are not ours. */
static uint32_t read_text(struct server_session *x, const struct smpp_pdu *pdu,
			  struct smpp_server_submit *m)
{
	struct smpp_server *s = x->server;
	struct sms_concat_ref ref;

	if ((pdu->esm_class & SMPP_ESM_TYPE_MASK) != 0)
		return SMPP_RINVESMCLASS;
	if ((pdu->esm_class & SMPP_ESM_UDHI) != 0 &&
	    sms_udh_read(smpp_text(pdu), &ref) != 0)
		return SMPP_RINVESMCLASS;
	if (pdu->default_msg_id != 0)
		return SMPP_RINVDFTMSGID;
	if (pdu->replace_if_present != 0)
		return SMPP_RINVSUBREP;
	s->reading.charset = x->account->cfg->charset;
	smpp_decode_piece(&s->decoder, pdu, &m->piece);
	if (pdu->data_coding == SMPP_DC_ASCII &&
	    coding1_is_gsm(x, m->piece.bytes))
		m->piece.charset = SMS_GSM7;
	if (m->piece.charset == SMS_BINARY)
		return SMPP_RINVDCS;
	buf_reset(&s->text);
	smpp_decode_text(m->piece.charset, m->piece.bytes, &s->text);
	m->text = buf_str(&s->text);
	return s->text.full || m->text.len == 0 ? SMPP_RINVMSGLEN : SMPP_ROK;
}

static void take_submit(struct server_session *x, const struct smpp_pdu *pdu)
{
	struct smpp_server *s = x->server;
	char from[SMPP_PERSON_MAX];
	struct smpp_server_submit m = {
		.account = x->account->index,
		.registered = pdu->registered_delivery,
	};
	uint32_t status = read_dests(x, pdu, &m);

	if (status == SMPP_ROK)
		status = read_source(x, pdu, from, &m);
	if (status == SMPP_ROK)
		status = read_times(x, pdu, &m);
	if (status == SMPP_ROK)
		status = read_text(x, pdu, &m);
	if (status == SMPP_ROK && m.multi && m.piece.total > 1)
		status = SMPP_RINVESMCLASS; /* parts to many are not joined */
	if (status != SMPP_ROK) {
		refuse(x, pdu, status);
		return;
	}
	s->env.events->submit(s->env.owner, &m, ticket_new(x, pdu));
}

/* ---- query, cancel, replace ----------------------------------------------- */

static void take_query(struct server_session *x, const struct smpp_pdu *pdu)
{
	struct smpp_server *s = x->server;

	if (pdu->message_id.len == 0) {
		refuse(x, pdu, SMPP_RINVMSGID);
		return;
	}
	s->env.events->query(s->env.owner, x->account->index, pdu->message_id,
			     ticket_new(x, pdu));
}

static void take_cancel(struct server_session *x, const struct smpp_pdu *pdu)
{
	struct smpp_server *s = x->server;
	char from[SMPP_PERSON_MAX], to[SMPP_PERSON_MAX];
	struct smpp_server_cancel c = {
		.account = x->account->index,
		.message_id = pdu->message_id,
	};

	smpp_decode_address(&pdu->source, country_of(x), false, from);
	smpp_decode_address(&pdu->dest, country_of(x), true, to);
	c.from = str_of(from);
	c.to = str_of(to);
	if (c.message_id.len == 0 && c.to.len == 0) {
		refuse(x, pdu, SMPP_RINVDSTADR);
		return;
	}
	s->env.events->cancel(s->env.owner, &c, ticket_new(x, pdu));
}

void server_submit_take(struct server_session *x, const struct smpp_pdu *pdu)
{
	unsigned n = pdu->id == SMPP_SUBMIT_MULTI ? MAX(pdu->dests, 1u) : 1;

	must(x->run.state == SERVER_BOUND);
	if (!server_account_takes(x->account, n)) {
		stat_add(x->account->throttled, 1);
		server_session_head(x, pdu->id | SMPP_RESP, SMPP_RTHROTTLED,
				    pdu->seq);
		server_session_throttled(x);
		return;
	}
	switch (pdu->id) {
	case SMPP_QUERY_SM:
		take_query(x, pdu);
		break;
	case SMPP_CANCEL_SM:
		take_cancel(x, pdu);
		break;
	case SMPP_REPLACE_SM:
		/* what the store has taken does not change */
		refuse(x, pdu, SMPP_RREPLACEFAIL);
		break;
	default: /* submit_sm, data_sm, submit_multi */
		take_submit(x, pdu);
		break;
	}
}
