/* A filter's text to its tree: by descent, a function for each rule. */
#include <errno.h>
#include <string.h>

#include "campaigns/clause.h"
#include "campaigns/segment_scan.h"
#include "proto/text.h"

struct reading {
	struct str text;
	struct token t; /* the one that is looked at */
	struct segment *s;
	unsigned depth;
	struct err *err;
	int rc; /* of the first fault */
};

static void step(struct reading *r)
{
	r->t = token_next(r->text, token_end(&r->t));
}

/* Every rule gives the number of its clause; 0 after a fault. */
static unsigned fault_at(struct reading *r, size_t at, int rc, const char *why)
{
	r->rc = rc;
	err_set(r->err, rc, "column %u: %s", token_column(r->text, at), why);
	return 0;
}

static unsigned expected(struct reading *r, const char *what)
{
	char shown[64], why[200];

	(void)snprintf(why, sizeof(why), "expected %s, found %.*s", what,
		       STR_ARGS(token_shown(&r->t, shown)));
	return fault_at(r, r->t.at, -EBADMSG, why);
}

/* err has its sentence already. */
static unsigned fault_here(struct reading *r, size_t at, int rc)
{
	r->rc = rc == -EINVAL ? -EBADMSG : rc;
	err_prefix(r->err, "column %u", token_column(r->text, at));
	return 0;
}

static bool took(struct reading *r, const char *word)
{
	if (!token_is(&r->t, word))
		return false;
	step(r);
	return true;
}

static bool must_take(struct reading *r, const char *word, const char *what)
{
	if (took(r, word))
		return true;
	expected(r, what);
	return false;
}

static unsigned clause_new(struct reading *r, enum clause_kind kind)
{
	unsigned i = segment_clause(r->s, kind, r->err);

	return i != 0 ? i : fault_here(r, r->t.at, -ENOSPC);
}

/* ---- names and values ------------------------------------------------------ */

static bool is_keyword(const struct token *t)
{
	static const char *const keywords[] = { "and", "or", "not",
						"in",  "is", "list" };

	for (unsigned i = 0; i < ARRAY_LEN(keywords); i++) {
		if (token_is(t, keywords[i]))
			return true;
	}
	return false;
}

/* A word, or a text in quotes with its \" undone; kept in the segment. */
static bool take_name(struct reading *r, const char *what, struct str *out)
{
	AUTO(buf_done) struct buf plain = { 0 };
	const struct token *t = &r->t;

	if (t->s.len == 0 || is_keyword(t) ||
	    (t->kind != TOKEN_WORD && t->kind != TOKEN_TEXT &&
	     t->kind != TOKEN_NUMBER)) {
		expected(r, what);
		return false;
	}
	buf_init(&plain, t->s.len + 1);
	for (size_t i = 0; i < t->s.len; i++) {
		if (t->kind == TOKEN_TEXT && t->s.p[i] == '\\' &&
		    i + 1 < t->s.len)
			i++;
		buf_c(&plain, t->s.p[i]);
	}
	if (!text_printable(buf_str(&plain))) {
		fault_at(r, t->at, -EBADMSG, "control characters in a text");
		return false;
	}
	*out = segment_keep(r->s, buf_str(&plain));
	step(r);
	return true;
}

static bool read_value(struct reading *r, unsigned clause)
{
	struct value v = { .text = STR_NONE };
	size_t at = r->t.at;
	bool bare = r->t.kind == TOKEN_NUMBER;

	if (bare && !segment_number(r->t.s, &v.number)) {
		expected(r, "a number such as 35 or 0.5, or a text in quotes");
		return false;
	}
	if (r->t.kind == TOKEN_TEXT && r->t.s.len == 0) {
		expected(r, "a value that is not empty ('is not set' asks for "
			    "none)");
		return false;
	}
	/* Kept twice, the second time as the value's: the room is there. */
	if (!take_name(r, "a value: \"text\", a word or a number", &v.text))
		return false;
	v.is_number = bare;
	int rc = segment_value(r->s, &r->s->v[clause], v, r->err);
	if (rc != 0)
		fault_here(r, at, rc);
	return rc == 0;
}

