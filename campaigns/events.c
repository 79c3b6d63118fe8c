/* Business events: each once. */
#include "campaigns/events.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/event_types.h"
#include "campaigns/events_impl.h"
#include "proto/json.h"
#include "proto/text.h"

/* ---- what was said ---------------------------------------------------------------- */

static bool type_ok(struct str type)
{
	if (type.len == 0 || type.len > EVENT_TYPE_MAX)
		return false;
	for (size_t i = 0; i < type.len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789._-",
			   type.p[i]) == NULL ||
		    type.p[i] == '\0')
			return false;
	return true;
}

static int check(const struct occurrence *o, const char **field,
		 struct err *err)
{
	*field = "id";
	if (o->id.len == 0 || o->id.len > EVENT_ID_MAX ||
	    !text_printable(o->id))
		return err_set(err, -EINVAL, "an id of 1 to %d bytes is needed",
			       EVENT_ID_MAX);
	*field = "type";
	if (!type_ok(o->type))
		return err_set(err, -EINVAL,
			       "a type is made of a-z, 0-9, '.', '_' and '-', "
			       "such as billing.charged");
	*field = "account";
	if (o->account.len > EVENT_ID_MAX || !text_printable(o->account))
		return err_set(err, -EINVAL, "it has at most %d bytes",
			       EVENT_ID_MAX);
	*field = "data";
	if (o->data != NULL && !json_is_object(o->data))
		return err_set(err, -EINVAL, "must be an object");
	if (o->data != NULL &&
	    json_dumpb(o->data, NULL, 0, JSON_COMPACT) > EVENT_DATA_MAX)
		return err_set(err, -EINVAL, "it has at most %d bytes",
			       EVENT_DATA_MAX);
	return 0;
}

/* ---- may service be stopped? ------------------------------------------------------- */

static void tell_decision(struct events *e, const struct occurrence *o,
			  struct str account, struct str cycle,
			  const struct suspension *s)
{
	struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	json_ks(&b, "event", o->id);
	json_ks(&b, "account", account);
	json_ks_opt(&b, "cycle", cycle);
	json_kz(&b, "decision", s->allow ? "allow" : "deny");
	json_ks_opt(&b, "reason", str_of(s->reason));
	json_kt_opt(&b, "delivered", s->delivered_ms);
	json_kt_opt(&b, "not_before", s->not_before_ms);
	json_kb(&b, "task", s->task);
	json_close(&b, '}');
	gateway_publish(e->env.gateway, o->tenant, "service.suspend_decision",
			buf_str(&b));
	buf_done(&b);
}

static int decide(struct events *e, const struct occurrence *o, struct taken *t,
		  const char **field, struct err *err)
{
	char number[2][32];
	struct str account = o->account, cycle = STR_NONE;
	struct suspension s;

	*field = "account";
	if (account.len == 0)
		IGNORE(trigger_field(o->data, "account", number[0], &account));
	if (account.len == 0)
		return err_set(err, -EINVAL, "which account is it about?");
	IGNORE(trigger_field(o->data, "cycle", number[1], &cycle));
	reminders_suspension(e->env.reminders, o->tenant, account, cycle, &s);
	t->state = TAKEN_DECIDED;
	t->allow = s.allow;
	t->reason = event_reason(str_of(s.reason));
	tell_decision(e, o, account, cycle, &s);
	event_count_decision(e, o, &s);
	return 0;
}

/* ---- what was counted or answered elsewhere ---------------------------------------- */

static const char *take_result(struct events *e, const struct occurrence *o,
			       int64_t at_ms)
{
	const struct survey_result r = {
		.tenant = o->tenant,
		.to = o->to,
		.lang = o->lang,
		.event = o->id,
		.at_ms = at_ms,
		.data = o->data,
	};

	return surveys_result(e->env.surveys, &r);
}

static const struct kept_type {
	const char *type;
	/* NULL, or why not. */
	const char *(*take)(struct events *e, const struct occurrence *o,
			    int64_t at_ms);
} kept_types[] = { { EVENT_RESULT, take_result },
		   { EVENT_FIGURE, event_figure } };

static const struct kept_type *kept_type_of(struct str type)
{
	for (size_t i = 0; i < ARRAY_LEN(kept_types); i++)
		if (str_eqz(type, kept_types[i].type))
			return &kept_types[i];
	return NULL;
}

/* Kept where it belongs; else it leads to nothing, and says why. */
static bool keep(struct events *e, const struct occurrence *o, struct taken *t,
		 int64_t at_ms)
{
	const struct kept_type *k = kept_type_of(o->type);

	if (k == NULL)
		return true;
	const char *why = k->take(e, o, at_ms);

	t->state = why == NULL ? TAKEN_MATCHED : TAKEN_PASSED;
	t->reason = event_reason(str_of(why == NULL ? "" : why));
	return why == NULL;
}

/* ---- to take one ---------------------------------------------------------------- */

static bool concerns(const struct trigger_cfg *c, const struct occurrence *o)
{
	return str_eqz(o->type, c->event) &&
	       (c->tenant[0] == '\0' || str_eqz(o->tenant, c->tenant));
}

static void run_all(struct events *e, const struct occurrence *o,
		    struct taken *t, int64_t at_ms)
{
	const struct section *s;
	size_t at = 0;

	while ((s = triggers_next(e->env.triggers, o->tenant, &at)) != NULL) {
		const struct trigger_cfg *c = s->value;

		if (!concerns(c, o))
			continue;
		bool holds = trigger_holds(c, o->data);

		if (holds && c->alert_value[0] != '\0') {
			event_alert(e, s->title, c, o, t, at_ms);
		} else if (holds) {
			event_run(e, s->title, c, o, t);
		} else if (t->state == TAKEN_NO_RULE) {
			t->state = TAKEN_PASSED;
			t->reason = event_reason(STR("CONDITION"));
		}
	}
}

