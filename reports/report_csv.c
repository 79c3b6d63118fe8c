/* The report as CSV, for sheets. */
#include <math.h>

#include "base/mem.h"
#include "proto/csv.h"
#include "reports/report_impl.h"

static void put_text(struct str s, struct buf *out)
{
	csv_cell(s, false, out);
}

/* Ours, so a minus is a minus; empty where there is none. */
static void put_real(bool known, double v, struct buf *out)
{
	buf_c(out, ',');
	if (known && isfinite(v))
		buf_f(out, "%.4f", v);
}

static void put_parts(const struct kpi *k, const struct kpi_figure *f,
		      const struct kpi_value *v, struct buf *out)
{
	buf_f(out, ",%lld,", (long long)f->num);
	if (k->den[0] != '\0')
		buf_f(out, "%lld", (long long)f->den);
	put_real(v->known, v->value, out);
}

static void put_line(const struct slice *s, const struct report_line *l,
		     enum report_lang lang, struct buf *out)
{
	bool target = l->target != NULL;

	csv_cell(str_of(report_dim_names[s->dim]), true, out);
	put_text(s->others ? str_of(report_word(WORD_OTHERS, lang))
			   : str_bytes(s->value, s->len),
		 out);
	put_text(str_of(l->kpi->id), out);
	put_text(str_of(kpi_name(l->kpi, lang)), out);
	put_text(str_of(kpi_unit(l->kpi)), out);
	put_parts(l->kpi, l->now, &l->value, out);
	put_parts(l->kpi, l->before, &l->last, out);
	put_real(l->compared, l->change, out);
	put_real(target, target ? l->target->value : 0, out);
	buf_f(out, ",%s\r\n", !target ? "" : l->met ? "yes" : "no");
}

/* As a figure: frequency as numerator, importance as denominator, what they
 * make as value. */
static void put_topic(const struct topic *t, enum report_lang lang,
		      struct buf *out)
{
	const int64_t product = t->now * t->weight,
		      last = t->before * t->weight;

	csv_cell(t->whole ? STR("topic") : STR("topic_department"), true, out);
	put_text(t->whole ? topic_name(t) : topic_department(t), out);
	put_text(STR("R-45"), out);
	put_text(str_of(report_word(WORD_PRODUCT, lang)), out);
	buf_f(out, ",,%lld,%lld,%lld,%lld,%lld,%lld,%lld,,\r\n",
	      (long long)t->now, (long long)t->weight, (long long)product,
	      (long long)t->before, (long long)t->weight, (long long)last,
	      (long long)(product - last));
}

static void put_topics(const struct report *r, enum report_lang lang,
		       struct buf *out)
{
	unsigned n;
	struct topic **v = report_topics(r, &n);

	for (unsigned i = 0; i < n; i++)
		put_topic(v[i], lang, out);
	mem_free(v);
}

/* Of how many replies which median, in hours. */
static void put_weeks(const struct report *r, enum report_lang lang,
		      struct buf *out)
{
	const struct kpi *k = &kpis[report_week_kpi()];
	struct report_week w;

	for (unsigned i = 0; i < REPORT_WEEKS; i++) {
		report_week(r, r->v[0], i, &w);
		csv_cell(STR("week"), true, out);
		put_text(str_of(w.monday), out);
		put_text(str_of(k->id), out);
		put_text(str_of(report_word(WORD_WEEK_MEDIAN, lang)), out);
		put_text(STR("h"), out);
		buf_f(out, ",%lld,", (long long)w.replies);
		put_real(w.replies > 0, w.median, out);
		buf_z(out, ",,,,,,\r\n");
	}
}

void report_csv(const struct report *r, enum report_lang lang, struct buf *out)
{
	must(r != NULL && out != NULL);
	buf_z(out, "split,value,kpi,name,unit,numerator,denominator,"
		   "this_month,last_numerator,last_denominator,last_month,"
		   "change,target,met\r\n");
	for (enum report_dim d = DIM_WHOLE; d < DIMS; d++) {
		unsigned n;
		struct slice **v = report_slices(r, d, &n);
		struct report_line line;

		for (unsigned i = 0; i < n * KPIS; i++) {
			if (report_line(r, v[i / KPIS], i % KPIS, &line))
				put_line(v[i / KPIS], &line, lang, out);
		}
		mem_free(v);
	}
	put_topics(r, lang, out);
	put_weeks(r, lang, out);
}
