/* Texts in stored forms, and how one is taken out: every byte becomes 0, and
 * nothing moves. */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

/* Of a text that was never there it is false. */
static inline bool body_cleared(struct str text)
{
	size_t i = 0;

	while (i < text.len && text.p[i] == '\0')
		i++;
	return text.len > 0 && i == text.len;
}

/* `text` is a view into `bytes`. */
static inline void body_clear(char *bytes, struct str text)
{
	if (text.len > 0)
		memset(bytes + (text.p - bytes), 0, text.len);
}
