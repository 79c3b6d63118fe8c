/* Kannel's escapes: a report about a message, put into a dlr-url. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Bits of dlr-mask, and what %d says. */
enum kannel_dlr {
	KANNEL_DELIVERED = 1,
	KANNEL_UNDELIVERED = 2,
	KANNEL_BUFFERED = 4,     /* the SMSC has it, the phone not yet */
	KANNEL_SUBMITTED = 8,    /* the SMSC took it */
	KANNEL_REJECTED = 16,    /* the SMSC did not, or it never got there */
	KANNEL_INTERMEDIATE = 32 /* asked of the SMSC; in %d with 2: expired */
};

/* Views. Of what is not known "" is put in. */
struct kannel_report {
	unsigned type;      /* %d */
	struct str text;    /* %A: the SMSC's words */
	struct str to;      /* %p and %q: the phone, as the sender wrote it */
	struct str from;    /* %P and %Q: the sender */
	struct str link;    /* %i */
	struct str peer;    /* %F: the SMSC's id */
	struct str id;      /* %I: ours */
	struct str user;    /* %n */
	struct str account; /* %o */
	struct str billing; /* %B */
	struct str meta;    /* %D, and %#group#name#: "?group?name=value&" */
	struct str url;     /* the pattern; %R */
	int64_t at_ms;      /* %t and %T */
};

/*
 * Appends the URL to fetch. Every value is encoded as Kannel does it; what no
 * URL may hold (blanks, controls, bytes above 126) is encoded too. An escape
 * that does not exist stays as it is: so %20 does.
 */
void kannel_fill(const struct kannel_report *r, struct buf *out);
