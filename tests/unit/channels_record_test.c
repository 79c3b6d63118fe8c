/* Recordings: their lines, their files, and a disk that does not take them. */
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"
#include "channels/record/recorder.h"
#include "proto/smpp.h"
#include "proto/smpp_write.h"

static char dir[] = "/tmp/channels_record_XXXXXX";

static void path_of(char out[128], const char *name)
{
	(void)snprintf(out, 128, "%s/%s", dir, name);
}

/* Lines of a file as JSON; NULL when there is no such file. */
static json_t *lines_of(const char *path)
{
	FILE *f = fopen(path, "re");
	json_t *all = json_array();
	static char line[200000];

	if (f == NULL) {
		json_decref(all);
		return NULL;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		json_t *j = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

		if (j == NULL)
			fail_msg("no JSON: %s", line);
		json_array_append_new(all, j);
	}
	fclose(f);
	return all;
}

static const char *text_at(const json_t *all, size_t i, const char *name)
{
	const char *s = json_string_value(
		json_object_get(json_array_get(all, i), name));

	return s == NULL ? "" : s;
}

static long long number_at(const json_t *all, size_t i, const char *name)
{
	return json_integer_value(
		json_object_get(json_array_get(all, i), name));
}

static struct recorder_cfg config(char *path)
{
	return (struct recorder_cfg){ .path = path,
				      .size_bytes = 1 << 20,
				      .files = 3 };
}

static void heads(struct buf *b, unsigned n)
{
	for (unsigned i = 1; i <= n; i++)
		assert_int_equal(smpp_write_head(b, SMPP_ENQUIRE_LINK, 0, i),
				 0);
}

static void a_line_says_it_all(void **state)
{
	char path[128];
	struct clock_hand clock;
	struct stat st;
	struct buf b;

	(void)state;
	path_of(path, "lines");
	clock_hand_init(&clock, 1795353802000);
	const struct recorder_cfg cfg = config(path);
	struct recorder *r = recorder_open("carrier-a", &clock.ops, &cfg);
	buf_init(&b, 4096);
	heads(&b, 2);
	unsigned one = recorder_begin(r, "127.0.0.1:2775");
	unsigned two = recorder_begin(r, "[::1]:2775");
	clock_hand_turn(&clock, 5);
	recorder_pdus(r, one, RECORDER_OUT, buf_str(&b));
	recorder_pdus(r, two, RECORDER_IN, str_first(buf_str(&b), 16));
	recorder_end(r, one, "closed");
	recorder_close(&r);
	assert_null(r);

	json_t *all = lines_of(path);
	assert_int_equal(json_array_size(all), 7);
	assert_int_equal(number_at(all, 0, "recording"), 1);
	assert_string_equal(text_at(all, 0, "link"), "carrier-a");
	assert_memory_equal(text_at(all, 0, "time"), "2026-11-22T13:23:22.",
			    20);
	assert_true(json_is_true(
		json_object_get(json_array_get(all, 0), "masked")));
	assert_string_equal(text_at(all, 1, "open"), "127.0.0.1:2775");
	assert_int_equal(number_at(all, 1, "t"), 1795353802000000);
	assert_int_equal(number_at(all, 3, "t"), 1795353802005000);
	assert_int_equal(number_at(all, 3, "c"), 1);
	assert_string_equal(text_at(all, 3, "out"),
			    "00000010000000150000000000000001");
	assert_string_equal(text_at(all, 4, "out"),
			    "00000010000000150000000000000002");
	assert_int_equal(number_at(all, 5, "c"), 2);
	assert_string_equal(text_at(all, 5, "in"),
			    "00000010000000150000000000000001");
	assert_string_equal(text_at(all, 6, "close"), "closed");
	json_decref(all);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_done(&b);

	/* it goes on where it was, with a header of its own */
	r = recorder_open("carrier-a", &clock.ops, &cfg);
	recorder_begin(r, "x");
	recorder_close(&r);
	all = lines_of(path);
	assert_int_equal(json_array_size(all), 9);
	assert_int_equal(number_at(all, 7, "recording"), 1);
	json_decref(all);
	assert_int_equal(unlink(path), 0);
}

static void nothing_is_recorded_unasked(void **state)
{
	char none[] = "";
	const struct recorder_cfg cfg = config(none);
	struct recorder *r = recorder_open("a", &clock_real, &cfg);

	(void)state;
	assert_null(r);
	assert_int_equal(recorder_begin(r, "x"), 0);
	recorder_pdus(r, 0, RECORDER_IN, STR("x"));
	recorder_end(r, 0, "closed");
	recorder_close(&r);
}

