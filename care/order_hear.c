/* What customers write of orders: the code, or the word of an offer. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "care/orders_impl.h"
#include "proto/text.h"

#define WORD_MAX 64

static bool nobody_in_particular(const struct inbound *in)
{
	return in->tenant.len == 0 || str_eqz(in->tenant, "*");
}

static bool is_for(const struct order *x, const struct inbound *in)
{
	return str_eqz(in->from, x->address) &&
	       (nobody_in_particular(in) || str_eqz(in->tenant, x->tenant));
}

/* ---- codes ------------------------------------------------------------------------ */

/* What may stand before a code, folded: "not 123456" is none. */
static bool may_lead(struct str word)
{
	static const char *const words[] = { "",       "code",   "confirm",
					     "yes",    "ok",     "确认",
					     "确认码", "验证码", "是" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eqz(word, words[i]))
			return true;
	return false;
}

/* Six digits, and nothing else but a word that says so: "1" is no code,
 * whatever waits. */
static bool read_code(struct str text, char code[ORDER_CODE_DIGITS + 1])
{
	struct buf b = { 0 };
	size_t word;
	bool is;

	buf_init(&b, 1024);
	is = text.len <= WORD_MAX && text_fold(text, true, &b) == 0 &&
	     b.len >= ORDER_CODE_DIGITS;
	word = is ? b.len - ORDER_CODE_DIGITS : 0;
	is = is && strspn(b.p + word, "0123456789") == ORDER_CODE_DIGITS &&
	     may_lead(str_first(buf_str(&b), word));
	if (is)
		memcpy(code, b.p + word, ORDER_CODE_DIGITS + 1);
	buf_done(&b);
	return is;
}

static bool waits(const struct order *x)
{
	return x->now.state == ORDER_OFFERED ||
	       (x->now.state == ORDER_TRIAL && x->now.code_hash[0] != '\0');
}

/* Their number may not be used to find out a code. */
static void wrong(struct orders *o, struct order *x)
{
	struct order_now before = x->now;

	x->now.tries++;
	if (x->now.tries < (unsigned)o->env.cfg->tries) {
		order_keep(o, x, &before);
	} else if (x->now.state == ORDER_OFFERED) {
		order_over(o, x, ORDER_LAPSED, "CODE_TRIES");
	} else {
		x->now.code_hash[0] = '\0';
		order_keep(o, x, &before);
	}
}

/* The code of that one: in time, or not. */
static void hit(struct orders *o, struct order *x, const struct inbound *in)
{
	if (x->now.state == ORDER_OFFERED && x->now.due_ms <= orders_now(o))
		order_time_out(o, x);
	if (x->now.state == ORDER_LAPSED) {
		order_tell_them(o, x, ORDER_SAY_LATE);
		order_forget_code(o, x);
		return;
	}
	order_confirm(o, x, in->id);
	order_tell_them(o, x, ORDER_SAY_ACTIVE);
}

/* Who has ordered, and has a code that nobody has used. */
static bool has_code(const struct order *x)
{
	return waits(x) || (x->now.state == ORDER_LAPSED && !order_gone(x));
}

static const char *hear_code(void *owner, const struct inbound *in)
{
	struct orders *o = owner;
	char code[ORDER_CODE_DIGITS + 1];
	struct order *last = NULL;

	if (o->stopped || !read_code(in->text, code))
		return NULL;
	for (struct order *x = order_newest(o, in->from); x != NULL;
	     x = x->older) {
		if (!is_for(x, in) || !has_code(x))
			continue;
		if (waits(x))
			last = x;
		if (!order_code_is(o, x, str_of(code)))
			continue;
		hit(o, x, in);
		return CLAIM_ORDER;
	}
	if (last == NULL)
		return NULL;
	order_tell_them(o, last, ORDER_SAY_WRONG);
	for (struct order *x = order_newest(o, in->from); x != NULL;
	     x = x->older)
		if (is_for(x, in) && waits(x))
			wrong(o, x);
	return CLAIM_ORDER;
}

const struct claimant_ops orders_codes_claimant = { hear_code, NULL, NULL,
						    NULL };

/* ---- words of offers ----------------------------------------------------------------- */

static bool has_word(const struct offer_cfg *cfg, struct str folded)
{
	for (size_t i = 0; i < cfg->words.len; i++) {
		struct buf b = { 0 };
		bool is;

		buf_init(&b, 1024);
		is = text_fold(str_of(cfg->words.v[i]), true, &b) == 0 &&
		     str_eq(buf_str(&b), folded);
		buf_done(&b);
		if (is)
			return true;
	}
	return false;
}

static const struct section *offer_named(const struct orders *o,
					 struct str text)
{
	const struct section *s = NULL;
	struct buf b = { 0 };
	size_t at = 0;

	buf_init(&b, 1024);
	if (text.len <= WORD_MAX && text_fold(text, true, &b) == 0 && b.len > 0)
		while ((s = settings_next(o->env.settings, "offer", &at)) !=
			       NULL &&
		       !has_word(s->value, buf_str(&b)))
			;
	buf_done(&b);
	return s;
}

static const char *hear_word(void *owner, const struct inbound *in)
{
	struct orders *o = owner;
	const struct section *s = o->stopped ? NULL : offer_named(o, in->text);
	const struct offer_cfg *cfg = s == NULL ? NULL : s->value;
	const struct order *x = NULL;
	struct err err = { "" };
	int rc;

	if (cfg == NULL)
		return NULL;
	const struct order_ask ask = {
		.tenant = str_of(cfg->tenant[0] != '\0'
					 ? cfg->tenant
					 : gateway_tenant(o->env.gateway)),
		.address = in->from,
		.offer = str_of(s->title),
		.actor = STR("customer"),
		.inbound = in->id,
		/* "DG CL" is what both write */
		.lang = text_has_han(in->text) ? STR("zh") : STR_NONE,
	};

	if (!nobody_in_particular(in) && !str_eq(in->tenant, ask.tenant))
		return NULL; /* of another firm: a person looks at it */
	rc = orders_ask(o, &ask, &x, &err);
	if (rc == -EEXIST)
		order_tell_them(o, x, ORDER_SAY_ACTIVE);
	else if (rc != 0)
		log_warn("order.not_made", KV_S("offer", s->title),
			 KV_S("why", err.text));
	return rc == 0 || rc == -EEXIST ? CLAIM_ORDER : NULL;
}

const struct claimant_ops orders_claimant = { hear_word, NULL, NULL, NULL };
