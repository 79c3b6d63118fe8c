/* The window of one bind: submits without an answer, by sequence number. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "proto/smpp_read.h"

struct smpp_window;

struct smpp_slot {
	uint32_t seq;
	uint32_t response; /* command of the answer; or a nack */
	unsigned part;
	void *flight; /* whose part it is; borrowed */
	uint64_t at_us;
};

struct smpp_window_cfg {
	struct loop *loop;
	const struct clock_ops *clock;
	unsigned limit;
	uint64_t timeout_ms;
	/* A submit got no answer and is out of the window. late: its time
	 * was over; else smpp_window_lose gave it up. */
	void (*lost)(void *owner, const struct smpp_slot *slot, bool late);
	void *owner;
};

struct smpp_window *smpp_window_new(const struct smpp_window_cfg *cfg);
/* What is in it is forgotten. */
void smpp_window_free(struct smpp_window **wp);
unsigned smpp_window_used(const struct smpp_window *w);
/* From now on; more than that stay until they are answered. */
void smpp_window_limit(struct smpp_window *w, unsigned limit);
/* How many more fit. */
unsigned smpp_window_room(const struct smpp_window *w);
bool smpp_window_has(const struct smpp_window *w, uint32_t seq);
/* must() hold that there is room and that seq is not in use. request: its
 * command. */
void smpp_window_add(struct smpp_window *w, uint32_t request, uint32_t seq,
		     void *flight, unsigned part);
/*
 * Takes out what this response, or nack in its place, belongs to; answers
 * come in any order. A nack with number 0 can only mean the oldest. false:
 * nothing is known of it, or it answers another kind of request.
 */
bool smpp_window_take(struct smpp_window *w, const struct smpp_pdu *pdu,
		      struct smpp_slot *out);
/* Gives up all: `lost` for each, oldest first. */
void smpp_window_lose(struct smpp_window *w);
