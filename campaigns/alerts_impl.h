/* The room of alerts, for the files that are its parts. */
#pragma once

#include "base/id.h"
#include "base/map.h"
#include "campaigns/alerts.h"

/* Those of one trigger and subject, by id. */
struct alert_group {
	struct alert **v;
	size_t n, room;
};

struct alerts {
	struct alerts_env env;
	struct id_source ids;
	struct map *all;    /* id */
	struct map *people; /* address_key of the tenant -> the newest */
	struct map *groups; /* key of tenant, trigger, subject */
};

static inline int64_t alerts_now(const struct alerts *a)
{
	return clock_wall_ms(a->env.clock);
}

/* ---- alert_keep.c ----------------------------------------------------------------- */

struct alert *alert_newest(const struct alerts *a, struct str tenant,
			   struct str address);
const struct alert_group *alert_group_of(const struct alerts *a,
					 struct str tenant, struct str trigger,
					 struct str subject);
void alert_index(struct alerts *a, struct alert *x);
/* Its row into the open batch. before NULL: it was not there. */
void alert_keep(struct alerts *a, struct alert *x,
		const struct alert_now *before);
MUST_USE int alerts_recover(struct alerts *a, struct err *err);
void alerts_free_all(struct alerts *a);
