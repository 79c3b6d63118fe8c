/*
 * A version of a template: what one author wrote, in one or more languages,
 * and what became of it. After `submit` nothing of it changes but its state.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/address.h"
#include "model/row.h"
#include "templates/parse.h"

#define VERSION_ID_MAX 64
#define VERSION_LANG_MAX 15
#define VERSION_NAME_MAX 128   /* name, owner, sender, promise ... bytes */
#define VERSION_REASON_MAX 512 /* bytes */
#define TRANSLATIONS_MAX 16    /* languages of one version */
#define VERSION_SHA256 32

enum version_state {
	VERSION_DRAFT,
	VERSION_SUBMITTED,
	VERSION_APPROVED, /* may be used by who names it */
	VERSION_ACTIVE,   /* the newest of these is used by who names none */
	VERSION_REJECTED,
	VERSION_REVIEW, /* too many complaints or opt-outs: no new campaigns */
	VERSION_RETIRED,
	VERSION_STATES
};

/* Events that move a version, and the verbs of the API. */
enum version_event {
	VERSION_E_SUBMIT,
	VERSION_E_APPROVE,
	VERSION_E_REJECT,
	VERSION_E_ACTIVATE,
	VERSION_E_REVIEW,
	VERSION_E_RETIRE,
	VERSION_EVENTS
};

enum translation_state {
	TRANSLATION_DRAFT,
	TRANSLATION_SUBMITTED,
	TRANSLATION_APPROVED,
	TRANSLATION_REJECTED,
	TRANSLATION_STATES
};

/* Ids under which others have registered the text. */
enum registration {
	REGISTRATION_DLT_ENTITY,   /* India: principal entity */
	REGISTRATION_DLT_HEADER,   /* India: sender header, DEMOTL-P */
	REGISTRATION_DLT_TEMPLATE, /* India: content template */
	REGISTRATION_CN_SIGNATURE, /* China: id of the signature */
	REGISTRATION_CN_TEMPLATE,  /* China: id of the template */
	REGISTRATIONS
};

struct translation {
	char *lang;      /* "zh", "en" */
	char *signature; /* "Acme": 【Acme】 or [Acme] before it; "": none */
	char *text;      /* as templates/parse.h */
	char *tail;      /* behind it: how to opt out; "": none */
	char *reason;    /* of a rejection; "" */
	enum translation_state state;
	/* over all that it says and all that is said of it */
	uint8_t sha256[VERSION_SHA256];
	struct template *program; /* of the three together; never NULL */
};

struct version {
	char *tenant, *id;
	unsigned number;   /* from 1 */
	uint64_t revision; /* grows with each change */
	enum version_state state;
	char *name; /* for people */
	char *class_name;
	char *branch;  /* who else has one may not use it; "": for all */
	char *owner;   /* department */
	char *sender;  /* the name the text must begin with; "" any */
	char *promise; /* id of the promise it makes; "" none */
	bool priced;   /* what it offers costs money */
	bool damaged;  /* what the store held has not the hash it had */
	char *registrations[REGISTRATIONS];
	char *author;
	char *approver, *second; /* who approved; "" nobody */
	char *reason;            /* of the last decision */
	int64_t created_ms, submitted_ms, decided_ms;
	uint8_t sha256[VERSION_SHA256]; /* over all that is approved */
	unsigned n;
	struct translation v[TRANSLATIONS_MAX];
};

struct version *version_new(void); /* texts "", state draft */
void version_free(struct version **vp);
/* All of it, its programs compiled anew. */
struct version *version_copy(const struct version *v);

/* Puts a text of a version or translation in the place of what was there. */
void version_text(char **at, struct str s);

const char *version_state_name(enum version_state s);
MUST_USE int version_state_parse(struct str s, enum version_state *out);
const char *version_event_name(enum version_event e);
const char *translation_state_name(enum translation_state s);
MUST_USE int translation_state_parse(struct str s, enum translation_state *out);
const char *registration_name(enum registration r);

/* May this happen to it now? */
bool version_allows(const struct version *v, enum version_event e);
/* must() holds that the table of states permits it. */
void version_move(struct version *v, enum version_state next);

/* NULL when it has no such language. */
struct translation *version_translation(const struct version *v,
					struct str lang);
/* Puts or replaces a language, compiled. -EBADMSG with a sentence: the text
 * cannot be read; -EINVAL: signature or tail hold braces; -ENOSPC: too many,
 * or too long. */
MUST_USE int version_translate(struct version *v, struct str lang,
			       struct str signature, struct str text,
			       struct str tail, struct err *err);
/* Signature, text and tail as one source. */
void translation_source(const struct translation *t, struct buf *out);
/* Fills in all hashes. */
void version_seal(struct version *v);

/* ---- as stored: STORE_TEMPLATE_PUT, STORE_TEMPLATE_TEXT_PUT ------------- */

#define VERSION_CELLS 21
#define TRANSLATION_CELLS 10
/* registrations gets text that the cells borrow. */
void version_cells(const struct version *v, struct buf *registrations,
		   struct cell cells[VERSION_CELLS]);
void translation_cells(const struct version *v, const struct translation *t,
		       struct cell cells[TRANSLATION_CELLS]);
MUST_USE int version_from_row(const struct row *r, struct version **out);
/* Adds the translation of a row; -EBADMSG. */
MUST_USE int translation_from_row(const struct row *r, struct version *v);
