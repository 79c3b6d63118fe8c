/* What a run would come to: everybody by what happens to them, the parts, the
 * cost, and the time at which the last one has gone. */
#pragma once

#include "campaigns/core.h"

#define FUNNEL_DUES_MAX 512
#define FUNNEL_MISSING_MAX 16

struct funnel {
	struct recipient_tally tally;
	int64_t people, sendable, parts;
	/* What may not go before a time; times of one minute are one. */
	struct {
		int64_t at_ms, people, parts;
	} due[FUNNEL_DUES_MAX];
	unsigned ndue;
	/* Variables without a value; the first few that were met. */
	struct {
		char name[TEMPLATE_NAME_MAX + 1];
		int64_t people;
	} missing[FUNNEL_MISSING_MAX];
	unsigned nmissing;
};

void funnel_add(struct funnel *f, const struct recipient *r, unsigned parts);

/* The arithmetic of a run. */
struct funnel_time {
	double people_rate, parts_rate;      /* a second; 0: no limit */
	int64_t start_ms, finish_ms, end_ms; /* end 0: none */
	bool fits;
};

/* A run that begins at start_ms, over the links that are there now. */
void funnel_time(const struct funnel *f, const struct campaigns *c,
		 const struct campaign *m, int64_t start_ms,
		 struct funnel_time *out);
/* "812 people, 1624 parts at 50 parts/s ...": why it does not fit. */
void funnel_sentence(const struct funnel *f, const struct funnel_time *t,
		     struct err *err);
/* A JSON object. */
void funnel_json(const struct funnel *f, const struct funnel_time *t,
		 const struct campaigns *c, struct buf *out);
