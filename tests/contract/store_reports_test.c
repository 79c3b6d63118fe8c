/* What reports and the purge keep in the store, the same for every back end. */
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

static void put(struct bed *b, enum store_call call, const struct cell *cells,
		unsigned n)
{
	store_put(b->s, call, cells, n);
}

static void measure(struct bed *b, const char *day, const char *branch,
		    const char *department, int64_t n, int64_t sum)
{
	put(b, STORE_MEASURE_ADD,
	    BED_CELLS(CELL_Z("a"), CELL_Z(day), CELL_Z("survey.csat"),
		      CELL_Z(branch), CELL_Z(department), CELL_Z("vip"),
		      CELL_Z(""), CELL_Z("survey"), CELL_Z("q"), CELL_I(n),
		      CELL_I(sum)));
}

static const char *whole(struct bed *b, const char *tenant, const char *month)
{
	return bed_get(b, STORE_MEASURE_LIST,
		       BED_CELLS(CELL_Z(tenant), CELL_Z(month)));
}

static const char *parts(struct bed *b, struct cell tenant, const char *scope)
{
	return bed_get(b, STORE_MEASURE_PARTS,
		       BED_CELLS(tenant, CELL_Z(scope), CELL_Z("2026-09"),
				 CELL_Z("2026-11")));
}

/* In one batch, and over several: by the whole key, and by each thing alone,
 * of all, of each branch and of each department. */
static void adds_up_measures(void **state)
{
	struct bed *b = *state;

	measure(b, "2026-10-03", "south", "care", 1, 5);
	measure(b, "2026-10-03", "north", "care", 2, 9);
	measure(b, "2026-10-31", "south", "sales", 3, 10);
	assert_int_equal(bed_commit(b), 0);
	measure(b, "2026-10-31", "south", "care", -1, -5);
	measure(b, "2026-10-31", "", "care", 4, 4);
	measure(b, "2026-11-01", "south", "care", 7, 7);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(whole(b, "a", "2026-10"),
			    "survey.csat||care|vip||survey|q|4|4;"
			    "survey.csat|north|care|vip||survey|q|2|9;"
			    "survey.csat|south|care|vip||survey|q|0|0;"
			    "survey.csat|south|sales|vip||survey|q|3|10;");
	assert_string_equal(whole(b, "b", "2026-10"), "");
	assert_string_equal(bed_get(b, STORE_MEASURE_OF,
				    BED_CELLS(CELL_Z("a"), CELL_Z("2026-10"),
					      CELL_Z("survey.csat"))),
			    "|vip|q|4|4;north|vip|q|2|9;south|vip|q|0|0;"
			    "south|vip|q|3|10;");
	assert_string_equal(parts(b, CELL_N, ""),
			    "2026-10|survey.csat|1||survey|q|4|4;"
			    "2026-10|survey.csat|1|north|survey|q|2|9;"
			    "2026-10|survey.csat|1|south|survey|q|3|10;"
			    "2026-10|survey.csat|2|care|survey|q|6|13;"
			    "2026-10|survey.csat|2|sales|survey|q|3|10;"
			    "2026-10|survey.csat|3|vip|survey|q|9|23;"
			    "2026-10|survey.csat|4||survey|q|9|23;"
			    "2026-10|survey.csat|5|2026-10-03|||3|14;"
			    "2026-10|survey.csat|5|2026-10-31|||6|9;");
	assert_string_equal(parts(b, CELL_Z("a"), "south"),
			    "2026-10|survey.csat|1|south|survey|q|3|10;"
			    "2026-10|survey.csat|2|care|survey|q|0|0;"
			    "2026-10|survey.csat|2|sales|survey|q|3|10;"
			    "2026-10|survey.csat|3|vip|survey|q|3|10;"
			    "2026-10|survey.csat|4||survey|q|3|10;"
			    "2026-10|survey.csat|5|2026-10-03|||1|5;"
			    "2026-10|survey.csat|5|2026-10-31|||2|5;");
	/* of a department there is no part by department */
	assert_string_equal(parts(b, CELL_N,
				  "\x1f"
				  "care"),
			    "2026-10|survey.csat|1||survey|q|4|4;"
			    "2026-10|survey.csat|1|north|survey|q|2|9;"
			    "2026-10|survey.csat|1|south|survey|q|0|0;"
			    "2026-10|survey.csat|3|vip|survey|q|6|13;"
			    "2026-10|survey.csat|4||survey|q|6|13;"
			    "2026-10|survey.csat|5|2026-10-03|||3|14;"
			    "2026-10|survey.csat|5|2026-10-31|||3|-1;");
	assert_string_equal(parts(b, CELL_N,
				  "north\x1f"
				  "care"),
			    "2026-10|survey.csat|1|north|survey|q|2|9;"
			    "2026-10|survey.csat|3|vip|survey|q|2|9;"
			    "2026-10|survey.csat|4||survey|q|2|9;"
			    "2026-10|survey.csat|5|2026-10-03|||2|9;");
	assert_string_equal(parts(b, CELL_Z("b"), ""), "");
	assert_string_equal(bed_get(b, STORE_MEASURE_PART_OF,
				    BED_CELLS(CELL_Z("a"), CELL_Z("south"),
					      CELL_Z("2026-11"),
					      CELL_Z("survey.csat"))),
			    "1|south|survey|q|7|7;2|care|survey|q|7|7;"
			    "3|vip|survey|q|7|7;4||survey|q|7|7;"
			    "5|2026-11-01|||7|7;");
}

