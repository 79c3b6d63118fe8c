/* What is wrong with a template: rules over its fixed text and one sample. */
#include "templates/check.h"

#include <stdio.h>
#include <string.h>

#include "proto/text.h"
#include "templates/check_impl.h"
#include "templates/check_text.h"
#include "templates/program.h"

#define PARTS_USUAL 3

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

static void check_name(struct check *c)
{
	struct str name, first;
	unsigned n = 0;

	if (!check_sender(c->fixed, &name)) {
		check_add(
			c, TEMPLATE_ERROR, "NO_SENDER_NAME", STR_NONE,
			"开头没有发送方名称，如【公司】",
			"does not begin with the sender's name, as in [Company]");
		return;
	}
	for (size_t i = 0; i < c->fixed.len; i++)
		n += str_starts(str_from(c->fixed, i), STR("【"));
	if (n > 1)
		check_add(c, TEMPLATE_WARNING, "MANY_SENDER_NAMES", STR_NONE,
			  "只能有一个【签名】",
			  "only one signature in 【】 may stand");
	first = c->rules->sender;
	if (first.len > 0 && !str_eq(name, first) &&
	    !str_eqz(name, TEMPLATE_HOLE))
		check_add(c, TEMPLATE_ERROR, "WRONG_SENDER_NAME", first,
			  "发送方名称应为「@」",
			  "the sender's name should be \"@\"");
}

static void check_stop(struct check *c)
{
	struct str word;
	const struct template_rules *r = c->rules;

	if (!(r->stop_text || r->stop_advised || r->priced) ||
	    check_find(c->fixed, CHECK_STOP, &word))
		return;
	check_add(c,
		  r->stop_text || r->priced ? TEMPLATE_ERROR : TEMPLATE_WARNING,
		  "NO_STOP_TEXT", STR_NONE, "没有退订说明，如「拒收请回复R」",
		  "does not say how to opt out, as in \"TD to stop\"");
}

/* A link that sells, as far as its address says so. */
static bool sells(struct str s, struct str *word)
{
	static const char *const marks[] = { "utm_",  "promo",  "coupon",
					     "/sale", "/offer", "/deal" };

	for (size_t at = 0; at < s.len; at++) {
		struct str rest = str_from(s, at);

		if (!str_starts(rest, STR("http://")) &&
		    !str_starts(rest, STR("https://")) &&
		    !str_starts(rest, STR("www.")))
			continue;
		struct str link = str_first(rest, str_find(rest, ' '));

		for (size_t k = 0; k < link.len; k++)
			for (size_t i = 0; i < ARRAY_LEN(marks); i++)
				if (str_starts(str_from(link, k),
					       str_of(marks[i]))) {
					*word = link;
					return true;
				}
	}
	return false;
}

static void check_promises(struct check *c)
{
	struct str word;

	if (!c->rules->promotion &&
	    (check_find(c->fixed, CHECK_PROMOTION, &word) ||
	     sells(c->fixed, &word)))
		check_add(
			c, TEMPLATE_ERROR, "PROMOTION_IN_CARE", word,
			"「@」是促销用语，此类消息不得促销；请改用营销类",
			"\"@\" promotes, which this class may not: make it marketing");
	if (!c->rules->survey && check_find(c->fixed, CHECK_OVER, &word))
		check_add(
			c,
			c->rules->promotion ? TEMPLATE_WARNING : TEMPLATE_INFO,
			"OVER_PROMISE", word,
			"「@」可能夸大宣传或过度承诺，须复审",
			"\"@\" may promise too much: needs a second approval");
}

/* What is promised must be in the register of promises. */
static void check_promise_id(struct check *c)
{
	struct str word;

	if (!c->rules->promised && check_find(c->fixed, CHECK_PROMISE, &word))
		check_add(c, TEMPLATE_ERROR, "PROMISE_ID_MISSING", word,
			  "「@」是承诺，须填写已登记的承诺编号",
			  "\"@\" is a promise: give the id it is registered "
			  "under");
}

static void check_blocked(struct check *c, struct str text)
{
	const struct template_rules *r = c->rules;
	struct str word;

	if (r->blocked != NULL && (r->blocked(r->owner, c->fixed, &word) ||
				   r->blocked(r->owner, text, &word)))
		check_add(c, TEMPLATE_ERROR, "CONTENT_BLOCKED", word,
			  "「@」是禁用词，不得发送",
			  "\"@\" is a blocked word: it may not be sent");
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
		check_add(c, TEMPLATE_ERROR, "PRICE_MISSING", STR_NONE,
			  "收费业务须写明价格",
			  "costs money: must name the price");
	if (c->rules->priced && !period)
		check_add(c, TEMPLATE_ERROR, "PERIOD_MISSING", STR_NONE,
			  "收费业务须写明计费周期",
			  "costs money: must say for how long or how often");
	else if (c->rules->promotion && speaks && !period)
		check_add(c, TEMPLATE_WARNING, "PERIOD_MISSING", money,
			  "提到「@」，但未写明计费周期",
			  "says \"@\" but not for how long or how often");
	if (!c->rules->priced && !c->rules->promotion && speaks)
		check_add(c, TEMPLATE_INFO, "PRICE_WORDS", money,
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
		check_add(
			c, TEMPLATE_WARNING, "SINGLE_BRACES",
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
		check_add(c, TEMPLATE_WARNING, "NO_VALUE", c->t->vars[i].name,
			  "变量「@」没有值，也没有默认值",
			  "variable \"@\" has neither a value nor a default");
	}
}

static void check_sample(struct check *c)
{
	struct buf text;
	struct err err = { "" };

	buf_init(&text, TEMPLATE_OUTPUT_MAX + 1024);
	if (template_render(c->t, made_up, c, &text, &err) != 0) {
		check_add(c, TEMPLATE_ERROR, "SAMPLE_FAILS", str_of(err.text),
			  "样例无法生成：@",
			  "the sample cannot be rendered: @");
	} else if (str_trim(buf_str(&text)).len == 0) {
		check_add(c, TEMPLATE_ERROR, "EMPTY", STR_NONE, "内容为空",
			  "there is no text");
	} else {
		buf_str_put(&text, c->rules->tail);
		check_blocked(c, buf_str(&text));
		check_sms(c, buf_str(&text));
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
	check_promise_id(&c);
	check_money(&c);
	check_braces(&c);
	check_values(&c);
	check_sample(&c);
	buf_done(&fixed);
}
