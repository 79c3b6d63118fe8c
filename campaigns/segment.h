/*
 * A segment's filter: a small language over contacts, read once into a tree
 * and asked many times. Pure.
 *
 *	tier = "gold" and consent(marketing) = granted and not in list "vip"
 *	and active within 30d and attr.plan = "5g"
 *
 *	filter  = clause, "not" filter, "(" filter ")", and these joined by
 *	          "and", "or"; "not" binds most, then "and"
 *	clause  = "all"
 *	        | field test | "attr." name test
 *	        | "consent(" purpose ")" ("=" | "!=") state
 *	        | "in list" name
 *	        | ("active" | "added" | "changed") "within" 30d, 12h, 2w
 *	        | "has" channel
 *	test    = ("=" "!=" "<" "<=" ">" ">=") value
 *	        | ["not"] "in (" value "," value ")"
 *	        | "contains" value | "starts with" value
 *	        | "is set" | "is not set"
 *	field   = ref name lang tz tz_source tier branch manager lifecycle
 *	          preferred state
 *	state   = granted withdrawn pending expired unknown
 *	value   = "text" with \" and \\, a word, or a number
 *
 * Words of the language are known in either case; texts are compared byte by
 * byte. A number compares as a number with a value that is one, also in
 * quotes (CSV has only text); a text compares in the order of its bytes, so
 * that dates such as "2026-11-30" do. What a contact has not is no match of
 * any test but "!=", "not in" and "is not set". Consent holds if it does at
 * one of the contact's addresses. "active": wrote to us.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "campaigns/person.h"

#define SEGMENT_TEXT_MAX 4096
#define SEGMENT_CLAUSES_MAX 128
#define SEGMENT_VALUES_MAX 256
#define SEGMENT_DEPTH_MAX 16
#define SEGMENT_NAME_MAX 64
#define SEGMENT_SPAN_MAX_MS ((int64_t)3660 * 86400000)

struct segment;

/* -EBADMSG with "column 17: expected ..., found ..."; -ENOSPC above a limit.
 * Columns count characters from 1. */
MUST_USE int segment_compile(struct str text, struct segment **out,
			     struct err *err);
/* The same from its tree, as segment_json writes it. */
MUST_USE int segment_from_json(json_t *tree, struct segment **out,
			       struct err *err);
MUST_USE int segment_from_text_json(struct str json, struct segment **out,
				    struct err *err);
struct segment *segment_dup(const struct segment *s);
void segment_free(struct segment **sp);

/* The tree as JSON; the text again, with only the brackets it needs. */
void segment_json(const struct segment *s, struct buf *out);
void segment_text(const struct segment *s, struct buf *out);
/* A sentence for people. */
void segment_sentence(const struct segment *s, bool zh, struct buf *out);

/* Names of the lists that it asks for: i from 0; false at the end. */
bool segment_list(const struct segment *s, unsigned *i, struct str *name);
/* What a read must find of a person: bits of enum person_asks. */
unsigned segment_asks(const struct segment *s);

/* What stands outside the person. */
struct segment_world {
	int64_t now_ms;
	/* The state of consent of one address: "granted" ...; NULL instead of
	 * the function: cannot be asked here, and the answer may be unsure. */
	const char *(*consent)(void *owner, struct str tenant,
			       struct str address, struct str purpose);
	void *owner;
};

enum segment_answer { SEGMENT_NO, SEGMENT_UNSURE, SEGMENT_YES };

enum segment_answer segment_holds(const struct segment *s,
				  const struct person *p,
				  const struct segment_world *w);
