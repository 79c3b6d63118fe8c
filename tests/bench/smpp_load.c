/* SMPP load: binds as ESMEs, keeps a window of submit_sm full or a fixed
 * rate, answers what is delivered; prints one line of JSON. Plain epoll,
 * nothing of ours, so that it costs every gateway the same. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/histogram.h"

#define BINDS_MAX 256
#define WINDOW_MAX 10000
#define BUF_SIZE (1 << 22)
#define HEAD 16

enum command {
	BIND_TRANSCEIVER = 0x9,
	SUBMIT_SM = 0x4,
	DELIVER_SM = 0x5,
	UNBIND = 0x6,
	ENQUIRE_LINK = 0x15,
	RESP = 0x80000000,
};

#define THROTTLED 0x58

struct options {
	int port;
	const char *system_id, *password, *source;
	uint64_t count; /* submits in all */
	unsigned binds, window;
	double rate;   /* submits a second, over all; 0: as the windows allow */
	bool receipts; /* asked for, and awaited */
	double limit_s;
	uint64_t first; /* number of the first receiver */
};

struct conn {
	int fd;
	bool bound;
	unsigned open; /* submits without an answer */
	uint32_t seq;
	uint64_t sent_us[WINDOW_MAX * 2]; /* by number, modulo */
	uint8_t *out, *in;
	size_t out_len, out_at, in_len;
	bool wants_write;
};

struct run {
	struct options o;
	struct conn v[BINDS_MAX];
	int epoll;
	unsigned bound;
	uint64_t begun_us, answered_us, told_us;
	uint64_t sent, answered, accepted, refused, throttled;
	uint64_t delivered, receipts;
	uint32_t last_status;
	struct histogram latency;
};

static uint64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "smpp_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- PDUs ----------------------------------------------------------------- */

static uint8_t *put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
	return p + 4;
}

static uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint8_t *put_z(uint8_t *p, const char *z)
{
	size_t n = strlen(z) + 1;

	memcpy(p, z, n);
	return p + n;
}

/* A PDU at the end of what goes out; end_pdu writes its length. */
static uint8_t *begin_pdu(struct conn *c, uint32_t command, uint32_t seq)
{
	uint8_t *p = c->out + c->out_len;

	if (c->out_len + 1024 > BUF_SIZE)
		die("the gateway does not read");
	(void)put_u32(p + 4, command);
	(void)put_u32(p + 8, 0);
	(void)put_u32(p + 12, seq);
	return p + HEAD;
}

static void end_pdu(struct conn *c, const uint8_t *end)
{
	uint8_t *p = c->out + c->out_len;
	size_t n = (size_t)(end - p);

	(void)put_u32(p, (uint32_t)n);
	c->out_len += n;
}

static void put_bind(const struct run *r, struct conn *c)
{
	uint8_t *p = begin_pdu(c, BIND_TRANSCEIVER, ++c->seq);

	p = put_z(p, r->o.system_id);
	p = put_z(p, r->o.password);
	p = put_z(p, "");
	*p++ = 0x34;
	*p++ = 0;
	*p++ = 0;
	p = put_z(p, "");
	end_pdu(c, p);
}

static void put_submit(struct run *r, struct conn *c)
{
	char to[32], text[160];
	uint8_t *p = begin_pdu(c, SUBMIT_SM, ++c->seq);
	int n = snprintf(text, sizeof(text),
			 "Your parcel 4711 is out for delivery, the courier "
			 "will ring. Reply GQ to change the time or the place, "
			 "number %07" PRIu64,
			 r->sent);

	(void)snprintf(to, sizeof(to), "999%09" PRIu64, r->o.first + r->sent);
	p = put_z(p, "");
	*p++ = 5;
	*p++ = 0;
	p = put_z(p, r->o.source);
	*p++ = 1;
	*p++ = 1;
	p = put_z(p, to);
	memset(p, 0, 10); /* esm_class ... default_msg_id */
	p[5] = r->o.receipts ? 1 : 0;
	p += 9;
	*p++ = (uint8_t)n;
	memcpy(p, text, (size_t)n);
	end_pdu(c, p + n);
	c->sent_us[c->seq % (WINDOW_MAX * 2)] = now_us();
	c->open++;
	r->sent++;
}

static void put_head(struct conn *c, uint32_t command, uint32_t seq)
{
	end_pdu(c, begin_pdu(c, command, seq));
}

