/* GET /v1/screen-pop/{address}: what an agent is shown of who rings. Who it is,
 * what they asked for and still wait for, and whether we are late with it. */
#include "console/api.h"

#include <string.h>

#include "base/mem.h"
#include "care/case.h"
#include "console/branch.h"
#include "console/persons.h"
#include "console/related.h"

#define POP_CASES 20
#define POP_CALLBACKS 10
#define POP_EVENTS 100

struct pop {
	char tenant[TENANT_MAX + 1];
	char address[ADDRESS_MAX];
	int64_t now_ms;
	bool texts;                   /* may the data of events be seen? */
	uint64_t late;                /* cases and claims past their time */
	uint64_t matters[POP_EVENTS]; /* hashes: what events were about */
	size_t nmatters;
};

/* ---- each part: its rows, on the reader's thread -------------------------------------- */

/* Nobody has replied, and somebody should have. */
static bool case_is_late(const struct row *row, int64_t now_ms)
{
	return row_i(row, CASE_CLOSED_MS) == 0 &&
	       row_i(row, CASE_REPLIED_MS) == 0 &&
	       row_i(row, CASE_DUE_MS) < now_ms;
}

static bool show_case(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct pop *p = r->own;
	struct buf *b = &r->out;
	bool late = case_is_late(row, p->now_ms);

	p->late += late;
	json_open(b, '{');
	json_kid(b, "id", (uint64_t)row_i(row, CASE_ID));
	json_ks(b, "kind", row_s(row, CASE_KIND));
	json_ks(b, "state", row_s(row, CASE_STATE));
	json_ks(b, "owner", row_s(row, CASE_OWNER));
	json_ks_opt(b, "topic", row_s(row, CASE_TOPIC));
	json_kt(b, "opened", row_i(row, CASE_OPENED_MS));
	json_kt(b, "first_reply_due", row_i(row, CASE_DUE_MS));
	json_kt_opt(b, "first_reply", row_i(row, CASE_REPLIED_MS));
	json_kt_opt(b, "closed", row_i(row, CASE_CLOSED_MS));
	json_kb(b, "overdue", late);
	json_close(b, '}');
	return true;
}

static bool show_callback(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct buf *b = &r->out;

	json_open(b, '{');
	json_kid(b, "id", (uint64_t)row_i(row, 0));
	json_ks(b, "queue", row_s(row, 3));
	json_ks(b, "source", row_s(row, 5));
	json_ks(b, "state", row_s(row, 11));
	json_ki(b, "tries", row_i(row, 14));
	json_kt(b, "created", row_i(row, 21));
	json_close(b, '}');
	return true;
}

/* Has the event a `due` that is past, while its `state` is no end? */
static bool event_is_late(struct str data, int64_t now_ms)
{
	json_t *o = json_loadb(data.p, data.len, 0, NULL);
	const json_t *due = json_object_get(o, "due");
	const char *state = json_string_value(json_object_get(o, "state"));
	int64_t at = 0;
	bool late = json_is_string(due) &&
		    clock_parse_rfc3339(json_string_value(due),
					json_string_length(due), &at) == 0 &&
		    at < now_ms;

	if (state != NULL &&
	    (strcmp(state, "closed") == 0 || strcmp(state, "done") == 0))
		late = false;
	json_decref(o);
	return late;
}

/* They come newest first: is this the newest word on its matter? */
static bool is_newest(struct pop *p, struct str type, struct str account)
{
	uint64_t matter = str_hash(type) * 31 + str_hash(account);

	for (size_t i = 0; i < p->nmatters; i++) {
		if (p->matters[i] == matter)
			return false;
	}
	p->matters[p->nmatters++] = matter;
	return true;
}

