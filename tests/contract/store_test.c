/* The store's contract, the same for every back end. */
#include "tests/contract/store_bed.h"

#include <errno.h>

/* The back end under test; a bed of it for each case. */
static struct {
	const char *name;
	const char *url;
	bool failing;
} under;

static int setup(void **state)
{
	struct bed *b = mem_new(struct bed);

	bed_init(b, under.url);
	b->failing = under.failing;
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

/* ---- messages --------------------------------------------------------------- */

static void appends_then_gets(void **state)
{
	struct bed *b = *state;

	bed_message(b, 7, "acme", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(7))),
			    "7|0|70|-|-|#|[];");
	bed_event(b, 7, EVENT_ATTEMPT, MESSAGE_SUBMITTING, "carrier-a", "");
	bed_event(b, 7, EVENT_SUBMITTED, MESSAGE_SUBMITTED, "", "");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(7))),
			    "7|4|72|carrier-a|-|#|[submitting,submitted];");
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(8))),
			    "");
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_LIVE_SCAN, BED_NONE),
			    "7|4|72|carrier-a|-|#|[submitting,submitted];");
}

/* One message among others, in one batch: the last state, every event. */
static void coalesces(void **state)
{
	struct bed *b = *state;

	for (uint64_t id = 1; id <= 3; id++)
		bed_message(b, id, "acme", "otp", "+441");
	for (uint64_t id = 3; id >= 1; id--)
		bed_event(b, id, EVENT_ATTEMPT, MESSAGE_SUBMITTING, "a", "");
	bed_event(b, 2, EVENT_STATE, MESSAGE_QUEUED, "", "throttled");
	bed_event(b, 2, EVENT_ATTEMPT, MESSAGE_SUBMITTING, "b", "");
	bed_event(b, 2, EVENT_RECEIPT, MESSAGE_DELIVERED, "", "");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(
		bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(2))),
		"2|8|23|b|-|#|[submitting,queued,submitting,delivered];");
}

/* The link stays until another is named; the reason is the last event's. */
static void keeps_the_link(void **state)
{
	struct bed *b = *state;
	static const struct {
		enum message_state state;
		const char *link, *reason, *shown;
	} rows[] = {
		{ MESSAGE_HELD, "", "quiet", "1|1|14|-|quiet|#|[held];" },
		{ MESSAGE_QUEUED, "a", "", "1|2|14|a|-|#|[held,queued];" },
		{ MESSAGE_FAILED, "", "no_route",
		  "1|13|14|a|no_route|#|[held,queued,failed];" },
	};

	bed_message(b, 1, "acme", "otp", "+441");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bed_event(b, 1, EVENT_STATE, rows[i].state, rows[i].link,
			  rows[i].reason);
		assert_int_equal(bed_commit(b), 0);
		assert_string_equal(bed_get(b, STORE_MESSAGE_GET,
					    BED_CELLS(CELL_I(1))),
				    rows[i].shown);
	}
}

/* Nothing is folded twice or left out, wherever the store was closed. */
static void folds_across_reopen(void **state)
{
	struct bed *b = *state;

	for (unsigned round = 0; round < 4; round++) {
		for (uint64_t id = 1; id <= 50; id++) {
			if (round == 0)
				bed_message(b, id, "acme", "otp", "+441");
			else
				bed_event(b, id, EVENT_STATE, MESSAGE_HELD, "",
					  "");
			if (id % 9 == 0)
				assert_int_equal(bed_commit(b), 0);
		}
		bed_reopen(b);
	}
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET,
				    BED_CELLS(CELL_I(50))),
			    "50|1|504|-|-|#|[held,held,held];");
	assert_string_equal(bed_get(b, STORE_MESSAGE_COUNTS, BED_CELLS(CELL_N)),
			    "1|otp|50;");
}

