/* The tree of a filter: its words, its limits, and what fits together. */
#include "campaigns/clause.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

static const char *const ops[OPS] = {
	[OP_EQ] = "=",
	[OP_NE] = "!=",
	[OP_LT] = "<",
	[OP_LE] = "<=",
	[OP_GT] = ">",
	[OP_GE] = ">=",
	[OP_IN] = "in",
	[OP_CONTAINS] = "contains",
	[OP_STARTS] = "starts with",
	[OP_SET] = "is set",
	[OP_UNSET] = "is not set",
};

static const char *const sinces[SINCES] = {
	[SINCE_ACTIVE] = "active",
	[SINCE_ADDED] = "added",
	[SINCE_CHANGED] = "changed",
};

const char *const clause_grants[] = { "granted", "withdrawn", "pending",
				      "expired", "unknown",   NULL };

static const char *const states[] = { "active", "left", "probe", NULL };
static const char *const sources[] = { "explicit", "zip",     "area_code",
				       "country",  "unknown", NULL };

#define AT(f) offsetof(struct contact, f)

const struct segment_field segment_fields[] = {
	{ "ref", AT(ref), "the customer number", "客户编号", NULL },
	{ "name", AT(name), "the name", "姓名", NULL },
	{ "lang", AT(lang), "the language", "语言", NULL },
	{ "tz", AT(tz), "the time zone", "时区", NULL },
	{ "tz_source", AT(tz_source), "the time zone's source", "时区来源",
	  sources },
	{ "tier", AT(tier), "the tier", "等级", NULL },
	{ "branch", AT(branch), "the branch", "网点", NULL },
	{ "manager", AT(manager), "the account manager", "客户经理", NULL },
	{ "lifecycle", AT(lifecycle), "the lifecycle stage", "生命周期阶段",
	  contact_lifecycles },
	{ "preferred", AT(preferred), "the preferred channel", "首选渠道",
	  NULL },
	/* Is an enum in the contact: see segment_holds.c. */
	{ "state", SIZE_MAX, "the state", "状态", states },
};

const unsigned segment_fields_len = ARRAY_LEN(segment_fields);

const char *clause_op_name(enum clause_op op)
{
	must((unsigned)op < OPS);
	return ops[op];
}

const char *clause_since_name(enum clause_since s)
{
	must((unsigned)s < SINCES);
	return sinces[s];
}

struct segment *segment_new(size_t text_max)
{
	struct segment *s = mem_new(struct segment);

	s->n = 1; /* 0 is nobody */
	buf_init(&s->text, text_max + 1);
	must(buf_room(&s->text, text_max) != NULL);
	return s;
}

void segment_free(struct segment **sp)
{
	must(sp != NULL);
	if (*sp == NULL)
		return;
	buf_done(&(*sp)->text);
	mem_free(*sp);
	*sp = NULL;
}

static void rebase(struct str *s, const struct buf *from, const struct buf *to)
{
	if (s->len > 0)
		s->p = to->p + (s->p - from->p);
}

struct segment *segment_dup(const struct segment *s)
{
	must(s != NULL);
	struct segment *mine = segment_new(s->text.len + 1);
	struct buf text = mine->text;
	*mine = *s;
	mine->text = text;
	buf_str_put(&mine->text, buf_str(&s->text));
	for (unsigned i = 1; i < s->n; i++)
		rebase(&mine->v[i].name, &s->text, &mine->text);
	for (unsigned i = 0; i < s->nvalues; i++)
		rebase(&mine->values[i].text, &s->text, &mine->text);
	return mine;
}

unsigned segment_clause(struct segment *s, enum clause_kind kind,
			struct err *err)
{
	must(s != NULL);
	if (s->n == SEGMENT_CLAUSES_MAX) {
		err_set(err, -ENOSPC, "a filter has at most %d clauses",
			SEGMENT_CLAUSES_MAX - 1);
		return 0;
	}
	s->v[s->n] = (struct clause){ .kind = kind };
	return s->n++;
}

struct str segment_keep(struct segment *s, struct str text)
{
	struct str kept = { s->text.p + s->text.len, text.len };

	buf_str_put(&s->text, text);
	must(!s->text.full);
	return kept;
}

int segment_value(struct segment *s, struct clause *c, struct value v,
		  struct err *err)
{
	char number[40];

	must(s != NULL && c != NULL);
	if (s->nvalues == SEGMENT_VALUES_MAX)
		return err_set(err, -ENOSPC, "a filter has at most %d values",
			       SEGMENT_VALUES_MAX);
	if (v.is_number) {
		double again;
		(void)snprintf(number, sizeof(number), "%.15g", v.number);
		v.text = str_of(number);
		if (!segment_number(v.text, &again))
			return err_set(err, -EBADMSG,
				       "a number has at most 15 digits");
	}
	if (c->nvalues == 0)
		c->value = s->nvalues;
	v.text = segment_keep(s, v.text);
	s->values[s->nvalues++] = v;
	c->nvalues++;
	return 0;
}

