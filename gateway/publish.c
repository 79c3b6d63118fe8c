/* Queues of owed notices, one an endpoint: ready, in flight, waiting. */
#include "gateway/publish.h"

#include <errno.h>
#include <string.h>

#include "base/heap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "proto/json.h"

#define ENDPOINTS_MAX 1024
/* Spilled notices read back at once. */
#define RELOAD_ROWS 1000

/* Waits before the second, third ... try; after the last it is given up. */
static const int64_t schedule_ms[] = {
	5000,     300000,   1800000,  7200000,  18000000,
	36000000, 50400000, 72000000, 86400000,
};

/* One owed notice. Its bytes are dropped while its endpoint owes too many:
 * then the store has them, and `spilled` of the endpoint counts it. */
struct owed {
	struct list node;      /* ready */
	struct heap_node wait; /* waiting */
	struct endpoint *endpoint;
	uint64_t id;
	unsigned tries;
	bool durable; /* its commit has come */
	bool flying;
	uint32_t len;
	char bytes[]; /* notice_encode form */
};

struct endpoint {
	struct publish *publish;
	struct publish_endpoint_cfg cfg;
	char *name, *tenant;
	char **events;
	struct list ready;
	struct heap waiting;
	unsigned window, flying;
	size_t owed;
	struct reload *reload; /* spilled notices are being read back */
	uint64_t spilled_from; /* first id that is only in the store; 0: none */
	uint64_t spilled_late; /* the same, of those since the read began */
	struct stat *done, *failed, *dropped;
};

/* Reading spilled notices back, on the reader's thread: only into this. */
struct reload {
	struct endpoint *endpoint; /* NULL: it is gone meanwhile */
	struct buf found;          /* id u64, counted bytes, ... */
	unsigned n;
};

struct publish {
	struct core *core;
	struct endpoint *v[ENDPOINTS_MAX];
	unsigned len;
	struct map *flying; /* attempt -> struct owed * */
	uint64_t attempt;
	struct loop_timer *timer;
	bool recovered;    /* what the store owed has been handed out */
	struct list fresh; /* owed, not yet durable: of this batch */
	void (*watch)(void *, struct str, struct str, struct str);
	void *watcher;
};

static void publish_wake(void *owner)
{
	publish_turn(owner);
}

struct publish *publish_new(struct core *core)
{
	struct publish *p = mem_new(struct publish);

	must(core != NULL);
	p->core = core;
	p->flying = map_new();
	list_init(&p->fresh);
	p->timer = loop_timer_new(core->loop, publish_wake, p);
	return p;
}

static void owed_free(struct owed *o)
{
	list_remove(&o->node);
	heap_remove(&o->endpoint->waiting, &o->wait);
	o->endpoint->owed--;
	mem_free(o);
}

static void endpoint_forget(struct endpoint *e)
{
	for (size_t i = 0; i < e->cfg.nevents; i++)
		mem_free(e->events[i]);
	mem_free(e->events);
	mem_free(e->tenant);
}

static void endpoint_learn(struct endpoint *e,
			   const struct publish_endpoint_cfg *c)
{
	e->cfg = *c;
	e->tenant = str_dup(c->tenant);
	e->events = mem_array(c->nevents, sizeof(*e->events));
	for (size_t i = 0; i < c->nevents; i++)
		e->events[i] = str_dup(c->events[i]);
}

static void endpoint_free(struct endpoint *e)
{
	struct heap_node *n;

	if (e->reload != NULL)
		e->reload->endpoint = NULL;
	LIST_EACH_SAFE (it, &e->ready)
		owed_free(LIST_ITEM(it, struct owed, node));
	while ((n = heap_first(&e->waiting)) != NULL)
		owed_free(CONTAINER_OF(n, struct owed, wait));
	heap_done(&e->waiting);
	endpoint_forget(e);
	mem_free(e->name);
	mem_free(e);
}

void publish_free(struct publish **pp)
{
	struct publish *p = *pp;
	uint64_t attempt, value;
	size_t pos = 0;

	if (p == NULL)
		return;
	while (map_next(p->flying, &pos, &attempt, &value))
		owed_free((struct owed *)(uintptr_t)value);
	LIST_EACH_SAFE (it, &p->fresh)
		owed_free(LIST_ITEM(it, struct owed, node));
	for (unsigned i = 0; i < p->len; i++)
		endpoint_free(p->v[i]);
	map_free(&p->flying);
	loop_timer_free(&p->timer);
	mem_free(p);
	*pp = NULL;
}

