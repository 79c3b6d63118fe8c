/* What ESMEs ask of messages they sent: where one stands, and to stop it. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/esme_impl.h"
#include "model/message.h"

enum { CANCELS_MAX = 200 }; /* of one set */

/* Is it of this account? */
static bool is_own(const struct seat *seat, struct str metadata)
{
	json_t *o = json_loadb(metadata.p, metadata.len, 0, NULL);
	struct esme_note note;
	bool own = esme_note_read(o, &note) == 0 &&
		   strcmp(note.account, seat->name) == 0;

	json_decref(o);
	return own;
}

/* ---- query ---------------------------------------------------------------- */

/* A read under way; the reader's thread touches what it shows alone. */
struct asking {
	struct seat *seat;
	uint64_t ticket, id;
	char text[ESME_ID_MAX];
	bool found;
	enum message_state state;
	int64_t updated_ms;
	struct buf metadata;
};

static void answer_state(struct door *d, uint64_t ticket, const char *id,
			 enum message_state state, int64_t updated_ms)
{
	const struct smpp_server_state st = {
		.message_id = str_of(id),
		.state = state,
		.final_ms = message_state_final(state) ? updated_ms : 0,
	};

	smpp_server_answer_query(d->server, ticket, SMPP_ROK, &st);
}

static bool on_row(void *owner, const struct row *row)
{
	struct asking *a = owner;
	struct message m;
	int64_t state = row_i(row, 1);

	if (message_decode(row_s(row, 5), a->id, &m) != 0 || state < 0 ||
	    state >= MESSAGE_STATES ||
	    message_state_name((enum message_state)state) == NULL)
		return false;
	a->found = true;
	a->state = (enum message_state)state;
	a->updated_ms = row_i(row, 2);
	buf_str_put(&a->metadata, m.metadata);
	return false;
}

static void on_read(void *owner, int rc)
{
	struct asking *a = owner;
	struct door *d = a->seat->door;

	if (rc != 0)
		smpp_server_answer_query(d->server, a->ticket, SMPP_RSYSERR,
					 NULL);
	else if (!a->found || !is_own(a->seat, buf_str(&a->metadata)))
		smpp_server_answer_query(d->server, a->ticket, SMPP_RINVMSGID,
					 NULL);
	else
		answer_state(d, a->ticket, a->text, a->state, a->updated_ms);
	buf_done(&a->metadata);
	mem_free(a);
}

void esme_on_query(void *door, unsigned account, struct str message_id,
		   uint64_t ticket)
{
	struct door *d = door;
	struct seat *seat = d->seats[account];
	struct store *store = gateway_store(d->esme->env.gateway);
	unsigned part;
	uint64_t id;
	char text[ESME_ID_MAX];

	if (esme_id_parse(message_id, &id, &part) != 0) {
		smpp_server_answer_query(d->server, ticket, SMPP_RINVMSGID,
					 NULL);
		return;
	}
	esme_id_text(id, part, text);
	if (parts_has(d->parts, str_of(seat->name), id)) {
		answer_state(d, ticket, text, MESSAGE_ACCEPTED, 0);
		return;
	}
	struct asking *a = mem_new(struct asking);
	struct cell arg = CELL_I(id);
	a->seat = seat;
	a->ticket = ticket;
	a->id = id;
	memcpy(a->text, text, sizeof(a->text));
	buf_init(&a->metadata, MESSAGE_METADATA_MAX);
	store->ops->get(store, STORE_MESSAGE_GET, &arg, 1, on_row, on_read, a);
}

/* ---- cancel --------------------------------------------------------------- */

/* Candidates as the reader shows them: id (u64), sender and metadata. */
struct cancelling {
	struct seat *seat;
	uint64_t ticket;
	char from[SMPP_PERSON_MAX]; /* "": any */
	struct buf found;
	unsigned n;
};

static void on_cancelled(void *owner, int rc)
{
	struct cancelling *c = owner;

	smpp_server_answer(c->seat->door->server, c->ticket,
			   rc == 0 ? SMPP_ROK : SMPP_RCANCELFAIL, STR_NONE);
	buf_done(&c->found);
	mem_free(c);
}

static bool on_candidate(void *owner, const struct row *row)
{
	struct cancelling *c = owner;
	uint64_t id = (uint64_t)row_i(row, 0);
	int64_t state = row_i(row, 1);
	struct message m;

	if (state < 0 || state >= MESSAGE_DELIVERED ||
	    message_decode(row_s(row, 5), id, &m) != 0)
		return true;
	buf_u64(&c->found, id);
	buf_lstr(&c->found, m.from);
	buf_lstr(&c->found, m.metadata);
	return ++c->n < CANCELS_MAX;
}

/* Cancels what still can be; it is durable before the answer. */
static void on_candidates(void *owner, int rc)
{
	struct cancelling *c = owner;
	struct esme *e = c->seat->door->esme;
	struct bufr in = bufr_of(c->found.p, c->found.len);
	unsigned done = 0;

	while (rc == 0 && e->stopping == 0 && bufr_left(&in) > 0) {
		uint64_t id = bufr_u64(&in);
		struct str from = bufr_lstr(&in), metadata = bufr_lstr(&in);

		if ((c->from[0] == '\0' || str_eqz(from, c->from)) &&
		    is_own(c->seat, metadata) &&
		    gateway_cancel(e->env.gateway, STR_NONE, id) == 0)
			done++;
	}
	if (done == 0)
		on_cancelled(c, -ENOENT);
	else
		store_then(gateway_store(e->env.gateway), on_cancelled, c);
}

static void cancel_one(struct cancelling *c, uint64_t id)
{
	struct store *store = gateway_store(c->seat->door->esme->env.gateway);
	struct cell arg = CELL_I(id);

	store->ops->get(store, STORE_MESSAGE_GET, &arg, 1, on_candidate,
			on_candidates, c);
}

/* By the set of addresses: what the store knows of that receiver. */
static void cancel_set(struct cancelling *c, struct str to)
{
	struct store *store = gateway_store(c->seat->door->esme->env.gateway);
	struct cell args[] = { CELL_N,
			       CELL_N,
			       CELL_N,
			       CELL_T(to),
			       CELL_N,
			       CELL_I(0),
			       CELL_I(INT64_MAX),
			       CELL_I(CANCELS_MAX) };

	store->ops->get(store, STORE_MESSAGE_LIST, args, ARRAY_LEN(args),
			on_candidate, on_candidates, c);
}

void esme_on_cancel(void *door, const struct smpp_server_cancel *ask,
		    uint64_t ticket)
{
	struct door *d = door;
	struct cancelling *c;
	uint64_t id = 0;
	unsigned part;

	if (ask->message_id.len > 0 &&
	    esme_id_parse(ask->message_id, &id, &part) != 0) {
		smpp_server_answer(d->server, ticket, SMPP_RINVMSGID, STR_NONE);
		return;
	}
	c = mem_new(struct cancelling);
	c->seat = d->seats[ask->account];
	c->ticket = ticket;
	buf_init(&c->found, BUF_NO_LIMIT);
	if (ask->message_id.len > 0) {
		cancel_one(c, id);
		return;
	}
	if (str_copy(c->from, sizeof(c->from), ask->from) != 0)
		c->from[0] = '\0';
	cancel_set(c, ask->to);
}
