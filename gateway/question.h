/* One question to the gate, as its rules see it: permit.c, rule_consent.c,
 * rule_content.c and rule_times.c. */
#pragma once

#include "gateway/permit.h"

struct question {
	const struct permit_cfg *cfg;
	const struct message *m;
	const struct class_rules *rules;
	const struct place *place;
	const struct place_rules *local; /* of the place, for its nature */
	const struct standing *own;      /* under the message's tenant */
	const struct standing *global;   /* under tenant "*" */
	const struct standing *person;   /* what was counted for him */
	const struct tzone *const *zones;
	const struct tzone *zone; /* behind zones, if it is known */
	unsigned nzones;
	/* behind zones, if one was guessed: the place's, and that one */
	const struct tzone *candidates[PLACE_ZONES_MAX + 1];
	int64_t now_ms;
	struct decision *d;
	struct permit_row *row; /* NULL unless it explains */
};

/* A rule: true when it objects, having said so in d. */
typedef bool gate_rule_fn(struct question *q);

/* by: a pack, or NULL for the class. */
bool question_deny(struct question *q, const char *reason,
		   const struct pack *by);
bool question_defer(struct question *q, const char *reason, int64_t until_ms,
		    const struct pack *by);
/* For who explains: what was compared. */
void question_note(struct question *q, const struct pack *by, const char *fmt,
		   ...) PRINTF(3, 4);

gate_rule_fn rule_block, rule_refused, rule_consent;
gate_rule_fn rule_sender, rule_stop_text, rule_signature, rule_registration;
gate_rule_fn rule_confirm, rule_transaction;
gate_rule_fn rule_group, rule_fatigue, rule_cap, rule_hours;
