/* Does a filter hold for a person? In three values, since consent is not
 * known everywhere: unsure counts between no and yes. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/clause.h"
#include "proto/json_span.h"

struct asking {
	const struct segment *s;
	const struct person *p;
	const struct segment_world *w;
	/* the value of an attribute that was written with escapes */
	char *unescaped;
};

/* ---- what is compared --------------------------------------------------------- */

/* A JSON text with escapes to its plain bytes. */
static bool unescape(struct asking *a, struct str json, struct str *out)
{
	json_t *j = json_loadb(json.p, json.len, JSON_DECODE_ANY, NULL);

	if (j == NULL)
		return false;
	mem_free(a->unescaped);
	a->unescaped = str_dup(json_string_value(j));
	*out = str_of(a->unescaped);
	json_decref(j);
	return a->unescaped != NULL;
}

/* Texts without their quotes; numbers, true and false as written. */
static bool attr_value(struct asking *a, struct str name, struct str *out)
{
	struct str key, v;
	size_t at = 0;

	while (json_span_member(a->p->contact.attrs, &at, &key, &v)) {
		if (!str_eq(key, name))
			continue;
		if (v.len == 0 || str_eqz(v, "null"))
			return false;
		*out = v;
		if (v.p[0] != '"')
			return true;
		*out = str_bytes(v.p + 1, v.len - 2);
		return str_find(*out, '\\') == out->len || unescape(a, v, out);
	}
	return false;
}

static struct str field_value(const struct contact *c, unsigned field)
{
	size_t at = segment_fields[field].offset;

	if (at == SIZE_MAX)
		return str_of(contact_state_name(c->state));
	return *(const struct str *)((const char *)c + at);
}

/* ---- tests ---------------------------------------------------------------------- */

static int compare_text(struct str a, struct str b)
{
	size_t n = MIN(a.len, b.len);
	int diff = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (diff != 0)
		return diff;
	return a.len < b.len ? -1 : a.len > b.len;
}

/* false: they cannot be compared, a number with a word. */
static bool compare(struct str has, const struct value *v, int *diff)
{
	double number;

	if (!v->is_number) {
		*diff = compare_text(has, v->text);
		return true;
	}
	if (!segment_number(has, &number))
		return false;
	*diff = number < v->number ? -1 : number > v->number;
	return true;
}

static bool str_holds(struct str all, struct str part)
{
	return part.len <= all.len &&
	       memmem(all.p, all.len, part.p, part.len) != NULL;
}

static bool value_fits(enum clause_op op, struct str has, const struct value *v)
{
	int diff;

	if (op == OP_CONTAINS)
		return str_holds(has, v->text);
	if (op == OP_STARTS)
		return str_starts(has, v->text);
	if (!compare(has, v, &diff))
		return op == OP_NE;
	switch (op) {
	case OP_EQ:
	case OP_IN:
		return diff == 0;
	case OP_NE:
		return diff != 0;
	case OP_LT:
		return diff < 0;
	case OP_LE:
		return diff <= 0;
	case OP_GT:
		return diff > 0;
	case OP_GE:
		return diff >= 0;
	case OP_CONTAINS:
	case OP_STARTS:
	case OP_SET:
	case OP_UNSET:
	case OPS:
		break;
	}
	return false;
}

/* has.len 0: it has none. */
static bool test_holds(const struct segment *s, const struct clause *c,
		       struct str has)
{
	if (c->op == OP_SET || c->op == OP_UNSET)
		return (has.len > 0) == (c->op == OP_SET);
	if (has.len == 0)
		return c->op == OP_NE;
	for (unsigned i = 0; i < c->nvalues; i++) {
		if (value_fits(c->op, has, &s->values[c->value + i]))
			return true;
	}
	return false;
}

static enum segment_answer of(bool yes)
{
	return yes ? SEGMENT_YES : SEGMENT_NO;
}

static enum segment_answer consent_holds(struct asking *a,
					 const struct clause *c)
{
	const struct person *p = a->p;
	struct str wanted = a->s->values[c->value].text;
	bool found = false;

	if (a->w->consent == NULL)
		return SEGMENT_UNSURE;
	for (unsigned i = 0; !found && i < p->n; i++)
		found = str_eqz(wanted,
				a->w->consent(a->w->owner, p->contact.tenant,
					      p->v[i].address, c->name));
	return of(found == (c->op == OP_EQ));
}

static enum segment_answer within_holds(const struct asking *a,
					const struct clause *c)
{
	int64_t at_ms = 0;

	switch (c->since) {
	case SINCE_ACTIVE:
		at_ms = a->p->heard_ms;
		break;
	case SINCE_ADDED:
		at_ms = a->p->contact.created_ms;
		break;
	case SINCE_CHANGED:
		at_ms = a->p->contact.updated_ms;
		break;
	case SINCES:
		must(false && "nothing to be since");
	}
	return of(at_ms != 0 && at_ms >= a->w->now_ms - c->within_ms);
}

/* ---- the tree ------------------------------------------------------------------- */

static enum segment_answer holds(struct asking *a, unsigned at);

static enum segment_answer row_holds(struct asking *a, const struct clause *c)
{
	enum segment_answer end = of(c->kind == CLAUSE_OR);
	enum segment_answer so_far = of(c->kind == CLAUSE_AND);

	for (unsigned i = c->first; i != 0 && so_far != end;
	     i = a->s->v[i].next) {
		enum segment_answer one = holds(a, i);

		so_far = c->kind == CLAUSE_AND ? MIN(so_far, one)
					       : MAX(so_far, one);
	}
	return so_far;
}

static enum segment_answer holds(struct asking *a, unsigned at)
{
	const struct clause *c = &a->s->v[at];
	struct str has = STR_NONE;

	switch (c->kind) {
	case CLAUSE_ALL:
		return SEGMENT_YES;
	case CLAUSE_AND:
	case CLAUSE_OR:
		return row_holds(a, c);
	case CLAUSE_NOT:
		return SEGMENT_YES - holds(a, c->first);
	case CLAUSE_FIELD:
		has = field_value(&a->p->contact, c->field);
		return of(test_holds(a->s, c, has));
	case CLAUSE_ATTR:
		if (!attr_value(a, c->name, &has))
			has = STR_NONE;
		return of(test_holds(a->s, c, has));
	case CLAUSE_CONSENT:
		return consent_holds(a, c);
	case CLAUSE_LIST:
		return of(person_on_list(a->p, c->name));
	case CLAUSE_WITHIN:
		return within_holds(a, c);
	case CLAUSE_HAS:
		return of(person_address(a->p, c->name).len > 0);
	case CLAUSE_KINDS:
		must(false && "no kind");
	}
	return SEGMENT_NO;
}

enum segment_answer segment_holds(const struct segment *s,
				  const struct person *p,
				  const struct segment_world *w)
{
	struct asking a = { s, p, w, NULL };

	must(s != NULL && p != NULL && w != NULL);
	enum segment_answer answer = holds(&a, s->root);
	mem_free(a.unescaped);
	return answer;
}
