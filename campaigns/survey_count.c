/* What surveys come to, for reports: with the session's own row, in the month
 * in which the person was asked. */
#include <stdio.h>
#include <string.h>

#include "campaigns/survey_results.h"
#include "campaigns/surveys_impl.h"

static void count(struct surveys *s, const struct session *x, const char *name,
		  struct str detail, int64_t n, int64_t sum)
{
	const struct survey *v = x->survey;
	struct measure m = {
		.tenant = str_of(v->tenant),
		.at_ms = x->created_ms,
		.name = str_of(name),
		.class_name = str_of(v->class_name),
		.detail = detail,
		.n = n,
		.sum = sum,
	};

	gateway_measure(s->gateway, str_of(x->address), &m);
}

static bool was_sent(enum session_state s)
{
	return s != SESSION_CANCELLED;
}

void survey_count_step(struct surveys *s, const struct session *x,
		       const struct session_now *before)
{
	must(s != NULL && x != NULL);

	const struct session_now *now = &x->now;
	bool sent = before != NULL && was_sent(before->state);

	if (was_sent(now->state) != sent)
		count(s, x, "survey.asked", STR_NONE, sent ? -1 : 1, 0);
	if (now->contacted_ms != 0 &&
	    (before == NULL || before->contacted_ms == 0))
		count(s, x, "survey.contacted", STR_NONE, 1, 0);
	if (now->answered > 0 && (before == NULL || before->answered == 0))
		count(s, x, "survey.answered", STR_NONE, 1, 0);
	if (now->state == SESSION_COMPLETED &&
	    (before == NULL || before->state != SESSION_COMPLETED))
		count(s, x, "survey.completed", STR_NONE, 1, 0);
	if (before != NULL && now->unparsed > before->unparsed)
		count(s, x, "survey.unparsed", STR_NONE,
		      now->unparsed - before->unparsed, 0);
}

/* What the mean of a scale and its interval are made of. */
static void count_mean(struct surveys *s, const struct session *x,
		       const char *name, struct str detail, int64_t times,
		       int64_t score)
{
	char square[64];

	(void)snprintf(square, sizeof(square), "%s_square", name);
	count(s, x, name, detail, times, times * score);
	count(s, x, square, detail, times, times * score * score);
}

/* K-42, and K-33 of one of them. */
static void count_factor(struct surveys *s, const struct session *x,
			 const struct survey_question *q, int64_t times,
			 int64_t score)
{
	if (q->factor[0] == '\0')
		return;
	count_mean(s, x, "survey.factor", str_of(q->factor), times, score);
	if (strcmp(q->factor, SURVEY_ATTITUDE) == 0)
		count_mean(s, x, "survey.attitude", STR_NONE, times, score);
}

/* Did the end of a call ask for it? The variables say so (surveys.h). */
static bool is_after_call(const struct session *x)
{
	json_t *vars = json_loads(x->vars, 0, NULL);
	const char *event =
		json_string_value(json_object_get(vars, SURVEY_VAR_EVENT));
	bool is = event != NULL && strcmp(event, "call.ended") == 0;

	json_decref(vars);
	return is;
}

/* One answer of a scale, or what it says no longer: times is -1 then. */
static void count_score(struct surveys *s, const struct session *x,
			unsigned question, unsigned option, int64_t times)
{
	const struct survey_question *q = &x->survey->v[question];
	int64_t score = q->options[option].score;
	struct buf item = { 0 };

	buf_init(&item, 256);
	buf_f(&item, "%s/%s", x->survey->id, q->id);
	count_mean(s, x, "survey.score", buf_str(&item), times, score);
	count_factor(s, x, q, times, score);
	if (q->kind == ANSWER_CSAT) {
		int64_t good = score >= survey_second(q);

		count(s, x, "survey.csat", STR_NONE, times, times * good);
		if (is_after_call(x))
			count(s, x, "survey.after_call", STR_NONE, times,
			      times * good);
	}
	if (q->kind == ANSWER_NPS)
		count(s, x, "survey.nps", STR_NONE, times,
		      times * ((score >= 9) - (score <= 6)));
	if (q->kind == ANSWER_CES)
		count_mean(s, x, "survey.ces", STR_NONE, times, score);
	buf_done(&item);
}

void survey_count_answer(struct surveys *s, const struct session *x,
			 unsigned question, const struct survey_given *before)
{
	must(s != NULL && x != NULL && question < x->survey->n);
	must(before != NULL);

	int8_t given = x->now.given[question];

	if (!x->elsewhere) /* it is a share of what we heard */
		count(s, x, "survey.valid", STR_NONE, 1, 0);
	if (x->survey->v[question].n == 0 || given < 0)
		return;
	if (before->option >= 0)
		count_score(s, x, question, (unsigned)before->option, -1);
	count_score(s, x, question, (unsigned)given, 1);
}
