/* The report as one page that needs nothing else. */
#include "base/mem.h"
#include "proto/html.h"
#include "proto/tzone.h"
#include "reports/report_page.h"

static const char style[] =
	"*{box-sizing:border-box}"
	"body{font:14px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',"
	"sans-serif;color:#1d2733;max-width:62em;margin:2em auto;"
	"padding:0 1em}h1{font-size:1.7em;margin:0}h2{font-size:1.2em;"
	"border-bottom:2px solid #2f6f8f;padding-bottom:.2em;margin:2em 0 .5em}"
	"h3{font-size:1em;margin:1.5em 0 .3em}"
	"p.head{color:#5b6773;margin:.3em 0 0}"
	"p.missing{color:#5b6773;font-size:.9em;margin:.5em 0 0}"
	"table{border-collapse:collapse;width:100%;"
	"font-variant-numeric:tabular-nums}th,td{padding:.3em .5em;"
	"border-bottom:1px solid #dde3e8;text-align:right;vertical-align:top}"
	"th{font-weight:600;color:#5b6773;font-size:.9em;"
	"vertical-align:bottom}"
	"th:first-child,td:first-child,.how td{text-align:left}"
	"small{color:#5b6773;font-size:.8em}td:first-child small,"
	"th small,li small{white-space:nowrap}"
	".lines{table-layout:fixed;margin-bottom:1em}"
	".lines th:nth-child(1){width:24%}.lines th:nth-child(2){width:8%}"
	".lines th:nth-child(3),.lines th:nth-child(4){width:12%}"
	".lines th:nth-child(5){width:14%}.lines th:nth-child(6){width:14%}"
	"td span,td b{white-space:nowrap}"
	".how td:first-child{width:30%}.split td:first-child{min-width:7em}"
	".good{color:#1c7a45}.bad{color:#b3332a}.none{color:#98a2ab}"
	".tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:.6em;"
	"margin:1em 0}.tiles div{border:1px solid #dde3e8;border-radius:4px;"
	"padding:.5em .7em}.tiles b{display:block;font-size:1.35em;"
	"line-height:1.3}.tiles span{font-size:.9em}"
	".glance{display:grid;grid-template-columns:1fr 1fr;gap:0 2.5em}"
	".glance ul{margin:.2em 0;padding:0;list-style:none}"
	".glance li{padding:.25em 0;border-bottom:1px solid #edf1f4;"
	"display:flex;gap:.6em;align-items:baseline}"
	".glance li div{flex:1}.glance li b{white-space:nowrap}"
	".glance li span{white-space:nowrap;min-width:6.5em;text-align:right}"
	"svg.days{width:100%}svg.bar{width:100%;height:.8em;"
	"vertical-align:middle}svg text{font-size:11px;fill:#5b6773}"
	"svg .end{text-anchor:end}svg .mid{text-anchor:middle}"
	"svg .axis{stroke:#98a2ab}svg .back{fill:#edf1f4}"
	"svg .line{fill:none;stroke:#2f6f8f;stroke-width:2}"
	"svg .accepted{fill:#c6dae4}svg .delivered{fill:#2f6f8f}"
	"svg .target{stroke:#b3332a;stroke-width:1.5}"
	"@page{size:A4;margin:14mm}"
	"@media print{body{margin:0;padding:0;max-width:none;font-size:10.5px;"
	"print-color-adjust:exact;-webkit-print-color-adjust:exact}"
	"tr,svg,li,section,.tiles div{break-inside:avoid}"
	"h2,h3{break-after:avoid}}"
	"@media(max-width:40em){.tiles{grid-template-columns:1fr 1fr}"
	".glance{grid-template-columns:1fr}}";

static void put_parts(const struct page *p, const struct report_line *l)
{
	const struct kpi count = { .kind = KPI_COUNT };

	report_say(&count, (double)l->now->num, p->lang, p->out);
	if (l->kpi->den[0] == '\0')
		return;
	buf_z(p->out, " / ");
	report_say(&count, (double)l->now->den, p->lang, p->out);
	if (l->value.known && l->value.high - l->value.low >= 0.01)
		buf_f(p->out, "<br>%.2f – %.2f", l->value.low, l->value.high);
}

static void put_bar(const struct page *p, const struct report_line *l)
{
	if (l->kpi->kind == KPI_SHARE && l->value.known)
		plot_bar(l->value.value,
			 l->target != NULL ? l->target->value : -1, p->out);
}

