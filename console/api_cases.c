/* /v1/cases: what customers said, who answers for it, and what is done. */
#include "console/api.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "care/cases.h"
#include "care/unanswered.h"
#include "console/branch.h"
#include "console/edit.h"
#include "console/page.h"
#include "console/users.h"
#include "proto/text.h"

#define CASES_PAGE 50
#define CASES_PAGE_MAX 1000
#define HISTORY_MAX 1000

/* ---- shown ---------------------------------------------------------------------- */

/* Members of a case, from its row; on the reader's thread, too. */
static void put_case(struct request *r, const struct row *row)
{
	struct buf *b = &r->out;

	json_kid(b, "id", (uint64_t)row_i(row, CASE_ID));
	json_ks(b, "tenant", row_s(row, CASE_TENANT));
	json_ku(b, "version", (uint64_t)row_i(row, CASE_VERSION));
	json_ks(b, "kind", row_s(row, CASE_KIND));
	json_ks(b, "state", row_s(row, CASE_STATE));
	json_ks(b, "owner", row_s(row, CASE_OWNER));
	json_key(b, "to");
	who_address_json(b, &r->who, row_s(row, CASE_TENANT),
			 row_s(row, CASE_ADDRESS));
	json_ks_opt(b, "channel", row_s(row, CASE_CHANNEL));
	json_ks_opt(b, "account", row_s(row, CASE_ACCOUNT));
	json_ks_opt(b, "topic", row_s(row, CASE_TOPIC));
	json_ks(b, "source", row_s(row, CASE_SOURCE));
	json_ks_opt(b, "ref", row_s(row, CASE_REF));
	json_ks_opt(b, "campaign", row_s(row, CASE_CAMPAIGN));
	json_kt(b, "opened", row_i(row, CASE_OPENED_MS));
	json_kt(b, "first_reply_due", row_i(row, CASE_DUE_MS));
	json_kt_opt(b, "first_reply", row_i(row, CASE_REPLIED_MS));
	json_kt(b, "last_told", row_i(row, CASE_VISIBLE_MS));
	json_kt_opt(b, "closed", row_i(row, CASE_CLOSED_MS));
	json_ku(b, "alarms", case_marks_alarms(row_i(row, CASE_MARKS)));
	json_kb(b, "escalated", case_marks_escalated(row_i(row, CASE_MARKS)));
	json_ks_opt(b, "cause", row_s(row, CASE_CAUSE));
	json_ks_opt(b, "verdict", row_s(row, CASE_VERDICT_NAME));
	if (row_i(row, CASE_REFUND_FEN) != 0)
		json_ki(b, "refund_fen", row_i(row, CASE_REFUND_FEN));
	if (row_i(row, CASE_RESURVEY) != 0)
		json_kid(b, "resurvey", (uint64_t)row_i(row, CASE_RESURVEY));
	json_kb(b, "solved", row_i(row, CASE_SOLVED) != 0);
}

static void put_tag(struct request *r, uint64_t version)
{
	snprintf(r->etag, sizeof(r->etag), "\"%llu\"",
		 (unsigned long long)version);
}

/* One that is in memory, as an answer. */
static void put_live(struct request *r, const struct care_case *x)
{
	struct row row = { .n = CASE_CELLS };

	case_cells(x, row.v);
	json_open(reply_json(r), '{');
	put_case(r, &row);
	json_close(&r->out, '}');
	put_tag(r, x->now.version);
}

static bool show_case(void *owner, const struct row *row)
{
	struct request *r = owner;

	page_row(r, (uint64_t)row_i(row, CASE_ID));
	page_row_of(r, row_s(row, CASE_TENANT), row_s(row, CASE_ADDRESS));
	json_open(&r->out, '{');
	put_case(r, row);
	json_close(&r->out, '}');
	return true;
}

static struct cell text_or_any(struct str s)
{
	return s.len > 0 ? CELL_T(s) : CELL_N;
}

