/* Live messages: those that are not final, by id, in as few bytes as will
 * do. Where a live message waits (a pool's queue, the wheel, a receipt), its
 * node sits in the same bytes. */
#pragma once

#include "base/heap.h"
#include "base/map.h"
#include "gateway/classes.h"
#include "model/message.h"
#include "routing/router.h"

enum live_place {
	LIVE_NOWHERE, /* between two places, within one turn */
	LIVE_QUEUE,   /* item is in a pool's queue */
	LIVE_WHEEL,   /* due is in the wheel */
	LIVE_FLIGHT,  /* item is reserved: its attempt is under way */
	LIVE_RECEIPT, /* submitted: a receipt is awaited */
};

struct live {
	uint64_t id;
	uint64_t enq_us;   /* when it was first queued: kept over re-queues */
	uint64_t stamp_us; /* start of the present stage */
	union {
		struct route_item item;
		struct heap_node due;
		struct {
			int64_t until_ms;
			uint64_t key;   /* of part 0 */
			uint64_t *keys; /* of all parts, when more than one */
			uint32_t delivered, failed; /* BIT(part), as told */
		} receipt;
	};
	int64_t valid_until_ms;
	uint32_t parts_done; /* BIT(part): a peer has it */
	uint32_t queue_us;   /* how long it waited for a lane */
	uint32_t len;        /* of bytes */
	uint16_t attempts;
	int16_t lane; /* of the last attempt; -1: none */
	uint8_t state;
	uint8_t place;
	uint8_t class_index;
	uint8_t flags; /* enum message_flag */
	uint8_t parts;
	bool counted;     /* its cap was counted for the present attempt */
	bool lost;        /* its batch was not stored: it never was */
	uint32_t to_hash; /* of `to`: for opt-outs */
	/* message_encode form, without what the class says: its name, and the
	 * version of the rules it was judged by */
	char bytes[];
};

struct lives {
	struct map *map;
	const struct classes *classes;
	struct buf scratch; /* for encoding: its memory is kept */
	size_t max;
	size_t bytes;
	size_t in_state[MESSAGE_STATES];
};

void lives_init(struct lives *t, const struct classes *classes, size_t max);
void lives_done(struct lives *t); /* frees what is left */

/* A new live message in m's state ACCEPTED. -ENOSPC at the limit. */
MUST_USE int lives_add(struct lives *t, const struct message *m,
		       const struct class_rules *rules, struct live **out);
struct live *lives_find(const struct lives *t, uint64_t id); /* NULL */
/* Takes it out and frees it; it must be LIVE_NOWHERE. */
void lives_remove(struct lives *t, struct live *l);
/* Drops the text once the peer has it; l moves: use the result. */
struct live *lives_strip(struct lives *t, struct live *l);
void lives_state(struct lives *t, struct live *l, enum message_state s);

/* Views into l->bytes and the classes. */
void live_message(const struct lives *t, const struct live *l,
		  struct message *m);