/* An event of a message that is not there, and a message twice. */
static void bears_what_cannot_be(void **state)
{
	struct bed *b = *state;

	bed_event(b, 5, EVENT_STATE, MESSAGE_HELD, "", "");
	assert_int_equal(bed_commit(b), 0);
	bed_message(b, 6, "acme", "otp", "+441");
	bed_message(b, 6, "other", "otp", "+442");
	assert_int_equal(bed_commit(b), 0);
	bed_message(b, 6, "other", "otp", "+443");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(5))),
			    "");
	assert_string_equal(bed_get(b, STORE_MESSAGE_COUNTS,
				    BED_CELLS(CELL_Z("acme"))),
			    "0|otp|1;");
	assert_int_equal(b->broken, 0);
}

/* ids 1..12: tenants a, b; classes otp, news; every third is final. */
static void lists_messages(void **state)
{
	struct bed *b = *state;
	static const struct {
		const char *tenant;
		int state;
		const char *class_name, *to;
		int64_t since, before, limit;
		const char *ids;
	} rows[] = {
		{ NULL, -1, NULL, NULL, 0, 0, 4, "12 11 10 9 " },
		{ NULL, -1, NULL, NULL, 0, 3, 9, "2 1 " },
		{ NULL, -1, NULL, NULL, 11, 0, 9, "12 11 " },
		{ NULL, -1, NULL, NULL, 5, 7, 9, "6 5 " },
		{ "a", -1, NULL, NULL, 0, 0, 99, "11 9 7 5 3 1 " },
		{ "b", 8, NULL, NULL, 0, 0, 99, "12 6 " },
		{ NULL, 0, "otp", NULL, 0, 0, 99, "8 7 5 4 2 1 " },
		{ NULL, -1, NULL, "+443", 0, 0, 99, "11 7 3 " },
		{ "a", 8, "otp", "+443", 0, 0, 99, "3 " },
		{ "none", -1, NULL, NULL, 0, 0, 99, "" },
	};

	for (uint64_t id = 1; id <= 12; id++) {
		static const char *const to[] = { "+440", "+441", "+442",
						  "+443" };
		bed_message(b, id, id % 2 != 0 ? "a" : "b",
			    id <= 8 ? "otp" : "news", to[id % 4]);
		if (id % 3 == 0)
			bed_event(b, id, EVENT_RECEIPT, MESSAGE_DELIVERED, "",
				  "");
	}
	assert_int_equal(bed_commit(b), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf ids;
		struct str rest, row, id;

		rest = str_of(bed_get(
			b, STORE_MESSAGE_LIST,
			BED_CELLS(rows[i].tenant ? CELL_Z(rows[i].tenant)
						 : CELL_N,
				  rows[i].state >= 0 ? CELL_I(rows[i].state)
						     : CELL_N,
				  rows[i].class_name
					  ? CELL_Z(rows[i].class_name)
					  : CELL_N,
				  rows[i].to ? CELL_Z(rows[i].to) : CELL_N,
				  CELL_N, CELL_I(rows[i].since),
				  CELL_I(rows[i].before),
				  CELL_I(rows[i].limit))));
		buf_init(&ids, BUF_NO_LIMIT);
		while (rest.len > 0) {
			rest = str_cut(rest, ';', &row);
			(void)str_cut(row, '|', &id);
			buf_f(&ids, "%.*s ", STR_ARGS(id));
		}
		assert_string_equal(ids.p, rows[i].ids);
		buf_done(&ids);
	}
	assert_string_equal(bed_get(b, STORE_MESSAGE_COUNTS, BED_CELLS(CELL_N)),
			    "0|news|2;0|otp|6;8|news|2;8|otp|2;");
}

