/* Orders: asked for, confirmed, ended; what becomes due. */
#include "care/orders.h"

#include <errno.h>

#include "base/mem.h"
#include "care/orders_impl.h"
#include "care/wake.h"
#include "model/address.h"

#define TICK_ORDERS 500

struct order *order_at(const struct orders *o, struct str tenant, uint64_t id)
{
	struct order *x = map_ptr(o->all, id);

	return x == NULL || order_final(x->now.state) ||
			       (tenant.len > 0 && !str_eqz(tenant, x->tenant))
		       ? NULL
		       : x;
}

const struct order *orders_find(const struct orders *o, struct str tenant,
				uint64_t id)
{
	must(o != NULL);
	return order_at(o, tenant, id);
}

/* ---- for reports --------------------------------------------------------------------- */

#define KEPT_MS (30 * INT64_C(86400000))

static void count(struct orders *o, const struct order *x, const char *name,
		  int64_t at_ms)
{
	struct measure m = {
		.tenant = str_of(x->tenant),
		.at_ms = at_ms,
		.name = str_of(name),
		.detail = str_of(x->offer),
		.n = 1,
	};

	gateway_measure(o->env.gateway, str_of(x->address), &m);
}

/* Asked for once, whether by code or as a trial (K-56); confirmed: is all of
 * it written down that shows how (K-53)? */
static void count_confirmed(struct orders *o, const struct order *x)
{
	bool shown = x->price_fen >= 0 && x->version[0] != '\0' &&
		     x->now.confirmed_by != 0 && x->now.confirmed_ms != 0;

	count(o, x, "order.won", x->created_ms);
	count(o, x, "order.active", x->now.confirmed_ms);
	if (shown)
		count(o, x, "order.transparent", x->now.confirmed_ms);
	if (x->period != PERIOD_ONCE)
		count(o, x, "order.lasting", x->now.confirmed_ms);
	if (buyers_back(o->buyers, str_of(x->tenant), str_of(x->address),
			x->now.confirmed_ms))
		count(o, x, "order.again", x->now.confirmed_ms);
	if (o->env.confirmed != NULL)
		o->env.confirmed(o->env.owner, x);
}

/* Given up within 30 days: of the month in which it began (K-54). */
static void count_left(struct orders *o, const struct order *x)
{
	if (x->period != PERIOD_ONCE &&
	    orders_now(o) - x->now.confirmed_ms < KEPT_MS)
		count(o, x, "order.left_early", x->now.confirmed_ms);
}

/* ---- its end, and its beginning ------------------------------------------------------ */

void order_over(struct orders *o, struct order *x, enum order_state as,
		const char *reason)
{
	struct order_now before = x->now;

	order_move(x, as, orders_now(o));
	x->now.due_ms = 0;
	must(str_copy(x->now.reason, sizeof(x->now.reason), str_of(reason)) ==
	     0);
	stat_add(as == ORDER_LAPSED ? o->s_lapsed : o->s_ended, 1);
	/* what never began does not end */
	if (as == ORDER_ENDED)
		order_bill(o, x, "service.end", NULL);
	order_keep(o, x, &before);
	if (before.state == ORDER_ACTIVE)
		count_left(o, x);
}

void order_time_out(struct orders *o, struct order *x)
{
	must(o != NULL && x != NULL);
	struct order_now before = x->now;

	order_move(x, ORDER_LAPSED, orders_now(o));
	x->now.due_ms = orders_now(o) + o->env.cfg->late;
	must(str_copy(x->now.reason, sizeof(x->now.reason),
		      STR("CONFIRM_TIMEOUT")) == 0);
	stat_add(o->s_lapsed, 1);
	order_keep(o, x, &before);
}

void order_forget_code(struct orders *o, struct order *x)
{
	must(o != NULL && x != NULL && x->now.state == ORDER_LAPSED);
	struct order_now before = x->now;

	x->now.code_hash[0] = '\0';
	x->now.due_ms = 0;
	order_keep(o, x, &before);
}

/* One of the same service is replaced, not had twice. */
static struct order *replaced_by(const struct orders *o, const struct order *x)
{
	struct order *y = order_newest(o, str_of(x->address));

	while (y != NULL && (y == x || y->now.state != ORDER_ACTIVE ||
			     !str_eqz(str_of(x->tenant), y->tenant) ||
			     !str_eqz(str_of(x->service), y->service) ||
			     !str_eqz(str_of(x->address), y->address)))
		y = y->older;
	return y;
}

void order_confirm(struct orders *o, struct order *x, uint64_t inbound)
{
	must(o != NULL && x != NULL && inbound != 0);
	struct order *old = replaced_by(o, x);
	struct order_now before = x->now;

	x->now.confirmed_by = inbound;
	x->now.confirmed_ms = orders_now(o);
	order_move(x, ORDER_ACTIVE, x->now.confirmed_ms);
	x->now.due_ms = 0;
	stat_add(o->s_confirmed, 1);
	order_bill(o, x, old == NULL ? "service.activate" : "service.change",
		   old);
	order_keep(o, x, &before);
	count_confirmed(o, x);
	if (old == NULL)
		return;
	/* no service.end of it: that was the change */
	before = old->now;
	order_move(old, ORDER_ENDED, orders_now(o));
	must(str_copy(old->now.reason, sizeof(old->now.reason),
		      STR("replaced")) == 0);
	order_keep(o, old, &before);
}

