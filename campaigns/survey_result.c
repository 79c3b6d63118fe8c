/* Results of surveys that were taken elsewhere: all certain, or nothing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/event_types.h"
#include "campaigns/surveys_impl.h"
#include "campaigns/trigger.h"
#include "proto/json.h"

static const char unclear[] = "ANSWER_UNCLEAR";

/* The answer to one question, as it was read. */
struct given {
	bool there;
	struct str text;
	char number[32];
	struct answer a;
	struct buf trace;
};

struct reading {
	const struct survey *survey;
	struct session *open; /* asked, and not answered yet; NULL: none */
	struct str channel, ref;
	char number[3][32];
	struct given v[SURVEY_QUESTIONS_MAX];
};

/* ---- to read ---------------------------------------------------------------- */

/* Text, or a whole number: 4.5 is nobody's answer. */
static bool text_of(const json_t *v, struct given *g)
{
	double number = json_number_value(v);

	if (json_is_string(v)) {
		g->text =
			str_bytes(json_string_value(v), json_string_length(v));
		return true;
	}
	if (!json_is_number(v) || !(fabs(number) < 1e12) ||
	    fabs(number - floor(number)) > 0)
		return false;
	snprintf(g->number, sizeof(g->number), "%.0f", number);
	g->text = str_of(g->number);
	return true;
}

static const char *read_one(struct reading *d, struct str id, const json_t *v)
{
	int question = survey_question_find(d->survey, id);
	struct answer_scale scale;
	struct given *g;

	if (question < 0)
		return "UNKNOWN_QUESTION";
	g = &d->v[question];
	if (!text_of(v, g))
		return unclear;
	scale = survey_scale(&d->survey->v[question]);
	buf_init(&g->trace, 1024);
	answer_parse(g->text, &scale, &g->a, &g->trace);
	g->there = true;
	return g->a.verdict == ANSWER_CERTAIN ? NULL : unclear;
}

/* question, answer and, beside it, comment: one column each of a CSV. */
static const char *read_single(struct reading *d, const json_t *data)
{
	char number[32];
	struct str id, comment;
	const char *why;
	int question;

	if (!trigger_field(data, "question", number, &id))
		return unclear;
	why = read_one(d, id, json_object_get(data, "answer"));
	if (why != NULL)
		return why;
	question = survey_question_find(d->survey, id);
	if (trigger_field(data, "comment", d->number[2], &comment))
		d->v[question].a.comment = comment;
	return NULL;
}

static const char *read_answers(struct reading *d, const json_t *data)
{
	json_t *all = json_object_get(data, "answers"), *v;
	const char *why = NULL, *id;

	if (all == NULL)
		return read_single(d, data);
	if (json_object_size(all) == 0 ||
	    json_object_get(data, "question") != NULL ||
	    json_object_get(data, "answer") != NULL)
		return unclear; /* none, or two kinds of them */
	json_object_foreach(all, id, v)
	{
		why = read_one(d, str_of(id), v);
		if (why != NULL)
			break;
	}
	return why;
}

static void forget_read(struct reading *d)
{
	for (unsigned i = 0; i < SURVEY_QUESTIONS_MAX; i++) {
		buf_done(&d->v[i].trace);
		d->v[i] = (struct given){ .there = false };
	}
}

static bool is_open_of(const struct session *x, const struct survey *v)
{
	return session_open(x->now.state) &&
	       strcmp(v->id, x->survey->id) == 0 &&
	       strcmp(v->tenant, x->survey->tenant) == 0;
}

/* What they were asked, if they were; else the newest version. */
static const char *read_versions(struct surveys *s, struct reading *d,
				 const struct survey_result *r)
{
	const struct survey *newest = d->survey;
	struct survey_walk w;
	struct session *x;
	const char *why;

	survey_walk(s, r->tenant, r->to, &w);
	do {
		x = survey_walk_next(&w);
	} while (x != NULL && !is_open_of(x, newest));
	d->open = x;
	if (x != NULL)
		d->survey = x->survey;
	why = read_answers(d, r->data);
	if (why == NULL || d->survey == newest)
		return why;
	forget_read(d);
	d->survey = newest;
	return read_answers(d, r->data);
}

static const char *read_all(struct surveys *s, const struct survey_result *r,
			    struct reading *d)
{
	char number[32];
	struct str survey;

