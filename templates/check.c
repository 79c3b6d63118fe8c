/* What is wrong with a template: rules over its fixed text and one sample. */
#include "templates/check.h"

#include <stdio.h>
#include <string.h>

#include "proto/text.h"
#include "templates/check_text.h"
#include "templates/program.h"

#define PARTS_USUAL 3
#define ARG_MAX_BYTES 110 /* of a word or name inside a sentence */

const char *template_severity_name(enum template_severity s)
{
	switch (s) {
	case TEMPLATE_INFO:
		return "info";
	case TEMPLATE_WARNING:
		return "warning";
	case TEMPLATE_ERROR:
		return "error";
	}
	return "?";
}

struct template_rules template_rules_of(struct str class_name)
{
	static const struct {
		const char *name;
		struct template_rules rules;
	} classes[] = {
		{ "marketing", { .promotion = true, .stop_text = true } },
		{ "news", { .promotion = true, .stop_text = true } },
		{ "survey", { .survey = true, .stop_advised = true } },
		{ "meeting", { .stop_advised = true } },
		{ "training", { .stop_advised = true } },
		{ "alert", { .priced = false } },
		{ "transaction", { .priced = false } },
		{ "reminder", { .priced = false } },
		{ "notice", { .priced = false } },
		{ "callback", { .priced = false } },
		{ "service", { .priced = false } },
	};
	struct template_rules r = { .stop_advised = true };

	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (str_eqz(class_name, classes[i].name))
			r = classes[i].rules;
	r.max_parts = PARTS_USUAL;
	r.sender = r.tail = STR_NONE;
	return r;
}

/* One check run: what it looks at and where its findings go. */
struct check {
	const struct template *t;
	const struct template_rules *rules;
	template_lookup *sample;
	void *owner;
	struct template_findings *out;
	struct str fixed; /* text with holes, then the tail */
};

/* A sentence with arg in place of '@', cut at whole characters. */
static void fill(char out[200], const char *sentence, struct str arg)
{
	struct buf b;
	size_t len = MIN(arg.len, (size_t)ARG_MAX_BYTES);

	while (len > 0 && len < arg.len && (arg.p[len] & 0xC0) == 0x80)
		len--;
	buf_init(&b, 199);
	for (; *sentence != '\0' && *sentence != '@'; sentence++)
		buf_c(&b, *sentence);
	if (*sentence == '@') {
		buf_str_put(&b, str_first(arg, len));
		buf_z(&b, sentence + 1);
	}
	memcpy(out, b.p, b.len + 1);
	buf_done(&b);
}

/* A finding; arg stands where a sentence has '@'. The worst come first. */
static void add(struct check *c, enum template_severity severity,
		const char *code, struct str arg, const char *zh,
		const char *en)
{
	struct template_findings *o = c->out;
	unsigned at = o->n;

	if (o->n == TEMPLATE_FINDINGS_MAX)
		return;
	while (at > 0 && o->v[at - 1].severity < severity)
		at--;
	memmove(&o->v[at + 1], &o->v[at], (o->n - at) * sizeof(o->v[0]));
	o->n++;
	struct template_finding *f = &o->v[at];

	*f = (struct template_finding){ .code = code, .severity = severity };
	fill(f->zh, zh, arg);
	fill(f->en, en, arg);
}

static void check_name(struct check *c)
{
	struct str name, first;
	unsigned n = 0;

	if (!check_sender(c->fixed, &name)) {
		add(c, TEMPLATE_ERROR, "NO_SENDER_NAME", STR_NONE,
		    "开头没有发送方名称，如【公司】",
		    "does not begin with the sender's name, as in [Company]");
		return;
	}
	for (size_t i = 0; i < c->fixed.len; i++)
		n += str_starts(str_from(c->fixed, i), STR("【"));
	if (n > 1)
		add(c, TEMPLATE_WARNING, "MANY_SENDER_NAMES", STR_NONE,
		    "只能有一个【签名】",
		    "only one signature in 【】 may stand");
	first = c->rules->sender;
	if (first.len > 0 && !str_eq(name, first) &&
	    !str_eqz(name, TEMPLATE_HOLE))
		add(c, TEMPLATE_ERROR, "WRONG_SENDER_NAME", first,
		    "发送方名称应为「@」", "the sender's name should be \"@\"");
}

static void check_stop(struct check *c)
{
	struct str word;
	const struct template_rules *r = c->rules;

	if (!(r->stop_text || r->stop_advised || r->priced) ||
	    check_find(c->fixed, CHECK_STOP, &word))
		return;
	add(c, r->stop_text || r->priced ? TEMPLATE_ERROR : TEMPLATE_WARNING,
	    "NO_STOP_TEXT", STR_NONE, "没有退订说明，如「拒收请回复R」",
	    "does not say how to opt out, as in \"TD to stop\"");
}

