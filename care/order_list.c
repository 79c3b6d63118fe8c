/* Orders in the list of 0000: what a number has, under every tenant, and its
 * end. */
#include <errno.h>
#include <stdio.h>

#include "care/orders_impl.h"

static bool listed(const struct order *x, struct str address)
{
	return str_eqz(address, x->address) &&
	       (x->now.state == ORDER_ACTIVE || x->now.state == ORDER_TRIAL);
}

static void put_title(char *out, size_t size, const char *title,
		      const struct order *x, const char *unit,
		      const char *period)
{
	(void)snprintf(out, size, "%.100s %lld.%02lld%s/%s", title,
		       (long long)(x->price_fen / 100),
		       (long long)(x->price_fen % 100), unit, period);
}

static void each(void *owner, struct str address, subscription_add_fn *add,
		 void *to)
{
	struct orders *o = owner;

	for (struct order *x = order_newest(o, address); x != NULL;
	     x = x->older) {
		struct subscription one = { .seq = x->id };

		if (!listed(x, address))
			continue;
		must(str_copy(one.tenant, sizeof(one.tenant),
			      str_of(x->tenant)) == 0);
		put_title(one.title_zh, sizeof(one.title_zh),
			  x->title_zh[0] != '\0' ? x->title_zh : x->title_en, x,
			  "元", order_period_zh(x->period));
		put_title(one.title_en, sizeof(one.title_en),
			  x->title_en[0] != '\0' ? x->title_en : x->title_zh, x,
			  "", order_period_names[x->period]);
		add(to, &one);
	}
}

static int end(void *owner, struct str address, const struct subscription *one,
	       const struct consent_event *like)
{
	struct orders *o = owner;
	const struct order *x = order_at(o, str_of(one->tenant), one->seq);

	(void)like;
	if (x == NULL || !listed(x, address))
		return -ENOENT;
	return orders_end(o, str_of(one->tenant), one->seq, "unsubscribed");
}

const struct subscription_ops orders_subscriptions = { "order", each, end };
