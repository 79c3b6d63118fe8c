/* Rounds over what is due: a read, what follows from its rows, the next. */
#include "gateway/purge.h"

#include <stdio.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "model/inbound.h"

enum {
	PURGE_SLICE = 200,      /* rows of one read */
	PURGE_ROUND_MS = 10000, /* between two rounds */
	PURGE_LATER_MS = 60000, /* one that is not final is looked at again */
	PURGE_SCRUBS = 3,       /* the journal is trimmed a second behind it */
	PURGE_LEAST_MS = 3600000, /* a walk looks at nothing younger */
	PURGE_KEEPS_MAX = 33, /* of each class, and of those that are no more */
	PURGE_WALKS_MAX = PURGE_KEEPS_MAX + 3 /* inbound; of the erased, both */
};

/* What a walk is over. */
struct walk {
	bool inbound;
	int64_t keep_ms; /* below 0: who was erased up to then, the other sign */
	uint64_t at;     /* the last id that it is done with */
	bool known;      /* its place has been read */
};

/* A row, between the reader's thread and the loop. */
struct purge_row {
	uint64_t id;
	enum message_state state;
	size_t class_at, class_len, at, len; /* in the bytes */
};

enum purge_step { PURGE_REST, PURGE_DUE, PURGE_PLACE, PURGE_WALKING };

struct purge {
	struct purge_env env;
	char *key;
	struct loop_timer *timer;
	bool stopped;
	enum purge_step step;
	struct walk walks[PURGE_WALKS_MAX];
	unsigned nwalks, walk; /* the one under way */
	uint64_t end;          /* of it */
	struct purge_row rows[PURGE_SLICE];
	unsigned n;
	struct buf bytes;
	uint64_t place;  /* as read */
	unsigned scrubs; /* so many rounds still cut the log off */
	struct stat *count;
};

static void next_step(struct purge *p);

/* ---- one body ---------------------------------------------------------------- */

static void keep_hash(struct purge *p, uint64_t id, struct str text)
{
	uint8_t hash[32];

	secret_hmac_sha256(p->env.key, text, hash);
	const struct cell cells[] = { CELL_I(id),
				      CELL_B(str_bytes(hash, sizeof(hash))) };

	store_put(p->env.store, STORE_BODY_HASH_PUT, cells, ARRAY_LEN(cells));
	stat_add(p->count, 1);
	p->scrubs = PURGE_SCRUBS;
}

static void put_record(struct purge *p, enum store_call call,
		       const struct purge_row *r)
{
	const struct cell cells[] = {
		CELL_I(r->id), CELL_B(str_bytes(p->bytes.p + r->at, r->len))
	};

	store_put(p->env.store, call, cells, ARRAY_LEN(cells));
}

static void purge_message(struct purge *p, const struct purge_row *r)
{
	char *bytes = p->bytes.p + r->at;
	struct message m;

	if (message_decode(str_bytes(bytes, r->len), r->id, &m) != 0 ||
	    m.purged)
		return;
	keep_hash(p, r->id, m.text);
	message_purge(bytes, &m);
	put_record(p, STORE_BODY_PURGE, r);
}

static void purge_inbound(struct purge *p, const struct purge_row *r)
{
	char *bytes = p->bytes.p + r->at;
	struct inbound in;

	if (inbound_decode(str_bytes(bytes, r->len), r->id, &in) != 0 ||
	    in.purged || in.text.len == 0)
		return;
	keep_hash(p, r->id, in.text);
	inbound_purge(bytes, &in);
	put_record(p, STORE_INBOUND_PURGE, r);
}

static void wait_for(struct purge *p, uint64_t id)
{
	const struct cell cells[] = {
		CELL_I(id), CELL_I(clock_wall_ms(p->env.clock) + PURGE_LATER_MS)
	};

	store_put(p->env.store, STORE_PURGE_WAIT_PUT, cells, ARRAY_LEN(cells));
}

/* ---- rows --------------------------------------------------------------------- */

static struct purge_row *row_new(struct purge *p, struct str record)
{
	must(p->n < PURGE_SLICE);
	struct purge_row *r = &p->rows[p->n++];

	*r = (struct purge_row){ .at = p->bytes.len, .len = record.len };
	buf_str_put(&p->bytes, record);
	return r;
}

/* On the reader's thread: "id state class record". */
static bool show_message(void *owner, const struct row *row)
{
	struct purge *p = owner;
	struct str class_name = row_s(row, 2);
	struct purge_row *r = row_new(p, row_s(row, 3));

	r->id = (uint64_t)row_i(row, 0);
	r->state = (enum message_state)row_i(row, 1);
	r->class_at = p->bytes.len;
	r->class_len = class_name.len;
	buf_str_put(&p->bytes, class_name);
	return p->n < PURGE_SLICE;
}

