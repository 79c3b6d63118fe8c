/* Call-backs, their links, orders, and alerts in the store: the same for every back
 * end. */
#include "tests/contract/store_bed.h"

#include "care/callback.h"

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

static void put_callback(struct bed *b, uint64_t id, char *address,
			 enum callback_state s)
{
	struct cell cells[CALLBACK_CELLS];
	struct callback x = { .id = id,
			      .tenant = (char[]){ "a" },
			      .address = address,
			      .queue = (char[]){ "q" },
			      .skill = (char[]){ "" },
			      .ref = (char[]){ "r" },
			      .note = (char[]){ "n" },
			      .source = CALLBACK_BY_LINK,
			      .created_ms = 7,
			      .now = { .state = s,
				       .tier = "vip",
				       .agent = "ann",
				       .tries = 2,
				       .since_ms = 9 } };

	callback_cells(&x, cells);
	store_put(b->s, STORE_CALLBACK_PUT, cells, ARRAY_LEN(cells));
}

#define ROW(id, address, state, closed)                \
	id "|a|" address "|q||link|r|n|vip|0|0|" state \
	   "||ann|2|0|0|0|0|9|0|7|" closed ";"
#define ONE ROW("1", "+441", "queued", "0")
#define TWO ROW("2", "+442", "open", "0")
#define DONE ROW("1", "+441", "resolved", "9")

static void keeps_callbacks(void **state)
{
	struct bed *b = *state;
	const struct cell any[] = { CELL_N, CELL_N, CELL_N, CELL_N, CELL_I(9) };

	put_callback(b, 1, (char[]){ "+441" }, CALLBACK_QUEUED);
	put_callback(b, 2, (char[]){ "+442" }, CALLBACK_OPEN);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_CALLBACK_LIST, any, 5), TWO ONE);
	assert_string_equal(bed_get(b, STORE_CALLBACK_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_Z("queued"),
					      CELL_N, CELL_N, CELL_I(9))),
			    ONE);
	assert_string_equal(bed_get(b, STORE_CALLBACK_LIST,
				    BED_CELLS(CELL_N, CELL_N, CELL_Z("+442"),
					      CELL_N, CELL_I(9))),
			    TWO);
	assert_string_equal(bed_get(b, STORE_CALLBACK_LIST,
				    BED_CELLS(CELL_N, CELL_N, CELL_N, CELL_I(2),
					      CELL_I(9))),
			    ONE);
	put_callback(b, 1, (char[]){ "+441" }, CALLBACK_RESOLVED);
	bed_reopen(b);
	assert_string_equal(bed_get(b, STORE_CALLBACK_GET,
				    BED_CELLS(CELL_I(1))),
			    DONE);
	assert_non_null(
		strstr(bed_scan(b, STORE_CALLBACK_SCAN, BED_NONE), TWO));
}

static void keeps_links(void **state)
{
	struct bed *b = *state;

	store_put(b->s, STORE_CALLBACK_LINK_PUT,
		  BED_CELLS(CELL_I(1), CELL_Z("a"), CELL_Z("+441"), CELL_Z("q"),
			    CELL_I(50), CELL_I(0)));
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_CALLBACK_LINK_SCAN,
				     BED_CELLS(CELL_I(49))),
			    "1|a|+441|q|50|0;");
	assert_string_equal(bed_scan(b, STORE_CALLBACK_LINK_SCAN,
				     BED_CELLS(CELL_I(50))),
			    "");
}

#define ERASED "1|a||q||link|||vip|0|0|resolved||ann|2|0|0|0|0|9|0|7|9;"

static void erases_who_was_called(void **state)
{
	struct bed *b = *state;
	struct cell person[] = { CELL_Z("a"), CELL_Z("+441") };

	put_callback(b, 1, (char[]){ "+441" }, CALLBACK_RESOLVED);
	put_callback(b, 2, (char[]){ "+442" }, CALLBACK_OPEN);
	for (int64_t id = 1; id <= 2; id++)
		store_put(b->s, STORE_CALLBACK_LINK_PUT,
			  BED_CELLS(CELL_I(id), CELL_Z("a"),
				    id == 1 ? CELL_Z("+441") : CELL_Z("+442"),
				    CELL_Z("q"), CELL_I(50), CELL_I(0)));
	store_put(b->s, STORE_CALLBACK_ERASE, person, 2);
	store_put(b->s, STORE_CALLBACK_LINK_DROP, person, 2);
	bed_reopen(b);
	assert_string_equal(bed_get(b, STORE_CALLBACK_GET,
				    BED_CELLS(CELL_I(1))),
			    ERASED);
	assert_string_equal(bed_get(b, STORE_CALLBACK_GET,
				    BED_CELLS(CELL_I(2))),
			    TWO);
	assert_string_equal(bed_scan(b, STORE_CALLBACK_LINK_SCAN,
				     BED_CELLS(CELL_I(0))),
			    "2|a|+442|q|50|0;");
}

static void alert(struct bed *b, uint64_t id, const char *address, bool armed)
{
	store_put(b->s, STORE_ALERT_PUT,
		  BED_CELLS(CELL_I(id), CELL_Z("a"), CELL_Z(address),
			    CELL_Z("price"), CELL_Z("600519"), CELL_I(1),
			    CELL_I(1800500), CELL_I(0), CELL_I(0),
			    CELL_Z("sms"), CELL_I(7), CELL_I(armed),
			    CELL_I(armed ? 0 : 8),
			    CELL_I(armed ? 0 : 1801000)));
}

#define FIRED "600519|1|1800500|0|0|sms|7|0|8|1801000;"
#define ARMED "600519|1|1800500|0|0|sms|7|1|0|0;"

/* Of an alert only what became of it changes; an event on its way is of one
 * trigger, and where it stands. */
static void keeps_alerts(void **state)
{
	struct bed *b = *state;

	alert(b, 1, "+1", true);
	alert(b, 2, "+2", true);
	alert(b, 3, "+3", true);
	alert(b, 1, "+1", false);
	store_put(b->s, STORE_ALERT_DROP, BED_CELLS(CELL_I(2)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_scan(b, STORE_ALERT_SCAN, NULL, 0),
			    "1|a|+1|price|" FIRED "3|a|+3|price|" ARMED);
	store_put(b->s, STORE_ALERT_ERASE,
		  BED_CELLS(CELL_Z("b"), CELL_Z("+3")));
	store_put(b->s, STORE_ALERT_ERASE,
		  BED_CELLS(CELL_Z("a"), CELL_Z("+1")));
	for (int after = 0; after < 2; after++)
		for (int i = 0; i < 2; i++)
			store_put(b->s, STORE_ALERT_FAN_PUT,
				  BED_CELLS(CELL_I(9),
					    CELL_Z(i == 0 ? "p" : "q"),
					    CELL_Z("a"), CELL_Z("e1"),
					    CELL_Z("600519"), CELL_Z("zh"),
					    CELL_Z("{}"), CELL_I(5),
					    CELL_I(after)));
	store_put(b->s, STORE_ALERT_FAN_DROP,
		  BED_CELLS(CELL_I(9), CELL_Z("p")));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_scan(b, STORE_ALERT_SCAN, NULL, 0),
			    "3|a|+3|price|" ARMED);
	assert_string_equal(bed_scan(b, STORE_ALERT_FAN_SCAN, NULL, 0),
			    "9|q|a|e1|600519|zh|{}|5|1;");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(keeps_callbacks),
		CASE(keeps_links),
		CASE(erases_who_was_called),
		CASE(keeps_alerts),
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
