/* The store's binary record: one frame per record, versioned, with a
 * checksum, many in a row. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * A frame: varint length of what follows it, version u8, kind u8, id u64,
 * payload, CRC-32C u32 over everything before it, the length too. Numbers
 * are big endian. Stored: change nothing, add a version.
 */
enum { JOURNAL_VERSION = 1 };

#define JOURNAL_PAYLOAD_MAX (((size_t)1 << 24) - 1)
/* No frame takes more than its payload and this. */
#define JOURNAL_FRAME_OVERHEAD 24

struct journal_record {
	uint8_t kind;
	uint64_t id;
	struct str payload; /* a view into the blob */
};

/* Appends one frame. payload up to JOURNAL_PAYLOAD_MAX. */
void journal_put(struct buf *out, uint8_t kind, uint64_t id,
		 struct str payload);

/* A walk over a blob of frames. */
struct journal_walk {
	struct str blob;
	size_t at;       /* where the next frame, or the bad one, starts */
	const char *why; /* of the bad one; NULL while all is well */
};

struct journal_walk journal_walk_of(struct str blob);
/* The next record; false at the end and at the first bad frame, which then
 * stays where it is: look at `why`. */
bool journal_next(struct journal_walk *w, struct journal_record *out);

/* CRC-32C (Castagnoli) of the bytes, continuing from crc (0 to start). */
uint32_t journal_crc(uint32_t crc, const void *p, size_t len);
