/* Who asks, and may they? Answers 401, 403 and 429 itself. */
#pragma once

#include "console/request.h"

/* Fills r->who; false: answered. */
MUST_USE bool auth_check(struct request *r);
