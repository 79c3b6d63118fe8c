/* Submits of ESMEs: to intake, and answered after the commit. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/esme_impl.h"
#include "proto/json.h"

enum { NOTE_MAX = 1024 };

/* ---- one message ---------------------------------------------------------- */

/* An answer whose commit is awaited. */
struct answering {
	struct door *door;
	uint64_t ticket;
	char id[ESME_ID_MAX];
};

static void on_stored(void *owner, int rc)
{
	struct answering *a = owner;

	smpp_server_answer(a->door->server, a->ticket, esme_status_stored(rc),
			   rc == 0 ? str_of(a->id) : STR_NONE);
	mem_free(a);
}

static struct answering *answering_new(struct door *d, uint64_t ticket)
{
	struct answering *a = mem_new(struct answering);

	a->door = d;
	a->ticket = ticket;
	return a;
}

static bool written_with_plus(const struct smpp_addr *a)
{
	return str_starts(str_trim(a->addr), STR("+"));
}

/* To whom a receipt goes: the sender, also one that we put in. */
static struct smpp_addr sender_of(const struct smpp_server_submit *m)
{
	struct smpp_addr a = m->source;

	if (str_trim(a.addr).len == 0)
		a = (struct smpp_addr){ SMPP_TON_UNKNOWN, SMPP_NPI_UNKNOWN,
					m->from };
	return a;
}

/* Who wants no receipt has no note of where it would go. */
static unsigned dlr_of(const struct seat *seat, uint8_t registered)
{
	return seat_cfg(seat)->receipts && seat->endpoint >= 0 ? registered & 3u
							       : 0;
}

/* What is the same for all receivers. */
static struct submission submission_of(const struct seat *seat,
				       const struct smpp_server_submit *m)
{
	const struct smpp_account_cfg *cfg = seat_cfg(seat);
	bool dlr = dlr_of(seat, m->registered) != 0;

	return (struct submission){
		.tenant = str_of(cfg->tenant),
		.text = m->text,
		.class_name = str_of(cfg->class_name),
		.by = str_of(seat->by),
		.from = m->from,
		.channel = STR("sms"),
		.origin = dlr ? str_of(seat->name) : STR_NONE,
		.send_at_ms = m->send_at_ms,
		.valid_until_ms = m->valid_until_ms,
		.priority = -1,
	};
}

/* No more lines than somebody reads; what was denied is stored besides. */
static void log_refused(struct seat *seat, const struct submitted *got,
			uint32_t status)
{
	bool denied = got->rc == 0;

	if (!limit_take(&seat->lines, 1,
			clock_mono_us(seat->door->esme->env.clock)))
		return;
	log_info("esme.refused", KV_S("account", seat->name),
		 KV_ID("id", got->id), KV_HEX("status", status),
		 KV_STR("reason",
			denied ? got->decision.reason : str_of(got->code)),
		 KV_S("error", got->err.text));
}

/*
 * Judges first where a receipt is asked for: a denial is told by the status,
 * and is to be owed no receipt; it is stored all the same.
 */
static uint32_t submit(struct seat *seat, struct submission *s,
		       struct submitted *got)
{
	struct gateway *g = seat->door->esme->env.gateway;

	if (s->origin.len > 0) {
		gateway_judge(g, s, got);
		if (got->rc == 0 && got->decision.verdict == VERDICT_DENY)
			s->origin = STR_NONE;
	}
	gateway_submit(g, s, got);
	uint32_t status = esme_status_of(got, (enum smpp_server_denied)
						      seat->door->cfg->denied);
	if (status != SMPP_ROK)
		log_refused(seat, got, status);
	return status;
}

static void take_one(struct seat *seat, const struct smpp_server_submit *m,
		     uint64_t ticket)
{
	struct door *d = seat->door;
	struct submission s = submission_of(seat, m);
	struct esme_note note = {
		.account = seat->name,
		.dlr = dlr_of(seat, m->registered),
		.source = sender_of(m),
		.dest_ton = m->dest->addr.ton,
		.dest_npi = m->dest->addr.npi,
		.plus = written_with_plus(&m->dest->addr),
	};
	struct submitted got;
	struct answering *a;
	struct buf metadata;

	buf_init(&metadata, NOTE_MAX);
	esme_note_write(&note, &metadata);
	s.to = str_of(m->dest->to);
	s.metadata = buf_str(&metadata);
	uint32_t status = submit(seat, &s, &got);
	buf_done(&metadata);
	if (status != SMPP_ROK) {
		smpp_server_answer(d->server, ticket, status, STR_NONE);
		return;
	}
	a = answering_new(d, ticket);
	esme_id_text(got.id, 0, a->id);
	store_then(gateway_store(d->esme->env.gateway), on_stored, a);
}

