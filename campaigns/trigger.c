/* Triggers as configured: their table, their conditions. */
#include "campaigns/trigger.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/answer.h"
#include "templates/parse.h"

#define ROW(field, type, initial, text)                                        \
	{                                                                      \
#field, type, offsetof(struct trigger_cfg, field), initial, 0, \
			0, NULL, NULL, false, text                             \
	}

static const char *const call_names[] = { "no", "make", "propose", NULL };

static const struct setting rows[] = {
	ROW(event, SETTING_STR, NULL, "Type of the event: billing.arrears."),
	ROW(tenant, SETTING_STR, "", "Only events of this tenant."),
	ROW(when, SETTING_LIST, "{}",
	    "Conditions on the event's data, all of them: \"percent >= 80\", "
	    "\"px >= {{lim}}\"; == != < <= > >=."),
	ROW(text_zh, SETTING_STR, "", "Text in Chinese; {{name}} of the data."),
	ROW(text_en, SETTING_STR, "", "Text in English."),
	ROW(template, SETTING_STR, "", "An approved template instead."),
	ROW(survey, SETTING_STR, "", "A survey that is asked instead."),
	{ "class", SETTING_STR, offsetof(struct trigger_cfg, class_name),
	  "reminder", 0, 0, NULL, NULL, false, "Class of the messages." },
	ROW(channels, SETTING_LIST, "{}",
	    "Channels in this order: the next when one does not deliver."),
	ROW(delay, SETTING_DURATION, "0s", "Time between event and message."),
	ROW(before, SETTING_LIST, "{}",
	    "Times before the data's `due`: one message at each."),
	ROW(account, SETTING_STR, "account", "Field that names the account."),
	{ "one_in", SETTING_INT, offsetof(struct trigger_cfg, one_in), "1", 1,
	  1000000, NULL, "events", false,
	  "Of so many events one leads to something, by their ids: a sample." },
	ROW(once, SETTING_STR, "", "Field: one message for each value, ever."),
	ROW(threshold, SETTING_STR, "",
	    "Field with a number: only when it is higher than before."),
	ROW(cycle, SETTING_STR, "cycle",
	    "Field that names the cycle of thresholds and reminders."),
	ROW(alert_value, SETTING_STR, "",
	    "Field with a number: only who has set an alert that it crosses is "
	    "told; the text has {{sym}}, {{px}}, {{lim}}."),
	ROW(alert_subject, SETTING_STR, "",
	    "Field that says of what; empty: alerts on one's own account."),
	ROW(alert_words, SETTING_LIST, "{}",
	    "Words with which customers set alerts by message: "
	    "\"TX 600519 >1800\"."),
	ROW(valid_for, SETTING_DURATION, "0s",
	    "So long after the event nothing is sent any more; 0: no end."),
	ROW(escalate, SETTING_DURATION, "0s",
	    "Not delivered for so long: the next channel; 0: only on failure."),
	ROW(answer_within, SETTING_DURATION, "0s",
	    "No word for so long after delivery: the next channel; 0: none is awaited."),
	ROW(answers, SETTING_LIST, "{}",
	    "What people may reply within answer_within: token, name, "
	    "other words of it: \"1 confirm 确认|ok\"."),
	ROW(said_zh, SETTING_LIST, "{}",
	    "What each of them gets in return, in Chinese, in the order of answers."),
	ROW(said_en, SETTING_LIST, "{}", "The same in English."),
	ROW(call_on, SETTING_LIST, "{}",
	    "Names of answers after which a person calls."),
	ROW(task, SETTING_BOOL, "false",
	    "After the last channel a person is asked to call."),
	ROW(protects, SETTING_BOOL, "false",
	    "Before service is stopped such a reminder must have arrived."),
	ROW(cancels, SETTING_LIST, "{}",
	    "Triggers whose reminders for the same account end."),
	ROW(follow, SETTING_STR, "", "A survey that is asked after delivery."),
	ROW(follow_after, SETTING_DURATION, "1h", "Time until it is asked."),
	{ "callback", SETTING_ENUM, offsetof(struct trigger_cfg, callback),
	  "no", 0, 0, call_names, NULL, false,
	  "make: the customer is called; propose: if they say yes to it." },
	ROW(queue, SETTING_STR, "",
	    "Queue of the call-back or task; empty: as call-backs have it."),
};

const struct setting_section trigger_section = {
	"trigger",
	true,
	sizeof(struct trigger_cfg),
	rows,
	ARRAY_LEN(rows),
	"A business event and what it leads to.",
};

