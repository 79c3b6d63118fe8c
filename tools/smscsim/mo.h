/* Customers' messages on their way to the ESME: their parts, and who waits
 * to hear that all were taken. */
#pragma once

#include <stdint.h>

#include "base/str.h"
#include "tools/smscsim/parcel.h"

struct mo_book;

struct mo_book *mo_book_new(void);
void mo_book_free(struct mo_book **bp);

/* said gets one line: "ok parts=2 ms=12" or "error ...". */
struct mo_asker {
	void (*said)(void *owner, uint64_t ticket, const char *line);
	void *owner;
	uint64_t ticket;
};

/* Cuts the text and hands each part to put(owner, parcel), which takes it. */
void mo_begin(struct mo_book *b, struct str from, struct str to,
	      struct str text, uint64_t now_ms, const struct mo_asker *asker,
	      void (*put)(void *owner, struct parcel *p), void *owner);
/* One part was answered; status 0: taken. */
void mo_ended(struct mo_book *b, uint64_t id, uint32_t status, uint64_t now_ms);
