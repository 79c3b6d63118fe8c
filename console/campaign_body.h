/* Bodies of campaigns: JSON to what an author says, over what stands. */
#pragma once

#include "campaigns/spec.h"
#include "console/request.h"

extern const struct fields campaign_fields;

/* The request's body over *spec (a form; what is absent stays). false: it was
 * answered. */
bool campaign_body_read(struct request *r, struct spec *spec);
