/* Slices, gathered row by row. */
#include "reports/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "reports/report_impl.h"

const char *const report_dim_names[DIMS] = { "all",  "branch",  "department",
					     "tier", "channel", "detail" };

/* ---- months ------------------------------------------------------------------ */

static void month_write(unsigned year, unsigned month, char out[REPORT_MONTH])
{
	(void)snprintf(out, REPORT_MONTH, "%04u-%02u", year % 10000,
		       month % 100);
}

int report_month(struct str text, char month[REPORT_MONTH],
		 char before[REPORT_MONTH], char after[REPORT_MONTH])
{
	struct str year, rest = str_cut(text, '-', &year);
	uint64_t y, m;

	must(month != NULL && before != NULL && after != NULL);
	if (text.len != REPORT_MONTH - 1 || year.len != 4 ||
	    str_u64(year, 9998, &y) != 0 || str_u64(rest, 12, &m) != 0 ||
	    m == 0 || y < REPORT_YEAR_MIN)
		return -EBADMSG;
	unsigned yy = (unsigned)y, mm = (unsigned)m;

	month_write(yy, mm, month);
	month_write(mm == 1 ? yy - 1 : yy, mm == 1 ? 12 : mm - 1, before);
	month_write(mm == 12 ? yy + 1 : yy, mm == 12 ? 1 : mm + 1, after);
	return 0;
}

/* So many months before. */
static void month_back(const char *month, unsigned back, char out[REPORT_MONTH])
{
	struct str year, rest = str_cut(str_of(month), '-', &year);
	uint64_t y, m;

	must(str_u64(year, 9998, &y) == 0 && str_u64(rest, 12, &m) == 0);
	unsigned months = (unsigned)y * 12 + (unsigned)m - 1 - back;

	month_write(months / 12, months % 12 + 1, out);
}

/* ---- slices ------------------------------------------------------------------ */

static struct str slice_key(enum report_dim dim, struct str value,
			    struct buf *scratch)
{
	buf_reset(scratch);
	buf_u8(scratch, (uint8_t)dim);
	buf_str_put(scratch, value);
	return buf_str(scratch);
}

static struct slice *slice_add(struct report *r, enum report_dim dim,
			       struct str value, bool others)
{
	struct slice *s = mem_zalloc(sizeof(*s) + value.len + 1);

	s->dim = dim;
	s->others = others;
	s->len = value.len;
	memcpy(s->value, value.p, value.len);
	if (r->n == r->cap) {
		r->cap = MAX(r->cap * 2, 16);
		r->v = mem_resize(r->v, r->cap * sizeof(*r->v));
	}
	r->v[r->n++] = s;
	return s;
}

static struct slice *slice_find(struct report *r, enum report_dim dim,
				struct str value, struct buf *scratch)
{
	/* No value holds a NUL: the key of those that found no place. */
	const struct str rest = str_bytes("\0", 1);
	bool others = r->n >= REPORT_SLICES_MAX;
	struct slice *s = r->last[dim];

	if (s != NULL && !s->others &&
	    str_eq(value, str_bytes(s->value, s->len)))
		return s;
	s = dict_get(r->by_name, slice_key(dim, value, scratch));
	if (s == NULL && others)
		s = dict_get(r->by_name, slice_key(dim, rest, scratch));
	if (s != NULL)
		return s;
	s = slice_add(r, dim, others ? STR_NONE : value, others);
	(void)dict_set(r->by_name,
		       slice_key(dim, others ? rest : value, scratch), s);
	return s;
}

static struct slice *slice_of(struct report *r, enum report_dim dim,
			      struct str value, struct buf *scratch)
{
	return r->last[dim] = slice_find(r, dim, value, scratch);
}

/* ---- what is read besides ------------------------------------------------------ */

static void want(struct report *r, struct str name, enum kpi_when when,
		 unsigned back)
{
	struct report_past p = { .name = name, .when = when };

	month_back(r->month, back, p.month);
	p.before = back == 13;
	for (unsigned i = 0; i < r->npast; i++) {
		if (r->past[i].when == when && str_eq(r->past[i].name, name) &&
		    str_eqz(str_of(p.month), r->past[i].month))
			return;
	}
	must(r->npast < REPORT_PAST_MAX);
	r->past[r->npast++] = p;
}

