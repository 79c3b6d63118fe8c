/* The node: loop, store, gateway, console, and the signals. */
#include "daemon/node.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/stats.h"
#include "campaigns/campaigns.h"
#include "campaigns/library.h"
#include "campaigns/review.h"
#include "console/server.h"
#include "daemon/body_key.h"
#include "daemon/bus.h"
#include "daemon/care.h"
#include "daemon/dlr.h"
#include "daemon/esme.h"
#include "daemon/registry.h"
#include "daemon/sections.h"
#include "daemon/settings.h"
#include "gateway/gateway.h"
#include "gateway/headcount.h"
#include "gateway/purge.h"
#include "model/measure.h"
#include "proto/tzone.h"
#include "reports/report.h"
#include "store/engine.h"

#define VERSION "0.1.0"

/* sysexits: a fault of input and output; systemd starts it again. */
#define EXIT_STORE_BROKEN 74

struct node {
	const char *path;
	struct settings settings;
	struct loop *loop;
	struct store *store;
	struct gateway *gateway;
	struct library *library;
	struct campaigns *campaigns;
	struct review *review;
	struct console *console;
	struct bus *bus;
	struct care *care;
	struct purge *purge;
	struct headcount *headcount;
	struct buf body_key;
	struct dlr *dlr;
	struct esme *esme;
	struct loop_signal *term, *intr, *hup;
	/* files of before: links and console point into what they were
	 * opened with */
	struct settings *past;
	size_t npast;
	bool stopping;
};

/* Tells systemd, when it listens (sd_notify(3)). */
static void notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd;

	if (path == NULL ||
	    str_copy(to.sun_path, sizeof(to.sun_path), str_of(path)) != 0)
		return;
	if (to.sun_path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	IGNORE(sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		      (struct sockaddr *)&to,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				  strlen(path))) < 0);
	close(fd);
}

/* What the disk holds is not known: only a new start can find out. */
static void on_broken(void *owner, const char *text)
{
	(void)owner;
	log_error("store.broken", KV_S("why", text));
	log_flush();
	_exit(EXIT_STORE_BROKEN);
}

static void on_gateway_closed(void *owner)
{
	struct node *n = owner;

	loop_stop(n->loop);
}

static void on_esme_stopped(void *owner)
{
	struct node *n = owner;

	if (n->review != NULL)
		review_stop(n->review);
	gateway_close(&n->gateway, on_gateway_closed, n);
}

/* Who submits is told what became of it before the gateway goes. */
static void close_gateway(struct node *n)
{
	if (n->esme != NULL)
		esme_stop(n->esme, on_esme_stopped, n);
	else
		on_esme_stopped(n);
}

static void on_stop(void *owner, int signo)
{
	struct node *n = owner;

	if (n->stopping) { /* asked twice: at once, all that counts is on disk */
		log_warn("node.stopped", KV_S("why", "asked twice"));
		log_flush();
		_exit(1);
	}
	n->stopping = true;
	log_info("node.stopping", KV_I("signal", signo));
	notify("STOPPING=1");
	console_stop(n->console);
	campaigns_stop(n->campaigns);
	bus_stop(n->bus);
	care_stop(n->care);
	purge_stop(n->purge);
	headcount_stop(n->headcount);
	dlr_stop(n->dlr);
	close_gateway(n);
}

static void log_faults(const struct faults *f)
{
	for (size_t i = 0; i < f->len; i++)
		log_error("config.fault", KV_S("what", f->v[i]));
}

/* A wrong file changes nothing. */
static void on_reload(void *owner, int signo)
{
	struct node *n = owner;
	struct settings fresh = { 0 };
	struct faults faults = { 0 };
	int rc;

	(void)signo;
	if (n->stopping) /* the gateway may be gone already */
		return;
	rc = daemon_settings_read(n->path, &fresh, &faults);
	if (rc == 0)
		rc = gateway_reload(n->gateway, &fresh, &faults);
	if (rc == 0)
		esme_reload(n->esme, &fresh, &faults);
	if (rc == 0)
		daemon_settings_frozen(&n->settings, &fresh, &faults);
	log_faults(&faults);
	log_info("node.reloaded", KV_S("result", rc == 0 ? "done" : "refused"));
	if (rc == 0) {
		const struct section *s = settings_find(&fresh, "log", NULL);

		log_threshold =
			(enum log_level)((struct log_cfg *)s->value)->level;
		n->past =
			mem_resize(n->past, (n->npast + 1) * sizeof(*n->past));
		n->past[n->npast++] = n->settings;
		n->settings = fresh;
		care_reload(n->care, &n->settings);
	} else {
		settings_done(&fresh);
	}
	faults_done(&faults);
}

