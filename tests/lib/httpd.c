/* A small HTTP/1.1 server on the loop, for tests of what calls out. */
#include "tests/lib/httpd.h"

#include "base/list.h"
#include "base/mem.h"
#include "base/stream.h"

enum { HTTPD_READ_MAX = 1024 * 1024 };

struct httpd {
	struct loop *loop;
	struct listener *listener;
	httpd_fn fn;
	void *owner;
	struct list conns;
	unsigned requests, ever;
};

struct httpd_conn {
	struct httpd *in;
	struct list link;
	struct stream *stream;
	unsigned requests;
	unsigned open; /* without an answer */
	bool gone;     /* hung up inside its own call */
	bool busy;
};

static const struct stream_cfg httpd_cfg = { .max_read = HTTPD_READ_MAX,
					     .high_bytes = HTTPD_READ_MAX,
					     .low_bytes = 1024 };

static void conn_free(struct httpd_conn *c)
{
	list_remove(&c->link);
	stream_close(&c->stream);
	mem_free(c);
}

/* Length of head and blank line, 0 while it is not there. */
static size_t head_len(struct str s)
{
	const char *p = s.len == 0 ? NULL : memmem(s.p, s.len, "\r\n\r\n", 4);

	return p == NULL ? 0 : (size_t)(p - s.p) + 4;
}

struct str httpd_header(const struct httpd_request *r, const char *name)
{
	struct str rest = r->head, line, key;

	while (rest.len > 0) {
		rest = str_cut(rest, '\n', &line);
		struct str value = str_cut(line, ':', &key);
		if (str_ieqz(str_trim(key), name))
			return str_trim(value);
	}
	return STR_NONE;
}

/* One request from the front; its length, 0 while it is not whole. */
static size_t request_read(struct str s, struct httpd_request *r)
{
	size_t head = head_len(s);
	struct str line;
	uint64_t body = 0;

	if (head == 0)
		return 0;
	r->head = str_cut(str_first(s, head), '\n', &line);
	struct str rest = str_cut(str_trim(line), ' ', &r->method);
	IGNORE(str_cut(rest, ' ', &r->path).len);
	struct str len = httpd_header(r, "content-length");
	if (len.len > 0)
		must(str_u64(len, HTTPD_READ_MAX, &body) == 0);
	if (s.len < head + body)
		return 0;
	r->body = str_first(str_from(s, head), body);
	return head + body;
}

static size_t conn_bytes(void *owner, struct str s)
{
	struct httpd_conn *c = owner;
	struct httpd_request r = { .on_conn = 0 };
	size_t eaten = 0, n;

	c->busy = true;
	while (!c->gone && (n = request_read(str_from(s, eaten), &r)) > 0) {
		eaten += n;
		r.on_conn = ++c->requests;
		c->in->requests++;
		c->open++;
		c->in->fn(c->in->owner, c, &r);
	}
	c->busy = false;
	if (c->gone)
		conn_free(c);
	return eaten;
}

static void conn_down(void *owner, int rc UNUSED)
{
	conn_free(owner);
}

static const struct stream_events conn_events = { .bytes = conn_bytes,
						  .down = conn_down };

static void httpd_accept(void *owner, struct stream *s)
{
	struct httpd *h = owner;
	struct httpd_conn *c = mem_new(struct httpd_conn);

	c->in = h;
	c->stream = s;
	list_append(&h->conns, &c->link);
	h->ever++;
	stream_adopt(s, &conn_events, c);
}

struct httpd *httpd_open(struct loop *l, httpd_fn fn, void *owner)
{
	return httpd_open_at(l, 0, fn, owner);
}

struct httpd *httpd_open_at(struct loop *l, int port, httpd_fn fn, void *owner)
{
	struct httpd *h = mem_new(struct httpd);
	char address[32];

	(void)snprintf(address, sizeof(address), "127.0.0.1:%d", port);
	h->loop = l;
	h->fn = fn;
	h->owner = owner;
	list_init(&h->conns);
	must(listener_open(&h->listener, l, address, &httpd_cfg, httpd_accept,
			   h, NULL) == 0);
	return h;
}

void httpd_close(struct httpd **hp)
{
	struct httpd *h = TAKE(*hp);

	if (h == NULL)
		return;
	LIST_EACH_SAFE (it, &h->conns)
		conn_free(LIST_ITEM(it, struct httpd_conn, link));
	listener_close(&h->listener);
	mem_free(h);
}

int httpd_port(const struct httpd *h)
{
	return listener_port(h->listener);
}

unsigned httpd_requests(const struct httpd *h)
{
	return h->requests;
}

unsigned httpd_open_conns(const struct httpd *h)
{
	unsigned n = 0;

	LIST_EACH (it, &h->conns)
		n++;
	return n;
}

unsigned httpd_conns(const struct httpd *h)
{
	return h->ever;
}

void httpd_bytes(struct httpd_conn *c, struct str bytes)
{
	IGNORE(stream_write(c->stream, bytes.p, bytes.len));
}

void httpd_answer_rest(struct httpd *h)
{
	LIST_EACH (it, &h->conns) {
		struct httpd_conn *c = LIST_ITEM(it, struct httpd_conn, link);
		while (c->open > 0)
			httpd_answer(c, 200, "", STR("{}"));
	}
}

void httpd_answer(struct httpd_conn *c, int status, const char *extra,
		  struct str body)
{
	struct buf b;

	c->open--;
	buf_init(&b, BUF_NO_LIMIT);
	buf_f(&b, "HTTP/1.1 %d Status\r\n", status);
	if (status != 204)
		buf_f(&b, "Content-Length: %zu\r\n", body.len);
	buf_f(&b, "%s\r\n", extra);
	buf_str_put(&b, body);
	httpd_bytes(c, buf_str(&b));
	buf_done(&b);
}

void httpd_hang_up(struct httpd_conn *c)
{
	if (c->busy)
		c->gone = true;
	else
		conn_free(c);
}
