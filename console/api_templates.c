/* /v1/templates: to look at what the library holds, and to change it. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "console/branch.h"
#include "console/templates.h"

#define LIST_DEFAULT 100
#define LIST_MAX 1000

/* ---- to look --------------------------------------------------------------------- */

struct listing {
	struct request *r;
	uint64_t left;
	char last[VERSION_ID_MAX + 1];
	bool more;
};

static bool list_one(void *owner, const struct version *newest)
{
	struct listing *l = owner;

	if (!branch_sees_shared(l->r, str_of(newest->branch)))
		return true;
	if (l->left == 0) {
		l->more = true;
		return false;
	}
	l->left--;
	IGNORE(str_copy(l->last, sizeof(l->last), str_of(newest->id)));
	template_json(&l->r->out, l->r->c->library, newest, false);
	return true;
}

void api_templates_list(struct request *r)
{
	struct listing l = { .r = r, .left = LIST_DEFAULT };
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant) ||
	    !query_u64(r, "limit", LIST_MAX, &l.left))
		return;
	l.left = MAX(l.left, 1);
	branch_kept(r);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "templates");
	json_open(b, '[');
	library_each(r->c->library, tenant, request_query(r, "cursor"),
		     list_one, &l);
	json_close(b, ']');
	if (l.more)
		json_kz(b, "next", l.last);
	json_close(b, '}');
	reply_send(r, 200);
}

void api_template_get(struct request *r)
{
	must(r != NULL);
	const struct version *newest = template_asked(r, 0);

	if (newest == NULL)
		return;
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_kz(b, "id", newest->id);
	json_key(b, "versions");
	json_open(b, '[');
	for (unsigned i = newest->number; i > 0; i--)
		template_json(b, r->c->library,
			      library_version(r->c->library,
					      str_of(newest->tenant),
					      r->param[0], i),
			      false);
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

void api_template_version_get(struct request *r)
{
	uint64_t number;

	must(r != NULL);
	if (!template_number(r, &number))
		return;
	const struct version *v = template_asked(r, number);
	if (v == NULL)
		return;
	template_json(reply_json(r), r->c->library, v, true);
	template_etag(v, r->etag);
	reply_send(r, 200);
}

/* ---- to change -------------------------------------------------------------------- */

static void on_changed(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, r->status);
}

static void answer(struct request *r, int rc, const struct version *v,
		   const struct library_refusal *why, int status)
{
	if (rc != 0) {
		reply_library(r, rc, why);
		return;
	}
	template_json(reply_json(r), r->c->library, v, true);
	template_etag(v, r->etag);
	r->status = status;
	request_then(r, on_changed);
}

/* The revision of If-Match; 0: any. */
static bool seen_revision(struct request *r, uint64_t *revision)
{
	struct str m = request_header(r, "If-Match");

	*revision = 0;
	if (m.len == 0 || str_eqz(m, "*"))
		return true;
	if (m.len > 2 && m.p[0] == '"' && m.p[m.len - 1] == '"')
		m = str_bytes(m.p + 1, m.len - 2);
	if (str_u64(m, INT64_MAX, revision) == 0 && *revision > 0)
		return true;
	reply_error(r, 400, "bad_match", NULL,
		    "If-Match is the ETag of the version");
	return false;
}

void api_templates_post(struct request *r)
{
	struct library_draft d = { .n = 0 };
	struct library_refusal why = { 0 };
	const struct version *v = NULL;

	must(r != NULL);
	if (!template_draft_read(r, &d) || !template_theirs(r, d.tenant, d.id))
		return;
	int rc = library_write(r->c->library, &d, str_of(r->who.actor), &v,
			       &why);
	answer(r, rc, v, &why, 201);
}

void api_template_put(struct request *r)
{
	struct library_draft d = { .n = 0 };
	struct library_refusal why = { 0 };
	const struct version *v = NULL;
	uint64_t number, revision;

	must(r != NULL);
	if (!template_number(r, &number) || !seen_revision(r, &revision) ||
	    !template_draft_read(r, &d))
		return;
	if (d.id.len > 0 && !str_eq(d.id, r->param[0])) {
		reply_error(r, 400, "two_ids", "id",
			    "the path says another id");
		return;
	}
	d.id = r->param[0];
	if (!template_theirs(r, d.tenant, d.id))
		return;
	int rc = library_edit(r->c->library, &d, (unsigned)number, revision,
			      str_of(r->who.actor), &v, &why);
	answer(r, rc, v, &why, 200);
}

struct step_body {
	struct str reason, lang;
	bool activate;
};

#define AT(f) offsetof(struct step_body, f)
static const struct field step_rows[] = {
	{ "reason", FIELD_STR, AT(reason), false,
	  "Why; needed to reject, and to end a review." },
	{ "lang", FIELD_STR, AT(lang), false, "To reject one language alone." },
};
#undef AT

const struct fields template_step_fields = { "step", step_rows,
					     ARRAY_LEN(step_rows) };

static void take_step(struct request *r, enum version_event event)
{
	struct step_body body = { .activate = true };
	struct library_step s = { .event = event };
	struct library_refusal why = { 0 };
	const struct version *v = NULL;
	uint64_t number;

	must(r != NULL);
	if (!request_tenant(r, &s.tenant) || !template_number(r, &number) ||
	    !seen_revision(r, &s.revision) ||
	    (r->json != NULL && !request_fields(r, &body)))
		return;
	s.id = r->param[0];
	if (!template_theirs(r, s.tenant, s.id))
		return;
	s.number = (unsigned)number;
	s.actor = str_of(r->who.actor);
	s.reason = body.reason;
	s.lang = body.lang;
	s.activate = body.activate;
	int rc = library_step(r->c->library, &s, &v, &why);
	answer(r, rc, v, &why, 200);
}

void api_template_submit(struct request *r)
{
	take_step(r, VERSION_E_SUBMIT);
}

void api_template_approve(struct request *r)
{
	take_step(r, VERSION_E_APPROVE);
}

void api_template_reject(struct request *r)
{
	take_step(r, VERSION_E_REJECT);
}

void api_template_activate(struct request *r)
{
	take_step(r, VERSION_E_ACTIVATE);
}

void api_template_retire(struct request *r)
{
	take_step(r, VERSION_E_RETIRE);
}
