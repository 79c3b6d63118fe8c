/* Exclusion groups: of campaigns that name the same one, a person is reached
 * by one at most within its window. */
#pragma once

#include <stdint.h>

#include "base/settings.h"

/* The struct behind `exclusion NAME { ... }`. */
struct group_cfg {
	int64_t window; /* ms */
};

extern const struct setting_section group_section;

#define GROUPS_MAX 200

struct groups;

/* -EINVAL with faults. */
MUST_USE int groups_new(struct groups **out, const struct settings *s,
			struct faults *faults);
void groups_free(struct groups **gp);
/* Is there room for those of a reloaded file? -EINVAL with faults. */
MUST_USE int groups_check(const struct groups *g, const struct settings *s,
			  struct faults *faults);
/* Puts a file in place that groups_check has passed; numbers stay. */
void groups_update(struct groups *g, const struct settings *s);
/* From 1; 0: there is none of that name. */
unsigned groups_find(const struct groups *g, struct str name);
int64_t groups_window_ms(const struct groups *g, unsigned number);
unsigned groups_len(const struct groups *g);
const char *groups_name(const struct groups *g, unsigned number);
