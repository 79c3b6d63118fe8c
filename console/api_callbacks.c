/* /v1/callbacks: who wishes to be called, and who calls. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "care/callbacks.h"
#include "console/branch.h"
#include "console/served.h"

/* ---- one of them as JSON ----------------------------------------------------------- */

/* Who has it must know whom to ring. */
static bool has_it(const struct request *r, struct str agent, struct str state)
{
	return str_eqz(agent, r->who.name) &&
	       (str_eqz(state, callback_state_name(CALLBACK_OFFERED)) ||
		str_eqz(state, callback_state_name(CALLBACK_CONNECTED)));
}

static void put_minutes(struct buf *b, int64_t open, int64_t close)
{
	char text[16];

	if (open == close)
		return;
	(void)snprintf(text, sizeof(text), "%02d:%02d-%02d:%02d",
		       (int)(open / 60 % 25), (int)(open % 60),
		       (int)(close / 60 % 25), (int)(close % 60));
	json_kz(b, "hours", text);
}

/* A row of CALLBACK_LIST, CALLBACK_GET; or the cells of one in memory. taken:
 * it is given to who asks, now. */
static void put_row(struct request *r, const struct row *row, bool taken)
{
	bool theirs = taken || has_it(r, row_s(row, 13), row_s(row, 11));
	struct buf *b = &r->out;

	json_open(b, '{');
	json_kid(b, "id", (uint64_t)row_i(row, 0));
	json_key(b, "to");
	if (theirs)
		json_s(b, row_s(row, 2));
	else
		who_address_json(b, &r->who, row_s(row, 1), row_s(row, 2));
	json_ks(b, "state", row_s(row, 11));
	json_ks_opt(b, "reason", row_s(row, 12));
	json_ks(b, "queue", row_s(row, 3));
	json_ks_opt(b, "skill", row_s(row, 4));
	json_ks(b, "source", row_s(row, 5));
	json_ks_opt(b, "ref", row_s(row, 6));
	if (theirs || request_may(r, PERM_MESSAGE_CONTENT))
		json_ks_opt(b, "note", row_s(row, 7));
	json_ks_opt(b, "tier", row_s(row, 8));
	put_minutes(b, row_i(row, 9), row_i(row, 10));
	json_ks_opt(b, "agent", row_s(row, 13));
	json_ki(b, "tries", row_i(row, 14));
	json_ki(b, "calls", row_i(row, 15));
	json_kt_opt(b, "tried", row_i(row, 17));
	if (str_eqz(row_s(row, 11), callback_state_name(CALLBACK_OPEN)))
		json_kt_opt(b, "due", row_i(row, 18));
	json_kb(b, "breached", row_i(row, 20) != 0);
	json_kt(b, "created", row_i(row, 21));
	json_kt_opt(b, "closed", row_i(row, 22));
	json_close(b, '}');
}

static void put_live(struct request *r, const struct callback *x)
{
	struct row row = { .n = CALLBACK_CELLS };

	callback_cells(x, row.v);
	put_row(r, &row, true);
}

/* ---- lists ------------------------------------------------------------------------ */

static bool show(void *owner, const struct row *row)
{
	struct request *r = owner;

	if (served_row(r, row_s(row, 1), row_s(row, 2),
		       (uint64_t)row_i(row, 0)))
		put_row(r, row, false);
	return true;
}

static bool state_ok(struct str state)
{
	enum callback_state unused;

	return callback_state_parse(state, &unused) == 0;
}

void api_callbacks_list(struct request *r)
{
	served_list(r, "callbacks", STORE_CALLBACK_LIST, state_ok, show);
}

void api_callback_get(struct request *r)
{
	served_one(r, STORE_CALLBACK_GET, show);
}

static const struct served_no refusals[] = {
	{ -ENOENT, 404, "not_found", "no such call-back is under way" },
	{ -EPROTO, 409, "not_offered", "no agent has it now" },
	{ -EPERM, 403, "not_yours", "another agent has it" },
	{ -EBUSY, 409, "CALLBACK_OPEN",
	  "it was not tried in enough different hours yet; only the customer "
	  "may end it before" },
	{ -ENOSPC, 507, "full", NULL },
	{ -EINVAL, 400, "invalid", NULL },
};

