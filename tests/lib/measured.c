/* What was counted for reports. */
#include "tests/lib/measured.h"

#include <stdio.h>

struct looking {
	const char *name, *detail;
	struct measured found;
	char by[256];
	bool done;
};

/* name branch department tier channel class detail n sum */
static bool on_row(void *owner, const struct row *row)
{
	struct looking *l = owner;

	if (!str_eqz(row_s(row, 0), l->name) ||
	    (l->detail != NULL && !str_eqz(row_s(row, 6), l->detail)))
		return true;
	l->found.n += row_i(row, 7);
	l->found.sum += row_i(row, 8);
	snprintf(l->by, sizeof(l->by), "%.*s/%.*s/%.*s/%.*s/%.*s/%.*s",
		 STR_ARGS(row_s(row, 1)), STR_ARGS(row_s(row, 2)),
		 STR_ARGS(row_s(row, 3)), STR_ARGS(row_s(row, 4)),
		 STR_ARGS(row_s(row, 5)), STR_ARGS(row_s(row, 6)));
	return true;
}

static void on_done(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct looking *)owner)->done = true;
}

static void look_for(struct bed *b, int64_t at_ms, struct looking *l)
{
	char day[MEASURE_DAY];
	struct cell cells[2] = { CELL_N };

	commit(b);
	measure_day(at_ms, day);
	cells[1] = CELL_T(str_first(str_of(day), MEASURE_MONTH));
	b->store->ops->get(b->store, STORE_MEASURE_LIST, cells, 2, on_row,
			   on_done, l);
	TURN_UNTIL(b, l->done);
}

struct measured bed_measured(struct bed *b, int64_t at_ms, const char *name,
			     const char *detail)
{
	struct looking l = { .name = name, .detail = detail };

	look_for(b, at_ms, &l);
	return l.found;
}

const char *bed_measured_by(struct bed *b, int64_t at_ms, const char *name)
{
	static struct looking l;

	l = (struct looking){ .name = name };
	look_for(b, at_ms, &l);
	return l.by;
}
