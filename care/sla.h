/*
 * How long a person may take to reply first, by what it is about, and by
 * which clock. A complaint has 48 hours by the clock on the wall, whatever
 * working hours say: a promise of its own can only be shorter.
 */
#pragma once

#include "base/settings.h"
#include "care/case.h"

/* The struct behind `sla NAME { ... }`. */
struct sla_cfg {
	char *kind, *topic; /* "": any */
	int64_t first_reply;
	int clock; /* SLA_CALENDAR ... */
};

enum sla_clock { SLA_CALENDAR, SLA_WORKING };

extern const struct setting_section sla_section;
/* Kinds that are there, and work_hours where they are needed. */
void sla_check(const struct settings *s, struct faults *faults);

struct slas;

/* settings NULL: there are none but the usual one, usual_ms by the wall. */
struct slas *slas_new(const struct settings *s, int64_t usual_ms);
void slas_free(struct slas **sp);
/* Until when a person has to reply to it, if its clock begins at from_ms. */
int64_t sla_due_ms(const struct slas *s, const struct care_case *x,
		   int64_t from_ms);
/* Is there a promise that was made for such cases, not the usual one alone? */
bool sla_promised(const struct slas *s, const struct care_case *x);
/* When that share of its time is over. */
int64_t sla_alarm_ms(const struct slas *s, const struct care_case *x,
		     unsigned alarm);
