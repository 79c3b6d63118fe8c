/* Requests for consent, and their confirmation. */
#include "gateway/optin.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "gateway/intake.h"
#include "gateway/ledger.h"
#include "proto/text.h"

/* Requests of one address that are looked at. */
#define OPEN_MAX 32

struct request {
	uint64_t seq;
	struct grant_scope scope;
};

struct requests {
	struct request v[OPEN_MAX];
	unsigned n;
};

static void on_mark(void *owner, unsigned purpose, uint16_t brand,
		    uint16_t channel, enum grant grant, uint64_t seq)
{
	struct requests *r = owner;

	if (grant == GRANT_PENDING && r->n < OPEN_MAX)
		r->v[r->n++] = (struct request){ seq,
						 { .purpose = purpose,
						   .brand = brand,
						   .channel = channel } };
}

static void find_open(const struct core *core, struct str tenant,
		      struct str address, struct requests *out)
{
	*out = (struct requests){ 0 };
	standing_marks(facts_of(core->facts, tenant, address),
		       core_wall_ms(core), on_mark, out);
}

/* ---- asking ------------------------------------------------------------------- */

static int check_ask(const struct core *core, const struct consent_event *e,
		     struct err *err)
{
	const struct standing *s = facts_of(core->facts, e->tenant, e->address);
	const struct standing *all =
		facts_of(core->facts, STR("*"), e->address);
	int purpose = classes_purpose(core->classes, e->purpose);
	const struct grant_scope scope = {
		.purpose = purpose < 0 ? PURPOSE_ALL : (unsigned)purpose,
		.brand = facts_name(core->facts, e->brand),
		.channel = facts_name(core->facts, e->channel),
	};
	int64_t now_ms = core_wall_ms(core);
	enum grant grant = standing_grant(s, &scope, now_ms).grant;

	if (grant == GRANT_WITHDRAWN || standing_suspected(s) ||
	    standing_suspected(all) ||
	    standing_grant(all, &scope, now_ms).grant == GRANT_WITHDRAWN)
		return err_set(err, -EPROTO,
			       "the person has refused: only they can come "
			       "back by themselves");
	if (grant == GRANT_PENDING)
		return err_set(err, -EPROTO,
			       "the person was asked already, and may still "
			       "answer");
	return 0;
}

/* The question, with the code where the text has room for it. */
static void put_question(const struct core *core, const struct consent_event *e,
			 struct buf *out)
{
	struct str lang =
		standing_lang(facts_of(core->facts, e->tenant, e->address));
	bool chinese = str_eqz(lang, "zh") ||
		       (lang.len == 0 && str_starts(e->address, STR("+86")));
	struct str text = str_of(chinese ? core->cfg->optin_ask_zh
					 : core->cfg->optin_ask_en);
	char code[CONSENT_CODE + 1];

	consent_code(e, code);
	while (text.len > 0) {
		const char *at = memmem(text.p, text.len, "{code}", 6);

		if (at == NULL)
			break;
		buf_str_put(out, str_first(text, (size_t)(at - text.p)));
		buf_z(out, code);
		text = str_from(text, (size_t)(at - text.p) + 6);
	}
	buf_str_put(out, text);
}

/* Would the gate let the question go? */
static int judge_ask(struct core *core, const struct submission *s,
		     struct submitted *out, struct err *err)
{
	intake_judge(core->intake, s, out, NULL);
	if (out->rc != 0)
		return err_set(err, -EINVAL, "%s", out->err.text);
	if (out->decision.verdict != VERDICT_DENY)
		return 0;
	return err_set(err, -EPROTO, "the question may not be sent: %.*s",
		       STR_ARGS(out->decision.reason));
}

int optin_ask(struct core *core, struct consent_event *e, struct submitted *out,
	      struct err *err)
{
	AUTO(buf_done) struct buf text = { 0 };
	AUTO(buf_done) struct buf evidence = { 0 };
	struct submission s = {
		.id = id_next(&core->ids, core_wall_ms(core)),
		.tenant = e->tenant,
		.to = e->address,
		.class_name = STR("transaction"),
		.channel = e->channel,
		.priority = -1,
	};
	char name[ID_TEXT];
	int rc;

