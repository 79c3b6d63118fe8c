/*
 * How many messages of each kind (tenant, class and campaign) are in each
 * state. The fold knows every change, so nobody has to count rows: a status
 * page over ten million messages reads a few dozen.
 */
#pragma once

#include <stdint.h>

#include "model/lifecycle.h"
#include "store/backend.h"

struct tally;

struct tally *tally_new(void);
void tally_free(struct tally **tp);
/* A kind the store knows already; at the start. */
void tally_know(struct tally *t, uint64_t kind, struct str tenant,
		struct str class_name, struct str campaign);

/* The number of a kind; a new one is written into the open transaction. Past
 * TALLY_KINDS_MAX of them new campaigns are counted with those of none. */
#define TALLY_KINDS_MAX 200000
MUST_USE int tally_kind(struct tally *t, struct backend *b, struct str tenant,
			struct str class_name, struct str campaign,
			uint64_t *kind);
/* The campaign of a kind; "" none. */
struct str tally_campaign(const struct tally *t, uint64_t kind);
/* One message more (or fewer) in this state. */
void tally_add(struct tally *t, uint64_t kind, enum message_state state,
	       int64_t delta);
/* Writes what was added since the last transaction into the open one. */
MUST_USE int tally_write(struct tally *t, struct backend *b);
/* Forgets what was added; after a rollback also the kinds made in it. */
void tally_committed(struct tally *t);
void tally_rolled_back(struct tally *t);
