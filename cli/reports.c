/* report: month. */
#include "cli/verbs.h"

const struct option report_month_options[] = {
	{ "of", "YYYY-MM", true },
	{ "branch", "BRANCH", false },
	{ "department", "DEPARTMENT", false },
	{ "lang", "zh|en", false },
	{ "format", "html|csv|json", false },
	{ "out", "FILE", false },
	{ NULL, NULL, false },
};

int verb_report_month(struct cli *c, const struct args *a)
{
	const char *lang = args_get(a, "lang"), *format = args_get(a, "format");
	AUTO(buf_done) struct buf path = { 0 };

	buf_init(&path, 4096);
	buf_z(&path, "/v1/reports/month");
	path_query(&path, "of", args_get(a, "of"));
	path_query(&path, "branch", args_get(a, "branch"));
	path_query(&path, "department", args_get(a, "department"));
	path_query(&path, "lang",
		   lang != NULL ? lang
		   : words_zh() ? "zh"
				: "en");
	path_query(&path, "format",
		   format != NULL ? format
		   : c->json      ? "json"
				  : "html");
	int rc = cli_ask(c, "GET", path.p, NULL);

	return rc != CLI_DONE ? rc : print_body(c, args_get(a, "out"));
}
