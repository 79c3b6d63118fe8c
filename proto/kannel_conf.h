/* kannel.conf, line by line. Pure: files and groups are the caller's. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum kannel_line_kind {
	KANNEL_LINE_END,     /* of the text */
	KANNEL_LINE_BLANK,   /* ends a group */
	KANNEL_LINE_VAR,     /* name = value */
	KANNEL_LINE_INCLUDE, /* include = value: a file or a folder */
	KANNEL_LINE_BAD      /* no equals sign */
};

struct kannel_lines {
	struct str left;
	unsigned line; /* of the last one given, from 1 */
	unsigned next;
};

struct kannel_lines kannel_lines_of(struct str text);
/*
 * The next line that says something; comments are passed over, a backslash at
 * the end goes on with the line after it. `name` and `value` are overwritten.
 * A value in quotes loses them, and \" and \\ in it become " and \.
 */
enum kannel_line_kind kannel_line_next(struct kannel_lines *l, struct buf *name,
				       struct buf *value);

/* One of a list "a;b;c": trimmed, empty ones left out. False at the end. */
bool kannel_list_next(struct str *list, struct str *one);
/* "yes", "true", "on", "1"; "no", "false", "off", "0". -EBADMSG. */
MUST_USE int kannel_bool(struct str s, bool *out);
