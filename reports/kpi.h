/*
 * The figures of a report: what each is, and what of the measures goes into
 * it. A figure is kept as numerator and denominator, so that any part of it
 * can be checked by hand and parts add up.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/measure.h"

enum kpi_kind {
	KPI_SHARE,    /* percent */
	KPI_PER_1000, /* numerator x 1,000 / denominator */
	KPI_PER_10000,
	KPI_POINTS, /* numerator x 100 / denominator, -100 to 100 */
	KPI_RATIO,  /* numerator / denominator */
	KPI_MEAN,
	KPI_COUNT,
	KPI_ZERO,   /* a count of what there should be none of */
	KPI_CHANGE, /* a count against the same month a year before, percent */
	KPI_SLOPE,  /* of weekly medians over twelve weeks, hours a week */
	KPI_CLAIM_26, /* a count x 26 */
	KPI_P50,      /* a time, ms */
	KPI_P95
};

/* Which way is better: for targets, and for the colour of a change. */
enum kpi_better { KPI_MORE, KPI_LESS, KPI_NEITHER };

struct kpi {
	const char *id; /* "K-40" */
	enum kpi_kind kind;
	enum kpi_better better;
	bool by_detail; /* split by the detail of its measures */
	const char *num, *den;
	const char *zh, *en;         /* its name */
	const char *how_zh, *how_en; /* how it is defined */
};

enum {
#define KPI(id, kind, better, num, den, zh, en, how_zh, how_en) +1
	KPIS = 0
#include "reports/kpi.def"
#undef KPI
};

extern const struct kpi kpis[KPIS];

/* Its number, or -1. */
int kpi_find(struct str id);
/* The chapter of the catalogue that it stands in, by its number. */
#define KPI_GROUPS 6
unsigned kpi_group(const struct kpi *k);
/* The targets that stand unless the configuration has others. */
#define KPI_TARGETS_MAX 8
extern const char *const kpi_targets[KPI_TARGETS_MAX]; /* NULL behind them */
/* Can the voice module alone count it? */
bool kpi_of_calls(const struct kpi *k);

struct kpi_figure {
	int64_t num, den;
	int64_t squares;                    /* of means: of what num adds up */
	int64_t bounds[MEASURE_BOUNDS + 1]; /* of times, by measure_bound */
};

/* What it came to; of KPI_SLOPE the figure does not say (report_line). */
struct kpi_value {
	bool known; /* there is something to divide by */
	double value;
	double low, high; /* 95 %, of shares and means; else both the value */
};
struct kpi_value kpi_value(const struct kpi *k, const struct kpi_figure *f);

/* Why a row was read, and so which figures it may belong to. */
enum kpi_when {
	KPI_OF_MONTH,
	KPI_YEAR_BEFORE, /* of KPI_CHANGE alone */
	KPI_WEEKS_BEFORE /* of KPI_SLOPE alone */
};

/* A row of the measures, as it stands in the store. */
struct kpi_row {
	enum kpi_when when;
	struct str name, class_name, detail;
	int64_t n, sum;
};

/* What a row adds to one figure. */
struct kpi_hit {
	unsigned kpi;
	struct kpi_figure adds;
};
/* So many figures are made of one measure, at most. */
#define KPI_HITS_MAX 32
/* Within which times are timely: measure_bounds_ms. */
struct kpi_limits {
	int64_t timely_ms;  /* a reminder is there */
	int64_t resumed_ms; /* service goes on after a recharge */
	int64_t posted_ms;  /* a payment is posted */
};
/* The figures that a measure may belong to, in order. */
struct kpi_wants {
	unsigned n;
	unsigned kpi[KPI_HITS_MAX];
};
/* Rows of one name come together, and most figures have nothing to do with
 * them. */
void kpi_wants(struct str name, struct kpi_wants *out);
/* To which of these a row belongs. */
unsigned kpi_match(const struct kpi_row *row, const struct kpi_wants *wants,
		   const struct kpi_limits *l,
		   struct kpi_hit hits[KPI_HITS_MAX]);
void kpi_figure_add(struct kpi_figure *to, const struct kpi_figure *adds);