static void refuse(struct request *r, int rc, const char *text)
{
	served_refuse(r, rc, refusals, ARRAY_LEN(refusals), text);
}

/* ---- to wish one ----------------------------------------------------------------- */

struct wish_body {
	struct str to, queue, skill, ref, note, hours, source;
	int64_t not_before;
	bool propose;
};

#define AT(f) offsetof(struct wish_body, f)
static const struct field wish_rows[] = {
	{ "to", FIELD_STR, AT(to), true, "Whom to call." },
	{ "queue", FIELD_STR, AT(queue), false, "The usual one without it." },
	{ "skill", FIELD_STR, AT(skill), false,
	  "What the agent must know, besides what the queue asks for." },
	{ "ref", FIELD_STR, AT(ref), false, "What it is about; comes back." },
	{ "note", FIELD_STR, AT(note), false, "For the agent to read." },
	{ "not_before", FIELD_TIME, AT(not_before), false, "Now without it." },
	{ "hours", FIELD_STR, AT(hours), false,
	  "Preferred: 18:00-21:00; the contact's without it." },
	{ "source", FIELD_STR, AT(source), false,
	  "console, missed_call or case." },
	{ "propose", FIELD_BOOL, AT(propose), false,
	  "By a message: only if they say yes." },
};
#undef AT
const struct fields callback_fields = { "callback", wish_rows,
					ARRAY_LEN(wish_rows) };

static void on_made(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 201);
}

static bool read_source(struct request *r, struct str text,
			enum callback_source *out)
{
	*out = CALLBACK_BY_CONSOLE;
	if (text.len == 0)
		return true;
	if (callback_source_parse(text, out) == 0 &&
	    (*out == CALLBACK_BY_CONSOLE || *out == CALLBACK_BY_MISSED_CALL ||
	     *out == CALLBACK_BY_CASE))
		return true;
	reply_error(r, 400, "bad_source", "source",
		    "it is console, missed_call or case");
	return false;
}

static void put_asked(struct buf *b, const struct callback_asked *a)
{
	json_open(b, '{');
	json_kid(b, "id", a->id);
	json_kz(b, "state", callback_state_name(a->state));
	json_ks_opt(b, "reason", str_of(a->reason));
	json_kb(b, "joined", a->joined);
	json_close(b, '}');
}

void api_callbacks_post(struct request *r)
{
	struct wish_body w = { .not_before = 0 };
	struct callback_ask ask = { .source = CALLBACK_BY_CONSOLE };
	struct callback_asked out;
	struct err err = { "" };
	char to[ADDRESS_MAX], id[ID_TEXT];

	must(r != NULL);
	if (!request_fields(r, &w) || !request_tenant(r, &ask.tenant) ||
	    !request_address(r, w.to, "to", to) ||
	    !branch_check_address(r, ask.tenant, str_of(to)) ||
	    !read_source(r, w.source, &ask.source))
		return;
	ask.address = str_of(to);
	ask.queue = w.queue;
	ask.skill = w.skill;
	ask.ref = w.ref;
	ask.note = w.note;
	ask.hours = w.hours;
	ask.not_before_ms = w.not_before;
	ask.propose = w.propose;
	int rc = callbacks_ask(r->c->callbacks, &ask, &out, &err);

	if (rc != 0) {
		refuse(r, rc, err.text);
		return;
	}
	put_asked(reply_json(r), &out);
	id_text(out.id, id);
	request_audit(r, ask.tenant, "callback.ask", str_of(id), STR_NONE);
	request_then(r, on_made);
}

/* ---- agents ------------------------------------------------------------------------ */

struct work_body {
	struct str agent, result;
	bool by_customer;
};

#define AT(f) offsetof(struct work_body, f)
static const struct field next_rows[] = {
	{ "agent", FIELD_STR, AT(agent), false,
	  "Who takes it, if a key asks; a user takes it." },
};
static const struct field result_rows[] = {
	{ "result", FIELD_STR, AT(result), true,
	  "reached, no_answer, busy, declined, wrong_number, back or "
	  "connected." },
	{ "agent", FIELD_STR, AT(agent), false, "Who had it, if a key says." },
};
static const struct field cancel_rows[] = {
	{ "by_customer", FIELD_BOOL, AT(by_customer), false,
	  "They said so: else only after all tries." },
};
#undef AT
const struct fields callback_next_fields = { "agent", next_rows,
					     ARRAY_LEN(next_rows) };