static void check_promises(struct check *c)
{
	struct str word;

	if (!c->rules->promotion &&
	    check_find(c->fixed, CHECK_PROMOTION, &word))
		add(c, TEMPLATE_ERROR, "PROMOTION_IN_CARE", word,
		    "「@」是促销用语，此类消息不得促销；请改用营销类",
		    "\"@\" promotes, which this class may not: make it marketing");
	if (!c->rules->survey && check_find(c->fixed, CHECK_OVER, &word))
		add(c, c->rules->promotion ? TEMPLATE_WARNING : TEMPLATE_INFO,
		    "OVER_PROMISE", word, "「@」可能夸大宣传或过度承诺，须复审",
		    "\"@\" may promise too much: needs a second approval");
}

/* A variable whose name holds one of the words, as "price" or "total_fee". */
static bool has_var(const struct template *t, const char *const *names)
{
	for (unsigned i = 0; i < t->n_vars; i++)
		for (unsigned k = 0; names[k] != NULL; k++)
			for (size_t at = 0; at < t->vars[i].name.len; at++)
				if (str_starts(str_from(t->vars[i].name, at),
					       str_of(names[k])))
					return true;
	return false;
}

static void check_money(struct check *c)
{
	static const char *const prices[] = { "price", "fee",  "amount",
					      "amt",   "cost", NULL };
	static const char *const periods[] = { "period", "month", "year",
					       NULL };
	struct str money = STR_NONE, word;
	bool speaks = check_find(c->fixed, CHECK_MONEY, &money);
	bool price = speaks || has_var(c->t, prices);
	bool period = check_find(c->fixed, CHECK_PERIOD, &word) ||
		      has_var(c->t, periods);

	if (c->rules->priced && !price)
		add(c, TEMPLATE_ERROR, "PRICE_MISSING", STR_NONE,
		    "收费业务须写明价格", "costs money: must name the price");
	if (c->rules->priced && !period)
		add(c, TEMPLATE_ERROR, "PERIOD_MISSING", STR_NONE,
		    "收费业务须写明计费周期",
		    "costs money: must say for how long or how often");
	else if (c->rules->promotion && speaks && !period)
		add(c, TEMPLATE_WARNING, "PERIOD_MISSING", money,
		    "提到「@」，但未写明计费周期",
		    "says \"@\" but not for how long or how often");
	if (!c->rules->priced && !c->rules->promotion && speaks)
		add(c, TEMPLATE_INFO, "PRICE_WORDS", money,
		    "提到「@」；若会产生费用，请标为收费",
		    "says \"@\": if it costs money, mark it as priced");
}

/* "{name}" is not a variable here, but is one in other systems. */
static void check_braces(struct check *c)
{
	struct str s = c->fixed;

	for (size_t at = str_find(s, '{'); at < s.len; at++) {
		size_t n = 1;

		if (s.p[at] != '{')
			continue;
		while (at + n < s.len &&
		       ((s.p[at + n] >= 'a' && s.p[at + n] <= 'z') ||
			(s.p[at + n] >= 'A' && s.p[at + n] <= 'Z') ||
			s.p[at + n] == '_'))
			n++;
		if (n == 1 || at + n == s.len || s.p[at + n] != '}')
			continue;
		add(c, TEMPLATE_WARNING, "SINGLE_BRACES",
		    str_first(str_from(s, at), n + 1),
		    "「@」不是变量；变量要写两层花括号",
		    "\"@\" is no variable: it takes two braces on each side");
		return;
	}
}

/* The caller's value, else one that the variable's filters can read. */
static bool made_up(void *owner, struct str name, struct str *value)
{
	const struct check *c = owner;

	if (c->sample != NULL && c->sample(c->owner, name, value))
		return true;
	if (str_eqz(name, TEMPLATE_ZONE))
		return false;
	*value = STR("12345678");
	for (unsigned i = 0; i < c->t->n_ops; i++) {
		const struct op *op = &c->t->ops[i];

		if (op->kind != OP_VAR ||
		    !str_eq(c->t->vars[op->var].name, name))
			continue;
		for (unsigned k = 0; k < op->n_filters; k++) {
			if (op->filters[k].kind == FILTER_DATE)
				*value = STR("2026-11-22 18:40");
			if (op->filters[k].kind == FILTER_AMOUNT)
				*value = STR("1234.50");
		}
	}
	return true;
}

static void check_values(struct check *c)
{
	struct str value;

	for (unsigned i = 0; c->sample != NULL && i < c->t->n_vars; i++) {
		value = STR_NONE;
		if (!c->t->vars[i].required ||
		    (c->sample(c->owner, c->t->vars[i].name, &value) &&
		     value.len > 0))
			continue;
		add(c, TEMPLATE_WARNING, "NO_VALUE", c->t->vars[i].name,
		    "变量「@」没有值，也没有默认值",
		    "variable \"@\" has neither a value nor a default");
	}
}

