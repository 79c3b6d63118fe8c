/* The endpoint "kannel": one GET a report, retried on the gateway's
 * schedule until it is answered by 2xx. */
#include "daemon/dlr.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "channels/http/client.h"
#include "channels/http/guard.h"
#include "console/kannel.h"
#include "daemon/dlr_report.h"
#include "gateway/publish.h"

#define DLR_MAGIC 0x646c7200u
#define ANSWER_MAX 65536

#define AT(field) offsetof(struct kannel_cfg, field)

/* clang-format off */
static const struct setting rows[] = {
	{ "allow", SETTING_LIST, AT(allow), "{}", 0, 64, NULL, NULL, false,
	  "Private or local address ranges that a dlr-url may lead to." },
	{ "window", SETTING_INT, AT(window), "32", 1, 1024, NULL, "connections", false,
	  "Reports under way at once, each on a connection of its own." },
	{ "connect_timeout", SETTING_DURATION, AT(connect_ms), "10s", 100, 60000, NULL, NULL,
	  false, "For finding the host and connecting to it." },
	{ "timeout", SETTING_DURATION, AT(timeout_ms), "20s", 100, 240000, NULL, NULL, false,
	  "For a whole request." },
	{ "ca_file", SETTING_STR, AT(ca_file), "", 0, 0, NULL, NULL, false,
	  "Certificates of the authorities to trust; empty: the system's." },
};
/* clang-format on */

const struct setting_section kannel_section = {
	"kannel",
	false,
	sizeof(struct kannel_cfg),
	rows,
	ARRAY_LEN(rows),
	"Reports to the dlr-url of messages that came by /cgi-bin/sendsms.",
};

/* A report that ends without a request: it is told from the loop. */
struct ended {
	struct list node;
	uint64_t attempt;
};

struct dlr {
	uint32_t magic;
	struct gateway *gateway;
	struct http_client *client;
	struct loop_timer *turn;
	struct list unwanted; /* struct ended */
	unsigned window;
	int endpoint;
	bool stopped;
	struct stat *requests, *failures;
};

/* A request under way. */
struct fetch {
	struct dlr *d;
	uint64_t attempt;
};

static struct dlr *of(void *owner)
{
	return MAGIC_CAST(struct dlr, DLR_MAGIC, owner);
}

void dlr_check_settings(const struct settings *s, struct faults *faults)
{
	const struct section *at = settings_find(s, "kannel", NULL);
	const struct kannel_cfg *cfg = at != NULL ? at->value : NULL;

	must(faults != NULL);
	for (size_t i = 0; cfg != NULL && i < cfg->allow.len; i++) {
		if (!guard_range_ok(cfg->allow.v[i]))
			faults_add(faults,
				   "line %u: kannel: allow: '%s' is not an "
				   "address range such as 10.0.0.0/8",
				   at->line, cfg->allow.v[i]);
	}
}

/* ---- ends ---------------------------------------------------------------- */

static void tell(struct dlr *d, uint64_t attempt, enum outcome_class class,
		 const char *reason)
{
	const struct outcome o = { .class = class, .reason = str_of(reason) };

	gateway_endpoint_ended(d->gateway, attempt, &o);
}

static void dlr_turn(void *owner)
{
	struct dlr *d = of(owner);

	LIST_EACH_SAFE (it, &d->unwanted) {
		struct ended *e = LIST_ITEM(it, struct ended, node);

		list_remove(it);
		if (!d->stopped)
			tell(d, e->attempt, OUTCOME_DELIVERED, "");
		mem_free(e);
	}
}

/* Nothing to fetch: over, once notify has returned. */
static int end_soon(struct dlr *d, uint64_t attempt)
{
	struct ended *e = mem_new(struct ended);

	e->attempt = attempt;
	list_append(&d->unwanted, &e->node);
	loop_timer_set(d->turn, 0);
	return 0;
}

static void fetch_ended(void *owner, const struct http_answer *a)
{
	struct fetch *f = owner;
	struct dlr *d = of(f->d);
	bool good = a->status >= 200 && a->status < 300;

	stat_add(d->requests, 1);
	if (!good)
		stat_add(d->failures, 1);
	if (a->rc == -EACCES)
		log_warn("kannel.address_refused",
			 KV_S("hint", "kannel { allow = {...} }"));
	if (!d->stopped)
		tell(d, f->attempt, good ? OUTCOME_DELIVERED : OUTCOME_RETRY,
		     good         ? ""
		     : a->rc != 0 ? a->why
				  : "http_status");
	mem_free(f);
}

