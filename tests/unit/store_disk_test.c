/* A real SQLite on a disk that is full, or whose flush fails. */
#include "tests/contract/store_bed.h"

#include <errno.h>
#include <sqlite3.h>

#include "base/log.h"
#include "tests/crash/cutdisk.c"
#include "tests/crash/cutfile.c"

static int setup(void **state)
{
	struct bed *b = mem_new(struct bed);

	bed_init(b, "sqlite:t.db");
	b->cfg.vfs = CUTDISK_VFS;
	b->cfg.wal_pages = 30;
	b->cfg.fold_lag_min = 50;
	b->cfg.fold_slice = 5;
	bed_open(b);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	cutdisk_fail(0, 0);
	bed_done(*state);
	cutdisk_restore(); /* nothing was saved: an empty disk */
	mem_free(*state);
	return 0;
}

static void await_room(struct bed *b)
{
	for (unsigned i = 0; i < 100 && b->s->ops->ready(b->s) != 0; i++)
		bed_sleep(b, 20);
	assert_int_equal(b->s->ops->ready(b->s), 0);
}

static void refuses_while_full(void **state)
{
	struct bed *b = *state;

	bed_message(b, 1, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	cutdisk_fail(SQLITE_FULL, 0);
	bed_message(b, 2, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), -ENOSPC);
	assert_int_equal(b->s->ops->ready(b->s), -ENOSPC);
	bed_sleep(b, 250); /* a probe in vain */
	assert_int_equal(b->s->ops->ready(b->s), -ENOSPC);
	cutdisk_fail(0, 0);
	await_room(b);
	bed_message(b, 3, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_LIVE_SCAN, BED_NONE),
			    "1|0|10|-|-|#|[];3|0|30|-|-|#|[];");
	assert_int_equal(b->broken, 0);
}

/* Full and not, again and again, in the middle of folds and checkpoints: each
 * message is there if and only if its batch was answered with 0. */
static void keeps_what_it_answered(void **state)
{
	enum { ROUNDS = 300 };
	struct bed *b = *state;
	bool kept[ROUNDS + 1] = { false };
	unsigned refused = 0, n = 0;

	for (uint64_t id = 1; id <= ROUNDS; id++) {
		/* Two batches out of six; a fold and a probe may fall in. */
		cutdisk_fail(id % 6 < 2 ? SQLITE_FULL : 0, 0);
		bed_message(b, id, "a", "otp", "+441");
		for (uint64_t k = 1; k < 8 && id > k; k++)
			bed_event(b, id - k, EVENT_STATE, MESSAGE_HELD, "", "");
		kept[id] = bed_commit(b) == 0;
		refused += !kept[id];
		n += kept[id];
	}
	assert_int_equal(refused, ROUNDS / 3);
	cutdisk_fail(0, 0);
	await_room(b);
	bed_reopen(b);
	buf_reset(&b->shown);
	char *shown =
		str_dup(bed_scan(b, STORE_RECENT_SCAN, BED_CELLS(CELL_I(0))));
	struct str rest = str_of(shown), row, id;
	for (uint64_t i = 1; i <= ROUNDS; i++) {
		uint64_t got;
		if (!kept[i])
			continue;
		rest = str_cut(rest, ';', &row);
		(void)str_cut(row, '|', &id);
		assert_int_equal(str_u64(id, ROUNDS, &got), 0);
		assert_int_equal(got, i);
	}
	assert_int_equal(rest.len, 0);
	mem_free(shown);
	(void)bed_get(b, STORE_MESSAGE_COUNTS, BED_CELLS(CELL_N));
	uint64_t sum = 0, part;
	for (rest = buf_str(&b->shown); rest.len > 0;) {
		rest = str_cut(rest, ';', &row);
		for (unsigned i = 0; i < 3; i++)
			row = str_cut(row, '|', &id);
		assert_int_equal(str_u64(id, ROUNDS, &part), 0);
		sum += part;
	}
	assert_int_equal(sum, n);
	assert_int_equal(b->broken, 0);
}

static void stops_at_a_failed_flush(void **state)
{
	struct bed *b = *state;

	bed_message(b, 1, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	b->answered = 0;
	cutdisk_arm(0, 1);
	/* Even when it calls itself a full disk: what was written is gone. */
	cutdisk_fail(0, SQLITE_IOERR_FSYNC);
	bed_message(b, 2, "a", "otp", "+441");
	store_then(b->s, bed_answer, b);
	assert_true(bed_until(b, &b->broken, 1));
	assert_non_null(strstr(b->why, "disk I/O error"));
	cutdisk_fail(0, 0);
	uint64_t calls = cutdisk_calls();
	bed_message(b, 3, "a", "otp", "+441");
	store_then(b->s, bed_answer, b);
	bed_sleep(b, 300); /* folds and probes would fall in here */
	assert_int_equal(cutdisk_calls(), calls);
	assert_int_equal(b->answered, 0);
	assert_int_equal(b->broken, 1);
	store_close(&b->s);
	assert_int_equal(cutdisk_calls(), calls);
	bed_open(b);
	assert_int_equal(b->answered, 0);
	/* The second may have reached the disk, though nobody was told. */
	const char *shown = bed_scan(b, STORE_LIVE_SCAN, BED_NONE);
	assert_true(str_starts(str_of(shown), STR("1|0|10|-|-|#|[];")));
	assert_null(strstr(shown, "3|0|30"));
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(refuses_while_full),
		CASE(keeps_what_it_answered),
		CASE(stops_at_a_failed_flush),
	};

	log_threshold = LOG_ERROR;
	cutdisk_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	cutdisk_close();
	return failed;
}
