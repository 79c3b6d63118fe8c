/* The section `cases`. */
#include "base/mem.h"
#include "care/cases_impl.h"

#define AT(f) offsetof(struct cases_cfg, f)
static const struct setting rows[] = {
	{ "owner", SETTING_STR, AT(owner), "care-desk", 0, 0, NULL, NULL, false,
	  "Who owns a case that nobody was named for." },
	{ "first_reply", SETTING_DURATION, AT(first_reply), "48h", 60000,
	  2592000000, NULL, NULL, false,
	  "A person answers within this time; alarms at 50, 80 and 100 %." },
	{ "silence", SETTING_DURATION, AT(silence), "72h", 60000, 2592000000,
	  NULL, NULL, false,
	  "After so long without a word the customer gets a notice, the owner "
	  "an alarm." },
	{ "reopen", SETTING_DURATION, AT(reopen), "30d", 60000, 31536000000,
	  NULL, NULL, false, "A closed case can be opened again so long." },
	{ "max", SETTING_INT, AT(max), "200000", 1, 10000000, NULL, "cases",
	  false, "Most cases that are open, or can be opened again." },
	{ "per_person", SETTING_INT, AT(per_person), "20", 1, 1000, NULL,
	  "cases", false,
	  "Most open cases of one person; reports are always taken." },
	{ "inbox_late", SETTING_DURATION, AT(inbox_late), "4h", 60000,
	  2592000000, NULL, NULL, false,
	  "What waits longer in the inbox is told of once; counted while "
	  "`work_hours` are open." },
	{ "inbox_hold", SETTING_DURATION, AT(inbox_hold), "10m", 10000,
	  86400000, NULL, NULL, false,
	  "So long a message of the inbox that somebody has taken is theirs to "
	  "answer." },
	{ "night_zh", SETTING_STR, AT(night_zh), "", 0, 0, NULL, NULL, false,
	  "What who writes outside `work_hours`, and is answered by nothing, "
	  "hears once a night; empty: nothing." },
	{ "night_en", SETTING_STR, AT(night_en), "", 0, 0, NULL, NULL, false,
	  "The same in English." },
	{ "inbox_max", SETTING_INT, AT(inbox_max), "100000", 1, 10000000, NULL,
	  "messages", false,
	  "Most messages of the inbox that wait for an answer; the oldest give "
	  "way." },
	{ "causes", SETTING_LIST, AT(causes),
	  "{charge_error, content, delivery, network, staff, rules, product, "
	  "customer, unknown}",
	  1, 100, NULL, NULL, false, "Root causes a case can close with." },
	{ "departments", SETTING_LIST, AT(departments), "{}", 0, 200, NULL,
	  NULL, false,
	  "Whose a complaint is in reports, by its topic: {\"fraud risk\", "
	  "\"* care\"}; that of its campaign goes before." },
	{ "class", SETTING_STR, AT(class_name), "service", 0, 0, NULL, NULL,
	  false, "Class of what a case says to its customer." },
	{ "receipt_zh", SETTING_STR, AT(receipt_zh),
	  "已收到您的反馈,编号{{case}}。我们将在{{hours}}小时内首次回复您。", 0,
	  0, NULL, NULL, false,
	  "Said at once, in Chinese; it does not stop the clock. Empty: "
	  "nothing." },
	{ "receipt_en", SETTING_STR, AT(receipt_en),
	  "We have your message, no. {{case}}. We will first reply within "
	  "{{hours}} hours.",
	  0, 0, NULL, NULL, false, "The same in English." },
	{ "progress_zh", SETTING_STR, AT(progress_zh),
	  "您的反馈(编号{{case}})仍在处理中,有结果会尽快告知您。", 0, 0, NULL,
	  NULL, false, "Said when a case has been silent, in Chinese." },
	{ "progress_en", SETTING_STR, AT(progress_en),
	  "We are still working on no. {{case}} and will tell you the outcome.",
	  0, 0, NULL, NULL, false, "The same in English." },
	{ "resurvey", SETTING_STR, AT(resurvey), "", 0, 0, NULL, NULL, false,
	  "Survey that is sent when a case has been closed; empty: none." },
	{ "resurvey_after", SETTING_DURATION, AT(resurvey_after), "24h", 0,
	  2592000000, NULL, NULL, false, "How long after." },
	{ "burst_count", SETTING_INT, AT(burst_count), "5", 0, 64, NULL,
	  "complaints", false,
	  "So many about one template within burst_window pause its campaigns; "
	  "0: never." },
	{ "burst_window", SETTING_DURATION, AT(burst_window), "10m", 1000,
	  86400000, NULL, NULL, false, "See burst_count." },
	{ "burst_factor", SETTING_INT, AT(burst_factor), "5", 0, 1000, NULL,
	  "times", false,
	  "An hour with so many times the complaints of an hour of the last "
	  "week is an alarm; 0: never." },
	{ "burst_least", SETTING_INT, AT(burst_least), "10", 1, 100000, NULL,
	  "complaints", false, "Fewer in an hour are no such alarm." },
};
#undef AT

const struct setting_section cases_section = {
	"cases", false,           sizeof(struct cases_cfg),
	rows,    ARRAY_LEN(rows), "Cases: clocks, causes, words.",
};

static void check_departments(const struct section *sec, struct faults *faults)
{
	const struct cases_cfg *cfg = sec->value;
	struct str topic;

	for (size_t i = 0; i < cfg->departments.len; i++) {
		struct str one = str_trim(str_of(cfg->departments.v[i]));
		struct str name = str_trim(str_cut(one, ' ', &topic));

		if (topic.len == 0 || topic.len > CASE_WORD_MAX ||
		    name.len == 0 || name.len > CASE_NAME_MAX)
			faults_add(faults,
				   "line %u: departments: \"%s\" is not a "
				   "topic and a department",
				   sec->line, cfg->departments.v[i]);
	}
}

void cases_check(const struct settings *s, struct faults *faults)
{
	const struct section *sec = settings_find(s, "cases", NULL);
	const struct cases_cfg *cfg = sec == NULL ? NULL : sec->value;
	struct err err = { "" };

	if (cfg == NULL)
		return;
	if (str_trim(str_of(cfg->owner)).len == 0 ||
	    str_of(cfg->owner).len > CASE_NAME_MAX)
		faults_add(faults, "line %u: owner: 1 to %d bytes", sec->line,
			   CASE_NAME_MAX);
	const struct {
		const char *name, *words;
	} words[] = { { "receipt_zh", cfg->receipt_zh },
		      { "receipt_en", cfg->receipt_en },
		      { "progress_zh", cfg->progress_zh },
		      { "progress_en", cfg->progress_en } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (case_words_check(words[i].words, &err) != 0)
			faults_add(faults, "line %u: %s: %s", sec->line,
				   words[i].name, err.text);
	}
	check_departments(sec, faults);
	for (size_t i = 0; i < cfg->causes.len; i++) {
		if (str_of(cfg->causes.v[i]).len > CASE_WORD_MAX)
			faults_add(faults,
				   "line %u: causes: more than %d bytes",
				   sec->line, CASE_WORD_MAX);
	}
}
