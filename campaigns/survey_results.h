/* What a survey came to: rates, scores, intervals. Pure. */
#pragma once

#include <stdint.h>

#include "campaigns/session.h"

/* Of one question: the last answer of each session counts. */
struct survey_count {
	uint64_t n;
	uint64_t by_option[ANSWER_OPTIONS_MAX];
	uint64_t late, edited;
};

struct survey_sums {
	const struct survey *survey; /* the newest version: its scales count */
	uint64_t sessions[SESSION_STATES];
	uint64_t delivered, started, answered, unparsed;
	uint64_t answer_ms, answered_timed; /* from delivery to first answer */
	struct survey_count v[SURVEY_QUESTIONS_MAX];
	/* the answer that is not counted yet: a later one may replace it */
	uint64_t last_session;
	int last_question, last_option;
	bool last_late, last_edited;
};

/* Rows of SURVEY_SESSIONS and SURVEY_ANSWERS, in their order. */
void survey_sum_session(struct survey_sums *s, const struct row *row);
void survey_sum_answer(struct survey_sums *s, const struct row *row);
void survey_sum_end(struct survey_sums *s);

/* CSAT: the share of the two best; NPS: promoters less detractors; CES: the
 * mean. In percent (NPS -100 .. 100) or points; false: nothing to measure. */
struct survey_score {
	const char *name;              /* "csat", "nps", "ces" */
	double value, mean, low, high; /* the interval of value */
};
/* The second best score of a scale: it and the best are content. */
int survey_second(const struct survey_question *q);
bool survey_score(const struct survey_question *q, const struct survey_count *c,
		  struct survey_score *out);
