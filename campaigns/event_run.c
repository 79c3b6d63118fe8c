/* What one trigger makes of an event: texts, reminders, surveys. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/events_impl.h"
#include "campaigns/values.h"
#include "templates/render.h"

/* One trigger at one event. */
struct running {
	struct events *e;
	const char *title;
	const struct trigger_cfg *c;
	const struct occurrence *o;
	struct taken *t;
	struct str account, cycle;
	char number[2][32];
	struct buf text;
};

static bool pass(struct running *r, const char *reason)
{
	r->t->reason = event_reason(str_of(reason));
	return false;
}

/* ---- once, and thresholds ------------------------------------------------------- */

/* The same event is in the sample or not, however often it comes. */
static bool pass_sample(struct running *r)
{
	uint64_t key = event_key(r->o->tenant, str_of(r->title), r->o->id);

	return key % (uint64_t)MAX(r->c->one_in, 1) == 0 ||
	       pass(r, "NOT_SAMPLED");
}

static bool pass_once(struct running *r)
{
	char number[32];
	struct str value;

	if (r->c->once[0] == '\0')
		return true;
	if (str_eqz(str_of(r->c->once), r->c->account))
		value = r->account;
	else if (!trigger_field(r->o->data, r->c->once, number, &value) ||
		 value.len == 0)
		return pass(r, "CONDITION");
	return event_mark(r->e, r->o->tenant, str_of(r->title), value, 1) ||
	       pass(r, "ONCE_ONLY");
}

static bool pass_threshold(struct running *r)
{
	AUTO(buf_done) struct buf key = { 0 };
	double value;

	if (r->c->threshold[0] == '\0')
		return true;
	if (!trigger_number(r->o->data, r->c->threshold, &value) ||
	    !(fabs(value) < 1e12))
		return pass(r, "CONDITION");
	buf_init(&key, 1024);
	buf_str_put(&key, r->account);
	buf_c(&key, '/');
	buf_str_put(&key, r->cycle);
	return event_mark(r->e, r->o->tenant, str_of(r->title), buf_str(&key),
			  llround(value * 1000)) ||
	       pass(r, "THRESHOLD_PASSED");
}

/* ---- words ---------------------------------------------------------------- */

static bool speaks_chinese(const struct running *r)
{
	struct str lang = r->o->lang;

	if (lang.len == 0)
		lang = gateway_lang(r->e->env.gateway, r->o->tenant, r->o->to);
	if (lang.len == 0)
		return r->c->text_zh[0] != '\0';
	return str_starts(lang, STR("zh")) ? r->c->text_zh[0] != '\0'
					   : r->c->text_en[0] == '\0';
}

static int render_own(struct running *r, struct err *err)
{
	struct values v = { .vars = r->o->data };
	struct template *t = NULL;
	int rc = template_compile(&t,
				  str_of(speaks_chinese(r) ? r->c->text_zh
							   : r->c->text_en),
				  err);

	if (rc == 0)
		rc = template_render(t, values_lookup, &v, &r->text, err);
	values_done(&v);
	template_free(&t);
	return rc;
}

static int render_template(struct running *r, struct err *err)
{
	const struct library_ask ask = {
		.tenant = r->o->tenant,
		.id = str_of(r->c->template),
		.lang = r->o->lang.len > 0
				? r->o->lang
				: gateway_lang(r->e->env.gateway, r->o->tenant,
					       r->o->to),
		.single = true,
	};
	struct values v = { .vars = r->o->data };
	struct library_pick pick;
	int rc = r->e->env.library == NULL
			 ? err_set(err, -ENOENT, "there are no templates")
			 : library_find(r->e->env.library, &ask, &pick, err);

	if (rc == 0)
		rc = library_render(&pick, &v, &r->text, err);
	values_done(&v);
	return rc;
}

static bool render(struct running *r)
{
	struct err err = { "" };
	int rc = r->c->template[0] != '\0' ? render_template(r, &err)
					   : render_own(r, &err);

	if (rc == 0)
		return true;
	log_warn("event.not_rendered", KV_STR("event", r->o->id),
		 KV_S("trigger", r->title), KV_S("why", err.text));
	return pass(r, "NOT_RENDERED");
}

