/* Figures that other systems count: told by events, the latest counts. Their
 * clock is turned by hand: it is a Tuesday in November. */
#include "model/figure.h"
#include "reports/kpi.h"
#include "tests/lib/measured.h"
#include "tests/unit/care_full.h"

static const char gateway_config[] = "class notice { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n";

#define NOVEMBER TUESDAY_TEN
#define OCTOBER (TUESDAY_TEN - 30 * DAY)

/* In the open batch. */
static struct taken take(struct room *r, const char *id, const char *data)
{
	const struct occurrence x = { .id = str_of(id),
				      .type = STR("figure.reported") };

	return room_take(r, &x, data);
}

static void tell(struct room *r, const char *data)
{
	static unsigned number;
	char id[16];

	snprintf(id, sizeof(id), "f%u", number++);
	struct taken t = take(r, id, data);

	if (t.state != TAKEN_MATCHED)
		fail_msg("%s: %s", data, t.reason);
	commit(r->bed);
}

/* n of them, of so many. */
static void is(struct room *r, int64_t month, const char *name,
	       const char *detail, int64_t n, int64_t of)
{
	struct measured m = bed_measured(r->bed, month, name, detail);

	if (m.sum != n || m.n != of)
		fail_msg("%s: %lld of %lld", name, (long long)m.sum,
			 (long long)m.n);
}

static void k55_the_latest_of_a_month_counts(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, "");
	tell(&r, "{\"figure\":\"K-55.standard\",\"n\":420,\"of\":1000}");
	is(&r, NOVEMBER, "figure.K-55.standard", NULL, 420, 1000);
	/* columns of a sheet are texts */
	tell(&r, "{\"figure\":\"K-55.standard\",\"n\":\"400\","
		 "\"of\":\" 900 \",\"month\":\"2026-11\"}");
	is(&r, NOVEMBER, "figure.K-55.standard", NULL, 400, 900);
	tell(&r, "{\"figure\":\"K-55.standard\",\"n\":10,\"of\":20,"
		 "\"month\":\"2026-10\"}");
	is(&r, OCTOBER, "figure.K-55.standard", NULL, 10, 20);
	/* another part is another report */
	tell(&r, "{\"figure\":\"K-55.standard\",\"n\":1,\"of\":2,"
		 "\"branch\":\"north\"}");
	is(&r, NOVEMBER, "figure.K-55.standard", NULL, 401, 902);
	room_again(&r);
	/* as it was: nothing is added */
	tell(&r, "{\"figure\":\"K-55.standard\",\"n\":1,\"of\":2,"
		 "\"branch\":\"north\"}");
	tell(&r, "{\"figure\":\"K-55.standard\",\"n\":0,\"of\":0}");
	is(&r, NOVEMBER, "figure.K-55.standard", NULL, 1, 2);
	is(&r, OCTOBER, "figure.K-55.standard", NULL, 10, 20);
	room_stop(&r);
}

static void k46_reasons_are_told_apart(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, "");
	tell(&r, "{\"figure\":\"K-46.cause\",\"item\":\"价格\",\"n\":15}");
	tell(&r, "{\"figure\":\"K-46.cause\",\"item\":\"moved\",\"n\":5,"
		 "\"of\":20,\"department\":\"life\",\"channel\":\"shop\"}");
	is(&r, NOVEMBER, "figure.K-46.cause", "价格", 15, 15);
	is(&r, NOVEMBER, "figure.K-46.cause", "moved", 5, 20);
	room_stop(&r);
}

/* Every one of them can be told, and the report has it. */
static void each_is_taken(void **state)
{
	const struct figure *f;
	struct room r;
	char data[128], name[64];

	room_open(&r, state, gateway_config, "");
	for (size_t i = 0; (f = figure_at(i)) != NULL; i++) {
		snprintf(data, sizeof(data),
			 "{\"figure\":\"%s\",\"n\":3,\"of\":4%s}", f->id,
			 f->split ? ",\"item\":\"x\"" : "");
		tell(&r, data);
		snprintf(name, sizeof(name), "figure.%s", f->id);
		is(&r, NOVEMBER, name, f->split ? "x" : "", 3, 4);
		assert_true(kpi_find(str_of(f->id)) >= 0);
	}
	room_stop(&r);
}

static void an_id_is_taken_once(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, "");
	for (unsigned i = 0; i < 2; i++) {
		static const char *const data[] = {
			"{\"figure\":\"K-64\",\"n\":2,\"of\":50}",
			"{\"figure\":\"K-64\",\"n\":9,\"of\":50}",
		};
		struct taken t = take(&r, "same", data[i]);

		assert_int_equal(t.state, TAKEN_MATCHED);
		assert_int_equal(t.repeated, i > 0);
		is(&r, NOVEMBER, "figure.K-64", NULL, 2, 50);
		room_again(&r);
	}
	room_stop(&r);
}

