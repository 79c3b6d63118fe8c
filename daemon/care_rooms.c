/* The rooms of care, one by one, for those who need one. */
#include "daemon/care_impl.h"

struct surveys *care_surveys(const struct care *c)
{
	must(c != NULL);
	return c->surveys;
}

struct triggers *care_triggers(const struct care *c)
{
	must(c != NULL);
	return c->triggers;
}

struct reminders *care_reminders(const struct care *c)
{
	must(c != NULL);
	return c->reminders;
}

struct alerts *care_alerts(const struct care *c)
{
	must(c != NULL);
	return c->alerts;
}

struct events *care_events(const struct care *c)
{
	must(c != NULL);
	return c->events;
}

struct inbox *care_inbox(const struct care *c)
{
	must(c != NULL);
	return c->inbox;
}

struct unanswered *care_unanswered(const struct care *c)
{
	must(c != NULL);
	return c->unanswered;
}

struct cases *care_cases(const struct care *c)
{
	must(c != NULL);
	return c->cases;
}

struct callbacks *care_callbacks(const struct care *c)
{
	must(c != NULL);
	return c->callbacks;
}

struct voicemails *care_voicemails(const struct care *c)
{
	must(c != NULL);
	return c->voicemails;
}

struct findings *care_findings(const struct care *c)
{
	must(c != NULL);
	return c->findings;
}

struct oncall *care_oncall(const struct care *c)
{
	must(c != NULL);
	return c->oncall;
}

struct retention *care_retention(const struct care *c)
{
	must(c != NULL);
	return c->retention;
}

struct orders *care_orders(const struct care *c)
{
	must(c != NULL);
	return c->orders;
}
