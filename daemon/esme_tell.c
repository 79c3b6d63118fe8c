/* What ESMEs are told: receipts of what they sent, and what customers write
 * to their numbers. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "daemon/esme_impl.h"
#include "model/record.h"

const char *const esme_events[] = {
	"message.delivered",  "message.undelivered", "message.expired",
	"message.rejected",   "message.unknown",     "message.failed",
	"message.suppressed", "message.cancelled",   "message.sent",
	"message.inbound",
};
const size_t esme_nevents = ARRAY_LEN(esme_events);

static struct str text_of(const json_t *data, const char *key)
{
	const json_t *v = json_object_get(data, key);

	return json_is_string(v)
		       ? str_bytes(json_string_value(v), json_string_length(v))
		       : STR_NONE;
}

/* The receiver of a message, as its ESME wrote it: the digits are those of
 * the number, with or without +; the national way is not kept. */
static struct smpp_addr receiver_of(const struct esme_note *n, struct str to)
{
	struct smpp_addr a = { n->dest_ton, n->dest_npi, to };

	if (!n->plus && str_starts(to, STR("+")))
		a.addr = str_from(to, 1);
	if (n->dest_ton == SMPP_TON_NATIONAL) {
		a.ton = SMPP_TON_INTERNATIONAL;
		a.npi = SMPP_NPI_ISDN;
	}
	return a;
}

/* The ids under which it is known: of each part that asked, or of the whole. */
static unsigned ids_of(const struct esme_note *n, uint64_t id,
		       char text[SMPP_SERVER_PARTS_MAX][ESME_ID_MAX],
		       struct str out[SMPP_SERVER_PARTS_MAX])
{
	unsigned parts = MIN(n->parts, (unsigned)SMPP_SERVER_PARTS_MAX);
	unsigned count = 0;

	for (unsigned i = 0; i < parts; i++) {
		if ((n->asked & BIT(i)) == 0)
			continue;
		esme_id_text(id, i + 1, text[count]);
		out[count] = str_of(text[count]);
		count++;
	}
	if (parts == 0) {
		esme_id_text(id, 0, text[0]);
		out[count++] = str_of(n->id != NULL ? n->id : text[0]);
	}
	return count;
}

/* -ENOENT: there is nothing to tell. */
static int tell_receipt(struct seat *seat, uint64_t attempt, const json_t *data)
{
	char text[SMPP_SERVER_PARTS_MAX][ESME_ID_MAX];
	struct str ids[SMPP_SERVER_PARTS_MAX];
	struct str at = text_of(data, "at");
	struct smpp_server_receipt r = { .message_id = ids,
					 .reason = text_of(data, "reason") };
	struct esme_note note;
	uint64_t id;

	if (esme_note_read(json_object_get(data, "metadata"), &note) != 0 ||
	    message_state_parse(text_of(data, "state"), &r.state) != 0 ||
	    id_parse(text_of(data, "id"), &id) != 0 ||
	    clock_parse_rfc3339(at.p, at.len, &r.done_ms) != 0)
		return -EINVAL;
	if (!esme_wants(note.dlr, r.state))
		return -ENOENT;
	r.n = ids_of(&note, id, text, ids);
	if (r.n == 0)
		return -ENOENT;
	r.source = receiver_of(&note, text_of(data, "to"));
	r.dest = note.source;
	r.submitted_ms = id_wall_ms(id);
	return smpp_server_receipt(seat->door->server, seat->account, attempt,
				   &r);
}

static int tell_inbound(struct seat *seat, uint64_t attempt, const json_t *data)
{
	return smpp_server_inbound(seat->door->server, seat->account, attempt,
				   text_of(data, "from"), text_of(data, "to"),
				   text_of(data, "text"));
}

int esme_notify(void *owner, uint64_t attempt, const struct notice *n)
{
	struct seat *seat = owner;
	struct esme *e = seat->door->esme;
	const json_t *data;
	json_t *o;
	int rc;

	if (e->stopping != 0)
		return -EAGAIN;
	o = json_loadb(n->body.p, n->body.len, 0, NULL);
	data = json_object_get(o, "data");
	rc = str_eqz(n->type, "message.inbound")
		     ? tell_inbound(seat, attempt, data)
		     : tell_receipt(seat, attempt, data);

	json_decref(o);
	if (rc == 0 || rc == -EAGAIN)
		return rc;
	if (rc != -ENOENT)
		log_error("esme.untold", KV_S("account", seat->name),
			  KV_ID("notice", n->id), KV_STR("type", n->type));
	/* it may not be answered from in here */
	buf_u64(&e->told, attempt);
	loop_again(e->env.loop);
	return 0;
}

void esme_told(struct esme *e)
{
	const struct outcome o = { .class = OUTCOME_DELIVERED,
				   .reason = STR_NONE };
	struct bufr in;
	struct buf now = e->told;

	if (now.len == 0 || e->env.gateway == NULL)
		return;
	buf_init(&e->told, BUF_NO_LIMIT);
	in = bufr_of(now.p, now.len);
	while (bufr_left(&in) > 0)
		gateway_endpoint_ended(e->env.gateway, bufr_u64(&in), &o);
	buf_done(&now);
}
