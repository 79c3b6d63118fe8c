/*
 * The triggers there are: those of the configuration, as it is now, and those
 * that were written by the API, which the store keeps. A change works when its
 * commit is done, never before.
 */
#pragma once

#include <jansson.h>

#include "base/clock.h"
#include "campaigns/library.h"
#include "campaigns/surveys.h"
#include "campaigns/trigger.h"
#include "gateway/gateway.h"
#include "model/store.h"

struct triggers;

#define TRIGGER_NAME_MAX 64
#define TRIGGER_BODY_MAX 16384 /* bytes of JSON */

struct triggers_env {
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct surveys *surveys;
	const struct library *library;   /* NULL: no templates */
	const struct settings *settings; /* as they are now */
	int64_t max;                     /* written by the API */
	const char *queue; /* of call-backs that name none; NULL: none */
};

/* Reads what the store holds, before serving only, and tells the log what
 * triggers name and nothing defines. -EIO. */
MUST_USE int triggers_open(struct triggers **out,
			   const struct triggers_env *env, struct err *err);
void triggers_close(struct triggers **tp); /* after the store */
/* Tells the log again: the configuration is another one. */
void triggers_reload(const struct triggers *t);

/* Walks those that concern a tenant: start with at = 0; NULL at the end. Of
 * the configuration first; its names hide those of the API. Sections live for
 * this turn. */
const struct section *triggers_next(const struct triggers *t, struct str tenant,
				    size_t *at);
const struct section *triggers_find(const struct triggers *t, struct str tenant,
				    const char *name);

/* One of them, to look at. */
struct trigger_view {
	const struct section *section;
	struct str tenant; /* "": of all */
	struct str actor;  /* who wrote it; "": the configuration */
	int64_t at_ms;
	bool hidden; /* the configuration has one of that name */
};
/* Those of a tenant; "": of every one. */
void triggers_each(const struct triggers *t, struct str tenant,
		   void (*fn)(void *owner, const struct trigger_view *v),
		   void *owner);

/* What it names and nothing defines, surveys and templates too; and all else
 * that is wrong with it. */
void triggers_faults(const struct triggers *t, const struct section *s,
		     struct faults *faults);

/* Writes one, or another in its place. *made: there was none. -EINVAL; -EEXIST
 * the configuration defines that name; -ENOSPC; with a sentence. Durable, and
 * at work, with the next store_then. */
MUST_USE int triggers_put(struct triggers *t, struct str tenant,
			  struct str name, const json_t *body, struct str actor,
			  bool *made, struct err *err);
/* Ends one. -ENOENT, -EEXIST as above. What it has begun goes on as after a
 * start without it: over no further channel. */
MUST_USE int triggers_delete(struct triggers *t, struct str tenant,
			     struct str name, struct err *err);
