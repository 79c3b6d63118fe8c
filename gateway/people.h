/* Contacts as the gate needs them: rows to the store, facts to memory. */
#pragma once

#include "gateway/core.h"

struct people;

struct people *people_new(struct core *core);
void people_free(struct people **pp);
/* As gateway_contact. */
MUST_USE int people_put(struct people *p, struct contact *c,
			const struct contact_address *v, unsigned n,
			struct err *err);
/* One row of STORE_CONTACT_SCAN: an address and its contact; rows of one
 * contact come together. people_recovered: that was the last. */
void people_recover(struct people *p, const struct row *row);
void people_recovered(struct people *p);
