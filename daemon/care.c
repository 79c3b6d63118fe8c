/* Care, wired to the gateway. */
#include "daemon/care_impl.h"

#include <errno.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "campaigns/retention.h"
#include "care/faq.h"
#include "care/findings.h"
#include "care/inbox.h"
#include "care/keyword.h"
#include "care/oncall.h"
#include "care/unanswered.h"
#include "care/voicemail.h"

/* Work for people: agents who ask for it, and queues of every tenant. */
#define ROUTER_TARGETS 2048
#define ROUTER_POOLS 320
#define ROUTER_SKILLS 256

/* ---- between the rooms ------------------------------------------------------------- */

static int on_wish(void *owner, const struct call_wish *w, char why[CALL_WHY])
{
	struct care *c = owner;
	struct callback_ask ask = {
		.tenant = w->tenant,
		.address = w->to,
		.queue = w->queue,
		.ref = w->ref,
		.propose = w->propose,
		.lang = w->lang,
	};
	struct callback_asked out;
	struct err err = { "" };

	must(callback_source_parse(str_of(w->source), &ask.source) == 0);
	int rc = callbacks_ask(c->callbacks, &ask, &out, &err);

	if (rc != 0) {
		log_warn("callback.not_made", KV_STR("ref", w->ref),
			 KV_S("why", err.text));
		return rc;
	}
	if (out.state != CALLBACK_DENIED)
		return 0;
	IGNORE(str_copy(why, CALL_WHY,
			str_first(str_of(out.reason), CALL_WHY - 1)));
	return -EPERM;
}

static void on_unwish(void *owner, struct str tenant, struct str to,
		      struct str ref)
{
	callbacks_unwish(((struct care *)owner)->callbacks, tenant, to, ref);
}

/* A person has called, or tried long enough: what asked for it is done. */
static void on_called(void *owner, const struct callback *x)
{
	struct care *c = owner;
	struct str rest = str_of(x->ref), ref;
	uint64_t id;

	bool none = x->now.state == CALLBACK_CANCELLED ||
		    x->now.state == CALLBACK_DENIED;
	struct str why = str_of(x->now.reason[0] != '\0'
					? x->now.reason
					: callback_state_name(x->now.state));

	while (rest.len > 0) {
		rest = str_cut(rest, ' ', &ref);
		if (id_parse(ref, &id) != 0)
			continue;
		if (none)
			reminders_not_called(c->reminders, str_of(x->tenant),
					     id, why);
		else
			IGNORE(reminders_called(c->reminders, str_of(x->tenant),
						id));
	}
	const struct case_call call = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->address),
		.refs = str_of(x->ref),
		.callback = x->id,
		.result = str_of(callback_state_name(x->now.state)),
		.reached = x->now.state == CALLBACK_RESOLVED,
	};
	const struct case_by by = { .name = str_of(x->now.agent) };

	cases_called(c->cases, &call, &by);
	if (call.reached)
		unanswered_said(c->unanswered, call.tenant, call.to);
}

static void on_step(void *owner, uint64_t id, const struct event *e)
{
	struct care *c = owner;

	surveys_step(c->surveys, id, e);
	reminders_step(c->reminders, id, e);
	oncall_step(c->oncall, id, e);
	if (c->campaigns != NULL)
		campaigns_step(c->campaigns, id, e);
	if (c->keywords != NULL)
		keywords_step(c->keywords, id, e);
}

static bool on_happened(void *owner, const struct occurrence *o)
{
	struct care *c = owner;

	bool paged = oncall_happened(c->oncall, o);

	return (c->voicemails != NULL &&
		voicemails_happened(c->voicemails, o)) ||
	       paged;
}

/* Who orders may do so after a campaign, or after a case. */
static void on_confirmed(void *owner, const struct order *x)
{
	struct care *c = owner;

	cases_bought(c->cases, str_of(x->tenant), str_of(x->address), x->id,
		     x->now.confirmed_ms);
	if (c->campaigns != NULL)
		campaigns_took_part(c->campaigns, str_of(x->tenant),
				    str_of(x->address), "order");
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
	};

	return surveys_open(&c->surveys, &senv, err);
}

static int open_triggers(struct care *c, const struct care_env *env,
			 struct err *err)
{
	const struct events_cfg *events = section_of(env->settings, "events");
	const struct callbacks_cfg *calls =
		section_of(env->settings, "callbacks");
	const struct triggers_env tenv = {
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.surveys = c->surveys,
		.library = env->library,
		.settings = env->settings,
		.max = events->triggers_max,
		.queue = calls->queue,
	};

	return triggers_open(&c->triggers, &tenv, err);
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
		.triggers = c->triggers,
		.cfg = section_of(env->settings, "events"),
		.calls = &c->calls,
		.node = env->node,
	};

	return reminders_open(&c->reminders, &renv, err);
}

static int open_alerts(struct care *c, const struct care_env *env,
		       struct err *err)
{
	const struct alerts_env aenv = {
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.triggers = c->triggers,
		.cfg = section_of(env->settings, "events"),
		.node = env->node,
	};

