/* Sections `callbacks`, `queue` and `agent`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "care/callbacks_impl.h"

#define AT(field) offsetof(struct callbacks_cfg, field)
#define TEXT(field, initial, text)                                         \
	{                                                                  \
#field, SETTING_STR, AT(field), initial, 0, 0, NULL, NULL, \
			false, text                                        \
	}
#define TIME(field, initial, min, max, text)                                  \
	{                                                                     \
#field, SETTING_DURATION, AT(field), initial, min, max, NULL, \
			NULL, false, text                                     \
	}
#define COUNT(field, initial, min, max, unit, text)                            \
	{                                                                      \
#field, SETTING_INT, AT(field), initial, min, max, NULL, unit, \
			false, text                                            \
	}
#define LIST(field, initial, text)                                          \
	{                                                                   \
#field, SETTING_LIST, AT(field), initial, 0, 0, NULL, NULL, \
			false, text                                         \
	}

static const char *const clocks[] = { "working", "calendar", NULL };
static const char *const queue_clocks[] = { "usual", "working", "calendar",
					    NULL };

#define DAY INT64_C(86400000)

static const struct setting rows[] = {
	TEXT(queue, "hotline", "Queue of call-backs that name none."),
	TEXT(wished, "callback",
	     "Class of a call that was asked for, and of what is said of it."),
	TEXT(unasked, "care", "Class of a call that a low score leads to."),
	TEXT(caller_id, "", "The number that rings; empty: any."),
	COUNT(tries, "3", 3, 20, "tries",
	      "Calls in different hours before it is given up."),
	TIME(retry, "90m", 60000, 7 * DAY, "Wait after a call in vain."),
	TIME(busy_retry, "15m", 60000, DAY, "Wait after a busy line."),
	TIME(hold, "30m", 60000, DAY,
	     "An agent keeps a call-back this long, then it waits again."),
	TIME(breach, "10m", 1000, DAY,
	     "Waiting longer than this is told, once, as queue.breach."),
	{ "clock", SETTING_ENUM, AT(clock), "working", 0, 0, clocks, NULL,
	  false,
	  "By which clock it waits. working: while work_hours are open; "
	  "calendar: the clock on the wall." },
	TIME(propose, "24h", 60000, 30 * DAY,
	     "A yes to a call-back that was proposed is awaited this long."),
	TIME(age_boost, "10m", 1000, DAY,
	     "So much waiting counts as one priority higher."),
	COUNT(max, "100000", 1, 10000000, "call-backs",
	      "Most call-backs that are under way."),
	COUNT(links_max, "100000", 1, 10000000, "links",
	      "Most links that were not used yet; the oldest give way."),
	TIME(link_for, "72h", 60000, 90 * DAY, "A link is good this long."),
	{ "low_scores", SETTING_BOOL, AT(low_scores), "true", 0, 0, NULL, NULL,
	  false, "Who gives a low score is called." },
	LIST(tiers, "{\"vip 2\", \"key 3\", \"standard 5\", \"new 5\"}",
	     "Priority by tier of the contact, 1 first to 9 last."),
	LIST(words,
	     "{\"回电\", \"请回电\", \"回拨\", \"给我回电\", \"打电话给我\","
	     " \"请致电\", \"预约回电\", \"call me\", \"call me back\","
	     " \"callback\", \"call back\", \"please call\", \"ring me\"}",
	     "What asks for a call-back, a time may follow."),
	LIST(no_words,
	     "{\"不用回电\", \"不用回拨\", \"取消回电\", \"别打了\","
	     " \"no call\", \"do not call\", \"cancel call\"}",
	     "What ends a call-back that is under way."),
	TEXT(asked_zh,
	     "已收到,我们会尽快给您回电。回复时间(如14:30)可改时间,"
	     "回复0不用回电。",
	     "Said when one was asked for; empty: nothing."),
	TEXT(asked_en,
	     "We will call you back. Reply a time such as 14:30 to choose it,"
	     " or 0 for no call.",
	     "The same in English."),
	TEXT(missed_zh,
	     "抱歉未能接听您的来电,我们会尽快回电。回复时间(如14:30)可改时间,"
	     "回复0不用回电。",
	     "Said after a call that nobody answered."),
	TEXT(missed_en,
	     "Sorry we missed your call. We will call you back. Reply a time"
	     " such as 14:30 to choose it, or 0 for no call.",
	     "The same in English."),
	TEXT(missed_later_zh,
	     "抱歉未能接听您的来电,我们会在{{time}}起给您回电。"
	     "回复时间(如14:30)可改时间,回复0不用回电。",
	     "Said instead while nobody works; {{time}}: from when on we "
	     "call."),
	TEXT(missed_later_en,
	     "Sorry we missed your call. We will call you back from {{time}}"
	     " on. Reply a time such as 14:30 to choose it, or 0 for no call.",
	     "The same in English."),
	TEXT(proposed_zh, "抱歉让您久等。回复1预约回拨,或回复时间如14:30。",
	     "Offers a call-back to who waits too long."),
	TEXT(proposed_en,
	     "Sorry to keep you waiting. Reply 1 for a call back, or a time"
	     " such as 14:30.",
	     "The same in English."),
	TEXT(timed_zh, "好的,我们会在{{time}}给您回电。",
	     "Said when it has a time, {{time}} as the customer's clock shows "
	     "it; empty: nothing."),
	TEXT(timed_en, "All right, we will call you at {{time}}.",
	     "The same in English."),
	TEXT(declined_zh, "好的,不再给您回电。",
	     "Said when the customer wants no call; empty: nothing."),
	TEXT(declined_en, "All right, we will not call.",
	     "The same in English."),
	TEXT(unreachable_zh,
	     "我们多次给您回电未能接通。如仍需要,请回复\"回电\"。",
	     "Said after the last call in vain."),
	TEXT(unreachable_en,
	     "We called you several times and could not reach you. Reply CALL"
	     " ME if you still want a call.",
	     "The same in English."),
};

const struct setting_section callbacks_section = {
	"callbacks",
	false,
	sizeof(struct callbacks_cfg),
	rows,
	ARRAY_LEN(rows),
	"Call-backs: when, how often, what is said.",
};

static const struct setting queue_rows[] = {
	{ "skills", SETTING_LIST, offsetof(struct queue_cfg, skills), "{}", 0,
	  0, NULL, NULL, false,
	  "What its work needs, each with a level: \"billing 2\"." },
	{ "clock", SETTING_ENUM, offsetof(struct queue_cfg, clock), "usual", 0,
	  0, queue_clocks, NULL, false,
	  "By which clock its work waits; usual: callbacks.clock." },
};

const struct setting_section queue_section = {
	"queue",
	true,
	sizeof(struct queue_cfg),
	queue_rows,
	ARRAY_LEN(queue_rows),
	"A queue in which work waits for agents.",
};

static const struct setting agent_rows[] = {
	{ "tenant", SETTING_STR, offsetof(struct agent_section_cfg, tenant), "",
	  0, 0, NULL, NULL, false, "Whose work; empty: of all tenants." },
	{ "skills", SETTING_LIST, offsetof(struct agent_section_cfg, skills),
	  "{}", 0, 0, NULL, NULL, false,
	  "\"billing 2\", or with a certificate's last day: "
	  "\"complaint 1 until 2026-12-31\"." },
};

const struct setting_section agent_section = {
	"agent",
	true,
	sizeof(struct agent_section_cfg),
	agent_rows,
	ARRAY_LEN(agent_rows),
	"What an agent can do; the title is the user's name.",
};

/* ---- skills ---------------------------------------------------------------------- */

