/* Links that ask for a call-back: a number and its proof, good once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "campaigns/campaigns.h"
#include "care/callbacks_impl.h"

#define PROOF 13 /* bytes of the digest that are shown, as hex */

_Static_assert(ID_TEXT + 2 * PROOF <= CALLBACK_TOKEN, "a token has its room");

static void put_row(struct callbacks *c, const struct callback_link *l)
{
	struct cell cells[] = { CELL_I(l->id),         CELL_Z(l->tenant),
				CELL_Z(l->address),    CELL_Z(l->queue),
				CELL_I(l->expires_ms), CELL_I(l->used) };

	store_put(c->env.store, STORE_CALLBACK_LINK_PUT, cells,
		  ARRAY_LEN(cells));
}

static void link_free(struct callbacks *c, struct callback_link *l)
{
	IGNORE(map_del(c->links, l->id, NULL));
	list_remove(&l->node);
	mem_free(l->tenant);
	mem_free(l->address);
	mem_free(l->queue);
	mem_free(l);
}

static struct callback_link *link_new(struct callbacks *c, uint64_t id,
				      struct str tenant, struct str address,
				      struct str queue, int64_t expires_ms)
{
	struct callback_link *l = mem_new(struct callback_link);

	l->id = id;
	l->tenant = str_z(tenant);
	l->address = str_z(address);
	l->queue = str_z(queue);
	l->expires_ms = expires_ms;
	map_set_ptr(c->links, id, l);
	list_append(&c->link_order, &l->node);
	return l;
}

/* ---- a batch that was not stored -------------------------------------------------- */

struct guard {
	struct callbacks *callbacks;
	uint64_t id;
	bool made;
};

static void on_stored(void *owner, int rc)
{
	struct guard *g = owner;
	struct callback_link *l = map_ptr(g->callbacks->links, g->id);

	if (l != NULL && rc != 0 && g->made)
		link_free(g->callbacks, l);
	else if (l != NULL && rc != 0)
		l->used = false;
	else if (l != NULL && l->used)
		link_free(g->callbacks, l);
	mem_free(g);
}

static void keep(struct callbacks *c, const struct callback_link *l, bool made)
{
	struct guard *g = mem_new(struct guard);

	put_row(c, l);
	*g = (struct guard){ c, l->id, made };
	store_then(c->env.store, on_stored, g);
}

/* ---- tokens ---------------------------------------------------------------------- */

static void prove(const struct callbacks *c, const char id[ID_TEXT],
		  struct buf *out)
{
	uint8_t digest[32];

	secret_hmac_sha256(str_of(c->link_key), str_of(id), digest);
	secret_hex(digest, PROOF, out);
}

/* The oldest that nobody used give way. */
static void make_room(struct callbacks *c)
{
	int64_t now_ms = callbacks_now(c);

	LIST_EACH_SAFE (it, &c->link_order) {
		struct callback_link *l =
			LIST_ITEM(it, struct callback_link, node);

		if (l->expires_ms > now_ms &&
		    map_len(c->links) < (size_t)c->env.cfg->links_max)
			return;
		if (!l->used)
			link_free(c, l);
	}
}

int callbacks_link(struct callbacks *c, struct str tenant, struct str address,
		   struct str queue, int64_t for_ms, char token[CALLBACK_TOKEN],
		   int64_t *expires_ms)
{
	must(c != NULL && token != NULL && expires_ms != NULL);
	char id[ID_TEXT];
	struct buf proof = { 0 };
	int64_t now_ms = callbacks_now(c);
	struct str in = queue.len > 0 ? queue : str_of(c->env.cfg->queue);
	int pool = callback_pool(c, tenant, in);

	if (pool < 0)
		return pool;
	if (c->env.store->ops->ready(c->env.store) != 0)
		return -ENOSPC;
	make_room(c);
	struct callback_link *l =
		link_new(c, id_next(&c->ids, now_ms), tenant, address, in,
			 now_ms + (for_ms > 0 ? for_ms : c->env.cfg->link_for));

	keep(c, l, true);
	id_text(l->id, id);
	buf_init(&proof, 64);
	prove(c, id, &proof);
	(void)snprintf(token, CALLBACK_TOKEN, "%s%s", id, proof.p);
	buf_done(&proof);
	*expires_ms = l->expires_ms;
	return 0;
}

