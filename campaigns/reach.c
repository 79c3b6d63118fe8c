/* Links by the kind of their channel. */
#include "campaigns/reach.h"

/* The next link of the campaign's channel from *i on; false: no more. */
static bool reach_next(const struct campaigns *c, const struct campaign *m,
		       unsigned *i, struct link_view *v)
{
	const char *kind = m->spec.channel == NULL ? "sms" : m->spec.channel;

	while (gateway_link(c->gateway, (*i)++, v) == 0) {
		if (v->kind != NULL && str_eqz(str_of(v->kind), kind))
			return true;
	}
	return false;
}

bool reach_exists(const struct campaigns *c, const struct campaign *m)
{
	struct link_view v;
	unsigned i = 0;

	must(c != NULL && m != NULL);
	return reach_next(c, m, &i, &v);
}

bool reach_up(const struct campaigns *c, const struct campaign *m)
{
	struct link_view v;
	unsigned i = 0;

	must(c != NULL && m != NULL);
	while (reach_next(c, m, &i, &v)) {
		if (v.state == CHANNEL_UP)
			return true;
	}
	return false;
}

double reach_rate(const struct campaigns *c, const struct campaign *m)
{
	struct link_view v;
	unsigned i = 0;
	double sum = 0;

	must(c != NULL && m != NULL);
	while (reach_next(c, m, &i, &v)) {
		if (v.rate <= 0)
			return 0;
		sum += v.rate;
	}
	return sum;
}
