/* The address guard: ranges of addresses, refused and allowed. */
#include "channels/http/guard.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "base/mem.h"
#include "base/str.h"

/* IPv4 is kept as its IPv4-mapped IPv6 address. */
struct range {
	uint8_t net[16];
	unsigned bits;
};

struct guard {
	struct range *allow;
	size_t nallow;
	struct range *refuse;
	size_t nrefuse;
};

static const char *const refused[] = {
	"0.0.0.0/8",      /* this host */
	"10.0.0.0/8",     /* private */
	"100.64.0.0/10",  /* carrier-grade NAT */
	"127.0.0.0/8",    /* loopback */
	"169.254.0.0/16", /* link-local; cloud metadata */
	"172.16.0.0/12",  /* private */
	"192.0.0.0/24",   /* protocol assignments */
	"192.0.2.0/24",   /* documentation */
	"192.88.99.0/24", /* 6to4 relays */
	"192.168.0.0/16", /* private */
	"198.18.0.0/15",  /* benchmarks */
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", /* multicast */
	"240.0.0.0/4",    /* reserved, broadcast */
	"::/96",          /* unspecified, loopback, IPv4-compatible */
	"64:ff9b::/96",   /* NAT64 */
	"64:ff9b:1::/48", /* NAT64, local */
	"100::/64",       /* discard */
	"2001::/23",      /* Teredo and other assignments */
	"2001:db8::/32",  /* documentation */
	"2002::/16",      /* 6to4 */
	"fc00::/7",       /* private */
	"fe80::/10",      /* link-local */
	"fec0::/10",      /* site-local */
	"ff00::/8",       /* multicast */
};

static void range_from_v4(struct range *r, const void *v4)
{
	memset(r->net, 0, 10);
	r->net[10] = r->net[11] = 0xff;
	memcpy(r->net + 12, v4, 4);
	r->bits = 128;
}

static int range_parse(const char *text, struct range *out)
{
	struct range r = { .bits = 128 };
	struct str addr, len = str_cut(str_of(text), '/', &addr);
	uint64_t bits = 0;
	char z[INET6_ADDRSTRLEN];
	uint8_t v4[4];

	if (str_copy(z, sizeof(z), addr) != 0)
		return -EINVAL;
	bool is_v4 = inet_pton(AF_INET, z, v4) == 1;
	if (is_v4)
		range_from_v4(&r, v4);
	else if (inet_pton(AF_INET6, z, r.net) != 1)
		return -EINVAL;
	if (str_find(str_of(text), '/') != strlen(text)) {
		if (str_u64(len, is_v4 ? 32 : 128, &bits) != 0)
			return -EINVAL;
		r.bits = (unsigned)bits + (is_v4 ? 96 : 0);
	}
	*out = r;
	return 0;
}

static bool range_has(const struct range *r, const uint8_t addr[16])
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;

	if (memcmp(r->net, addr, whole) != 0)
		return false;
	return rest == 0 ||
	       ((r->net[whole] ^ addr[whole]) & (0xff00u >> rest) & 0xff) == 0;
}

static bool ranges_have(const struct range *v, size_t n, const uint8_t addr[16])
{
	for (size_t i = 0; i < n; i++)
		if (range_has(&v[i], addr))
			return true;
	return false;
}

bool guard_range_ok(const char *text)
{
	struct range r;

	must(text != NULL);
	return range_parse(text, &r) == 0;
}

int guard_open(struct guard **out, const struct setting_list *allow,
	       struct err *err)
{
	must(out != NULL);

	AUTO(guard_close) struct guard *g = mem_new(struct guard);
	g->nrefuse = ARRAY_LEN(refused);
	g->refuse = mem_array(g->nrefuse, sizeof(struct range));
	for (size_t i = 0; i < g->nrefuse; i++)
		must(range_parse(refused[i], &g->refuse[i]) == 0);
	g->nallow = allow != NULL ? allow->len : 0;
	g->allow = mem_array(g->nallow, sizeof(struct range));
	for (size_t i = 0; i < g->nallow; i++)
		if (range_parse(allow->v[i], &g->allow[i]) != 0)
			return err_set(err, -EINVAL,
				       "'%s' is not an address range such as "
				       "10.0.0.0/8",
				       allow->v[i]);
	*out = TAKE(g);
	return 0;
}

void guard_close(struct guard **gp)
{
	must(gp != NULL);

	struct guard *g = TAKE(*gp);
	if (g == NULL)
		return;
	mem_free(g->allow);
	mem_free(g->refuse);
	mem_free(g);
}

bool guard_allows(const struct guard *g, const struct sockaddr *sa)
{
	struct range r;

	must(g != NULL && sa != NULL);
	if (sa->sa_family == AF_INET)
		range_from_v4(&r, &((const struct sockaddr_in *)sa)->sin_addr);
	else if (sa->sa_family == AF_INET6)
		memcpy(r.net, &((const struct sockaddr_in6 *)sa)->sin6_addr,
		       16);
	else
		return false;
	return ranges_have(g->allow, g->nallow, r.net) ||
	       !ranges_have(g->refuse, g->nrefuse, r.net);
}
