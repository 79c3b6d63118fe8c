/* /v1/suppressions: suppression lists and do-not-contact registries from CSV,
 * row by row as they come in. Each row is an event of the ledger. */
#include "console/api.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "console/import.h"
#include "console/upload.h"
#include "proto/text.h"

#define ROW_MAX_BYTES 1024
#define LIST_NAME_MAX 32
#define SOURCE_MAX 200

struct suppress {
	struct request *r;
	struct upload *upload;
	int phone_at, until_at; /* columns; -1: not in the file */
	bool phones;            /* the column has nothing but numbers */
	bool remove;
	char tenant[TENANT_MAX + 1];
	char list[16 + LIST_NAME_MAX]; /* "registry:NAME" */
	char evidence[SOURCE_MAX + 64];
	int64_t until_ms; /* of rows that say nothing */
	uint64_t added, removed, same;
};

static void suppress_free(void *owner)
{
	mem_free(owner);
}

/* ---- rows ---------------------------------------------------------------------- */

static void head_take(void *owner, const struct str *cells, unsigned n)
{
	struct suppress *s = owner;

	s->phone_at = s->until_at = -1;
	for (unsigned i = 0; i < n; i++) {
		struct str name = str_trim(cells[i]);

		if (str_ieqz(name, "phone") || str_ieqz(name, "address")) {
			s->phone_at = (int)i;
			s->phones = str_ieqz(name, "phone");
		} else if (str_ieqz(name, "until") || str_ieqz(name, "expires"))
			s->until_at = (int)i;
	}
	if (s->phone_at < 0)
		reply_error(s->r, 400, "bad_header", NULL,
			    "the first line names the columns; one of them is "
			    "'phone' or 'address'");
}

static int append(struct suppress *s, struct str address, int64_t until_ms,
		  struct err *err)
{
	struct consent_event e = {
		.tenant = str_of(s->tenant),
		.address = address,
		.purpose = STR("*"),
		.type = s->remove ? CONSENT_UNBLOCK : CONSENT_BLOCK,
		.source = str_of(s->list),
		.actor = request_actor(s->r),
		.evidence = str_of(s->evidence),
		.expires_ms = until_ms,
	};

	return gateway_consent(s->r->c->gateway, &e, err);
}

/* Who is on it stays as long as any file said: a list never shortens itself. */
static int put_on(struct suppress *s, struct str address, int64_t until_ms,
		  struct err *err)
{
	int64_t have_ms;

	if (gateway_listed(s->r->c->gateway, str_of(s->tenant), address,
			   str_of(s->list), &have_ms) &&
	    (have_ms == 0 || (until_ms != 0 && have_ms + 1000 > until_ms))) {
		s->same++;
		return 0;
	}
	int rc = append(s, address, until_ms, err);
	s->added += rc == 0;
	return rc;
}

static int take_off(struct suppress *s, struct str address, struct err *err)
{
	int64_t have_ms;

	if (!gateway_listed(s->r->c->gateway, str_of(s->tenant), address,
			    str_of(s->list), &have_ms)) {
		s->same++;
		return 0;
	}
	int rc = append(s, address, 0, err);
	s->removed += rc == 0;
	return rc;
}

static int row_take(void *owner, unsigned line UNUSED, const struct str *cells,
		    unsigned n, struct err *err)
{
	struct suppress *s = owner;
	int64_t until_ms = s->until_ms;
	char address[ADDRESS_MAX];

	if ((unsigned)s->phone_at >= n)
		return err_set(err, -EINVAL, "the row has no phone");
	int rc = console_address(s->r->c, str_trim(cells[s->phone_at]), address,
				 err);
	if (rc == 0 && s->phones && address[0] != '+')
		rc = err_set(err, -EINVAL, "that is no phone number");
	if (rc != 0)
		return rc;
	if (s->until_at >= 0 && (unsigned)s->until_at < n &&
	    str_trim(cells[s->until_at]).len > 0 &&
	    import_until(str_trim(cells[s->until_at]), &until_ms) != 0)
		return err_set(err, -EINVAL,
			       "until is a date such as 2026-12-31, or a time");
	if (until_ms != 0 && until_ms <= clock_wall_ms(s->r->c->clock))
		return err_set(err, -EINVAL, "until is over already");
	if (!branch_sees_address(s->r, str_of(s->tenant), str_of(address)))
		return err_set(err, -EINVAL, "of another branch");
	return s->remove ? take_off(s, str_of(address), err)
			 : put_on(s, str_of(address), until_ms, err);
}

const struct query suppress_query[] = {
	{ "list", "The name of the list." },
	{ "kind", "list: nothing goes there; registry: no promotion does." },
	{ "source", "Where the list is from; the evidence of every row." },
	{ "as_of", "The date of the list; today without it." },
	{ "until", "Rows that name no end of their own end then." },
	{ "action", "add, or remove." },
	{ NULL, NULL },
};

/* ---- the request ----------------------------------------------------------------- */

static bool name_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return s.len > 0 && s.len <= LIST_NAME_MAX;
}

