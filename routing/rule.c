/* Rules: conditions on attributes that lead work to a pool, first match. */
#include "routing/rule.h"

#include <errno.h>

#include "base/mem.h"

struct cond {
	enum attr attr;
	struct str *values; /* bytes are the rule's */
	size_t n;
};

struct rule {
	char *name;
	struct cond *conds;
	size_t n;
	int pool;
};

void rules_init(struct rules *rs, unsigned max)
{
	must(rs != NULL);
	*rs = (struct rules){ mem_array(max, sizeof(struct rule)), 0, max };
}

static void cond_done(struct cond *c)
{
	for (size_t i = 0; i < c->n; i++) {
		void *bytes = (void *)(uintptr_t)c->values[i].p;
		mem_free(bytes);
	}
	mem_free(c->values);
}

void rules_clear(struct rules *rs)
{
	must(rs != NULL);
	for (unsigned i = 0; i < rs->n; i++) {
		struct rule *r = &rs->v[i];

		for (size_t j = 0; j < r->n; j++)
			cond_done(&r->conds[j]);
		mem_free(r->conds);
		mem_free(r->name);
	}
	rs->n = 0;
}

void rules_done(struct rules *rs)
{
	rules_clear(rs);
	mem_free(rs->v);
}

static void cond_init(struct cond *c, const struct rule_cond *from)
{
	must((unsigned)from->attr < ATTR_COUNT);
	c->attr = from->attr;
	c->n = from->n;
	c->values = mem_array(from->n, sizeof(struct str));
	for (size_t i = 0; i < from->n; i++)
		c->values[i] = str_of(str_dup(from->values[i]));
}

int rules_add(struct rules *rs, const char *name, const struct rule_cond *conds,
	      size_t n, int pool)
{
	must(rs != NULL && name != NULL && (conds != NULL || n == 0));
	if (rs->n == rs->max)
		return -ENOSPC;

	struct rule *r = &rs->v[rs->n++];
	*r = (struct rule){ .name = str_dup(name),
			    .conds = mem_array(n, sizeof(struct cond)),
			    .n = n,
			    .pool = pool };
	for (size_t i = 0; i < n; i++)
		cond_init(&r->conds[i], &conds[i]);
	return 0;
}

static bool cond_holds(const struct cond *c, const struct attrs *a)
{
	struct str has = a->v[c->attr];

	for (size_t i = 0; i < c->n; i++) {
		if (c->attr == ATTR_TO ? str_starts(has, c->values[i])
				       : str_eq(has, c->values[i]))
			return true;
	}
	return false;
}

/* "class is alert, not one of survey, marketing"; a number is not shown. */
static void cond_why(const struct cond *c, const struct attrs *a,
		     struct buf *out)
{
	struct str has = a->v[c->attr];

	if (c->attr == ATTR_TO)
		buf_z(out, "to does not begin with ");
	else if (has.len == 0)
		buf_f(out, "%s is not given, not ", attr_name(c->attr));
	else
		buf_f(out, "%s is %.*s, not ", attr_name(c->attr),
		      STR_ARGS(str_first(has, 40)));
	if (c->n > 1)
		buf_z(out, "one of ");
	for (size_t i = 0; i < c->n && out->len < 200; i++)
		buf_f(out, "%s%.*s", i > 0 ? ", " : "",
		      STR_ARGS(str_first(c->values[i], 40)));
}

static void rule_explain(const struct rule *r, const struct cond *broken,
			 const struct attrs *a, struct explain *ex)
{
	struct buf why;

	if (ex == NULL)
		return;
	buf_init(&why, 512);
	if (broken != NULL)
		cond_why(broken, a, &why);
	else
		buf_z(&why, r->n == 0 ? "takes everything" : "matches");
	explain_add(ex, true, r->name, broken == NULL, why.p);
	buf_done(&why);
}

static const struct cond *rule_broken(const struct rule *r,
				      const struct attrs *a)
{
	for (size_t i = 0; i < r->n; i++) {
		if (!cond_holds(&r->conds[i], a))
			return &r->conds[i];
	}
	return NULL;
}

int rules_match(const struct rules *rs, const struct attrs *a,
		struct explain *ex)
{
	must(rs != NULL && a != NULL);
	for (unsigned i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->v[i];
		const struct cond *broken = rule_broken(r, a);

		rule_explain(r, broken, a, ex);
		if (broken == NULL)
			return r->pool;
	}
	return -ENOENT;
}
