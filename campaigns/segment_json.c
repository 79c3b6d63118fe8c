/* A filter's tree as JSON, and back: a member for what a clause asks, "op"
 * and "value" or "values" for how. */
#include <errno.h>
#include <string.h>

#include "campaigns/clause.h"
#include "proto/json.h"
#include "proto/text.h"

static const char *const kinds[CLAUSE_KINDS] = {
	[CLAUSE_ALL] = "all",         [CLAUSE_AND] = "and",
	[CLAUSE_OR] = "or",           [CLAUSE_NOT] = "not",
	[CLAUSE_FIELD] = "field",     [CLAUSE_ATTR] = "attr",
	[CLAUSE_CONSENT] = "consent", [CLAUSE_LIST] = "list",
	[CLAUSE_WITHIN] = "within",   [CLAUSE_HAS] = "has",
};

static bool kind_tests(enum clause_kind k)
{
	return k == CLAUSE_FIELD || k == CLAUSE_ATTR || k == CLAUSE_CONSENT;
}

/* ---- writing ----------------------------------------------------------------- */

static void value_json(const struct value *v, struct buf *b)
{
	if (v->is_number)
		json_raw(b, v->text);
	else
		json_s(b, v->text);
}

static void test_json(const struct segment *s, const struct clause *c,
		      struct buf *b)
{
	json_kz(b, "op", clause_op_name(c->op));
	if (c->nvalues == 0)
		return;
	if (c->op != OP_IN) {
		json_key(b, "value");
		value_json(&s->values[c->value], b);
		return;
	}
	json_key(b, "values");
	json_open(b, '[');
	for (unsigned i = 0; i < c->nvalues; i++)
		value_json(&s->values[c->value + i], b);
	json_close(b, ']');
}

static void clause_json(const struct segment *s, unsigned at, struct buf *b);

static void children_json(const struct segment *s, const struct clause *c,
			  struct buf *b)
{
	if (c->kind == CLAUSE_NOT) {
		clause_json(s, c->first, b);
		return;
	}
	json_open(b, '[');
	for (unsigned i = c->first; i != 0; i = s->v[i].next)
		clause_json(s, i, b);
	json_close(b, ']');
}

static void clause_json(const struct segment *s, unsigned at, struct buf *b)
{
	const struct clause *c = &s->v[at];

	json_open(b, '{');
	json_key(b, kinds[c->kind]);
	if (c->kind == CLAUSE_ALL)
		json_bool(b, true);
	else if (c->first != 0)
		children_json(s, c, b);
	else if (c->kind == CLAUSE_FIELD)
		json_s(b, str_of(segment_fields[c->field].name));
	else if (c->kind == CLAUSE_WITHIN)
		json_s(b, str_of(clause_since_name(c->since)));
	else
		json_s(b, c->name);
	if (kind_tests(c->kind))
		test_json(s, c, b);
	if (c->kind == CLAUSE_WITHIN) {
		AUTO(buf_done) struct buf span = { 0 };
		buf_init(&span, 32);
		segment_span_put(c->within_ms, &span);
		json_ks(b, "span", buf_str(&span));
	}
	json_close(b, '}');
}

void segment_json(const struct segment *s, struct buf *out)
{
	must(s != NULL && out != NULL);
	clause_json(s, s->root, out);
}

/* ---- reading ------------------------------------------------------------------ */

struct unfolding {
	struct segment *s;
	unsigned depth;
	struct err *err;
	int rc;
};

static unsigned refuse(struct unfolding *u, const char *why)
{
	u->rc = err_set(u->err, -EBADMSG, "the tree is no filter: %s", why);
	return 0;
}

static struct str text_member(const json_t *v)
{
	return json_is_string(v)
		       ? str_bytes(json_string_value(v), json_string_length(v))
		       : STR_NONE;
}

static bool name_take(struct unfolding *u, const json_t *v, struct str *out)
{
	struct str s = text_member(v);

	if (s.len == 0 || !text_printable(s)) {
		refuse(u, "a name is no text, empty or not printable");
		return false;
	}
	*out = segment_keep(u->s, s);
	return true;
}

static bool value_take(struct unfolding *u, unsigned clause, const json_t *j)
{
	char number[40] = "";
	struct value v = { .text = text_member(j),
			   .is_number = json_is_number(j) };

	if (json_is_integer(j))
		(void)snprintf(number, sizeof(number), "%lld",
			       (long long)json_integer_value(j));
	else if (json_is_real(j))
		(void)snprintf(number, sizeof(number), "%.12g",
			       json_real_value(j));
	if (v.is_number)
		v.text = str_of(number);
	if (v.text.len == 0 || !text_printable(v.text) ||
	    (v.is_number && !segment_number(v.text, &v.number))) {
		refuse(u, "a value is a text or a plain number");
		return false;
	}
	int rc = segment_value(u->s, &u->s->v[clause], v, u->err);
	u->rc = rc != 0 ? rc : u->rc;
	return rc == 0;
}

static bool op_take(const json_t *v, enum clause_op *op)
{
	for (unsigned i = 0; i < OPS; i++) {
		*op = (enum clause_op)i;
		if (str_eqz(text_member(v), clause_op_name(*op)))
			return true;
	}
	return false;
}