static bool read_values(struct reading *r, unsigned clause)
{
	if (!must_take(r, "(", "( and values after in"))
		return false;
	do {
		if (!read_value(r, clause))
			return false;
	} while (took(r, ","));
	return must_take(r, ")", ", or )");
}

/* ---- clauses ---------------------------------------------------------------- */

static unsigned leaf_done(struct reading *r, unsigned clause, size_t at)
{
	int rc = segment_leaf_check(r->s, &r->s->v[clause], r->err);

	return rc == 0 ? clause : fault_here(r, at, rc);
}

static bool take_set(struct reading *r, enum clause_op *op)
{
	*op = took(r, "not") ? OP_UNSET : OP_SET;
	return must_take(r, "set", "set or not set after is");
}

/* = "gold", in (...), contains ..., is set */
static bool take_test(struct reading *r, unsigned clause)
{
	static const enum clause_op signs[] = { OP_EQ, OP_NE, OP_LT,
						OP_LE, OP_GT, OP_GE };
	enum clause_op *op = &r->s->v[clause].op;

	for (unsigned i = 0; i < ARRAY_LEN(signs); i++) {
		if (took(r, clause_op_name(signs[i]))) {
			*op = signs[i];
			return read_value(r, clause);
		}
	}
	if (took(r, "is"))
		return take_set(r, op);
	*op = OP_IN;
	if (took(r, "in"))
		return read_values(r, clause);
	*op = OP_CONTAINS;
	if (took(r, "contains"))
		return read_value(r, clause);
	*op = OP_STARTS;
	if (took(r, "starts"))
		return must_take(r, "with", "with after starts") &&
		       read_value(r, clause);
	expected(r, "one of =, !=, <, <=, >, >=, in, not in, contains, starts "
		    "with, is set, is not set");
	return false;
}

/* "not in (...)": the clause inside of a NOT. */
static unsigned tested(struct reading *r, unsigned clause, size_t at)
{
	unsigned outer = 0;

	if (took(r, "not")) {
		outer = clause_new(r, CLAUSE_NOT);
		if (outer == 0)
			return 0;
		r->s->v[outer].first = clause;
		if (!token_is(&r->t, "in"))
			return expected(r, "in after not");
	}
	if (!take_test(r, clause) || leaf_done(r, clause, at) == 0)
		return 0;
	return outer != 0 ? outer : clause;
}

static unsigned take_attr(struct reading *r)
{
	unsigned clause = clause_new(r, CLAUSE_ATTR);
	size_t at = r->t.at;
	struct str name = str_from(r->t.s, 5);

	if (clause == 0)
		return 0;
	if (name.len > 0) {
		r->s->v[clause].name = segment_keep(r->s, name);
		step(r);
	} else {
		step(r);
		if (!take_name(r, "the name of an attribute after attr.",
			       &r->s->v[clause].name))
			return 0;
	}
	return tested(r, clause, at);
}

static unsigned take_field(struct reading *r, unsigned field)
{
	unsigned clause = clause_new(r, CLAUSE_FIELD);
	size_t at = r->t.at;

	if (clause == 0)
		return 0;
	r->s->v[clause].field = field;
	step(r);
	return tested(r, clause, at);
}

static unsigned take_consent(struct reading *r)
{
	unsigned clause = clause_new(r, CLAUSE_CONSENT);
	size_t at = r->t.at;

	step(r);
	if (clause == 0 ||
	    !must_take(r, "(", "( and a purpose after consent") ||
	    !take_name(r, "a purpose such as marketing",
		       &r->s->v[clause].name) ||
	    !must_take(r, ")", ") after the purpose"))
		return 0;
	if (!token_is(&r->t, "=") && !token_is(&r->t, "!="))
		return expected(r, "= or != after consent(...)");
	return take_test(r, clause) ? leaf_done(r, clause, at) : 0;
}

static unsigned take_list(struct reading *r)
{
	unsigned clause = clause_new(r, CLAUSE_LIST);

	step(r);
	if (clause == 0 || !must_take(r, "list", "list after in") ||
	    !take_name(r, "the name of a list", &r->s->v[clause].name))
		return 0;
	return clause;
}

static unsigned take_has(struct reading *r)
{
	unsigned clause = clause_new(r, CLAUSE_HAS);

	step(r);
	if (clause == 0 || !take_name(r, "a channel such as sms after has",
				      &r->s->v[clause].name))
		return 0;
	return clause;
}

