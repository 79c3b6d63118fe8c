/* Promises of a first reply: which one holds, its end, its alarms. */
#include "care/sla.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "care/work_hours.h"

static const char *const clocks[] = { "calendar", "working", NULL };

#define AT(f) offsetof(struct sla_cfg, f)
static const struct setting rows[] = {
	{ "kind", SETTING_STR, AT(kind), "", 0, 0, NULL, NULL, false,
	  "Kind of case it is for; empty: every kind." },
	{ "topic", SETTING_STR, AT(topic), "", 0, 0, NULL, NULL, false,
	  "Topic it is for; empty: every topic." },
	{ "first_reply", SETTING_DURATION, AT(first_reply), NULL, 60000,
	  2592000000, NULL, NULL, false,
	  "A person answers within this time; alarms at 50, 80 and 100 %." },
	{ "clock", SETTING_ENUM, AT(clock), "calendar", 0, 0, clocks, NULL,
	  false,
	  "calendar: the clock on the wall; working: while work_hours are "
	  "open. A complaint is never later than cases.first_reply by the "
	  "wall." },
};
#undef AT

const struct setting_section sla_section = {
	"sla",
	true,
	sizeof(struct sla_cfg),
	rows,
	ARRAY_LEN(rows),
	"A first reply sooner or later than usual; the first that fits holds, "
	"one with a topic before one without.",
};

void sla_check(const struct settings *s, struct faults *faults)
{
	const struct section *sec;
	enum case_kind unused;
	size_t at = 0;

	must(s != NULL && faults != NULL);
	while ((sec = settings_next(s, "sla", &at)) != NULL) {
		const struct sla_cfg *cfg = sec->value;

		if (cfg->kind[0] != '\0' &&
		    case_kind_parse(str_of(cfg->kind), &unused) != 0)
			faults_add(faults,
				   "line %u: sla %s: kind: \"%s\" is no kind "
				   "of case",
				   sec->line, sec->title, cfg->kind);
	}
}

struct slas {
	int64_t usual_ms;
	const struct sla_cfg **v; /* in order of the file */
	size_t n;
	struct work_hours hours;
};

struct slas *slas_new(const struct settings *s, int64_t usual_ms)
{
	struct slas *a = mem_new(struct slas);
	const struct section *sec;
	struct err err = { "" };
	size_t at = 0;

	a->usual_ms = usual_ms;
	while (s != NULL && (sec = settings_next(s, "sla", &at)) != NULL) {
		a->v = mem_resize(a->v, (a->n + 1) * sizeof(*a->v));
		a->v[a->n++] = sec->value;
	}
	sec = s == NULL ? NULL : settings_find(s, "work_hours", NULL);
	if (sec != NULL) /* work_hours_check has found no fault */
		must(work_hours_read(&a->hours, sec->value, &err) == 0);
	return a;
}

void slas_free(struct slas **sp)
{
	struct slas *a = TAKE(*sp);

	if (a == NULL)
		return;
	mem_free(a->v);
	mem_free(a);
}

static bool fits(const char *wanted, const char *is)
{
	return wanted[0] == '\0' || strcmp(wanted, is) == 0;
}

/* NULL: the usual one. */
static const struct sla_cfg *of(const struct slas *a, const struct care_case *x)
{
	const struct sla_cfg *found = NULL;

	for (size_t i = 0; i < a->n; i++) {
		const struct sla_cfg *c = a->v[i];

		if (!fits(c->kind, case_kinds[x->kind].name) ||
		    !fits(c->topic, x->topic))
			continue;
		if (c->topic[0] != '\0')
			return c;
		if (found == NULL)
			found = c;
	}
	return found;
}

bool sla_promised(const struct slas *s, const struct care_case *x)
{
	must(s != NULL && x != NULL);
	return of(s, x) != NULL;
}

static int64_t span_of(const struct slas *a, const struct sla_cfg *c)
{
	return c == NULL ? a->usual_ms : c->first_reply;
}

static bool is_working(const struct slas *a, const struct sla_cfg *c)
{
	return c != NULL && c->clock == SLA_WORKING && a->hours.zone != NULL;
}

/* By its own clock, without the bound of R-19. */
static int64_t end_ms(const struct slas *a, const struct sla_cfg *c,
		      int64_t from_ms, int64_t span_ms)
{
	return is_working(a, c) ? work_hours_after(&a->hours, from_ms, span_ms)
				: from_ms + span_ms;
}

int64_t sla_due_ms(const struct slas *s, const struct care_case *x,
		   int64_t from_ms)
{
	must(s != NULL && x != NULL);
	const struct sla_cfg *c = of(s, x);
	int64_t due_ms = end_ms(s, c, from_ms, span_of(s, c));

	return x->kind == CASE_COMPLAINT ? MIN(due_ms, from_ms + s->usual_ms)
					 : due_ms;
}

/*
 * A row holds when it is due, not since when its clock runs. Where the wall's
 * 48 hours were the sooner end, it is they that are shared out; else its own
 * time is, counted back by its own clock.
 */
int64_t sla_alarm_ms(const struct slas *s, const struct care_case *x,
		     unsigned alarm)
{
	must(s != NULL && x != NULL && alarm < CASE_ALARMS);
	const struct sla_cfg *c = of(s, x);
	int64_t span_ms = span_of(s, c), due_ms = x->now.due_ms;
	int64_t part_ms = span_ms / 100 * case_alarm_percent[alarm];

	if (x->kind == CASE_COMPLAINT && !is_working(s, c))
		span_ms = MIN(span_ms, s->usual_ms);
	if (alarm == CASE_ALARMS - 1)
		return due_ms;
	if (!is_working(s, c))
		return case_alarm_ms(x, alarm, span_ms);
	if (x->kind == CASE_COMPLAINT &&
	    end_ms(s, c, due_ms - s->usual_ms, span_ms) > due_ms)
		return case_alarm_ms(x, alarm, s->usual_ms);
	return work_hours_after(&s->hours,
				work_hours_before(&s->hours, due_ms, span_ms),
				part_ms);
}
