/* What is said of an order: to the customer, and to the billing side. */
#include <errno.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "campaigns/values.h"
#include "care/orders_impl.h"
#include "proto/json.h"
#include "templates/render.h"

#define HOUR INT64_C(3600000)

/* ---- codes ------------------------------------------------------------------------ */

/* Bound to the order, and with it to number, offer and price. */
static void hash_code(const struct orders *o, const struct order *x,
		      struct str code, struct buf *hex)
{
	struct buf b = { 0 };
	uint8_t digest[32];

	buf_init(&b, BUF_NO_LIMIT);
	buf_u64(&b, x->id);
	buf_lstr(&b, str_of(x->tenant));
	buf_lstr(&b, str_of(x->address));
	buf_lstr(&b, str_of(x->offer));
	buf_lstr(&b, str_of(x->version));
	buf_varint(&b, (uint64_t)x->price_fen);
	buf_lstr(&b, code);
	secret_hmac_sha256(str_of(o->code_key), buf_str(&b), digest);
	secret_hex(digest, (ORDER_CODE_HASH - 1) / 2, hex);
	buf_done(&b);
}

void order_make_code(const struct orders *o, struct order *x,
		     char code[ORDER_CODE_DIGITS + 1])
{
	must(o != NULL && x != NULL && code != NULL);
	struct buf hex = { 0 };

	buf_init(&hex, ORDER_CODE_HASH);
	(void)snprintf(code, ORDER_CODE_DIGITS + 1, "%u",
		       100000u + secret_random_below(900000));
	hash_code(o, x, str_of(code), &hex);
	must(str_copy(x->now.code_hash, sizeof(x->now.code_hash),
		      buf_str(&hex)) == 0);
	buf_done(&hex);
}

bool order_code_is(const struct orders *o, const struct order *x,
		   struct str code)
{
	must(o != NULL && x != NULL);
	struct buf hex = { 0 };
	bool is;

	buf_init(&hex, ORDER_CODE_HASH);
	hash_code(o, x, code, &hex);
	is = x->now.code_hash[0] != '\0' &&
	     secret_eq(buf_str(&hex), str_of(x->now.code_hash));
	buf_done(&hex);
	return is;
}

/* ---- to the customer --------------------------------------------------------------- */

static bool speaks_chinese(const struct orders *o, const struct order *x)
{
	struct str lang = gateway_lang(o->env.gateway, str_of(x->tenant),
				       str_of(x->address));

	if (lang.len == 0)
		lang = str_of(x->lang);
	if (lang.len == 0)
		return x->title_en[0] == '\0' ||
		       str_starts(str_of(x->address), STR("+86"));
	return str_starts(lang, STR("zh"));
}

static const char *words_of(const struct orders_cfg *f, enum order_saying what,
			    bool zh)
{
	const char *const words[ORDER_SAYINGS][2] = {
		[ORDER_SAY_CONFIRM] = { f->confirm_en, f->confirm_zh },
		[ORDER_SAY_ACTIVE] = { f->active_en, f->active_zh },
		[ORDER_SAY_WRONG] = { f->wrong_en, f->wrong_zh },
		[ORDER_SAY_LATE] = { f->late_en, f->late_zh },
		[ORDER_SAY_TRIAL] = { f->trial_en, f->trial_zh },
		[ORDER_SAY_ENDED] = { f->ended_en, f->ended_zh },
	};

	return words[what][zh];
}

/* "12.50" of 1250 fen, without a floating point. */
static void put_price(int64_t fen, char out[32])
{
	(void)snprintf(out, 32, "%lld.%02lld", (long long)(fen / 100),
		       (long long)(fen % 100));
}

static json_t *values_of(const struct orders *o, const struct order *x, bool zh,
			 const char *code)
{
	const char *title = zh && x->title_zh[0] != '\0' ? x->title_zh
			    : x->title_en[0] != '\0'     ? x->title_en
							 : x->title_zh;
	char price[32], hours[24];

	put_price(x->price_fen, price);
	(void)snprintf(hours, sizeof(hours), "%lld",
		       (long long)MAX(o->env.cfg->confirm / HOUR, 1));
	return json_pack("{s:s,s:s,s:s,s:s,s:s}", "svc", title, "price", price,
			 "period",
			 zh ? order_period_zh(x->period)
			    : order_period_names[x->period],
			 "code", code != NULL ? code : "", "hours", hours);
}

