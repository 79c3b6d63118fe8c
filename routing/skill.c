/* Skills: for each name, who has it (a bitmap) and at which level. */
#include "routing/skill.h"

#include <errno.h>

#include "base/mem.h"
#include "routing/bits.h"

void skills_init(struct skills *s, unsigned max, unsigned targets)
{
	must(s != NULL && targets > 0);
	*s = (struct skills){ .by_name = dict_new(),
			      .v = mem_array(max, sizeof(struct skill)),
			      .max = max,
			      .targets = targets };
}

void skills_done(struct skills *s)
{
	must(s != NULL);
	for (unsigned i = 0; i < s->n; i++) {
		mem_free(s->v[i].name);
		mem_free(s->v[i].who);
		mem_free(s->v[i].level);
	}
	mem_free(s->v);
	dict_free(&s->by_name);
}

const struct skill *skills_find(const struct skills *s, const char *name)
{
	must(s != NULL && name != NULL);
	return dict_get(s->by_name, str_of(name));
}

static struct skill *skills_add(struct skills *s, const char *name)
{
	struct skill *k = &s->v[s->n++];

	k->name = str_dup(name);
	k->who = mem_array(bits_words(s->targets), sizeof(uint64_t));
	k->level = mem_array(s->targets, sizeof(uint8_t));
	dict_set(s->by_name, str_of(name), k);
	return k;
}

int skills_set(struct skills *s, unsigned target, const char *name,
	       unsigned level)
{
	must(s != NULL && name != NULL && target < s->targets);
	struct skill *k = dict_get(s->by_name, str_of(name));

	if (k == NULL) {
		if (level == 0)
			return 0;
		if (s->n == s->max)
			return -ENOSPC;
		k = skills_add(s, name);
	}
	k->level[target] = (uint8_t)MIN(level, UINT8_MAX);
	bits_put(k->who, target, level > 0);
	return 0;
}

void skills_forget(struct skills *s, unsigned target)
{
	must(s != NULL && target < s->targets);
	for (unsigned i = 0; i < s->n; i++) {
		s->v[i].level[target] = 0;
		bits_put(s->v[i].who, target, false);
	}
}
