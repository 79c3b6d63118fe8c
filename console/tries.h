/*
 * Wrong passwords, counted by place and by name. After some free ones each
 * further one doubles a wait, up to a longest wait; as long after that all is
 * forgotten. Nothing is locked for ever.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/must.h"

struct tries;

struct tries_cfg {
	uint64_t wait_ms, wait_max_ms;
	size_t tracked; /* keys remembered */
};

struct tries *tries_new(const struct tries_cfg *cfg);
void tries_free(struct tries **tp);
/* How long until the next try may be made; 0: now. */
uint64_t tries_wait_ms(struct tries *t, uint64_t key, unsigned free_tries,
		       uint64_t now_ms);
/* One more wrong one: the count of them. */
unsigned tries_wrong(struct tries *t, uint64_t key, uint64_t now_ms);
void tries_forget(struct tries *t, uint64_t key);
