/* Keys of addresses and the shape of tenant names. */
#include "model/address.h"

#include <errno.h>

uint64_t address_key(struct str tenant, struct str address)
{
	uint64_t t = str_hash(tenant);
	uint64_t a = str_hash(address);

	return a ^ (t * 0x9e3779b97f4a7c15u) ^ (t >> 29);
}

static bool tenant_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

int tenant_check(struct str tenant)
{
	if (tenant.len == 0 || tenant.len > TENANT_MAX)
		return -EINVAL;
	for (size_t i = 0; i < tenant.len; i++) {
		if (!tenant_char(tenant.p[i]))
			return -EINVAL;
	}
	return 0;
}
