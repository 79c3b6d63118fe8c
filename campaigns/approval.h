/* What an approval is for: the audience, the text, the schedule, the rules. */
#pragma once

#include "campaigns/core.h"

/* SHA-256 of what the spec says of the text and of who gets which, as hex. */
void approval_content(const struct spec *s, char out[65]);
/* Is the audience itself bound, person by person? Not where every run has
 * another one. */
bool approval_of_audience(const struct campaign *m);
/* Is it the one that was counted before, by this hash of it? out: in hex. */
bool approval_same_audience(const struct campaign *m, const uint8_t hash[32],
			    char out[65]);
/* Binds what the last simulation found, and the rules in force. */
void approval_bind(const struct campaigns *c, struct campaign *m);
/* NULL: it holds; else which part of it does not. */
const char *approval_broken(const struct campaigns *c,
			    const struct campaign *m);
