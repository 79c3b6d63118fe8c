/* The sections of the console in the configuration. */
#include "console/server.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"
#include "console/listen.h"
#include "console/ranges.h"
#include "console/webhook_check.h"
#include "model/address.h"

#define ROW(n, t, field, init, lo, hi, u, txt)                                 \
	{                                                                      \
		.name = (n), .type = (t),                                      \
		.offset = offsetof(struct http_cfg, field), .initial = (init), \
		.min = (lo), .max = (hi), .unit = (u), .text = (txt)           \
	}

static const struct setting http_rows[] = {
	ROW("listen", SETTING_STR, listen, "127.0.0.1:8080", 0, 0, NULL,
	    "Address and port of the HTTP API; port 0 takes a free one."),
	ROW("tls_cert", SETTING_STR, tls_cert, "", 0, 0, NULL,
	    "PEM file of the certificate chain; empty: plain HTTP."),
	ROW("tls_key", SETTING_STR, tls_key, "", 0, 0, NULL,
	    "PEM file of the certificate's key."),
	ROW("max_body", SETTING_SIZE, max_body, "8MB", 1024, 64 << 20, "bytes",
	    "Longest body of a request; more is 413. CSV imports may be longer."),
	ROW("max_connections", SETTING_INT, max_connections, "4000", 1, 100000,
	    NULL,
	    "Connections at once; more wait in the system's backlog or are closed."),
	ROW("per_address", SETTING_INT, per_address, "1000", 1, 100000, NULL,
	    "Connections at once from one address (IPv6: from one /64)."),
	ROW("header_timeout", SETTING_DURATION, header_timeout, "5s", 100,
	    600000, "ms",
	    "From the start of a request to its last header, whatever trickles in."),
	ROW("body_timeout", SETTING_DURATION, body_timeout, "60s", 100, 3600000,
	    "ms", "For the whole body of a request."),
	ROW("idle_timeout", SETTING_DURATION, idle_timeout, "60s", 100, 3600000,
	    "ms", "A connection may wait this long for its next request."),
	ROW("answer_timeout", SETTING_DURATION, answer_timeout, "60s", 100,
	    3600000, "ms",
	    "A peer must have taken an answer within this time."),
	ROW("json_depth", SETTING_INT, json_depth, "32", 2, 512, NULL,
	    "Levels of nesting in a JSON body."),
	ROW("batch_max", SETTING_INT, batch_max, "1000", 1, 10000, NULL,
	    "Messages in one request."),
	ROW("import_rows", SETTING_INT, import_rows, "1000000", 1, 10000000,
	    NULL, "Rows of one CSV import."),
	ROW("segments", SETTING_INT, segments, "1000", 1, 10000, NULL,
	    "Segments and lists of one tenant."),
	ROW("stream_clients", SETTING_INT, stream_clients, "100", 0, 10000,
	    NULL, "Live streams (/v1/stream) at once."),
	ROW("stream_queue", SETTING_SIZE, stream_queue, "256KB", 4096, 64 << 20,
	    "bytes",
	    "Events queued for one live stream; a slower client is dropped."),
	ROW("key_rate", SETTING_INT, key_rate, "0", 0, 1000000, "1/s",
	    "Requests a second of one key; 0: no limit of ours."),
	ROW("key_burst", SETTING_INT, key_burst, "0", 0, 1000000, NULL,
	    "Requests a key may save up; 0: one second's worth."),
	ROW("metrics_key", SETTING_BOOL, metrics_key, "no", 0, 0, NULL,
	    "Does /metrics ask for a key with status.read?"),
};

const struct setting_section http_section = {
	.name = "http",
	.titled = false,
	.size = sizeof(struct http_cfg),
	.rows = http_rows,
	.count = ARRAY_LEN(http_rows),
	.text = "The HTTP API and what its callers may take.",
};

static const struct setting hook_rows[] = {
	{ .name = "secret",
	  .type = SETTING_SECRET,
	  .offset = offsetof(struct hook_cfg, secret),
	  .text = "Signing secret of the system that posts: whsec_ and base64, or plain." },
	{ .name = "tenant",
	  .type = SETTING_STR,
	  .offset = offsetof(struct hook_cfg, tenant),
	  .initial = "",
	  .text = "Tenant its messages belong to; empty: the default one." },
	{ .name = "channel",
	  .type = SETTING_STR,
	  .offset = offsetof(struct hook_cfg, channel),
	  .initial = "sms",
	  .text = "Kind of channel the customers wrote on." },
};

const struct setting_section hook_section = {
	.name = "hook",
	.titled = true,
	.size = sizeof(struct hook_cfg),
	.rows = hook_rows,
	.count = ARRAY_LEN(hook_rows),
	.text = "A system that posts customers' messages to /hooks/in/NAME.",
};

