/* When somebody may be called: the gate, their hours, and other hours than
 * those that were tried. */
#include <string.h>

#include "care/callbacks_impl.h"
#include "gateway/hours.h"
#include "gateway/places.h"

#define HOUR INT64_C(3600000)
/* Looks at so many times: two weeks of openings, or one day of hours. */
#define LOOKS 96

const struct tzone *callback_zone(const struct callbacks *c,
				  const struct callback *x)
{
	struct person_view person;
	const struct place *place;

	gateway_person(c->env.gateway, str_of(x->tenant), str_of(x->address),
		       &person);
	if (person.zone.len > 0)
		return tzone_get(person.zone);
	place = gateway_place(c->env.gateway, str_of(x->address));
	return place->nzones > 0 ? place->zones[0] : NULL;
}

/* The class that the gate judges it by. */
static struct str class_of(const struct callbacks *c, const struct callback *x)
{
	return str_of(callback_wished(x->source) ||
				      x->source == CALLBACK_BY_REMINDER
			      ? c->env.cfg->wished
			      : c->env.cfg->unasked);
}

/* What the gate says of a call then: true, or not before *next_ms, or never
 * (0) with a reason. */
static bool permitted(const struct callbacks *c, const struct callback *x,
		      int64_t at_ms, int64_t *next_ms, char reason[32])
{
	const struct submission s = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->address),
		.text = STR("call"),
		.class_name = class_of(c, x),
		.channel = STR("voice"),
		.from = str_of(c->env.cfg->caller_id),
		.send_at_ms = at_ms > callbacks_now(c) ? at_ms : 0,
		.priority = -1,
	};
	struct submitted out;
	const struct decision *d = &out.decision;

	gateway_judge(c->env.gateway, &s, &out);
	*next_ms = 0;
	if (out.rc != 0 || d->verdict == VERDICT_DENY) {
		struct str why = out.rc != 0 ? str_of(out.code) : d->reason;

		IGNORE(str_copy(reason, 32, str_first(why, 31)));
		return false;
	}
	if (d->verdict == VERDICT_ALLOW || d->not_before_ms <= at_ms)
		return true;
	IGNORE(str_copy(reason, 32, str_first(d->reason, 31)));
	*next_ms = d->not_before_ms;
	return false;
}

bool callback_may_call(const struct callbacks *c, const struct callback *x,
		       int64_t *at_ms, char reason[32])
{
	must(c != NULL && x != NULL && at_ms != NULL && reason != NULL);
	return permitted(c, x, callbacks_now(c), at_ms, reason);
}

/* Inside their preferred hours? Else when those open next. */
static bool preferred(const struct callback *x, const struct tzone *z,
		      int64_t at_ms, int64_t *next_ms)
{
	const struct callback_now *n = &x->now;
	int minute;

	if (z == NULL || n->open_minute == n->close_minute)
		return true;
	minute = tzone_minute_of_day(tzone_offset_s(z, at_ms), at_ms);
	if (minute >= n->open_minute && minute < n->close_minute)
		return true;
	*next_ms = tzone_next(z, at_ms, n->open_minute);
	return false;
}

/* The local hour of the day, and when it ends. */
static unsigned hour_of(const struct tzone *z, int64_t at_ms, int64_t *ends_ms)
{
	int32_t offset_s = z == NULL ? 0 : tzone_offset_s(z, at_ms);
	int64_t local_ms = at_ms + (int64_t)offset_s * 1000;

	*ends_ms = at_ms + HOUR - local_ms % HOUR;
	return (unsigned)(local_ms / HOUR % 24);
}

/* apart: not in an hour of the day that was tried. */
static bool find(const struct callbacks *c, const struct callback *x,
		 int64_t from_ms, bool apart, int64_t *at_ms, char reason[32])
{
	const struct tzone *z = callback_zone(c, x);
	int64_t t = from_ms, next_ms, ends_ms;

	for (unsigned i = 0; i < LOOKS; i++) {
		if (!permitted(c, x, t, &next_ms, reason)) {
			if (next_ms == 0)
				return false;
			t = next_ms;
		} else if (!preferred(x, z, t, &next_ms)) {
			t = next_ms;
		} else if (apart &&
			   (x->now.hours & BIT(hour_of(z, t, &ends_ms))) != 0) {
			t = ends_ms;
		} else {
			*at_ms = t;
			reason[0] = '\0';
			return true;
		}
	}
	*at_ms = 0;
	return true;
}

bool callback_when(const struct callbacks *c, const struct callback *x,
		   int64_t from_ms, int64_t *at_ms, char reason[32])
{
	must(c != NULL && x != NULL && at_ms != NULL && reason != NULL);
	if (!find(c, x, from_ms, true, at_ms, reason))
		return false;
	/* every hour that is open was tried: the same one, another day */
	if (*at_ms == 0 && !find(c, x, from_ms, false, at_ms, reason))
		return false;
	if (*at_ms == 0) /* gate and hours never meet: theirs yield */
		*at_ms = permitted(c, x, from_ms, at_ms, reason) ? from_ms
								 : *at_ms;
	return true;
}

/* ---- the clock of a promise ------------------------------------------------------- */

/* NULL: the wall's. */
static const struct work_hours *clock_of(const struct callbacks *c,
					 const struct callback *x)
{
	const struct section *s =
		settings_find(c->env.settings, "queue", x->queue);
	const struct queue_cfg *q = s == NULL ? NULL : s->value;
	bool working = q == NULL || q->clock == QUEUE_USUAL
			       ? c->env.cfg->clock == CALLBACK_WORKING
			       : q->clock == QUEUE_WORKING;

	return working && c->hours.zone != NULL ? &c->hours : NULL;
}

int64_t callback_promise_ms(const struct callbacks *c, const struct callback *x,
			    int64_t now_ms)
{
	must(c != NULL && x != NULL);
	const struct work_hours *w = clock_of(c, x);
	int64_t span_ms = c->env.cfg->breach;

	return w == NULL ? now_ms + span_ms
			 : work_hours_after(w, now_ms, span_ms);
}

/* Hours of work, of the gate and of theirs are asked in turns. */
#define TURNS 8

int64_t callback_works_ms(const struct callbacks *c, const struct callback *x,
			  int64_t then_ms)
{
	must(c != NULL && x != NULL);
	const struct work_hours *w = clock_of(c, x);
	int64_t t = then_ms;
	char reason[32];

	for (unsigned i = 0; w != NULL && i < TURNS && !work_hours_open(w, t);
	     i++) {
		t = work_hours_after(w, t, 0);
		if (!callback_when(c, x, t, &t, reason))
			return then_ms; /* it will be denied */
	}
	return t;
}
