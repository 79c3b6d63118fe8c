/* Steps of a version's life: who may, from where to where. */
#include "campaigns/library.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "campaigns/lint.h"
#include "campaigns/shelf.h"
#include "proto/text.h"

/* Languages in one state go on to the next. */
static unsigned translations_move(struct version *v,
				  enum translation_state from,
				  enum translation_state to)
{
	unsigned n = 0;

	for (unsigned i = 0; i < v->n; i++) {
		if (v->v[i].state != from)
			continue;
		v->v[i].state = to;
		n++;
	}
	return n;
}

static int submit(struct library *l, struct version *v,
		  const struct library_step *s, struct library_refusal *why)
{
	struct lint_verdict lint;

	(void)s;
	lint_version(l, v, &lint);
	if (lint.errors) {
		err_set(&why->err, 0, "%s: %s: %s", lint.lang, lint.worst.code,
			lint.worst.en);
		return library_refuse(why, -EINVAL, "lint", "texts");
	}
	IGNORE(translations_move(v, TRANSLATION_DRAFT, TRANSLATION_SUBMITTED) ==
	       0);
	v->submitted_ms = clock_wall_ms(l->clock);
	version_move(v, VERSION_SUBMITTED);
	return 0;
}

static int approve(struct library *l, struct version *v,
		   const struct library_step *s, struct library_refusal *why)
{
	struct lint_verdict lint;

	if (str_eqz(s->actor, v->approver)) {
		err_set(&why->err, 0,
			"you have approved it already: another "
			"person has to");
		return library_refuse(why, -EACCES, "second_person", NULL);
	}
	v->decided_ms = clock_wall_ms(l->clock);
	if (v->approver[0] == '\0')
		version_text(&v->approver, s->actor);
	else
		version_text(&v->second, s->actor);
	lint_version(l, v, &lint);
	if (lint.two && v->second[0] == '\0')
		return 0; /* still submitted */
	IGNORE(translations_move(v, TRANSLATION_SUBMITTED,
				 TRANSLATION_APPROVED) == 0);
	version_move(v, VERSION_APPROVED);
	if (s->activate)
		version_move(v, VERSION_ACTIVE);
	return 0;
}

static int reject(struct library *l, struct version *v,
		  const struct library_step *s, struct library_refusal *why)
{
	struct translation *t;

	v->decided_ms = clock_wall_ms(l->clock);
	version_text(&v->reason, s->reason);
	if (s->lang.len == 0) {
		IGNORE(translations_move(v, TRANSLATION_SUBMITTED,
					 TRANSLATION_REJECTED) == 0);
		version_move(v, VERSION_REJECTED);
		return 0;
	}
	t = version_translation(v, s->lang);
	if (t == NULL || t->state != TRANSLATION_SUBMITTED) {
		err_set(&why->err, 0, "it has no submitted text in \"%.*s\"",
			STR_ARGS(str_first(s->lang, VERSION_LANG_MAX)));
		return library_refuse(why, -ENOENT, "no_language", "lang");
	}
	t->state = TRANSLATION_REJECTED;
	version_text(&t->reason, s->reason);
	for (unsigned i = 0; i < v->n; i++)
		if (v->v[i].state != TRANSLATION_REJECTED)
			return 0;
	version_move(v, VERSION_REJECTED);
	return 0;
}

static int activate(struct library *l, struct version *v,
		    const struct library_step *s, struct library_refusal *why)
{
	(void)l;
	(void)why;
	if (s->reason.len > 0)
		version_text(&v->reason, s->reason);
	version_move(v, VERSION_ACTIVE);
	return 0;
}

static int review(struct library *l, struct version *v,
		  const struct library_step *s, struct library_refusal *why)
{
	(void)why;
	v->decided_ms = clock_wall_ms(l->clock);
	version_text(&v->reason, s->reason);
	version_move(v, VERSION_REVIEW);
	return 0;
}

static int retire(struct library *l, struct version *v,
		  const struct library_step *s, struct library_refusal *why)
{
	(void)why;
	v->decided_ms = clock_wall_ms(l->clock);
	version_text(&v->reason, s->reason);
	version_move(v, VERSION_RETIRED);
	return 0;
}

/* What a step asks of who takes it, and what it does. */
static const struct {
	int (*take)(struct library *l, struct version *v,
		    const struct library_step *s, struct library_refusal *why);
	bool not_author; /* another person's step */
	bool reason;     /* must be given */
} steps[VERSION_EVENTS] = {
	[VERSION_E_SUBMIT] = { submit, false, false },
	[VERSION_E_APPROVE] = { approve, true, false },
	[VERSION_E_REJECT] = { reject, false, true },
	[VERSION_E_ACTIVATE] = { activate, false, false },
	[VERSION_E_REVIEW] = { review, false, true },
	[VERSION_E_RETIRE] = { retire, false, false },
};

static int check_step(const struct version *v, const struct library_step *s,
		      struct library_refusal *why)
{
	/* Out of review is a decision of its own. */
	bool reopened =
		s->event == VERSION_E_ACTIVATE && v->state == VERSION_REVIEW;

	if (!version_allows(v, s->event)) {
		err_set(&why->err, 0, "version %u is %s: it cannot %s",
			v->number, version_state_name(v->state),
			version_event_name(s->event));
		return library_refuse(why, -EPROTO, "bad_state", NULL);
	}
	if ((steps[s->event].not_author || reopened) &&
	    str_eqz(s->actor, v->author)) {
		err_set(&why->err, 0, "who wrote it does not approve it");
		return library_refuse(why, -EACCES, "own_version", NULL);
	}
	if ((steps[s->event].reason || reopened) &&
	    str_trim(s->reason).len == 0) {
		err_set(&why->err, 0, "a reason is needed");
		return library_refuse(why, -EINVAL, "missing", "reason");
	}
	if (s->reason.len > VERSION_REASON_MAX || !text_printable(s->reason)) {
		err_set(&why->err, 0, "a reason is a text of at most %d bytes",
			VERSION_REASON_MAX);
		return library_refuse(why, -EINVAL, "too_long", "reason");
	}
	return 0;
}

int library_step(struct library *l, const struct library_step *s,
		 const struct version **out, struct library_refusal *why)
{
	AUTO(version_free) struct version *v = NULL;
	const struct version *old = NULL;
	struct shelf *shelf = NULL;
	int rc;

	must(l != NULL && s != NULL && out != NULL && why != NULL &&
	     (unsigned)s->event < VERSION_EVENTS);
	rc = shelf_seen(l, s->tenant, s->id, s->number, s->revision, &shelf,
			&old, why);
	if (rc == 0)
		rc = check_step(old, s, why);
	if (rc != 0)
		return rc;
	v = version_copy(old);
	v->revision++;
	rc = steps[s->event].take(l, v, s, why);
	if (rc != 0)
		return rc;
	*out = v;
	shelf_change(shelf, TAKE(v), true, s->actor,
		     version_event_name(s->event));
	return 0;
}
