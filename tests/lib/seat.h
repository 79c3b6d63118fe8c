/* The gateway's seat above one channel, for tests: gives it orders and writes
 * down what it says. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/loop.h"
#include "model/channel.h"
#include "tests/lib/slower.h"

enum { SEAT_MAX = 4096 };

/* Text fields are copies. */
struct seat_end {
	uint64_t attempt;
	enum outcome_class class;
	char reason[48];
	uint32_t peer_status;
	bool sent;
	bool receipt;
	uint64_t hold_ms;
	unsigned parts;
	uint32_t parts_done;
	char peer_id[64]; /* of the first part */
};

struct seat_news {
	bool inbound; /* else a receipt */
	uint64_t ticket;
	enum message_state state;
	char peer_id[64];
	char from[64];
	char to[64];
	char text[128];
	char tenant[40];
	uint8_t flags;
};

/* What came of a query. */
struct seat_answer {
	uint64_t token;
	bool known; /* else nothing was learnt */
	enum message_state state;
	char peer_id[72];
	char reason[48];
	uint32_t peer_status;
	int64_t done_ms;
};

struct seat {
	struct loop *loop;
	const struct channel_ops *ops;
	struct channel *c;
	struct settings settings;
	enum channel_state state;
	unsigned window;
	char why[48];
	unsigned states;
	struct seat_end ends[SEAT_MAX];
	size_t nends;
	struct seat_news news[SEAT_MAX];
	size_t nnews;
	struct seat_answer answers[64];
	size_t nanswers;
	unsigned in_ops; /* an ops entry is on the stack: no event may come */
	unsigned done;   /* times done was called */
	bool keep;       /* do not answer news by itself */
	int answer;      /* else: with this */
};

/* conf: a whole section, "fake f { window = 3 }". Opens the channel. */
void seat_open(struct seat *s, struct loop *l, const struct channel_ops *ops,
	       const char *conf);
/* Turns the loop until the condition holds or ms are over; does it hold? It
 * is asked once a turn. */
#define SEAT_UNTIL(s, ms, condition)                                \
	({                                                          \
		uint64_t seat_until =                               \
			clock_mono_ms(&clock_real) + (ms)*slower(); \
		bool seat_ok;                                       \
		while (!(seat_ok = (condition)) &&                  \
		       clock_mono_ms(&clock_real) < seat_until)     \
			seat_turn(s);                               \
		seat_ok;                                            \
	})
/* One turn that waits at most a few ms. */
void seat_turn(struct seat *s);
bool seat_wait_up(struct seat *s);
bool seat_wait_ends(struct seat *s, size_t n);
bool seat_wait_news(struct seat *s, size_t n);

/* A message of one part; id = 1000 + attempt. */
MUST_USE int seat_send(struct seat *s, uint64_t attempt, const char *to,
		       const char *text);
MUST_USE int seat_notify(struct seat *s, uint64_t attempt, const char *type,
			 const char *body);
void seat_answer(struct seat *s, uint64_t ticket, int rc);
/* The one end of this attempt; NULL: none or several. */
const struct seat_end *seat_ended(const struct seat *s, uint64_t attempt);
/* Starts the close; the channel may still speak until `done`. */
void seat_close_begin(struct seat *s, uint64_t drain_ms);
/* Closes if it is open, waits for done, frees what the seat holds. */
void seat_close(struct seat *s, uint64_t drain_ms);
