/* The tree behind a segment's filter. For the segment*.c files of this
 * folder; others use segment.h. */
#pragma once

#include <stdint.h>

#include "campaigns/segment.h"

enum clause_kind {
	CLAUSE_ALL, /* everyone */
	CLAUSE_AND,
	CLAUSE_OR,
	CLAUSE_NOT,
	CLAUSE_FIELD,   /* a word of the contact itself */
	CLAUSE_ATTR,    /* one of its attributes */
	CLAUSE_CONSENT, /* for a purpose */
	CLAUSE_LIST,    /* is on a list */
	CLAUSE_WITHIN,  /* something happened not long ago */
	CLAUSE_HAS,     /* has an address of a channel */
	CLAUSE_KINDS
};

enum clause_op {
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IN,
	OP_CONTAINS,
	OP_STARTS,
	OP_SET,
	OP_UNSET,
	OPS
};

enum clause_since { SINCE_ACTIVE, SINCE_ADDED, SINCE_CHANGED, SINCES };

struct value {
	struct str text;
	double number;
	bool is_number; /* written without quotes */
};

/* Children of AND, OR, NOT hang together by next; 0 ends (the root, which
 * is nobody's child, is never looked for there). */
struct clause {
	enum clause_kind kind;
	enum clause_op op;
	enum clause_since since;
	unsigned field;  /* of segment_fields */
	struct str name; /* attribute, purpose, list, channel */
	int64_t within_ms;
	unsigned first, next;
	unsigned value, nvalues; /* in the segment's values */
};

struct segment {
	struct clause v[SEGMENT_CLAUSES_MAX];
	struct value values[SEGMENT_VALUES_MAX];
	unsigned n, nvalues;
	unsigned root;
	struct buf text; /* what names and values view; never moves */
};

struct segment_field {
	const char *name;
	size_t offset;        /* of a struct str in struct contact */
	const char *en, *zh;  /* in sentences */
	const char *const *v; /* the words it may be compared with; NULL: any */
};

extern const struct segment_field segment_fields[];
extern const unsigned segment_fields_len;

const char *clause_op_name(enum clause_op op);
const char *clause_since_name(enum clause_since s);
extern const char *const clause_grants[]; /* states of consent; NULL ends */

/* A new clause, or 0 and err when there are too many. Number 0 is never
 * given. */
unsigned segment_clause(struct segment *s, enum clause_kind kind,
			struct err *err);
/* -ENOSPC, -EBADMSG. The text is copied; a number's is made anew. */
MUST_USE int segment_value(struct segment *s, struct clause *c, struct value v,
			   struct err *err);
struct str segment_keep(struct segment *s, struct str text);
struct segment *segment_new(size_t text_max);
/* Do operator and values of a finished leaf fit what it asks? -EINVAL with
 * a sentence. */
MUST_USE int segment_leaf_check(const struct segment *s, const struct clause *c,
				struct err *err);
/* A number as JSON has them, short, without an exponent; not -0. */
bool segment_number(struct str s, double *out);
/* "30d", "12h", "2w" and back. -EBADMSG. */
MUST_USE int segment_span_parse(struct str s, int64_t *ms);
void segment_span_put(int64_t ms, struct buf *out);
