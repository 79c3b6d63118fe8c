/* The console: opened, driven by the loop, closed. */
#include "console/server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "console/listen.h"
#include "console/peers.h"
#include "console/request.h"
#include "console/roll.h"
#include "console/routes.h"
#include "console/serve.h"
#include "console/stream.h"
#include "console/templates.h"
#include "reports/report.h"

#define SWEEP_MS 250
/* Request line, headers and a piece of body; cleared for each request. */
#define MHD_MEMORY 16384
#define PEM_MAX 65536
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3"

/* ---- MHD calls -------------------------------------------------------------*/

static enum MHD_Result on_admit(void *owner, const struct sockaddr *from,
				socklen_t len)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);

	(void)len;
	return peers_admit(c, from) ? MHD_YES : MHD_NO;
}

static void on_connection(void *owner, struct MHD_Connection *mhd, void **ctx,
			  enum MHD_ConnectionNotificationCode what)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*ctx = peer_new(c, mhd);
	} else if (*ctx != NULL) {
		peer_free(c, *ctx);
		*ctx = NULL;
	}
}

/* The request line is here: headers have their time from now. */
static void *on_line(void *owner, const char *uri, struct MHD_Connection *mhd)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(mhd,
					MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct peer *p = i->socket_context;

	(void)uri;
	if (p != NULL && p->phase == PEER_IDLE)
		peer_phase(c, p, PEER_HEAD);
	return NULL;
}

static enum MHD_Result request_suspend(struct request *r)
{
	r->suspended = true;
	MHD_suspend_connection(r->mhd);
	return MHD_YES;
}

static enum MHD_Result on_request(void *owner, struct MHD_Connection *mhd,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *size, void **ctx)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);
	struct request *r = *ctx;

	(void)version;
	if (r == NULL) {
		r = request_new(c, mhd, method, url);
		*ctx = r;
		serve_begin(r, method);
		/* A body that is too long is not waited for. */
		if (r->answered && r->status == 413)
			return request_queue(r);
		return MHD_YES;
	}
	if (*size > 0) {
		bool go = serve_piece(r, str_bytes(data, *size));
		*size = 0;
		if (go && r->waits > 0 && !r->answered)
			return request_suspend(r);
		return go ? MHD_YES : MHD_NO;
	}
	if (!r->whole && r->waits == 0)
		serve_run(r);
	return r->answered ? request_queue(r) : request_suspend(r);
}

static void on_completed(void *owner, struct MHD_Connection *mhd, void **ctx,
			 enum MHD_RequestTerminationCode why)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);
	struct request *r = *ctx;

	(void)mhd;
	(void)why;
	*ctx = NULL;
	if (r == NULL)
		return;
	peer_phase(c, r->peer, PEER_IDLE);
	request_gone(r);
}

PRINTF(2, 0)
static void on_log(void *owner, const char *fmt, va_list ap)
{
	char text[256];

	(void)owner;
	if (log_threshold > LOG_DEBUG)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	log_debug("http.mhd", KV_S("text", text));
}

/* ---- the loop --------------------------------------------------------------*/

static void on_timeout(void *owner);

/* MHD's epoll set is edge-triggered inside, so it is run after every wake,
 * and again at once while it says so. */
static void console_serve(struct console *c)
{
	MHD_UNSIGNED_LONG_LONG ms = 0;

	c->kick = false;
	if (MHD_run(c->mhd) != MHD_YES)
		log_warn("http.run_failed", KV_I("errno", errno));
	if (MHD_get_timeout(c->mhd, &ms) != MHD_YES)
		return;
	if (ms == 0)
		c->kick = true;
	else
		loop_timer_set(c->timeout, ms);
}

static void on_epoll(void *owner, int events)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);

	(void)events;
	console_serve(c);
}

static void on_timeout(void *owner)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);

	c->kick = true;
}

static void on_sweep(void *owner)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);

	peers_sweep(c);
	keys_warn(c->keys, clock_wall_ms(c->clock));
	loop_timer_set(c->sweep, SWEEP_MS);
}

/* Resumed connections are answered in the turn of their commit. What they
 * submit meanwhile is sealed by the next turn, which must not sleep. */
static void on_end_of_turn(void *owner)
{
	struct console *c = MAGIC_CAST(struct console, CONSOLE_MAGIC, owner);

	if (!c->kick)
		return;
	console_serve(c);
	loop_again(c->loop);
}

/* ---- opening ----------------------------------------------------------------*/

