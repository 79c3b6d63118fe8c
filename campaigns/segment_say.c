/* A filter in its own language, and as a sentence for people. */
#include <string.h>

#include "campaigns/clause.h"
#include "campaigns/segment_scan.h"

/* ---- the filter's own language -------------------------------------------------- */

/* Is it read as one word again, and as nothing else? */
static bool name_plain(struct str s)
{
	static const char *const taken[] = { "and", "or", "not",
					     "in",  "is", "list" };
	struct token t = token_next(s, 0);

	for (unsigned i = 0; i < ARRAY_LEN(taken); i++) {
		if (str_ieqz(s, taken[i]))
			return false;
	}
	return t.kind == TOKEN_WORD && t.s.len == s.len;
}

static void quoted_put(struct str s, struct buf *b)
{
	buf_c(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_c(b, '\\');
		buf_c(b, s.p[i]);
	}
	buf_c(b, '"');
}

static void name_put(struct str s, struct buf *b)
{
	if (name_plain(s))
		buf_str_put(b, s);
	else
		quoted_put(s, b);
}

static void value_put(const struct value *v, struct buf *b)
{
	if (v->is_number)
		buf_str_put(b, v->text);
	else
		quoted_put(v->text, b);
}

static void test_put(const struct segment *s, const struct clause *c,
		     struct buf *b)
{
	buf_f(b, " %s", clause_op_name(c->op));
	if (c->kind == CLAUSE_CONSENT) {
		buf_c(b, ' ');
		buf_str_put(b, s->values[c->value].text);
		return;
	}
	buf_z(b, c->op == OP_IN ? " (" : c->nvalues > 0 ? " " : "");
	for (unsigned i = 0; i < c->nvalues; i++) {
		buf_z(b, i > 0 ? ", " : "");
		value_put(&s->values[c->value + i], b);
	}
	buf_z(b, c->op == OP_IN ? ")" : "");
}

static void clause_put(const struct segment *s, unsigned at, struct buf *b);

/* In brackets where the parent binds more. */
static void child_put(const struct segment *s, unsigned at, bool brackets,
		      struct buf *b)
{
	buf_z(b, brackets ? "(" : "");
	clause_put(s, at, b);
	buf_z(b, brackets ? ")" : "");
}

static void row_put(const struct segment *s, const struct clause *c,
		    struct buf *b)
{
	for (unsigned i = c->first; i != 0; i = s->v[i].next) {
		enum clause_kind kind = s->v[i].kind;

		if (i != c->first)
			buf_z(b, c->kind == CLAUSE_AND ? " and " : " or ");
		child_put(s, i,
			  kind == c->kind ||
				  (c->kind == CLAUSE_AND && kind == CLAUSE_OR),
			  b);
	}
}

static void clause_put(const struct segment *s, unsigned at, struct buf *b)
{
	const struct clause *c = &s->v[at];

	switch (c->kind) {
	case CLAUSE_ALL:
		buf_z(b, "all");
		return;
	case CLAUSE_AND:
	case CLAUSE_OR:
		row_put(s, c, b);
		return;
	case CLAUSE_NOT:
		buf_z(b, "not ");
		child_put(s, c->first,
			  s->v[c->first].kind == CLAUSE_AND ||
				  s->v[c->first].kind == CLAUSE_OR,
			  b);
		return;
	case CLAUSE_FIELD:
		buf_z(b, segment_fields[c->field].name);
		test_put(s, c, b);
		return;
	case CLAUSE_ATTR:
		buf_z(b, "attr.");
		name_put(c->name, b);
		test_put(s, c, b);
		return;
	case CLAUSE_CONSENT:
		buf_z(b, "consent(");
		name_put(c->name, b);
		buf_c(b, ')');
		test_put(s, c, b);
		return;
	case CLAUSE_LIST:
		buf_z(b, "in list ");
		quoted_put(c->name, b);
		return;
	case CLAUSE_WITHIN:
		buf_f(b, "%s within ", clause_since_name(c->since));
		segment_span_put(c->within_ms, b);
		return;
	case CLAUSE_HAS:
		buf_z(b, "has ");
		name_put(c->name, b);
		return;
	case CLAUSE_KINDS:
		must(false && "no kind");
	}
}

void segment_text(const struct segment *s, struct buf *out)
{
	must(s != NULL && out != NULL);
	clause_put(s, s->root, out);
}

