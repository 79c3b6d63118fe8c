/* Too many complaints at once: about one thing within a window, or in an hour
 * beside the hours of the last week. Pure: the time is handed in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct burst;

struct burst_cfg {
	int64_t count, window_ms; /* 0: never */
	int64_t factor, least;    /* factor 0: never */
};

struct burst *burst_new(const struct burst_cfg *cfg);
void burst_free(struct burst **bp);
/* One that came before the start: counts for what is usual. */
void burst_before(struct burst *b, int64_t at_ms, int64_t now_ms);

enum burst_alarm { BURST_NONE, BURST_BATCH, BURST_SURGE };

/* One more, about `key` (0: nothing in particular). After an alarm it is
 * counted anew; of a surge there is one alarm an hour. */
enum burst_alarm burst_note(struct burst *b, uint64_t key, int64_t now_ms);
