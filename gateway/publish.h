/* Events to endpoints: what happened is owed to every endpoint that asked,
 * is journaled in the turn in which it happened, and is tried until it is
 * taken or too old. A dead endpoint delays no other. */
#pragma once

#include <stdbool.h>

#include "gateway/core.h"
#include "model/outcome.h"
#include "model/record.h"

struct publish;

/* Attempts of notices have this bit; those of messages never do. */
#define PUBLISH_ATTEMPT ((uint64_t)1 << 63)

struct publish_endpoint_cfg {
	const char *name;
	const char *const *events; /* patterns: "message.*", "*" */
	size_t nevents;
	const char *tenant; /* only this one's; "" = all */
	bool see_numbers;
	bool own_only; /* only events whose origin is its name */
	int (*notify)(void *owner, uint64_t attempt, const struct notice *n);
	void *owner;
};

struct publish *publish_new(struct core *core);
void publish_free(struct publish **pp);
/* >= 0: its number. */
int publish_endpoint(struct publish *p, const struct publish_endpoint_cfg *c);
/* It asks for other events from now on. */
void publish_change(struct publish *p, int endpoint,
		    const struct publish_endpoint_cfg *c);
/* The endpoint can take so many at once; 0: it is down. */
void publish_window(struct publish *p, int endpoint, unsigned window);
/* The one answer to a notify. */
void publish_ended(struct publish *p, uint64_t attempt,
		   const struct outcome *o);
/* A notice from before the start. */
void publish_recover(struct publish *p, const struct notice *n);
/* That was the last of them. */
void publish_recovered(struct publish *p);

/* Does anybody ask for this type? Cheap: callers skip the work. */
bool publish_wanted(const struct publish *p, struct str tenant,
		    const char *type, struct str origin);
/*
 * One event; origin: of its message, or "". data: JSON object text with
 * numbers open; masked: the same with numbers masked. Goes into the open
 * batch; sending starts after its commit.
 */
void publish_event(struct publish *p, struct str tenant, const char *type,
		   struct str origin, struct str data, struct str masked);
/* An event as it is told: {"id","type","time","tenant","data"}. */
void publish_envelope(struct buf *out, uint64_t id, const char *type,
		      struct str tenant, int64_t at_ms, struct str data);

/* The same, of this address: core->about while a watcher is called. */
void publish_event_about(struct core *core, struct str tenant,
			 struct str address, const char *type,
			 struct str origin, struct str data, struct str masked);
/* One event to one endpoint, whatever it asked for. */
void publish_owe(struct publish *p, int endpoint, struct str tenant,
		 const char *type, struct str data);
/* End of turn: hands over what is due. */
void publish_turn(struct publish *p);
size_t publish_owed(const struct publish *p, int endpoint);
void publish_watch(struct publish *p,
		   void (*fn)(void *owner, struct str tenant, struct str type,
			      struct str json),
		   void *owner);