/* ---- sentences ------------------------------------------------------------------- */

/* {1} is what is asked for, {2} what it is compared with. */
struct phrase {
	const char *en, *zh;
};

static const struct phrase tests[OPS] = {
	[OP_EQ] = { "{1} is {2}", "{1}为{2}" },
	[OP_NE] = { "{1} is not {2}", "{1}不为{2}" },
	[OP_LT] = { "{1} is below {2}", "{1}小于{2}" },
	[OP_LE] = { "{1} is at most {2}", "{1}不大于{2}" },
	[OP_GT] = { "{1} is above {2}", "{1}大于{2}" },
	[OP_GE] = { "{1} is at least {2}", "{1}不小于{2}" },
	[OP_IN] = { "{1} is one of {2}", "{1}为{2}之一" },
	[OP_CONTAINS] = { "{1} contains {2}", "{1}包含{2}" },
	[OP_STARTS] = { "{1} begins with {2}", "{1}以{2}开头" },
	[OP_SET] = { "{1} is known", "{1}已填写" },
	[OP_UNSET] = { "{1} is not known", "{1}未填写" },
};

/* As they stand, and after NOT. */
static const struct phrase lists[] = {
	{ "the contact is on the list {1}", "在名单{1}中" },
	{ "the contact is not on the list {1}", "不在名单{1}中" },
};
static const struct phrase hases[] = {
	{ "there is an address of channel {1}", "有{1}渠道的地址" },
	{ "there is no address of channel {1}", "没有{1}渠道的地址" },
};
static const struct phrase withins[SINCES][2] = {
	[SINCE_ACTIVE] = { { "the contact wrote to us in the last {1}",
			     "最近{1}内有过来信" },
			   { "the contact did not write to us in the last {1}",
			     "最近{1}内没有来信" } },
	[SINCE_ADDED] = { { "the contact was added in the last {1}",
			    "最近{1}内新增" },
			  { "the contact was added more than {1} ago",
			    "新增已超过{1}" } },
	[SINCE_CHANGED] = { { "the contact was changed in the last {1}",
			      "最近{1}内有变更" },
			    { "the contact was last changed more than {1} ago",
			      "超过{1}没有变更" } },
};
static const struct phrase everyone[] = { { "all contacts", "全部联系人" },
					  { "no contact", "没有联系人" } };

static const struct phrase grants[] = {
	{ "granted", "已同意" }, { "withdrawn", "已撤回" },
	{ "pending", "待确认" }, { "expired", "已过期" },
	{ "not known", "不明" },
};

struct saying {
	const struct segment *s;
	bool zh;
	struct buf *out;
};

static const char *phrase_of(const struct saying *y, const struct phrase *p)
{
	return y->zh ? p->zh : p->en;
}

static void phrase_put(const struct saying *y, const struct phrase *p,
		       struct str one, struct str two)
{
	const char *z = phrase_of(y, p);

	for (; *z != '\0'; z++) {
		if (*z == '{') {
			buf_str_put(y->out, z[1] == '1' ? one : two);
			z += 2;
		} else {
			buf_c(y->out, *z);
		}
	}
}

static void word_quoted(const struct saying *y, struct str s, struct buf *b)
{
	buf_z(b, y->zh ? "“" : "\"");
	buf_str_put(b, s);
	buf_z(b, y->zh ? "”" : "\"");
}

static void values_said(const struct saying *y, const struct clause *c,
			struct buf *b)
{
	for (unsigned i = 0; i < c->nvalues; i++) {
		const struct value *v = &y->s->values[c->value + i];

		if (i > 0)
			buf_z(b, y->zh                ? "、"
				 : i + 1 < c->nvalues ? ", "
						      : " or ");
		if (v->is_number)
			buf_f(b, y->zh ? " %.*s " : "%.*s", STR_ARGS(v->text));
		else
			word_quoted(y, v->text, b);
	}
}

static void grant_said(const struct saying *y, const struct clause *c,
		       struct buf *b)
{
	unsigned i = 0;

	while (!str_eqz(y->s->values[c->value].text, clause_grants[i]))
		i++;
	buf_z(b, phrase_of(y, &grants[i]));
}

