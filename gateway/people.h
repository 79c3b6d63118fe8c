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
/* As gateway_contact_check and gateway_contact_known. */
MUST_USE int people_check(struct people *p, const struct contact *c,
			  const struct contact_address *v, unsigned n,
			  struct err *err);
uint64_t people_known(const struct people *p, const struct contact *c,
		      const struct contact_address *v, unsigned n);
/* As gateway_contact_keep. */
MUST_USE int people_keep(struct people *p, struct contact *c,
			 const struct contact_address *v, unsigned n,
			 struct err *err);
/* As gateway_contact_edits. */
uint64_t people_edits(const struct people *p);
/* Addresses that are the contact's no more. */
void people_part(struct people *p, const struct contact *c,
		 const struct contact_address *v, unsigned n);
/* Its rows are dropped, it is forgotten, and of its addresses hashes stay. */
void people_erase(struct people *p, const struct contact *c,
		  const struct contact_address *v, unsigned n);
/* Was the address a contact's that was erased? */
bool people_erased(struct people *p, struct str tenant, struct str address);
int64_t people_erased_at(struct people *p, struct str tenant,
			 struct str address);
int64_t people_erased_last(const struct people *p);
/* As gateway_contact_merge and gateway_contact_alias. */
MUST_USE int people_merge(struct people *p, struct contact *into,
			  const struct contact_address *v, unsigned n,
			  const struct contact *from,
			  const struct contact_address *old, unsigned nold,
			  struct err *err);
void people_alias(struct people *p, struct str tenant, uint64_t old_id,
		  struct str ref, uint64_t id);
/* After the contacts: the merged and the erased. -EIO. */
MUST_USE int people_recover_rest(struct people *p, struct err *err);
/* One row of STORE_CONTACT_SCAN: an address and its contact; rows of one
 * contact come together. people_recovered: that was the last. */
void people_recover(struct people *p, const struct row *row);
void people_recovered(struct people *p);
