/* Time zones against dates that are known, and against the C library. */
#include "proto/tzone.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "proto/tzone_file.h"

static int64_t wall(const char *z)
{
	int64_t ms = 0;

	assert_int_equal(clock_parse_rfc3339(z, strlen(z), &ms), 0);
	return ms;
}

static const struct {
	const char *zone;
	const char *at;
	int32_t offset_s;
} offsets[] = {
	{ "Europe/London", "2026-03-29T00:59:59Z", 0 },
	{ "Europe/London", "2026-03-29T01:00:00Z", 3600 },
	{ "Europe/London", "2026-10-25T00:59:59.999Z", 3600 },
	{ "Europe/London", "2026-10-25T01:00:00Z", 0 },
	{ "Europe/London", "2060-07-01T12:00:00Z", 3600 },
	{ "Europe/London", "2060-12-01T12:00:00Z", 0 },
	{ "Europe/London", "2060-03-28T00:59:59Z", 0 },
	{ "Europe/London", "2060-03-28T01:00:00Z", 3600 },
	{ "Europe/London", "2060-10-31T00:59:59Z", 3600 },
	{ "Europe/London", "2060-10-31T01:00:00Z", 0 },
	{ "Australia/Sydney", "2060-04-03T15:59:59Z", 39600 },
	{ "Australia/Sydney", "2060-04-03T16:00:00Z", 36000 },
	{ "Australia/Sydney", "2060-10-02T15:59:59Z", 36000 },
	{ "Australia/Sydney", "2060-10-02T16:00:00Z", 39600 },
	{ "Europe/London", "1970-06-01T12:00:00Z", 3600 },
	{ "America/New_York", "2026-03-08T06:59:59Z", -5 * 3600 },
	{ "America/New_York", "2026-03-08T07:00:00Z", -4 * 3600 },
	{ "America/New_York", "2026-11-01T05:59:59Z", -4 * 3600 },
	{ "America/New_York", "2026-11-01T06:00:00Z", -5 * 3600 },
	{ "America/New_York", "2055-07-04T16:00:00Z", -4 * 3600 },
	{ "Asia/Shanghai", "2026-11-22T10:40:00Z", 8 * 3600 },
	{ "Asia/Shanghai", "1988-07-01T00:00:00Z", 9 * 3600 },
	{ "Asia/Kolkata", "2026-01-01T00:00:00Z", 19800 },
	{ "Asia/Kathmandu", "2026-01-01T00:00:00Z", 20700 },
	{ "America/St_Johns", "2026-07-01T00:00:00Z", -9000 },
	{ "Australia/Sydney", "2026-01-01T00:00:00Z", 11 * 3600 },
	{ "Australia/Sydney", "2060-07-01T00:00:00Z", 10 * 3600 },
	{ "Australia/Lord_Howe", "2060-01-01T00:00:00Z", 11 * 3600 },
	{ "Pacific/Kiritimati", "2026-01-01T00:00:00Z", 14 * 3600 },
	{ "Pacific/Honolulu", "2026-07-01T00:00:00Z", -10 * 3600 },
	{ "Europe/Dublin", "2060-07-01T00:00:00Z", 3600 },
	{ "Europe/Dublin", "2060-01-01T00:00:00Z", 0 },
	{ "UTC", "2026-07-01T00:00:00Z", 0 },
};

static void offsets_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
		const struct tzone *z = tzone_get(str_of(offsets[i].zone));

		assert_non_null(z);
		assert_string_equal(tzone_name(z), offsets[i].zone);
		assert_ptr_equal(z, tzone_get(str_of(offsets[i].zone)));
		assert_int_equal(tzone_offset_s(z, wall(offsets[i].at)),
				 offsets[i].offset_s);
	}
	tzone_forget();
	assert_int_equal(mem_live_blocks(), 0);
}

