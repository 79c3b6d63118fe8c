/* Ids of messages that wait for an answer, the oldest first. */
#include "care/unanswered.h"

#include <errno.h>

#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/stats.h"
#include "gateway/keywords.h"

struct waits {
	struct list node;
	uint64_t id;
	char *tenant, *address;
	bool late;          /* that was told */
	bool leaving;       /* as soon as that is stored */
	char *actor, *name; /* who has it in hand; NULL: nobody had */
	int64_t until_ms;
};

struct unanswered {
	struct store *store;
	struct unanswered_cfg cfg;
	struct map *all; /* id */
	struct list order;
	struct stat *s_waiting;
};

static void forget(struct unanswered *u, struct waits *w)
{
	list_remove(&w->node);
	IGNORE(map_del(u->all, w->id, NULL));
	stat_set(u->s_waiting, (int64_t)map_len(u->all));
	mem_free(w->tenant);
	mem_free(w->address);
	mem_free(w->actor);
	mem_free(w->name);
	mem_free(w);
}

static struct waits *add(struct unanswered *u, uint64_t id, struct str tenant,
			 struct str address)
{
	struct waits *w = mem_new(struct waits);

	w->id = id;
	w->tenant = str_z(tenant);
	w->address = str_z(address);
	list_append(&u->order, &w->node);
	map_set_ptr(u->all, id, w);
	stat_set(u->s_waiting, (int64_t)map_len(u->all));
	return w;
}

/* ---- a batch that was not stored -------------------------------------------------- */

enum step_kind { STEP_CAME, STEP_LATE, STEP_LEFT };

struct step {
	struct unanswered *unanswered;
	uint64_t id;
	enum step_kind kind;
};

/* What came goes again if it was not stored, what is late is told of again;
 * what leaves is there until it is stored. */
static void on_stored(void *owner, int rc)
{
	struct step *s = owner;
	struct waits *w = map_ptr(s->unanswered->all, s->id);

	if (w != NULL && s->kind == STEP_LEFT)
		w->leaving = false;
	if (w != NULL && s->kind == STEP_LATE)
		w->late = rc == 0;
	else if (w != NULL && (s->kind == STEP_CAME) == (rc != 0))
		forget(s->unanswered, w);
	mem_free(s);
}

static void then(struct unanswered *u, uint64_t id, enum step_kind kind)
{
	struct step *s = mem_new(struct step);

	*s = (struct step){ u, id, kind };
	store_then(u->store, on_stored, s);
}

static void put(struct unanswered *u, const struct waits *w)
{
	struct cell cells[] = { CELL_I(w->id), CELL_Z(w->tenant),
				CELL_Z(w->address), CELL_I(w->late) };

	store_put(u->store, STORE_UNANSWERED_PUT, cells, ARRAY_LEN(cells));
}

static void drop(struct unanswered *u, uint64_t id)
{
	struct cell cell = CELL_I(id);
	struct waits *w = map_ptr(u->all, id);

	must(w != NULL);
	w->leaving = true;
	store_put(u->store, STORE_UNANSWERED_DROP, &cell, 1);
	then(u, id, STEP_LEFT);
}

/* ---- heard, answered -------------------------------------------------------------- */

void unanswered_inbound(struct unanswered *u, const struct inbound *in)
{
	must(u != NULL && in != NULL);

	if (!str_eqz(in->claim, CLAIM_INBOX))
		return;
	if (map_len(u->all) >= u->cfg.max) {
		struct waits *oldest =
			LIST_ITEM(u->order.next, struct waits, node);

		log_warn("inbox.given_up", KV_ID("id", oldest->id));
		drop(u, oldest->id);
	}
	put(u, add(u, in->id, in->tenant, in->from));
	then(u, in->id, STEP_CAME);
}

static bool is_of(const struct waits *w, struct str tenant, struct str address)
{
	return str_eqz(address, w->address) &&
	       (str_eqz(tenant, w->tenant) || str_eqz(STR("*"), w->tenant));
}

void unanswered_said(struct unanswered *u, struct str tenant,
		     struct str address)
{
	must(u != NULL);
	LIST_EACH_SAFE (it, &u->order) {
		struct waits *w = LIST_ITEM(it, struct waits, node);

		if (is_of(w, tenant, address))
			drop(u, w->id);
	}
}

