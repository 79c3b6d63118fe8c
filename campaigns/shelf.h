/* Shelves: the versions of one template each. For the library's own files. */
#pragma once

#include "base/map.h"
#include "campaigns/library.h"

/* What came of all that one version sent. */
struct tally {
	struct shelf *shelf;
	unsigned number;
	uint64_t sent, opt_outs, complaints;
	uint64_t reviewed; /* revision that is under review; 0: none was */
	bool dirty;        /* in the list of those to be written */
	struct tally *next;
};

struct shelf {
	struct library *library;
	char *key; /* in the dict: tenant, 0, id */
	size_t key_len;
	struct version **v; /* by number, from 1: v[0] is number 1 */
	unsigned n;
	struct tally **tallies; /* by number; NULL: nothing was counted */
	unsigned n_tallies;
	bool changing; /* a change is on its way to the disk */
};

struct library {
	struct store *store;
	const struct clock_ops *clock;
	const struct library_cfg *cfg;
	struct dict *shelves;
	struct shelf **order; /* by tenant and id */
	size_t n, cap;
	bool (*blocked)(void *owner, struct str text, struct str *word);
	void *blocked_owner;
	library_change_fn *changed;
	void *owner;
};

struct shelf *shelf_find(const struct library *l, struct str tenant,
			 struct str id); /* NULL */
/* A new one, empty. */
struct shelf *shelf_add(struct library *l, struct str tenant, struct str id);
/* Takes an empty one off again. */
void shelf_drop(struct shelf *s);
struct version *shelf_version(const struct shelf *s, unsigned number);
/* The tally of a version; stays where it is. */
struct tally *shelf_tally(struct shelf *s, unsigned number);
/* Its version of that number, new or in the place of the old one. */
void shelf_put(struct shelf *s, struct version *v);

/*
 * A change: v takes its place on the shelf once it is durable, and is freed if
 * it never is. Tells who listens. The rows go into the open batch; texts: the
 * translations have changed, too.
 */
void shelf_change(struct shelf *s, struct version *v, bool texts,
		  struct str actor, const char *action);

/* Says which refusal it is; gives rc. */
static inline int library_refuse(struct library_refusal *why, int rc,
				 const char *code, const char *field)
{
	why->code = code;
	why->field = field;
	return rc;
}

/* The version that a change is about, if it is still the one that was seen
 * (revision; 0: any) and nothing else changes it. As library_step. */
MUST_USE int shelf_seen(const struct library *l, struct str tenant,
			struct str id, unsigned number, uint64_t revision,
			struct shelf **shelf, const struct version **version,
			struct library_refusal *why);