	return alerts_open(&c->alerts, &aenv, err);
}

static int open_events(struct care *c, const struct care_env *env,
		       struct err *err)
{
	const struct events_env eenv = {
		.loop = env->loop,
		.alerts = c->alerts,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.surveys = c->surveys,
		.reminders = c->reminders,
		.library = env->library,
		.campaigns = env->campaigns,
		.triggers = c->triggers,
		.cfg = section_of(env->settings, "events"),
		.calls = &c->calls,
		.happened = on_happened,
		.owner = c,
		.node = env->node,
	};

	return events_open(&c->events, &eenv, err);
}

static int open_oncall(struct care *c, const struct care_env *env,
		       struct err *err)
{
	const struct oncall_env oenv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.settings = env->settings,
		.node = env->node,
	};

	return oncall_open(&c->oncall, &oenv, err);
}

static int open_voicemails(struct care *c, const struct care_env *env,
			   struct err *err)
{
	const struct section *s =
		settings_find(env->settings, "voicemail", NULL);

	if (s == NULL)
		return 0;
	const struct voicemails_env venv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.cases = c->cases,
		.cfg = s->value,
	};

	return voicemails_open(&c->voicemails, &venv, err);
}

static int open_findings(struct care *c, const struct care_env *env,
			 struct err *err)
{
	const struct section *s =
		settings_find(env->settings, "findings", NULL);

	if (s == NULL)
		return 0;
	const struct findings_env fenv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.surveys = c->surveys,
		.cfg = s->value,
		.node = env->node,
	};

	return findings_open(&c->findings, &fenv, err);
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
		.settings = env->settings,
		.node = env->node,
	};

	const struct unanswered_cfg inbox = {
		.max = (size_t)cenv.cfg->inbox_max,
		.hold_ms = cenv.cfg->inbox_hold,
	};
	int rc = unanswered_open(&c->unanswered, env->store, &inbox, err);

	return rc != 0 ? rc : cases_open(&c->cases, &cenv, err);
}

static int open_callbacks(struct care *c, const struct care_env *env,
			  struct err *err)
{
	const struct callbacks_cfg *cfg =
		section_of(env->settings, "callbacks");
	const struct router_limits limits = {
		.targets = ROUTER_TARGETS,
		.pools = ROUTER_POOLS,
		.rules = 1,
		.skills = ROUTER_SKILLS,
		.age_boost_ms = (uint64_t)cfg->age_boost,
	};
	struct callbacks_env cenv = {
		.campaigns = env->campaigns,
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.settings = env->settings,
		.cfg = cfg,
		.tenant = gateway_tenant(env->gateway),
		.node = env->node,
		.ended = on_called,
		.owner = c,
	};

	c->low_calls = cfg->low_scores;
	c->router = cenv.router = router_new(&limits);
	return callbacks_open(&c->callbacks, &cenv, err);
}

static int open_orders(struct care *c, const struct care_env *env,
		       struct err *err)
{
	const struct orders_env oenv = {
		.confirmed = on_confirmed,
		.owner = c,
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.settings = env->settings,
		.cfg = section_of(env->settings, "orders"),
		.node = env->node,
	};

	return orders_open(&c->orders, &oenv, err);
}

static void open_retention(struct care *c, const struct care_env *env)
{
	const struct retention_env renv = {
		.loop = env->loop,
		.clock = env->clock,
		.store = env->store,
		.surveys = c->surveys,
		.events = section_of(env->settings, "events"),
		.surveys_cfg = section_of(env->settings, "surveys"),
	};

	retention_open(&c->retention, &renv);
}

static void open_keywords(struct care *c, const struct care_env *env)
{
	const struct keywords_env kenv = {
		.clock = env->clock,
		.gateway = env->gateway,
		.cases = c->cases,
		.library = env->library,
		.calls = &c->calls,
		.settings = env->settings,
	};

	if (settings_find(env->settings, "keywords", NULL) == NULL)
		return;
	c->keywords = keywords_new(&kenv);
	gateway_claimant(env->gateway, CLAIMANT_MENU, &keywords_menu_claimant,
			 c->keywords);
	gateway_claimant(env->gateway, CLAIMANT_KEYWORD, &keywords_claimant,
			 c->keywords);
}

/* Who was not content is called (outreach.md 8). */
static void wish_for_low(struct care *c, const struct survey_low *low)
{
	const struct session *x = low->session;
	char ref[ID_TEXT];
	struct call_wish w = {
		.tenant = str_of(x->survey->tenant),
		.to = str_of(x->address),
		.source = "low_score",
	};

	id_text(x->id, ref);
	w.ref = str_of(ref);
	char why[CALL_WHY];

	if (c->low_calls && !low->better)
		IGNORE(on_wish(c, &w, why));
}

static void on_inbound(void *owner, const struct inbound *in,
		       struct str campaign)
{
	struct care *c = owner;

