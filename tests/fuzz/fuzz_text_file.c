/* A file in any encoding, whole or in pieces: the same text, and only a refusal
 * or UTF-8 with single bytes 0xFF in it. */
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "proto/text.h"
#include "proto/text_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static int read_all(struct str s, enum text_file_kind asked, size_t step,
		    struct buf *out)
{
	struct text_file *f = text_file_new(asked);
	struct err err = { "" };
	int rc = 0;

	buf_init(out, BUF_NO_LIMIT);
	while (s.len > 0 && rc == 0) {
		rc = text_file_feed(f, str_first(s, step), false, out, &err);
		s = str_from(s, step);
	}
	if (rc == 0)
		rc = text_file_feed(f, STR_NONE, true, out, &err);
	must((rc == 0) == (err.text[0] == '\0'));
	text_file_free(&f);
	return rc;
}

static bool is_text(struct str s)
{
	for (;;) {
		size_t n = str_find(s, '\xFF');

		if (!text_utf8_ok(str_first(s, n)))
			return false;
		if (n == s.len)
			return true;
		s = str_from(s, n + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	size_t before = mem_live_blocks();
	struct buf whole, steps;

	if (len < 2)
		return 0;
	struct str s = str_bytes(p + 2, len - 2);
	enum text_file_kind asked = p[0] % (TEXT_FILE_GB18030 + 1);
	int rc = read_all(s, asked, SIZE_MAX, &whole);

	must(rc == read_all(s, asked, 1 + p[1] % 16u, &steps));
	must(rc != 0 || str_eq(buf_str(&whole), buf_str(&steps)));
	if (asked == TEXT_FILE_GB18030 && rc == 0)
		must(is_text(buf_str(&whole)));
	buf_done(&whole);
	buf_done(&steps);
	must(mem_live_blocks() == before);
	return 0;
}
