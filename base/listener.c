/* A listening TCP socket that hands over streams. */
#include "base/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base/log.h"
#include "base/loop_impl.h"
#include "base/mem.h"
#include "base/stream_impl.h"

enum { LISTENER_BACKLOG = 511 };

struct listener {
	struct loop *loop;
	uv_tcp_t tcp;
	struct stream_cfg cfg;
	struct tls *tls; /* NULL: plain */
	void (*accept)(void *owner, struct stream *s);
	void *owner;
	int port;
};

/* "127.0.0.1:80", "[::1]:80", "localhost:80" */
static int listener_address(const char *address, struct sockaddr_storage *out)
{
	struct str s = str_of(address);
	size_t colon = s.len;
	char ip[INET6_ADDRSTRLEN];
	uint64_t port;

	while (colon > 0 && s.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || str_u64(str_from(s, colon), UINT16_MAX, &port) < 0)
		return -EINVAL;

	struct str host = str_first(s, colon - 1);
	bool v6 = host.p[0] == '[' && host.p[host.len - 1] == ']';
	if (v6)
		host = str_first(str_from(host, 1), host.len - 2);
	if (str_eqz(host, "localhost"))
		host = STR("127.0.0.1");
	if (str_copy(ip, sizeof(ip), host) < 0)
		return -EINVAL;
	memset(out, 0, sizeof(*out));
	int rc = v6 ? uv_ip6_addr(ip, (int)port, (struct sockaddr_in6 *)out)
		    : uv_ip4_addr(ip, (int)port, (struct sockaddr_in *)out);
	return rc < 0 ? -EINVAL : 0;
}

static void listener_came(uv_stream_t *tcp, int status)
{
	struct listener *ls = CONTAINER_OF(tcp, struct listener, tcp);
	struct stream *s;

	if (uv_is_closing((uv_handle_t *)tcp))
		return;
	if (status == 0)
		status = stream_accept(&s, ls->loop, tcp, &ls->cfg, ls->tls);
	if (status < 0) {
		log_warn("listener.accept", KV_I("port", ls->port),
			 KV_S("error", err_name(status)));
		return;
	}
	ls->accept(ls->owner, s);
	/* libuv frees s later: it may be closed by now, not gone. */
	if (stream_orphan(s))
		stream_close(&s);
}

static int listener_bind(struct listener *ls, const struct sockaddr_storage *at)
{
	struct sockaddr_storage got;
	int len = sizeof(got);

	int rc = uv_tcp_bind(&ls->tcp, (const struct sockaddr *)at, 0);
	if (rc == 0)
		rc = uv_listen((uv_stream_t *)&ls->tcp, LISTENER_BACKLOG,
			       listener_came);
	if (rc == 0)
		rc = uv_tcp_getsockname(&ls->tcp, (struct sockaddr *)&got,
					&len);
	if (rc < 0)
		return rc;
	ls->port = got.ss_family == AF_INET
			   ? ntohs(((struct sockaddr_in *)&got)->sin_port)
			   : ntohs(((struct sockaddr_in6 *)&got)->sin6_port);
	return 0;
}

int listener_open(struct listener **out, struct loop *l, const char *address,
		  const struct stream_cfg *cfg,
		  void (*accept)(void *owner, struct stream *s), void *owner,
		  struct err *err)
{
	struct sockaddr_storage at;

	must(out != NULL && l != NULL && address != NULL && cfg != NULL);
	must(accept != NULL);
	if (listener_address(address, &at) < 0)
		return err_set(err, -EINVAL,
			       "'%s' is no address to listen on: write "
			       "\"127.0.0.1:2776\"",
			       address);

	AUTO(listener_close) struct listener *ls = mem_new(struct listener);
	ls->loop = l;
	ls->cfg = *cfg;
	ls->cfg.tls = NULL; /* borrowed for the call alone */
	ls->accept = accept;
	ls->owner = owner;
	must(uv_tcp_init(&l->uv, &ls->tcp) == 0);
	ls->tcp.data = ls;
	l->owned++;
	int rc = cfg->tls == NULL ? 0 : tls_open(&ls->tls, cfg->tls, true, err);
	if (rc < 0)
		return rc;
	rc = listener_bind(ls, &at);
	if (rc < 0)
		return err_set(err, rc, "cannot listen on %s: %s", address,
			       err_name(rc));
	*out = TAKE(ls);
	return 0;
}

int listener_port(const struct listener *ls)
{
	must(ls != NULL);
	return ls->port;
}

void listener_close(struct listener **lp)
{
	must(lp != NULL);

	struct listener *ls = TAKE(*lp);
	if (ls == NULL)
		return;
	must(ls->loop->owned > 0);
	ls->loop->owned--;
	tls_close(&ls->tls);
	loop_handle_free((uv_handle_t *)&ls->tcp);
}
