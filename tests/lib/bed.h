/* A gateway over fake channels and a store in a folder of its own, for tests
 * that turn the loop themselves. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/loop.h"
#include "gateway/gateway.h"
#include "store/engine.h"

#define SHI STR("+447700900001")
#define LIN STR("+447700900002")

struct bed {
	struct loop *loop;
	struct settings settings;
	struct settings past[4]; /* of reloads: they live on */
	unsigned npast;
	struct store *store;
	struct gateway *gateway;
	const struct clock_ops *clock; /* NULL: the real one */
	struct backend *backend; /* for the next start; NULL: the folder's */
	char dir[64];
	bool closed;
};

/* cmocka setup and teardown: *state is the bed. */
int bed_open(void **state);
int bed_close(void **state);
/* A group's teardown: no block of memory is left. */
int bed_no_blocks(void **state);

/* The base config and this one; create: a store that may not exist yet. */
void bed_start(struct bed *b, const char *config, bool create);
void bed_stop(struct bed *b);
/* The base config and this one take the place of what there is. */
void bed_reload(struct bed *b, const char *config);
/* They cannot; nothing changes. */
void bed_reload_refused(struct bed *b, const char *config);

/* Turns the loop until the test holds, or twenty seconds are over. */
#define TURN_UNTIL(b, test)                                           \
	do {                                                          \
		uint64_t until = clock_mono_ms(&clock_real) + 20000;  \
		while (!(test) && clock_mono_ms(&clock_real) < until) \
			bed_turn(b);                                  \
		assert_true(test);                                    \
	} while (0)
/* One turn of the loop, 2 ms at the most. */
void bed_turn(struct bed *b);

struct submitted submit(struct bed *b, const char *class_name, struct str to,
			const char *text);
/* Everything appended so far is stored. */
void commit(struct bed *b);

/* What the store says of a message; state -1: it is not there. */
struct stored {
	bool done;
	int state;
	unsigned events[8]; /* by enum event_kind */
	char reasons[512];  /* "state:reason state:reason " */
};
struct stored look(struct bed *b, uint64_t id);
bool is_live(struct bed *b, uint64_t id);
struct channel *link_of(struct bed *b, const char *name);
void grant_marketing(struct bed *b, struct str to);

#define BED_TEXT 512
/* The newest text to a number; "" when there is none. Gives text. */
const char *bed_said(struct bed *b, struct str to, char text[BED_TEXT]);
