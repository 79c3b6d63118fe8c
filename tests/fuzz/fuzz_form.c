/* Any bytes are a form; what was escaped comes back. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/mem.h"
#include "console/kannel.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static void comes_back(struct str bytes)
{
	struct buf form, value;

	buf_init(&form, BUF_NO_LIMIT);
	buf_init(&value, BUF_NO_LIMIT);
	buf_z(&form, "a=1&text=");
	for (size_t i = 0; i < bytes.len; i++)
		buf_f(&form, i % 2 == 0 ? "%%%02x" : "%%%02X",
		      (unsigned)(uint8_t)bytes.p[i]);
	buf_z(&form, "&text=other");
	must(form_get(buf_str(&form), "text", &value) == 0);
	must(str_eq(buf_str(&value), bytes));
	must(form_get(buf_str(&form), "tex", &value) == -ENOENT);
	buf_done(&value);
	buf_done(&form);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	static const char *const names[] = { "to", "text", "from", "" };
	size_t before = mem_live_blocks();
	struct buf value;

	if (len > 65536)
		return 0;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		buf_init(&value, BUF_NO_LIMIT);
		int rc = form_get(str_bytes(p, len), names[i], &value);
		must(rc == 0 || rc == -ENOENT);
		must(value.len <= len && (rc == 0 || value.len == 0));
		buf_done(&value);
	}
	comes_back(str_bytes(p, len));
	must(mem_live_blocks() == before);
	return 0;
}
