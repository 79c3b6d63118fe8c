/* What many messages have in common, kept once for all that live: of a
 * campaign's million, each brings its address and its text only. */
#pragma once

#include <stddef.h>

#include "base/str.h"
#include "model/message.h"

struct envelopes;

/* Counted: it lives as long as one of its messages does. Views of its own. */
struct envelope {
	struct str tenant, from, channel, campaign, business_line, origin;
	struct str thread, exclusion;
	struct template_ref template_ref;
};

struct envelopes *envelopes_new(void);
void envelopes_free(struct envelopes **ep); /* all have been put back */
size_t envelopes_len(const struct envelopes *e);

/* m's envelope, for one message more. */
struct envelope *envelope_get(struct envelopes *e, const struct message *m);
/* One message fewer. */
void envelope_put(struct envelopes *e, struct envelope *v);
