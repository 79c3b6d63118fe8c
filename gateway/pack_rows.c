/* The section `pack`: the table of all that a rule pack can ask. */
#include "gateway/packs.h"

#define ROW(field, type, initial, min, max, names, unit, text)                \
	{                                                                     \
#field, type, offsetof(struct pack_cfg, field), initial, min, \
			max, names, unit, true, text                          \
	}
#define YEARS_MS ((int64_t)31622400000)

static const char *const scopes[] = { "all", "refusable", "promotional", NULL };
static const char *const consents[] = { "none", "opt-out", "required", NULL };
static const char *const senders[] = { "any", "digits", "suffix", NULL };

static const struct setting rows[] = {
	ROW(version, SETTING_STR, NULL, 0, 0, NULL, NULL,
	    "Date of the text it was read from; part of every decision."),
	ROW(title_en, SETTING_STR, "", 0, 0, NULL, NULL, "What it is of."),
	ROW(title_zh, SETTING_STR, "", 0, 0, NULL, NULL,
	    "The same in Chinese."),
	ROW(countries, SETTING_LIST, "{}", 1, 64, NULL, "calling codes",
	    "Numbers it is for, such as 86; * is everywhere."),
	ROW(areas, SETTING_LIST, "{}", 0, 256, NULL, "digits",
	    "Only numbers that go on so after the calling code."),
	ROW(sources, SETTING_LIST, "{}", 0, 32, NULL, NULL,
	    "Where each rule is written, as rule: source."),
	ROW(quiet_hours, SETTING_STR, "", 0, 0, NULL, "HH:MM-HH:MM",
	    "Local hours of the recipient in which it may go; empty: any."),
	ROW(quiet_scope, SETTING_ENUM, "promotional", 0, 0, scopes, NULL,
	    "What the hours are about."),
	ROW(cap, SETTING_STR, "", 0, 0, NULL, "n/time",
	    "At most n to one person, all classes of its scope together."),
	ROW(cap_scope, SETTING_ENUM, "promotional", 0, 0, scopes, NULL,
	    "What the cap counts."),
	ROW(consent, SETTING_ENUM, "none", 0, 0, consents, NULL,
	    "The least consent that promotion needs."),
	ROW(stop_words, SETTING_LIST, "{}", 0, 64, NULL, NULL,
	    "Replies that end it, beside those that are always understood."),
	ROW(help_words, SETTING_LIST, "{}", 0, 16, NULL, NULL,
	    "Replies that ask for help, beside those that are always "
	    "understood."),
	ROW(refused_sources, SETTING_LIST, "{}", 0, 32, NULL, NULL,
	    "Sources of a grant that prove nothing there."),
	ROW(grant_wording, SETTING_BOOL, "false", 0, 0, NULL, NULL,
	    "A grant for promotion names the words that were shown."),
	ROW(revoke_all_from, SETTING_STR, "", 0, 0, NULL, "date",
	    "From this day (UTC) a stop ends everything that can be refused."),
	ROW(honour_days, SETTING_INT, "10", 0, 30, NULL, "business days",
	    "An opt-out that a person has to read is overdue after these."),
	ROW(confirm_within, SETTING_DURATION, "0s", 0, 86400000, NULL, NULL,
	    "The one confirmation of an opt-out goes within this or not."),
	ROW(stop_text, SETTING_LIST, "{}", 0, 32, NULL, NULL,
	    "Promotion carries one of these texts."),
	ROW(signature, SETTING_BOOL, "false", 0, 0, NULL, NULL,
	    "Promotion begins or ends with a name in \xe3\x80\x90\xe3\x80\x91."),
	ROW(sender, SETTING_ENUM, "any", 0, 0, senders, NULL,
	    "digits: a sender that is named is a number; suffix: it is named "
	    "and ends with -P, -S or -T."),
	ROW(metadata, SETTING_LIST, "{}", 0, 8, NULL, NULL,
	    "Members that the metadata of a message has."),
	ROW(transaction_within, SETTING_DURATION, "0s", 0, 86400000, NULL, NULL,
	    "A transactional message goes within this or not."),
	ROW(ledger_keep, SETTING_DURATION, "0s", 0, 30 * YEARS_MS, NULL, NULL,
	    "Consents are kept so long after their last event; the evidence "
	    "pack says until when."),
	ROW(content_keep, SETTING_DURATION, "0s", 0, 30 * YEARS_MS, NULL, NULL,
	    "Texts of promotion are kept so long: a class whose "
	    "body_retention is shorter is refused."),
	ROW(penalty, SETTING_STR, "", 0, 0, NULL, NULL,
	    "What a breach costs; shown, not used."),
};

const struct setting_section pack_section = {
	"pack",
	true,
	sizeof(struct pack_cfg),
	rows,
	ARRAY_LEN(rows),
	"What the law of a place asks: narrows what classes allow. No legal "
	"advice.",
};
