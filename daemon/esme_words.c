/* Tables and texts between the gateway and ESMEs. */
#include "daemon/esme_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/permit.h"
#include "proto/json.h"
#include "proto/smpp_status.h"

/* ---- statuses ------------------------------------------------------------- */

enum { DENIED_BASE = 0x430 };

/* The place in the table is the status: add at the end. */
static const char *const denials[] = {
	"", /* any other reason */
	PERMIT_NO_CONSENT,
	PERMIT_WITHDRAWN,
	PERMIT_EXPIRED,
	PERMIT_PENDING,
	PERMIT_BLOCKED,
	PERMIT_SUSPECTED,
	PERMIT_LEFT,
	PERMIT_QUIET,
	PERMIT_NO_ZONE,
	PERMIT_CAP,
	PERMIT_DEMO,
	PERMIT_CLASS,
};

uint32_t esme_status_denied(struct str reason)
{
	for (unsigned i = 1; i < ARRAY_LEN(denials); i++)
		if (str_eqz(reason, denials[i]))
			return DENIED_BASE + i;
	return DENIED_BASE;
}

/* By the field that is at fault. */
static const struct {
	const char *field;
	uint32_t status;
} invalid[] = {
	{ "to", SMPP_RINVDSTADR },          { "text", SMPP_RINVMSGLEN },
	{ "from", SMPP_RINVSRCADR },        { "send_at", SMPP_RINVSCHED },
	{ "valid_until", SMPP_RINVEXPIRY },
};

static uint32_t status_invalid(const struct submitted *s)
{
	if (s->code != NULL && strcmp(s->code, "bad_text") == 0)
		return SMPP_RINVDCS;
	for (size_t i = 0; i < ARRAY_LEN(invalid); i++)
		if (s->field != NULL && strcmp(s->field, invalid[i].field) == 0)
			return invalid[i].status;
	return SMPP_RSYSERR; /* class, tenant: the account's own settings */
}

uint32_t esme_status_stored(int rc)
{
	if (rc == 0)
		return SMPP_ROK;
	return rc == -ENOSPC ? SMPP_RMSGQFUL : SMPP_RSYSERR;
}

uint32_t esme_status_of(const struct submitted *s,
			enum smpp_server_denied denied)
{
	must(s != NULL);
	switch (s->rc) {
	case 0:
		break;
	case -ENOSPC: /* the queue or the disk is full */
		return SMPP_RMSGQFUL;
	case -EAGAIN: /* too much waits for the disk */
		return SMPP_RTHROTTLED;
	default:
		return status_invalid(s);
	}
	if (s->decision.verdict != VERDICT_DENY)
		return SMPP_ROK;
	return denied == SMPP_SERVER_DENIED_REASON
		       ? esme_status_denied(s->decision.reason)
		       : SMPP_RSUBMITFAIL;
}

/* ---- ids ------------------------------------------------------------------ */

void esme_id_text(uint64_t id, unsigned part, char out[ESME_ID_MAX])
{
	char whole[ID_TEXT];

	must(part <= 255);
	id_text(id, whole);
	if (part == 0)
		(void)snprintf(out, ESME_ID_MAX, "%s", whole);
	else
		(void)snprintf(out, ESME_ID_MAX, "%s-%u", whole, part & 0xFF);
}

int esme_id_parse(struct str s, uint64_t *id, unsigned *part)
{
	must(id != NULL && part != NULL);
	bool dash = str_find(s, '-') < s.len;
	struct str head, tail = str_cut(s, '-', &head);
	uint64_t n = 0, v;

	if (id_parse(head, &v) != 0)
		return -EBADMSG;
	if (dash && (str_u64(tail, 255, &n) != 0 || n == 0))
		return -EBADMSG;
	*id = v;
	*part = (unsigned)n;
	return 0;
}

/* ---- notes ---------------------------------------------------------------- */

void esme_note_write(const struct esme_note *n, struct buf *out)
{
	must(n != NULL && n->account != NULL && out != NULL);
	char address[64];

	json_open(out, '{');
	json_key(out, "esme");
	json_open(out, '{');
	json_kz(out, "account", n->account);
	if (n->dlr != 0) {
		json_ku(out, "dlr", n->dlr);
		(void)snprintf(address, sizeof(address), "%u.%u.%.*s",
			       n->source.ton, n->source.npi,
			       (int)MIN(n->source.addr.len, 40u),
			       n->source.addr.p);
		json_kz(out, "src", address);
		(void)snprintf(address, sizeof(address), "%u.%u%s", n->dest_ton,
			       n->dest_npi, n->plus ? ".+" : "");
		json_kz(out, "dst", address);
	}
	if (n->parts > 0) {
		json_ku(out, "parts", n->parts);
		json_ku(out, "asked", n->asked);
	}
	if (n->id != NULL)
		json_kz(out, "id", n->id);
	json_close(out, '}');
	json_close(out, '}');
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

static unsigned number_of(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(json_object_get(o, key));

	return v < 0 || v > UINT32_MAX ? 0 : (unsigned)v;
}

/* "5.0.DEMOCARE" */
static struct smpp_addr address_read(const char *text)
{
	struct smpp_addr a = { .addr = STR_NONE };
	struct str ton, npi, rest = str_cut(str_of(text), '.', &ton);
	uint64_t v;

	rest = str_cut(rest, '.', &npi);
	if (str_u64(ton, 255, &v) == 0)
		a.ton = (uint8_t)v;
	if (str_u64(npi, 255, &v) == 0)
		a.npi = (uint8_t)v;
	a.addr = rest;
	return a;
}

int esme_note_read(const json_t *metadata, struct esme_note *out)
{
	must(out != NULL);
	const json_t *o = json_object_get(metadata, "esme");
	struct smpp_addr dest;

	if (!json_is_object(o) || text_of(o, "account")[0] == '\0')
		return -ENOENT;
	dest = address_read(text_of(o, "dst"));
	*out = (struct esme_note){
		.account = text_of(o, "account"),
		.dlr = number_of(o, "dlr"),
		.source = address_read(text_of(o, "src")),
		.dest_ton = dest.ton,
		.dest_npi = dest.npi,
		.plus = dest.addr.len > 0,
		.parts = number_of(o, "parts"),
		.asked = number_of(o, "asked"),
		.id = json_string_value(json_object_get(o, "id")),
	};
	return 0;
}

bool esme_wants(unsigned dlr, enum message_state s)
{
	bool good = s == MESSAGE_DELIVERED || s == MESSAGE_SENT;

	switch (dlr & 3) {
	case 1: /* whatever comes of it */
		return true;
	case 2: /* failures alone */
		return !good;
	case 3: /* success alone, of SMPP 5 */
		return good;
	}
	return false;
}
