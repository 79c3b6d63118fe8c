/*
 * The library: every version of every template, in memory. What changes is
 * written first: a change works when its commit is done, never before. One
 * loop thread; pointers it gives live until the turn is over.
 */
#pragma once

#include "base/clock.h"
#include "base/settings.h"
#include "campaigns/version.h"
#include "model/store.h"

struct library;

struct library_cfg {
	int64_t templates_max; /* ids of all tenants */
	int64_t versions_max;  /* of one template */
	char *language;        /* of those whose language is not known */
	struct setting_list languages; /* "tenant=en": another one there */
	struct setting_list promises;  /* ids of those that are registered */
	int64_t parts_usual;           /* of one text; more is a warning */
	int64_t part_price;            /* thousandths of the currency */
	char *currency;
	int64_t review_after;      /* sent; fewer say nothing */
	int64_t review_opt_outs;   /* of 10,000 sent */
	int64_t review_complaints; /* of 10,000 sent */
};

extern const struct setting_section templates_section;

struct library_env {
	struct store *store;
	const struct clock_ops *clock;
	const struct library_cfg *cfg; /* lives as long as the library */
	/* Does a text hold a word that nobody may send? NULL: not asked. */
	bool (*blocked)(void *owner, struct str text, struct str *word);
	void *owner;
};

/* Reads what the store holds: before serving only, it scans. -EIO. */
MUST_USE int library_open(struct library **out, const struct library_env *env,
			  struct err *err);
/* After the store, whose answers it still hears. */
void library_close(struct library **lp);

/*
 * Told of every change in the turn in which it is made, in the open batch:
 * for the audit log and the events. before: NULL for a new version. One
 * listener.
 */
typedef void library_change_fn(void *owner, const struct version *before,
			       const struct version *after, struct str actor,
			       const char *action);
void library_on_change(struct library *l, library_change_fn *fn, void *owner);

/* ---- to look ------------------------------------------------------------------ */

/* NULL: not there. number 0: the newest of any state. */
const struct version *library_version(const struct library *l,
				      struct str tenant, struct str id,
				      unsigned number);
/* Calls fn for the newest version of each template of a tenant ("": of all),
 * by id, beginning after `after`; false from fn ends it. */
void library_each(const struct library *l, struct str tenant, struct str after,
		  bool (*fn)(void *owner, const struct version *newest),
		  void *owner);

/* Who wants to use a text. */
struct library_ask {
	struct str tenant, id;
	unsigned number;   /* 0: the newest that is active */
	struct str lang;   /* the person's, or the one asked for; "" unknown */
	bool lang_strict;  /* no other will do */
	bool single;       /* one message, not a campaign: under review goes */
	struct str branch; /* theirs; not "": no template of another */
};

struct library_pick {
	const struct version *version;
	const struct translation *translation;
};

/*
 * A version that may be used, in the person's language, else in the tenant's,
 * else in the only one it has. -ENOENT: no such template, version or
 * language; -EPROTO: it is a draft, not approved, under review, retired, or
 * not what was approved.
 */
MUST_USE int library_find(const struct library *l,
			  const struct library_ask *ask,
			  struct library_pick *out, struct err *err);

/* What a message says its text is a rendering of; views into the pick. */
struct template_ref library_ref(const struct library_pick *p);

/* What came of what a version sent; all 0 when nothing was. */
struct library_tally {
	uint64_t sent, opt_outs, complaints;
};
void library_tally(const struct library *l, const struct version *v,
		   struct library_tally *out);
const struct library_cfg *library_settings(const struct library *l);
/* The language of a tenant's people whose own is not known. */
struct str library_language(const struct library *l, struct str tenant);

/* ---- to change ------------------------------------------------------------------ */

/* What a change came to, besides its rc: -EINVAL what was said is wrong,
 * -ENOENT, -EACCES not this person, -EPROTO not in this state, -EEXIST
 * somebody was quicker, -EAGAIN another change is on its way to the disk,
 * -ENOSPC a limit. */
struct library_refusal {
	const char *code; /* stable, for the error object */
	const char *field;
	struct err err;
};

struct library_wording {
	struct str lang, signature, text, tail;
};

/* What an author writes; all of it. Views. */
struct library_draft {
	struct str tenant, id;
	struct str branch; /* of the author; a new template is of it */
	struct str name, class_name, owner, sender, promise;
	struct str registrations[REGISTRATIONS];
	bool priced;
	unsigned n;
	struct library_wording v[TRANSLATIONS_MAX];
};

/* A draft as a version that is kept nowhere, to look at; the caller frees
 * it. */
MUST_USE int library_sketch(const struct library *l,
			    const struct library_draft *d, struct version **out,
			    struct library_refusal *why);
/* A new draft: version 1, or the one after the newest. *out: as it will be;
 * lives for this turn. */
MUST_USE int library_write(struct library *l, const struct library_draft *d,
			   struct str actor, const struct version **out,
			   struct library_refusal *why);
/* Puts d in the place of a draft. revision: the one the author saw; 0: any. */
MUST_USE int library_edit(struct library *l, const struct library_draft *d,
			  unsigned number, uint64_t revision, struct str actor,
			  const struct version **out,
			  struct library_refusal *why);

struct library_step {
	struct str tenant, id;
	unsigned number;
	uint64_t revision; /* the one that was seen; 0: any */
	enum version_event event;
	struct str actor;
	struct str reason; /* to reject, activate after review, retire */
	struct str lang;   /* to reject one language alone; "" all */
	bool activate;     /* to approve: and it is active at once */
};

/*
 * One step of a version's life. What lint finds wrong is not submitted. The
 * author never approves; nor does one person twice where lint asks for two.
 * Approving leaves out languages that were
 * rejected before; rejecting the last language rejects the version.
 */
MUST_USE int library_step(struct library *l, const struct library_step *s,
			  const struct version **out,
			  struct library_refusal *why);
