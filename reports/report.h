/*
 * The monthly service-quality report: figures of one month and of the one
 * before, whole and by branch, department, tier and channel, against targets.
 * It is filled with rows of the store's measures and written as HTML, CSV or
 * JSON. It knows no store and no request.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/settings.h"
#include "model/measure.h"
#include "model/row.h"

/* `report { zone timely resumed posted topics targets }` */
struct report_cfg {
	char *zone;
	int timely, resumed, posted; /* index of measure_bounds_ms */
	struct setting_list topics;  /* "fraud 5" */
	struct setting_list targets; /* "K-40 >= 85%" */
};
extern const struct setting_section report_section;
/* Says what is wrong with the section: an unknown zone, a target that cannot
 * be read, a figure that there is not. */
void report_check_settings(const struct settings *s, struct faults *faults);

#define REPORT_MONTH 8 /* "2026-10" */
/* Is it a month, and which are before and after it? -EBADMSG, also of what was
 * before 1972. */
#define REPORT_YEAR_MIN 1972
MUST_USE int report_month(struct str text, char month[REPORT_MONTH],
			  char before[REPORT_MONTH], char after[REPORT_MONTH]);

struct report;

/* Whose figures, and of which month. */
struct report_of {
	struct str tenant;     /* "": all of them */
	struct str branch;     /* "": all of them, and what is nobody's */
	struct str department; /* "": all of them */
	const char *month;     /* "2026-10" */
};
/* cfg lives as long. */
struct report *report_new(const struct report_cfg *cfg,
			  const struct report_of *of, int64_t made_ms);
void report_free(struct report **rp);

/*
 * What it is made of: the rows of STORE_MEASURE_PARTS that are of the month
 * and the one before it, and those of some measures in months further back.
 * All of them are of the scope that was asked for (measure_scope).
 */
void report_row(struct report *r, const struct row *row);

struct report_past;
/* The i-th that it wants; NULL: that is all. */
const struct report_past *report_past(const struct report *r, unsigned i);
struct str report_past_name(const struct report_past *p);
struct str report_past_month(const struct report_past *p);
/* A row of STORE_MEASURE_PART_OF. */
void report_past_row(struct report *r, const struct report_past *p,
		     const struct row *row);

enum report_lang { REPORT_ZH, REPORT_EN };
void report_json(const struct report *r, enum report_lang lang,
		 struct buf *out);
/* One line a figure and slice; cells that a sheet would take for formulas are
 * defused. */
void report_csv(const struct report *r, enum report_lang lang, struct buf *out);
/* One page that needs nothing else, for a screen and for paper. */
void report_html(const struct report *r, enum report_lang lang,
		 struct buf *out);
