/* What every request about a campaign asks and answers. */
#pragma once

#include "campaigns/campaigns.h"
#include "console/request.h"

/* The campaign of the path, of their branch; false: it was answered. */
bool campaign_asked(struct request *r, struct campaign **out);
/* Who asks, and the version of If-Match; false: it was answered. */
bool campaign_by(struct request *r, struct campaign_by *out);
/* All of it, with its ETag, as the answer to come. */
void campaign_put_json(struct request *r, const struct campaign *m);
void campaign_answer(struct request *r, const struct campaign *m, int status);
/* Why not. Of one that was changed meanwhile: what was changed. */
void campaign_refused(struct request *r, const struct campaign *m, int rc,
		      const struct campaign_no *no);
/* After an act: answered when it is durable, with a row of the audit log. */
void campaign_done(struct request *r, struct campaign *m, int rc,
		   const struct campaign_no *no, const char *action);
void campaign_audit(struct request *r, const struct campaign *m,
		    const char *action, struct str detail);
/* A row of CAMPAIGN_EVENTS; on any thread. */
void campaign_event_json(struct buf *b, const struct row *row);
