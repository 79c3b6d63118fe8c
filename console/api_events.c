/* /v1/events and /v1/reminders: what happened, and what is said of it. */
#include "console/api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/events.h"
#include "campaigns/reminder.h"
#include "console/branch.h"
#include "console/occurrence.h"
#include "console/page.h"
#include "proto/csv.h"

#define EVENTS_PAGE 50
#define EVENTS_PAGE_MAX 1000
#define CSV_ROW_MAX 16384
#define REASON_MAX 200
#define FAILED_MAX 1000 /* rows that are named in an answer */

static void on_taken(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		reply_send(r, 200);
}

void api_events_post(struct request *r)
{
	struct occurrence_body body = { .time = 0 };
	struct occurrence o;
	struct taken t;
	struct str tenant;
	const char *field = NULL, *code;
	struct err err = { "" };

	must(r != NULL);
	if (!request_fields(r, &body) || !request_tenant(r, &tenant))
		return;
	if (occurrence_of(&body, r->c->country, tenant, &o) != 0) {
		reply_error(r, 400, "bad_address", "to", "that is no address");
		return;
	}
	if (!branch_check_to(r, tenant, o.to))
		return;
	int rc = events_take(r->c->events, &o, &t, &field, &err);

	if (rc != 0) {
		int status = occurrence_status(rc, &code);

		reply_error(r, status, code, field, "%s",
			    err.text[0] != '\0' ? err.text : "not now");
		return;
	}
	occurrence_put(reply_json(r), o.id, &t);
	request_then(r, on_taken);
}

/* ---- many, as CSV ---------------------------------------------------------------- */

struct sheet {
	struct request *r;
	struct str tenant;
	char *names[CSV_COLUMNS_MAX];
	unsigned columns;
	uint64_t taken, repeated, failed;
	struct buf rows; /* of those that failed */
};

static void sheet_bad(void *owner, unsigned line, const char *why)
{
	struct sheet *s = owner;

	if (s->failed++ >= FAILED_MAX)
		return;
	json_open(&s->rows, '{');
	json_ku(&s->rows, "line", line);
	json_kz(&s->rows, "reason", why);
	json_close(&s->rows, '}');
}

/* Columns of an event's own; any other is a member of data. */
static struct str *column_of(struct occurrence_body *b, const char *name)
{
	const struct {
		const char *name;
		struct str *at;
	} own[] = { { "id", &b->id },
		    { "type", &b->type },
		    { "to", &b->to },
		    { "account", &b->account },
		    { "lang", &b->lang } };

	for (unsigned i = 0; i < ARRAY_LEN(own); i++)
		if (strcmp(own[i].name, name) == 0)
			return own[i].at;
	return NULL;
}

static const char *sheet_take(struct sheet *s, struct occurrence_body *b)
{
	struct occurrence o;
	struct taken t;
	const char *field = NULL;
	static struct err err;

	err.text[0] = '\0';
	if (occurrence_of(b, s->r->c->country, s->tenant, &o) != 0)
		return "to: that is no address";
	if (!branch_sees_to(s->r, s->tenant, o.to))
		return "to: of another branch";
	int rc = events_take(s->r->c->events, &o, &t, &field, &err);

	if (rc != 0)
		return err.text[0] != '\0' ? err.text : "not now";
	*(t.repeated ? &s->repeated : &s->taken) += 1;
	return NULL;
}

/* One cell of a row; a sentence when it cannot be read. */
static const char *sheet_cell(struct occurrence_body *b, const char *name,
			      struct str cell)
{
	struct str *at = column_of(b, name);

	if (at != NULL)
		*at = cell;
	else if (cell.len > 0)
		json_object_set_new(b->data, name,
				    json_stringn(cell.p, cell.len));
	/* texts may say it, too */
	if (strcmp(name, "time") == 0 && cell.len > 0 &&
	    clock_parse_rfc3339(cell.p, cell.len, &b->time) != 0)
		return "time: must be a time like 2026-11-22T10:40:00Z";
	return NULL;
}

