/* Names by text and by number; the new ones in a chain until the commit. */
#include "store/names.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"

struct name {
	uint64_t id;
	struct name *next_new; /* made in the open transaction */
	size_t len;
	char text[]; /* each word and a NUL */
};

struct names {
	struct dict *texts;
	struct map *ids;
	uint64_t last;
	struct name *fresh;
	struct buf scratch;
};

struct names *names_new(void)
{
	struct names *n = mem_new(struct names);

	n->texts = dict_new();
	n->ids = map_new();
	buf_init(&n->scratch, BUF_NO_LIMIT);
	return n;
}

void names_free(struct names **np)
{
	must(np != NULL);

	struct names *n = TAKE(*np);
	size_t pos = 0;
	struct str text;
	void *name;
	if (n == NULL)
		return;
	while (dict_next(n->texts, &pos, &text, &name))
		mem_free(name);
	dict_free(&n->texts);
	map_free(&n->ids);
	buf_done(&n->scratch);
	mem_free(n);
}

size_t names_len(const struct names *n)
{
	must(n != NULL);
	return dict_len(n->texts);
}

struct str names_of(struct names *n, const struct str *words, unsigned nwords)
{
	must(n != NULL && words != NULL);
	buf_reset(&n->scratch);
	for (unsigned i = 0; i < nwords; i++) {
		buf_str_put(&n->scratch, words[i]);
		buf_c(&n->scratch, '\0');
	}
	return buf_str(&n->scratch);
}

static struct name *names_keep(struct names *n, uint64_t id, struct str text)
{
	struct name *v = mem_alloc(sizeof(*v) + text.len);

	v->id = id;
	v->next_new = NULL;
	v->len = text.len;
	memcpy(v->text, text.p, text.len);
	mem_free(dict_set(n->texts, text, v));
	map_set_ptr(n->ids, id, v);
	n->last = MAX(n->last, id);
	return v;
}

void names_know(struct names *n, uint64_t id, struct str name)
{
	must(n != NULL);
	(void)names_keep(n, id, name);
}

uint64_t names_find(const struct names *n, struct str name)
{
	must(n != NULL);

	const struct name *v = dict_get(n->texts, name);
	return v == NULL ? 0 : v->id;
}

uint64_t names_add(struct names *n, struct str name)
{
	must(n != NULL && dict_get(n->texts, name) == NULL);

	struct name *v = names_keep(n, n->last + 1, name);
	v->next_new = n->fresh;
	n->fresh = v;
	return v->id;
}

bool names_words(const struct names *n, uint64_t id, struct str *words,
		 unsigned nwords)
{
	must(n != NULL && words != NULL);

	const struct name *v = map_ptr(n->ids, id);
	if (v == NULL)
		return false;
	struct str rest = str_bytes(v->text, v->len);
	for (unsigned i = 0; i < nwords; i++)
		rest = str_cut(rest, '\0', &words[i]);
	return true;
}

void names_committed(struct names *n)
{
	must(n != NULL);
	n->fresh = NULL;
}

void names_rolled_back(struct names *n)
{
	must(n != NULL);
	while (n->fresh != NULL) {
		struct name *v = n->fresh;
		n->fresh = v->next_new;
		(void)dict_del(n->texts, str_bytes(v->text, v->len));
		(void)map_del(n->ids, v->id, NULL);
		mem_free(v);
	}
}
