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
	int64_t at, expires_at;
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
	  "A grant ends then." },
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

static void consent_answer(struct request *r, const struct consent_event *e)
{
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_ku(b, "seq", e->seq);
	json_kz(b, "type", consent_type_name(e->type));
	json_ks(b, "purpose", e->purpose);
	json_kt(b, "at", e->at_ms);
	json_key(b, "hash");
	json_hex(b, e->hash, sizeof(e->hash));
	json_close(b, '}');
}

void api_consents_post(struct request *r)
{
	struct consent_body c = { .purpose = STR("marketing") };
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
	if (!consent_check(r, &c))
		return;
	e.address = str_of(address);
	e.brand = c.brand;
	e.channel = c.channel;
	e.purpose = c.purpose;
	e.at_ms = c.at;
	e.expires_ms = c.expires_at;
	e.source = c.source;
	e.actor = c.actor.len > 0 ? c.actor : request_actor(r);
	e.wording = c.wording;
	e.wording_sha256 = c.wording_sha256;
	e.evidence = c.evidence;
	if (gateway_consent(r->c->gateway, &e, &err) != 0) {
		reply_error(r, 400, "consent", NULL, "%s", err.text);
		return;
	}
	consent_answer(r, &e);
	request_audit(r, e.tenant, "consent.append", e.address, STR_NONE);
	request_then(r, on_appended);
}

/* ---- the proof -----------------------------------------------------------------*/

static int consent_link(const struct row *row, struct chain_link *l)
{
	struct consent_event e;
	int rc = consent_from_row(row, &e);

	if (rc != 0)
		return rc;
	l->seq = e.seq;
	memcpy(l->prev_hash, e.prev_hash, 32);
	memcpy(l->hash, e.hash, 32);
	consent_hash(&e, l->computed);
	return 0;
}

void api_consents_verify(struct request *r)
{
	static const struct chain_kind kind = { STORE_CONSENT_SCAN, false,
						consent_link };

	must(r != NULL);
	chain_verify(r, &kind);
}
