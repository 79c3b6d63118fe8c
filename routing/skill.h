/* Skills: for each name, who has it (a bitmap) and at which level. */
#pragma once

#include <stdint.h>

#include "base/map.h"

struct skill {
	char *name;
	uint64_t *who;  /* level >= 1 */
	uint8_t *level; /* by target */
};

struct skills {
	struct dict *by_name;
	struct skill *v; /* max of them, never moved */
	unsigned n, max;
	unsigned targets;
};

void skills_init(struct skills *s, unsigned max, unsigned targets);
void skills_done(struct skills *s);
/* NULL: nobody ever had it. */
const struct skill *skills_find(const struct skills *s, const char *name);
/* Level 0 takes the skill away; above 255 counts as 255. -ENOSPC. */
MUST_USE int skills_set(struct skills *s, unsigned target, const char *name,
			unsigned level);
/* Takes every skill of the target away. */
void skills_forget(struct skills *s, unsigned target);