	(void)campaign;
	cases_inbound(c->cases, in);
	unanswered_inbound(c->unanswered, in);
	inbox_heard(c->inbox, in);
}

static void on_low(void *owner, const struct survey_low *low)
{
	struct care *c = owner;

	cases_low(c->cases, low);
	wish_for_low(c, low);
}

static void open_inbox(struct care *c, const struct care_env *env)
{
	const struct inbox_env ienv = {
		.loop = env->loop,
		.clock = env->clock,
		.gateway = env->gateway,
		.store = env->store,
		.unanswered = c->unanswered,
		.cfg = section_of(env->settings, "cases"),
		.settings = env->settings,
	};

	inbox_open(&c->inbox, &ienv);
}

/* Who is told of what, and in which order. */
static void introduce(struct care *c, struct gateway *g)
{
	gateway_claimant(g, CLAIMANT_ONCALL, &oncall_claimant, c->oncall);
	gateway_claimant(g, CLAIMANT_SURVEY, &surveys_claimant, c->surveys);
	gateway_claimant(g, CLAIMANT_REMINDER, &reminders_claimant,
			 c->reminders);
	gateway_claimant(g, CLAIMANT_UNCLEAR, &reminders_unclear_claimant,
			 c->reminders);
	gateway_claimant(g, CLAIMANT_CASE, &cases_claimant, c->cases);
	gateway_claimant(g, CLAIMANT_FAQ, &faq_claimant, c->faq);
	gateway_claimant(g, CLAIMANT_CONFIRM, &orders_codes_claimant,
			 c->orders);
	gateway_claimant(g, CLAIMANT_CALLBACK, &callbacks_claimant,
			 c->callbacks);
	gateway_claimant(g, CLAIMANT_ALERT, &alerts_claimant, c->alerts);
	gateway_claimant(g, CLAIMANT_ORDER, &orders_claimant, c->orders);
	gateway_subscription_source(g, &orders_subscriptions, c->orders);
	gateway_on_step(g, on_step, c);
	gateway_on_inbound(g, on_inbound, c);
	surveys_on_low(c->surveys, on_low, c);
}

int care_open(struct care **out, const struct care_env *env, struct err *err)
{
	must(out != NULL && env != NULL);
	AUTO(care_close) struct care *c = mem_new(struct care);
	int rc = open_surveys(c, env, err);

	c->campaigns = env->campaigns;
	c->calls = (struct call_wishes){ on_wish, on_unwish, c };
	if (rc == 0)
		rc = open_callbacks(c, env, err);
	if (rc == 0)
		rc = open_orders(c, env, err);
	if (rc == 0)
		rc = open_triggers(c, env, err);
	if (rc == 0)
		rc = open_reminders(c, env, err);
	if (rc == 0)
		rc = open_alerts(c, env, err);
	if (rc == 0)
		rc = open_events(c, env, err);
	if (rc == 0)
		rc = open_cases(c, env, err);
	if (rc == 0)
		rc = open_oncall(c, env, err);
	if (rc == 0)
		rc = open_voicemails(c, env, err);
	if (rc == 0)
		rc = open_findings(c, env, err);
	if (rc != 0)
		return rc;
	c->faq = faq_new(env->settings, env->gateway, env->clock,
			 cases_class(c->cases));
	open_keywords(c, env);
	open_inbox(c, env);
	introduce(c, env->gateway);
	open_retention(c, env);
	*out = TAKE(c);
	return 0;
}

void care_reload(struct care *c, const struct settings *fresh)
{
	must(c != NULL && fresh != NULL);
	triggers_reload(c->triggers);
	faq_load(c->faq, fresh);
	if (c->keywords != NULL)
		keywords_reload(c->keywords, fresh);
}

void care_stop(struct care *c)
{
	if (c == NULL)
		return;
	retention_stop(c->retention);
	surveys_stop(c->surveys);
	events_stop(c->events);
	reminders_stop(c->reminders);
	cases_stop(c->cases);
	inbox_stop(c->inbox);
	callbacks_stop(c->callbacks);
	orders_stop(c->orders);
	oncall_stop(c->oncall);
	voicemails_stop(c->voicemails);
	findings_stop(c->findings);
}

void care_close(struct care **cp)
{
	struct care *c = TAKE(*cp);

	if (c == NULL)
		return;
	retention_close(&c->retention);
	inbox_close(&c->inbox);
	unanswered_close(&c->unanswered);
	keywords_free(&c->keywords);
	faq_free(&c->faq);
	voicemails_close(&c->voicemails);
	findings_close(&c->findings);
	cases_close(&c->cases);
	events_close(&c->events);
	alerts_close(&c->alerts);
	reminders_close(&c->reminders);
	triggers_close(&c->triggers);
	surveys_close(&c->surveys);
	callbacks_close(&c->callbacks);
	orders_close(&c->orders);
	oncall_close(&c->oncall);
	router_free(&c->router);
	mem_free(c);
}
