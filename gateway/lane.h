/* A lane: one link of a channel with its place in the routing engine, what
 * the operator wants of it, and what its answers taught us. */
#pragma once

#include "base/stats.h"
#include "gateway/core.h"
#include "model/channel.h"
#include "model/measure.h"

#define LANES_MAX 256

/* What came of a question: nothing, not yet, or how it ended. */
enum lane_answer { LANE_ANSWER_NONE, LANE_ANSWER_PENDING, LANE_ANSWER_FINAL };
#define LANE_ANSWERS (LANE_ANSWER_FINAL + 1)

/* Questions to the peer about overdue receipts. */
struct lane_query {
	bool on;
	unsigned tries; /* a message */
	int64_t interval_ms;
	unsigned rate;  /* a second, and unanswered at once */
	unsigned asked; /* in this second */
	unsigned open;  /* unanswered */
};

/* Since the last report of it (uptime.h). */
struct lane_use {
	uint64_t up_ms;
	int64_t parts;                       /* handed over */
	int64_t answers[MEASURE_BOUNDS + 1]; /* that it was taken, by time */
	uint64_t answers_us[MEASURE_BOUNDS + 1];
};

struct lane {
	struct core *core;
	void *home; /* of whoever gave the events */
	char *name;
	const struct channel_ops *ops;
	struct channel *channel;
	int index;    /* in lanes */
	int target;   /* in the router */
	int endpoint; /* of publish; -1: takes no notices */
	enum channel_state state;
	char why[64];
	unsigned window;
	bool held;    /* by an operator */
	bool gone;    /* not in the present file */
	bool closing; /* its channel drains */
	/* Opened with this when it has drained; NULL: stays closed. The
	 * daemon keeps every file it has read. */
	const struct section *reopen;
	double rate_cfg;         /* 0: no limit */
	double rate;             /* in force */
	int64_t window_cfg;      /* the row; 0: there is none */
	char *source;            /* its short code; "" */
	unsigned reply_digits;   /* behind it, for threads; 0: none */
	double burst;            /* 0: a tenth of a second's worth */
	double pace;             /* answers a second, smoothed */
	uint64_t answers;        /* since the last tick */
	unsigned throttles;      /* in a row */
	unsigned fails;          /* in a row */
	unsigned trips;          /* of the breaker, in a row */
	uint64_t quiet_until_ms; /* no throttle until then: ramp is done */
	enum parts_rule {
		LANE_PARTS_ALL,  /* delivered when all parts are */
		LANE_PARTS_ANY,  /* when one is */
		LANE_PARTS_LAST, /* the last part speaks for all */
	} parts_rule;
	double health; /* 0..100 */
	enum receipt_form {
		LANE_ID_UNKNOWN,
		LANE_ID_SAME,
		LANE_ID_HEX_DEC,
		LANE_ID_DEC_HEX
	} id_form; /* how its receipts write ids, as learned */
	struct lane_query query;
	struct lane_use use;
	uint64_t up_since_ms; /* counted up to here, while it is up */
	uint64_t sent, accepted, receipts, inbound, throttled;
	struct stat *s_outcome[OUTCOME_COUNT];
	struct stat *s_receipts, *s_inbound, *s_up, *s_answer;
	struct stat *s_query[LANE_ANSWERS];
};

struct lanes {
	struct lane *v[LANES_MAX];
	unsigned len;
};

/* Makes the lane and its target; the channel is opened by lane_start. */
MUST_USE int lane_add(struct lanes *all, struct core *core,
		      const struct channel_ops *ops, const struct section *s,
		      struct lane **out, struct err *err);
/* Rows that only an opening puts in force: lane_add did, before a second one
 * they are read again. */
void lane_form(struct lane *l, const struct section *s);
MUST_USE int lane_start(struct lane *l, const void *cfg,
			const struct channel_events *events, struct err *err);
void lane_free(struct lane *l); /* its channel is closed already */
/* Its rows that may change while it runs, as they are in the file now. */
void lane_take(struct lane *l, const struct section *s);
/* A lane that is not gone, or NULL. */
struct lane *lanes_find(const struct lanes *all, struct str name);

/* The channel said so. */
void lane_state(struct lane *l, enum channel_state s, unsigned window,
		const char *why);
/* One attempt ended: throttling, breaker, health. */
void lane_feedback(struct lane *l, const struct outcome *o);
/* So many of its parts were handed over; the peer took it after that time. */
void lane_handed(struct lane *l, unsigned parts);
void lane_took(struct lane *l, uint32_t us);
/* How long it was up since l->use began. */
uint64_t lane_up_ms(struct lane *l);
void lane_hold(struct lane *l, bool held);
/* Parts a second, 0: no limit; and the window, for a channel that can. */
void lane_rate(struct lane *l, double rate);
void lane_window(struct lane *l, int64_t window);
/* Once a second: rates climb back. */
void lane_tick(struct lane *l);
