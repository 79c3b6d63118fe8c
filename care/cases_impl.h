/* The room of cases, for the files that are its parts. */
#pragma once

#include "base/id.h"
#include "base/map.h"
#include "base/stats.h"
#include "care/burst.h"
#include "care/cases.h"
#include "care/complaint.h"
#include "care/sla.h"

struct cases {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct surveys *surveys;
	struct campaigns *campaigns; /* NULL: not yet */
	const struct cases_cfg *cfg;
	struct id_source ids;
	struct map *all;    /* id */
	struct map *people; /* tenant and address -> the newest */
	struct heap due;
	size_t open;
	struct complaints *words;
	struct burst *burst;
	struct slas *slas;
	struct case_sales *sales;
	struct loop_timer *timer;
	bool stopped;
	struct stat *s_open, *s_refused;
};

static inline int64_t cases_now(const struct cases *c)
{
	return clock_wall_ms(c->clock);
}

/* Fills no and gives rc. */
int case_no(struct case_no *no, int rc, const char *code, const char *field,
	    const char *fmt, ...) PRINTF(5, 6);

/* ---- cases.c ---------------------------------------------------------------------- */

/* The one that came from the same thing, open or not: nothing is new. */
struct care_case *case_seen(const struct cases *c, const struct case_ask *ask);
/* What is said besides in an open case that came from the same thing. false:
 * there is none. */
bool case_again(struct cases *c, const struct case_ask *ask,
		const struct case_by *by);

/* ---- case_keep.c: memory and store ---------------------------------------------- */

void case_index(struct cases *c, struct care_case *x);
struct care_case *case_newest(const struct cases *c, struct str tenant,
			      struct str address);
/* When there is next something to do. */
void case_due(struct cases *c, struct care_case *x);
/*
 * One more row of its history, its own row, and the notice "case.<type>"
 * (NULL: none), in the open batch; put back to `before` if that is not
 * stored. what: members of a JSON object, or "".
 */
void case_step(struct cases *c, struct care_case *x, const char *action,
	       const char *type, const struct case_by *by, struct str what,
	       const struct case_now *before);
void case_forget(struct cases *c, struct care_case *x);
MUST_USE int cases_recover(struct cases *c, struct err *err);

/* ---- case_harm.c ----------------------------------------------------------------- */

/* A new one: counts against what it is about. */
void case_harm(struct cases *c, const struct care_case *x);

/* ---- case_count.c: for reports ---------------------------------------------------- */

/* What a step makes true, with the row that holds it. */
void case_count(struct cases *c, const struct care_case *x,
		const struct case_now *before);

/* Whose complaints of that topic are; "" where nothing says so. A view of the
 * settings. */
struct str case_department(const struct cases_cfg *cfg, struct str topic);

/* One more of what that measure counts of it, where it was opened. */
void case_count_one(struct cases *c, const struct care_case *x,
		    const char *name);

/* ---- case_sale.c: who buys again -------------------------------------------------- */

/* Reads what the store holds; then what was not looked at yet. -EIO. */
MUST_USE int case_sales_open(struct cases *c, struct err *err);
/* Goes on with what waits. */
void case_sales_begin(struct cases *c);
void case_sales_close(struct cases *c);

/* ---- case_say.c ------------------------------------------------------------------ */

/* A text to the customer. 0 with the message's id; else as no says: the gate
 * refused it (-EPROTO), or it is wrong. */
MUST_USE int case_say(struct cases *c, const struct care_case *x,
		      struct str text, uint64_t *message, struct case_no *no);
/* Words of ours with {{case}} and {{hours}} in them; "" says nothing:
 * -ENOENT. once: what it is, not said again while its key is remembered;
 * "": said. */
MUST_USE int case_say_words(struct cases *c, const struct care_case *x,
			    const char *words, const char *once,
			    uint64_t *message, struct case_no *no);
/* Can these words be rendered? */
MUST_USE int case_words_check(const char *words, struct err *err);
/* Asks once more how it was. */
void case_resurvey(struct cases *c, struct care_case *x);
