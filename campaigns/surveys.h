/*
 * Surveys at work: definitions by version, one session for each person asked,
 * and every answer kept. What a customer writes reaches it through the
 * gateway's table of claimants; what it says goes through intake.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/settings.h"
#include "campaigns/session.h"
#include "gateway/gateway.h"

#define CLAIM_SURVEY "survey"

struct surveys;

struct surveys_cfg {
	int64_t surveys_max;  /* of all tenants */
	int64_t versions_max; /* of one survey */
	int64_t sessions_max; /* open, or in grace */
	int64_t retention;    /* ms: who was asked and what they wrote */
	int64_t channels_max; /* that answers are told apart by */
};

extern const struct setting_section surveys_section;

struct surveys_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct surveys_cfg *cfg; /* lives as long */
};

/* Reads what the store holds: before serving only. -EIO. */
MUST_USE int surveys_open(struct surveys **out, const struct surveys_env *env,
			  struct err *err);
/* Before the gateway closes: nothing is sent any more. */
void surveys_stop(struct surveys *s);
/* After the store. */
void surveys_close(struct surveys **sp);

/* ---- definitions ---------------------------------------------------------------- */

/* The next version, in force once durable (store_then). -EINVAL, -ENOSPC. */
MUST_USE int surveys_put(struct surveys *s, struct str tenant,
			 const json_t *body, struct str actor,
			 const struct survey **out, struct err *err);
/* version 0: the newest. NULL: not there. */
const struct survey *surveys_find(const struct surveys *s, struct str tenant,
				  struct str id, unsigned version);
/* The newest of each of a tenant's ("": all); false from fn ends it. */
void surveys_each(const struct surveys *s, struct str tenant,
		  bool (*fn)(void *owner, const struct survey *newest),
		  void *owner);

/* Does the newest version of one of the tenant's surveys ask about it? */
bool surveys_ask_about(const struct surveys *s, struct str tenant,
		       struct str factor);

/* ---- sessions ---------------------------------------------------------------- */

/* The variable that names the business event which asked for a survey. Who
 * asks by other ways may give it, too. */
#define SURVEY_VAR_EVENT "event"
/* And that says, true or false, whether they were satisfied before something
 * was put right: the answer is set against it (K-48). */
#define SURVEY_VAR_BEFORE "satisfied_before"

struct survey_ask {
	struct str tenant, survey;
	unsigned version; /* 0: the newest */
	struct str to;
	struct str lang;  /* "zh", "en"; "": the person's, if it is known */
	struct str ref;   /* the sender's: an event, a call, a ticket */
	bool of_campaign; /* ref is a campaign's label */
	struct str vars;  /* JSON object text: variables of the texts */
	struct str channel, key; /* "" = any; "" = no idempotency */
	int64_t send_at_ms;
	const char *class_name; /* NULL: the survey's */
};

/*
 * Opens a session and sends the first question, which has the session's id.
 * An open one of that address and sender is superseded. Durable after the next
 * store_then. out->id 0: -ENOENT no such survey, -EINVAL, -ENOSPC; else as
 * gateway_submit said, also when it was denied: the session is cancelled then,
 * with the reason.
 */
MUST_USE int surveys_ask(struct surveys *s, const struct survey_ask *ask,
			 struct submitted *out, uint64_t *session,
			 struct err *err);
/*
 * The same for an invitation that is made elsewhere: m has all but its
 * metadata. What is not let go now leaves no session. out->rc -ENOSPC: too
 * many are open; the version must be there.
 */
void surveys_invite(struct surveys *s, const struct survey_ask *ask,
		    struct submission *m, struct submitted *out);
/* Answers that were given elsewhere: to a mail, on a page, on paper, to somebody
 * who asked. Views. */
struct survey_result {
	struct str tenant, to, lang;
	struct str event; /* the session's ref, unless data has one */
	int64_t at_ms;    /* when they were given */
	/* object: survey; answers, or question, answer and comment; channel,
	 * ref */
	const json_t *data;
};
/*
 * Keeps them in a session of the newest version that is over with them: nobody
 * is asked, nothing goes out, and no reply changes it later. If they were asked
 * and have not answered, that session takes them and is over, with the reason
 * answered_elsewhere; one that has not left yet, or of a version with other
 * questions, ends for them. Each is read as a
 * reply is, and all have to be certain: else nothing is kept, and a constant
 * says why: "NO_ADDRESS", "UNKNOWN_SURVEY", "UNKNOWN_CHANNEL" (no word of a-z,
 * 0-9, '_', '-'), "UNKNOWN_QUESTION", "ANSWER_UNCLEAR". NULL: kept; durable
 * after the next store_then.
 */
MUST_USE const char *surveys_result(struct surveys *s,
				    const struct survey_result *r);
/* NULL when it is open no more, and its grace is over; also when it was
 * answered elsewhere. */
const struct session *surveys_session(const struct surveys *s, uint64_t id);
MUST_USE int surveys_cancel(struct surveys *s, uint64_t id); /* -ENOENT */
/* They are erased, in the open batch: what is open is cancelled, and an answer
 * comes too late. Their rows are erased by gateway_contact_erase. */
void surveys_erase(struct surveys *s, struct str tenant, struct str address);
/* The gateway says what became of a message. */
void surveys_step(struct surveys *s, uint64_t message, const struct event *e);
/* An answer at or below the question's `low`, or one that takes the place of
 * such an answer; views, for the call. */
struct survey_low {
	const struct session *session;
	const struct survey_question *question;
	int64_t score;
	const struct inbound *inbound;
	bool better; /* it is above `low`: they have changed their mind */
};
/* fn hears of each, in the batch that stores it. One listener. */
void surveys_on_low(struct surveys *s,
		    void (*fn)(void *owner, const struct survey_low *low),
		    void *owner);
/* Does what is due; its own timer calls it. */
void surveys_tick(struct surveys *s);
/* As struct claimant. */
extern const struct claimant_ops surveys_claimant;
