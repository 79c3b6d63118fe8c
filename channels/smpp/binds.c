/* Messages to the least loaded bind, part by part, and back to one outcome. */
#include "channels/smpp/binds.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "channels/smpp/flight.h"
#include "channels/smpp/query.h"
#include "channels/smpp/session.h"
#include "channels/smpp/settings.h"
#include "channels/smpp/submit.h"
#include "channels/smpp/verdict.h"
#include "proto/smpp_status.h"

#define BINDS_MAGIC 0x62696e64u

/*
 * One bind and what is special to it. A message of more parts than the window
 * has places is sent as places come free: `tail` is its flight, `rest` holds
 * the PDUs from `next` on. Nothing else is sent on this bind meanwhile, so
 * that the parts of a message stay in order and together.
 */
struct bind {
	struct smpp_session *session;
	struct smpp_flight *tail;
	struct smpp_submit rest;
	unsigned next;
};

struct smpp_binds {
	uint32_t magic;
	struct smpp_binds_env env;
	struct bind *v;
	unsigned n;
	struct smpp_host hosts[SMPP_HOSTS_MAX];
	unsigned nhosts;
	struct smpp_packer packer;
	struct smpp_submit pack; /* the message being sent */
	struct smpp_verdicts verdicts;
	struct list queries; /* on their way */
	struct list flights;
	struct list settled; /* `ended` is to be told in the next turn */
	bool shut;
	bool told;
	enum channel_state told_state;
	unsigned told_window;
};

static struct smpp_binds *of(void *owner)
{
	return MAGIC_CAST(struct smpp_binds, BINDS_MAGIC, owner);
}

static struct bind *bind_of(struct smpp_binds *b, const struct smpp_session *s)
{
	unsigned i = 0;
	while (i < b->n && b->v[i].session != s)
		i++;
	must(i < b->n);
	return &b->v[i];
}

/* ---- the link's state ----------------------------------------------------- */

static enum channel_state state_of(const struct smpp_binds *b, unsigned *window)
{
	bool receiver = b->env.cfg->bind == SMPP_BIND_KIND_RECEIVER;
	bool up = false, stopped = true;

	*window = 0;
	if (b->shut)
		return CHANNEL_DOWN;
	for (unsigned i = 0; i < b->n; i++) {
		const struct smpp_session *s = b->v[i].session;
		if (smpp_session_sends(s)) {
			*window += (unsigned)b->env.cfg->window;
			up = true;
		} else if (receiver && smpp_session_up(s)) {
			up = true;
		}
		stopped = stopped && smpp_session_stopped(s);
	}
	if (up)
		return CHANNEL_UP;
	return stopped ? CHANNEL_STOPPED : CHANNEL_DOWN;
}

/* Tells the gateway what has changed. */
static void report(struct smpp_binds *b, const char *why)
{
	unsigned window;
	enum channel_state s = state_of(b, &window);

	if (b->told && s == b->told_state && window == b->told_window)
		return;
	b->told = true;
	b->told_state = s;
	b->told_window = window;
	b->env.events->state(b->env.owner, s, window, why);
}

static void show_window(struct smpp_binds *b)
{
	unsigned used = 0;
	for (unsigned i = 0; i < b->n; i++)
		used += smpp_session_used(b->v[i].session);
	stat_set(b->env.meter->window, used);
}

/* ---- outcomes ------------------------------------------------------------- */

static void end_flight(struct smpp_binds *b, struct smpp_flight *f)
{
	stat_add(b->env.meter->answers[f->class], 1);
	log_debug("smpp.ended", KV_S("link", b->env.link),
		  KV_ID("attempt", f->attempt),
		  KV_S("class", outcome_name(f->class)),
		  KV_S("reason", f->reason), KV_U("parts", f->parts));
	smpp_flight_end(&f, b->env.cfg, b->env.events, b->env.owner);
}

/* `ended` may not come from inside send: the turn tells it. */
static void settle(struct smpp_binds *b, struct smpp_flight *f)
{
	list_remove(&f->link);
	list_append(&b->settled, &f->link);
	b->env.later(b->env.by);
}

void smpp_binds_turn(struct smpp_binds *b)
{
	must(b != NULL);
	while (!list_empty(&b->settled))
		end_flight(b, LIST_ITEM(b->settled.next, struct smpp_flight,
					link));
}

/* What is left of a message is not sent any more. */
static void cut_tail(struct bind *v, enum outcome_class class,
		     const char *reason)
{
	if (v->tail == NULL)
		return;
	smpp_flight_fail(v->tail, v->rest.pdus - v->next, class, reason, 0);
	v->tail = NULL;
	v->next = 0;
}

/* ---- sending -------------------------------------------------------------- */

