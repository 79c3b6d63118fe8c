/*
 * Cases at work: opened by what a customer says, a low score or a person; a
 * clock for the first reply, an alarm when it is silent, and no end without
 * a cause and a word to the customer.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/settings.h"
#include "campaigns/campaigns.h"
#include "campaigns/surveys.h"
#include "care/case.h"

struct cases;

/* The struct behind `cases { ... }`. */
struct cases_cfg {
	char *owner;         /* of what nobody was named for; never "" */
	int64_t first_reply; /* ms: R-19 */
	int64_t silence;     /* ms without a word to the customer: R-34 */
	int64_t reopen;      /* ms: a closed one can be opened again */
	int64_t max;         /* cases in memory */
	int64_t per_person;  /* open at once */
	int64_t inbox_late;  /* ms */
	int64_t inbox_hold;  /* ms */
	char *night_zh, *night_en;
	int64_t inbox_max; /* words that wait for an answer */
	struct setting_list causes;
	struct setting_list departments; /* "fraud risk" */
	char *class_name;                /* of what is said */
	char *receipt_zh, *receipt_en;
	char *progress_zh, *progress_en;
	char *resurvey; /* id of a survey; "": none */
	int64_t resurvey_after;
	int64_t burst_count, burst_window; /* complaints about a template */
	int64_t burst_factor;              /* times what is usual */
	int64_t burst_least; /* complaints an hour before that is asked */
};

extern const struct setting_section cases_section;
/* The owner is not blank, the words can be rendered; appends faults. */
void cases_check(const struct settings *s, struct faults *faults);

struct cases_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct surveys *surveys;
	const struct cases_cfg *cfg;     /* lives as long */
	const struct settings *settings; /* the same; NULL: no `sla` */
	unsigned node;
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int cases_open(struct cases **out, const struct cases_env *env,
			struct err *err);
/* Whose complaints are told to; they open later. Before the loop runs. */
void cases_campaigns(struct cases *c, struct campaigns *campaigns);
void cases_stop(struct cases *c);    /* before the gateway closes */
void cases_close(struct cases **cp); /* after the store */

/* Who does it, and to which version (0: whichever it is). */
struct case_by {
	struct str actor; /* who it is, whatever the name; "": the system */
	struct str name;  /* for people to read */
	uint64_t version;
};

/* Why not. rc: -EINVAL, -EPROTO (not now), -ESTALE (changed meanwhile),
 * -EPERM, -ENOSPC. */
struct case_no {
	const char *code;
	const char *field; /* NULL: none in particular */
	struct err err;    /* a sentence */
};

struct case_ask {
	struct str tenant;
	enum case_kind kind;
	struct str to, channel; /* whose; "" channel: any */
	struct str owner;       /* "": the setting's */
	struct str account, topic, source, ref, campaign;
	struct str text;       /* what was said, where no message holds it */
	bool rated, satisfied; /* how content they are, if that is known */
	bool receipt;          /* tell them at once that it is here */
	bool zh;               /* in which language */
};

/*
 * Opens one; durable after the next store_then. What says again what is open
 * of that person and kind, or comes once more from the same ref, gives that
 * one (joined). -EINVAL, -ENOSPC.
 */
MUST_USE int cases_add(struct cases *c, const struct case_ask *ask,
		       const struct case_by *by, struct care_case **out,
		       bool *joined, struct case_no *no);

/* What somebody does; which of it counts depends on the act. */
struct case_deed {
	enum case_act act;
	struct str owner;          /* ASSIGN */
	struct str text;           /* REPLY, NOTE, ESCALATE, CLOSE: outcome */
	enum case_verdict verdict; /* VERDICT; CLOSE, if there is none yet */
	int64_t amount_fen;        /* REFUND; CLOSE for CASE_CAUSE_CHARGE */
	struct str cause;          /* CLOSE */
	struct str silent;         /* CLOSE without an outcome: why */
	bool solved;               /* CLOSE */
};

/* Durable after the next store_then; the version has grown by one. */
MUST_USE int cases_do(struct cases *c, struct care_case *x,
		      const struct case_deed *deed, const struct case_by *by,
		      struct case_no *no);

/* A person has written to them outside of a case: the newest open one hears
 * of it, and its clocks stop as for a reply. NULL: none is open. */
const struct care_case *cases_replied(struct cases *c, struct str tenant,
				      struct str to, uint64_t message,
				      const struct case_by *by);
/* The newest open one of that person, or NULL. */
const struct care_case *cases_open_of(const struct cases *c, struct str tenant,
				      struct str to);
/* They shall be rung: the newest open one writes down by which call-back. No
 * clock stops, as nobody has said anything yet. */
void cases_handed_over(struct cases *c, struct str tenant, struct str to,
		       uint64_t callback, const struct case_by *by);
/* What came of a call-back: by which one, whether they were spoken to, and
 * what it was about (ids with spaces between). Views. */
struct case_call {
	struct str tenant, to, refs;
	uint64_t callback;
	struct str result; /* of the call-back: "resolved" ... */
	bool reached;
};
/* An open case that the refs name writes it down, else the newest open one.
 * Who was spoken to has had a reply: its clocks stop. */
void cases_called(struct cases *c, const struct case_call *call,
		  const struct case_by *by);
/* They are erased, in the open batch: what is open ends without a word. Their
 * rows are erased by gateway_contact_erase. */
void cases_erase(struct cases *c, struct str tenant, struct str address,
		 const struct case_by *by);
/* They have bought something: counted once for each case of theirs that was
 * closed at most 180 days before (K-47), after the open batch is stored. */
void cases_bought(struct cases *c, struct str tenant, struct str address,
		  uint64_t order, int64_t at_ms);
/* Is none of that awaited? For tests. */
bool cases_sales_idle(const struct cases *c);
/* The class of what is said to customers. */
const char *cases_class(const struct cases *c);
/* NULL: not in memory (closed long ago, or never there), or another
 * tenant's ("": of any). */
struct care_case *cases_find(struct cases *c, struct str tenant, uint64_t id);
/* Open ones of that owner; tenant "": of all. */
unsigned cases_owned(const struct cases *c, struct str tenant,
		     struct str owner);
/* Is there one in memory that came from this ref? Walks over all of them. */
bool cases_from(const struct cases *c, struct str tenant, struct str ref);
/* Does what is due; its own timer calls it. */
void cases_tick(struct cases *c);

/* ---- what customers say -------------------------------------------------------- */

/* Takes what complains and nobody else has taken. As struct claimant_ops. */
extern const struct claimant_ops cases_claimant;
/* Of every inbound message that was taken: one that somebody else took may
 * complain, too. */
void cases_inbound(struct cases *c, const struct inbound *in);
/* A low score opens a case (surveys_on_low). */
void cases_low(struct cases *c, const struct survey_low *low);
