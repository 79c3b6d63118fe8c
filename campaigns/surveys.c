/* Definitions of surveys, their sessions, and what becomes due. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/surveys_impl.h"
#include "model/record.h"

/* What one turn does of what is due. */
#define TICK_SESSIONS 500

#define ROW(field, initial, min, max, unit, text)                         \
	{                                                                 \
#field, SETTING_INT, offsetof(struct surveys_cfg, field), \
			initial, min, max, NULL, unit, false, text        \
	}

static const struct setting rows[] = {
	ROW(surveys_max, "10000", 1, 1000000, "surveys",
	    "Most surveys of all tenants."),
	ROW(versions_max, "1000", 1, 100000, "versions",
	    "Most versions of one survey."),
	ROW(sessions_max, "1000000", 1, 100000000, "sessions",
	    "Most sessions that are open or may still get a late answer."),
	{ "retention", SETTING_DURATION,
	  offsetof(struct surveys_cfg, retention), "155d", 3600000,
	  315360000000, NULL, NULL, false,
	  "How long it is kept who was asked and in what words they answered; "
	  "not shorter than a late answer may come. Scores stay." },
	ROW(channels_max, "64", 1, SURVEY_CHANNELS_MOST, "channels",
	    "Most channels that answers are told apart by; what came on "
	    "further ones is shown as other."),
};

const struct setting_section surveys_section = {
	"surveys",
	false,
	sizeof(struct surveys_cfg),
	rows,
	ARRAY_LEN(rows),
	"Surveys: limits, and how long they are kept.",
};

/* ---- sessions ---------------------------------------------------------------- */

const struct session *surveys_session(const struct surveys *s, uint64_t id)
{
	must(s != NULL);
	return map_ptr(s->sessions, id);
}

/* One open session an address and sender: the newer one counts. */
static void supersede(struct surveys *s, const struct survey *v,
		      struct str address)
{
	int64_t now_ms = clock_wall_ms(s->clock);

	for (struct session *x = survey_newest(s, address); x != NULL;
	     x = x->older[SESSION_BY_ADDRESS]) {
		struct session_now before = x->now;

		if (!str_eqz(address, x->address) ||
		    !session_may(x->now.state, SESSION_SUPERSEDED) ||
		    !str_eqz(str_of(v->sender), x->survey->sender) ||
		    !str_eqz(str_of(v->tenant), x->survey->tenant))
			continue;
		session_move(x, SESSION_SUPERSEDED, now_ms);
		survey_keep(s, x);
		survey_due(s, x);
		survey_guard(s, x, &before);
	}
}

static bool speaks_chinese(const struct surveys *s,
			   const struct survey_ask *ask, const struct survey *v)
{
	struct str lang = ask->lang;

	if (lang.len == 0)
		lang = gateway_lang(s->gateway, ask->tenant, ask->to);
	if (lang.len == 0)
		return v->v[0].text.zh[0] != '\0';
	return str_starts(lang, STR("zh"));
}

struct session *survey_make(struct surveys *s, const struct survey_ask *ask,
			    const struct survey *v)
{
	must(s != NULL && ask != NULL && v != NULL);
	struct session *x = mem_new(struct session);
	int64_t now_ms = clock_wall_ms(s->clock);
	struct str branch = STR_NONE;

	if (!gateway_branch(s->gateway, ask->tenant, ask->to, &branch))
		branch = STR_NONE;
	heap_node_init(&x->due);
	x->id = gateway_id(s->gateway);
	x->survey = v;
	x->address = str_z(ask->to);
	x->ref = str_z(ask->ref);
	x->of_campaign = ask->of_campaign;
	x->vars = str_z(ask->vars);
	x->branch = str_z(branch);
	x->zh = speaks_chinese(s, ask, v);
	x->created_ms = now_ms;
	x->now.state = SESSION_CREATED;
	x->now.expires_ms = MAX(now_ms, ask->send_at_ms) + v->expire_after_ms;
	for (unsigned i = 0; i < SURVEY_QUESTIONS_MAX; i++)
		x->now.given[i] = SESSION_UNANSWERED;
	return x;
}

/* What the gate said of the invitation. */
static void settle(struct surveys *s, struct session *x,
		   const struct submitted *out)
{
	int64_t now_ms = clock_wall_ms(s->clock);
	const struct decision *d = &out->decision;

	survey_message(s, x, out->id);
	if (d->verdict == VERDICT_DENY) {
		IGNORE(str_copy(x->now.reason, sizeof(x->now.reason),
				d->reason));
		session_move(x, SESSION_CANCELLED, now_ms);
	} else if (d->verdict == VERDICT_DEFER) {
		session_move(x, SESSION_GATED, now_ms);
		x->now.expires_ms =
			MAX(x->now.expires_ms,
			    d->not_before_ms + x->survey->expire_after_ms);
	}
}

/* Its invitation is with the gateway. */
static void opened(struct surveys *s, struct session *x,
		   const struct submitted *out)
{
	supersede(s, x->survey, str_of(x->address));
	survey_index(s, x);
	settle(s, x, out);
	survey_keep(s, x);
	survey_guard(s, x, NULL);
	survey_due(s, x);
	stat_add(s->asked, 1);
}

