/* /v1/triggers: which event leads to what. */
#include "console/api.h"

#include <errno.h>

#include "campaigns/triggers.h"

static void put_faults(struct request *r, const struct section *s)
{
	struct buf *b = &r->out;
	struct faults f = { 0 };

	triggers_faults(r->c->triggers, s, &f);
	json_key(b, "faults");
	json_open(b, '[');
	for (size_t i = 0; i < f.len; i++)
		json_s(b, str_of(f.v[i]));
	json_close(b, ']');
	faults_done(&f);
}

static void put_one(void *owner, const struct trigger_view *v)
{
	struct request *r = owner;
	struct buf *b = &r->out;
	bool configured = v->actor.len == 0;

	json_open(b, '{');
	json_kz(b, "name", v->section->title);
	json_ks_opt(b, "tenant", v->tenant);
	json_kz(b, "from", configured ? "configuration" : "api");
	if (!configured) {
		json_ks(b, "actor", v->actor);
		json_kt(b, "at", v->at_ms);
	}
	json_kb(b, "hidden", v->hidden);
	json_key(b, "rule");
	trigger_put(v->section, b);
	put_faults(r, v->section);
	json_close(b, '}');
}

void api_triggers_list(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_key(b, "triggers");
	json_open(b, '[');
	triggers_each(r->c->triggers, tenant, put_one, r);
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

/* The one of the path, if the walk comes by it. */
struct wanted {
	struct request *r;
	bool found;
};

static void put_wanted(void *owner, const struct trigger_view *v)
{
	struct wanted *w = owner;

	if (w->found || v->hidden ||
	    !str_eqz(w->r->param[0], v->section->title))
		return;
	w->found = true;
	put_one(w->r, v);
}

void api_trigger_get(struct request *r)
{
	struct wanted w = { .r = r };
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	IGNORE(reply_json(r) == NULL);
	triggers_each(r->c->triggers, tenant, put_wanted, &w);
	if (w.found)
		reply_send(r, 200);
	else
		reply_error(r, 404, "not_found", NULL, "no such trigger");
}

static void refuse(struct request *r, int rc, const struct err *err)
{
	static const struct {
		int rc, status;
		const char *code;
	} all[] = { { -EINVAL, 400, "bad_trigger" },
		    { -ENOENT, 404, "not_found" },
		    { -EEXIST, 409, "configured" },
		    { -ENOSPC, 507, "full" } };

	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].rc == rc && err->text[0] != '\0') {
			reply_error(r, all[i].status, all[i].code, NULL, "%s",
				    err->text);
			return;
		}
	}
	reply_rc(r, rc);
}

static void on_changed(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, r->status);
}

void api_trigger_put(struct request *r)
{
	struct err err = { "" };
	struct str tenant;
	bool made = false;

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	int rc = triggers_put(r->c->triggers, tenant, r->param[0], r->json,
			      request_actor(r), &made, &err);

	if (rc != 0) {
		refuse(r, rc, &err);
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_ks(b, "name", r->param[0]);
	json_ks(b, "tenant", tenant);
	json_kb(b, "made", made);
	json_close(b, '}');
	request_audit(r, tenant, made ? "trigger.make" : "trigger.change",
		      r->param[0], buf_str(&r->body));
	r->status = made ? 201 : 200;
	request_then(r, on_changed);
}

void api_trigger_delete(struct request *r)
{
	struct err err = { "" };
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	int rc = triggers_delete(r->c->triggers, tenant, r->param[0], &err);

	if (rc != 0) {
		refuse(r, rc, &err);
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_ks(b, "name", r->param[0]);
	json_kb(b, "deleted", true);
	json_close(b, '}');
	request_audit(r, tenant, "trigger.delete", r->param[0], STR_NONE);
	r->status = 200;
	request_then(r, on_changed);
}
