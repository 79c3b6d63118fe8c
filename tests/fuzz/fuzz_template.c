/* Any text compiles or is refused with a sentence; what compiles renders or
 * is refused, within its limits, and can be checked. The first line of the
 * input is the value of every variable. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "proto/text.h"
#include "proto/tzone.h"
#include "templates/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

static bool lookup(void *owner, struct str name, struct str *value)
{
	*value = *(const struct str *)owner;
	if (str_eqz(name, TEMPLATE_ZONE))
		*value = STR("Asia/Shanghai");
	return !str_eqz(name, "none");
}

static void render(const struct template *t, struct str *value)
{
	struct buf out;
	struct err err = { "" };

	buf_init(&out, TEMPLATE_OUTPUT_MAX + 10);
	buf_z(&out, "before");
	int rc = template_render(t, lookup, value, &out, &err);

	must(rc == 0 || rc == -ENOENT || rc == -EBADMSG || rc == -ENOSPC);
	must((rc == 0) == (err.text[0] == '\0'));
	must(rc == 0 || (out.len == 6 && !out.full));
	must(out.len <= TEMPLATE_OUTPUT_MAX + 6);
	must(text_printable(buf_str(&out)));
	buf_done(&out);
}

static void check(const struct template *t, struct str *value)
{
	struct template_rules r = template_rules_of(STR("marketing"));
	struct template_findings f;

	template_check(t, &r, lookup, value, &f);
	must(f.n <= TEMPLATE_FINDINGS_MAX);
	for (unsigned i = 0; i < f.n; i++) {
		must(text_utf8_ok(str_of(f.v[i].zh)));
		must(text_utf8_ok(str_of(f.v[i].en)));
	}
	template_check(t, &r, NULL, NULL, &f);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str value, source = str_cut(str_bytes(p, len), '\n', &value);
	struct template *t = NULL;
	struct err err = { "" };

	must(tzone_get(STR("Asia/Shanghai")) != NULL);
	size_t before = mem_live_blocks();
	int rc = template_compile(&t, source, &err);

	must(rc == 0 || rc == -EBADMSG || rc == -ENOSPC);
	must((rc == 0) == (t != NULL) && (rc == 0) == (err.text[0] == '\0'));
	if (rc == 0) {
		render(t, &value);
		check(t, &value);
	}
	template_free(&t);
	must(mem_live_blocks() == before);
	return 0;
}