static void odd_names_are_unknown(void **state)
{
	static const char *const names[] = {
		"",
		"/UTC",
		"/etc/passwd",
		"../../etc/passwd",
		"Europe/../UTC",
		"Europe",
		"Europe/Nowhere",
		"Europe/London ",
		"Europe\\London",
		"zone.tab",
		"tzdata.zi",
		"right/UTC",
		"Europe/L\xC3\xB6ndon",
		"A234567890123456789012345678901234567890123456789012345678901"
		"234567890",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_null(tzone_get(str_of(names[i])));
	assert_null(tzone_get(str_bytes("UTC\0x", 5)));
	tzone_forget();
	tzone_forget();
	assert_int_equal(mem_live_blocks(), 0);
}

/* Every zone of the country table, at 300 moments, as libc has it. */
static void libc_agrees(void **state)
{
	static const char *const codes[] = { "1",   "7",   "44",  "52", "55",
					     "56",  "61",  "64",  "98", "212",
					     "299", "353", "599", "970" };
	const char *names[12];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		unsigned n = tzone_of_country(str_of(codes[i]), names);

		for (unsigned k = 0; k < n; k++) {
			const struct tzone *z = tzone_get(str_of(names[k]));

			assert_non_null(z);
			assert_int_equal(setenv("TZ", names[k], 1), 0);
			tzset();
			/* 1902 to 2146, a prime number of seconds a step */
			for (int64_t t = -2140000007; t < 5555555555;
			     t += 25652017) {
				struct tm tm;
				time_t at = (time_t)t;

				assert_non_null(localtime_r(&at, &tm));
				if (tzone_offset_s(z, t * 1000) != tm.tm_gmtoff)
					fail_msg("%s at %lld: %d, not %ld",
						 names[k], (long long)t,
						 tzone_offset_s(z, t * 1000),
						 tm.tm_gmtoff);
			}
		}
	}
	tzone_forget();
	assert_int_equal(mem_live_blocks(), 0);
}

static const struct {
	const char *zone;
	const char *now;
	int minute;
	const char *next;
} nexts[] = {
	{ "UTC", "2026-11-22T07:59:59Z", 480, "2026-11-22T08:00:00Z" },
	/* strictly later */
	{ "UTC", "2026-11-22T08:00:00Z", 480, "2026-11-23T08:00:00Z" },
	{ "UTC", "2026-11-22T08:00:00.001Z", 480, "2026-11-23T08:00:00Z" },
	{ "UTC", "2026-12-31T23:59:00Z", 0, "2027-01-01T00:00:00Z" },
	{ "Asia/Shanghai", "2026-11-22T13:00:00Z", 480,
	  "2026-11-23T00:00:00Z" },
	{ "Asia/Shanghai", "2026-11-22T23:59:00Z", 480,
	  "2026-11-23T00:00:00Z" },
	{ "America/New_York", "2026-11-22T02:00:00Z", 480,
	  "2026-11-22T13:00:00Z" },
	/* the clocks go forward between now and then, or back */
	{ "Europe/London", "2026-03-28T22:00:00Z", 480,
	  "2026-03-29T07:00:00Z" },
	{ "Europe/London", "2026-10-24T21:00:00Z", 480,
	  "2026-10-25T08:00:00Z" },
	{ "America/New_York", "2026-03-08T03:00:00Z", 480,
	  "2026-03-08T12:00:00Z" },
	{ "America/New_York", "2026-11-01T03:00:00Z", 480,
	  "2026-11-01T13:00:00Z" },
	/* 01:30 does not exist in London on 29 March: 02:00 it is */
	{ "Europe/London", "2026-03-29T00:00:00Z", 90, "2026-03-29T01:00:00Z" },
	{ "Europe/London", "2026-03-29T01:00:00Z", 90, "2026-03-30T00:30:00Z" },
	{ "America/New_York", "2026-03-08T05:00:00Z", 150,
	  "2026-03-08T07:00:00Z" },
	/* 01:30 comes twice on 25 October */
	{ "Europe/London", "2026-10-25T00:00:00Z", 90, "2026-10-25T00:30:00Z" },
	{ "Europe/London", "2026-10-25T00:30:00Z", 90, "2026-10-25T01:30:00Z" },
	{ "Europe/London", "2026-10-25T01:30:00Z", 90, "2026-10-26T01:30:00Z" },
	/* midnight goes back to yesterday's 23:00: 23:30 comes twice */
	{ "America/Havana", "2025-11-02T04:10:00Z", 30,
	  "2025-11-02T04:30:00Z" },
	{ "America/Havana", "2025-11-02T04:40:00Z", 30,
	  "2025-11-02T05:30:00Z" },
};

