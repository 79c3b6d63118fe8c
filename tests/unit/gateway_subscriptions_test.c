/* 0000: all that a number has subscribed to under every tenant, and its end
 * (R-12, R-13). */
#include "tests/lib/bed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/message.h"

#define CONFIG                           \
	"fake a { receipt_after = 1ms }" \
	"route all { pool = {\"a\"} }"   \
	"class news { consent = required }"

static int sub_open(void **state)
{
	if (bed_open(state) != 0)
		return -1;
	bed_start(*state, CONFIG, true);
	return 0;
}

static int sub_close(void **state)
{
	bed_stop(*state);
	return bed_close(state);
}

static void grant(struct bed *b, const char *tenant, const char *purpose,
		  const char *brand)
{
	struct consent_event e = { .tenant = str_of(tenant),
				   .address = SHI,
				   .brand = str_of(brand),
				   .purpose = str_of(purpose),
				   .type = CONSENT_GRANT,
				   .source = STR("web") };
	struct err err = { "" };

	assert_int_equal(gateway_consent(b->gateway, &e, &err), 0);
	commit(b);
}

static void on_heard(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	*(bool *)owner = true;
}

static void hear(struct bed *b, const char *text)
{
	struct inbound in = { .tenant = STR("DEMOTEL"),
			      .from = SHI,
			      .to = STR("12345"),
			      .text = str_of(text),
			      .channel = STR("sms"),
			      .at_ms = clock_wall_ms(&clock_real) };
	bool heard = false;

	gateway_hear(b->gateway, &in, on_heard, &heard);
	TURN_UNTIL(b, heard);
}

/* ---- the last message to the person ---------------------------------------------- */

struct last {
	bool done;
	char text[1024];
};

static bool on_message(void *owner, const struct row *row)
{
	struct last *l = owner;
	struct message m;

	assert_int_equal(message_decode(row_s(row, 5), 1, &m), 0);
	assert_int_equal(str_copy(l->text, sizeof(l->text), m.text), 0);
	return false;
}

static void on_read(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct last *)owner)->done = true;
}

static const char *answered(struct bed *b)
{
	struct cell cells[] = { CELL_N, CELL_N,    CELL_N,    CELL_T(SHI),
				CELL_N, CELL_I(0), CELL_I(0), CELL_I(1) };
	static struct last l;

	l = (struct last){ 0 };
	commit(b);
	b->store->ops->get(b->store, STORE_MESSAGE_LIST, cells, 8, on_message,
			   on_read, &l);
	TURN_UNTIL(b, l.done);
	return l.text;
}

static bool granted(struct bed *b, const char *tenant, const char *purpose)
{
	return strcmp(gateway_grant(b->gateway, str_of(tenant), SHI,
				    str_of(purpose)),
		      "granted") == 0;
}

static unsigned count(struct bed *b)
{
	return gateway_subscriptions(b->gateway, STR_NONE, SHI, NULL, 0);
}

/* ---- R-12, R-13 -------------------------------------------------------------------- */

static void three_tenants(struct bed *b)
{
	grant(b, "DEMOTEL", "marketing", "");
	grant(b, "ACME", "news", "");
	grant(b, "OTHER", "marketing", "Shoes");
}

static void r13_one_list_over_every_tenant(void **state)
{
	struct bed *b = *state;

	three_tenants(b);
	assert_int_equal(count(b), 3);
	hear(b, "0000");
	assert_string_equal(answered(b),
			    "Your 3 subscriptions: 1. DEMOTEL marketing; "
			    "2. ACME news; 3. Shoes marketing; reply 0000 and "
			    "the number to end one, 0000 00 to end all.");
}

static const char *const ones[] = { "0000 2", "００００　２", "00002", "0000,2",
				    "TD 2",   "td2",          "ＴＤ２" };

static void r12_one_ends_at_once(void **state)
{
	for (unsigned i = 0; i < ARRAY_LEN(ones); i++) {
		struct bed *b;

		if (i > 0)
			assert_int_equal(sub_open(state), 0);
		b = *state;
		three_tenants(b);
		hear(b, "００００");
		hear(b, ones[i]);
		assert_false(granted(b, "ACME", "news"));
		assert_true(granted(b, "DEMOTEL", "marketing"));
		assert_string_equal(answered(b),
				    "Ended: ACME news, effective now.");
		assert_int_equal(count(b), 2);
		/* the numbers of the list that was sent still hold */
		hear(b, "0000 1");
		assert_false(granted(b, "DEMOTEL", "marketing"));
		if (i + 1 < ARRAY_LEN(ones))
			assert_int_equal(sub_close(state), 0);
	}
}

/* What waits for a link is not sent any more. */
static void r11_what_is_queued_is_cancelled(void **state)
{
	struct bed *b = *state;
	struct submitted mine, other;

	three_tenants(b);
	gateway_link_hold(b->gateway, 0, true);
	mine = submit(b, "marketing", SHI, "Offer");
	other = submit(b, "notice", SHI, "Your ticket");
	commit(b);
	hear(b, "0000");
	hear(b, "0000 1");
	TURN_UNTIL(b, !is_live(b, mine.id));
	assert_int_equal(look(b, mine.id).state, MESSAGE_CANCELLED);
	assert_true(is_live(b, other.id));
	gateway_link_hold(b->gateway, 0, false);
}

