/* /v1/consents: the ledger is appended to, never changed. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "console/branch.h"
#include "console/chain.h"
#include "model/consent.h"

struct consent_body {
	struct str address, type, purpose, brand, channel;
	struct str source, actor, wording, wording_sha256, evidence;
	struct str code;
	int64_t at, expires_at;
	bool ask;
};

#define AT(f) offsetof(struct consent_body, f)

static const struct field rows[] = {
	{ "address", FIELD_STR, AT(address), true,
	  "A phone number, or the address on the channel." },
	{ "type", FIELD_STR, AT(type), true,
	  "request, grant, confirm, withdraw, block, unblock, expire or correct." },
	{ "purpose", FIELD_STR, AT(purpose), false,
	  "marketing, survey ...; * for all (not to grant)." },
	{ "brand", FIELD_STR, AT(brand), false,
	  "A brand of the tenant; all without it." },
	{ "channel", FIELD_STR, AT(channel), false,
	  "sms, mqtt ...; all without it." },
	{ "source", FIELD_STR, AT(source), true,
	  "sms_mo, web, agent, paper, import, api or ivr." },
	{ "actor", FIELD_STR, AT(actor), false,
	  "Who wrote it down; the key's name without it." },
	{ "wording", FIELD_STR, AT(wording), false,
	  "Id and version of the words the person saw." },
	{ "wording_sha256", FIELD_STR, AT(wording_sha256), false,
	  "SHA-256 of those words, hex." },
	{ "evidence", FIELD_STR, AT(evidence), false,
	  "Where the proof is kept." },
	{ "at", FIELD_TIME, AT(at), false,
	  "When it was given; now without it." },
	{ "expires_at", FIELD_TIME, AT(expires_at), false,
	  "A grant or a block ends then." },
	{ "ask", FIELD_BOOL, AT(ask), false,
	  "A request: send the person the question that a YES or the code confirms." },
	{ "code", FIELD_STR, AT(code), false,
	  "A confirmation: the code that the question had." },
};

const struct fields consent_fields = { "consent", rows, ARRAY_LEN(rows) };

static bool hex_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return s.len == 0 || s.len == 64;
}

/* What the ledger itself does not ask for. */
static bool consent_check(struct request *r, const struct consent_body *c)
{
	const struct str long_ones[] = { c->brand, c->channel, c->source,
					 c->actor, c->wording, c->evidence };

	for (unsigned i = 0; i < ARRAY_LEN(long_ones); i++) {
		if (long_ones[i].len > 512) {
			reply_error(r, 400, "too_long", NULL,
				    "a text has at most 512 bytes");
			return false;
		}
	}
	if (!hex_ok(c->wording_sha256)) {
		reply_error(r, 400, "bad_hash", "wording_sha256",
			    "64 digits of lower-case hex are needed");
		return false;
	}
	if (c->at > clock_wall_ms(r->c->clock)) {
		reply_error(r, 400, "bad_time", "at", "that is in the future");
		return false;
	}
	return true;
}

