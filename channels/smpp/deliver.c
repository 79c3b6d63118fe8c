/* Tickets: from a PDU to an event, from an answer to a response. */
#include "channels/smpp/deliver.h"

#include <errno.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "channels/smpp/decode.h"
#include "channels/smpp/join.h"
#include "proto/smpp_status.h"

#define DELIVER_MAGIC 0x64656c69u

enum {
	DELIVER_SET_BYTES_MAX = 16 * 1024 * 1024,
	/* Parts were acknowledged and the gateway could not keep the message:
	 * it is offered again after so long. */
	DELIVER_OFFER_MS = 1000,
};

/* One ticket: a PDU of its own, or a whole set. */
struct pending {
	struct smpp_ack ack; /* without a set */
	struct smpp_set *set;
};

struct smpp_deliver {
	uint32_t magic;
	struct smpp_deliver_env env;
	struct smpp_decoder decoder;
	struct smpp_join *join;
	struct map *tickets; /* -> struct pending */
	uint64_t last_ticket;
	size_t unacked; /* PDUs that wait for their response */
	uint64_t again_until_ms;
	struct loop_timer *timer; /* of the sets */
	struct buf text;
	bool held;
	bool finished;
};

static uint64_t now_ms(const struct smpp_deliver *d)
{
	return clock_mono_ms(d->env.clock);
}

/* ---- responses ------------------------------------------------------------ */

static void respond(struct smpp_deliver *d, const struct smpp_ack *ack,
		    uint32_t status)
{
	d->env.respond(d->env.by, ack->generation, ack->command, status,
		       ack->seq);
}

static void put_off(struct smpp_deliver *d, const struct smpp_ack *ack)
{
	stat_add(d->env.meter->put_off, 1);
	respond(d, ack, SMPP_RX_T_APPN);
}

static void respond_set(struct smpp_deliver *d, struct smpp_set *set,
			uint32_t status)
{
	for (size_t i = 0; i < set->nacks; i++)
		respond(d, &set->acks[i], status);
	must(d->unacked >= set->nacks);
	d->unacked -= set->nacks;
	set->nacks = 0;
}

static uint32_t status_of(int rc)
{
	if (rc == 0)
		return SMPP_ROK;
	return rc == -ENOSPC || rc == -EAGAIN ? SMPP_RX_T_APPN : SMPP_RX_P_APPN;
}

/* ---- tickets -------------------------------------------------------------- */

static uint64_t ticket_new(struct smpp_deliver *d, const struct smpp_ack *ack,
			   struct smpp_set *set)
{
	struct pending *p = mem_new(struct pending);
	if (ack != NULL)
		p->ack = *ack;
	p->set = set;
	map_set_ptr(d->tickets, ++d->last_ticket, p);
	return d->last_ticket;
}

static void set_clock(struct smpp_deliver *d)
{
	uint64_t after;
	if (smpp_join_next(d->join, now_ms(d), &after))
		loop_timer_set(d->timer, after);
	else
		loop_timer_stop(d->timer);
}

/* A set was answered. Parts that are acknowledged cannot be refused any more:
 * then the whole is kept and offered again. */
static void answer_set(struct smpp_deliver *d, struct smpp_set *set, int rc)
{
	uint32_t status = status_of(rc);

	if (status == SMPP_RX_T_APPN && set->early && !d->finished) {
		smpp_join_wait(d->join, set, now_ms(d) + DELIVER_OFFER_MS);
		set_clock(d);
		return;
	}
	if (rc != 0 && set->early)
		log_error("smpp.inbound_lost", KV_S("link", d->env.link),
			  KV_ADDR("from", str_of(set->from)),
			  KV_S("why", err_name(rc)));
	respond_set(d, set, status);
	smpp_set_free(&set);
}

void smpp_deliver_answer(struct smpp_deliver *d, uint64_t ticket, int rc)
{
	must(d != NULL);
	struct pending *p = map_ptr(d->tickets, ticket);
	if (p == NULL)
		return;
	(void)map_del(d->tickets, ticket, NULL);
	if (p->set != NULL) {
		answer_set(d, p->set, rc);
	} else {
		d->unacked--;
		respond(d, &p->ack, status_of(rc));
	}
	mem_free(p);
}

/* ---- messages ------------------------------------------------------------- */

