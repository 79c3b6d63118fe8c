/* 3-74: alerts that customers set themselves: by a message or for them, each
 * fires once a crossing, whatever is repeated or killed. */
#include "campaigns/alerts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/eventdesk.h"

static const char gateway_config[] = "class ring { consent = none }\n"
				     "fake good { receipt_after = 1ms }\n"
				     "route rest { pool = {\"good\"} }\n";

#define CONFIG(more)                                                                 \
	"events { alerts_each = 3 alerts_max = 8 alerts_batch = 2\n" more            \
	"  alert_help_en = \"Write TX\" alert_none_en = \"None\"\n"                  \
	"  alert_list_en = \"Yours:\" alert_full_en = \"Full\" }\n"                  \
	"trigger price { event = price.limit class = ring alert_value = px\n"        \
	"  alert_subject = sym alert_words = {\"TX\", \"提醒\"} valid_for = 30s\n" \
	"  text_en = \"{{sym}} is {{px}}, your limit {{lim}}\" }\n"                  \
	"trigger meter { event = meter.high_use class = ring\n"                      \
	"  alert_value = kwh text_en = \"Used {{px}}, limit {{lim}}\" }\n"           \
	"surveys {}\ncases {}\ncallbacks {}\norders {}\n"

static const char care_config[] = CONFIG("");

static void open_desk(struct eventdesk *d, void **state)
{
	eventdesk_open(d, state, gateway_config, care_config, 0);
}

static struct taken news_to(struct eventdesk *d, const char *id,
			    const char *type, struct str to, const char *data)
{
	json_t *o = json_loads(data, 0, NULL);
	const struct occurrence x = { .tenant = EVENTDESK_TENANT,
				      .id = str_of(id),
				      .type = str_of(type),
				      .to = to,
				      .data = o };
	struct taken t = { 0 };
	const char *field = NULL;
	struct err err = { "" };

	assert_non_null(o);
	if (events_take(care_events(d->care), &x, &t, &field, &err) != 0)
		fail_msg("%s: %s", field, err.text);
	json_decref(o);
	return t;
}

/* A price that is everybody's; all that comes of it is done. */
static struct taken price(struct eventdesk *d, const char *id, const char *px)
{
	char data[64];

	snprintf(data, sizeof(data), "{\"sym\":\"600519\",\"px\":%s}", px);
	struct taken t = news_to(d, id, "price.limit", STR_NONE, data);

	commit(d->bed);
	for (int i = 0; i < 30; i++)
		bed_turn(d->bed);
	commit(d->bed);
	return t;
}

static int set_one(struct eventdesk *d, struct str address, const char *trigger,
		   const char *subject, int64_t limit, bool once)
{
	const struct alert_ask ask = { .tenant = EVENTDESK_TENANT,
				       .address = address,
				       .trigger = str_of(trigger),
				       .subject = str_of(subject),
				       .above = true,
				       .once = once,
				       .limit = limit,
				       .source = "api" };
	const struct alert *x = NULL;
	struct err err = { "" };
	int rc = alerts_set(care_alerts(d->care), &ask, &x, &err);

	commit(d->bed);
	assert_int_equal(rc == 0, err.text[0] == '\0');
	return rc;
}

static const struct alert *first_of(struct eventdesk *d, struct str address)
{
	return alerts_next(care_alerts(d->care), EVENTDESK_TENANT, address,
			   STR_NONE, NULL);
}

/* ---- what is written ------------------------------------------------------------ */

