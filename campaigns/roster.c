/* Pages of ids, eight bytes each, and the chain of their hashes. */
#include "campaigns/roster.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/secret.h"

struct roster {
	struct campaigns *c;
	uint64_t campaign;
	int64_t pages;
	uint8_t hash[32];
	struct buf bytes; /* a page; or, read, all of them */
	size_t at;        /* how far it was asked */
	bool reading, freed, damaged;
	void (*came)(void *owner, int rc);
	void *owner;
};

bool roster_wanted(const struct campaign *m)
{
	must(m != NULL);
	return m->spec.audience != AUDIENCE_ADDRESSES &&
	       (m->spec.schedule == SCHEDULE_FIXED ||
		m->spec.schedule == SCHEDULE_LOCAL);
}

static struct roster *roster_new(struct campaigns *c, const struct campaign *m)
{
	struct roster *r = mem_new(struct roster);

	must(c != NULL && m != NULL);
	r->c = c;
	r->campaign = m->id;
	buf_init(&r->bytes, BUF_NO_LIMIT);
	return r;
}

/* hash = SHA-256(hash before, page) */
static void roster_count(struct roster *r, struct str page)
{
	AUTO(buf_done) struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	buf_put(&b, r->hash, sizeof(r->hash));
	buf_str_put(&b, page);
	secret_sha256(buf_str(&b), r->hash);
}

/* ---- written ------------------------------------------------------------------- */

void roster_drop(struct campaigns *c, const struct campaign *m)
{
	must(c != NULL && m != NULL);
	const struct cell cell = CELL_I(m->id);

	store_put(c->store, STORE_ROSTER_DROP, &cell, 1);
}

struct roster *roster_begin(struct campaigns *c, const struct campaign *m)
{
	roster_drop(c, m);
	return roster_new(c, m);
}

void roster_page(struct roster *r, const struct people *p)
{
	must(r != NULL && p != NULL);
	buf_reset(&r->bytes);
	for (unsigned i = 0; i < p->n; i++)
		buf_u64(&r->bytes, p->v[i].contact);
	roster_count(r, buf_str(&r->bytes));
	const struct cell cells[] = { CELL_I(r->campaign), CELL_I(++r->pages),
				      CELL_B(buf_str(&r->bytes)) };

	store_put(r->c->store, STORE_ROSTER_PUT, cells, ARRAY_LEN(cells));
}

const uint8_t *roster_hash(const struct roster *r)
{
	must(r != NULL);
	return r->hash;
}

/* ---- read ---------------------------------------------------------------------- */

/* On the reader's thread. */
static bool roster_show(void *owner, const struct row *row)
{
	struct roster *r = owner;
	struct str page = row_s(row, 1);

	r->damaged |= row_i(row, 0) != ++r->pages || page.len % 8 != 0;
	roster_count(r, page);
	buf_str_put(&r->bytes, page);
	return !r->damaged;
}

static void roster_destroy(struct roster *r)
{
	buf_done(&r->bytes);
	mem_free(r);
}

static void roster_came(void *owner, int rc)
{
	struct roster *r = owner;

	r->c->reads--;
	r->reading = false;
	if (r->freed) {
		roster_destroy(r);
		return;
	}
	if (rc == 0 && r->c->stopping)
		rc = -EAGAIN;
	if (rc == 0 && r->damaged) /* what there is is not what was hashed */
		memset(r->hash, 0, sizeof(r->hash));
	r->came(r->owner, rc);
}

struct roster *roster_read(struct campaigns *c, const struct campaign *m,
			   void (*came)(void *owner, int rc), void *owner)
{
	struct roster *r = roster_new(c, m);
	const struct cell cell = CELL_I(m->id);

	must(came != NULL);
	r->came = came;
	r->owner = owner;
	r->reading = true;
	c->reads++;
	c->store->ops->get(c->store, STORE_ROSTER_READ, &cell, 1, roster_show,
			   roster_came, r);
	return r;
}

static uint64_t roster_id(const struct roster *r, size_t at)
{
	const uint8_t *p = (const uint8_t *)r->bytes.p + at * 8;
	uint64_t id = 0;

	for (unsigned i = 0; i < 8; i++)
		id = id << 8 | p[i];
	return id;
}

bool roster_has(struct roster *r, uint64_t contact)
{
	must(r != NULL && !r->reading);
	size_t n = r->bytes.len / 8;

	while (r->at < n && roster_id(r, r->at) < contact)
		r->at++;
	return r->at < n && roster_id(r, r->at) == contact;
}

void roster_free(struct roster **rp)
{
	must(rp != NULL);
	struct roster *r = TAKE(*rp);

	if (r == NULL)
		return;
	r->freed = true;
	if (!r->reading)
		roster_destroy(r);
}
