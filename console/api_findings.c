/* /v1/findings: what surveys have shown, units that answer, and what is late. */
#include "console/api.h"

#include <errno.h>

#include "care/findings.h"
#include "console/branch.h"
#include "console/page.h"

#define PAGE 50
#define PAGE_MAX 1000

/* A row of FINDING_LIST. */
static bool show(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;
	bool open = str_eqz(row_s(row, 6), finding_state_name(FINDING_OPEN));

	page_row(r, (uint64_t)row_i(row, 0));
	json_open(b, '{');
	json_kid(b, "id", (uint64_t)row_i(row, 0));
	json_ks(b, "tenant", row_s(row, 1));
	json_ks(b, "unit", row_s(row, 2));
	json_ks_opt(b, "branch", row_s(row, 14));
	json_ks(b, "survey", row_s(row, 3));
	json_ks_opt(b, "question", row_s(row, 4));
	json_ks(b, "text", row_s(row, 5));
	json_ks(b, "state", row_s(row, 6));
	json_kt(b, "due", row_i(row, 7));
	/* told of or not: by the clock of now */
	json_kb(b, "overdue",
		open ? clock_wall_ms(r->c->clock) > row_i(row, 7)
		     : row_i(row, 13) > row_i(row, 7));
	json_ks_opt(b, "answer", row_s(row, 9));
	json_ks_opt(b, "by", row_s(row, 10));
	json_ks_opt(b, "answered_by", row_s(row, 11));
	json_kt(b, "created", row_i(row, 12));
	json_kt_opt(b, "answered", row_i(row, 13));
	json_close(b, '}');
	return true;
}

void api_findings_list(struct request *r)
{
	struct str tenant, unit = request_query(r, "unit");
	struct str state = request_query(r, "state");
	struct str branch = request_query(r, "branch");
	bool overdue = str_eqz(request_query(r, "overdue"), "true");
	enum finding_state unused;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	if (state.len > 0 && finding_state_parse(state, &unused) != 0) {
		reply_error(r, 400, "bad_state", "state",
			    "it is open or answered");
		return;
	}
	if (branch.len == 0)
		branch = str_of(r->who.branch);
	if (!branch_check(r, tenant, branch, STR("findings")))
		return;
	/* what is late is open */
	struct cell cells[] = {
		tenant.len > 0 ? CELL_T(tenant) : CELL_N,
		overdue         ? CELL_Z(finding_state_name(FINDING_OPEN))
		: state.len > 0 ? CELL_T(state)
				: CELL_N,
		unit.len > 0 ? CELL_T(unit) : CELL_N,
		overdue ? CELL_I(clock_wall_ms(r->c->clock)) : CELL_N,
		CELL_N /* the cursor */,
		CELL_N /* the limit */,
		branch.len > 0 ? CELL_T(branch) : CELL_N
	};

	page_serve(r, &(struct page_ask){ .name = "findings",
					  .usual = PAGE,
					  .most = PAGE_MAX,
					  .call = STORE_FINDING_LIST,
					  .cells = cells,
					  .n = ARRAY_LEN(cells),
					  .cursor = 4,
					  .limit = 5,
					  .any = true,
					  .kept = true,
					  .show = show });
}

struct finding_body {
	struct str unit, survey, question, text, branch;
	int64_t due;
};

#define AT(f) offsetof(struct finding_body, f)
static const struct field send_rows[] = {
	{ "unit", FIELD_STR, AT(unit), true, "Who has to answer." },
	{ "survey", FIELD_STR, AT(survey), true, "What it was found by." },
	{ "question", FIELD_STR, AT(question), false, "One of its questions." },
	{ "text", FIELD_STR, AT(text), true, "What was found, what is asked." },
	{ "branch", FIELD_STR, AT(branch), false,
	  "Whose it is: it sees and answers it. Theirs if they have one." },
	{ "due", FIELD_TIME, AT(due), false, "The setting's without it." },
};
static const struct field answer_rows[] = {
	{ "text", FIELD_STR, AT(text), true, "What the unit says to it." },
};
#undef AT
const struct fields finding_fields = { "finding", send_rows,
				       ARRAY_LEN(send_rows) };
const struct fields finding_answer_fields = { "answer", answer_rows,
					      ARRAY_LEN(answer_rows) };

static void on_done(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, r->status);
}

void api_findings_post(struct request *r)
{
	struct finding_body w = { .due = 0 };
	struct finding_ask ask = { .due_ms = 0 };
	const char *field = NULL;
	struct err err = { "" };
	uint64_t id = 0;
	int64_t due_ms = 0;
	char text[ID_TEXT];

	must(r != NULL);
	if (!request_fields(r, &w) || !request_tenant(r, &ask.tenant))
		return;
	ask.branch = w.branch.len > 0 ? w.branch : str_of(r->who.branch);
	if (!branch_check(r, ask.tenant, ask.branch, w.unit))
		return;
	ask.unit = w.unit;
	ask.survey = w.survey;
	ask.question = w.question;
	ask.text = w.text;
	ask.due_ms = w.due;
	ask.by = request_actor(r);
	int rc =
		findings_send(r->c->findings, &ask, &id, &due_ms, &field, &err);

	if (rc != 0) {
		reply_error(r, rc == -ENOSPC ? 507 : 400,
			    rc == -ENOSPC ? "full" : "invalid", field, "%s",
			    err.text);
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", id);
	json_kz(b, "state", finding_state_name(FINDING_OPEN));
	json_kt(b, "due", due_ms);
	json_close(b, '}');
	id_text(id, text);
	request_audit(r, ask.tenant, "finding.send", str_of(text), ask.unit);
	r->status = 201;
	request_then(r, on_done);
}

static void not_open(struct request *r)
{
	reply_error(r, 404, "not_found", NULL, "no such finding is open");
}

void api_finding_answer(struct request *r)
{
	struct finding_body w = { .due = 0 };
	struct str tenant, branch;
	uint64_t id;

	must(r != NULL);
	if (!request_fields(r, &w) || !request_tenant(r, &tenant) ||
	    !param_id(r, 0, &id))
		return;
	branch_kept(r);
	if (findings_branch(r->c->findings, tenant, id, &branch) != 0) {
		not_open(r);
		return;
	}
	if (!branch_check(r, tenant, branch, r->param[0]))
		return;
	if (findings_answer(r->c->findings, tenant, id, w.text,
			    request_actor(r)) != 0) {
		reply_error(r, 400, "invalid", "text",
			    "an answer has 1 to 2000 bytes");
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", id);
	json_kz(b, "state", finding_state_name(FINDING_ANSWERED));
	json_close(b, '}');
	request_audit(r, tenant, "finding.answer", r->param[0], STR_NONE);
	r->status = 200;
	request_then(r, on_done);
}