static const char *const known[] = {
	"account.opened",
	"account.sensitive_op",
	"appointment.due",
	"billing.arrears",
	"billing.charged",
	"call.ended",
	"call.missed",
	"change.announced",
	"claim.state",
	"figure.reported",
	"meter.high_use",
	"meter.outage",
	"order.created",
	"order.milestone",
	"parcel.out_for_delivery",
	"part.arrived",
	"payment.posted",
	"policy.surrendered",
	"price.limit",
	"queue.breach",
	"recharge.fail",
	"recharge.ok",
	"security.virus",
	"service.resumed",
	"service.suspend_requested",
	"survey.result",
	"ticket.near_turn",
	"trade.filled",
	"usage.threshold",
	"visit.finished",
};

bool trigger_known(struct str type)
{
	for (unsigned i = 0; i < ARRAY_LEN(known); i++)
		if (str_eqz(type, known[i]))
			return true;
	return false;
}

/* ---- conditions ---------------------------------------------------------------- */

enum relation { REL_NE, REL_LE, REL_GE, REL_EQ, REL_LT, REL_GT, RELATIONS };

/* Longer ones first. */
static const char *const relations[RELATIONS] = {
	[REL_NE] = "!=", [REL_LE] = "<=", [REL_GE] = ">=",
	[REL_EQ] = "==", [REL_LT] = "<",  [REL_GT] = ">",
};

struct condition {
	struct str field, value;
	enum relation rel;
};

static bool condition_read(const char *text, struct condition *c)
{
	struct str s = str_of(text);

	for (size_t i = 0; i < s.len; i++) {
		for (unsigned k = 0; k < RELATIONS; k++) {
			struct str rel = str_of(relations[k]);

			if (!str_starts(str_from(s, i), rel))
				continue;
			c->field = str_trim(str_first(s, i));
			c->value = str_trim(str_from(s, i + rel.len));
			c->rel = (enum relation)k;
			return c->field.len > 0 && c->field.len < 64 &&
			       c->value.len > 0;
		}
	}
	return false;
}

static bool related(enum relation rel, int diff)
{
	switch (rel) {
	case REL_NE:
		return diff != 0;
	case REL_LE:
		return diff <= 0;
	case REL_GE:
		return diff >= 0;
	case REL_EQ:
		return diff == 0;
	case REL_LT:
		return diff < 0;
	case REL_GT:
		return diff > 0;
	case RELATIONS:
		break;
	}
	return false;
}

/* A whole text as a number. */
static bool to_number(struct str s, double *out)
{
	char text[64], *end;

	if (s.len == 0 || str_copy(text, sizeof(text), s) != 0)
		return false;
	*out = strtod(text, &end);
	return *end == '\0' && isfinite(*out);
}

static int compare(struct str a, struct str b)
{
	double x, y;

	if (to_number(a, &x) && to_number(b, &y))
		return x < y ? -1 : x > y;
	int diff = memcmp(a.p, b.p, MIN(a.len, b.len));

	return diff != 0 ? diff : a.len < b.len ? -1 : a.len > b.len;
}

bool trigger_field(const json_t *data, const char *name, char number[32],
		   struct str *out)
{
	const json_t *v = json_object_get(data, name);