int orders_end(struct orders *o, struct str tenant, uint64_t id,
	       const char *reason)
{
	must(o != NULL && reason != NULL);
	struct order *x = order_at(o, tenant, id);

	if (x == NULL)
		return -ENOENT;
	order_over(o, x,
		   x->now.state == ORDER_OFFERED ? ORDER_LAPSED : ORDER_ENDED,
		   reason);
	return 0;
}

void orders_erase(struct orders *o, struct str tenant, struct str address)
{
	must(o != NULL);
	for (struct order *x = order_newest(o, address); x != NULL;
	     x = x->older) {
		if (!str_eqz(tenant, x->tenant) ||
		    !str_eqz(address, x->address))
			continue;
		if (!order_final(x->now.state))
			IGNORE(orders_end(o, tenant, x->id, "erased"));
		else if (!order_gone(x))
			order_forget_code(o, x);
	}
}

/* ---- to ask for one ------------------------------------------------------------------ */

static const struct offer_cfg *offer_of(const struct orders *o,
					const struct order_ask *ask)
{
	char name[65];
	const struct section *s;
	const struct offer_cfg *cfg;

	if (str_copy(name, sizeof(name), ask->offer) != 0)
		return NULL;
	s = settings_find(o->env.settings, "offer", name);
	cfg = s == NULL ? NULL : s->value;
	if (cfg == NULL)
		return NULL;
	return str_eqz(ask->tenant, cfg->tenant[0] != '\0'
					    ? cfg->tenant
					    : gateway_tenant(o->env.gateway))
		       ? cfg
		       : NULL;
}

static struct order *make(struct orders *o, const struct order_ask *ask,
			  const struct offer_cfg *cfg)
{
	struct order *x = mem_new(struct order);
	int64_t now_ms = orders_now(o);

	heap_node_init(&x->due);
	x->id = id_next(&o->ids, now_ms);
	x->tenant = str_z(ask->tenant);
	x->address = str_z(ask->address);
	x->offer = str_z(ask->offer);
	x->title_zh = str_dup(cfg->title_zh);
	x->title_en = str_dup(cfg->title_en);
	x->service = str_z(cfg->service[0] != '\0' ? str_of(cfg->service)
						   : ask->offer);
	x->actor = str_z(ask->actor);
	x->price_fen = cfg->price;
	x->period = (enum order_period)cfg->period;
	x->ordered_by = ask->inbound;
	x->created_ms = now_ms;
	x->trial_until_ms = ask->trial_until_ms;
	if (str_eqz(ask->lang, "zh") || str_eqz(ask->lang, "en"))
		IGNORE(str_copy(x->lang, sizeof(x->lang), ask->lang));
	x->now.since_ms = now_ms;
	offer_version(x->offer, cfg, x->version);
	return x;
}

/* Of the same person and offer, in that state; the newest. n: how many wait
 * for a code in all. */
static struct order *same(const struct orders *o, const struct order_ask *ask,
			  enum order_state s, unsigned *n)
{
	struct order *found = NULL;

	*n = 0;
	for (struct order *x = order_newest(o, ask->address); x != NULL;
	     x = x->older) {
		if (!str_eqz(ask->address, x->address))
			continue;
		*n += x->now.state == ORDER_OFFERED;
		if (found == NULL && x->now.state == s &&
		    str_eqz(ask->tenant, x->tenant) &&
		    str_eqz(ask->offer, x->offer))
			found = x;
	}
	return found;
}

static int check(struct orders *o, const struct order_ask *ask, struct err *err)
{
	int64_t until = ask->trial_until_ms;

	if (ask->address.len == 0 || ask->address.len >= ADDRESS_MAX ||
	    ask->actor.len > 64)
		return err_set(err, -EINVAL, "who orders it?");
	if (until != 0 && (until <= orders_now(o) ||
			   until > orders_now(o) + 366 * INT64_C(86400000)))
		return err_set(err, -EINVAL,
			       "a trial ends within a year from now");
	if (map_len(o->all) >= (size_t)o->env.cfg->max)
		return err_set(err, -ENOSPC, "there are too many orders");
	return o->env.store->ops->ready(o->env.store) == 0
		       ? 0
		       : err_set(err, -ENOSPC, "the store takes no more now");
}

/* The code, once: it is in the message, and its hash is kept. */
static int send_code(struct orders *o, struct order *x, enum order_saying what,
		     struct err *err)
{
	char code[ORDER_CODE_DIGITS + 1];

	order_make_code(o, x, code);
	return order_say(o, x, what, code, err);
}