static void amounts_are_whole_thousandths(void **state)
{
	static const struct {
		const char *text;
		int rc;
		int64_t n;
		bool more;
	} rows[] = {
		{ "1800", 0, 1800000, false },
		{ "12.5", 0, 12500, false },
		{ "0.001", 0, 1, false },
		{ "-3.25", 0, -3250, false },
		{ "1.2345", 0, 1234, true },
		{ "-1.2345", 0, -1235, true },
		{ "1.23400", 0, 1234, false },
		{ "999999999999", 0, INT64_C(999999999999000), false },
		{ "1000000000000", -EBADMSG, 0, false },
		{ "1e3", -EBADMSG, 0, false },
		{ ".5", -EBADMSG, 0, false },
		{ "5.", -EBADMSG, 0, false },
		{ "-", -EBADMSG, 0, false },
		{ "", -EBADMSG, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct alert_amount a = { 0, false };

		assert_int_equal(alert_amount_parse(str_of(rows[i].text), &a),
				 rows[i].rc);
		assert_int_equal(a.thousandths, rows[i].n);
		assert_int_equal(a.more, rows[i].more);
	}
	char text[ALERT_AMOUNT];

	alert_amount_text(-3250, text);
	assert_string_equal(text, "-3.25");
	alert_amount_text(1800000, text);
	assert_string_equal(text, "1800");
	alert_amount_text(-5, text);
	assert_string_equal(text, "-0.005");
}

static void orders_are_understood(void **state)
{
	static const struct {
		const char *text;
		int verb; /* -1: not for us */
		const char *subject;
		int64_t limit;
		bool above, once;
	} rows[] = {
		{ "TX", ALERT_LIST, "", 0, false, false },
		{ "tx 600519 >1800", ALERT_SET, "600519", 1800000, true,
		  false },
		{ "ＴＸ　６００５１９＞１８００．５", ALERT_SET, "600519",
		  1800500, true, false },
		{ "TX 600519 低于1700元", ALERT_SET, "600519", 1700000, false,
		  false },
		{ "TX 600519 高于 1700 一次", ALERT_SET, "600519", 1700000,
		  true, true },
		{ "TX brk.b below 12.5 once", ALERT_SET, "BRK.B", 12500, false,
		  true },
		{ "TX takeover >=5", ALERT_SET, "TAKEOVER", 5000, true, false },
		{ "TX <7", ALERT_SET, "", 7000, false, false },
		{ "TX 600519 0", ALERT_REMOVE, "600519", 0, false, false },
		{ "TX 600519取消", ALERT_REMOVE, "600519", 0, false, false },
		{ "TX 取消", ALERT_REMOVE_ALL, "", 0, false, false },
		{ "TX 600510", ALERT_UNCLEAR, "", 0, false, false },
		{ "TX 600519 >1.2345", ALERT_UNCLEAR, "", 0, false, false },
		{ "TX hello there", ALERT_UNCLEAR, "", 0, false, false },
		{ "TXT 600519 >1", -1, "", 0, false, false },
		{ "my TX", -1, "", 0, false, false },
		{ "", -1, "", 0, false, false },
	};
	struct alert_order o;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool is =
			alert_order_parse(str_of(rows[i].text), STR("TX"), &o);

		if (!is || rows[i].verb < 0) {
			assert_int_equal(is, rows[i].verb >= 0);
			continue;
		}
		if ((int)o.verb != rows[i].verb)
			fail_msg("%s: %d", rows[i].text, (int)o.verb);
		if (o.verb == ALERT_UNCLEAR)
			continue;
		assert_string_equal(o.subject, rows[i].subject);
		assert_int_equal(o.limit, rows[i].limit);
		assert_int_equal(o.above, rows[i].above);
		assert_int_equal(o.once, rows[i].once);
	}
	/* a sentence that begins with the word is for a person */
	assert_true(alert_order_parse(STR("提醒600519高于5"), STR("提醒"), &o));
	assert_false(alert_order_parse(STR("提醒我明天交费"), STR("提醒"), &o));
}

/* ---- by message ---------------------------------------------------------------- */

static void expect_said(struct eventdesk *d, const char *text)
{
	char said[BED_TEXT];

	assert_string_equal(bed_said(d->bed, SHI, said), text);
}

static void customers_set_list_and_remove(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	assert_true(
		str_eqz(eventdesk_hear(&d, "tx 600519 >1800.5"), CLAIM_ALERT));
	expect_said(&d, "Yours:\n600519 >1800.5");
	/* the same side again takes its place */
	eventdesk_hear(&d, "TX 600519 >1900");
	eventdesk_hear(&d, "TX 600519 <1700");
	expect_said(&d, "Yours:\n600519 <1700\n600519 >1900");
	eventdesk_hear(&d, "TX 600036 >40");
	eventdesk_hear(&d, "TX 600000 >40");
	expect_said(&d, "Full");
	eventdesk_hear(&d, "TX 600519 0");
	expect_said(&d, "Yours:\n600036 >40");
	eventdesk_hear(&d, "TX what is this");
	expect_said(&d, "Write TX");
	eventdesk_hear(&d, "TX off");
	expect_said(&d, "None");
	assert_false(str_eqz(eventdesk_hear(&d, "TXT"), CLAIM_ALERT));
	eventdesk_stop(&d);
}

/* ---- to set one ---------------------------------------------------------------- */