/* Twelve weeks that end in the month before may begin four months before this
 * one. */
static void want_past(struct report *r)
{
	for (unsigned i = 0; i < KPIS; i++) {
		struct str name = str_of(kpis[i].num);

		if (kpis[i].kind == KPI_CHANGE) {
			want(r, name, KPI_YEAR_BEFORE, 12);
			want(r, name, KPI_YEAR_BEFORE, 13);
		}
		for (unsigned k = 2; kpis[i].kind == KPI_SLOPE && k <= 4; k++)
			want(r, name, KPI_WEEKS_BEFORE, k);
	}
}

const struct report_past *report_past(const struct report *r, unsigned i)
{
	must(r != NULL);
	return i < r->npast ? &r->past[i] : NULL;
}

struct str report_past_name(const struct report_past *p)
{
	must(p != NULL);
	return p->name;
}

struct str report_past_month(const struct report_past *p)
{
	must(p != NULL);
	return str_of(p->month);
}

/* ---- a report ------------------------------------------------------------------ */

static void aim(struct report *r, const char *text)
{
	struct report_target target;
	unsigned kpi;

	if (report_target_read(str_of(text), &kpi, &target) == 0)
		r->targets[kpi] = target;
}

struct report *report_new(const struct report_cfg *cfg,
			  const struct report_of *of, int64_t made_ms)
{
	must(cfg != NULL && of != NULL);

	struct report *r = mem_new(struct report);
	char before[REPORT_MONTH], after[REPORT_MONTH];

	r->cfg = cfg;
	r->tenant = str_z(of->tenant);
	r->branch = str_z(of->branch);
	r->department = str_z(of->department);
	must(report_month(str_of(of->month), r->month, before, after) == 0);
	r->made_ms = made_ms;
	r->limits = (struct kpi_limits){ measure_bounds_ms[cfg->timely],
					 measure_bounds_ms[cfg->resumed],
					 measure_bounds_ms[cfg->posted] };
	for (size_t i = 0; kpi_targets[i] != NULL; i++)
		aim(r, kpi_targets[i]);
	for (size_t i = 0; i < cfg->targets.len; i++)
		aim(r, cfg->targets.v[i]);
	want_past(r);
	weeks_begin(r, after);
	r->by_name = dict_new();
	r->topics = dict_new();
	buf_init(&r->name, BUF_NO_LIMIT);
	(void)slice_add(r, DIM_WHOLE, STR_NONE, false);
	return r;
}

void report_free(struct report **rp)
{
	must(rp != NULL);

	struct report *r = TAKE(*rp);
	if (r == NULL)
		return;
	for (unsigned i = 0; i < r->n; i++) {
		mem_free(r->v[i]->weeks);
		mem_free(r->v[i]);
	}
	mem_free(r->v);
	topics_free(r);
	dict_free(&r->by_name);
	buf_done(&r->name);
	mem_free(r->tenant);
	mem_free(r->branch);
	mem_free(r->department);
	mem_free(r);
}

/* ---- rows -------------------------------------------------------------------- */

/* What of the row is counted, in which month. */
struct counting {
	struct report *r;
	const struct kpi_row *row;
	bool before;
	struct buf scratch;
};

static void slice_count(struct counting *c, struct slice *s,
			const struct kpi_hit *hit)
{
	if (kpis[hit->kpi].kind == KPI_SLOPE)
		weeks_count(c->r, s, hit->kpi, c->row);
	else
		kpi_figure_add(c->before ? &s->before[hit->kpi]
					 : &s->now[hit->kpi],
			       &hit->adds);
}

/* A customer is of no department and of no channel: nothing is divided by
 * those who would be "of none". */
static bool is_told_apart(enum report_dim dim, struct str name)
{
	return (dim != DIM_DEPARTMENT && dim != DIM_CHANNEL) ||
	       !str_starts(name, STR("contact."));
}

/* The figures of a part; all that is reported is in the rows by branch. */
static void part_count(struct report *r, bool before, enum report_dim dim,
		       struct str value, const struct kpi_row *k)
{
	struct counting c = { r, k, before, { 0 } };
	struct kpi_hit hits[KPI_HITS_MAX];

