/* The usual scales: what "csat" means when nothing else is said. */
#pragma once

#include "proto/answer.h"

struct survey_label {
	int token;
	const char *zh, *en;
};

/* How many; 0: a kind that brings its own, or none. */
unsigned survey_usual(enum answer_kind k, const struct survey_label **out);
int survey_usual_score(enum answer_kind k, int token);
