/* How a stream begins: dialled, or accepted and adopted; then secured. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/stream_impl.h"

void stream_address(const struct sockaddr_storage *a, char out[64])
{
	char ip[INET6_ADDRSTRLEN] = "";

	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)a;
		(void)uv_ip4_name(in, ip, sizeof(ip));
		(void)snprintf(out, 64, "%s:%u", ip, ntohs(in->sin_port));
	} else {
		const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)a;
		(void)uv_ip6_name(in, ip, sizeof(ip));
		(void)snprintf(out, 64, "[%s]:%u", ip, ntohs(in->sin6_port));
	}
}

static void stream_dial_late(uv_timer_t *timer)
{
	stream_fail(CONTAINER_OF(timer, struct stream, timer), -ETIMEDOUT);
}

static void stream_late_in(struct stream *s, uint64_t ms)
{
	uv_update_time(&s->loop->uv);
	must(uv_timer_start(&s->timer, stream_dial_late, ms, 0) == 0);
}

static void stream_connected(uv_connect_t *req, int status)
{
	struct stream *s = CONTAINER_OF(req, struct stream, connect);

	if (s->run.state != STREAM_DIALING)
		return;
	if (status < 0) {
		stream_fail(s, status);
		return;
	}
	(void)uv_tcp_nodelay(&s->tcp, 1);
	if (s->tls == NULL) {
		stream_up(s);
		return;
	}
	fsm_move(&s->run, STREAM_SECURING);
	if (!uv_is_active((uv_handle_t *)&s->timer)) /* else it goes on */
		stream_late_in(s, fsm_timeout_ms(&s->run));
	tls_session_start(s->tls, &s->out);
	loop_late(s->loop, &s->flush);
	stream_read_start(s);
}

/* Files that cannot be read are told by `down`, as a dead host is. */
static bool stream_secure(struct stream *s, const struct tls_cfg *cfg)
{
	struct tls *t;
	struct err err;

	if (tls_open(&t, cfg, false, &err) != 0) {
		s->why = str_dup(err.text);
		stream_fail(s, -EPROTO);
		return false;
	}
	s->tls = tls_session_new(t);
	tls_close(&t);
	return true;
}

int stream_dial(struct stream **out, struct loop *l,
		const struct sockaddr_storage *to, const struct stream_cfg *cfg,
		const struct stream_events *ev, void *owner)
{
	must(out != NULL && l != NULL && to != NULL && cfg != NULL);
	must(ev != NULL && ev->bytes != NULL && ev->down != NULL);
	if (to->ss_family != AF_INET && to->ss_family != AF_INET6)
		return -EINVAL;

	AUTO(stream_close)
	struct stream *s = stream_new(l, cfg, STREAM_DIALING);
	s->ev = ev;
	s->owner = owner;
	stream_address(to, s->peer);
	if (cfg->tls != NULL && !stream_secure(s, cfg->tls)) {
		*out = TAKE(s);
		return 0;
	}
	int rc = uv_tcp_connect(&s->connect, &s->tcp,
				(const struct sockaddr *)to, stream_connected);
	if (rc < 0)
		return rc;
	if (cfg->dial_timeout_ms > 0)
		stream_late_in(s, cfg->dial_timeout_ms);
	*out = TAKE(s);
	return 0;
}

int stream_accept(struct stream **out, struct loop *l, uv_stream_t *server,
		  const struct stream_cfg *cfg, const struct tls *tls)
{
	struct sockaddr_storage a;
	int len = sizeof(a);

	AUTO(stream_close)
	struct stream *s =
		stream_new(l, cfg, tls == NULL ? STREAM_UP : STREAM_SECURING);
	int rc = uv_accept(server, (uv_stream_t *)&s->tcp);
	if (rc < 0)
		return rc;
	rc = uv_tcp_getpeername(&s->tcp, (struct sockaddr *)&a, &len);
	if (rc < 0)
		return rc;
	(void)uv_tcp_nodelay(&s->tcp, 1);
	stream_address(&a, s->peer);
	if (tls != NULL) {
		s->tls = tls_session_new(tls);
		stream_late_in(s, cfg->dial_timeout_ms > 0
					  ? cfg->dial_timeout_ms
					  : fsm_timeout_ms(&s->run));
	}
	*out = TAKE(s);
	return 0;
}

void stream_adopt(struct stream *s, const struct stream_events *ev, void *owner)
{
	must(s != NULL && s->ev == NULL);
	must(ev != NULL && ev->bytes != NULL && ev->down != NULL);
	s->ev = ev;
	s->owner = owner;
	stream_read_start(s);
}

bool stream_orphan(const struct stream *s)
{
	must(s != NULL);
	return s->ev == NULL && s->run.state != STREAM_CLOSING;
}
