/* The sums that are kept of a survey, and what is made of them. */
#include "campaigns/survey_results.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/share.h"

static int option_of(const struct survey_question *q, struct str token)
{
	for (unsigned i = 0; i < q->n; i++)
		if (str_eq(q->options[i].token, token))
			return (int)i;
	return q->n == 0 ? 0 : -1;
}

/* Where that answer is counted; NULL: the newest version asks that no more. */
static uint64_t *place_of(const struct survey_sums *s, const struct row *row,
			  struct survey_count v[SURVEY_QUESTIONS_MAX],
			  struct survey_count **count)
{
	int question = survey_question_find(s->survey, row_s(row, 1));
	int option = question < 0 ? -1
				  : option_of(&s->survey->v[question],
					      row_s(row, 2));

	if (option < 0)
		return NULL;
	*count = &v[question];
	return &v[question].by_option[option];
}

static void sum_answer(struct survey_sums *s, const struct row *row,
		       struct str name, uint64_t n)
{
	struct survey_count *c;
	uint64_t *option = place_of(s, row, s->v, &c);

	if (option == NULL)
		return;
	if (str_eqz(name, TALLY_ANSWER)) {
		c->n += n;
		*option += n;
	} else if (str_eqz(name, TALLY_LATE)) {
		c->late += n;
	} else if (str_eqz(name, TALLY_EDITED)) {
		c->edited += n;
	}
}

/* Rows of one name come together. */
static void sum_on(struct survey_sums *s, const struct row *row,
		   struct str channel, uint64_t n)
{
	struct survey_on_channel *on =
		s->nchannels == 0 ? NULL : &s->channels[s->nchannels - 1];
	struct survey_count *c;
	uint64_t *option;

	if (n == 0 || channel.len > SURVEY_CHANNEL_MAX)
		return;
	if (on == NULL || !str_eqz(channel, on->name)) {
		s->channels =
			mem_resize(s->channels,
				   (s->nchannels + 1) * sizeof(*s->channels));
		on = &s->channels[s->nchannels++];
		*on = (struct survey_on_channel){ .name = "" };
		IGNORE(str_copy(on->name, sizeof(on->name), channel));
	}
	option = place_of(s, row, on->v, &c);
	if (option == NULL)
		return;
	c->n += n;
	*option += n;
}

void survey_sums_done(struct survey_sums *s)
{
	must(s != NULL);
	mem_free(s->channels);
	s->channels = NULL;
	s->nchannels = 0;
}

static void sum_state(struct survey_sums *s, struct str name, uint64_t n)
{
	enum session_state state;

	if (session_state_parse(name, &state) == 0)
		s->sessions[state] += n;
}

/* name question token n */
void survey_sum(struct survey_sums *s, const struct row *row)
{
	must(s != NULL && s->survey != NULL && row != NULL);
	const struct {
		const char *name;
		uint64_t *to;
	} plain[] = {
		{ TALLY_DELIVERED, &s->delivered },
		{ TALLY_STARTED, &s->started },
		{ TALLY_ANSWERED, &s->answered },
		{ TALLY_UNPARSED, &s->unparsed },
		{ TALLY_TIMED, &s->answered_timed },
		{ TALLY_TIMED_MS, &s->answer_ms },
		{ TALLY_ELSEWHERE, &s->elsewhere },
	};
	struct str name = row_s(row, 0);
	uint64_t n = (uint64_t)MAX(row_i(row, 3), 0);

	for (unsigned i = 0; i < ARRAY_LEN(plain); i++) {
		if (!str_eqz(name, plain[i].name))
			continue;
		*plain[i].to += n;
		return;
	}
	if (str_starts(name, STR(TALLY_ANSWER_ON)))
		sum_on(s, row, str_from(name, strlen(TALLY_ANSWER_ON)), n);
	else if (str_eqz(name, TALLY_STATE))
		sum_state(s, row_s(row, 2), n);
	else
		sum_answer(s, row, name, n);
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
