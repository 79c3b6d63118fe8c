/* What waits for its time: parcels for the ESMEs, and late responses. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tools/smscsim/parcel.h"

/* A response that the latency knob holds back. */
struct late_answer {
	struct heap_node node;
	uint64_t link;
	uint32_t command, status, seq;
	char id[SUBMIT_ID_MAX];
};

struct post;
struct post *post_new(void);
void post_free(struct post **pp);

/* Takes the parcel; due in the clock's ms. -ENOSPC: too much waits. */
MUST_USE int post_parcel(struct post *p, struct parcel *one, uint64_t due_ms);
/* The next that is due, now the caller's; NULL: none. */
struct parcel *post_next_parcel(struct post *p, uint64_t now_ms);
/* It came back: it stays in the count of what waits. */
void post_again(struct post *p, struct parcel *one, uint64_t due_ms);
void post_answer(struct post *p, const struct late_answer *a, uint64_t due_ms);
bool post_next_answer(struct post *p, uint64_t now_ms, struct late_answer *out);

/* When the next thing is due; UINT64_MAX: nothing waits. */
uint64_t post_due(const struct post *p);
uint64_t post_due_answer(const struct post *p);
size_t post_waiting(const struct post *p);
