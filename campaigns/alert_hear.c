/* Alerts that customers set, look at and remove by a message: a word of the
 * trigger, and what they want. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/alerts_impl.h"

/* What was heard, and by which trigger. */
struct heard_alert {
	const struct inbound *in;
	struct str tenant;
	const char *title;
	const struct trigger_cfg *c;
	struct alert_order order;
};

static bool has_word(struct heard_alert *h)
{
	for (size_t i = 0; i < h->c->alert_words.len; i++)
		if (alert_order_parse(h->in->text,
				      str_of(h->c->alert_words.v[i]),
				      &h->order))
			return true;
	return false;
}

static bool find_trigger(const struct alerts *a, struct heard_alert *h)
{
	const struct section *s;
	size_t at = 0;

	while ((s = triggers_next(a->env.triggers, h->tenant, &at)) != NULL) {
		h->c = s->value;
		h->title = s->title;
		if (h->c->alert_value[0] != '\0' && has_word(h))
			return true;
	}
	return false;
}

/* ---- in return ------------------------------------------------------------------ */

static bool speaks_chinese(const struct alerts *a, const struct heard_alert *h)
{
	struct str lang = gateway_lang(a->env.gateway, h->tenant, h->in->from);

	return lang.len > 0 ? str_starts(lang, STR("zh"))
			    : str_starts(h->in->from, STR("+86"));
}

/* "600519 >1800" */
static void put_alert(const struct alert *x, struct buf *b)
{
	char limit[ALERT_AMOUNT];

	alert_amount_text(x->limit, limit);
	buf_f(b, "\n%s%s%s%s", x->subject, x->subject[0] == '\0' ? "" : " ",
	      x->above ? ">" : "<", limit);
}

static void put_list(const struct alerts *a, const struct heard_alert *h,
		     bool zh, struct buf *b)
{
	const struct events_cfg *cfg = a->env.cfg;
	const struct alert *x = NULL;
	bool any = false;

	while ((x = alerts_next(a, h->tenant, h->in->from, str_of(h->title),
				x)) != NULL) {
		if (!any)
			buf_z(b, zh ? cfg->alert_list_zh : cfg->alert_list_en);
		any = true;
		put_alert(x, b);
	}
	if (!any)
		buf_z(b, zh ? cfg->alert_none_zh : cfg->alert_none_en);
}

static void say(struct alerts *a, const struct heard_alert *h, int rc)
{
	AUTO(buf_done) struct buf text = { 0 };
	const struct events_cfg *cfg = a->env.cfg;
	bool zh = speaks_chinese(a, h);
	struct submitted out;

	buf_init(&text, MESSAGE_TEXT_MAX);
	if (rc == -ENOSPC)
		buf_z(&text, zh ? cfg->alert_full_zh : cfg->alert_full_en);
	else if (rc != 0)
		buf_z(&text, zh ? cfg->alert_help_zh : cfg->alert_help_en);
	else
		put_list(a, h, zh, &text);

	const struct submission s = {
		.tenant = h->tenant,
		.to = h->in->from,
		.text = buf_str(&text),
		.channel = h->in->channel,
		.class_name = str_of(h->c->class_name),
		.priority = -1,
		.flags = MESSAGE_FLAG_REPLY,
	};

	gateway_submit(a->env.gateway, &s, &out);
	if (out.rc != 0)
		log_warn("alert.unsaid", KV_S("trigger", h->title),
			 KV_S("why", out.err.text));
}

/* ---- what they want ------------------------------------------------------------- */

static int set(struct alerts *a, const struct heard_alert *h)
{
	const struct alert_ask ask = {
		.tenant = h->tenant,
		.address = h->in->from,
		.trigger = str_of(h->title),
		.subject = str_of(h->order.subject),
		.above = h->order.above,
		.once = h->order.once,
		.limit = h->order.limit,
		.source = "sms",
	};
	const struct alert *x;
	struct err err = { "" };

	return alerts_set(a, &ask, &x, &err);
}

static void end_those(struct alerts *a, const struct heard_alert *h)
{
	const struct alert *x = NULL;

	while ((x = alerts_next(a, h->tenant, h->in->from, str_of(h->title),
				x)) != NULL)
		if (h->order.verb == ALERT_REMOVE_ALL ||
		    str_eqz(str_of(h->order.subject), x->subject))
			must(alerts_remove(a, h->tenant, x->id) == 0);
}

static int act(struct alerts *a, const struct heard_alert *h)
{
	switch (h->order.verb) {
	case ALERT_LIST:
		return 0;
	case ALERT_SET:
		return set(a, h);
	case ALERT_REMOVE:
	case ALERT_REMOVE_ALL:
		end_those(a, h);
		return 0;
	case ALERT_UNCLEAR:
		break;
	}
	return -EINVAL;
}

static const char *claim(void *owner, const struct inbound *in)
{
	struct alerts *a = owner;
	struct heard_alert h = { .in = in, .tenant = in->tenant };

	if (h.tenant.len == 0 || str_eqz(h.tenant, "*"))
		h.tenant = str_of(gateway_tenant(a->env.gateway));
	if (!find_trigger(a, &h))
		return NULL;
	say(a, &h, act(a, &h));
	return CLAIM_ALERT;
}

const struct claimant_ops alerts_claimant = { claim, NULL, NULL, NULL };
