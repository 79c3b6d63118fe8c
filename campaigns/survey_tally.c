/* What a survey came to so far, kept with the rows that it is of: results read
 * these sums and no history. */
#include <stdio.h>

#include "campaigns/survey_results.h"
#include "campaigns/surveys_impl.h"

static void add(struct surveys *s, const struct session *x, const char *name,
		struct str question, struct str token, int64_t n)
{
	const struct cell cells[] = { CELL_Z(x->survey->tenant),
				      CELL_Z(x->survey->id),
				      CELL_Z(name),
				      CELL_T(question),
				      CELL_T(token),
				      CELL_Z(x->branch),
				      CELL_I(n) };

	if (n != 0)
		store_put(s->store, STORE_SURVEY_TALLY_ADD, cells,
			  ARRAY_LEN(cells));
}

static void add_state(struct surveys *s, const struct session *x,
		      enum session_state state, int64_t n)
{
	add(s, x, TALLY_STATE, STR_NONE, str_of(session_state_name(state)), n);
}

/* From delivery to the first answer; -1: not known. */
static int64_t took_ms(const struct session_now *n)
{
	return n->contacted_ms != 0 && n->started_ms >= n->contacted_ms
		       ? n->started_ms - n->contacted_ms
		       : -1;
}

/* Who answers has it, whatever receipts say, and whenever they come. */
static bool has_it(const struct session_now *n)
{
	return n->contacted_ms != 0 || n->answered > 0;
}

void survey_tally_step(struct surveys *s, const struct session *x,
		       const struct session_now *before)
{
	must(s != NULL && x != NULL);
	static const struct session_now none;
	const struct session_now *now = &x->now;
	const struct session_now *was = before == NULL ? &none : before;
	int64_t took = took_ms(now), took_before = took_ms(was);

	if (x->elsewhere) {
		add(s, x, TALLY_ELSEWHERE, STR_NONE, STR_NONE, before == NULL);
		return;
	}
	if (before == NULL || before->state != now->state) {
		add_state(s, x, now->state, 1);
		if (before != NULL)
			add_state(s, x, before->state, -1);
	}
	add(s, x, TALLY_DELIVERED, STR_NONE, STR_NONE,
	    has_it(now) - has_it(was));
	add(s, x, TALLY_STARTED, STR_NONE, STR_NONE,
	    (now->started_ms != 0) - (was->started_ms != 0));
	add(s, x, TALLY_ANSWERED, STR_NONE, STR_NONE,
	    (now->answered > 0) - (was->answered > 0));
	add(s, x, TALLY_UNPARSED, STR_NONE, STR_NONE,
	    (int64_t)now->unparsed - was->unparsed);
	add(s, x, TALLY_TIMED, STR_NONE, STR_NONE,
	    (took >= 0) - (took_before >= 0));
	add(s, x, TALLY_TIMED_MS, STR_NONE, STR_NONE,
	    MAX(took, 0) - MAX(took_before, 0));
}

struct survey_given survey_given(const struct session *x, unsigned question)
{
	must(x != NULL && question < SURVEY_QUESTIONS_MAX);
	return (struct survey_given){ x->now.given[question],
				      x->now.edits[question],
				      (x->now.late & BIT(question)) != 0,
				      x->now.channel[question] };
}

static struct str token_of(const struct survey_question *q, int8_t option)
{
	return q->n == 0 ? STR_NONE : q->options[option].token;
}

/* The last answer to a question counts; times -1: it is that no more. */
static void add_answer(struct surveys *s, const struct session *x,
		       unsigned question, const struct survey_given *g,
		       int64_t times)
{
	const struct survey_question *q = &x->survey->v[question];
	struct str id = str_of(q->id), token = token_of(q, g->option);
	char on[sizeof(TALLY_ANSWER_ON) + SURVEY_CHANNEL_MAX];

	add(s, x, TALLY_ANSWER, id, token, times);
	if (g->channel != SURVEY_CHANNEL_UNKNOWN) {
		snprintf(on, sizeof(on), "%s%s", TALLY_ANSWER_ON,
			 survey_channel_name(s->channels, g->channel));
		add(s, x, on, id, token, times);
	}
	add(s, x, TALLY_EDITED, id, token, g->edits > 1 ? times : 0);
	add(s, x, TALLY_LATE, id, token, g->late ? times : 0);
}

void survey_tally_answer(struct surveys *s, const struct session *x,
			 unsigned question, const struct survey_given *before)
{
	must(s != NULL && x != NULL && before != NULL);
	const struct survey_given now = survey_given(x, question);

	if (before->option != SESSION_UNANSWERED)
		add_answer(s, x, question, before, -1);
	add_answer(s, x, question, &now, 1);
}