/* Sends PDUs of p from *next on, while there is room. -EPIPE: the connection
 * is gone. */
static int send_some(struct smpp_binds *b, struct bind *v,
		     struct smpp_submit *p, unsigned *next,
		     struct smpp_flight *f)
{
	int rc = 0;

	while (*next < p->pdus && smpp_session_room(v->session) > 0) {
		uint32_t seq = smpp_session_next(v->session);
		rc = smpp_session_submit(v->session, seq,
					 smpp_submit_number(p, *next, seq), f,
					 p->part[*next]);
		if (rc != 0)
			break;
		stat_add(b->env.meter->submits, 1);
		f->sent = true;
		(*next)++;
	}
	return rc;
}

/* Room has come: goes on with the tail. */
static void pump(struct smpp_binds *b, struct bind *v)
{
	struct smpp_flight *f = v->tail;

	if (f->failed) /* one part was refused: the others would be waste */
		cut_tail(v, f->class, f->reason);
	else if (send_some(b, v, &v->rest, &v->next, f) != 0)
		cut_tail(v, OUTCOME_UNKNOWN, "connection_lost");
	else if (v->next == v->rest.pdus)
		v->tail = NULL;
	if (smpp_flight_over(f))
		end_flight(b, f);
}

static struct bind *least_loaded(struct smpp_binds *b)
{
	struct bind *best = NULL;

	for (unsigned i = 0; i < b->n; i++) {
		struct bind *v = &b->v[i];
		if (v->tail != NULL || smpp_session_room(v->session) == 0)
			continue;
		if (best == NULL || smpp_session_used(v->session) <
					    smpp_session_used(best->session))
			best = v;
	}
	return best;
}

/* Keeps what did not fit into the window, with its bytes. */
static void keep_tail(struct bind *v, struct smpp_submit *p, unsigned next,
		      struct smpp_flight *f)
{
	struct smpp_submit spare = v->rest;

	v->rest = *p;
	*p = spare;
	v->next = next;
	v->tail = f;
}

/* The message cannot be sent here; that is told in the next turn. */
static int refuse(struct smpp_binds *b, uint64_t attempt,
		  const struct message *m, uint32_t skip,
		  const struct smpp_refusal *why)
{
	unsigned parts = MAX(m->parts, 1u);
	struct smpp_flight *f =
		smpp_flight_new(attempt,
				MIN(parts, (unsigned)OUTCOME_PARTS_MAX), skip);

	smpp_flight_fail(f, f->todo, why->class, why->reason, 0);
	settle(b, f);
	return 0;
}

int smpp_binds_send(struct smpp_binds *b, uint64_t attempt,
		    const struct message *m, uint32_t parts_done)
{
	must(b != NULL && m != NULL);
	struct bind *v = b->shut ? NULL : least_loaded(b);
	if (v == NULL)
		return -EAGAIN;

	struct smpp_submit *p = &b->pack;
	struct smpp_refusal why;
	if (smpp_submit_pack(&b->packer, m, parts_done,
			     smpp_session_tlvs(v->session),
			     clock_wall_ms(b->env.clock), p, &why) != 0)
		return refuse(b, attempt, m, parts_done, &why);
	if (p->pdus > smpp_session_room(v->session) &&
	    smpp_session_used(v->session) > 0)
		return -EAGAIN;

	struct smpp_flight *f = smpp_flight_new(attempt, p->parts, parts_done);
	f->receipt = p->receipt;
	unsigned next = 0;
	int rc = send_some(b, v, p, &next, f);
	if (rc != 0 && next == 0) {
		smpp_flight_free(&f);
		return -EAGAIN;
	}
	list_append(&b->flights, &f->link);
	if (rc != 0)
		smpp_flight_fail(f, p->pdus - next, OUTCOME_UNKNOWN,
				 "connection_lost", 0);
	else if (next < p->pdus)
		keep_tail(v, p, next, f);
	if (smpp_flight_over(f)) /* nothing was left to send */
		settle(b, f);
	show_window(b);
	return 0;
}

int smpp_binds_query(struct smpp_binds *b, uint64_t token, struct str peer_id,
		     struct str from)
{
	must(b != NULL && b->env.events->answered != NULL);
	struct bind *v = b->shut ? NULL : least_loaded(b);
	if (v == NULL)
		return -EAGAIN;
	struct smpp_query *q = smpp_query_new(token, peer_id);
	if (q == NULL)
		return -EINVAL;

