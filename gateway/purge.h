/*
 * What people wrote and were written is kept as long as its class says, then
 * taken out of the store: of a message its text and metadata, of an
 * inbound one its text. A keyed hash stays, by which a copy that somebody
 * shows can be known.
 *
 * Bodies are taken out in slices: those of classes that keep none as soon as
 * the message is final, the others by a walk over the ids, which are times.
 * The walk's place is stored with what it purged. A message that is too old
 * and still under way is looked at again later. When somebody was erased, all
 * is walked over once more for what they had until then.
 */
#pragma once

#include "base/loop.h"
#include "gateway/gateway.h"

struct purge;

struct purge_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct str key; /* of the hash; copied */
};

void purge_open(struct purge **out, const struct purge_env *env);
/* Before the gateway closes. p may be NULL. */
void purge_stop(struct purge *p);
/* After the store. */
void purge_close(struct purge **pp);

/* Starts a round, if none is under way; its own timer calls it. */
void purge_tick(struct purge *p);
/* Is a round under way? For tests. */
bool purge_busy(const struct purge *p);