/* "id record" */
static bool show_inbound(void *owner, const struct row *row)
{
	struct purge *p = owner;
	struct purge_row *r = row_new(p, row_s(row, 1));

	r->id = (uint64_t)row_i(row, 0);
	return p->n < PURGE_SLICE;
}

static void ask(struct purge *p, enum store_call call, const struct cell *cells,
		unsigned n, store_row_fn show,
		void (*done)(void *owner, int rc))
{
	p->n = 0;
	buf_reset(&p->bytes);
	p->env.store->ops->get(p->env.store, call, cells, n, show, done, p);
}

/* What could not be read is read in the next round. */
static bool go_on(struct purge *p, int rc)
{
	if (rc == 0 && !p->stopped)
		return true;
	p->step = PURGE_REST;
	return false;
}

/* The disk was full: what was not stored is walked over again. */
static void on_stored(void *owner, int rc)
{
	struct purge *p = owner;

	for (unsigned i = 0; rc != 0 && i < p->nwalks; i++)
		p->walks[i].known = false;
	if (go_on(p, rc))
		next_step(p);
}

/* When this one is durable: so a round never fills the disk's queue. */
static void next_slice(struct purge *p)
{
	if (p->n == 0)
		next_step(p);
	else
		store_then(p->env.store, on_stored, p);
}

/* ---- messages with a time of their own ----------------------------------------- */

static void on_due(void *owner, int rc)
{
	struct purge *p = owner;

	if (!go_on(p, rc))
		return;
	for (unsigned i = 0; i < p->n; i++) {
		const struct purge_row *r = &p->rows[i];
		const struct cell id = CELL_I(r->id);

		if (!message_state_final(r->state)) {
			wait_for(p, r->id);
			continue;
		}
		purge_message(p, r);
		store_put(p->env.store, STORE_PURGE_WAIT_DROP, &id, 1);
	}
	if (p->n < PURGE_SLICE)
		p->step = PURGE_PLACE;
	next_slice(p);
}

static void ask_due(struct purge *p)
{
	const struct cell cells[] = { CELL_I(clock_wall_ms(p->env.clock)),
				      CELL_I(PURGE_SLICE) };

	ask(p, STORE_PURGE_DUE, cells, ARRAY_LEN(cells), show_message, on_due);
}

/* ---- walks ---------------------------------------------------------------------- */

static void place_name(const struct walk *w, char out[48])
{
	(void)snprintf(out, 48, "purge.%s.%lld",
		       w->inbound ? "inbound" : "message",
		       (long long)w->keep_ms);
}

static bool show_place(void *owner, const struct row *row)
{
	((struct purge *)owner)->place = (uint64_t)row_i(row, 0);
	return false;
}

static void on_place(void *owner, int rc)
{
	struct purge *p = owner;

	if (!go_on(p, rc))
		return;
	p->walks[p->walk].at = p->place;
	p->walks[p->walk].known = true;
	next_step(p);
}

static void put_place(struct purge *p, const struct walk *w)
{
	char name[48];

	place_name(w, name);
	const struct cell cells[] = { CELL_Z(name), CELL_I(w->at) };

	store_put(p->env.store, STORE_META_PUT, cells, ARRAY_LEN(cells));
}

/* Not what came after it: they may have come back. */
static bool is_erased(const struct purge *p, const struct walk *w,
		      const struct purge_row *r)
{
	struct str bytes = str_bytes(p->bytes.p + r->at, r->len);
	struct str tenant, address;
	struct message m;
	struct inbound in;

	if (w->inbound) {
		if (inbound_decode(bytes, r->id, &in) != 0)
			return false;
		tenant = in.tenant;
		address = in.from;
	} else {
		if (message_decode(bytes, r->id, &m) != 0)
			return false;
		tenant = m.tenant;
		address = m.to;
	}
	return id_wall_ms(r->id) <=
	       gateway_contact_erased_at(p->env.gateway, tenant, address);
}

static bool is_of(const struct purge *p, const struct walk *w,
		  const struct purge_row *r)
{
	if (w->keep_ms < 0)
		return is_erased(p, w, r);
	if (w->inbound)
		return true;

	struct str class_name =
		str_bytes(p->bytes.p + r->class_at, r->class_len);

	return gateway_retention(p->env.gateway, class_name) == w->keep_ms;
}

static void on_walked(void *owner, int rc)
{
	struct purge *p = owner;
	struct walk *w = &p->walks[p->walk];

	if (!go_on(p, rc))
		return;
	for (unsigned i = 0; i < p->n; i++) {
		const struct purge_row *r = &p->rows[i];

		w->at = r->id;
		if (!is_of(p, w, r))
			continue;
		if (w->inbound)
			purge_inbound(p, r);
		else if (message_state_final(r->state))
			purge_message(p, r);
		else
			wait_for(p, r->id);
	}
	if (p->n > 0)
		put_place(p, w);
	if (p->n < PURGE_SLICE) {
		p->walk++;
		p->step = PURGE_PLACE;
	}
	next_slice(p);
}

