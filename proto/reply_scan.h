/* The words of a reply: its plain form, cut into classes of words. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* What the groups of reply_words.def mean is said there. */
enum reply_class {
	RC_UNKNOWN, /* a word that is not in the table */
	RC_BREAK,   /* comma, full stop, new line */
	RC_OUT,
	RC_WEAK,
	RC_WHOLE,
	RC_SHORT,
	RC_HINT,
	RC_SOFT,
	RC_UNDO,
	RC_IN,
	RC_YES,
	RC_HELP,
	RC_NEG,
	RC_NEGWANT,
	RC_PAST,
	RC_NOMORE,
	RC_LINK,
	RC_ME,
	RC_AGAIN,
	RC_EMPH,
	RC_MSG,
	RC_SEND,
	RC_RECV,
	RC_CONTACT,
	RC_CALL,
	RC_FILL,
	RC_OTHER,
	RC_QUEST
};
#define RC_CLASSES (RC_QUEST + 1)

#define REPLY_TOKENS_MAX 512

struct reply_scan {
	uint8_t token[REPLY_TOKENS_MAX]; /* enum reply_class */
	size_t n;
	unsigned count[RC_CLASSES];
};

/* Folded text to its plain form: Latin words with one space between them,
 * Chinese without spaces, one ',' for any run of punctuation that ends a
 * clause, all other marks and pictures dropped. */
void reply_plain(struct str folded, struct buf *out);

/* The plain form's words, longest first. What does not fit in the table of
 * tokens counts as one unknown word. */
void reply_scan(struct str plain, struct reply_scan *out);

/* The class of a whole reply without spaces and marks; RC_UNKNOWN: none. */
enum reply_class reply_exact(struct str tight);