int surveys_ask(struct surveys *s, const struct survey_ask *ask,
		struct submitted *out, uint64_t *session, struct err *err)
{
	must(s != NULL && ask != NULL && out != NULL && session != NULL);
	const struct survey *v =
		surveys_find(s, ask->tenant, ask->survey, ask->version);

	if (v == NULL)
		return err_set(err, -ENOENT, "there is no such survey");
	if (map_len(s->sessions) >= (size_t)s->cfg->sessions_max)
		return err_set(err, -ENOSPC, "too many surveys are open");
	struct session *x = survey_make(s, ask, v);
	int rc = survey_send(s, x, SAY_INVITE, ask, out, err);

	if (rc != 0 || out->repeated) {
		session_free(&x);
		if (rc == 0)
			*session = out->id; /* they have one id */
		return rc;
	}
	opened(s, x, out);
	*session = x->id;
	return 0;
}

void surveys_invite(struct surveys *s, const struct survey_ask *ask,
		    struct submission *m, struct submitted *out)
{
	must(s != NULL && ask != NULL && m != NULL && out != NULL);
	AUTO(buf_done) struct buf metadata = { 0 };
	const struct survey *v =
		surveys_find(s, ask->tenant, ask->survey, ask->version);

	must(v != NULL);
	if (map_len(s->sessions) >= (size_t)s->cfg->sessions_max) {
		*out = (struct submitted){ .rc = -ENOSPC, .code = "full" };
		IGNORE(err_set(&out->err, 0, "too many surveys are open"));
		return;
	}
	struct session *x = survey_make(s, ask, v);

	buf_init(&metadata, 2048);
	survey_metadata(x, &metadata);
	m->metadata = buf_str(&metadata);
	gateway_submit(s->gateway, m, out);
	m->metadata = STR_NONE;
	if (out->rc != 0 || out->decision.verdict != VERDICT_ALLOW)
		session_free(&x);
	else
		opened(s, x, out);
}

void survey_unsay(struct surveys *s, struct session *x)
{
	must(s != NULL && x != NULL);
	uint64_t message = x->now.message;

	survey_message(s, x, 0);
	if (message != 0)
		IGNORE(gateway_cancel(s->gateway, str_of(x->survey->tenant),
				      message));
}

static void cancel(struct surveys *s, struct session *x)
{
	struct session_now before = x->now;

	survey_unsay(s, x);
	session_move(x, SESSION_CANCELLED, clock_wall_ms(s->clock));
	survey_keep(s, x);
	survey_due(s, x);
	survey_guard(s, x, &before);
}

int surveys_cancel(struct surveys *s, uint64_t id)
{
	must(s != NULL);
	struct session *x = map_ptr(s->sessions, id);

	if (x == NULL || !session_may(x->now.state, SESSION_CANCELLED))
		return -ENOENT;
	cancel(s, x);
	return 0;
}

struct gone {
	struct surveys *surveys;
	uint64_t id;
};

static void on_erased(void *owner, int rc)
{
	struct gone *g = owner;
	struct session *x =
		rc != 0 ? NULL : map_ptr(g->surveys->sessions, g->id);

	if (x != NULL)
		survey_forget(g->surveys, x);
	mem_free(g);
}

void surveys_erase(struct surveys *s, struct str tenant, struct str address)
{
	must(s != NULL);
	for (struct session *x = survey_newest(s, address); x != NULL;
	     x = x->older[SESSION_BY_ADDRESS]) {
		struct gone *g;

		if (!str_eqz(address, x->address) ||
		    !str_eqz(tenant, x->survey->tenant))
			continue;
		if (session_may(x->now.state, SESSION_CANCELLED))
			cancel(s, x);
		/* in its grace it would be written again with an answer */
		g = mem_new(struct gone);
		*g = (struct gone){ s, x->id };
		store_then(s->store, on_erased, g);
	}
}

/* ---- what becomes of the invitation --------------------------------------------- */

static const struct {
	enum message_state said;
	enum session_state to;
} steps[] = {
	/* on its way: a reply may be here before the peer's answer is */
	{ MESSAGE_SUBMITTING, SESSION_CREATED },
	{ MESSAGE_SUBMITTED, SESSION_INVITED },
	{ MESSAGE_DELIVERED, SESSION_CONTACTED },
	{ MESSAGE_UNDELIVERED, SESSION_UNREACHABLE },
	{ MESSAGE_EXPIRED, SESSION_UNREACHABLE },
	{ MESSAGE_REJECTED, SESSION_UNREACHABLE },
	{ MESSAGE_FAILED, SESSION_UNREACHABLE },
	{ MESSAGE_CANCELLED, SESSION_CANCELLED },
	{ MESSAGE_SUPPRESSED, SESSION_CANCELLED },
};

