/* The HTTP client and its address guard. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/mem.h"
#include "channels/http/client.h"
#include "channels/http/guard.h"
#include "channels/http/url.h"
#include "tests/lib/httpd.h"
#include "tests/lib/slower.h"

/* ---- the guard ------------------------------------------------------------- */

static bool allowed(const struct guard *g, const char *addr)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, addr, &v4.sin_addr) == 1)
		return guard_allows(g, (struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, addr, &v6.sin6_addr), 1);
	return guard_allows(g, (struct sockaddr *)&v6);
}

static void guard_ranges(void **state UNUSED)
{
	static const struct {
		const char *addr;
		bool plain;   /* without an allow list */
		bool allowed; /* with the one below */
	} rows[] = {
		{ "8.8.8.8", true, true },
		{ "9.255.255.255", true, true },
		{ "11.0.0.0", true, true },
		{ "10.0.0.0", false, false },
		{ "10.1.2.3", false, true },
		{ "10.1.2.4", false, false },
		{ "10.255.255.255", false, false },
		{ "127.0.0.1", false, true },
		{ "127.255.255.254", false, true },
		{ "0.0.0.0", false, false },
		{ "100.63.255.255", true, true },
		{ "100.64.0.1", false, false },
		{ "100.127.255.255", false, false },
		{ "100.128.0.0", true, true },
		{ "169.254.169.254", false, false },
		{ "172.15.0.1", true, true },
		{ "172.16.0.1", false, false },
		{ "172.31.255.255", false, false },
		{ "172.32.0.1", true, true },
		{ "192.168.1.1", false, false },
		{ "198.19.0.1", false, false },
		{ "224.0.0.1", false, false },
		{ "255.255.255.255", false, false },
		{ "::", false, false },
		{ "::1", false, false },
		{ "::127.0.0.1", false, false },
		{ "::ffff:127.0.0.1", false, true },
		{ "::ffff:10.0.0.1", false, false },
		{ "::ffff:8.8.8.8", true, true },
		{ "64:ff9b::7f00:1", false, false },
		{ "64:ff9b:1::1", false, false },
		{ "2002:7f00:1::", false, false },
		{ "2001:4860:4860::8888", true, true },
		{ "2001:0:53aa::1", false, false },
		{ "fc00::1", false, false },
		{ "fd12::1", false, true },
		{ "fe80::1", false, false },
		{ "ff02::1", false, false },
	};
	char a[] = "127.0.0.0/8", b1[] = "10.1.2.3", c[] = "fd00::/8";
	char *ranges[] = { a, b1, c };
	const struct setting_list list = { ranges, 3 };
	struct guard *plain, *open;

	assert_int_equal(guard_open(&plain, NULL, NULL), 0);
	assert_int_equal(guard_open(&open, &list, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (allowed(plain, rows[i].addr) != rows[i].plain ||
		    allowed(open, rows[i].addr) != rows[i].allowed)
			fail_msg("%s", rows[i].addr);
	}
	struct sockaddr other = { .sa_family = AF_UNIX };
	assert_false(guard_allows(open, &other));
	guard_close(&plain);
	guard_close(&open);
}

static void guard_range_text(void **state UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{ "10.0.0.0/8", true },  { "10.0.0.0/0", true },
		{ "10.0.0.0", true },    { "::/0", true },
		{ "fe80::/10", true },   { "10.0.0.0/33", false },
		{ "fe80::/129", false }, { "10.0.0/8", false },
		{ "localhost", false },  { "", false },
		{ "10.0.0.0/", false },  { "10.0.0.0/-1", false },
		{ "/8", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (guard_range_ok(rows[i].text) != rows[i].ok)
			fail_msg("%s", rows[i].text);
	char good[] = "10.0.0.0/8", nonsense[] = "nonsense";
	char *bad[] = { good, nonsense };
	struct err err = { "" };
	struct guard *g = NULL;
	assert_int_equal(guard_open(&g, &(struct setting_list){ bad, 2 }, &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "nonsense"));
	assert_null(g);
}

static void urls(void **state UNUSED)
{
	static const struct {
		const char *url, *host;
		int port;
		bool number;
	} rows[] = {
		{ "http://a.example/x", "a.example", 80, false },
		{ "https://a.example", "a.example", 443, false },
		{ "https://a.example:8443/p?q", "a.example", 8443, false },
		{ "http://127.1:9/", "127.0.0.1", 9, true },
		{ "http://2130706433/", "127.0.0.1", 80, true },
		{ "http://0x7f.1/", "127.0.0.1", 80, true },
		{ "http://[::1]:81/", "::1", 81, true },
		{ "ftp://a.example/", NULL, 0, false },
		{ "file:///etc/passwd", NULL, 0, false },
		{ "http://u:p@a.example/", NULL, 0, false },
		{ "http://u@a.example/", NULL, 0, false },
		{ "http://a.example:0/", NULL, 0, false },
		{ "http://a.example:70000/", NULL, 0, false },
		{ "a.example", NULL, 0, false },
		{ "", NULL, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct http_url u;
		struct err err = { "" };
		int rc = http_url_parse(rows[i].url, &u, &err);
		if (rc != (rows[i].host != NULL ? 0 : -EINVAL))
			fail_msg("%s", rows[i].url);
		if (rc != 0) {
			assert_string_not_equal(err.text, "");
			continue;
		}
		assert_string_equal(u.host, rows[i].host);
		assert_int_equal(u.port, rows[i].port);
		assert_int_equal(u.is_number, rows[i].number);
		http_url_done(&u);
	}
}

/* ---- the client ------------------------------------------------------------ */

enum { ANSWERS = 64 };

/* What the server does with a request, by its path. */
struct bench {
	struct loop *loop;
	struct httpd *httpd;
	struct http_client *client;
	char url[128];
	char head[2048];
	char body[8192];
	unsigned n;
	struct http_answer v[ANSWERS];
	char text[64];
	char *allow[2];
	struct http_client_cfg cfg;
	bool resend;
};

static struct bench b;

static void serve(void *owner UNUSED, struct httpd_conn *c,
		  const struct httpd_request *r)
{
	IGNORE(str_copy(b.head, sizeof(b.head), r->head));
	IGNORE(str_copy(b.body, sizeof(b.body), r->body));
	if (str_eqz(r->path, "/ok"))
		httpd_answer(c, 200, "", STR("fine"));
	else if (str_eqz(r->path, "/slow-down"))
		httpd_answer(c, 429, "Retry-After: 17\r\n", STR("no"));
	else if (str_eqz(r->path, "/moved"))
		httpd_answer(c, 302, "Location: /ok\r\n", STR(""));
	else if (str_eqz(r->path, "/long"))
		httpd_bytes(c, STR("HTTP/1.1 200 OK\r\n\r\n0123456789"
				   "0123456789012345678901234567890123456789"
				   "0123456789012345678901234567890123456789"
				   "0123456789012345678901234567890123456789"));
	else if (str_eqz(r->path, "/hang-up"))
		httpd_hang_up(c);
	else if (str_eqz(r->path, "/once") && r->on_conn > 1)
		httpd_hang_up(c);
	else if (str_eqz(r->path, "/once"))
		httpd_answer(c, 200, "", STR("fine"));
	else if (str_eqz(r->path, "/noise"))
		httpd_bytes(c, STR("what is this\r\n\r\n"));
	/* else: silence */
}

static void answered(void *owner UNUSED, const struct http_answer *a)
{
	assert_true(b.n < ANSWERS);
	b.v[b.n++] = *a;
	IGNORE(str_copy(b.text, sizeof(b.text), a->body));
	if (b.resend && b.n < ANSWERS / 2) {
		struct http_request r = { .url = b.url, .body = STR("{}") };
		assert_int_equal(http_client_send(b.client, &r, answered, &b),
				 0);
	}
}

static void begin(void)
{
	memset(&b, 0, sizeof(b));
	assert_int_equal(loop_open(&b.loop, NULL), 0);
	b.httpd = httpd_open(b.loop, serve, &b);
	static char v4[] = "127.0.0.0/8", v6[] = "::1";
	b.allow[0] = v4;
	b.allow[1] = v6;
	b.cfg = (struct http_client_cfg){ .connections = 4,
					  .requests = 8,
					  .connect_ms = 1000,
					  .timeout_ms = 250 * (int64_t)slower(),
					  .max_answer = 64 };
}

static void dial(bool allow)
{
	const struct setting_list list = { b.allow, 2 };

	b.cfg.allow = allow ? &list : NULL;
	assert_int_equal(http_client_open(&b.client, b.loop, &b.cfg, NULL), 0);
}

static void end(void)
{
	http_client_close(&b.client);
	httpd_close(&b.httpd);
	loop_close(&b.loop);
	assert_int_equal(mem_live_blocks(), 0);
}

static int post(const char *host, const char *path)
{
	(void)snprintf(b.url, sizeof(b.url), "http://%s:%d%s", host,
		       httpd_port(b.httpd), path);
	struct http_request r = { .url = b.url, .body = STR("{\"a\":1}") };
	return http_client_send(b.client, &r, answered, &b);
}

static void nothing(void *owner UNUSED)
{
}

static bool wait_answers(unsigned n)
{
	uint64_t until = clock_mono_ms(&clock_real) + 20000ul * slower();
	struct loop_timer *t = loop_timer_new(b.loop, nothing, NULL);

	while (b.n < n && clock_mono_ms(&clock_real) < until) {
		loop_timer_set(t, 20);
		loop_turn(b.loop, true);
	}
	loop_timer_free(&t);
	return b.n >= n;
}

static void answers(void **state UNUSED)
{
	static const struct {
		const char *path;
		int rc, status;
		bool sent;
		uint64_t retry_after_ms;
		const char *text;
	} rows[] = {
		{ "/ok", 0, 200, true, 0, "fine" },
		{ "/slow-down", 0, 429, true, 17000, "no" },
		{ "/moved", 0, 302, true, 0, "" },
		{ "/long", -ENOSPC, 200, true, 0, NULL },
		{ "/hang-up", -ECONNRESET, 0, true, 0, "" },
		{ "/noise", -EPROTO, 0, true, 0, NULL },
		{ "/silence", -ETIMEDOUT, 0, true, 0, "" },
	};

	begin();
	dial(true);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(post("127.0.0.1", rows[i].path), 0);
		assert_int_equal(b.n, i); /* never from inside send */
		assert_true(wait_answers(i + 1));
		const struct http_answer *a = &b.v[i];
		if (a->rc != rows[i].rc || a->status != rows[i].status)
			fail_msg("%s: rc %d status %d", rows[i].path, a->rc,
				 a->status);
		assert_int_equal(a->sent, rows[i].sent);
		assert_int_equal(a->retry_after_ms, rows[i].retry_after_ms);
		if (rows[i].text != NULL)
			assert_string_equal(b.text, rows[i].text);
	}
	end();
}

static void what_is_sent(void **state UNUSED)
{
	static const char *const headers[] = { "content-type: application/json",
					       "webhook-id: evt_1" };
	char body[4097];

	begin();
	/* A proxy of the environment would see all and bypass the guard. */
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	dial(true);
	memset(body, 'x', sizeof(body));
	(void)snprintf(b.url, sizeof(b.url), "http://127.0.0.1:%d/ok",
		       httpd_port(b.httpd));
	struct http_request r = { .url = b.url,
				  .headers = headers,
				  .nheaders = 2,
				  .body = str_bytes(body, 4096) };
	assert_int_equal(http_client_send(b.client, &r, answered, &b), 0);
	/* All was copied. */
	memset(body, 'y', sizeof(body));
	memset(b.url, 'y', sizeof(b.url) - 1);
	assert_true(wait_answers(1));
	unsetenv("http_proxy");
	assert_int_equal(b.v[0].status, 200);
	assert_int_equal(strlen(b.body), 4096);
	assert_int_equal(b.body[4095], 'x');
	const struct httpd_request seen = { .head = str_of(b.head) };
	assert_true(str_eqz(httpd_header(&seen, "webhook-id"), "evt_1"));
	assert_true(str_eqz(httpd_header(&seen, "content-type"),
			    "application/json"));
	assert_int_equal(httpd_header(&seen, "expect").len, 0);
	end();
}

static void guard_refuses_every_spelling(void **state UNUSED)
{
	static const char *const hosts[] = {
		"127.0.0.1",
		"127.1",
		"0x7f000001",
		"2130706433",
		"0177.0.0.1",
		"0.0.0.0",
		"0",
		"[::1]",
		"[::]",
		"[::ffff:127.0.0.1]",
		"[::ffff:7f00:1]",
		"[64:ff9b::7f00:1]",
		"localhost",
		"127.0.0.1.",
	};

	begin();
	dial(false);
	for (unsigned i = 0; i < ARRAY_LEN(hosts); i++) {
		assert_int_equal(post(hosts[i], "/ok"), 0);
		assert_true(wait_answers(i + 1));
		if (b.v[i].rc != -EACCES && b.v[i].rc != -ENOENT)
			fail_msg("%s: %d", hosts[i], b.v[i].rc);
		assert_false(b.v[i].sent);
	}
	assert_int_equal(httpd_conns(b.httpd), 0);
	end();
}

static void names_are_found(void **state UNUSED)
{
	begin();
	dial(true);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(post("localhost", "/ok"), 0);
	assert_true(wait_answers(3));
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(b.v[i].status, 200);
	assert_int_equal(post("no-such-name.invalid", "/ok"), 0);
	assert_true(wait_answers(4));
	assert_int_equal(b.v[3].rc, -ENOENT);
	assert_false(b.v[3].sent);
	end();
}

static void connections_are_kept(void **state UNUSED)
{
	begin();
	b.cfg.requests = 1; /* done may send in the place of its own */
	dial(true);
	b.resend = true;
	assert_int_equal(post("127.0.0.1", "/ok"), 0);
	assert_true(wait_answers(ANSWERS / 2));
	assert_int_equal(httpd_conns(b.httpd), 1);
	http_client_close(&b.client);

	b.resend = false;
	b.cfg.requests = 8;
	dial(true);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(post("127.0.0.1", "/ok"), 0);
	assert_int_equal(post("127.0.0.1", "/ok"), -EAGAIN);
	assert_int_equal(http_client_busy(b.client), 8);
	assert_true(wait_answers(ANSWERS / 2 + 8));
	assert_true(httpd_conns(b.httpd) <= 1 + 4);
	end();
}

/* The server closes a kept connection: the next request finds a new one. */
static void kept_connection_lost(void **state UNUSED)
{
	begin();
	dial(true);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(post("127.0.0.1", "/once"), 0);
		assert_true(wait_answers(i + 1));
		assert_int_equal(b.v[i].status, 200);
	}
	assert_int_equal(httpd_conns(b.httpd), 4);
	end();
}

static void cancelled(void **state UNUSED)
{
	begin();
	dial(true);
	assert_int_equal(post("127.0.0.1", "/silence"), 0);
	assert_int_equal(post("no-such-name.invalid", "/ok"), 0);
	for (unsigned i = 0; i < 20 && httpd_requests(b.httpd) == 0; i++)
		loop_turn(b.loop, true);
	assert_int_equal(httpd_requests(b.httpd), 1);
	if (b.n == 0) /* the name may have been refused already */
		assert_int_equal(http_client_busy(b.client), 2);
	http_client_cancel(b.client);
	assert_int_equal(b.n, 2);
	assert_int_equal(http_client_busy(b.client), 0);
	/* And it lives on. */
	assert_int_equal(post("127.0.0.1", "/ok"), 0);
	assert_true(wait_answers(3));
	assert_int_equal(b.v[2].status, 200);
	assert_int_equal(post("127.0.0.1", "/silence"), 0);
	end();
	assert_int_equal(b.v[3].rc, -ECANCELED);
}

static void bad_urls_and_nobody_there(void **state UNUSED)
{
	begin();
	dial(true);
	struct http_request r = { .url = "gopher://127.0.0.1/" };
	assert_int_equal(http_client_send(b.client, &r, answered, &b), -EINVAL);
	assert_int_equal(http_client_busy(b.client), 0);
	r.url = "http://127.0.0.1:1/";
	assert_int_equal(http_client_send(b.client, &r, answered, &b), 0);
	assert_true(wait_answers(1));
	assert_int_equal(b.v[0].rc, -ECONNREFUSED);
	assert_false(b.v[0].sent);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guard_ranges),
		cmocka_unit_test(guard_range_text),
		cmocka_unit_test(urls),
		cmocka_unit_test(answers),
		cmocka_unit_test(what_is_sent),
		cmocka_unit_test(guard_refuses_every_spelling),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(connections_are_kept),
		cmocka_unit_test(kept_connection_lost),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(bad_urls_and_nobody_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
