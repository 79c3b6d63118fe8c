/* /v1/messages: send, look, list, cancel. */
#include "console/api.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "console/branch.h"
#include "console/page.h"
#include "console/partner.h"
#include "console/submission.h"
#include "console/view.h"

#define LIST_DEFAULT 50
#define LIST_MAX 1000

static struct view *view_open(struct request *r, struct str tenant)
{
	struct view *v = mem_new(struct view);

	v->who = &r->who;
	v->out = &r->out;
	IGNORE(str_copy(v->tenant, sizeof(v->tenant), tenant));
	r->own = v;
	r->own_free = mem_free;
	return v;
}

static bool show_one(void *owner, const struct row *row)
{
	struct request *r = owner;

	view_message(r->own, row);
	return false;
}

/* ---- send --------------------------------------------------------------------*/

static void on_committed(struct request *r, int rc)
{
	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	stat_observe_us(r->c->send_us,
			clock_mono_us(r->c->clock) - r->begun_us);
	reply_send(r, r->status);
}

/* The header Idempotency-Key stands for the field; both must agree. */
static bool key_header(struct request *r, struct submission *s)
{
	struct str key = request_header(r, "Idempotency-Key");

	if (key.len == 0)
		return true;
	if (s->idempotency_key.len > 0 && !str_eq(s->idempotency_key, key)) {
		reply_error(r, 400, "two_keys", "idempotency_key",
			    "the header Idempotency-Key says something else");
		return false;
	}
	s->idempotency_key = key;
	return true;
}

/* The key was seen before: what came of the message it named. */
static void on_repeated_shown(struct request *r, int rc)
{
	const struct view *v = r->own;

	if (rc != 0 || v->n == 0) {
		reply_rc(r, rc != 0 ? rc : -ENOENT);
		return;
	}
	struct submitted was = { .id = v->last,
				 .state = v->state,
				 .decision.verdict = v->verdict,
				 .parts = v->parts,
				 .repeated = true };
	struct buf *b = reply_json(r);
	json_open(b, '{');
	view_submitted(b, &was);
	json_close(b, '}');
	reply_send(r, v->verdict == VERDICT_DENY ? 200 : 202);
}

static void on_repeated(struct request *r, int rc)
{
	const struct view *v = r->own;
	struct cell cell = CELL_I(v->last);

	if (rc != 0)
		reply_rc(r, rc);
	else
		request_read(r, STORE_MESSAGE_GET, &cell, 1, show_one,
			     on_repeated_shown);
}

/* The body of one message, its template rendered. */
static bool read_one(struct request *r, struct str tenant, json_t *object,
		     struct str text, struct message_body *body,
		     struct submission *s, struct refusal *why)
{
	if (message_body_read(object, text, body, s, why) != 0)
		return false;
	s->tenant = tenant;
	s->by = str_of(r->who.actor);
	body->branch = str_of(r->who.branch);
	return message_body_render(r->c->library, r->c->gateway, body, s,
				   why) == 0;
}

static void send_one(struct request *r, struct str tenant)
{
	AUTO(message_body_done) struct message_body body = { 0 };
	struct submission s;
	struct refusal why = { 0 };
	struct submitted got;

	if (!read_one(r, tenant, r->json, buf_str(&r->body), &body, &s, &why)) {
		reply_refusal(r, &why);
		return;
	}
	if (!key_header(r, &s) || !branch_check_to(r, tenant, s.to))
		return;
	if (!partner_may_send(r, &s)) {
		partner_refuse(r);
		return;
	}
	gateway_submit(r->c->gateway, &s, &got);
	if (got.rc != 0 && !got.repeated) {
		reply_submitted_error(r, &got);
		return;
	}
	struct buf *b = reply_json(r);
	if (got.repeated) {
		view_open(r, tenant)->last = got.id;
		request_then(r, on_repeated);
		return;
	}
	json_open(b, '{');
	view_submitted(b, &got);
	json_close(b, '}');
	r->status = submitted_status(&got);
	request_then(r, on_committed);
}

static void batch_item(struct request *r, struct str tenant, json_t *object,
		       struct str text, struct buf *b)
{
	AUTO(message_body_done) struct message_body body = { 0 };
	struct submission s;
	struct refusal why = { 0 };
	struct submitted got;