static void on_appended(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

static void consent_answer(struct request *r, const struct consent_event *e,
			   const struct submitted *asked)
{
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_ku(b, "seq", e->seq);
	json_kz(b, "type", consent_type_name(e->type));
	json_ks(b, "purpose", e->purpose);
	json_kt(b, "at", e->at_ms);
	json_kt_opt(b, "expires", e->expires_ms);
	json_key(b, "hash");
	json_hex(b, e->hash, sizeof(e->hash));
	if (asked->id != 0)
		json_kid(b, "message", asked->id);
	json_close(b, '}');
}

static void consent_refused(struct request *r, int rc, const struct err *err)
{
	if (rc == -EPROTO)
		reply_error(r, 409, "out_of_order", NULL, "%s", err->text);
	else if (rc == -EACCES)
		reply_error(r, 400, "bad_code", "code", "%s", err->text);
	else
		reply_error(r, 400, "consent", NULL, "%s", err->text);
}

/* Asked and code each belong to one type. */
static bool consent_fits(struct request *r, const struct consent_body *c,
			 enum consent_type type)
{
	if (c->ask && type != CONSENT_REQUEST) {
		reply_error(r, 400, "bad_ask", "ask",
			    "only a request is asked");
		return false;
	}
	if (c->code.len > 0 && type != CONSENT_CONFIRM) {
		reply_error(r, 400, "bad_code", "code",
			    "only a confirmation has a code");
		return false;
	}
	return true;
}

static int consent_append(struct request *r, const struct consent_body *c,
			  struct consent_event *e, struct submitted *asked,
			  struct err *err)
{
	if (c->ask)
		return gateway_optin_ask(r->c->gateway, e, asked, err);
	if (c->code.len > 0)
		return gateway_optin_code(r->c->gateway, e, c->code, err);
	return gateway_consent(r->c->gateway, e, err);
}

static void consent_fill(struct request *r, const struct consent_body *c,
			 struct consent_event *e)
{
	e->brand = c->brand;
	e->channel = c->channel;
	e->purpose = c->purpose;
	e->at_ms = c->at;
	e->expires_ms = c->expires_at;
	e->source = c->source;
	e->actor = c->actor.len > 0 ? c->actor : request_actor(r);
	e->wording = c->wording;
	e->wording_sha256 = c->wording_sha256;
	e->evidence = c->evidence;
}

void api_consents_post(struct request *r)
{
	struct consent_body c = { .purpose = STR("marketing") };
	struct submitted asked = { 0 };
	char address[ADDRESS_MAX];
	struct consent_event e = { 0 };
	struct err err = { "" };

	must(r != NULL);
	if (!request_fields(r, &c) || !request_tenant(r, &e.tenant) ||
	    !request_address(r, c.address, "address", address) ||
	    !branch_check_address(r, e.tenant, str_of(address)))
		return;
	if (consent_type_parse(c.type, &e.type) != 0) {
		reply_error(r, 400, "bad_type", "type",
			    "there is no type '%.*s'",
			    STR_ARGS(str_first(c.type, 40)));
		return;
	}
	if (!consent_check(r, &c) || !consent_fits(r, &c, e.type))
		return;
	e.address = str_of(address);
	consent_fill(r, &c, &e);
	int rc = consent_append(r, &c, &e, &asked, &err);
	if (rc != 0) {
		consent_refused(r, rc, &err);
		return;
	}
	consent_answer(r, &e, &asked);
	request_audit(r, e.tenant, "consent.append", e.address, STR_NONE);
	request_then(r, on_appended);
}

/* ---- the proof -----------------------------------------------------------------*/

static int consent_link(const struct row *row, const uint8_t *before,
			struct chain_link *l)
{
	struct consent_event e;
	int rc = consent_from_row(row, &e);

	if (rc != 0)
		return rc;
	l->seq = e.seq;
	memcpy(l->prev_hash, e.prev_hash, 32);
	memcpy(l->hash, e.hash, 32);
	if (before != NULL)
		memcpy(e.prev_hash, before, 32);
	consent_hash(&e, l->computed);
	return 0;
}

static const struct chain_kind ledger_kind = { STORE_CONSENT_SCAN, false, true,
					       consent_link };

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* "SEQ:HASH", as a head was logged. */
static int head_parse(struct str text, uint64_t *seq, uint8_t hash[32])
{
	struct str hex, number;

	hex = str_cut(text, ':', &number);
	if (str_u64(number, INT64_MAX, seq) != 0 || *seq == 0 || hex.len != 64)
		return -EBADMSG;
	for (size_t i = 0; i < 32; i++) {
		int high = hex_digit(hex.p[2 * i]);
		int low = hex_digit(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EBADMSG;
		hash[i] = (uint8_t)(high << 4 | low);
	}
	return 0;
}

const struct query verify_query[] = {
	{ "head", "A head that was kept elsewhere, as SEQ:HASH." },
	{ NULL, NULL },
};

void api_consents_verify(struct request *r)
{
	struct str head = request_query(r, "head");
	uint8_t hash[32];
	uint64_t seq;

	if (head.len == 0)
		chain_verify(r, &ledger_kind);
	else if (head_parse(head, &seq, hash) == 0)
		chain_verify_head(r, &ledger_kind, seq, hash);
	else
		reply_error(r, 400, "bad_head", "head",
			    "a head is SEQ:HASH, the hash in 64 digits of "
			    "lower-case hex");
}

const struct query heads_query[] = {
	{ "after", "Only heads after this event." },
	{ "limit", "Heads of one page, 1 to 1000; 100 without it." },
	{ NULL, NULL },
};

/* On the reader's thread. */
static bool show_ledger_head(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;
	struct str hash = row_s(row, 2);

	json_open(b, '{');
	json_ku(b, "seq", (uint64_t)row_i(row, 0));
	json_kt(b, "at", row_i(row, 1));
	json_key(b, "hash");
	json_hex(b, (const uint8_t *)hash.p, hash.len);
	json_close(b, '}');
	return !b->full;
}

void api_consents_heads(struct request *r)
{
	uint64_t limit = 100, after = 0;

	must(r != NULL);
	if (!query_u64(r, "limit", 1000, &limit) ||
	    !query_u64(r, "after", INT64_MAX, &after))
		return;
	struct cell cells[] = { CELL_I(after), CELL_I(limit) };
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "heads");
	json_open(b, '[');
	request_read(r, STORE_LEDGER_HEAD_LIST, cells, ARRAY_LEN(cells),
		     show_ledger_head, api_rows_end);
}
