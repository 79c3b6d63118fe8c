/* Reminders in memory and in the store. */
#include <errno.h>

#include "base/due.h"
#include "base/log.h"
#include "base/mem.h"
#include "campaigns/reminders_impl.h"
#include "model/address.h"
#include "proto/json.h"

static void put_key(struct buf *b, struct str tenant, struct str account)
{
	buf_init(b, 1024);
	buf_lstr(b, tenant);
	buf_lstr(b, account);
}

uint64_t reminder_account_key(struct str tenant, struct str account)
{
	AUTO(buf_done) struct buf b = { 0 };

	put_key(&b, tenant, account);
	return str_hash(buf_str(&b));
}

uint64_t reminder_cycle_key(struct str tenant, struct str account,
			    struct str cycle)
{
	AUTO(buf_done) struct buf b = { 0 };

	put_key(&b, tenant, account);
	buf_lstr(&b, cycle);
	return str_hash(buf_str(&b));
}

void reminder_keep(struct reminders *r, struct reminder *x)
{
	struct cell cells[REMINDER_CELLS];

	must(r != NULL && x != NULL);
	reminder_cells(x, cells);
	store_put(r->env.store, STORE_REMINDER_PUT, cells, ARRAY_LEN(cells));
}

/* ---- chains ------------------------------------------------------------------ */

static uint64_t person_of(const struct reminders *r, struct str tenant,
			  struct str address)
{
	struct person_view v;

	gateway_person(r->env.gateway, str_eqz(tenant, "*") ? STR_NONE : tenant,
		       address, &v);
	return v.contact;
}

/* 0: it is in none. */
static uint64_t chain_key(const struct reminder *x, enum reminder_chain c)
{
	return c == REMINDER_BY_PERSON ? x->person
				       : address_key(STR_NONE, str_of(x->to));
}

static void chain_add(struct reminders *r, struct reminder *x,
		      enum reminder_chain c)
{
	uint64_t key = chain_key(x, c);

	if (c == REMINDER_BY_PERSON && key == 0)
		return;
	x->older[c] = map_ptr(r->chains[c], key);
	map_set_ptr(r->chains[c], key, x);
}

static void chain_drop(struct reminders *r, struct reminder *x,
		       enum reminder_chain c)
{
	uint64_t key = chain_key(x, c);
	struct reminder *first = map_ptr(r->chains[c], key), **at = &first;

	while (*at != NULL && *at != x)
		at = &(*at)->older[c];
	if (*at == NULL)
		return;
	*at = x->older[c];
	if (first == NULL)
		IGNORE(map_del(r->chains[c], key, NULL));
	else
		map_set_ptr(r->chains[c], key, first);
}

struct reminder *reminder_newest(const struct reminders *r, struct str tenant,
				 struct str address, enum reminder_chain c)
{
	must(r != NULL);
	uint64_t key = c == REMINDER_BY_PERSON ? person_of(r, tenant, address)
					       : address_key(STR_NONE, address);

	return c == REMINDER_BY_PERSON && key == 0 ? NULL
						   : map_ptr(r->chains[c], key);
}

void reminder_index(struct reminders *r, struct reminder *x)
{
	uint64_t key =
		reminder_account_key(str_of(x->tenant), str_of(x->account));

	x->next = map_ptr(r->accounts, key);
	map_set_ptr(r->accounts, key, x);
	x->person = person_of(r, str_of(x->tenant), str_of(x->to));
	for (unsigned c = 0; c < REMINDER_CHAINS; c++)
		chain_add(r, x, (enum reminder_chain)c);
	map_set_ptr(r->all, x->id, x);
	if (x->now.message != 0)
		map_set_ptr(r->messages, x->now.message, x);
}

const struct trigger_cfg *reminder_trigger(const struct reminders *r,
					   const struct reminder *x)
{
	const struct section *s =
		triggers_find(r->env.triggers, str_of(x->tenant), x->trigger);

	return s == NULL ? NULL : s->value;
}

void reminder_awaits(struct reminders *r, struct reminder *x)
{
	const struct trigger_cfg *t = reminder_trigger(r, x);

	x->awaits |= t != NULL && t->answer_within > 0;
}

void reminder_forget(struct reminders *r, struct reminder *x)
{
	uint64_t key =
		reminder_account_key(str_of(x->tenant), str_of(x->account));
	struct reminder *first = map_ptr(r->accounts, key);

	if (first == x && x->next == NULL) {
		IGNORE(map_del(r->accounts, key, NULL));
	} else if (first == x) {
		map_set_ptr(r->accounts, key, x->next);
	} else {
		while (first != NULL && first->next != x)
			first = first->next;
		if (first != NULL)
			first->next = x->next;
	}
	IGNORE(map_del(r->all, x->id, NULL));
	if (map_ptr(r->messages, x->now.message) == x)
		IGNORE(map_del(r->messages, x->now.message, NULL));
	for (unsigned c = 0; c < REMINDER_CHAINS; c++)
		chain_drop(r, x, (enum reminder_chain)c);
	heap_remove(&r->due, &x->due);
	reminder_free(&x);
}

