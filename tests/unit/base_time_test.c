/* Time and what hangs on it: clocks, RFC 3339, ids, limits. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/limit.h"

static const struct {
	const char *in;
	int rc;
	int64_t ms;
	const char *back; /* NULL: the same text */
} times[] = {
	{ "1970-01-01T00:00:00.000Z", 0, 0, NULL },
	{ "2026-11-22T10:40:00.123Z", 0, INT64_C(1795344000123), NULL },
	{ "2000-02-29T23:59:59.999Z", 0, INT64_C(951868799999), NULL },
	{ "1969-12-31T23:59:59.999Z", 0, -1, NULL },
	{ "0000-01-01T00:00:00.000Z", 0, INT64_C(-62167219200000), NULL },
	{ "9999-12-31T23:59:59.999Z", 0, INT64_C(253402300799999), NULL },
	{ "2026-11-22t10:40:00z", 0, INT64_C(1795344000000),
	  "2026-11-22T10:40:00.000Z" },
	{ "2026-11-22 10:40:00.5+02:30", 0, INT64_C(1795335000500),
	  "2026-11-22T08:10:00.500Z" },
	{ "2026-11-22T10:40:00.123999999-00:30", 0, INT64_C(1795345800123),
	  "2026-11-22T11:10:00.123Z" },
	{ "2016-12-31T23:59:60Z", 0, INT64_C(1483228800000),
	  "2017-01-01T00:00:00.000Z" },
	{ "2026-11-22T10:40:00", -EBADMSG, 0, NULL },
	{ "2026-11-22T10:40:00.Z", -EBADMSG, 0, NULL },
	{ "2026-11-22T24:00:00Z", -EBADMSG, 0, NULL },
	{ "2026-02-29T00:00:00Z", -EBADMSG, 0, NULL },
	{ "1900-02-29T00:00:00Z", -EBADMSG, 0, NULL },
	{ "2026-13-01T00:00:00Z", -EBADMSG, 0, NULL },
	{ "2026-00-01T00:00:00Z", -EBADMSG, 0, NULL },
	{ "2026-01-00T00:00:00Z", -EBADMSG, 0, NULL },
	{ "2026-1-1T00:00:00Z", -EBADMSG, 0, NULL },
	{ "2026-11-22T10:60:00Z", -EBADMSG, 0, NULL },
	{ "2026-11-22T10:40:00+24:00", -EBADMSG, 0, NULL },
	{ "2026-11-22T10:40:00+0200", -EBADMSG, 0, NULL },
	{ "2026-11-22T10:40:00Z ", -EBADMSG, 0, NULL },
	{ "", -EBADMSG, 0, NULL },
};

static void rfc3339(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		int64_t ms = 42;
		char out[32];
		int rc = clock_parse_rfc3339(times[i].in, strlen(times[i].in),
					     &ms);
		assert_int_equal(rc, times[i].rc);
		assert_int_equal(ms, rc < 0 ? 42 : times[i].ms);
		if (rc < 0)
			continue;
		clock_rfc3339(ms, out);
		assert_string_equal(out, times[i].back != NULL ? times[i].back
							       : times[i].in);
	}
}

/* Every day of 800 years, there and back; and far outside of the format. */
static void rfc3339_days(void **state UNUSED)
{
	char out[32], last[32] = "";
	int64_t back;

	for (int64_t day = -400 * 365; day < 400 * 365; day++) {
		clock_rfc3339(day * 86400000 + 1, out);
		assert_int_equal(clock_parse_rfc3339(out, strlen(out), &back),
				 0);
		assert_int_equal(back, day * 86400000 + 1);
		assert_true(strcmp(last, out) < 0);
		memcpy(last, out, sizeof(out));
	}
	clock_rfc3339(INT64_MAX, out);
	assert_string_equal(out, "9999-12-31T23:59:59.999Z");
	clock_rfc3339(INT64_MIN, out);
	assert_string_equal(out, "0000-01-01T00:00:00.000Z");
}

static void hand(void **state UNUSED)
{
	struct clock_hand h;

	clock_hand_init(&h, 5000);
	uint64_t from = clock_mono_ms(&h.ops);
	clock_hand_turn(&h, 250);
	assert_int_equal(clock_mono_ms(&h.ops), from + 250);
	assert_int_equal(clock_mono_us(&h.ops), (from + 250) * 1000);
	assert_int_equal(clock_wall_ms(&h.ops), 5250);
	clock_hand_jump(&h, -10000);
	assert_int_equal(clock_mono_ms(&h.ops), from + 250);
	assert_int_equal(clock_wall_ms(&h.ops), -4750);
	assert_true(clock_wall_ms(&clock_real) > INT64_C(1700000000000));
	assert_true(clock_mono_us(&clock_real) >=
		    clock_mono_ms(&clock_real) * 1000 - 1000000);
}

static const int64_t id_now = INT64_C(1795344000123);

static void ids_grow(void **state UNUSED)
{
	struct id_source s;
	uint64_t last = 0;
	int64_t now = id_now;

	id_source_init(&s, 63);
	for (int i = 0; i < 100000; i++) {
		/* Sometimes on, sometimes back, often not at all. */
		if (i % 1000 == 0)
			now += i % 3000 == 0 ? -50 : 3;
		uint64_t id = id_next(&s, now);
		assert_true(id > last);
		assert_int_equal(id >> 14 & 63, 63);
		last = id;
	}
	/* 16384 in a millisecond, then the next one is borrowed. */
	assert_true(id_wall_ms(last) < id_now + 300);
}