static void scans_at_the_start(void **state)
{
	struct bed *b = *state;

	assert_string_equal(bed_scan(b, STORE_MESSAGE_LAST, BED_NONE), "");
	for (uint64_t id = 1; id <= 4; id++)
		bed_message(b, id, "a", "otp", "+441");
	bed_event(b, 2, EVENT_RECEIPT, MESSAGE_DELIVERED, "", "");
	bed_event(b, 4, EVENT_STATE, MESSAGE_CANCELLED, "", "");
	bed_inbound(b, 9, "a", "+441");
	assert_int_equal(bed_commit(b), 0);
	bed_event(b, 3, EVENT_RECEIPT, MESSAGE_EXPIRED, "", "");
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_LIVE_SCAN, BED_NONE),
			    "1|0|10|-|-|#|[];");
	assert_string_equal(bed_scan(b, STORE_RECENT_SCAN,
				     BED_CELLS(CELL_I(3))),
			    "3|10|33|-|-|#|[expired];4|14|44|-|-|#|"
			    "[cancelled];");
	assert_string_equal(bed_scan(b, STORE_HAD_SCAN, BED_CELLS(CELL_I(3))),
			    "3|10|33|-|-|#|[expired];");
	assert_string_equal(bed_scan(b, STORE_MESSAGE_LAST, BED_NONE), "9;");
}

/* ---- notices, inbound, strays -------------------------------------------------- */

static void keeps_notices_until_their_end(void **state)
{
	struct bed *b = *state;

	for (uint64_t id = 1; id <= 6; id++)
		bed_notice(b, id, "{}");
	store_append(b->s, RECORD_NOTICE_END, 3, STR_NONE);
	assert_int_equal(bed_commit(b), 0);
	bed_reopen(b);
	store_append(b->s, RECORD_NOTICE_END, 1, STR_NONE);
	bed_notice(b, 2, "{longer}");
	bed_notice(b, 7, "{}");
	store_append(b->s, RECORD_NOTICE_END, 7, STR_NONE);
	/* Renewed and ended in one batch, but written before. */
	bed_notice(b, 4, "{}");
	store_append(b->s, RECORD_NOTICE_END, 4, STR_NONE);
	bed_reopen(b);
	b->records = RECORD_NOTICE;
	assert_string_equal(bed_scan(b, STORE_NOTICE_SCAN,
				     BED_CELLS(CELL_I(0), CELL_I(9))),
			    "2|{longer};5|{};6|{};");
	assert_string_equal(bed_scan(b, STORE_NOTICE_SCAN,
				     BED_CELLS(CELL_I(2), CELL_I(1))),
			    "5|{};");
}

static void keeps_inbound_and_strays(void **state)
{
	struct bed *b = *state;

	bed_inbound(b, 1, "a", "+441");
	bed_inbound(b, 2, "b", "+441");
	bed_inbound(b, 3, "a", "+442");
	store_append(b->s, RECORD_STRAY, 4, STR("stray"));
	store_append(b->s, RECORD_STRAY, 5, STR("other"));
	assert_int_equal(bed_commit(b), 0);
	store_append(b->s, RECORD_STRAY_END, 4, STR_NONE);
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_STRAY_LIST, BED_CELLS(CELL_I(9))),
			    "5|other;");
	b->records = RECORD_INBOUND;
	assert_string_equal(bed_get(b, STORE_INBOUND_LIST,
				    BED_CELLS(CELL_Z("a"), CELL_N, CELL_N,
					      CELL_I(0), CELL_I(9))),
			    "3|a +442;1|a +441;");
	assert_string_equal(bed_get(b, STORE_INBOUND_LIST,
				    BED_CELLS(CELL_N, CELL_Z("+441"), CELL_I(2),
					      CELL_I(3), CELL_I(9))),
			    "2|b +441;");
	assert_string_equal(bed_get(b, STORE_INBOUND_OLDEST,
				    BED_CELLS(CELL_N, CELL_N, CELL_I(2),
					      CELL_I(0), CELL_I(1))),
			    "2|b +441;");
	assert_string_equal(bed_get(b, STORE_INBOUND_OLDEST,
				    BED_CELLS(CELL_Z("a"), CELL_N, CELL_I(1),
					      CELL_I(1), CELL_I(9))),
			    "3|a +442;");
	assert_string_equal(bed_get(b, STORE_INBOUND_GET, BED_CELLS(CELL_I(2))),
			    "2|b +441;");
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_INBOUND_SCAN,
				     BED_CELLS(CELL_I(2))),
			    "2|b +441;3|a +442;");
	b->records = RECORD_STRAY;
	assert_string_equal(bed_scan(b, STORE_STRAY_SCAN, BED_NONE),
			    "5|other;");
}