static struct stat *endpoint_stat(const char *name, const char *stat,
				  const char *help)
{
	struct buf label = { 0 };
	struct stat *s;

	buf_init(&label, 256);
	buf_f(&label, "endpoint=\"%s\"", name);
	s = stats_get(STAT_COUNTER, stat, help, label.p);
	buf_done(&label);
	return s;
}

int publish_endpoint(struct publish *p, const struct publish_endpoint_cfg *c)
{
	struct endpoint *e;

	must(p != NULL && c != NULL && c->notify != NULL);
	if (p->len == ENDPOINTS_MAX)
		return -ENOSPC;
	e = mem_new(struct endpoint);
	e->publish = p;
	e->name = str_dup(c->name);
	endpoint_learn(e, c);
	list_init(&e->ready);
	heap_init(&e->waiting);
	e->done = endpoint_stat(e->name, "notices_delivered_total",
				"Notices the endpoint took.");
	e->failed = endpoint_stat(e->name, "notices_failed_total",
				  "Tries the endpoint did not take.");
	e->dropped = endpoint_stat(e->name, "notices_dropped_total",
				   "Notices given up after the last try.");
	/* one that comes late reads what it is owed from the store */
	if (p->recovered)
		e->spilled_from = 1;
	p->v[p->len] = e;
	return (int)p->len++;
}

void publish_change(struct publish *p, int endpoint,
		    const struct publish_endpoint_cfg *c)
{
	must(p != NULL && endpoint >= 0 && (unsigned)endpoint < p->len);
	endpoint_forget(p->v[endpoint]);
	endpoint_learn(p->v[endpoint], c);
}

/* "message.*" takes all that begins with "message."; "*" takes all. */
static bool pattern_takes(const char *pattern, const char *type)
{
	size_t n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '*')
		return strncmp(pattern, type, n - 1) == 0;
	return strcmp(pattern, type) == 0;
}

static bool endpoint_takes(const struct endpoint *e, struct str tenant,
			   const char *type, struct str origin)
{
	if (e->cfg.own_only && !str_eqz(origin, e->name))
		return false;
	if (e->tenant[0] != '\0' && !str_eqz(tenant, e->tenant))
		return false;
	for (size_t i = 0; i < e->cfg.nevents; i++) {
		if (pattern_takes(e->events[i], type))
			return true;
	}
	return false;
}

bool publish_wanted(const struct publish *p, struct str tenant,
		    const char *type, struct str origin)
{
	must(p != NULL);
	if (p->watch != NULL)
		return true;
	for (unsigned i = 0; i < p->len; i++) {
		if (endpoint_takes(p->v[i], tenant, type, origin))
			return true;
	}
	return false;
}

static struct owed *owed_new(struct endpoint *e, const struct notice *n)
{
	struct buf b = { 0 };
	struct owed *o;

	buf_init(&b, BUF_NO_LIMIT);
	notice_encode(n, &b);
	o = mem_alloc(sizeof(*o) + b.len);
	*o = (struct owed){ .endpoint = e,
			    .id = n->id,
			    .tries = n->tries,
			    .len = (uint32_t)b.len };
	memcpy(o->bytes, b.p, b.len);
	list_init(&o->node);
	heap_node_init(&o->wait);
	e->owed++;
	buf_done(&b);
	return o;
}

/* The batch is durable: what it owes may go. */
static void on_commit(void *owner, int rc)
{
	struct publish *p = owner;

	LIST_EACH_SAFE (it, &p->fresh) {
		struct owed *o = LIST_ITEM(it, struct owed, node);

		list_remove(it);
		if (rc != 0)
			owed_free(o);
		else
			list_append(&o->endpoint->ready, it);
	}
	publish_turn(p);
}

/* Past the limit only the store keeps a notice; so with all after it, until
 * they have been read back: order is kept and none is taken twice. */
static bool endpoint_spills(struct endpoint *e, uint64_t id)
{
	size_t max = (size_t)e->publish->core->cfg->notices_max;

	if (e->owed <= max && e->spilled_from == 0)
		return false;
	if (e->spilled_from == 0)
		e->spilled_from = id;
	if (e->reload != NULL && e->spilled_late == 0)
		e->spilled_late = id;
	return true;
}

static void owe(struct endpoint *e, const char *type, struct str tenant,
		struct str data)
{
	struct core *core = e->publish->core;
	struct notice n = {
		.id = id_next(&core->ids, core_wall_ms(core)),
		.endpoint = str_of(e->name),
		.type = str_of(type),
		.tenant = tenant,
		.at_ms = core_wall_ms(core),
	};
	struct buf body = { 0 };
	struct owed *o;

