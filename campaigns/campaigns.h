/*
 * Campaigns: who gets what, when, and what came of it. One object on the loop
 * thread, over the gateway and the store. Everything that goes out goes through
 * the gateway's door; everything that is done to a campaign is one step of
 * states.h, with its version, its author and its event.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/settings.h"
#include "campaigns/spec.h"
#include "campaigns/states.h"
#include "gateway/gateway.h"

struct library;
struct campaigns;
struct surveys;
struct campaign;

/* The struct behind `campaigns { ... }`; rows in campaigns_section. */
struct campaigns_cfg {
	int64_t max;       /* campaigns kept, of all tenants */
	int64_t addresses; /* that one names one by one */
	int64_t ahead;     /* messages that may wait in the gateway */
	int64_t pilot_above, pilot_least;
	struct setting_list seeds; /* numbers of pilots */
	int64_t test_max;          /* numbers of one test send */
	int64_t drain;             /* ms: outcomes are awaited so long */
	int64_t price;             /* of a part, in thousandths */
	char *currency;
	/* The guard: shares are per mille of the last `over`. */
	int64_t error_share, error_over;
	int64_t optout_share, optout_over;
	int64_t complaint_share, complaint_over;
	int64_t complaint_count, complaint_window;
	/* The same beside what is usual. */
	int64_t surge_factor, surge_least, surge_known;
	int64_t down_after; /* ms without a link; 0: never */
	int64_t quota;      /* messages of a tenant a day; 0: no limit */
};

extern const struct setting_section campaigns_section;

struct campaigns_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct settings *settings; /* kept by the daemon */
	const struct library *library;   /* of templates */
};

/* Reads what there is with scans, before serving, and goes on with what was
 * under way. -EBADMSG: a row that cannot be read. */
MUST_USE int campaigns_open(struct campaigns **out,
			    const struct campaigns_env *env, struct err *err);
/* Whose surveys campaigns may ask; they open later. Before the loop runs. */
void campaigns_surveys(struct campaigns *c, struct surveys *surveys);
/* Begins nothing more. Before gateway_close. */
void campaigns_stop(struct campaigns *c);
/* After store_close, which answers what was asked. */
void campaigns_close(struct campaigns **cp);

/* NULL: there is none, or it is another tenant's ("": of any). */
struct campaign *campaigns_find(struct campaigns *c, struct str tenant,
				uint64_t id);
/* The newest one older than `before` (0: the newest); NULL: no more. */
struct campaign *campaigns_older(struct campaigns *c, struct str tenant,
				 uint64_t before);

/* ---- what people do ------------------------------------------------------------ */

/* Who asks, and of which version (0: whichever it is). */
struct campaign_by {
	struct str actor; /* who it is, whatever the name: author, approver */
	struct str name;  /* for people to read */
	uint64_t version;
	struct str branch; /* theirs; "": of the whole tenant */
};

/* Why not. rc: -EINVAL, -EPROTO (not now), -ESTALE (it was changed: see
 * campaign_version), -EPERM, -EAGAIN, -ENOSPC. */
struct campaign_no {
	const char *code;
	const char *field; /* NULL: none in particular */
	struct err err;    /* a sentence */
};

/* Each of these is durable after the next store_then. Where the spec names no
 * version of its template, it names the one in use afterwards. A campaign is
 * for good of the branch of who creates it. */
MUST_USE int campaign_create(struct campaigns *c, struct str tenant,
			     struct spec *spec, const struct campaign_by *by,
			     struct campaign **out, struct campaign_no *no);
MUST_USE int campaign_edit(struct campaigns *c, struct campaign *m,
			   struct spec *spec, const struct campaign_by *by,
			   struct campaign_no *no);
/* RETURN, APPROVE, SCHEDULE, START, PAUSE, RESUME, CANCEL; note: a reason in
 * somebody's words, or "". */
