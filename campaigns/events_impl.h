/* The room of events, for the files that are its parts. */
#pragma once

#include "base/id.h"
#include "base/list.h"
#include "base/map.h"
#include "base/stats.h"
#include "campaigns/events.h"

/* An id that was seen, and what came of it. */
struct seen {
	struct list node; /* oldest first */
	uint64_t key;
	int64_t at_ms;
	uint64_t seq, message;
	const char *reason;
	uint16_t messages;
	uint8_t state;
	bool allow;
};

struct type_count {
	uint64_t seen, without_rule;
};

struct events {
	struct events_env env;
	struct id_source ids;
	struct map *known; /* (tenant, id) -> struct seen */
	struct list order;
	struct map
		*marks; /* (trigger, key): once or threshold -> thousandths */
	size_t figures; /* marks of event_figure.c */
	struct dict *types;
	struct list fans; /* on their way from alert to alert */
	size_t nfans;
	struct loop_timer *timer; /* ... of the next batch of them */
	bool fanning, stopped;
	struct stat *taken, *repeated, *no_rule;
};

/* ---- event_keep.c ---------------------------------------------------------------- */

uint64_t event_key(struct str a, struct str b, struct str c);
struct seen *event_seen(const struct events *e, uint64_t key);
/* Remembers it; it goes again if the open batch is not stored. */
void event_remember(struct events *e, uint64_t key, const struct taken *t);
void event_count_type(struct events *e, struct str type, bool rule);
/* The value of a mark; 0: there is none. */
int64_t event_marked(const struct events *e, struct str tenant,
		     struct str trigger, struct str key);
bool event_mark_known(const struct events *e, struct str tenant,
		      struct str trigger, struct str key);
void event_mark_set(struct events *e, struct str tenant, struct str trigger,
		    struct str key, int64_t value);
/* Has the value of this mark grown? Then it is kept. */
bool event_mark(struct events *e, struct str tenant, struct str trigger,
		struct str key, int64_t thousandths);
void event_put(struct events *e, const struct occurrence *o,
	       const struct taken *t, int64_t at_ms);
MUST_USE int event_recover(struct events *e, struct err *err);
const char *event_reason(struct str name);

/* ---- event_count.c: for reports -------------------------------------------------- */

/* Nobody's service is stopped without a word (K-03). */
void event_count_decision(struct events *e, const struct occurrence *o,
			  const struct suspension *s);
/* Recharges, payments, thresholds: K-04 to K-07. */
void event_count_happened(struct events *e, const struct occurrence *o,
			  const struct taken *t, int64_t at_ms);

/* ---- event_figure.c --------------------------------------------------------------- */

/* A figure that somebody else has counted, into the open batch. NULL, or why
 * it is not taken: "UNKNOWN_FIGURE", "COUNT_UNCLEAR" (n and of are no whole
 * numbers, or n is more), "WRONG_MONTH" (none, or not there yet),
 * "PARTS_UNCLEAR", "FIGURES_FULL". */
const char *event_figure(struct events *e, const struct occurrence *o,
			 int64_t at_ms);

/* ---- event_alert.c ---------------------------------------------------------------- */

/* One trigger that offers alerts, at an event. Adds to t; t->seq is set. */
void event_alert(struct events *e, const char *title,
		 const struct trigger_cfg *c, const struct occurrence *o,
		 struct taken *t, int64_t at_ms);
/* The next batch of those that are on their way. */
void event_alert_turn(void *events);
MUST_USE int event_alert_recover(struct events *e, struct err *err);
void event_alert_free(struct events *e);

/* ---- event_run.c ---------------------------------------------------------------- */

/* One trigger that applies. Adds to t. */
void event_run(struct events *e, const char *title, const struct trigger_cfg *c,
	       const struct occurrence *o, struct taken *t);