/* What stands behind the name of a figure or slice. */
static void put_line(const struct page *p, const struct report_line *l)
{
	buf_z(p->out, "<td>");
	put_bar(p, l);
	buf_z(p->out, "</td><td><b>");
	page_value(p, l->kpi, &l->value);
	buf_z(p->out, "</b></td><td>");
	page_value(p, l->kpi, &l->last);
	buf_z(p->out, "</td><td>");
	page_change(p, l);
	buf_z(p->out, "</td><td>");
	page_target(p, l);
	buf_z(p->out, "</td><td><small>");
	put_parts(p, l);
	buf_z(p->out, "</small></td></tr>\n");
}

/* A table of figures begins; the columns are those of put_line. */
static void put_heads(const struct page *p, const struct kpi *k)
{
	static const enum report_word heads[] = { WORD_VALUE, WORD_LAST,
						  WORD_CHANGE, WORD_TARGET,
						  WORD_PARTS };

	buf_z(p->out, "<table class=\"lines\"><thead><tr><th>");
	if (k != NULL)
		page_kpi(p, k);
	else
		page_word(p, WORD_FIGURE);
	buf_z(p->out, "</th><th></th>");
	for (unsigned i = 0; i < ARRAY_LEN(heads); i++)
		page_cell(p, "th", heads[i]);
	buf_z(p->out, "</tr></thead><tbody>\n");
}

static void put_days(const struct page *p)
{
	page_cell(p, "h3", WORD_DAYS);
	plot_days(p->r, p->out);
	buf_z(p->out, "<p class=\"head\">");
	page_word(p, WORD_DAYS_KEY);
	buf_z(p->out, "</p>\n");
}

static void put_weeks(const struct page *p)
{
	AUTO(buf_done) struct buf plot = { 0 };

	buf_init(&plot, BUF_NO_LIMIT);
	if (!plot_weeks(p->r, &plot))
		return;
	page_cell(p, "h3", WORD_WEEKS);
	buf_str_put(p->out, buf_str(&plot));
}

/* ---- figures, by their chapter ---------------------------------------------------- */

static bool in_group(unsigned kpi, unsigned group)
{
	return kpi_group(&kpis[kpi]) == group;
}

static bool is_there(const struct page *p, unsigned kpi)
{
	struct report_line line;

	return report_line(p->r, p->r->v[0], kpi, &line);
}

static void put_figures(const struct page *p, unsigned group)
{
	struct report_line line;
	bool any = false;

	for (unsigned i = 0; i < KPIS; i++) {
		if (!in_group(i, group) ||
		    !report_line(p->r, p->r->v[0], i, &line))
			continue;
		if (!any)
			put_heads(p, NULL);
		any = true;
		buf_z(p->out, "<tr><td>");
		page_kpi(p, &kpis[i]);
		buf_z(p->out, "</td>");
		put_line(p, &line);
	}
	if (any)
		buf_z(p->out, "</tbody></table>\n");
}

/* Those of the group that nothing was counted for, in one sentence. */
static void put_missing(const struct page *p, unsigned group, bool of_calls)
{
	bool any = false;

	for (unsigned i = 0; i < KPIS; i++) {
		if (!in_group(i, group) || is_there(p, i) ||
		    kpi_of_calls(&kpis[i]) != of_calls)
			continue;
		if (any) {
			page_word(p, WORD_COMMA);
		} else {
			buf_z(p->out, "<p class=\"missing\">");
			page_word(p, of_calls ? WORD_OF_CALLS : WORD_NOTHING);
			page_word(p, WORD_COLON);
		}
		any = true;
		page_kpi(p, &kpis[i]);
	}
	if (any)
		buf_z(p->out, "</p>\n");
}

/* ---- by branch and the like ----------------------------------------------------- */

/* Is there a slice with something of that figure in it? */
static bool in_any(const struct page *p, struct slice **v, unsigned n,
		   unsigned kpi)
{
	struct report_line line;

	for (unsigned i = 0; i < n; i++) {
		if (report_line(p->r, v[i], kpi, &line))
			return true;
	}
	return false;
}

static void put_slice_name(const struct page *p, const struct slice *s)
{
	if (s->others)
		page_word(p, WORD_OTHERS);
	else if (s->len == 0)
		page_word(p, WORD_NOBODY);
	else
		html_text(str_bytes(s->value, s->len), p->out);
}

