/* An HTTP server that answers 200 to everything and counts what came, once by
 * request and once by the name of what it is about; GET /count tells. Plain
 * epoll over keep-alive connections, so that it costs both gateways the same. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define IN_SIZE 65536
#define SEEN_BITS 23 /* up to some 6 million names */

struct conn {
	int fd;
	size_t len;
	char in[IN_SIZE];
};

struct sink {
	int epoll, listener;
	uint64_t requests, distinct;
	uint64_t *seen; /* hashes, open addressing; 0: free */
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t hash(const char *p, size_t len)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)p[i]) * 0x100000001b3;
	h ^= h >> 29;
	return h == 0 ? 1 : h;
}

static void see(struct sink *s, const char *name, size_t len)
{
	uint64_t h = hash(name, len);
	size_t mask = ((size_t)1 << SEEN_BITS) - 1;

	for (size_t i = (size_t)h & mask;; i = (i + 1) & mask) {
		if (s->seen[i] == h)
			return;
		if (s->seen[i] == 0) {
			s->seen[i] = h;
			if (++s->distinct > mask * 3 / 4)
				die("too many names");
			return;
		}
	}
}

static const char *header(const char *head, const char *name)
{
	const char *at = strcasestr(head, name);

	return at == NULL ? NULL : at + strlen(name);
}

/* webhook-id when it is there, else what is asked for. */
static void count(struct sink *s, const char *head)
{
	const char *name = header(head, "\r\nwebhook-id: ");

	s->requests++;
	if (name == NULL)
		name = head;
	see(s, name, strcspn(name, "\r"));
}

static void answer(struct sink *s, int fd, const char *head)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	char text[200], body[100];

	if (strncmp(head, "GET /count ", 11) != 0) {
		count(s, head);
		if (write(fd, ok, sizeof(ok) - 1) < 0)
			return; /* the end of the connection is read */
		return;
	}
	int len =
		snprintf(body, sizeof(body),
			 "{\"requests\":%" PRIu64 ",\"distinct\":%" PRIu64 "}",
			 s->requests, s->distinct);
	len = snprintf(text, sizeof(text),
		       "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len,
		       body);
	if (write(fd, text, (size_t)len) < 0)
		return;
}

/* Bytes of the first request in c; 0: not whole yet. */
static size_t request(struct sink *s, struct conn *c)
{
	c->in[c->len] = '\0';
	char *end = strstr(c->in, "\r\n\r\n");
	if (end == NULL)
		return 0;
	end[2] = '\0'; /* the head alone */
	const char *length = header(c->in, "\r\ncontent-length:");
	size_t all = (size_t)(end + 4 - c->in);
	if (length != NULL)
		all += (size_t)strtoul(length, NULL, 10);
	if (all <= c->len)
		answer(s, c->fd, c->in);
	end[2] = '\r';
	return all <= c->len ? all : 0;
}

static void conn_read(struct sink *s, struct conn *c)
{
	size_t done;
	ssize_t n = read(c->fd, c->in + c->len, IN_SIZE - 1 - c->len);

	if (n <= 0) {
		(void)close(c->fd);
		free(c);
		return;
	}
	c->len += (size_t)n;
	while (c->len > 0 && (done = request(s, c)) > 0) {
		memmove(c->in, c->in + done, c->len - done);
		c->len -= done;
	}
}

static void conn_accept(struct sink *s)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	if (c == NULL)
		die("memory");
	c->fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	if (c->fd < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->fd, &e) < 0)
		die("accept");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void serve(struct sink *s)
{
	struct epoll_event e[256];

	for (;;) {
		int n = epoll_wait(s->epoll, e, 256, -1);
		for (int i = 0; i < n; i++) {
			if (e[i].data.ptr == NULL)
				conn_accept(s);
			else
				conn_read(s, e[i].data.ptr);
		}
	}
}

int main(void)
{
	static struct sink s;
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	struct epoll_event e = { .events = EPOLLIN, .data.ptr = NULL };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s.seen = calloc((size_t)1 << SEEN_BITS, sizeof(*s.seen));
	s.epoll = epoll_create1(EPOLL_CLOEXEC);
	s.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s.seen == NULL || s.listener < 0 ||
	    bind(s.listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(s.listener, 1024) < 0 ||
	    getsockname(s.listener, (struct sockaddr *)&at, &size) < 0 ||
	    epoll_ctl(s.epoll, EPOLL_CTL_ADD, s.listener, &e) < 0)
		die("cannot listen");
	printf("sink: listening on %d\n", ntohs(at.sin_port));
	(void)fflush(stdout);
	serve(&s);
	return 0;
}