static void words_put(const char *const *words, struct buf *out)
{
	for (unsigned i = 0; words[i] != NULL; i++)
		buf_f(out, "%s%s", i == 0 ? "" : ", ", words[i]);
}

static int word_check(const char *const *words, const char *what,
		      struct str said, struct err *err)
{
	AUTO(buf_done) struct buf all = { 0 };

	for (unsigned i = 0; words[i] != NULL; i++) {
		if (str_eqz(said, words[i]))
			return 0;
	}
	buf_init(&all, 512);
	words_put(words, &all);
	return err_set(err, -EINVAL, "%s is one of %s, not '%.*s'", what, all.p,
		       STR_ARGS(str_first(said, 40)));
}

static bool op_orders(enum clause_op op)
{
	return op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE;
}

int segment_leaf_check(const struct segment *s, const struct clause *c,
		       struct err *err)
{
	const char *const *words = NULL;
	const char *what = "consent";

	must(s != NULL && c != NULL);
	if (c->kind == CLAUSE_FIELD) {
		words = segment_fields[c->field].v;
		what = segment_fields[c->field].name;
	} else if (c->kind == CLAUSE_CONSENT) {
		words = clause_grants;
		if (c->op != OP_EQ && c->op != OP_NE)
			return err_set(err, -EINVAL,
				       "consent is compared with = or !=");
	}
	if (words == NULL)
		return 0;
	if (op_orders(c->op) || c->op == OP_CONTAINS || c->op == OP_STARTS)
		return err_set(err, -EINVAL, "%s is compared with =, != or in",
			       what);
	for (unsigned i = 0; i < c->nvalues; i++) {
		int rc = word_check(words, what, s->values[c->value + i].text,
				    err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static size_t digits_end(struct str s, size_t i)
{
	while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i;
}

bool segment_number(struct str s, double *out)
{
	size_t from = s.len > 0 && s.p[0] == '-';
	size_t end = digits_end(s, from);
	char text[32];

	must(out != NULL);
	if (end == from || (s.p[from] == '0' && end > from + 1))
		return false;
	if (end < s.len && s.p[end] == '.') {
		size_t tail = digits_end(s, end + 1);
		end = tail > end + 1 ? tail : end;
	}
	if (end != s.len || str_copy(text, sizeof(text), s) != 0)
		return false;
	double number = strtod(text, NULL);
	if (s.len > 17 || (number == 0 && s.p[0] == '-'))
		return false;
	*out = number;
	return true;
}

static const struct {
	char unit;
	int64_t ms;
} units[] = {
	{ 'w', (int64_t)7 * 86400000 },
	{ 'd', 86400000 },
	{ 'h', 3600000 },
	{ 'm', 60000 },
};

int segment_span_parse(struct str s, int64_t *ms)
{
	uint64_t n;

	must(ms != NULL);
	if (s.len < 2 || str_u64(str_first(s, s.len - 1), 5270400, &n) != 0 ||
	    n == 0)
		return -EBADMSG;
	for (unsigned i = 0; i < ARRAY_LEN(units); i++) {
		if (units[i].unit != s.p[s.len - 1])
			continue;
		if ((int64_t)n > SEGMENT_SPAN_MAX_MS / units[i].ms)
			return -EBADMSG;
		*ms = (int64_t)n * units[i].ms;
		return 0;
	}
	return -EBADMSG;
}

void segment_span_put(int64_t ms, struct buf *out)
{
	for (unsigned i = 1; i < ARRAY_LEN(units); i++) { /* 14d, not 2w */
		if (ms % units[i].ms != 0)
			continue;
		buf_f(out, "%lld%c", (long long)(ms / units[i].ms),
		      units[i].unit);
		return;
	}
	must(false && "spans are whole minutes");
}

bool segment_list(const struct segment *s, unsigned *i, struct str *name)
{
	must(s != NULL && i != NULL && name != NULL);
	for (; *i < s->n; (*i)++) {
		if (s->v[*i].kind != CLAUSE_LIST)
			continue;
		*name = s->v[(*i)++].name;
		return true;
	}
	return false;
}

unsigned segment_asks(const struct segment *s)
{
	unsigned asks = 0;

	must(s != NULL);
	for (unsigned i = 1; i < s->n; i++) {
		if (s->v[i].kind == CLAUSE_LIST)
			asks |= PERSON_LISTS;
		if (s->v[i].kind == CLAUSE_WITHIN &&
		    s->v[i].since == SINCE_ACTIVE)
			asks |= PERSON_HEARD;
	}
	return asks;
}
