/* Bodies of POST /v1/messages. */
#include "console/submission.h"

#include <errno.h>

#include "base/id.h"
#include "console/api.h"

#define AT(f) offsetof(struct message_body, f)

static const struct field rows[] = {
	{ "to", FIELD_STR, AT(to), true,
	  "A phone number, or the address on the channel." },
	{ "text", FIELD_STR, AT(text), false,
	  "What the person reads, UTF-8; or a template." },
	{ "class", FIELD_STR, AT(class_name), false,
	  "The kind of message: it decides what the gate asks. The template's with one." },
	{ "template", FIELD_STR, AT(template_id), false,
	  "Id of an approved template that makes the text." },
	{ "template_version", FIELD_INT, AT(template_version), false,
	  "Its version; the newest active one without it." },
	{ "vars", FIELD_OBJECT, AT(vars), false,
	  "Values of the template's variables: texts, numbers, true or false." },
	{ "lang", FIELD_STR, AT(lang), false,
	  "Language of the template; the person's without it." },
	{ "from", FIELD_STR, AT(from), false,
	  "Sender name, number or code; the link's own without it." },
	{ "channel", FIELD_STR, AT(channel), false,
	  "sms, mqtt ...; the person's preferred one without it." },
	{ "send_at", FIELD_TIME, AT(send_at), false, "Not before this time." },
	{ "valid_until", FIELD_TIME, AT(valid_until), false,
	  "Not after this time." },
	{ "priority", FIELD_INT, AT(priority), false,
	  "0 first to 9 last; the class's without it." },
	{ "idempotency_key", FIELD_STR, AT(idempotency_key), false,
	  "The same key never sends twice." },
	{ "campaign", FIELD_STR, AT(campaign), false,
	  "A name to find and count messages by." },
	{ "thread", FIELD_STR, AT(thread), false,
	  "Your name for the conversation; a reply comes back with it." },
	{ "in_reply_to", FIELD_STR, AT(in_reply_to), false,
	  "Id of their own message that it answers: quiet hours do not hold it." },
	{ "business_line", FIELD_STR, AT(business_line), false,
	  "A name routes ask for; in the ledger it is the brand." },
	{ "department", FIELD_STR, AT(department), false,
	  "Who answers for it, in reports; the template's owner without it." },
	{ "exclusion_group", FIELD_STR, AT(exclusion_group), false,
	  "Of campaigns with the same one, a person is reached by one." },
	{ "metadata", FIELD_OBJECT, AT(metadata), false,
	  "Yours; comes back unchanged with every event." },
};

const struct fields message_fields = { "message", rows, ARRAY_LEN(rows) };

void message_body_done(struct message_body *b)
{
	must(b != NULL);
	buf_done(&b->dumped);
	buf_done(&b->rendered);
}

static int dump_put(const char *p, size_t len, void *owner)
{
	buf_put(owner, p, len);
	return 0;
}

/* The sender's own bytes; printed again only if its name was escaped. */
static struct str metadata_text(struct message_body *b, struct str text)
{
	struct str span;

	if (b->metadata == NULL)
		return STR_NONE;
	if (json_span(text, "metadata", &span) == 0)
		return span;
	buf_init(&b->dumped, 1 << 20);
	json_dump_callback(b->metadata, dump_put, &b->dumped,
			   JSON_COMPACT | JSON_REAL_PRECISION(15));
	return buf_str(&b->dumped);
}

static int refuse(struct refusal *why, const char *code, const char *field,
		  const char *reason)
{
	err_set(&why->err, 0, "%s", reason);
	why->code = code;
	IGNORE(str_copy(why->field, sizeof(why->field), str_of(field)));
	return -EINVAL;
}

/* What belongs together, and what does not. */
static int body_check(const struct message_body *b, struct refusal *why)
{
	uint64_t id;

	if (b->priority < -1 || b->priority > 9)
		return refuse(why, "bad_number", "priority",
			      "'priority' is 0 to 9");
	if (b->in_reply_to.len > 0 && id_parse(b->in_reply_to, &id) != 0)
		return refuse(
			why, "bad_id", "in_reply_to",
			"'in_reply_to' is an id of 13 letters and digits");
	if (b->template_id.len > 0) {
		if (b->text.len > 0)
			return refuse(why, "two_texts", "template",
				      "'text' or 'template', not both");
		if (b->template_version < 0 || b->template_version > INT32_MAX)
			return refuse(why, "bad_number", "template_version",
				      "'template_version' is a number from 1");
		return 0;
	}
	if (b->text.p == NULL)
		return refuse(why, "missing", "text", "'text' is missing");
	if (b->vars != NULL || b->lang.len > 0 || b->template_version != 0)
		return refuse(why, "no_template", "template",
			      "'vars', 'lang' and 'template_version' go with "
			      "a template");
	if (b->class_name.p == NULL)
		return refuse(why, "missing", "class", "'class' is missing");
	return 0;
}

int message_body_read(json_t *object, struct str text, struct message_body *b,
		      struct submission *s, struct refusal *why)
{
	must(b != NULL && s != NULL && why != NULL);
	*b = (struct message_body){ .priority = -1 };
	int rc = fields_read(&message_fields, object, b, why);
	if (rc != 0)
		return rc;
	rc = body_check(b, why);
	if (rc != 0)
		return rc;
	*s = (struct submission){
		.to = b->to,
		.text = b->text,
		.class_name = b->class_name,
		.from = b->from,
		.channel = b->channel,
		.idempotency_key = b->idempotency_key,
		.metadata = metadata_text(b, text),
		.campaign = b->campaign,
		.thread = b->thread,
		.business_line = b->business_line,
		.exclusion = b->exclusion_group,
		.department = b->department,
		.send_at_ms = b->send_at,
		.valid_until_ms = b->valid_until,
		.priority = (int)b->priority,
	};
	if (b->in_reply_to.len > 0)
		IGNORE(id_parse(b->in_reply_to, &s->in_reply_to));
	return 0;
}

int submitted_status(const struct submitted *s)
{
	must(s != NULL);
	switch (s->rc) {
	case 0:
		return s->decision.verdict == VERDICT_DENY ? 200 : 202;
	case -EINVAL:
		return 400;
	case -EEXIST:
		return 409;
	case -ENOSPC:
		return 507;
	case -EAGAIN:
		return 503;
	}
	return 500;
}

void reply_submitted_error(struct request *r, const struct submitted *s)
{
	must(r != NULL && s != NULL && s->rc != 0);
	int status = submitted_status(s);

	if (status >= 500)
		r->retry_after_s = status == 507 ? 10 : 1;
	reply_error(r, status, s->code, s->field, "%s", s->err.text);
}
