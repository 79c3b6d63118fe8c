/* The section `class`, and the built-in classes in its notation. */
#include "gateway/classes.h"

static const char *const consent_names[] = { "none", "opt-out", "required",
					     NULL };
static const char *const nature_names[] = { "transactional", "service",
					    "promotional", "auto", NULL };
static const char *const resend_names[] = { "never", "once", NULL };

#define ROW(field, type, initial, min, max, names, unit, text)                 \
	{                                                                      \
#field, type, offsetof(struct class_cfg, field), initial, min, \
			max, names, unit, true, text                           \
	}

static const struct setting class_rows[] = {
	ROW(consent, SETTING_ENUM, "required", 0, 0, consent_names, NULL,
	    "May it be written without, until refused, or only after consent."),
	ROW(purpose, SETTING_STR, "", 0, 0, NULL, NULL,
	    "Purpose in the consent ledger; empty: the name of the class."),
	ROW(quiet_hours, SETTING_STR, "", 0, 0, NULL, "HH:MM-HH:MM",
	    "Local hours of the recipient in which it may go; empty: any."),
	ROW(nature, SETTING_ENUM, "auto", 0, 0, nature_names, NULL,
	    "What rule packs take it for; auto: promotional where consent is "
	    "required, service where it can be refused."),
	ROW(cap, SETTING_STR, "", 0, 0, NULL, "n/time",
	    "At most n of this class to one person in that time, or in a "
	    "day, week or month of the person's calendar: 10/24h, 3/day."),
	ROW(purpose_cap, SETTING_STR, "", 0, 0, NULL, "n/time",
	    "The same for all classes of its purpose together."),
	ROW(apart, SETTING_STR, "", 0, 0, NULL, "purpose/time",
	    "Not within that time after a message of that purpose or class."),
	ROW(priority, SETTING_INT, "5", 0, 9, NULL, NULL,
	    "0 goes before everything, 9 after everything."),
	ROW(validity, SETTING_DURATION, "48h", 1000, 2592000000, NULL, NULL,
	    "After this it is not sent any more."),
	ROW(receipt_wait, SETTING_DURATION, "72h", 1000, 2592000000, NULL, NULL,
	    "Without a receipt for this long it becomes unknown."),
	ROW(attempts, SETTING_INT, "8", 1, 100, NULL, NULL,
	    "Most attempts before it has failed."),
	ROW(retry_min, SETTING_DURATION, "5s", 10, 86400000, NULL, NULL,
	    "Wait before the second attempt; doubles each time."),
	ROW(retry_max, SETTING_DURATION, "15m", 10, 86400000, NULL, NULL,
	    "Longest wait between two attempts."),
	ROW(resend, SETTING_ENUM, "never", 0, 0, resend_names, NULL,
	    "What happens to an attempt in doubt after a crash or time-out."),
	ROW(bypass, SETTING_BOOL, "false", 0, 0, NULL, NULL,
	    "Ignores hours, caps and the block list: for alerts only."),
	ROW(opt_out_text, SETTING_BOOL, "false", 0, 0, NULL, NULL,
	    "Its texts carry the words that stop it: a bare R, T or N counts."),
	ROW(body_retention, SETTING_DURATION, "155d", 0, 0, NULL, NULL,
	    "How long the text and metadata are kept, and until it is final; "
	    "0s: no longer than that."),
};

const struct setting_section class_section = {
	"class",
	true,
	sizeof(struct class_cfg),
	class_rows,
	ARRAY_LEN(class_rows),
	"Policy of one kind of message.",
};

/* The policy of sources.md 1.8, in the notation of the config. */
const char classes_builtin[] =
	"class alert { consent = none priority = 0 bypass = true\n"
	" resend = once validity = 1h retry_min = 2s attempts = 20 }\n"
	"class transaction { consent = none priority = 1 bypass = true\n"
	" resend = once validity = 24h attempts = 12 }\n"
	"class reminder { consent = none priority = 2\n"
	" quiet_hours = \"08:00-21:00\" resend = once }\n"
	"class notice { consent = none priority = 2\n"
	" quiet_hours = \"08:00-21:00\" resend = once }\n"
	"class callback { consent = none priority = 3\n"
	" quiet_hours = \"08:00-21:00\" resend = once }\n"
	"class service { consent = none priority = 3 resend = once }\n"
	"class survey { consent = opt-out priority = 4\n"
	" quiet_hours = \"08:00-21:00\" purpose_cap = \"1/30d\"\n"
	" apart = \"marketing/24h\" opt_out_text = true }\n"
	"class nps { consent = opt-out priority = 4 purpose = survey\n"
	" quiet_hours = \"08:00-21:00\" cap = \"1/90d\"\n"
	" purpose_cap = \"1/30d\" apart = \"marketing/24h\"\n"
	" opt_out_text = true }\n"
	"class care { consent = opt-out priority = 5\n"
	" quiet_hours = \"08:00-21:00\" opt_out_text = true }\n"
	"class news { consent = required priority = 6\n"
	" quiet_hours = \"08:00-21:00\" opt_out_text = true }\n"
	"class marketing { consent = required priority = 7\n"
	" quiet_hours = \"08:00-21:00\" cap = \"10/24h\" opt_out_text = true }\n";
