/* The inside of the SMSC, for sim.c and sim_submit.c alone. */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "tools/smscsim/counts.h"
#include "tools/smscsim/hold.h"
#include "tools/smscsim/link.h"
#include "tools/smscsim/post.h"
#include "tools/smscsim/sim.h"
#include "tools/smscsim/submits.h"

struct sim_link {
	struct list node;
	struct link *link;
	uint64_t said_ms; /* our last enquire_link */
};

struct sim {
	struct loop *loop;
	struct listener *listener;
	struct loop_hook *hook;
	struct loop_timer *timer;
	uint64_t timer_at;
	struct rules *rules;
	struct submits *submits;
	struct post *post;
	struct hold *hold;
	struct list links;
	unsigned nlinks;
	struct list *turn; /* the link that had the last parcel */
	struct map *by_id; /* link id -> struct sim_link */
	struct mo_book *mos;
	uint64_t next_link, next_id;
	const struct tls_cfg *tls; /* NULL: plain */
	int port, log_fd;
	bool closing;
	bool holding; /* receipts stay in hold */
	struct buf log;
	struct counts c;
};

static inline uint64_t sim_now_ms(const struct sim *sim)
{
	return clock_mono_ms(loop_clock(sim->loop));
}

static inline uint64_t sim_now_us(const struct sim *sim)
{
	return clock_mono_us(loop_clock(sim->loop));
}

static inline int64_t sim_wall_ms(const struct sim *sim)
{
	return clock_wall_ms(loop_clock(sim->loop));
}

/* Owes it to the ESMEs from then on; takes p. */
void sim_owe(struct sim *sim, struct parcel *p, uint64_t due_ms);
/* link_events.request */
void sim_request(void *owner, struct link *l, const struct smpp_pdu *pdu);
