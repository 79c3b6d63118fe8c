/* One person of an audience: gets it, gets it later, or not, and why. The gate
 * is asked and nothing is kept, so that a simulation and the real run say the
 * same. */
#pragma once

#include "campaigns/core.h"

struct judge;

/* -EINVAL with a sentence: a text that cannot be compiled. */
MUST_USE int judge_new(struct judge **out, struct campaigns *c,
		       const struct campaign *m, struct err *err);
void judge_free(struct judge **jp);

/* r: state, reason, due_ms and arm; the reason lives until the next call.
 * start_ms: when the run begins. Returns the parts of the text, 0: none. */
unsigned judge_person(struct judge *j, const struct person_row *p,
		      int64_t start_ms, struct recipient *r);
/* Control group and arm of an address; false: it is of the control group, and
 * r suppressed. */
bool judge_lots(const struct campaign *m, struct str address,
		struct recipient *r);
/* What a refusal of the gateway's door is called in a row. */
const char *judge_refused(const char *code);
/* SHA-256 over all persons judged, in order; begin: that of those before. */
void judge_begin(struct judge *j, const uint8_t hash[32]);
const uint8_t *judge_hash(const struct judge *j);

/* The submission for a person; false: its text cannot be made, r says why.
 * Texts live until the next call. */
bool judge_submission(struct judge *j, const struct person_row *p,
		      struct recipient *r, struct submission *s);
