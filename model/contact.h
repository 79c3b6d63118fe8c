/* A person or firm we write to. */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "model/row.h"

#define CONTACT_ADDRESSES_MAX 8
#define CONTACT_BRANCH_MAX 64

enum contact_state { CONTACT_ACTIVE, CONTACT_LEFT, CONTACT_PROBE };

/* What stages a customer goes through; NULL ends. */
extern const char *const contact_lifecycles[];
/* How sure a zone is: said, or guessed from something else; NULL ends. */
extern const char *const contact_tz_sources[];

/* Views; STORE_CONTACT_PUT takes them in this order. */
struct contact {
	struct str tenant;
	uint64_t id;
	struct str ref; /* the customer number of their system */
	struct str name;
	struct str lang;      /* "zh", "en" */
	struct str tz;        /* "Europe/London"; "" = unknown */
	struct str tz_source; /* explicit, zip, area_code, country, unknown */
	struct str tier;      /* vip, key, standard, new */
	struct str branch;
	struct str manager;   /* who looks after a key account */
	struct str lifecycle; /* of contact_lifecycles; "" unknown */
	struct str preferred; /* channel kind; "" = sms */
	struct str hours;     /* preferred ones, "18:00-21:00"; "" any */
	enum contact_state state;
	struct str attrs; /* JSON object text */
	int64_t created_ms, updated_ms;
};

/* A person or a post code says where somebody is; a number or a country lets
 * one guess. */
bool contact_zone_guessed(const struct contact *c);

#define CONTACT_CELLS 17

/* Addresses of a contact: kind ("sms", "mqtt") and value. */
struct contact_address {
	struct str channel;
	struct str address;
};

const char *contact_state_name(enum contact_state s);
MUST_USE int contact_state_parse(struct str s, enum contact_state *out);
/* Fills the cells of STORE_CONTACT_PUT / reads the columns back. */
void contact_cells(const struct contact *c, struct cell cells[CONTACT_CELLS]);
void contact_from_row(const struct row *r, struct contact *c);