/* ---- batches, answers and limits ------------------------------------------------- */

struct order {
	struct bed *b;
	unsigned n;
};

static void in_order(void *owner, int rc)
{
	struct order *o = owner;

	assert_int_equal(rc, 0);
	assert_int_equal(o->b->answered, o->n);
	o->b->answered++;
}

static void answers_in_order(void **state)
{
	enum { ANSWERS = 2000 };
	struct bed *b = *state;
	struct order *orders = mem_array(ANSWERS, sizeof(orders[0]));

	for (unsigned i = 0; i < ANSWERS; i++) {
		orders[i] = (struct order){ b, i };
		if (i % 3 == 0)
			bed_message(b, i + 1, "a", "otp", "+441");
		store_then(b->s, in_order, &orders[i]);
		if (i % 5 == 0)
			loop_turn(b->loop, false);
	}
	assert_true(bed_until(b, &b->answered, ANSWERS));
	mem_free(orders);
}

/* Without work of its own, a `then` still follows the work before it. */
static void answers_empty_batches(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_commit(b), 0);
	assert_int_equal(bed_commit(b), 0);
	struct store_counters c;
	store_counters(b->s, &c);
	assert_int_equal(c.commits, 2);
	assert_int_equal(c.records, 0);
}

/* A new append in the answer to another goes into the next batch. */
static void again(void *owner, int rc)
{
	struct bed *b = owner;

	assert_int_equal(rc, 0);
	b->answered++;
	if (b->answered < 20) {
		bed_message(b, b->answered, "a", "otp", "+441");
		store_then(b->s, again, b);
	}
}

static void appends_from_answers(void **state)
{
	struct bed *b = *state;

	store_then(b->s, again, b);
	assert_true(bed_until(b, &b->answered, 20));
	assert_string_equal(bed_get(b, STORE_MESSAGE_COUNTS, BED_CELLS(CELL_N)),
			    "0|otp|19;");
}

static void limits_what_waits(void **state)
{
	struct bed *b = *state;

	store_close(&b->s);
	b->cfg.waiting_max_bytes = 1000;
	b->cfg.reads_max = 2;
	bed_open(b);
	assert_int_equal(b->s->ops->ready(b->s), 0);
	for (uint64_t id = 1; id <= 20; id++)
		bed_message(b, id, "a", "otp", "+441");
	assert_int_equal(b->s->ops->ready(b->s), -EAGAIN);
	assert_int_equal(bed_commit(b), 0);
	assert_int_equal(b->s->ops->ready(b->s), 0);

	b->answered = 0;
	const struct cell all = CELL_N;
	for (unsigned i = 0; i < 5; i++)
		b->s->ops->get(b->s, STORE_MESSAGE_COUNTS, &all, 1, bed_show,
			       bed_answer, b);
	assert_int_equal(b->answered, 0); /* never from inside */
	assert_true(bed_until(b, &b->answered, 5));
	assert_string_equal(b->shown.p, "0|otp|20;0|otp|20;");
}

static void carries_large_records(void **state)
{
	struct bed *b = *state;
	struct buf big;

	buf_init(&big, BUF_NO_LIMIT);
	for (unsigned i = 0; i < 1 << 20; i++)
		buf_c(&big, (char)('a' + i % 26));
	for (uint64_t id = 1; id <= 12; id++)
		bed_notice(b, id, big.p);
	assert_int_equal(bed_commit(b), 0);
	bed_reopen(b);
	b->records = RECORD_NOTICE;
	const char *shown = bed_scan(b, STORE_NOTICE_SCAN,
				     BED_CELLS(CELL_I(11), CELL_I(9)));
	assert_int_equal(strlen(shown), strlen("12|;") + big.len);
	assert_memory_equal(shown + 3, big.p, big.len);
	buf_done(&big);
}

