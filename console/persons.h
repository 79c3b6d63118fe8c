/* Contacts read from the store with their addresses, page by page. */
#pragma once

#include "console/request.h"
#include "model/contact.h"

#define PERSONS_PAGE 1000

/* Texts belong to it. */
struct person {
	struct contact contact;
	struct contact_address v[CONTACT_ADDRESSES_MAX];
	unsigned n;
};

struct persons {
	struct person **v;
	size_t n, cap;
	size_t at; /* whose addresses are being read */
	void (*next)(struct request *r, int rc);
	char tenant_text[TENANT_MAX + 1];
};

/*
 * Reads the contacts a call gives, then the addresses of each, into r->own;
 * next(r, rc) with a struct persons in r->own.
 */
void persons_read(struct request *r, struct str tenant, enum store_call call,
		  const struct cell *cells, unsigned n,
		  void (*next)(struct request *r, int rc));
/* As JSON; addresses as they look to who asks. */
void person_json(struct buf *b, const struct person *p, const struct who *who);
/* Its version, for ETag and If-Match. */
void person_etag(const struct person *p, char out[24]);
/* A line of CSV, and the line of names before them. */
void person_csv(struct buf *b, const struct person *p);
void person_csv_head(struct buf *b);