#define KANNEL(n, t, field, init, lo, hi, txt)                             \
	{                                                                  \
		.name = (n), .type = (t),                                  \
		.offset = offsetof(struct kannel_user_cfg, field),         \
		.initial = (init), .min = (lo), .max = (hi), .text = (txt) \
	}

static const struct setting kannel_rows[] = {
	KANNEL("username", SETTING_STR, username, "", 0, 0,
	       "Name in the parameter `username`; empty: the section's."),
	KANNEL("password", SETTING_SECRET, password, NULL, 0, 0,
	       "Password in the parameter `password`."),
	KANNEL("tenant", SETTING_STR, tenant, "", 0, 0,
	       "Tenant the user sends for; empty: the default one."),
	KANNEL("class", SETTING_STR, class_name, "notice", 0, 0,
	       "Class of the user's messages."),
	KANNEL("sender", SETTING_STR, sender, "", 0, 0,
	       "Sender where `from` is missing; empty: the link's `source`."),
	KANNEL("forced_sender", SETTING_STR, forced_sender, "", 0, 0,
	       "Sender whatever `from` says."),
	KANNEL("smsc", SETTING_STR, smsc, "", 0, 0,
	       "Business line where the parameter `smsc` is missing."),
	KANNEL("forced_smsc", SETTING_STR, forced_smsc, "", 0, 0,
	       "Business line whatever `smsc` says."),
	KANNEL("dlr_url", SETTING_STR, dlr_url, "", 0, 0,
	       "Where reports go if `dlr-url` is missing, with Kannel's escapes."),
	KANNEL("dlr_mask", SETTING_INT, dlr_mask, "0", 0, 126,
	       "Reports where `dlr-mask` is missing; bits as there."),
	KANNEL("allow", SETTING_LIST, allow, "{}", 0, 64,
	       "Address ranges the user may come from; empty: any."),
};

const struct setting_section kannel_user_section = {
	.name = "kannel_user",
	.titled = true,
	.size = sizeof(struct kannel_user_cfg),
	.rows = kannel_rows,
	.count = ARRAY_LEN(kannel_rows),
	.text = "A user of /cgi-bin/sendsms, Kannel's way to send.",
};

static void http_check(const struct section *s, struct faults *faults)
{
	const struct http_cfg *h = s->value;
	struct err err = { "" };
	struct sockaddr_storage at;

	if (listen_address(str_of(h->listen), &at, &err) != 0)
		faults_add(faults, "line %u: http listen: %s", s->line,
			   err.text);
	if ((h->tls_cert[0] == '\0') != (h->tls_key[0] == '\0'))
		faults_add(faults,
			   "line %u: http: tls_cert and tls_key go together",
			   s->line);
	if (h->tls_cert[0] != '\0' && access(h->tls_cert, R_OK) != 0)
		faults_add(faults, "line %u: http: cannot read %s", s->line,
			   h->tls_cert);
	if (h->tls_key[0] != '\0' && access(h->tls_key, R_OK) != 0)
		faults_add(faults, "line %u: http: cannot read %s", s->line,
			   h->tls_key);
}

static void hook_check(const struct section *s, struct faults *faults)
{
	const struct hook_cfg *h = s->value;
	AUTO(buf_done) struct buf key = { 0 };

	buf_init(&key, 256);
	if (webhook_secret(str_of(h->secret), &key) != 0)
		faults_add(faults,
			   "line %u: hook %s: secret has not 24 to 64 "
			   "bytes, plain or as whsec_ and base64",
			   s->line, s->title);
	secret_wipe(key.p, key.len);
	if (h->tenant[0] != '\0' && tenant_check(str_of(h->tenant)) != 0)
		faults_add(faults, "line %u: hook %s: bad tenant '%s'", s->line,
			   s->title, h->tenant);
}

static void kannel_check(const struct section *s, struct faults *faults)
{
	const struct kannel_user_cfg *k = s->value;

	if (k->password[0] == '\0')
		faults_add(faults, "line %u: kannel_user %s: empty password",
			   s->line, s->title);
	if (k->tenant[0] != '\0' && tenant_check(str_of(k->tenant)) != 0)
		faults_add(faults, "line %u: kannel_user %s: bad tenant '%s'",
			   s->line, s->title, k->tenant);
	for (size_t i = 0; i < k->allow.len; i++) {
		if (!range_ok(k->allow.v[i]))
			faults_add(faults,
				   "line %u: kannel_user %s: allow: '%s' is "
				   "not an address range such as 10.0.0.0/8",
				   s->line, s->title, k->allow.v[i]);
	}
}

void console_check_settings(const struct settings *s, struct faults *faults)
{
	must(s != NULL && faults != NULL);
	for (size_t i = 0; i < s->len; i++) {
		const struct section *at = &s->v[i];
		if (at->kind == &http_section)
			http_check(at, faults);
		else if (at->kind == &hook_section)
			hook_check(at, faults);
		else if (at->kind == &kannel_user_section)
			kannel_check(at, faults);
	}
}
