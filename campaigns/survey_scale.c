/* The usual scales, for questions that bring none of their own. */
#include "campaigns/survey_scale.h"

#include <stdio.h>

static const struct survey_label csat[] = {
	{ 1, "非常不满意", "Very dissatisfied" },
	{ 2, "不满意", "Dissatisfied" },
	{ 3, "一般", "Neutral" },
	{ 4, "满意", "Satisfied" },
	{ 5, "非常满意", "Very satisfied" },
};
static const struct survey_label nps[] = {
	{ 0, "", "" }, { 1, "", "" }, { 2, "", "" },  { 3, "", "" },
	{ 4, "", "" }, { 5, "", "" }, { 6, "", "" },  { 7, "", "" },
	{ 8, "", "" }, { 9, "", "" }, { 10, "", "" },
};
static const struct survey_label ces[] = {
	{ 1, "非常困难", "Very difficult" },
	{ 2, "", "" },
	{ 3, "", "" },
	{ 4, "", "" },
	{ 5, "", "" },
	{ 6, "", "" },
	{ 7, "非常容易", "Very easy" },
};
static const struct survey_label yes_no[] = {
	{ 1, "是", "Yes" },
	{ 2, "否", "No" },
};

static const struct {
	const struct survey_label *v;
	unsigned n;
} usual[ANSWER_KINDS] = {
	[ANSWER_CSAT] = { csat, ARRAY_LEN(csat) },
	[ANSWER_NPS] = { nps, ARRAY_LEN(nps) },
	[ANSWER_CES] = { ces, ARRAY_LEN(ces) },
	[ANSWER_YES_NO] = { yes_no, ARRAY_LEN(yes_no) },
};

unsigned survey_usual(enum answer_kind k, const struct survey_label **out)
{
	must((unsigned)k < ANSWER_KINDS && out != NULL);
	*out = usual[k].v;
	return usual[k].n;
}

int survey_usual_score(enum answer_kind k, int token)
{
	/* yes is the better one, whatever its number */
	return k == ANSWER_YES_NO ? 2 - token : token;
}
