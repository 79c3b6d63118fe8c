/* A change on its way: written, told, and in place after its commit. */
#include "base/mem.h"
#include "campaigns/shelf.h"

struct change {
	struct shelf *shelf;
	struct version *next;
};

static void on_commit(void *owner, int rc)
{
	struct change *c = owner;
	struct shelf *s = c->shelf;

	must(s->changing);
	s->changing = false;
	if (rc == 0)
		shelf_put(s, TAKE(c->next));
	version_free(&c->next);
	if (s->n == 0)
		shelf_drop(s); /* its first version was not stored */
	mem_free(c);
}

static void put_rows(struct store *store, const struct version *v, bool texts)
{
	AUTO(buf_done) struct buf registrations = { 0 };
	struct cell cells[VERSION_CELLS];
	const struct cell key[] = { CELL_Z(v->tenant), CELL_Z(v->id),
				    CELL_I(v->number) };

	buf_init(&registrations, BUF_NO_LIMIT);
	version_cells(v, &registrations, cells);
	store_put(store, STORE_TEMPLATE_PUT, cells, VERSION_CELLS);
	if (!texts)
		return;
	store_put(store, STORE_TEMPLATE_TEXT_DROP, key, ARRAY_LEN(key));
	for (unsigned i = 0; i < v->n; i++) {
		struct cell words[TRANSLATION_CELLS];

		translation_cells(v, &v->v[i], words);
		store_put(store, STORE_TEMPLATE_TEXT_PUT, words,
			  TRANSLATION_CELLS);
	}
}

void shelf_change(struct shelf *s, struct version *v, bool texts,
		  struct str actor, const char *action)
{
	struct change *c = mem_new(struct change);
	struct library *l = s->library;

	must(s != NULL && v != NULL && !s->changing);
	s->changing = true;
	c->shelf = s;
	c->next = v;
	put_rows(l->store, v, texts);
	if (l->changed != NULL)
		l->changed(l->owner, shelf_version(s, v->number), v, actor,
			   action);
	store_then(l->store, on_commit, c);
}
