/* What blocks, done in libuv's pool: names to addresses, heavy work. */
#include "base/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "base/loop_impl.h"
#include "base/mem.h"

enum { RESOLVE_MAX = 16 };

/* ---- names --------------------------------------------------------------- */

struct loop_resolve {
	struct loop *loop;
	uv_getaddrinfo_t uv;
	struct loop_soon soon; /* for a name refused at once */
	uint16_t port;
	/* NULL: cancelled, or told already */
	void (*fn)(void *owner, int rc, const struct sockaddr_storage *v,
		   unsigned n);
	void *owner;
};

static void loop_resolve_tell(struct loop_resolve *r,
			      const struct sockaddr_storage *v, unsigned n)
{
	if (r->fn != NULL) {
		must(r->loop->owned > 0);
		r->loop->owned--;
		void (*fn)(void *, int, const struct sockaddr_storage *,
			   unsigned) = TAKE(r->fn);
		fn(r->owner, n > 0 ? 0 : -ENOENT, v, n);
	}
	mem_free(r);
}

static void loop_resolve_refused(struct loop_soon *soon)
{
	loop_resolve_tell(CONTAINER_OF(soon, struct loop_resolve, soon), NULL,
			  0);
}

/* False for families that are no address of ours. */
static bool loop_resolve_copy(const struct addrinfo *ai, uint16_t port,
			      struct sockaddr_storage *out)
{
	if (ai->ai_addrlen > sizeof(*out))
		return false;
	memset(out, 0, sizeof(*out));
	memcpy(out, ai->ai_addr, ai->ai_addrlen);
	if (out->ss_family == AF_INET)
		((struct sockaddr_in *)out)->sin_port = htons(port);
	else if (out->ss_family == AF_INET6)
		((struct sockaddr_in6 *)out)->sin6_port = htons(port);
	else
		return false;
	return true;
}

static void loop_resolved(uv_getaddrinfo_t *uv, int status,
			  struct addrinfo *res)
{
	struct loop_resolve *r = CONTAINER_OF(uv, struct loop_resolve, uv);
	struct sockaddr_storage v[RESOLVE_MAX];
	unsigned n = 0;

	for (const struct addrinfo *ai = status == 0 ? res : NULL;
	     ai != NULL && n < RESOLVE_MAX; ai = ai->ai_next) {
		if (loop_resolve_copy(ai, r->port, &v[n]))
			n++;
	}
	uv_freeaddrinfo(res);
	loop_resolve_tell(r, v, n);
}

struct loop_resolve *loop_resolve(struct loop *l, const char *host, int port,
				  void (*fn)(void *owner, int rc,
					     const struct sockaddr_storage *v,
					     unsigned n),
				  void *owner)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
					.ai_socktype = SOCK_STREAM };

	must(l != NULL && host != NULL && fn != NULL);
	must(port >= 0 && port <= UINT16_MAX);

	struct loop_resolve *r = mem_new(struct loop_resolve);
	r->loop = l;
	r->port = (uint16_t)port;
	r->fn = fn;
	r->owner = owner;
	r->soon.fn = loop_resolve_refused;
	list_init(&r->soon.link);
	l->owned++;
	/* An empty name would mean this host. */
	if (host[0] == '\0' || uv_getaddrinfo(&l->uv, &r->uv, loop_resolved,
					      host, NULL, &hints) < 0)
		loop_soon(l, &r->soon);
	return r;
}

void loop_resolve_cancel(struct loop_resolve **rp)
{
	must(rp != NULL);

	struct loop_resolve *r = TAKE(*rp);
	if (r == NULL || r->fn == NULL)
		return;
	must(r->loop->owned > 0);
	r->loop->owned--;
	r->fn = NULL;
	/* If it runs already, its answer finds nobody and frees r. */
	if (list_empty(&r->soon.link))
		(void)uv_cancel((uv_req_t *)&r->uv);
}

/* ---- work ---------------------------------------------------------------- */

struct loop_job {
	uv_work_t uv;
	void (*work)(void *owner);
	void (*done)(void *owner);
	void *owner;
};

static void loop_job_work(uv_work_t *uv)
{
	struct loop_job *j = CONTAINER_OF(uv, struct loop_job, uv);

	j->work(j->owner);
}

static void loop_job_done(uv_work_t *uv, int status)
{
	struct loop_job *j = CONTAINER_OF(uv, struct loop_job, uv);

	must(status == 0); /* nobody cancels */
	j->done(j->owner);
	mem_free(j);
}

void loop_work(struct loop *l, void (*work)(void *owner),
	       void (*done)(void *owner), void *owner)
{
	must(l != NULL && work != NULL && done != NULL);

	struct loop_job *j = mem_new(struct loop_job);
	j->work = work;
	j->done = done;
	j->owner = owner;
	must(uv_queue_work(&l->uv, &j->uv, loop_job_work, loop_job_done) == 0);
}
