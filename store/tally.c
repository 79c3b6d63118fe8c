/* Kinds by name, and changes gathered until the end of a slice. */
#include "store/tally.h"

#include "base/map.h"
#include "base/mem.h"

struct tally_kind {
	uint64_t id;
	struct tally_kind *next_new; /* made in the open transaction */
	struct str name;             /* tenant, 0, class, 0, campaign */
	char bytes[];
};

struct tally {
	struct dict *kinds;
	uint64_t last; /* kind */
	struct tally_kind *fresh;
	struct map *deltas; /* kind and state -> int64_t */
	struct buf name;    /* scratch */
};

struct tally *tally_new(void)
{
	struct tally *t = mem_new(struct tally);

	t->kinds = dict_new();
	t->deltas = map_new();
	buf_init(&t->name, BUF_NO_LIMIT);
	return t;
}

void tally_free(struct tally **tp)
{
	must(tp != NULL);

	struct tally *t = TAKE(*tp);
	size_t pos = 0;
	struct str name;
	void *kind;
	if (t == NULL)
		return;
	while (dict_next(t->kinds, &pos, &name, &kind))
		mem_free(kind);
	dict_free(&t->kinds);
	map_free(&t->deltas);
	buf_done(&t->name);
	mem_free(t);
}

static struct str tally_name(struct tally *t, struct str tenant,
			     struct str class_name, struct str campaign)
{
	buf_reset(&t->name);
	buf_str_put(&t->name, tenant);
	buf_c(&t->name, '\0');
	buf_str_put(&t->name, class_name);
	buf_c(&t->name, '\0');
	buf_str_put(&t->name, campaign);
	return buf_str(&t->name);
}

static struct tally_kind *tally_remember(struct tally *t, uint64_t id,
					 struct str name)
{
	struct tally_kind *k = mem_alloc(sizeof(*k) + name.len);

	*k = (struct tally_kind){ .id = id };
	for (size_t i = 0; i < name.len; i++)
		k->bytes[i] = name.p[i];
	k->name = str_bytes(k->bytes, name.len);
	mem_free(dict_set(t->kinds, k->name, k));
	t->last = MAX(t->last, id);
	return k;
}

void tally_know(struct tally *t, uint64_t kind, struct str tenant,
		struct str class_name, struct str campaign)
{
	must(t != NULL);
	(void)tally_remember(t, kind,
			     tally_name(t, tenant, class_name, campaign));
}

int tally_kind(struct tally *t, struct backend *b, struct str tenant,
	       struct str class_name, struct str campaign, uint64_t *kind)
{
	must(t != NULL && b != NULL && kind != NULL);

	struct str name = tally_name(t, tenant, class_name, campaign);
	struct tally_kind *k = dict_get(t->kinds, name);
	if (k == NULL && campaign.len > 0 &&
	    dict_len(t->kinds) >= TALLY_KINDS_MAX)
		return tally_kind(t, b, tenant, class_name, STR_NONE, kind);
	if (k == NULL) {
		k = tally_remember(t, t->last + 1, name);
		k->next_new = t->fresh;
		t->fresh = k;
		const struct cell cells[] = { CELL_I(k->id), CELL_T(tenant),
					      CELL_T(class_name),
					      CELL_T(campaign) };
		int rc = backend_write(b, STATEMENT_FOLD_KIND, cells,
				       ARRAY_LEN(cells));
		if (rc != 0)
			return rc;
	}
	*kind = k->id;
	return 0;
}

void tally_add(struct tally *t, uint64_t kind, enum message_state state,
	       int64_t delta)
{
	uint64_t key = kind * MESSAGE_STATES + state, sum = 0;

	must(t != NULL && state < MESSAGE_STATES);
	(void)map_get(t->deltas, key, &sum);
	map_set(t->deltas, key, sum + (uint64_t)delta);
}

int tally_write(struct tally *t, struct backend *b)
{
	size_t pos = 0;
	uint64_t key, delta;
	int rc = 0;

	must(t != NULL && b != NULL);
	while (rc == 0 && map_next(t->deltas, &pos, &key, &delta)) {
		const struct cell cells[] = { CELL_I(key / MESSAGE_STATES),
					      CELL_I(key % MESSAGE_STATES),
					      CELL_I(delta) };
		if (delta != 0)
			rc = backend_write(b, STATEMENT_FOLD_TALLY, cells,
					   ARRAY_LEN(cells));
	}
	return rc;
}

static void tally_forget_deltas(struct tally *t)
{
	if (map_len(t->deltas) == 0)
		return;
	map_free(&t->deltas);
	t->deltas = map_new();
}

void tally_committed(struct tally *t)
{
	must(t != NULL);
	t->fresh = NULL;
	tally_forget_deltas(t);
}

void tally_rolled_back(struct tally *t)
{
	must(t != NULL);
	while (t->fresh != NULL) {
		struct tally_kind *k = t->fresh;
		t->fresh = k->next_new;
		(void)dict_del(t->kinds, k->name);
		mem_free(k);
	}
	tally_forget_deltas(t);
}
