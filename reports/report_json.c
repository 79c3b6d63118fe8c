/* The report as JSON. */
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "proto/json.h"
#include "reports/report_impl.h"

/* A real number, or nothing where it is beyond all bounds. */
static void put_real(struct buf *b, const char *key, double v)
{
	char text[40];

	if (!isfinite(v))
		return;
	(void)snprintf(text, sizeof(text), "%.4f", v);
	json_key(b, key);
	json_raw(b, str_of(text));
}

static void put_figure(struct buf *b, const char *key, const struct kpi *k,
		       const struct kpi_figure *f, const struct kpi_value *v)
{
	json_key(b, key);
	json_open(b, '{');
	json_ki(b, "numerator", f->num);
	if (k->den[0] != '\0')
		json_ki(b, "denominator", f->den);
	if (v->known)
		put_real(b, "value", v->value);
	if (v->known && v->low < v->high) {
		put_real(b, "low", v->low);
		put_real(b, "high", v->high);
	}
	json_close(b, '}');
}

static void put_line(struct buf *b, const struct report_line *l,
		     enum report_lang lang)
{
	json_open(b, '{');
	json_kz(b, "kpi", l->kpi->id);
	json_kz(b, "name", kpi_name(l->kpi, lang));
	if (kpi_unit(l->kpi)[0] != '\0')
		json_kz(b, "unit", kpi_unit(l->kpi));
	put_figure(b, "this_month", l->kpi, l->now, &l->value);
	put_figure(b, "last_month", l->kpi, l->before, &l->last);
	if (l->compared)
		put_real(b, "change", l->change);
	if (l->target != NULL) {
		json_kz(b, "target_is", l->target->least ? ">=" : "<=");
		put_real(b, "target", l->target->value);
		json_kb(b, "met", l->met);
	}
	json_close(b, '}');
}

static void put_slice(const struct report *r, const struct slice *s,
		      enum report_lang lang, struct buf *b)
{
	struct report_line line;

	json_key(b, "figures");
	json_open(b, '[');
	for (unsigned i = 0; i < KPIS; i++) {
		if (report_line(r, s, i, &line))
			put_line(b, &line, lang);
	}
	json_close(b, ']');
}

static void put_dim(const struct report *r, enum report_dim dim,
		    enum report_lang lang, struct buf *b)
{
	unsigned n;
	struct slice **v = report_slices(r, dim, &n);

	json_key(b, report_dim_names[dim]);
	json_open(b, '[');
	for (unsigned i = 0; i < n; i++) {
		json_open(b, '{');
		json_ks(b, "value", str_bytes(v[i]->value, v[i]->len));
		if (v[i]->others)
			json_kb(b, "others", true);
		put_slice(r, v[i], lang, b);
		json_close(b, '}');
	}
	json_close(b, ']');
	mem_free(v);
}

static void put_days(const struct report *r, struct buf *b)
{
	json_key(b, "days");
	json_open(b, '[');
	for (unsigned i = 0; i < REPORT_DAYS; i++) {
		char day[16];

		if (r->days[i].accepted == 0 && r->days[i].delivered == 0)
			continue;
		(void)snprintf(day, sizeof(day), "%s-%02u", r->month, i + 1);
		json_open(b, '{');
		json_kz(b, "day", day);
		json_ki(b, "accepted", r->days[i].accepted);
		json_ki(b, "delivered", r->days[i].delivered);
		json_close(b, '}');
	}
	json_close(b, ']');
}

/* Weekly medians of the first reply, of the whole (K-21). */
static void put_weeks(const struct report *r, struct buf *b)
{
	struct report_week w;

	json_key(b, "weeks");
	json_open(b, '[');
	for (unsigned i = 0; i < REPORT_WEEKS; i++) {
		report_week(r, r->v[0], i, &w);
		json_open(b, '{');
		json_kz(b, "week", w.monday);
		json_ki(b, "replies", w.replies);
		if (w.replies > 0)
			put_real(b, "median_hours", w.median);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void put_topic_counts(const struct topic *t, struct buf *b)
{
	json_ki(b, "frequency", t->now);
	json_ki(b, "last_month", t->before);
}

/* In order of frequency x importance. */
static void put_topics(const struct report *r, struct buf *b)
{
	unsigned n, i = 0;
	struct topic **v = report_topics(r, &n);

	json_key(b, "topics");
	json_open(b, '[');
	while (i < n) {
		const struct topic *t = v[i++];

		json_open(b, '{');
		json_ks(b, "topic", topic_name(t));
		json_ki(b, "importance", t->weight);
		json_ki(b, "product", t->now * t->weight);
		put_topic_counts(t, b);
		json_key(b, "departments");
		json_open(b, '[');
		for (; i < n && !v[i]->whole; i++) {
			json_open(b, '{');
			json_ks(b, "department", topic_department(v[i]));
			put_topic_counts(v[i], b);
			json_close(b, '}');
		}
		json_close(b, ']');
		json_close(b, '}');
	}
	json_close(b, ']');
	mem_free(v);
}

/* Every figure there is, also those that nothing has been counted for. */
static void put_definitions(struct buf *b, enum report_lang lang)
{
	json_key(b, "definitions");
	json_open(b, '[');
	for (unsigned i = 0; i < KPIS; i++) {
		json_open(b, '{');
		json_kz(b, "kpi", kpis[i].id);
		json_kz(b, "name", kpi_name(&kpis[i], lang));
		json_kz(b, "how", kpi_how(&kpis[i], lang));
		json_kz(b, "numerator", kpis[i].num);
		json_kz(b, "denominator", kpis[i].den);
		if (kpi_of_calls(&kpis[i]))
			json_kb(b, "of_voice_module", true);
		json_close(b, '}');
	}
	json_close(b, ']');
}

void report_json(const struct report *r, enum report_lang lang, struct buf *out)
{
	must(r != NULL && out != NULL);
	json_open(out, '{');
	json_kz(out, "month", r->month);
	json_kz(out, "tenant", r->tenant);
	json_ks_opt(out, "of_branch", str_of(r->branch));
	json_ks_opt(out, "of_department", str_of(r->department));
	json_kz(out, "zone", r->cfg->zone);
	json_kt(out, "made_at", r->made_ms);
	put_slice(r, r->v[0], lang, out);
	for (enum report_dim d = DIM_BRANCH; d < DIMS; d++)
		put_dim(r, d, lang, out);
	put_topics(r, out);
	put_days(r, out);
	put_weeks(r, out);
	put_definitions(out, lang);
	json_close(out, '}');
}
