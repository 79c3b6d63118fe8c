/* Rows of measures to figures, figures to values. */
#include "reports/kpi.h"

#include <math.h>
#include <stddef.h>

#include "base/share.h"

const struct kpi kpis[KPIS] = {
#define KPI(id, kind, better, num, den, zh, en, how_zh, how_en) \
	{                                                       \
		id,  KPI_##kind, KPI_##better, false,  num,     \
		den, zh,         en,           how_zh, how_en   \
	},
#define KPI_BY_DETAIL(id, kind, better, num, den, zh, en, how_zh, how_en) \
	{                                                                 \
		id,  KPI_##kind, KPI_##better, true,   num,               \
		den, zh,         en,           how_zh, how_en             \
	},
#include "reports/kpi.def"
#undef KPI
};

const char *const kpi_targets[KPI_TARGETS_MAX] = {
#define KPI(id, kind, better, num, den, zh, en, how_zh, how_en)
#define KPI_TARGET(text) text,
#include "reports/kpi.def"
#undef KPI
	NULL
};

int kpi_find(struct str id)
{
	for (unsigned i = 0; i < KPIS; i++) {
		if (str_eqz(id, kpis[i].id))
			return (int)i;
	}
	return -1;
}

unsigned kpi_group(const struct kpi *k)
{
	/* What the chapters begin with. */
	static const unsigned first[KPI_GROUPS] = { 0, 10, 30, 40, 50, 60 };
	unsigned number = 0, group = KPI_GROUPS - 1;

	must(k != NULL);
	for (const char *c = k->id + 2; *c >= '0' && *c <= '9'; c++)
		number = number * 10 + (unsigned)(*c - '0');
	while (number < first[group])
		group--;
	return group;
}

bool kpi_of_calls(const struct kpi *k)
{
	must(k != NULL);
	return str_starts(str_of(k->num), STR("call."));
}

void kpi_figure_add(struct kpi_figure *to, const struct kpi_figure *adds)
{
	must(to != NULL && adds != NULL);
	to->num += adds->num;
	to->den += adds->den;
	to->squares += adds->squares;
	for (unsigned i = 0; i <= MEASURE_BOUNDS; i++)
		to->bounds[i] += adds->bounds[i];
}

/* ---- terms ------------------------------------------------------------------ */

/* "message.took<timely@reminder|notice" */
struct term {
	bool sum, off;
	struct str name;
	struct str limit;   /* "timely", or "" */
	struct str classes; /* "": all */
};

static struct str term_read(struct str terms, struct term *t)
{
	struct str rest = str_cut(terms, '+', &t->name);

	t->off = str_starts(t->name, STR("-"));
	t->name = str_from(t->name, t->off ? 1 : 0);
	t->sum = str_starts(t->name, STR("="));
	t->name = str_from(t->name, t->sum ? 1 : 0);
	t->classes = str_cut(t->name, '@', &t->name);
	t->limit = str_cut(t->name, '<', &t->name);
	return rest;
}

static bool term_of_class(const struct term *t, struct str class_name)
{
	struct str rest = t->classes, one;

	while (rest.len > 0) {
		rest = str_cut(rest, '|', &one);
		if (str_eq(one, class_name))
			return true;
	}
	return t->classes.len == 0;
}

/* The bound that a detail names; MEASURE_BOUNDS: none. */
static unsigned bound_of(struct str detail)
{
	uint64_t ms;
	unsigned i = 0;

	if (str_u64(detail, INT64_MAX, &ms) != 0)
		return MEASURE_BOUNDS;
	while (i < MEASURE_BOUNDS && measure_bounds_ms[i] != (int64_t)ms)
		i++;
	return i;
}

static const struct {
	const char *name;
	size_t at;
} limits[] = {
	{ "timely", offsetof(struct kpi_limits, timely_ms) },
	{ "resumed", offsetof(struct kpi_limits, resumed_ms) },
	{ "posted", offsetof(struct kpi_limits, posted_ms) },
};

static int64_t limit_of(const struct kpi_limits *l, struct str name)
{
	for (unsigned i = 0; i < ARRAY_LEN(limits); i++) {
		if (str_eqz(name, limits[i].name))
			return *(const int64_t *)((const char *)l +
						  limits[i].at);
	}
	must(!"a limit of kpi.def");
	return 0;
}

static bool term_holds(const struct term *t, const struct kpi_row *row,
		       const struct kpi_limits *l)
{
	unsigned bound;

	if (!str_eq(t->name, row->name) || !term_of_class(t, row->class_name))
		return false;
	if (t->limit.len == 0)
		return true;
	bound = bound_of(row->detail);
	return bound < MEASURE_BOUNDS &&
	       measure_bounds_ms[bound] <= limit_of(l, t->limit);
}

static bool add_terms(const char *terms, const struct kpi_row *row,
		      const struct kpi_limits *l, int64_t *to)
{
	struct str rest = str_of(terms);
	bool any = false;
	struct term t;

	while (rest.len > 0) {
		rest = term_read(rest, &t);
		if (!term_holds(&t, row, l))
			continue;
		*to += (t.off ? -1 : 1) * (t.sum ? row->sum : row->n);
		any = true;
	}
	return any;
}

/* "survey.score_square" goes with the mean of "survey.score". */
static bool add_squares(const struct kpi *k, const struct kpi_row *row,
			struct kpi_figure *to)
{
	struct str den = str_of(k->den);