	struct buf out;
	buf_init(&out, 4096);
	uint32_t seq = smpp_session_next(v->session);
	int rc = smpp_query_pack(q, b->env.cfg, from, seq, &out);
	if (rc == 0 && smpp_session_submit(v->session, seq, buf_str(&out), q,
					   SMPP_PART_QUERY) != 0)
		rc = -EAGAIN;
	buf_done(&out);
	if (rc == 0)
		list_append(&b->queries, &q->link);
	else
		smpp_query_free(&q);
	show_window(b);
	return rc;
}

/* ---- what sessions tell --------------------------------------------------- */

/* A part of f has ended. */
static void part_over(struct smpp_binds *b, struct bind *v,
		      struct smpp_flight *f)
{
	if (f == v->tail)
		pump(b, v);
	else if (smpp_flight_over(f))
		end_flight(b, f);
	show_window(b);
}

/* A place has come free: a message that waits for it goes on. */
static void end_query(struct smpp_binds *b, struct bind *v,
		      struct smpp_query *q, const struct smpp_pdu *pdu)
{
	smpp_query_end(&q, pdu, b->env.clock, b->env.events, b->env.owner);
	if (v->tail != NULL)
		pump(b, v);
	show_window(b);
}

static void on_answered(void *owner, struct smpp_session *s, void *flight,
			unsigned part, const struct smpp_pdu *pdu)
{
	struct smpp_binds *b = of(owner);
	struct smpp_flight *f = flight;

	if (part == SMPP_PART_QUERY) {
		end_query(b, bind_of(b, s), flight, pdu);
		return;
	}
	if (pdu->status == SMPP_ROK && pdu->id != SMPP_GENERIC_NACK)
		smpp_flight_took(f, part, pdu->message_id);
	else
		smpp_flight_fail(f, 1,
				 smpp_verdict_of(&b->verdicts, pdu->status),
				 smpp_status_reason(pdu->status), pdu->status);
	part_over(b, bind_of(b, s), f);
}

static void on_lost(void *owner, struct smpp_session *s, void *flight,
		    unsigned part, bool late)
{
	struct smpp_binds *b = of(owner);
	struct smpp_flight *f = flight;

	if (part == SMPP_PART_QUERY) {
		end_query(b, bind_of(b, s), flight, NULL);
		return;
	}
	smpp_flight_fail(f, 1,
			 late && b->env.cfg->no_answer == SMPP_NO_ANSWER_RETRY
				 ? OUTCOME_RETRY
				 : OUTCOME_UNKNOWN,
			 late ? "no_answer" : "connection_lost", 0);
	part_over(b, bind_of(b, s), f);
}

static void on_state(void *owner, struct smpp_session *s, const char *why)
{
	struct smpp_binds *b = of(owner);
	struct bind *v = bind_of(b, s);
	struct smpp_flight *f = v->tail;

	if (!smpp_session_sends(s) && f != NULL) {
		cut_tail(v, OUTCOME_RETRY, "connection_lost");
		if (smpp_flight_over(f))
			end_flight(b, f);
	}
	report(b, why);
	b->env.changed(b->env.by);
}

static void on_deliver(void *owner, struct smpp_session *s,
		       const struct smpp_pdu *pdu)
{
	struct smpp_binds *b = of(owner);
	b->env.deliver(b->env.by, smpp_session_generation(s), pdu);
}

/* The write queue has drained: the gateway may try again. */
static void on_room(void *owner, struct smpp_session *s)
{
	struct smpp_binds *b = of(owner);
	struct bind *v = bind_of(b, s);

	if (v->tail != NULL)
		pump(b, v);
	b->told = false;
	report(b, "room");
}

static const struct smpp_session_events session_events = {
	on_state, on_answered, on_lost, on_deliver, on_room
};

/* ---- what the channel asks ------------------------------------------------ */

void smpp_binds_respond(struct smpp_binds *b, uint64_t generation,
			uint32_t command, uint32_t status, uint32_t seq)
{
	must(b != NULL);
	for (unsigned i = 0; i < b->n; i++)
		if (smpp_session_generation(b->v[i].session) == generation)
			smpp_session_respond(b->v[i].session, command, status,
					     seq);
}

bool smpp_binds_outbound(struct smpp_binds *b, struct smpp_wire *w)
{
	must(b != NULL && w != NULL);
	for (unsigned i = 0; i < b->n; i++)
		if (smpp_session_outbound(b->v[i].session, w))
			return true;
	return false;
}

void smpp_binds_rebind(struct smpp_binds *b)
{
	must(b != NULL);
	for (unsigned i = 0; i < b->n; i++)
		smpp_session_rebind(b->v[i].session);
}

void smpp_binds_window(struct smpp_binds *b)
{
	must(b != NULL);
	for (unsigned i = 0; i < b->n; i++) {
		struct bind *v = &b->v[i];

		smpp_session_window(v->session, (unsigned)b->env.cfg->window);
		if (v->tail != NULL)
			pump(b, v);
	}
	report(b, "window");
}

