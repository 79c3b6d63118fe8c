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
	PERM_SEND = 1 << 0,
	PERM_MESSAGE_READ = 1 << 1,
	PERM_MESSAGE_CONTENT = 1 << 2, /* sees texts */
	PERM_MESSAGE_CANCEL = 1 << 3,
	PERM_CHECK = 1 << 4, /* asks gate and routing */
	PERM_CONTACT_READ = 1 << 5,
	PERM_CONTACT_FULL = 1 << 6, /* contact.read_full: whole numbers */
	PERM_CONTACT_WRITE = 1 << 7,
	PERM_CONTACT_EXPORT = 1 << 8,
	PERM_CONSENT_READ = 1 << 9,
	PERM_CONSENT_WRITE = 1 << 10,
	PERM_LINK_READ = 1 << 11,
	PERM_LINK_CONTROL = 1 << 12,
	PERM_KEYS = 1 << 13,
	PERM_AUDIT = 1 << 14,
	PERM_STATUS = 1 << 15,
	PERM_STREAM = 1 << 16,
	PERM_BACKUP = 1 << 17,
	PERM_COUNT = 18
};

const char *role_name(enum role r);
MUST_USE int role_parse(struct str s, enum role *out); /* -EBADMSG */
uint32_t role_perms(enum role r);
/* "contact.read_full"; bit is one enum perm. */
const char *perm_name(uint32_t bit);
