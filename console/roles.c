/* The table of roles: what each may do, and nothing else may. */
#include "console/roles.h"

#include <errno.h>

static const char *const perm_names[PERM_COUNT] = {
	"message.send",      "message.read",   "message.content",
	"message.cancel",    "message.check",  "contact.read",
	"contact.read_full", "contact.write",  "contact.export",
	"consent.read",      "consent.write",  "link.read",
	"link.control",      "key.manage",     "audit.read",
	"status.read",       "stream.read",    "store.backup",
	"template.read",     "template.write", "template.approve",
	"survey.read",       "survey.write",   "event.post",
	"campaign.read",     "campaign.write", "campaign.approve",
	"campaign.run",      "user.manage",    "case.read",
	"case.work",         "callback.read",  "callback.ask",
	"callback.work",     "callback.lead",  "order.read",
	"order.write",       "thread.text",
};

/* Nobody below care reads texts, but an agent those of whom they answer; who
 * looks after links sees no people; who plans campaigns does not write down
 * consent. */
static const struct {
	const char *name;
	uint64_t perms;
} roles[ROLE_COUNT] = {
	[ROLE_ADMIN] = { "admin",
			 PERM_SEND | PERM_MESSAGE_READ | PERM_MESSAGE_CANCEL |
				 PERM_CHECK | PERM_CONTACT_READ |
				 PERM_CONTACT_FULL | PERM_CONTACT_WRITE |
				 PERM_CONTACT_EXPORT | PERM_CONSENT_READ |
				 PERM_CONSENT_WRITE | PERM_LINK_READ |
				 PERM_LINK_CONTROL | PERM_KEYS | PERM_AUDIT |
				 PERM_STATUS | PERM_STREAM | PERM_BACKUP |
				 PERM_TEMPLATE_READ | PERM_TEMPLATE_WRITE |
				 PERM_TEMPLATE_APPROVE | PERM_SURVEY_READ |
				 PERM_SURVEY_WRITE | PERM_EVENT |
				 PERM_CAMPAIGN_READ | PERM_CAMPAIGN_WRITE |
				 PERM_CAMPAIGN_APPROVE | PERM_CAMPAIGN_RUN |
				 PERM_USERS | PERM_CASE_READ | PERM_CASE_WORK |
				 PERM_CALLBACK_READ | PERM_CALLBACK_ASK |
				 PERM_CALLBACK_WORK | PERM_CALLBACK_LEAD |
				 PERM_ORDER_READ | PERM_ORDER_WRITE },
	[ROLE_OPERATOR] = { "operator",
			    PERM_MESSAGE_READ | PERM_CHECK | PERM_LINK_READ |
				    PERM_LINK_CONTROL | PERM_STATUS |
				    PERM_STREAM | PERM_CAMPAIGN_READ },
	[ROLE_SENDER] = { "sender", PERM_SEND | PERM_MESSAGE_READ |
					    PERM_MESSAGE_CANCEL | PERM_CHECK |
					    PERM_STREAM | PERM_TEMPLATE_READ |
					    PERM_EVENT | PERM_CALLBACK_ASK |
					    PERM_ORDER_READ |
					    PERM_ORDER_WRITE },
	[ROLE_MARKETER] = { "marketer",
			    PERM_MESSAGE_READ | PERM_CHECK | PERM_CONTACT_READ |
				    PERM_CONTACT_WRITE | PERM_CONSENT_READ |
				    PERM_STATUS | PERM_STREAM |
				    PERM_TEMPLATE_READ | PERM_TEMPLATE_WRITE |
				    PERM_SURVEY_READ | PERM_SURVEY_WRITE |
				    PERM_CAMPAIGN_READ | PERM_CAMPAIGN_WRITE |
				    PERM_CAMPAIGN_RUN },
	[ROLE_APPROVER] = { "approver",
			    PERM_MESSAGE_READ | PERM_CHECK | PERM_CONTACT_READ |
				    PERM_CONSENT_READ | PERM_STATUS |
				    PERM_STREAM | PERM_TEMPLATE_READ |
				    PERM_TEMPLATE_APPROVE | PERM_SURVEY_READ |
				    PERM_CAMPAIGN_READ | PERM_CAMPAIGN_APPROVE |
				    PERM_CAMPAIGN_RUN },
	[ROLE_CARE] = { "care", PERM_SEND | PERM_MESSAGE_READ |
					PERM_MESSAGE_CONTENT |
					PERM_MESSAGE_CANCEL | PERM_CHECK |
					PERM_CONTACT_READ | PERM_CONTACT_FULL |
					PERM_CONTACT_WRITE | PERM_CONSENT_READ |
					PERM_CONSENT_WRITE | PERM_STATUS |
					PERM_STREAM | PERM_TEMPLATE_READ |
					PERM_TEMPLATE_WRITE | PERM_SURVEY_READ |
					PERM_SURVEY_WRITE | PERM_EVENT |
					PERM_CAMPAIGN_READ | PERM_CASE_READ |
					PERM_CASE_WORK | PERM_CALLBACK_READ |
					PERM_CALLBACK_ASK | PERM_CALLBACK_WORK |
					PERM_CALLBACK_LEAD | PERM_ORDER_READ |
					PERM_ORDER_WRITE | PERM_THREAD_TEXT },
	[ROLE_AGENT] = { "agent",
			 PERM_MESSAGE_READ | PERM_TEMPLATE_READ |
				 PERM_CONTACT_READ | PERM_CONSENT_READ |
				 PERM_CONSENT_WRITE | PERM_STREAM |
				 PERM_SURVEY_READ | PERM_CAMPAIGN_READ |
				 PERM_CASE_READ | PERM_CASE_WORK |
				 PERM_CALLBACK_READ | PERM_CALLBACK_ASK |
				 PERM_CALLBACK_WORK | PERM_ORDER_READ |
				 PERM_ORDER_WRITE | PERM_THREAD_TEXT },
	[ROLE_SUPERVISOR] = { "supervisor",
			      PERM_MESSAGE_READ | PERM_MESSAGE_CONTENT |
				      PERM_CHECK | PERM_CONTACT_READ |
				      PERM_CONTACT_FULL | PERM_CONSENT_READ |
				      PERM_CONSENT_WRITE | PERM_LINK_READ |
				      PERM_STATUS | PERM_STREAM |
				      PERM_TEMPLATE_READ |
				      PERM_TEMPLATE_APPROVE | PERM_SURVEY_READ |
				      PERM_CAMPAIGN_READ | PERM_CAMPAIGN_RUN |
				      PERM_CASE_READ | PERM_CASE_WORK |
				      PERM_CALLBACK_READ | PERM_CALLBACK_ASK |
				      PERM_CALLBACK_WORK | PERM_CALLBACK_LEAD |
				      PERM_ORDER_READ | PERM_ORDER_WRITE |
				      PERM_THREAD_TEXT },
	[ROLE_AUDITOR] = { "auditor",
			   PERM_MESSAGE_READ | PERM_CONTACT_READ |
				   PERM_CONTACT_FULL | PERM_CONSENT_READ |
				   PERM_LINK_READ | PERM_AUDIT | PERM_STATUS |
				   PERM_TEMPLATE_READ | PERM_SURVEY_READ |
				   PERM_CAMPAIGN_READ | PERM_CASE_READ |
				   PERM_CALLBACK_READ | PERM_ORDER_READ },
	[ROLE_PARTNER] = { "partner",
			   PERM_SEND | PERM_MESSAGE_READ | PERM_CHECK },
};

const char *role_name(enum role r)
{
	must((unsigned)r < ROLE_COUNT);
	return roles[r].name;
}

int role_parse(struct str s, enum role *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (str_eqz(s, roles[i].name)) {
			*out = (enum role)i;
			return 0;
		}
	}
	return -EBADMSG;
}

/* An auditor who could also write would audit themselves; a partner who was
 * also one of us would see numbers. */
bool role_alone(enum role r)
{
	return r == ROLE_AUDITOR || r == ROLE_PARTNER;
}

uint64_t role_perms(enum role r)
{
	must((unsigned)r < ROLE_COUNT);
	return roles[r].perms;
}

const char *perm_name(uint64_t bit)
{
	must(bit != 0 && (bit & (bit - 1)) == 0);

	unsigned i = (unsigned)__builtin_ctzll(bit);
	must(i < PERM_COUNT);
	return perm_names[i];
}
