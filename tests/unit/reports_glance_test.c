/* What stands on top of the page, and in which chapters its figures are. */
#include "tests/unit/reports_bed.h"

static char *targets[] = { (char *)(uintptr_t) "K-08 >= 98%",
			   (char *)(uintptr_t) "K-15 <= 120" };
static const struct report_cfg cfg = {
	.zone = (char *)(uintptr_t) "UTC",
	.timely = 4,
	.resumed = 5,
	.posted = 7,
	.targets = { targets, ARRAY_LEN(targets) },
};

/* 100 complaints were 64: 36 more, and twice the root of 164 is 25.6. Of 1,000
 * messages 990 were delivered, of as many 900 before. 12 opt-outs after 9 are
 * chance. Calls were never counted. */
static const struct measured month[] = {
	{ "message.delivered", "", "", "", "sms", "service", "", 990, 0 },
	{ "message.failed", "", "", "", "sms", "service", "no_route", 10, 0 },
	{ "case.complaint", "", "", "", "sms", "complaint", "staff", 100, 0 },
	{ "inbound.opt_out", "", "", "", "sms", "", "opt_out", 12, 0 },
	{ "order.asked", "", "", "", "", "", "ring", 2000000, 0 },
	{ "order.won", "", "", "", "", "", "ring", 1999998, 0 },
};
static const struct measured last_month[] = {
	{ "message.delivered", "", "", "", "sms", "service", "", 900, 0 },
	{ "message.failed", "", "", "", "sms", "service", "no_route", 100, 0 },
	{ "case.complaint", "", "", "", "sms", "complaint", "staff", 64, 0 },
	{ "inbound.opt_out", "", "", "", "sms", "", "opt_out", 9, 0 },
	{ "order.asked", "", "", "", "", "", "ring", 2000000, 0 },
	{ "order.won", "", "", "", "", "", "ring", 1999999, 0 },
};

static void page(const struct measured *v, size_t n, struct buf *b)
{
	const struct report_of whole = { .month = "2026-10" };
	struct report *r = report_new(&cfg, &whole, 1793491200000);

	buf_init(b, BUF_NO_LIMIT);
	add(r, false, v, n);
	add(r, true, last_month, ARRAY_LEN(last_month));
	report_html(r, REPORT_EN, b);
	report_free(&r);
}

/* The list below that title. */
static struct str list_of(const struct buf *b, const char *title)
{
	char head[64];

	(void)snprintf(head, sizeof(head), "<h3>%s</h3><ul>", title);
	const char *from = strstr(b->p, head);
	if (from == NULL)
		fail_msg("no %s", title);
	from += strlen(head);
	return str_bytes(from, (size_t)(strstr(from, "</ul>") - from));
}

static bool says(struct str s, const char *text)
{
	return memmem(s.p, s.len, text, strlen(text)) != NULL;
}

static void k60_targets_at_a_glance(void **state)
{
	struct buf b;

	(void)state;
	page(month, ARRAY_LEN(month), &b);
	struct str met = list_of(&b, "Targets met");
	struct str missed = list_of(&b, "Targets missed");

	assert_true(says(met, "K-08<"));
	assert_true(says(met, ">99.00 %</b><span>≥ 98.00 %"));
	assert_true(says(met, "K-15<"));
	assert_true(says(met, "K-49.faults<"));
	assert_true(says(missed, "K-49.complaints<"));
	assert_true(says(missed, "<b class=\"bad\">100</b><span>≤ 0"));
	assert_false(says(missed, "K-08<"));
	buf_done(&b);
}

static void k60_what_changed_by_more_than_chance(void **state)
{
	static const struct measured fewer[] = {
		{ "case.complaint", "", "", "", "sms", "complaint", "staff", 81,
		  0 },
	};
	struct buf b;

	(void)state;
	page(month, ARRAY_LEN(month), &b);
	struct str worse = list_of(&b, "Worse, by more than chance");
	struct str better = list_of(&b, "Better, by more than chance");

	assert_true(says(worse, "K-15<"));
	assert_true(says(worse, "<span class=\"bad\">+36</span>"));
	/* what counts the same says it no second time */
	assert_false(says(worse, "K-16<"));
	assert_false(says(worse, "K-19<"));
	assert_false(says(worse, "K-57"));
	assert_true(says(better, "K-08<"));
	assert_true(says(better, "<span class=\"good\">+9.00 pp</span>"));
	assert_false(says(better, "K-15<"));
	buf_done(&b);
	/* 17 more: twice the root of 145 is 24 */
	page(fewer, ARRAY_LEN(fewer), &b);
	assert_true(says(list_of(&b, "Worse, by more than chance"), "none"));
	buf_done(&b);
}

/* One of two million less is not to be seen, and no change for the worse. */
static void k60_what_is_not_seen_is_no_change(void **state)
{
	struct buf b;

	(void)state;
	page(month, ARRAY_LEN(month), &b);
	assert_null(strstr(b.p, "-0.00"));
	assert_non_null(strstr(b.p, "<span class=\"\">±0</span>"));
	buf_done(&b);
}

static void k60_chapters_by_number(void **state)
{
	static const struct {
		const char *id;
		unsigned group;
	} rows[] = {
		{ "K-08.unknown", 0 }, { "K-10", 1 }, { "K-21", 1 },
		{ "K-30", 2 },         { "K-37", 2 }, { "K-40", 3 },
		{ "K-49.faults", 3 },  { "K-50", 4 }, { "K-59", 4 },
		{ "K-60.sent", 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(kpi_group(&kpis[kpi_find(str_of(rows[i].id))]),
				 rows[i].group);
}

static void k60_figures_stand_in_their_chapters(void **state)
{
	static const char *const order[] = {
		"<h2>At a glance",
		"<h2>Reminders and messages",
		"K-08</small></td>",
		"<h2>Complaints and cases",
		"K-15</small></td>",
		"<h3>Topics of complaints",
		"<h2>Calls and call-backs",
		"<p class=\"missing\">nothing yet: ",
		"K-35</small>",
		"<p class=\"missing\">counted by the voice module alone: ",
		"K-30</small>",
		"<h2>Satisfaction and loyalty",
		"K-49.faults</small></td>",
		"<h2>Campaigns and orders",
		"K-56</small></td>",
		"<h2>Operations",
		"<h2>By channel",
		"<h2>How each figure is defined",
	};
	const char *at;
	struct buf b;

	(void)state;
	page(month, ARRAY_LEN(month), &b);
	at = b.p;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		at = strstr(at, order[i]);
		if (at == NULL)
			fail_msg("no %s where it should be", order[i]);
	}
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(k60_targets_at_a_glance),
		cmocka_unit_test(k60_what_changed_by_more_than_chance),
		cmocka_unit_test(k60_what_is_not_seen_is_no_change),
		cmocka_unit_test(k60_chapters_by_number),
		cmocka_unit_test(k60_figures_stand_in_their_chapters),
	};

	return cmocka_run_group_tests_name("reports_glance", tests, NULL, NULL);
}
