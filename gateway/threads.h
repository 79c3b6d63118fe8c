/* Whom we wrote to last, and what: so that a reply finds its tenant, and a
 * bare "R" counts only after a text that offered it. */
#pragma once

#include "gateway/core.h"
#include "model/address.h"

struct threads;

struct thread {
	char tenant[TENANT_MAX + 1];
	unsigned class_index;
	bool opt_out_text; /* the last one that could be refused offered it */
	const char *campaign; /* of the last one that had any; "" */
	uint64_t message;     /* that one; 0: none */
	int64_t at_ms;
};

struct threads *threads_new(struct core *core);
void threads_free(struct threads **tp);
/* A message was handed to a peer. */
void threads_note(struct threads *t, const struct message *m,
		  const struct class_rules *r, int64_t at_ms);
/* -ENOENT: never wrote there. */
MUST_USE int threads_find(const struct threads *t, struct str address,
			  struct thread *out);
