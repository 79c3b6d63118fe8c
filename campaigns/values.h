/* What a template's variables stand for: what the sender gave, and below it
 * what is known of the person. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "campaigns/library.h"
#include "model/contact.h"

struct values {
	const json_t *vars;            /* an object of the sender's; NULL */
	const struct contact *contact; /* the person; NULL: not known */
	struct str zone;               /* the person's, if not the contact's */
	/* of the values themselves */
	json_t *attrs; /* of the contact, read when first asked for */
	bool attrs_read;
	char number[48];
	struct str missing; /* the last variable without a value */
};

/* Frees what a look at a contact made; the next contact may be put in. */
void values_done(struct values *v);
/* A template_lookup. vars first; then name ref lang tier branch of the
 * contact; then its attributes. Texts, numbers and yes or no are values. */
bool values_lookup(void *owner, struct str name, struct str *value);

/*
 * A template to the text that goes out: signature, text, tail. Appends to
 * *out. -ENOENT: v->missing has no value; -EBADMSG: a value that its filter
 * cannot read; -ENOSPC: too long. err names the variable.
 */
MUST_USE int library_render(const struct library_pick *p, struct values *v,
			    struct buf *out, struct err *err);
