/* The checks of an event before it joins the chain. */
#include "gateway/ledger_check.h"

#include <errno.h>

#include "model/address.h"

bool consent_agrees(enum consent_type t)
{
	return t == CONSENT_GRANT || t == CONSENT_CONFIRM ||
	       t == CONSENT_IMPORT;
}

/* What proves nothing where the person is, is no consent; nor is the question
 * for one that could not become it. A confirmation stands on its request. */
static int check_grant(const struct core *core, const struct consent_event *e,
		       struct err *err)
{
	const struct place *p = places_of(core->places, e->address);
	const struct pack *by = place_refuses_source(p, e->source);
	int purpose = classes_purpose(core->classes, e->purpose);

	if (str_eqz(e->purpose, "*"))
		return err_set(err, -EINVAL,
			       "consent is given for one purpose, not for all");
	if (by != NULL)
		return err_set(err, -EINVAL,
			       "source %.*s is no consent (rule pack %s)",
			       STR_ARGS(e->source), by->label);
	by = place_wants_wording(p);
	if (by != NULL && e->wording.len == 0 && e->inbound_id == 0 &&
	    e->type != CONSENT_CONFIRM &&
	    classes_promotes(core->classes, (unsigned)purpose))
		return err_set(err, -EINVAL,
			       "wording is missing: a consent to promotion "
			       "names the words shown (rule pack %s)",
			       by->label);
	return 0;
}

struct look {
	struct grant_scope scope;
	enum grant grant;
	uint64_t seq;
};

static void look_at(void *owner, unsigned purpose, uint16_t brand,
		    uint16_t channel, enum grant grant, uint64_t seq)
{
	struct look *l = owner;

	if (purpose == l->scope.purpose && brand == l->scope.brand &&
	    channel == l->scope.channel) {
		l->grant = grant;
		l->seq = seq;
	}
}

/* The last word of exactly this purpose, brand and channel. */
static struct look last_word(const struct core *core,
			     const struct consent_event *e)
{
	struct look l = {
		.scope = { .purpose = (unsigned)classes_purpose(core->classes,
								e->purpose),
			   .brand = facts_name(core->facts, e->brand),
			   .channel = facts_name(core->facts, e->channel) },
	};

	standing_marks(facts_of(core->facts, e->tenant, e->address),
		       core_wall_ms(core), look_at, &l);
	return l;
}

static int check_confirm(const struct core *core, const struct consent_event *e,
			 struct err *err)
{
	struct look l = last_word(core, e);

	if (l.grant == GRANT_EXPIRED)
		return err_set(err, -EPROTO,
			       "the request has expired: ask again");
	if (l.grant != GRANT_PENDING)
		return err_set(err, -EPROTO,
			       "nothing was asked for that is to be confirmed: "
			       "append a request first");
	return 0;
}

/* Only an agreement is taken back by a correction: a refusal ends by a new
 * agreement alone. */
static int check_correct(const struct core *core, const struct consent_event *e,
			 struct err *err)
{
	struct look l = last_word(core, e);

	if (l.grant != GRANT_GIVEN && l.grant != GRANT_PENDING &&
	    l.grant != GRANT_EXPIRED)
		return err_set(err, -EPROTO,
			       "there is no agreement to correct: only a "
			       "request or a grant is, while it is the last "
			       "word of its purpose, brand and channel");
	if (e->evidence.len == 0)
		return err_set(err, -EINVAL,
			       "evidence is missing: a correction says what "
			       "was wrong");
	return 0;
}

static int check_type(const struct core *core, const struct consent_event *e,
		      struct err *err)
{
	int rc = 0;

	if (consent_agrees(e->type) || e->type == CONSENT_REQUEST)
		rc = check_grant(core, e, err);
	if (rc == 0 && e->type == CONSENT_CONFIRM)
		rc = check_confirm(core, e, err);
	if (rc == 0 && e->type == CONSENT_CORRECT)
		rc = check_correct(core, e, err);
	return rc;
}

int ledger_check(const struct core *core, const struct consent_event *e,
		 struct err *err)
{
	must(core != NULL && e != NULL);
	if (e->address.len == 0 || e->address.len >= ADDRESS_MAX)
		return err_set(err, -EINVAL, "address is missing or too long");
	if (e->tenant.len > TENANT_MAX ||
	    (!str_eqz(e->tenant, "*") && tenant_check(e->tenant) != 0))
		return err_set(err, -EINVAL, "tenant is not a tenant's name");
	if (classes_purpose(core->classes, e->purpose) < 0)
		return err_set(err, -EINVAL,
			       "there is no purpose \"%.*s\": it is the name "
			       "of a class, or its purpose setting, or *",
			       STR_ARGS(e->purpose));
	if (e->source.len == 0)
		return err_set(err, -EINVAL,
			       "source is missing: web, sms_mo, agent, paper, "
			       "import, api or ivr");
	return check_type(core, e, err);
}
