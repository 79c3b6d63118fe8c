/*
 * Business events: what happened elsewhere, each taken once, kept, and turned
 * into words by the triggers of the configuration.
 */
#pragma once

#include "base/loop.h"
#include "campaigns/alerts.h"
#include "campaigns/campaigns.h"
#include "campaigns/library.h"
#include "campaigns/reminders.h"

struct events;
struct occurrence;

struct events_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct surveys *surveys;
	struct reminders *reminders;
	struct library *library;     /* NULL: no templates */
	struct campaigns *campaigns; /* that wait for events; or NULL */
	const struct triggers *triggers;
	struct alerts *alerts; /* that triggers offer */
	const struct events_cfg *cfg;
	const struct call_wishes *calls; /* NULL: nobody makes call-backs */
	/* Of each that is taken, in its batch; true: it led to something. May
	 * be NULL. */
	bool (*happened)(void *owner, const struct occurrence *o);
	void *owner;
	unsigned node;
};

MUST_USE int events_open(struct events **out, const struct events_env *env,
			 struct err *err);
/* Before the gateway closes: nothing is sent any more. */
void events_stop(struct events *e);
void events_close(struct events **ep); /* after the store */

/* What somebody says has happened. Views. */
struct occurrence {
	struct str tenant, id, type;
	struct str to;      /* whom it is about; "" nobody */
	struct str account; /* "": as the trigger finds it in data */
	struct str lang;    /* "": the person's */
	uint64_t alert;     /* of that person, which fires; 0: none */
	int64_t at_ms;      /* 0: now */
	const json_t *data; /* object, or NULL */
};

enum taken_state {
	TAKEN_NO_RULE, /* no trigger names its type: kept for one to be written */
	TAKEN_PASSED, /* none of them applied, or a result of a survey or a
			 figure could not be read: `reason` */
	TAKEN_MATCHED,
	TAKEN_DECIDED, /* service.suspend_requested was answered */
	TAKEN_STATES
};

const char *taken_state_name(enum taken_state s);
bool taken_state_known(struct str name);

/* What came of it. A repeated id gives the first result. */
struct taken {
	uint64_t seq; /* its place in the list of events */
	enum taken_state state;
	const char *reason; /* a constant: "THRESHOLD_PASSED" ...; "" */
	unsigned messages;  /* sent or to be sent */
	uint64_t message;   /* the first */
	bool repeated;
	bool allow; /* DECIDED */
};

#define EVENT_ID_MAX 128
#define EVENT_TYPE_MAX 64
#define EVENT_DATA_MAX 8192 /* bytes of JSON */

/* Durable after the next store_then. -EINVAL with a field and a sentence;
 * -ENOSPC, -EAGAIN: later. */
MUST_USE int events_take(struct events *e, const struct occurrence *o,
			 struct taken *out, const char **field,
			 struct err *err);

/* One type that was seen, for people who write triggers. */
struct event_type {
	struct str type;
	uint64_t seen, without_rule;
	bool known; /* by name */
	bool rule;  /* a trigger names it */
};
void events_types(const struct events *e,
		  void (*fn)(void *owner, const struct event_type *t),
		  void *owner);
