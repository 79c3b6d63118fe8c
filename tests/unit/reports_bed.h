/* Reports of made-up months, and what they say in JSON. */
#pragma once

#include "reports/report_impl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <jansson.h>
#include <math.h>

#include "base/mem.h"
#include "tests/unit/reports_month.h"

/* As the store gives it: by one thing at a time; of one department there is
 * nothing by department. */
static inline void add_of(struct report *r, const char *department, bool last,
			  const struct measured *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *const values[] = { v[i].branch, v[i].department,
					       v[i].tier, v[i].channel };

		if (department != NULL &&
		    strcmp(v[i].department, department) != 0)
			continue;
		for (unsigned d = 0; d < ARRAY_LEN(values); d++) {
			const struct row row = {
				8,
				{ CELL_Z(last ? "2026-09" : "2026-10"),
				  CELL_Z(v[i].name),
				  CELL_I(MEASURE_BY_BRANCH + d),
				  CELL_Z(values[d]), CELL_Z(v[i].class_name),
				  CELL_Z(v[i].detail), CELL_I(v[i].n),
				  CELL_I(v[i].sum) }
			};

			if (department == NULL ||
			    MEASURE_BY_BRANCH + d != MEASURE_BY_DEPARTMENT)
				report_row(r, &row);
		}
	}
}

static inline void add(struct report *r, bool last, const struct measured *v,
		       size_t n)
{
	add_of(r, NULL, last, v, n);
}

static inline void add_day(struct report *r, const char *month, const char *day,
			   const char *name, int64_t n)
{
	const struct row row = {
		8,
		{ CELL_Z(month), CELL_Z(name), CELL_I(MEASURE_BY_DAY),
		  CELL_Z(day), CELL_Z(""), CELL_Z(""), CELL_I(n), CELL_I(n) }
	};

	report_row(r, &row);
}

static inline json_t *as_json(const struct report *r)
{
	struct buf b = { 0 };
	json_error_t why;

	buf_init(&b, BUF_NO_LIMIT);
	report_json(r, REPORT_EN, &b);
	json_t *o = json_loads(b.p, 0, &why);
	if (o == NULL)
		fail_msg("%s at %d", why.text, why.position);
	buf_done(&b);
	return o;
}

static inline json_t *figure_in(json_t *slice, const char *kpi)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(slice, "figures"), i, v)
	{
		if (strcmp(json_string_value(json_object_get(v, "kpi")), kpi) ==
		    0)
			return v;
	}
	return NULL;
}

static inline json_t *slice_in(json_t *o, const char *dim, const char *value)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(o, dim), i, v)
	{
		if (strcmp(json_string_value(json_object_get(v, "value")),
			   value) == 0)
			return v;
	}
	return NULL;
}

static inline double number(json_t *figure, const char *month, const char *name)
{
	json_t *v =
		json_object_get(month == NULL ? figure
					      : json_object_get(figure, month),
				name);

	if (!json_is_number(v))
		fail_msg("no %s", name);
	return json_number_value(v);
}