/* A plain character in place of one that typists and editors put in. */
static const char *plainer(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *plain;
	} plain[] = {
		{ 0x2018, "'" },   { 0x2019, "'" }, { 0x201C, "\"" },
		{ 0x201D, "\"" },  { 0x2013, "-" }, { 0x2014, "-" },
		{ 0x2026, "..." }, { 0xA0, " " },   { 0x2022, "-" },
		{ '`', "'" },      { 0x2212, "-" }, { 0x00D7, "x" },
		{ '\t', " " },     { 0x3010, "[" }, { 0x3011, "]" },
		{ 0xFF0C, "," },   { 0xFF1A, ":" }, { 0xFF01, "!" },
	};

	for (size_t i = 0; i < ARRAY_LEN(plain); i++)
		if (plain[i].cp == cp)
			return plain[i].plain;
	return NULL;
}

/* Few characters that make a text twice as dear: less than a quarter. */
static void check_encoding(struct check *c, struct str text)
{
	const struct sms_plan *p = &c->out->plan;
	unsigned foreign = 0, all = 0, septets = 0;
	struct buf arg, one;

	for (size_t at = 0; at < text.len; all++) {
		unsigned n = text_gsm_len(text_next(text, &at));

		foreign += n == 0;
		septets += n > 0 ? n : 1;
	}
	if (p->charset != SMS_UCS2 || foreign * 4 >= all)
		return;
	unsigned parts = septets <= 160 ? 1 : (septets + 152) / 153;
	const char *plain = plainer(p->odd);

	buf_init(&arg, 120);
	buf_init(&one, 8);
	text_put(p->odd, &one);
	buf_f(&arg, "%s (U+%04X)%s%s%s: %u > %u", one.p, (unsigned)p->odd,
	      plain != NULL ? " -> \"" : "", plain != NULL ? plain : "",
	      plain != NULL ? "\"" : "", p->parts, parts);
	add(c, p->parts > parts ? TEMPLATE_WARNING : TEMPLATE_INFO,
	    "ENCODING_SURPRISE", buf_str(&arg),
	    "一个字符使短信改用 UCS-2 编码（条数）：@",
	    "a character forces UCS-2 (parts): @");
	buf_done(&arg);
	buf_done(&one);
}

static void check_parts(struct check *c, struct str text)
{
	struct sms_plan *p = &c->out->plan;
	char z[64];
	int rc = sms_count(text, SMS_PARTS_MAX, p);

	if (rc != 0) {
		add(c, TEMPLATE_ERROR, "TOO_MANY_PARTS", STR("32"),
		    "超过 @ 条短信", "more than @ SMS parts");
		return;
	}
	c->out->rendered = true;
	(void)snprintf(z, sizeof(z), "%s %u, %u", sms_charset_name(p->charset),
		       p->units, p->parts);
	add(c, TEMPLATE_INFO, "PARTS", str_of(z), "编码、长度、条数：@",
	    "charset, length, parts: @");
	if (p->parts > c->rules->max_parts) {
		(void)snprintf(z, sizeof(z), "%u > %u", p->parts,
			       c->rules->max_parts);
		add(c, TEMPLATE_WARNING, "TOO_MANY_PARTS", str_of(z),
		    "短信条数过多：@", "too many SMS parts: @");
	}
	check_encoding(c, text);
}

static void check_sample(struct check *c)
{
	struct buf text;
	struct err err = { "" };

	buf_init(&text, TEMPLATE_OUTPUT_MAX + 1024);
	if (template_render(c->t, made_up, c, &text, &err) != 0) {
		add(c, TEMPLATE_ERROR, "SAMPLE_FAILS", str_of(err.text),
		    "样例无法生成：@", "the sample cannot be rendered: @");
	} else if (str_trim(buf_str(&text)).len == 0) {
		add(c, TEMPLATE_ERROR, "EMPTY", STR_NONE, "内容为空",
		    "there is no text");
	} else {
		buf_str_put(&text, c->rules->tail);
		check_parts(c, buf_str(&text));
	}
	buf_done(&text);
}

void template_check(const struct template *t,
		    const struct template_rules *rules, template_lookup *sample,
		    void *owner, struct template_findings *out)
{
	must(t != NULL && rules != NULL && out != NULL);
	struct buf fixed;
	struct check c = { t, rules, sample, owner, out, STR_NONE };

	*out = (struct template_findings){ .n = 0 };
	buf_init(&fixed, BUF_NO_LIMIT);
	check_fixed_text(t, &fixed);
	buf_str_put(&fixed, rules->tail);
	c.fixed = buf_str(&fixed);
	check_name(&c);
	check_stop(&c);
	check_promises(&c);
	check_money(&c);
	check_braces(&c);
	check_values(&c);
	check_sample(&c);
	buf_done(&fixed);
}

enum template_severity template_worst(const struct template_findings *f)
{
	must(f != NULL);
	return f->n > 0 ? f->v[0].severity : TEMPLATE_INFO;
}
