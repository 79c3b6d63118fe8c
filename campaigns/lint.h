/* Lint: what is wrong with a version before anyone gets it. The checks of
 * texts are in templates/check.h; here is what a version adds to them. */
#pragma once

#include "campaigns/library.h"
#include "templates/check.h"

/* Findings of one language, the worst first. sample: values for the
 * variables, or NULL: made-up ones. */
void lint_translation(const struct library *l, const struct version *v,
		      const struct translation *t, template_lookup *sample,
		      void *owner, struct template_findings *out);

struct lint_verdict {
	bool errors;      /* may not be submitted */
	bool two;         /* says much: two persons have to approve */
	const char *lang; /* of the worst finding */
	struct template_finding worst;
};
/* All languages. */
void lint_version(const struct library *l, const struct version *v,
		  struct lint_verdict *out);
