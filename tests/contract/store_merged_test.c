/* What is kept of contacts that were merged or erased, the same for every back
 * end. */
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

static void member(struct bed *b, uint64_t list, uint64_t contact_id)
{
	store_put(b->s, STORE_MEMBER_PUT,
		  BED_CELLS(CELL_Z("a"), CELL_I(list), CELL_I(contact_id),
			    CELL_I(5)));
}

static void alias(struct bed *b, uint64_t old, const char *ref, uint64_t id)
{
	store_put(b->s, STORE_ALIAS_PUT,
		  BED_CELLS(CELL_Z("a"), CELL_I(old), CELL_Z(ref), CELL_I(id)));
}

/* Who was merged is found by old id and ref; of the erased there is a hash. */
static void remembers_the_merged_and_the_erased(void **state)
{
	struct bed *b = *state;

	alias(b, 1, "r1", 3);
	alias(b, 2, "r2", 3);
	alias(b, 5, "r5", 6);
	alias(b, 5, "r5", 7);
	store_put(b->s, STORE_ERASED_PUT,
		  BED_CELLS(CELL_B(STR("h1")), CELL_I(9)));
	store_put(b->s, STORE_ERASED_PUT,
		  BED_CELLS(CELL_B(STR("h1")), CELL_I(10)));
	store_put(b->s, STORE_ERASED_PUT,
		  BED_CELLS(CELL_B(STR("h2")), CELL_I(9)));
	member(b, 8, 3);
	member(b, 4, 3);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_ALIAS_GET,
				    BED_CELLS(CELL_Z("a"), CELL_I(2))),
			    "3;");
	assert_string_equal(bed_get(b, STORE_ALIAS_OF,
				    BED_CELLS(CELL_Z("a"), CELL_I(3))),
			    "1|r1;2|r2;");
	assert_string_equal(bed_scan(b, STORE_ALIAS_SCAN, NULL, 0),
			    "a|r1|3;a|r2|3;a|r5|7;");
	assert_string_equal(bed_scan(b, STORE_ERASED_SCAN, NULL, 0),
			    "h1|10;h2|9;");
	assert_string_equal(bed_get(b, STORE_MEMBER_LISTS,
				    BED_CELLS(CELL_Z("a"), CELL_I(3))),
			    "4|5;8|5;");
	store_put(b->s, STORE_ALIAS_DROP, BED_CELLS(CELL_Z("a"), CELL_I(3)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_scan(b, STORE_ALIAS_SCAN, NULL, 0), "a|r5|7;");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			remembers_the_merged_and_the_erased, setup, teardown),
	};
	static const char *const backends[] = { "sqlite:t.db", "memory:t" };
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		under_test = backends[i];
		failed += cmocka_run_group_tests(tests, NULL, NULL);
	}
	return failed;
}
