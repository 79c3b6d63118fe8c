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

/* Factors that reports show by themselves. */
static const struct {
	const char *factor, *measure;
} reserved[] = {
	{ "attitude", "survey.attitude" },     /* K-33 */
	{ "ease", "survey.ease" },             /* K-08 */
	{ "solved", "survey.solved" },         /* K-32 */
	{ "attraction", "survey.attraction" }, /* K-52 */
	{ "clarity", "survey.clarity" },
};

static void count_factor(struct surveys *s, const struct session *x,
			 const struct survey_question *q, int64_t times,
			 int64_t score)
{
	struct str campaign = x->of_campaign ? str_of(x->ref) : STR_NONE;

	if (q->factor[0] == '\0')
		return;
	count_mean(s, x, "survey.factor", str_of(q->factor), times, score);
	for (unsigned i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(q->factor, reserved[i].factor) == 0)
			count_mean(s, x, reserved[i].measure, campaign, times,
				   score);
}

/* What was there before the question: the variables say so (surveys.h). */
struct cause {
	bool call;             /* the end of one asked for it */
	bool fixed;            /* something was put right since */
	bool satisfied_before; /* ... and until then */
};

static struct cause cause_of(const struct session *x)
{
	json_t *vars = json_loads(x->vars, 0, NULL);
	const char *event =
		json_string_value(json_object_get(vars, SURVEY_VAR_EVENT));
	const json_t *before = json_object_get(vars, SURVEY_VAR_BEFORE);
	const struct cause c = {
		.call = event != NULL && strcmp(event, "call.ended") == 0,
		.fixed = json_is_boolean(before),
		.satisfied_before = json_is_true(before),
	};

	json_decref(vars);
	return c;
}

/* Once a session, however often it asks how content they are. */
static bool is_first_csat(const struct survey *v, unsigned question)
{
	unsigned first = 0;

	while (first < question && v->v[first].kind != ANSWER_CSAT)
		first++;
	return first == question;
}

static void count_csat(struct surveys *s, const struct session *x,
		       unsigned question, int64_t times, int64_t score)
{
	const struct survey_question *q = &x->survey->v[question];
	int64_t good = score >= survey_second(q);
	const struct cause c = cause_of(x);

	count(s, x, "survey.csat", STR_NONE, times, times * good);
	if (c.call)
		count(s, x, "survey.after_call", STR_NONE, times, times * good);
	if (!c.fixed || !is_first_csat(x->survey, question))
		return;
	count(s, x, "survey.before_fix", STR_NONE, times,
	      times * c.satisfied_before);
	count(s, x, "survey.after_fix", STR_NONE, times, times * good);
}

/* What was perceived, less what was expected: once both are known. */
static void count_gaps(struct surveys *s, const struct session *x,
		       unsigned question, int64_t score, int64_t times)
{
	const struct survey *v = x->survey;

	for (unsigned i = 0; i < v->n; i++) {
		const struct survey_question *q = &v->v[i];
		bool perceived = i == question;
		unsigned other = perceived ? (unsigned)q->expectation : i;

		if (q->expectation < 0 ||
		    (!perceived && q->expectation != (int)question) ||
		    x->now.given[other] < 0)
			continue;
		int64_t its = v->v[other].options[x->now.given[other]].score;

		count_mean(s, x, "survey.gap", str_of(q->factor), times,
			   perceived ? score - its : its - score);
	}
}

/* A choice has scores if its definition gives it some: else there is nothing
 * to take a mean of. */
static bool is_scored(const struct survey_question *q)
{
	bool differ = q->kind != ANSWER_CHOICE;

	for (unsigned i = 1; i < q->n; i++)
		differ |= q->options[i].score != q->options[0].score;
	return differ;
}

/* One answer of a scale, or what it says no longer: times is -1 then. */
static void count_score(struct surveys *s, const struct session *x,
			unsigned question, unsigned option, int64_t times)
{
	const struct survey_question *q = &x->survey->v[question];
	int64_t score = q->options[option].score;
	AUTO(buf_done) struct buf item = { 0 };

	buf_init(&item, 256);
	buf_f(&item, "%s/%s", x->survey->id, q->id);
	if (is_scored(q)) {
		count_mean(s, x, "survey.score", buf_str(&item), times, score);
		count_factor(s, x, q, times, score);
	}
	count_gaps(s, x, question, score, times);
	if (q->kind == ANSWER_CSAT)
		count_csat(s, x, question, times, score);
	if (q->kind == ANSWER_NPS)
		count(s, x, "survey.nps", STR_NONE, times,
		      times * ((score >= 9) - (score <= 6)));
	if (q->kind == ANSWER_CES)
		count_mean(s, x, "survey.ces", STR_NONE, times, score);
	if (q->kind == ANSWER_CHOICE) {
		buf_c(&item, '/');
		buf_str_put(&item, q->options[option].token);
		count(s, x, "survey.choice", buf_str(&item), times, 0);
	}
}

void survey_count_answer(struct surveys *s, const struct session *x,
			 unsigned question, const struct survey_given *before,
			 bool heard)
{
	must(s != NULL && x != NULL && question < x->survey->n);
	must(before != NULL);

	int8_t given = x->now.given[question];

	if (heard) /* it is a share of what we heard */
		count(s, x, "survey.valid", STR_NONE, 1, 0);
	if (x->survey->v[question].n == 0 || given < 0)
		return;
	if (before->option >= 0)
		count_score(s, x, question, (unsigned)before->option, -1);
	count_score(s, x, question, (unsigned)given, 1);
}
