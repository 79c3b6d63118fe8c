/* The command's words. */
#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *en, *zh;
} texts[WORDS] = {
#define WORD(name, english, chinese) [WORD_##name] = { english, chinese },
#include "cli/words.def"
#undef WORD
};

static bool chinese;

void words_open(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = getenv(names[i]);
		if (v == NULL || v[0] == '\0')
			continue;
		chinese = strncmp(v, "zh", 2) == 0;
		return;
	}
}

bool words_zh(void)
{
	return chinese;
}

void words_set_zh(bool zh)
{
	chinese = zh;
}

const char *word_in(enum word w, bool zh)
{
	must((unsigned)w < WORDS);
	return zh ? texts[w].zh : texts[w].en;
}

const char *word(enum word w)
{
	return word_in(w, chinese);
}

void word_fill(struct buf *out, enum word w, const char *const *v, unsigned n)
{
	must(out != NULL && (v != NULL || n == 0));
	for (const char *p = word(w); *p != '\0'; p++) {
		unsigned i = (unsigned)(p[0] == '{' ? p[1] - '1' : 99);
		if (i < 9 && p[2] == '}') {
			buf_z(out, i < n ? v[i] : "");
			p += 2;
		} else {
			buf_c(out, *p);
		}
	}
}