	must(e != NULL && out != NULL && e->type == CONSENT_REQUEST);
	buf_init(&text, BUF_NO_LIMIT);
	buf_init(&evidence, BUF_NO_LIMIT);
	put_question(core, e, &text);
	s.text = buf_str(&text);
	rc = check_ask(core, e, err);
	if (rc == 0)
		rc = judge_ask(core, &s, out, err);
	if (rc != 0)
		return rc;
	id_text(s.id, name);
	buf_f(&evidence, "message %s%s%.*s", name,
	      e->evidence.len > 0 ? "; " : "", STR_ARGS(e->evidence));
	e->evidence = buf_str(&evidence);
	rc = ledger_append(core->ledger, e, err);
	e->evidence = STR_NONE;
	if (rc != 0)
		return rc;
	/* the code follows from the event */
	buf_reset(&text);
	put_question(core, e, &text);
	s.text = buf_str(&text);
	intake_submit(core->intake, &s, out);
	return 0;
}

bool optin_open(const struct core *core, struct str tenant, struct str address)
{
	struct requests open;

	must(core != NULL);
	find_open(core, tenant, address, &open);
	return open.n > 0;
}

/* ---- confirming ----------------------------------------------------------------- */

static bool confirm(struct core *core, const struct inbound *in,
		    const struct request *r)
{
	struct buf evidence = { 0 };
	struct err err = { "" };
	int rc;

	buf_init(&evidence, BUF_NO_LIMIT);
	buf_f(&evidence, "of request %llu", (unsigned long long)r->seq);
	struct consent_event e = {
		.tenant = in->tenant,
		.address = in->from,
		.brand = str_of(facts_name_text(core->facts, r->scope.brand)),
		.channel =
			str_of(facts_name_text(core->facts, r->scope.channel)),
		.purpose = str_of(
			classes_purpose_name(core->classes, r->scope.purpose)),
		.type = CONSENT_CONFIRM,
		.source = STR("sms_mo"),
		.actor = STR("customer"),
		.evidence = buf_str(&evidence),
		.inbound_id = in->id,
	};
	rc = ledger_append(core->ledger, &e, &err);
	if (rc != 0)
		log_error("optin.ledger", KV_S("why", err.text));
	buf_done(&evidence);
	return rc == 0;
}

unsigned optin_yes(struct core *core, const struct inbound *in, bool *marketing)
{
	int purpose = classes_purpose(core->classes, STR("marketing"));
	struct requests open;
	unsigned done = 0;

	must(core != NULL && in != NULL);
	find_open(core, in->tenant, in->from, &open);
	for (unsigned i = 0; i < open.n; i++) {
		if (!confirm(core, in, &open.v[i]))
			continue;
		done++;
		if (marketing != NULL && purpose >= 0 &&
		    open.v[i].scope.purpose == (unsigned)purpose)
			*marketing = true;
	}
	return done;
}

/* Digits alone, however wide they were typed. */
static bool read_code(struct str text, char out[CONSENT_CODE + 1])
{
	AUTO(buf_done) struct buf folded = { 0 };
	uint64_t n;

	buf_init(&folded, BUF_NO_LIMIT);
	return text.len <= 64 && text_fold(text, true, &folded) == 0 &&
	       folded.len == CONSENT_CODE &&
	       str_u64(buf_str(&folded), 999999, &n) == 0 &&
	       str_copy(out, CONSENT_CODE + 1, buf_str(&folded)) == 0;
}

unsigned optin_code(struct core *core, const struct inbound *in)
{
	char code[CONSENT_CODE + 1];
	struct requests open;
	unsigned done = 0;

	must(core != NULL && in != NULL);
	if (!read_code(in->text, code))
		return 0;
	find_open(core, in->tenant, in->from, &open);
	for (unsigned i = 0; i < open.n; i++)
		if (ledger_code_is(core->ledger, open.v[i].seq, str_of(code)))
			done += confirm(core, in, &open.v[i]);
	return done;
}

int optin_confirm_code(struct core *core, struct consent_event *e,
		       struct str code, struct err *err)
{
	int purpose = classes_purpose(core->classes, e->purpose);
	struct requests open;

	must(core != NULL && e != NULL && e->type == CONSENT_CONFIRM);
	find_open(core, e->tenant, e->address, &open);
	for (unsigned i = 0; i < open.n; i++) {
		const struct request *r = &open.v[i];

		if (purpose < 0 || r->scope.purpose != (unsigned)purpose ||
		    r->scope.brand != facts_name(core->facts, e->brand) ||
		    r->scope.channel != facts_name(core->facts, e->channel))
			continue;
		if (!ledger_code_is(core->ledger, r->seq, code))
			return err_set(err, -EACCES,
				       "that is not the code of the request, "
				       "or it was tried too often");
		break;
	}
	return ledger_append(core->ledger, e, err);
}
