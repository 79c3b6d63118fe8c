/*
 * A form: a struct of texts and numbers described by a table of rows. The
 * table encodes it, decodes it, copies it, and says what differs between two,
 * so that a new field is one row and nothing else.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum form_type {
	FORM_TEXT,  /* char *, owned; NULL is "" */
	FORM_NUMBER /* int64_t */
};

/* `group` is what a person calls it: several rows may share one. */
struct form_row {
	const char *group;
	enum form_type type;
	size_t offset;
};

/* The order is stored: new rows come at the end. */
struct form {
	size_t size;
	const struct form_row *v;
	size_t n;
};

/* Stored bytes; what they do not hold is empty. -EBADMSG. */
void form_encode(const struct form *f, const void *value, struct buf *out);
MUST_USE int form_decode(const struct form *f, struct str bytes, void *value);
/* Only the rows of one group; for hashes. */
void form_encode_group(const struct form *f, const void *value,
		       const char *group, struct buf *out);
void form_copy(const struct form *f, void *to, const void *from);
void form_done(const struct form *f, void *value);
/* "text, schedule": the groups in which they differ; false: in none. */
bool form_diff(const struct form *f, const void *a, const void *b,
	       struct buf *out);
/* Puts a copy of s in place of a text. */
void form_set(char **text, struct str s);