	if (!str_eq(buf_str(&r->name), k->name)) {
		buf_reset(&r->name);
		buf_str_put(&r->name, k->name);
		kpi_wants(k->name, &r->wants);
	}
	unsigned n = kpi_match(k, &r->wants, &r->limits, hits);

	buf_init(&c.scratch, BUF_NO_LIMIT);
	for (unsigned i = 0; i < n; i++) {
		slice_count(&c, slice_of(r, dim, value, &c.scratch), &hits[i]);
		if (dim != DIM_BRANCH)
			continue;
		slice_count(&c, r->v[0], &hits[i]);
		if (kpis[hits[i].kpi].by_detail)
			slice_count(&c,
				    slice_of(r, DIM_DETAIL, k->detail,
					     &c.scratch),
				    &hits[i]);
	}
	buf_done(&c.scratch);
}

static void day_count(struct report *r, struct str name, struct str day,
		      int64_t n)
{
	uint64_t d;

	if (str_u64(str_from(day, REPORT_MONTH), REPORT_DAYS, &d) != 0 ||
	    d == 0)
		return;
	if (str_eqz(name, "message.all"))
		r->days[d - 1].accepted += n;
	else if (str_eqz(name, "message.delivered"))
		r->days[d - 1].delivered += n;
}

/* false: nothing that there are slices of. */
static bool dim_of(int64_t number, struct str name, enum report_dim *out)
{
	static const enum report_dim dims[MEASURE_DIMS] = {
		[MEASURE_BY_BRANCH] = DIM_BRANCH,
		[MEASURE_BY_DEPARTMENT] = DIM_DEPARTMENT,
		[MEASURE_BY_TIER] = DIM_TIER,
		[MEASURE_BY_CHANNEL] = DIM_CHANNEL,
	};

	if (number < MEASURE_BY_BRANCH || number >= MEASURE_BY_DAY)
		return false;
	*out = dims[number];
	return is_told_apart(*out, name);
}

/* period name dim value class detail n sum */
void report_row(struct report *r, const struct row *row)
{
	must(r != NULL && row != NULL);
	const struct kpi_row k = {
		KPI_OF_MONTH,  row_s(row, 1), row_s(row, 4),
		row_s(row, 5), row_i(row, 6), row_i(row, 7)
	};
	struct str value = row_s(row, 3);
	bool before = !str_eqz(row_s(row, 0), r->month);
	enum report_dim dim;

	if (row_i(row, 2) == MEASURE_BY_DAY && !before)
		day_count(r, k.name, value, k.n);
	if (!dim_of(row_i(row, 2), k.name, &dim))
		return;
	*(before ? &r->heard_before : &r->heard) = true;
	if (dim == DIM_BRANCH)
		topics_row(r, before, true, STR_NONE, &k);
	if (dim == DIM_DEPARTMENT)
		topics_row(r, before, false, value, &k);
	part_count(r, before, dim, value, &k);
}

/* dim value class detail n sum */
void report_past_row(struct report *r, const struct report_past *p,
		     const struct row *row)
{
	must(r != NULL && p != NULL && row != NULL);
	const struct kpi_row k = {
		p->when,       p->name,       row_s(row, 2),
		row_s(row, 3), row_i(row, 4), row_i(row, 5)
	};
	enum report_dim dim;

	if (dim_of(row_i(row, 0), k.name, &dim))
		part_count(r, p->before, dim, row_s(row, 1), &k);
}

/* ---- what is read of it -------------------------------------------------------- */

static int compare_slices(const void *a, const void *b)
{
	const struct slice *x = *(struct slice *const *)a;
	const struct slice *y = *(struct slice *const *)b;

	if (x->others != y->others)
		return x->others ? 1 : -1;
	return strcmp(x->value, y->value);
}

struct slice **report_slices(const struct report *r, enum report_dim dim,
			     unsigned *n)
{
	must(r != NULL && n != NULL);

	struct slice **v = mem_alloc(r->n * sizeof(*v));
	*n = 0;
	for (unsigned i = 0; i < r->n; i++) {
		if (r->v[i]->dim == dim)
			v[(*n)++] = r->v[i];
	}
	qsort(v, *n, sizeof(*v), compare_slices);
	return v;
}
