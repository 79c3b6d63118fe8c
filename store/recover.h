/* At the start: what the journal still holds is folded before anything is
 * read. */
#pragma once

#include "store/fold.h"

/*
 * Gives the fold as it stands afterwards, and the number of the last journal
 * row ever. -EBADMSG: a journal row is damaged, err says where; else as
 * backend write.
 */
MUST_USE int recover(struct backend *b, struct backend_reader *r,
		     struct fold **out, int64_t *last_seq, struct err *err);
