/*
 * People of an audience, a page at a time: read on the store's reader thread,
 * used on the loop. While a page is used, the next one is read.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "model/row.h"
#include "templates/parse.h"

/* Part of an approved audience's hash: never change it. */
#define PEOPLE_PAGE 1000

/* Views into their page. */
struct person_row {
	uint64_t contact;   /* 0: an address without one */
	struct str address; /* "" when the contact has none of that kind */
	struct str ref, name, lang, tz, tier, branch, attrs;
	bool sample; /* for a test: what has no value shows its name */
};

#define PERSON_TEXTS 8 /* from `address` on, as in the calls' columns */

struct people {
	struct buf bytes;
	struct person_row v[PEOPLE_PAGE];
	unsigned n;
};

void people_init(struct people *p);
void people_done(struct people *p);
void people_clear(struct people *p);
/* On the reader's thread: cells from `first` on are address, ref ... attrs.
 * NULL when the page is full. */
struct person_row *people_add(struct people *p, uint64_t contact,
			      const struct row *row, unsigned first);
/* One that is an address alone. */
struct person_row *people_add_address(struct people *p, struct str address);
/* After the last people_add: the texts may be read from now on. */
void people_settle(struct people *p);

/* Text of a template for this person: its address, what values.h knows of a
 * contact. As template_render; -ENOENT: *missing, which is of the template, has
 * no value. */
MUST_USE int person_render(const struct template *t, const struct person_row *p,
			   struct buf *out, struct str *missing,
			   struct err *err);
