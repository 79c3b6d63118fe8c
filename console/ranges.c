/* IPv4 is kept as its IPv4-mapped IPv6 address. */
#include "console/ranges.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

struct range {
	uint8_t net[16];
	unsigned bits;
};

static int address_parse(struct str s, struct range *out)
{
	char z[INET6_ADDRSTRLEN];

	if (str_copy(z, sizeof(z), s) != 0)
		return -EBADMSG;
	*out = (struct range){ .bits = 128 };
	if (inet_pton(AF_INET6, z, out->net) == 1)
		return 0;
	out->net[10] = out->net[11] = 0xff;
	return inet_pton(AF_INET, z, out->net + 12) == 1 ? 0 : -EBADMSG;
}

static int range_parse(const char *text, struct range *out)
{
	struct str s = str_of(text), address;
	struct str len = str_cut(s, '/', &address);
	bool four = str_find(address, ':') == address.len;
	uint64_t bits;

	if (address_parse(address, out) != 0)
		return -EBADMSG;
	if (address.len == s.len)
		return 0;
	if (str_u64(len, four ? 32 : 128, &bits) != 0)
		return -EBADMSG;
	out->bits = (unsigned)bits + (four ? 96 : 0);
	return 0;
}

static bool range_holds(const struct range *r, const uint8_t address[16])
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(r->net, address, whole) != 0)
		return false;
	return rest == 0 ||
	       ((r->net[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

bool range_ok(const char *range)
{
	struct range r;

	must(range != NULL);
	return range_parse(range, &r) == 0;
}

bool ranges_hold(const struct setting_list *ranges, const char *address)
{
	struct range r, a;

	must(ranges != NULL && address != NULL);
	if (address_parse(str_of(address), &a) != 0)
		return false;
	for (size_t i = 0; i < ranges->len; i++) {
		if (range_parse(ranges->v[i], &r) == 0 &&
		    range_holds(&r, a.net))
			return true;
	}
	return false;
}
