/* Surveys in a room of care, and what was counted of their answers. */
#pragma once

#include "tests/lib/measured.h"
#include "tests/unit/care_bed.h"

static inline void put_survey_text(struct room *r, const char *text)
{
	const struct survey *v = NULL;
	struct err err = { "" };
	json_t *body = json_loads(text, 0, NULL);

	assert_non_null(body);
	if (surveys_put(care_surveys(r->care), TENANT, body, STR("test"), &v,
			&err) != 0)
		fail_msg("%s", err.text);
	json_decref(body);
	commit(r->bed);
}

/* campaign: the one that asks; "": none. */
static inline uint64_t ask_survey_for(struct room *r, const char *survey,
				      struct str to, const char *campaign)
{
	const struct survey_ask a = { .tenant = TENANT,
				      .survey = str_of(survey),
				      .to = to,
				      .lang = STR("en"),
				      .ref = str_of(campaign),
				      .of_campaign = campaign[0] != '\0',
				      .vars = STR("{}") };
	struct submitted out;
	struct err err = { "" };
	uint64_t session = 0;

	if (surveys_ask(care_surveys(r->care), &a, &out, &session, &err) != 0)
		fail_msg("%s", err.text);
	commit(r->bed);
	return session;
}

static inline uint64_t ask_survey(struct room *r, const char *survey,
				  struct str to)
{
	return ask_survey_for(r, survey, to, "");
}

/* What somebody writes is an answer. */
static inline void answer_survey(struct room *r, struct str from,
				 const char *text)
{
	assert_true(str_eqz(room_hear(r, from, text), "survey"));
}

/* detail NULL: of any. In the month of at_ms. */
static inline void survey_sums(struct room *r, int64_t at_ms, const char *name,
			       const char *detail, int64_t n, int64_t sum)
{
	struct measured is = bed_measured(r->bed, at_ms, name, detail);

	if (is.n != n || is.sum != sum)
		fail_msg("%s %s: %lld, %lld", name,
			 detail == NULL ? "" : detail, (long long)is.n,
			 (long long)is.sum);
}
