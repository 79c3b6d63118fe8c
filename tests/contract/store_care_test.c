/* Tables of care, the same for every back end. */
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

static void put_case(struct bed *b, int64_t id, int64_t version,
		     const char *owner, int64_t replied, int64_t closed)
{
	const struct cell z = CELL_Z("");

	store_put(b->s, STORE_CASE_PUT,
		  BED_CELLS(CELL_I(id), CELL_Z("a"), CELL_I(version),
			    CELL_Z("complaint"), CELL_Z("opened"),
			    CELL_Z(owner), CELL_Z("+441"), z, z, z, z, z, z,
			    CELL_I(1), CELL_I(50), CELL_I(replied), CELL_I(1),
			    CELL_I(closed), CELL_I(0), z, z, CELL_I(0),
			    CELL_I(0), CELL_I(0)));
}

#define CASE_ROW(id, version, owner, replied, closed) \
	id "|a|" version "|complaint|opened|" owner   \
	   "|+441|||||||1|50|" replied "|1|" closed "|0|||0|0|0;"

static void keeps_cases(void **state)
{
	struct bed *b = *state;

	put_case(b, 1, 1, "ann", 0, 0);
	put_case(b, 2, 1, "bob", 0, 7);
	put_case(b, 1, 2, "bob", 0, 0);
	put_case(b, 3, 1, "bob", 9, 0);
	for (unsigned n = 1; n <= 2; n++)
		store_put(b->s, STORE_CASE_EVENT_APPEND,
			  BED_CELLS(CELL_I(1), CELL_I(n), CELL_I(5),
				    CELL_Z("user:1"), CELL_Z("ann"),
				    CELL_Z("note"), CELL_Z("{}")));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_CASE_OPEN_SCAN,
				     BED_CELLS(CELL_I(0))),
			    CASE_ROW("1", "2", "bob", "0", "0")
				    CASE_ROW("3", "1", "bob", "9", "0"));
	assert_string_equal(bed_scan(b, STORE_CASE_SCAN, BED_CELLS(CELL_I(7))),
			    CASE_ROW("2", "1", "bob", "0", "7"));
	/* late and without a reply */
	assert_string_equal(bed_get(b, STORE_CASE_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_N, CELL_N,
					      CELL_Z("bob"), CELL_N, CELL_I(0),
					      CELL_I(60), CELL_N, CELL_I(1))),
			    CASE_ROW("2", "1", "bob", "0", "7"));
	assert_string_equal(bed_get(b, STORE_CASE_EVENTS,
				    BED_CELLS(CELL_I(1), CELL_I(1), CELL_I(9))),
			    "1|2|5|user:1|ann|note|{};");
}

static void erases_who_it_was_and_what_was_said(void **state)
{
	struct bed *b = *state;
	struct cell person[] = { CELL_Z("a"), CELL_Z("+441") };

	put_case(b, 1, 1, "ann", 0, 7);
	for (int64_t id = 1; id <= 2; id++)
		store_put(b->s, STORE_CASE_EVENT_APPEND,
			  BED_CELLS(CELL_I(id), CELL_I(1), CELL_I(5),
				    CELL_Z("user:1"), CELL_Z("ann"),
				    CELL_Z("note"), CELL_Z("{}")));
	store_put(b->s, STORE_CASE_EVENT_ERASE, person, 2);
	store_put(b->s, STORE_CASE_ERASE, person, 2);
	bed_reopen(b);
	assert_string_equal(bed_get(b, STORE_CASE_GET, BED_CELLS(CELL_I(1))),
			    "1|a|1|complaint|opened|ann||||||||1|50|0|1|7|0|||"
			    "0|0|0;");
	assert_string_equal(bed_get(b, STORE_CASE_EVENTS,
				    BED_CELLS(CELL_I(1), CELL_I(0), CELL_I(9))),
			    "1|1|5|user:1|ann|note|;");
	/* nobody else's */
	assert_string_equal(bed_get(b, STORE_CASE_EVENTS,
				    BED_CELLS(CELL_I(2), CELL_I(0), CELL_I(9))),
			    "2|1|5|user:1|ann|note|{};");
}

static void keeps_who_was_paged(void **state)
{
	struct bed *b = *state;
	const struct cell any[] = { CELL_N, CELL_N, CELL_N, CELL_N, CELL_I(9) };

	for (int64_t id = 1; id <= 3; id++)
		store_put(b->s, STORE_ONCALL_PUT,
			  BED_CELLS(CELL_I(id % 3), CELL_Z("a"), CELL_Z("+441"),
				    CELL_Z("keys"), CELL_Z("e"), CELL_Z("t"),
				    CELL_I(id), CELL_I(7),
				    id == 2 ? CELL_Z("acked") : CELL_Z("paged"),
				    CELL_I(5), CELL_I(4), CELL_I(0),
				    id == 2 ? CELL_N : CELL_Z("n")));
	bed_reopen(b);
	assert_string_equal(bed_get(b, STORE_ONCALL_LIST, any, 5),
			    "2|a|+441|keys|e|t|2|7|acked|5|4|0|-;"
			    "1|a|+441|keys|e|t|1|7|paged|5|4|0|n;"
			    "0|a|+441|keys|e|t|3|7|paged|5|4|0|n;");
	assert_non_null(strstr(bed_scan(b, STORE_ONCALL_SCAN, BED_NONE),
			       "1|a|+441|keys|e|t|1|7|paged|5|4|0|n;"));
}

