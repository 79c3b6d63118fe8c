/* Connections: counted by address, cut at their deadline. */
#include "console/peers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/mem.h"

void peers_init(struct console *c)
{
	const struct http_cfg *h = c->http;

	must(c->addresses == NULL);
	c->cut = stats_get(STAT_COUNTER, "http_cut_total",
			   "Connections cut for being late.", NULL);
	c->addresses = map_new();
	for (unsigned i = 0; i < PEER_PHASES; i++)
		list_init(&c->phases[i]);
	c->phase_ms[PEER_HEAD] = (uint64_t)h->header_timeout;
	c->phase_ms[PEER_BODY] = (uint64_t)h->body_timeout;
	c->phase_ms[PEER_ANSWER] = (uint64_t)h->answer_timeout;
	/* The next request line has its header time on top. */
	c->phase_ms[PEER_IDLE] =
		(uint64_t)(h->idle_timeout + h->header_timeout);
}

void peers_done(struct console *c)
{
	must(c != NULL && c->npeers == 0);
	map_free(&c->addresses);
}

/* An IPv4 address, or the /64 of an IPv6 one: whoever has one has all. */
static uint64_t address_of(const struct sockaddr *from)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (from->sa_family == AF_INET) {
		memcpy(&four, from, sizeof(four));
		return str_hash(str_bytes(&four.sin_addr, 4));
	}
	if (from->sa_family == AF_INET6) {
		memcpy(&six, from, sizeof(six));
		return str_hash(str_bytes(&six.sin6_addr, 8));
	}
	return 0;
}

static uint64_t address_count(const struct console *c, uint64_t address)
{
	uint64_t n = 0;

	return map_get(c->addresses, address, &n) ? n : 0;
}

bool peers_admit(const struct console *c, const struct sockaddr *from)
{
	must(c != NULL && from != NULL);
	if (c->stopping || c->npeers >= (size_t)c->http->max_connections)
		return false;
	return address_count(c, address_of(from)) <
	       (uint64_t)c->http->per_address;
}

struct peer *peer_new(struct console *c, struct MHD_Connection *mhd)
{
	must(c != NULL && mhd != NULL);
	struct peer *p = mem_new(struct peer);
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(mhd,
					MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (i != NULL && i->client_addr != NULL)
		p->address = address_of(i->client_addr);
	i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	p->fd = i != NULL ? i->connect_fd : -1;
	p->mhd = mhd;
	list_init(&p->node);
	map_set(c->addresses, p->address, address_count(c, p->address) + 1);
	c->npeers++;
	peer_phase(c, p, PEER_HEAD);
	return p;
}

void peer_free(struct console *c, struct peer *p)
{
	must(c != NULL && p != NULL && c->npeers > 0);
	uint64_t n = address_count(c, p->address);
	must(n > 0);
	if (n == 1)
		map_del(c->addresses, p->address, NULL);
	else
		map_set(c->addresses, p->address, n - 1);
	c->npeers--;
	list_remove(&p->node);
	mem_free(p);
}

void peer_phase(struct console *c, struct peer *p, enum peer_phase phase)
{
	must(c != NULL && p != NULL && phase < PEER_PHASES);
	p->phase = phase;
	p->deadline_ms = clock_mono_ms(c->clock) + c->phase_ms[phase];
	list_remove(&p->node);
	list_append(&c->phases[phase], &p->node);
}

/* A shut socket wakes MHD, which then ends the connection itself. */
static void peer_cut(struct console *c, struct peer *p)
{
	static const char *const names[PEER_PHASES] = { "header", "body",
							"work",   "answer",
							"idle",   "stream" };

	if (p->phase != PEER_IDLE)
		stat_add(c->cut, 1);
	log_debug("http.cut", KV_S("late", names[p->phase]));
	list_remove(&p->node);
	if (p->fd >= 0)
		shutdown(p->fd, SHUT_RDWR);
	c->kick = true;
}

void peers_sweep(struct console *c)
{
	must(c != NULL);
	uint64_t now = clock_mono_ms(c->clock);
	for (unsigned i = 0; i < PEER_PHASES; i++) {
		if (c->phase_ms[i] == 0)
			continue;
		LIST_EACH_SAFE (it, &c->phases[i]) {
			struct peer *p = LIST_ITEM(it, struct peer, node);
			if (p->deadline_ms > now)
				break;
			peer_cut(c, p);
		}
	}
}

void peer_text(const struct peer *p, char out[64])
{
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);

	must(p != NULL && out != NULL);
	out[0] = '\0';
	if (getpeername(p->fd, (struct sockaddr *)&from, &len) != 0)
		return;
	if (from.ss_family == AF_INET)
		inet_ntop(AF_INET, &((struct sockaddr_in *)&from)->sin_addr,
			  out, 64);
	else if (from.ss_family == AF_INET6)
		inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&from)->sin6_addr,
			  out, 64);
}
