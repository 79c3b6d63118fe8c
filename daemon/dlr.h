/* Kannel's dlr-url: reports about messages that came by /cgi-bin/sendsms are
 * owed like any notice, and fetched. */
#pragma once

#include "base/settings.h"
#include "gateway/gateway.h"

struct dlr;

/* The struct behind `kannel { ... }`. */
struct kannel_cfg {
	struct setting_list allow; /* ranges a dlr-url may lead to */
	int64_t window;
	int64_t connect_ms, timeout_ms;
	char *ca_file;
};

extern const struct setting_section kannel_section;
/* Is every range one? Appends faults. */
void dlr_check_settings(const struct settings *s, struct faults *faults);

/* Before the loop runs. The gateway outlives what is under way. */
MUST_USE int dlr_open(struct dlr **out, struct loop *l, struct gateway *g,
		      const struct settings *s, struct err *err);
/* No more fetches; those under way end, and will be tried again after the
 * next start. Before the gateway closes. */
void dlr_stop(struct dlr *d);
void dlr_close(struct dlr **dp);
