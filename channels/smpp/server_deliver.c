/* Deliveries on their way: which bind takes which part, and what comes back.
 * Nothing is given up because a connection is: it waits for the next. */
#include "channels/smpp/server_delivery.h"

#include <errno.h>

#include "base/log.h"
#include "channels/smpp/server_impl.h"
#include "proto/smpp_status.h"

static void end(struct server_account *a, struct server_delivery *d)
{
	struct outcome o = {
		.class = d->failed ? OUTCOME_RETRY : OUTCOME_DELIVERED,
		.reason = str_of(d->reason),
		.peer_status = d->status,
		.sent = true,
		.parts = d->leaves,
		.parts_done = d->done,
	};
	struct smpp_server *s = a->server;
	uint64_t attempt = d->attempt;

	server_delivery_free(&d);
	s->env.events->delivered(s->env.owner, attempt, &o);
}

/* Puts it where it belongs, after something changed. */
static void settle(struct server_account *a, struct server_delivery *d)
{
	if (d->flying == 0 && (d->failed || d->todo == 0)) {
		end(a, d);
		return;
	}
	list_remove(&d->link);
	if (d->todo != 0 && !d->failed)
		list_prepend(&a->queue, &d->link);
	else
		list_append(&a->held, &d->link);
}

static void fail(struct server_delivery *d, const char *reason, uint32_t status)
{
	if (!d->failed) {
		d->reason = reason;
		d->status = status;
	}
	d->failed = true;
}

/* ---- sending -------------------------------------------------------------- */

/* One that answers goes before one that does not; then the fewest unanswered
 * count. */
static bool is_better(const struct server_session *a,
		      const struct server_session *b)
{
	if (a->suspect != b->suspect)
		return b->suspect;
	return smpp_window_used(a->window) < smpp_window_used(b->window);
}

/* The best bind; parts of one message stay on theirs as long as it lives and
 * answers, so that they come in order. NULL: none now. */
static struct server_session *receiver_of(struct server_account *a,
					  const struct server_delivery *d)
{
	struct server_session *best = NULL;

	LIST_EACH (it, &a->sessions) {
		struct server_session *x =
			LIST_ITEM(it, struct server_session, of_account);

		if (d->session == x->number && !x->suspect &&
		    server_session_receives(x))
			return server_session_has_room(x) ? x : NULL;
		if (server_session_has_room(x) &&
		    (best == NULL || is_better(x, best)))
			best = x;
	}
	return best;
}

/* The next part over this bind. */
static void send_part(struct server_session *x, struct server_delivery *d)
{
	struct smpp_server *s = x->server;
	unsigned part = (unsigned)__builtin_ctz(d->todo);
	uint32_t seq = smpp_wire_next(x->wire);
	bool tlvs = x->version >= SMPP_VERSION_34;

	while (smpp_window_has(x->window, seq))
		seq = smpp_wire_next(x->wire);
	buf_reset(&s->out);
	d->todo &= ~BIT(part);
	if (server_delivery_write(d, part, seq, tlvs, &s->out) != 0) {
		fail(d, "not_encodable", 0);
		return;
	}
	d->session = x->number;
	d->flying++;
	smpp_window_add(x->window, SMPP_DELIVER_SM, seq, d, part);
	x->active_ms = server_now_ms(s);
	server_session_write(x, buf_str(&s->out), 1);
}

void server_deliver_pump(struct server_account *a)
{
	while (!list_empty(&a->queue)) {
		struct server_delivery *d =
			LIST_ITEM(a->queue.next, struct server_delivery, link);
		struct server_session *x = receiver_of(a, d);

		if (x == NULL)
			return;
		send_part(x, d);
		if (d->todo == 0 || d->failed)
			settle(a, d);
	}
}

/* ---- what comes back ------------------------------------------------------ */

void server_deliver_answered(struct server_session *x,
			     const struct smpp_pdu *pdu)
{
	struct server_account *a = x->account;
	struct smpp_slot slot;

	if (x->window == NULL || !smpp_window_take(x->window, pdu, &slot)) {
		stat_add(x->server->meter.late, 1);
		return;
	}
	struct server_delivery *d = slot.flight;
	bool taken = pdu->status == SMPP_ROK && pdu->id != SMPP_GENERIC_NACK;

	x->active_ms = server_now_ms(x->server);
	x->suspect = false;
	must(d->flying > 0);
	d->flying--;
	if (taken) {
		d->done |= BIT(slot.part);
		stat_add(a->delivered, 1);
	} else {
		fail(d, smpp_status_reason(pdu->status), pdu->status);
		stat_add(a->undelivered, 1);
		if (server_account_may_log(a))
			log_info("smpp_server.not_taken",
				 KV_S("account", a->name),
				 KV_HEX("status", pdu->status));
	}
	settle(a, d);
	server_account_touch(a);
	server_session_drained(x);
}

static bool another_answers(const struct server_account *a)
{
	LIST_EACH (it, &a->sessions) {
		const struct server_session *x =
			LIST_ITEM(it, struct server_session, of_account);

		if (server_session_receives(x) && !x->suspect)
			return true;
	}
	return false;
}

void server_deliver_lost(void *session, const struct smpp_slot *slot, bool late)
{
	struct server_session *x = MAGIC_CAST(struct server_session,
					      SERVER_SESSION_MAGIC, session);
	struct server_delivery *d = slot->flight;

	must(d->flying > 0);
	d->flying--;
	if (late) {
		x->suspect = true;
		stat_add(x->account->undelivered, 1);
	}
	if (late && !another_answers(x->account))
		fail(d, "no_answer", 0);
	else
		d->todo |= BIT(slot->part); /* another bind may take it */
	settle(x->account, d);
	server_account_touch(x->account);
}

static void forget(struct list *l)
{
	while (!list_empty(l)) {
		struct server_delivery *d =
			LIST_ITEM(l->next, struct server_delivery, link);
		server_delivery_free(&d);
	}
}

void server_deliver_forget(struct server_account *a)
{
	forget(&a->queue);
	forget(&a->held);
}

/* ---- the owner's calls ---------------------------------------------------- */

static int take(struct server_account *a, struct server_delivery *d)
{
	list_append(&a->queue, &d->link);
	server_account_touch(a);
	return 0;
}

/* May it take a delivery now? */
static bool listens(const struct smpp_server *s, unsigned account)
{
	return !s->stopping && s->accounts[account]->window > 0;
}

int smpp_server_receipt(struct smpp_server *s, unsigned account,
			uint64_t attempt, const struct smpp_server_receipt *r)
{
	must(s != NULL && account < s->naccounts && r != NULL);
	struct server_delivery *d = NULL;

	if (!listens(s, account))
		return -EAGAIN;
	int rc = server_delivery_receipt(&d, attempt, r);
	return rc != 0 ? rc : take(s->accounts[account], d);
}

int smpp_server_inbound(struct smpp_server *s, unsigned account,
			uint64_t attempt, struct str from, struct str to,
			struct str text)
{
	must(s != NULL && account < s->naccounts);
	struct server_account *a = s->accounts[account];
	struct server_delivery *d = NULL;

	if (!listens(s, account) || a->cfg == NULL)
		return -EAGAIN;
	int rc = server_delivery_inbound(&d, attempt, a->cfg->charset, from, to,
					 text);
	return rc != 0 ? rc : take(a, d);
}