/* -EBADMSG, -EPROTO */
static int find(const struct callbacks *c, struct str token,
		struct callback_link **out)
{
	char text[ID_TEXT] = "";
	struct buf proof = { 0 };
	uint64_t id;
	bool good;

	if (token.len != ID_TEXT - 1 + 2 * PROOF ||
	    id_parse(str_first(token, ID_TEXT - 1), &id) != 0)
		return -EBADMSG;
	id_text(id, text);
	buf_init(&proof, 64);
	prove(c, text, &proof);
	good = secret_eq(buf_str(&proof), str_from(token, ID_TEXT - 1));
	buf_done(&proof);
	if (!good)
		return -EBADMSG;
	*out = map_ptr(c->links, id);
	return *out == NULL || (*out)->used ||
			       (*out)->expires_ms <= callbacks_now(c)
		       ? -EPROTO
		       : 0;
}

int callbacks_link_check(const struct callbacks *c, struct str token)
{
	must(c != NULL);
	struct callback_link *l;

	return find(c, token, &l);
}

int callbacks_link_use(struct callbacks *c, struct str token,
		       struct callback_asked *out, struct err *err)
{
	must(c != NULL && out != NULL && err != NULL);
	struct callback_link *l = NULL;
	int rc = find(c, token, &l);

	if (rc != 0)
		return err_set(err, rc, "this link is used or too old");
	const struct callback_ask ask = {
		.tenant = str_of(l->tenant),
		.address = str_of(l->address),
		.queue = str_of(l->queue),
		.source = CALLBACK_BY_LINK,
	};

	rc = callbacks_ask(c, &ask, out, err);
	if (rc != 0)
		return rc;
	l->used = true;
	keep(c, l, false);
	if (c->env.campaigns != NULL)
		campaigns_took_part(c->env.campaigns, str_of(l->tenant),
				    str_of(l->address), "link");
	return 0;
}

void callback_links_drop(struct callbacks *c, struct str tenant,
			 struct str address)
{
	LIST_EACH (it, &c->link_order) {
		struct callback_link *l =
			LIST_ITEM(it, struct callback_link, node);

		if (l->used || !str_eqz(tenant, l->tenant) ||
		    !str_eqz(address, l->address))
			continue;
		l->used = true;
		keep(c, l, false);
	}
}

/* ---- the start ---------------------------------------------------------------- */

static bool on_link(void *owner, const struct row *row)
{
	struct callbacks *c = owner;

	id_source_seen(&c->ids, (uint64_t)row_i(row, 0));
	if (row_i(row, 5) == 0)
		link_new(c, (uint64_t)row_i(row, 0), row_s(row, 1),
			 row_s(row, 2), row_s(row, 3), row_i(row, 4));
	return true;
}

int callback_links_recover(struct callbacks *c, struct err *err)
{
	struct store *s = c->env.store;
	struct cell now = CELL_I(callbacks_now(c));
	int rc = stored_key(s, "callback_link_key", c->link_key, err);

	if (rc != 0)
		return rc;
	rc = s->ops->scan(s, STORE_CALLBACK_LINK_SCAN, &now, 1, on_link, c);
	return rc == 0 ? 0 : err_set(err, -EIO, "links cannot be read");
}

void callback_links_free(struct callbacks *c)
{
	LIST_EACH_SAFE (it, &c->link_order)
		link_free(c, LIST_ITEM(it, struct callback_link, node));
	map_free(&c->links);
}