	buf_init(&body, BUF_NO_LIMIT);
	publish_envelope(&body, n.id, type, tenant, n.at_ms, data);
	n.body = buf_str(&body);
	o = owed_new(e, &n);
	buf_done(&body);
	store_append(core->store, RECORD_NOTICE, n.id,
		     str_bytes(o->bytes, o->len));
	if (endpoint_spills(e, n.id)) {
		owed_free(o);
		return;
	}
	if (list_empty(&e->publish->fresh))
		store_then(core->store, on_commit, e->publish);
	list_append(&e->publish->fresh, &o->node);
}

void publish_event(struct publish *p, struct str tenant, const char *type,
		   struct str origin, struct str data, struct str masked)
{
	must(p != NULL);
	for (unsigned i = 0; i < p->len; i++) {
		struct endpoint *e = p->v[i];

		if (endpoint_takes(e, tenant, type, origin))
			owe(e, type, tenant,
			    e->cfg.see_numbers ? data : masked);
	}
	if (p->watch != NULL) {
		struct buf body = { 0 };

		buf_init(&body, BUF_NO_LIMIT);
		publish_envelope(&body,
				 id_next(&p->core->ids, core_wall_ms(p->core)),
				 type, tenant, core_wall_ms(p->core), masked);
		p->watch(p->watcher, tenant, str_of(type), buf_str(&body));
		buf_done(&body);
	}
}

void publish_owe(struct publish *p, int endpoint, struct str tenant,
		 const char *type, struct str data)
{
	must(p != NULL && endpoint >= 0 && (unsigned)endpoint < p->len);
	owe(p->v[endpoint], type, tenant, data);
}

static bool hand_over(struct endpoint *e, struct owed *o)
{
	struct publish *p = e->publish;
	uint64_t attempt = PUBLISH_ATTEMPT | ++p->attempt;
	struct notice n;

	must(notice_decode(str_bytes(o->bytes, o->len), o->id, &n) == 0);
	n.tries = o->tries;
	if (e->cfg.notify(e->cfg.owner, attempt, &n) != 0)
		return false;
	list_remove(&o->node);
	o->flying = true;
	e->flying++;
	map_set_ptr(p->flying, attempt, o);
	return true;
}

/* Waiting ones whose time has come go before fresh ones. */
static void endpoint_due(struct endpoint *e, uint64_t now_ms)
{
	struct heap_node *n;

	while ((n = heap_first(&e->waiting)) != NULL && n->key <= now_ms) {
		struct owed *o = CONTAINER_OF(n, struct owed, wait);

		heap_remove(&e->waiting, n);
		list_prepend(&e->ready, &o->node);
	}
}

static bool reload_row(void *owner, const struct row *row)
{
	struct reload *r = owner;

	buf_u64(&r->found, (uint64_t)row_i(row, 0));
	buf_lstr(&r->found, row_s(row, 1));
	r->n++;
	return true;
}

/* What was read becomes owed again. */
static void take_back(struct endpoint *e, const struct reload *r)
{
	struct bufr in = bufr_of(r->found.p, r->found.len);
	uint64_t last = 0;

	for (unsigned i = 0; i < r->n; i++) {
		struct notice n;
		struct str bytes;

		last = bufr_u64(&in);
		bytes = bufr_lstr(&in);
		if (e->spilled_late != 0 && last >= e->spilled_late) {
			e->spilled_from = e->spilled_late;
			return; /* the next reading has it */
		}
		if (notice_decode(bytes, last, &n) == 0 &&
		    str_eqz(n.endpoint, e->name))
			list_append(&e->ready, &owed_new(e, &n)->node);
	}
	e->spilled_from = r->n < RELOAD_ROWS ? e->spilled_late : last + 1;
}

static void reload_done(void *owner, int rc)
{
	struct reload *r = owner;
	struct endpoint *e = r->endpoint;

	if (e != NULL) {
		e->reload = NULL;
		if (rc == 0)
			take_back(e, r);
		loop_again(e->publish->core->loop);
		publish_turn(e->publish);
	}
	buf_done(&r->found);
	mem_free(r);
}

/* What was spilled until the reading was asked for is in the store by now;
 * read before, it would be owed to nobody until the next start. */
static void reload_read(void *owner, int rc)
{
	struct reload *r = owner;
	struct endpoint *e = r->endpoint;

	(void)rc; /* of a batch that was not stored nothing is owed */
	if (e == NULL) {
		reload_done(r, 0);
		return;
	}
	struct store *store = e->publish->core->store;
	struct cell args[] = { CELL_I(e->spilled_from - 1),
			       CELL_I(RELOAD_ROWS) };

	store->ops->get(store, STORE_NOTICE_SCAN, args, ARRAY_LEN(args),
			reload_row, reload_done, r);
}

