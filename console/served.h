/* What people are served by: the newest first, by state and number; and one of
 * them by its id. */
#pragma once

#include "console/request.h"

/* A list by a call "tenant? state? address? before_id? limit". state_ok: is
 * there such a state? show: as page.h says. */
void served_list(struct request *r, const char *name, enum store_call call,
		 bool (*state_ok)(struct str state), store_row_fn show);
/* For show, on the reader's thread, before a row is written: whose it is.
 * false: another tenant's, leave it out. */
MUST_USE bool served_row(struct request *r, struct str tenant,
			 struct str address, uint64_t id);
/* The one row of a call "id"; 404 where there is none of theirs. */
void served_one(struct request *r, enum store_call call, store_row_fn show);

/* What a room refuses with, by its errno. */
struct served_no {
	int rc, status;
	const char *code;
	const char *text; /* NULL: the room's own sentence */
};
void served_refuse(struct request *r, int rc, const struct served_no *v,
		   size_t n, const char *text);