static void next_minutes_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nexts); i++) {
		const struct tzone *z = tzone_get(str_of(nexts[i].zone));
		char got[32];

		assert_non_null(z);
		clock_rfc3339(tzone_next(z, wall(nexts[i].now),
					 nexts[i].minute),
			      got);
		if (tzone_next(z, wall(nexts[i].now), nexts[i].minute) !=
		    wall(nexts[i].next))
			fail_msg("row %zu: %s", i, got);
	}
	tzone_forget();
}

/* tzone_next against a walk minute by minute. */
static void next_agrees_with_a_walk(void **state)
{
	static const char *const names[] = {
		"Europe/London", "America/New_York", "Australia/Lord_Howe",
		"Asia/Shanghai", "America/St_Johns",
	};

	(void)state;
	srandom(20261122);
	for (int i = 0; i < 1500; i++) {
		const struct tzone *z =
			tzone_get(str_of(names[i % ARRAY_LEN(names)]));
		/* every second start lies near a change of clocks */
		int64_t base = i & 1 ? wall("2026-03-07T00:00:00Z")
				     : wall("2026-10-24T00:00:00Z");
		int64_t now = base + random() % (30 * 86400) * 1000;
		int minute = (int)(random() % 1440);
		int64_t got = tzone_next(z, now, minute);
		int64_t t = (now / 60000 + 1) * 60000;
		int prev = tzone_minute_of_day(tzone_offset_s(z, now), now);

		assert_true(got > now && got <= now + 26 * 3600 * 1000ll);
		for (;; t += 60000) {
			int m = tzone_minute_of_day(tzone_offset_s(z, t), t);
			bool jumped = (m - prev + 1440) % 1440 < 120 &&
				      (m - prev + 1440) % 1440 > 1 &&
				      (minute - prev + 1440) % 1440 > 0 &&
				      (minute - prev + 1440) % 1440 <
					      (m - prev + 1440) % 1440;

			if (m == minute || jumped)
				break;
			prev = m;
		}
		assert_int_equal(got, t);
	}
	tzone_forget();
}

static const struct {
	const char *rule;
	int rc;
	int32_t january_s, july_s;
} rules[] = {
	{ "", 0, 0, 0 },
	{ "CST-8", 0, 28800, 28800 },
	{ "<+0330>-3:30", 0, 12600, 12600 },
	{ "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", 0, -10800, -7200 },
	{ "GMT0BST,M3.5.0/1,M10.5.0", 0, 0, 3600 },
	{ "IST-1GMT0,M10.5.0,M3.5.0/1", 0, 0, 3600 },
	{ "AEST-10AEDT,M10.1.0,M4.1.0/3", 0, 39600, 36000 },
	{ "XXX3EDT4,0/0,J365/23", 0, -14400, -14400 },
	{ "EST5EDT,J60,J300", 0, -18000, -14400 },
	{ "EST5EDT,59/24,299/167", 0, -18000, -14400 },
	{ "EST5EDT", -EBADMSG, 0, 0 },
	{ "EST", -EBADMSG, 0, 0 },
	{ "ES5", -EBADMSG, 0, 0 },
	{ "EST25", -EBADMSG, 0, 0 },
	{ "EST5EDT,M13.1.0,M4.1.0", -EBADMSG, 0, 0 },
	{ "EST5EDT,M3.6.0,M4.1.0", -EBADMSG, 0, 0 },
	{ "EST5EDT,M3.2.7,M4.1.0", -EBADMSG, 0, 0 },
	{ "EST5EDT,M3.2.0/168,M4.1.0", -EBADMSG, 0, 0 },
	{ "EST5EDT,J0,J300", -EBADMSG, 0, 0 },
	{ "EST5EDT,M3.2.0", -EBADMSG, 0, 0 },
	{ "EST5EDT,M3.2.0,M11.1.0x", -EBADMSG, 0, 0 },
	{ "<EST5", -EBADMSG, 0, 0 },
	{ "EST5:60", -EBADMSG, 0, 0 },
};