/* Campaigns that wait for it. */
static void run_campaigns(struct events *e, const struct occurrence *o,
			  struct taken *t, int64_t at_ms)
{
	if (e->env.campaigns == NULL || o->to.len == 0 ||
	    campaigns_event(e->env.campaigns, o->tenant, o->type, o->to,
			    at_ms) == 0)
		return;
	if (t->state != TAKEN_MATCHED && t->state != TAKEN_DECIDED) {
		t->state = TAKEN_MATCHED;
		t->reason = "";
	}
}

/* All that it may lead to. */
static void run(struct events *e, const struct occurrence *o, struct taken *t,
		int64_t at_ms)
{
	run_all(e, o, t, at_ms);
	run_campaigns(e, o, t, at_ms);
	if (e->env.happened != NULL && e->env.happened(e->env.owner, o) &&
	    t->state != TAKEN_DECIDED) {
		t->state = TAKEN_MATCHED;
		t->reason = "";
	}
}

static void first_result(const struct seen *s, struct taken *out)
{
	*out = (struct taken){
		.seq = s->seq,
		.state = (enum taken_state)s->state,
		.reason = s->reason,
		.messages = s->messages,
		.message = s->message,
		.repeated = true,
		.allow = s->allow,
	};
}

int events_take(struct events *e, const struct occurrence *said,
		struct taken *out, const char **field, struct err *err)
{
	must(e != NULL && said != NULL && out != NULL && field != NULL);
	struct occurrence one = *said;
	const struct occurrence *o = &one;

	/* columns of a sheet come with blanks: " A1" is the account A1 */
	one.account = str_trim(one.account);
	int64_t now_ms = clock_wall_ms(e->env.clock);
	int64_t at_ms = o->at_ms == 0 ? now_ms : o->at_ms;
	int rc = check(o, field, err);

	if (rc != 0)
		return rc;
	uint64_t key = event_key(o->tenant, o->id, STR_NONE);
	const struct seen *s = event_seen(e, key);

	if (s != NULL) {
		stat_add(e->repeated, 1);
		first_result(s, out);
		return 0;
	}
	struct taken t = { .reason = "" };

	*field = NULL;
	rc = e->env.store->ops->ready(e->env.store);
	if (rc == 0 && str_eqz(o->type, "service.suspend_requested"))
		rc = decide(e, o, &t, field, err);
	if (rc != 0)
		return rc;
	t.seq = id_next(&e->ids, now_ms);
	if (keep(e, o, &t, at_ms))
		run(e, o, &t, at_ms);
	event_put(e, o, &t, at_ms);
	event_count_happened(e, o, &t, at_ms);
	event_remember(e, key, &t);
	event_count_type(e, o->type, t.state != TAKEN_NO_RULE);
	stat_add(t.state == TAKEN_NO_RULE ? e->no_rule : e->taken, 1);
	*out = t;
	return 0;
}

struct ruled {
	struct str type;
	bool found;
};

static void names_type(void *owner, const struct trigger_view *v)
{
	const struct trigger_cfg *c = v->section->value;
	struct ruled *r = owner;

	r->found |= !v->hidden && str_eqz(r->type, c->event);
}

static bool has_rule(const struct events *e, struct str type)
{
	struct ruled r = { .type = type };

	triggers_each(e->env.triggers, STR_NONE, names_type, &r);
	return r.found || str_eqz(type, "service.suspend_requested") ||
	       kept_type_of(type) != NULL;
}

void events_types(const struct events *e,
		  void (*fn)(void *owner, const struct event_type *t),
		  void *owner)
{
	struct str type;
	size_t pos = 0;
	void *value;

	must(e != NULL && fn != NULL);
	while (dict_next(e->types, &pos, &type, &value)) {
		const struct type_count *c = value;
		const struct event_type t = { type, c->seen, c->without_rule,
					      trigger_known(type),
					      has_rule(e, type) };

		fn(owner, &t);
	}
}

/* ---- open and close -------------------------------------------------------------- */

int events_open(struct events **out, const struct events_env *env,
		struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(events_close) struct events *e = mem_new(struct events);

	e->env = *env;
	e->known = map_new();
	e->marks = map_new();
	e->types = dict_new();
	list_init(&e->order);
	list_init(&e->fans);
	e->timer = loop_timer_new(env->loop, event_alert_turn, e);
	id_source_init(&e->ids, env->node);
	e->taken = stats_get(STAT_COUNTER, "events_total",
			     "Business events that a trigger named.", NULL);
	e->repeated = stats_get(STAT_COUNTER, "events_repeated_total",
				"Business events that were known.", NULL);
	e->no_rule = stats_get(STAT_COUNTER, "events_without_rule_total",
			       "Business events that no trigger named.", NULL);
	int rc = event_recover(e, err);

	if (rc == 0)
		rc = event_alert_recover(e, err);

	if (rc != 0)
		return rc;
	*out = TAKE(e);
	return 0;
}

void events_stop(struct events *e)
{
	if (e == NULL)
		return;
	e->stopped = true;
	loop_timer_free(&e->timer);
}

void events_close(struct events **ep)
{
	struct events *e = TAKE(*ep);
	struct str type;
	size_t pos = 0;
	void *value;

	if (e == NULL)
		return;
	events_stop(e);
	event_alert_free(e);
	LIST_EACH_SAFE (it, &e->order)
		mem_free(LIST_ITEM(it, struct seen, node));
	while (dict_next(e->types, &pos, &type, &value))
		mem_free(value);
	map_free(&e->known);
	map_free(&e->marks);
	dict_free(&e->types);
	mem_free(e);
}
