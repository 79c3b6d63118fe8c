/* Templates to programs: one pass over the source, every limit checked. */
#include "templates/parse.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "proto/text.h"
#include "templates/program.h"

/* An open {{#if}}: the op whose jump is not known yet. */
struct open_if {
	uint16_t op;
	bool has_else;
};

struct parser {
	struct template *t;
	struct str src;
	size_t at;
	struct open_if open[TEMPLATE_DEPTH_MAX];
	unsigned depth;
	struct err *err;
};

/* "character 12: ", for people who count characters and not bytes */
static int fault(const struct parser *p, size_t at, int rc, const char *why)
{
	return err_set(p->err, rc, "character %zu: %s",
		       text_count(str_first(p->src, at)) + 1, why);
}

static struct op *add_op(struct parser *p, enum op_kind kind)
{
	struct template *t = p->t;

	if (t->n_ops == TEMPLATE_OPS_MAX)
		return NULL;
	struct op *op = &t->ops[t->n_ops++];

	*op = (struct op){ .kind = kind };
	return op;
}

static int add_text(struct parser *p, struct str s)
{
	if (s.len == 0)
		return 0;
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.p[i] == '}' && s.p[i + 1] == '}')
			return fault(p, (size_t)(s.p - p->src.p) + i, -EBADMSG,
				     "\"}}\" without \"{{\"");
	struct op *op = add_op(p, OP_TEXT);

	if (op == NULL)
		return fault(p, p->at, -ENOSPC, "more than 256 parts");
	op->text = s;
	return 0;
}

static bool is_name(struct str s)
{
	if (s.len == 0 || s.len > TEMPLATE_NAME_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') ||
			      (c >= 'A' && c <= 'Z') || c == '_';
		bool later = (c >= '0' && c <= '9') || c == '.';

		if (!letter && !(i > 0 && later))
			return false;
	}
	return true;
}

static int add_var(struct parser *p, size_t at, struct str name, bool required,
		   uint16_t *out)
{
	struct template *t = p->t;
	unsigned i = 0;

	if (!is_name(name))
		return fault(p, at, -EBADMSG,
			     "a name is letters, digits, _ and ., at most 64");
	while (i < t->n_vars && !str_eq(t->vars[i].name, name))
		i++;
	if (i == TEMPLATE_VARS_MAX)
		return fault(p, at, -ENOSPC, "more than 64 variables");
	if (i == t->n_vars)
		t->vars[t->n_vars++] = (struct var){ name, false };
	t->vars[i].required |= required;
	*out = (uint16_t)i;
	return 0;
}

/* Position of the '|' that ends the first filter, quotes aside; s.len. */
static size_t filter_end(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '|')
			return i;
		if (s.p[i] == '"')
			i += 1 + filter_quote_end(str_from(s, i + 1));
	}
	return s.len;
}

static int parse_filters(struct parser *p, size_t at, struct str s,
			 struct op *op)
{
	while (s.len > 0) {
		size_t end = filter_end(str_from(s, 1)) + 1;
		struct str one = str_from(str_first(s, end), 1);
		int rc;

		if (op->n_filters == TEMPLATE_FILTERS_MAX)
			return fault(p, at, -ENOSPC, "more than 4 filters");
		rc = filter_parse(str_trim(one), &op->filters[op->n_filters++],
				  p->err);
		if (rc != 0) {
			err_prefix(p->err, "character %zu",
				   text_count(str_first(p->src, at)) + 1);
			return rc;
		}
		s = str_from(s, end);
	}
	return 0;
}

static bool has_default(const struct op *op)
{
	for (unsigned i = 0; i < op->n_filters; i++)
		if (op->filters[i].kind == FILTER_DEFAULT)
			return true;
	return false;
}

/* name|filter|filter */
static int parse_value(struct parser *p, size_t at, struct str tag)
{
	size_t bar = str_find(tag, '|');
	struct op *op = add_op(p, OP_VAR);
	int rc;

	if (op == NULL)
		return fault(p, at, -ENOSPC, "more than 256 parts");
	rc = parse_filters(p, at, str_from(tag, bar), op);
	if (rc != 0)
		return rc;
	return add_var(p, at, str_trim(str_first(tag, bar)), !has_default(op),
		       &op->var);
}

static int parse_if(struct parser *p, size_t at, struct str name)
{
	if (p->depth == TEMPLATE_DEPTH_MAX)
		return fault(p, at, -ENOSPC, "{{#if}} more than 8 deep");
	struct op *op = add_op(p, OP_IF);

	if (op == NULL)
		return fault(p, at, -ENOSPC, "more than 256 parts");
	p->open[p->depth++] =
		(struct open_if){ .op = (uint16_t)(p->t->n_ops - 1) };
	return add_var(p, at, name, false, &op->var);
}

