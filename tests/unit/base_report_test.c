/* What the house says of itself: log, stats, machines, a failed must. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fsm.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/stats.h"

static int pipe_fd[2];

static int log_to_pipe(void **state UNUSED)
{
	if (pipe(pipe_fd) < 0 || fcntl(pipe_fd[0], F_SETFL, O_NONBLOCK) < 0)
		return -1;
	log_open(pipe_fd[1], LOG_DEBUG);
	return 0;
}

static int log_to_stderr(void **state UNUSED)
{
	log_open(STDERR_FILENO, LOG_INFO);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	return 0;
}

/* What has come through the pipe, as text. */
static const char *heard(void)
{
	static char text[16384];
	ssize_t n = read(pipe_fd[0], text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* One line, without its time. */
static const char *heard_line(void)
{
	const char *line = heard();

	assert_true(strlen(line) > 25);
	assert_true(line[4] == '-' && line[10] == 'T' && line[23] == 'Z');
	return line + 25;
}

static const struct {
	const char *value;
	const char *written;
} values[] = {
	{ "plain-1.2/3", "plain-1.2/3" },
	{ "", "\"\"" },
	{ "two words", "\"two words\"" },
	{ "a=b", "\"a=b\"" },
	{ "say \"hi\"", "\"say \\\"hi\\\"\"" },
	{ "a\\b", "\"a\\\\b\"" },
	{ "l1\nl2\r\t\x01\x7f", "\"l1\\nl2\\r\\t\\x01\\x7f\"" },
	{ "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"" },
	{ "\xff\xc3", "\"\\xff\\xc3\"" },
	{ "\xc2\x85", "\"\\xc2\\x85\"" },
	{ "\xed\xa0\x80", "\"\\xed\\xa0\\x80\"" },
	{ "\xc0\xaf", "\"\\xc0\\xaf\"" },
	{ "+447700900101", "+447…**01" },
	{ "to +447700900101, +8613800138000.", "\"to +447…**01, +861…**00.\"" },
	{ "+1234567", "+123…**67" },
	{ "+123456", "+123456" },
	{ "+1234567890123456", "+1234567890123456" },
	{ "447700900101", "447700900101" },
	{ "++447700900101+", "++447…**01+" },
};

static void log_values(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		char want[128];
		log_info("a.b", KV_S("k", values[i].value));
		log_flush();
		(void)snprintf(want, sizeof(want), "INFO a.b k=%s\n",
			       values[i].written);
		assert_string_equal(heard_line(), want);
	}
}

static void log_kinds(void **state UNUSED)
{
	log_debug("a.b", KV_U("u", UINT64_MAX), KV_I("i", -5),
		  KV_HEX("h", 0x1f), KV_ID("id", 33),
		  KV_ADDR("to", STR("447700900101")),
		  KV_ADDR("mail", STR("someone@example.com")),
		  KV_ADDR("short", STR("10086")), KV_ADDR("none", STR_NONE),
		  KV_STR("s", str_bytes("a\0b", 3)));
	log_flush();
	assert_string_equal(heard_line(),
			    "DEBUG a.b u=18446744073709551615 i=-5 h=0x1f "
			    "id=0000000000011 to=4477…**01 mail=some…**om "
			    "short=…** none=\"\" s=\"a\\x00b\"\n");
}

static void log_levels(void **state UNUSED)
{
	enum log_level level = LOG_DEBUG;

	log_open(pipe_fd[1], LOG_INFO);
	log_debug("not.seen", KV_U("n", 1));
	log_info("first.held");
	assert_string_equal(heard(), "");
	log_warn("then.all");
	const char *text = heard();
	assert_null(strstr(text, "not.seen"));
	assert_non_null(strstr(text, " INFO first.held\n"));
	assert_non_null(strstr(text, " WARN then.all\n"));
	log_open(pipe_fd[1], LOG_DEBUG);

	assert_int_equal(log_level_parse(STR("warn"), &level), 0);
	assert_int_equal(level, LOG_WARN);
	assert_int_equal(log_level_parse(STR("loud"), &level), -EINVAL);
	assert_int_equal(level, LOG_WARN);
}

/* A line is bounded, whatever it is made of, and says that it was cut. */
static void log_bounds(void **state UNUSED)
{
	static const char fill[] = { 'a', '\n', '\xc3', '"', '+' };
	char big[10000];

	for (size_t i = 0; i < ARRAY_LEN(fill); i++) {
		memset(big, fill[i], sizeof(big));
		log_warn("a.b", KV_STR("big", str_bytes(big, sizeof(big))),
			 KV_U("after", 1));
		const char *line = heard();
		size_t n = strlen(line);
		assert_in_range(n, 4080, 4096);
		assert_string_equal(line + n - 7, " [cut]\n");
		assert_ptr_equal(strchr(line, '\n'), line + n - 1);
	}
}

/* More than what is held between flushes is not lost. */
static void log_overflow(void **state UNUSED)
{
	FILE *file = tmpfile();
	char line[4096];
	unsigned n = 0;

	assert_non_null(file);
	log_open(fileno(file), LOG_DEBUG);
	memset(line, 'x', sizeof(line));
	line[90] = '\0';
	for (unsigned i = 0; i < 3000; i++)
		log_info("a.b", KV_U("n", i), KV_S("x", line));
	log_open(pipe_fd[1], LOG_DEBUG);
	rewind(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char want[32];
		(void)snprintf(want, sizeof(want), " n=%u x", n++);
		assert_non_null(strstr(line, want));
	}
	assert_int_equal(n, 3000);
	(void)fclose(file);
}

/* ---- stats --------------------------------------------------------------- */

static void stats_text(void **state UNUSED)
{
	struct buf b;
	struct stat *h = stats_get(STAT_HISTOGRAM, "wait_seconds", "Waited.",
				   "lane=\"a\"");

	stat_add(stats_get(STAT_COUNTER, "sent_total", "Sent.", "lane=\"b\""),
		 2);
	struct stat *a =
		stats_get(STAT_COUNTER, "sent_total", "Sent.", "lane=\"a\"");
	stat_add(a, 40);
	stats_add_shared(a, 2);
	assert_ptr_equal(stats_get(STAT_COUNTER, "sent_total", "Sent.",
				   "lane=\"a\""),
			 a);
	stat_set(stats_get(STAT_GAUGE, "depth", "A \\ and\na line.", NULL), -7);
	stat_observe_us(h, 100);
	stat_observe_us(h, 101);
	stat_observe_us(h, 2500000);
	stat_observe_us(h, 11000000);

	buf_init(&b, BUF_NO_LIMIT);
	stats_write(&b);
	assert_string_equal(
		b.p,
		"# HELP carillon_depth A \\\\ and\\na line.\n"
		"# TYPE carillon_depth gauge\n"
		"carillon_depth -7\n"
		"# HELP carillon_sent_total Sent.\n"
		"# TYPE carillon_sent_total counter\n"
		"carillon_sent_total{lane=\"a\"} 42\n"
		"carillon_sent_total{lane=\"b\"} 2\n"
		"# HELP carillon_wait_seconds Waited.\n"
		"# TYPE carillon_wait_seconds histogram\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.0001\"} 1\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.0002\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.0005\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.001\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.002\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.005\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.01\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.02\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.05\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.1\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.2\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"0.5\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"1\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"2\"} 2\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"5\"} 3\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"10\"} 3\n"
		"carillon_wait_seconds_bucket{lane=\"a\",le=\"+Inf\"} 4\n"
		"carillon_wait_seconds_sum{lane=\"a\"} 13.500201\n"
		"carillon_wait_seconds_count{lane=\"a\"} 4\n");
	assert_int_equal(stat_value(h), 4);
	buf_done(&b);
	stats_reset_all();
	stats_reset_all();
}

static void stats_quantiles(void **state UNUSED)
{
	struct stat *h = stats_get(STAT_HISTOGRAM, "x_seconds", "X.", NULL);

	assert_int_equal(stat_quantile_us(h, 0.99), 0);
	for (uint64_t us = 1; us <= 1000; us++)
		stat_observe_us(h, us);
	assert_int_equal(stat_quantile_us(h, 0), 100);
	assert_int_equal(stat_quantile_us(h, 0.1), 100);
	assert_int_equal(stat_quantile_us(h, 0.101), 200);
	assert_int_equal(stat_quantile_us(h, 0.5), 500);
	assert_int_equal(stat_quantile_us(h, 1), 1000);
	stat_observe_us(h, 77000000);
	assert_int_equal(stat_quantile_us(h, 1), 77000000);
	stats_reset_all();
}

/* ---- machines and must --------------------------------------------------- */

enum { DOOR_SHUT, DOOR_OPEN, DOOR_GONE };

static const struct fsm_state door_states[] = {
	[DOOR_SHUT] = { "shut", BIT(0), BIT(DOOR_OPEN), 500 },
	[DOOR_OPEN] = { "open", BIT(1), BIT(DOOR_SHUT) | BIT(DOOR_GONE), 0 },
	[DOOR_GONE] = { "gone", 0, 0, 0 },
};

static const struct fsm door = { "door", door_states, 3 };

static void machine(void **state UNUSED)
{
	struct fsm_run r;

	fsm_init(&r, &door, "front", DOOR_SHUT);
	assert_string_equal(fsm_name(&r), "shut");
	assert_int_equal(fsm_timeout_ms(&r), 500);
	assert_true(fsm_allows(&r, 0));
	assert_false(fsm_allows(&r, 1));
	fsm_move(&r, DOOR_OPEN);
	log_flush();
	assert_string_equal(heard_line(),
			    "DEBUG fsm.move machine=door id=front from=shut "
			    "to=open\n");
	fsm_move(&r, DOOR_GONE);
	assert_int_equal(r.state, DOOR_GONE);
	assert_false(fsm_allows(&r, 0));
	log_flush();
	(void)heard();
}

/* Runs fn in a child that must die of SIGABRT; gives its stderr. */
static const char *dying(void (*fn)(void))
{
	static char text[16384];
	size_t len = 0;
	int fd[2], status;

	assert_int_equal(pipe(fd), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)signal(SIGABRT, SIG_DFL);
		(void)dup2(fd[1], STDERR_FILENO);
		log_open(STDERR_FILENO, LOG_DEBUG);
		fn();
		_exit(0);
	}
	close(fd[1]);
	for (ssize_t n = 1; n > 0; len += (size_t)MAX(n, 0))
		n = read(fd[0], text + len, sizeof(text) - 1 - len);
	text[len] = '\0';
	close(fd[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	return text;
}

static void wrong_move(void)
{
	struct fsm_run r;

	fsm_init(&r, &door, "back", DOOR_SHUT);
	log_info("held.line");
	fsm_move(&r, DOOR_GONE);
}

static void double_failure(void)
{
	log_info("before.death");
	must(1 + 1 == 3);
}

/* The process ends, and its last lines are written first. */
static void must_ends(void **state UNUSED)
{
	const char *text = dying(wrong_move);
	assert_non_null(strstr(text, " INFO held.line\n"));
	assert_non_null(strstr(text, "fsm.stuck machine=door id=back"));
	assert_non_null(strstr(text, "must("));

	text = dying(double_failure);
	assert_non_null(strstr(text, " INFO before.death\n"));
	assert_non_null(strstr(text, "base_report_test.c:"));
	assert_non_null(strstr(text, "double_failure: must(1 + 1 == 3)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_values),      cmocka_unit_test(log_kinds),
		cmocka_unit_test(log_levels),      cmocka_unit_test(log_bounds),
		cmocka_unit_test(log_overflow),    cmocka_unit_test(stats_text),
		cmocka_unit_test(stats_quantiles), cmocka_unit_test(machine),
		cmocka_unit_test(must_ends),
	};

	return cmocka_run_group_tests(tests, log_to_pipe, log_to_stderr);
}