/* What is said late of a message counts where the message did, also after a
 * start: ids are times, and these are of the first moments of 2020. */
static void counts_messages_for_reports(void **state)
{
	struct bed *b = *state;

	bed_message(b, 1, "a", "otp", "+441");
	bed_event(b, 1, EVENT_STATE, MESSAGE_EXPIRED, "", "");
	bed_message(b, 2, "a", "otp", "+441");
	bed_event(b, 2, EVENT_STATE, MESSAGE_SUPPRESSED, "", "no_consent");
	bed_message(b, 3, "a", "otp", "+441");
	bed_event(b, 3, EVENT_STATE, MESSAGE_QUEUED, "", "");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MEASURE_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_Z("2020-01"))),
			    "message.all||||sms|otp||3|0;"
			    "message.expired||||sms|otp||1|0;"
			    "message.suppressed||||sms|otp|no_consent|1|0;");
	bed_reopen(b);
	bed_event(b, 1, EVENT_RECEIPT, MESSAGE_DELIVERED, "", "");
	bed_message(b, 4, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MEASURE_LIST,
				    BED_CELLS(CELL_N, CELL_Z("2020-01"))),
			    "message.all||||sms|otp||4|0;"
			    "message.delivered||||sms|otp||1|0;"
			    "message.expired||||sms|otp||0|0;"
			    "message.suppressed||||sms|otp|no_consent|1|0;"
			    "message.took||||sms|otp|50|1|0;");
	assert_string_equal(
		bed_get(b, STORE_MEASURE_PARTS,
			BED_CELLS(CELL_Z("a"), CELL_Z(""), CELL_Z("2019-12"),
				  CELL_Z("2020-02"))),
		"2020-01|message.all|1||otp||4|0;"
		"2020-01|message.all|2||otp||4|0;"
		"2020-01|message.all|3||otp||4|0;"
		"2020-01|message.all|4|sms|otp||4|0;"
		"2020-01|message.all|5|2020-01-01|||4|0;"
		"2020-01|message.delivered|1||otp||1|0;"
		"2020-01|message.delivered|2||otp||1|0;"
		"2020-01|message.delivered|3||otp||1|0;"
		"2020-01|message.delivered|4|sms|otp||1|0;"
		"2020-01|message.delivered|5|2020-01-01|||1|0;"
		"2020-01|message.expired|1||otp||0|0;"
		"2020-01|message.expired|2||otp||0|0;"
		"2020-01|message.expired|3||otp||0|0;"
		"2020-01|message.expired|4|sms|otp||0|0;"
		"2020-01|message.expired|5|2020-01-01|||0|0;"
		"2020-01|message.suppressed|1||otp|no_consent|1|0;"
		"2020-01|message.suppressed|2||otp|no_consent|1|0;"
		"2020-01|message.suppressed|3||otp|no_consent|1|0;"
		"2020-01|message.suppressed|4|sms|otp|no_consent|1|0;"
		"2020-01|message.suppressed|5|2020-01-01|||1|0;"
		"2020-01|message.took|1||otp|50|1|0;"
		"2020-01|message.took|2||otp|50|1|0;"
		"2020-01|message.took|3||otp|50|1|0;"
		"2020-01|message.took|4|sms|otp|50|1|0;"
		"2020-01|message.took|5|2020-01-01|||1|0;");
}

