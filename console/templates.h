/* Templates as they come in and go out: the drafts of authors, the versions
 * of the library. */
#pragma once

#include "campaigns/library.h"
#include "console/request.h"

/* The body of a draft, as its table reads it. */
struct template_body {
	struct str id, name, class_name, owner, sender, promise;
	bool priced;
	json_t *texts, *registrations;
};

/* Reads the request's body into a draft whose views live as long as the
 * request. false: it has been answered. */
bool template_draft_read(struct request *r, struct library_draft *d);
/* The version of the path, of their branch or for all; number 0: the newest.
 * NULL: it was answered. */
const struct version *template_asked(struct request *r, uint64_t number);
/* May they change the template of that id? One that is not there yet they may
 * write. false: it was answered. */
bool template_theirs(struct request *r, struct str tenant, struct str id);
/* The number in the path; false: it was answered. */
bool template_number(struct request *r, uint64_t *number);
/* A version as JSON; texts and what came of it too, when `whole`. */
void template_json(struct buf *b, const struct library *l,
		   const struct version *v, bool whole);
/* "3": the revision, for ETag and If-Match. */
void template_etag(const struct version *v, char out[24]);
/* Answers with why the library would not. */
void reply_library(struct request *r, int rc,
		   const struct library_refusal *why);
/* The findings of a text as a JSON array. */
struct template_findings;
void template_findings_json(struct buf *b, const struct template_findings *f);
/* A library_change_fn; owner: the console. Notes who did it, and tells who
 * listens to template.<state>. */
void template_changed(void *owner, const struct version *before,
		      const struct version *after, struct str actor,
		      const char *action);
