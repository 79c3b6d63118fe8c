/* CSV: rows and bad rows, however the bytes are cut; cells for export. */
#include "proto/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"

/* Events as text: "1:a|b;" for a row, "2!why;" for a bad one. */
static void on_row(void *owner, unsigned line, const struct str *cells,
		   unsigned n)
{
	struct buf *b = owner;

	buf_f(b, "%u:", line);
	for (unsigned i = 0; i < n; i++)
		buf_f(b, "%s%.*s", i ? "|" : "", STR_ARGS(cells[i]));
	buf_c(b, ';');
}

static void on_bad(void *owner, unsigned line, const char *why)
{
	buf_f(owner, "%u!%s;", line, why);
}

static const struct csv_events events = { on_row, on_bad };

#define MAX_ROW 60
#define CLOSED "text after a closing quote;"
#define LONG "longer than a row may be;"
#define OPEN "a quote that is never closed;"
#define INSIDE "a quote inside a cell that does not begin with one;"

static const struct {
	const char *in;
	const char *want;
} cases[] = {
	{ "", "" },
	{ "\n\n\r\n", "" },
	{ "a", "1:a;" },
	{ "a,b\nc,d\n", "1:a|b;2:c|d;" },
	{ "a,b\r\nc,d\r\n", "1:a|b;2:c|d;" },
	{ "a,b\rc,d\r", "1:a|b;2:c|d;" },
	{ "a,b\n\nc,d", "1:a|b;3:c|d;" },
	{ "a,b\r\n\r\nc,d", "1:a|b;3:c|d;" },
	{ ",\n,,\n", "1:|;2:||;" },
	{ "\"\"\n\"\",\n", "1:;2:|;" },
	{ "\xEF\xBB\xBFname,phone\nx,1\n", "1:name|phone;2:x|1;" },
	{ "\xEF\xBB\xBF\"a\",b\n", "1:a|b;" },
	/* the separator of the first line holds for all */
	{ "a;b\nc,d;e\n", "1:a|b;2:c,d|e;" },
	{ "a\tb\nc d\te,f\n", "1:a|b;2:c d|e,f;" },
	{ "\"a;b\",c\nd,e\n", "1:a;b|c;2:d|e;" },
	{ "a b\nc,d\n", "1:a b;2:c|d;" },
	/* quotes */
	{ "\"a,b\",c\n", "1:a,b|c;" },
	{ "\"a\"\"b\"\n", "1:a\"b;" },
	{ "\"a\nb\",c\nd,e\n", "1:a\nb|c;3:d|e;" },
	{ "\"a\r\nb\",c\r\nd,e", "1:a\r\nb|c;3:d|e;" },
	{ "a,\"\"\"\"\n", "1:a|\";" },
	{ "张三,\"你好\n世界\"\n", "1:张三|你好\n世界;" },
	{ " \"a\"\nb\n", "1!" INSIDE "2:b;" },
	/* bad rows, and the reading goes on */
	{ "a\n\"b\"c,d\ne,f\n", "1:a;2!" CLOSED "3:e|f;" },
	{ "a\"b\nc\n", "1!" INSIDE "2:c;" },
	{ "a\n\"b,c\nd,e\nf,g\n", "1:a;2!" OPEN "3:d|e;4:f|g;" },
	{ "\"\n\"\n\"", "1:\n;3!" OPEN },
	{ "a,b\n\"c\nd,e\n\"f\nh,i",
	  "1:a|b;2!" CLOSED "3:d|e;4!" OPEN "5:h|i;" },
	{ "x\n\"1,000\r\n2,000\r\n3\r\n\r\n", "1:x;2!" OPEN "3:2|000;4:3;" },
	{ "a\n0123456789012345678901234567890123456789012345678901234567890"
	  "12345\nb\n",
	  "1:a;2!" LONG "3:b;" },
	{ "a\n\"23456789012345678901234567890\n1234567890123456789012345678"
	  "90123\nb\n",
	  "1:a;2!" LONG "3:123456789012345678901234567890123;"
	  "4:b;" },
	/* the limit falls between CR and LF: still one line end */
	{ "a\n\"12345678901234567890123456789012345678901234567890123456789"
	  "\r\nb\n",
	  "1:a;2!" LONG "3:b;" },
	{ "a\n\xFF,b\nc\n", "1:a;2!not UTF-8;3:c;" },
	/* an invalid sequence is not made whole by the next cell */
	{ "a,b\n\xC3,\xA9\nc\n", "1:a|b;2!not UTF-8;3:c;" },
};