/* ---- connections ---------------------------------------------------------- */

static void conn_want(struct run *r, struct conn *c, bool write)
{
	struct epoll_event e = { .events = EPOLLIN | (write ? EPOLLOUT : 0),
				 .data.ptr = c };

	if (c->wants_write == write)
		return;
	c->wants_write = write;
	if (epoll_ctl(r->epoll, EPOLL_CTL_MOD, c->fd, &e) < 0)
		die("epoll_ctl");
}

static void conn_write(struct run *r, struct conn *c)
{
	while (c->out_at < c->out_len) {
		ssize_t n = write(c->fd, c->out + c->out_at,
				  c->out_len - c->out_at);
		if (n < 0 && errno == EAGAIN) {
			conn_want(r, c, true);
			return;
		}
		if (n <= 0)
			die("write");
		c->out_at += (size_t)n;
	}
	c->out_at = c->out_len = 0;
	conn_want(r, c, false);
}

static void conn_open(struct run *r, struct conn *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)r->o.port) };
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->out = malloc(BUF_SIZE);
	c->in = malloc(BUF_SIZE);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->out == NULL || c->in == NULL || c->fd < 0 ||
	    connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("connect");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    epoll_ctl(r->epoll, EPOLL_CTL_ADD, c->fd, &e) < 0)
		die("epoll_ctl");
	put_bind(r, c);
	conn_write(r, c);
}

static void took_answer(struct run *r, struct conn *c, uint32_t status,
			uint32_t seq)
{
	uint64_t now = now_us();

	c->open--;
	r->answered++;
	r->answered_us = now;
	histogram_add(&r->latency, now - c->sent_us[seq % (WINDOW_MAX * 2)]);
	if (status == 0) {
		r->accepted++;
		return;
	}
	r->refused++;
	r->throttled += status == THROTTLED;
	r->last_status = status;
}

static void took_delivery(struct run *r, struct conn *c, const uint8_t *pdu,
			  size_t len, uint32_t seq)
{
	uint8_t *p = begin_pdu(c, DELIVER_SM | RESP, seq);

	*p++ = 0;
	end_pdu(c, p);
	r->delivered++;
	r->receipts += memmem(pdu, len, "stat:", 5) != NULL;
	r->told_us = now_us();
}

static void took(struct run *r, struct conn *c, const uint8_t *pdu, size_t len)
{
	uint32_t command = get_u32(pdu + 4), status = get_u32(pdu + 8);
	uint32_t seq = get_u32(pdu + 12);

	switch (command) {
	case SUBMIT_SM | RESP:
		took_answer(r, c, status, seq);
		break;
	case DELIVER_SM:
		took_delivery(r, c, pdu, len, seq);
		break;
	case BIND_TRANSCEIVER | RESP:
		if (status != 0) {
			fprintf(stderr, "smpp_load: bind: status %#x\n",
				status);
			exit(1);
		}
		c->bound = true;
		r->bound++;
		break;
	case ENQUIRE_LINK:
		put_head(c, ENQUIRE_LINK | RESP, seq);
		break;
	default: /* what else a gateway may say */
		break;
	}
}

static void conn_read(struct run *r, struct conn *c)
{
	ssize_t n = read(c->fd, c->in + c->in_len, BUF_SIZE - c->in_len);
	size_t at = 0;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		die("the gateway closed the connection");
	c->in_len += (size_t)n;
	while (c->in_len - at >= HEAD) {
		size_t len = get_u32(c->in + at);

		if (len < HEAD || len > BUF_SIZE)
			die("no SMPP");
		if (c->in_len - at < len)
			break;
		took(r, c, c->in + at, len);
		at += len;
	}
	memmove(c->in, c->in + at, c->in_len - at);
	c->in_len -= at;
}

/* ---- the run -------------------------------------------------------------- */

/* How many submits are due by now. */
static uint64_t due(const struct run *r)
{
	if (r->o.rate <= 0)
		return r->o.count;
	double n = (double)(now_us() - r->begun_us) * r->o.rate / 1e6;
	return n < (double)r->o.count ? (uint64_t)n + 1 : r->o.count;
}

