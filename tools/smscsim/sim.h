/* The simulated SMSC: links, what it took, and what it owes them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/loop.h"
#include "base/stream_tls.h"
#include "tools/smscsim/mo.h"
#include "tools/smscsim/rules.h"

struct sim;

/* log_fd: where each submit is written as a line of JSON; -1: nowhere. */
/* tls: NULL, or what the listener is to be like; it outlives the sim. */
MUST_USE int sim_open(struct sim **out, struct loop *l, const struct knobs *k,
		      int port, const struct tls_cfg *tls, int log_fd,
		      struct err *err);
void sim_close(struct sim **sp);
int sim_port(const struct sim *sim);

MUST_USE int sim_set(struct sim *sim, struct str name, struct str value,
		     struct str number, struct err *err);
void sim_reset(struct sim *sim); /* the knobs */
void sim_drop(struct sim *sim);  /* all links */
MUST_USE int sim_refuse(struct sim *sim, bool refuse, struct err *err);

/* A customer writes; it waits for a link as long as it takes. */
void sim_mo(struct sim *sim, struct str from, struct str to, struct str text,
	    const struct mo_asker *asker);
/* A receipt by hand, for a message that `list` still knows. */
MUST_USE int sim_receipt(struct sim *sim, struct str id, struct str state,
			 struct err *err);

/* From now on receipts are kept back. */
void sim_hold_receipts(struct sim *sim);
/* Lets so many of them go, in no order, so many a second; 0: at once. 0 of
 * them: all, and none is kept back any more. */
void sim_release_receipts(struct sim *sim, double rate, uint64_t count);

/* One line of JSON each. */
void sim_count(const struct sim *sim, struct buf *out);
void sim_list(const struct sim *sim, unsigned n, struct str to,
	      struct buf *out);
/* Forgets submits and counts. */
void sim_clear(struct sim *sim);
