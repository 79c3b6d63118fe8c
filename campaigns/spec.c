/* The rows of a spec, and what must fit together. */
#include "campaigns/spec.h"

#include <errno.h>

#include "base/mem.h"
#include "templates/parse.h"

#define ROW(group, type, field)                           \
	{                                                 \
		group, type, offsetof(struct spec, field) \
	}

/* Rows of one group stand together; new rows come at the end. */
static const struct form_row rows[] = {
	ROW("name", FORM_TEXT, name),
	ROW("audience", FORM_NUMBER, audience),
	ROW("audience", FORM_TEXT, audience_text),
	ROW("audience", FORM_NUMBER, control),
	ROW("audience", FORM_TEXT, exclusive),
	ROW("text", FORM_TEXT, class_name),
	ROW("text", FORM_TEXT, channel),
	ROW("text", FORM_TEXT, from),
	ROW("text", FORM_TEXT, text),
	ROW("text", FORM_TEXT, text_b),
	ROW("text", FORM_NUMBER, share_b),
	ROW("text", FORM_TEXT, template_id),
	ROW("text", FORM_NUMBER, template_version),
	ROW("text", FORM_TEXT, business_line),
	ROW("schedule", FORM_NUMBER, schedule),
	ROW("schedule", FORM_NUMBER, start_ms),
	ROW("schedule", FORM_NUMBER, end_ms),
	ROW("schedule", FORM_NUMBER, minute),
	ROW("schedule", FORM_NUMBER, every_ms),
	ROW("schedule", FORM_NUMBER, window_ms),
	ROW("schedule", FORM_TEXT, event),
	ROW("schedule", FORM_NUMBER, after_ms),
	ROW("pace", FORM_NUMBER, rate),
	ROW("pace", FORM_NUMBER, ramp_ms),
	ROW("pace", FORM_NUMBER, spread),
	ROW("briefing", FORM_TEXT, briefing),
	ROW("survey", FORM_TEXT, survey),
	ROW("survey", FORM_NUMBER, survey_version),
};

const struct form spec_form = { sizeof(struct spec), rows, ARRAY_LEN(rows) };

static const char *const audiences[] = { "addresses", "contacts", "segment" };
static const char *const schedules[] = { "fixed", "local", "recurring",
					 "event" };

static int name_find(const char *const *v, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eqz(s, v[i]))
			return (int)i;
	}
	return -EBADMSG;
}

const char *audience_kind_name(enum audience_kind k)
{
	must((unsigned)k < ARRAY_LEN(audiences));
	return audiences[k];
}

int audience_kind_parse(struct str s, enum audience_kind *out)
{
	int i = name_find(audiences, ARRAY_LEN(audiences), s);

	if (i < 0)
		return i;
	*out = (enum audience_kind)i;
	return 0;
}

const char *schedule_kind_name(enum schedule_kind k)
{
	must((unsigned)k < ARRAY_LEN(schedules));
	return schedules[k];
}

int schedule_kind_parse(struct str s, enum schedule_kind *out)
{
	int i = name_find(schedules, ARRAY_LEN(schedules), s);

	if (i < 0)
		return i;
	*out = (enum schedule_kind)i;
	return 0;
}

/* ---- checks ------------------------------------------------------------------ */

static int bad(const char **field, const char *name)
{
	*field = name;
	return -EINVAL;
}

static int check_whom(const struct spec *s, const struct spec_limits *limits,
		      const char **field, struct err *err)
{
	struct str rest = str_of(s->audience_text), line;
	int64_t n = 0;

	if (s->audience == AUDIENCE_ADDRESSES) {
		for (; rest.len > 0; n++)
			rest = str_cut(rest, '\n', &line);
		if (n == 0)
			err_set(err, 0, "the audience is empty");
		else if (n > limits->addresses)
			err_set(err, 0,
				"%lld addresses are named, at most %lld go; "
				"import them as contacts",
				(long long)n, (long long)limits->addresses);
		else
			n = -1;
	} else if (s->audience == AUDIENCE_SEGMENT && rest.len == 0) {
		err_set(err, 0, "the segment is not named");
	} else if (s->audience == AUDIENCE_SEGMENT &&
		   s->schedule == SCHEDULE_EVENT) {
		err_set(err, 0,
			"an event names its person: the audience of such a "
			"campaign is contacts, or addresses");
	} else {
		n = -1;
	}
	if (n >= 0)
		return bad(field, "audience");
	if (s->control >= 0 && s->control <= 50)
		return 0;
	err_set(err, 0, "the control group is 0 to 50 percent");
	return bad(field, "control");
}