/* Answers itself when a word of the query is none. */
static bool filters_are_known(struct request *r)
{
	struct str state = request_query(r, "state");
	struct str kind = request_query(r, "kind");
	enum case_state s;
	enum case_kind k;

	if (state.len > 0 && case_state_parse(state, &s) != 0)
		reply_error(r, 400, "bad_state", "state",
			    "opened, investigating or closed");
	else if (kind.len > 0 && case_kind_parse(kind, &k) != 0)
		reply_error(r, 400, "bad_kind", "kind",
			    "complaint, report, suggestion, question or "
			    "charge_dispute");
	else
		return true;
	return false;
}

void api_cases_list(struct request *r)
{
	char to[ADDRESS_MAX] = "";
	struct str tenant;

	must(r != NULL);
	struct str wanted = request_query(r, "to");
	bool late = str_eqz(request_query(r, "overdue"), "true");

	if (!request_scope(r, &tenant) || !filters_are_known(r) ||
	    (wanted.len > 0 && !request_address(r, wanted, "to", to)))
		return;
	struct cell cells[] = {
		text_or_any(tenant),
		text_or_any(request_query(r, "state")),
		text_or_any(request_query(r, "kind")),
		text_or_any(request_query(r, "owner")),
		text_or_any(str_of(to)),
		late ? CELL_I(0) : CELL_N,
		late ? CELL_I(clock_wall_ms(r->c->clock)) : CELL_N,
		CELL_N, /* the cursor */
		CELL_N, /* the limit */
	};

	page_serve(r, &(struct page_ask){ .name = "cases",
					  .usual = CASES_PAGE,
					  .most = CASES_PAGE_MAX,
					  .call = STORE_CASE_LIST,
					  .cells = cells,
					  .n = ARRAY_LEN(cells),
					  .cursor = 7,
					  .limit = 8,
					  .any = true,
					  .show = show_case });
}

/* Who works on cases, and who may see texts, sees what was said. */
static bool show_event(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;

	json_open(b, '{');
	json_ku(b, "version", (uint64_t)row_i(row, 1));
	json_kt(b, "at", row_i(row, 2));
	json_ks_opt(b, "actor", row_s(row, 3));
	json_ks_opt(b, "by", row_s(row, 4));
	json_ks(b, "action", row_s(row, 5));
	if ((r->who.perms & (PERM_CASE_WORK | PERM_MESSAGE_CONTENT)) != 0 &&
	    row_s(row, 6).len > 0) {
		json_key(b, "what");
		json_raw(b, row_s(row, 6));
	}
	json_close(b, '}');
	return true;
}

struct one {
	char tenant[TENANT_MAX + 1]; /* "": any; then the case's */
	char address[ADDRESS_MAX];
	uint64_t id, version;
};

static bool show_one(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct one *o = r->own;

	if (o->tenant[0] != '\0' &&
	    !str_eqz(row_s(row, CASE_TENANT), o->tenant))
		return false;
	put_case(r, row);
	o->version = (uint64_t)row_i(row, CASE_VERSION);
	return str_copy(o->tenant, sizeof(o->tenant),
			row_s(row, CASE_TENANT)) == 0 &&
	       str_copy(o->address, sizeof(o->address),
			row_s(row, CASE_ADDRESS)) == 0;
}

static void on_one(struct request *r, int rc)
{
	struct one *o = r->own;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	if (o->version == 0) {
		reply_error(r, 404, "no_case", NULL, "there is no such case");
		return;
	}
	if (!branch_check_address(r, str_of(o->tenant), str_of(o->address)))
		return;
	put_tag(r, o->version);
	struct cell cells[] = { CELL_I(o->id), CELL_I(0), CELL_I(HISTORY_MAX) };

	json_key(&r->out, "history");
	json_open(&r->out, '[');
	request_read(r, STORE_CASE_EVENTS, cells, ARRAY_LEN(cells), show_event,
		     api_rows_end);
}

void api_case_get(struct request *r)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !param_id(r, 0, &id))
		return;
	struct one *o = mem_new(struct one);

	o->id = id;
	must(str_copy(o->tenant, sizeof(o->tenant), tenant) == 0);
	r->own = o;
	r->own_free = mem_free;
	struct cell cells[] = { CELL_I(id) };

	json_open(reply_json(r), '{');
	request_read(r, STORE_CASE_GET, cells, 1, show_one, on_one);
}

/* ---- refused, or done -------------------------------------------------------------- */

