/* Stored messages as JSON for those who ask, with what they may see. Pure:
 * runs on the reader's thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "gateway/gateway.h"
#include "model/address.h"
#include "console/who.h"
#include "model/row.h"

/* Who looks, and what came of it. */
struct view {
	const struct who *who;       /* of the request */
	char tenant[TENANT_MAX + 1]; /* "": all */
	bool history;
	bool texts; /* also for who does not see those of all */
	struct buf *out;
	/* of the last row: whose it is */
	char owner[TENANT_MAX + 1], to[ADDRESS_MAX];
	size_t n;      /* rows shown */
	uint64_t last; /* id of the last one */
	bool bad;      /* a record could not be read */
	enum message_state state;
	enum verdict verdict;
	unsigned parts;
};

/* Appends the row of MESSAGE_GET or MESSAGE_LIST as an open object; the
 * caller closes it. false: another tenant's, or unreadable. */
bool view_message(struct view *v, const struct row *row);
/* What the gate said, as members. */
void view_decision(struct buf *b, const struct decision *d);
/* An answer to a submission, as members. */
void view_submitted(struct buf *b, const struct submitted *s);
/* An explanation, as members. */
void view_explain(struct buf *b, const struct explain *ex);
