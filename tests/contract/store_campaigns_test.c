/* The store's tables of campaigns, the same for every back end. */
#include "tests/contract/store_bed.h"

#include "model/contact.h"

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

static void put(struct bed *b, enum store_call call, const struct cell *cells,
		unsigned n)
{
	store_put(b->s, call, cells, n);
}

static void contact(struct bed *b, uint64_t id, const char *ref)
{
	struct cell cells[CONTACT_CELLS];
	const struct contact c = { .tenant = STR("a"),
				   .id = id,
				   .ref = str_of(ref),
				   .name = STR("Ann"),
				   .lang = STR("en"),
				   .tz = STR("Europe/London"),
				   .tier = STR("vip"),
				   .branch = STR("north"),
				   .attrs = STR("{}") };

	contact_cells(&c, cells);
	put(b, STORE_CONTACT_PUT, cells, CONTACT_CELLS);
}

static void keeps_rosters(void **state)
{
	struct bed *b = *state;

	put(b, STORE_ROSTER_PUT,
	    BED_CELLS(CELL_I(1), CELL_I(2), CELL_B(STR("two"))));
	put(b, STORE_ROSTER_PUT,
	    BED_CELLS(CELL_I(1), CELL_I(1), CELL_B(STR("wrong"))));
	put(b, STORE_ROSTER_PUT,
	    BED_CELLS(CELL_I(1), CELL_I(1), CELL_B(STR("ones"))));
	put(b, STORE_ROSTER_PUT,
	    BED_CELLS(CELL_I(2), CELL_I(1), CELL_B(STR("x"))));
	put(b, STORE_ROSTER_PUT,
	    BED_CELLS(CELL_I(3), CELL_I(1), CELL_B(STR("x"))));
	put(b, STORE_ROSTER_DROP, BED_CELLS(CELL_I(3)));
	bed_reopen(b);
	assert_string_equal(bed_get(b, STORE_ROSTER_READ, BED_CELLS(CELL_I(1))),
			    "1|ones;2|two;");
	assert_string_equal(bed_get(b, STORE_ROSTER_READ, BED_CELLS(CELL_I(3))),
			    "");
}

static void keeps_quotas_and_recipients(void **state)
{
	struct bed *b = *state;

	put(b, STORE_QUOTA_PUT, BED_CELLS(CELL_Z("a"), CELL_I(7), CELL_I(3)));
	put(b, STORE_QUOTA_PUT, BED_CELLS(CELL_Z("b"), CELL_I(7), CELL_I(4)));
	put(b, STORE_QUOTA_PUT, BED_CELLS(CELL_Z("a"), CELL_I(8), CELL_I(1)));
	put(b, STORE_RECIPIENT_PUT,
	    BED_CELLS(CELL_I(1), CELL_I(1), CELL_I(1), CELL_Z("+441"),
		      CELL_I(9), CELL_I(0), CELL_I(1),
		      CELL_Z("missing_variable"), CELL_I(0), CELL_I(0),
		      CELL_Z("plan")));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_QUOTA_SCAN, BED_NONE),
			    "a|8|1;b|7|4;");
	assert_string_equal(bed_get(b, STORE_RECIPIENT_LIST,
				    BED_CELLS(CELL_I(1), CELL_I(1), CELL_N,
					      CELL_Z("missing_variable"),
					      CELL_I(0), CELL_I(9))),
			    "1|9|0|1|missing_variable|0|0|+441|plan|-|-|-|-;");
}

/* A person once, by the first address of the channel. */
static void an_audience_has_a_person_once(void **state)
{
	struct bed *b = *state;

	contact(b, 1, "r1");
	contact(b, 2, "r2");
	for (unsigned i = 0; i < 2; i++)
		put(b, STORE_ADDRESS_PUT,
		    BED_CELLS(CELL_Z("a"), CELL_Z("sms"),
			      CELL_Z(i == 0 ? "+449" : "+441"), CELL_I(1),
			      CELL_I(i)));
	bed_reopen(b);
	assert_string_equal(bed_get(b, STORE_CAMPAIGN_AUDIENCE,
				    BED_CELLS(CELL_Z("a"), CELL_I(0),
					      CELL_Z("sms"), CELL_I(9))),
			    "1|+449|r1|Ann|en|Europe/London|vip|north|{};"
			    "2|-|r2|Ann|en|Europe/London|vip|north|{};");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(keeps_rosters),
		CASE(keeps_quotas_and_recipients),
		CASE(an_audience_has_a_person_once),
	};
	static const struct {
		const char *name, *url;
	} backends[] = {
		{ "sqlite", "sqlite:t.db" },
		{ "memory", "memory:t" },
	};
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		under_test = backends[i].url;
		failed += cmocka_run_group_tests_name(backends[i].name, tests,
						      NULL, NULL);
	}
	return failed;
}
