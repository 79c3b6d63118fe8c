/* Opt-out, opt-in and help, and what each sets in motion. */
#include "gateway/keywords.h"

#include "base/log.h"
#include "gateway/intake.h"
#include "gateway/ledger.h"
#include "gateway/optin.h"
#include "gateway/refuse.h"
#include "gateway/subscriptions.h"
#include "gateway/suspects.h"
#include "model/address.h"
#include "proto/text.h"

/* In the customer's language: the contact's, else that of the words. */
static void answer(struct core *core, const struct inbound *in, const char *zh,
		   const char *en, uint8_t flags)
{
	struct str lang =
		standing_lang(facts_of(core->facts, in->tenant, in->from));
	bool chinese =
		lang.len > 0 ? str_eqz(lang, "zh") : text_has_han(in->text);
	struct submission s = {
		.tenant = str_eqz(in->tenant, "*") ? STR_NONE : in->tenant,
		.to = in->from,
		.text = str_of(chinese ? zh : en),
		.class_name = STR("transaction"),
		.channel = in->channel,
		.priority = -1,
		.flags = flags | MESSAGE_FLAG_REPLY,
	};
	struct submitted out;

	if (s.text.len == 0)
		return;
	intake_submit(core->intake, &s, &out);
	if (out.rc != 0)
		log_warn("keyword.unanswered", KV_ADDR("to", in->from),
			 KV_S("why", out.err.text));
}

static void grant_marketing(struct core *core, const struct inbound *in)
{
	struct consent_event e = {
		.tenant = in->tenant,
		.address = in->from,
		.channel = in->channel,
		.purpose = STR("marketing"),
		.type = CONSENT_GRANT,
		.source = STR("sms_mo"),
		.actor = STR("customer"),
		.inbound_id = in->id,
	};
	struct err err = { "" };

	if (ledger_append(core->ledger, &e, &err) != 0)
		log_error("keyword.ledger", KV_S("why", err.text));
}

static bool refused(const struct core *core, const struct inbound *in,
		    unsigned purpose)
{
	const struct standing *s = facts_of(core->facts, in->tenant, in->from);
	const struct grant_scope scope = {
		.purpose = purpose,
		.channel = facts_name(core->facts, in->channel),
	};

	return standing_grant(s, &scope, core_wall_ms(core)).grant ==
	       GRANT_WITHDRAWN;
}

static void opt_out(struct core *core, const struct inbound *in)
{
	const struct consent_event like = {
		.tenant = in->tenant,
		.address = in->from,
		.source = STR("sms_mo"),
		.actor = STR("customer"),
		.inbound_id = in->id,
	};

	/* one confirmation, and only for the first time */
	if (refuse_all(core, &like))
		answer(core, in, core->cfg->stop_reply_zh,
		       core->cfg->stop_reply_en, MESSAGE_FLAG_CONFIRM);
}

static const char *opted_in(struct core *core, const struct inbound *in)
{
	IGNORE(suspects_drop(core->suspects, in->tenant, in->from));
	answer(core, in, core->cfg->start_reply_zh, core->cfg->start_reply_en,
	       0);
	return CLAIM_OPT_IN;
}

/* What was asked is confirmed. Nothing was: a yes brings back who had left;
 * START is a grant in any case. */
static const char *opt_in(struct core *core, const struct inbound *in,
			  bool start)
{
	bool marketing = false;
	unsigned confirmed;

	if (str_eqz(in->tenant, "*"))
		return NULL; /* to whom? a person asks */
	confirmed = optin_yes(core, in, &marketing);
	if (confirmed == 0 || (start && !marketing))
		grant_marketing(core, in);
	return opted_in(core, in);
}

/* YES is an opt-in only where one was asked for, or after an opt-out. */
static bool yes_opts_in(const struct core *core, const struct inbound *in)
{
	int purpose = classes_purpose(core->classes, STR("marketing"));

	return optin_open(core, in->tenant, in->from) ||
	       (purpose >= 0 && refused(core, in, (unsigned)purpose));
}

/* 0000 and what belongs to it, over every tenant. */
static const char *list_or_end(struct core *core, const struct inbound *in)
{
	static const char *const claims[] = {
		[SUBSCRIPTIONS_NOTHING] = NULL,
		[SUBSCRIPTIONS_LISTED] = CLAIM_LIST_SENT,
		[SUBSCRIPTIONS_ENDED] = CLAIM_OPT_OUT,
	};
	struct buf zh = { 0 }, en = { 0 };
	enum subscriptions_said said;

	buf_init(&zh, BUF_NO_LIMIT);
	buf_init(&en, BUF_NO_LIMIT);
	said = subscriptions_heard(core->subscriptions, in, &zh, &en);
	if (said != SUBSCRIPTIONS_NOTHING)
		answer(core, in, zh.p, en.p, 0);
	buf_done(&en);
	buf_done(&zh);
	return claims[said];
}

enum reply_word keywords_word(const struct core *core, const struct inbound *in)
{
	enum reply_word w = reply_word(in->text, NULL);
	enum pack_word local;

	must(core != NULL);
	if (w == REPLY_OPT_OUT || w == REPLY_OPT_OUT_SHORT)
		return w;
	local = place_word(places_of(core->places, in->from), in->text);
	if (local == PACK_WORD_STOP)
		return REPLY_OPT_OUT;
	return local == PACK_WORD_HELP && w == REPLY_NONE ? REPLY_HELP : w;
}

static const char *judge(struct core *core, const struct inbound *in,
			 bool offered)
{
	switch (keywords_word(core, in)) {
	case REPLY_OPT_OUT:
		opt_out(core, in);
		return CLAIM_OPT_OUT;
	case REPLY_OPT_OUT_SHORT:
		if (!offered)
			return NULL;
		opt_out(core, in);
		return CLAIM_OPT_OUT;
	case REPLY_SUSPECTED:
		suspects_put(core->suspects, in);
		return CLAIM_SUSPECTED;
	case REPLY_OPT_IN:
		return opt_in(core, in, true);
	case REPLY_YES:
		return yes_opts_in(core, in) ? opt_in(core, in, false) : NULL;
	case REPLY_HELP:
		answer(core, in, core->cfg->help_reply_zh,
		       core->cfg->help_reply_en, 0);
		return CLAIM_HELP;
	case REPLY_NONE:
		return optin_code(core, in) > 0 ? opted_in(core, in) : NULL;
	}
	return NULL;
}

const char *keywords_claim(struct core *core, const struct inbound *in,
			   bool offered)
{
	const char *claim;

	must(core != NULL && in != NULL);
	claim = list_or_end(core, in);
	return claim != NULL ? claim : judge(core, in, offered);
}