static void ask_walk(struct purge *p)
{
	const struct walk *w = &p->walks[p->walk];
	const struct cell cells[] = { CELL_I(w->at), CELL_I(p->end),
				      CELL_I(PURGE_SLICE) };

	ask(p, w->inbound ? STORE_PURGE_WALK_INBOUND : STORE_PURGE_WALK, cells,
	    ARRAY_LEN(cells), w->inbound ? show_inbound : show_message,
	    on_walked);
}

static void ask_place(struct purge *p)
{
	char name[48];

	place_name(&p->walks[p->walk], name);
	const struct cell cell = CELL_Z(name);

	p->place = 0;
	ask(p, STORE_META_GET, &cell, 1, show_place, on_place);
}

/* One walk for each time that classes keep; one for what customers write; two
 * for those who were erased. A class may have been given another time
 * meanwhile, or somebody was erased: then it is walked anew. */
static void find_walks(struct purge *p)
{
	struct walk fresh[PURGE_WALKS_MAX] = { { 0 } };
	int64_t keeps[PURGE_KEEPS_MAX];
	int64_t erased_ms = gateway_contact_erased_last(p->env.gateway);
	unsigned n = gateway_retentions(p->env.gateway, keeps, PURGE_KEEPS_MAX);
	unsigned all = erased_ms > 0 ? n + 3 : n + 1;

	for (unsigned i = 0; i < all; i++) {
		fresh[i].inbound = i == n || i == n + 2;
		fresh[i].keep_ms =
			i < n    ? keeps[i]
			: i == n ? gateway_inbound_retention(p->env.gateway)
				 : -erased_ms;
		for (unsigned k = 0; k < p->nwalks; k++) {
			if (p->walks[k].inbound == fresh[i].inbound &&
			    p->walks[k].keep_ms == fresh[i].keep_ms)
				fresh[i] = p->walks[k];
		}
	}
	p->nwalks = all;
	for (unsigned i = 0; i < p->nwalks; i++)
		p->walks[i] = fresh[i];
}

/* ---- rounds ----------------------------------------------------------------------- */

static void end_round(struct purge *p)
{
	p->step = PURGE_REST;
	if (p->scrubs == 0)
		return;
	p->scrubs--;
	store_put(p->env.store, STORE_SCRUB, NULL, 0);
}

static void next_walk(struct purge *p)
{
	const struct walk *w;

	if (p->walk == p->nwalks) {
		end_round(p);
		return;
	}
	w = &p->walks[p->walk];
	if (!w->known) {
		ask_place(p);
		return;
	}
	p->end = w->keep_ms < 0 ? id_floor(1 - w->keep_ms)
				: id_floor(clock_wall_ms(p->env.clock) -
					   MAX(w->keep_ms, PURGE_LEAST_MS));
	p->step = PURGE_WALKING;
	ask_walk(p);
}

static void next_step(struct purge *p)
{
	switch (p->step) {
	case PURGE_REST:
		break;
	case PURGE_DUE:
		ask_due(p);
		break;
	case PURGE_PLACE:
		next_walk(p);
		break;
	case PURGE_WALKING:
		ask_walk(p);
		break;
	}
}

void purge_tick(struct purge *p)
{
	must(p != NULL);
	/* A full disk takes no smaller records either. */
	if (p->stopped || p->step != PURGE_REST ||
	    p->env.store->ops->ready(p->env.store) != 0)
		return;
	find_walks(p);
	p->walk = 0;
	p->step = PURGE_DUE;
	next_step(p);
}

bool purge_busy(const struct purge *p)
{
	must(p != NULL);
	return p->step != PURGE_REST;
}

static void on_timer(void *owner)
{
	struct purge *p = owner;

	purge_tick(p);
	loop_timer_set(p->timer, PURGE_ROUND_MS);
}

void purge_open(struct purge **out, const struct purge_env *env)
{
	must(out != NULL && env != NULL && env->key.len > 0);

	struct purge *p = mem_new(struct purge);
	p->env = *env;
	p->key = str_z(env->key);
	p->env.key = str_of(p->key);
	buf_init(&p->bytes, BUF_NO_LIMIT);
	p->count = stats_get(STAT_COUNTER, "bodies_purged_total",
			     "Texts that were kept long enough.", NULL);
	p->timer = loop_timer_new(env->loop, on_timer, p);
	loop_timer_set(p->timer, PURGE_ROUND_MS);
	*out = p;
}

void purge_stop(struct purge *p)
{
	if (p == NULL)
		return;
	p->stopped = true;
	loop_timer_free(&p->timer);
}

void purge_close(struct purge **pp)
{
	struct purge *p = TAKE(*pp);

	if (p == NULL)
		return;
	purge_stop(p);
	buf_done(&p->bytes);
	secret_wipe(p->key, str_of(p->key).len);
	mem_free(p->key);
	mem_free(p);
}
