/* What happens to one submit: the knobs, those of its destination, and the
 * shares, counted so that 0.25 is exactly each fourth. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "tools/smscsim/knobs.h"

struct rules;

struct rules *rules_new(const struct knobs *k, uint64_t now_us);
void rules_free(struct rules **rp);
const struct knobs *rules_knobs(const struct rules *r);
/* For the whole SMSC, or with a number for that destination. */
MUST_USE int rules_set(struct rules *r, struct str name, struct str value,
		       struct str number, uint64_t now_us, struct err *err);
/* Back to how it was started. */
void rules_reset(struct rules *r, uint64_t now_us);

struct fate {
	struct knobs knobs; /* as they are for this destination */
	bool cut;           /* the link, instead of an answer */
	bool silent;        /* no answer */
	bool throttled;
	uint32_t status;
	bool receipt; /* one will come, if it was asked for */
};
void rules_judge(struct rules *r, struct str to, uint64_t now_us,
		 struct fate *out);
