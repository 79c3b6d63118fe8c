/* Message classes: the policy of each kind of message, from the config. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/settings.h"
#include "base/str.h"

enum class_consent {
	CLASS_CONSENT_NONE,     /* may always be written */
	CLASS_CONSENT_OPT_OUT,  /* may be written until refused */
	CLASS_CONSENT_REQUIRED, /* only after a grant that is in date */
};

enum class_resend {
	CLASS_RESEND_NEVER, /* an in-doubt attempt stays `unknown` */
	CLASS_RESEND_ONCE,  /* goes out once more, flagged */
};

/* The struct behind `class NAME { ... }`; rows in class_section. */
struct class_cfg {
	int consent;             /* enum class_consent */
	char *purpose;           /* ledger purpose; "" = the class's name */
	char *quiet_hours;       /* hours in which it may go: "08:00-21:00" */
	char *cap;               /* "10/24h"; "" = none */
	int64_t priority;        /* 0 first .. 9 last */
	int64_t validity_ms;
	int64_t receipt_wait_ms; /* then `unknown` */
	int64_t attempts;        /* most attempts */
	int64_t retry_min_ms, retry_max_ms;
	int resend;              /* enum class_resend */
	bool bypass;             /* alert: no hours, no cap, no block */
	bool bulk;               /* campaigns: not in conversation indexes */
	int64_t body_retention_ms;
};

extern const struct setting_section class_section;

#define CLASSES_MAX 32
#define PURPOSES_MAX 32

struct class_rules {
	const char *name;
	unsigned index;
	struct class_cfg cfg;
	int open_minute, close_minute; /* window; equal: all day */
	unsigned cap;
	int64_t cap_window_ms;
	unsigned purpose; /* number of its purpose */
};

struct classes;

/* Reads the sections `class` on top of the built-in ten (alert, transaction,
 * reminder, notice, callback, service, survey, care, news, marketing): a
 * section of the same name replaces what it names. Faults name the class. */
MUST_USE int classes_new(struct classes **out, const struct settings *s,
			 struct faults *faults);
void classes_free(struct classes **cp);
const struct class_rules *classes_find(const struct classes *c,
				       struct str name);
const struct class_rules *classes_at(const struct classes *c, unsigned index);
unsigned classes_len(const struct classes *c);
/* Number of a purpose, or -ENOENT; "*" is PURPOSE_ALL. */
#define PURPOSE_ALL 0
int classes_purpose(const struct classes *c, struct str purpose);
const char *classes_purpose_name(const struct classes *c, unsigned purpose);
/* 8 hex digits over every rule: stored with each decision. */
struct str classes_version(const struct classes *c);
