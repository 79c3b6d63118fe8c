/* Message classes: the policy of each kind of message, from the config. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/settings.h"
#include "base/str.h"
#include "gateway/cap.h"

enum class_consent {
	CLASS_CONSENT_NONE,     /* may always be written */
	CLASS_CONSENT_OPT_OUT,  /* may be written until refused */
	CLASS_CONSENT_REQUIRED, /* only after a grant that is in date */
};

enum class_resend {
	CLASS_RESEND_NEVER, /* an in-doubt attempt stays `unknown` */
	CLASS_RESEND_ONCE,  /* goes out once more, flagged */
};

/* What a message of it is to the law: rule packs ask for it. */
enum class_nature {
	CLASS_TRANSACTIONAL, /* follows from what the person did */
	CLASS_SERVICE,       /* useful, but can be refused */
	CLASS_PROMOTIONAL,   /* solicits */
	CLASS_NATURES,
	CLASS_NATURE_AUTO = CLASS_NATURES /* by its consent */
};

/* The struct behind `class NAME { ... }`; rows in class_section. */
struct class_cfg {
	int consent;          /* enum class_consent; required when not said */
	char *purpose;        /* ledger purpose; "" = the class's name */
	char *quiet_hours;    /* hours in which it may go: "08:00-21:00" */
	int nature;           /* enum class_nature */
	char *cap;            /* of this class: "10/24h, 3/day"; "" = none */
	char *purpose_cap;    /* of all classes of its purpose */
	char *apart;          /* "marketing/24h": not that soon after those */
	int64_t priority;     /* 0 first .. 9 last */
	int64_t validity;     /* ms */
	int64_t receipt_wait; /* ms; then `unknown` */
	int64_t attempts;     /* most attempts */
	int64_t retry_min, retry_max; /* ms */
	int resend;                   /* enum class_resend */
	bool bypass;                  /* alert: no hours, no cap, no block */
	bool opt_out_text;            /* carries the words that stop it */
	int64_t body_retention;       /* ms */
};

extern const struct setting_section class_section;
/* The built-in classes, in the notation of the config. */
extern const char classes_builtin[];

#define CLASSES_MAX 32

struct class_rules {
	char *name;
	unsigned index;
	struct class_cfg cfg; /* its strings are NULL: read into what follows */
	int open_minute, close_minute; /* window; equal: all day */
	enum class_nature nature;      /* never AUTO */
	struct cap caps[CAPS_MAX];     /* of what is of this class */
	struct cap purpose_caps[CAPS_MAX];
	uint8_t ncaps, npurpose_caps;
	uint32_t purpose_mask; /* BIT(index) of the classes of its purpose */
	uint32_t apart_mask; /* BIT(index) of the classes it keeps away from */
	int64_t apart_ms;
	char apart[32];     /* their purpose or name */
	unsigned purpose;   /* number of its purpose, from 1 */
	unsigned keep;      /* how many sendings must be known; 0: none */
	int64_t horizon_ms; /* and how far back */
	bool gone;          /* not in the present file */
};

struct classes;

/* The sections `class` on top of the built-in eleven (alert, transaction,
 * reminder, notice, callback, service, survey, nps, care, news, marketing): a
 * section of the same name replaces the built-in one wholly. Faults name the
 * class and the line. -EINVAL. */
MUST_USE int classes_new(struct classes **out, const struct settings *s,
			 struct faults *faults);
void classes_free(struct classes **cp);
/* Puts the rules of a reloaded file in place. Numbers of classes and purposes
 * stay; a class that is no more is not found any longer, and its messages keep
 * its rules. -EINVAL, and nothing is changed. */
MUST_USE int classes_update(struct classes *c, const struct settings *s,
			    struct faults *faults);
/* NULL when there is none. */
const struct class_rules *classes_find(const struct classes *c,
				       struct str name);
const struct class_rules *classes_at(const struct classes *c, unsigned index);
unsigned classes_len(const struct classes *c);
/* Is any class of that purpose promotional? */
bool classes_promotes(const struct classes *c, unsigned purpose);
/* BIT(index) of the classes that are no less than this to the law. */
uint32_t classes_of_nature(const struct classes *c, enum class_nature least);
/* Somebody counts what goes out of those classes: n within the window. */
void classes_keep(struct classes *c, uint32_t mask, unsigned n,
		  int64_t window_ms);
const char *class_nature_name(enum class_nature n);

/* Purposes have numbers; PURPOSE_ALL stands for "*". -ENOENT. */
#define PURPOSE_ALL 0
int classes_purpose(const struct classes *c, struct str purpose);
const char *classes_purpose_name(const struct classes *c, unsigned purpose);

/* 8 hex digits over every rule: stored with each decision. */
struct str classes_version(const struct classes *c);
