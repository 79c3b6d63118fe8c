/* When: the runs of a campaign, and the time of one person in a run. */
#pragma once

#include "campaigns/core.h"

/* When its next run begins, at or after now_ms; 0: when it is started. */
int64_t schedule_next(const struct spec *s, int64_t now_ms);
/* When the present run, or the next one, must have begun with everybody; 0:
 * never. */
int64_t schedule_end(const struct campaign *m);
/* LOCAL: the person's own time of day, on or after start_ms, in *due_ms; all
 * zones that the number may be in have reached it then. false: no zone is
 * known. Of the other kinds *due_ms stays. */
bool schedule_due(const struct campaign *m, const struct person_row *p,
		  int64_t start_ms, int64_t *due_ms);
