/* Call-backs in memory and in the store. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "care/callbacks_impl.h"
#include "care/wake.h"

static uint64_t item_key(const struct callback *x)
{
	return (uint64_t)(uintptr_t)&x->item;
}

struct callback *callback_of(const struct callbacks *c, struct str tenant,
			     struct str address)
{
	struct callback *x = map_ptr(c->people, address_key(tenant, address));

	return x == NULL || callback_final(x->now.state) ||
			       !str_eqz(tenant, x->tenant) ||
			       !str_eqz(address, x->address)
		       ? NULL
		       : x;
}

void callback_index(struct callbacks *c, struct callback *x)
{
	map_set_ptr(c->all, x->id, x);
	map_set_ptr(c->items, item_key(x), x);
	map_set_ptr(c->people,
		    address_key(str_of(x->tenant), str_of(x->address)), x);
}

static void forget(void *room, void *object)
{
	struct callbacks *c = room;
	struct callback *x = object;
	uint64_t key = address_key(str_of(x->tenant), str_of(x->address));

	callback_leave(c, x, false);
	if (map_ptr(c->people, key) == x)
		IGNORE(map_del(c->people, key, NULL));
	IGNORE(map_del(c->items, item_key(x), NULL));
	IGNORE(map_del(c->all, x->id, NULL));
	heap_remove(&c->due, &x->due);
	callback_free(&x);
}

static void set_due(struct callbacks *c, struct callback *x)
{
	if (x->now.due_ms == 0 || callback_final(x->now.state)) {
		heap_remove(&c->due, &x->due);
		return;
	}
	heap_put(&c->due, &x->due, (uint64_t)x->now.due_ms);
	if (heap_first(&c->due) == &x->due)
		wake_set(c->timer, &c->due, callbacks_now(c));
}

/* ---- for reports -------------------------------------------------------------------- */

static void count_one(struct callbacks *c, const struct callback *x,
		      const char *name)
{
	struct measure m = {
		.tenant = str_of(x->tenant),
		.at_ms = x->created_ms,
		.name = str_of(name),
		.detail = str_of(callback_source_name(x->source)),
		.n = 1,
	};

	gateway_measure(c->env.gateway, str_of(x->address), &m);
}

/* Who is wanted on the line, whatever comes of it: what was only proposed, or
 * what nobody may be rung for, was not asked for. */
static bool is_asked(enum callback_state s)
{
	return s != CALLBACK_PROPOSED && s != CALLBACK_DENIED;
}

static void count(struct callbacks *c, const struct callback *x,
		  const struct callback_now *before)
{
	bool fresh = before == NULL || before->state == CALLBACK_PROPOSED;

	/* a proposal that nobody took up has ended without a wish */
	if (fresh && is_asked(x->now.state) &&
	    !(before != NULL && callback_final(x->now.state)))
		count_one(c, x, "callback.asked");
	if (before == NULL)
		return;
	if (x->now.state == CALLBACK_RESOLVED &&
	    before->state != CALLBACK_RESOLVED)
		count_one(c, x, "callback.reached");
	if (x->now.breached && !before->breached)
		count_one(c, x, "callback.breached");
}

/* ---- a batch that was not stored -------------------------------------------------- */

/* Where its state of before puts it. */
static void back(void *room, void *object, const void *was)
{
	struct callbacks *c = room;
	struct callback *x = object;
	const struct callback_now *before = was;
	struct caller *a;

	callback_leave(c, x, false);
	x->now = *before;
	if (before->state == CALLBACK_QUEUED)
		callback_enqueue(c, x);
	if (before->state == CALLBACK_OFFERED ||
	    before->state == CALLBACK_CONNECTED) {
		a = caller_get(c, str_of(x->tenant), str_of(before->agent));
		if (a != NULL)
			a->holds = x->id;
	}
	set_due(c, x);
}

static bool is_over(const void *object)
{
	const struct callback *x = object;

	return callback_final(x->now.state);
}

static const struct unsaved_ops steps = {
	offsetof(struct callback, unsaved),
	sizeof(struct callback_now),
	back,
	forget,
	is_over,
};