static int pem_read(const char *path, struct buf *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, -errno, "cannot open %s: %s", path,
			       strerror(errno));
	char *at = buf_room(out, PEM_MAX);
	ssize_t n = read(fd, at, PEM_MAX);
	close(fd);
	if (n <= 0 || n == PEM_MAX)
		return err_set(err, -EINVAL, "%s is no PEM file", path);
	out->len += (size_t)n;
	out->p[out->len] = '\0';
	return 0;
}

struct opening {
	int fd;
	struct buf cert, key;
};

static void opening_done(struct opening *o)
{
	if (o->fd >= 0)
		close(o->fd);
	if (o->key.len > 0)
		secret_wipe(o->key.p, o->key.len);
	buf_done(&o->cert);
	buf_done(&o->key);
}

static int tls_read(struct console *c, struct opening *o, struct err *err)
{
	buf_init(&o->cert, PEM_MAX + 1);
	buf_init(&o->key, PEM_MAX + 1);
	if (c->http->tls_cert[0] == '\0')
		return 0;
	int rc = pem_read(c->http->tls_cert, &o->cert, err);
	return rc != 0 ? rc : pem_read(c->http->tls_key, &o->key, err);
}

static int mhd_start(struct console *c, struct opening *o, struct err *err)
{
	unsigned flags =
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, o->cert.p },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, o->key.p },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
		  (void *)(uintptr_t)TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL },
	};
	bool secure = o->cert.len > 0;

	c->mhd = MHD_start_daemon(
		flags | (secure ? MHD_USE_TLS : 0), 0, on_admit, c, on_request,
		c, MHD_OPTION_EXTERNAL_LOGGER, on_log, c,
		MHD_OPTION_LISTEN_SOCKET, o->fd, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, c, MHD_OPTION_NOTIFY_CONNECTION, on_connection, c,
		MHD_OPTION_URI_LOG_CALLBACK, on_line, c,
		MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)c->http->max_connections + 1,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MHD_MEMORY,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY,
		secure ? tls : tls + 3, MHD_OPTION_END);
	if (c->mhd == NULL)
		return err_set(err, -EINVAL,
			       secure ? "the HTTP server did not start; does "
					"tls_key fit tls_cert?"
				      : "the HTTP server did not start");
	o->fd = -1; /* MHD closes it */
	return 0;
}

