/*
 * The HTTP side: API, hooks, live stream. One object, on the loop thread;
 * libmicrohttpd with an external epoll set underneath.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/settings.h"
#include "console/login_cfg.h"
#include "gateway/gateway.h"
#include "model/store.h"

struct campaigns;
struct console;
struct library;
struct cases;
struct unanswered;
struct surveys;
struct triggers;
struct reminders;
struct events;
struct callbacks;
struct alerts;
struct orders;
struct oncall;
struct findings;

/* The struct behind `http { ... }`; rows in http_section. */
struct http_cfg {
	char *listen;             /* "127.0.0.1:8080"; port 0: a free one */
	char *tls_cert, *tls_key; /* PEM files; "": plain HTTP */
	int64_t max_body;         /* bytes; more is 413 */
	int64_t max_connections;
	int64_t per_address;    /* connections of one address */
	int64_t header_timeout; /* ms, from the first byte to the last header */
	int64_t body_timeout;   /* ms, for all of a body */
	int64_t idle_timeout;   /* ms between two requests */
	int64_t answer_timeout; /* ms for the peer to take an answer */
	int64_t json_depth;
	int64_t batch_max;      /* messages in one request */
	int64_t import_rows;    /* rows of one CSV import */
	int64_t segments;       /* of one tenant */
	int64_t stream_clients; /* live streams at once */
	int64_t stream_queue;   /* bytes queued for one of them */
	int64_t key_rate;       /* requests a second of one key; 0: no limit */
	int64_t key_burst;
	bool metrics_key; /* /metrics asks for a key */
};

/* The struct behind `hook NAME { ... }`: a system that posts messages of
 * customers to /hooks/in/NAME. */
struct hook_cfg {
	char *secret; /* "whsec_..." */
	char *tenant;
	char *channel;
};

/* The struct behind `kannel_user NAME { ... }`: who may use
 * /cgi-bin/sendsms. */
struct kannel_user_cfg {
	char *username; /* "": the section's name */
	char *password;
	char *tenant;
	char *class_name;
	char *sender, *forced_sender; /* where `from` is missing; always */
	char *smsc, *forced_smsc;
	char *dlr_url;
	int64_t dlr_mask;
	struct setting_list allow; /* addresses; empty: all */
};

extern const struct setting_section http_section;
extern const struct setting_section hook_section;
extern const struct setting_section kannel_user_section;

struct console_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct campaigns *campaigns;
	struct store *store;
	struct library *library; /* of templates; closed after the console */
	struct cases *cases;     /* as the library */
	struct unanswered *unanswered;
	struct triggers *triggers;   /* likewise, for /v1/triggers */
	struct surveys *surveys;     /* as the library; NULL: nobody
				    asks for /v1/surveys */
	struct reminders *reminders; /* the same, for /v1/reminders */
	struct events *events;       /* ... /v1/events */
	struct callbacks *callbacks; /* ... /v1/callbacks */
	struct alerts *alerts;       /* ... /v1/alerts */
	struct orders *orders;       /* ... and /v1/orders */
	struct oncall *oncall;       /* ... and /v1/oncall */
	struct findings *findings;   /* ... and /v1/findings */
	/* Sections http, hook, kannel_user and gateway; kept by the daemon
	 * until the console is closed. */
	const struct settings *settings;
	const char *body_key; /* of hashes of purged texts; copied */
	const char *node;     /* name; copied */
	unsigned node_number; /* 0..63, for ids of keys */
	const char *version;  /* copied */
};

/* What a table cannot check: address, TLS pair, secrets of hooks. Opens
 * nothing. */
void console_check_settings(const struct settings *s, struct faults *faults);

/* Reads keys and the head of the audit chain from the store, then listens.
 * Before serving only: it scans. */
MUST_USE int console_open(struct console **out, const struct console_env *env,
			  struct err *err);
/* The port it listens on. */
int console_port(const struct console *c);
/* Takes no new connections, and answers new requests with 503; what waits
 * for a commit is still answered. Before gateway_close: from here on the
 * gateway is left alone. */
void console_stop(struct console *c);
/*
 * Ends every connection. Requests that still wait for the store are freed
 * when the store answers them, so close the console before the store.
 */
void console_close(struct console **cp);

/* One row for the audit log from outside the API (start, stop, reload):
 * durable after the next store_then. Texts are copied; detail is JSON text
 * or "". */
void console_audit(struct console *c, struct str tenant, struct str actor,
		   struct str action, struct str object, struct str detail);

/* docs/roles.md: every role, permission and route. */
void console_roles_reference(struct buf *out);
