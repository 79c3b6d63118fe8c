/* libcurl's multi_socket on the loop. */
#include "channels/http/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"
#include "channels/http/guard.h"
#include "channels/http/site.h"
#include "channels/http/url.h"

enum { CLIENT_MAGIC = 0x68747470, TRANSFER_MAGIC = 0x78666572 };
enum { CLIENT_HOSTS = 256, CLIENT_IDLE = 64 };

struct http_client {
	uint32_t magic;
	struct loop *loop;
	struct loop_timer *timer;
	CURLM *multi;
	struct guard *guard;
	struct sites *sites;
	struct list transfers;
	unsigned busy;
	unsigned limit;
	size_t max_answer;
	uint64_t connect_ms;
	uint64_t timeout_ms;
	char *ca_file;
	CURL *idle[CLIENT_IDLE];
	unsigned nidle;
	unsigned depth; /* done callbacks on the stack */
};

struct http_transfer {
	uint32_t magic;
	struct list link;
	struct http_client *client;
	struct site_wait wait;
	CURL *easy;
	bool running; /* in the multi handle */
	bool refused; /* by the guard, once or more */
	bool overlong;
	struct curl_slist *headers;
	struct curl_slist *resolve;
	struct buf body;
	void (*done)(void *owner, const struct http_answer *a);
	void *owner;
};

/* A descriptor of libcurl's. */
struct http_socket {
	struct http_client *client;
	curl_socket_t fd;
	struct loop_fd *watch;
};

static struct http_client *client_of(void *p)
{
	return MAGIC_CAST(struct http_client, CLIENT_MAGIC, p);
}

static struct http_transfer *transfer_of(void *p)
{
	return MAGIC_CAST(struct http_transfer, TRANSFER_MAGIC, p);
}

/* ---- the end of a transfer ------------------------------------------------- */

static const struct {
	CURLcode code;
	int rc;
	const char *why;
} codes[] = {
	{ CURLE_OK, 0, "" },
	{ CURLE_COULDNT_RESOLVE_HOST, -ENOENT, "no_such_host" },
	{ CURLE_COULDNT_CONNECT, -ECONNREFUSED, "no_connection" },
	{ CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, "timeout" },
	{ CURLE_SSL_CONNECT_ERROR, -EPROTO, "tls" },
	{ CURLE_PEER_FAILED_VERIFICATION, -EPROTO, "certificate" },
	{ CURLE_SSL_CACERT_BADFILE, -EPROTO, "ca_file" },
	{ CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, "not_http" },
	{ CURLE_WEIRD_SERVER_REPLY, -EPROTO, "not_http" },
};

static void answer_code(const struct http_transfer *t, CURLcode code,
			struct http_answer *a)
{
	a->rc = -ECONNRESET;
	a->why = "lost";
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (codes[i].code == code) {
			a->rc = codes[i].rc;
			a->why = codes[i].why;
		}
	}
	if (a->rc == -ECONNREFUSED && t->refused) {
		a->rc = -EACCES;
		a->why = "guard";
	}
	if (t->overlong) {
		a->rc = -ENOSPC;
		a->why = "answer_too_long";
	}
}

static void answer_fill(struct http_transfer *t, struct http_answer *a)
{
	long status = 0, bytes = 0;
	curl_off_t wait_s = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &bytes);
	(void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait_s);
	a->status = (int)status;
	a->sent = bytes > 0;
	a->body = buf_str(&t->body);
	a->retry_after_ms = wait_s > 0 ? (uint64_t)wait_s * 1000 : 0;
}

static void transfer_free(struct http_transfer *t)
{
	struct http_client *c = t->client;

	if (t->running)
		(void)curl_multi_remove_handle(c->multi, t->easy);
	if (t->easy != NULL && c->nidle < CLIENT_IDLE)
		c->idle[c->nidle++] = t->easy;
	else if (t->easy != NULL)
		curl_easy_cleanup(t->easy);
	list_remove(&t->wait.link);
	list_remove(&t->link);
	curl_slist_free_all(t->headers);
	curl_slist_free_all(t->resolve);
	buf_done(&t->body);
	t->magic = 0;
	mem_free(t);
}

static void transfer_done(struct http_transfer *t, struct http_answer *a)
{
	struct http_client *c = t->client;

	/* Not among the transfers any more: done may cancel those, and send
	 * in its place. */
	list_remove(&t->link);
	c->busy--;
	c->depth++;
	t->done(t->owner, a);
	c->depth--;
	transfer_free(t);
}

static void client_reap(struct http_client *c)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(c->multi, &left)) != NULL) {
		struct http_answer a = { 0 };
		char *p = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		CURLcode code = m->data.result;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &p);
		struct http_transfer *t = transfer_of(p);
		answer_fill(t, &a);
		answer_code(t, code, &a);
		/* Frees the connection for what done may send. */
		(void)curl_multi_remove_handle(c->multi, t->easy);
		t->running = false;
		transfer_done(t, &a);
	}
}

