/* Working time: read, and counted day by day. */
#include "care/work_hours.h"

#include <errno.h>
#include <string.h>

#include "gateway/hours.h"

#define HOUR_MS INT64_C(3600000)
#define DATE 10 /* bytes of "2026-10-01" */
/* A calendar without a day of work in so long a time has none. */
#define DAYS_MAX 3700

#define AT(f) offsetof(struct work_hours_cfg, f)
static const struct setting rows[] = {
	{ "zone", SETTING_STR, AT(zone), "Asia/Shanghai", 0, 0, NULL, NULL,
	  false, "Whose clock it is." },
	{ "hours", SETTING_STR, AT(hours), "09:00-18:00", 0, 0, NULL, NULL,
	  false, "Hours of a day of work." },
	{ "days", SETTING_LIST, AT(days), "{mon, tue, wed, thu, fri}", 1, 7,
	  NULL, NULL, false, "Days of the week on which people work." },
	{ "holidays", SETTING_LIST, AT(holidays), "{}", 0, 400, NULL, NULL,
	  false, "Days without work, such as \"2026-10-01\"." },
	{ "workdays", SETTING_LIST, AT(workdays), "{}", 0, 400, NULL, NULL,
	  false, "Days of work all the same, such as a Sunday made up for." },
};
#undef AT

const struct setting_section work_hours_section = {
	"work_hours",
	false,
	sizeof(struct work_hours_cfg),
	rows,
	ARRAY_LEN(rows),
	"When people are at work: for clocks that count working time, and for "
	"who is on call.",
};

static const char *const day_names[] = { "mon", "tue", "wed", "thu",
					 "fri", "sat", "sun" };

/* ---- read ------------------------------------------------------------------------ */

static int read_days(unsigned *out, const struct setting_list *days,
		     struct err *err)
{
	*out = 0;
	for (size_t i = 0; i < days->len; i++) {
		unsigned k = 0;

		while (k < ARRAY_LEN(day_names) &&
		       strcmp(days->v[i], day_names[k]) != 0)
			k++;
		if (k == ARRAY_LEN(day_names))
			return err_set(err, -EINVAL,
				       "days: \"%s\" is none of mon, tue, wed, "
				       "thu, fri, sat, sun",
				       days->v[i]);
		*out |= (unsigned)BIT(k);
	}
	return *out == 0 ? err_set(err, -EINVAL, "days: nobody ever works") : 0;
}

static bool is_date(const char *text)
{
	for (unsigned i = 0; i < DATE; i++) {
		bool dash = i == 4 || i == 7;

		if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9')
			return false;
	}
	return text[DATE] == '\0';
}

static int check_dates(const char *name, const struct setting_list *dates,
		       struct err *err)
{
	for (size_t i = 0; i < dates->len; i++)
		if (!is_date(dates->v[i]))
			return err_set(err, -EINVAL,
				       "%s: \"%s\" is no day such as "
				       "2026-10-01",
				       name, dates->v[i]);
	return 0;
}

int work_hours_read(struct work_hours *out, const struct work_hours_cfg *cfg,
		    struct err *err)
{
	must(out != NULL && cfg != NULL && err != NULL);
	struct work_hours w = { .holidays = &cfg->holidays,
				.workdays = &cfg->workdays };

	w.zone = tzone_get(str_of(cfg->zone));
	if (w.zone == NULL)
		return err_set(err, -EINVAL, "zone: \"%s\" is not known",
			       cfg->zone);
	if (hours_parse(cfg->hours, &w.open_minute, &w.close_minute) != 0)
		return err_set(err, -EINVAL,
			       "hours: \"%s\" is not of the form 09:00-18:00",
			       cfg->hours);
	if (w.open_minute == w.close_minute) /* "": all day */
		w.close_minute = 1440;
	int rc = read_days(&w.days, &cfg->days, err);

	if (rc == 0)
		rc = check_dates("holidays", &cfg->holidays, err);
	if (rc == 0)
		rc = check_dates("workdays", &cfg->workdays, err);
	if (rc == 0)
		*out = w;
	return rc;
}

