/* What customers write, as answers to the survey that is open for them. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/surveys_impl.h"
#include "proto/json.h"
#include "proto/reply.h"

/* ---- whose answer is it? ---------------------------------------------------------- */

static bool is_for(const struct session *x, const struct inbound *in)
{
	if (in->tenant.len > 0 && !str_eqz(in->tenant, "*") &&
	    !str_eqz(in->tenant, x->survey->tenant))
		return false;
	return x->survey->sender[0] == '\0' || in->to.len == 0 ||
	       str_eqz(in->to, x->survey->sender);
}

bool survey_hears(const struct session *x)
{
	must(x != NULL);
	return session_open(x->now.state) && x->now.state != SESSION_GATED;
}

/* The newest open one; several: the answer is flagged. */
static struct session *find_open(struct surveys *s, const struct inbound *in,
				 bool *several)
{
	struct session *found = NULL, *x;
	struct survey_walk w;

	*several = false;
	survey_walk(s, in->tenant, in->from, &w);
	while ((x = survey_walk_next(&w)) != NULL) {
		if (!is_for(x, in) || !survey_hears(x))
			continue;
		*several = found != NULL;
		if (found == NULL)
			found = x;
	}
	return found;
}

/* The newest that is over, and may still get an answer. */
static struct session *find_late(struct surveys *s, const struct inbound *in)
{
	int64_t now_ms = clock_wall_ms(s->clock);
	struct survey_walk w;
	struct session *x;

	survey_walk(s, in->tenant, in->from, &w);
	while ((x = survey_walk_next(&w)) != NULL) {
		bool ended = x->now.state == SESSION_COMPLETED ||
			     x->now.state == SESSION_UNRESPONSIVE ||
			     x->now.state == SESSION_BREAKOFF ||
			     x->now.state == SESSION_UNREACHABLE;

		if (is_for(x, in) && ended &&
		    now_ms < MAX(x->now.expires_ms, x->now.closed_ms) +
				     x->survey->grace_ms)
			return x;
	}
	return NULL;
}

/* ---- an answer ---------------------------------------------------------------- */

static void put_answer(struct surveys *s, const struct session *x,
		       unsigned question, const struct survey_heard *h)
{
	const struct answer *a = h->answer;
	const struct survey_question *q = &x->survey->v[question];
	bool scaled = q->n > 0;
	const struct answer_option *o = &q->options[scaled ? a->option : 0];
	struct cell cells[] = {
		CELL_Z(x->survey->tenant),
		CELL_Z(x->survey->id),
		CELL_I(x->id),
		CELL_Z(q->id),
		CELL_I(x->now.edits[question]),
		CELL_I(x->survey->version),
		scaled ? CELL_T(o->token) : CELL_N,
		scaled ? CELL_I(o->score) : CELL_N,
		CELL_T(a->comment),
		CELL_T(h->inbound->text),
		CELL_T(h->trace),
		CELL_I(h->late),
		CELL_I(h->at_ms),
		CELL_I(h->inbound->id),
	};

	store_put(s->store, STORE_ANSWER_PUT, cells, ARRAY_LEN(cells));
}

static void publish(struct surveys *s, const struct session *x,
		    const char *type, unsigned question,
		    const struct survey_heard *h)
{
	const struct answer *a = h->answer;
	const struct survey_question *q = &x->survey->v[question];
	struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_kid(&b, "session", x->id);
	json_kz(&b, "survey", x->survey->id);
	json_ku(&b, "version", x->survey->version);
	json_kz(&b, "question", q->id);
	json_kz(&b, "kind", answer_kind_name(q->kind));
	if (q->n > 0) {
		json_ks(&b, "token", q->options[a->option].token);
		json_ki(&b, "score", q->options[a->option].score);
		json_kz(&b, "label_zh", q->zh[a->option]);
		json_kz(&b, "label_en", q->en[a->option]);
	}
	json_ks_opt(&b, "ref", str_of(x->ref));
	json_ks_opt(&b, "channel", h->inbound->channel);
	json_kb(&b, "late", h->late);
	json_kb(&b, "edited", x->now.edits[question] > 1);
	json_kt(&b, "at", h->at_ms);
	json_close(&b, '}');
	gateway_publish(s->gateway, str_of(x->survey->tenant), type,
			buf_str(&b));
	buf_done(&b);
}

