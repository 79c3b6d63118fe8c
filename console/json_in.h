/* JSON as it comes in: checked for depth and duplicates, then read by tables
 * of fields, which the API document is made of too. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "proto/json_span.h"

/* -EINVAL with "line 3, column 7: ...", -E2BIG: nested too deep. Release with
 * json_decref. The top is an object or an array. */
MUST_USE int json_read(struct str text, unsigned depth_max, json_t **out,
		       struct err *err);

enum field_type {
	FIELD_STR,    /* struct str, a view into the json_t */
	FIELD_INT,    /* int64_t */
	FIELD_BOOL,   /* bool */
	FIELD_TIME,   /* int64_t wall ms, from RFC 3339 */
	FIELD_OBJECT, /* json_t *, borrowed */
	FIELD_ARRAY,  /* json_t *, borrowed */
};

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	bool required;
	const char *text; /* a sentence for the API document */
};

struct fields {
	const char *name; /* of the thing: "message" */
	const struct field *v;
	size_t n;
};

/* What was wrong with a request, for the error object. */
struct refusal {
	const char *code;
	char field[64];
	struct err err; /* the reason, a sentence */
	char hint[64];  /* "did you mean ...?" or "" */
};

/* Reads an object into the struct the table describes; absent and null
 * members stay as they are. -EINVAL with what was wrong, unknown members with
 * the nearest name that exists. */
MUST_USE int fields_read(const struct fields *f, json_t *object, void *out,
			 struct refusal *why);

/* The name nearest to a wrong one, or NULL when none is near. */
const char *name_nearest(struct str wrong,
			 const char *(*nth)(const void *v, size_t i),
			 const void *v, size_t n);