static int server_start(struct console *c, struct err *err)
{
	AUTO(opening_done) struct opening o = { .fd = -1 };

	int rc = tls_read(c, &o, err);
	if (rc == 0)
		rc = listen_open(str_of(c->http->listen), &o.fd, &c->port, err);
	if (rc == 0)
		rc = mhd_start(c, &o, err);
	if (rc != 0)
		return rc;
	const union MHD_DaemonInfo *i =
		MHD_get_daemon_info(c->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	must(i != NULL && i->epoll_fd >= 0);
	c->timeout = loop_timer_new(c->loop, on_timeout, c);
	c->sweep = loop_timer_new(c->loop, on_sweep, c);
	c->end = loop_at_end_of_turn(c->loop, on_end_of_turn, c);
	c->epoll = loop_fd_new(c->loop, i->epoll_fd, on_epoll, c);
	loop_fd_want(c->epoll, LOOP_READ);
	loop_timer_set(c->sweep, SWEEP_MS);
	return 0;
}

/* ---- the object --------------------------------------------------------------*/

static void stats_open(struct console *c)
{
	static const char *const labels[] = { NULL,           "code=\"1xx\"",
					      "code=\"2xx\"", "code=\"3xx\"",
					      "code=\"4xx\"", "code=\"5xx\"" };

	for (unsigned i = 1; i < ARRAY_LEN(labels); i++)
		c->answers[i] =
			stats_get(STAT_COUNTER, "http_answers_total",
				  "Answers of the HTTP API.", labels[i]);
	c->answers[0] = c->answers[5];
	c->send_us = stats_get(STAT_HISTOGRAM, "http_send_seconds",
			       "From a message's request to its commit.", NULL);
}

static const void *section_or_default(struct console *c, const char *name)
{
	const struct section *at = settings_find(c->settings, name, NULL);

	if (at == NULL)
		at = settings_find(&c->defaults, name, NULL);
	must(at != NULL);
	return at->value;
}

static void defaults_read(struct console *c)
{
	/* Sections point to their kinds. */
	static struct setting_section kinds[3];
	struct faults none = { 0 };

	kinds[0] = http_section;
	kinds[1] = login_section;
	kinds[2] = report_section;
	must(settings_parse("http {\n}\nlogin {\n}\nreport {\n}\n", "defaults",
			    kinds, ARRAY_LEN(kinds), &c->defaults, &none) == 0);
}

/* The sections console and gateway need; those left out have defaults. */
static void settings_take(struct console *c, const struct settings *s)
{
	const struct section *at = settings_find(s, "gateway", NULL);

	c->settings = s;
	defaults_read(c);
	c->tenant = "default";
	c->country = "";
	if (at != NULL) {
		const struct gateway_cfg *g = at->value;
		c->tenant = g->tenant;
		c->country = g->country;
	}
	c->http = section_or_default(c, "http");
	c->login = section_or_default(c, "login");
	c->report = section_or_default(c, "report");
}

int console_open(struct console **out, const struct console_env *env,
		 struct err *err)
{
	must(out != NULL && env != NULL && env->loop != NULL);
	must(env->clock != NULL && env->gateway != NULL && env->store != NULL);
	must(env->settings != NULL);

	AUTO(console_close) struct console *c = mem_new(struct console);
	c->magic = CONSOLE_MAGIC;
	c->loop = env->loop;
	c->clock = env->clock;
	c->gateway = env->gateway;
	c->campaigns = env->campaigns;
	c->store = env->store;
	c->library = env->library;
	c->surveys = env->surveys;
	c->triggers = env->triggers;
	c->cases = env->cases;
	c->unanswered = env->unanswered;
	c->reminders = env->reminders;
	c->events = env->events;
	c->callbacks = env->callbacks;
	c->alerts = env->alerts;
	c->orders = env->orders;
	c->oncall = env->oncall;
	c->findings = env->findings;
	c->node = str_dup(env->node != NULL ? env->node : "n1");
	c->version = str_dup(env->version != NULL ? env->version : "0");
	c->body_key = str_dup(env->body_key != NULL ? env->body_key : "");
	c->started_ms = clock_wall_ms(env->clock);
	c->routes = routes_all;
	c->nroutes = routes_len;
	list_init(&c->live);
	list_init(&c->spare);
	id_source_init(&c->ids, env->node_number);
	c->guesses = map_new();
	settings_take(c, env->settings);
	peers_init(c);
	stats_open(c);

	int rc = roll_load(c, err);
	if (rc != 0)
		return rc;
	rc = audit_open(&c->audit, c->loop, c->store, c->clock);
	if (rc != 0)
		return err_set(err, rc, "the audit log cannot be read");
	c->hub = stream_hub_new(c);
	if (c->library != NULL)
		library_on_change(c->library, template_changed, c);
	rc = server_start(c, err);
	if (rc != 0)
		return rc;
	log_info("http.listening", KV_S("address", c->http->listen),
		 KV_I("port", c->port), KV_U("keys", keys_len(c->keys)));
	*out = TAKE(c);
	return 0;
}

int console_port(const struct console *c)
{
	must(c != NULL);
	return c->port;
}

void console_stop(struct console *c)
{
	must(c != NULL && c->magic == CONSOLE_MAGIC);
	if (c->stopping)
		return;
	c->stopping = true;
	stream_hub_stop(c->hub);
}

void console_audit(struct console *c, struct str tenant, struct str actor,
		   struct str action, struct str object, struct str detail)
{
	must(c != NULL && c->magic == CONSOLE_MAGIC);
	audit_put(c->audit, tenant, actor, action, object, detail);
}

/* Every connection that waits is woken first: MHD may not stop with one
 * suspended. */
static void server_stop(struct console *c)
{
	LIST_EACH_SAFE (it, &c->live) {
		struct request *r = LIST_ITEM(it, struct request, node);
		if (!r->answered)
			reply_error(r, 503, "stopping", NULL,
				    "this node is stopping");
	}
	MHD_run(c->mhd);
	MHD_stop_daemon(c->mhd);
	c->mhd = NULL;
}

static void requests_done(struct console *c)
{
	/* These wait for the store still: they free themselves. */
	LIST_EACH_SAFE (it, &c->live) {
		list_remove(it);
	}
	LIST_EACH_SAFE (it, &c->spare) {
		request_free(LIST_ITEM(it, struct request, node));
	}
}

void console_close(struct console **cp)
{
	must(cp != NULL);
	struct console *c = TAKE(*cp);
	if (c == NULL)
		return;
	if (c->mhd != NULL) {
		console_stop(c);
		server_stop(c);
	}
	loop_fd_free(&c->epoll);
	loop_timer_free(&c->timeout);
	loop_timer_free(&c->sweep);
	loop_hook_close(&c->end);
	requests_done(c);
	if (c->library != NULL)
		library_on_change(c->library, NULL, NULL);
	stream_hub_free(&c->hub);
	peers_done(c);
	audit_close(&c->audit);
	roll_free(c);
	map_free(&c->guesses);
	settings_done(&c->defaults);
	mem_free(c->node);
	mem_free(c->version);
	mem_free(c->body_key);
	c->magic = 0;
	mem_free(c);
}
