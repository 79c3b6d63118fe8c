/* The fields of a standing: for facts.c, which writes them, and standing.c,
 * which answers from them. */
#pragma once

#include "gateway/facts.h"

/* What the ledger says of one purpose, brand and channel. */
struct mark {
	uint64_t seq;
	uint32_t at_s;
	uint32_t expires_s; /* 0: never */
	uint16_t brand, channel;
	uint8_t purpose;
	uint8_t grant; /* enum grant, without EXPIRED */
};

/* A list it stands on: 0 is the person's own block. */
struct listing {
	uint64_t seq;
	uint32_t until_s; /* 0: for good */
	uint16_t list;
	bool registry;
};

struct counted {
	uint32_t at_s, until_s; /* nobody asks for it after that */
	uint32_t campaign;      /* hash; 0: none */
	uint8_t class_index;
	uint8_t group;
};

enum {
	FACT_SUSPECTED = 1,
	FACT_LEFT = 2,
	FACT_ENGLISH = 4,
	FACT_CHINESE = 8,
	FACT_PREFERS_SMS = 16,
	FACT_PREFERS_OTHER = 32, /* the channel of `other` */
	FACT_ZONE_GUESSED = 64   /* the zone, from the number or country */
};

/* What few addresses have. */
struct standing_more {
	struct listing *listings;
	struct counted *counted; /* oldest first */
	char *other;             /* "mqtt", NUL, address there; NULL: none */
	uint32_t left_s;
	uint16_t open_minute, close_minute; /* wished; equal: all day */
	uint8_t nlistings, ncounted;
};

/* There is one for each address: its size is what a contact takes. */
struct standing {
	uint64_t contact_id;
	struct mark *marks;
	struct standing_more *more; /* NULL: nothing */
	uint16_t zone;              /* tzone_number */
	uint16_t branch; /* of the contact, by facts_branch; 0: none */
	uint16_t tier;   /* of the contact, by facts_tier; 0: none */
	uint8_t nmarks, flags;
};
_Static_assert(sizeof(struct standing) == 32, "a million of them");

/* What it has of those; never NULL. */
const struct standing_more *standing_more_of(const struct standing *s);
/* Of a campaign's name; 0 for none. */
uint32_t campaign_hash(struct str campaign);
