/* A file fed whole, byte by byte, or cut at the first byte's step: the same
 * rows; and a cell written for export is read back. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/csv.h"
#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

struct seen {
	struct buf text;
	unsigned line;
};

static void on_row(void *owner, unsigned line, const struct str *cells,
		   unsigned n)
{
	struct seen *s = owner;

	must(line > s->line && n >= 1 && n <= CSV_COLUMNS_MAX);
	s->line = line;
	buf_f(&s->text, "%u:", line);
	for (unsigned i = 0; i < n; i++) {
		must(text_utf8_ok(cells[i]));
		buf_lstr(&s->text, cells[i]);
	}
}

static void on_bad(void *owner, unsigned line, const char *why)
{
	struct seen *s = owner;

	must(line > s->line);
	s->line = line;
	buf_f(&s->text, "%u!%s", line, why);
}

static const struct csv_events events = { on_row, on_bad };

static void read_all(struct str s, size_t step, struct seen *out)
{
	struct csv *c = csv_new(64, &events, out);

	out->line = 0;
	buf_init(&out->text, BUF_NO_LIMIT);
	while (s.len > 0) {
		csv_feed(c, str_first(s, step));
		s = str_from(s, step);
	}
	csv_end(c);
	csv_free(&c);
}

/* h,h,h then the cell alone: comes back, with ' where it was guarded. */
static void write_cell(struct str s)
{
	struct buf file, want;
	struct seen got;

	if (!text_utf8_ok(s) || s.len > 25 || s.len == 0 ||
	    memchr(s.p, '\0', s.len) != NULL)
		return;
	buf_init(&file, BUF_NO_LIMIT);
	buf_init(&want, BUF_NO_LIMIT);
	buf_z(&file, "h,h\n");
	csv_cell(s, true, &file);
	read_all(buf_str(&file), 4096, &got);
	bool guarded = strchr("=+-@\t\r", s.p[0]) != NULL;

	buf_z(&want, "1:\x01h\x01h2:");
	buf_u8(&want, (uint8_t)(s.len + guarded));
	buf_z(&want, guarded ? "'" : "");
	buf_str_put(&want, s);
	must(str_eq(buf_str(&got.text), buf_str(&want)));
	buf_done(&got.text);
	buf_done(&file);
	buf_done(&want);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes(p, len);
	size_t before = mem_live_blocks();
	struct seen whole, bytes, steps;

	read_all(s, 1 << 20, &whole);
	read_all(s, 1, &bytes);
	read_all(s, len > 0 ? 1 + p[0] % 32u : 1, &steps);
	must(str_eq(buf_str(&whole.text), buf_str(&bytes.text)));
	must(str_eq(buf_str(&whole.text), buf_str(&steps.text)));
	buf_done(&whole.text);
	buf_done(&bytes.text);
	buf_done(&steps.text);
	write_cell(s);
	must(mem_live_blocks() == before);
	return 0;
}