void callback_keep(struct callbacks *c, struct callback *x,
		   const struct callback_now *before)
{
	struct cell cells[CALLBACK_CELLS];

	must(c != NULL && x != NULL);
	callback_cells(x, cells);
	store_put(c->env.store, STORE_CALLBACK_PUT, cells, ARRAY_LEN(cells));
	count(c, x, before);
	set_due(c, x);
	unsaved_guard(c->env.store, &steps, c, c->all, x->id, before);
}

/* ---- what the contacts know ------------------------------------------------------- */

struct look {
	struct callbacks *callbacks;
	uint64_t id;
	char tier[33], hours[24];
};

/* On the reader's thread: the first contact of that address. */
static bool on_contact(void *owner, const struct row *row)
{
	struct look *l = owner;

	if (str_copy(l->tier, sizeof(l->tier), row_s(row, 7)) != 0 ||
	    str_copy(l->hours, sizeof(l->hours), row_s(row, 12)) != 0)
		log_warn("callback.contact", KV_S("why", "a name is too long"));
	return false;
}

static void on_looked_up(void *owner, int rc)
{
	struct look *l = owner;
	struct callbacks *c = l->callbacks;
	struct callback *x = map_ptr(c->all, l->id);

	/* a read that failed knows no more than an unknown address */
	if (!c->stopped && x != NULL &&
	    (x->now.state == CALLBACK_OPEN || x->now.state == CALLBACK_QUEUED))
		c->known(c, x, rc == 0 ? l->tier : "", rc == 0 ? l->hours : "");
	mem_free(l);
}

void callback_look_up(struct callbacks *c, const struct callback *x)
{
	struct look *l = mem_new(struct look);
	struct cell cells[] = { CELL_Z(x->tenant), CELL_Z(x->address) };

	l->callbacks = c;
	l->id = x->id;
	c->env.store->ops->get(c->env.store, STORE_CONTACT_BY_ADDRESS, cells,
			       ARRAY_LEN(cells), on_contact, on_looked_up, l);
}

/* ---- the start ---------------------------------------------------------------- */

struct recovery {
	struct callbacks *callbacks;
	bool bad;
};

static void stand(struct callbacks *c, struct callback *x)
{
	struct caller *a;

	callback_index(c, x);
	if (x->now.state == CALLBACK_QUEUED) {
		callback_enqueue(c, x);
	} else if (x->now.state == CALLBACK_OFFERED ||
		   x->now.state == CALLBACK_CONNECTED) {
		a = caller_get(c, str_of(x->tenant), str_of(x->now.agent));
		if (a != NULL)
			a->holds = x->id;
	} else if (x->now.state == CALLBACK_OPEN && x->now.due_ms == 0) {
		/* its contact was still being looked for */
		x->now.due_ms = callbacks_now(c);
	}
	set_due(c, x);
}

static bool on_row(void *owner, const struct row *row)
{
	struct recovery *v = owner;
	struct callbacks *c = v->callbacks;
	struct callback *x = NULL;

	if (callback_from_row(row, &x) != 0) {
		v->bad = true;
		return false;
	}
	id_source_seen(&c->ids, x->id);
	if (callback_final(x->now.state))
		callback_free(&x);
	else
		stand(c, x);
	return true;
}

int callback_recover(struct callbacks *c, struct err *err)
{
	struct recovery v = { c, false };
	struct store *s = c->env.store;
	int rc = s->ops->scan(s, STORE_CALLBACK_SCAN, NULL, 0, on_row, &v);

	if (rc != 0 || v.bad)
		return err_set(err, -EIO, "call-backs cannot be read");
	return 0;
}

void callback_free_all(struct callbacks *c)
{
	uint64_t id, value;
	size_t pos = 0;

	heap_done(&c->due); /* looks at what is in it */
	while (map_next(c->all, &pos, &id, &value)) {
		struct callback *x = (struct callback *)(uintptr_t)value;

		callback_leave(c, x, false);
		callback_free(&x);
	}
	map_free(&c->all);
	map_free(&c->items);
	map_free(&c->people);
}
