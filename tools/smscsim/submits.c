/* A list of submits, oldest first, of a limited length. */
#include "tools/smscsim/submits.h"

#include "base/list.h"
#include "base/mem.h"
#include "tools/smscsim/joiner.h"

struct submit_kept {
	struct list link;
	struct submit s;
	char raw[];
};

struct submits {
	struct list all; /* oldest first */
	size_t len;
};

struct submits *submits_new(void)
{
	struct submits *s = mem_new(struct submits);

	list_init(&s->all);
	return s;
}

static void submits_trim(struct submits *s, size_t keep)
{
	while (s->len > keep) {
		struct submit_kept *k =
			LIST_ITEM(s->all.next, struct submit_kept, link);
		list_remove(&k->link);
		mem_free(k);
		s->len--;
	}
}

void submits_clear(struct submits *s)
{
	must(s != NULL);
	submits_trim(s, 0);
}

void submits_free(struct submits **sp)
{
	must(sp != NULL);
	if (*sp == NULL)
		return;
	submits_trim(*sp, 0);
	mem_free(*sp);
	*sp = NULL;
}

void submits_add(struct submits *s, const struct submit *one, size_t keep)
{
	must(s != NULL && one != NULL);
	if (keep == 0)
		return;
	submits_trim(s, keep - 1);
	struct submit_kept *k = mem_alloc(sizeof(*k) + one->raw.len);
	k->s = *one;
	memcpy(k->raw, one->raw.p, one->raw.len);
	k->s.raw.p = k->raw;
	list_init(&k->link);
	list_append(&s->all, &k->link);
	s->len++;
}

const struct submit *submits_find(const struct submits *s, struct str id)
{
	must(s != NULL);
	LIST_EACH (it, &s->all) {
		struct submit_kept *k = LIST_ITEM(it, struct submit_kept, link);
		if (id.len > 0 && str_eqz(id, k->s.id))
			return &k->s;
	}
	return NULL;
}

void submits_list(const struct submits *s, unsigned n, struct str to,
		  struct buf *out)
{
	must(s != NULL && out != NULL);
	struct joiner *j = joiner_new();

	LIST_EACH (it, &s->all) {
		struct submit_kept *k = LIST_ITEM(it, struct submit_kept, link);
		if (to.len == 0 || str_eqz(to, k->s.to))
			joiner_add(j, &k->s);
	}
	joiner_json(j, n, out);
	joiner_free(&j);
}
