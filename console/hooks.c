/* POST /hooks/in/{name}: customers' messages from another system, signed as
 * Standard Webhooks 1.0.0 says. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "console/webhook_check.h"

struct hook_ask {
	struct inbound in;
	struct buf peer_key;
};

static void hook_free(void *own)
{
	struct hook_ask *h = own;

	buf_done(&h->peer_key);
	mem_free(h);
}

static bool hook_signed(struct request *r, const struct hook_cfg *cfg)
{
	struct webhook_headers h = {
		request_header(r, "webhook-id"),
		request_header(r, "webhook-timestamp"),
		request_header(r, "webhook-signature"),
	};
	AUTO(buf_done) struct buf key = { 0 };
	struct err err = { "the hook has no secret" };

	buf_init(&key, 256);
	int rc = webhook_secret(str_of(cfg->secret), &key);
	if (rc == 0)
		rc = webhook_check(&h, buf_str(&r->body), buf_str(&key),
				   clock_wall_ms(r->c->clock), &err);
	secret_wipe(key.p, key.len);
	if (rc == 0)
		return true;
	log_info("hook.refused", KV_S("why", err.text));
	reply_error(r, 401, "bad_signature", NULL, "%s", err.text);
	return false;
}

static const struct section *hook_find(struct request *r)
{
	char name[64];

	if (str_copy(name, sizeof(name), r->param[0]) != 0)
		return NULL;
	return settings_find(r->c->settings, "hook", name);
}

static struct str text_of(json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v)
		       ? str_bytes(json_string_value(v), json_string_length(v))
		       : STR_NONE;
}

static void on_heard(void *owner, int rc)
{
	struct request *r = MAGIC_CAST(struct request, REQUEST_MAGIC, owner);

	if (!request_woken(r) || r->answered)
		return;
	struct hook_ask *h = r->own;
	if (rc != 0 && rc != -EEXIST) {
		reply_rc(r, rc);
		return;
	}
	struct buf *b = reply_json(r);
	json_open(b, '{');
	if (rc == -EEXIST)
		json_kb(b, "repeated", true);
	else
		json_kid(b, "id", h->in.id);
	json_close(b, '}');
	reply_send(r, 200);
}

/* {"from", "to", "text", "at"?, "in_reply_to"?}, alone or as the `data` of an event. Members
 * we do not know are the other system's own. */
static bool hook_read(struct request *r, struct inbound *in)
{
	json_t *data = json_object_get(r->json, "data");
	int64_t at = 0;

	if (!json_is_object(data))
		data = r->json;
	in->from = text_of(data, "from");
	in->to = text_of(data, "to");
	in->text = text_of(data, "text");
	IGNORE(id_parse(text_of(data, "in_reply_to"), &in->in_reply_to));
	struct str when = text_of(data, "at");
	if (when.len > 0 && clock_parse_rfc3339(when.p, when.len, &at) == 0)
		in->at_ms = at;
	if (in->from.len > 0 && in->from.len < ADDRESS_MAX &&
	    in->to.len < ADDRESS_MAX && in->text.len > 0 &&
	    in->text.len <= MESSAGE_TEXT_MAX)
		return true;
	reply_error(r, 400, "bad_message", NULL,
		    "'from' and 'text' are needed; a text has at most %d "
		    "bytes",
		    MESSAGE_TEXT_MAX);
	return false;
}

void api_hook_in(struct request *r)
{
	struct err err = { "" };

	must(r != NULL);
	const struct section *s = hook_find(r);
	if (s == NULL) {
		reply_error(r, 404, "no_hook", NULL, "there is no such hook");
		return;
	}
	const struct hook_cfg *cfg = s->value;
	if (!hook_signed(r, cfg))
		return;
	if (json_read(buf_str(&r->body), (unsigned)r->c->http->json_depth,
		      &r->json, &err) != 0) {
		reply_error(r, 400, "json", NULL, "%s", err.text);
		return;
	}
	struct hook_ask *h = mem_new(struct hook_ask);
	r->own = h;
	r->own_free = hook_free;
	if (!hook_read(r, &h->in))
		return;
	/* The sender's ids are its own: another hook may use the same. */
	buf_init(&h->peer_key, 256);
	buf_f(&h->peer_key, "hook:%s:", s->title);
	buf_str_put(&h->peer_key, request_header(r, "webhook-id"));
	h->in.peer_key = buf_str(&h->peer_key);
	h->in.tenant =
		str_of(cfg->tenant[0] != '\0' ? cfg->tenant : r->c->tenant);
	h->in.channel = str_of(cfg->channel);
	h->in.link = str_of(s->title);
	request_wait(r);
	gateway_hear(r->c->gateway, &h->in, on_heard, r);
}
