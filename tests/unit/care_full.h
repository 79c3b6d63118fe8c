/* A room whose store fails when it is told to. */
#pragma once

#include "store/failing.h"
#include "tests/unit/care_bed.h"

static struct failing_cfg room_failing;
static unsigned room_steps;

static void room_full_bed(struct bed *b)
{
	struct backend *memory = NULL;

	room_failing = (struct failing_cfg){ .rc = -ENOSPC };
	assert_int_equal(memory_open(&memory, "", BACKEND_MAKE_NEW, NULL), 0);
	failing_open(&b->backend, memory, &room_failing, &room_steps);
}

static inline void room_full_open(struct room *r, void **state,
				  const char *gateway_config,
				  const char *config)
{
	room_full_bed(*state);
	room_open(r, state, gateway_config, config);
}

/* From now on. */
static void room_full(void)
{
	failing_from(&room_failing,
		     __atomic_load_n(&room_steps, __ATOMIC_ACQUIRE) + 1);
}

struct room_answer {
	bool came;
	int rc;
};

static void on_room_answer(void *owner, int rc)
{
	*(struct room_answer *)owner = (struct room_answer){ true, rc };
}

/* The open batch is refused; then there is room again. */
static void room_refused(struct room *r)
{
	struct store *s = r->bed->store;
	struct room_answer a = { false, 0 };

	store_then(s, on_room_answer, &a);
	TURN_UNTIL(r->bed, a.came);
	assert_int_equal(a.rc, -ENOSPC);
	failing_from(&room_failing, 0);
	TURN_UNTIL(r->bed, s->ops->ready(s) == 0);
}
