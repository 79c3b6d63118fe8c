/* What went out and is counted: in the facts, and on disk where a cap looks
 * further back than the messages that are read at the start. */
#pragma once

#include "gateway/core.h"

/* How far back messages are read at the start. */
#define COUNTS_RECENT_MS ((int64_t)7 * 86400000)

/* This message goes out now. False when nobody counts it. In the open batch. */
bool counts_add(struct core *core, const struct message *m,
		const struct class_rules *r, int64_t now_ms);
/* The newest did not go. */
void counts_take_back(struct core *core, const struct message *m,
		      const struct class_rules *r);
/* At the start: a message that went out at that time, and a row of the table
 * of those that are older. Oldest first. */
void counts_recover(struct core *core, const struct message *m,
		    const struct class_rules *r, int64_t at_ms);
void counts_recover_row(struct core *core, const struct row *row);
/* Rows that no cap looks at any more are dropped, now and then. */
void counts_tick(struct core *core);
