/* Triggers: which business event leads to which words, for whom and when.
 * Sections `trigger NAME { ... }` of the configuration. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/settings.h"
#include "base/str.h"

struct classes;

/* What a trigger makes besides words. */
enum trigger_call { TRIGGER_CALL_NO, TRIGGER_CALL_MAKE, TRIGGER_CALL_PROPOSE };

/* The struct behind `trigger NAME { ... }`. */
struct trigger_cfg {
	char *event;              /* type: "billing.arrears" */
	char *tenant;             /* "": any */
	struct setting_list when; /* conditions: "percent >= 80"; all hold */
	char *text_zh, *text_en;  /* or ... */
	char *template;           /* ... of the library, or ... */
	char *survey;             /* ... a question that is asked */
	char *class_name;
	struct setting_list channels; /* in this order; none: as routed */
	int64_t delay;                /* ms */
	struct setting_list before;   /* times before data.due: a series */
	char *account;                /* field that names the account */
	int64_t one_in;               /* of so many events one counts */
	char *once;                   /* field: once for each value, ever */
	char *threshold;     /* field: a number that must have grown ... */
	char *cycle;         /* ... in this cycle (field) */
	char *alert_value;   /* field that alerts of customers look at */
	char *alert_subject; /* field: of what; "": of their account */
	struct setting_list alert_words; /* with which they set them */
	int64_t valid_for; /* ms after the event nothing is sent; 0: no end */
	int64_t escalate;  /* ms without delivery: the next channel */
	int64_t answer_within; /* ms without a word: the next channel; 0: none */
	struct setting_list
		answers; /* "1 confirm 确认|ok": token, name, words */
	struct setting_list said_zh, said_en; /* in return, in this order */
	struct setting_list call_on; /* names after which a person calls */
	bool task;                   /* after the last channel a person calls */
	bool protects; /* before a stop of service this must have arrived */
	struct setting_list cancels; /* triggers whose reminders end */
	char *follow;                /* survey after delivery */
	int64_t follow_after;        /* ms */
	int callback;                /* enum trigger_call */
	char *queue;                 /* of it, and of tasks */
};

#define TRIGGER_ANSWER_MAX 31 /* bytes of its name */

/* One of `answers`. Views. */
struct trigger_answer {
	struct str token, name;
	struct str labels; /* name, and the words behind it */
};
/* "1 confirm 确认|ok"; false: it has no token or no name. */
bool trigger_answer(const char *text, struct trigger_answer *out);

extern const struct setting_section trigger_section;

/* What a trigger may name. */
struct trigger_names {
	const struct classes *classes;   /* NULL: those are not asked */
	const struct settings *settings; /* with queues and triggers */
	const char *const *channels;     /* of gateway_channel_names */
	unsigned nchannels;
	const char *queue;       /* that call-backs go to; NULL: none */
	const char *const *more; /* triggers that are not of the settings */
	size_t nmore;
};

/* All that a table cannot check: texts, conditions, and the names of what
 * nothing defines (names NULL: those are not asked). Templates and surveys are
 * in the store: what they are is known after the start only. */
void trigger_check(const struct trigger_cfg *t,
		   const struct trigger_names *names, struct faults *faults);
void trigger_check_names(const struct trigger_cfg *t,
			 const struct trigger_names *names,
			 struct faults *faults);
/* The same of every section `trigger`, each fault with its line. */
void trigger_check_settings(const struct settings *s,
			    const struct trigger_names *names,
			    struct faults *faults);

/* One of JSON, by the table of the section, for that tenant. -EINVAL with a
 * sentence; else section_done it. */
MUST_USE int trigger_read(const json_t *body, struct str tenant,
			  struct str name, struct section *out,
			  struct err *err);
/* All of its fields that are not empty, as trigger_read takes them. */
void trigger_put(const struct section *s, struct buf *out);

/* Does data fulfil all conditions? A field that is missing fulfils none. */
bool trigger_holds(const struct trigger_cfg *t, const json_t *data);
/* A field as text; false: it is not there. number gets what it is made of. */
bool trigger_field(const json_t *data, const char *name, char number[32],
		   struct str *out);
/* A field as a number. */
bool trigger_number(const json_t *data, const char *name, double *out);

/* Every type of business event that is known by name. */
bool trigger_known(struct str type);
