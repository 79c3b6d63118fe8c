/* A run: records of some journal rows, brought together to be folded in one
 * pass, in order of id. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/record.h"

/* The tables a record can belong to; numbers are stored in the position. */
enum room {
	ROOM_MESSAGE = 1,
	ROOM_NOTICE = 2,
	ROOM_INBOUND = 3,
	ROOM_STRAY = 4
};

/* Hundreds of thousands of them are gathered and sorted: 16 bytes. */
struct run_record {
	uint64_t id;
	uint32_t at; /* of the payload, in the run's bytes */
	uint32_t len : 24;
	uint32_t kind : 8; /* enum record_kind */
};

/* A journal row that is in the run. */
struct run_row {
	int64_t seq;
	size_t len;
};

struct run {
	struct run_record *v;
	size_t len, cap;
	struct run_row *rows;
	size_t nrows, cap_rows;
	struct buf bytes; /* of all rows, one after another */
};

struct run *run_new(void);
void run_free(struct run **rp);

/* Adds a copy of a journal row. -EBADMSG when a frame is damaged or of an
 * unknown kind: err says where. */
MUST_USE int run_add(struct run *r, int64_t seq, struct str frames,
		     struct err *err);
/* By (room, id); what has the same id stays in order. */
void run_sort(struct run *r);

enum room run_room(const struct run_record *r);
struct str run_payload(const struct run *run, const struct run_record *r);
