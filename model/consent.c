/* Ledger events: their hash, and their cells. */
#include "model/consent.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

static const char *const type_names[] = {
	[CONSENT_REQUEST] = "request", [CONSENT_GRANT] = "grant",
	[CONSENT_CONFIRM] = "confirm", [CONSENT_WITHDRAW] = "withdraw",
	[CONSENT_BLOCK] = "block",     [CONSENT_UNBLOCK] = "unblock",
	[CONSENT_EXPIRE] = "expire",   [CONSENT_CORRECT] = "correct",
	[CONSENT_IMPORT] = "import",
};

const char *consent_type_name(enum consent_type t)
{
	must(t >= CONSENT_REQUEST && (unsigned)t < ARRAY_LEN(type_names));
	return type_names[t];
}

int consent_type_parse(struct str s, enum consent_type *out)
{
	must(out != NULL);
	for (unsigned i = CONSENT_REQUEST; i < ARRAY_LEN(type_names); i++) {
		if (str_eqz(s, type_names[i])) {
			*out = (enum consent_type)i;
			return 0;
		}
	}
	return -EBADMSG;
}

void consent_hash(const struct consent_event *e, uint8_t out[32])
{
	struct buf b = { 0 };

	must(e != NULL && out != NULL);
	buf_init(&b, BUF_NO_LIMIT);
	buf_put(&b, e->prev_hash, sizeof(e->prev_hash));
	buf_u64(&b, e->seq);
	buf_lstr(&b, e->tenant);
	buf_lstr(&b, e->address);
	buf_lstr(&b, e->brand);
	buf_lstr(&b, e->channel);
	buf_lstr(&b, e->purpose);
	buf_u8(&b, (uint8_t)e->type);
	buf_u64(&b, (uint64_t)e->at_ms);
	buf_u64(&b, (uint64_t)e->expires_ms);
	buf_lstr(&b, e->source);
	buf_lstr(&b, e->actor);
	buf_lstr(&b, e->wording);
	buf_lstr(&b, e->wording_sha256);
	buf_lstr(&b, e->evidence);
	buf_u64(&b, e->inbound_id);
	secret_sha256(buf_str(&b), out);
	buf_done(&b);
}

static void keep_text(struct str *s, char **at)
{
	if (s->len > 0)
		memcpy(*at, s->p, s->len);
	s->p = *at;
	*at += s->len;
}

struct consent_event *consent_keep(const struct consent_event *e)
{
	static const size_t texts[] = {
		offsetof(struct consent_event, tenant),
		offsetof(struct consent_event, address),
		offsetof(struct consent_event, brand),
		offsetof(struct consent_event, channel),
		offsetof(struct consent_event, purpose),
		offsetof(struct consent_event, source),
		offsetof(struct consent_event, actor),
		offsetof(struct consent_event, wording),
		offsetof(struct consent_event, wording_sha256),
		offsetof(struct consent_event, evidence),
	};
	struct consent_event *kept;
	size_t room = sizeof(*e);
	char *at;

	must(e != NULL);
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		room += ((const struct str *)((const char *)e + texts[i]))->len;
	kept = mem_alloc(room);
	*kept = *e;
	at = (char *)(kept + 1);
	for (unsigned i = 0; i < ARRAY_LEN(texts); i++)
		keep_text((struct str *)((char *)kept + texts[i]), &at);
	return kept;
}

void consent_code(const struct consent_event *e, char out[CONSENT_CODE + 1])
{
	struct buf b = { 0 };
	uint8_t digest[32];
	uint64_t n = 0;

	must(e != NULL && out != NULL);
	buf_init(&b, BUF_NO_LIMIT);
	buf_z(&b, "code");
	buf_put(&b, e->hash, sizeof(e->hash));
	secret_sha256(buf_str(&b), digest);
	buf_done(&b);
	for (unsigned i = 0; i < 8; i++)
		n = n << 8 | digest[i];
	for (unsigned i = CONSENT_CODE; i-- > 1; n /= 10)
		out[i] = (char)('0' + n % 10);
	out[0] = (char)('1' + n % 9);
	out[CONSENT_CODE] = '\0';
}

void consent_cells(const struct consent_event *e,
		   struct cell cells[CONSENT_CELLS])
{
	must(e != NULL && cells != NULL);
	cells[0] = CELL_I(e->seq);
	cells[1] = CELL_T(e->tenant);
	cells[2] = CELL_T(e->address);
	cells[3] = CELL_T(e->brand);
	cells[4] = CELL_T(e->channel);
	cells[5] = CELL_T(e->purpose);
	cells[6] = CELL_Z(consent_type_name(e->type));
	cells[7] = CELL_I(e->at_ms);
	cells[8] = CELL_I(e->expires_ms);
	cells[9] = CELL_T(e->source);
	cells[10] = CELL_T(e->actor);
	cells[11] = CELL_T(e->wording);
	cells[12] = CELL_T(e->wording_sha256);
	cells[13] = CELL_T(e->evidence);
	cells[14] = CELL_I(e->inbound_id);
	cells[15] = CELL_B(str_bytes(e->prev_hash, sizeof(e->prev_hash)));
	cells[16] = CELL_B(str_bytes(e->hash, sizeof(e->hash)));
}

int consent_from_row(const struct row *r, struct consent_event *e)
{
	struct str prev = row_s(r, 15), hash = row_s(r, 16);
	struct consent_event v = { 0 };

	must(r != NULL && e != NULL);
	if (prev.len != 32 || hash.len != 32 ||
	    consent_type_parse(row_s(r, 6), &v.type) != 0)
		return -EBADMSG;
	v.seq = (uint64_t)row_i(r, 0);
	v.tenant = row_s(r, 1);
	v.address = row_s(r, 2);
	v.brand = row_s(r, 3);
	v.channel = row_s(r, 4);
	v.purpose = row_s(r, 5);
	v.at_ms = row_i(r, 7);
	v.expires_ms = row_i(r, 8);
	v.source = row_s(r, 9);
	v.actor = row_s(r, 10);
	v.wording = row_s(r, 11);
	v.wording_sha256 = row_s(r, 12);
	v.evidence = row_s(r, 13);
	v.inbound_id = (uint64_t)row_i(r, 14);
	memcpy(v.prev_hash, prev.p, 32);
	memcpy(v.hash, hash.p, 32);
	*e = v;
	return 0;
}
