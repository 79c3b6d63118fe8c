/*
 * Facts: what the gate knows of an address, in memory. Built from the ledger
 * and the contacts at the start; withdrawals take effect here before their
 * commit, grants only after it (consent fails closed).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/consent.h"
#include "model/contact.h"
#include "proto/tzone.h"

struct facts; /* the table */

/* What is known of one address under one tenant. */
struct standing;

struct facts *facts_new(void);
void facts_free(struct facts **fp);
size_t facts_len(const struct facts *f);
/* Grows by one whenever a refusal became effective: cheap re-check. */
uint64_t facts_refusals(const struct facts *f);

/* NULL when nothing is known. */
const struct standing *facts_of(const struct facts *f, struct str tenant,
				struct str address);

/* A ledger event becomes effective. purpose: number of classes.h. */
void facts_consent(struct facts *f, struct str tenant, struct str address,
		   unsigned purpose, enum consent_type type, uint64_t seq,
		   int64_t at_ms, int64_t expires_ms);
/* A contact owns this address. zone NULL: unknown. other: its address on
 * the preferred channel, "" if the same. */
void facts_contact(struct facts *f, struct str tenant, struct str address,
		   const struct contact *c, const struct tzone *zone,
		   struct str other);
void facts_suspect(struct facts *f, struct str tenant, struct str address,
		   bool suspected);
/* A capped message of this class goes out; undo when it did not. */
void facts_count(struct facts *f, struct str tenant, struct str address,
		 unsigned class_index, int64_t at_ms, unsigned keep);
void facts_uncount(struct facts *f, struct str tenant, struct str address,
		   unsigned class_index, int64_t at_ms);

/* ---- questions; s may be NULL ------------------------------------------- */

enum grant {
	GRANT_UNKNOWN,
	GRANT_PENDING,
	GRANT_GIVEN,
	GRANT_EXPIRED,
	GRANT_WITHDRAWN
};

/* State of a purpose (also by what was said of all purposes), and the seq
 * relied on. */
enum grant standing_grant(const struct standing *s, unsigned purpose,
			  int64_t now_ms, uint64_t *seq, int64_t *at_ms);
bool standing_blocked(const struct standing *s, uint64_t *seq);
bool standing_suspected(const struct standing *s);
bool standing_left(const struct standing *s, int64_t *since_ms);
const struct tzone *standing_zone(const struct standing *s);
struct str standing_preferred(const struct standing *s); /* "" none */
struct str standing_other(const struct standing *s);
struct str standing_lang(const struct standing *s);
/* Messages of the class since a time; the oldest of them in *first_ms. */
unsigned standing_count(const struct standing *s, unsigned class_index,
			int64_t since_ms, int64_t *first_ms);
