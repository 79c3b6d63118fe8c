/* HTTP load over keep-alive connections: a fixed number under way at once, or
 * a fixed rate; prints one line of JSON. Plain epoll, nothing of ours, so that
 * it costs both gateways the same. */
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

#define CONNS_MAX 1024
#define OUT_SIZE (1 << 20)
#define IN_SIZE (1 << 20)

enum shape { SHAPE_JSON, SHAPE_KANNEL };

struct options {
	enum shape shape;
	int port;
	const char *key;   /* bearer key, or Kannel's user:password */
	const char *class; /* of the messages */
	uint64_t count;    /* messages in all */
	unsigned conns, batch;
	double rate; /* requests a second; 0: as fast as answers come */
	double limit_s;
	uint64_t first; /* number of the first recipient */
};

struct conn {
	int fd;
	bool busy;
	uint64_t begun_us; /* when the request was due */
	char *out;
	size_t out_len, out_at;
	char *in;
	size_t in_len;
};

struct run {
	struct options o;
	struct conn v[CONNS_MAX];
	int epoll;
	uint64_t begun_us, sent, answered, accepted, refused;
	struct histogram latency;
	int last_status;
};

static uint64_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- requests ------------------------------------------------------------- */

#define TEXT                                                            \
	"Your parcel 4711 is out for delivery, the courier will ring. " \
	"Reply GQ to change the time or the place, number %07" PRIu64

static size_t put_message(const struct run *r, char *p, size_t size, uint64_t n)
{
	return (size_t)snprintf(p, size,
				"{\"to\":\"+999%09" PRIu64 "\",\"text\":\"" TEXT
				"\",\"class\":\"%s\"}",
				r->o.first + n, n, r->o.class);
}

static size_t json_body(const struct run *r, char *p, size_t size, unsigned n)
{
	size_t len = 0;

	if (r->o.batch == 1)
		return put_message(r, p, size, r->sent);
	len += (size_t)snprintf(p, size, "{\"messages\":[");
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			p[len++] = ',';
		len += put_message(r, p + len, size - len, r->sent + i);
	}
	len += (size_t)snprintf(p + len, size - len, "]}");
	return len;
}

static void write_json(struct run *r, struct conn *c, unsigned n)
{
	static char body[OUT_SIZE - 4096];
	size_t len = json_body(r, body, sizeof(body), n);

	c->out_len = (size_t)snprintf(c->out, OUT_SIZE,
				      "POST /v1/messages HTTP/1.1\r\n"
				      "Host: 127.0.0.1\r\n"
				      "Authorization: Bearer %s\r\n"
				      "Content-Type: application/json\r\n"
				      "Content-Length: %zu\r\n\r\n",
				      r->o.key, len);
	memcpy(c->out + c->out_len, body, len);
	c->out_len += len;
}

static size_t url_escape(const char *s, char *out)
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		bool plain = (*s >= '0' && *s <= '9') ||
			     (*s >= 'a' && *s <= 'z') ||
			     (*s >= 'A' && *s <= 'Z') || *s == '.';
		if (plain)
			out[n++] = *s;
		else if (*s == ' ')
			out[n++] = '+';
		else
			n += (size_t)snprintf(out + n, 4, "%%%02X",
					      (unsigned char)*s);
	}
	out[n] = '\0';
	return n;
}

static void write_kannel(struct run *r, struct conn *c)
{
	char text[256], escaped[800];

	(void)snprintf(text, sizeof(text), TEXT, r->sent);
	(void)url_escape(text, escaped);
	c->out_len =
		(size_t)snprintf(c->out, OUT_SIZE,
				 "GET /cgi-bin/sendsms?%s&to=%%2B999%09" PRIu64
				 "&text=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
				 r->o.key, r->o.first + r->sent, escaped);
}

/* ---- connections ---------------------------------------------------------- */

static void conn_want(struct run *r, struct conn *c, bool write)
{
	struct epoll_event e = { .events = EPOLLIN | (write ? EPOLLOUT : 0),
				 .data.ptr = c };

	if (epoll_ctl(r->epoll, EPOLL_CTL_MOD, c->fd, &e) < 0)
		die("epoll_ctl");
}

static void conn_open(struct run *r, struct conn *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)r->o.port) };
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("connect");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    epoll_ctl(r->epoll, EPOLL_CTL_ADD, c->fd, &e) < 0)
		die("epoll_ctl");
	c->in_len = 0;
	c->busy = false;
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
}

static void conn_send(struct run *r, struct conn *c, uint64_t due_us)
{
	uint64_t left = r->o.count - r->sent;
	unsigned n = left < r->o.batch ? (unsigned)left : r->o.batch;

	if (r->o.shape == SHAPE_JSON)
		write_json(r, c, n);
	else
		write_kannel(r, c);
	r->sent += n;
	c->busy = true;
	c->begun_us = due_us;
	c->out_at = 0;
	conn_write(r, c);
}

static unsigned count_of(const char *s, const char *what)
{
	unsigned n = 0;

	for (; (s = strstr(s, what)) != NULL; s++)
		n++;
	return n;
}

static void conn_answered(struct run *r, struct conn *c, const char *body)
{
	int status = 0;
	unsigned asked = r->o.batch, good;

	(void)sscanf(c->in, "HTTP/1.%*d %d", &status);
	if (r->o.batch > 1) {
		good = status == 202 ? count_of(body, "\"id\":") : 0;
		asked = good > 0 ? good : r->o.batch;
	} else {
		good = status == 202 ? 1 : 0;
	}
	r->last_status = status;
	r->answered += asked;
	r->accepted += good;
	r->refused += asked - good;
	histogram_add(&r->latency, now_us() - c->begun_us);
	c->busy = false;
}

