/* The report as one page that needs nothing else. */
#include "base/mem.h"
#include "proto/html.h"
#include "proto/tzone.h"
#include "reports/report_impl.h"

static const char style[] =
	"body{font:14px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',"
	"sans-serif;color:#1d2733;max-width:60em;margin:2em auto;"
	"padding:0 1em}h1{font-size:1.7em;margin:0}h2{font-size:1.15em;"
	"border-bottom:2px solid #2f6f8f;padding-bottom:.2em;margin-top:2em}"
	"p.head{color:#5b6773;margin:.3em 0 0}table{border-collapse:collapse;"
	"width:100%;font-variant-numeric:tabular-nums}th,td{padding:.3em .5em;"
	"border-bottom:1px solid #dde3e8;text-align:right;white-space:nowrap}"
	"th{font-weight:600;color:#5b6773;white-space:normal}"
	"th:first-child,td:first-child,td.how{text-align:left;"
	"white-space:normal}th:first-child,td:first-child{min-width:11em}"
	"small{color:#5b6773;white-space:nowrap}"
	".good{color:#1c7a45}.bad{color:#b3332a}.none{color:#98a2ab}"
	"svg.days{width:100%}svg.bar{width:7em;height:.8em;"
	"vertical-align:middle}svg text{font-size:11px;fill:#5b6773}"
	"svg .end{text-anchor:end}svg .mid{text-anchor:middle}"
	"svg .axis{stroke:#98a2ab}svg .back{fill:#edf1f4}"
	"svg .line{fill:none;stroke:#2f6f8f;stroke-width:2}"
	"svg .accepted{fill:#c6dae4}svg .delivered{fill:#2f6f8f}"
	"svg .target{stroke:#b3332a;stroke-width:1.5}"
	"@media print{body{margin:0;max-width:none;font-size:11px}"
	"tr,svg{break-inside:avoid}h2{break-after:avoid}}";

/* A page under way. */
struct page {
	const struct report *r;
	enum report_lang lang;
	struct buf *out;
};

static void put_word(const struct page *p, enum report_word w)
{
	html_text(str_of(report_word(w, p->lang)), p->out);
}

static void put_cell(const struct page *p, const char *tag, enum report_word w)
{
	buf_f(p->out, "<%s>", tag);
	put_word(p, w);
	buf_f(p->out, "</%s>", tag);
}

static void put_value(const struct page *p, const struct kpi *k,
		      const struct kpi_value *v)
{
	if (v->known)
		report_say(k, v->value, p->lang, p->out);
	else
		buf_z(p->out, "<span class=\"none\">–</span>");
}

static void put_change(const struct page *p, const struct report_line *l)
{
	const struct kpi *k = l->kpi;
	bool up = l->change > 0, flat = l->change == 0;
	const char *kind = "";

	if (!l->compared)
		return;
	if (k->better != KPI_NEITHER && !flat)
		kind = up == (k->better == KPI_MORE) ? "good" : "bad";
	buf_f(p->out, "<span class=\"%s\">%s", kind,
	      up && !kpi_signed(k) ? "+" : "");
	report_say(k, l->change, p->lang, p->out);
	buf_z(p->out, "</span>");
}

static void put_target(const struct page *p, const struct report_line *l)
{
	if (l->target == NULL)
		return;
	buf_f(p->out, "%s ", l->target->least ? "≥" : "≤");
	report_say(l->kpi, l->target->value, p->lang, p->out);
	buf_f(p->out, " <span class=\"%s\">", l->met ? "good" : "bad");
	put_word(p, l->met ? WORD_MET : WORD_MISSED);
	buf_z(p->out, "</span>");
}

static void put_parts(const struct page *p, const struct report_line *l)
{
	const struct kpi count = { .kind = KPI_COUNT };

	report_say(&count, (double)l->now->num, p->lang, p->out);
	if (l->kpi->den[0] == '\0')
		return;
	buf_z(p->out, " / ");
	report_say(&count, (double)l->now->den, p->lang, p->out);
	if (!l->value.known || l->value.low >= l->value.high)
		return;
	buf_z(p->out, "<br><small>");
	put_word(p, WORD_INTERVAL);
	buf_f(p->out, " %.2f – %.2f</small>", l->value.low, l->value.high);
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
	put_value(p, l->kpi, &l->value);
	buf_z(p->out, "</b></td><td>");
	put_parts(p, l);
	buf_z(p->out, "</td><td>");
	put_value(p, l->kpi, &l->last);
	buf_z(p->out, "</td><td>");
	put_change(p, l);
	buf_z(p->out, "</td><td>");
	put_target(p, l);
	buf_z(p->out, "</td></tr>\n");
}

static void put_kpi(const struct page *p, const char *tag, const struct kpi *k)
{
	buf_f(p->out, "<%s>", tag);
	html_text(str_of(kpi_name(k, p->lang)), p->out);
	buf_f(p->out, " <small>%s</small></%s>", k->id, tag);
}

/* The columns that put_line fills. */
static void put_heads(const struct page *p)
{
	static const enum report_word heads[] = { WORD_VALUE, WORD_PARTS,
						  WORD_LAST, WORD_CHANGE,
						  WORD_TARGET };

	buf_z(p->out, "<th></th>");
	for (unsigned i = 0; i < ARRAY_LEN(heads); i++)
		put_cell(p, "th", heads[i]);
	buf_z(p->out, "</tr></thead><tbody>\n");
}

