/* What a reply to a reminder says in words, Chinese or English: confirm, change
 * or cancel. A table, and no guesses. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

struct reminder_said {
	const char *name; /* "confirm" "change" "cancel": all of it says so;
			     NULL: that is not certain */
	bool about;       /* words of the table stand in it, or nothing else */
};

/* Never fails: what is no UTF-8 says nothing. */
void reminder_words(struct str utf8, struct reminder_said *out);
/* How people are told of the answer of that name: "取消"; NULL: no word. */
const char *reminder_word_for(struct str name, bool zh);
