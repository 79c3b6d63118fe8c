/* What is kept of surveys, counted anew from the rows that it is of. */
#pragma once

#include "tests/lib/bed.h"

/* The sums of that survey are those of its sessions and answers. */
void recount_survey(struct bed *b, const char *tenant, const char *survey);
