/* The figures of one link, as /metrics shows them, and how much of what its
 * peer does wrong may be logged. */
#pragma once

#include "base/clock.h"
#include "base/limit.h"
#include "base/stats.h"
#include "channels/record/recorder.h"
#include "model/outcome.h"

struct smpp_meter {
	struct stat *pdus_in;
	struct stat *pdus_out;
	struct stat *malformed;
	struct stat *submits;
	struct stat *answers[OUTCOME_COUNT]; /* by what the answer meant */
	struct stat *late;                   /* answers that nobody awaited */
	struct stat *receipts;
	struct stat *receipts_bad;
	struct stat *inbound;
	struct stat *put_off; /* deliver_sm told to come again */
	struct stat *reconnects;
	struct stat *outbinds_refused;
	struct stat *binds;  /* now up */
	struct stat *window; /* PDUs without an answer, now */
	struct stat *response;
	struct recorder *recorder; /* NULL: nothing is recorded */
	const struct clock_ops *clock;
	struct limit lines;
};

/* clock: borrowed, outlives the meter. */
void smpp_meter_init(struct smpp_meter *m, const char *link,
		     const struct clock_ops *clock);
/* May one more fault of a peer be logged? Ten a minute: whoever can connect
 * could fill the disk otherwise. Faults are counted in any case. */
bool smpp_meter_may_log(struct smpp_meter *m);
