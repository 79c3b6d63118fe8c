/* What a minute is enough for: the headlines, which targets were met, and
 * what changed by more than chance explains. */
#include <math.h>
#include <stdlib.h>

#include "proto/html.h"
#include "reports/report_page.h"

/* A change of a figure, by how many times what chance does. */
struct turn {
	struct report_line line;
	double by;
};
#define TURNS_SHOWN 6

/* Twice the standard error of what a count, or a rate of counts, is. */
static double count_noise(const struct report_line *l)
{
	bool rate = l->kpi->den[0] != '\0';
	double scale = l->now->num != 0 ? l->value.value / (double)l->now->num
					: 0,
	       last = l->before->num != 0
			      ? l->last.value / (double)l->before->num
			      : 0;

	if (scale == 0)
		scale = rate ? last * (double)l->before->den /
					(double)l->now->den
			     : last;
	if (last == 0)
		last = rate ? scale * (double)l->now->den /
				       (double)l->before->den
			    : scale;
	return 2 * sqrt(fabs((double)l->now->num) * scale * scale +
			fabs((double)l->before->num) * last * last);
}

/* What may be chance of a change; NAN: it is not known. */
static double noise_of(const struct report_line *l)
{
	switch (l->kpi->kind) {
	case KPI_SHARE:
	case KPI_MEAN:
		return hypot(l->value.high - l->value.low,
			     l->last.high - l->last.low) /
		       2;
	case KPI_POINTS:
		return 200 * sqrt(1 / (double)l->now->den +
				  1 / (double)l->before->den);
	case KPI_COUNT:
	case KPI_ZERO:
	case KPI_PER_1000:
	case KPI_PER_10000:
		return count_noise(l);
	case KPI_P50:
	case KPI_P95:
		return 1; /* the bounds are far apart */
	case KPI_RATIO:
	case KPI_CHANGE:
	case KPI_SLOPE:
	case KPI_CLAIM_26:
		break;
	}
	return (double)NAN;
}

static int compare_turns(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	return (x->by < y->by) - (x->by > y->by);
}

/* Of what is counted alike the first speaks for all. */
static bool is_said(const struct turn *v, unsigned n, const struct kpi *k)
{
	for (unsigned i = 0; i < n; i++) {
		if (str_eqz(str_of(k->num), v[i].line.kpi->num))
			return true;
	}
	return false;
}

/* Those that went that way, the most of all first. */
static unsigned turns(const struct report *r, int better, struct turn v[KPIS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < KPIS; i++) {
		struct turn t;

		if (!report_line(r, r->v[0], i, &t.line) ||
		    report_better(&t.line) != better ||
		    is_said(v, n, t.line.kpi))
			continue;
		double noise = noise_of(&t.line);

		t.by = fabs(t.line.change) / noise;
		if (noise > 0 && t.by > 1)
			v[n++] = t;
	}
	qsort(v, n, sizeof(*v), compare_turns);
	return n;
}

/* ---- what is put down ------------------------------------------------------------ */

/* The name, and its value in that colour. */
static void put_item(const struct page *p, const struct report_line *l,
		     const char *kind)
{
	buf_z(p->out, "<li><div>");
	page_kpi(p, l->kpi);
	buf_f(p->out, "</div><b class=\"%s\">", kind);
	page_value(p, l->kpi, &l->value);
	buf_z(p->out, "</b>");
}

static void list_begin(const struct page *p, enum report_word title)
{
	buf_z(p->out, "<section>");
	page_cell(p, "h3", title);
	buf_z(p->out, "<ul>");
}

static void list_end(const struct page *p, bool any)
{
	if (!any)
		page_cell(p, "li", WORD_NONE);
	buf_z(p->out, "</ul></section>\n");
}

static void put_turns(const struct page *p, enum report_word title, int better)
{
	struct turn v[KPIS];
	unsigned n = turns(p->r, better, v);

	list_begin(p, title);
	for (unsigned i = 0; i < MIN(n, TURNS_SHOWN); i++) {
		put_item(p, &v[i].line, "");
		page_change(p, &v[i].line);
		buf_z(p->out, "</li>");
	}
	list_end(p, n > 0);
}

static void put_targets(const struct page *p, enum report_word title, bool met)
{
	struct report_line line;
	bool any = false;

	list_begin(p, title);
	for (unsigned i = 0; i < KPIS; i++) {
		if (!report_line(p->r, p->r->v[0], i, &line) ||
		    line.target == NULL || line.met != met)
			continue;
		any = true;
		put_item(p, &line, met ? "good" : "bad");
		buf_f(p->out, "<span>%s ", line.target->least ? "≥" : "≤");
		report_say(line.kpi, line.target->value, p->lang, p->out);
		buf_z(p->out, "</span></li>");
	}
	list_end(p, any);
}

static void put_tile(const struct page *p, const struct report_line *l)
{
	buf_z(p->out, "<div>");
	html_text(str_of(kpi_name(l->kpi, p->lang)), p->out);
	buf_z(p->out, "<b>");
	page_value(p, l->kpi, &l->value);
	buf_z(p->out, "</b>");
	page_change(p, l);
	buf_z(p->out, "</div>");
}

void page_glance(const struct page *p)
{
	static const char *const headline[] = { "K-60.sent", "K-08", "K-01",
						"K-15",      "K-12", "K-40",
						"K-44",      "K-58" };
	struct report_line line;

	must(p != NULL);
	page_cell(p, "h2", WORD_SUMMARY);
	buf_z(p->out, "<div class=\"tiles\">");
	for (unsigned i = 0; i < ARRAY_LEN(headline); i++) {
		int kpi = kpi_find(str_of(headline[i]));

		must(kpi >= 0);
		if (report_line(p->r, p->r->v[0], (unsigned)kpi, &line))
			put_tile(p, &line);
	}
	buf_z(p->out, "</div>\n<div class=\"glance\">");
	put_targets(p, WORD_TARGETS_MISSED, false);
	put_targets(p, WORD_TARGETS_MET, true);
	put_turns(p, WORD_WORSE, -1);
	put_turns(p, WORD_IMPROVED, 1);
	buf_z(p->out, "</div>\n");
}
