/* Arithmetic of runs and local times. */
#include "campaigns/schedule.h"

#include "proto/e164.h"
#include "proto/tzone.h"

int64_t schedule_next(const struct spec *s, int64_t now_ms)
{
	must(s != NULL);
	if (s->schedule != SCHEDULE_RECURRING || now_ms <= s->start_ms)
		return s->start_ms;

	int64_t runs = (now_ms - s->start_ms + s->every_ms - 1) / s->every_ms;
	return s->start_ms + runs * s->every_ms;
}

int64_t schedule_end(const struct campaign *m)
{
	const struct spec *s = &m->spec;
	int64_t end_ms = s->end_ms;

	must(m != NULL);
	if (s->window_ms != 0 && m->life.started_ms != 0) {
		int64_t of_run = m->life.started_ms + s->window_ms;
		end_ms = end_ms == 0 ? of_run : MIN(end_ms, of_run);
	}
	return end_ms;
}

/* The next time `minute` is reached in every zone that it may be. */
static int64_t last_of(const char *const *names, unsigned n, int64_t from_ms,
		       int minute)
{
	int64_t last = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct tzone *z = tzone_get(str_of(names[i]));

		if (z == NULL)
			return 0; /* not all are known: none is certain */
		last = MAX(last, tzone_next(z, from_ms, minute));
	}
	return last;
}

bool schedule_due(const struct campaign *m, const struct person_row *p,
		  int64_t start_ms, int64_t *due_ms)
{
	const struct spec *s = &m->spec;
	const struct tzone *z;
	const char *names[12];
	int64_t due;

	must(m != NULL && p != NULL && due_ms != NULL);
	if (s->schedule != SCHEDULE_LOCAL)
		return true;
	z = p->tz.len > 0 ? tzone_get(p->tz) : NULL;
	if (z != NULL)
		due = tzone_next(z, start_ms - 1, (int)s->minute);
	else
		due = last_of(names,
			      tzone_of_country(e164_country(p->address), names),
			      start_ms - 1, (int)s->minute);
	if (due == 0)
		return false;
	*due_ms = due;
	return true;
}
