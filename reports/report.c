/* Slices, gathered row by row, and the lines that are made of them. */
#include "reports/report.h"

#include <errno.h>
#include <math.h>
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
	    m == 0 || y == 0)
		return -EBADMSG;
	unsigned yy = (unsigned)y, mm = (unsigned)m;

	month_write(yy, mm, month);
	month_write(mm == 1 ? yy - 1 : yy, mm == 1 ? 12 : mm - 1, before);
	month_write(mm == 12 ? yy + 1 : yy, mm == 12 ? 1 : mm + 1, after);
	return 0;
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

struct report *report_new(const struct report_cfg *cfg,
			  const struct report_of *of, int64_t made_ms)
{
	must(cfg != NULL && of != NULL);

	struct report *r = mem_new(struct report);
	struct report_target target;
	unsigned kpi;

	r->cfg = cfg;
	r->tenant = str_z(of->tenant);
	r->branch = str_z(of->branch);
	r->department = str_z(of->department);
	must(str_copy(r->month, sizeof(r->month), str_of(of->month)) == 0);
	r->made_ms = made_ms;
	r->limits = (struct kpi_limits){ measure_bounds_ms[cfg->timely],
					 measure_bounds_ms[cfg->resumed],
					 measure_bounds_ms[cfg->posted] };
	for (size_t i = 0; i < cfg->targets.len; i++) {
		if (report_target_read(str_of(cfg->targets.v[i]), &kpi,
				       &target) == 0)
			r->targets[kpi] = target;
	}
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
	for (unsigned i = 0; i < r->n; i++)
		mem_free(r->v[i]);
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

static void slice_count(struct slice *s, bool before, const struct kpi_hit *hit)
{
	kpi_figure_add(before ? &s->before[hit->kpi] : &s->now[hit->kpi],
		       &hit->adds);
}

/* All that is reported is in the rows of one kind: by branch, or those of the
 * one department that was asked for. */
static bool is_whole(const struct report *r, enum report_dim dim)
{
	return dim == (r->department[0] != '\0' ? DIM_DEPARTMENT : DIM_BRANCH);
}

static bool is_asked(const struct report *r, enum report_dim dim,
		     struct str value)
{
	return r->department[0] == '\0' ||
	       (dim == DIM_DEPARTMENT && str_eqz(value, r->department));
}

/* A customer is of no department and of no channel: nothing is divided by
 * those who would be "of none". */
static bool is_told_apart(enum report_dim dim, struct str name)
{
	return (dim != DIM_DEPARTMENT && dim != DIM_CHANNEL) ||
	       !str_starts(name, STR("contact."));
}

/* The figures of a part. */
static void part_count(struct report *r, bool before, enum report_dim dim,
		       struct str value, const struct kpi_row *k)
{
	struct kpi_hit hits[KPI_HITS_MAX];
	AUTO(buf_done) struct buf scratch = { 0 };
	unsigned n = kpi_match(k, &r->wants, &r->limits, hits);

	buf_init(&scratch, BUF_NO_LIMIT);
	for (unsigned i = 0; i < n; i++) {
		slice_count(slice_of(r, dim, value, &scratch), before,
			    &hits[i]);
		if (!is_whole(r, dim))
			continue;
		slice_count(r->v[0], before, &hits[i]);
		if (kpis[hits[i].kpi].by_detail)
			slice_count(slice_of(r, DIM_DETAIL, k->detail,
					     &scratch),
				    before, &hits[i]);
	}
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

/* period name dim value class detail n sum */
void report_row(struct report *r, const struct row *row)
{
	must(r != NULL && row != NULL);
	const struct kpi_row k = { row_s(row, 1), row_s(row, 4), row_s(row, 5),
				   row_i(row, 6), row_i(row, 7) };
	static const enum report_dim dims[MEASURE_DIMS] = {
		[MEASURE_BY_BRANCH] = DIM_BRANCH,
		[MEASURE_BY_DEPARTMENT] = DIM_DEPARTMENT,
		[MEASURE_BY_TIER] = DIM_TIER,
		[MEASURE_BY_CHANNEL] = DIM_CHANNEL,
	};
	int64_t dim = row_i(row, 2);
	bool before = !str_eqz(row_s(row, 0), r->month);

	if (dim == MEASURE_BY_DAY && !before && r->department[0] == '\0')
		day_count(r, k.name, row_s(row, 3), k.n);
	if (dim < MEASURE_BY_BRANCH || dim >= MEASURE_BY_DAY ||
	    !is_asked(r, dims[dim], row_s(row, 3)) ||
	    !is_told_apart(dims[dim], k.name))
		return;
	if (!str_eq(buf_str(&r->name), k.name)) {
		buf_reset(&r->name);
		buf_str_put(&r->name, k.name);
		kpi_wants(k.name, &r->wants);
	}
	if (is_whole(r, dims[dim]))
		topics_row(r, before, true, STR_NONE, &k);
	if (dims[dim] == DIM_DEPARTMENT)
		topics_row(r, before, false, row_s(row, 3), &k);
	part_count(r, before, dims[dim], row_s(row, 3), &k);
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

bool report_line(const struct report *r, const struct slice *s, unsigned kpi,
		 struct report_line *out)
{
	must(r != NULL && s != NULL && kpi < KPIS && out != NULL);

	const struct report_target *t = &r->targets[kpi];
	struct report_line line = {
		.kpi = &kpis[kpi],
		.now = &s->now[kpi],
		.before = &s->before[kpi],
	};
	line.value = kpi_value(line.kpi, line.now);
	line.last = kpi_value(line.kpi, line.before);
	if (!line.value.known && !line.last.known)
		return false;
	line.compared = line.value.known && line.last.known &&
			isfinite(line.value.value) && isfinite(line.last.value);
	line.change = line.compared ? line.value.value - line.last.value : 0;
	/* Targets are for shares and times; a part has no share of a count. */
	if (t->given && line.value.known &&
	    (s->dim == DIM_WHOLE || line.kpi->kind != KPI_COUNT)) {
		line.target = t;
		line.met = t->least ? line.value.value >= t->value
				    : line.value.value <= t->value;
	}
	*out = line;
	return true;
}

/* ---- words -------------------------------------------------------------------- */

static const struct {
	const char *zh, *en;
} words[REPORT_WORDS] = {
#define WORD(name, zh, en) { zh, en },
#include "reports/words.def"
#undef WORD
};

const char *report_word(enum report_word w, enum report_lang lang)
{
	must(w < REPORT_WORDS);
	return lang == REPORT_ZH ? words[w].zh : words[w].en;
}

enum report_word report_dim_word(enum report_dim dim)
{
	static const enum report_word of[DIMS] = {
		WORD_SUMMARY, WORD_BRANCH,  WORD_DEPARTMENT,
		WORD_TIER,    WORD_CHANNEL, WORD_DETAIL
	};

	must(dim < DIMS);
	return of[dim];
}

const char *kpi_name(const struct kpi *k, enum report_lang lang)
{
	must(k != NULL);
	return lang == REPORT_ZH ? k->zh : k->en;
}

const char *kpi_how(const struct kpi *k, enum report_lang lang)
{
	must(k != NULL);
	return lang == REPORT_ZH ? k->how_zh : k->how_en;
}

static const struct {
	const char *unit;
	int digits;
} kinds[] = {
	[KPI_SHARE] = { "%", 2 },    [KPI_PER_1000] = { "", 2 },
	[KPI_PER_10000] = { "", 2 }, [KPI_POINTS] = { "", 1 },
	[KPI_RATIO] = { "", 2 },     [KPI_MEAN] = { "", 2 },
	[KPI_COUNT] = { "", 0 },     [KPI_CLAIM_26] = { "", 0 },
	[KPI_P50] = { "ms", 0 },     [KPI_P95] = { "ms", 0 },
};

const char *kpi_unit(const struct kpi *k)
{
	must(k != NULL);
	return kinds[k->kind].unit;
}

/* 1,204 */
static void say_count(double value, struct buf *out)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%.0f", fabs(value));

	if (value < 0)
		buf_c(out, '-');
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			buf_c(out, ',');
		buf_c(out, digits[i]);
	}
}

static void say_time(double ms, enum report_lang lang, struct buf *out)
{
	static const struct {
		double ms;
		const char *zh, *en;
	} units[] = {
		{ 3600000, "小时", "h" },
		{ 60000, "分钟", "min" },
		{ 1000, "秒", "s" },
	};
	unsigned i = 0;

	if (!isfinite(ms)) {
		buf_z(out, lang == REPORT_ZH ? "超过 24 小时" : "over 24 h");
		return;
	}
	while (i + 1 < ARRAY_LEN(units) && fabs(ms) < units[i].ms)
		i++;
	buf_f(out, "%.0f %s", ms / units[i].ms,
	      lang == REPORT_ZH ? units[i].zh : units[i].en);
}

void report_say(const struct kpi *k, double value, enum report_lang lang,
		struct buf *out)
{
	must(k != NULL && out != NULL);
	if (k->kind == KPI_P50 || k->kind == KPI_P95)
		say_time(value, lang, out);
	else if (kinds[k->kind].digits == 0)
		say_count(value, out);
	else
		buf_f(out, "%.*f%s%s", kinds[k->kind].digits, value,
		      kinds[k->kind].unit[0] != '\0' ? " " : "",
		      kinds[k->kind].unit);
}