static void put_slice_cell(const struct page *p, const struct slice *s,
			   unsigned kpi)
{
	struct report_line line;

	buf_z(p->out, "<td>");
	if (report_line(p->r, s, kpi, &line)) {
		buf_f(p->out, "<b class=\"%s\">",
		      line.target == NULL ? ""
		      : line.met          ? "good"
					  : "bad");
		page_value(p, line.kpi, &line.value);
		buf_z(p->out, "</b>");
		if (line.compared && report_moved(line.kpi, line.change)) {
			buf_z(p->out, "<br><small>");
			page_change(p, &line);
			buf_z(p->out, "</small>");
		}
	}
	buf_z(p->out, "</td>");
}

/* As many columns as a page is wide; CSV and JSON have every figure. */
static const char *const headline[] = { "K-60.sent", "K-08", "K-01", "K-15",
					"K-12",      "K-40", "K-44", "K-57" };
#define HEADLINES ARRAY_LEN(headline)

static unsigned headline_kpi(unsigned i)
{
	int kpi = kpi_find(str_of(headline[i]));

	must(kpi >= 0);
	return (unsigned)kpi;
}

static unsigned put_dim_heads(const struct page *p, enum report_dim dim,
			      struct slice **v, unsigned n,
			      unsigned columns[HEADLINES])
{
	unsigned len = 0;

	buf_z(p->out, "<table class=\"split\"><thead><tr>");
	page_cell(p, "th", report_dim_word(dim));
	for (unsigned i = 0; i < HEADLINES; i++) {
		unsigned kpi = headline_kpi(i);

		if (!in_any(p, v, n, kpi))
			continue;
		columns[len++] = kpi;
		buf_z(p->out, "<th>");
		page_kpi(p, &kpis[kpi]);
		buf_z(p->out, "</th>");
	}
	buf_z(p->out, "</tr></thead><tbody>\n");
	return len;
}

/* Nothing of one that none of the columns is of. */
static void put_slice(const struct page *p, struct slice *s,
		      const unsigned *columns, unsigned len)
{
	bool any = false;

	for (unsigned k = 0; k < len; k++)
		any |= in_any(p, &s, 1, columns[k]);
	if (!any)
		return;
	buf_z(p->out, "<tr><td>");
	put_slice_name(p, s);
	buf_z(p->out, "</td>");
	for (unsigned k = 0; k < len; k++)
		put_slice_cell(p, s, columns[k]);
	buf_z(p->out, "</tr>\n");
}

static void put_dim(const struct page *p, enum report_dim dim)
{
	unsigned columns[HEADLINES], n;
	struct slice **v = report_slices(p->r, dim, &n);

	if (n > 0) {
		page_cell(p, "h2", report_dim_word(dim));
		unsigned len = put_dim_heads(p, dim, v, n, columns);

		for (unsigned i = 0; i < n; i++)
			put_slice(p, v[i], columns, len);
		buf_z(p->out, "</tbody></table>\n");
	}
	mem_free(v);
}

/* A table a figure: its details are its own. */
static void put_details(const struct page *p)
{
	unsigned n;
	struct slice **v = report_slices(p->r, DIM_DETAIL, &n);
	struct report_line line;

	if (n > 0)
		page_cell(p, "h2", report_dim_word(DIM_DETAIL));
	for (unsigned kpi = 0; kpi < KPIS; kpi++) {
		if (!in_any(p, v, n, kpi))
			continue;
		put_heads(p, &kpis[kpi]);
		for (unsigned i = 0; i < n; i++) {
			if (!report_line(p->r, v[i], kpi, &line))
				continue;
			buf_z(p->out, "<tr><td>");
			put_slice_name(p, v[i]);
			buf_z(p->out, "</td>");
			put_line(p, &line);
		}
		buf_z(p->out, "</tbody></table>\n");
	}
	mem_free(v);
}

/* ---- topics ----------------------------------------------------------------------- */

static void put_count(const struct page *p, int64_t n)
{
	const struct kpi count = { .kind = KPI_COUNT };

	buf_z(p->out, "<td>");
	report_say(&count, (double)n, p->lang, p->out);
	buf_z(p->out, "</td>");
}

static void put_named(const struct page *p, struct str name)
{
	if (name.len == 0)
		page_word(p, WORD_NOBODY);
	else
		html_text(name, p->out);
}

static void put_topic(const struct page *p, const struct topic *t)
{
	if (t->whole) {
		buf_z(p->out, "<tr><td><b>");
		put_named(p, topic_name(t));
		buf_z(p->out, "</b></td>");
		put_count(p, t->weight);
	} else {
		buf_z(p->out, "<tr><td><small>");
		put_named(p, topic_department(t));
		buf_z(p->out, "</small></td><td></td>");
	}
	put_count(p, t->now);
	put_count(p, t->now * t->weight);
	put_count(p, t->before);
	buf_z(p->out, "</tr>\n");
}

