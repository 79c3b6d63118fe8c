/* Text inside HTML: what would be markup is written so that it is none. */
#pragma once

#include "base/buf.h"
#include "base/str.h"

/* For elements and for attributes in double quotes. Bytes that are no UTF-8,
 * control characters and marks that turn the direction become U+FFFD. */
void html_text(struct str s, struct buf *out);
