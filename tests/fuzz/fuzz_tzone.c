/* Any bytes as a TZif file, as a rule, as a name; any moment in real zones. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "proto/tzone.h"
#include "proto/tzone_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

#define SANE_S (26 * 3600)

static void file(struct str s)
{
	static const int64_t at[] = {
		-((int64_t)1 << 43), -4000000000, -1,         0,
		951868800,           1768435200,  1784073600, 33000000000,
		(int64_t)1 << 43
	};
	struct tz_file f;

	if (tz_file_parse(s, &f) != 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		int32_t o = tz_file_offset(&f, at[i]);

		must(o >= -SANE_S && o <= SANE_S);
	}
	for (unsigned i = 0; i < f.n; i++)
		(void)tz_file_offset(&f, f.at[i] - 1);
	tz_file_done(&f);
}

static void rule(struct str s)
{
	struct tz_rule r;

	if (tz_rule_parse(s, &r) != 0 || !r.present)
		return;
	for (int64_t t = -4000000000; t < 8000000000; t += 999999937)
		(void)tz_rule_offset(&r, t);
}

static void moment(const uint8_t *p)
{
	static const char *const names[] = {
		"Europe/London",       "America/New_York",
		"Australia/Lord_Howe", "Asia/Shanghai",
		"Africa/Casablanca",   "Pacific/Apia",
		"America/St_Johns",    "UTC",
	};
	struct bufr r = bufr_of(p, 11);
	const struct tzone *z = tzone_get(str_of(names[bufr_u8(&r) % 8]));
	int minute = bufr_u16(&r) % 1440;
	int64_t now = (int64_t)bufr_u64(&r);
	char text[20];

	must(z != NULL);
	tzone_local_text(tzone_offset_s(z, now), now, text);
	must(strlen(text) == 16 || text[0] == '\0');
	if (now < -((int64_t)1 << 42) || now > (int64_t)1 << 42) {
		(void)tzone_next(z, now, minute);
		return;
	}
	int64_t next = tzone_next(z, now, minute);

	must(next > now && next <= now + 50 * 3600 * 1000ll);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct str s = str_bytes(p, len);

	file(s);
	rule(s);
	must(tzone_get(s) == NULL || len >= 2);
	if (len >= 11)
		moment(p);
	return 0;
}
