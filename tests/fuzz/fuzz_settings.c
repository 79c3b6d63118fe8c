/* Any text is a good settings file or a list of faults, never a crash. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/settings.h"

struct fuzz_cfg {
	char *text;
	int64_t number, duration, size;
	struct setting_list list, given;
	bool flag;
	int choice;
	char *must;
};

static const char *const fuzz_choices[] = { "one", "two", NULL };

#define ROW(name, type, field, initial, min, max, names)                    \
	{                                                                   \
		name, type, offsetof(struct fuzz_cfg, field), initial, min, \
			max, names, NULL, false, "A row."                   \
	}
static const struct setting fuzz_rows[] = {
	ROW("text", SETTING_STR, text, "x", 0, 0, NULL),
	ROW("number", SETTING_INT, number, "1", -5, 5, NULL),
	ROW("duration", SETTING_DURATION, duration, "1s", 0, 0, NULL),
	ROW("size", SETTING_SIZE, size, "1KB", 1, 1 << 20, NULL),
	ROW("list", SETTING_LIST, list, "{a, b}", 0, 3, NULL),
	ROW("given", SETTING_LIST, given, NULL, 1, 3, NULL),
	ROW("flag", SETTING_BOOL, flag, "no", 0, 0, NULL),
	ROW("choice", SETTING_ENUM, choice, "one", 0, 0, fuzz_choices),
	ROW("must", SETTING_STR, must, NULL, 0, 0, NULL),
};

static const struct setting_section fuzz_kinds[] = {
	{ "t", true, sizeof(struct fuzz_cfg), fuzz_rows, ARRAY_LEN(fuzz_rows),
	  "Titled." },
	{ "u", false, sizeof(struct fuzz_cfg), fuzz_rows, ARRAY_LEN(fuzz_rows),
	  "Not titled." },
};

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
	struct settings s;
	struct faults f = { 0 };
	size_t before = mem_live_blocks();
	char *text = str_z(str_bytes(p, len));

	int rc = settings_parse(text, "f", fuzz_kinds, ARRAY_LEN(fuzz_kinds),
				&s, &f);
	must((rc == 0) == (f.len == 0));
	/* What our own pass lets through, libconfuse takes. */
	for (size_t i = 0; i < f.len; i++)
		must(strncmp(strchr(f.v[i], ' '), " libconfuse:", 12) != 0);
	settings_done(&s);
	faults_done(&f);
	mem_free(text);
	must(mem_live_blocks() == before);
	return 0;
}