	if (r->to.len == 0)
		return "NO_ADDRESS";
	if (trigger_field(r->data, "survey", number, &survey))
		d->survey = surveys_find(s, r->tenant, survey, 0);
	if (d->survey == NULL)
		return "UNKNOWN_SURVEY";
	d->channel = STR("webhook");
	IGNORE(trigger_field(r->data, "channel", d->number[0], &d->channel));
	if (!survey_channel_ok(d->channel))
		return "UNKNOWN_CHANNEL";
	d->ref = r->event;
	IGNORE(trigger_field(r->data, "ref", d->number[1], &d->ref));
	return read_versions(s, d, r);
}

/* ---- to keep ---------------------------------------------------------------- */

static void take(struct surveys *s, struct session *x, unsigned question,
		 const struct reading *d, const struct survey_result *r)
{
	const struct given *g = &d->v[question];
	const struct inbound in = {
		.tenant = r->tenant,
		.channel = d->channel,
		.from = r->to,
		.text = g->text,
		.at_ms = r->at_ms,
	};
	const struct survey_heard h = {
		.answer = &g->a,
		.inbound = &in,
		.trace = buf_str(&g->trace),
		.at_ms = r->at_ms,
		.elsewhere = true,
	};

	survey_take(s, x, question, &h);
}

static void take_all(struct surveys *s, struct session *x,
		     const struct reading *d, const struct survey_result *r)
{
	for (unsigned i = 0; i < d->survey->n; i++)
		if (d->v[i].there)
			take(s, x, i, d, r);
}

/* Nobody is asked or reminded of what they have answered: what waits for them
 * takes the answers, and is over. One of another version, or that has not left
 * yet, gives way to them. true: it took them. */
static bool settle_open(struct surveys *s, const struct reading *d,
			const struct survey_result *r)
{
	struct session *x = d->open;
	struct session_now before = x->now;
	bool takes = x->survey == d->survey && survey_hears(x);
	int64_t now_ms = clock_wall_ms(s->clock);

	survey_unsay(s, x);
	if (takes) {
		if (x->now.state != SESSION_STARTED)
			session_move(x, SESSION_STARTED, now_ms);
		take_all(s, x, d, r);
		session_move(x, SESSION_COMPLETED, now_ms);
	} else {
		session_move(x,
			     x->now.state == SESSION_STARTED
				     ? SESSION_BREAKOFF
				     : SESSION_CANCELLED,
			     now_ms);
	}
	IGNORE(str_copy(x->now.reason, sizeof(x->now.reason),
			STR("answered_elsewhere")));
	survey_keep(s, x);
	survey_due(s, x);
	survey_guard(s, x, &before);
	return takes;
}

/* Only its rows stay: nothing more comes of it, and a reply by SMS to another
 * survey must not become its later answer. */
static void keep(struct surveys *s, const struct reading *d,
		 const struct survey_result *r)
{
	AUTO(buf_done) struct buf vars = { 0 };

	buf_init(&vars, BUF_NO_LIMIT);
	json_open(&vars, '{');
	json_kz(&vars, SURVEY_VAR_EVENT, EVENT_RESULT);
	json_ks(&vars, "channel", d->channel);
	json_close(&vars, '}');
	const struct survey_ask ask = {
		.tenant = r->tenant,
		.to = r->to,
		.lang = r->lang,
		.ref = d->ref,
		.vars = buf_str(&vars),
	};
	struct session *x = survey_make(s, &ask, d->survey);

	x->elsewhere = true;
	x->created_ms = r->at_ms;
	session_move(x, SESSION_STARTED, r->at_ms);
	take_all(s, x, d, r);
	session_move(x, SESSION_COMPLETED, r->at_ms);
	x->now.expires_ms = r->at_ms;
	survey_keep(s, x);
	survey_tally_step(s, x, NULL);
	session_free(&x);
}

const char *surveys_result(struct surveys *s, const struct survey_result *r)
{
	must(s != NULL && r != NULL);
	struct reading *d = mem_new(struct reading);
	const char *why = read_all(s, r, d);

	if (why == NULL && (d->open == NULL || !settle_open(s, d, r)))
		keep(s, d, r);
	forget_read(d);
	mem_free(d);
	return why;
}
