/* The sections `oncall NAME`. */
#include "base/mem.h"
#include "care/oncall.h"
#include "proto/e164.h"
#include "templates/parse.h"

#define AT(f) offsetof(struct oncall_cfg, f)
static const struct setting rows[] = {
	{ "event", SETTING_STR, AT(event), NULL, 0, 0, NULL, NULL, false,
	  "Type of the business event that is such an alert." },
	{ "tenant", SETTING_STR, AT(tenant), "", 0, 0, NULL, NULL, false,
	  "Only events of this tenant." },
	{ "branch", SETTING_STR, AT(branch), "", 0, 0, NULL, NULL, false,
	  "Only events about people of this branch." },
	{ "roster", SETTING_LIST, AT(roster), NULL, 1, 50, NULL, NULL, false,
	  "Whom to reach, in this order: numbers in E.164." },
	{ "ack_within", SETTING_DURATION, AT(ack_within), "10m", 10000,
	  86400000, NULL, NULL, false,
	  "Nobody has said that they have it for so long: the next one." },
	{ "rounds", SETTING_INT, AT(rounds), "2", 1, 100, NULL, "rounds", false,
	  "Through the roster, before it is an alarm that nobody has it." },
	{ "words", SETTING_LIST, AT(words), "{\"1\", OK, \"收到\"}", 1, 50,
	  NULL, NULL, false, "A reply by which somebody has it." },
	{ "class", SETTING_STR, AT(class_name), "alert", 0, 0, NULL, NULL,
	  false, "Class of the messages." },
	{ "text", SETTING_STR, AT(text),
	  "紧急事件 {{event}} {{account|default:\"\"}},回复1接手。Urgent: reply"
	  " 1 to take it.",
	  0, 0, NULL, NULL, false,
	  "What they get; {{event}}, {{account}}, {{to}} and the event's data." },
	{ "taken", SETTING_STR, AT(taken), "已由您接手。It is yours.", 0, 0,
	  NULL, NULL, false, "Said to who has it now; empty: nothing." },
	{ "always", SETTING_BOOL, AT(always), "false", 0, 0, NULL, NULL, false,
	  "In working hours, too." },
	{ "max", SETTING_INT, AT(max), "10000", 1, 1000000, NULL, "alerts",
	  false,
	  "With so many open, over all rosters, one more is the alarm that "
	  "nobody has it." },
};
#undef AT

const struct setting_section oncall_section = {
	"oncall",
	true,
	sizeof(struct oncall_cfg),
	rows,
	ARRAY_LEN(rows),
	"Who is reached outside working hours, one after the other.",
};

static void check_one(const struct section *sec, struct faults *faults)
{
	const struct oncall_cfg *cfg = sec->value;
	struct template *t = NULL;
	struct err err = { "" };
	char number[E164_MAX];

	for (size_t i = 0; i < cfg->roster.len; i++)
		if (cfg->roster.v[i][0] != '+' ||
		    e164_parse(str_of(cfg->roster.v[i]), "", number, NULL) != 0)
			faults_add(faults,
				   "line %u: oncall %s: roster: \"%s\" is no "
				   "number such as +447700900001",
				   sec->line, sec->title, cfg->roster.v[i]);
	if (template_compile(&t, str_of(cfg->text), &err) != 0)
		faults_add(faults, "line %u: oncall %s: text: %s", sec->line,
			   sec->title, err.text);
	template_free(&t);
}

void oncall_check(const struct settings *s, struct faults *faults)
{
	const struct section *sec;
	size_t at = 0;

	must(s != NULL && faults != NULL);
	while ((sec = settings_next(s, "oncall", &at)) != NULL)
		check_one(sec, faults);
}