/* The last moment of a day, UTC. */
static int read_day(struct str day, int64_t *ms)
{
	char text[32];

	if (day.len != 10)
		return -EBADMSG;
	(void)snprintf(text, sizeof(text), "%.*sT00:00:00Z", STR_ARGS(day));
	if (clock_parse_rfc3339(text, strlen(text), ms) != 0)
		return -EBADMSG;
	*ms += DAY;
	return 0;
}

int skill_read(const char *text, char name[CALLBACK_NAME + 1], unsigned *level,
	       int64_t *until_ms)
{
	must(text != NULL && name != NULL && level != NULL && until_ms != NULL);
	struct str word, rest = str_cut(str_trim(str_of(text)), ' ', &word);
	struct str number, tail = str_cut(str_trim(rest), ' ', &number), until;
	uint64_t n = 1;

	if (word.len == 0 || str_copy(name, CALLBACK_NAME + 1, word) != 0 ||
	    (number.len > 0 && (str_u64(number, 255, &n) != 0 || n == 0)))
		return -EBADMSG;
	*level = (unsigned)n;
	*until_ms = 0;
	if (str_trim(tail).len == 0)
		return 0;
	tail = str_cut(str_trim(tail), ' ', &until);
	return str_eqz(until, "until") ? read_day(str_trim(tail), until_ms)
				       : -EBADMSG;
}

/* ---- checks ---------------------------------------------------------------------- */

static void check_skills(const struct section *s,
			 const struct setting_list *skills, bool dated,
			 struct faults *f)
{
	char name[CALLBACK_NAME + 1];
	unsigned level;
	int64_t until_ms;

	for (size_t i = 0; i < skills->len; i++)
		if (skill_read(skills->v[i], name, &level, &until_ms) != 0 ||
		    (until_ms != 0 && !dated))
			faults_add(f,
				   "line %u: %s %s: \"%s\" is no skill such "
				   "as \"billing 2\"",
				   s->line, s->kind->name, s->title,
				   skills->v[i]);
	if (!dated && skills->len >= CALLBACK_NEEDS)
		faults_add(f, "line %u: queue %s needs more than %d skills",
			   s->line, s->title, CALLBACK_NEEDS - 1);
}

void callbacks_check(const struct settings *settings, struct faults *faults)
{
	const struct section *s;
	size_t at = 0;

	must(settings != NULL && faults != NULL);
	while ((s = settings_next(settings, "queue", &at)) != NULL)
		check_skills(s, &((const struct queue_cfg *)s->value)->skills,
			     false, faults);
	at = 0;
	while ((s = settings_next(settings, "agent", &at)) != NULL)
		check_skills(
			s,
			&((const struct agent_section_cfg *)s->value)->skills,
			true, faults);
	s = settings_find(settings, "callbacks", NULL);
	if (s == NULL)
		return;
	const struct callbacks_cfg *c = s->value;

	for (size_t i = 0; i < c->tiers.len; i++) {
		char name[CALLBACK_NAME + 1];
		unsigned level;
		int64_t until_ms;

		if (skill_read(c->tiers.v[i], name, &level, &until_ms) != 0 ||
		    level > 9)
			faults_add(faults,
				   "line %u: callbacks: tiers: \"%s\" is not "
				   "of the form \"vip 2\"",
				   s->line, c->tiers.v[i]);
	}
}