	json_open(b, '{');
	if (!read_one(r, tenant, object, text, &body, &s, &why)) {
		error_json(b, why.code, why.field, why.err.text, why.hint);
		json_close(b, '}');
		return;
	}
	if (!branch_sees_to(r, tenant, s.to)) {
		error_json(b, "branch", "to", "it is not of your branch", NULL);
		json_close(b, '}');
		return;
	}
	if (!partner_may_send(r, &s)) {
		error_json(b, PARTNER_CODE, "to", PARTNER_REASON, NULL);
		json_close(b, '}');
		return;
	}
	gateway_submit(r->c->gateway, &s, &got);
	if (got.rc == 0 || got.repeated)
		view_submitted(b, &got);
	else
		error_json(b, got.code, got.field, got.err.text, NULL);
	json_close(b, '}');
}

static bool batch_check(struct request *r, json_t *list)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || json_object_size(r->json) != 1) {
		reply_error(r, 400, "bad_batch", "messages",
			    "a batch is an object with one array, 'messages'");
		return false;
	}
	if (n == 0 || n > (size_t)r->c->http->batch_max) {
		reply_error(r, 400, "batch_size", "messages",
			    "a batch holds 1 to %lld messages",
			    (long long)r->c->http->batch_max);
		return false;
	}
	/* The request itself has paid for the first. */
	uint64_t now = clock_mono_us(r->c->clock);
	if (n == 1 || limit_take(r->limit, (double)(n - 1), now))
		return true;
	r->retry_after_s =
		1 + (unsigned)(limit_wait_us(r->limit, (double)(n - 1), now) /
			       1000000);
	reply_error(r, 429, "key_rate", NULL, "this key sends too fast");
	return false;
}

static void send_many(struct request *r, struct str tenant, json_t *list)
{
	struct str array = STR_NONE, item = STR_NONE;
	size_t at = 0;

	if (!batch_check(r, list))
		return;
	IGNORE(json_span(buf_str(&r->body), "messages", &array));
	struct buf *b = reply_json(r);
	json_open(b, '{');
	json_key(b, "results");
	json_open(b, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!json_span_next(array, &at, &item))
			item = STR_NONE;
		batch_item(r, tenant, json_array_get(list, i), item, b);
	}
	json_close(b, ']');
	json_close(b, '}');
	r->status = 202;
	request_then(r, on_committed);
}

void api_messages_post(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant))
		return;
	json_t *list = json_object_get(r->json, "messages");
	if (list != NULL)
		send_many(r, tenant, list);
	else
		send_one(r, tenant);
}

/* ---- look --------------------------------------------------------------------*/

/* Where a message that is not final stands at this moment. */
static void put_live(struct request *r, uint64_t id)
{
	struct view *v = r->own;
	struct live_view live;
	struct buf *b = &r->out;

	if (gateway_live(r->c->gateway, str_of(v->tenant), id, &live) != 0)
		return;
	json_key(b, "live");
	json_open(b, '{');
	json_kz(b, "state", message_state_name(live.state));
	json_kt_opt(b, "due", live.due_ms);
	json_ku(b, "attempts", live.attempts);
	if (live.link != NULL)
		json_kz(b, "link", live.link);
	json_close(b, '}');

	AUTO(mem_clear) struct explain *ex = mem_new(struct explain);
	if (gateway_explain_live(r->c->gateway, id, ex) != 0)
		return;
	json_key(b, "route");
	json_open(b, '{');
	view_explain(b, ex);
	json_close(b, '}');
}

static void on_shown(struct request *r, int rc)
{
	struct view *v = r->own;

	if (rc != 0 || v->n == 0) {
		reply_rc(r, rc != 0 ? rc : v->bad ? -EBADMSG : -ENOENT);
		return;
	}
	if (!branch_check_address(r, str_of(v->owner), str_of(v->to)))
		return;
	if (!message_state_final(v->state))
		put_live(r, v->last);
	json_close(&r->out, '}');
	reply_send(r, 200);
}

void api_message_get(struct request *r)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !param_id(r, 0, &id))
		return;
	view_open(r, tenant)->history = true;
	struct cell cell = CELL_I(id);
	reply_json(r);
	request_read(r, STORE_MESSAGE_GET, &cell, 1, show_one, on_shown);
}