int unanswered_done(struct unanswered *u, uint64_t id)
{
	must(u != NULL);
	if (map_ptr(u->all, id) == NULL)
		return -ENOENT;
	drop(u, id);
	return 0;
}

static void show(const struct waits *w, struct unanswered_one *out)
{
	*out = (struct unanswered_one){ w->id, str_of(w->tenant),
					str_of(w->address) };
}

bool unanswered_find(const struct unanswered *u, uint64_t id,
		     struct unanswered_one *out)
{
	must(u != NULL && out != NULL);
	const struct waits *w = map_ptr(u->all, id);

	if (w == NULL)
		return false;
	show(w, out);
	return true;
}

bool unanswered_held(const struct unanswered *u, uint64_t id, int64_t now_ms,
		     struct unanswered_hold *out)
{
	must(u != NULL && out != NULL);
	const struct waits *w = map_ptr(u->all, id);

	if (w == NULL || w->actor == NULL || now_ms >= w->until_ms)
		return false;
	*out = (struct unanswered_hold){ str_of(w->actor), str_of(w->name),
					 w->until_ms };
	return true;
}

int unanswered_take(struct unanswered *u, uint64_t id, struct str actor,
		    struct str name, int64_t now_ms,
		    struct unanswered_hold *out)
{
	must(u != NULL && actor.len > 0 && out != NULL);
	struct waits *w = map_ptr(u->all, id);

	if (w == NULL || w->leaving)
		return -ENOENT;
	if (unanswered_held(u, id, now_ms, out) && !str_eq(actor, out->actor))
		return -EBUSY;
	mem_free(w->actor);
	mem_free(w->name);
	w->actor = str_z(actor);
	w->name = str_z(name);
	w->until_ms = now_ms + u->cfg.hold_ms;
	must(unanswered_held(u, id, now_ms, out));
	return 0;
}

uint64_t unanswered_oldest(const struct unanswered *u)
{
	must(u != NULL);
	return list_empty(&u->order)
		       ? 0
		       : LIST_ITEM(u->order.next, struct waits, node)->id;
}

bool unanswered_of(const struct unanswered *u, struct str tenant,
		   struct str address)
{
	must(u != NULL);
	LIST_EACH_SAFE (it, &u->order) {
		if (is_of(LIST_ITEM(it, struct waits, node), tenant, address))
			return true;
	}
	return false;
}

bool unanswered_timely(const struct unanswered *u, struct unanswered_one *out)
{
	must(u != NULL && out != NULL);
	LIST_EACH_SAFE (it, &u->order) {
		const struct waits *w = LIST_ITEM(it, struct waits, node);

		if (w->late || w->leaving)
			continue;
		show(w, out);
		return true;
	}
	return false;
}

void unanswered_late(struct unanswered *u, uint64_t id)
{
	must(u != NULL);
	struct waits *w = map_ptr(u->all, id);

	must(w != NULL);
	w->late = true;
	put(u, w);
	then(u, id, STEP_LATE);
}

/* ---- open and close -------------------------------------------------------------- */

static bool on_row(void *owner, const struct row *row)
{
	struct waits *w = add(owner, (uint64_t)row_i(row, 0), row_s(row, 1),
			      row_s(row, 2));

	w->late = row_i(row, 3) != 0;
	return true;
}

int unanswered_open(struct unanswered **out, struct store *store,
		    const struct unanswered_cfg *cfg, struct err *err)
{
	must(out != NULL && store != NULL && cfg != NULL && cfg->max > 0);
	AUTO(unanswered_close)
	struct unanswered *u = mem_new(struct unanswered);

	u->store = store;
	u->cfg = *cfg;
	u->all = map_new();
	list_init(&u->order);
	u->s_waiting =
		stats_get(STAT_GAUGE, "inbox_waiting",
			  "Words of customers that wait for an answer.", NULL);
	if (store->ops->scan(store, STORE_UNANSWERED_SCAN, NULL, 0, on_row,
			     u) != 0)
		return err_set(err, -EIO, "the inbox cannot be read");
	*out = TAKE(u);
	return 0;
}

void unanswered_close(struct unanswered **up)
{
	struct unanswered *u = TAKE(*up);

	if (u == NULL)
		return;
	LIST_EACH_SAFE (it, &u->order)
		forget(u, LIST_ITEM(it, struct waits, node));
	map_free(&u->all);
	mem_free(u);
}