void reminder_message(struct reminders *r, struct reminder *x, uint64_t message)
{
	if (map_ptr(r->messages, x->now.message) == x)
		IGNORE(map_del(r->messages, x->now.message, NULL));
	x->now.message = message;
	if (message != 0)
		map_set_ptr(r->messages, message, x);
}

void reminder_due(struct reminders *r, struct reminder *x, int64_t due_ms)
{
	x->now.due_ms = due_ms;
	if (due_ms == 0)
		heap_remove(&r->due, &x->due);
	else
		heap_put(&r->due, &x->due, (uint64_t)due_ms);
	if (heap_first(&r->due) == &x->due && r->timer != NULL && !r->stopped)
		due_arm(r->timer, &r->due, clock_wall_ms(r->env.clock));
}

void reminder_record(struct reminders *r, const struct reminder *x,
		     uint64_t set, uint64_t clear)
{
	uint64_t key = reminder_cycle_key(str_of(x->tenant), str_of(x->account),
					  str_of(x->cycle));
	uint64_t v = 0;

	IGNORE(map_get(r->record, key, &v));
	/* the first delivery counts, and stays */
	if ((set & RECORD_MS) != 0 && (v & RECORD_MS) != 0)
		set &= ~RECORD_MS;
	v = (v & ~clear) | set;
	map_set(r->record, key, v);

	struct cell cells[] = { CELL_Z(x->tenant),
				CELL_Z(x->account),
				CELL_Z(x->cycle),
				CELL_I(v & RECORD_MS),
				CELL_I((v & RECORD_TASK) != 0),
				CELL_I((v & RECORD_RELEASED) != 0) };

	store_put(r->env.store, STORE_SUSPENSION_PUT, cells, ARRAY_LEN(cells));
}

void reminder_tell(struct reminders *r, const struct reminder *x,
		   const char *type)
{
	struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "reminder", x->id);
	json_kz(&b, "trigger", x->trigger);
	json_kz(&b, "event", x->event);
	json_ks_opt(&b, "account", str_of(x->account));
	json_ks_opt(&b, "cycle", str_of(x->cycle));
	json_kz(&b, "state", reminder_state_name(x->now.state));
	json_ks_opt(&b, "answer", str_of(x->now.answer));
	json_ks_opt(&b, "reason", str_of(x->now.reason));
	json_kt(&b, "at", clock_wall_ms(r->env.clock));
	json_close(&b, '}');
	gateway_publish(r->env.gateway, str_of(x->tenant), type, buf_str(&b));
	buf_done(&b);
}

/* ---- a batch that was not stored -------------------------------------------------- */

static void back(void *room, void *object, const void *was)
{
	struct reminder *x = object;
	const struct reminder_now *before = was;

	reminder_message(room, x, before->message);
	x->now = *before;
	reminder_due(room, x, x->now.due_ms);
}

static void forget(void *room, void *object)
{
	reminder_forget(room, object);
}

static bool is_over(const void *object)
{
	const struct reminder *x = object;

	return reminder_final(x->now.state);
}

static const struct unsaved_ops steps = {
	offsetof(struct reminder, unsaved),
	sizeof(struct reminder_now),
	back,
	forget,
	is_over,
};

void reminder_guard(struct reminders *r, struct reminder *x,
		    const struct reminder_now *before)
{
	must(r != NULL && x != NULL);
	unsaved_guard(r->env.store, &steps, r, r->all, x->id, before);
}

/* ---- the start ---------------------------------------------------------------- */

struct recovery {
	struct reminders *reminders;
	bool bad;
};

static bool on_reminder(void *owner, const struct row *row)
{
	struct recovery *v = owner;
	struct reminders *r = v->reminders;
	struct reminder *x = NULL;

	if (reminder_from_row(row, &x) != 0) {
		v->bad = true;
		return false;
	}
	id_source_seen(&r->ids, x->id);
	if (reminder_final(x->now.state)) {
		reminder_free(&x);
		return true;
	}
	reminder_index(r, x);
	x->awaits = x->now.state == REMINDER_DELIVERED;
	reminder_due(r, x, x->now.due_ms);
	return true;
}

static bool on_record(void *owner, const struct row *row)
{
	struct recovery *v = owner;
	uint64_t value = (uint64_t)row_i(row, 3) & RECORD_MS;

	if (row_i(row, 4) != 0)
		value |= RECORD_TASK;
	if (row_i(row, 5) != 0)
		value |= RECORD_RELEASED;
	map_set(v->reminders->record,
		reminder_cycle_key(row_s(row, 0), row_s(row, 1), row_s(row, 2)),
		value);
	return true;
}

int reminder_recover(struct reminders *r, struct err *err)
{
	struct recovery v = { r, false };
	struct store *s = r->env.store;
	int rc = s->ops->scan(s, STORE_REMINDER_SCAN, NULL, 0, on_reminder, &v);

	if (rc == 0 && !v.bad)
		rc = s->ops->scan(s, STORE_SUSPENSION_SCAN, NULL, 0, on_record,
				  &v);
	if (rc != 0 || v.bad)
		return err_set(err, -EIO, "reminders cannot be read");
	return 0;
}