static void pace(struct run *r)
{
	uint64_t until = due(r);

	for (unsigned i = 0; i < r->o.binds; i++) {
		struct conn *c = &r->v[i];
		unsigned n = 0;

		if (c->wants_write)
			continue;
		/* by turns, so that all binds have some */
		while (r->sent < until && c->open < r->o.window &&
		       n++ < r->o.window / 2 + 1)
			put_submit(r, c);
		if (c->out_len > 0)
			conn_write(r, c);
	}
}

static void turn(struct run *r, int wait_ms)
{
	struct epoll_event e[BINDS_MAX];
	int n = epoll_wait(r->epoll, e, BINDS_MAX, wait_ms);

	for (int i = 0; i < n; i++) {
		struct conn *c = e[i].data.ptr;
		if ((e[i].events & ~(uint32_t)EPOLLOUT) != 0)
			conn_read(r, c);
		conn_write(r, c);
	}
}

static bool over(const struct run *r)
{
	if (r->answered < r->o.count)
		return false;
	return !r->o.receipts || r->receipts >= r->accepted;
}

static void report(const struct run *r)
{
	const struct histogram *h = &r->latency;
	double s = (double)(r->answered_us - r->begun_us) / 1e6;
	double told_s = (double)(r->told_us - r->begun_us) / 1e6;

	printf("{\"messages\":%" PRIu64 ",\"accepted\":%" PRIu64
	       ",\"refused\":%" PRIu64 ",\"throttled\":%" PRIu64
	       ",\"last_status\":%u,\"seconds\":%.3f,\"rate\":%.1f,"
	       "\"p50_us\":%" PRIu64 ",\"p99_us\":%" PRIu64
	       ",\"max_us\":%" PRIu64 ",\"delivered\":%" PRIu64
	       ",\"receipts\":%" PRIu64 ",\"receipts_seconds\":%.3f}\n",
	       r->answered, r->accepted, r->refused, r->throttled,
	       r->last_status, s, s > 0 ? (double)r->answered / s : 0,
	       histogram_at(h, 0.50), histogram_at(h, 0.99), h->max,
	       r->delivered, r->receipts, r->receipts > 0 ? told_s : 0);
}

static int option(struct options *o, const char *name, const char *value)
{
	if (strcmp(name, "--port") == 0)
		o->port = (int)strtol(value, NULL, 10);
	else if (strcmp(name, "--system-id") == 0)
		o->system_id = value;
	else if (strcmp(name, "--password") == 0)
		o->password = value;
	else if (strcmp(name, "--source") == 0)
		o->source = value;
	else if (strcmp(name, "--count") == 0)
		o->count = strtoull(value, NULL, 10);
	else if (strcmp(name, "--binds") == 0)
		o->binds = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "--window") == 0)
		o->window = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "--rate") == 0)
		o->rate = strtod(value, NULL);
	else if (strcmp(name, "--receipts") == 0)
		o->receipts = strcmp(value, "0") != 0;
	else if (strcmp(name, "--limit") == 0)
		o->limit_s = strtod(value, NULL);
	else if (strcmp(name, "--first") == 0)
		o->first = strtoull(value, NULL, 10);
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	static struct run r = { .o = { .system_id = "load",
				       .password = "load",
				       .source = "LOAD",
				       .count = 1000,
				       .binds = 1,
				       .window = 100,
				       .limit_s = 120 } };

	for (int i = 1; i + 1 < argc; i += 2) {
		if (option(&r.o, argv[i], argv[i + 1]) < 0) {
			fprintf(stderr, "smpp_load: no option %s\n", argv[i]);
			return 2;
		}
	}
	if (r.o.binds < 1 || r.o.binds > BINDS_MAX || r.o.window < 1 ||
	    r.o.window > WINDOW_MAX)
		return 2;
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	for (unsigned i = 0; i < r.o.binds; i++)
		conn_open(&r, &r.v[i]);
	uint64_t end = now_us() + (uint64_t)(r.o.limit_s * 1e6);
	while (r.bound < r.o.binds && now_us() < end)
		turn(&r, 100);
	r.begun_us = r.answered_us = r.told_us = now_us();
	while (!over(&r) && now_us() < end) {
		pace(&r);
		turn(&r, r.o.rate > 0 && r.sent < r.o.count ? 1 : 100);
	}
	for (unsigned i = 0; i < r.o.binds; i++) {
		put_head(&r.v[i], UNBIND, ++r.v[i].seq);
		conn_write(&r, &r.v[i]);
	}
	report(&r);
	return !over(&r) || r.refused > 0;
}
