/* Pages: who is reached, who has it, who is next. */
#include "care/oncall.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/stats.h"
#include "care/oncall_text.h"
#include "care/wake.h"
#include "care/work_hours.h"
#include "model/address.h"
#include "model/unsaved.h"
#include "proto/json.h"

#define NAME_MAX_BYTES 64
#define TICK_PAGES 200

struct page_now {
	enum page_state state;
	unsigned place; /* in the roster, counted over its rounds */
	char address[ADDRESS_MAX];
	uint64_t message;
	int64_t due_ms, acked_ms;
};

struct page {
	uint64_t id;
	char tenant[TENANT_MAX + 1], name[NAME_MAX_BYTES + 1];
	char *event, *text; /* the event's id; what is said */
	char *branch;       /* as oncall_branch says it */
	int64_t created_ms;
	const struct oncall_cfg *cfg; /* NULL: no such section any more */
	struct page_now now;
	struct heap_node due;
	struct unsaved unsaved;
};

struct oncall {
	struct oncall_env env;
	struct id_source ids;
	struct map *all; /* id -> open page */
	struct heap due;
	struct work_hours hours; /* zone NULL: none are set */
	struct loop_timer *timer;
	bool stopped;
	struct stat *s_pages, *s_nobody;
};

static int64_t now_of(const struct oncall *o)
{
	return clock_wall_ms(o->env.clock);
}

static void page_free(struct page **xp)
{
	struct page *x = TAKE(*xp);

	if (x == NULL)
		return;
	mem_free(x->event);
	mem_free(x->text);
	mem_free(x->branch);
	unsaved_done(&x->unsaved);
	mem_free(x);
}

/* ---- memory and store -------------------------------------------------------------- */

static void forget(void *room, void *object)
{
	struct oncall *o = room;
	struct page *x = object;

	IGNORE(map_del(o->all, x->id, NULL));
	heap_remove(&o->due, &x->due);
	page_free(&x);
}

static void set_due(struct oncall *o, struct page *x)
{
	if (x->now.state != PAGE_PAGED) {
		heap_remove(&o->due, &x->due);
		return;
	}
	heap_put(&o->due, &x->due, (uint64_t)x->now.due_ms);
	if (heap_first(&o->due) == &x->due && !o->stopped)
		wake_set(o->timer, &o->due, now_of(o));
}

static void back(void *room, void *object, const void *was)
{
	struct page *x = object;

	x->now = *(const struct page_now *)was;
	set_due(room, x);
}

static bool is_over(const void *object)
{
	const struct page *x = object;

	return x->now.state != PAGE_PAGED;
}

static const struct unsaved_ops steps = {
	offsetof(struct page, unsaved),
	sizeof(struct page_now),
	back,
	forget,
	is_over,
};

/* before NULL: it is new. */
static void keep(struct oncall *o, struct page *x,
		 const struct page_now *before)
{
	const struct page_now *n = &x->now;
	struct cell cells[] = { CELL_I(x->id),
				CELL_Z(x->tenant),
				CELL_Z(n->address),
				CELL_Z(x->name),
				CELL_Z(x->event),
				CELL_Z(x->text),
				CELL_I(n->place),
				CELL_I(n->message),
				CELL_Z(page_state_name(n->state)),
				CELL_I(n->due_ms),
				CELL_I(x->created_ms),
				CELL_I(n->acked_ms),
				x->branch == NULL ? CELL_N
						  : CELL_Z(x->branch) };

	store_put(o->env.store, STORE_ONCALL_PUT, cells, ARRAY_LEN(cells));
	set_due(o, x);
	unsaved_guard(o->env.store, &steps, o, o->all, x->id, before);
}

/* ---- one after the other ------------------------------------------------------------ */

static void tell(struct oncall *o, const struct page *x, const char *type)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "page", x->id);
	json_kz(&b, "oncall", x->name);
	json_kz(&b, "event", x->event);
	json_ku(&b, "place", x->now.place + 1);
	json_kt(&b, "since", x->created_ms);
	json_close(&b, '}');
	gateway_publish(o->env.gateway, str_of(x->tenant), type, buf_str(&b));
}

static bool reach(struct oncall *o, struct page *x)
{
	char key[64];
	struct submission s = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->now.address),
		.text = str_of(x->text),
		.class_name = str_of(x->cfg->class_name),
		.priority = -1,
	};
	struct submitted out;

	(void)snprintf(key, sizeof(key), "oncall:%llx:%u",
		       (unsigned long long)x->id, x->now.place);
	s.idempotency_key = str_of(key);
	gateway_submit(o->env.gateway, &s, &out);
	x->now.message = out.id;
	if (out.rc == 0 && out.decision.verdict != VERDICT_DENY)
		return true;
	log_warn("oncall.not_sent", KV_ID("page", x->id),
		 KV_S("why", out.rc != 0 ? out.err.text : "denied"));
	return false;
}

