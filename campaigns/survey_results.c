/* Sums over sessions and answers, and what is made of them. */
#include "campaigns/survey_results.h"

#include <math.h>

#include "base/share.h"

void survey_sum_session(struct survey_sums *s, const struct row *row)
{
	enum session_state state;
	int64_t contacted_ms = row_i(row, 4), started_ms = row_i(row, 5);

	must(s != NULL);
	if (session_state_parse(row_s(row, 1), &state) != 0)
		return;
	s->sessions[state]++;
	s->delivered += contacted_ms != 0;
	s->started += started_ms != 0;
	s->answered += row_i(row, 2) > 0;
	s->unparsed += (uint64_t)row_i(row, 3);
	if (contacted_ms != 0 && started_ms >= contacted_ms) {
		s->answer_ms += (uint64_t)(started_ms - contacted_ms);
		s->answered_timed++;
	}
}

static int option_of(const struct survey_question *q, struct str token)
{
	for (unsigned i = 0; i < q->n; i++)
		if (str_eq(q->options[i].token, token))
			return (int)i;
	return q->n == 0 ? 0 : -1;
}

static void count_last(struct survey_sums *s)
{
	struct survey_count *c;

	if (s->last_session == 0 || s->last_question < 0 || s->last_option < 0)
		return;
	c = &s->v[s->last_question];
	c->n++;
	c->by_option[s->last_option]++;
	c->late += s->last_late;
	c->edited += s->last_edited;
}

void survey_sum_answer(struct survey_sums *s, const struct row *row)
{
	must(s != NULL && s->survey != NULL);
	uint64_t session = (uint64_t)row_i(row, 0);
	int question = survey_question_find(s->survey, row_s(row, 1));
	bool same = session == s->last_session && question == s->last_question;

	if (!same)
		count_last(s);
	s->last_session = session;
	s->last_question = question;
	s->last_option = question < 0 ? -1
				      : option_of(&s->survey->v[question],
						  row_s(row, 3));
	s->last_late = row_i(row, 5) != 0;
	s->last_edited = same;
}

void survey_sum_end(struct survey_sums *s)
{
	must(s != NULL);
	count_last(s);
	s->last_session = 0;
}

/* Mean and variance of the scores. */
static void moments(const struct survey_question *q,
		    const struct survey_count *c, double *mean, double *var)
{
	double sum = 0, squares = 0, n = (double)c->n;

	for (unsigned i = 0; i < q->n; i++) {
		double x = q->options[i].score, k = (double)c->by_option[i];

		sum += x * k;
		squares += x * x * k;
	}
	*mean = sum / n;
	*var = squares / n - *mean * *mean;
}

/* Answers whose score is at least `least`. */
static uint64_t at_least(const struct survey_question *q,
			 const struct survey_count *c, int least)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < q->n; i++)
		n += q->options[i].score >= least ? c->by_option[i] : 0;
	return n;
}

int survey_second(const struct survey_question *q)
{
	must(q != NULL && q->n > 0);

	int best = q->options[0].score, next = best;

	for (unsigned i = 1; i < q->n; i++) {
		int x = q->options[i].score;

		if (x > best) {
			next = best;
			best = x;
		} else if (x > next || next == best) {
			next = x;
		}
	}
	return next;
}

static void score_csat(const struct survey_question *q,
		       const struct survey_count *c, struct survey_score *out)
{
	uint64_t hits = at_least(q, c, survey_second(q));

	out->value = 100.0 * (double)hits / (double)c->n;
	share_interval(hits, c->n, &out->low, &out->high);
	out->low *= 100;
	out->high *= 100;
}

/* The difference of two shares of one sample. */
static void score_nps(const struct survey_question *q,
		      const struct survey_count *c, struct survey_score *out)
{
	double n = (double)c->n;
	double up = (double)at_least(q, c, 9) / n;
	double down = (n - (double)at_least(q, c, 7)) / n;
	double half =
		SHARE_Z95 * sqrt((up + down - (up - down) * (up - down)) / n);

	out->value = 100 * (up - down);
	out->low = fmax(-100, out->value - 100 * half);
	out->high = fmin(100, out->value + 100 * half);
}

bool survey_score(const struct survey_question *q, const struct survey_count *c,
		  struct survey_score *out)
{
	double var;

	must(q != NULL && c != NULL && out != NULL);
	if (c->n == 0 || (q->kind != ANSWER_CSAT && q->kind != ANSWER_NPS &&
			  q->kind != ANSWER_CES))
		return false;
	*out = (struct survey_score){ .name = answer_kind_name(q->kind) };
	moments(q, c, &out->mean, &var);
	if (q->kind == ANSWER_CSAT) {
		score_csat(q, c, out);
	} else if (q->kind == ANSWER_NPS) {
		score_nps(q, c, out);
	} else {
		double half = SHARE_Z95 * sqrt(fmax(var, 0) / (double)c->n);

		out->value = out->mean;
		out->low = out->mean - half;
		out->high = out->mean + half;
	}
	return true;
}