void smpp_binds_shut(struct smpp_binds *b)
{
	must(b != NULL);
	b->shut = true;
	report(b, "closing");
}

void smpp_binds_drain(struct smpp_binds *b, uint64_t ms)
{
	must(b != NULL && b->shut);
	for (unsigned i = 0; i < b->n; i++)
		smpp_session_drain(b->v[i].session, ms);
}

bool smpp_binds_idle(const struct smpp_binds *b)
{
	must(b != NULL);
	for (unsigned i = 0; i < b->n; i++)
		if (!smpp_session_idle(b->v[i].session))
			return false;
	return true;
}

void smpp_binds_give_up(struct smpp_binds *b)
{
	must(b != NULL && b->shut);
	for (unsigned i = 0; i < b->n; i++)
		cut_tail(&b->v[i], OUTCOME_UNKNOWN, "closed");
	while (!list_empty(&b->queries)) {
		struct smpp_query *q =
			LIST_ITEM(b->queries.next, struct smpp_query, link);
		smpp_query_end(&q, NULL, b->env.clock, b->env.events,
			       b->env.owner);
	}
	while (!list_empty(&b->flights)) {
		struct smpp_flight *f =
			LIST_ITEM(b->flights.next, struct smpp_flight, link);
		smpp_flight_fail(f, f->todo, OUTCOME_UNKNOWN, "closed", 0);
		end_flight(b, f);
	}
	smpp_binds_turn(b);
}

/* ---- making and ending ---------------------------------------------------- */

static void add(struct smpp_binds *b, uint32_t command)
{
	struct bind *v = &b->v[b->n];
	bool outbound = smpp_cfg_outbound(b->env.cfg) &&
			command != SMPP_BIND_TRANSMITTER;

	smpp_submit_init(&v->rest);
	v->session = smpp_session_new(
		&(struct smpp_session_env){ .loop = b->env.loop,
					    .clock = b->env.clock,
					    .link = b->env.link,
					    .cfg = b->env.cfg,
					    .meter = b->env.meter,
					    .hosts = b->hosts,
					    .nhosts = b->nhosts,
					    .outbound = outbound,
					    .index = b->n,
					    .command = command,
					    .events = &session_events,
					    .owner = b });
	b->n++;
}

static void add_all(struct smpp_binds *b)
{
	unsigned n = (unsigned)b->env.cfg->binds;

	b->v = mem_array(2 * n, sizeof(b->v[0]));
	for (unsigned i = 0; i < n; i++) {
		switch ((enum smpp_bind_kind)b->env.cfg->bind) {
		case SMPP_BIND_KIND_TRANSCEIVER:
			add(b, SMPP_BIND_TRANSCEIVER);
			break;
		case SMPP_BIND_KIND_TRANSMITTER:
			add(b, SMPP_BIND_TRANSMITTER);
			break;
		case SMPP_BIND_KIND_RECEIVER:
			add(b, SMPP_BIND_RECEIVER);
			break;
		case SMPP_BIND_KIND_PAIR:
			add(b, SMPP_BIND_TRANSMITTER);
			add(b, SMPP_BIND_RECEIVER);
			break;
		}
	}
}

struct smpp_binds *smpp_binds_new(const struct smpp_binds_env *env)
{
	must(env != NULL && env->cfg != NULL && env->status != NULL);
	must(env->deliver != NULL && env->changed != NULL &&
	     env->later != NULL);
	struct smpp_binds *b = mem_new(struct smpp_binds);
	b->magic = BINDS_MAGIC;
	b->env = *env;
	smpp_packer_init(&b->packer, env->cfg);
	smpp_submit_init(&b->pack);
	smpp_verdicts_init(&b->verdicts, env->cfg, TAKE(b->env.status));
	list_init(&b->queries);
	list_init(&b->flights);
	list_init(&b->settled);
	b->nhosts = smpp_cfg_hosts(env->cfg, b->hosts);
	add_all(b);
	return b;
}

void smpp_binds_free(struct smpp_binds **bp)
{
	must(bp != NULL);
	struct smpp_binds *b = TAKE(*bp);
	if (b == NULL)
		return;
	must(list_empty(&b->flights) && list_empty(&b->settled) &&
	     list_empty(&b->queries));
	for (unsigned i = 0; i < b->n; i++) {
		smpp_session_free(&b->v[i].session);
		smpp_submit_done(&b->v[i].rest);
	}
	mem_free(b->v);
	smpp_verdicts_done(&b->verdicts);
	smpp_submit_done(&b->pack);
	smpp_packer_done(&b->packer);
	b->magic = 0;
	mem_free(b);
}