static const void *section_of(const struct node *n, const char *kind)
{
	const struct section *s = settings_find(&n->settings, kind, NULL);

	must(s != NULL);
	return s->value;
}

static int open_store(struct node *n, struct err *err)
{
	const struct node_cfg *node = section_of(n, "node");
	const struct store_section_cfg *cfg = section_of(n, "store");
	struct store_cfg store = {
		.url = cfg->url,
		.dir = node->data,
		.waiting_max_bytes = (size_t)cfg->waiting_max,
		.broken = on_broken,
		.owner = n,
	};
	const struct report_cfg *report = section_of(n, "report");

	measure_zone(tzone_get(str_of(report->zone)));
	int rc = store_open(&n->store, n->loop, &store, err);

	if (rc == -ENOENT)
		err_set(err, rc,
			"there is no store in %s: run `carillond init --data "
			"%s` once",
			node->data, node->data);
	return rc;
}

static bool is_blocked(void *owner, struct str text, struct str *word)
{
	const struct node *n = owner;

	return n->gateway != NULL && gateway_blocked(n->gateway, text, word);
}

static int open_library(struct node *n, struct err *err)
{
	const struct library_env env = {
		.store = n->store,
		.clock = &clock_real,
		.cfg = section_of(n, "templates"),
		.blocked = is_blocked,
		.owner = n,
	};

	int rc = library_open(&n->library, &env, err);

	return rc != 0 ? rc : review_open(&n->review, n->loop, n->library, err);
}

static int open_care(struct node *n, struct err *err)
{
	const struct node_cfg *node = section_of(n, "node");
	const struct care_env env = {
		.loop = n->loop,
		.clock = &clock_real,
		.gateway = n->gateway,
		.store = n->store,
		.library = n->library,
		.campaigns = n->campaigns,
		.settings = &n->settings,
		.node = (unsigned)node->number,
	};

	return care_open(&n->care, &env, err);
}

static int open_purge(struct node *n, struct err *err)
{
	const struct node_cfg *node = section_of(n, "node");

	buf_init(&n->body_key, BUF_NO_LIMIT);
	int rc = body_key_read(node->data, &n->body_key, err);
	const struct purge_env env = {
		.loop = n->loop,
		.clock = &clock_real,
		.gateway = n->gateway,
		.store = n->store,
		.key = buf_str(&n->body_key),
	};

	if (rc == 0)
		purge_open(&n->purge, &env);
	return rc;
}

static void open_headcount(struct node *n)
{
	const struct headcount_env env = {
		.loop = n->loop,
		.clock = &clock_real,
		.gateway = n->gateway,
		.store = n->store,
	};

	headcount_open(&n->headcount, &env);
}