	must(number != NULL && out != NULL);
	if (json_is_string(v)) {
		*out = str_trim(
			str_bytes(json_string_value(v), json_string_length(v)));
		return true;
	}
	if (json_is_integer(v))
		snprintf(number, 32, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		snprintf(number, 32, "%.15g", json_real_value(v));
	else if (json_is_boolean(v))
		snprintf(number, 32, "%s", json_is_true(v) ? "true" : "false");
	else
		return false;
	*out = str_of(number);
	return true;
}

bool trigger_number(const json_t *data, const char *name, double *out)
{
	char number[32];
	struct str text;

	return trigger_field(data, name, number, &text) && to_number(text, out);
}

/* "{{lim}}" is the field of that name: what a customer has set. false: it is
 * not there. */
static bool other_side(const json_t *data, struct str *value, char number[32])
{
	char name[64];

	if (value->len < 5 || !str_starts(*value, STR("{{")) ||
	    !str_eqz(str_from(*value, value->len - 2), "}}"))
		return true;
	return str_copy(name, sizeof(name),
			str_trim(str_first(str_from(*value, 2),
					   value->len - 4))) == 0 &&
	       trigger_field(data, name, number, value);
}

bool trigger_holds(const struct trigger_cfg *t, const json_t *data)
{
	must(t != NULL);
	for (size_t i = 0; i < t->when.len; i++) {
		struct condition c;
		char name[64], number[32], limit[32];
		struct str value;

		if (!condition_read(t->when.v[i], &c) ||
		    str_copy(name, sizeof(name), c.field) != 0 ||
		    !trigger_field(data, name, number, &value) ||
		    !other_side(data, &c.value, limit) ||
		    !related(c.rel, compare(value, c.value)))
			return false;
	}
	return true;
}

/* ---- checks ---------------------------------------------------------------- */

static void check_text(const char *text, struct faults *f)
{
	struct template *t = NULL;
	struct err err = { "" };

	if (template_compile(&t, str_of(text), &err) != 0)
		faults_add(f, "%s", err.text);
	template_free(&t);
}

static void check_lists(const struct trigger_cfg *t, struct faults *f)
{
	struct condition c;
	int64_t ms;

	for (size_t i = 0; i < t->when.len; i++)
		if (!condition_read(t->when.v[i], &c))
			faults_add(f,
				   "'%s' is no condition such as "
				   "\"percent >= 80\"",
				   t->when.v[i]);
	for (size_t i = 0; i < t->before.len; i++)
		if (settings_duration(str_of(t->before.v[i]), &ms) != 0)
			faults_add(f, "'%s' is no time", t->before.v[i]);
}

bool trigger_answer(const char *text, struct trigger_answer *out)
{
	struct str rest = str_trim(str_of(text));

	must(out != NULL);
	rest = str_trim(str_cut(rest, ' ', &out->token));
	out->labels = rest;
	(void)str_cut(rest, ' ', &out->name);
	return out->token.len > 0 && out->name.len > 0 &&
	       out->name.len <= TRIGGER_ANSWER_MAX;
}

static bool names_answer(const struct trigger_cfg *t, const char *name)
{
	struct trigger_answer a;

	for (size_t i = 0; i < t->answers.len; i++)
		if (trigger_answer(t->answers.v[i], &a) &&
		    str_eqz(a.name, name))
			return true;
	return false;
}

/* What may be answered, and what that leads to. */
static void check_answers(const struct trigger_cfg *t, struct faults *f)
{
	struct trigger_answer a;

	if (t->answers.len > 0 && t->answer_within == 0)
		faults_add(f, "answers are heard within "
			      "answer_within, which is 0");
	if (t->answers.len > ANSWER_OPTIONS_MAX)
		faults_add(f, "more than %d answers", ANSWER_OPTIONS_MAX);
	for (size_t i = 0; i < t->answers.len; i++)
		if (!trigger_answer(t->answers.v[i], &a) || a.labels.len > 255)
			faults_add(f,
				   "'%s' is no answer "
				   "such as \"1 confirm 确认|ok\"",
				   t->answers.v[i]);
	if (t->said_zh.len > t->answers.len || t->said_en.len > t->answers.len)
		faults_add(f, "more is said in return than "
			      "there are answers");
	for (size_t i = 0; i < t->call_on.len; i++)
		if (!names_answer(t, t->call_on.v[i]))
			faults_add(f,
				   "call_on: there is no "
				   "answer '%s'",
				   t->call_on.v[i]);
}

/* One way to speak, and no more; to cancel is enough, too. */
static void check_words(const struct trigger_cfg *t, struct faults *f)
{
	unsigned ways = (t->text_zh[0] != '\0' || t->text_en[0] != '\0') +
			(t->template[0] != '\0') + (t->survey[0] != '\0');

	if (ways > 1 || (ways == 0 && t->cancels.len == 0 &&
			 t->callback == TRIGGER_CALL_NO))
		faults_add(f, "it needs a text, a template, a survey, a "
			      "callback, or something to cancel");
}

/* Each alert has its own crossing; marks would be everybody's. */
static void check_alerts(const struct trigger_cfg *t, struct faults *f)
{
	if (t->alert_value[0] == '\0') {
		if (t->alert_subject[0] != '\0' || t->alert_words.len > 0)
			faults_add(f, "alerts need alert_value");
		return;
	}
	if (t->once[0] != '\0' || t->threshold[0] != '\0' ||
	    t->survey[0] != '\0' || t->before.len > 0)
		faults_add(f, "alerts go without once, threshold, survey and "
			      "before");
}

void trigger_check(const struct trigger_cfg *t,
		   const struct trigger_names *names, struct faults *faults)
{
	must(t != NULL && faults != NULL);
	check_text(t->text_zh, faults);
	check_text(t->text_en, faults);
	check_lists(t, faults);
	check_words(t, faults);
	check_answers(t, faults);
	check_alerts(t, faults);
	if (names != NULL)
		trigger_check_names(t, names, faults);
}

void trigger_check_settings(const struct settings *settings,
			    const struct trigger_names *names,
			    struct faults *faults)
{
	const struct section *s;
	size_t at = 0;

	must(settings != NULL && faults != NULL);
	while ((s = settings_next(settings, "trigger", &at)) != NULL) {
		struct faults own = { 0 };

		trigger_check(s->value, names, &own);
		for (size_t i = 0; i < own.len; i++)
			faults_add(faults, "line %u: trigger %s: %s", s->line,
				   s->title, own.v[i]);
		faults_done(&own);
	}
}
