/* Shelves: found by tenant and id, kept in that order. */
#include "campaigns/shelf.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

static void key_put(struct str tenant, struct str id, struct buf *out)
{
	buf_str_put(out, tenant);
	buf_c(out, '\0');
	buf_str_put(out, id);
}

static struct str key_of(const struct shelf *s)
{
	return str_bytes(s->key, s->key_len);
}

struct shelf *shelf_find(const struct library *l, struct str tenant,
			 struct str id)
{
	AUTO(buf_done) struct buf key = { 0 };

	must(l != NULL);
	buf_init(&key, BUF_NO_LIMIT);
	key_put(tenant, id, &key);
	return dict_get(l->shelves, buf_str(&key));
}

/* The first place whose key is not below this one. */
static size_t place(const struct library *l, struct str key)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct str k = key_of(l->order[mid]);
		int diff = memcmp(k.p, key.p, MIN(k.len, key.len));

		if (diff < 0 || (diff == 0 && k.len < key.len))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct shelf *shelf_add(struct library *l, struct str tenant, struct str id)
{
	struct shelf *s = mem_new(struct shelf);
	AUTO(buf_done) struct buf key = { 0 };
	size_t at;

	must(l != NULL);
	buf_init(&key, BUF_NO_LIMIT);
	key_put(tenant, id, &key);
	s->library = l;
	s->key_len = key.len;
	s->key = buf_take(&key);
	if (l->n == l->cap) {
		l->cap = MAX(l->cap * 2, 16);
		l->order = mem_resize(l->order, l->cap * sizeof(l->order[0]));
	}
	at = place(l, key_of(s));
	memmove(&l->order[at + 1], &l->order[at],
		(l->n - at) * sizeof(l->order[0]));
	l->order[at] = s;
	l->n++;
	must(dict_set(l->shelves, key_of(s), s) == NULL);
	return s;
}

void shelf_drop(struct shelf *s)
{
	must(s != NULL && s->n == 0);
	struct library *l = s->library;
	size_t at = place(l, key_of(s));

	must(at < l->n && l->order[at] == s);
	IGNORE(dict_del(l->shelves, key_of(s)) != s);
	memmove(&l->order[at], &l->order[at + 1],
		(l->n - at - 1) * sizeof(l->order[0]));
	l->n--;
	for (unsigned i = 0; i < s->n_tallies; i++)
		mem_free(s->tallies[i]);
	mem_free(s->tallies);
	mem_free(s->v);
	mem_free(s->key);
	mem_free(s);
}

struct version *shelf_version(const struct shelf *s, unsigned number)
{
	must(s != NULL);
	return number >= 1 && number <= s->n ? s->v[number - 1] : NULL;
}

struct tally *shelf_tally(struct shelf *s, unsigned number)
{
	must(s != NULL && number >= 1 && number <= s->n);
	if (number > s->n_tallies) {
		s->tallies =
			mem_resize(s->tallies, s->n * sizeof(struct tally *));
		while (s->n_tallies < s->n)
			s->tallies[s->n_tallies++] = NULL;
	}
	if (s->tallies[number - 1] == NULL) {
		struct tally *t = mem_new(struct tally);

		t->shelf = s;
		t->number = number;
		s->tallies[number - 1] = t;
	}
	return s->tallies[number - 1];
}

void shelf_put(struct shelf *s, struct version *v)
{
	must(s != NULL && v != NULL && v->number >= 1 && v->number <= s->n + 1);
	if (v->number == s->n + 1) {
		s->v = mem_resize(s->v, (s->n + 1) * sizeof(struct version *));
		s->v[s->n++] = v;
		return;
	}
	version_free(&s->v[v->number - 1]);
	s->v[v->number - 1] = v;
}

int shelf_seen(const struct library *l, struct str tenant, struct str id,
	       unsigned number, uint64_t revision, struct shelf **shelf,
	       const struct version **version, struct library_refusal *why)
{
	struct shelf *s = shelf_find(l, tenant, id);
	const struct version *v = s == NULL ? NULL : shelf_version(s, number);

	if (v == NULL) {
		err_set(&why->err, 0, "there is no such template and version");
		return library_refuse(why, -ENOENT, "not_found", NULL);
	}
	if (s->changing) {
		err_set(&why->err, 0, "another change of it is on its way");
		return library_refuse(why, -EAGAIN, "changing", NULL);
	}
	if (revision != 0 && revision != v->revision) {
		err_set(&why->err, 0,
			"it was changed meanwhile: revision %llu is %s, last "
			"touched by %s",
			(unsigned long long)v->revision,
			version_state_name(v->state),
			v->approver[0] != '\0' ? v->approver : v->author);
		return library_refuse(why, -EEXIST, "changed", NULL);
	}
	*shelf = s;
	*version = v;
	return 0;
}