static void r12_all_end(void **state)
{
	static const char *const rows[] = { "0000 00", "００００　００",
					    "0000,00", "TD" };

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct bed *b;

		if (i > 0)
			assert_int_equal(sub_open(state), 0);
		b = *state;
		three_tenants(b);
		hear(b, "0000");
		hear(b, rows[i]);
		assert_int_equal(count(b), 0);
		assert_false(granted(b, "OTHER", "marketing"));
		assert_string_equal(answered(b),
				    "All 3 subscriptions ended, effective "
				    "now.");
		hear(b, "0000");
		assert_string_equal(answered(b), "You have no subscriptions.");
		/* also after a start: it stands in each tenant's ledger */
		bed_stop(b);
		bed_start(b, CONFIG, false);
		assert_int_equal(count(b), 0);
		if (i + 1 < ARRAY_LEN(rows))
			assert_int_equal(sub_close(state), 0);
	}
}

/* Which list? Nothing ends by a number that nobody was shown. */
static void r12_a_number_without_a_list_gets_the_list(void **state)
{
	struct bed *b = *state;

	three_tenants(b);
	hear(b, "0000 2");
	assert_int_equal(count(b), 3);
	assert_non_null(strstr(answered(b), "3. Shoes"));
	hear(b, "0000 4");
	assert_int_equal(count(b), 3);
	hear(b, "0000 3");
	assert_int_equal(count(b), 2);
}

/* What may be a code, or half of something, ends nothing: it gets the list. */
static void r12_digits_are_not_guessed_at(void **state)
{
	static const struct {
		const char *said;
		bool listed;
	} rows[] = {
		{ "000000", true },    { "００００００", true },
		{ "000 000", true },   { "0 0 0 0 0 0", true },
		{ "00 0000", true },   { "00000", true },
		{ "0000 0", true },    { "0000 000", true },
		{ "0000 00 1", true }, { "0000 100", true },
		{ "00000000", true },  { "0000123456789", false },
		{ "000", false },      { "0000abc", false },
	};
	struct bed *b = *state;

	three_tenants(b);
	hear(b, "0000");
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct submitted mark =
			submit(b, "transaction", SHI, "something else");

		assert_int_equal(mark.rc, 0);
		hear(b, rows[i].said);
		if (count(b) != 3)
			fail_msg("%s ends something", rows[i].said);
		if ((strstr(answered(b), "3. Shoes") != NULL) != rows[i].listed)
			fail_msg("%s: %s", rows[i].said, answered(b));
	}
}

/* TD, with no list before it, is what it always was; a number behind it too. */
static void td_alone_is_an_opt_out_of_one_tenant(void **state)
{
	struct bed *b = *state;

	three_tenants(b);
	hear(b, "TD 3"); /* of no list */
	assert_true(granted(b, "OTHER", "marketing") ||
		    gateway_subscriptions(b->gateway, STR("OTHER"), SHI, NULL,
					  0) == 1);
	hear(b, "TD");
	assert_false(granted(b, "DEMOTEL", "marketing"));
	assert_true(granted(b, "ACME", "news"));
	assert_int_equal(count(b), 2);
}

static void r12_more_than_fit(void **state)
{
	struct bed *b = *state;
	char brand[16];

	for (unsigned i = 0; i < 25; i++) {
		snprintf(brand, sizeof(brand), "b%u", i);
		grant(b, "DEMOTEL", "marketing", brand);
	}
	hear(b, "0000");
	assert_non_null(strstr(answered(b), "Your 25 subscriptions"));
	assert_non_null(strstr(answered(b), "20. b19 marketing; ..."));
	hear(b, "0000 00");
	assert_int_equal(count(b), 0);
}

/* ---- a source beside consents ---------------------------------------------------------- */

static unsigned orders_open;

static void orders_each(void *owner, struct str address,
			subscription_add_fn *add, void *to)
{
	struct subscription one = { .seq = 77,
				    .tenant = "ACME",
				    .title_en = "ACME Gold",
				    .title_zh = "金" };

	(void)owner;
	if (str_eq(address, SHI) && orders_open > 0)
		add(to, &one);
}

static int orders_end(void *owner, struct str address,
		      const struct subscription *one,
		      const struct consent_event *like)
{
	(void)owner;
	(void)address;
	assert_int_equal(one->seq, 77);
	assert_true(str_eqz(like->actor, "customer"));
	if (orders_open == 0)
		return -ENOENT;
	orders_open--;
	return 0;
}

static void r13_orders_stand_in_the_same_list(void **state)
{
	static const struct subscription_ops orders = { "order", orders_each,
							orders_end };
	struct bed *b = *state;

	orders_open = 1;
	gateway_subscription_source(b->gateway, &orders, NULL);
	grant(b, "DEMOTEL", "marketing", "");
	hear(b, "0000");
	assert_non_null(strstr(answered(b), "2. ACME Gold"));
	hear(b, "0000 2");
	assert_int_equal(orders_open, 0);
	assert_int_equal(count(b), 1);
	hear(b, "0000 2"); /* twice: there is nothing to end */
	assert_non_null(strstr(answered(b), "Could not be ended"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, sub_open, sub_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(r13_one_list_over_every_tenant),
		T(r12_one_ends_at_once),
		T(r11_what_is_queued_is_cancelled),
		T(r12_all_end),
		T(r12_a_number_without_a_list_gets_the_list),
		T(r12_digits_are_not_guessed_at),
		T(td_alone_is_an_opt_out_of_one_tenant),
		T(r12_more_than_fit),
		T(r13_orders_stand_in_the_same_list),
	};

	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