/* */
static void put_topics(const struct page *p)
{
	static const enum report_word heads[] = { WORD_TOPIC, WORD_IMPORTANCE,
						  WORD_FREQUENCY, WORD_PRODUCT,
						  WORD_LAST };
	unsigned n;
	struct topic **v = report_topics(p->r, &n);

	if (n > 0) {
		page_cell(p, "h3", WORD_TOPICS);
		buf_z(p->out, "<table class=\"topics\"><thead><tr>");
		for (unsigned i = 0; i < ARRAY_LEN(heads); i++)
			page_cell(p, "th", heads[i]);
		buf_z(p->out, "</tr></thead><tbody>\n");
		for (unsigned i = 0; i < n; i++)
			put_topic(p, v[i]);
		buf_z(p->out, "</tbody></table>\n");
	}
	mem_free(v);
}

/* What belongs to a chapter besides its figures. */
static void put_group(const struct page *p, unsigned group)
{
	page_cell(p, "h2", report_group_word(group));
	put_figures(p, group);
	put_missing(p, group, false);
	put_missing(p, group, true);
	if (in_group(report_week_kpi(), group)) {
		put_weeks(p);
		put_topics(p);
	}
	if (in_group(headline_kpi(0), group))
		put_days(p);
}

static void put_definitions(const struct page *p)
{
	page_cell(p, "h2", WORD_DEFINITIONS);
	buf_z(p->out, "<table class=\"how\"><tbody>\n");
	for (unsigned g = 0; g < KPI_GROUPS; g++) {
		for (unsigned i = 0; i < KPIS; i++) {
			if (!in_group(i, g))
				continue;
			buf_z(p->out, "<tr><td>");
			page_kpi(p, &kpis[i]);
			buf_z(p->out, "</td><td>");
			html_text(str_of(kpi_how(&kpis[i], p->lang)), p->out);
			buf_z(p->out, "</td></tr>\n");
		}
	}
	buf_z(p->out, "</tbody></table>\n<p class=\"head\">");
	page_word(p, WORD_CHANCE_NOTE);
	buf_c(p->out, ' ');
	page_word(p, WORD_LATE_NOTE);
	buf_z(p->out, "</p>\n");
}

static void put_fact(const struct page *p, enum report_word w, const char *text)
{
	page_word(p, w);
	buf_z(p->out, ": ");
	html_text(str_of(text), p->out);
	buf_z(p->out, " &nbsp; ");
}

static void put_head(const struct page *p)
{
	const struct report *r = p->r;
	const struct tzone *zone = tzone_get(str_of(r->cfg->zone));
	const struct kpi time = { .kind = KPI_P95 };
	char made[20];

	tzone_local_text(zone == NULL ? 0 : tzone_offset_s(zone, r->made_ms),
			 r->made_ms, made);
	page_cell(p, "h1", WORD_TITLE);
	buf_z(p->out, "<p class=\"head\">");
	put_fact(p, WORD_OF, r->month);
	put_fact(p, WORD_TENANT,
		 r->tenant[0] == '\0' ? report_word(WORD_ALL_TENANTS, p->lang)
				      : r->tenant);
	if (r->branch[0] != '\0')
		put_fact(p, WORD_OF_BRANCH, r->branch);
	if (r->department[0] != '\0')
		put_fact(p, WORD_OF_DEPARTMENT, r->department);
	put_fact(p, WORD_MADE, made);
	put_fact(p, WORD_ZONE, r->cfg->zone);
	page_word(p, WORD_LIMIT);
	buf_c(p->out, ' ');
	report_say(&time, (double)r->limits.timely_ms, p->lang, p->out);
	buf_z(p->out, "</p>\n");
}

void report_html(const struct report *r, enum report_lang lang, struct buf *out)
{
	must(r != NULL && out != NULL);
	const struct page p = { r, lang, out };

	buf_f(out,
	      "<!doctype html>\n<html lang=\"%s\"><head>"
	      "<meta charset=\"utf-8\"><title>",
	      lang == REPORT_ZH ? "zh-CN" : "en");
	page_word(&p, WORD_TITLE);
	buf_f(out, " %s</title>\n<style>%s</style></head><body>\n", r->month,
	      style);
	put_head(&p);
	page_glance(&p);
	for (unsigned g = 0; g < KPI_GROUPS; g++)
		put_group(&p, g);
	for (enum report_dim d = DIM_BRANCH; d <= DIM_CHANNEL; d++)
		put_dim(&p, d);
	put_details(&p);
	put_definitions(&p);
	buf_z(out, "</body></html>\n");
}