/* ---- libcurl on the loop --------------------------------------------------- */

static void client_timer(void *owner)
{
	struct http_client *c = client_of(owner);
	int running;

	(void)curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0,
				       &running);
	client_reap(c);
}

/* 0 means "at once", but libcurl may not be entered from here. */
static int client_timer_wanted(CURLM *multi UNUSED, long ms, void *owner)
{
	struct http_client *c = client_of(owner);

	if (ms < 0)
		loop_timer_stop(c->timer);
	else
		loop_timer_set(c->timer, (uint64_t)ms);
	return 0;
}

static void socket_ready(void *owner, int events)
{
	struct http_socket *s = owner;
	struct http_client *c = s->client;
	int running;
	int bits = ((events & LOOP_READ) != 0 ? CURL_CSELECT_IN : 0) |
		   ((events & LOOP_WRITE) != 0 ? CURL_CSELECT_OUT : 0);

	/* s may be gone after this line. */
	(void)curl_multi_socket_action(c->multi, s->fd, bits, &running);
	client_reap(c);
}

static int socket_wanted(CURL *easy UNUSED, curl_socket_t fd, int what,
			 void *owner, void *p)
{
	struct http_client *c = client_of(owner);
	struct http_socket *s = p;

	if (what == CURL_POLL_REMOVE) {
		if (s == NULL)
			return 0;
		(void)curl_multi_assign(c->multi, fd, NULL);
		loop_fd_free(&s->watch);
		mem_free(s);
		return 0;
	}
	if (s == NULL) {
		s = mem_new(struct http_socket);
		s->client = c;
		s->fd = fd;
		s->watch = loop_fd_new(c->loop, fd, socket_ready, s);
		(void)curl_multi_assign(c->multi, fd, s);
	}
	loop_fd_want(s->watch,
		     ((what & CURL_POLL_IN) != 0 ? LOOP_READ : 0) |
			     ((what & CURL_POLL_OUT) != 0 ? LOOP_WRITE : 0));
	return 0;
}

/* The guard: the resolved address is the one that will be connected to. */
static curl_socket_t socket_open(void *owner, curlsocktype purpose UNUSED,
				 struct curl_sockaddr *a)
{
	struct http_transfer *t = transfer_of(owner);

	if (!guard_allows(t->client->guard, &a->addr)) {
		t->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t body_came(char *p, size_t size, size_t n, void *owner)
{
	struct http_transfer *t = transfer_of(owner);

	buf_put(&t->body, p, size * n);
	t->overlong = t->body.full;
	return t->overlong ? 0 : size * n;
}

/* ---- sending --------------------------------------------------------------- */

/* What is the same for all requests of a client. */
static CURL *easy_new(const struct http_client *c)
{
	CURL *e = curl_easy_init();

	must(e != NULL);
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION,
			       (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(e, CURLOPT_SSLVERSION,
			       (long)CURL_SSLVERSION_TLSv1_2);
	if (c->ca_file != NULL && c->ca_file[0] != '\0')
		(void)curl_easy_setopt(e, CURLOPT_CAINFO, c->ca_file);
	(void)curl_easy_setopt(e, CURLOPT_USERAGENT, "carillon");
	(void)curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
			       (long)c->connect_ms);
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)c->timeout_ms);
	/* Names never reach libcurl's resolver: CURLOPT_RESOLVE has them. */
	(void)curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	(void)curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, socket_open);
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, body_came);
	return e;
}

static struct curl_slist *headers_of(const struct http_request *r)
{
	/* Without "Expect: 100-continue", which would cost a round trip. */
	struct curl_slist *v = curl_slist_append(NULL, "Expect:");

	for (size_t i = 0; v != NULL && i < r->nheaders; i++)
		v = curl_slist_append(v, r->headers[i]);
	must(v != NULL);
	return v;
}

static void transfer_prepare(struct http_transfer *t,
			     const struct http_request *r)
{
	struct http_client *c = t->client;

	t->easy = c->nidle > 0 ? c->idle[--c->nidle] : easy_new(c);
	t->headers = headers_of(r);
	(void)curl_easy_setopt(t->easy, CURLOPT_URL, r->url);
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	(void)curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_OPENSOCKETDATA, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	(void)curl_easy_setopt(t->easy, CURLOPT_RESOLVE, NULL);
	if (r->get) {
		(void)curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
		return;
	}
	(void)curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE,
			       (curl_off_t)r->body.len);
	(void)curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS,
			       r->body.len > 0 ? r->body.p : "");
}

static void transfer_start(struct http_transfer *t, const char *line)
{
	if (line != NULL) {
		t->resolve = curl_slist_append(NULL, line);
		must(t->resolve != NULL);
		(void)curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->resolve);
	}
	t->running = true;
	must(curl_multi_add_handle(t->client->multi, t->easy) == CURLM_OK);
}

