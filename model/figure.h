/* Figures that we do not count but are told. Of each the measure
 * FIGURE_MEASURE and its id has the whole as n, the part as sum. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define FIGURE_MEASURE "figure."

struct figure {
	const char *id; /* "K-55.standard" */
	bool split;     /* by an item that each report names */
};

/* NULL: no such figure is taken from others. */
const struct figure *figure_find(struct str id);
/* i from 0; NULL at the end. */
const struct figure *figure_at(size_t i);