/* ---- fetching ------------------------------------------------------------ */

static int fetch(struct dlr *d, uint64_t attempt, const struct dlr_fetch *what)
{
	const char *headers[] = { what->auth.p };
	const struct http_request r = { .url = what->url.p,
					.headers = headers,
					.nheaders = what->auth.len > 0,
					.get = true };
	struct fetch *f = mem_new(struct fetch);

	f->d = d;
	f->attempt = attempt;
	int rc = http_client_send(d->client, &r, fetch_ended, f);
	if (rc != 0)
		mem_free(f);
	return rc;
}

static int dlr_notify(void *owner, uint64_t attempt, const struct notice *n)
{
	struct dlr *d = of(owner);
	struct dlr_fetch what;
	int rc;

	if (d->stopped || http_client_busy(d->client) >= d->window)
		return -EAGAIN;
	dlr_fetch_init(&what);
	rc = dlr_report(n, &what);
	if (rc == 0)
		rc = fetch(d, attempt, &what);
	dlr_fetch_done(&what);
	if (rc == 0 || rc == -EAGAIN)
		return rc;
	if (rc != -ENOENT) /* no later try will mend it */
		log_warn("kannel.bad_dlr_url", KV_ID("notice", n->id),
			 KV_S("why", err_name(rc)));
	return end_soon(d, attempt);
}

/* ---- opening and closing ------------------------------------------------- */

static int open_endpoint(struct dlr *d)
{
	/* What no bit of dlr-mask stands for is not even owed. */
	static const char *const events[] = {
		"message.submitted", "message.sent",        "message.enroute",
		"message.delivered", "message.undelivered", "message.expired",
		"message.rejected",  "message.unknown",     "message.failed",
		"message.cancelled", "message.suppressed",
	};
	const struct publish_endpoint_cfg cfg = {
		.name = KANNEL_ORIGIN,
		.events = events,
		.nevents = ARRAY_LEN(events),
		.tenant = "",
		.see_numbers = true,
		.own_only = true,
		.notify = dlr_notify,
		.owner = d,
	};

	d->endpoint = gateway_endpoint(d->gateway, &cfg);
	return d->endpoint < 0 ? d->endpoint : 0;
}

int dlr_open(struct dlr **out, struct loop *l, struct gateway *g,
	     const struct settings *s, struct err *err)
{
	const struct section *at = settings_find(s, "kannel", NULL);

	must(out != NULL && l != NULL && g != NULL && at != NULL);
	const struct kannel_cfg *cfg = at->value;
	const struct http_client_cfg http = {
		.connections = (unsigned)cfg->window,
		.requests = (unsigned)cfg->window,
		.connect_ms = (uint64_t)cfg->connect_ms,
		.timeout_ms = (uint64_t)cfg->timeout_ms,
		.max_answer = ANSWER_MAX,
		.ca_file = cfg->ca_file,
		.allow = &cfg->allow,
	};
	AUTO(dlr_close) struct dlr *d = mem_new(struct dlr);
	d->magic = DLR_MAGIC;
	d->gateway = g;
	d->window = (unsigned)cfg->window;
	list_init(&d->unwanted);
	d->turn = loop_timer_new(l, dlr_turn, d);
	d->requests = stats_get(STAT_COUNTER, "kannel_reports_total",
				"Fetches of a dlr-url that ended.", NULL);
	d->failures = stats_get(STAT_COUNTER, "kannel_report_failures_total",
				"Fetches not answered by 2xx.", NULL);
	int rc = http_client_open(&d->client, l, &http, err);
	if (rc == 0 && open_endpoint(d) != 0)
		rc = err_set(err, -ENOSPC, "too many endpoints for Kannel's");
	if (rc != 0)
		return rc;
	gateway_endpoint_window(g, d->endpoint, d->window);
	*out = TAKE(d);
	return 0;
}

void dlr_stop(struct dlr *d)
{
	if (d == NULL)
		return;
	d->stopped = true;
	http_client_cancel(d->client);
}

void dlr_close(struct dlr **dp)
{
	struct dlr *d = TAKE(*dp);

	if (d == NULL)
		return;
	dlr_stop(d);
	dlr_turn(d);
	http_client_close(&d->client);
	loop_timer_free(&d->turn);
	d->magic = 0;
	mem_free(d);
}