static void sheet_row(void *owner, unsigned line, const struct str *cells,
		      unsigned n)
{
	struct sheet *s = owner;
	struct occurrence_body b = { .data = json_object() };

	if (s->columns == 0) {
		s->columns = n;
		for (unsigned i = 0; i < n; i++)
			s->names[i] = str_z(str_trim(cells[i]));
		json_decref(b.data);
		return;
	}
	const char *why = NULL;

	for (unsigned i = 0; why == NULL && i < MIN(n, s->columns); i++)
		why = sheet_cell(&b, s->names[i], cells[i]);
	if (why == NULL)
		why = sheet_take(s, &b);
	if (why != NULL)
		sheet_bad(s, line, why);
	json_decref(b.data);
}

void api_events_csv(struct request *r)
{
	static const struct csv_events ev = { sheet_row, sheet_bad };
	struct sheet s = { .r = r };

	must(r != NULL);
	if (!request_tenant(r, &s.tenant))
		return;
	branch_kept(r); /* row by row */
	buf_init(&s.rows, BUF_NO_LIMIT);
	json_open(&s.rows, '[');
	struct csv *c = csv_new(CSV_ROW_MAX, &ev, &s);

	csv_feed(c, buf_str(&r->body));
	csv_end(c);
	csv_free(&c);
	json_close(&s.rows, ']');
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_ku(b, "taken", s.taken);
	json_ku(b, "repeated", s.repeated);
	json_ku(b, "failed", s.failed);
	json_key(b, "rows");
	json_raw(b, buf_str(&s.rows));
	json_close(b, '}');
	buf_done(&s.rows);
	for (unsigned i = 0; i < s.columns; i++)
		mem_free(s.names[i]);
	request_then(r, on_taken);
}

/* ---- lists ---------------------------------------------------------------- */

static void put_address(struct request *r, struct str tenant, struct str to)
{
	if (to.len == 0)
		return;
	json_key(&r->out, "to");
	who_address_json(&r->out, &r->who, tenant, to);
}