static unsigned take_within(struct reading *r, enum clause_since since)
{
	unsigned clause = clause_new(r, CLAUSE_WITHIN);

	step(r);
	if (clause == 0 || !must_take(r, "within", "within and a time"))
		return 0;
	r->s->v[clause].since = since;
	if (r->t.kind != TOKEN_NUMBER ||
	    segment_span_parse(r->t.s, &r->s->v[clause].within_ms) != 0)
		return expected(r, "a time of up to ten years such as 30d, "
				   "12h or 2w");
	step(r);
	return clause;
}

static unsigned take_clause(struct reading *r)
{
	struct token *t = &r->t;

	if (token_is(t, "all")) {
		step(r);
		return clause_new(r, CLAUSE_ALL);
	}
	if (token_is(t, "consent"))
		return take_consent(r);
	if (token_is(t, "in"))
		return take_list(r);
	if (token_is(t, "has"))
		return take_has(r);
	for (unsigned i = 0; i < SINCES; i++) {
		if (token_is(t, clause_since_name((enum clause_since)i)))
			return take_within(r, (enum clause_since)i);
	}
	if (t->kind == TOKEN_WORD && t->s.len >= 5 &&
	    str_ieqz(str_first(t->s, 5), "attr."))
		return take_attr(r);
	for (unsigned i = 0; i < segment_fields_len; i++) {
		if (token_is(t, segment_fields[i].name))
			return take_field(r, i);
	}
	return expected(r, "a clause such as tier = \"gold\", attr.plan = "
			   "\"5g\", consent(marketing) = granted, in list "
			   "\"vip\", active within 30d");
}

/* ---- and, or, not ------------------------------------------------------------ */

static unsigned take_or(struct reading *r);

static unsigned take_not(struct reading *r)
{
	unsigned outer, inner;

	if (r->depth >= SEGMENT_DEPTH_MAX)
		return fault_at(r, r->t.at, -ENOSPC, "nested too deep");
	r->depth++;
	if (took(r, "not")) {
		outer = clause_new(r, CLAUSE_NOT);
		inner = outer == 0 ? 0 : take_not(r);
		if (inner != 0)
			r->s->v[outer].first = inner;
		inner = inner == 0 ? 0 : outer;
	} else if (took(r, "(")) {
		inner = take_or(r);
		if (inner != 0 && !must_take(r, ")", "and, or, or )"))
			inner = 0;
	} else {
		inner = take_clause(r);
	}
	r->depth--;
	return inner;
}

/* One of a kind stands for itself; more hang below a clause of their own. */
static unsigned take_row(struct reading *r, enum clause_kind kind,
			 const char *word, unsigned (*take)(struct reading *))
{
	unsigned last = take(r), row = 0;

	while (last != 0 && took(r, word)) {
		if (row == 0) {
			row = clause_new(r, kind);
			if (row == 0)
				return 0;
			r->s->v[row].first = last;
		}
		unsigned next = take(r);
		r->s->v[last].next = next;
		last = next;
	}
	return last == 0 || row == 0 ? last : row;
}

static unsigned take_and(struct reading *r)
{
	return take_row(r, CLAUSE_AND, "and", take_not);
}

static unsigned take_or(struct reading *r)
{
	return take_row(r, CLAUSE_OR, "or", take_and);
}

int segment_compile(struct str text, struct segment **out, struct err *err)
{
	must(out != NULL);
	if (text.len > SEGMENT_TEXT_MAX)
		return err_set(err, -ENOSPC, "a filter has at most %d bytes",
			       SEGMENT_TEXT_MAX);
	if (!text_utf8_ok(text))
		return err_set(err, -EBADMSG, "the filter is not UTF-8");
	/* A value is kept twice. */
	AUTO(segment_free) struct segment *s = segment_new(2 * text.len + 1);
	struct reading r = { .text = text, .s = s, .err = err };
	r.t = token_next(text, 0);
	s->root = take_or(&r);
	if (s->root != 0 && r.t.kind != TOKEN_END)
		s->root = expected(&r, "and, or, or the end");
	if (s->root == 0)
		return r.rc;
	*out = TAKE(s);
	return 0;
}
