/*
 * The hall of short messages: a word that a customer sends, alone or with an
 * argument, is told to the systems that know the answer, answered at once, and
 * may open a case, a call-back or a menu. After everything that is awaited of
 * the person, before the FAQ and the inbox.
 */
#pragma once

#include "base/clock.h"
#include "base/settings.h"
#include "campaigns/library.h"
#include "campaigns/wish.h"
#include "care/cases.h"
#include "gateway/gateway.h"

#define CLAIM_KEYWORD "keyword"

/* The struct behind `keywords { ... }`. */
struct keywords_cfg {
	char *class_name;
	int64_t answers;  /* to one number within an hour */
	int64_t max;      /* numbers that are remembered */
	int64_t menu_for; /* ms: digits pick of a menu */
};

enum keyword_argument {
	KEYWORD_ALONE,
	KEYWORD_MAY, /* an argument may follow */
	KEYWORD_MUST /* without one it is asked for */
};

/* What a keyword sets in motion is what this struct has a field for: no
 * account is transferred or closed by a word. */
struct keyword_cfg {
	struct setting_list words; /* none: of menus alone */
	struct setting_list to;    /* numbers of ours; none: any */
	char *tenant;              /* "": of all */
	int argument;              /* enum keyword_argument */
	int64_t argument_words;    /* at most; more is a sentence */
	char *event;               /* type of the event: "billing.query" */
	char *answer_zh, *answer_en;
	char *ask_zh, *ask_en; /* for the argument that is missing */
	char *template;        /* of the library, instead of an answer */
	char *queue;           /* of a call-back */
	int kind;              /* of a case: 0 none, else enum case_kind + 1 */
	struct setting_list menu; /* "1 balance": digits and a keyword */
};

#define KEYWORD_ARGUMENT_MAX 512 /* bytes */

extern const struct setting_section keywords_section;
extern const struct setting_section keyword_section;
/* Words that mean something else already, actions that are forbidden, texts,
 * queues and menus that are not there; appends faults. */
void keywords_check(const struct settings *s, struct faults *faults);

struct keywords;

struct keywords_env {
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct cases *cases;
	const struct library *library;   /* NULL: no templates */
	const struct call_wishes *calls; /* NULL: nobody makes call-backs */
	const struct settings *settings; /* checked; live as long */
};

struct keywords *keywords_new(const struct keywords_env *env);
void keywords_free(struct keywords **kp);
/* A checked file takes the place of the one before, which lives on. */
void keywords_reload(struct keywords *k, const struct settings *fresh);
/* As gateway_on_step: when a menu is at the peer it was said. */
void keywords_step(struct keywords *k, uint64_t id, const struct event *e);

/* Words, and digits where a menu is open. As struct claimant_ops. */
extern const struct claimant_ops keywords_claimant;
/* Digits that pick of a menu, if it is the last that was said to them: before
 * surveys and reminders. Menus are in memory: a restart forgets them. */
extern const struct claimant_ops keywords_menu_claimant;