static int open_all(struct node *n, struct err *err)
{
	const struct node_cfg *node = section_of(n, "node");
	struct gateway_env genv = {
		.clock = &clock_real,
		.settings = &n->settings,
		.channels = registry_channels,
		.nchannels = registry_nchannels,
		.node = (unsigned)node->number,
		.demo = node->demo,
	};
	struct console_env cenv = {
		.clock = &clock_real,
		.settings = &n->settings,
		.node = node->name,
		.node_number = (unsigned)node->number,
		.version = VERSION,
	};
	struct esme_env eenv = {
		.clock = &clock_real,
		.settings = &n->settings,
	};
	struct campaigns_env penv = {
		.clock = &clock_real,
		.settings = &n->settings,
	};
	int rc = loop_open(&n->loop, &clock_real);

	if (rc != 0)
		return err_set(err, rc, "the event loop does not open");
	rc = open_store(n, err);
	if (rc != 0)
		return rc;
	rc = open_library(n, err);
	if (rc != 0)
		return rc;
	cenv.library = n->library;
	genv.listener = review_listener(n->review);
	genv.loop = cenv.loop = n->loop;
	genv.store = cenv.store = n->store;
	rc = gateway_open(&n->gateway, &genv, err);
	if (rc != 0)
		return rc;
	n->bus = bus_new(n->gateway, n->library);
	rc = open_purge(n, err);
	if (rc != 0)
		return rc;
	open_headcount(n);
	penv.loop = n->loop;
	penv.gateway = n->gateway;
	penv.store = n->store;
	penv.library = n->library;
	rc = campaigns_open(&n->campaigns, &penv, err);
	if (rc != 0)
		return rc;
	cenv.campaigns = n->campaigns;
	rc = open_care(n, err);
	if (rc != 0)
		return rc;
	cenv.body_key = n->body_key.p;
	cenv.surveys = care_surveys(n->care);
	cenv.triggers = care_triggers(n->care);
	cenv.reminders = care_reminders(n->care);
	cenv.events = care_events(n->care);
	cenv.cases = care_cases(n->care);
	cenv.unanswered = care_unanswered(n->care);
	cases_campaigns(cenv.cases, n->campaigns);
	campaigns_surveys(n->campaigns, cenv.surveys);
	cenv.callbacks = care_callbacks(n->care);
	cenv.alerts = care_alerts(n->care);
	cenv.orders = care_orders(n->care);
	cenv.oncall = care_oncall(n->care);
	cenv.findings = care_findings(n->care);
	bus_events(n->bus, cenv.events);
	rc = dlr_open(&n->dlr, n->loop, n->gateway, &n->settings, err);
	if (rc != 0)
		return rc;
	eenv.loop = n->loop;
	eenv.gateway = cenv.gateway = n->gateway;
	rc = esme_open(&n->esme, &eenv, err);
	if (rc != 0)
		return rc;
	return console_open(&n->console, &cenv, err);
}

static void close_all(struct node *n)
{
	loop_signal_free(&n->term);
	loop_signal_free(&n->intr);
	loop_signal_free(&n->hup);
	care_stop(n->care);
	purge_stop(n->purge);
	headcount_stop(n->headcount);
	if (n->gateway != NULL) { /* a start that failed half way */
		campaigns_stop(n->campaigns);
		bus_stop(n->bus);
		dlr_stop(n->dlr);
		close_gateway(n);
		loop_run(n->loop);
	}
	console_close(&n->console);
	store_close(&n->store);
	care_close(&n->care);
	purge_close(&n->purge);
	headcount_close(&n->headcount);
	buf_done(&n->body_key);
	review_close(&n->review);
	library_close(&n->library);
	campaigns_close(&n->campaigns);
	bus_free(&n->bus);
	dlr_close(&n->dlr);
	esme_close(&n->esme);
	loop_close(&n->loop);
	settings_done(&n->settings);
	for (size_t i = 0; i < n->npast; i++)
		settings_done(&n->past[i]);
	mem_free(n->past);
	tzone_forget();
}

int node_run(const char *path, struct settings *settings, struct err *err)
{
	struct node n = { .path = path, .settings = *settings };
	int rc;

	must(path != NULL && settings != NULL);
	*settings = (struct settings){ 0 };
	log_open(STDERR_FILENO,
		 (enum log_level)((const struct log_cfg *)section_of(&n, "log"))
			 ->level);
	rc = open_all(&n, err);
	if (rc == 0) {
		n.term = loop_signal_new(n.loop, SIGTERM, on_stop, &n);
		n.intr = loop_signal_new(n.loop, SIGINT, on_stop, &n);
		n.hup = loop_signal_new(n.loop, SIGHUP, on_reload, &n);
		printf("carillond: ready on port %d\n",
		       console_port(n.console));
		fflush(stdout);
		log_info("node.ready", KV_U("port", console_port(n.console)),
			 KV_S("version", VERSION));
		notify("READY=1");
		loop_run(n.loop);
	}
	close_all(&n);
	log_info("node.stopped", KV_I("rc", rc));
	log_flush();
	return rc == 0 ? 0 : 1;
}