const struct fields callback_result_fields = { "result", result_rows,
					       ARRAY_LEN(result_rows) };
const struct fields callback_cancel_fields = { "end", cancel_rows,
					       ARRAY_LEN(cancel_rows) };

static void on_done(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

/* A person works as who they are; a system says for whom. */
static struct str agent_of(const struct request *r, struct str said)
{
	return r->who.kind == WHO_KEY && said.len > 0 ? said
						      : str_of(r->who.name);
}

void api_callbacks_next(struct request *r)
{
	struct work_body w = { .by_customer = false };
	const struct callback *x = NULL;
	struct str tenant;
	char id[ID_TEXT] = "";

	must(r != NULL);
	if ((r->json != NULL && !request_fields(r, &w)) ||
	    !request_tenant(r, &tenant))
		return;
	int rc = callbacks_next(r->c->callbacks, tenant, str_of(r->who.branch),
				agent_of(r, w.agent), &x);

	if (rc != 0 && rc != -ENOENT) {
		refuse(r, rc, "there are too many agents");
		return;
	}
	/* The one they have: its contact may have come to another branch. */
	if (x != NULL && !branch_check_address(r, tenant, str_of(x->address)))
		return;
	branch_kept(r);
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_ku(b, "waiting",
		callbacks_waiting(r->c->callbacks, tenant,
				  str_of(r->who.branch)));
	json_key(b, "callback");
	if (x == NULL) {
		json_none(b);
	} else {
		put_live(r, x);
		id_text(x->id, id);
		request_audit(r, tenant, "callback.take", str_of(id),
			      agent_of(r, w.agent));
	}
	json_close(b, '}');
	request_then(r, on_done);
}

/* Is the one of the path under way, and of their branch? false: answered. */
static bool find(struct request *r, struct str *tenant, uint64_t *id)
{
	const struct callback *x;

	if (!request_tenant(r, tenant) || !param_id(r, 0, id))
		return false;
	x = callbacks_find(r->c->callbacks, *tenant, *id);
	if (x == NULL) {
		branch_kept(r);
		refuse(r, -ENOENT, "");
		return false;
	}
	return branch_check_address(r, str_of(x->tenant), str_of(x->address));
}

/* The present state of what was under way until now. */
static void answer_state(struct request *r, struct str tenant, uint64_t id,
			 const char *action, struct str detail)
{
	const struct callback *x = callbacks_find(r->c->callbacks, tenant, id);
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_kid(b, "id", id);
	if (x != NULL) {
		json_kz(b, "state", callback_state_name(x->now.state));
		json_ku(b, "tries", x->now.tries);
		if (x->now.state == CALLBACK_OPEN)
			json_kt_opt(b, "due", x->now.due_ms);
	}
	json_close(b, '}');
	request_audit(r, tenant, action, r->param[0], detail);
	request_then(r, on_done);
}

void api_callback_result(struct request *r)
{
	struct work_body w = { .by_customer = false };
	enum callback_result what;
	struct str tenant, agent;
	uint64_t id;

	must(r != NULL);
	if (!request_fields(r, &w) || !find(r, &tenant, &id))
		return;
	if (callback_result_parse(w.result, &what) != 0) {
		reply_error(r, 400, "bad_result", "result",
			    "there is no such result");
		return;
	}
	/* who leads agents may speak for them */
	agent = request_may(r, PERM_CALLBACK_LEAD) && w.agent.len == 0
			? STR_NONE
			: agent_of(r, w.agent);
	int rc = callbacks_result(r->c->callbacks, tenant, id, agent, what);

	if (rc != 0)
		refuse(r, rc, "");
	else
		answer_state(r, tenant, id, "callback.result", w.result);
}

void api_callback_cancel(struct request *r)
{
	struct work_body w = { .by_customer = false };
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if ((r->json != NULL && !request_fields(r, &w)) ||
	    !find(r, &tenant, &id))
		return;
	int rc = callbacks_cancel(r->c->callbacks, tenant, id, w.by_customer);

	if (rc != 0)
		refuse(r, rc, "");
	else
		answer_state(r, tenant, id, "callback.cancel",
			     w.by_customer ? STR("by customer") : STR_NONE);
}
