/* Care, wired to the gateway. */
#include "daemon/care.h"

#include "base/mem.h"

struct care {
	struct surveys *surveys;
};

static void on_step(void *owner, uint64_t id, const struct event *e)
{
	struct care *c = owner;

	surveys_step(c->surveys, id, e);
}

static const void *section_of(const struct settings *s, const char *kind)
{
	const struct section *found = settings_find(s, kind, NULL);

	must(found != NULL);
	return found->value;
}

int care_open(struct care **out, const struct care_env *env, struct err *err)
{
	must(out != NULL && env != NULL);
	const struct surveys_env senv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.cfg = section_of(env->settings, "surveys"),
		.node = env->node,
	};
	AUTO(care_close) struct care *c = mem_new(struct care);
	int rc = surveys_open(&c->surveys, &senv, err);

	if (rc != 0)
		return rc;
	gateway_claimant(env->gateway, CLAIMANT_SURVEY, &surveys_claimant,
			 c->surveys);
	gateway_on_step(env->gateway, on_step, c);
	*out = TAKE(c);
	return 0;
}

struct surveys *care_surveys(const struct care *c)
{
	must(c != NULL);
	return c->surveys;
}

void care_stop(struct care *c)
{
	if (c != NULL)
		surveys_stop(c->surveys);
}

void care_close(struct care **cp)
{
	struct care *c = TAKE(*cp);

	if (c == NULL)
		return;
	surveys_close(&c->surveys);
	mem_free(c);
}
