/* Cases in memory and in the store; their history and notices. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/due.h"
#include "base/log.h"
#include "base/mem.h"
#include "care/cases_impl.h"
#include "proto/json.h"

int case_no(struct case_no *no, int rc, const char *code, const char *field,
	    const char *fmt, ...)
{
	va_list args;

	must(no != NULL && rc < 0);
	no->code = code;
	no->field = field;
	va_start(args, fmt);
	vsnprintf(no->err.text, sizeof(no->err.text), fmt, args);
	va_end(args);
	return rc;
}

static uint64_t person_key(const struct care_case *x)
{
	return address_key(str_of(x->tenant), str_of(x->address));
}

struct care_case *case_newest(const struct cases *c, struct str tenant,
			      struct str address)
{
	must(c != NULL);
	return map_ptr(c->people, address_key(tenant, address));
}

static void count_open(struct cases *c, int n)
{
	c->open += (size_t)n;
	stat_set(c->s_open, (int64_t)c->open);
}

void case_index(struct cases *c, struct care_case *x)
{
	must(c != NULL && x != NULL);
	x->older = map_ptr(c->people, person_key(x));
	map_set_ptr(c->people, person_key(x), x);
	map_set_ptr(c->all, x->id, x);
	count_open(c, x->now.state != CASE_CLOSED);
}

void case_forget(struct cases *c, struct care_case *x)
{
	must(c != NULL && x != NULL);
	struct care_case *newest = map_ptr(c->people, person_key(x));

	if (newest == x && x->older == NULL) {
		IGNORE(map_del(c->people, person_key(x), NULL));
	} else if (newest == x) {
		map_set_ptr(c->people, person_key(x), x->older);
	} else {
		while (newest != NULL && newest->older != x)
			newest = newest->older;
		if (newest != NULL)
			newest->older = x->older;
	}
	IGNORE(map_del(c->all, x->id, NULL));
	heap_remove(&c->due, &x->due);
	count_open(c, -(x->now.state != CASE_CLOSED));
	case_free(&x);
}

/* The next alarm of the first reply, that of silence, or the end. */
static int64_t next_ms(const struct cases *c, const struct care_case *x)
{
	const struct case_now *n = &x->now;
	int64_t silent_ms = n->visible_ms + c->cfg->silence;

	if (n->state == CASE_CLOSED)
		return n->closed_ms + c->cfg->reopen;
	if (n->replied_ms != 0 || n->alarms >= CASE_ALARMS)
		return silent_ms;
	return MIN(silent_ms, sla_alarm_ms(c->slas, x, n->alarms));
}

void case_due(struct cases *c, struct care_case *x)
{
	int64_t at_ms = MAX(next_ms(c, x), 0);

	heap_put(&c->due, &x->due, (uint64_t)at_ms);
	if (heap_first(&c->due) == &x->due && c->timer != NULL && !c->stopped)
		due_arm(c->timer, &c->due, cases_now(c));
}

/* ---- a batch that was not stored -------------------------------------------------- */

static void back(void *room, void *object, const void *was)
{
	struct cases *c = room;
	struct care_case *x = object;
	const struct case_now *before = was;

	count_open(c, (before->state != CASE_CLOSED) -
			      (x->now.state != CASE_CLOSED));
	x->now = *before;
	case_due(c, x);
}

static void forget(void *room, void *object)
{
	case_forget(room, object);
}

static const struct unsaved_ops steps = {
	offsetof(struct care_case, unsaved),
	sizeof(struct case_now),
	back,
	forget,
	NULL,
};

/* ---- a step ---------------------------------------------------------------------- */

static void put_row(struct cases *c, const struct care_case *x)
{
	struct cell cells[CASE_CELLS];

	case_cells(x, cells);
	store_put(c->store, STORE_CASE_PUT, cells, ARRAY_LEN(cells));
}

static void put_history(struct cases *c, const struct care_case *x,
			const char *action, const struct case_by *by,
			struct str what)
{
	struct cell cells[] = { CELL_I(x->id),        CELL_I(x->now.version),
				CELL_I(cases_now(c)), CELL_T(by->actor),
				CELL_T(by->name),     CELL_Z(action),
				CELL_T(what) };

	store_put(c->store, STORE_CASE_EVENT_APPEND, cells, ARRAY_LEN(cells));
}

