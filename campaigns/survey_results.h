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

/* The same of those that came on one channel. */
struct survey_on_channel {
	char name[SURVEY_CHANNEL_MAX + 1];
	struct survey_count v[SURVEY_QUESTIONS_MAX]; /* n and by_option */
};

/* Zero at the start but for survey. */
struct survey_sums {
	const struct survey *survey; /* the newest version: its scales count */
	uint64_t sessions[SESSION_STATES];
	uint64_t delivered, started, answered, unparsed;
	uint64_t answer_ms, answered_timed; /* from delivery to first answer */
	uint64_t elsewhere;                 /* results; asked by others */
	struct survey_count v[SURVEY_QUESTIONS_MAX];
	struct survey_on_channel *channels;
	unsigned nchannels;
};
void survey_sums_done(struct survey_sums *s);

/* Names of sums, as the store keeps them: of sessions by state; of the last
 * answers by question and token. */
#define TALLY_STATE "state"
#define TALLY_DELIVERED "delivered"
#define TALLY_STARTED "started"
#define TALLY_ANSWERED "answered"
#define TALLY_UNPARSED "unparsed"
#define TALLY_TIMED "timed"
#define TALLY_TIMED_MS "timed_ms"
#define TALLY_ELSEWHERE "elsewhere" /* they are in none of those above */
#define TALLY_ANSWER "answer"
#define TALLY_ANSWER_ON "answer/" /* and the channel that it came on */
#define TALLY_LATE "late"
#define TALLY_EDITED "edited"

/* A row of SURVEY_TALLIES, of each branch one. What the newest version does not ask is left out. */
void survey_sum(struct survey_sums *s, const struct row *row);

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