/* From `place` on, whoever can be written to; an alarm if nobody is left. */
static void page_from(struct oncall *o, struct page *x, unsigned place)
{
	const struct setting_list *l = x->cfg == NULL ? NULL : &x->cfg->roster;
	unsigned last =
		l == NULL ? 0 : (unsigned)(l->len * (size_t)x->cfg->rounds);

	for (; place < last; place++) {
		x->now.place = place;
		must(str_copy(x->now.address, sizeof(x->now.address),
			      str_of(l->v[place % l->len])) == 0);
		if (!reach(o, x))
			continue;
		x->now.due_ms = now_of(o) + x->cfg->ack_within;
		stat_add(o->s_pages, 1);
		tell(o, x, "oncall.paged");
		return;
	}
	x->now.state = PAGE_NOBODY;
	x->now.due_ms = 0;
	stat_add(o->s_nobody, 1);
	log_error("oncall.nobody", KV_ID("page", x->id),
		  KV_S("oncall", x->name));
	tell(o, x, "oncall.nobody");
}

static void next(struct oncall *o, struct page *x)
{
	const struct page_now before = x->now;

	page_from(o, x, x->now.place + 1);
	keep(o, x, &before);
}

static void acked(struct oncall *o, struct page *x)
{
	const struct page_now before = x->now;

	x->now.state = PAGE_ACKED;
	x->now.due_ms = 0;
	x->now.acked_ms = now_of(o);
	tell(o, x, "oncall.acked");
	keep(o, x, &before);
}

/* ---- something happened --------------------------------------------------------------- */

/* Whose it is, as oncall_branch says it; the caller frees it. */
static char *branch_of(const struct oncall *o, const struct occurrence *e)
{
	struct str branch;

	if (e->to.len == 0 && e->account.len == 0)
		return str_z(STR_NONE);
	if (!gateway_branch(o->env.gateway, e->tenant, e->to, &branch) ||
	    branch.len == 0)
		return NULL;
	return str_z(branch);
}

static void page(struct oncall *o, const struct section *sec,
		 const struct occurrence *e, const char *branch)
{
	struct page *x = mem_new(struct page);
	int64_t now_ms = now_of(o);

	heap_node_init(&x->due);
	x->id = id_next(&o->ids, now_ms);
	x->cfg = sec->value;
	must(str_copy(x->tenant, sizeof(x->tenant), e->tenant) == 0);
	IGNORE(str_copy(x->name, sizeof(x->name),
			str_first(str_of(sec->title), NAME_MAX_BYTES)));
	x->event = str_z(e->id);
	x->text = oncall_text(x->cfg, e);
	x->branch = branch == NULL ? NULL : str_z(str_of(branch));
	x->created_ms = now_ms;
	map_set_ptr(o->all, x->id, x);
	page_from(o, x, 0);
	keep(o, x, NULL);
}

/* More alerts are open than there may be: this one is told of, not dropped. */
static void none_left(struct oncall *o, const struct section *sec,
		      const struct occurrence *e)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kz(&b, "oncall", sec->title);
	json_ks(&b, "event", e->id);
	json_kz(&b, "reason", "full");
	json_close(&b, '}');
	log_error("oncall.nobody", KV_S("oncall", sec->title),
		  KV_STR("event", e->id), KV_S("why", "full"));
	gateway_publish(o->env.gateway, e->tenant, "oncall.nobody",
			buf_str(&b));
}

static bool is_for(const struct oncall_cfg *cfg, const struct occurrence *e,
		   const char *branch)
{
	return str_eqz(e->type, cfg->event) &&
	       (cfg->tenant[0] == '\0' || str_eqz(e->tenant, cfg->tenant)) &&
	       (cfg->branch[0] == '\0' ||
		(branch != NULL && strcmp(branch, cfg->branch) == 0));
}

bool oncall_happened(struct oncall *o, const struct occurrence *e)
{
	must(o != NULL && e != NULL);
	const struct section *sec;
	bool paged = false, at_work;
	size_t at = 0;

	if (o->stopped)
		return false;
	at_work =
		o->hours.zone != NULL && work_hours_open(&o->hours, now_of(o));
	char *branch = branch_of(o, e);

	while ((sec = settings_next(o->env.settings, "oncall", &at)) != NULL) {
		const struct oncall_cfg *cfg = sec->value;

		if (!is_for(cfg, e, branch) || (at_work && !cfg->always))
			continue;
		if (map_len(o->all) >= (size_t)cfg->max)
			none_left(o, sec, e);
		else
			page(o, sec, e, branch);
		paged = true;
	}
	mem_free(branch);
	return paged;
}