static int begin(struct orders *o, struct order *x, const struct order_ask *ask,
		 struct err *err)
{
	if (ask->trial_until_ms != 0) {
		x->now.state = ORDER_TRIAL;
		x->now.due_ms = MAX(ask->trial_until_ms - o->env.cfg->warn,
				    orders_now(o) + 1);
		return 0;
	}
	x->now.state = ORDER_OFFERED;
	x->now.due_ms = orders_now(o) + o->env.cfg->confirm;
	return send_code(o, x, ORDER_SAY_CONFIRM, err);
}

int orders_ask(struct orders *o, const struct order_ask *ask,
	       const struct order **out, struct err *err)
{
	must(o != NULL && ask != NULL && out != NULL && err != NULL);
	const struct offer_cfg *cfg = offer_of(o, ask);
	unsigned waiting;
	struct order *old;

	if (cfg == NULL)
		return err_set(err, -ENOENT, "there is no such offer");
	int rc = check(o, ask, err);

	if (rc != 0)
		return rc;
	*out = same(o, ask, ORDER_ACTIVE, &waiting);
	if (*out != NULL)
		return err_set(err, -EEXIST, "they have it");
	old = same(o, ask,
		   ask->trial_until_ms != 0 ? ORDER_TRIAL : ORDER_OFFERED,
		   &waiting);
	if (old != NULL && ask->trial_until_ms != 0) {
		*out = old;
		return err_set(err, -EEXIST, "they try it already");
	}
	if (old == NULL && waiting >= (unsigned)o->env.cfg->pending)
		return err_set(err, -ENOSPC,
			       "too many orders of theirs wait for a code");
	struct order *x = make(o, ask, cfg);

	rc = begin(o, x, ask, err);
	if (rc != 0) {
		order_free(&x);
		return rc;
	}
	if (old != NULL)
		order_over(o, old, ORDER_LAPSED, "superseded");
	order_index(o, x);
	order_keep(o, x, NULL);
	/* asked for again, it is one and the same wish */
	if (old == NULL)
		count(o, x, "order.asked", x->created_ms);
	stat_add(o->s_asked, 1);
	*out = x;
	return 0;
}

/* ---- what becomes due -------------------------------------------------------------- */

/* told before, with a code; and then it ends, never goes on. */
static void trial_due(struct orders *o, struct order *x)
{
	struct order_now before = x->now;
	struct err err = { "" };

	if (x->now.warned) {
		order_over(o, x, ORDER_ENDED, "NO_DEFAULT_RENEW");
		order_tell_them(o, x, ORDER_SAY_ENDED);
		return;
	}
	x->now.warned = true;
	x->now.due_ms = x->trial_until_ms;
	if (send_code(o, x, ORDER_SAY_TRIAL, &err) != 0)
		x->now.code_hash[0] = '\0'; /* nobody knows it */
	order_keep(o, x, &before);
}

static void due(struct orders *o, struct order *x)
{
	if (x->now.state == ORDER_OFFERED)
		order_time_out(o, x);
	else if (x->now.state == ORDER_LAPSED)
		order_forget_code(o, x);
	else
		trial_due(o, x);
}

void orders_tick(struct orders *o)
{
	must(o != NULL);
	int64_t now_ms = orders_now(o);
	struct heap_node *n;
	unsigned done = 0;

	while (!o->stopped && done++ < TICK_ORDERS &&
	       (n = heap_first(&o->due)) != NULL && (int64_t)n->key <= now_ms)
		due(o, CONTAINER_OF(n, struct order, due));
	wake_set(o->timer, &o->due, now_ms);
}

static void on_timer(void *owner)
{
	orders_tick(owner);
}

/* ---- open and close -------------------------------------------------------------- */

int orders_open(struct orders **out, const struct orders_env *env,
		struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(orders_close) struct orders *o = mem_new(struct orders);

	o->env = *env;
	o->all = map_new();
	o->people = map_new();
	heap_init(&o->due);
	id_source_init(&o->ids, env->node);
	o->s_asked = stats_get(STAT_COUNTER, "orders_total",
			       "Orders that were asked for.", NULL);
	o->s_confirmed = stats_get(STAT_COUNTER, "orders_confirmed_total",
				   "Orders that were confirmed.", NULL);
	o->s_lapsed = stats_get(STAT_COUNTER, "orders_lapsed_total",
				"Orders that nobody confirmed.", NULL);
	o->s_ended = stats_get(STAT_COUNTER, "orders_ended_total",
			       "Services that have ended.", NULL);
	int rc = buyers_open(&o->buyers, env->store, env->cfg->buyers_max, err);

	if (rc == 0)
		rc = orders_recover(o, err);
	if (rc != 0)
		return rc;
	o->timer = loop_timer_new(env->loop, on_timer, o);
	loop_timer_set(o->timer, 10);
	*out = TAKE(o);
	return 0;
}

void orders_stop(struct orders *o)
{
	if (o == NULL)
		return;
	o->stopped = true;
	loop_timer_free(&o->timer);
}

void orders_close(struct orders **op)
{
	struct orders *o = TAKE(*op);

	if (o == NULL)
		return;
	orders_stop(o);
	orders_free_all(o);
	buyers_close(&o->buyers);
	mem_free(o);
}