static void ids_after_recovery(void **state UNUSED)
{
	struct id_source other, s;

	/* Seen: an id of a higher node in the same and in a later ms. */
	id_source_init(&other, 9);
	id_source_init(&s, 2);
	for (int64_t ahead = 0; ahead < 3; ahead++) {
		uint64_t seen = id_next(&other, id_now + ahead);
		id_source_seen(&s, seen);
		id_source_seen(&s, 1); /* older: no change */
		uint64_t id = id_next(&s, id_now);
		assert_true(id > seen);
		assert_int_equal(id >> 14 & 63, 2);
	}
	/* And of a lower node. */
	id_source_init(&s, 63);
	id_source_seen(&s, id_floor(id_now) | 0x3fff);
	assert_int_equal(id_wall_ms(id_next(&s, id_now)), id_now);
}

static void id_times(void **state UNUSED)
{
	struct id_source s;

	id_source_init(&s, 5);
	uint64_t id = id_next(&s, id_now);
	assert_int_equal(id_wall_ms(id), id_now);
	assert_true(id_floor(id_now) <= id);
	assert_true(id_floor(id_now + 1) > id);
	assert_int_equal(id_floor(id_now) & 0xfffff, 0);
	assert_int_equal(id_place(id), 0);
	assert_int_equal(id_place(id_next(&s, id_now)), 1);

	id_source_init(&s, 0);
	assert_true(id_next(&s, 0) > 0);
	id_source_init(&s, 0);
	assert_true(id_next(&s, INT64_MAX) > 0);
}

static const struct {
	const char *in;
	int rc;
	uint64_t id;
} id_texts[] = {
	{ "0000000000000", 0, 0 },          { "000000000000z", 0, 31 },
	{ "fzzzzzzzzzzzz", 0, UINT64_MAX }, { "0000000000010", 0, 32 },
	{ "OOOOOOOOOOOlI", 0, 33 },         { "gzzzzzzzzzzzz", -EBADMSG, 0 },
	{ "000000000000u", -EBADMSG, 0 },   { "000000000000", -EBADMSG, 0 },
	{ "00000000000000", -EBADMSG, 0 },  { "", -EBADMSG, 0 },
};

static void id_text_round(void **state UNUSED)
{
	char a[ID_TEXT], b[ID_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(id_texts); i++) {
		uint64_t id = 42;
		assert_int_equal(id_parse(str_of(id_texts[i].in), &id),
				 id_texts[i].rc);
		assert_int_equal(id, id_texts[i].rc < 0 ? 42 : id_texts[i].id);
	}
	/* Text keeps the order. */
	for (uint64_t id = 1; id < UINT64_MAX / 3; id = id * 3 + 1) {
		uint64_t back;
		id_text(id, a);
		id_text(id + 1, b);
		assert_true(strcmp(a, b) < 0);
		assert_int_equal(id_parse(str_of(a), &back), 0);
		assert_int_equal(back, id);
	}
}

/* 10 a second with a burst of 5, over 100 s of odd steps. */
static void limit_rate(void **state UNUSED)
{
	struct limit l;
	uint64_t now = 77;
	int taken = 0;

	limit_init(&l, 10, 5, now);
	while (now < 77 + 100000000) {
		while (limit_take(&l, 1, now))
			taken++;
		uint64_t wait = limit_wait_us(&l, 1, now);
		assert_true(wait > 0);
		/* One us less is not enough, the wait is. */
		assert_false(limit_take(&l, 1, now + wait - 1));
		now += wait;
	}
	assert_in_range(taken, 1004, 1006);
}

static void limit_costs(void **state UNUSED)
{
	struct limit l;

	limit_init(&l, 0, 0, 0);
	assert_true(limit_take(&l, 1e9, 0));
	assert_int_equal(limit_wait_us(&l, 1e9, 0), 0);

	/* A cost above the burst is paid for later. */
	limit_init(&l, 10, 5, 1000000);
	assert_true(limit_take(&l, 8, 1000000));
	assert_false(limit_take(&l, 1, 1000000));
	assert_int_equal(limit_wait_us(&l, 1, 1000000), 400000);
	assert_int_equal(limit_wait_us(&l, 8, 1000000), 800000);
	/* Time that goes back gives nothing and takes nothing. */
	assert_false(limit_take(&l, 1, 500000));
	assert_int_equal(limit_wait_us(&l, 1, 500000), 900000);
	assert_true(limit_take(&l, 1, 1400000));

	/* A new rate keeps what was gathered, up to the new burst. */
	limit_init(&l, 10, 5, 0);
	limit_set_rate(&l, 100, 2, 0);
	assert_true(limit_take(&l, 2, 0));
	assert_false(limit_take(&l, 1, 0));
	assert_int_equal(limit_wait_us(&l, 1, 0), 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339),
		cmocka_unit_test(rfc3339_days),
		cmocka_unit_test(hand),
		cmocka_unit_test(ids_grow),
		cmocka_unit_test(ids_after_recovery),
		cmocka_unit_test(id_times),
		cmocka_unit_test(id_text_round),
		cmocka_unit_test(limit_rate),
		cmocka_unit_test(limit_costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
