/* The evidence pack of a number as one HTML page that needs nothing else:
 * for an auditor, a court, or the person. */
#pragma once

#include <jansson.h>

#include "base/buf.h"

/* pack: the JSON of /v1/addresses/{address}/evidence. */
void evidence_page(struct buf *out, const json_t *pack, bool chinese);
