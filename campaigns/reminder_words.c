/* Replies cut into the words of reminder_words.def. */
#include "campaigns/reminder_words.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "proto/reply_scan.h"
#include "proto/text.h"

#define FOLDED_MAX 16384

enum meaning { CONFIRM, CHANGE, CANCEL, NAMED, YES = NAMED, SMALL };

static const char *const names[NAMED] = { "confirm", "change", "cancel" };

static const struct word {
	const char *text;
	uint8_t len;
	uint8_t meaning;
} words[] = {
#define WORD(text, meaning) { text, sizeof(text) - 1, meaning },
#include "campaigns/reminder_words.def"
#undef WORD
};

/* A Latin word begins and ends where letters and digits do. */
static bool ends_at(struct str s, size_t at)
{
	return at == s.len || s.p[at] == ' ' || s.p[at] == ',' ||
	       text_is_dense(text_next(s, &at));
}

/* The longest at the start of s; NULL: none stands there. */
static const struct word *word_at(struct str s)
{
	const struct word *best = NULL;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const struct word *w = &words[i];

		if ((best == NULL || w->len > best->len) &&
		    str_starts(s, str_bytes(w->text, w->len)) &&
		    ((w->text[0] & 0x80) != 0 || ends_at(s, w->len)))
			best = w;
	}
	return best;
}

/* Past what is no word of ours: a Latin word, or one character. */
static size_t skip(struct str s)
{
	size_t at = 0;

	do {
		if (text_is_dense(text_next(s, &at)))
			break;
	} while (!ends_at(s, at));
	return at;
}

static void judge(struct str plain, struct reminder_said *out)
{
	unsigned seen = 0;
	bool other = false;

	while (plain.len > 0) {
		const struct word *w = word_at(plain);
		bool gap = plain.p[0] == ' ' || plain.p[0] == ',';

		if (w != NULL)
			seen |= BIT(w->meaning);
		else
			other |= !gap;
		plain = str_from(plain, w != NULL ? w->len
					: gap     ? 1
						  : skip(plain));
	}
	unsigned named = seen & (BIT(NAMED) - 1);

	if (named == 0 && (seen & BIT(YES)) != 0)
		named = BIT(CONFIRM);
	out->about = (seen & (BIT(NAMED) - 1)) != 0 || (seen != 0 && !other);
	if (!other && named != 0 && (named & (named - 1)) == 0)
		out->name = names[__builtin_ctz(named)];
}

void reminder_words(struct str utf8, struct reminder_said *out)
{
	AUTO(buf_done) struct buf folded = { 0 }, plain = { 0 };

	must(out != NULL);
	*out = (struct reminder_said){ .name = NULL };
	buf_init(&folded, FOLDED_MAX);
	buf_init(&plain, FOLDED_MAX);
	if (text_fold(utf8, false, &folded) != 0)
		return;
	reply_plain(buf_str(&folded), &plain);
	judge(buf_str(&plain), out);
	/* who asks has not answered */
	if (str_find(buf_str(&folded), '?') < folded.len)
		out->name = NULL;
}

const char *reminder_word_for(struct str name, bool zh)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].meaning < NAMED &&
		    str_eqz(name, names[words[i].meaning]) &&
		    text_has_han(str_of(words[i].text)) == zh)
			return words[i].text;
	return NULL;
}
