/* What a request asks to send, read into what the gateway takes. */
#pragma once

#include "console/request.h"

/* The body of POST /v1/messages, as its table reads it. */
struct message_body {
	struct str to, text, class_name, from, channel;
	struct str idempotency_key, campaign, business_line, thread;
	struct str exclusion_group, department, in_reply_to;
	int64_t send_at, valid_until, priority;
	json_t *metadata;
	struct str template_id, lang;
	struct str branch; /* of who sends: whose templates they may use */
	int64_t template_version;
	json_t *vars;
	struct buf dumped;   /* metadata whose bytes could not be found */
	struct buf rendered; /* the template's text */
};

void message_body_done(struct message_body *b);
/* From one message's object and its bytes. Views: into object and text.
 * -EINVAL with what was wrong. */
MUST_USE int message_body_read(json_t *object, struct str text,
			       struct message_body *b, struct submission *s,
			       struct refusal *why);
/*
 * Puts the text in that the body's template makes for this person, and what
 * it was; nothing to do without a template. s->tenant is set. -EINVAL with
 * what was wrong: a variable without value is named in `field`.
 */
MUST_USE int message_body_render(const struct library *l, struct gateway *g,
				 struct message_body *b, struct submission *s,
				 struct refusal *why);
/* HTTP status of a submission's rc. */
int submitted_status(const struct submitted *s);
/* Answers with what kept a submission from being taken. */
void reply_submitted_error(struct request *r, const struct submitted *s);