/* Kannel may close after a while: another connection takes its place. */
static void conn_again(struct run *r, struct conn *c)
{
	if (c->busy)
		die("the gateway closed a connection with a request under way");
	(void)close(c->fd);
	conn_open(r, c);
}

static void conn_read(struct run *r, struct conn *c)
{
	ssize_t n = read(c->fd, c->in + c->in_len, IN_SIZE - 1 - c->in_len);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		conn_again(r, c);
		return;
	}
	c->in_len += (size_t)n;
	c->in[c->in_len] = '\0';
	char *end = strstr(c->in, "\r\n\r\n");
	if (end == NULL)
		return;
	const char *length = strcasestr(c->in, "\r\ncontent-length:");
	if (length == NULL || length > end)
		die("an answer without Content-Length");
	size_t body = (size_t)strtoul(length + 17, NULL, 10);
	size_t all = (size_t)(end + 4 - c->in) + body;
	if (all >= IN_SIZE)
		die("an answer too long");
	if (c->in_len < all)
		return;
	conn_answered(r, c, end + 4);
	c->in_len = 0;
}

/* ---- the run -------------------------------------------------------------- */

static struct conn *idle(struct run *r)
{
	for (unsigned i = 0; i < r->o.conns; i++) {
		if (!r->v[i].busy)
			return &r->v[i];
	}
	return NULL;
}

/* Sends what is due; us until the next one is. */
static uint64_t pace(struct run *r)
{
	struct conn *c;

	while (r->sent < r->o.count && (c = idle(r)) != NULL) {
		uint64_t now = now_us(), due = now;
		if (r->o.rate > 0) {
			double nth = (double)r->sent / r->o.batch;
			due = r->begun_us +
			      (uint64_t)(nth * 1000000 / r->o.rate);
			if (due > now)
				return due - now < 100000 ? due - now : 100000;
		}
		conn_send(r, c, due);
	}
	return 100000;
}

static void turn(struct run *r, uint64_t wait_us)
{
	struct epoll_event e[256];
	struct timespec wait = { .tv_nsec = (long)wait_us * 1000 };
	int n = epoll_pwait2(r->epoll, e, 256, &wait, NULL);

	for (int i = 0; i < n; i++) {
		struct conn *c = e[i].data.ptr;
		if ((e[i].events & EPOLLOUT) != 0) {
			conn_want(r, c, false);
			conn_write(r, c);
		}
		if ((e[i].events & ~(uint32_t)EPOLLOUT) != 0)
			conn_read(r, c);
	}
}

static void report(const struct run *r)
{
	const struct histogram *h = &r->latency;
	double s = (double)(now_us() - r->begun_us) / 1e6;

	printf("{\"messages\":%" PRIu64 ",\"accepted\":%" PRIu64
	       ",\"refused\":%" PRIu64 ",\"seconds\":%.3f,\"rate\":%.1f,"
	       "\"p50_us\":%" PRIu64 ",\"p99_us\":%" PRIu64
	       ",\"max_us\":%" PRIu64 ",\"last_status\":%d}\n",
	       r->answered, r->accepted, r->refused, s, (double)r->answered / s,
	       histogram_at(h, 0.50), histogram_at(h, 0.99), h->max,
	       r->last_status);
}

static int option(struct options *o, const char *name, const char *value)
{
	if (strcmp(name, "--shape") == 0)
		o->shape = strcmp(value, "kannel") == 0 ? SHAPE_KANNEL
							: SHAPE_JSON;
	else if (strcmp(name, "--port") == 0)
		o->port = (int)strtol(value, NULL, 10);
	else if (strcmp(name, "--key") == 0)
		o->key = value;
	else if (strcmp(name, "--class") == 0)
		o->class = value;
	else if (strcmp(name, "--count") == 0)
		o->count = strtoull(value, NULL, 10);
	else if (strcmp(name, "--conns") == 0)
		o->conns = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "--batch") == 0)
		o->batch = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(name, "--rate") == 0)
		o->rate = strtod(value, NULL);
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
	static struct run r = { .o = { .class = "service",
				       .key = "",
				       .count = 1000,
				       .conns = 32,
				       .batch = 1,
				       .limit_s = 120 } };

	for (int i = 1; i + 1 < argc; i += 2) {
		if (option(&r.o, argv[i], argv[i + 1]) < 0) {
			fprintf(stderr, "load: no option %s\n", argv[i]);
			return 2;
		}
	}
	if (r.o.conns < 1 || r.o.conns > CONNS_MAX || r.o.batch < 1 ||
	    r.o.batch > 1000)
		return 2;
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	for (unsigned i = 0; i < r.o.conns; i++) {
		r.v[i].out = malloc(OUT_SIZE);
		r.v[i].in = malloc(IN_SIZE);
		if (r.v[i].out == NULL || r.v[i].in == NULL)
			die("memory");
		conn_open(&r, &r.v[i]);
	}
	r.begun_us = now_us();
	uint64_t end = r.begun_us + (uint64_t)(r.o.limit_s * 1e6);
	while (r.answered < r.o.count && now_us() < end)
		turn(&r, pace(&r));
	report(&r);
	return r.answered < r.o.count || r.refused > 0;
}