/* ---- list --------------------------------------------------------------------*/

static bool show_row(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct view *v = r->own;

	page_row(r, (uint64_t)row_i(row, 0));
	if (view_message(v, row)) {
		page_row_of(r, str_of(v->owner), str_of(v->to));
		json_close(v->out, '}');
	}
	return !v->out->full;
}

struct list_ask {
	int64_t since_ms;
	int state; /* -1: any */
	char to[ADDRESS_MAX];
};

static bool list_read(struct request *r, struct list_ask *a)
{
	struct str state = request_query(r, "state");
	struct str to = request_query(r, "to");
	enum message_state s;

	a->state = -1;
	if (!query_time(r, "since", &a->since_ms) || !query_person(r, "to"))
		return false;
	if (state.len > 0) {
		if (message_state_parse(state, &s) != 0) {
			reply_error(r, 400, "bad_state", "state",
				    "there is no state '%.*s'",
				    STR_ARGS(str_first(state, 40)));
			return false;
		}
		a->state = (int)s;
	}
	return to.len == 0 || request_address(r, to, "to", a->to);
}

static struct cell text_or_any(struct str s)
{
	return s.len > 0 ? CELL_T(s) : CELL_N;
}

void api_messages_list(struct request *r)
{
	struct list_ask a = { 0 };
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !list_read(r, &a))
		return;
	view_open(r, tenant);
	struct cell cells[] = {
		text_or_any(tenant),
		a.state >= 0 ? CELL_I(a.state) : CELL_N,
		text_or_any(request_query(r, "class")),
		text_or_any(str_of(a.to)),
		text_or_any(request_query(r, "campaign")),
		CELL_I(a.since_ms > 0 ? id_floor(a.since_ms) : 0),
		CELL_N,
		CELL_N,
	};
	const struct page_ask ask = { .name = "messages",
				      .usual = LIST_DEFAULT,
				      .most = LIST_MAX,
				      .call = STORE_MESSAGE_LIST,
				      .cells = cells,
				      .n = ARRAY_LEN(cells),
				      .cursor = 6,
				      .limit = 7,
				      .show = show_row };

	page_serve(r, &ask);
}

/* ---- cancel --------------------------------------------------------------------*/

static void on_cancelled(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

static void cancel_answer(struct request *r, struct str tenant, uint64_t id)
{
	struct buf *b = reply_json(r);
	char text[ID_TEXT];

	id_text(id, text);
	request_audit(r, tenant, "message.cancel", str_of(text), STR_NONE);
	json_open(b, '{');
	json_kid(b, "id", id);
	json_kz(b, "state", message_state_name(MESSAGE_CANCELLED));
	json_close(b, '}');
	request_then(r, on_cancelled);
}

/* false: it is not live. */
static bool cancel_now(struct request *r, struct str tenant, uint64_t id)
{
	int rc = gateway_cancel(r->c->gateway, tenant, id);

	if (rc == -EPROTO)
		reply_error(r, 409, "in_flight", NULL,
			    "it has been handed to the link");
	else if (rc == 0)
		cancel_answer(r, tenant, id);
	return rc != -ENOENT;
}

/* The message as it was read: whose it is, and what became of it if it is
 * not live. */
static void on_cancel(struct request *r, int rc)
{
	struct view *v = r->own;

	if (rc != 0 || v->n == 0) {
		reply_rc(r, rc != 0 ? rc : -ENOENT);
		return;
	}
	if (branch_check_address(r, str_of(v->owner), str_of(v->to)) &&
	    !cancel_now(r, str_of(v->tenant), v->last))
		reply_error(r, 409, "final", NULL, "the message is %s already",
			    message_state_name(v->state));
}

void api_message_cancel(struct request *r)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_scope(r, &tenant) || !param_id(r, 0, &id))
		return;
	if (!branch_narrow(r) && cancel_now(r, tenant, id))
		return;
	struct cell cell = CELL_I(id);
	view_open(r, tenant);
	reply_json(r);
	request_read(r, STORE_MESSAGE_GET, &cell, 1, show_one, on_cancel);
}
