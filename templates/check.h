/* What is wrong with a template before anyone gets it: one list of findings,
 * each with a code and a sentence in Chinese and in English. */
#pragma once

#include <stdbool.h>

#include "base/str.h"
#include "proto/sms_split.h"
#include "templates/parse.h"
#include "templates/render.h"

enum template_severity {
	TEMPLATE_INFO,    /* worth knowing */
	TEMPLATE_WARNING, /* a person should look: a second approval */
	TEMPLATE_ERROR    /* may not be approved */
};

const char *template_severity_name(enum template_severity s);

/* What the message class asks of a text. */
struct template_rules {
	bool promotion;    /* may promote; needs consent (marketing, news) */
	bool stop_text;    /* must say how to opt out: else an error */
	bool stop_advised; /* ... else a warning (survey, care) */
	bool survey;       /* "best" and 最满意 are its scale */
	bool priced;       /* costs money: price, period and stop needed */
	unsigned max_parts;
	struct str sender; /* the registered 【signature】; "" any */
	struct str tail;   /* the link adds it to every text: counted too */
	bool promised;     /* carries the id of a registered promise */
	/* Does a text hold a word that may never be sent? NULL: not asked. */
	bool (*blocked)(void *owner, struct str text, struct str *word);
	void *owner;
};

/* The rules of a class of ours ("marketing", "survey", "reminder" ...); a
 * name that is not known gets those of "care". */
struct template_rules template_rules_of(struct str class_name);

#define TEMPLATE_FINDINGS_MAX 24

struct template_finding {
	const char *code; /* "NO_STOP_TEXT" ... see templates/README.md */
	enum template_severity severity;
	char zh[200];
	char en[200];
};

struct template_findings {
	struct template_finding v[TEMPLATE_FINDINGS_MAX];
	unsigned n;
	/* of the sample rendering */
	bool rendered;
	struct sms_plan plan;
};

/*
 * sample gives values for the rendering; NULL, or a variable that it does not
 * know: a made-up value that suits the variable's filters. Findings come with
 * the worst first.
 */
void template_check(const struct template *t,
		    const struct template_rules *rules, template_lookup *sample,
		    void *owner, struct template_findings *out);
/* One finding more, from who knows of other rules; arg stands in place of
 * '@'. */
void template_found(struct template_findings *f,
		    enum template_severity severity, const char *code,
		    struct str arg, const char *zh, const char *en);
/* The worst of them; TEMPLATE_INFO for none. */
enum template_severity template_worst(const struct template_findings *f);
