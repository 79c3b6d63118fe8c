/* GET /v1/contacts?name=&tier=...: contacts for whom something holds, by the
 * language of segments. One request looks at so many and no more. */
#include "console/api.h"

#include "base/mem.h"
#include "campaigns/segments.h"
#include "console/branch.h"
#include "console/persons.h"

const struct query contacts_query[] = {
	{ "ref", "The contact with this ref." },
	{ "address", "The contacts with this phone number or address." },
	{ "name", "Whose name begins so." },
	{ "tier", "Of this tier." },
	{ "branch", "Of this branch." },
	{ "manager", "Whom this person looks after." },
	{ "lifecycle", "At this stage." },
	{ "state", "active, left or probe." },
	{ "attr", "With this attribute: `plan:5g`." },
	{ "filter", "For whom it holds, in the language of segments." },
	{ "limit", "Contacts of one page, 1 to 1000; 50 without it." },
	{ "cursor", "`next` of the page before." },
	{ NULL, NULL },
};

#define STEPS_MAX 25 /* of SEGMENT_PAGE contacts: 50,000 */

struct search {
	struct segment_walk *walk;
	struct buf filter; /* as asked, for the audit log */
	uint64_t next, seen;
	size_t want, shown;
	unsigned steps;
	char tenant[TENANT_MAX + 1];
};

static void search_free(void *own)
{
	struct search *s = own;

	segment_stop(&s->walk);
	buf_done(&s->filter);
	mem_free(s);
}

/* ---- what is asked ------------------------------------------------------------- */

/* Queries that are a clause each. */
static const struct {
	const char *query, *field, *test;
} clauses[] = {
	{ "name", "name", "starts with" }, { "tier", "tier", "=" },
	{ "branch", "branch", "=" },       { "manager", "manager", "=" },
	{ "lifecycle", "lifecycle", "=" }, { "state", "state", "=" },
};

static void quote(struct buf *b, struct str s)
{
	buf_c(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_c(b, '\\');
		buf_c(b, s.p[i]);
	}
	buf_c(b, '"');
}

static void clause_put(struct buf *b, const char *field, const char *test,
		       struct str value)
{
	buf_f(b, "%s%s %s ", b->len > 0 ? " and " : "", field, test);
	quote(b, value);
}

/* "plan:5g" */
static void attr_put(struct buf *b, struct str said)
{
	struct str name, value = str_cut(said, ':', &name);

	buf_z(b, b->len > 0 ? " and attr." : "attr.");
	quote(b, name);
	buf_z(b, " = ");
	quote(b, value);
}

static void filter_put(struct request *r, struct buf *b)
{
	struct str said;

	for (size_t i = 0; i < ARRAY_LEN(clauses); i++) {
		said = request_query(r, clauses[i].query);
		if (said.len > 0)
			clause_put(b, clauses[i].field, clauses[i].test, said);
	}
	said = request_query(r, "attr");
	if (said.len > 0)
		attr_put(b, said);
	said = request_query(r, "filter");
	if (said.len > 0)
		buf_f(b, "%s(%.*s)", b->len > 0 ? " and " : "", STR_ARGS(said));
}

bool search_asked(struct request *r)
{
	must(r != NULL);
	for (size_t i = 0; i < ARRAY_LEN(clauses); i++) {
		if (request_query(r, clauses[i].query).len > 0)
			return true;
	}
	return request_query(r, "attr").len > 0 ||
	       request_query(r, "filter").len > 0;
}

/* ---- the walk -------------------------------------------------------------------- */

static void on_audited(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

/* Who looked for whom is written down before it is answered. */
static void search_answer(struct request *r, bool more)
{
	struct search *s = r->own;
	AUTO(buf_done) struct buf detail = { 0 };

	json_close(&r->out, ']');
	if (more)
		json_kid(&r->out, "next", s->next);
	json_ku(&r->out, "seen", s->seen);
	json_close(&r->out, '}');
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	json_ks(&detail, "filter", str_first(buf_str(&s->filter), 900));
	json_ku(&detail, "rows", s->shown);
	json_kz(&detail, "context", "no_context");
	json_close(&detail, '}');
	request_audit(r, str_of(s->tenant), "contact.search", STR_NONE,
		      buf_str(&detail));
	request_then(r, on_audited);
}

static void search_more(struct request *r)
{
	struct search *s = r->own;

	s->steps++;
	request_wait(r);
	segment_more(s->walk);
}

static void on_page(void *owner, int rc, const struct segment_page *page)
{
	struct request *r = owner;
	struct search *s;

	if (!request_woken(r) || r->answered)
		return;
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	s = r->own;
	s->seen += page->seen;
	s->next = page->last_id;
	for (size_t i = 0; i < page->n && s->shown < s->want; i++) {
		person_json(&r->out, page->v[i], &r->who);
		if (++s->shown == s->want)
			s->next = page->v[i]->contact.id;
	}
	if (s->shown == s->want)
		search_answer(r, true);
	else if (page->last || s->steps == STEPS_MAX)
		search_answer(r, !page->last);
	else
		search_more(r);
}

void search_run(struct request *r, struct str tenant, uint64_t after,
		size_t want)
{
	struct search *s = mem_new(struct search);
	struct segment *filter = NULL;
	struct err err = { "" };

	must(r != NULL && r->own == NULL && want > 0);
	r->own = s;
	r->own_free = search_free;
	s->want = want;
	must(str_copy(s->tenant, sizeof(s->tenant), tenant) == 0);
	buf_init(&s->filter, SEGMENT_TEXT_MAX);
	filter_put(r, &s->filter);
	if (s->filter.full ||
	    segment_compile(buf_str(&s->filter), &filter, &err) != 0) {
		reply_error(r, 400, "bad_filter", "filter", "%s",
			    s->filter.full ? "it is too long" : err.text);
		return;
	}
	const struct segment_walk_cfg cfg = { .gateway = r->c->gateway,
					      .clock = r->c->clock,
					      .tenant = tenant,
					      .segment = filter,
					      .after_id = after,
					      .branch = str_of(r->who.branch),
					      .keep = want,
					      .stopping = &r->c->stopping,
					      .page = on_page,
					      .owner = r };

	branch_kept(r);
	json_open(reply_json(r), '{');
	json_key(&r->out, "contacts");
	json_open(&r->out, '[');
	s->walk = segment_each(&cfg);
	segment_free(&filter);
	search_more(r);
}