static int render(const struct orders *o, const struct order *x,
		  const char *words, bool zh, const char *code,
		  struct buf *text, struct err *err)
{
	json_t *vars = values_of(o, x, zh, code);
	struct values v = { .vars = vars };
	struct template *t = NULL;
	int rc = template_compile(&t, str_of(words), err);

	if (rc == 0)
		rc = template_render(t, values_lookup, &v, text, err);
	values_done(&v);
	template_free(&t);
	json_decref(vars);
	return rc == 0 ? 0 : -EINVAL;
}

int order_say(struct orders *o, const struct order *x, enum order_saying what,
	      const char *code, struct err *err)
{
	must(o != NULL && x != NULL && (unsigned)what < ORDER_SAYINGS);
	AUTO(buf_done) struct buf text = { 0 };
	bool zh = speaks_chinese(o, x);
	const char *words = words_of(o->env.cfg, what, zh);
	struct submission s = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->address),
		.class_name = str_of(o->env.cfg->class_name),
		.priority = -1,
		.flags = what == ORDER_SAY_TRIAL || what == ORDER_SAY_ENDED
				 ? 0
				 : MESSAGE_FLAG_REPLY,
	};
	struct submitted out;
	int rc;

	if (words[0] == '\0')
		return 0;
	buf_init(&text, TEMPLATE_OUTPUT_MAX);
	rc = render(o, x, words, zh, code, &text, err);
	if (rc != 0)
		return rc;
	s.text = buf_str(&text);
	gateway_submit(o->env.gateway, &s, &out);
	if (out.rc != 0)
		return err_set(err, -EINVAL, "%s", out.err.text);
	return out.decision.verdict != VERDICT_DENY
		       ? 0
		       : err_set(err, -EPERM, "the gate refuses it: %.*s",
				 STR_ARGS(out.decision.reason));
}

void order_tell_them(struct orders *o, const struct order *x,
		     enum order_saying what)
{
	struct err err = { "" };

	if (order_say(o, x, what, NULL, &err) != 0)
		log_warn("order.not_said", KV_ID("id", x->id),
			 KV_S("why", err.text));
}

/* ---- to the billing side ------------------------------------------------------------ */

/* to: the number, open or masked. */
static void put_bill(const struct order *x, const struct order *replaced,
		     struct str to, int64_t now_ms, struct buf *b)
{
	json_open(b, '{');
	json_kid(b, "order", x->id);
	json_ks(b, "to", to);
	json_kz(b, "service", x->service);
	json_kz(b, "offer", x->offer);
	json_kz(b, "offer_version", x->version);
	json_ki(b, "price_fen", x->price_fen);
	json_kz(b, "period", order_period_names[x->period]);
	json_ks_opt(b, "reason", str_of(x->now.reason));
	if (replaced != NULL)
		json_kid(b, "replaces", replaced->id);
	if (x->now.confirmed_by != 0) {
		json_key(b, "confirmation");
		json_open(b, '{');
		json_kid(b, "message", x->now.confirmed_by);
		json_kz(b, "code_hash", x->now.code_hash);
		json_kt(b, "at", x->now.confirmed_ms);
		json_close(b, '}');
	}
	json_kt(b, "at", now_ms);
	json_close(b, '}');
}

void order_bill(struct orders *o, const struct order *x, const char *type,
		const struct order *replaced)
{
	must(o != NULL && x != NULL && type != NULL);
	struct buf data = { 0 }, masked = { 0 };
	char to[ADDRESS_MAX];
	int64_t now_ms = orders_now(o);

	buf_init(&data, BUF_NO_LIMIT);
	buf_init(&masked, BUF_NO_LIMIT);
	log_mask(str_of(x->address), to, sizeof(to));
	put_bill(x, replaced, str_of(x->address), now_ms, &data);
	put_bill(x, replaced, str_of(to), now_ms, &masked);
	gateway_publish_open(o->env.gateway, str_of(x->tenant), type,
			     buf_str(&data), buf_str(&masked));
	buf_done(&masked);
	buf_done(&data);
}
