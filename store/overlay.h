/* One row by its id, with what the fold has not written yet: so looking at a
 * message does not make the fold hurry. */
#pragma once

#include "store/backend.h"
#include "store/writer.h"

/* STATEMENT_MESSAGE_GET or STATEMENT_INBOUND_GET; as backend read. */
MUST_USE int overlay_read(struct writer *w, struct backend_reader *from,
			  enum statement st, uint64_t id, store_row_fn show,
			  void *owner);
