/* The rooms of care in one: surveys, reminders, business events, cases, and
 * what they need of the gateway. */
#pragma once

#include "campaigns/events.h"
#include "care/cases.h"
#include "care/callbacks.h"
#include "care/oncall.h"
#include "care/orders.h"

struct care;
struct retention;
struct voicemails;
struct findings;
struct inbox;

struct care_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct library *library;
	struct campaigns *campaigns;
	const struct settings *settings; /* as they are now; live as long */
	unsigned node;
};

/* After the gateway, before the loop runs. */
MUST_USE int care_open(struct care **out, const struct care_env *env,
		       struct err *err);
struct surveys *care_surveys(const struct care *c);
struct triggers *care_triggers(const struct care *c);
/* The settings of care_env are others now: triggers, words that customers send
 * and answers of the FAQ are theirs at once. What the old ones were made of must
 * live on. */
void care_reload(struct care *c, const struct settings *fresh);
struct reminders *care_reminders(const struct care *c);
struct alerts *care_alerts(const struct care *c);
struct events *care_events(const struct care *c);
struct cases *care_cases(const struct care *c);
struct unanswered *care_unanswered(const struct care *c);
struct inbox *care_inbox(const struct care *c);
struct callbacks *care_callbacks(const struct care *c);
struct orders *care_orders(const struct care *c);
struct retention *care_retention(const struct care *c);
struct oncall *care_oncall(const struct care *c);
struct findings *care_findings(const struct care *c);     /* NULL: none */
struct voicemails *care_voicemails(const struct care *c); /* NULL: none */
/* Before the gateway closes: nothing is sent any more. c may be NULL. */
void care_stop(struct care *c);
/* After the store. */
void care_close(struct care **cp);
