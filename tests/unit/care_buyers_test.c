/* Who comes back, and who buys again after a case: for the monthly report. It
 * is a Tuesday in November; clocks are turned by hand. */
#include "care/cases.h"
#include "care/orders_impl.h"
#include "tests/lib/measured.h"
#include "tests/unit/care_full.h"

#define NOVEMBER TUESDAY_TEN
#define DECEMBER (TUESDAY_TEN + 10 * DAY)

static const char gateway_config[] = "class transaction { consent = none }\n"
				     "class service { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n";

static const char config[] =
	"offer a { title_en = \"A\" price = 100 period = once }\n"
	"offer b { title_en = \"B\" price = 100 period = once }\n"
	"offer c { title_en = \"C\" price = 100 period = once }\n"
	"offer d { title_en = \"D\" price = 100 period = once }\n";

static const struct case_by ann = { .actor = { "user:1", 6 },
				    .name = { "ann", 3 } };

/* In the open batch. */
static void confirm(struct room *r, struct str who, const char *offer)
{
	const struct order_ask ask = { .tenant = TENANT,
				       .address = who,
				       .offer = str_of(offer) };
	const struct order *x = NULL;
	struct err err = { "" };

	if (orders_ask(care_orders(r->care), &ask, &x, &err) != 0)
		fail_msg("%s", err.text);
	order_confirm(care_orders(r->care),
		      order_at(care_orders(r->care), TENANT, x->id), 1);
}

static void settled(struct room *r)
{
	commit(r->bed);
	TURN_UNTIL(r->bed, cases_sales_idle(care_cases(r->care)));
	commit(r->bed);
}

static void buy(struct room *r, struct str who, const char *offer)
{
	confirm(r, who, offer);
	settled(r);
}

static void is(struct room *r, int64_t month, const char *name, int64_t n)
{
	int64_t found = bed_counted(r->bed, month, name);

	if (found != n)
		fail_msg("%s: %lld, not %lld", name, (long long)found,
			 (long long)n);
}

static void k45_who_comes_back_once_a_month(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, config);
	buy(&r, SHI, "a");
	buy(&r, LIN, "a");
	is(&r, NOVEMBER, "order.again", 0);
	room_again(&r);
	buy(&r, SHI, "b");
	is(&r, NOVEMBER, "order.again", 1);
	buy(&r, SHI, "c");
	room_again(&r);
	buy(&r, SHI, "d");
	is(&r, NOVEMBER, "order.again", 1);
	clock_hand_turn(&r.clock, 10 * DAY);
	buy(&r, LIN, "b");
	buy(&r, LIN, "c");
	is(&r, DECEMBER, "order.again", 1);
	room_stop(&r);
}

static void k45_not_stored_it_was_no_order(void **state)
{
	struct room r;

	room_full_open(&r, state, gateway_config, config);
	commit(r.bed);
	room_full();
	confirm(&r, SHI, "a");
	room_refused(&r);
	buy(&r, SHI, "a");
	is(&r, NOVEMBER, "order.again", 0);
	buy(&r, SHI, "b");
	is(&r, NOVEMBER, "order.again", 1);
	room_stop(&r);
}

static struct care_case *opened(struct room *r, struct str to,
				enum case_kind kind)
{
	const struct case_ask a = { .tenant = TENANT,
				    .kind = kind,
				    .to = to,
				    .channel = STR("sms"),
				    .source = STR("api") };
	struct care_case *x = NULL;
	struct case_no no;
	bool joined;

	if (cases_add(care_cases(r->care), &a, &ann, &x, &joined, &no) != 0)
		fail_msg("%s", no.err.text);
	commit(r->bed);
	return x;
}

static void closed(struct room *r, struct str to, enum case_kind kind)
{
	const struct case_deed deed = { .act = CASE_CLOSE,
					.cause = STR("staff"),
					.text = STR("Done."),
					.solved = true };
	struct case_no no;

	if (cases_do(care_cases(r->care), opened(r, to, kind), &deed, &ann,
		     &no) != 0)
		fail_msg("%s", no.err.text);
	commit(r->bed);
}

static void k47_bought_again_after_a_case(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, config);
	buy(&r, SHI, "a");
	closed(&r, SHI, CASE_COMPLAINT);
	closed(&r, SHI, CASE_QUESTION);
	closed(&r, LIN, CASE_COMPLAINT);
	IGNORE(opened(&r, SHI, CASE_SUGGESTION) == NULL);
	is(&r, NOVEMBER, "case.ended", 3);
	is(&r, NOVEMBER, "case.bought_again", 0);
	/* both of them, and each once; cases are known by the store alone */
	clock_hand_turn(&r.clock, 179 * DAY);
	room_again(&r);
	buy(&r, SHI, "b");
	is(&r, NOVEMBER, "case.bought_again", 2);
	buy(&r, SHI, "c");
	room_again(&r);
	buy(&r, SHI, "d");
	is(&r, NOVEMBER, "case.bought_again", 2);
	/* too late */
	clock_hand_turn(&r.clock, 2 * DAY);
	buy(&r, LIN, "a");
	is(&r, NOVEMBER, "case.bought_again", 2);
	room_stop(&r);
}

/* It ended between the order and the count. */
static void k47_counted_after_the_start(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, config);
	closed(&r, SHI, CASE_COMPLAINT);
	clock_hand_turn(&r.clock, DAY);
	cases_stop(care_cases(r.care));
	confirm(&r, SHI, "a");
	commit(r.bed);
	is(&r, NOVEMBER, "case.bought_again", 0);
	for (unsigned i = 0; i < 2; i++) {
		room_again(&r);
		settled(&r);
		is(&r, NOVEMBER, "case.bought_again", 1);
	}
	room_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)
		CASE(k45_who_comes_back_once_a_month),
		CASE(k45_not_stored_it_was_no_order),
		CASE(k47_bought_again_after_a_case),
		CASE(k47_counted_after_the_start),
#undef CASE
	};

	log_threshold = LOG_ERROR;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
