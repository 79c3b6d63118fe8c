/* What the rooms of campaigns/ share: the campaigns themselves, and the parts
 * they stand on. For the .c files of this folder; others use campaigns.h. */
#pragma once

#include "base/id.h"
#include "base/limit.h"
#include "base/list.h"
#include "base/map.h"
#include "base/stats.h"
#include "campaigns/campaigns.h"
#include "campaigns/recipients.h"
#include "campaigns/spec.h"
#include "campaigns/states.h"
#include "model/address.h"

struct quota;
struct walk;
struct writing;
struct runner;
struct turnout;
struct wordset;

/* A form: what has come of a campaign so far, beside its spec. */
struct life {
	char *author, *approver;
	char *editors; /* whoever has written it, a line each */
	char *note;    /* why it was returned, failed, paused */
	char *audience_hash, *content_hash; /* hex, of the last walk */
	char *bound;                        /* hex: what the approval is for */
	char *rules; /* version of the gate's rules at the approval */
	char *pilot; /* ids of pilot messages, a blank each */
	char *pilot_by, *briefed_by;
	char *funnel;             /* JSON: the simulation that was approved */
	char *filter;             /* JSON: what its segment was then */
	char *first, *first_name; /* who approved first, where two must */
	char *branch;             /* of its author; "" whole tenant */
	int64_t changes;          /* edits after an approval */
	int64_t created_ms, approved_ms, briefed_ms, pilot_ms;
	int64_t people, sendable, parts; /* of the last walk */
	int64_t run, started_ms, next_ms, drained_ms, ended_ms;
	int64_t optouts, complaints;
	int64_t first_approved_ms; /* edits count there (K-51) */
};

extern const struct form life_form;

/* How far a run is; a row of its own, written with each page. */
struct progress {
	uint64_t walked; /* contact id of the last person written down */
	int64_t people;  /* written down */
	int64_t claimed; /* n of the last READY one that was claimed */
	uint8_t hash[32];
};

/* What came of messages so far. */
struct harm {
	int64_t sent, failed, optouts, complaints;
};

/* What the guard compares with; see guard.h. */
struct guard {
	int64_t sent, failed; /* when the present window began */
	int64_t optout_sent, optouts;
	int64_t complaint_sent, complaints;
	int64_t complaint_ms[8]; /* when the last ones came */
	struct harm begin;       /* when a person last looked */
};

struct campaign {
	uint64_t id;
	char label[ID_TEXT]; /* of its messages: the id */
	char tenant[TENANT_MAX + 1];
	enum campaign_state state;
	char reason[32];
	uint64_t version;
	int64_t updated_ms;
	struct spec spec;
	struct life life;
	struct progress run;
	struct recipient_tally tally;
	/* By state, as far as the journal is folded. */
	int64_t messages[MESSAGE_STATES], pilots[MESSAGE_STATES];
	struct guard guard;
	uint64_t down_ms; /* since when no link is up; 0: one is */
	double rate;      /* people begun with, a second */
	int64_t rate_claimed;
	bool counting;           /* its counts are being read */
	struct walk *walk;       /* one at a time; NULL: none */
	struct writing *writing; /* MATERIALISING */
	struct runner *runner;   /* RUNNING */
	bool dirty;              /* changed, and its commit failed */
};

struct campaigns {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct campaigns_cfg *cfg;
	const struct library *library;
	struct surveys *surveys; /* NULL: not there yet */
	struct campaign **v;     /* by id, which is by age */
	size_t n, cap;
	struct loop_timer *tick; /* of runners */
	struct loop_timer *beat; /* of everything else: once a second */
	/* A step that follows from what a room below has found; text: in
	 * words. */
	void (*step)(struct campaigns *c, struct campaign *m,
		     enum campaign_step step, const char *reason,
		     struct str what);
	struct quota *quota;
	struct turnout *turnout;
	struct wordset *meaning; /* of replies that ask what it means */
	bool stopping;
	unsigned reads; /* of the store, under way */
};

static inline int64_t campaigns_now(const struct campaigns *c)
{
	return clock_wall_ms(c->clock);
}

struct campaign *campaigns_by_id(struct campaigns *c, uint64_t id); /* NULL */
/* A new one, with an id above all others. */
struct campaign *campaigns_new(struct campaigns *c, uint64_t id);
/* One more of what that measure counts of campaigns, into the open batch. */
void campaign_count(struct campaigns *c, const struct campaign *m,
		    const char *name);
/* The row of a campaign into the open batch. */
void campaign_put(struct campaigns *c, struct campaign *m);
/* How far its run is, and the counts that changed, into the open batch. */
void progress_put(struct campaigns *c, struct campaign *m);
/* A new version of it: row and event. */
void campaign_note(struct campaigns *c, struct campaign *m, const char *action,
		   struct str actor, struct str what);
/* Does what its state begins with: after a step, and at the start. */
void campaign_enter(struct campaigns *c, struct campaign *m);
/* A step that the table allows: state, version, row, event, notice. actor ""
 * is the system. */
void campaign_step(struct campaigns *c, struct campaign *m,
		   enum campaign_step step, struct str actor,
		   const char *reason, struct str what);
