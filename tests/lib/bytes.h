/* What stands anywhere in the data folder of a bed. */
#pragma once

#include "tests/lib/bed.h"

unsigned bed_bytes(const struct bed *b, const char *probe);
