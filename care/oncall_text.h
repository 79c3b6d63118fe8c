/* What who is on call is told. */
#pragma once

#include "care/oncall.h"

/* The text of the section, with the event's data; ours to free. One that
 * cannot be put into its words goes out all the same: type and id. */
char *oncall_text(const struct oncall_cfg *cfg, const struct occurrence *e);
/* Is that a word by which somebody has it? */
bool oncall_word(const struct oncall_cfg *cfg, struct str text);