static void test_said(const struct saying *y, const struct clause *c)
{
	AUTO(buf_done) struct buf what = { 0 };
	AUTO(buf_done) struct buf value = { 0 };

	buf_init(&what, BUF_NO_LIMIT);
	buf_init(&value, BUF_NO_LIMIT);
	if (c->kind == CLAUSE_FIELD) {
		buf_z(&what, y->zh ? segment_fields[c->field].zh
				   : segment_fields[c->field].en);
	} else {
		buf_z(&what, c->kind == CLAUSE_ATTR
				     ? (y->zh ? "属性" : "the attribute ")
				     : (y->zh ? "用途" : "consent for "));
		word_quoted(y, c->name, &what);
		buf_z(&what,
		      c->kind == CLAUSE_CONSENT && y->zh ? "的同意" : "");
	}
	if (c->kind == CLAUSE_CONSENT)
		grant_said(y, c, &value);
	else
		values_said(y, c, &value);
	phrase_put(y, &tests[c->op], buf_str(&what), buf_str(&value));
}

static void span_said(const struct saying *y, int64_t ms, struct buf *b)
{
	static const struct {
		int64_t ms;
		const char *en, *zh;
	} units[] = { { 86400000, "day", "天" },
		      { 3600000, "hour", "小时" },
		      { 60000, "minute", "分钟" } };
	unsigned i = 0;

	while (ms % units[i].ms != 0)
		i++;
	long long n = ms / units[i].ms;
	if (y->zh)
		buf_f(b, " %lld %s", n, units[i].zh);
	else
		buf_f(b, "%lld %s%s", n, units[i].en, n == 1 ? "" : "s");
}

static void clause_said(const struct saying *y, unsigned at, bool no);

static void row_said(const struct saying *y, const struct clause *c)
{
	const char *and_word = y->zh ? ",且" : " and ";
	const char *or_word = y->zh ? ",或" : " or ";

	for (unsigned i = c->first; i != 0; i = y->s->v[i].next) {
		bool row = y->s->v[i].kind == CLAUSE_AND ||
			   y->s->v[i].kind == CLAUSE_OR;

		if (i != c->first)
			buf_z(y->out,
			      c->kind == CLAUSE_AND ? and_word : or_word);
		buf_z(y->out, !row ? "" : y->zh ? "(" : "(");
		clause_said(y, i, false);
		buf_z(y->out, !row ? "" : y->zh ? ")" : ")");
	}
}

/* What has no phrase of its own for "not" gets one around it. */
static void around_said(const struct saying *y, const struct clause *c, bool no)
{
	if (no)
		buf_z(y->out, y->zh ? "不符合(" : "it is not so that (");
	if (c->kind == CLAUSE_NOT)
		clause_said(y, c->first, true);
	else if (c->first != 0)
		row_said(y, c);
	else
		test_said(y, c);
	if (no)
		buf_z(y->out, y->zh ? ")" : ")");
}

static void clause_said(const struct saying *y, unsigned at, bool no)
{
	const struct clause *c = &y->s->v[at];
	AUTO(buf_done) struct buf name = { 0 };

	buf_init(&name, BUF_NO_LIMIT);
	switch (c->kind) {
	case CLAUSE_ALL:
		buf_z(y->out, phrase_of(y, &everyone[no]));
		return;
	case CLAUSE_LIST:
		word_quoted(y, c->name, &name);
		phrase_put(y, &lists[no], buf_str(&name), STR_NONE);
		return;
	case CLAUSE_HAS:
		word_quoted(y, c->name, &name);
		phrase_put(y, &hases[no], buf_str(&name), STR_NONE);
		return;
	case CLAUSE_WITHIN:
		span_said(y, c->within_ms, &name);
		phrase_put(y, &withins[c->since][no], buf_str(&name), STR_NONE);
		return;
	case CLAUSE_AND:
	case CLAUSE_OR:
	case CLAUSE_NOT:
	case CLAUSE_FIELD:
	case CLAUSE_ATTR:
	case CLAUSE_CONSENT:
		around_said(y, c, no);
		return;
	case CLAUSE_KINDS:
		must(false && "no kind");
	}
}

void segment_sentence(const struct segment *s, bool zh, struct buf *out)
{
	struct saying y = { s, zh, out };

	must(s != NULL && out != NULL);
	if (s->v[s->root].kind != CLAUSE_ALL)
		buf_z(out, zh ? "联系人:" : "Contacts where ");
	clause_said(&y, s->root, false);
	buf_z(out, zh ? "。" : ".");
}
