/* One check run: what it looks at and where its findings go. For the files
 * check*.c alone. */
#pragma once

#include "templates/check.h"

struct check {
	const struct template *t;
	const struct template_rules *rules;
	template_lookup *sample;
	void *owner;
	struct template_findings *out;
	struct str fixed; /* text with holes, then the tail */
};

/* A finding of this run: as template_found. */
static inline void check_add(struct check *c, enum template_severity severity,
			     const char *code, struct str arg, const char *zh,
			     const char *en)
{
	template_found(c->out, severity, code, arg, zh, en);
}

/* Charset and parts of the sample, and what makes them surprising. */
void check_sms(struct check *c, struct str text);