static void keeps_findings(void **state)
{
	struct bed *b = *state;

	for (int64_t id = 1; id <= 4; id++)
		store_put(b->s, STORE_FINDING_PUT,
			  BED_CELLS(CELL_I(MIN(id, 3)), CELL_Z("a"),
				    CELL_Z("shops"), CELL_Z("s"), CELL_Z("q"),
				    CELL_Z("t"),
				    id == 4 ? CELL_Z("answered")
					    : CELL_Z("open"),
				    CELL_I(id == 2 ? 90 : 50), CELL_I(0),
				    CELL_Z("x"), CELL_Z("ann"), CELL_Z("bo"),
				    CELL_I(4), CELL_I(id == 4 ? 9 : 0),
				    CELL_Z(id == 1 ? "n" : "")));
	bed_reopen(b);
	/* what is late */
	assert_string_equal(bed_get(b, STORE_FINDING_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_Z("open"),
					      CELL_Z("shops"), CELL_I(60),
					      CELL_N, CELL_I(9), CELL_N)),
			    "1|a|shops|s|q|t|open|50|0|x|ann|bo|4|0|n;");
	assert_string_equal(bed_get(b, STORE_FINDING_LIST,
				    BED_CELLS(CELL_N, CELL_N, CELL_N, CELL_N,
					      CELL_N, CELL_I(9), CELL_Z("n"))),
			    "1|a|shops|s|q|t|open|50|0|x|ann|bo|4|0|n;");
	assert_string_equal(bed_get(b, STORE_FINDING_LIST,
				    BED_CELLS(CELL_N, CELL_Z("answered"),
					      CELL_N, CELL_N, CELL_N, CELL_I(9),
					      CELL_N)),
			    "3|a|shops|s|q|t|answered|50|0|x|ann|bo|4|9|;");
	assert_non_null(strstr(bed_scan(b, STORE_FINDING_SCAN, BED_NONE),
			       "2|a|shops|s|q|t|open|90|0|x|ann|bo|4|0|;"));
}

/* Each once: who took part, who bought again after a case. */
static void keeps_what_was_counted(void **state)
{
	struct bed *b = *state;

	for (int64_t i = 1; i <= 4; i++) {
		store_put(b->s, STORE_TURNOUT_PUT,
			  BED_CELLS(CELL_I(MIN(i, 3)), CELL_Z("reply"),
				    CELL_I(i == 4), CELL_I(7)));
		store_put(b->s, STORE_SECOND_SALE_PUT,
			  BED_CELLS(CELL_I(MIN(i, 3)), CELL_I(i),
				    CELL_I(10 * i)));
	}
	store_put(b->s, STORE_TURNOUT_PURGE, BED_CELLS(CELL_I(2)));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_TURNOUT_SCAN,
				     BED_CELLS(CELL_I(1))),
			    "2|reply|0|7;3|reply|1|7;");
	/* the first order stands */
	assert_string_equal(bed_scan(b, STORE_SECOND_SALE_SCAN,
				     BED_CELLS(CELL_I(20))),
			    "2|2|20;3|3|30;");
}

static void keeps_triggers(void **state)
{
	struct bed *b = *state;

	for (int64_t i = 1; i <= 4; i++)
		store_put(b->s, STORE_TRIGGER_PUT,
			  BED_CELLS(i == 4 ? CELL_Z("b") : CELL_Z("a"),
				    i == 1 ? CELL_Z("x") : CELL_Z("y"),
				    i == 3 ? CELL_Z("{2}") : CELL_Z("{1}"),
				    CELL_Z("ann"), CELL_I(i)));
	store_put(b->s, STORE_TRIGGER_DROP,
		  BED_CELLS(CELL_Z("b"), CELL_Z("x")));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_TRIGGER_SCAN, BED_NONE),
			    "a|x|{1}|ann|1;a|y|{2}|ann|3;b|y|{1}|ann|4;");
	store_put(b->s, STORE_TRIGGER_DROP,
		  BED_CELLS(CELL_Z("a"), CELL_Z("y")));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_TRIGGER_SCAN, BED_NONE),
			    "a|x|{1}|ann|1;b|y|{1}|ann|4;");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keeps_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_findings, setup,
						teardown),
		cmocka_unit_test_setup_teardown(keeps_what_was_counted, setup,
						teardown),
		cmocka_unit_test_setup_teardown(keeps_triggers, setup,
						teardown),
		cmocka_unit_test_setup_teardown(keeps_who_was_paged, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			erases_who_it_was_and_what_was_said, setup, teardown),
	};
	static const char *const backends[] = { "sqlite:t.db", "memory:t" };
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		under_test = backends[i];
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