static const struct {
	const char *data, *reason;
} unread[] = {
	{ "{}", "UNKNOWN_FIGURE" },
	{ "{\"figure\":\"K-40\",\"n\":1,\"of\":2}", "UNKNOWN_FIGURE" },
	{ "{\"figure\":[],\"n\":1,\"of\":2}", "UNKNOWN_FIGURE" },
	{ "{\"figure\":\"K-64\"}", "COUNT_UNCLEAR" },
	{ "{\"figure\":\"K-64\",\"n\":1}", "COUNT_UNCLEAR" },
	{ "{\"figure\":\"K-64\",\"n\":3,\"of\":2}", "COUNT_UNCLEAR" },
	{ "{\"figure\":\"K-64\",\"n\":-1,\"of\":2}", "COUNT_UNCLEAR" },
	{ "{\"figure\":\"K-64\",\"n\":1.5,\"of\":2}", "COUNT_UNCLEAR" },
	{ "{\"figure\":\"K-64\",\"n\":1,\"of\":1e30}", "COUNT_UNCLEAR" },
	{ "{\"figure\":\"K-64\",\"n\":1,\"of\":2,\"month\":\"2026-12\"}",
	  "WRONG_MONTH" },
	{ "{\"figure\":\"K-64\",\"n\":1,\"of\":2,\"month\":\"2026-13\"}",
	  "WRONG_MONTH" },
	{ "{\"figure\":\"K-64\",\"n\":1,\"of\":2,\"month\":\"2026-00\"}",
	  "WRONG_MONTH" },
	{ "{\"figure\":\"K-64\",\"n\":1,\"of\":2,\"month\":\"11/2026\"}",
	  "WRONG_MONTH" },
	{ "{\"figure\":\"K-64\",\"n\":1,\"of\":2,\"month\":202611}",
	  "WRONG_MONTH" },
	{ "{\"figure\":\"K-64\",\"n\":1,\"of\":2,\"branch\":\"a\\nb\"}",
	  "PARTS_UNCLEAR" },
	{ "{\"figure\":\"K-46.cause\",\"n\":1}", "PARTS_UNCLEAR" },
	{ "{\"figure\":\"K-46.cause\",\"item\":\"x\",\"n\":1,\"of\":\"\"}",
	  "COUNT_UNCLEAR" },
	{ "{\"figure\":\"K-46\",\"n\":1,\"of\":2,\"item\":\"x\"}",
	  "PARTS_UNCLEAR" },
};

static void what_is_unclear_says_why(void **state)
{
	struct room r;
	char id[8];

	room_open(&r, state, gateway_config, "");
	for (unsigned i = 0; i < ARRAY_LEN(unread); i++) {
		snprintf(id, sizeof(id), "u%u", i);
		struct taken t = take(&r, id, unread[i].data);

		if (t.state != TAKEN_PASSED ||
		    strcmp(t.reason, unread[i].reason) != 0)
			fail_msg("%s: %s", unread[i].data, t.reason);
	}
	is(&r, NOVEMBER, "figure.K-64", NULL, 0, 0);
	/* the reason outlives the process */
	room_again(&r);
	assert_string_equal(take(&r, "u5", "{}").reason, "COUNT_UNCLEAR");
	room_stop(&r);
}

static void there_is_a_limit(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, "");
	struct events_cfg *cfg =
		settings_find(&r.settings, "events", NULL)->value;

	cfg->figures_max = 2;
	tell(&r, "{\"figure\":\"K-61.false\",\"n\":3,\"of\":12}");
	room_again(&r);
	cfg = settings_find(&r.settings, "events", NULL)->value;
	cfg->figures_max = 2;
	tell(&r, "{\"figure\":\"K-61.missed\",\"n\":1,\"of\":10}");
	assert_string_equal(take(&r, "more",
				 "{\"figure\":\"K-64\",\"n\":1,\"of\":2}")
				    .reason,
			    "FIGURES_FULL");
	/* what is there may change */
	tell(&r, "{\"figure\":\"K-61.false\",\"n\":4,\"of\":12}");
	is(&r, NOVEMBER, "figure.K-61.false", NULL, 4, 12);
	room_stop(&r);
}

static void not_stored_it_was_never_told(void **state)
{
	struct room r;

	room_full_open(&r, state, gateway_config, "");
	tell(&r, "{\"figure\":\"K-64\",\"n\":1,\"of\":10}");
	room_full();
	IGNORE(take(&r, "n1", "{\"figure\":\"K-64\",\"n\":5,\"of\":20}").seq ==
	       0);
	room_refused(&r);
	is(&r, NOVEMBER, "figure.K-64", NULL, 1, 10);
	tell(&r, "{\"figure\":\"K-64\",\"n\":2,\"of\":30}");
	is(&r, NOVEMBER, "figure.K-64", NULL, 2, 30);
	room_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(k55_the_latest_of_a_month_counts),
		CASE(k46_reasons_are_told_apart),
		CASE(each_is_taken),
		CASE(an_id_is_taken_once),
		CASE(what_is_unclear_says_why),
		CASE(there_is_a_limit),
		CASE(not_stored_it_was_never_told),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
