/* A notice of the gateway as a report of Kannel's: which one it is, and the
 * URL to fetch. Pure. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "model/record.h"

/* A GET that is owed. */
struct dlr_fetch {
	struct buf url;
	struct buf auth; /* "authorization: Basic ...", or empty */
};

void dlr_fetch_init(struct dlr_fetch *f);
void dlr_fetch_done(struct dlr_fetch *f);
/* -ENOENT: nobody asked for this one. -EBADMSG: no notice of a message that
 * came by sendsms. */
MUST_USE int dlr_report(const struct notice *n, struct dlr_fetch *out);