static void endpoint_reload(struct endpoint *e)
{
	const struct core *core = e->publish->core;

	if (e->spilled_from == 0 || e->reload != NULL ||
	    e->owed > (size_t)core->cfg->notices_max / 2)
		return;
	e->reload = mem_new(struct reload);
	e->reload->endpoint = e;
	buf_init(&e->reload->found, BUF_NO_LIMIT);
	e->spilled_late = 0;
	store_then(core->store, reload_read, e->reload);
}

static void endpoint_turn(struct endpoint *e, uint64_t now_ms)
{
	endpoint_due(e, now_ms);
	while (e->flying < e->window && !list_empty(&e->ready)) {
		if (!hand_over(e, LIST_ITEM(e->ready.next, struct owed, node)))
			return;
	}
	if (list_empty(&e->ready))
		endpoint_reload(e);
}

void publish_turn(struct publish *p)
{
	uint64_t now_ms = clock_mono_ms(p->core->clock), next = UINT64_MAX;

	for (unsigned i = 0; i < p->len; i++) {
		const struct heap_node *n;

		endpoint_turn(p->v[i], now_ms);
		n = heap_first(&p->v[i]->waiting);
		if (n != NULL && n->key < next)
			next = n->key;
	}
	if (next != UINT64_MAX)
		loop_timer_set(p->timer, next > now_ms ? next - now_ms : 1);
}

void publish_window(struct publish *p, int endpoint, unsigned window)
{
	must(p != NULL && endpoint >= 0 && (unsigned)endpoint < p->len);
	p->v[endpoint]->window = window;
	publish_turn(p);
}

static void owed_end(struct owed *o, const char *why)
{
	struct core *core = o->endpoint->publish->core;

	store_append(core->store, RECORD_NOTICE_END, o->id, str_of(why));
	owed_free(o);
}

static void owed_again(struct owed *o, const struct outcome *out)
{
	struct endpoint *e = o->endpoint;
	int64_t wait_ms;

	stat_add(e->failed, 1);
	if (o->tries >= ARRAY_LEN(schedule_ms)) {
		log_warn("notice.dropped", KV_S("endpoint", e->name),
			 KV_ID("notice", o->id), KV_STR("reason", out->reason));
		stat_add(e->dropped, 1);
		owed_end(o, "given_up");
		return;
	}
	wait_ms = MAX(schedule_ms[o->tries], (int64_t)out->hold_ms);
	/* up to a tenth more, so that a crowd does not come back as one */
	wait_ms += secret_random_below((uint32_t)(wait_ms / 10 + 1));
	o->tries++;
	heap_put(&e->waiting, &o->wait,
		 clock_mono_ms(e->publish->core->clock) + (uint64_t)wait_ms);
}

void publish_ended(struct publish *p, uint64_t attempt,
		   const struct outcome *out)
{
	struct owed *o = map_ptr(p->flying, attempt);

	must(out != NULL);
	if (o == NULL)
		return;
	IGNORE(map_del(p->flying, attempt, NULL));
	o->flying = false;
	o->endpoint->flying--;
	switch (out->class) {
	case OUTCOME_ACCEPTED:
	case OUTCOME_DELIVERED:
		stat_add(o->endpoint->done, 1);
		owed_end(o, "delivered");
		break;
	case OUTCOME_BROKEN:
	case OUTCOME_REFUSED:
	case OUTCOME_RETRY:
	case OUTCOME_HOLD:
	case OUTCOME_UNKNOWN:
		owed_again(o, out);
		break;
	}
	loop_again(p->core->loop);
}

void publish_recover(struct publish *p, const struct notice *n)
{
	for (unsigned i = 0; i < p->len; i++) {
		struct endpoint *e = p->v[i];

		if (!str_eqz(n->endpoint, e->name))
			continue;
		if (e->owed < (size_t)p->core->cfg->notices_max)
			list_append(&e->ready, &owed_new(e, n)->node);
		else if (e->spilled_from == 0)
			e->spilled_from = n->id;
	}
}

void publish_recovered(struct publish *p)
{
	must(p != NULL);
	p->recovered = true;
}

size_t publish_owed(const struct publish *p, int endpoint)
{
	size_t n = 0;

	for (unsigned i = 0; i < p->len; i++) {
		if (endpoint < 0 || (unsigned)endpoint == i)
			n += p->v[i]->owed;
	}
	return n;
}

void publish_watch(struct publish *p,
		   void (*fn)(void *, struct str, struct str, struct str),
		   void *owner)
{
	must(p != NULL);
	p->watch = fn;
	p->watcher = owner;
}
