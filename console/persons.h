/* Contacts read from the store with their addresses, page by page. */
#pragma once

#include "campaigns/person.h"
#include "console/request.h"

#define PERSONS_PAGE 1000
/* So many are looked at for one page of a branch's. */
#define PERSONS_LOOKED 50000

struct persons {
	struct person **v;
	size_t n, cap;
	size_t max;    /* more are not read */
	size_t seen;   /* looked at, with those of other branches */
	uint64_t last; /* the last of these */
	bool more;     /* there may be others behind it */
	char branch[BRANCH_MAX + 1]; /* "": of every branch */
	struct person_reader reader;
	void (*next)(struct request *r, int rc);
	char tenant_text[TENANT_MAX + 1];
};

/*
 * Reads up to max persons that a call of STORE_PERSON_* gives, and then
 * next(r, rc) with a struct persons in r->own. The call's first argument is
 * the tenant, its last is asks. Who has a branch reads those of it.
 */
void persons_read(struct request *r, enum store_call call, struct str tenant,
		  struct cell key, size_t max,
		  void (*next)(struct request *r, int rc));
/* After that: one more, by its id, behind the one that is there. next finds
 * ps->n as it was when there is none, or it is another branch's. */
void persons_read_also(struct request *r, uint64_t id,
		       void (*next)(struct request *r, int rc));
/* The one that was asked for. NULL: answered, there is none or it is of
 * another branch. */
const struct person *persons_one(struct request *r, int rc);
void persons_free(void *own); /* when something else owns it */
/* As JSON; addresses as they look to who asks. */
void person_json(struct buf *b, const struct person *p, const struct who *who);
/* A line of CSV, and the line of names before them. */
void person_csv(struct buf *b, const struct person *p);
void person_csv_head(struct buf *b);
