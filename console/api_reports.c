/* /v1/reports: what a month came to. */
#include "console/api.h"

#include <string.h>

#include "base/mem.h"
#include "console/branch.h"
#include "reports/report.h"

enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_HTML, FORMATS };

static const struct {
	const char *name, *type;
	void (*put)(const struct report *r, enum report_lang lang,
		    struct buf *out);
} formats[FORMATS] = {
	[FORMAT_JSON] = { "json", NULL, report_json },
	[FORMAT_CSV] = { "csv", "text/csv; charset=utf-8", report_csv },
	[FORMAT_HTML] = { "html", "text/html; charset=utf-8", report_html },
};

/* A report under way: what is read next, and how it will be written. */
struct asked_report {
	struct report *report;
	char month[REPORT_MONTH], before[REPORT_MONTH], after[REPORT_MONTH];
	char first[REPORT_MONTH]; /* the month before both */
	struct buf tenant, scope; /* as they are read by */
	unsigned npast;           /* of report_past: so many were read */
	enum report_lang lang;
	enum format format;
};

static void asked_free(void *own)
{
	struct asked_report *a = own;

	report_free(&a->report);
	buf_done(&a->tenant);
	buf_done(&a->scope);
	mem_free(a);
}

/* ---- what was asked ------------------------------------------------------------ */

/* By the words of one parameter; the first without it. */
static bool query_word(struct request *r, const char *name,
		       const char *const *words, unsigned n, unsigned *out)
{
	struct str text = request_query(r, name);

	*out = 0;
	if (text.len == 0)
		return true;
	for (unsigned i = 0; i < n; i++) {
		if (str_eqz(text, words[i])) {
			*out = i;
			return true;
		}
	}
	reply_error(r, 400, "bad_value", name, "%s is one of %s, %s%s%s", name,
		    words[0], words[1], n > 2 ? ", " : "",
		    n > 2 ? words[2] : "");
	return false;
}

static bool read_query(struct request *r, struct asked_report *a)
{
	static const char *const langs[] = { "zh", "en" };
	const char *names[FORMATS];
	char unused[2][REPORT_MONTH];
	unsigned lang, format;

	for (unsigned i = 0; i < FORMATS; i++)
		names[i] = formats[i].name;
	if (report_month(request_query(r, "of"), a->month, a->before,
			 a->after) != 0) {
		reply_error(r, 400, "bad_month", "of",
			    "of is a month such as 2026-10");
		return false;
	}
	must(report_month(str_of(a->before), unused[0], a->first, unused[1]) ==
	     0);
	if (!query_word(r, "lang", langs, ARRAY_LEN(langs), &lang) ||
	    !query_word(r, "format", names, FORMATS, &format))
		return false;
	a->lang = (enum report_lang)lang;
	a->format = (enum format)format;
	return true;
}

/* ---- reading, and the answer ------------------------------------------------------ */

/* "": of every tenant. */
static struct cell tenant_cell(const struct asked_report *a)
{
	struct str tenant = buf_str(&a->tenant);

	return tenant.len == 0 ? CELL_N : CELL_T(tenant);
}

static void answer(struct request *r)
{
	struct asked_report *a = r->own;
	const char *type = formats[a->format].type;

	if (type == NULL) {
		formats[a->format].put(a->report, a->lang, reply_json(r));
		reply_send(r, 200);
		return;
	}
	AUTO(buf_done) struct buf text = { 0 };

	buf_init(&text, BUF_NO_LIMIT);
	formats[a->format].put(a->report, a->lang, &text);
	reply_text(r, 200, type, buf_str(&text));
}

static void read_past(struct request *r);

static void on_past(struct request *r, int rc)
{
	struct asked_report *a = r->own;

	a->npast++;
	if (rc != 0)
		reply_rc(r, rc);
	else
		read_past(r);
}

static bool show_past(void *owner, const struct row *row)
{
	const struct asked_report *a = ((struct request *)owner)->own;

	report_past_row(a->report, report_past(a->report, a->npast), row);
	return true;
}

/* One after the other: each is a few rows. */
static void read_past(struct request *r)
{
	struct asked_report *a = r->own;
	const struct report_past *p = report_past(a->report, a->npast);

	if (p == NULL) {
		answer(r);
		return;
	}
	const struct cell cells[] = { tenant_cell(a),
				      CELL_T(buf_str(&a->scope)),
				      CELL_T(report_past_month(p)),
				      CELL_T(report_past_name(p)) };

	request_read(r, STORE_MEASURE_PART_OF, cells, ARRAY_LEN(cells),
		     show_past, on_past);
}

static void on_read(struct request *r, int rc)
{
	if (rc != 0)
		reply_rc(r, rc);
	else
		read_past(r);
}

static bool show_row(void *owner, const struct row *row)
{
	const struct asked_report *a = ((struct request *)owner)->own;

	report_row(a->report, row);
	return true;
}

void api_report_month(struct request *r)
{
	struct str tenant;

	must(r != NULL);
	if (!request_scope(r, &tenant))
		return;
	struct asked_report *a = mem_new(struct asked_report);

	buf_init(&a->tenant, BUF_NO_LIMIT);
	buf_init(&a->scope, BUF_NO_LIMIT);
	r->own = a;
	r->own_free = asked_free;
	if (!read_query(r, a))
		return;
	struct str branch = request_query(r, "branch");

	if (branch.len == 0)
		branch = str_of(r->who.branch);
	if (!branch_check(r, tenant, branch, STR("report")))
		return;
	const struct report_of of = { tenant, branch,
				      request_query(r, "department"),
				      a->month };

	buf_str_put(&a->tenant, tenant);
	measure_scope(of.branch, of.department, &a->scope);
	a->report = report_new(r->c->report, &of, clock_wall_ms(r->c->clock));
	IGNORE(reply_json(r) == NULL);
	/* The rows of two months, which are between the one before them and
	 * the one after. */
	const struct cell cells[] = { tenant_cell(a),
				      CELL_T(buf_str(&a->scope)),
				      CELL_Z(a->first), CELL_Z(a->after) };

	request_read(r, STORE_MEASURE_PARTS, cells, ARRAY_LEN(cells), show_row,
		     on_read);
}