static bool read_list(struct request *r, struct suppress *s)
{
	struct str name = request_query(r, "list");
	struct str kind = request_query(r, "kind");

	if (!name_ok(name)) {
		reply_error(r, 400, "bad_list", "list",
			    "a list has a name of 1 to %d letters, digits, - "
			    "and _",
			    LIST_NAME_MAX);
		return false;
	}
	if (kind.len > 0 && !str_eqz(kind, "list") &&
	    !str_eqz(kind, "registry")) {
		reply_error(r, 400, "bad_kind", "kind",
			    "a kind is list or registry");
		return false;
	}
	snprintf(s->list, sizeof(s->list), "%s:%.*s",
		 str_eqz(kind, "registry") ? "registry" : "list",
		 STR_ARGS(name));
	return true;
}

static bool read_times(struct request *r, struct suppress *s, struct str *as_of)
{
	struct str until = request_query(r, "until");
	int64_t as_of_ms;

	*as_of = request_query(r, "as_of");
	if (until.len > 0 && (import_until(until, &s->until_ms) != 0 ||
			      s->until_ms <= clock_wall_ms(r->c->clock))) {
		reply_error(r, 400, "bad_time", "until",
			    "until is a date to come such as 2026-12-31, or a "
			    "time");
		return false;
	}
	if (as_of->len > 0 &&
	    (as_of->len > 32 || import_until(*as_of, &as_of_ms) != 0)) {
		reply_error(r, 400, "bad_time", "as_of",
			    "as_of is the date of the list, such as "
			    "2026-11-30");
		return false;
	}
	return true;
}

/* Where the list is from, and of what date: the evidence of every row. */
static bool read_source(struct request *r, struct suppress *s)
{
	struct str source = str_trim(request_query(r, "source"));
	char now[32];
	struct str as_of;

	if (source.len == 0 || source.len > SOURCE_MAX ||
	    !text_printable(source)) {
		reply_error(r, 400, "bad_source", "source",
			    "source says where the list is from, in 1 to %d "
			    "bytes",
			    SOURCE_MAX);
		return false;
	}
	if (!read_times(r, s, &as_of))
		return false;
	clock_rfc3339(clock_wall_ms(r->c->clock), now);
	if (as_of.len == 0)
		as_of = str_first(str_of(now), 10);
	snprintf(s->evidence, sizeof(s->evidence), "%.*s; as of %.*s",
		 STR_ARGS(source), STR_ARGS(as_of));
	return true;
}

static bool read_action(struct request *r, struct suppress *s)
{
	struct str action = request_query(r, "action");

	s->remove = str_eqz(action, "remove");
	if (s->remove || action.len == 0 || str_eqz(action, "add"))
		return true;
	reply_error(r, 400, "bad_action", "action",
		    "an action is add or remove");
	return false;
}

static void put_figures(struct buf *b, const struct suppress *s)
{
	json_kz(b, "list", s->list);
	json_ku(b, "rows", upload_rows(s->upload));
	json_ku(b, "added", s->added);
	json_ku(b, "removed", s->removed);
	json_ku(b, "unchanged", s->same);
	json_ku(b, "failed_rows", upload_failed(s->upload));
}

static void whole(void *owner)
{
	struct suppress *s = owner;
	AUTO(buf_done) struct buf detail = { 0 };
	struct buf *b = reply_json(s->r);

	json_open(b, '{');
	put_figures(b, s);
	upload_failed_json(b, s->upload);
	json_kb(b, "cut", upload_failed(s->upload) > UPLOAD_LISTED);
	json_close(b, '}');
	buf_init(&detail, AUDIT_DETAIL_MAX);
	json_open(&detail, '{');
	put_figures(&detail, s);
	json_kz(&detail, "evidence", s->evidence);
	json_close(&detail, '}');
	request_audit(s->r, str_of(s->tenant), "suppression.import",
		      str_of(s->list), buf_str(&detail));
	upload_answer(s->upload);
}

void api_suppress_begin(struct request *r)
{
	static const struct upload_events events = {
		.head = head_take,
		.row = row_take,
		.whole = whole,
		.free = suppress_free,
	};
	struct str tenant;

	must(r != NULL && r->own == NULL);
	int rc = gateway_ready(r->c->gateway);
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	struct suppress *s = mem_new(struct suppress);
	const struct upload_cfg cfg = { "suppressions", ROW_MAX_BYTES,
					TEXT_FILE_UTF8, &events, s };

	s->r = r;
	s->upload = upload_begin(r, &cfg);
	if (!request_tenant(r, &tenant) || !request_csv(r) ||
	    !read_list(r, s) || !read_source(r, s) || !read_action(r, s))
		return;
	must(str_copy(s->tenant, sizeof(s->tenant), tenant) == 0);
	branch_kept(r); /* row by row */
	request_audit(r, tenant, "suppression.import", str_of(s->list),
		      STR("{\"step\":\"begun\"}"));
}

void api_suppressions_list(struct request *r)
{
	const char *name;
	uint64_t n;

	must(r != NULL);
	branch_kept(r);
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "lists");
	json_open(b, '[');
	for (unsigned i = 0;
	     (name = gateway_list(r->c->gateway, i, &n)) != NULL; i++) {
		json_open(b, '{');
		json_kz(b, "list", name);
		if (!branch_narrow(r)) /* it counts those of all branches */
			json_ku(b, "addresses", n);
		json_close(b, '}');
	}
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}
