/* Door one: what a sender asks for becomes a message, or a clear refusal. */
#pragma once

#include "gateway/core.h"
#include "gateway/idempotency.h"

struct intake;

struct intake *intake_new(struct core *core, struct idempotency *keys);
void intake_free(struct intake **ip);
/* A file was read anew: the words that no text may hold. */
void intake_reload(struct intake *i);
/* Does the text hold a word that none may? word lives until a reload. */
bool intake_blocked(const struct intake *i, struct str text, struct str *word);
/* End of turn: what comes next is in another batch. */
void intake_turn(struct intake *i);
/* As gateway_submit. */
void intake_submit(struct intake *i, const struct submission *s,
		   struct submitted *out);
/* As gateway_judge. m (may be NULL) gets the message as it would be; its
 * views live until the next call. */
void intake_judge(struct intake *i, const struct submission *s,
		  struct submitted *out, struct message *m);
/* The same with every rule asked; returns how many rows. */
unsigned intake_explain(struct intake *i, const struct submission *s,
			struct submitted *out,
			struct permit_row rows[PERMIT_RULES_MAX]);
