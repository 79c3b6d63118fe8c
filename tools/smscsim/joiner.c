/* Parts with the same addresses and reference become one message; a part
 * that comes twice begins another. */
#include "tools/smscsim/joiner.h"

#include <inttypes.h>

#include "base/map.h"
#include "base/mem.h"

struct joined {
	unsigned total, have;
	const struct submit *first;
	const struct submit **part; /* [total] */
};

struct joiner {
	struct joined **v;
	size_t len, cap;
	struct dict *open; /* by addresses and reference */
};

struct joiner *joiner_new(void)
{
	struct joiner *j = mem_new(struct joiner);

	j->open = dict_new();
	return j;
}

void joiner_free(struct joiner **jp)
{
	must(jp != NULL);
	struct joiner *j = TAKE(*jp);

	if (j == NULL)
		return;
	for (size_t i = 0; i < j->len; i++) {
		mem_free(j->v[i]->part);
		mem_free(j->v[i]);
	}
	mem_free(j->v);
	dict_free(&j->open);
	mem_free(j);
}

static struct joined *joiner_begin(struct joiner *j, const struct submit *s)
{
	struct joined *m = mem_new(struct joined);

	m->total = MAX(s->parts, 1);
	m->first = s;
	m->part = mem_array(m->total, sizeof(*m->part));
	if (j->len == j->cap) {
		j->cap = MAX(64, j->cap * 2);
		j->v = mem_resize(j->v, j->cap * sizeof(struct joined *));
	}
	j->v[j->len++] = m;
	return m;
}

static void joined_put(struct joined *m, unsigned at, const struct submit *s)
{
	m->part[at] = s;
	m->have++;
}

void joiner_add(struct joiner *j, const struct submit *s)
{
	char key[80];

	must(j != NULL && s != NULL);
	if (s->parts <= 1 || s->part < 1 || s->part > s->parts) {
		joined_put(joiner_begin(j, s), 0, s);
		return;
	}
	(void)snprintf(key, sizeof(key), "%s/%s/%u/%u", s->from, s->to, s->ref,
		       s->parts);
	struct joined *m = dict_get(j->open, str_of(key));
	if (m == NULL || m->part[s->part - 1] != NULL) {
		m = joiner_begin(j, s);
		(void)dict_set(j->open, str_of(key), m);
	}
	joined_put(m, s->part - 1u, s);
}

static void joined_texts(const struct joined *m, struct buf *out)
{
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	for (unsigned i = 0; i < m->total; i++) {
		if (m->part[i] != NULL)
			submit_text(m->part[i], &text);
	}
	buf_z(out, ",\"text\":");
	json_text(buf_str(&text), out);
	buf_z(out, ",\"ids\":[");
	for (unsigned i = 0; i < m->total; i++) {
		if (i > 0)
			buf_c(out, ',');
		json_text(str_of(m->part[i] == NULL ? "" : m->part[i]->id),
			  out);
	}
	buf_c(out, ']');
	buf_done(&text);
}

static void joined_json(const struct joined *m, struct buf *out)
{
	const struct submit *s = m->first;

	buf_f(out, "{\"n\":%" PRIu64 ",\"at_ms\":%" PRIi64 ",\"to\":", s->n,
	      s->at_ms);
	json_text(str_of(s->to), out);
	buf_z(out, ",\"from\":");
	json_text(str_of(s->from), out);
	joined_texts(m, out);
	buf_f(out,
	      ",\"parts\":%u,\"have\":%u,\"ref\":%u,\"coding\":%u,"
	      "\"registered\":%u,\"priority\":%u,\"status\":%u,"
	      "\"answered\":%s,\"link\":%" PRIu64 "}",
	      m->total, m->have, s->ref, s->coding, s->registered, s->priority,
	      s->status, s->answered ? "true" : "false", s->link);
}

void joiner_json(const struct joiner *j, unsigned n, struct buf *out)
{
	must(j != NULL && out != NULL);
	size_t from = j->len > n ? j->len - n : 0;

	buf_c(out, '[');
	for (size_t i = from; i < j->len; i++) {
		if (i > from)
			buf_c(out, ',');
		joined_json(j->v[i], out);
	}
	buf_z(out, "]\n");
}
