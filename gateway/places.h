/* Places: what follows from a number alone - the zones it may be in, and what
 * the rule packs of that place leave of each kind of message. Made once, so
 * that the gate only looks it up. */
#pragma once

#include "gateway/hours.h"
#include "gateway/packs.h"

#define PLACE_ZONES_MAX 12
#define PLACE_PACKS_MAX 8
#define PLACE_CAPS_MAX 8

struct place_cap {
	struct cap cap;
	uint32_t mask; /* BIT(index) of the classes it counts */
	const struct pack *by;
};

/* For one nature of message. */
struct place_rules {
	struct hours hours;
	const struct pack *hours_by; /* the narrowest; NULL: none */
	enum class_consent consent;  /* the least it needs */
	const struct pack *consent_by;
	struct place_cap caps[PLACE_CAPS_MAX];
	unsigned ncaps;
};

struct place {
	const struct tzone *zones[PLACE_ZONES_MAX];
	unsigned nzones; /* 0: nobody knows */
	const struct pack *packs[PLACE_PACKS_MAX];
	unsigned npacks;
	char *label; /* names and versions of the packs of this place */
	struct place_rules rules[CLASS_NATURES];
	int64_t confirm_within_ms;     /* 0: any time */
	int64_t transaction_within_ms; /* 0: any time */
	int64_t revoke_all_ms;         /* INT64_MAX: never */
	int64_t honour_days;           /* business days */
	int64_t ledger_keep_ms, content_keep_ms;
	unsigned area_len; /* most digits of an area code; 0: none differs */
};

struct places;

/* -ENOSPC with a fault: more packs or caps for one number than there is room
 * for. Both live longer. */
MUST_USE int places_new(struct places **out, const struct packs *packs,
			const struct classes *classes, struct faults *faults);
void places_free(struct places **pp);
/* Never NULL: an address that is no number is everywhere. */
const struct place *places_of(const struct places *p, struct str address);
/* 8 hex digits over classes and packs: names the rules of a decision. */
struct str places_version(const struct places *p);

/* Does all of a reply mean one of its packs' words, however it is written? */
enum pack_word place_word(const struct place *p, struct str reply);
/* The pack of the place in which this source of a grant proves nothing, or
 * NULL. */
const struct pack *place_refuses_source(const struct place *p,
					struct str source);
/* The pack that wants a grant to name its wording, or NULL. */
const struct pack *place_wants_wording(const struct place *p);
