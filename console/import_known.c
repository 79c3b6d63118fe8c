/* Contacts of an import, read some at a time. */
#include "console/import_known.h"

#include <errno.h>

#include "base/mem.h"

enum {
	READS = 8, /* at once: the store has room for other readers */
	TRIES = 3  /* when others change contacts meanwhile */
};

struct slot {
	struct import_known *k;
	struct person_reader reader;
	uint64_t id;
};

struct import_known {
	struct request *r;
	struct str tenant;
	struct map *map; /* id -> struct person *, 0: there is none */
	uint64_t *ids;   /* wanted */
	size_t n, cap, next;
	struct slot slots[READS];
	unsigned reading, tries;
	int rc;
	uint64_t edits; /* of contacts, by anybody, when the reads began */
	void (*done)(void *owner, int rc);
	void *owner;
};

struct import_known *import_known_new(struct request *r, struct str tenant)
{
	struct import_known *k = mem_new(struct import_known);

	must(r != NULL);
	k->r = r;
	k->tenant = tenant;
	k->map = map_new();
	for (unsigned i = 0; i < READS; i++)
		k->slots[i].k = k;
	return k;
}

void import_known_clear(struct import_known *k)
{
	uint64_t key, value;
	size_t pos = 0;

	must(k != NULL);
	if (map_len(k->map) == 0)
		return;
	while (map_next(k->map, &pos, &key, &value))
		mem_free((void *)(uintptr_t)value);
	map_free(&k->map);
	k->map = map_new();
}

void import_known_free(struct import_known **kp)
{
	must(kp != NULL);
	struct import_known *k = TAKE(*kp);

	if (k == NULL)
		return;
	import_known_clear(k);
	map_free(&k->map);
	for (unsigned i = 0; i < READS; i++)
		person_reader_done(&k->slots[i].reader);
	mem_free(k->ids);
	mem_free(k);
}

bool import_known_get(const struct import_known *k, uint64_t id,
		      const struct person **out)
{
	uint64_t value;

	must(k != NULL && out != NULL);
	if (!map_get(k->map, id, &value))
		return false;
	*out = (const struct person *)(uintptr_t)value;
	return true;
}

static void keep(struct import_known *k, uint64_t id, struct person *p)
{
	import_known_drop(k, id);
	map_set_ptr(k->map, id, p);
}

void import_known_drop(struct import_known *k, uint64_t id)
{
	uint64_t old = 0;

	must(k != NULL);
	if (map_del(k->map, id, &old))
		mem_free((void *)(uintptr_t)old);
}

void import_known_put(struct import_known *k, const struct contact *c,
		      const struct contact_address *v, unsigned n)
{
	struct person is = { .contact = *c, .n = n };
	uint64_t there;

	must(k != NULL && c != NULL && n <= CONTACT_ADDRESSES_MAX);
	if (!map_get(k->map, c->id, &there))
		return;
	for (unsigned i = 0; i < n; i++)
		is.v[i] = v[i];
	keep(k, c->id, person_dup(&is)); /* copied before the old one goes */
}

void import_known_want(struct import_known *k, uint64_t id)
{
	uint64_t there;

	must(k != NULL);
	if (id == 0 || map_get(k->map, id, &there))
		return;
	map_set_ptr(k->map, id, NULL);
	if (k->n == k->cap) {
		k->cap = MAX(k->cap * 2, (size_t)64);
		k->ids = mem_resize(k->ids, k->cap * sizeof(k->ids[0]));
	}
	k->ids[k->n++] = id;
}

/* ---- reading ------------------------------------------------------------------- */

static void on_committed(void *owner, int rc);

/* Nobody waits for it any more. A stopping node has closed its gateway. */
static bool over(const struct import_known *k)
{
	return k->r->gone || k->r->answered || k->r->c->stopping;
}

static void ended(struct import_known *k)
{
	if (k->rc == 0 && over(k))
		k->rc = -EAGAIN;
	if (k->rc == 0 && k->n > 0 &&
	    gateway_contact_edits(k->r->c->gateway) != k->edits &&
	    ++k->tries < TRIES) {
		k->next = 0;
		store_then(k->r->c->store, on_committed, k);
		return;
	}
	k->n = 0;
	if (request_woken(k->r) && !k->r->answered)
		k->done(k->owner, k->rc);
}

/* On the reader's thread. */
static bool show(void *owner, const struct row *row)
{
	struct slot *s = owner;

	person_reader_row(&s->reader, row);
	return true;
}

static void on_read(void *owner, int rc);

static void read_next(struct slot *s)
{
	struct import_known *k = s->k;

	s->id = k->ids[k->next++];
	s->reader.open = false;
	k->reading++;
	const struct cell cells[] = { CELL_T(k->tenant), CELL_I(s->id),
				      CELL_I(0) };
	struct store *store = k->r->c->store;
	store->ops->get(store, STORE_PERSON_GET, cells, ARRAY_LEN(cells), show,
			on_read, s);
}

static void on_read(void *owner, int rc)
{
	struct slot *s = owner;
	struct import_known *k = s->k;

	k->reading--;
	if (rc != 0 || over(k))
		k->rc = rc != 0 ? rc : -EAGAIN;
	else
		keep(k, s->id,
		     s->reader.open ? person_dup(&s->reader.person) : NULL);
	if (k->next < k->n && k->rc == 0)
		read_next(s);
	else if (k->reading == 0)
		ended(k);
}

static void on_committed(void *owner, int rc)
{
	struct import_known *k = owner;

	k->rc = rc;
	if (rc != 0 || over(k) || k->n == 0) {
		ended(k);
		return;
	}
	k->edits = gateway_contact_edits(k->r->c->gateway);
	for (unsigned i = 0; i < READS && k->next < k->n; i++)
		read_next(&k->slots[i]);
}

void import_known_read(struct import_known *k,
		       void (*done)(void *owner, int rc), void *owner)
{
	must(k != NULL && done != NULL && k->reading == 0);
	k->done = done;
	k->owner = owner;
	k->next = 0;
	k->tries = 0;
	request_wait(k->r);
	store_then(k->r->c->store, on_committed, k);
}
