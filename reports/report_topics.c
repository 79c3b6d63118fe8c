/* What people complain about: how often, how important, in which department. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "reports/report_impl.h"

static int64_t weight_of(const struct report *r, struct str topic)
{
	const struct setting_list *l = &r->cfg->topics;
	struct str word;
	int64_t weight;

	for (size_t i = 0; i < l->len; i++) {
		if (report_topic_read(str_of(l->v[i]), &word, &weight) == 0 &&
		    str_eq(word, topic))
			return weight;
	}
	return 1;
}

static struct topic *topic_make(const struct report *r, struct str topic,
				struct str department, bool whole)
{
	struct topic *t = mem_zalloc(sizeof(*t) + topic.len + department.len);

	t->weight = weight_of(r, topic);
	t->ntopic = topic.len;
	t->ndepartment = department.len;
	t->whole = whole;
	memcpy(t->words, topic.p, topic.len);
	memcpy(t->words + topic.len, department.p, department.len);
	return t;
}

/* NULL: there are too many. */
static struct topic *topic_get(struct report *r, struct str topic,
			       struct str department, bool whole)
{
	AUTO(buf_done) struct buf key = { 0 };
	struct topic *t;

	buf_init(&key, BUF_NO_LIMIT);
	buf_u8(&key, whole);
	buf_lstr(&key, topic);
	buf_lstr(&key, department);
	t = dict_get(r->topics, buf_str(&key));
	if (t != NULL || r->ntopics >= REPORT_TOPICS_MAX)
		return t;
	t = topic_make(r, topic, department, whole);
	(void)dict_set(r->topics, buf_str(&key), t);
	r->ntopics++;
	return t;
}

static void topic_add(struct topic *t, bool before, int64_t n)
{
	if (t != NULL && before)
		t->before += n;
	else if (t != NULL)
		t->now += n;
}

void topics_row(struct report *r, bool before, bool whole,
		struct str department, const struct kpi_row *k)
{
	must(r != NULL && k != NULL);
	if (str_eqz(k->name, "case.complaint"))
		topic_add(topic_get(r, k->detail, whole ? STR_NONE : department,
				    whole),
			  before, k->n);
}

void topics_free(struct report *r)
{
	size_t pos = 0;
	struct str key;
	void *t;

	while (dict_next(r->topics, &pos, &key, &t))
		mem_free(t);
	dict_free(&r->topics);
}

/* ---- in order ------------------------------------------------------------------- */

static int compare_str(struct str a, struct str b)
{
	int c = memcmp(a.p, b.p, MIN(a.len, b.len));

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static int compare_whole(const void *a, const void *b)
{
	const struct topic *x = *(struct topic *const *)a;
	const struct topic *y = *(struct topic *const *)b;
	int64_t px = x->now * x->weight, py = y->now * y->weight;

	if (px != py)
		return px < py ? 1 : -1;
	if (x->before * x->weight != y->before * y->weight)
		return x->before * x->weight < y->before * y->weight ? 1 : -1;
	return compare_str(topic_name(x), topic_name(y));
}

static int compare_departments(const void *a, const void *b)
{
	const struct topic *x = *(struct topic *const *)a;
	const struct topic *y = *(struct topic *const *)b;

	if (x->now != y->now)
		return x->now < y->now ? 1 : -1;
	return compare_str(topic_department(x), topic_department(y));
}

/* Appends those of the kind, of one topic if it is given; sorted. */
static unsigned gather(const struct report *r, const struct topic *of,
		       struct topic **v)
{
	size_t pos = 0;
	struct str key;
	unsigned n = 0;
	void *value;

	while (dict_next(r->topics, &pos, &key, &value)) {
		struct topic *t = value;

		if (t->whole == (of == NULL) &&
		    (of == NULL || str_eq(topic_name(t), topic_name(of))))
			v[n++] = t;
	}
	qsort(v, n, sizeof(*v),
	      of == NULL ? compare_whole : compare_departments);
	return n;
}

struct topic **report_topics(const struct report *r, unsigned *n)
{
	must(r != NULL && n != NULL);
	struct topic **whole = mem_alloc((r->ntopics + 1) * sizeof(*whole));
	struct topic **v = mem_alloc((r->ntopics + 1) * sizeof(*v));
	unsigned topics = gather(r, NULL, whole);

	*n = 0;
	for (unsigned i = 0; i < topics; i++) {
		v[(*n)++] = whole[i];
		*n += gather(r, whole[i], v + *n);
	}
	mem_free(whole);
	return v;
}
