/* A run: records of some journal rows, brought together to be folded in one
 * pass, in order of id. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/record.h"

/* The tables a record can belong to; numbers are stored in the position. */
enum room {
	ROOM_MESSAGE = 1,
	ROOM_NOTICE = 2,
	ROOM_INBOUND = 3,
	ROOM_STRAY = 4
};

struct run_record {
	uint64_t id;
	const char *payload; /* inside a row's bytes */
	uint32_t len;
	uint8_t room;
	uint8_t kind; /* enum record_kind */
};

/* A journal row, whose bytes the run keeps until it is folded. */
struct run_row {
	int64_t seq;
	char *frames;
	size_t len;
};

struct run {
	struct run_record *v;
	size_t len, cap;
	struct run_row *rows;
	size_t nrows, cap_rows;
	size_t bytes; /* of all rows */
};

struct run *run_new(void);
void run_free(struct run **rp);

/* Takes the bytes of a journal row over, also on failure. -EBADMSG when a
 * frame is damaged or of an unknown kind: err says where. */
MUST_USE int run_add(struct run *r, int64_t seq, char *frames, size_t len,
		     struct err *err);
/* By (room, id); what has the same id stays in order. */
void run_sort(struct run *r);