void surveys_step(struct surveys *s, uint64_t message, const struct event *e)
{
	must(s != NULL && e != NULL);
	struct session *x = map_ptr(s->messages, message);
	unsigned i = 0;

	while (i < ARRAY_LEN(steps) && steps[i].said != e->state)
		i++;
	if (x == NULL || i == ARRAY_LEN(steps) ||
	    !session_may(x->now.state, steps[i].to) ||
	    x->now.state == SESSION_STARTED)
		return;
	struct session_now before = x->now;
	int64_t now_ms = clock_wall_ms(s->clock);

	session_move(x, steps[i].to, now_ms);
	IGNORE(str_copy(x->now.reason, sizeof(x->now.reason), e->reason));
	if (steps[i].to == SESSION_CONTACTED && x->now.contacted_ms == 0) {
		x->now.contacted_ms = now_ms;
		x->now.closed_ms = 0;
		x->now.expires_ms = now_ms + x->survey->expire_after_ms;
	}
	survey_keep(s, x);
	survey_due(s, x);
	survey_guard(s, x, &before);
}

void surveys_on_low(struct surveys *s,
		    void (*fn)(void *owner, const struct survey_low *low),
		    void *owner)
{
	must(s != NULL);
	s->low = fn;
	s->low_owner = owner;
}

/* ---- what becomes due -------------------------------------------------------------- */

static void remind(struct surveys *s, struct session *x)
{
	struct submitted out;
	struct err err = { "" };
	uint64_t message = x->now.message;

	x->now.reminded = true;
	if (survey_send(s, x, SAY_REMIND, NULL, &out, &err) != 0)
		log_warn("survey.not_reminded", KV_ID("session", x->id),
			 KV_S("why", err.text));
	/* what becomes of the reminder changes nothing */
	must(x->now.message == message);
}

static void due(struct surveys *s, struct session *x, int64_t now_ms)
{
	struct session_now before = x->now;

	if (!session_open(x->now.state)) {
		survey_forget(s, x);
		return;
	}
	if (x->now.expires_ms > now_ms)
		remind(s, x);
	else
		session_move(x,
			     x->now.state == SESSION_STARTED
				     ? SESSION_BREAKOFF
				     : SESSION_UNRESPONSIVE,
			     now_ms);
	survey_keep(s, x);
	survey_due(s, x);
	survey_guard(s, x, &before);
}

void surveys_tick(struct surveys *s)
{
	int64_t now_ms = clock_wall_ms(s->clock);
	struct heap_node *n;
	unsigned done = 0;

	must(s != NULL);
	while (!s->stopped && done++ < TICK_SESSIONS &&
	       (n = heap_first(&s->due)) != NULL && (int64_t)n->key <= now_ms)
		due(s,
		    (struct session *)((char *)n -
				       offsetof(struct session, due)),
		    now_ms);
	survey_arm(s);
}

static void on_timer(void *owner)
{
	surveys_tick(owner);
}

/* ---- open and close -------------------------------------------------------------- */

static void make(struct surveys *s, const struct surveys_env *env)
{
	s->loop = env->loop;
	s->clock = env->clock;
	s->gateway = env->gateway;
	s->store = env->store;
	s->cfg = env->cfg;
	s->channels = survey_channels_new((unsigned)s->cfg->channels_max);
	s->shelves = dict_new();
	s->sessions = map_new();
	s->messages = map_new();
	for (unsigned c = 0; c < SESSION_CHAINS; c++)
		s->chains[c] = map_new();
	heap_init(&s->due);
	s->answers = stats_get(STAT_COUNTER, "survey_answers_total",
			       "Answers to surveys.", NULL);
	s->unparsed =
		stats_get(STAT_COUNTER, "survey_unparsed_total",
			  "Replies to surveys that were no certain answer.",
			  NULL);
	s->asked = stats_get(STAT_COUNTER, "survey_sessions_total",
			     "People who were asked.", NULL);
}

int surveys_open(struct surveys **out, const struct surveys_env *env,
		 struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(surveys_close) struct surveys *s = mem_new(struct surveys);
	int rc;

	make(s, env);
	rc = survey_shelves_recover(s, err);
	if (rc == 0)
		rc = survey_recover(s, err);
	if (rc != 0)
		return rc;
	s->timer = loop_timer_new(env->loop, on_timer, s);
	loop_timer_set(s->timer, 10);
	*out = TAKE(s);
	return 0;
}

void surveys_stop(struct surveys *s)
{
	if (s == NULL)
		return;
	s->stopped = true;
	loop_timer_free(&s->timer);
}

void surveys_close(struct surveys **sp)
{
	struct surveys *s = TAKE(*sp);
	uint64_t id, value;
	size_t pos = 0;

	if (s == NULL)
		return;
	surveys_stop(s);
	heap_done(&s->due); /* looks at what is in it */
	while (map_next(s->sessions, &pos, &id, &value)) {
		struct session *x = (struct session *)(uintptr_t)value;

		session_free(&x);
	}
	map_free(&s->sessions);
	map_free(&s->messages);
	for (unsigned c = 0; c < SESSION_CHAINS; c++)
		map_free(&s->chains[c]);
	survey_shelves_free(s);
	survey_channels_free(&s->channels);
	mem_free(s);
}
