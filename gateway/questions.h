/* Questions to peers: what became of a message whose receipt is overdue. The
 * ids that a peer gave are read from the store, for memory keeps only keys. */
#pragma once

#include "gateway/core.h"

struct questions *questions_new(struct core *core);
void questions_free(struct questions **qp);
/*
 * The receipt of l is overdue. true: it waits on, and its peer is asked about
 * each part that has not been told of; a turn in which that cannot be (the
 * link is down, too many questions) is lost. false: its link does not ask, or
 * has had all turns: l is what it was.
 */
MUST_USE bool questions_ask(struct questions *q, struct live *l);
/* An answer has come: whose. false: nothing is known of that token. */
MUST_USE bool questions_take(struct questions *q, uint64_t token, uint64_t *id,
			     unsigned *part);