void work_hours_check(const struct settings *s, struct faults *faults)
{
	must(s != NULL && faults != NULL);
	const struct section *sec = settings_find(s, "work_hours", NULL);
	struct work_hours unused;
	struct err err = { "" };

	if (sec != NULL && work_hours_read(&unused, sec->value, &err) != 0)
		faults_add(faults, "line %u: work_hours: %s", sec->line,
			   err.text);
}

/* ---- one day --------------------------------------------------------------------- */

/* A local day, by its first moment; and its hours of work: none if equal. */
struct day {
	int64_t begin_ms, open_ms, close_ms;
};

static bool has_date(const struct setting_list *dates, const char *date)
{
	for (size_t i = 0; i < dates->len; i++)
		if (strncmp(dates->v[i], date, DATE) == 0)
			return true;
	return false;
}

static bool works(const struct work_hours *w, int64_t at_ms)
{
	int32_t offset_s = tzone_offset_s(w->zone, at_ms);
	char date[20];

	tzone_local_text(offset_s, at_ms, date);
	if (has_date(w->workdays, date))
		return true;
	return !has_date(w->holidays, date) &&
	       (w->days & BIT(tzone_weekday(offset_s, at_ms))) != 0;
}

/* When the local clock of that day shows the minute; 1440 is its end. */
static int64_t shows(const struct work_hours *w, const struct day *d,
		     int64_t end_ms, int minute)
{
	if (minute == 0)
		return d->begin_ms;
	return minute >= 1440
		       ? end_ms
		       : MIN(tzone_next(w->zone, d->begin_ms, minute), end_ms);
}

/* The day `days` after (or before) that of at_ms; its noon is safe to ask
 * about however the clocks change. */
static void day_at(const struct work_hours *w, int64_t at_ms, int days,
		   struct day *out)
{
	int64_t noon_ms = tzone_midnight(w->zone, at_ms, 0) + 12 * HOUR_MS +
			  (int64_t)days * 24 * HOUR_MS;
	int64_t end_ms = tzone_midnight(w->zone, noon_ms + 24 * HOUR_MS, 0);

	out->begin_ms = tzone_midnight(w->zone, noon_ms, 0);
	out->open_ms = out->close_ms = out->begin_ms;
	if (!works(w, noon_ms))
		return;
	out->open_ms = shows(w, out, end_ms, w->open_minute);
	out->close_ms = shows(w, out, end_ms, w->close_minute);
}

bool work_hours_open(const struct work_hours *w, int64_t wall_ms)
{
	struct day d;

	must(w != NULL && w->zone != NULL);
	day_at(w, wall_ms, 0, &d);
	return wall_ms >= d.open_ms && wall_ms < d.close_ms;
}

/* ---- counted --------------------------------------------------------------------- */

int64_t work_hours_after(const struct work_hours *w, int64_t from_ms,
			 int64_t span_ms)
{
	must(w != NULL && w->zone != NULL && span_ms >= 0);
	int64_t left_ms = span_ms;

	for (int i = 0; i < DAYS_MAX; i++) {
		struct day d;

		day_at(w, from_ms, i, &d);
		int64_t begin_ms = MAX(d.open_ms, from_ms);

		if (begin_ms >= d.close_ms)
			continue;
		if (left_ms <= d.close_ms - begin_ms)
			return begin_ms + left_ms;
		left_ms -= d.close_ms - begin_ms;
	}
	return from_ms + span_ms; /* sooner than never */
}

int64_t work_hours_before(const struct work_hours *w, int64_t to_ms,
			  int64_t span_ms)
{
	must(w != NULL && w->zone != NULL && span_ms >= 0);
	int64_t left_ms = span_ms;

	for (int i = 0; i < DAYS_MAX; i++) {
		struct day d;

		day_at(w, to_ms, -i, &d);
		int64_t end_ms = MIN(d.close_ms, to_ms);

		if (end_ms <= d.open_ms)
			continue;
		if (left_ms <= end_ms - d.open_ms)
			return end_ms - left_ms;
		left_ms -= end_ms - d.open_ms;
	}
	return to_ms - span_ms;
}
