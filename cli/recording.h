/* Recordings, read: what channels/record wrote. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum recording_kind {
	RECORDING_OPEN,
	RECORDING_IN,  /* to whoever recorded */
	RECORDING_OUT, /* from them */
	RECORDING_CLOSE
};

struct recording_item {
	enum recording_kind kind;
	unsigned connection; /* from 0, over all parts of the file */
	int64_t t_us;        /* wall clock */
	struct str pdu;      /* IN, OUT: one whole PDU */
	unsigned line;
};

struct recording {
	struct recording_item *v;
	size_t n;
	unsigned connections;
	uint64_t lost; /* lines that were not written */
};

/* -EINVAL with "file:12: what". Files put behind one another are one
 * recording. */
MUST_USE int recording_read(struct recording *out, const char *path,
			    struct err *err);
void recording_done(struct recording *r);
