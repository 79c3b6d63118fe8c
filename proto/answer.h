/* What a customer's reply to a question means: one option of its scale, or
 * that nobody can say for certain. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

enum answer_kind {
	ANSWER_CSAT,   /* how satisfied: an ordered scale */
	ANSWER_NPS,    /* 0 to 10; only numbers and labels are certain */
	ANSWER_CES,    /* how easy: an ordered scale */
	ANSWER_CHOICE, /* one of several, in no order */
	ANSWER_YES_NO, /* the option with the higher score is yes */
	ANSWER_TEXT    /* any words */
};
#define ANSWER_KINDS (ANSWER_TEXT + 1)

const char *answer_kind_name(enum answer_kind k);
/* "csat"; -ENOENT. */
MUST_USE int answer_kind_find(struct str name, enum answer_kind *out);

#define ANSWER_OPTIONS_MAX 16

/* A scale is data. A digit is never a score: "1" may be the best. */
struct answer_option {
	struct str token;  /* what the question offers: "1", "A" */
	struct str labels; /* words that mean it, in any language, and emoji;
			      "|" between them */
	int score;
};

struct answer_scale {
	enum answer_kind kind;
	const struct answer_option *options;
	unsigned n; /* 0 for ANSWER_TEXT */
};

enum answer_verdict {
	ANSWER_CERTAIN,
	ANSWER_AMBIGUOUS, /* about the question, but which? Ask again */
	ANSWER_NONE,      /* about something else */
	ANSWER_OPT_OUT    /* a refusal, certain or suspected */
};
#define ANSWER_VERDICTS (ANSWER_OPT_OUT + 1)

const char *answer_verdict_name(enum answer_verdict v);

struct answer {
	enum answer_verdict verdict;
	unsigned option;    /* CERTAIN, and the scale has options */
	struct str comment; /* view into the reply: words beside the score */
	const char *rule;   /* a constant sentence: what decided */
};

/*
 * Pure, never fails: text that is not UTF-8 is ANSWER_NONE. `trace` (may be
 * NULL) gets one line: the folded form, the words found, the rule. Only the
 * first 1,024 bytes and 128 words count; a reply with more is still judged by
 * what stands there.
 */
void answer_parse(struct str utf8, const struct answer_scale *scale,
		  struct answer *out, struct buf *trace);
