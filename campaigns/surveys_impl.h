/* The room of surveys, for the files that are its parts. */
#pragma once

#include "base/id.h"
#include "base/map.h"
#include "base/stats.h"
#include "campaigns/surveys.h"

struct shelf_of_surveys {
	struct survey **v; /* by version, from 1: v[0] is version 1 */
	unsigned n;
};

struct surveys {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	const struct surveys_cfg *cfg;
	struct survey_channels *channels;
	struct dict *shelves; /* tenant, 0, id */
	struct map *sessions; /* id */
	struct map *messages; /* id of the last message -> session */
	/* address_key of no tenant, contact -> newest session */
	struct map *chains[SESSION_CHAINS];
	struct heap due;
	struct loop_timer *timer;
	bool stopped;
	void (*low)(void *owner, const struct survey_low *low);
	void *low_owner;
	struct stat *answers, *unparsed, *asked;
};

/* ---- surveys.c ------------------------------------------------------------------ */

/* A new one of that version, not known to anybody yet. */
struct session *survey_make(struct surveys *s, const struct survey_ask *ask,
			    const struct survey *v);

/* ---- survey_shelves.c: definitions -------------------------------------------- */

MUST_USE int survey_shelves_recover(struct surveys *s, struct err *err);
void survey_shelves_free(struct surveys *s);

/* What it has said last does not leave any more, if it has not yet; what
 * becomes of it is no news. */
void survey_unsay(struct surveys *s, struct session *x);

/* ---- survey_keep.c: memory and store ------------------------------------------ */

void survey_keep(struct surveys *s, struct session *x);  /* its row */
void survey_index(struct surveys *s, struct session *x); /* a new one */
void survey_forget(struct surveys *s, struct session *x);
/* The last message of a session has changed. */
void survey_message(struct surveys *s, struct session *x, uint64_t message);
/* When there is next something to do of x. */
void survey_due(struct surveys *s, struct session *x);
/* The timer is for the first of all that is due. */
void survey_arm(struct surveys *s);
/* The change from `before` is counted, and x put back to it if the open batch
 * is not stored. before NULL: it is new. */
void survey_guard(struct surveys *s, struct session *x,
		  const struct session_now *before);
/* Sessions of whoever has that address: those of it, then those of the same
 * person's other ones (an app, where a phone was asked); the newest first. */
struct survey_walk {
	const struct surveys *surveys;
	struct str address;
	uint64_t person;
	enum session_chain chain;
	struct session *next;
};
/* tenant "", "*": the usual one has the contacts. address is borrowed. */
void survey_walk(struct surveys *s, struct str tenant, struct str address,
		 struct survey_walk *w);
struct session *survey_walk_next(struct survey_walk *w); /* NULL: no more */
/* Of that very address; others have the same key. */
struct session *survey_newest(const struct surveys *s, struct str address);
MUST_USE int survey_recover(struct surveys *s, struct err *err);

/* ---- survey_count.c: for reports ------------------------------------------------ */

/* What has become of a session since `before`; NULL: it is new. */
void survey_count_step(struct surveys *s, const struct session *x,
		       const struct session_now *before);
/* An answer as it stands. */
struct survey_given {
	int8_t option; /* or SESSION_UNANSWERED */
	uint16_t edits;
	bool late;
	uint8_t channel;
};
struct survey_given survey_given(const struct session *x, unsigned question);
/* An answer; before: the one that it takes the place of, or none; heard: it
 * is one of the replies that we understood. */
void survey_count_answer(struct surveys *s, const struct session *x,
			 unsigned question, const struct survey_given *before,
			 bool heard);

/* ---- survey_tally.c: for results ------------------------------------------------- */

/* The same of what the results of the survey show. */
void survey_tally_step(struct surveys *s, const struct session *x,
		       const struct session_now *before);
void survey_tally_answer(struct surveys *s, const struct session *x,
			 unsigned question, const struct survey_given *before);

/* ---- survey_send.c ---------------------------------------------------------------- */

enum survey_saying {
	SAY_INVITE,
	SAY_NEXT, /* the following question, after an answer */
	SAY_AGAIN,
	SAY_REMIND,
	SAY_THANKS
};

/* Renders and submits; out as gateway_submit. -EINVAL: a variable. */
/* What a message of it says of itself: a JSON object. */
void survey_metadata(const struct session *x, struct buf *out);
MUST_USE int survey_send(struct surveys *s, struct session *x,
			 enum survey_saying what, const struct survey_ask *ask,
			 struct submitted *out, struct err *err);

/* ---- survey_hear.c ---------------------------------------------------------------- */

/* An answer as it came. Views. */
struct survey_heard {
	const struct answer *answer;
	const struct inbound *inbound;
	struct str trace; /* of how it was read */
	int64_t at_ms;
	bool late;
	bool elsewhere; /* it was given to somebody else */
};
/* Has it asked what may be answered? */
bool survey_hears(const struct session *x);
/* Kept, counted, told. false: the same answer once more, nothing new. */
bool survey_take(struct surveys *s, struct session *x, unsigned question,
		 const struct survey_heard *h);
