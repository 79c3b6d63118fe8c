/* Live messages: those that are not final, by id, in as few bytes as will
 * do. Where a live message waits (a pool's queue, the wheel, a receipt), its
 * node sits in the same bytes. */
#pragma once

#include "base/heap.h"
#include "base/map.h"
#include "base/slab.h"
#include "gateway/classes.h"
#include "gateway/envelope.h"
#include "model/message.h"
#include "routing/router.h"

enum live_place {
	LIVE_NOWHERE, /* between two places, within one turn */
	LIVE_QUEUE,   /* item is in a pool's queue */
	LIVE_WHEEL,   /* due is in the wheel */
	LIVE_FLIGHT,  /* item is reserved: its attempt is under way */
	LIVE_RECEIPT, /* submitted: a receipt is awaited */
};

/* A million of them wait at times: every byte here counts. */
struct live {
	uint64_t id;
	struct envelope *envelope;
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
			uint32_t asked; /* turns its peer was to be asked in */
		} receipt;
	};
	int64_t valid_until_ms;
	uint32_t parts_done; /* BIT(part): a peer has it */
	uint32_t queue_us;   /* how long it waited for a lane */
	uint32_t to_hash;    /* of `to`: for opt-outs */
	uint16_t attempts;
	int16_t lane; /* of the last attempt; -1: none */
	uint8_t state;
	uint8_t place;
	uint8_t class_index;
	uint8_t flags; /* enum message_flag */
	uint8_t parts;
	uint8_t priority;
	bool counted; /* its cap was counted for the present attempt */
	bool lost;    /* its batch was not stored: it never was */
	uint8_t to_len, address_len;
	uint16_t metadata_len, text_len;
	char bytes[]; /* to, address, metadata, text */
};

struct lives {
	struct map *map;
	const struct classes *classes;
	struct envelopes *envelopes;
	struct slab *slab; /* the messages' memory */
	size_t max;
	size_t bytes;
	size_t in_state[MESSAGE_STATES];
};

void lives_init(struct lives *t, const struct classes *classes, size_t max);
void lives_done(struct lives *t); /* frees what is left */

/* So many will come. */
void lives_reserve(struct lives *t, size_t n);
/* A new live message, in state ACCEPTED. -ENOSPC at the limit; -EINVAL: a
 * field is longer than that of any message may be. */
MUST_USE int lives_add(struct lives *t, const struct message *m,
		       const struct class_rules *rules, struct live **out);
/* Whose item it is. */
static inline struct live *live_of(struct route_item *item)
{
	return CONTAINER_OF(item, struct live, item);
}

struct live *lives_find(const struct lives *t, uint64_t id); /* NULL */
/* Takes it out and frees it; it must be LIVE_NOWHERE. */
void lives_remove(struct lives *t, struct live *l);
/* Drops the text once the peer has it; l moves: use the result. */
struct live *lives_strip(struct lives *t, struct live *l);
void lives_state(struct lives *t, struct live *l, enum message_state s);

/* Views into l, its envelope and the classes. What only intake needs is not
 * kept: when it was accepted, when it was to go, what the gate said then. */
void live_message(const struct lives *t, const struct live *l,
		  struct message *m);
