/*
 * A survey as data: questions with their scales, texts in Chinese and
 * English, where each answer leads. A version never changes: who edits makes
 * the next one.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/address.h"
#include "proto/answer.h"

#define SURVEY_ID_MAX 64
#define SURVEY_QUESTIONS_MAX 8
#define SURVEY_BRANCHES_MAX 8
#define SURVEY_TEXT_MAX 1024
#define SURVEY_BODY_MAX 32768 /* bytes of its JSON */
#define SURVEY_END (-1)       /* no further question */

struct survey_text {
	char *zh, *en; /* "": not in that language */
};

/* Where a score leads: the first that holds. */
struct survey_branch {
	int min, max; /* of the score */
	int go;       /* a question's number, or SURVEY_END */
};

struct survey_question {
	char *id;
	char *factor;    /* of what people perceive it asks; "": of none */
	int expectation; /* the question that asked what was expected, or -1 */
	enum answer_kind kind;
	struct survey_text text;
	struct answer_option options[ANSWER_OPTIONS_MAX];
	unsigned n;
	char *zh[ANSWER_OPTIONS_MAX]; /* labels, for reports */
	char *en[ANSWER_OPTIONS_MAX];
	struct survey_branch branches[SURVEY_BRANCHES_MAX];
	unsigned nbranches;
	int otherwise; /* where all other answers lead */
	bool has_low;
	int low; /* a score at or below it is low */
};

struct survey {
	char *tenant, *id, *name;
	unsigned version;
	char *body;       /* the JSON it was read from */
	char *class_name; /* of the invitation */
	char *sender;     /* "": the link's */
	struct survey_text thanks, again;
	int64_t remind_after_ms; /* 0: never */
	int64_t expire_after_ms, grace_ms;
	unsigned reprompts;
	unsigned n;
	struct survey_question v[SURVEY_QUESTIONS_MAX];
};

/*
 * Reads a definition. A csat, nps, ces or yes_no question without `scale` has
 * the usual one (1-5, 0-10, 1-7, 1 and 2). Times are written 24h, 30m. Texts
 * may hold variables of templates. -EINVAL with a sentence that names the
 * place: "questions[1].scale[0].token".
 */
MUST_USE int survey_read(const json_t *body, struct str tenant,
			 struct survey **out, struct err *err);
void survey_free(struct survey **sp);

/* Members of a definition, of its questions, scales and branches that nobody
 * knows are mistakes, not wishes: -EINVAL, as above. Whoever writes one is told;
 * what was stored before something was checked is still read. Nor may there be
 * what never holds: a branch from 4 upto 2, a text with a low score. */
MUST_USE int survey_check_members(const json_t *body, struct err *err);
/* What is read of body: a reminder that is said comes before the end. One
 * that is not said is left out where there is no time for it. */
MUST_USE int survey_check_times(const json_t *body, const struct survey *s,
				struct err *err);

/* Can question q answer what question e expected? NULL, or why not: the same
 * scale, both asked on one way through. */
const char *survey_no_gap(const struct survey *s, unsigned q, int e);

struct answer_scale survey_scale(const struct survey_question *q);
/* -ENOENT */
int survey_question_find(const struct survey *s, struct str id);
/* The question after an answer (option: of scales), or SURVEY_END. */
int survey_next(const struct survey_question *q, unsigned option);
/* In that language, else in the other one. */
const char *survey_say(const struct survey_text *t, bool zh);
/* "1-5", "0-10", "1, 2, 3": what may be answered. */
void survey_tokens(const struct survey_question *q, struct buf *out);
