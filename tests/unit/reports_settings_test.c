/* What people write of reports: months, and the section `report`. */
#include "reports/report.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void test_months(void **state)
{
	static const struct {
		const char *text;
		int rc;
		const char *before, *after;
	} rows[] = {
		{ "2026-10", 0, "2026-09", "2026-11" },
		{ "2026-01", 0, "2025-12", "2026-02" },
		{ "2026-12", 0, "2026-11", "2027-01" },
		{ "2026-13", -EBADMSG, "", "" },
		{ "2026-00", -EBADMSG, "", "" },
		{ "1972-01", 0, "1971-12", "1972-02" },
		{ "1971-12", -EBADMSG, "", "" },
		{ "9998-12", 0, "9998-11", "9999-01" },
		{ "9999-01", -EBADMSG, "", "" },
		{ "2026-1", -EBADMSG, "", "" },
		{ "26-10", -EBADMSG, "", "" },
		{ "2026/10", -EBADMSG, "", "" },
		{ "2026-1x", -EBADMSG, "", "" },
		{ "", -EBADMSG, "", "" },
	};
	char month[REPORT_MONTH], last[REPORT_MONTH], next[REPORT_MONTH];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(report_month(str_of(rows[i].text), month, last,
					      next),
				 rows[i].rc);
		if (rows[i].rc != 0)
			continue;
		assert_string_equal(month, rows[i].text);
		assert_string_equal(last, rows[i].before);
		assert_string_equal(next, rows[i].after);
	}
}

static void test_settings_are_checked(void **state)
{
	static const struct {
		const char *text, *fault; /* NULL: none */
	} rows[] = {
		{ "report {\n targets = {\"K-40 >= 85%\"}\n}\n", NULL },
		{ "report {\n zone = \"Mars/Base\"\n}\n",
		  "there is no time zone \"Mars/Base\"" },
		{ "report {\n targets = {\"K-99 >= 85%\"}\n}\n",
		  "names a figure that there is not" },
		{ "report {\n targets = {\"K-40 > 85%\"}\n}\n",
		  "is not a figure, >= or <=, and a number" },
		{ "report {\n targets = {\"K-40 >= much\"}\n}\n",
		  "is not a figure, >= or <=, and a number" },
		{ "report {\n targets = {\"\"}\n}\n",
		  "is not a figure, >= or <=, and a number" },
		{ "report {\n timely = 2m\n}\n", "timely" },
		{ "report {\n topics = {\"fraud 5\", \"x 100\"}\n}\n", NULL },
		{ "report {\n topics = {\"fraud\"}\n}\n",
		  "topic \"fraud\" is not a word and a number" },
		{ "report {\n topics = {\"fraud 0\"}\n}\n",
		  "topic \"fraud 0\" is not" },
		{ "report {\n topics = {\"fraud 101\"}\n}\n",
		  "topic \"fraud 101\" is not" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s = { 0 };
		struct faults f = { 0 };

		IGNORE(settings_parse(rows[i].text, "t", &report_section, 1, &s,
				      &f));
		if (f.len == 0)
			report_check_settings(&s, &f);
		assert_int_equal(f.len, rows[i].fault == NULL ? 0 : 1);
		if (rows[i].fault != NULL &&
		    strstr(f.v[0], rows[i].fault) == NULL)
			fail_msg("%s", f.v[0]);
		faults_done(&f);
		settings_done(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_months),
		cmocka_unit_test(test_settings_are_checked),
	};

	return cmocka_run_group_tests_name("reports_settings", tests, NULL,
					   NULL);
}