static void limits_and_names_are_held(void **state)
{
	char number[32];
	struct eventdesk d;

	open_desk(&d, state);
	assert_int_equal(set_one(&d, SHI, "none", "X", 1, false), -EINVAL);
	assert_int_equal(set_one(&d, SHI, "price", "", 1, false), -EINVAL);
	assert_int_equal(set_one(&d, SHI, "price", "a b", 1, false), -EINVAL);
	assert_int_equal(set_one(&d, SHI, "meter", "X", 1, false), -EINVAL);
	for (int i = 0; i < 3; i++) {
		snprintf(number, sizeof(number), "S%d", i);
		assert_int_equal(set_one(&d, SHI, "price", number, 1, false),
				 0);
	}
	assert_int_equal(set_one(&d, SHI, "price", "S9", 1, false), -ENOSPC);
	assert_int_equal(set_one(&d, SHI, "price", "S1", 2, false), 0);
	for (int i = 0; i < 5; i++) {
		snprintf(number, sizeof(number), "+44770090001%d", i);
		assert_int_equal(set_one(&d, str_of(number), "price", "X", 1,
					 false),
				 0);
	}
	assert_int_equal(set_one(&d, LIN, "price", "X", 1, false), -ENOSPC);
	eventdesk_stop(&d);
}

/* ---- to fire ------------------------------------------------------------------- */

static void fires_once_a_crossing(void **state)
{
	char said[BED_TEXT];
	struct eventdesk d;

	open_desk(&d, state);
	set_one(&d, SHI, "price", "600519", 1800000, false);
	set_one(&d, LIN, "price", "600519", 1850000, true);
	assert_string_equal(price(&d, "p0", "1799.99").reason, "");
	assert_string_equal(bed_said(d.bed, SHI, said), "");
	price(&d, "p1", "1801.25");
	assert_string_equal(bed_said(d.bed, SHI, said),
			    "600519 is 1801.25, your limit 1800");
	assert_string_equal(bed_said(d.bed, LIN, said), "");
	assert_int_equal(first_of(&d, SHI)->now.fired_value, 1801250);
	/* still above: nothing new; back: armed; above: again */
	price(&d, "p2", "1802");
	assert_string_equal(bed_said(d.bed, SHI, said),
			    "600519 is 1801.25, your limit 1800");
	price(&d, "p3", "1790");
	assert_true(first_of(&d, SHI)->now.armed);
	price(&d, "p4", "1803");
	assert_string_equal(bed_said(d.bed, SHI, said),
			    "600519 is 1803, your limit 1800");
	/* once: it is over */
	price(&d, "p5", "1850");
	assert_string_equal(bed_said(d.bed, LIN, said),
			    "600519 is 1850, your limit 1850");
	assert_null(first_of(&d, LIN));
	assert_string_equal(news_to(&d, "p6", "price.limit", STR_NONE,
				    "{\"sym\":\"OTHER\",\"px\":1}")
				    .reason,
			    "NO_ALERT");
	assert_string_equal(news_to(&d, "p7", "price.limit", STR_NONE,
				    "{\"sym\":\"OTHER\",\"px\":\"much\"}")
				    .reason,
			    "CONDITION");
	commit(d.bed);
	eventdesk_stop(&d);
}

/* An event about one person is theirs alone; without one it is nobody's. */
static void own_accounts_are_their_own(void **state)
{
	char said[BED_TEXT];
	struct eventdesk d;

	open_desk(&d, state);
	set_one(&d, SHI, "meter", "", 100000, false);
	set_one(&d, LIN, "meter", "", 100000, false);
	struct taken t =
		news_to(&d, "m1", "meter.high_use", SHI, "{\"kwh\":100}");

	assert_int_equal(t.messages, 1);
	commit(d.bed);
	assert_string_equal(bed_said(d.bed, SHI, said), "Used 100, limit 100");
	assert_string_equal(bed_said(d.bed, LIN, said), "");
	t = news_to(&d, "m2", "meter.high_use", STR_NONE, "{\"kwh\":100}");
	assert_string_equal(t.reason, "NO_ADDRESS");
	commit(d.bed);
	eventdesk_stop(&d);
}

/* Too late is not said, and the alert waits for the next price. */
static void late_prices_are_not_said(void **state)
{
	char said[BED_TEXT];
	struct eventdesk d;

	open_desk(&d, state);
	set_one(&d, SHI, "price", "600519", 1800000, false);
	json_t *o = json_loads("{\"sym\":\"600519\",\"px\":1801}", 0, NULL);
	const struct occurrence x = { .tenant = EVENTDESK_TENANT,
				      .id = STR("old"),
				      .type = STR("price.limit"),
				      .at_ms = clock_wall_ms(&d.clock.ops) -
					       30000,
				      .data = o };
	const char *field;
	struct taken t;
	struct err err;

	assert_int_equal(events_take(care_events(d.care), &x, &t, &field, &err),
			 0);
	json_decref(o);
	commit(d.bed);
	for (int i = 0; i < 30; i++)
		bed_turn(d.bed);
	assert_string_equal(bed_said(d.bed, SHI, said), "");
	assert_true(first_of(&d, SHI)->now.armed);
	price(&d, "new", "1801");
	assert_string_equal(bed_said(d.bed, SHI, said),
			    "600519 is 1801, your limit 1800");
	eventdesk_stop(&d);
}

