/* Ranges of addresses as bits of a 16-byte address. */
#include "channels/smpp/server_range.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* Is it IPv4? Through *v4. -EBADMSG: it is no address. */
static int address_parse(struct str s, uint8_t out[16], bool *v4)
{
	char z[INET6_ADDRSTRLEN];
	uint8_t four[4], six[16];

	if (str_copy(z, sizeof(z), s) != 0)
		return -EBADMSG;
	*v4 = inet_pton(AF_INET, z, four) == 1;
	if (!*v4 && inet_pton(AF_INET6, z, six) != 1)
		return -EBADMSG;
	if (*v4) {
		memset(six, 0, 10);
		six[10] = six[11] = 0xff;
		memcpy(six + 12, four, 4);
	}
	memcpy(out, six, 16);
	return 0;
}

int smpp_range_parse(struct str s, struct smpp_range *out)
{
	must(out != NULL);
	bool slash = str_find(s, '/') < s.len, v4;
	struct smpp_range r = { .bits = 128 };
	struct str head, tail = str_cut(s, '/', &head);
	uint64_t bits;

	if (address_parse(head, r.net, &v4) != 0)
		return -EBADMSG;
	if (slash) {
		if (str_u64(tail, v4 ? 32 : 128, &bits) != 0)
			return -EBADMSG;
		r.bits = (unsigned)bits + (v4 ? 96 : 0);
	}
	*out = r;
	return 0;
}

bool smpp_range_has(const struct smpp_range *r, const uint8_t addr[16])
{
	must(r != NULL && addr != NULL && r->bits <= 128);
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(r->net, addr, whole) != 0)
		return false;
	return rest == 0 ||
	       ((r->net[whole] ^ addr[whole]) & (0xff00u >> rest) & 0xff) == 0;
}

int smpp_range_peer(struct str peer, uint8_t addr[16])
{
	must(addr != NULL);
	size_t colon = peer.len;
	bool v4;

	while (colon > 0 && peer.p[colon - 1] != ':')
		colon--;
	if (colon < 2)
		return -EBADMSG;
	struct str host = str_first(peer, colon - 1);
	if (host.p[0] == '[' && host.p[host.len - 1] == ']')
		host = str_first(str_from(host, 1), host.len - 2);
	return address_parse(host, addr, &v4);
}
