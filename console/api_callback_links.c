/* Links that ask for a call-back: made for those who send them, and the page
 * behind them, for who has nothing but the link. */
#include "console/api.h"

#include <errno.h>

#include "care/callbacks.h"
#include "console/branch.h"

struct link_body {
	struct str to, queue;
	int64_t expires_in;
};

#define AT(f) offsetof(struct link_body, f)
static const struct field link_rows[] = {
	{ "to", FIELD_STR, AT(to), true, "Whose call-back it asks for." },
	{ "queue", FIELD_STR, AT(queue), false, "The usual one without it." },
	{ "expires_in", FIELD_INT, AT(expires_in), false,
	  "Seconds; the setting's without it." },
};
#undef AT
const struct fields callback_link_fields = { "link", link_rows,
					     ARRAY_LEN(link_rows) };

static void on_made(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

#define YEAR_S INT64_C(31536000)

void api_callback_links_post(struct request *r)
{
	struct link_body l = { .expires_in = 0 };
	char to[ADDRESS_MAX], token[CALLBACK_TOKEN], path[64];
	int64_t expires_ms;
	struct str tenant;

	must(r != NULL);
	if (!request_fields(r, &l) || !request_tenant(r, &tenant) ||
	    !request_address(r, l.to, "to", to) ||
	    !branch_check_address(r, tenant, str_of(to)))
		return;
	if (l.expires_in < 0 || l.expires_in > YEAR_S) {
		reply_error(r, 400, "bad_time", "expires_in",
			    "it is 1 second to 1 year");
		return;
	}
	int rc = callbacks_link(r->c->callbacks, tenant, str_of(to), l.queue,
				l.expires_in * 1000, token, &expires_ms);

	if (rc == -ENOENT) {
		reply_error(r, 400, "invalid", "queue",
			    "there is no such queue");
		return;
	}
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	struct buf *b = reply_json(r);

	(void)snprintf(path, sizeof(path), "/callback/%s", token);
	json_open(b, '{');
	json_kz(b, "path", path);
	json_kt(b, "expires", expires_ms);
	json_close(b, '}');
	request_audit(r, tenant, "callback.link", STR_NONE, STR_NONE);
	request_then(r, on_made);
}

/* ---- the page ---------------------------------------------------------------------- */

#define PAGE(body)                                                 \
	"<!doctype html><html><head><meta charset=\"utf-8\">"      \
	"<meta name=\"viewport\" content=\"width=device-width\">"  \
	"<title>Call-back</title></head><body style=\"font:1.2em " \
	"sans-serif;margin:2em\">" body "</body></html>"

static const char page_ask[] =
	PAGE("<form method=\"post\"><p>请给我回电。<br>Please call me back."
	     "</p><button style=\"font:inherit;padding:.5em 2em\">"
	     "确认 / Yes</button></form>");
static const char page_done[] =
	PAGE("<p>已收到,我们会尽快给您回电。<br>We will call you back.</p>");
static const char page_gone[] =
	PAGE("<p>此链接已使用或已过期。<br>This link is used or too old.</p>");

static void send_page(struct request *r, int status, const char *page)
{
	reply_text(r, status, "text/html; charset=utf-8", str_of(page));
}

/* A look does nothing: previews of messages follow links, too. */
void api_callback_page(struct request *r)
{
	must(r != NULL);
	if (r->c->callbacks == NULL ||
	    callbacks_link_check(r->c->callbacks, r->param[0]) != 0)
		send_page(r, 404, page_gone);
	else
		send_page(r, 200, page_ask);
}

static void on_used(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		send_page(r, 200, page_done);
}

void api_callback_page_post(struct request *r)
{
	struct callback_asked out;
	struct err err = { "" };

	must(r != NULL);
	if (r->c->callbacks == NULL ||
	    callbacks_link_use(r->c->callbacks, r->param[0], &out, &err) != 0)
		send_page(r, 404, page_gone);
	else
		request_then(r, on_used);
}