/* ---- to send ---------------------------------------------------------------- */

/* The code of a refusal as a reason: too_long is TOO_LONG. */
static const char *refused_by(int rc, const struct submitted *out)
{
	char text[32] = "";

	if (out->field != NULL && strcmp(out->field, "to") == 0)
		return "BAD_ADDRESS";
	if (out->code == NULL)
		return rc == -ENOENT   ? "UNKNOWN_SURVEY"
		       : rc == -ENOSPC ? "FULL"
				       : "NOT_SENT";
	snprintf(text, sizeof(text), "%s", out->code);
	for (char *p = text; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	const char *reason = event_reason(str_of(text));

	return reason[0] != '\0' ? reason : "NOT_SENT";
}

static void count(struct running *r, int rc, const struct submitted *out,
		  const struct err *err)
{
	if (rc != 0) {
		log_warn("event.not_sent", KV_STR("event", r->o->id),
			 KV_S("trigger", r->title), KV_S("why", err->text));
		IGNORE(pass(r, refused_by(rc, out)));
		return;
	}
	if (r->t->messages == 0)
		r->t->message = out->id;
	r->t->messages++;
	r->t->state = TAKEN_MATCHED;
	r->t->reason = event_reason(out->decision.verdict == VERDICT_DENY
					    ? STR("DENIED")
					    : STR_NONE);
}

static void remind(struct running *r, int64_t send_at_ms, int64_t until_ms,
		   unsigned number)
{
	const struct reminder_ask ask = {
		.tenant = r->o->tenant,
		.event = r->o->id,
		.account = r->account,
		.cycle = r->cycle,
		.to = r->o->to,
		.text = buf_str(&r->text),
		.trigger = r->title,
		.cfg = r->c,
		.send_at_ms = send_at_ms,
		.valid_until_ms = until_ms,
		.number = number,
		.alert = r->o->alert,
	};
	struct submitted out = { 0 };
	struct err err = { "" };

	count(r, reminders_add(r->e->env.reminders, &ask, &out, &err), &out,
	      &err);
}

/* One message at each time before `due`; those that are over are left out. */
static void remind_before(struct running *r)
{
	int64_t now_ms = clock_wall_ms(r->e->env.clock), due_ms, ms;
	char number[32];
	struct str due;

	if (!trigger_field(r->o->data, "due", number, &due) ||
	    clock_parse_rfc3339(due.p, due.len, &due_ms) != 0) {
		IGNORE(pass(r, "CONDITION"));
		return;
	}
	IGNORE(pass(r, "TOO_LATE"));
	for (size_t i = 0; i < r->c->before.len; i++) {
		if (settings_duration(str_of(r->c->before.v[i]), &ms) != 0 ||
		    due_ms - ms < now_ms)
			continue;
		remind(r, due_ms - ms, due_ms, (unsigned)i);
	}
}

/* What the event says, and which event it is. */
static char *survey_vars(const struct occurrence *o)
{
	json_t *all = json_is_object(o->data) ? json_deep_copy(o->data)
					      : json_object();
	char *text;

	must(json_object_set_new(all, SURVEY_VAR_EVENT,
				 json_stringn(o->type.p, o->type.len)) == 0);
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	must(text != NULL);
	return text;
}

static void ask_survey(struct running *r)
{
	char *vars = survey_vars(r->o);
	const struct survey_ask ask = {
		.tenant = r->o->tenant,
		.survey = str_of(r->c->survey),
		.to = r->o->to,
		.lang = r->o->lang,
		.ref = r->o->id,
		.vars = str_of(vars),
		.class_name = r->c->class_name,
		.send_at_ms =
			r->c->delay == 0
				? 0
				: clock_wall_ms(r->e->env.clock) + r->c->delay,
	};
	struct submitted out = { 0 };
	struct err err = { "" };
	uint64_t session;

	count(r, surveys_ask(r->e->env.surveys, &ask, &out, &session, &err),
	      &out, &err);
	free(vars);
}

/* ---- the whole ---------------------------------------------------------------- */

static void find_account(struct running *r)
{
	r->account = r->o->account;
	if (r->account.len == 0)
		IGNORE(trigger_field(r->o->data, r->c->account, r->number[0],
				     &r->account));
	/* a blank is nobody's: people would share it */
	if (r->account.len == 0)
		r->account = r->o->to;
	if (!trigger_field(r->o->data, r->c->cycle, r->number[1], &r->cycle))
		r->cycle = STR_NONE;
}

static void cancel(struct running *r)
{
	for (size_t i = 0; i < r->c->cancels.len; i++)
		IGNORE(reminders_cancel(r->e->env.reminders, r->o->tenant,
					str_of(r->c->cancels.v[i]),
					r->account) == 0);
	if (r->t->state == TAKEN_NO_RULE && r->c->cancels.len > 0)
		r->t->state = TAKEN_MATCHED;
}

static bool has_words(const struct trigger_cfg *c)
{
	return c->text_zh[0] != '\0' || c->text_en[0] != '\0' ||
	       c->template[0] != '\0' || c->survey[0] != '\0';
}

/* 0: without an end. */
static int64_t until_of(const struct running *r)
{
	int64_t at_ms =
		r->o->at_ms != 0 ? r->o->at_ms : clock_wall_ms(r->e->env.clock);

	return r->c->valid_for == 0 ? 0 : at_ms + r->c->valid_for;
}

static bool pass_time(struct running *r)
{
	int64_t until_ms = until_of(r);

	return until_ms == 0 || until_ms > clock_wall_ms(r->e->env.clock) ||
	       pass(r, "TOO_LATE");
}

static void speak(struct running *r)
{
	int64_t now_ms = clock_wall_ms(r->e->env.clock);

	if (r->c->survey[0] != '\0') {
		ask_survey(r);
		return;
	}
	if (!render(r))
		return;
	if (r->c->before.len > 0)
		remind_before(r);
	else
		remind(r, r->c->delay == 0 ? 0 : now_ms + r->c->delay,
		       until_of(r), 0);
}

/* who could not be spoken to is called. */
static void wish_call(struct running *r)
{
	const struct call_wishes *calls = r->e->env.calls;
	const struct call_wish w = {
		.tenant = r->o->tenant,
		.to = r->o->to,
		.queue = str_of(r->c->queue),
		.ref = r->o->id,
		.source = "missed_call",
		.propose = r->c->callback == TRIGGER_CALL_PROPOSE,
		.lang = r->o->lang,
	};

	char why[CALL_WHY] = "";
	int rc = calls == NULL ? -EINVAL : calls->wish(calls->owner, &w, why);

	if (rc == 0 || rc == -EPERM) { /* that it is denied is told apart */
		r->t->state = TAKEN_MATCHED;
		r->t->reason = event_reason(STR_NONE);
	} else {
		IGNORE(pass(r, "NOT_SENT"));
	}
}

void event_run(struct events *e, const char *title, const struct trigger_cfg *c,
	       const struct occurrence *o, struct taken *t)
{
	struct running r = { .e = e, .title = title, .c = c, .o = o, .t = t };

	must(e != NULL && c != NULL && o != NULL && t != NULL);
	buf_init(&r.text, TEMPLATE_OUTPUT_MAX);
	find_account(&r);
	cancel(&r);
	if (t->state == TAKEN_NO_RULE)
		t->state = TAKEN_PASSED;
	bool calls = c->callback != TRIGGER_CALL_NO;

	if (!has_words(c) && !calls) {
		buf_done(&r.text);
		return;
	}
	if (o->to.len == 0) {
		IGNORE(pass(&r, "NO_ADDRESS"));
	} else if (pass_time(&r) && pass_sample(&r) && pass_once(&r) &&
		   pass_threshold(&r)) {
		if (has_words(c))
			speak(&r);
		if (calls)
			wish_call(&r);
	}
	buf_done(&r.text);
}
