/*
 * Rule packs: what the law of a place and its carriers ask of a message, as
 * versioned data. The built-in ones are in gateway/packs/, one file each, in
 * the notation of the config; a section `pack` of the same name replaces one.
 * A pack only narrows what a class allows. It is no legal advice.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/map.h"
#include "base/settings.h"
#include "gateway/cap.h"
#include "gateway/classes.h"

/* Whom a rule of a pack is about; the numbers fit enum class_nature. */
enum pack_scope {
	PACK_ALL,         /* whatever goes there */
	PACK_REFUSABLE,   /* service and promotional */
	PACK_PROMOTIONAL, /* what solicits */
};

enum pack_sender { PACK_SENDER_ANY, PACK_SENDER_DIGITS, PACK_SENDER_SUFFIX };

/* The struct behind `pack NAME { ... }`; rows in pack_section. */
struct pack_cfg {
	char *version; /* date of the text it was read from */
	char *title_en, *title_zh;
	struct setting_list countries; /* calling codes; "*": everywhere */
	struct setting_list areas;     /* digits after the calling code */
	struct setting_list sources;   /* "rule: where it is written" */
	char *quiet_hours;             /* hours in which it may go */
	int quiet_scope;               /* enum pack_scope */
	char *cap;
	int cap_scope; /* enum pack_scope */
	int consent;   /* the least for promotion: enum class_consent */
	struct setting_list stop_words, help_words;
	struct setting_list refused_sources; /* of a grant */
	bool grant_wording;                  /* a grant names the words shown */
	char *revoke_all_from;               /* date; "" never */
	int64_t honour_days;                 /* business days */
	int64_t confirm_within;              /* ms; 0: any time */
	struct setting_list stop_text;       /* promotion has one of these */
	bool signature;                      /* promotion is signed */
	int sender;                          /* enum pack_sender */
	struct setting_list metadata;        /* members it must come with */
	int64_t transaction_within;          /* ms; 0: any time */
	int64_t ledger_keep, content_keep;   /* ms */
	char *penalty;
};

extern const struct setting_section pack_section;

#define PACKS_MAX 32

struct pack {
	char *name;
	struct pack_cfg cfg;           /* its own copies */
	char *label;                   /* "US-TCPA 2026-01-06" */
	int open_minute, close_minute; /* equal: all day */
	struct cap caps[CAPS_MAX];
	unsigned ncaps;
	int64_t revoke_all_ms; /* INT64_MAX: never */
	struct dict *words;    /* folded -> enum pack_word; NULL: none */
};

/* What a word of a pack asks for. */
enum pack_word { PACK_WORD_NONE, PACK_WORD_STOP, PACK_WORD_HELP };
#define PACK_WORD_MAX 64 /* bytes */

struct packs;

/* The built-in packs and the sections `pack`. -EINVAL with faults. */
MUST_USE int packs_new(struct packs **out, const struct settings *s,
		       struct faults *faults);
void packs_free(struct packs **pp);
unsigned packs_len(const struct packs *p);
const struct pack *packs_at(const struct packs *p, unsigned i);
const struct pack *packs_find(const struct packs *p, struct str name);
/* 8 hex digits over every rule of every pack. */
struct str packs_version(const struct packs *p);
/* The classes keep what the packs' caps count. */
void packs_count(const struct packs *p, struct classes *c);

/* Is a rule of this scope about a class of that nature? */
static inline bool pack_about(int scope, enum class_nature n)
{
	return (int)n >= scope;
}

/* What the pack says in one list; text is compared as it stands. */
bool setting_list_has(const struct setting_list *l, struct str text);