/* NULL: it is not open, or another tenant's. */
static struct page *open_one(const struct oncall *o, struct str tenant,
			     uint64_t id)
{
	struct page *x = map_ptr(o->all, id);

	if (x == NULL || x->now.state != PAGE_PAGED ||
	    (tenant.len > 0 && !str_eqz(tenant, x->tenant)))
		return NULL;
	return x;
}

int oncall_branch(const struct oncall *o, struct str tenant, uint64_t id,
		  const char **branch)
{
	must(o != NULL && branch != NULL);
	const struct page *x = open_one(o, tenant, id);

	if (x == NULL)
		return -ENOENT;
	*branch = x->branch;
	return 0;
}

int oncall_ack(struct oncall *o, struct str tenant, uint64_t id)
{
	must(o != NULL);
	struct page *x = open_one(o, tenant, id);

	if (x == NULL)
		return -ENOENT;
	acked(o, x);
	return 0;
}

void oncall_erase(struct oncall *o, struct str tenant, struct str address)
{
	must(o != NULL);
	uint64_t id, value;
	size_t pos = 0;

	while (map_next(o->all, &pos, &id, &value)) {
		struct page *x = (struct page *)(uintptr_t)value;
		const struct page_now before = x->now;

		if (x->now.state != PAGE_PAGED || !str_eqz(tenant, x->tenant) ||
		    !str_eqz(address, x->now.address))
			continue;
		x->now.address[0] = '\0';
		x->now.due_ms = now_of(o);
		keep(o, x, &before);
	}
}

void oncall_step(struct oncall *o, uint64_t message, const struct event *e)
{
	must(o != NULL && e != NULL);
	uint64_t id, value;
	size_t pos = 0;

	if (e->state != MESSAGE_UNDELIVERED && e->state != MESSAGE_EXPIRED &&
	    e->state != MESSAGE_REJECTED && e->state != MESSAGE_FAILED)
		return;
	while (map_next(o->all, &pos, &id, &value)) {
		struct page *x = (struct page *)(uintptr_t)value;

		/* they do not get it: nobody waits for them */
		if (x->now.message != message || x->now.state != PAGE_PAGED)
			continue;
		next(o, x);
		return;
	}
}

void oncall_tick(struct oncall *o)
{
	must(o != NULL);
	int64_t now_ms = now_of(o);
	struct heap_node *n;
	unsigned done = 0;

	while (!o->stopped && done++ < TICK_PAGES &&
	       o->env.store->ops->ready(o->env.store) == 0 &&
	       (n = heap_first(&o->due)) != NULL && (int64_t)n->key <= now_ms)
		next(o, CONTAINER_OF(n, struct page, due));
	wake_set(o->timer, &o->due, now_ms);
}

/* ---- what they write ------------------------------------------------------------------- */

static bool was_paged(const struct page *x, struct str address)
{
	const struct setting_list *l = x->cfg == NULL ? NULL : &x->cfg->roster;

	if (x->now.state != PAGE_PAGED)
		return false;
	for (unsigned i = 0; l != NULL && i <= x->now.place && i < l->len; i++)
		if (str_eqz(address, l->v[i]))
			return true;
	return str_eqz(address, x->now.address);
}

/* The newest that this person was paged for. */
static struct page *page_of(const struct oncall *o, struct str address)
{
	struct page *found = NULL;
	uint64_t id, value;
	size_t pos = 0;

	while (map_next(o->all, &pos, &id, &value)) {
		struct page *x = (struct page *)(uintptr_t)value;

		if (was_paged(x, address) &&
		    (found == NULL || x->id > found->id))
			found = x;
	}
	return found;
}

/* Who answers knows that it was heard, and is not asked for nothing. */
static void say_taken(struct oncall *o, const struct page *x,
		      const struct inbound *in)
{
	char key[64];
	struct submission s = {
		.tenant = str_of(x->tenant),
		.to = in->from,
		.text = str_of(x->cfg->taken),
		.class_name = str_of(x->cfg->class_name),
		.priority = -1,
		.flags = MESSAGE_FLAG_REPLY,
	};
	struct submitted out;

	if (s.text.len == 0)
		return;
	(void)snprintf(key, sizeof(key), "oncall:%llx:taken",
		       (unsigned long long)x->id);
	s.idempotency_key = str_of(key);
	gateway_submit(o->env.gateway, &s, &out);
	if (out.rc != 0)
		log_warn("oncall.not_said", KV_ID("page", x->id),
			 KV_S("why", out.err.text));
}

