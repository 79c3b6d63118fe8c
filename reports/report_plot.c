/* Pictures of a report, as SVG that stands in the page. */
#include "reports/report_impl.h"

/* Of the picture of days, in its own units. */
enum { PLOT_WIDTH = 760, PLOT_HEIGHT = 170, PLOT_LEFT = 60, PLOT_FOOT = 20 };

static int64_t highest_of(const struct report *r)
{
	int64_t most = 1;

	for (unsigned i = 0; i < REPORT_DAYS; i++)
		most = MAX(most,
			   MAX(r->days[i].accepted, r->days[i].delivered));
	return most;
}

static void put_column(unsigned day, double width, int64_t n, int64_t most,
		       const char *kind, struct buf *out)
{
	double most_high = PLOT_HEIGHT - PLOT_FOOT - 12;
	double high = most_high * (double)MAX(n, 0) / (double)most;
	double step = (double)(PLOT_WIDTH - PLOT_LEFT) / REPORT_DAYS;

	buf_f(out,
	      "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
	      "height=\"%.1f\"><title>%u: %lld</title></rect>",
	      kind, PLOT_LEFT + step * day + (step - width) / 2,
	      PLOT_HEIGHT - PLOT_FOOT - high, width, high, day + 1,
	      (long long)n);
}

void plot_days(const struct report *r, struct buf *out)
{
	must(r != NULL && out != NULL);

	int64_t most = highest_of(r);
	double step = (double)(PLOT_WIDTH - PLOT_LEFT) / REPORT_DAYS;
	const struct kpi count = { .kind = KPI_COUNT };

	buf_f(out,
	      "<svg class=\"days\" viewBox=\"0 0 %d %d\" role=\"img\">"
	      "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>"
	      "<text class=\"end\" x=\"%d\" y=\"18\">",
	      PLOT_WIDTH, PLOT_HEIGHT, PLOT_LEFT, PLOT_HEIGHT - PLOT_FOOT,
	      PLOT_WIDTH, PLOT_HEIGHT - PLOT_FOOT, PLOT_LEFT - 6);
	report_say(&count, (double)most, REPORT_EN, out);
	buf_f(out, "</text><text class=\"end\" x=\"%d\" y=\"%d\">0</text>",
	      PLOT_LEFT - 6, PLOT_HEIGHT - PLOT_FOOT);
	for (unsigned i = 0; i < REPORT_DAYS; i++) {
		put_column(i, step * 0.8, r->days[i].accepted, most, "accepted",
			   out);
		put_column(i, step * 0.5, r->days[i].delivered, most,
			   "delivered", out);
		if (i == 0 || (i + 1) % 5 == 0)
			buf_f(out,
			      "<text class=\"mid\" x=\"%.1f\" y=\"%d\">%u"
			      "</text>",
			      PLOT_LEFT + step * (i + 0.5), PLOT_HEIGHT - 5,
			      i + 1);
	}
	buf_z(out, "</svg>");
}

/* ---- weeks ------------------------------------------------------------------------ */

enum { LINE_HEIGHT = 130 };

static double week_x(unsigned i)
{
	return PLOT_LEFT +
	       (double)(PLOT_WIDTH - PLOT_LEFT) / REPORT_WEEKS * (i + 0.5);
}

static double week_y(double hours, double most)
{
	return LINE_HEIGHT - PLOT_FOOT -
	       (LINE_HEIGHT - PLOT_FOOT - 24) * hours / most;
}

/* Weeks without a reply are left out of the line. */
static void put_line(const struct report_week w[REPORT_WEEKS], double most,
		     struct buf *out)
{
	buf_z(out, "<polyline class=\"line\" points=\"");
	for (unsigned i = 0; i < REPORT_WEEKS; i++) {
		if (w[i].replies > 0)
			buf_f(out, "%.1f,%.1f ", week_x(i),
			      week_y(w[i].median, most));
	}
	buf_z(out, "\"/>");
}

static void put_week(const struct report_week *w, unsigned i, double most,
		     struct buf *out)
{
	buf_f(out, "<text class=\"mid\" x=\"%.1f\" y=\"%d\">%s</text>",
	      week_x(i), LINE_HEIGHT - 5, w->monday + 5);
	if (w->replies <= 0)
		return;
	double y = week_y(w->median, most);

	buf_f(out,
	      "<circle class=\"delivered\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\">"
	      "<title>%s: %.1f h (%lld)</title></circle>"
	      "<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">%.1f</text>",
	      week_x(i), y, w->monday, w->median, (long long)w->replies,
	      week_x(i), y - 7, w->median);
}

bool plot_weeks(const struct report *r, struct buf *out)
{
	must(r != NULL && out != NULL);
	struct report_week w[REPORT_WEEKS];
	double most = 0;

	for (unsigned i = 0; i < REPORT_WEEKS; i++) {
		report_week(r, r->v[0], i, &w[i]);
		most = MAX(most, w[i].median);
	}
	if (most <= 0)
		return false;
	buf_f(out,
	      "<svg class=\"days\" viewBox=\"0 0 %d %d\" role=\"img\">"
	      "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
	      PLOT_WIDTH, LINE_HEIGHT, PLOT_LEFT, LINE_HEIGHT - PLOT_FOOT,
	      PLOT_WIDTH, LINE_HEIGHT - PLOT_FOOT);
	put_line(w, most, out);
	for (unsigned i = 0; i < REPORT_WEEKS; i++)
		put_week(&w[i], i, most, out);
	buf_z(out, "</svg>");
	return true;
}

void plot_bar(double percent, double target, struct buf *out)
{
	must(out != NULL);
	percent = MIN(MAX(percent, 0), 100);
	buf_f(out,
	      "<svg class=\"bar\" viewBox=\"0 0 104 10\" role=\"img\">"
	      "<rect class=\"back\" x=\"2\" y=\"2\" width=\"100\" "
	      "height=\"6\"/><rect class=\"delivered\" x=\"2\" y=\"2\" "
	      "width=\"%.1f\" height=\"6\"/>",
	      percent);
	if (target >= 0 && target <= 100)
		buf_f(out,
		      "<line class=\"target\" x1=\"%.1f\" y1=\"0\" "
		      "x2=\"%.1f\" y2=\"10\"/>",
		      2 + target, 2 + target);
	buf_z(out, "</svg>");
}