static int parse_else(struct parser *p, size_t at)
{
	if (p->depth == 0 || p->open[p->depth - 1].has_else)
		return fault(p, at, -EBADMSG, "{{else}} without its {{#if}}");
	struct open_if *open = &p->open[p->depth - 1];

	if (add_op(p, OP_JUMP) == NULL)
		return fault(p, at, -ENOSPC, "more than 256 parts");
	p->t->ops[open->op].jump = (uint16_t)p->t->n_ops;
	open->op = (uint16_t)(p->t->n_ops - 1);
	open->has_else = true;
	return 0;
}

static int parse_end(struct parser *p, size_t at)
{
	if (p->depth == 0)
		return fault(p, at, -EBADMSG, "{{/if}} without its {{#if}}");
	p->t->ops[p->open[--p->depth].op].jump = (uint16_t)p->t->n_ops;
	return 0;
}

/* What stood between {{ and }}, trimmed; at: where the {{ stands. */
static int parse_tag(struct parser *p, size_t at, struct str tag)
{
	if (tag.len > 3 && str_starts(tag, STR("#if")) &&
	    (tag.p[3] == ' ' || tag.p[3] == '\t'))
		return parse_if(p, at, str_trim(str_from(tag, 3)));
	if (str_eqz(tag, "else"))
		return parse_else(p, at);
	if (str_eqz(tag, "/if"))
		return parse_end(p, at);
	if (tag.len > 0 && (tag.p[0] == '#' || tag.p[0] == '/'))
		return fault(
			p, at, -EBADMSG,
			"only {{#if name}}, {{else}} and {{/if}} are known");
	return parse_value(p, at, tag);
}

/* Position of "}}" in s, quotes aside; s.len: none. */
static size_t tag_end(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		if (s.p[i] == '}' && s.p[i + 1] == '}')
			return i;
		if (s.p[i] == '"')
			i += 1 + filter_quote_end(str_from(s, i + 1));
	}
	return s.len;
}

static int parse_next(struct parser *p)
{
	struct str rest = str_from(p->src, p->at);
	size_t open = 0;

	while (open + 1 < rest.len &&
	       !(rest.p[open] == '{' && rest.p[open + 1] == '{'))
		open++;
	if (open + 1 >= rest.len)
		open = rest.len;
	int rc = add_text(p, str_first(rest, open));

	p->at += open;
	if (rc != 0 || open == rest.len)
		return rc;
	struct str inside = str_from(rest, open + 2);
	size_t end = tag_end(inside);

	if (end == inside.len)
		return fault(p, p->at, -EBADMSG, "\"{{\" is never closed");
	rc = parse_tag(p, p->at, str_trim(str_first(inside, end)));
	p->at += end + 4;
	return rc;
}

int template_compile(struct template **out, struct str source, struct err *err)
{
	must(out != NULL && (source.p != NULL || source.len == 0));
	if (source.len > TEMPLATE_SIZE_MAX)
		return err_set(err, -ENOSPC, "%zu bytes, more than %d",
			       source.len, TEMPLATE_SIZE_MAX);
	if (!text_printable(source))
		return err_set(err, -EBADMSG,
			       "not UTF-8, or with control characters");
	AUTO(template_free) struct template *t = mem_new(struct template);

	t->source = str_z(source);
	t->len = source.len;
	t->ops = mem_array(TEMPLATE_OPS_MAX, sizeof(*t->ops));
	struct parser p = { .t = t,
			    .src = str_bytes(t->source, t->len),
			    .err = err };

	while (p.at < p.src.len) {
		int rc = parse_next(&p);

		if (rc != 0)
			return rc;
	}
	if (p.depth > 0)
		return err_set(err, -EBADMSG,
			       "{{#if}} without its {{/if}} at the end");
	t->ops = mem_resize(t->ops, MAX(t->n_ops, 1u) * sizeof(*t->ops));
	*out = TAKE(t);
	return 0;
}

void template_free(struct template **tp)
{
	must(tp != NULL);
	if (*tp == NULL)
		return;
	mem_free((*tp)->ops);
	mem_free((*tp)->source);
	mem_free(*tp);
	*tp = NULL;
}

struct str template_source(const struct template *t)
{
	must(t != NULL);
	return str_bytes(t->source, t->len);
}

unsigned template_vars(const struct template *t)
{
	must(t != NULL);
	return t->n_vars;
}

struct str template_var(const struct template *t, unsigned i, bool *required)
{
	must(t != NULL && i < t->n_vars);
	if (required != NULL)
		*required = t->vars[i].required;
	return t->vars[i].name;
}
