/* A contact with all that is asked of it: addresses, lists, when last heard.
 * Read from rows of the store, one a row for each address. */
#pragma once

#include "model/address.h"
#include "model/contact.h"

struct person {
	struct contact contact;
	struct contact_address v[CONTACT_ADDRESSES_MAX];
	unsigned n;
	struct str lists; /* the names of its lists, each ended by a LF */
	int64_t heard_ms; /* when it last wrote to us; 0: never, or not asked */
};

/* What a read is to find beside the contact: bits of its `asks`. */
enum person_asks { PERSON_LISTS = 1, PERSON_HEARD = 2 };

/* Is the person on a list of that name? */
bool person_on_list(const struct person *p, struct str name);
/* Its first address of a channel; "" none. */
struct str person_address(const struct person *p, struct str channel);
/* One block with all its texts; freed with mem_free. */
struct person *person_dup(const struct person *p);

/* Puts persons together from the rows of STORE_PERSON_PAGE and its like, in
 * which those of one person follow each other. */
struct person_reader {
	struct person person; /* views into text */
	char *text;
	size_t used, size;
	bool open;
};

/* A row of another person than the one before? Then finish that one first. */
bool person_reader_turns(const struct person_reader *r, const struct row *row);
void person_reader_row(struct person_reader *r, const struct row *row);
void person_reader_done(struct person_reader *r);
