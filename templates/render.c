/* A compiled template and values to text: one walk, no recursion. */
#include "templates/render.h"

#include <errno.h>

#include "proto/text.h"
#include "proto/tzone.h"
#include "templates/program.h"

struct render {
	const struct template *t;
	template_lookup *lookup;
	void *owner;
	struct buf *out;
	struct err *err;
};

/* Line ends, controls, and marks that turn the direction of writing: with
 * any of these a value could show other words than it holds. */
static bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 ||
	       cp == 0x2029 || (cp >= 0x202A && cp <= 0x202E) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

static int check_value(struct str name, struct str v, struct err *err)
{
	if (v.len > TEMPLATE_VALUE_MAX)
		return err_set(err, -ENOSPC,
			       "variable \"%.*s\": %zu bytes, more than %d",
			       STR_ARGS(name), v.len, TEMPLATE_VALUE_MAX);
	if (!text_utf8_ok(v))
		return err_set(err, -EBADMSG, "variable \"%.*s\" is not UTF-8",
			       STR_ARGS(name));
	for (size_t at = 0; at < v.len;) {
		uint32_t cp = text_next(v, &at);

		if (is_control(cp))
			return err_set(err, -EBADMSG,
				       "variable \"%.*s\" holds the control "
				       "character U+%04X",
				       STR_ARGS(name), (unsigned)cp);
	}
	return 0;
}

/* The value, or an empty one. */
static struct str value_of(const struct render *r, struct str name)
{
	struct str v = STR_NONE;

	return r->lookup(r->owner, name, &v) ? v : STR_NONE;
}

/* What {{#if}} takes for yes. */
static bool is_set(struct str v)
{
	return v.len > 0 && !str_eqz(v, "0") && !str_ieqz(v, "false") &&
	       !str_ieqz(v, "no");
}

static const struct tzone *zone_of(const struct render *r)
{
	return tzone_get(value_of(r, STR(TEMPLATE_ZONE)));
}

/* Filters one after the other, from one buffer to the next; the value that
 * is missing goes past all but a default. */
static int run_filters(const struct render *r, const struct op *op,
		       struct str value, struct buf tmp[2])
{
	struct str name = r->t->vars[op->var].name;
	bool given = value.len > 0;
	unsigned turn = 0;

	for (unsigned i = 0; i < op->n_filters; i++) {
		const struct filter *f = &op->filters[i];
		int rc;

		if (given == (f->kind == FILTER_DEFAULT))
			continue;
		struct buf *next = &tmp[turn++ % 2]; /* value is in the other */

		buf_reset(next);
		rc = filter_apply(f, value,
				  f->kind == FILTER_DATE ? zone_of(r) : NULL,
				  next, r->err);
		if (rc != 0) {
			err_prefix(r->err, "variable \"%.*s\"", STR_ARGS(name));
			return rc;
		}
		value = buf_str(next);
		given = true;
	}
	if (!given)
		return err_set(r->err, -ENOENT,
			       "variable \"%.*s\" has no value",
			       STR_ARGS(name));
	buf_str_put(r->out, value);
	return 0;
}

static int put_var(const struct render *r, const struct op *op)
{
	struct str name = r->t->vars[op->var].name;
	struct str value = value_of(r, name);
	int rc = check_value(name, value, r->err);

	if (rc != 0)
		return rc;
	if (op->n_filters == 0 && value.len > 0) {
		buf_str_put(r->out, value);
		return 0;
	}
	struct buf tmp[2];

	buf_init(&tmp[0], TEMPLATE_OUTPUT_MAX);
	buf_init(&tmp[1], TEMPLATE_OUTPUT_MAX);
	rc = run_filters(r, op, value, tmp);
	buf_done(&tmp[0]);
	buf_done(&tmp[1]);
	return rc;
}

static int run(const struct render *r)
{
	size_t start = r->out->len;

	for (unsigned pc = 0; pc < r->t->n_ops;) {
		const struct op *op = &r->t->ops[pc];
		unsigned next = pc + 1;
		int rc = 0;

		switch (op->kind) {
		case OP_TEXT:
			buf_str_put(r->out, op->text);
			break;
		case OP_VAR:
			rc = put_var(r, op);
			break;
		case OP_IF:
			if (!is_set(value_of(r, r->t->vars[op->var].name)))
				next = op->jump;
			break;
		case OP_JUMP:
			next = op->jump;
			break;
		}
		if (rc != 0)
			return rc;
		if (r->out->full || r->out->len - start > TEMPLATE_OUTPUT_MAX)
			return err_set(r->err, -ENOSPC,
				       "the text is over %d bytes",
				       TEMPLATE_OUTPUT_MAX);
		must(next > pc);
		pc = next;
	}
	return 0;
}

int template_render(const struct template *t, template_lookup *lookup,
		    void *owner, struct buf *out, struct err *err)
{
	must(t != NULL && lookup != NULL && out != NULL && !out->full);
	struct render r = { t, lookup, owner, out, err };
	size_t start = out->len;
	int rc = run(&r);

	if (rc != 0) { /* as it was */
		out->len = start;
		out->p[start] = '\0';
		out->full = false;
	}
	return rc;
}
