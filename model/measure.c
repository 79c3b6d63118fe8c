/* A measure, and the day on which it counts. */
#include "model/measure.h"

#include <stdio.h>
#include <string.h>

static const struct tzone *zone;

void measure_zone(const struct tzone *z)
{
	zone = z;
}

void measure_day(int64_t wall_ms, char out[MEASURE_DAY])
{
	char text[20] = "";

	must(out != NULL);
	tzone_local_text(zone == NULL ? 0 : tzone_offset_s(zone, wall_ms),
			 wall_ms, text);
	memcpy(out, text, MEASURE_DAY - 1);
	out[MEASURE_DAY - 1] = '\0';
}

const int64_t measure_bounds_ms[MEASURE_BOUNDS] = { 1000,    5000,    10000,
						    30000,   60000,   300000,
						    900000,  3600000, 14400000,
						    86400000 };

void measure_bound(int64_t ms, char out[MEASURE_BOUND])
{
	unsigned i = 0;

	must(out != NULL);
	while (i < MEASURE_BOUNDS && ms > measure_bounds_ms[i])
		i++;
	if (i < MEASURE_BOUNDS)
		(void)snprintf(out, MEASURE_BOUND, "%lld",
			       (long long)measure_bounds_ms[i]);
	else
		(void)snprintf(out, MEASURE_BOUND, "more");
}

void measure_cells(const struct measure *m, const char *day,
		   struct cell cells[MEASURE_CELLS])
{
	must(m != NULL && day != NULL);

	const struct str words[] = {
		m->tenant, str_of(day), m->name,       m->branch, m->department,
		m->tier,   m->channel,  m->class_name, m->detail,
	};

	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		cells[i] = CELL_T(words[i].len > 0 ? words[i] : STR_NONE);
	cells[ARRAY_LEN(words)] = CELL_I(m->n);
	cells[ARRAY_LEN(words) + 1] = CELL_I(m->sum);
}

void measure_put(struct store *s, const struct measure *m)
{
	char day[MEASURE_DAY];
	struct cell cells[MEASURE_CELLS];

	must(s != NULL && m != NULL);
	measure_day(m->at_ms, day);
	measure_cells(m, day, cells);
	store_put(s, STORE_MEASURE_ADD, cells, MEASURE_CELLS);
}