static bool test_take(struct unfolding *u, unsigned at, const json_t *j)
{
	const json_t *values = json_object_get(j, "values");
	const json_t *value = json_object_get(j, "value");
	struct clause *c = &u->s->v[at];
	size_t i;
	const json_t *one;

	if (!op_take(json_object_get(j, "op"), &c->op))
		return refuse(u, "'op' is missing or unknown") != 0;
	bool none = c->op == OP_SET || c->op == OP_UNSET;
	if ((value != NULL) != (!none && c->op != OP_IN) ||
	    (values != NULL) != (c->op == OP_IN))
		return refuse(u, "'op' goes with one 'value', 'in' with "
				 "'values', 'is set' with none") != 0;
	if (values == NULL)
		return none || value_take(u, at, value);
	if (json_array_size(values) == 0)
		return refuse(u, "'values' is no list or empty") != 0;
	json_array_foreach(values, i, one)
	{
		if (!value_take(u, at, one))
			return false;
	}
	return true;
}

static bool field_take(struct unfolding *u, unsigned at, const json_t *v)
{
	for (unsigned i = 0; i < segment_fields_len; i++) {
		if (str_eqz(text_member(v), segment_fields[i].name)) {
			u->s->v[at].field = i;
			return true;
		}
	}
	return refuse(u, "there is no such field") != 0;
}

static bool within_take(struct unfolding *u, unsigned at, const json_t *j)
{
	struct clause *c = &u->s->v[at];
	struct str word = text_member(json_object_get(j, "within"));

	for (unsigned i = 0; i < SINCES; i++) {
		c->since = (enum clause_since)i;
		if (!str_eqz(word, clause_since_name(c->since)))
			continue;
		if (segment_span_parse(text_member(json_object_get(j, "span")),
				       &c->within_ms) == 0)
			return true;
		return refuse(u, "'span' is a time such as 30d") != 0;
	}
	return refuse(u, "'within' is active, added or changed") != 0;
}

static bool leaf_take(struct unfolding *u, unsigned at, enum clause_kind kind,
		      const json_t *j)
{
	const json_t *v = json_object_get(j, kinds[kind]);

	if (kind == CLAUSE_ALL)
		return true;
	if (kind == CLAUSE_WITHIN)
		return within_take(u, at, j);
	if (kind == CLAUSE_FIELD ? !field_take(u, at, v)
				 : !name_take(u, v, &u->s->v[at].name))
		return false;
	if (!kind_tests(kind))
		return true;
	if (!test_take(u, at, j))
		return false;
	int rc = segment_leaf_check(u->s, &u->s->v[at], u->err);
	u->rc = rc != 0 ? -EBADMSG : u->rc;
	return rc == 0;
}

static unsigned clause_take(struct unfolding *u, const json_t *j);

static bool children_take(struct unfolding *u, unsigned at, const json_t *v)
{
	unsigned last = 0;
	size_t i;
	const json_t *one;

	if (u->s->v[at].kind == CLAUSE_NOT) {
		u->s->v[at].first = clause_take(u, v);
		return u->s->v[at].first != 0;
	}
	if (json_array_size(v) < 2)
		return refuse(u, "'and' and 'or' join two or more") != 0;
	json_array_foreach(v, i, one)
	{
		unsigned child = clause_take(u, one);
		if (child == 0)
			return false;
		if (last == 0)
			u->s->v[at].first = child;
		else
			u->s->v[last].next = child;
		last = child;
	}
	return true;
}

/* Members that its kind does not have are refused by their number. */
static bool members_fit(enum clause_kind kind, const json_t *j)
{
	size_t n = 1;

	if (kind == CLAUSE_WITHIN)
		n = 2;
	else if (kind_tests(kind))
		n = json_object_size(j) == 2 ? 2 : 3;
	return json_object_size(j) == n;
}

static unsigned clause_take(struct unfolding *u, const json_t *j)
{
	unsigned kind = 0, at;
	bool ok;

	if (u->depth >= SEGMENT_DEPTH_MAX)
		return refuse(u, "nested too deep");
	while (kind < CLAUSE_KINDS && json_object_get(j, kinds[kind]) == NULL)
		kind++;
	if (kind == CLAUSE_KINDS || !members_fit((enum clause_kind)kind, j))
		return refuse(u,
			      "a clause has one of all, and, or, not, field, "
			      "attr, consent, list, within, has, and no "
			      "member too many");
	at = segment_clause(u->s, (enum clause_kind)kind, u->err);
	if (at == 0) {
		u->rc = -ENOSPC;
		return 0;
	}
	u->depth++;
	if (kind == CLAUSE_AND || kind == CLAUSE_OR || kind == CLAUSE_NOT)
		ok = children_take(u, at, json_object_get(j, kinds[kind]));
	else
		ok = leaf_take(u, at, (enum clause_kind)kind, j);
	u->depth--;
	return ok ? at : 0;
}

/* No text of the tree is longer than all of it. */
static size_t texts_max(json_t *tree)
{
	return json_dumpb(tree, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
}

int segment_from_json(json_t *tree, struct segment **out, struct err *err)
{
	size_t size;

	must(tree != NULL && out != NULL);
	size = texts_max(tree);
	if (size > 4 * SEGMENT_TEXT_MAX)
		return err_set(err, -ENOSPC, "the tree is above %d bytes",
			       4 * SEGMENT_TEXT_MAX);
	AUTO(segment_free) struct segment *s = segment_new(size + 1);
	struct unfolding u = { .s = s, .err = err };
	s->root = clause_take(&u, tree);
	if (s->root == 0)
		return u.rc;
	*out = TAKE(s);
	return 0;
}

int segment_from_text_json(struct str json, struct segment **out,
			   struct err *err)
{
	json_error_t e;
	json_t *tree;

	must(out != NULL);
	tree = json_loadb(json.p, json.len, JSON_REJECT_DUPLICATES, &e);
	if (tree == NULL)
		return err_set(err, -EBADMSG, "the tree is no JSON: %s",
			       e.text);
	int rc = segment_from_json(tree, out, err);
	json_decref(tree);
	return rc;
}
