/* Roles of keys and what each may do: one table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Numbers are not stored, names are. */
enum role {
	ROLE_ADMIN,
	ROLE_OPERATOR,
	ROLE_SENDER,
	ROLE_MARKETER,
	ROLE_APPROVER,
	ROLE_CARE,
	ROLE_AGENT,
	ROLE_SUPERVISOR,
	ROLE_AUDITOR,
	ROLE_PARTNER,
	ROLE_COUNT
};

/* Permissions: bits of a route's `needs`. */
enum perm {
	PERM_SEND = UINT64_C(1) << 0,
	PERM_MESSAGE_READ = UINT64_C(1) << 1,
	PERM_MESSAGE_CONTENT = UINT64_C(1) << 2, /* sees texts */
	PERM_MESSAGE_CANCEL = UINT64_C(1) << 3,
	PERM_CHECK = UINT64_C(1) << 4, /* asks gate and routing */
	PERM_CONTACT_READ = UINT64_C(1) << 5,
	PERM_CONTACT_FULL = UINT64_C(1)
			    << 6, /* contact.read_full: whole numbers */
	PERM_CONTACT_WRITE = UINT64_C(1) << 7,
	PERM_CONTACT_EXPORT = UINT64_C(1) << 8,
	PERM_CONSENT_READ = UINT64_C(1) << 9,
	PERM_CONSENT_WRITE = UINT64_C(1) << 10,
	PERM_LINK_READ = UINT64_C(1) << 11,
	PERM_LINK_CONTROL = UINT64_C(1) << 12,
	PERM_KEYS = UINT64_C(1) << 13,
	PERM_AUDIT = UINT64_C(1) << 14,
	PERM_STATUS = UINT64_C(1) << 15,
	PERM_STREAM = UINT64_C(1) << 16,
	PERM_BACKUP = UINT64_C(1) << 17,
	PERM_TEMPLATE_READ = UINT64_C(1) << 18,
	PERM_TEMPLATE_WRITE = UINT64_C(1) << 19,
	PERM_TEMPLATE_APPROVE = UINT64_C(1) << 20,
	PERM_SURVEY_READ = UINT64_C(1) << 21,
	PERM_SURVEY_WRITE = UINT64_C(1) << 22,
	PERM_EVENT = UINT64_C(1) << 23, /* says what happened elsewhere */
	PERM_CAMPAIGN_READ = UINT64_C(1) << 24,
	PERM_CAMPAIGN_WRITE = UINT64_C(1) << 25, /* writes and submits them */
	PERM_CAMPAIGN_APPROVE = UINT64_C(1) << 26,
	PERM_CAMPAIGN_RUN = UINT64_C(1) << 27, /* starts, pauses, cancels */
	PERM_USERS = UINT64_C(1) << 28, /* user.manage: people, sessions */
	PERM_CASE_READ = UINT64_C(1) << 29,
	PERM_CASE_WORK = UINT64_C(1) << 30, /* answers, refunds, closes */
	PERM_CALLBACK_READ = UINT64_C(1) << 31,
	PERM_CALLBACK_ASK = UINT64_C(1) << 32,  /* wishes them */
	PERM_CALLBACK_WORK = UINT64_C(1) << 33, /* takes them */
	PERM_CALLBACK_LEAD = UINT64_C(1) << 34, /* speaks for agents */
	PERM_ORDER_READ = UINT64_C(1) << 35,
	PERM_ORDER_WRITE = UINT64_C(1) << 36, /* asks for codes, ends */
	PERM_THREAD_TEXT = UINT64_C(1)
			   << 37, /* texts of whom they answer, one by one */
	PERM_COUNT = 38
};

const char *role_name(enum role r);
MUST_USE int role_parse(struct str s, enum role *out); /* -EBADMSG */
uint64_t role_perms(enum role r);
/* May it be with no other role? */
bool role_alone(enum role r);
/* "contact.read_full"; bit is one enum perm. */
const char *perm_name(uint64_t bit);
