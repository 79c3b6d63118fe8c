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
/* Is it a month, and which are before and after it? -EBADMSG. */
MUST_USE int report_month(struct str text, char month[REPORT_MONTH],
			  char before[REPORT_MONTH], char after[REPORT_MONTH]);

struct report;

/* Whose figures, and of which month. */
struct report_of {
	struct str tenant; /* "": all of them */
	struct str branch; /* "": all of them, and what is nobody's */
	/* "": all of them; of one there is the whole, and details */
	struct str department;
	const char *month; /* "2026-10" */
};
/* cfg lives as long. */
struct report *report_new(const struct report_cfg *cfg,
			  const struct report_of *of, int64_t made_ms);
void report_free(struct report **rp);

/* A row of STORE_MEASURE_PARTS, of the month or of the one before. */
void report_row(struct report *r, const struct row *row);

enum report_lang { REPORT_ZH, REPORT_EN };
void report_json(const struct report *r, enum report_lang lang,
		 struct buf *out);
/* One line a figure and slice; cells that a sheet would take for formulas are
 * defused. */
void report_csv(const struct report *r, enum report_lang lang, struct buf *out);
/* One page that needs nothing else, for a screen and for paper. */
void report_html(const struct report *r, enum report_lang lang,
		 struct buf *out);
