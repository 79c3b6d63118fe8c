/* Business events as they come in by HTTP and MQTT, and what came of them. */
#pragma once

#include "campaigns/events.h"
#include "console/json_in.h"
#include "model/address.h"

/* The body of POST /v1/events, as its table reads it. */
struct occurrence_body {
	struct str id, type, to, account, lang;
	int64_t time;
	json_t *data;
	char address[ADDRESS_MAX]; /* `to` as it is stored */
};

extern const struct fields occurrence_fields;

/* From the fields that were read. Views: into b. -EINVAL: `to` is no
 * address. */
MUST_USE int occurrence_of(struct occurrence_body *b, const char *country,
			   struct str tenant, struct occurrence *out);
/* As an object. */
void occurrence_put(struct buf *b, struct str id, const struct taken *t);
/* HTTP status of events_take's rc, and its code for the error object. */
int occurrence_status(int rc, const char **code);
