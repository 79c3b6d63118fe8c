/* Kinds by name, and changes gathered until the end of a slice. */
#include "store/tally.h"

#include "base/map.h"
#include "base/mem.h"
#include "store/names.h"

struct tally {
	struct names *kinds;
	struct map *deltas; /* kind and state -> int64_t */
};

struct tally *tally_new(void)
{
	struct tally *t = mem_new(struct tally);

	t->kinds = names_new();
	t->deltas = map_new();
	return t;
}

void tally_free(struct tally **tp)
{
	must(tp != NULL);

	struct tally *t = TAKE(*tp);
	if (t == NULL)
		return;
	names_free(&t->kinds);
	map_free(&t->deltas);
	mem_free(t);
}

static struct str tally_name(struct tally *t, struct str tenant,
			     struct str class_name, struct str campaign)
{
	const struct str words[] = { tenant, class_name, campaign };

	return names_of(t->kinds, words, ARRAY_LEN(words));
}

void tally_know(struct tally *t, uint64_t kind, struct str tenant,
		struct str class_name, struct str campaign)
{
	must(t != NULL);
	names_know(t->kinds, kind, tally_name(t, tenant, class_name, campaign));
}

int tally_kind(struct tally *t, struct backend *b, struct str tenant,
	       struct str class_name, struct str campaign, uint64_t *kind)
{
	must(t != NULL && b != NULL && kind != NULL);

	struct str name = tally_name(t, tenant, class_name, campaign);
	uint64_t id = names_find(t->kinds, name);
	if (id == 0 && campaign.len > 0 &&
	    names_len(t->kinds) >= TALLY_KINDS_MAX)
		return tally_kind(t, b, tenant, class_name, STR_NONE, kind);
	if (id == 0) {
		id = names_add(t->kinds, name);
		const struct cell cells[] = { CELL_I(id), CELL_T(tenant),
					      CELL_T(class_name),
					      CELL_T(campaign) };
		int rc = backend_write(b, STATEMENT_FOLD_KIND, cells,
				       ARRAY_LEN(cells));
		if (rc != 0)
			return rc;
	}
	*kind = id;
	return 0;
}

struct str tally_campaign(const struct tally *t, uint64_t kind)
{
	struct str words[3];

	must(t != NULL);
	return names_words(t->kinds, kind, words, ARRAY_LEN(words)) ? words[2]
								    : STR_NONE;
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
	names_committed(t->kinds);
	tally_forget_deltas(t);
}

void tally_rolled_back(struct tally *t)
{
	must(t != NULL);
	names_rolled_back(t->kinds);
	tally_forget_deltas(t);
}