static int check_text(const char *text, const char *name, const char **field,
		      struct err *err)
{
	struct template *t = NULL;
	int rc = template_compile(&t, str_of(text), err);

	template_free(&t);
	return rc == 0 ? 0 : bad(field, name);
}

static int check_what(const struct spec *s, const char **field, struct err *err)
{
	bool plain = s->text != NULL;

	if (plain + (s->template_id != NULL) + (s->survey != NULL) != 1) {
		err_set(err, 0, "one of text, template and survey is needed");
		return bad(field, "text");
	}
	if (s->share_b < 0 || s->share_b > 99 ||
	    (s->text_b != NULL) != (s->share_b > 0)) {
		err_set(err, 0,
			"text_b and share_b (1 to 99 percent) go together");
		return bad(field, "share_b");
	}
	if (s->text_b != NULL && s->survey != NULL) {
		err_set(err, 0, "a survey has no other text");
		return bad(field, "text_b");
	}
	if (plain && check_text(s->text, "text", field, err) != 0)
		return -EINVAL;
	if (s->text_b != NULL &&
	    check_text(s->text_b, "text_b", field, err) != 0)
		return -EINVAL;
	return 0;
}

#define HOUR_MS (int64_t)3600000

static int check_when(const struct spec *s, const char **field, struct err *err)
{
	const struct {
		bool wrong;
		const char *field, *why;
	} faults[] = {
		{ s->end_ms != 0 && s->end_ms <= s->start_ms, "end",
		  "the end is not after the start" },
		{ s->minute < 0 || s->minute >= 1440, "at",
		  "at is a time of day, 00:00 to 23:59" },
		{ s->schedule == SCHEDULE_RECURRING && s->every_ms < HOUR_MS,
		  "every", "a run every hour is the shortest" },
		{ s->schedule == SCHEDULE_RECURRING && s->start_ms == 0,
		  "start", "a recurring schedule has a start" },
		{ s->window_ms < 0 || s->window_ms > s->every_ms, "window",
		  "a run's window is not longer than every" },
		{ s->schedule == SCHEDULE_EVENT && s->event == NULL, "event",
		  "the event is not named" },
		{ s->after_ms < 0 || s->after_ms > 366 * 24 * HOUR_MS, "after",
		  "at most a year after the event" },
		{ s->spread != 0 && s->end_ms == 0 && s->window_ms == 0,
		  "spread", "to spread over a window it needs an end" },
		{ s->rate < 0 || s->rate > 100000, "rate",
		  "the rate is 1 to 100000 people a second" },
		{ s->ramp_ms < 0 || s->ramp_ms > 24 * HOUR_MS, "ramp",
		  "a ramp takes at most a day" },
	};

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		if (!faults[i].wrong)
			continue;
		err_set(err, 0, "%s", faults[i].why);
		return bad(field, faults[i].field);
	}
	return 0;
}

int spec_check(const struct spec *s, const struct spec_limits *limits,
	       const char **field, struct err *err)
{
	must(s != NULL && limits != NULL && field != NULL);
	if (s->name == NULL || str_of(s->name).len > SPEC_NAME_MAX) {
		err_set(err, 0, "a name has 1 to %d bytes", SPEC_NAME_MAX);
		return bad(field, "name");
	}
	if (check_whom(s, limits, field, err) != 0 ||
	    check_what(s, field, err) != 0)
		return -EINVAL;
	return check_when(s, field, err);
}
