/* A channel that reaches nobody: for tests, demos, and to be copied. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/channel.h"

/* What a section `fake name { ... }` fills; the table is in settings.c. */
struct fake_cfg {
	char *kind;         /* of address, as inbound messages show it */
	int64_t window;     /* sends that may be unanswered at once */
	int outcome;        /* enum outcome_class: the answer to every send */
	int64_t delay_ms;   /* from a send to its answer */
	int receipt;        /* 0: none, else index into fake_receipts */
	int64_t receipt_ms; /* from the answer to the receipt */
};

extern const struct setting_section fake_settings;
extern const char *const fake_receipts[]; /* "none", "delivered" ... */
extern const struct channel_ops fake_channel_ops;

/* ---- the far side, played by a test ---------------------------------------- */

/* From now on every send is answered so; reason must outlive the channel. */
void fake_script(struct channel *c, enum outcome_class class,
		 const char *reason);
/* The far side goes away, or comes back; `state` follows in the next turn. */
void fake_far_side(struct channel *c, bool there);
/* Quiet: it takes sends and does not answer them, until told otherwise. */
void fake_quiet(struct channel *c, bool quiet);
/* A customer writes. `inbound` follows in the next turn, and again a while
 * later for as long as it is answered with a failure. */
void fake_hear(struct channel *c, struct str from, struct str to,
	       struct str text);
/* Receipts and inbound messages handed up and not yet answered. */
size_t fake_waiting(const struct channel *c);