static void numbers(int i, char out[32])
{
	snprintf(out, 32, "+44770090001%d", i);
}

static unsigned fired(struct eventdesk *d)
{
	char number[32];
	unsigned n = 0;

	for (int i = 0; i < 7; i++) {
		numbers(i, number);
		const struct alert *x = first_of(d, str_of(number));

		assert_non_null(x);
		n += x->now.fired_ms != 0;
	}
	return n;
}

/* In batches of two; stopped in between, a start goes on; a repeat is none. */
static void a_stop_between_batches_loses_and_repeats_nothing(void **state)
{
	char number[32], said[BED_TEXT];
	struct eventdesk d;

	open_desk(&d, state);
	for (int i = 0; i < 7; i++) {
		numbers(i, number);
		assert_int_equal(set_one(&d, str_of(number), "price", "600519",
					 1000, false),
				 0);
	}
	assert_int_equal(news_to(&d, "p", "price.limit", STR_NONE,
				 "{\"sym\":\"600519\",\"px\":2}")
				 .state,
			 TAKEN_MATCHED);
	assert_int_equal(fired(&d), 0); /* not in the turn that took it */
	TURN_UNTIL(d.bed, fired(&d) >= 2);
	assert_int_equal(fired(&d), 2);
	eventdesk_stop(&d);
	eventdesk_start(&d, false);
	TURN_UNTIL(d.bed, fired(&d) == 7);
	commit(d.bed);
	for (int i = 0; i < 7; i++) {
		numbers(i, number);
		assert_string_equal(bed_said(d.bed, str_of(number), said),
				    "600519 is 2, your limit 1");
	}
	assert_true(price(&d, "p", "2").repeated);
	eventdesk_stop(&d);
	/* nothing is left on its way */
	eventdesk_start(&d, false);
	price(&d, "q", "3");
	assert_string_equal(bed_said(d.bed, str_of(number), said),
			    "600519 is 2, your limit 1");
	eventdesk_stop(&d);
}

/* What there is no room for now is said when there is. */
static void a_full_queue_loses_nothing(void **state)
{
	char number[32], said[BED_TEXT];
	struct eventdesk d;

	eventdesk_open(&d, state, gateway_config, CONFIG(" reminders_max = 2"),
		       0);
	for (int i = 0; i < 7; i++) {
		numbers(i, number);
		assert_int_equal(set_one(&d, str_of(number), "price", "600519",
					 1000, false),
				 0);
	}
	gateway_link_hold(d.bed->gateway, 0, true);
	IGNORE(price(&d, "p", "2").state);
	assert_int_equal(fired(&d), 2);
	gateway_link_hold(d.bed->gateway, 0, false);
	TURN_UNTIL(d.bed, fired(&d) == 7);
	commit(d.bed);
	for (int i = 0; i < 7; i++) {
		numbers(i, number);
		assert_string_equal(bed_said(d.bed, str_of(number), said),
				    "600519 is 2, your limit 1");
	}
	eventdesk_stop(&d);
}

static void erased_people_have_none(void **state)
{
	struct eventdesk d;

	open_desk(&d, state);
	set_one(&d, SHI, "price", "600519", 1000, false);
	set_one(&d, LIN, "price", "600519", 1000, false);
	alerts_erase(care_alerts(d.care), EVENTDESK_TENANT, SHI);
	commit(d.bed);
	assert_null(first_of(&d, SHI));
	eventdesk_stop(&d);
	eventdesk_start(&d, false);
	assert_null(first_of(&d, SHI));
	assert_non_null(first_of(&d, LIN));
	eventdesk_stop(&d);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_are_whole_thousandths),
		cmocka_unit_test(orders_are_understood),
		CASE(customers_set_list_and_remove),
		CASE(limits_and_names_are_held),
		CASE(fires_once_a_crossing),
		CASE(own_accounts_are_their_own),
		CASE(late_prices_are_not_said),
		CASE(a_stop_between_batches_loses_and_repeats_nothing),
		CASE(a_full_queue_loses_nothing),
		CASE(erased_people_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