/* Reads during writing: each sees what was answered before it. */
static void reads_see_what_was_answered(void **state)
{
	struct bed *b = *state;

	bed_message(b, 1, "a", "otp", "+441");
	for (unsigned i = 1; i <= 60; i++) {
		bed_event(b, 1, EVENT_STATE, MESSAGE_HELD, "", "");
		assert_int_equal(bed_commit(b), 0);
		for (uint64_t id = 0; id < 20; id++)
			bed_message(b, 1000 * i + id, "a", "otp", "+441");
		struct str shown = str_of(
			bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(1))));
		assert_int_equal(shown.len,
				 strlen("1|1|14|-|-|#|[];") + 5 * i - 1);
	}
}

/* One message is found whole wherever its records are: gathered, in a run
 * half written, in the tables. */
static void looks_while_the_fold_runs(void **state)
{
	enum { IDS = 40, ROUNDS = 300 };
	struct bed *b = *state;
	unsigned events[IDS + 1] = { 0 };
	uint32_t x = 2463534242u;

	store_close(&b->s);
	b->cfg.fold_lag_min = 60;
	b->cfg.fold_slice = 7;
	bed_open(b);
	for (uint64_t id = 1; id <= IDS; id++)
		bed_message(b, id, "a", "otp", "+441");
	for (unsigned i = 0; i < ROUNDS; i++) {
		char want[2048];
		size_t len;

		for (unsigned k = 0; k < 9; k++) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			bed_event(b, 1 + x % IDS, EVENT_STATE, MESSAGE_HELD, "",
				  "");
			events[1 + x % IDS]++;
		}
		assert_int_equal(bed_commit(b), 0);
		unsigned id = 1 + (x >> 16) % IDS;
		len = (size_t)snprintf(want, sizeof(want), "%u|%d|%u|-|-|#|[",
				       id, events[id] > 0,
				       id * 10 + (events[id] > 0 ? 4 : 0));
		for (unsigned k = 0; k < events[id]; k++)
			len += (size_t)snprintf(want + len, sizeof(want) - len,
						"%sheld", k > 0 ? "," : "");
		(void)snprintf(want + len, sizeof(want) - len, "];");
		assert_string_equal(bed_get(b, STORE_MESSAGE_GET,
					    BED_CELLS(CELL_I(id))),
				    want);
	}
}

static void looks_at_what_is_pending(void **state)
{
	struct bed *b = *state;

	b->records = RECORD_INBOUND;
	bed_inbound(b, 1, "a", "+441");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_INBOUND_GET, BED_CELLS(CELL_I(1))),
			    "1|a +441;");
	bed_inbound(b, 1, "b", "+442");
	bed_event(b, 7, EVENT_STATE, MESSAGE_HELD, "", "");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_INBOUND_GET, BED_CELLS(CELL_I(1))),
			    "1|b +442;");
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(7))),
			    "");
	/* Nobody has made it fold. */
	struct store_counters c;
	store_counters(b->s, &c);
	assert_int_equal(c.folded, 0);
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(appends_then_gets),
		CASE(coalesces),
		CASE(keeps_the_link),
		CASE(folds_across_reopen),
		CASE(bears_what_cannot_be),
		CASE(lists_messages),
		CASE(scans_at_the_start),
		CASE(keeps_notices_until_their_end),
		CASE(keeps_inbound_and_strays),
		CASE(answers_in_order),
		CASE(answers_empty_batches),
		CASE(appends_from_answers),
		CASE(limits_what_waits),
		CASE(carries_large_records),
		CASE(reads_see_what_was_answered),
		CASE(looks_while_the_fold_runs),
		CASE(looks_at_what_is_pending),
	};
	static const struct {
		const char *name, *url;
		bool failing;
	} backends[] = {
		{ "sqlite", "sqlite:t.db", false },
		{ "memory", "memory:t", false },
		{ "failing", "sqlite:t.db", true },
	};
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		under.name = backends[i].name;
		under.url = backends[i].url;
		under.failing = backends[i].failing;
		failed += cmocka_run_group_tests_name(under.name, tests, NULL,
						      NULL);
	}
	return failed;
}
