/* Care, wired to the gateway. */
#include "daemon/care.h"

#include <string.h>

#include "base/mem.h"
#include "care/faq.h"

struct care {
	struct surveys *surveys;
	struct reminders *reminders;
	struct events *events;
	struct cases *cases;
	struct faq *faq;
};

static void on_step(void *owner, uint64_t id, const struct event *e)
{
	struct care *c = owner;

	surveys_step(c->surveys, id, e);
	reminders_step(c->reminders, id, e);
}

static const void *section_of(const struct settings *s, const char *kind)
{
	const struct section *found = settings_find(s, kind, NULL);

	must(found != NULL);
	return found->value;
}

static int open_surveys(struct care *c, const struct care_env *env,
			struct err *err)
{
	const struct surveys_env senv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.cfg = section_of(env->settings, "surveys"),
		.node = env->node,
	};

	return surveys_open(&c->surveys, &senv, err);
}

static int open_reminders(struct care *c, const struct care_env *env,
			  struct err *err)
{
	const struct reminders_env renv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.surveys = c->surveys,
		.settings = env->settings,
		.cfg = section_of(env->settings, "events"),
		.node = env->node,
	};

	return reminders_open(&c->reminders, &renv, err);
}

static int open_events(struct care *c, const struct care_env *env,
		       struct err *err)
{
	const struct events_env eenv = {
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.surveys = c->surveys,
		.reminders = c->reminders,
		.library = env->library,
		.campaigns = env->campaigns,
		.settings = env->settings,
		.cfg = section_of(env->settings, "events"),
		.node = env->node,
	};

	return events_open(&c->events, &eenv, err);
}

static int open_cases(struct care *c, const struct care_env *env,
		      struct err *err)
{
	const struct cases_env cenv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.surveys = c->surveys,
		.cfg = section_of(env->settings, "cases"),
		.node = env->node,
	};

	return cases_open(&c->cases, &cenv, err);
}

static void on_inbound(void *owner, const struct inbound *in,
		       struct str campaign)
{
	struct care *c = owner;

	(void)campaign;
	cases_inbound(c->cases, in);
}

static void on_low(void *owner, const struct survey_low *low)
{
	struct care *c = owner;

	cases_low(c->cases, low);
}

/* Who is told of what, and in which order. */
static void introduce(struct care *c, struct gateway *g)
{
	gateway_claimant(g, CLAIMANT_SURVEY, &surveys_claimant, c->surveys);
	gateway_claimant(g, CLAIMANT_REMINDER, &reminders_claimant,
			 c->reminders);
	gateway_claimant(g, CLAIMANT_CASE, &cases_claimant, c->cases);
	gateway_claimant(g, CLAIMANT_FAQ, &faq_claimant, c->faq);
	gateway_on_step(g, on_step, c);
	gateway_on_inbound(g, on_inbound, c);
	surveys_on_low(c->surveys, on_low, c);
}

int care_open(struct care **out, const struct care_env *env, struct err *err)
{
	must(out != NULL && env != NULL);
	AUTO(care_close) struct care *c = mem_new(struct care);
	int rc = open_surveys(c, env, err);

	if (rc == 0)
		rc = open_reminders(c, env, err);
	if (rc == 0)
		rc = open_events(c, env, err);
	if (rc == 0)
		rc = open_cases(c, env, err);
	if (rc != 0)
		return rc;
	c->faq = faq_new(env->settings, env->gateway, env->clock,
			 cases_class(c->cases));
	introduce(c, env->gateway);
	*out = TAKE(c);
	return 0;
}

struct surveys *care_surveys(const struct care *c)
{
	must(c != NULL);
	return c->surveys;
}

struct reminders *care_reminders(const struct care *c)
{
	must(c != NULL);
	return c->reminders;
}

struct events *care_events(const struct care *c)
{
	must(c != NULL);
	return c->events;
}

struct cases *care_cases(const struct care *c)
{
	must(c != NULL);
	return c->cases;
}

void care_stop(struct care *c)
{
	if (c == NULL)
		return;
	surveys_stop(c->surveys);
	reminders_stop(c->reminders);
	cases_stop(c->cases);
}

void care_close(struct care **cp)
{
	struct care *c = TAKE(*cp);

	if (c == NULL)
		return;
	faq_free(&c->faq);
	cases_close(&c->cases);
	events_close(&c->events);
	reminders_close(&c->reminders);
	surveys_close(&c->surveys);
	mem_free(c);
}
