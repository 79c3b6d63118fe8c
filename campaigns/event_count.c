/* What business events come to, for reports: on the day on which we hear of
 * them. How long things took are the sender's own times; what it does not say
 * is not counted. */
#include "campaigns/events_impl.h"
#include "campaigns/event_types.h"

static void count(struct events *e, const struct occurrence *o,
		  struct measure *m)
{
	m->tenant = o->tenant;
	m->at_ms = clock_wall_ms(e->env.clock);
	m->n = 1;
	gateway_measure(e->env.gateway, o->to, m);
}

void event_count_decision(struct events *e, const struct occurrence *o,
			  const struct suspension *s)
{
	must(e != NULL && o != NULL && s != NULL);
	struct measure m = { .detail = str_of(s->reason) };

	m.name =
		s->allow ? STR("suspension.allowed") : STR("suspension.denied");
	count(e, o, &m);
	if (!s->allow || s->delivered_ms == 0)
		return;
	m.name = STR("suspension.reminded");
	count(e, o, &m);
}

/* What the event is about, and how long it took, by the bound that it kept. */
static void count_took(struct events *e, const struct occurrence *o,
		       const char *name, int64_t from_ms, int64_t to_ms)
{
	char bound[MEASURE_BOUND];
	int64_t took_ms = MAX(to_ms - from_ms, 0);
	struct measure m = { .name = str_of(name), .sum = took_ms };

	measure_bound(took_ms, bound);
	m.detail = str_of(bound);
	count(e, o, &m);
}

static bool time_of(const struct occurrence *o, const char *field, int64_t *ms)
{
	char number[32];
	struct str text;

	return trigger_field(o->data, field, number, &text) &&
	       clock_parse_rfc3339(text.p, text.len, ms) == 0;
}

static struct str account_of(const struct occurrence *o, char number[32])
{
	struct str account = o->account;

	if (account.len == 0)
		IGNORE(trigger_field(o->data, "account", number, &account));
	return account.len == 0 ? o->to : account;
}

static void recharged(struct events *e, const struct occurrence *o,
		      int64_t at_ms)
{
	char number[2][32];
	struct str channel = STR_NONE, account = account_of(o, number[0]);

	IGNORE(trigger_field(o->data, "channel", number[1], &channel));
	struct measure m = { .name = o->type, .channel = channel };

	count(e, o, &m);
	if (str_eqz(o->type, EVENT_RECHARGE_OK) && account.len > 0)
		IGNORE(event_mark(e, o->tenant, MARK_RECHARGED, account,
				  at_ms));
}

/* Since the recharge that the event names, or the last one we heard of. */
static void resumed(struct events *e, const struct occurrence *o, int64_t at_ms)
{
	char number[32];
	int64_t from_ms = 0;
	struct measure m = { .name = STR("service.restored") };

	count(e, o, &m);
	if (!time_of(o, "recharged", &from_ms))
		from_ms = event_marked(e, o->tenant, MARK_RECHARGED,
				       account_of(o, number));
	if (from_ms > 0 && from_ms <= at_ms)
		count_took(e, o, "service.resumed", from_ms, at_ms);
}

static void posted(struct events *e, const struct occurrence *o, int64_t at_ms)
{
	int64_t paid_ms, posted_ms;

	if (!time_of(o, "paid", &paid_ms))
		return;
	if (!time_of(o, "posted", &posted_ms))
		posted_ms = at_ms;
	if (paid_ms <= posted_ms)
		count_took(e, o, "payment.posted", paid_ms, posted_ms);
}

/* One that is due no notice, by the trigger's own word, is not counted. */
static void crossed(struct events *e, const struct occurrence *o,
		    const struct taken *t)
{
	struct measure m = { .name = STR("usage.threshold") };

	if (t->state != TAKEN_PASSED ||
	    (!str_eqz(str_of(t->reason), "THRESHOLD_PASSED") &&
	     !str_eqz(str_of(t->reason), "CONDITION") &&
	     !str_eqz(str_of(t->reason), "ONCE_ONLY")))
		count(e, o, &m);
}

static void faulty(struct events *e, const struct occurrence *o)
{
	char number[32];
	struct str department = STR_NONE;

	IGNORE(trigger_field(o->data, "department", number, &department));
	struct measure m = { .name = o->type, .department = department };

	count(e, o, &m);
}

void event_count_happened(struct events *e, const struct occurrence *o,
			  const struct taken *t, int64_t at_ms)
{
	must(e != NULL && o != NULL && t != NULL);
	if (str_eqz(o->type, EVENT_RECHARGE_OK) ||
	    str_eqz(o->type, EVENT_RECHARGE_FAIL))
		recharged(e, o, at_ms);
	else if (str_eqz(o->type, EVENT_RESUMED))
		resumed(e, o, at_ms);
	else if (str_eqz(o->type, EVENT_POSTED))
		posted(e, o, at_ms);
	else if (str_eqz(o->type, EVENT_FAULT))
		faulty(e, o);
	else if (str_eqz(o->type, EVENT_USAGE))
		crossed(e, o, t);
}
