/* A reply while it is judged: its words, the opinions and labels in it. */
#pragma once

#include "proto/answer_scan.h"

#define ANSWER_PHRASES_MAX 16

enum answer_domain { DOMAIN_SAT, DOMAIN_EASY, DOMAIN_GOOD, DOMAIN_MID };

/* "very dissatisfied": how much of what. */
struct answer_phrase {
	enum answer_domain domain;
	int level;         /* -2 .. 2 */
	bool quite;        /* "fairly satisfied" */
	bool vague;        /* nobody can say how much */
	unsigned from, to; /* tokens, `to` is behind */
};

struct answer_read {
	struct str folded;
	const struct answer_scale *scale;
	struct answer_scan scan;
	struct answer_phrase phrases[ANSWER_PHRASES_MAX];
	unsigned nphrases;
	bool used[ANSWER_TOKENS_MAX];  /* of a phrase or a label */
	uint32_t labels;               /* bit per option named by its label */
	unsigned label_from, label_to; /* tokens of the first of them */
	bool label_inside;             /* a label stands among other words */
};

/* Fills all but scale. */
void answer_read(struct str folded, const struct answer_scale *scale,
		 struct answer_read *out);
/* Opinions of a scan: also of a label's own words. */
unsigned answer_phrases(const struct answer_scan *s,
			struct answer_phrase out[ANSWER_PHRASES_MAX]);
/* Marks the options whose labels the reply names. */
void answer_labels(struct answer_read *r);

/* ---- scales ---------------------------------------------------------------- */

/* Higher tokens are worse: "1 = very satisfied". */
bool answer_scale_reversed(const struct answer_scale *s);
bool answer_scale_ordered(const struct answer_scale *s);
/* -1 bad, 0 in the middle, 1 good. */
int answer_scale_sign(const struct answer_scale *s, unsigned option);
/* The option of the `rank`th lowest score. */
unsigned answer_scale_at(const struct answer_scale *s, unsigned rank);
/* The option with this number as its token; -1. */
int answer_scale_number(const struct answer_scale *s, int32_t value);
/* The option that a phrase means; -1: not certain. */
int answer_scale_phrase(const struct answer_scale *s,
			const struct answer_phrase *p);

/* ---- numbers ---------------------------------------------------------------- */

struct answer_pick {
	bool any; /* a number that may be a score */
	bool certain;
	unsigned option;
	unsigned from, to; /* tokens of the score */
	const char *rule;
};

void answer_pick(const struct answer_read *r, struct answer_pick *out);