static void files_are_put_aside(void **state)
{
	char path[128], aside[160];
	struct buf b;
	long long last = 0, seen = 0;

	(void)state;
	path_of(path, "full");
	struct recorder_cfg cfg = config(path);
	cfg.size_bytes = 65536;
	struct recorder *r = recorder_open("a", &clock_real, &cfg);
	unsigned c = recorder_begin(r, "x");
	buf_init(&b, 1 << 20);
	heads(&b, 5000);
	recorder_pdus(r, c, RECORDER_OUT, buf_str(&b));
	recorder_close(&r);
	buf_done(&b);
	for (int i = 3; i >= 0; i--) {
		struct stat st;

		(void)snprintf(aside, sizeof(aside), i > 0 ? "%s.%d" : "%s",
			       path, i);
		json_t *all = lines_of(aside);
		if (i == 3) {
			assert_null(all); /* only three are kept */
			continue;
		}
		assert_non_null(all);
		assert_int_equal(stat(aside, &st), 0);
		assert_true(st.st_size <= 65536);
		assert_int_equal(number_at(all, 0, "recording"), 1);
		for (size_t k = 1; k < json_array_size(all); k++) {
			long long n =
				strtoll(text_at(all, k, "out") + 24, NULL, 16);

			/* one after the other, over all files */
			assert_true(last == 0 || n == last + 1);
			last = n;
			seen++;
		}
		json_decref(all);
		assert_int_equal(unlink(aside), 0);
	}
	assert_int_equal(last, 5000);
	assert_true(seen > 1500 && seen < 5000);
}

static void one_long_line_has_a_file(void **state)
{
	char path[128];
	struct buf b;

	(void)state;
	path_of(path, "long");
	struct recorder_cfg cfg = config(path);
	cfg.size_bytes = 65536;
	cfg.files = 1;
	struct recorder *r = recorder_open("a", &clock_real, &cfg);
	unsigned c = recorder_begin(r, "x");
	buf_init(&b, BUF_NO_LIMIT);
	buf_u32(&b, 60000);
	buf_u32(&b, SMPP_DELIVER_SM);
	for (unsigned i = 8; i < 60000; i++)
		buf_c(&b, 'x');
	recorder_pdus(r, c, RECORDER_IN, buf_str(&b));
	recorder_close(&r);
	json_t *all = lines_of(path);
	assert_int_equal(json_array_size(all), 3);
	assert_int_equal(strlen(text_at(all, 2, "in")), 120000);
	json_decref(all);
	buf_done(&b);
	assert_int_equal(unlink(path), 0);
}

static void a_bad_disk_costs_lines(void **state)
{
	char path[128];
	struct buf b;

	(void)state;
	path_of(path, "no/such/folder");
	struct recorder_cfg cfg = config(path);
	struct recorder *r = recorder_open("bad", &clock_real, &cfg);
	unsigned c = recorder_begin(r, "x");
	buf_init(&b, 1 << 20);
	heads(&b, 100);
	recorder_pdus(r, c, RECORDER_OUT, buf_str(&b));
	recorder_close(&r);
	assert_int_equal(stat_value(stats_get(STAT_COUNTER,
					      "recorded_lost_total", "",
					      "link=\"bad\"")),
			 101);

	/* a file that somebody else writes is not written by two */
	path_of(path, "two");
	cfg = config(path);
	struct recorder *one = recorder_open("one", &clock_real, &cfg);
	c = recorder_begin(one, "x");
	usleep(400000); /* it has the file */
	struct recorder *two = recorder_open("two", &clock_real, &cfg);
	recorder_pdus(two, recorder_begin(two, "x"), RECORDER_OUT, buf_str(&b));
	recorder_close(&two);
	recorder_close(&one);
	json_t *all = lines_of(path);
	assert_int_equal(json_array_size(all), 2);
	json_decref(all);
	buf_done(&b);
	assert_int_equal(unlink(path), 0);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int drop_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_says_it_all),
		cmocka_unit_test(nothing_is_recorded_unasked),
		cmocka_unit_test(files_are_put_aside),
		cmocka_unit_test(one_long_line_has_a_file),
		cmocka_unit_test(a_bad_disk_costs_lines),
	};

	log_threshold = LOG_ERROR;
	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