/* ---- many receivers ------------------------------------------------------- */

struct multi {
	struct door *door;
	uint64_t ticket;
	char id[ESME_ID_MAX];
	unsigned n; /* refused */
	struct smpp_dest *refused;
	char (*address)[SMPP_PERSON_MAX]; /* of refused */
};

static void multi_refuse(struct multi *a, const struct smpp_addr *addr,
			 uint32_t status)
{
	char *at = a->address[a->n];

	if (str_copy(at, SMPP_ADDRESS_MAX + 1, addr->addr) != 0)
		at[0] = '\0';
	a->refused[a->n++] = (struct smpp_dest){
		.addr = { addr->ton, addr->npi, str_of(at) },
		.list = STR_NONE,
		.status = status,
	};
}

static void on_multi_stored(void *owner, int rc)
{
	struct multi *a = owner;

	smpp_server_answer_multi(a->door->server, a->ticket,
				 esme_status_stored(rc), str_of(a->id),
				 a->refused, a->n);
	mem_free(a->refused);
	mem_free(a->address);
	mem_free(a);
}

static struct multi *multi_new(struct door *d, uint64_t ticket, unsigned dests)
{
	struct multi *a = mem_new(struct multi);

	a->door = d;
	a->ticket = ticket;
	a->refused = mem_array(dests, sizeof(a->refused[0]));
	a->address = mem_array(dests, sizeof(a->address[0]));
	return a;
}

/* One message each; all are known to the ESME under the id of the first. */
static void take_many(struct seat *seat, const struct smpp_server_submit *m,
		      uint64_t ticket)
{
	struct door *d = seat->door;
	struct multi *a = multi_new(d, ticket, m->ndests);
	struct submission s = submission_of(seat, m);
	uint64_t id = gateway_id(d->esme->env.gateway);
	struct buf metadata;

	esme_id_text(id, 0, a->id);
	s.id = id;
	buf_init(&metadata, NOTE_MAX);
	for (unsigned i = 0; i < m->ndests; i++) {
		const struct smpp_server_dest *to = &m->dest[i];
		struct submission one = s;
		struct submitted got;
		uint32_t status = to->status;

		if (status == SMPP_ROK) {
			buf_reset(&metadata);
			esme_note_write(
				&(struct esme_note){
					.account = seat->name,
					.dlr = dlr_of(seat, m->registered),
					.source = sender_of(m),
					.dest_ton = to->addr.ton,
					.dest_npi = to->addr.npi,
					.plus = written_with_plus(&to->addr),
					.id = s.id == 0 ? a->id : NULL,
				},
				&metadata);
			one.to = str_of(to->to);
			one.metadata = buf_str(&metadata);
			status = submit(seat, &one, &got);
			if (got.rc == 0)
				s.id = 0; /* the first has it */
		}
		if (status != SMPP_ROK)
			multi_refuse(a, &to->addr, status);
	}
	buf_done(&metadata);
	store_then(gateway_store(d->esme->env.gateway), on_multi_stored, a);
}

/* ---- parts ---------------------------------------------------------------- */

/* What would be refused at the end is refused at once, where it can be told:
 * the sender, the receiver and the gate. */
static uint32_t probe(struct seat *seat, const struct smpp_server_submit *m)
{
	struct submission s = submission_of(seat, m);
	struct submitted got;

	s.to = str_of(m->dest->to);
	gateway_judge(seat->door->esme->env.gateway, &s, &got);
	uint32_t status = esme_status_of(&got, (enum smpp_server_denied)
						       seat->door->cfg->denied);
	if (status != SMPP_ROK)
		log_refused(seat, &got, status);
	return status;
}

static void take_part(struct seat *seat, const struct smpp_server_submit *m,
		      uint64_t ticket)
{
	struct door *d = seat->door;
	struct parts_head head = {
		.account = str_of(seat->name),
		.from = m->from,
		.source = sender_of(m),
		.to = str_of(m->dest->to),
		.dest_ton = m->dest->addr.ton,
		.dest_npi = m->dest->addr.npi,
		.plus = written_with_plus(&m->dest->addr),
		.total = m->piece.total,
		.ref = m->piece.ref,
		.wide = m->piece.wide,
	};
	uint32_t status = SMPP_RINVMSGLEN;
	uint64_t id = 0;

	if (head.total <= PARTS_MAX)
		status = probe(seat, m);
	if (status == SMPP_ROK && gateway_ready(d->esme->env.gateway) != 0)
		status = SMPP_RMSGQFUL;
	if (status == SMPP_ROK) {
		struct answering *a = answering_new(d, ticket);

		if (parts_put(d->parts, &head, &m->piece,
			      (uint8_t)dlr_of(seat, m->registered),
			      m->send_at_ms, m->valid_until_ms, on_stored, a,
			      &id) == 0) {
			esme_id_text(id, m->piece.part, a->id);
			return;
		}
		mem_free(a);
		status = SMPP_RMSGQFUL;
	}
	smpp_server_answer(d->server, ticket, status, STR_NONE);
}

