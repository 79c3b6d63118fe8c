/* kannel.conf into a configuration of ours, and what did not fit. For the
 * files of the import alone: each of kannel_core, kannel_smsc, kannel_users
 * and kannel_routes writes its sections, kannel_left says the rest. */
#pragma once

#include "cli/kannel_groups.h"
#include "cli/words.h"

#define KANNEL_LINKS_MAX 200

/* An `smpp` section that was written. */
struct kannel_link {
	char name[64]; /* its title */
	const struct kannel_group *group;
	bool sends; /* it is no receiver */
};

/* One line for whoever moves. */
struct kannel_note {
	const char *file;
	unsigned line;
	char *text;
};

struct kannel_import {
	struct kannel_conf conf;
	struct buf out;
	struct kannel_note *notes;
	size_t nnotes;
	size_t carried; /* variables */
	struct kannel_link links[KANNEL_LINKS_MAX];
	size_t nlinks;
	char country[8]; /* of numbers written with one 0; "" */
	const char *data;
	bool readable; /* files of certificates are looked for here */
};

/* ---- noting --------------------------------------------------------------- */

void kannel_note(struct kannel_import *im, const char *file, unsigned line,
		 const char *what, enum word why, const char *const *values,
		 unsigned n);
/* This variable was carried; NULL is fine. */
void kannel_carry(struct kannel_import *im, struct kannel_var *v);
/* It was not, or not whole. */
void kannel_leave(struct kannel_import *im, struct kannel_var *v, enum word why,
		  const char *const *values, unsigned n);

/* ---- writing ---------------------------------------------------------------- */

void kannel_put_open(struct kannel_import *im, const char *kind,
		     const char *title);
void kannel_put_close(struct kannel_import *im);
void kannel_put_str(struct kannel_import *im, const char *name, struct str s);
void kannel_put_word(struct kannel_import *im, const char *name,
		     const char *word);
void kannel_put_int(struct kannel_import *im, const char *name, long long n,
		    const char *unit);
/* For a comment: nothing in it ends the line. */
void kannel_put_remark(struct buf *b, const char *text);
/* "quoted" with its escapes, for lists. */
void kannel_put_quoted(struct buf *b, struct str s);
/* A name for a section of what may be any text, unlike all that `taken` says
 * are taken. */
void kannel_title(struct str s, const char *otherwise, char out[64],
		  bool (*taken)(void *owner, const char *title), void *owner);

/* ---- values ----------------------------------------------------------------- */

/* Each carries the variable, or leaves it with the reason and gives false. */
bool kannel_take_str(struct kannel_import *im, const struct kannel_group *g,
		     const char *key, const char *ours, size_t max);
bool kannel_take_int(struct kannel_import *im, const struct kannel_group *g,
		     const char *key, const char *ours, long long min,
		     long long max, const char *unit);
/* A file that must be there for the configuration to be good. */
bool kannel_take_file(struct kannel_import *im, const struct kannel_group *g,
		      const char *key, const char *ours);
/* May it stand in a string of ours? */
bool kannel_text_ok(struct str s);
MUST_USE int kannel_int(struct str s, long long *out); /* -EBADMSG */
bool kannel_flag(const struct kannel_group *g, const char *key, bool otherwise);

/* ---- parts ------------------------------------------------------------------ */

void kannel_core(struct kannel_import *im);
void kannel_smscs(struct kannel_import *im);
void kannel_users(struct kannel_import *im);
void kannel_routes(struct kannel_import *im);
void kannel_services(struct kannel_import *im);
void kannel_left(struct kannel_import *im);

/* All of them; conf is read already. */
void kannel_import_run(struct kannel_import *im);
void kannel_import_done(struct kannel_import *im);
