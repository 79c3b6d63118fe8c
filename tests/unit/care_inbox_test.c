/* The inbox by the clock: what waits too long, and receipts at night. */
#include "tests/unit/care_bed.h"

#include "care/inbox.h"

#define SHI STR("+447700900001")
#define LIN STR("+447700900002")

static const char gateway_config[] = "fake good { receipt_after = 1ms }\n"
				     "class service { consent = none }\n"
				     "route rest { pool = {\"good\"} }\n";

static const char care_config[] =
	"work_hours { zone = \"Europe/London\" }\n"
	"cases { inbox_late = 2h night_zh = \"已收到,明早回复\"\n"
	"  night_en = \"Received, answered in the morning\" }\n";

static void later(struct room *r, int64_t ms)
{
	clock_hand_jump(&r->clock, ms);
	inbox_tick(care_inbox(r->care));
	commit(r->bed);
}

struct said {
	bool done;
	char text[512];
};

static bool on_out(void *owner, const struct row *row)
{
	struct said *t = owner;
	size_t len = strlen(t->text);
	struct message m;

	assert_int_equal(message_decode(row_s(row, 5), (uint64_t)row_i(row, 0),
					&m),
			 0);
	snprintf(t->text + len, sizeof(t->text) - len, "%.*s;",
		 STR_ARGS(m.text));
	return true;
}

static void on_done(void *owner, int rc)
{
	assert_int_equal(rc, 0);
	((struct said *)owner)->done = true;
}

/* All that went to somebody. */
static void expect_out(struct room *r, struct str to, const char *want)
{
	const struct cell cells[] = { CELL_N, CELL_N, CELL_N, CELL_T(to),
				      CELL_N, CELL_N, CELL_N, CELL_I(9) };
	struct store *s = r->bed->store;
	struct said t = { false, "" };

	commit(r->bed);
	s->ops->get(s, STORE_MESSAGE_LIST, cells, ARRAY_LEN(cells), on_out,
		    on_done, &t);
	TURN_UNTIL(r->bed, t.done);
	assert_string_equal(t.text, want);
}

/* Two hours of work after ten are over at noon; told once, also over a
 * restart. */
static void what_waits_too_long_is_told_once(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, care_config);
	room_hear(&r, SHI, "hello there");
	later(&r, 119 * MINUTE);
	assert_string_equal(r.heard, "");
	later(&r, 2 * MINUTE);
	assert_string_equal(r.heard, "inbox.overdue ");
	later(&r, HOUR);
	assert_string_equal(r.heard, "inbox.overdue ");
	room_again(&r);
	later(&r, HOUR);
	assert_string_equal(r.heard, "");
	/* the night does not count: 17:59 has until 10:59 */
	clock_hand_jump(&r.clock, 17 * HOUR + 59 * MINUTE -
					  (clock_wall_ms(&r.clock.ops) -
					   (TUESDAY_TEN - 10 * HOUR)));
	room_hear(&r, LIN, "anybody?");
	later(&r, 15 * HOUR);
	assert_string_equal(r.heard, "");
	later(&r, 3 * HOUR);
	assert_string_equal(r.heard, "inbox.overdue ");
	room_stop(&r);
}

/* Who was answered is not late. */
static void what_was_answered_is_not_late(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, care_config);
	room_hear(&r, SHI, "hello there");
	unanswered_said(care_unanswered(r.care), TENANT, SHI);
	commit(r.bed);
	later(&r, 5 * HOUR);
	assert_string_equal(r.heard, "");
	room_stop(&r);
}

/* U-27: a question at three in the morning: it is here, once a night, in the
 * language of the words. */
static void u27_who_writes_at_night_hears_that_it_is_here(void **state)
{
	struct room r;

	room_open(&r, state, gateway_config, care_config);
	room_hear(&r, SHI, "by day");
	expect_out(&r, SHI, "");
	clock_hand_jump(&r.clock, 17 * HOUR); /* 03:00 */
	room_hear(&r, SHI, "Can I keep my number?");
	room_hear(&r, SHI, "Hello?");
	room_hear(&r, LIN, "能保留号码吗?");
	expect_out(&r, SHI, "Received, answered in the morning;");
	expect_out(&r, LIN, "已收到,明早回复;");
	room_again(&r);
	room_hear(&r, SHI, "Anybody?");
	expect_out(&r, SHI, "Received, answered in the morning;");
	clock_hand_jump(&r.clock, DAY + HOUR);
	room_hear(&r, SHI, "Me again");
	expect_out(&r, SHI,
		   "Received, answered in the morning;"
		   "Received, answered in the morning;");
	room_stop(&r);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
	static const struct CMUnitTest tests[] = {
		CASE(what_waits_too_long_is_told_once),
		CASE(what_was_answered_is_not_late),
		CASE(u27_who_writes_at_night_hears_that_it_is_here),
	};

	log_threshold = LOG_ERROR + 1;
	secret_init();
	return cmocka_run_group_tests(tests, NULL, bed_no_blocks);
}