MUST_USE int campaign_do(struct campaigns *c, struct campaign *m,
			 enum campaign_step step, const struct campaign_by *by,
			 struct str note, struct campaign_no *no);

/*
 * Walks the whole audience and asks the gate for each person; keeps nothing.
 * done(owner, rc, json, no): 0 with the funnel as a JSON object, or why not.
 * With submit the campaign is then in review, unless its schedule cannot end
 * in time. Nothing else may be done to it meanwhile (-EAGAIN).
 */
typedef void campaign_walked(void *owner, int rc, struct str json,
			     const struct campaign_no *no);
MUST_USE int campaign_simulate(struct campaigns *c, struct campaign *m,
			       bool submit, const struct campaign_by *by,
			       campaign_walked *done, void *owner,
			       struct campaign_no *no);

/* To the numbers of the setting `seeds`, through the gate. */
MUST_USE int campaign_pilot(struct campaigns *c, struct campaign *m,
			    const struct campaign_by *by,
			    struct campaign_no *no);
/* All pilots have arrived, and somebody has looked at them. */
MUST_USE int campaign_sign_off(struct campaigns *c, struct campaign *m,
			       const struct campaign_by *by,
			       struct campaign_no *no);
/* The queues have been told. */
MUST_USE int campaign_briefed(struct campaigns *c, struct campaign *m,
			      const struct campaign_by *by,
			      struct campaign_no *no);
/* One test message, marked as such, gated like all; as gateway_submit. */
MUST_USE int campaign_test(struct campaigns *c, struct campaign *m,
			   struct str to, const struct campaign_by *by,
			   struct submitted *out, struct campaign_no *no);
/* A customer complained about it. */
void campaign_complaint(struct campaigns *c, struct campaign *m);
/* Pauses it, and all of its tenant that run and send the same template; how
 * many. why: a constant. */
unsigned campaigns_pause_like(struct campaigns *c, const struct campaign *m,
			      const char *why);
/* A message has changed its state, in the open batch; of any of them. */
void campaigns_step(struct campaigns *c, uint64_t message,
		    const struct event *e);
/* Somebody did what a campaign may have led to, in the open batch: "reply",
 * "link", "order". Counted once for the last message of one that went there
 * within a week and was delivered (K-50). */
void campaigns_took_part(struct campaigns *c, struct str tenant,
			 struct str address, const char *how);
/* Is nothing of it awaited? For tests. */
bool campaigns_turnout_idle(const struct campaigns *c);
/* Is it somebody who has written it? */
bool campaign_written_by(const struct campaign *m, struct str actor);
/* Something happened to somebody: running and paused campaigns that wait for it
 * write the person down, in the open batch; if that is not stored, nobody was.
 * Returns how many. */
unsigned campaigns_event(struct campaigns *c, struct str tenant,
			 struct str event, struct str address, int64_t at_ms);

/* ---- what people see ------------------------------------------------------------- */

uint64_t campaign_id(const struct campaign *m);
uint64_t campaign_version(const struct campaign *m);
enum campaign_state campaign_state(const struct campaign *m);
struct str campaign_tenant(const struct campaign *m);
/* The branch whose contacts alone it reaches; "": the tenant's. */
struct str campaign_branch(const struct campaign *m);
const struct spec *campaign_spec(const struct campaign *m);
/* Which department answers for its words; "" nobody knows. */
struct str campaign_department(const struct campaigns *c,
			       const struct campaign *m);
int64_t campaign_run(const struct campaign *m);
unsigned campaign_test_max(const struct campaigns *c);
/* Members of an open JSON object: in short for lists, or all of it. */
void campaign_json(const struct campaigns *c, const struct campaign *m,
		   bool whole, struct buf *out);
/* What a row of RECIPIENT_LIST is called: ready ... as its message is, and
 * cancelled or missed_window when the campaign is over. */
const char *campaign_recipient_state(enum campaign_state campaign,
				     const struct row *row);