static void hand_up(struct smpp_deliver *d, const char *from, const char *to,
		    struct str peer_key, uint8_t flags, uint64_t ticket)
{
	struct inbound in = {
		.tenant = str_of(d->env.cfg->tenant),
		.channel = STR("sms"),
		.link = str_of(d->env.link),
		.from = str_of(from),
		.to = str_of(to),
		.text = buf_str(&d->text),
		.peer_key = peer_key,
		.at_ms = clock_wall_ms(d->env.clock),
		.flags = flags,
		.claim = STR_NONE,
	};
	if (now_ms(d) < d->again_until_ms)
		in.flags |= INBOUND_AGAIN;
	stat_add(d->env.meter->inbound, 1);
	log_debug("smpp.inbound", KV_S("link", d->env.link),
		  KV_ADDR("from", in.from), KV_ADDR("to", in.to),
		  KV_STR("text", in.text), KV_U("flags", in.flags));
	d->env.events->inbound(d->env.owner, &in, ticket);
}

static void hand_up_set(struct smpp_deliver *d, struct smpp_set *set)
{
	uint8_t flags = set->have < set->total ? INBOUND_INCOMPLETE : 0;

	if (smpp_set_binary(set))
		flags |= INBOUND_BINARY;
	buf_reset(&d->text);
	smpp_set_text(set, &d->text);
	hand_up(d, set->from, set->to, STR_NONE, flags,
		ticket_new(d, NULL, set));
}

/* The next thing that happens to a set: its parts are acknowledged (at once,
 * when the peer was seen to wait for that), or it is passed on as it is. */
static void wait_set(struct smpp_deliver *d, struct smpp_set *set)
{
	const struct smpp_cfg *cfg = d->env.cfg;
	int64_t wait = cfg->mo_parts_hold_ms;

	if (set->nacks == 0)
		wait = cfg->mo_parts_wait_ms;
	else if (set->early)
		wait = 0;
	smpp_join_wait(d->join, set, set->last_ms + (uint64_t)wait);
	set_clock(d);
}

/*
 * The one place where a peer hears ROK before a commit: its window may be as
 * small as one, and then the part that is missing comes only after this.
 */
static void acknowledge_early(struct smpp_deliver *d, struct smpp_set *set)
{
	log_info("smpp.parts_acknowledged", KV_S("link", d->env.link),
		 KV_ADDR("from", str_of(set->from)), KV_U("have", set->have),
		 KV_U("total", set->total));
	set->early = true;
	respond_set(d, set, SMPP_ROK);
	smpp_join_wait(d->join, set,
		       set->last_ms + (uint64_t)d->env.cfg->mo_parts_wait_ms);
}

static void sets_due(void *owner)
{
	struct smpp_deliver *d =
		MAGIC_CAST(struct smpp_deliver, DELIVER_MAGIC, owner);
	struct smpp_set *set;

	while ((set = smpp_join_due(d->join, now_ms(d))) != NULL) {
		uint64_t end =
			set->last_ms + (uint64_t)d->env.cfg->mo_parts_wait_ms;
		if (set->open && set->nacks > 0 && now_ms(d) < end) {
			acknowledge_early(d, set);
			continue;
		}
		smpp_join_take(d->join, set);
		hand_up_set(d, set);
	}
	set_clock(d);
}

static void take_part(struct smpp_deliver *d, const struct smpp_piece *piece,
		      const struct smpp_ack *ack, const char *from,
		      const char *to)
{
	struct smpp_set *set;
	int rc = smpp_join_put(d->join, from, to, piece, ack, now_ms(d), &set);

	if (rc == -ENOSPC) {
		put_off(d, ack);
		return;
	}
	d->unacked++;
	if (rc == -EAGAIN) {
		wait_set(d, set);
		return;
	}
	set_clock(d);
	hand_up_set(d, set);
}

static void take_message(struct smpp_deliver *d, const struct smpp_pdu *pdu,
			 const struct smpp_ack *ack)
{
	const char *country = d->env.cfg->country;
	char from[SMPP_PERSON_MAX], to[SMPP_PERSON_MAX];
	struct smpp_piece piece;
	struct str key = STR_NONE;

	smpp_decode_address(&pdu->source, country, true, from);
	smpp_decode_address(&pdu->dest, country, false, to);
	smpp_decode_piece(&d->decoder, pdu, &piece);
	if (piece.total > 1) {
		take_part(d, &piece, ack, from, to);
		return;
	}
	(void)smpp_tlv_text(pdu, SMPP_TLV_RECEIPTED_MESSAGE_ID, &key);
	buf_reset(&d->text);
	smpp_decode_text(piece.charset, piece.bytes, &d->text);
	d->unacked++;
	hand_up(d, from, to, key,
		piece.charset == SMS_BINARY ? INBOUND_BINARY : 0,
		ticket_new(d, ack, NULL));
}

