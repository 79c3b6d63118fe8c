/* What a customer's words mean: opt-out, opt-in, help. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum reply_word {
	REPLY_NONE,          /* none of these */
	REPLY_OPT_OUT,       /* certain */
	REPLY_OPT_OUT_SHORT, /* "R" "T" "N": only certain after a tail that
				offered it (outreach.md section 7) */
	REPLY_SUSPECTED,     /* reads like an opt-out: a person decides */
	REPLY_OPT_IN, /* START UNSTOP 恢复 ...; YES is left to the caller */
	REPLY_YES,
	REPLY_HELP
};
#define REPLY_WORDS (REPLY_HELP + 1)

const char *reply_word_name(enum reply_word w);

/*
 * Folds the text and judges it. Never fails: text that is not UTF-8 is
 * REPLY_NONE. `trace` (may be NULL) gets one line that says which form and
 * which rule decided. "不要退订" (do not unsubscribe) is not an opt-out.
 */
enum reply_word reply_word(struct str utf8, struct buf *trace);

/* Does it read like an opt-out only for a word that ends anything ("cancel",
 * "取消")? Where one of our texts has offered such an end, it is that. */
bool reply_ends(struct str utf8);
