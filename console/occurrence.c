/* Business events: fields in, result out. */
#include "console/occurrence.h"

#include <errno.h>

#include "proto/e164.h"
#include "proto/json.h"

#define AT(f) offsetof(struct occurrence_body, f)
static const struct field rows[] = {
	{ "id", FIELD_STR, AT(id), true,
	  "The sender's own id; the same one is taken once." },
	{ "type", FIELD_STR, AT(type), true, "billing.charged ..." },
	{ "to", FIELD_STR, AT(to), false,
	  "Whom it is about: a phone number, or an address on a channel." },
	{ "account", FIELD_STR, AT(account), false,
	  "The account; without it what the trigger finds in data." },
	{ "lang", FIELD_STR, AT(lang), false,
	  "zh or en; the person's without it." },
	{ "time", FIELD_TIME, AT(time), false,
	  "When it happened; now without it." },
	{ "data", FIELD_OBJECT, AT(data), false,
	  "What triggers ask and texts say." },
};
#undef AT
const struct fields occurrence_fields = { "event", rows, ARRAY_LEN(rows) };

int occurrence_of(struct occurrence_body *b, const char *country,
		  struct str tenant, struct occurrence *out)
{
	must(b != NULL && out != NULL);
	if (b->to.len > 0 &&
	    e164_parse(b->to, country, b->address, NULL) != 0 &&
	    str_copy(b->address, sizeof(b->address), b->to) != 0)
		return -EINVAL;
	*out = (struct occurrence){
		.tenant = tenant,
		.id = b->id,
		.type = b->type,
		.to = b->to.len > 0 ? str_of(b->address) : STR_NONE,
		.account = b->account,
		.lang = b->lang,
		.at_ms = b->time,
		.data = b->data,
	};
	return 0;
}

void occurrence_put(struct buf *b, struct str id, const struct taken *t)
{
	must(b != NULL && t != NULL);
	json_open(b, '{');
	json_ks(b, "id", id);
	json_kz(b, "state", taken_state_name(t->state));
	if (t->state == TAKEN_DECIDED)
		json_kz(b, "decision", t->allow ? "allow" : "deny");
	json_ks_opt(b, "reason", str_of(t->reason));
	json_ku(b, "messages", t->messages);
	if (t->message != 0)
		json_kid(b, "message", t->message);
	json_kb(b, "repeated", t->repeated);
	json_close(b, '}');
}

int occurrence_status(int rc, const char **code)
{
	must(code != NULL);
	*code = rc == -ENOSPC ? "full" : rc == -EAGAIN ? "later" : "invalid";
	return rc == -ENOSPC ? 507 : rc == -EAGAIN ? 503 : 400;
}