/* Does it look like somebody's number? */
static bool is_number(struct str s)
{
	size_t i = s.len > 0 && s.p[0] == '+';

	if (s.len < i + 7 || s.len > 20)
		return false;
	for (; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* For who sees texts but no whole numbers. */
static void put_masked(struct request *r, struct str tenant, json_t *data)
{
	const char *key;
	json_t *v;
	void *next;

	json_object_foreach_safe(data, next, key, v)
	{
		struct str text = str_of(json_string_value(v));
		AUTO(buf_done) struct buf masked = { 0 };

		if (!json_is_string(v) || !is_number(text))
			continue;
		buf_init(&masked, 256);
		who_address_put(&masked, &r->who, tenant, text);
		json_object_set_new(data, key, json_string(masked.p));
	}
	char *text = json_dumps(data, JSON_COMPACT);

	must(text != NULL);
	json_key(&r->out, "data");
	json_raw(&r->out, str_of(text));
	free(text);
}

/* What it says; for who may not read that, what a rule can ask for. */
static void put_data(struct request *r, struct str tenant, struct str text)
{
	struct buf *b = &r->out;
	json_t *data = json_loadb(text.p, text.len, 0, NULL), *v;
	const char *key;

	if (!request_may(r, PERM_MESSAGE_CONTENT)) {
		json_key(b, "fields");
		json_open(b, '[');
		json_object_foreach(data, key, v) json_s(b, str_of(key));
		json_close(b, ']');
	} else if (data != NULL && !request_may(r, PERM_CONTACT_FULL)) {
		put_masked(r, tenant, data);
	} else if (text.len > 0) { /* erased: nothing */
		json_key(b, "data");
		json_raw(b, text);
	}
	json_decref(data);
}

static bool show_event(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;
	uint64_t seq = (uint64_t)row_i(row, 0);
	bool decided = str_eqz(row_s(row, 8), taken_state_name(TAKEN_DECIDED));

	page_row(r, seq);
	page_row_of(r, row_s(row, 1), row_s(row, 4));
	json_open(b, '{');
	json_kid(b, "seq", seq);
	json_ks(b, "id", row_s(row, 2));
	json_ks(b, "type", row_s(row, 3));
	put_address(r, row_s(row, 1), row_s(row, 4));
	json_ks_opt(b, "account", row_s(row, 5));
	put_data(r, row_s(row, 1), row_s(row, 6));
	json_kt(b, "at", row_i(row, 7));
	json_ks(b, "state", row_s(row, 8));
	if (decided)
		json_kz(b, "decision", row_i(row, 12) != 0 ? "allow" : "deny");
	json_ks_opt(b, "reason", row_s(row, 9));
	json_ki(b, "messages", row_i(row, 10));
	if (row_i(row, 11) != 0)
		json_kid(b, "message", (uint64_t)row_i(row, 11));
	json_close(b, '}');
	return true;
}

static bool show_reminder(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;
	uint64_t id = (uint64_t)row_i(row, 0);

	page_row(r, id);
	page_row_of(r, row_s(row, 1), row_s(row, 6));
	json_open(b, '{');
	json_kid(b, "id", id);
	json_ks(b, "trigger", row_s(row, 2));
	json_ks(b, "event", row_s(row, 3));
	json_ks_opt(b, "account", row_s(row, 4));
	json_ks_opt(b, "cycle", row_s(row, 5));
	put_address(r, row_s(row, 1), row_s(row, 6));
	json_ks(b, "state", row_s(row, 8));
	json_ki(b, "channel", row_i(row, 9));
	json_ks_opt(b, "reason", row_s(row, 16));
	if (row_i(row, 10) != 0)
		json_kid(b, "message", (uint64_t)row_i(row, 10));
	json_kt_opt(b, "due", row_i(row, 11));
	json_kt_opt(b, "delivered", row_i(row, 12));
	json_ks_opt(b, "answer", row_s(row, 14));
	json_kt(b, "created", row_i(row, 13));
	json_close(b, '}');
	return true;
}

static struct cell text_or_any(struct str s)
{
	return s.len > 0 ? CELL_T(s) : CELL_N;
}

/* Both lists: of a tenant, by one word of the query, and by state. */
static void list_serve(struct request *r, const char *name,
		       enum store_call call, const char *word,
		       bool (*state_ok)(struct str state), store_row_fn show)
{
	struct cell cells[5];
	struct str tenant, state = request_query(r, "state");
	unsigned n = 0;

	if (!request_scope(r, &tenant))
		return;
	if (state.len > 0 && !state_ok(state)) {
		reply_error(r, 400, "bad_state", "state",
			    "there is no such state");
		return;
	}
	cells[n++] = text_or_any(tenant);
	if (word != NULL)
		cells[n++] = text_or_any(request_query(r, word));
	cells[n++] = text_or_any(state);
	const struct page_ask ask = { .name = name,
				      .usual = EVENTS_PAGE,
				      .most = EVENTS_PAGE_MAX,
				      .call = call,
				      .cells = cells,
				      .n = n + 2,
				      .cursor = n,
				      .limit = n + 1,
				      .any = true,
				      .show = show };

	cells[n] = cells[n + 1] = CELL_N;
	page_serve(r, &ask);
}

static bool is_reminder_state(struct str s)
{
	enum reminder_state state;

	return reminder_state_parse(s, &state) == 0;
}

void api_events_list(struct request *r)
{
	must(r != NULL);
	list_serve(r, "events", STORE_EVENT_LIST, "type", taken_state_known,
		   show_event);
}

void api_reminders_list(struct request *r)
{
	must(r != NULL);
	list_serve(r, "reminders", STORE_REMINDER_LIST, NULL, is_reminder_state,
		   show_reminder);
}

static void put_type(void *owner, const struct event_type *t)
{
	struct buf *b = owner;

	json_open(b, '{');
	json_ks(b, "type", t->type);
	json_ku(b, "seen", t->seen);
	json_ku(b, "without_rule", t->without_rule);
	json_kb(b, "known", t->known);
	json_kb(b, "rule", t->rule);
	json_close(b, '}');
}

/* Why a trigger will not do what it says. */
static void put_faults(void *owner, const struct trigger_view *v)
{
	struct request *r = owner;
	struct faults f = { 0 };

	triggers_faults(r->c->triggers, v->section, &f);
	for (size_t i = 0; i < f.len; i++) {
		json_open(&r->out, '{');
		json_kz(&r->out, "trigger", v->section->title);
		json_kz(&r->out, "fault", f.v[i]);
		json_close(&r->out, '}');
	}
	faults_done(&f);
}

void api_event_types(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	struct buf *b = reply_json(r);

	json_open(b, '{');
	json_key(b, "types");
	json_open(b, '[');
	events_types(r->c->events, put_type, b);
	json_close(b, ']');
	json_key(b, "faults");
	json_open(b, '[');
	triggers_each(r->c->triggers, tenant, put_faults, r);
	json_close(b, ']');
	json_close(b, '}');
	reply_send(r, 200);
}

/* The reminder of the path, if they may touch it. */
static bool reminder_asked(struct request *r, struct str *tenant, uint64_t *id)
{
	if (!request_tenant(r, tenant) || !param_id(r, 0, id))
		return false;
	const struct reminder *m = reminders_find(r->c->reminders, *id);

	return m == NULL || !str_eqz(*tenant, m->tenant) ||
	       branch_check_address(r, *tenant, str_of(m->to));
}

/* What was done to it, written down. */
static void reminder_answer(struct request *r, struct str tenant, uint64_t id,
			    const char *state, struct str why)
{
	AUTO(buf_done) struct buf action = { 0 };
	struct buf *b = reply_json(r);

	buf_init(&action, 64);
	buf_f(&action, "reminder.%s", state);
	json_open(b, '{');
	json_kid(b, "id", id);
	json_kz(b, "state", strcmp(state, "called") == 0 ? "done" : state);
	json_close(b, '}');
	request_audit(r, tenant, action.p, r->param[0], why);
	request_then(r, on_taken);
}

void api_reminder_called(struct request *r)
{
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!reminder_asked(r, &tenant, &id))
		return;
	int rc = reminders_called(r->c->reminders, tenant, id);

	if (rc != 0)
		reply_error(r, rc == -ENOENT ? 404 : 409,
			    rc == -ENOENT ? "not_found" : "no_task", NULL,
			    "nobody is asked to call for it");
	else
		reminder_answer(r, tenant, id, "called", STR_NONE);
}

struct reminder_cancel_body {
	struct str reason;
};

static const struct field cancel_rows[] = {
	{ "reason", FIELD_STR, offsetof(struct reminder_cancel_body, reason),
	  true, "Why it ends; it is written down." },
};
const struct fields reminder_cancel_fields = { "cancellation", cancel_rows,
					       ARRAY_LEN(cancel_rows) };

void api_reminder_cancel(struct request *r)
{
	struct reminder_cancel_body w = { STR_NONE };
	struct str tenant;
	uint64_t id;

	must(r != NULL);
	if (!request_fields(r, &w) || !reminder_asked(r, &tenant, &id))
		return;
	if (w.reason.len == 0 || w.reason.len > REASON_MAX) {
		reply_error(r, 400, "invalid", "reason",
			    "a reason has 1 to %d bytes", REASON_MAX);
		return;
	}
	int rc = reminders_end(r->c->reminders, tenant, id);

	if (rc != 0)
		reply_error(r, rc == -ENOENT ? 404 : 409,
			    rc == -ENOENT ? "not_found" : "ended", NULL,
			    "no reminder of that id is under way");
	else
		reminder_answer(r, tenant, id, "cancelled", w.reason);
}