/* ---- what comes ----------------------------------------------------------- */

/* Nothing can be done with it, now or later. */
static void drop_receipt(struct smpp_deliver *d, const struct smpp_pdu *pdu,
			 const struct smpp_ack *ack)
{
	stat_add(d->env.meter->receipts_bad, 1);
	log_warn("smpp.receipt_without_id", KV_S("link", d->env.link),
		 KV_HEX("esm_class", pdu->esm_class),
		 KV_U("bytes", smpp_text(pdu).len));
	respond(d, ack, SMPP_ROK);
}

void smpp_deliver_take(struct smpp_deliver *d, uint64_t generation,
		       const struct smpp_pdu *pdu)
{
	must(d != NULL && pdu != NULL && generation != 0);
	const struct smpp_ack ack = { generation, pdu->id, pdu->seq };
	struct receipt r;

	if (d->held || d->finished ||
	    d->unacked >= (size_t)d->env.cfg->mo_window) {
		put_off(d, &ack);
		return;
	}
	int rc = smpp_decode_receipt(&d->decoder, pdu, &r);
	if (rc == -ENOENT) {
		take_message(d, pdu, &ack);
	} else if (rc != 0) {
		drop_receipt(d, pdu, &ack);
	} else {
		stat_add(d->env.meter->receipts, 1);
		d->unacked++;
		d->env.events->receipt(d->env.owner, &r,
				       ticket_new(d, &ack, NULL));
	}
}

void smpp_deliver_hold(struct smpp_deliver *d, bool held)
{
	must(d != NULL);
	d->held = held;
}

void smpp_deliver_again(struct smpp_deliver *d)
{
	must(d != NULL);
	d->again_until_ms = now_ms(d) + (uint64_t)d->env.cfg->again_ms;
}

void smpp_deliver_finish(struct smpp_deliver *d)
{
	must(d != NULL);
	struct smpp_set *set;

	d->finished = true;
	while ((set = smpp_join_any(d->join)) != NULL) {
		smpp_join_take(d->join, set);
		if (set->early) {
			hand_up_set(d, set);
			continue;
		}
		/* Never acknowledged: the peer sends these parts again. */
		d->unacked -= set->nacks;
		smpp_set_free(&set);
	}
	set_clock(d);
}

size_t smpp_deliver_waiting(const struct smpp_deliver *d)
{
	must(d != NULL);
	return map_len(d->tickets);
}

struct smpp_deliver *smpp_deliver_new(const struct smpp_deliver_env *env)
{
	must(env != NULL && env->loop != NULL && env->clock != NULL);
	must(env->events != NULL && env->respond != NULL);
	struct smpp_deliver *d = mem_new(struct smpp_deliver);
	d->magic = DELIVER_MAGIC;
	d->env = *env;
	smpp_decoder_init(&d->decoder, env->cfg);
	d->join =
		smpp_join_new((size_t)env->cfg->mo_sets, DELIVER_SET_BYTES_MAX);
	d->tickets = map_new();
	d->timer = loop_timer_new(env->loop, sets_due, d);
	buf_init(&d->text, BUF_NO_LIMIT);
	return d;
}

static void tickets_free(struct smpp_deliver *d)
{
	size_t pos = 0;
	uint64_t key, value;

	while (map_next(d->tickets, &pos, &key, &value)) {
		struct pending *p = map_ptr(d->tickets, key);
		smpp_set_free(&p->set);
		mem_free(p);
	}
	map_free(&d->tickets);
}

void smpp_deliver_free(struct smpp_deliver **dp)
{
	must(dp != NULL);
	struct smpp_deliver *d = TAKE(*dp);
	if (d == NULL)
		return;
	tickets_free(d);
	smpp_join_free(&d->join);
	loop_timer_free(&d->timer);
	smpp_decoder_done(&d->decoder);
	buf_done(&d->text);
	d->magic = 0;
	mem_free(d);
}