	if (k->kind != KPI_MEAN || !str_starts(row->name, den) ||
	    !str_eqz(str_from(row->name, den.len), "_square"))
		return false;
	to->squares += row->sum;
	return true;
}

static bool is_time(const struct kpi *k)
{
	return k->kind == KPI_P50 || k->kind == KPI_P95;
}

static bool names(const char *terms, struct str name)
{
	struct str rest = str_of(terms);
	struct term t;

	while (rest.len > 0) {
		rest = term_read(rest, &t);
		if (str_eq(t.name, name))
			return true;
	}
	return false;
}

void kpi_wants(struct str name, struct kpi_wants *out)
{
	must(out != NULL);
	out->n = 0;
	for (unsigned i = 0; i < KPIS; i++) {
		const struct kpi *k = &kpis[i];

		if (!names(k->num, name) && !names(k->den, name) &&
		    (k->kind != KPI_MEAN || !str_starts(name, str_of(k->den))))
			continue;
		must(out->n < KPI_HITS_MAX);
		out->kpi[out->n++] = i;
	}
}

/* Does the figure take rows that were read for that? */
static bool takes(const struct kpi *k, enum kpi_when when)
{
	return when == KPI_OF_MONTH ||
	       k->kind == (when == KPI_YEAR_BEFORE ? KPI_CHANGE : KPI_SLOPE);
}

/* The denominator of a change is the year before. */
static bool add_counts(const struct kpi *k, const struct kpi_row *row,
		       const struct kpi_limits *l, struct kpi_figure *f)
{
	bool hit = false;

	if (row->when != KPI_YEAR_BEFORE)
		hit = add_terms(k->num, row, l, &f->num);
	if (hit && is_time(k))
		f->bounds[bound_of(row->detail)] += row->n;
	if (k->kind != KPI_CHANGE || row->when == KPI_YEAR_BEFORE)
		hit |= add_terms(k->den, row, l, &f->den);
	return hit | add_squares(k, row, f);
}

unsigned kpi_match(const struct kpi_row *row, const struct kpi_wants *wants,
		   const struct kpi_limits *l,
		   struct kpi_hit hits[KPI_HITS_MAX])
{
	unsigned n = 0;

	must(row != NULL && wants != NULL && l != NULL && hits != NULL);
	for (unsigned i = 0; i < wants->n; i++) {
		const struct kpi *k = &kpis[wants->kpi[i]];
		struct kpi_figure f = { 0 };

		if (takes(k, row->when) && add_counts(k, row, l, &f))
			hits[n++] = (struct kpi_hit){ wants->kpi[i], f };
	}
	return n;
}

/* ---- values ------------------------------------------------------------------ */

/* The bound that `percent` of them keep; 0: beyond the last. */
static double quantile(const struct kpi_figure *f, int64_t percent)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < MEASURE_BOUNDS; i++) {
		sum += f->bounds[i];
		if (sum * 100 >= f->num * percent)
			return (double)measure_bounds_ms[i];
	}
	return (double)INFINITY;
}

static void share(const struct kpi_figure *f, struct kpi_value *v)
{
	v->value = 100.0 * (double)f->num / (double)f->den;
	v->low = v->high = v->value;
	if (f->num < 0 || f->num > f->den)
		return; /* parts of it came in another month */
	share_interval((uint64_t)f->num, (uint64_t)f->den, &v->low, &v->high);
	v->low *= 100;
	v->high *= 100;
}

static void mean(const struct kpi_figure *f, struct kpi_value *v)
{
	double n = (double)f->den;

	v->value = (double)f->num / n;
	double var = (double)f->squares / n - v->value * v->value;
	double half = SHARE_Z95 * sqrt(fmax(var, 0) / n);

	v->low = v->value - half;
	v->high = v->value + half;
}

struct kpi_value kpi_value(const struct kpi *k, const struct kpi_figure *f)
{
	struct kpi_value v = { 0 };

	must(k != NULL && f != NULL);
	v.known = k->den[0] != '\0' ? f->den > 0 : f->num != 0;
	if (!v.known || k->kind == KPI_SLOPE)
		return (struct kpi_value){ 0 };
	switch (k->kind) {
	case KPI_SHARE:
		share(f, &v);
		return v;
	case KPI_MEAN:
		mean(f, &v);
		return v;
	case KPI_PER_1000:
		v.value = 1000.0 * (double)f->num / (double)f->den;
		break;
	case KPI_PER_10000:
		v.value = 10000.0 * (double)f->num / (double)f->den;
		break;
	case KPI_RATIO:
		v.value = (double)f->num / (double)f->den;
		break;
	case KPI_POINTS:
		v.value = 100.0 * (double)f->num / (double)f->den;
		break;
	case KPI_CHANGE:
		v.value = 100.0 * (double)(f->num - f->den) / (double)f->den;
		break;
	case KPI_SLOPE:
	case KPI_ZERO:
	case KPI_COUNT:
		v.value = (double)f->num;
		break;
	case KPI_CLAIM_26:
		v.value = 26.0 * (double)f->num;
		break;
	case KPI_P50:
		v.value = quantile(f, 50);
		break;
	case KPI_P95:
		v.value = quantile(f, 95);
		break;
	}
	v.low = v.high = v.value;
	return v;
}