static void rules_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct tz_rule r;

		assert_int_equal(tz_rule_parse(str_of(rules[i].rule), &r),
				 rules[i].rc);
		if (rules[i].rc != 0 || rules[i].rule[0] == '\0')
			continue;
		assert_int_equal(tz_rule_offset(&r, 1768435200),
				 rules[i].january_s); /* 2026-01-15 */
		assert_int_equal(tz_rule_offset(&r, 1784073600),
				 rules[i].july_s); /* 2026-07-15 */
		/* far away nothing overflows and no loop runs long */
		(void)tz_rule_offset(&r, (int64_t)1 << 43);
		(void)tz_rule_offset(&r, -((int64_t)1 << 43));
	}
}

/* J60 is the first of March in every year, 59 only in common ones. */
static void leap_days_are_counted(void **state)
{
	static const struct {
		const char *rule;
		const char *at;
		int32_t offset_s;
	} days[] = {
		{ "UTC0DST,J60/0,J300", "2028-02-29T23:59:59Z", 0 },
		{ "UTC0DST,J60/0,J300", "2028-03-01T00:00:00Z", 3600 },
		{ "UTC0DST,J60/0,J300", "2027-02-28T23:59:59Z", 0 },
		{ "UTC0DST,J60/0,J300", "2027-03-01T00:00:00Z", 3600 },
		{ "UTC0DST,59/0,300", "2028-02-28T23:59:59Z", 0 },
		{ "UTC0DST,59/0,300", "2028-02-29T00:00:00Z", 3600 },
		{ "UTC0DST,59/0,300", "2100-03-01T00:00:00Z", 3600 },
		{ "UTC0DST,59/0,300", "2100-02-28T23:59:59Z", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		struct tz_rule r;

		assert_int_equal(tz_rule_parse(str_of(days[i].rule), &r), 0);
		assert_int_equal(tz_rule_offset(&r, wall(days[i].at) / 1000),
				 days[i].offset_s);
	}
}

static void put_header(struct buf *b, uint32_t times, uint32_t types)
{
	buf_put(b, "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
	for (int i = 0; i < 3; i++)
		buf_u32(b, 0);
	buf_u32(b, times);
	buf_u32(b, types);
	buf_u32(b, 0);
}

/* Times out of order, a type that is not there, an offset of two days. */
static void wrong_files_are_refused(void **state)
{
	static const struct {
		uint64_t first, second;
		uint8_t type;
		uint32_t offset_s;
		int rc;
	} files[] = {
		{ 100, 200, 0, 3600, 0 },
		{ 200, 200, 0, 3600, -EBADMSG },
		{ 300, 200, 0, 3600, -EBADMSG },
		{ 100, 200, 1, 3600, -EBADMSG },
		{ 100, 200, 0, 2 * 86400, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct buf b;
		struct tz_file f;

		buf_init(&b, 4096);
		put_header(&b, 0, 0);
		put_header(&b, 2, 1);
		buf_u64(&b, files[i].first);
		buf_u64(&b, files[i].second);
		buf_u8(&b, 0);
		buf_u8(&b, files[i].type);
		buf_u32(&b, files[i].offset_s);
		buf_u16(&b, 0);
		buf_z(&b, "\n\n");
		assert_int_equal(tz_file_parse(buf_str(&b), &f), files[i].rc);
		if (files[i].rc == 0) {
			assert_int_equal(tz_file_offset(&f, 1000), 3600);
			tz_file_done(&f);
		}
		buf_done(&b);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

/* A file cut anywhere is refused, and no byte is read beyond its end. */
static void cut_files_are_refused(void **state)
{
	static char bytes[65536];
	FILE *f = fopen("/usr/share/zoneinfo/Europe/London", "rb");
	struct tz_file z;

	(void)state;
	assert_non_null(f);
	size_t len = fread(bytes, 1, sizeof(bytes), f);

	(void)fclose(f);
	assert_true(len > 500);
	assert_int_equal(tz_file_parse(str_bytes(bytes, len), &z), 0);
	tz_file_done(&z);
	for (size_t n = 0; n < len; n++) {
		char *cut = mem_dup(bytes, n);
		int rc = tz_file_parse(str_bytes(cut, n), &z);

		mem_free(cut);
		assert_int_equal(rc, -EBADMSG);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

static void countries_have_zones(void **state)
{
	static const char *const wanted[] = {
		"44",  "86",  "1",   "7",  "61",  "91",  "852", "853", "886",
		"65",  "60",  "81",  "82", "49",  "33",  "34",  "39",  "31",
		"32",  "41",  "43",  "45", "46",  "47",  "48",  "351", "353",
		"358", "55",  "52",  "62", "971", "966", "90",  "972", "20",
		"27",  "234", "254", "92", "880", "84",  "66",  "63",  "64",
	};
	const char *names[12];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		assert_true(tzone_of_country(str_of(wanted[i]), names) > 0);
	assert_int_equal(tzone_of_country(STR("1"), names), 12);
	assert_int_equal(tzone_of_country(STR("62"), names), 3);
	assert_int_equal(tzone_of_country(STR("44"), names), 1);
	assert_string_equal(names[0], "Europe/London");
	assert_int_equal(tzone_of_country(STR(""), names), 0);
	assert_int_equal(tzone_of_country(STR("999"), names), 0);
	for (unsigned code = 1; code < 1000; code++) {
		char z[8];

		(void)snprintf(z, sizeof(z), "%u", code);
		unsigned n = tzone_of_country(str_of(z), names);

		for (unsigned k = 0; k < n; k++)
			assert_non_null(tzone_get(str_of(names[k])));
	}
	tzone_forget();
	assert_int_equal(mem_live_blocks(), 0);
}

static const struct {
	int32_t offset_s;
	const char *at;
	const char *text;
	int minute;
} texts[] = {
	{ 28800, "2026-11-22T10:40:59Z", "2026-11-22 18:40", 1120 },
	{ -18000, "2026-01-01T04:59:00Z", "2025-12-31 23:59", 1439 },
	{ 0, "2024-02-29T00:00:00Z", "2024-02-29 00:00", 0 },
	{ 50400, "2024-02-29T10:00:00Z", "2024-03-01 00:00", 0 },
	{ -12600, "1969-12-31T03:30:00Z", "1969-12-31 00:00", 0 },
};

static void local_text_is_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char out[20];
		int64_t at = wall(texts[i].at);

		tzone_local_text(texts[i].offset_s, at, out);
		assert_string_equal(out, texts[i].text);
		assert_int_equal(tzone_minute_of_day(texts[i].offset_s, at),
				 texts[i].minute);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_known),
		cmocka_unit_test(odd_names_are_unknown),
		cmocka_unit_test(libc_agrees),
		cmocka_unit_test(next_minutes_are_found),
		cmocka_unit_test(next_agrees_with_a_walk),
		cmocka_unit_test(rules_are_read),
		cmocka_unit_test(leap_days_are_counted),
		cmocka_unit_test(wrong_files_are_refused),
		cmocka_unit_test(cut_files_are_refused),
		cmocka_unit_test(countries_have_zones),
		cmocka_unit_test(local_text_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
