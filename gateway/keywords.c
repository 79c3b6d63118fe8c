/* Opt-out, opt-in and help, and what each sets in motion. */
#include "gateway/keywords.h"

#include "base/log.h"
#include "gateway/intake.h"
#include "gateway/ledger.h"
#include "gateway/sweep.h"
#include "model/address.h"
#include "proto/reply.h"
#include "proto/text.h"

static bool is_chinese(struct str text)
{
	size_t at = 0;

	while (at < text.len) {
		uint32_t cp = text_next(text, &at);

		if (cp >= 0x4e00 && cp <= 0x9fff)
			return true;
	}
	return false;
}

/* In the customer's language: the contact's, else that of the words. */
static void answer(struct core *core, const struct inbound *in, const char *zh,
		   const char *en, uint8_t flags)
{
	struct str lang =
		standing_lang(facts_of(core->facts, in->tenant, in->from));
	bool chinese =
		lang.len > 0 ? str_eqz(lang, "zh") : is_chinese(in->text);
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

static void append(struct core *core, const struct inbound *in,
		   enum consent_type type, struct str purpose)
{
	struct consent_event e = {
		.tenant = in->tenant,
		.address = in->from,
		/* who stops, stops on every channel */
		.channel = type == CONSENT_WITHDRAW ? STR_NONE : in->channel,
		.purpose = purpose,
		.type = type,
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

/* The setting, or the law of the place from its day on. */
static bool stops_all(const struct core *core, struct str address)
{
	return core->cfg->stop_scope == STOP_ALL ||
	       core_wall_ms(core) >=
		       places_of(core->places, address)->revoke_all_ms;
}

/* The purposes a stop is about. True when any was not refused before. */
static bool withdraw(struct core *core, const struct inbound *in)
{
	uint64_t seen = 0;
	bool news = false;

	if (stops_all(core, in->from)) {
		news = !refused(core, in, PURPOSE_ALL);
		append(core, in, CONSENT_WITHDRAW, STR("*"));
		return news;
	}
	for (unsigned i = 0; i < classes_len(core->classes); i++) {
		const struct class_rules *r = classes_at(core->classes, i);

		if (r->cfg.consent != CLASS_CONSENT_REQUIRED ||
		    (seen & ((uint64_t)1 << r->purpose)) != 0)
			continue;
		seen |= (uint64_t)1 << r->purpose;
		news = news || !refused(core, in, r->purpose);
		append(core, in, CONSENT_WITHDRAW,
		       str_of(classes_purpose_name(core->classes, r->purpose)));
	}
	return news;
}

static void opt_out(struct core *core, const struct inbound *in)
{
	bool news = withdraw(core, in);

	sweep_refused(core->sweep, in->from);
	/* one confirmation, and only for the first time */
	if (news)
		answer(core, in, core->cfg->stop_reply_zh,
		       core->cfg->stop_reply_en, MESSAGE_FLAG_CONFIRM);
}

static void suspect(struct core *core, const struct inbound *in)
{
	struct cell cells[] = { CELL_T(in->tenant), CELL_T(in->from),
				CELL_I(in->id), CELL_I(in->at_ms) };

	facts_suspect(core->facts, in->tenant, in->from, true);
	store_put(core->store, STORE_SUSPECT_PUT, cells, ARRAY_LEN(cells));
}

static void clear_suspicion(struct core *core, const struct inbound *in)
{
	struct cell cells[] = { CELL_T(in->tenant), CELL_T(in->from) };

	if (!standing_suspected(facts_of(core->facts, in->tenant, in->from)))
		return;
	facts_suspect(core->facts, in->tenant, in->from, false);
	store_put(core->store, STORE_SUSPECT_DROP, cells, ARRAY_LEN(cells));
}

static const char *opt_in(struct core *core, const struct inbound *in)
{
	if (str_eqz(in->tenant, "*"))
		return NULL; /* to whom? a person asks */
	append(core, in, CONSENT_GRANT, STR("marketing"));
	clear_suspicion(core, in);
	answer(core, in, core->cfg->start_reply_zh, core->cfg->start_reply_en,
	       0);
	return CLAIM_OPT_IN;
}

/* YES is an opt-in only where one was asked for, or after an opt-out. */
static bool yes_opts_in(const struct core *core, const struct inbound *in)
{
	const struct standing *s = facts_of(core->facts, in->tenant, in->from);
	int purpose = classes_purpose(core->classes, STR("marketing"));
	struct grant_scope scope = { 0 };
	enum grant g;

	if (purpose < 0)
		return false;
	scope.purpose = (unsigned)purpose;
	scope.channel = facts_name(core->facts, in->channel);
	g = standing_grant(s, &scope, core_wall_ms(core)).grant;
	return g == GRANT_PENDING || g == GRANT_WITHDRAWN;
}

const char *keywords_claim(struct core *core, const struct inbound *in,
			   bool offered)
{
	must(core != NULL && in != NULL);
	switch (reply_word(in->text, NULL)) {
	case REPLY_OPT_OUT:
		opt_out(core, in);
		return CLAIM_OPT_OUT;
	case REPLY_OPT_OUT_SHORT:
		if (!offered)
			return NULL;
		opt_out(core, in);
		return CLAIM_OPT_OUT;
	case REPLY_SUSPECTED:
		suspect(core, in);
		return CLAIM_SUSPECTED;
	case REPLY_OPT_IN:
		return opt_in(core, in);
	case REPLY_YES:
		return yes_opts_in(core, in) ? opt_in(core, in) : NULL;
	case REPLY_HELP:
		answer(core, in, core->cfg->help_reply_zh,
		       core->cfg->help_reply_en, 0);
		return CLAIM_HELP;
	case REPLY_NONE:
		return NULL;
	}
	return NULL;
}