static void read_all(const char *in, size_t step, struct buf *got)
{
	struct csv *c = csv_new(MAX_ROW, &events, got);
	struct str s = str_of(in);

	while (s.len > 0) {
		size_t n = step > 0 ? step : 1 + (size_t)random() % 9;

		csv_feed(c, str_first(s, n));
		s = str_from(s, n);
	}
	csv_end(c);
	csv_free(&c);
	assert_null(c);
	csv_free(&c);
}

static void rows_are_read(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 7, 4096, 0, 0, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
			struct buf got;

			buf_init(&got, 65536);
			read_all(cases[i].in, steps[k], &got);
			if (strcmp(got.p, cases[i].want) != 0)
				fail_msg("row %zu, step %zu: %s", i, steps[k],
					 got.p);
			buf_done(&got);
		}
	}
	assert_int_equal(mem_live_blocks(), 0);
}

static void nul_is_a_bad_row(void **state)
{
	struct buf got;
	struct csv *c;

	(void)state;
	buf_init(&got, 4096);
	c = csv_new(MAX_ROW, &events, &got);
	csv_feed(c, STR("a\nb\0c\n\"d\0\ne\"\nf\n"));
	csv_end(c);
	csv_free(&c);
	assert_string_equal(got.p, "1:a;2!a NUL byte;3!a NUL byte;"
				   "4!" INSIDE "5:f;");
	buf_done(&got);
}

static void cells_beyond_64_are_bad(void **state)
{
	struct buf in, got;

	(void)state;
	buf_init(&in, 4096);
	buf_init(&got, 4096);
	for (int i = 0; i < 63; i++)
		buf_c(&in, ',');
	buf_z(&in, "\n");
	for (int i = 0; i < 64; i++)
		buf_c(&in, ',');
	buf_z(&in, "\nx\n\"y\nz\"");
	for (int i = 0; i < 64; i++)
		buf_c(&in, ',');
	struct csv *c = csv_new(100, &events, &got);

	csv_feed(c, buf_str(&in));
	csv_end(c);
	csv_free(&c);
	assert_non_null(strstr(got.p, ";2!more than 64 cells;3:x;"
				      "4!more than 64 cells;5!"));
	buf_done(&in);
	buf_done(&got);
	assert_int_equal(mem_live_blocks(), 0);
}

static const struct {
	const char *in;
	const char *want;
} cells[] = {
	{ "", "" },
	{ "a", "a" },
	{ "a b", "a b" },
	{ "a,b", "\"a,b\"" },
	{ "a;b", "\"a;b\"" },
	{ "a\"b", "\"a\"\"b\"" },
	{ "a\nb", "\"a\nb\"" },
	{ "=1+1", "'=1+1" },
	{ "+447700900001", "'+447700900001" },
	{ "-5", "'-5" },
	{ "@x", "'@x" },
	{ "\tx", "\"'\tx\"" },
	{ "\rx", "\"'\rx\"" },
	{ "=a,\"b\"", "\"'=a,\"\"b\"\"\"" },
	{ "a=1", "a=1" },
	{ "张三", "张三" },
};

static void cells_are_safe(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		buf_reset(&b);
		csv_cell(str_of(cells[i].in), true, &b);
		assert_string_equal(b.p, cells[i].want);
	}
	buf_reset(&b);
	csv_cell(STR("a"), true, &b);
	csv_cell(STR("b"), false, &b);
	csv_cell(STR(""), false, &b);
	assert_string_equal(b.p, "a,b,");
	buf_done(&b);
}

/* What is written is read back, and broken bytes never break the reader. */
static void written_rows_are_read(void **state)
{
	static const char bytes[] = "ab,;\"\"\n\r\t 1=";
	struct buf file, want, got;

	(void)state;
	srandom(7);
	for (int round = 0; round < 2000; round++) {
		buf_init(&file, 65536);
		buf_init(&want, 65536);
		buf_init(&got, 65536);
		buf_z(&file, "h,h\n");
		buf_z(&want, "1:h|h;2:");
		for (unsigned i = 0; i < 4; i++) {
			char z[9] = "x";
			size_t n = (size_t)random() % 8;

			for (size_t k = 1; k <= n; k++)
				z[k] = bytes[(size_t)random() %
					     (sizeof(bytes) - 1)];
			csv_cell(str_bytes(z, n + 1), i == 0, &file);
			buf_f(&want, "%s%.*s", i ? "|" : "", (int)n + 1, z);
		}
		buf_z(&want, ";");
		read_all(file.p, 0, &got);
		assert_string_equal(got.p, want.p);
		buf_done(&file);
		buf_done(&want);
		buf_done(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read),
		cmocka_unit_test(nul_is_a_bad_row),
		cmocka_unit_test(cells_beyond_64_are_bad),
		cmocka_unit_test(cells_are_safe),
		cmocka_unit_test(written_rows_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