static void put_summary(const struct page *p)
{
	struct report_line line;

	put_cell(p, "h2", WORD_SUMMARY);
	buf_z(p->out, "<table><thead><tr>");
	put_cell(p, "th", WORD_FIGURE);
	put_heads(p);
	for (unsigned i = 0; i < KPIS; i++) {
		buf_z(p->out, "<tr>");
		put_kpi(p, "td", &kpis[i]);
		if (report_line(p->r, p->r->v[0], i, &line)) {
			put_line(p, &line);
			continue;
		}
		buf_z(p->out, "<td class=\"none\" colspan=\"6\">");
		put_word(p,
			 kpi_of_calls(&kpis[i]) ? WORD_OF_CALLS : WORD_NOTHING);
		buf_z(p->out, "</td></tr>\n");
	}
	buf_z(p->out, "</tbody></table>\n");
}

static void put_days(const struct page *p)
{
	put_cell(p, "h2", WORD_DAYS);
	plot_days(p->r, p->out);
	buf_z(p->out, "<p class=\"head\">");
	put_word(p, WORD_DAYS_KEY);
	buf_z(p->out, "</p>\n");
}

static void put_weeks(const struct page *p)
{
	AUTO(buf_done) struct buf plot = { 0 };

	buf_init(&plot, BUF_NO_LIMIT);
	if (!plot_weeks(p->r, &plot))
		return;
	put_cell(p, "h2", WORD_WEEKS);
	buf_str_put(p->out, buf_str(&plot));
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
		put_word(p, WORD_OTHERS);
	else if (s->len == 0)
		put_word(p, WORD_NOBODY);
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
		put_value(p, line.kpi, &line.value);
		buf_z(p->out, "</b><br><small>");
		put_change(p, &line);
		buf_z(p->out, "</small>");
	}
	buf_z(p->out, "</td>");
}

/* As many columns as a page is wide; CSV and JSON have every figure. */
static const char *const headline[] = { "K-60.sent", "K-08", "K-01", "K-12",
					"K-40",      "K-44", "K-43", "K-57" };

static unsigned put_dim_heads(const struct page *p, enum report_dim dim,
			      struct slice **v, unsigned n,
			      unsigned columns[ARRAY_LEN(headline)])
{
	unsigned len = 0;

	buf_z(p->out, "<table><thead><tr>");
	put_cell(p, "th", report_dim_word(dim));
	for (unsigned i = 0; i < ARRAY_LEN(headline); i++) {
		int kpi = kpi_find(str_of(headline[i]));

		must(kpi >= 0);
		if (!in_any(p, v, n, (unsigned)kpi))
			continue;
		columns[len++] = (unsigned)kpi;
		put_kpi(p, "th", &kpis[kpi]);
	}
	buf_z(p->out, "</tr></thead><tbody>\n");
	return len;
}

static void put_dim(const struct page *p, enum report_dim dim)
{
	unsigned columns[ARRAY_LEN(headline)];
	unsigned n;
	struct slice **v = report_slices(p->r, dim, &n);

	if (n > 0) {
		put_cell(p, "h2", report_dim_word(dim));
		unsigned len = put_dim_heads(p, dim, v, n, columns);
		for (unsigned i = 0; i < n; i++) {
			buf_z(p->out, "<tr><td>");
			put_slice_name(p, v[i]);
			buf_z(p->out, "</td>");
			for (unsigned k = 0; k < len; k++)
				put_slice_cell(p, v[i], columns[k]);
			buf_z(p->out, "</tr>\n");
		}
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
		put_cell(p, "h2", report_dim_word(DIM_DETAIL));
	for (unsigned kpi = 0; kpi < KPIS; kpi++) {
		if (!in_any(p, v, n, kpi))
			continue;
		buf_z(p->out, "<table><thead><tr>");
		put_kpi(p, "th", &kpis[kpi]);
		put_heads(p);
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
		put_word(p, WORD_NOBODY);
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
		put_cell(p, "h2", WORD_TOPICS);
		buf_z(p->out, "<table><thead><tr>");
		for (unsigned i = 0; i < ARRAY_LEN(heads); i++)
			put_cell(p, "th", heads[i]);
		buf_z(p->out, "</tr></thead><tbody>\n");
		for (unsigned i = 0; i < n; i++)
			put_topic(p, v[i]);
		buf_z(p->out, "</tbody></table>\n");
	}
	mem_free(v);
}

static void put_definitions(const struct page *p)
{
	put_cell(p, "h2", WORD_DEFINITIONS);
	buf_z(p->out, "<table><tbody>\n");
	for (unsigned i = 0; i < KPIS; i++) {
		buf_z(p->out, "<tr>");
		put_kpi(p, "td", &kpis[i]);
		buf_z(p->out, "<td class=\"how\">");
		html_text(str_of(kpi_how(&kpis[i], p->lang)), p->out);
		buf_z(p->out, "</td></tr>\n");
	}
	buf_z(p->out, "</tbody></table>\n<p class=\"head\">");
	put_word(p, WORD_LATE_NOTE);
	buf_z(p->out, "</p>\n");
}

static void put_fact(const struct page *p, enum report_word w, const char *text)
{
	put_word(p, w);
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
	put_cell(p, "h1", WORD_TITLE);
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
	put_word(p, WORD_LIMIT);
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
	put_word(&p, WORD_TITLE);
	buf_f(out, " %s</title>\n<style>%s</style></head><body>\n", r->month,
	      style);
	put_head(&p);
	put_summary(&p);
	put_days(&p);
	put_weeks(&p);
	for (enum report_dim d = DIM_BRANCH; d <= DIM_CHANNEL; d++)
		put_dim(&p, d);
	put_topics(&p);
	put_details(&p);
	put_definitions(&p);
	buf_z(out, "</body></html>\n");
}