static bool show_event(void *owner, const struct row *row)
{
	struct request *r = owner;
	struct pop *p = r->own;
	struct buf *b = &r->out;
	bool late = is_newest(p, row_s(row, 1), row_s(row, 2)) &&
		    event_is_late(row_s(row, 3), p->now_ms);

	p->late += late;
	json_open(b, '{');
	json_ks(b, "type", row_s(row, 1));
	json_ks_opt(b, "account", row_s(row, 2));
	json_kt(b, "at", row_i(row, 4));
	json_kb(b, "overdue", late);
	if (p->texts) {
		json_key(b, "data");
		json_raw(b, row_s(row, 3));
	}
	json_close(b, '}');
	return true;
}

/* ---- one after the other --------------------------------------------------------------- */

/* The list that was being read ends; false: it failed, answered. */
static bool list_ends(struct request *r, int rc)
{
	if (rc != 0) {
		reply_rc(r, rc);
		return false;
	}
	json_close(&r->out, ']');
	return true;
}

static void list_begins(struct request *r, const char *name)
{
	json_key(&r->out, name);
	json_open(&r->out, '[');
}

static void on_events(struct request *r, int rc)
{
	const struct pop *p = r->own;

	if (!list_ends(r, rc))
		return;
	json_ku(&r->out, "late", p->late);
	json_kb(&r->out, "overdue", p->late > 0);
	json_close(&r->out, '}');
	related_answer(r);
}

static void on_callbacks(struct request *r, int rc)
{
	const struct pop *p = r->own;

	if (!list_ends(r, rc))
		return;
	struct cell cells[] = { CELL_Z(p->tenant), CELL_Z(p->address),
				CELL_I(POP_EVENTS) };

	list_begins(r, "events");
	request_read(r, STORE_EVENT_OF, cells, ARRAY_LEN(cells), show_event,
		     on_events);
}

static void on_cases(struct request *r, int rc)
{
	const struct pop *p = r->own;

	if (!list_ends(r, rc))
		return;
	struct cell cells[] = { CELL_Z(p->tenant), CELL_N, CELL_Z(p->address),
				CELL_N, CELL_I(POP_CALLBACKS) };

	list_begins(r, "callbacks");
	request_read(r, STORE_CALLBACK_LIST, cells, ARRAY_LEN(cells),
		     show_callback, on_callbacks);
}

/* Who it is; a number that nobody has is shown without a contact. */
static void on_person(struct request *r, int rc)
{
	struct persons *ps = r->own;
	struct pop *p;

	if (rc != 0) {
		reply_rc(r, rc);
		return;
	}
	json_open(reply_json(r), '{');
	json_key(&r->out, "contact");
	if (ps->n > 0)
		person_json(&r->out, ps->v[0], &r->who);
	else
		json_raw(&r->out, STR("null"));
	p = mem_new(struct pop);
	must(str_copy(p->tenant, sizeof(p->tenant), str_of(ps->tenant_text)) ==
	     0);
	must(request_address(r, r->param[0], "address", p->address));
	p->now_ms = clock_wall_ms(r->c->clock);
	p->texts = request_may(r, PERM_MESSAGE_CONTENT);
	persons_free(ps);
	r->own = p;
	r->own_free = mem_free;
	struct cell cells[] = { CELL_Z(p->tenant),  CELL_N, CELL_N, CELL_N,
				CELL_Z(p->address), CELL_N, CELL_N, CELL_N,
				CELL_I(POP_CASES) };

	list_begins(r, "cases");
	request_read(r, STORE_CASE_LIST, cells, ARRAY_LEN(cells), show_case,
		     on_cases);
}

void api_screen_pop(struct request *r)
{
	char address[ADDRESS_MAX];
	struct str tenant;

	must(r != NULL);
	if (!request_tenant(r, &tenant) ||
	    !request_address(r, r->param[0], "address", address) ||
	    !branch_check_address(r, tenant, str_of(address)))
		return;
	related_audit(r, tenant, "screen_pop.read", str_of(address),
		      related_work(r, tenant, str_of(address)));
	persons_read(r, STORE_PERSON_BY_ADDRESS, tenant, CELL_Z(address), 1,
		     on_person);
}