static bool is_low(const struct survey_question *q, unsigned option)
{
	return q->has_low && q->n > 0 && q->options[option].score <= q->low;
}

/* Is it low, or was what it takes the place of? */
static void tell_low(struct surveys *s, struct session *x, unsigned question,
		     const struct survey_heard *h, int before)
{
	const struct survey_question *q = &x->survey->v[question];
	unsigned option = h->answer->option;
	bool low = is_low(q, option);
	bool better = !low && before >= 0 && is_low(q, (unsigned)before);

	if (low)
		publish(s, x, "survey.low_score", question, h);
	if (s->low == NULL || (!low && !better))
		return;
	const struct survey_low told = { x, q, q->options[option].score,
					 h->inbound, better };

	s->low(s->low_owner, &told);
}

bool survey_take(struct surveys *s, struct session *x, unsigned question,
		 const struct survey_heard *h)
{
	must(s != NULL && x != NULL && question < x->survey->n && h != NULL);
	const struct survey_question *q = &x->survey->v[question];
	const struct answer *a = h->answer;
	int8_t given = q->n > 0 ? (int8_t)a->option : 0;

	if (q->n > 0 && x->now.given[question] == given)
		return false;
	if (x->now.edits[question] == UINT16_MAX)
		return false;
	const struct survey_given before = survey_given(x, question);

	x->now.answered += before.option == SESSION_UNANSWERED;
	x->now.given[question] = given;
	x->now.edits[question]++;
	x->now.channel[question] =
		survey_channel(s->channels, h->inbound->channel);
	x->now.late &= (uint8_t)~BIT(question);
	x->now.late |= (uint8_t)(h->late ? BIT(question) : 0);
	put_answer(s, x, question, h);
	survey_count_answer(s, x, question, &before, !h->elsewhere);
	survey_tally_answer(s, x, question, &before);
	publish(s, x, "survey.answered", question, h);
	tell_low(s, x, question, h, before.option);
	stat_add(s->answers, 1);
	return true;
}

static void say(struct surveys *s, struct session *x, enum survey_saying what,
		const struct inbound *in)
{
	const struct survey_ask ask = { .channel = in->channel };
	struct submitted out;
	struct err err = { "" };
	int rc = survey_send(s, x, what, &ask, &out, &err);

	if (rc == 0)
		survey_message(s, x, out.id);
	else if (rc != -ENOENT) /* nothing to say */
		log_warn("survey.unsaid", KV_ID("session", x->id),
			 KV_S("why", err.text));
}

static void go_on(struct surveys *s, struct session *x, unsigned option,
		  const struct inbound *in)
{
	int64_t now_ms = clock_wall_ms(s->clock);
	int next = survey_next(&x->survey->v[x->now.question], option);

	if (x->now.state != SESSION_STARTED)
		session_move(x, SESSION_STARTED, now_ms);
	x->now.reprompts = 0;
	if (next == SURVEY_END) {
		session_move(x, SESSION_COMPLETED, now_ms);
		say(s, x, SAY_THANKS, in);
		return;
	}
	x->now.question = (uint8_t)next;
	x->now.expires_ms = now_ms + x->survey->expire_after_ms;
	say(s, x, SAY_NEXT, in);
}

