/* Joins the parts of long messages, for people and tests to read. */
#pragma once

#include "base/buf.h"
#include "tools/smscsim/submit.h"

struct joiner;
struct joiner *joiner_new(void);
void joiner_free(struct joiner **jp);
/* In order of arrival; the submit is borrowed until joiner_free. */
void joiner_add(struct joiner *j, const struct submit *s);
/* The last n messages as one JSON array and a line end. */
void joiner_json(const struct joiner *j, unsigned n, struct buf *out);
