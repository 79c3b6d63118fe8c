/* Routes of the config: rules and pools of the routing engine. */
#pragma once

#include "gateway/lane.h"

/* The struct behind `route NAME { ... }`. */
struct route_cfg {
	struct setting_list tenant, class_, channel, prefix, from, lang,
		campaign, business_line;
	struct setting_list pool; /* "carrier-a:80" */
	int strategy;             /* enum strategy */
	char *overflow;           /* "carrier-c after 30s"; "" = none */
	int64_t max_len;
};

/* Checks every route against the names of the links. */
void routes_check(const struct settings *s,
		  const struct channel_ops *const *channels, size_t nchannels,
		  struct faults *faults);
/* Puts rules and pools into the router; kinds without any route get one pool
 * of all their links. Runs after routes_check found nothing. */
void routes_load(struct core *core, const struct settings *s,
		 const struct lanes *lanes);
