/* Hosts of URLs to addresses. */
#include "channels/http/site.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

enum { SITE_FRESH_MS = 60000, SITE_LINE_MAX = 2048 };

struct site {
	struct sites *in;
	char *host;
	int port;
	char *line; /* NULL until the first answer */
	uint64_t fresh_until;
	struct loop_resolve *lookup;
	struct loop_timer *timer;
	struct list waiting;
};

struct sites {
	struct loop *loop;
	uint64_t timeout_ms;
	unsigned most;
	struct dict *by_name;
};

static uint64_t sites_now(const struct sites *s)
{
	return clock_mono_ms(loop_clock(s->loop));
}

struct sites *sites_new(struct loop *l, uint64_t timeout_ms, unsigned most)
{
	must(l != NULL && most > 0);

	struct sites *s = mem_new(struct sites);
	s->loop = l;
	s->timeout_ms = timeout_ms;
	s->most = most;
	s->by_name = dict_new();
	return s;
}

static void site_free(struct site *t)
{
	must(list_empty(&t->waiting));
	loop_resolve_cancel(&t->lookup);
	loop_timer_free(&t->timer);
	mem_free(t->host);
	mem_free(t->line);
	mem_free(t);
}

void sites_free(struct sites **sp)
{
	size_t pos = 0;
	struct str key;
	void *p;

	must(sp != NULL);
	struct sites *s = TAKE(*sp);
	if (s == NULL)
		return;
	while (dict_next(s->by_name, &pos, &key, &p))
		site_free(p);
	dict_free(&s->by_name);
	mem_free(s);
}

/* All who wait are told; those who come in meanwhile wait for the next. */
static void site_tell(struct site *t, int rc)
{
	struct list now;

	loop_timer_stop(t->timer);
	list_insert_after(&t->waiting, &now);
	list_remove(&t->waiting);
	while (!list_empty(&now)) {
		struct site_wait *w =
			LIST_ITEM(now.next, struct site_wait, link);
		list_remove(&w->link);
		w->fn(w, rc, rc == 0 ? t->line : NULL);
	}
}

static void site_addr(struct buf *b, const struct sockaddr_storage *sa)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (sa->ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)sa;
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
		buf_f(b, "[%s]", text);
	} else {
		const struct sockaddr_in *v4 = (const void *)sa;
		(void)inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
		buf_z(b, text);
	}
}

static void site_found(void *owner, int rc, const struct sockaddr_storage *v,
		       unsigned n)
{
	struct site *t = owner;
	struct buf line;

	t->lookup = NULL;
	if (rc != 0 || n == 0) {
		site_tell(t, -ENOENT);
		return;
	}
	buf_init(&line, SITE_LINE_MAX);
	buf_f(&line, "%s:%d:", t->host, t->port);
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			buf_c(&line, ',');
		site_addr(&line, &v[i]);
	}
	mem_free(t->line);
	t->line = buf_take(&line);
	buf_done(&line);
	t->fresh_until = sites_now(t->in) + SITE_FRESH_MS;
	site_tell(t, 0);
}

static void site_late(void *owner)
{
	struct site *t = owner;

	loop_resolve_cancel(&t->lookup);
	site_tell(t, -ENOENT);
}

/* Forgets hosts that nobody waits for and whose addresses are old. */
static bool sites_tidy(struct sites *s)
{
	size_t pos = 0;
	struct str key;
	void *p;

	while (dict_next(s->by_name, &pos, &key, &p)) {
		struct site *t = p;
		if (t->lookup != NULL || t->fresh_until > sites_now(s))
			continue;
		(void)dict_del(s->by_name, key);
		site_free(t);
		return true;
	}
	return false;
}

static struct site *site_new(struct sites *s, const char *host, int port)
{
	struct site *t = mem_new(struct site);

	t->in = s;
	t->host = str_dup(host);
	t->port = port;
	t->timer = loop_timer_new(s->loop, site_late, t);
	list_init(&t->waiting);
	return t;
}

int sites_find(struct sites *s, const char *host, int port, struct site_wait *w,
	       const char **line)
{
	struct buf key;
	int rc = 0;

	must(s != NULL && host != NULL && w != NULL && line != NULL);
	buf_init(&key, 512);
	buf_f(&key, "%s:%d", host, port);
	struct site *t = dict_get(s->by_name, buf_str(&key));
	if (t == NULL && dict_len(s->by_name) >= s->most && !sites_tidy(s)) {
		rc = -EAGAIN;
	} else if (t == NULL) {
		t = site_new(s, host, port);
		(void)dict_set(s->by_name, buf_str(&key), t);
	}
	buf_done(&key);
	if (rc != 0)
		return rc;
	if (t->line != NULL && t->fresh_until > sites_now(s)) {
		*line = t->line;
		return 0;
	}
	list_append(&t->waiting, &w->link);
	if (t->lookup == NULL) {
		t->lookup = loop_resolve(s->loop, host, port, site_found, t);
		loop_timer_set(t->timer, s->timeout_ms);
	}
	return -EINPROGRESS;
}
