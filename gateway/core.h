/* What every room of the gateway is given: the parts they all stand on. */
#pragma once

#include "base/id.h"
#include "base/loop.h"
#include "gateway/classes.h"
#include "gateway/facts.h"
#include "gateway/gateway.h"
#include "gateway/live.h"
#include "gateway/permit.h"
#include "model/store.h"
#include "routing/router.h"

struct publish;
struct receipts;
struct questions;
struct codes;
struct lanes;
struct waiting;
struct threads;
struct answers;
struct ledger;
struct suspects;
struct subscriptions;
struct intake;
struct sweep;

struct core {
	struct loop *loop;
	const struct clock_ops *clock;
	struct store *store;
	struct router *router;
	struct classes *classes;
	struct packs *packs;
	struct places *places;
	struct groups *groups;
	struct facts *facts;
	struct permit_cfg permit;
	const struct gateway_cfg *cfg;
	struct id_source ids;
	struct lives lives;
	struct buf scratch; /* for encoding records: its memory is kept */
	/* Rooms that others call; each knows only those named before it. */
	struct publish *publish;
	struct str about; /* whom the event being published is about */
	struct receipts *receipts;
	struct questions *questions;
	struct lanes *lanes;
	struct waiting *waiting;
	struct threads *threads;
	struct answers *answers;
	struct codes *codes;
	struct ledger *ledger;
	struct suspects *suspects;
	struct subscriptions *subscriptions;
	struct intake *intake;
	struct sweep *sweep;
	/* gateway_on_step */
	void (*stepped)(void *owner, uint64_t id, const struct event *e);
	void *stepped_owner;
	int64_t counts_purge_ms; /* counts.c: the next time */
	bool stopping;
	const struct gateway_listener *listener; /* NULL: nobody counts */
};

static inline void core_tell_sent(const struct core *c, const struct message *m,
				  bool before)
{
	if (c->listener != NULL)
		c->listener->sent(c->listener->owner, m, before);
}

static inline int64_t core_wall_ms(const struct core *c)
{
	return clock_wall_ms(c->clock);
}

static inline uint64_t core_now_us(const struct core *c)
{
	return clock_mono_us(c->clock);
}
