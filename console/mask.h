/* Addresses of people for those who may not see them. */
#pragma once

#include "base/buf.h"
#include "base/str.h"

/* "+999…**34". */
void mask_put(struct buf *b, struct str address);