void esme_on_submit(void *door, const struct smpp_server_submit *m,
		    uint64_t ticket)
{
	struct door *d = door;
	struct seat *seat = d->seats[m->account];

	if (m->multi)
		take_many(seat, m, ticket);
	else if (m->piece.total > 1)
		take_part(seat, m, ticket);
	else
		take_one(seat, m, ticket);
}

/* ---- parts joined --------------------------------------------------------- */

static struct seat *seat_named(const struct door *d, struct str name)
{
	for (unsigned i = 0; i < d->nseats; i++)
		if (str_eqz(name, d->seats[i]->name))
			return d->seats[i];
	return NULL;
}

/* Its parts were acknowledged, so only a receipt can tell. */
static void owe_receipt(struct seat *seat, const struct parts_whole *w,
			enum message_state state, const char *reason,
			struct str metadata)
{
	struct gateway *g = seat->door->esme->env.gateway;
	char type[48];
	struct buf data;

	log_info("esme.lost", KV_S("account", seat->name), KV_ID("id", w->id),
		 KV_S("state", message_state_name(state)),
		 KV_S("reason", reason), KV_U("have", w->have),
		 KV_U("parts", w->head.total));
	if (!esme_wants(w->dlr, state) || seat->endpoint < 0)
		return;
	(void)snprintf(type, sizeof(type), "message.%s",
		       message_state_name(state));
	buf_init(&data, 8192);
	json_open(&data, '{');
	json_kid(&data, "id", w->id);
	json_ks(&data, "to", w->head.to);
	json_kz(&data, "state", message_state_name(state));
	json_kz(&data, "reason", reason);
	json_kt(&data, "at", clock_wall_ms(seat->door->esme->env.clock));
	json_key(&data, "metadata");
	json_raw(&data, metadata);
	json_close(&data, '}');
	gateway_owe(g, seat->endpoint, str_of(seat_cfg(seat)->tenant), type,
		    buf_str(&data));
	buf_done(&data);
}

static int submit_whole(struct seat *seat, const struct parts_whole *w,
			struct str metadata)
{
	const struct smpp_account_cfg *cfg = seat_cfg(seat);
	struct submission s = {
		.id = w->id,
		.tenant = str_of(cfg->tenant),
		.to = w->head.to,
		.text = w->text,
		.class_name = str_of(cfg->class_name),
		.by = str_of(seat->by),
		.from = w->head.from,
		.channel = STR("sms"),
		.metadata = metadata,
		.origin = w->dlr != 0 ? str_of(seat->name) : STR_NONE,
		.send_at_ms = w->send_at_ms,
		.valid_until_ms = w->valid_until_ms,
		.priority = -1,
	};
	struct submitted got;

	gateway_submit(seat->door->esme->env.gateway, &s, &got);
	if (got.rc == -EAGAIN || got.rc == -ENOSPC)
		return -EAGAIN;
	if (got.rc != 0)
		owe_receipt(seat, w, MESSAGE_REJECTED, got.code, metadata);
	return 0;
}

int esme_on_whole(void *door, const struct parts_whole *w)
{
	struct door *d = door;
	struct seat *seat = seat_named(d, w->head.account);
	struct buf metadata;
	int rc = 0;

	if (seat == NULL || seat_cfg(seat) == NULL) {
		log_warn("esme.parts_of_nobody",
			 KV_STR("account", w->head.account));
		return 0;
	}
	if (gateway_ready(d->esme->env.gateway) != 0)
		return -EAGAIN;
	buf_init(&metadata, NOTE_MAX);
	esme_note_write(&(struct esme_note){ .account = seat->name,
					     .dlr = w->dlr,
					     .source = w->head.source,
					     .dest_ton = w->head.dest_ton,
					     .dest_npi = w->head.dest_npi,
					     .plus = w->head.plus,
					     .parts = w->head.total,
					     .asked = w->asked },
			&metadata);
	if (w->have < w->head.total)
		owe_receipt(seat, w, MESSAGE_EXPIRED, "parts_missing",
			    buf_str(&metadata));
	else
		rc = submit_whole(seat, w, buf_str(&metadata));
	buf_done(&metadata);
	return rc;
}
