/* Door two: what customers say. Deduped, claimed, committed; only then is
 * the peer answered. */
#pragma once

#include "gateway/core.h"
#include "gateway/lane.h"
#include "model/inbound.h"

struct hear;

struct hear *hear_new(struct core *core);
void hear_free(struct hear **hp);
/*
 * in->at_ms is set; tenant may be "". lane NULL: it came by HTTP or a bus.
 * done(owner, ticket, rc) after the commit: 0; -EEXIST: heard before, which
 * is fine for the peer; -ENOSPC: not kept.
 */
void hear_inbound(struct hear *h, const struct lane *lane, struct inbound *in,
		  void (*done)(void *owner, uint64_t ticket, int rc),
		  void *owner, uint64_t ticket);
/* Messages to this number of ours are events of that origin: an endpoint
 * that takes only its own hears them. */
void hear_origin(struct hear *h, struct str number, struct str origin);
/* As gateway_claimant. */
void hear_claimant(struct hear *h, enum claimant_rank rank,
		   const struct claimant_ops *ops, void *owner);
/* As gateway_on_inbound. */
void hear_listen(struct hear *h,
		 void (*fn)(void *owner, const struct inbound *in,
			    struct str campaign),
		 void *owner);
/* One from before the start: its fingerprint counts. */
void hear_recover(struct hear *h, const struct inbound *in);
/* Forgets old fingerprints. */
void hear_tick(struct hear *h);