static void refused(struct request *r, int rc, const struct case_no *no)
{
	static const struct {
		int rc, status;
	} known[] = { { -EINVAL, 400 }, { -EPERM, 403 },  { -EPROTO, 409 },
		      { -ESTALE, 409 }, { -EAGAIN, 503 }, { -ENOSPC, 507 } };

	if (rc == -EAGAIN)
		r->retry_after_s = 1;
	for (unsigned i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].rc != rc || no->code == NULL)
			continue;
		reply_error(r, known[i].status, no->code, no->field, "%s",
			    no->err.text);
		return;
	}
	reply_rc(r, rc);
}

static void on_done(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void on_opened(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

static void audit(struct request *r, const struct care_case *x, const char *act)
{
	char id[ID_TEXT], action[32];

	id_text(x->id, id);
	snprintf(action, sizeof(action), "case.%s", act);
	request_audit(r, str_of(x->tenant), action, str_of(id), STR_NONE);
}

/* Somebody who may not log in answers for nothing. */
static bool owner_works(struct request *r, struct str owner)
{
	const struct user *u = owner.len > 0 && r->c->users != NULL
				       ? users_by_name(r->c->users, owner)
				       : NULL;

	if (u == NULL || u->state == USER_ACTIVE)
		return true;
	reply_error(r, 400, "bad_owner", "owner", "that user is switched off");
	return false;
}

/* ---- opened ---------------------------------------------------------------------- */

struct case_body {
	struct str kind, to, owner, account, topic, ref, campaign, text, lang;
	struct str channel;
	bool receipt;
};

#define AT(f) offsetof(struct case_body, f)
static const struct field case_rows[] = {
	{ "kind", FIELD_STR, AT(kind), true,
	  "complaint, report, suggestion, question or charge_dispute." },
	{ "to", FIELD_STR, AT(to), true, "The customer's number or address." },
	{ "channel", FIELD_STR, AT(channel), false,
	  "By which they are answered; any without it." },
	{ "owner", FIELD_STR, AT(owner), false,
	  "Who answers for it; the setting's without it." },
	{ "topic", FIELD_STR, AT(topic), false,
	  "vas_charge for a charge that is paid back first." },
	{ "account", FIELD_STR, AT(account), false,
	  "Theirs at the billing system." },
	{ "ref", FIELD_STR, AT(ref), false,
	  "What it came from; the same ref opens one case." },
	{ "campaign", FIELD_STR, AT(campaign), false,
	  "The campaign it is about." },
	{ "text", FIELD_STR, AT(text), false, "What was said." },
	{ "lang", FIELD_STR, AT(lang), false,
	  "zh or en; the person's without it." },
	{ "receipt", FIELD_BOOL, AT(receipt), false,
	  "true: tell them at once that it is here." },
};
#undef AT
const struct fields case_fields = { "case", case_rows, ARRAY_LEN(case_rows) };

static bool speaks_chinese(struct request *r, const struct case_body *body,
			   struct str tenant, struct str to)
{
	struct str lang = body->lang;

	if (lang.len == 0)
		lang = gateway_lang(r->c->gateway, tenant, to);
	return lang.len == 0 ? text_has_han(body->text)
			     : str_starts(lang, STR("zh"));
}

void api_cases_post(struct request *r)
{
	struct case_body body = { .receipt = false };
	struct case_ask ask = { .source = STR("api") };
	const struct case_by by = { .actor = str_of(r->who.actor),
				    .name = request_actor(r) };
	struct case_no no = { 0 };
	struct care_case *x = NULL;
	char to[ADDRESS_MAX];
	bool joined;

	if (!request_fields(r, &body) || !request_tenant(r, &ask.tenant) ||
	    !request_address(r, body.to, "to", to) ||
	    !branch_check_address(r, ask.tenant, str_of(to)) ||
	    !owner_works(r, body.owner))
		return;
	if (case_kind_parse(body.kind, &ask.kind) != 0) {
		reply_error(r, 400, "bad_kind", "kind",
			    "there is no such kind of case");
		return;
	}
	ask.to = str_of(to);
	ask.channel = body.channel;
	ask.owner = body.owner;
	ask.account = body.account;
	ask.topic = body.topic;
	ask.ref = body.ref;
	ask.campaign = body.campaign;
	ask.text = body.text;
	ask.receipt = body.receipt;
	ask.zh = speaks_chinese(r, &body, ask.tenant, ask.to);
	int rc = cases_add(r->c->cases, &ask, &by, &x, &joined, &no);

	if (rc != 0) {
		refused(r, rc, &no);
		return;
	}
	/* a case has an owner and a clock: who wrote is in somebody's hands */
	unanswered_said(r->c->unanswered, str_of(x->tenant),
			str_of(x->address));
	put_live(r, x);
	audit(r, x, joined ? "said_again" : "open");
	request_then(r, joined ? on_done : on_opened);
}

/* ---- acts ------------------------------------------------------------------------ */

struct act_body {
	struct str owner, text, verdict, cause, outcome, no_outcome;
	int64_t amount_fen;
	bool solved;
};

#define AT(f) offsetof(struct act_body, f)
static const struct field act_rows[] = {
	{ "text", FIELD_STR, AT(text), false,
	  "reply: what the customer hears; note, escalate, reopen: why." },
	{ "owner", FIELD_STR, AT(owner), false, "assign: to whom." },
	{ "amount_fen", FIELD_INT, AT(amount_fen), false,
	  "refund, and close for charge_error: the amount, in fen." },
	{ "verdict", FIELD_STR, AT(verdict), false,
	  "verdict and close: proven, not_proven or not_verifiable." },
	{ "cause", FIELD_STR, AT(cause), false,
	  "close: the root cause, one of the settings'." },
	{ "outcome", FIELD_STR, AT(outcome), false,
	  "close: what the customer hears." },
	{ "no_outcome", FIELD_STR, AT(no_outcome), false,
	  "close without an outcome: why." },
	{ "solved", FIELD_BOOL, AT(solved), false, "close: is it solved?" },
};
#undef AT
const struct fields case_act_fields = { "act", act_rows, ARRAY_LEN(act_rows) };

static struct care_case *asked(struct request *r)
{
	struct care_case *x = NULL;
	struct str tenant;
	uint64_t id;

	if (!request_scope(r, &tenant) || !param_id(r, 0, &id))
		return NULL;
	x = cases_find(r->c->cases, tenant, id);
	if (x == NULL)
		reply_error(r, 404, "no_case", NULL,
			    "there is no such case that can still change");
	else if (!branch_check_address(r, str_of(x->tenant),
				       str_of(x->address)))
		return NULL;
	return x;
}

static bool read_deed(struct request *r, enum case_act act,
		      struct case_deed *out)
{
	struct act_body body = { .amount_fen = 0 };

	if (r->json != NULL && !request_fields(r, &body))
		return false;
	*out = (struct case_deed){
		.act = act,
		.owner = body.owner,
		.text = act == CASE_CLOSE ? body.outcome : body.text,
		.amount_fen = body.amount_fen,
		.cause = body.cause,
		.silent = body.no_outcome,
		.solved = body.solved,
	};
	if (case_verdict_parse(body.verdict, &out->verdict) == 0)
		return act != CASE_ASSIGN || owner_works(r, body.owner);
	reply_error(r, 400, "bad_verdict", "verdict",
		    "proven, not_proven or not_verifiable");
	return false;
}

void api_case_act(struct request *r)
{
	struct case_deed deed;
	struct case_no no = { 0 };
	struct case_by by = { .actor = str_of(r->who.actor),
			      .name = request_actor(r) };
	enum case_act act;
	const char *word = strrchr(r->route->path, '/');

	must(word != NULL && case_act_parse(str_of(word + 1), &act) == 0);
	struct care_case *x = asked(r);

	if (x == NULL || !edit_version(r, &by.version) ||
	    !read_deed(r, act, &deed))
		return;
	int rc = cases_do(r->c->cases, x, &deed, &by, &no);

	if (rc != 0) {
		if (rc == -ESTALE)
			put_tag(r, x->now.version);
		refused(r, rc, &no);
		return;
	}
	if (act == CASE_REPLY || act == CASE_CLOSE)
		unanswered_said(r->c->unanswered, str_of(x->tenant),
				str_of(x->address));
	put_live(r, x);
	audit(r, x, word + 1);
	request_then(r, on_done);
}