static void publish(struct cases *c, const struct care_case *x,
		    const char *type, struct str what)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "case", x->id);
	json_ku(&b, "version", x->now.version);
	json_kz(&b, "kind", case_kinds[x->kind].name);
	json_kz(&b, "state", case_state_name(x->now.state));
	json_kz(&b, "owner", x->now.owner);
	json_ks_opt(&b, "topic", str_of(x->topic));
	json_ks_opt(&b, "account", str_of(x->account));
	json_ks_opt(&b, "campaign", str_of(x->campaign));
	json_kz(&b, "source", x->source);
	json_kt(&b, "opened", x->opened_ms);
	json_kt(&b, "first_reply_due", x->now.due_ms);
	if (what.len > 2) { /* the members of an object, without its braces */
		buf_c(&b, ',');
		buf_str_put(&b, str_first(str_from(what, 1), what.len - 2));
	}
	json_close(&b, '}');
	gateway_publish(c->gateway, str_of(x->tenant), type, buf_str(&b));
}

void case_step(struct cases *c, struct care_case *x, const char *action,
	       const char *type, const struct case_by *by, struct str what,
	       const struct case_now *before)
{
	must(c != NULL && x != NULL && action != NULL && by != NULL);
	bool fresh = before->version == 0;

	if (!fresh)
		count_open(c, (x->now.state != CASE_CLOSED) -
				      (before->state != CASE_CLOSED));
	x->now.version++;
	x->now.answered |= x->now.replied_ms != 0;
	put_row(c, x);
	case_count(c, x, before);
	put_history(c, x, action, by, what);
	if (type != NULL)
		publish(c, x, type, what);
	case_due(c, x);
	unsaved_guard(c->store, &steps, c, c->all, x->id,
		      fresh ? NULL : before);
	log_info("case", KV_ID("id", x->id), KV_S("action", action),
		 KV_S("state", case_state_name(x->now.state)));
}

/* ---- somebody is erased ------------------------------------------------------------ */

/* What the store holds of them no more is in memory no longer. */
struct gone {
	struct cases *cases;
	uint64_t id;
};

static void on_erased(void *owner, int rc)
{
	struct gone *g = owner;
	struct care_case *x = rc != 0 ? NULL : map_ptr(g->cases->all, g->id);

	if (x != NULL)
		case_forget(g->cases, x);
	mem_free(g);
}

static void end_erased(struct cases *c, struct care_case *x,
		       const struct case_by *by)
{
	const struct case_now before = x->now;
	struct gone *g = mem_new(struct gone);

	if (x->now.state != CASE_CLOSED) {
		x->now.state = CASE_CLOSED;
		x->now.closed_ms = cases_now(c);
		case_step(c, x, "erase", "case.closed", by, STR_NONE, &before);
	}
	*g = (struct gone){ c, x->id };
	store_then(c->store, on_erased, g);
}

void cases_erase(struct cases *c, struct str tenant, struct str address,
		 const struct case_by *by)
{
	must(c != NULL && by != NULL);
	for (struct care_case *x = case_newest(c, tenant, address); x != NULL;
	     x = x->older) {
		if (str_eqz(tenant, x->tenant) && str_eqz(address, x->address))
			end_erased(c, x, by);
	}
}

/* ---- the start ---------------------------------------------------------------- */

struct recovery {
	struct cases *cases;
	size_t lost;
	bool bad;
};

static bool on_row(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	struct cases *c = r->cases;
	struct care_case *x = NULL;

	if (case_from_row(row, &x) != 0) {
		r->bad = true;
		return false;
	}
	id_source_seen(&c->ids, x->id);
	if (case_kinds[x->kind].harm)
		burst_before(c->burst, x->opened_ms, cases_now(c));
	if (x->address[0] == '\0') { /* erased: for nobody to open again */
		case_free(&x);
		return true;
	}
	/* an open one is never left out: its clock must run on */
	if (x->now.state == CASE_CLOSED &&
	    map_len(c->all) >= (size_t)c->cfg->max) {
		case_free(&x);
		r->lost++;
		return true;
	}
	case_index(c, x);
	case_due(c, x);
	return true;
}

int cases_recover(struct cases *c, struct err *err)
{
	struct recovery r = { .cases = c };
	struct cell open = CELL_I(0);
	struct cell since = CELL_I(MAX(cases_now(c) - c->cfg->reopen, 1));
	int rc = c->store->ops->scan(c->store, STORE_CASE_OPEN_SCAN, &open, 1,
				     on_row, &r);

	if (rc == 0)
		rc = c->store->ops->scan(c->store, STORE_CASE_SCAN, &since, 1,
					 on_row, &r);
	if (rc != 0 || r.bad)
		return err_set(err, -EIO, "cases cannot be read");
	if (r.lost > 0)
		log_warn("cases.not_loaded", KV_U("cases", r.lost));
	return 0;
}
