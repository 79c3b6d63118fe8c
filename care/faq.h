/* Answers to what is asked often, by keyword and at any hour; what no word
 * answers stays in the inbox, for a person. */
#pragma once

#include "base/clock.h"
#include "base/settings.h"
#include "gateway/gateway.h"

#define CLAIM_FAQ "faq"

/* `faq NAME { words = {"营业时间", "opening hours"} zh = "..." en = "..." }` */
struct faq_cfg {
	struct setting_list words;
	char *zh, *en;
	char *tenant; /* "": of all */
};

extern const struct setting_section faq_section;
/* Has each words that can be looked for, and an answer? Appends faults. */
void faq_check(const struct settings *s, struct faults *faults);

struct faq;

struct faq *faq_new(const struct settings *s, struct gateway *g,
		    const struct clock_ops *clock, const char *class_name);
/* Takes the entries of other settings, which live as long. */
void faq_load(struct faq *f, const struct settings *s);
void faq_free(struct faq **fp);
/* As struct claimant_ops: the rank behind all others. Two systems that
 * answer each other are not kept going: a person gets so many an hour. */
#define FAQ_AN_HOUR 5
extern const struct claimant_ops faq_claimant;
