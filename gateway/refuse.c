/* One stop to as many withdrawals as there are purposes. */
#include "gateway/refuse.h"

#include "base/log.h"
#include "gateway/ledger.h"
#include "gateway/sweep.h"

static void withdraw(struct core *core, const struct consent_event *like,
		     struct str purpose)
{
	struct consent_event e = *like;
	struct err err = { "" };

	e.type = CONSENT_WITHDRAW;
	e.purpose = purpose;
	e.brand = STR_NONE;
	e.channel = STR_NONE; /* who stops, stops on every channel */
	if (ledger_append(core->ledger, &e, &err) != 0)
		log_error("refuse.ledger", KV_S("why", err.text));
}

static bool refused(const struct core *core, const struct consent_event *like,
		    unsigned purpose)
{
	const struct standing *s =
		facts_of(core->facts, like->tenant, like->address);
	const struct grant_scope scope = { .purpose = purpose };

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

static bool withdraw_each(struct core *core, const struct consent_event *like)
{
	uint64_t seen = 0;
	bool news = false;

	for (unsigned i = 0; i < classes_len(core->classes); i++) {
		const struct class_rules *r = classes_at(core->classes, i);

		if (r->cfg.consent != CLASS_CONSENT_REQUIRED ||
		    (seen & ((uint64_t)1 << r->purpose)) != 0)
			continue;
		seen |= (uint64_t)1 << r->purpose;
		news = news || !refused(core, like, r->purpose);
		withdraw(core, like,
			 str_of(classes_purpose_name(core->classes,
						     r->purpose)));
	}
	return news;
}

bool refuse_all(struct core *core, const struct consent_event *like)
{
	bool news;

	must(core != NULL && like != NULL);
	if (stops_all(core, like->address)) {
		news = !refused(core, like, PURPOSE_ALL);
		withdraw(core, like, STR("*"));
	} else {
		news = withdraw_each(core, like);
	}
	sweep_refused(core->sweep, like->address);
	return news;
}
