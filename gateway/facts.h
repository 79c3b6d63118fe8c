/*
 * Facts: what the gate knows of an address, in memory. Built from the ledger
 * and the contacts at the start; withdrawals take effect here before their
 * commit, grants only after it (consent fails closed).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "gateway/hours.h"
#include "model/consent.h"
#include "model/contact.h"
#include "proto/tzone.h"

struct facts; /* the table */

/* What is known of one address under one tenant, or of one person. */
struct standing;

struct facts *facts_new(void);
void facts_free(struct facts **fp);
size_t facts_len(const struct facts *f);
/* Grows by one whenever a refusal became effective: cheap re-check. */
uint64_t facts_refusals(const struct facts *f);

/* NULL when nothing is known. */
const struct standing *facts_of(const struct facts *f, struct str tenant,
				struct str address);
/* What was counted for the person behind it, who may have more addresses;
 * NULL: nothing, or nobody in particular. */
const struct standing *facts_person(const struct facts *f, struct str tenant,
				    const struct standing *s);

/* Brands and channels of the ledger have numbers. 0 is none and all. */
#define FACTS_NAME_NEW UINT16_MAX /* the ledger never spoke of it */
uint16_t facts_name(const struct facts *f, struct str name);
const char *facts_name_text(const struct facts *f, uint16_t name);
/* How important the person is, as the contact says; "" nobody knows. */
struct str facts_tier(const struct facts *f, const struct standing *s);
/* Tenants that anything is known of, "*" among them. */
unsigned facts_tenants(const struct facts *f);
const char *facts_tenant(const struct facts *f, unsigned i);

/* A ledger event becomes effective. purpose: number of classes.h. -ENOSPC:
 * more names than there are numbers; a refusal then holds for all of them. */
int facts_consent(struct facts *f, const struct consent_event *e,
		  unsigned purpose);
/* Is it on that list? until_ms: 0 for good. */
bool facts_listed(const struct facts *f, struct str tenant, struct str address,
		  struct str list, int64_t *until_ms);
/* The lists that the ledger spoke of, i from 0, with how many addresses stand
 * on each; NULL at the end. */
const char *facts_list(const struct facts *f, unsigned i, uint64_t *n);
/* Is that event still the last word of what it was about: a grant or a request
 * that was not followed, a block that was not lifted? key: address_key. */
bool facts_runs(const struct facts *f, uint64_t key, uint64_t seq);
/* A contact owns this address. zone NULL: unknown. other: its address on the
 * preferred channel, or else on any but SMS; it may be this one, or NULL. */
void facts_contact(struct facts *f, struct str tenant, struct str address,
		   const struct contact *c, const struct tzone *zone,
		   const struct contact_address *other);
/* It is not that contact's any more: what the contact said of itself no longer
 * holds here, what the ledger says does. */
void facts_contact_part(struct facts *f, struct str tenant, struct str address,
			uint64_t contact_id);
void facts_suspect(struct facts *f, struct str tenant, struct str address,
		   bool suspected);

/* Something that is counted went out. */
struct touch {
	int64_t at_ms;
	unsigned class_index;
	unsigned group;      /* exclusion group, from 1; 0: none */
	struct str campaign; /* "" none */
};
/* keep: the most of its class that anybody asks for; horizon_ms: and for how
 * long. */
void facts_count(struct facts *f, struct str tenant, struct str address,
		 const struct touch *t, unsigned keep, int64_t horizon_ms);
/* The newest of that class did not go after all. When it had been counted; 0:
 * there is none. */
int64_t facts_uncount(struct facts *f, struct str tenant, struct str address,
		      unsigned class_index);

/* ---- questions; s may be NULL ------------------------------------------- */

enum grant {
	GRANT_UNKNOWN,
	GRANT_PENDING,
	GRANT_GIVEN,
	GRANT_EXPIRED,
	GRANT_WITHDRAWN
};

/* What a message is about; brand and channel by facts_name. */
struct grant_scope {
	unsigned purpose;
	uint16_t brand, channel;
};

struct grant_found {
	enum grant grant;
	uint64_t seq; /* of the event that says so; 0: none */
	int64_t at_ms;
};

/*
 * What was said last of that purpose (or, refusing, of all purposes) decides.
 * A grant for one brand or channel is for that one; without a brand the
 * message is the tenant's, which a refusal of any brand stops.
 */
struct grant_found standing_grant(const struct standing *s,
				  const struct grant_scope *scope,
				  int64_t now_ms);
/* Each word of the ledger that holds: fn(owner, purpose, brand, channel,
 * grant, seq). */
typedef void standing_mark_fn(void *owner, unsigned purpose, uint16_t brand,
			      uint16_t channel, enum grant grant, uint64_t seq);
void standing_marks(const struct standing *s, int64_t now_ms,
		    standing_mark_fn *fn, void *owner);
/* Blocked for all, or (promotional) by a registry. */
enum block { BLOCK_NONE, BLOCK_LIST, BLOCK_REGISTRY };
enum block standing_blocked(const struct standing *s, bool promotional,
			    uint64_t *seq);
uint64_t standing_contact(const struct standing *s); /* 0: nobody's */
/* Does the ledger say anything of it? */
bool standing_told(const struct standing *s);
bool standing_suspected(const struct standing *s);
bool standing_left(const struct standing *s, int64_t *since_ms);
const struct tzone *standing_zone(const struct standing *s);
/* Nobody said so: it follows from a number or a country, and may be wrong. */
bool standing_zone_guessed(const struct standing *s);
/* Narrows h to the hours that they wish for, if they wish for any. */
void standing_hours(const struct standing *s, struct hours *h);
/* Is it a contact's? Who looks after them; "" nobody in particular. */
bool facts_branch(const struct facts *f, const struct standing *s,
		  struct str *branch);
struct str standing_preferred(const struct standing *s); /* "" none */
/* The person's address on that channel, if it is another one than this. */
struct str standing_other(const struct standing *s, struct str channel);
struct str standing_lang(const struct standing *s);
/* What went out after a time, of classes by BIT(index). */
unsigned standing_count(const struct standing *s, uint32_t classes,
			int64_t since_ms);
/* Did another campaign of the group reach it after that time? */
bool standing_reached(const struct standing *s, unsigned group,
		      struct str campaign, int64_t since_ms);
