/* Pauses a running campaign that does harm: errors, opt-outs, complaints, more
 * than a share allows or than is usual. Looks at counts that are kept;
 * asked once a second. */
#pragma once

#include "campaigns/core.h"

/* NULL: all is well; else why it must pause: "error_rate", "optout_spike",
 * "complaint_burst", "complaint_surge". usual: what came of others. what: the
 * figures, for the event. */
const char *guard_alarm(const struct campaigns_cfg *cfg, struct campaign *m,
			const struct harm *usual, int64_t now_ms,
			struct err *what);
/* What came of the messages of other campaigns of its tenant and class. */
void guard_usual(const struct campaigns *c, const struct campaign *m,
		 struct harm *out);
/* A person has looked: the windows begin anew. */
void guard_begin(struct campaign *m);
void guard_complaint(struct campaign *m, int64_t now_ms);