static void transfer_found(struct site_wait *w, int rc, const char *line)
{
	struct http_transfer *t = CONTAINER_OF(w, struct http_transfer, wait);
	struct http_answer a = { .rc = -ENOENT, .why = "no_such_host" };

	if (rc == 0)
		transfer_start(t, line);
	else
		transfer_done(t, &a);
}

int http_client_send(struct http_client *c, const struct http_request *r,
		     void (*done)(void *owner, const struct http_answer *a),
		     void *owner)
{
	struct http_url u;
	const char *line = NULL;

	must(c != NULL && c->magic == CLIENT_MAGIC);
	must(r != NULL && r->url != NULL && done != NULL);
	if (c->busy >= c->limit)
		return -EAGAIN;
	int rc = http_url_parse(r->url, &u, NULL);
	if (rc != 0)
		return rc;

	struct http_transfer *t = mem_new(struct http_transfer);
	t->magic = TRANSFER_MAGIC;
	t->client = c;
	t->done = done;
	t->owner = owner;
	t->wait.fn = transfer_found;
	list_init(&t->wait.link);
	list_append(&c->transfers, &t->link);
	c->busy++;
	buf_init(&t->body, c->max_answer);
	transfer_prepare(t, r);
	if (!u.is_number)
		rc = sites_find(c->sites, u.host, u.port, &t->wait, &line);
	if (rc == 0)
		transfer_start(t, line);
	http_url_done(&u);
	if (rc == -EAGAIN) {
		c->busy--;
		transfer_free(t);
	}
	return rc == -EINPROGRESS ? 0 : rc;
}

/* ---- opening and closing --------------------------------------------------- */

int http_client_open(struct http_client **out, struct loop *l,
		     const struct http_client_cfg *cfg, struct err *err)
{
	static bool ready;

	must(out != NULL && l != NULL && cfg != NULL);
	must(cfg->connections > 0 && cfg->requests > 0);
	if (!ready)
		must(curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK);
	ready = true;

	struct guard *guard;
	int rc = guard_open(&guard, cfg->allow, err);
	if (rc != 0)
		return rc;
	struct http_client *c = mem_new(struct http_client);
	c->magic = CLIENT_MAGIC;
	c->loop = l;
	c->guard = guard;
	c->limit = cfg->requests;
	c->max_answer = cfg->max_answer;
	c->connect_ms = cfg->connect_ms;
	c->timeout_ms = cfg->timeout_ms;
	c->ca_file = str_dup(cfg->ca_file);
	c->sites = sites_new(l, cfg->connect_ms, CLIENT_HOSTS);
	c->timer = loop_timer_new(l, client_timer, c);
	list_init(&c->transfers);
	c->multi = curl_multi_init();
	must(c->multi != NULL);
	long n = (long)cfg->connections;
	(void)curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION,
				socket_wanted);
	(void)curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	(void)curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION,
				client_timer_wanted);
	(void)curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	(void)curl_multi_setopt(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS, n);
	(void)curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, n);
	(void)curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, n);
	*out = c;
	return 0;
}

unsigned http_client_busy(const struct http_client *c)
{
	must(c != NULL && c->magic == CLIENT_MAGIC);
	return c->busy;
}

void http_client_cancel(struct http_client *c)
{
	must(c != NULL && c->magic == CLIENT_MAGIC);
	/* Not those that done may send now. */
	struct list now;
	list_insert_after(&c->transfers, &now);
	list_remove(&c->transfers);
	while (!list_empty(&now)) {
		struct http_transfer *t =
			LIST_ITEM(now.next, struct http_transfer, link);
		struct http_answer a = { 0 };
		if (t->running)
			answer_fill(t, &a);
		a.rc = -ECANCELED;
		a.why = "cancelled";
		transfer_done(t, &a);
	}
}

void http_client_close(struct http_client **cp)
{
	must(cp != NULL);

	struct http_client *c = TAKE(*cp);
	if (c == NULL)
		return;
	must(c->magic == CLIENT_MAGIC && c->depth == 0);
	c->limit = 0; /* done may not begin anew */
	http_client_cancel(c);
	must(c->busy == 0);
	while (c->nidle > 0)
		curl_easy_cleanup(c->idle[--c->nidle]);
	(void)curl_multi_cleanup(c->multi);
	sites_free(&c->sites);
	loop_timer_free(&c->timer);
	guard_close(&c->guard);
	mem_free(c->ca_file);
	c->magic = 0;
	mem_free(c);
}

int http_url_check(const char *url, struct err *err)
{
	struct http_url u;

	must(url != NULL);
	int rc = http_url_parse(url, &u, err);
	if (rc == 0)
		http_url_done(&u);
	return rc;
}
