/* /v1/messages/{id}/verify: is this the text that was sent? Also when the text
 * itself is kept no longer. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"
#include "console/branch.h"

struct copy_body {
	struct str text;
};

static const struct field rows[] = {
	{ "text", FIELD_STR, offsetof(struct copy_body, text), true,
	  "The copy that somebody shows, to the letter." },
};

const struct fields copy_fields = { "copy", rows, ARRAY_LEN(rows) };

/* A question under way. */
struct copy {
	uint64_t id;
	char tenant[TENANT_MAX + 1];              /* "": any */
	struct str text;                          /* in the request's body */
	char of[TENANT_MAX + 1], to[ADDRESS_MAX]; /* the message is */
	bool found, purged, hashed, same;
	uint8_t hash[32];
};

static bool show_message(void *owner, const struct row *row)
{
	struct copy *c = ((struct request *)owner)->own;
	struct message m;

	if (message_decode(row_s(row, 5), c->id, &m) != 0 ||
	    (c->tenant[0] != '\0' && !str_eqz(m.tenant, c->tenant)))
		return false;
	c->found = str_copy(c->of, sizeof(c->of), m.tenant) == 0 &&
		   str_copy(c->to, sizeof(c->to), m.to) == 0;
	c->purged = m.purged;
	c->same = !m.purged && secret_eq(m.text, c->text);
	return false;
}

static bool show_hash(void *owner, const struct row *row)
{
	struct copy *c = ((struct request *)owner)->own;
	struct str hash = row_s(row, 0);

	c->hashed = hash.len == sizeof(c->hash);
	if (c->hashed)
		memcpy(c->hash, hash.p, sizeof(c->hash));
	return false;
}

static void answer(struct request *r)
{
	const struct copy *c = r->own;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", c->id);
	json_kb(b, "same", c->same);
	json_kb(b, "purged", c->purged);
	json_close(b, '}');
	reply_send(r, 200);
}

static void on_hash(struct request *r, int rc)
{
	struct copy *c = r->own;
	uint8_t hash[32];

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	secret_hmac_sha256(str_of(r->c->body_key), c->text, hash);
	c->same = c->hashed && secret_eq(str_bytes(hash, sizeof(hash)),
					 str_bytes(c->hash, sizeof(c->hash)));
	answer(r);
}

static void on_message(struct request *r, int rc)
{
	const struct copy *c = r->own;
	const struct cell cell = CELL_I(c->id);

	if (rc != 0 || !c->found)
		reply_rc(r, rc != 0 ? rc : -ENOENT);
	else if (!branch_check_address(r, str_of(c->of), str_of(c->to)))
		return;
	else if (c->purged)
		request_read(r, STORE_BODY_HASH_GET, &cell, 1, show_hash,
			     on_hash);
	else
		answer(r);
}

void api_message_verify(struct request *r)
{
	struct copy_body body = { STR_NONE };
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!param_id(r, 0, &id) || !request_fields(r, &body) ||
	    !request_scope(r, &tenant))
		return;
	struct copy *c = mem_new(struct copy);

	r->own = c;
	r->own_free = mem_free;
	c->id = id;
	c->text = body.text;
	must(str_copy(c->tenant, sizeof(c->tenant), tenant) == 0);
	const struct cell cell = CELL_I(id);

	request_read(r, STORE_MESSAGE_GET, &cell, 1, show_message, on_message);
}
