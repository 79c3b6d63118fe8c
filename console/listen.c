/* The listening socket, opened by us so that port 0 and faults are ours. */
#include "console/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define LISTEN_BACKLOG 1024

static size_t last_colon(struct str s)
{
	for (size_t i = s.len; i > 0; i--) {
		if (s.p[i - 1] == ':')
			return i - 1;
	}
	return s.len;
}

int listen_address(struct str s, struct sockaddr_storage *out, struct err *err)
{
	char host[64];
	uint64_t port = 0;
	size_t colon = last_colon(s);
	struct str name = str_first(s, colon);
	struct sockaddr_storage got = { 0 };
	struct sockaddr_in *four = (struct sockaddr_in *)&got;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&got;

	must(out != NULL);
	if (name.len > 2 && name.p[0] == '[' && name.p[name.len - 1] == ']')
		name = str_bytes(name.p + 1, name.len - 2);
	if (colon == s.len || str_copy(host, sizeof(host), name) != 0 ||
	    str_u64(str_from(s, colon + 1), 65535, &port) != 0)
		return err_set(err, -EINVAL,
			       "'%.*s' is not an address and a port, like "
			       "127.0.0.1:8080",
			       STR_ARGS(str_first(s, 80)));
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
	} else if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
	} else {
		return err_set(err, -EINVAL, "'%s' is not an IP address", host);
	}
	*out = got;
	return 0;
}

static int listen_bind(int fd, const struct sockaddr_storage *at)
{
	int one = 1;
	socklen_t len = at->ss_family == AF_INET ? sizeof(struct sockaddr_in)
						 : sizeof(struct sockaddr_in6);

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, (const struct sockaddr *)at, len) != 0 ||
	    listen(fd, LISTEN_BACKLOG) != 0)
		return -errno;
	return 0;
}

static int listen_port(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		return -errno;
	if (at.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&at)->sin_port);
	return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
}

int listen_open(struct str address, int *fd, int *port, struct err *err)
{
	struct sockaddr_storage at;

	must(fd != NULL && port != NULL);
	int rc = listen_address(address, &at, err);
	if (rc != 0)
		return rc;
	int s = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       0);
	if (s < 0)
		return err_set(err, -errno, "no socket: %s", strerror(errno));
	rc = listen_bind(s, &at);
	int got = rc == 0 ? listen_port(s) : 0;
	if (rc != 0 || got < 0) {
		rc = rc != 0 ? rc : got;
		close(s);
		return err_set(err, rc, "cannot listen on %.*s: %s",
			       STR_ARGS(address), strerror(-rc));
	}
	*fd = s;
	*port = got;
	return 0;
}