static const char *hear_open(struct surveys *s, struct session *x,
			     const struct inbound *in, bool several)
{
	const struct survey_question *q = &x->survey->v[x->now.question];
	struct answer_scale scale = survey_scale(q);
	struct session_now before = x->now;
	struct answer a;
	struct buf trace = { 0 };
	const char *claim = NULL;

	buf_init(&trace, 1024);
	answer_parse(in->text, &scale, &a, &trace);
	if (a.verdict == ANSWER_CERTAIN) {
		x->now.flagged |= several;
		const struct survey_heard h = {
			.answer = &a,
			.inbound = in,
			.trace = buf_str(&trace),
			.at_ms = clock_wall_ms(s->clock),
		};

		survey_take(s, x, x->now.question, &h);
		go_on(s, x, a.option, in);
		claim = CLAIM_SURVEY;
	} else {
		x->now.unparsed += x->now.unparsed < UINT16_MAX;
		stat_add(s->unparsed, 1);
		if (a.verdict == ANSWER_AMBIGUOUS &&
		    x->now.reprompts < x->survey->reprompts) {
			x->now.reprompts++;
			say(s, x, SAY_AGAIN, in);
			claim = CLAIM_SURVEY;
		}
	}
	buf_done(&trace);
	survey_keep(s, x);
	survey_due(s, x);
	survey_guard(s, x, &before);
	return claim;
}

/* The question that an answer after the end is to: the last that was
 * answered, or the one that waited. */
static unsigned late_question(const struct session *x)
{
	unsigned last = x->now.question;

	if (x->now.state != SESSION_COMPLETED)
		return last;
	/* a comment asked for at the end does not hide the score before it */
	while (last > 0 && x->survey->v[last].n == 0)
		last--;
	return last;
}

static const char *hear_late(struct surveys *s, struct session *x,
			     const struct inbound *in)
{
	unsigned question = late_question(x);
	const struct survey_question *q = &x->survey->v[question];
	struct answer_scale scale = survey_scale(q);
	struct session_now before = x->now;
	int64_t now_ms = clock_wall_ms(s->clock);
	struct answer a;
	struct buf trace = { 0 };

	if (q->n == 0)
		return NULL;
	buf_init(&trace, 1024);
	answer_parse(in->text, &scale, &a, &trace);
	bool certain = a.verdict == ANSWER_CERTAIN;
	const struct survey_heard h = {
		.answer = &a,
		.inbound = in,
		.trace = buf_str(&trace),
		.at_ms = now_ms,
		.late = now_ms > x->now.expires_ms,
	};

	if (certain && survey_take(s, x, question, &h)) {
		if (x->now.state == SESSION_UNREACHABLE)
			session_move(x, SESSION_COMPLETED, now_ms);
		survey_keep(s, x);
		survey_guard(s, x, &before);
	}
	buf_done(&trace);
	return certain ? CLAIM_SURVEY : NULL;
}

/* ---- the claimant ---------------------------------------------------------------- */

static const char *claim(void *owner, const struct inbound *in)
{
	struct surveys *s = owner;
	bool several;
	struct session *x = find_open(s, in, &several);

	if (s->stopped)
		return NULL;
	if (x != NULL)
		return hear_open(s, x, in, several);
	x = find_late(s, in);
	return x == NULL ? NULL : hear_late(s, x, in);
}

/* "Yes" is an answer where one is awaited. */
static bool awaits(void *owner, const struct inbound *in)
{
	bool several;

	return find_open(owner, in, &several) != NULL;
}

/* A refusal ends what is open for that person. */
static void refused(void *owner, const struct inbound *in)
{
	struct surveys *s = owner;
	int64_t now_ms = clock_wall_ms(s->clock);
	struct survey_walk w;
	struct session *x;

	survey_walk(s, in->tenant, in->from, &w);
	while ((x = survey_walk_next(&w)) != NULL) {
		struct session_now before = x->now;
		enum session_state to = x->now.state == SESSION_STARTED
						? SESSION_BREAKOFF
						: SESSION_REFUSED;

		if (!is_for(x, in) || !session_may(x->now.state, to))
			continue;
		session_move(x, to, now_ms);
		survey_keep(s, x);
		survey_due(s, x);
		survey_guard(s, x, &before);
	}
}

const struct claimant_ops surveys_claimant = { claim, awaits, refused, NULL };