/* A record that is put back without its body, and what waits for that. */
static void purges_bodies(void **state)
{
	struct bed *b = *state;

	bed_message(b, 5, "a", "otp", "+441");
	bed_event(b, 5, EVENT_STATE, MESSAGE_EXPIRED, "", "");
	bed_message(b, 6, "a", "otp", "+441");
	bed_inbound(b, 7, "a", "+441");
	for (unsigned id = 5; id <= 6; id++)
		put(b, STORE_PURGE_WAIT_PUT,
		    BED_CELLS(CELL_I(id), CELL_I(100 * id)));
	assert_int_equal(bed_commit(b), 0);
	b->raw = true;
	(void)bed_get(b, STORE_PURGE_DUE, BED_CELLS(CELL_I(599), CELL_I(9)));
	assert_true(str_starts(buf_str(&b->shown), STR("5|10|otp|")));
	(void)bed_get(b, STORE_PURGE_WALK,
		      BED_CELLS(CELL_I(5), CELL_I(7), CELL_I(9)));
	assert_true(str_starts(buf_str(&b->shown), STR("6|0|otp|")));
	put(b, STORE_BODY_PURGE, BED_CELLS(CELL_I(5), CELL_B(STR("less"))));
	put(b, STORE_INBOUND_PURGE, BED_CELLS(CELL_I(7), CELL_B(STR("few"))));
	put(b, STORE_BODY_HASH_PUT, BED_CELLS(CELL_I(5), CELL_B(STR("hash"))));
	put(b, STORE_BODY_HASH_PUT, BED_CELLS(CELL_I(5), CELL_B(STR("two"))));
	put(b, STORE_PURGE_WAIT_DROP, BED_CELLS(CELL_I(6)));
	put(b, STORE_SCRUB, BED_NONE);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_PURGE_DUE,
				    BED_CELLS(CELL_I(999), CELL_I(9))),
			    "5|10|otp|less;");
	assert_string_equal(bed_get(b, STORE_BODY_HASH_GET,
				    BED_CELLS(CELL_I(5))),
			    "hash;");
	b->records = 0;
	assert_string_equal(bed_get(b, STORE_PURGE_WALK_INBOUND,
				    BED_CELLS(CELL_I(0), CELL_I(9), CELL_I(9))),
			    "7|few;");
}

static void session(struct bed *b, uint64_t id)
{
	put(b, STORE_SESSION_PUT,
	    BED_CELLS(CELL_Z("a"), CELL_Z("s"), CELL_I(id), CELL_I(1),
		      CELL_Z("+441"), CELL_Z("r"), CELL_Z("{}"), CELL_Z("en"),
		      CELL_Z("completed"), CELL_Z(""), CELL_I(0), CELL_I(0),
		      CELL_I(1), CELL_I(0), CELL_I(0), CELL_I(0), CELL_I(1),
		      CELL_I(2), CELL_I(3), CELL_I(4), CELL_I(5), CELL_Z(""),
		      CELL_Z("")));
	put(b, STORE_ANSWER_PUT,
	    BED_CELLS(CELL_Z("a"), CELL_Z("s"), CELL_I(id), CELL_Z("q"),
		      CELL_I(1), CELL_I(1), CELL_Z("5"), CELL_I(5),
		      CELL_Z("slow"), CELL_Z("5 slow"), CELL_Z("[]"), CELL_I(0),
		      CELL_I(7), CELL_I(8)));
}

static void happened(struct bed *b, uint64_t seq)
{
	put(b, STORE_EVENT_PUT,
	    BED_CELLS(CELL_I(seq), CELL_Z("a"), CELL_Z("e"), CELL_Z("t"),
		      CELL_Z("+441"), CELL_Z(""), CELL_Z("{}"), CELL_I(1),
		      CELL_Z("no_rule"), CELL_Z(""), CELL_I(0), CELL_I(0),
		      CELL_I(0)));
}

/* Whom and in what words goes; what was answered, and the rest, stays. */
static void forgets_what_is_old(void **state)
{
	struct bed *b = *state;

	session(b, 1);
	session(b, 2);
	for (uint64_t seq = 1; seq <= 4; seq++)
		happened(b, seq);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_EVENT_OLD,
				    BED_CELLS(CELL_I(4), CELL_I(2))),
			    "1;2;");
	put(b, STORE_EVENT_PURGE, BED_CELLS(CELL_I(2)));
	put(b, STORE_SESSION_FORGET,
	    BED_CELLS(CELL_Z("a"), CELL_Z("s"), CELL_I(1)));
	put(b, STORE_ANSWERS_FORGET,
	    BED_CELLS(CELL_Z("a"), CELL_Z("s"), CELL_I(1)));
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_EVENT_OLD,
				    BED_CELLS(CELL_I(9), CELL_I(9))),
			    "3;4;");
	assert_string_equal(bed_get(b, STORE_ANSWER_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_Z("s"),
					      CELL_I(1))),
			    "1|q|1|1|5|5||||0|7|8;");
	assert_string_equal(bed_get(b, STORE_ANSWER_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_Z("s"),
					      CELL_I(2))),
			    "2|q|1|1|5|5|slow|5 slow|[]|0|7|8;");
	assert_string_equal(
		bed_get(b, STORE_SESSION_GET,
			BED_CELLS(CELL_Z("a"), CELL_Z("s"), CELL_I(1))),
		"a|s|1|1||||en|completed||0|0|1|0|0|0|1|2|3|4|5||;");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(adds_up_measures),
		CASE(forgets_what_is_old),
		CASE(counts_messages_for_reports),
		CASE(purges_bodies),
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
