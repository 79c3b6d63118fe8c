/* Health, metrics, counts, backup. */
#include "console/api.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "console/auth.h"
#include "console/branch.h"

void api_healthz(struct request *r)
{
	must(r != NULL);
	reply_text(r, 200, "text/plain; charset=utf-8", STR("ok\n"));
}

void api_readyz(struct request *r)
{
	must(r != NULL);
	int rc = gateway_ready(r->c->gateway);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kb(b, "ready", rc == 0);
	if (rc != 0)
		json_kz(b, "why", rc == -ENOSPC ? "full" : "starting or busy");
	json_close(b, '}');
	reply_send(r, rc == 0 ? 200 : 503);
}

void api_metrics(struct request *r)
{
	must(r != NULL);
	if (r->c->http->metrics_key) {
		const struct route *own = r->route;
		struct route keyed = *own;
		keyed.auth = AUTH_WHO;
		keyed.needs = PERM_STATUS;
		r->route = &keyed;
		bool may = auth_check(r);
		r->route = own;
		if (!may)
			return;
	}
	buf_reset(&r->out);
	stats_write(&r->out);
	r->type = "text/plain; version=0.0.4; charset=utf-8";
	reply_send(r, 200);
}

void api_version(struct request *r)
{
	must(r != NULL);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kz(b, "version", r->c->version);
	json_kz(b, "node", r->c->node);
	json_kt(b, "started", r->c->started_ms);
	json_kt(b, "now", clock_wall_ms(r->c->clock));
	json_close(b, '}');
	reply_send(r, 200);
}

/* ---- status ------------------------------------------------------------------*/

static void put_counts(struct request *r, struct buf *b)
{
	struct gateway_counts n;

	gateway_counts(r->c->gateway, &n);
	json_key(b, "live");
	json_open(b, '{');
	json_ku(b, "messages", n.live);
	json_ku(b, "queued", n.queued);
	json_ku(b, "held", n.held);
	json_ku(b, "submitting", n.submitting);
	json_ku(b, "submitted", n.submitted);
	json_ku(b, "notices", n.notices);
	json_ku(b, "strays", n.strays);
	json_ku(b, "standings", n.standings);
	json_close(b, '}');
}

/* On the reader's thread. */
static bool show_count(void *owner, const struct row *row)
{
	struct request *r = owner;
	int64_t state = row_i(row, 0);
	const char *name =
		state >= 0 && state < MESSAGE_STATES
			? message_state_name((enum message_state)state)
			: NULL;

	json_open(&r->out, '{');
	json_kz(&r->out, "state", name != NULL ? name : "unknown");
	json_ks(&r->out, "class", row_s(row, 1));
	json_ki(&r->out, "count", row_i(row, 2));
	json_close(&r->out, '}');
	return true;
}

void api_status(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	branch_kept(r);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kz(b, "node", r->c->node);
	json_kz(b, "version", r->c->version);
	json_kt(b, "started", r->c->started_ms);
	json_kt(b, "now", clock_wall_ms(r->c->clock));
	json_kb(b, "ready", gateway_ready(r->c->gateway) == 0);
	/* The sums below are kept for all branches together: no zero is said
	 * in their place. */
	if (branch_narrow(r)) {
		json_kz(b, "branch", r->who.branch);
		json_close(b, '}');
		reply_send(r, 200);
		return;
	}
	json_ku(b, "connections", r->c->npeers);
	put_counts(r, b);
	json_key(b, "messages");
	json_open(b, '[');
	struct cell cell = tenant.len > 0 ? CELL_T(tenant) : CELL_N;
	request_read(r, STORE_MESSAGE_COUNTS, &cell, 1, show_count,
		     api_rows_end);
}

/* ---- backup ------------------------------------------------------------------*/

struct backup_body {
	struct str path;
};

static const struct field backup_rows[] = {
	{ "path", FIELD_STR, offsetof(struct backup_body, path), true,
	  "Absolute path of the copy on the node; it must not exist yet." },
};

const struct fields backup_fields = { "backup", backup_rows,
				      ARRAY_LEN(backup_rows) };

static void on_copied(void *owner, int rc)
{
	struct request *r = MAGIC_CAST(struct request, REQUEST_MAGIC, owner);

	if (!request_woken(r) || r->answered)
		return;
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

/* That it is made is written down first: the copy holds that row too. */
static void on_written(struct request *r, int rc)
{
	if (rc == 0 && r->c->stopping)
		rc = -EAGAIN;
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	request_wait(r);
	r->c->store->ops->backup(r->c->store, r->own, on_copied, r);
}

void api_backup(struct request *r)
{
	struct backup_body body = { 0 };

	must(r != NULL);
	if (!request_fields(r, &body))
		return;
	if (r->who.tenant[0] != '\0') {
		reply_error(r, 403, "tenant", NULL,
			    "a copy holds every tenant; you have one");
		return;
	}
	char *path = str_z(body.path);
	r->own = path;
	r->own_free = mem_free;
	if (path[0] != '/' || strlen(path) != body.path.len ||
	    strstr(path, "/../") != NULL) {
		reply_error(r, 400, "bad_path", "path",
			    "an absolute path on the node is needed");
		return;
	}
	if (access(path, F_OK) == 0) {
		reply_error(r, 409, "exists", "path",
			    "there is a file already");
		return;
	}
	request_audit(r, STR_NONE, "store.backup", body.path, STR_NONE);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_ks(b, "path", body.path);
	json_close(b, '}');
	request_then(r, on_written);
}
