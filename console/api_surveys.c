/* /v1/surveys: definitions, people asked, replies tried. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/surveys.h"
#include "console/branch.h"
#include "console/page.h"
#include "console/partner.h"
#include "console/submission.h"
#include "console/view.h"

#define SESSIONS_PAGE 50
#define SESSIONS_PAGE_MAX 1000

/* ---- definitions ---------------------------------------------------------------- */

static void put_head(struct buf *b, const struct survey *v)
{
	json_kz(b, "id", v->id);
	json_ku(b, "version", v->version);
	json_kz(b, "name", v->name);
	json_kz(b, "tenant", v->tenant);
	json_ku(b, "questions", v->n);
}

static bool put_line(void *owner, const struct survey *v)
{
	struct buf *b = owner;

	json_open(b, '{');
	put_head(b, v);
	json_close(b, '}');
	return true;
}

void api_surveys_list(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_key(b, "surveys");
	json_open(b, '[');
	surveys_each(r->c->surveys, tenant, put_line, b);
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

static void on_written(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

void api_surveys_post(struct request *r)
{
	const struct survey *v = NULL;
	struct err err = { "" };
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	int rc = surveys_put(r->c->surveys, tenant, r->json, request_actor(r),
			     &v, &err);

	if (rc != 0) {
		reply_error(r, rc == -ENOSPC ? 507 : 400,
			    rc == -ENOSPC ? "full" : "bad_survey", NULL, "%s",
			    err.text);
		return;
	}
	put_line(reply_json(r), v);
	request_audit(r, tenant, "survey.put", str_of(v->id), STR_NONE);
	request_then(r, on_written);
}

/* The survey of the path, in the version that was said; NULL: answered. */
static const struct survey *survey_of(struct request *r, unsigned version)
{
	struct str tenant;

	if (!request_tenant(r, &tenant))
		return NULL;
	const struct survey *v =
		surveys_find(r->c->surveys, tenant, r->param[0], version);

	if (v == NULL)
		reply_error(r, 404, "not_found", NULL, "no such survey");
	return v;
}

void api_survey_get(struct request *r)
{
	uint64_t version = 0;

	must(r != NULL);
	if (!query_u64(r, "version", UINT32_MAX, &version))
		return;
	const struct survey *v = survey_of(r, (unsigned)version);

	if (v == NULL)
		return;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	put_head(b, v);
	json_key(b, "definition");
	json_raw(b, str_of(v->body));
	json_close(b, '}');
	reply_send(r, 200);
}

/* ---- a reply, tried ---------------------------------------------------------------- */

struct parse_body {
	struct str text, question;
	int64_t version;
};

#define AT(f) offsetof(struct parse_body, f)
static const struct field parse_rows[] = {
	{ "text", FIELD_STR, AT(text), true, "What a customer might write." },
	{ "question", FIELD_STR, AT(question), false,
	  "Id of a question; the first without it." },
	{ "version", FIELD_INT, AT(version), false, "The newest without it." },
};
#undef AT
const struct fields survey_parse_fields = { "reply", parse_rows,
					    ARRAY_LEN(parse_rows) };

static void put_parsed(struct buf *b, const struct survey_question *q,
		       const struct answer *a, struct str trace)
{
	json_open(b, '{');
	json_kz(b, "question", q->id);
	json_kz(b, "verdict", answer_verdict_name(a->verdict));
	if (a->verdict == ANSWER_CERTAIN && q->n > 0) {
		json_ks(b, "token", q->options[a->option].token);
		json_ki(b, "score", q->options[a->option].score);
		json_kz(b, "label_zh", q->zh[a->option]);
		json_kz(b, "label_en", q->en[a->option]);
	}
	json_ks_opt(b, "comment", a->comment);
	json_kz(b, "rule", a->rule);
	json_ks(b, "trace", trace);
	json_close(b, '}');
}

void api_survey_parse(struct request *r)
{
	struct parse_body p = { .version = 0 };
	struct answer a;
	struct buf trace = { 0 };

	must(r != NULL);
	if (!request_fields(r, &p))
		return;
	const struct survey *v =
		survey_of(r, p.version < 0 ? 0 : (unsigned)p.version);
	int at = v == NULL || p.question.len == 0
			 ? 0
			 : survey_question_find(v, p.question);

	if (v == NULL)
		return;
	if (at < 0) {
		reply_error(r, 400, "bad_question", "question",
			    "there is no such question");
		return;
	}
	struct answer_scale scale = survey_scale(&v->v[at]);

	buf_init(&trace, 4096);
	answer_parse(p.text, &scale, &a, &trace);
	put_parsed(reply_json(r), &v->v[at], &a, buf_str(&trace));
	buf_done(&trace);
	reply_send(r, 200);
}

/* ---- people asked ---------------------------------------------------------------- */

struct ask_body {
	struct str to, lang, ref, channel, key;
	json_t *vars;
	int64_t send_at, version;
};

#define AT(f) offsetof(struct ask_body, f)
static const struct field ask_rows[] = {
	{ "to", FIELD_STR, AT(to), true,
	  "A phone number, or the address on the channel." },
	{ "lang", FIELD_STR, AT(lang), false,
	  "zh or en; the person's without it." },
	{ "ref", FIELD_STR, AT(ref), false,
	  "What it is about: an event, a call, a ticket; comes back." },
	{ "vars", FIELD_OBJECT, AT(vars), false,
	  "Values of the texts' variables." },
	{ "channel", FIELD_STR, AT(channel), false, "sms, mqtt ..." },
	{ "idempotency_key", FIELD_STR, AT(key), false,
	  "The same key asks once." },
	{ "send_at", FIELD_TIME, AT(send_at), false, "Now without it." },
	{ "version", FIELD_INT, AT(version), false, "The newest without it." },
};
#undef AT
const struct fields survey_ask_fields = { "invitation", ask_rows,
					  ARRAY_LEN(ask_rows) };

static void on_asked(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 202);
}

static void answer_asked(struct request *r, int rc, uint64_t session,
			 const struct submitted *got, const struct err *err)
{
	if (rc == -ENOENT) {
		reply_error(r, 404, "not_found", NULL, "%s", err->text);
		return;
	}
	if (rc != 0 && got->rc != 0) {
		reply_submitted_error(r, got);
		return;
	}
	if (rc != 0) {
		reply_error(r, rc == -ENOSPC ? 507 : 400,
			    rc == -ENOSPC ? "full" : "invalid", NULL, "%s",
			    err->text);
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "session", session);
	view_submitted(b, got);
	json_close(b, '}');
	request_then(r, on_asked);
}

static bool is_channel(const struct request *r, struct str name)
{
	const char *names[CHANNEL_NAMES_MAX];
	unsigned n = gateway_channels(r->c->gateway, names);

	for (unsigned i = 0; i < n; i++)
		if (str_eqz(name, names[i]))
			return true;
	return false;
}

/* What nothing here could be: it would be asked in another language than was
 * meant, or never. */
static bool ask_check(struct request *r, const struct ask_body *a)
{
	if (a->lang.len > 0 && !str_eqz(a->lang, "zh") &&
	    !str_eqz(a->lang, "en")) {
		reply_error(r, 400, "bad_lang", "lang",
			    "a survey is asked in zh or en, not in '%.*s'",
			    STR_ARGS(str_first(a->lang, 32)));
		return false;
	}
	if (a->channel.len == 0 || is_channel(r, a->channel))
		return true;
	reply_error(r, 400, "unknown_channel", "channel",
		    "no link or route has the channel '%.*s'",
		    STR_ARGS(str_first(a->channel, 32)));
	return false;
}

void api_survey_ask(struct request *r)
{
	struct ask_body a = { .version = 0 };
	struct survey_ask ask = { .survey = r->param[0] };
	struct submitted got = { 0 };
	struct err err = { "" };
	char to[ADDRESS_MAX];
	uint64_t session = 0;

	must(r != NULL);
	if (!request_fields(r, &a) || !request_tenant(r, &ask.tenant) ||
	    !ask_check(r, &a) || !request_address(r, a.to, "to", to) ||
	    !branch_check_to(r, ask.tenant, str_of(to)))
		return;
	if (who_pseudonymous(&r->who)) {
		partner_refuse(r);
		return;
	}
	char *vars = a.vars == NULL ? NULL : json_dumps(a.vars, JSON_COMPACT);

	ask.to = str_of(to);
	ask.lang = a.lang;
	ask.ref = str_first(a.ref, 128);
	ask.vars = vars == NULL ? STR("{}") : str_of(vars);
	ask.channel = a.channel;
	ask.key = a.key;
	ask.send_at_ms = a.send_at;
	ask.version = a.version < 0 ? 0 : (unsigned)a.version;
	int rc = surveys_ask(r->c->surveys, &ask, &got, &session, &err);

	free(vars);
	answer_asked(r, rc, session, &got, &err);
}

/* ---- sessions ---------------------------------------------------------------- */

static void put_session(struct request *r, const struct row *row)
{
	struct buf *b = &r->out;

	json_kid(b, "session", (uint64_t)row_i(row, 2));
	json_ku(b, "version", (uint64_t)row_i(row, 3));
	json_key(b, "to");
	who_address_json(b, &r->who, row_s(row, 0), row_s(row, 4));
	json_ks_opt(b, "ref", row_s(row, 5));
	json_ks(b, "lang", row_s(row, 7));
	json_ks(b, "state", row_s(row, 8));
	json_ks_opt(b, "reason", row_s(row, 9));
	json_ki(b, "answered", row_i(row, 12));
	json_ki(b, "reprompts", row_i(row, 11));
	json_ki(b, "unparsed", row_i(row, 14));
	json_kb(b, "reminded", (row_i(row, 13) & 1) != 0);
	json_kb(b, "flagged", (row_i(row, 13) & 2) != 0);
	json_kb(b, "elsewhere",
		((uint64_t)row_i(row, 13) & SESSION_ELSEWHERE) != 0);
	json_kt(b, "created", row_i(row, 16));
	json_kt_opt(b, "contacted", row_i(row, 17));
	json_kt_opt(b, "started", row_i(row, 18));
	json_kt_opt(b, "closed", row_i(row, 19));
	json_kt(b, "expires", row_i(row, 20));
}

static bool show_session(void *owner, const struct row *row)
{
	struct request *r = owner;

	page_row(r, (uint64_t)row_i(row, 2));
	page_row_of(r, row_s(row, 0), row_s(row, 4));
	json_open(&r->out, '{');
	put_session(r, row);
	json_close(&r->out, '}');
	return true;
}

void api_survey_sessions(struct request *r)
{
	must(r != NULL);
	const struct survey *v = survey_of(r, 0);
	struct str state = request_query(r, "state");
	enum session_state unused;

	if (v == NULL)
		return;
	if (state.len > 0 && session_state_parse(state, &unused) != 0) {
		reply_error(r, 400, "bad_state", "state",
			    "there is no such state");
		return;
	}
	struct cell cells[] = { CELL_Z(v->tenant), CELL_Z(v->id),
				state.len > 0 ? CELL_T(state) : CELL_N, CELL_N,
				CELL_N };
	const struct page_ask ask = { .name = "sessions",
				      .usual = SESSIONS_PAGE,
				      .most = SESSIONS_PAGE_MAX,
				      .call = STORE_SESSION_LIST,
				      .cells = cells,
				      .n = ARRAY_LEN(cells),
				      .cursor = 3,
				      .limit = 4,
				      .show = show_session };

	page_serve(r, &ask);
}

static bool show_answer(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;

	json_open(b, '{');
	json_ks(b, "question", row_s(row, 1));
	json_ki(b, "n", row_i(row, 2));
	if (row->v[4].type != CELL_NULL) {
		json_ks(b, "token", row_s(row, 4));
		json_ki(b, "score", row_i(row, 5));
	}
	if (request_may(r, PERM_MESSAGE_CONTENT)) {
		json_ks_opt(b, "comment", row_s(row, 6));
		json_ks(b, "raw", row_s(row, 7));
		json_ks(b, "trace", row_s(row, 8));
	}
	json_kb(b, "late", row_i(row, 9) != 0);
	json_kt(b, "at", row_i(row, 10));
	json_close(b, '}');
	return true;
}

static bool show_one(void *owner, const struct row *row)
{
	struct request *r = owner;

	put_session(r, row);
	r->own = str_z(row_s(row, 4));
	r->own_free = mem_free;
	return false;
}

static void on_one(struct request *r, int rc)
{
	uint64_t id;
	struct str tenant;

	if (rc != 0 || r->own == NULL) {
		reply_rc(r, rc != 0 ? rc : -ENOENT);
		return;
	}
	if (!request_tenant(r, &tenant) || id_parse(r->param[1], &id) != 0 ||
	    !branch_check_address(r, tenant, str_of(r->own)))
		return;
	struct cell cells[] = { CELL_T(tenant), CELL_T(r->param[0]),
				CELL_I(id) };

	json_key(&r->out, "answers");
	json_open(&r->out, '[');
	request_read(r, STORE_ANSWER_LIST, cells, ARRAY_LEN(cells), show_answer,
		     api_rows_end);
}

void api_survey_session(struct request *r)
{
	uint64_t id;

	must(r != NULL);
	const struct survey *v = survey_of(r, 0);

	if (v == NULL || !param_id(r, 1, &id))
		return;
	struct cell cells[] = { CELL_Z(v->tenant), CELL_Z(v->id), CELL_I(id) };

	json_open(reply_json(r), '{');
	request_read(r, STORE_SESSION_GET, cells, ARRAY_LEN(cells), show_one,
		     on_one);
}

static void on_cancelled(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_survey_session_cancel(struct request *r)
{
	uint64_t id;

	must(r != NULL);
	const struct survey *v = survey_of(r, 0);

	if (v == NULL || !param_id(r, 1, &id))
		return;
	const struct session *x = surveys_session(r->c->surveys, id);
	bool open = x != NULL && strcmp(x->survey->id, v->id) == 0 &&
		    strcmp(x->survey->tenant, v->tenant) == 0;

	if (open &&
	    !branch_check_address(r, str_of(v->tenant), str_of(x->address)))
		return;
	if (!open || surveys_cancel(r->c->surveys, id) != 0) {
		reply_error(r, 409, "not_open", NULL,
			    "there is no such session that is open");
		return;
	}
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "session", id);
	json_kz(b, "state", session_state_name(x->now.state));
	json_close(b, '}');
	request_audit(r, str_of(v->tenant), "survey.cancel", r->param[1],
		      STR_NONE);
	request_then(r, on_cancelled);
}
