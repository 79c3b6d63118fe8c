/* What erasing a person leaves of their rows, the same for every back end. */
#include "tests/contract/store_bed.h"

static const char *under_test;

static int setup(void **state)
{
	struct bed *b = mem_new(struct bed);

	bed_init(b, under_test);
	bed_open(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	bed_done(*state);
	mem_free(*state);
	return 0;
}

#define Z(s) CELL_Z(s)
#define I(n) CELL_I(n)

static void asked(struct bed *b, int64_t id, const char *tenant, const char *to)
{
	store_put(b->s, STORE_SESSION_PUT,
		  BED_CELLS(Z(tenant), Z("s"), I(id), I(1), Z(to), Z("r"),
			    Z("{}"), Z("en"), Z("completed"), Z(""), I(0), I(0),
			    I(1), I(0), I(0), I(0), I(1), I(2), I(3), I(4),
			    I(5), Z(""), Z("")));
	store_put(b->s, STORE_ANSWER_PUT,
		  BED_CELLS(Z(tenant), Z("s"), I(id), Z("q"), I(1), I(1),
			    Z("5"), I(5), Z("slow"), Z("5 slow"), Z("[]"), I(0),
			    I(7), I(8)));
}

static void happened(struct bed *b, int64_t id, const char *tenant,
		     const char *to)
{
	store_put(b->s, STORE_EVENT_PUT,
		  BED_CELLS(I(id), Z(tenant), Z("e"), Z("t"), Z(to), Z("acc"),
			    Z("{}"), I(1), Z("no_rule"), Z(""), I(0), I(0),
			    I(0)));
	store_put(b->s, STORE_REMINDER_PUT,
		  BED_CELLS(I(id), Z(tenant), Z("due"), Z("e"), Z("acc"),
			    Z("c"), Z(to), Z("pay"), Z("waiting"), I(0), I(0),
			    I(0), I(0), I(1), Z("ok"), I(0), Z(""), Z("")));
	store_put(b->s, STORE_MARK_PUT,
		  BED_CELLS(Z(tenant), Z("due"), Z(to), I(id)));
	store_put(b->s, STORE_SUSPENSION_PUT,
		  BED_CELLS(Z(tenant), Z(to), Z("c"), I(id), I(0), I(0)));
	store_put(b->s, STORE_TOUCH_PUT,
		  BED_CELLS(Z(tenant), Z(to), Z("m"), I(id), Z(""), Z("")));
	store_put(b->s, STORE_UNANSWERED_PUT,
		  BED_CELLS(I(id), Z(tenant), Z(to), I(0)));
}

static void paged(struct bed *b, int64_t id, const char *tenant, const char *to,
		  const char *text)
{
	store_put(b->s, STORE_ONCALL_PUT,
		  BED_CELLS(I(id), Z(tenant), Z(to), Z("n"), Z("e"), Z(text),
			    I(0), I(0), Z("acked"), I(0), I(1), I(2), Z("")));
	store_put(b->s, STORE_FINDING_PUT,
		  BED_CELLS(I(id), Z(tenant), Z("u"), Z("s"), Z("q"), Z(text),
			    Z("open"), I(9), I(0), Z(text), Z("k"), Z("k"),
			    I(1), I(0), Z("")));
}

static void received(struct bed *b, int64_t id, const char *tenant,
		     const char *to)
{
	store_put(b->s, STORE_CAMPAIGN_PUT,
		  BED_CELLS(I(id), Z(tenant), I(1), I(1), Z(""),
			    CELL_B(STR("")), CELL_B(STR("")), I(1)));
	store_put(b->s, STORE_RECIPIENT_PUT,
		  BED_CELLS(I(id), I(1), I(1), Z(to), I(9), I(0), I(1), Z(""),
			    I(0), I(0), Z("")));
}

static void erase(struct bed *b)
{
	static const enum store_call all[] = {
		STORE_ANSWER_ERASE,    STORE_SESSION_ERASE,
		STORE_REMINDER_ERASE,  STORE_EVENT_ERASE,
		STORE_MARK_ERASE,      STORE_SUSPENSION_ERASE,
		STORE_RECIPIENT_ERASE, STORE_ONCALL_ERASE,
		STORE_ONCALL_CUT,      STORE_FINDING_CUT,
		STORE_TOUCH_ERASE,     STORE_UNANSWERED_ERASE,
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		store_put(b->s, all[i], BED_CELLS(Z("a"), Z("+441")));
	bed_reopen(b);
}

static void says(const char *got, const char *want)
{
	assert_string_equal(got, want);
}

static void everybody(struct bed *b)
{
	asked(b, 1, "a", "+441");
	asked(b, 2, "a", "+442");
	asked(b, 3, "b", "+441");
	happened(b, 1, "a", "+441");
	happened(b, 2, "a", "+442");
	happened(b, 3, "b", "+441");
	store_put(b->s, STORE_MARK_PUT,
		  BED_CELLS(Z("a"), Z("due"), Z("+441/2026-11"), I(7)));
	store_put(b->s, STORE_MARK_PUT,
		  BED_CELLS(Z("a"), Z("due"), Z("+4411"), I(8)));
	store_put(b->s, STORE_ADDRESS_PUT,
		  BED_CELLS(Z("a"), Z("sms"), Z("+441"), I(9), I(0)));
	received(b, 1, "a", "+441");
	received(b, 2, "a", "+442");
	received(b, 3, "b", "+441");
	paged(b, 1, "a", "+441", "theirs");
	paged(b, 2, "a", "+442", "call +441 back, +441!");
	paged(b, 3, "b", "+441", "call +441");
}

static const char *recipient(struct bed *b, int64_t campaign)
{
	return bed_get(b, STORE_RECIPIENT_LIST,
		       BED_CELLS(I(campaign), I(1), CELL_N, CELL_N, I(0),
				 I(9)));
}

static void leaves_nobody_else_without(void **state)
{
	struct bed *b = *state;

	everybody(b);
	erase(b);
	says(bed_get(b, STORE_SESSION_GET, BED_CELLS(Z("a"), Z("s"), I(1))),
	     "a|s|1|1||||en|completed||0|0|1|0|0|0|1|2|3|4|5||;");
	says(bed_get(b, STORE_SESSION_GET, BED_CELLS(Z("b"), Z("s"), I(3))),
	     "b|s|3|1|+441|r|{}|en|completed||0|0|1|0|0|0|1|2|3|4|5||;");
	says(bed_get(b, STORE_ANSWER_LIST, BED_CELLS(Z("a"), Z("s"), I(1))),
	     "1|q|1|1|5|5||||0|7|8;");
	says(bed_get(b, STORE_ANSWER_LIST, BED_CELLS(Z("a"), Z("s"), I(2))),
	     "2|q|1|1|5|5|slow|5 slow|[]|0|7|8;");
	says(bed_get(b, STORE_EVENT_LIST,
		     BED_CELLS(CELL_N, CELL_N, CELL_N, CELL_N, I(9))),
	     "3|b|e|t|+441|acc|{}|1|no_rule||0|0|0;"
	     "2|a|e|t|+442|acc|{}|1|no_rule||0|0|0;"
	     "1|a|e|t||||1|no_rule||0|0|0;");
	says(bed_get(b, STORE_REMINDER_LIST,
		     BED_CELLS(CELL_N, CELL_N, CELL_N, I(9))),
	     "3|b|due|e|acc|c|+441|pay|waiting|0|0|0|0|1|ok|0||;"
	     "2|a|due|e|acc|c|+442|pay|waiting|0|0|0|0|1|ok|0||;"
	     "1|a|due||||||waiting|0|0|0|0|1|ok|0||;");
	says(bed_scan(b, STORE_MARK_SCAN, BED_NONE),
	     "a|due|+4411|8;a|due|+442|2;b|due|+441|3;");
	says(bed_scan(b, STORE_SUSPENSION_SCAN, BED_NONE),
	     "a|+442|c|2|0|0;b|+441|c|3|0|0;");
	says(bed_scan(b, STORE_TOUCH_SCAN, BED_CELLS(I(9))),
	     "a|+442|m|2||;b|+441|m|3||;");
	says(bed_scan(b, STORE_UNANSWERED_SCAN, BED_NONE),
	     "2|a|+442|0;3|b|+441|0;");
	says(recipient(b, 1), "1|9|0|1||0|0|||-|-|-|-;");
	says(recipient(b, 2), "1|9|0|1||0|0|+442||-|-|-|-;");
	says(recipient(b, 3), "1|9|0|1||0|0|+441||-|-|-|-;");
	says(bed_get(b, STORE_ONCALL_LIST,
		     BED_CELLS(CELL_N, CELL_N, CELL_N, CELL_N, I(9))),
	     "3|b|+441|n|e|call +441|0|0|acked|0|1|2|;"
	     "2|a|+442|n|e|call  back, !|0|0|acked|0|1|2|;"
	     "1|a||n|e||0|0|acked|0|1|2|;");
	says(bed_get(b, STORE_FINDING_LIST,
		     BED_CELLS(CELL_N, CELL_N, CELL_N, CELL_N, CELL_N, I(9),
			       CELL_N)),
	     "3|b|u|s|q|call +441|open|9|0|call +441|k|k|1|0|;"
	     "2|a|u|s|q|call  back, !|open|9|0|call  back, !|k|k|1|0|;"
	     "1|a|u|s|q|theirs|open|9|0|theirs|k|k|1|0|;");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(leaves_nobody_else_without,
						setup, teardown),
	};
	static const char *const backends[] = { "sqlite:t.db", "memory:t" };
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		under_test = backends[i];
		failed += cmocka_run_group_tests_name(backends[i], tests, NULL,
						      NULL);
	}
	return failed;
}