static const char *claim(void *owner, const struct inbound *in)
{
	struct oncall *o = owner;
	struct page *x = o->stopped ? NULL : page_of(o, in->from);

	if (x == NULL || x->cfg == NULL || !oncall_word(x->cfg, in->text))
		return NULL;
	acked(o, x);
	say_taken(o, x, in);
	return CLAIM_ONCALL;
}

/* "Ok" is no opt-in where somebody was paged. */
static bool awaits(void *owner, const struct inbound *in)
{
	return page_of(owner, in->from) != NULL;
}

const struct claimant_ops oncall_claimant = { claim, awaits, NULL, NULL };

/* ---- open and close ------------------------------------------------------------------ */

struct recovery {
	struct oncall *oncall;
	bool bad;
};

static bool on_row(void *owner, const struct row *row)
{
	struct recovery *v = owner;
	struct oncall *o = v->oncall;
	struct page *x = mem_new(struct page);
	const struct section *sec;

	heap_node_init(&x->due);
	x->id = (uint64_t)row_i(row, 0);
	id_source_seen(&o->ids, x->id);
	v->bad = str_copy(x->tenant, sizeof(x->tenant), row_s(row, 1)) != 0 ||
		 str_copy(x->now.address, sizeof(x->now.address),
			  row_s(row, 2)) != 0 ||
		 str_copy(x->name, sizeof(x->name), row_s(row, 3)) != 0 ||
		 page_state_parse(row_s(row, 8), &x->now.state) != 0;
	x->event = str_z(row_s(row, 4));
	x->text = str_z(row_s(row, 5));
	if (row->v[12].type != CELL_NULL)
		x->branch = str_z(row_s(row, 12));
	x->now.place = (unsigned)row_i(row, 6);
	x->now.message = (uint64_t)row_i(row, 7);
	x->now.due_ms = row_i(row, 9);
	x->created_ms = row_i(row, 10);
	if (v->bad || x->now.state != PAGE_PAGED) {
		page_free(&x);
		return !v->bad;
	}
	sec = settings_find(o->env.settings, "oncall", x->name);
	x->cfg = sec == NULL ? NULL : sec->value;
	map_set_ptr(o->all, x->id, x);
	set_due(o, x);
	return true;
}

static void on_timer(void *owner)
{
	oncall_tick(owner);
}

int oncall_open(struct oncall **out, const struct oncall_env *env,
		struct err *err)
{
	must(out != NULL && env != NULL && env->settings != NULL);
	AUTO(oncall_close) struct oncall *o = mem_new(struct oncall);
	const struct section *sec =
		settings_find(env->settings, "work_hours", NULL);
	struct recovery v = { o, false };

	o->env = *env;
	o->all = map_new();
	heap_init(&o->due);
	id_source_init(&o->ids, env->node);
	o->s_pages = stats_get(STAT_COUNTER, "oncall_pages_total",
			       "Messages to who is on call.", NULL);
	o->s_nobody = stats_get(STAT_COUNTER, "oncall_nobody_total",
				"Alerts that nobody took.", NULL);
	if (sec != NULL) /* work_hours_check has found no fault */
		must(work_hours_read(&o->hours, sec->value, err) == 0);
	int rc = env->store->ops->scan(env->store, STORE_ONCALL_SCAN, NULL, 0,
				       on_row, &v);

	if (rc != 0 || v.bad)
		return err_set(err, -EIO, "who was paged cannot be read");
	o->timer = loop_timer_new(env->loop, on_timer, o);
	loop_timer_set(o->timer, 10);
	*out = TAKE(o);
	return 0;
}

void oncall_stop(struct oncall *o)
{
	if (o == NULL)
		return;
	o->stopped = true;
	loop_timer_free(&o->timer);
}

void oncall_close(struct oncall **op)
{
	struct oncall *o = TAKE(*op);
	uint64_t id, value;
	size_t pos = 0;

	if (o == NULL)
		return;
	oncall_stop(o);
	heap_done(&o->due); /* looks at what is in it */
	while (map_next(o->all, &pos, &id, &value)) {
		struct page *x = (struct page *)(uintptr_t)value;

		page_free(&x);
	}
	map_free(&o->all);
	mem_free(o);
}
