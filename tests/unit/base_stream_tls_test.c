/* TLS on streams: who is trusted, bytes both ways, and bad peers. */
#include "base/stream_tls.h"
#include "tests/unit/base_stream_bench.h"
#include "tests/unit/base_stream_tls_certs.h"

static struct stream_cfg with(const struct tls_cfg *tls)
{
	struct stream_cfg c = cfg;
	c.tls = tls;
	return c;
}

static struct tls_cfg server_of(const char *cert, const char *ca,
				enum tls_verify verify)
{
	return (struct tls_cfg){
		.cert_file = cert_path(cert, "pem"),
		.key_file = cert_path(cert, "key"),
		.ca_file = ca == NULL ? NULL : cert_path(ca, "pem"),
		.verify = verify,
	};
}

static void listen_with(struct bench *b, const struct tls_cfg *tls)
{
	struct stream_cfg c = with(tls);
	bench_open_with(b, &c);
}

static void dial_with(struct bench *b, const struct tls_cfg *tls)
{
	struct stream_cfg c = with(tls);
	bench_dial(b, listener_port(b->listener), &c);
}

/* Both ends are heard of: up, or down with a reason. */
struct heard {
	char client[320], server[320];
};

static struct heard heard;

static void down_with_why(void *owner, int rc)
{
	struct side *s = owner;
	bool client = s == &s->bench->client;

	(void)snprintf(client ? heard.client : heard.server,
		       sizeof(heard.client), "%s", stream_why(s->s));
	side_down(owner, rc);
}

static const struct stream_events listening_events = { side_up, side_bytes,
						       side_room,
						       down_with_why };

static void accepts_with_why(void *owner, struct stream *s)
{
	struct bench *b = owner;
	b->accepted++;
	b->server.s = s;
	stream_adopt(s, &listening_events, &b->server);
}

/* As bench_open and bench_dial, with the events of above. */
static void meet(struct bench *b, const struct tls_cfg *server,
		 const struct tls_cfg *client)
{
	struct sockaddr_storage a;
	struct stream_cfg sc = with(server), cc = with(client);
	struct err err;

	memset(&heard, 0, sizeof(heard));
	listen_with(b, server);
	listener_close(&b->listener);
	assert_int_equal(listener_open(&b->listener, b->loop, "127.0.0.1:0",
				       &sc, accepts_with_why, b, &err),
			 0);
	address(&a, listener_port(b->listener));
	assert_int_equal(stream_dial(&b->client.s, b->loop, &a, &cc,
				     &listening_events, &b->client),
			 0);
}

/* ---- who is trusted ------------------------------------------------------- */

static void the_servers_certificate(void **state UNUSED)
{
	/* clang-format off */
	static const struct {
		const char *cert, *ca, *name;
		enum tls_verify verify;
		const char *why; /* NULL: it is good */
	} cases[] = {
		{ "good", "ca", "localhost", TLS_VERIFY_ON, NULL },
		{ "good", "ca", "127.0.0.1", TLS_VERIFY_ON, NULL },
		{ "good", "ca", "a.example.com", TLS_VERIFY_ON, "is not for 'a.example.com'" },
		{ "good", "ca", "127.0.0.2", TLS_VERIFY_ON, "is not for '127.0.0.2'" },
		{ "good", "ca", "::1", TLS_VERIFY_ON, "is not for '::1'" },
		{ "wild", "ca", "smsc.example.com", TLS_VERIFY_ON, NULL },
		{ "wild", "ca", "example.com", TLS_VERIFY_ON, "is not for" },
		{ "wild", "ca", "a.b.example.com", TLS_VERIFY_ON, "is not for" },
		{ "expired", "ca", "localhost", TLS_VERIFY_ON, "expired" },
		{ "future", "ca", "localhost", TLS_VERIFY_ON, "not yet valid" },
		{ "self", "ca", "localhost", TLS_VERIFY_ON, "self-signed" },
		{ "self", "self", "localhost", TLS_VERIFY_ON, NULL },
		{ "stranger", "ca", "localhost", TLS_VERIFY_ON, "issuer" },
		{ "stranger", NULL, "localhost", TLS_VERIFY_ON, "issuer" }, /* the system's */
		{ "self", NULL, "elsewhere", TLS_VERIFY_OFF, NULL },
		{ "expired", "ca", "", TLS_VERIFY_OFF, NULL },
		/* only a listener has "optional" */
		{ "self", "ca", "localhost", TLS_VERIFY_OPTIONAL, "self-signed" },
	};
	/* clang-format on */
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bench b;
		struct tls_cfg server = server_of(cases[i].cert, NULL, 0);
		struct tls_cfg client = {
			.ca_file = cases[i].ca == NULL
					   ? NULL
					   : cert_path(cases[i].ca, "pem"),
			.server_name = cases[i].name,
			.verify = cases[i].verify,
		};

		meet(&b, &server, &client);
		UNTIL(&b, b.client.ups + b.client.downs > 0);
		if (cases[i].why == NULL) {
			assert_int_equal(b.client.ups, 1);
			assert_string_equal(stream_secured(b.client.s),
					    "TLSv1.3");
			assert_string_equal(stream_why(b.client.s), "");
		} else {
			assert_int_equal(b.client.ups, 0);
			assert_int_equal(b.client.rc, -EPROTO);
			assert_non_null(strstr(heard.client, cases[i].why));
			/* and the listener hears that it was refused */
			UNTIL(&b, b.server.downs == 1);
			assert_int_equal(b.server.rc, -EPROTO);
			assert_string_not_equal(heard.server, "");
		}
		bench_close(&b);
	}
}

static void the_clients_certificate(void **state UNUSED)
{
	static const struct {
		const char *cert; /* NULL: it shows none */
		const char *ca;
		enum tls_verify verify;
		bool good;
	} cases[] = {
		{ NULL, NULL, TLS_VERIFY_ON, true }, /* is not asked */
		{ NULL, "ca", TLS_VERIFY_ON, false },
		{ NULL, "ca", TLS_VERIFY_OPTIONAL, true },
		{ "client", "ca", TLS_VERIFY_ON, true },
		{ "client", "ca", TLS_VERIFY_OPTIONAL, true },
		{ "stranger", "ca", TLS_VERIFY_ON, false },
		{ "stranger", "ca", TLS_VERIFY_OPTIONAL, false },
		{ "expired", "ca", TLS_VERIFY_ON, false },
		{ "stranger", "ca", TLS_VERIFY_OFF, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bench b;
		struct tls_cfg server =
			server_of("good", cases[i].ca, cases[i].verify);
		const char *cert = cases[i].cert;
		char pem[PATH_MAX] = "", key[PATH_MAX] = "";
		if (cert != NULL) {
			(void)snprintf(pem, sizeof(pem), "%s",
				       cert_path(cert, "pem"));
			(void)snprintf(key, sizeof(key), "%s",
				       cert_path(cert, "key"));
		}
		struct tls_cfg client = {
			.ca_file = cert_path("ca", "pem"),
			.cert_file = pem,
			.key_file = key,
			.server_name = "localhost",
		};

		meet(&b, &server, &client);
		/* TLS 1.3: who dials is up before it can be refused */
		UNTIL(&b, b.client.downs > 0 ||
				  (b.client.ups > 0 && b.server.s != NULL &&
				   stream_secured(b.server.s)[0] != '\0'));
		if (cases[i].good) {
			assert_int_equal(b.client.downs + b.server.downs, 0);
		} else {
			UNTIL(&b, b.server.downs == 1 && b.client.downs == 1);
			assert_int_equal(b.server.rc, -EPROTO);
			assert_string_not_equal(heard.server, "");
			assert_int_equal(b.server.calls, 0);
		}
		bench_close(&b);
	}
}

/* ---- files ---------------------------------------------------------------- */

static void files(void **state UNUSED)
{
	/* NULL, or name and ending */
	static const struct {
		const char *ca, *cert, *key;
		bool listening;
		const char *name;
		const char *says; /* NULL: fine */
	} cases[] = {
		{ "ca.pem", NULL, NULL, false, "localhost", NULL },
		{ NULL, NULL, NULL, false, "localhost", NULL },
		{ NULL, NULL, NULL, false, "", "is missing" },
		{ NULL, NULL, NULL, true, "", "needs cert_file" },
		{ NULL, "good.pem", NULL, true, "", "go together" },
		{ NULL, NULL, "good.key", false, "x", "go together" },
		{ NULL, "good.pem", "good.key", true, "", NULL },
		{ NULL, "good.pem", "self.key", true, "",
		  "key values mismatch" },
		{ NULL, "good.pem", "good.locked", true, "", "key_file" },
		{ NULL, "good.key", "good.key", true, "", "cert_file" },
		{ NULL, "none.pem", "good.key", true, "", "No such file" },
		{ NULL, "good.pem", "none.key", true, "", "No such file" },
		{ "none.pem", NULL, NULL, false, "x", "No such file" },
		{ "good.key", NULL, NULL, false, "x", "ca_file" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char path[3][PATH_MAX];
		const char *from[3] = { cases[i].ca, cases[i].cert,
					cases[i].key };
		struct err err = { "" };

		for (size_t k = 0; k < 3; k++)
			(void)snprintf(path[k], PATH_MAX, "%s/%s", certs_dir,
				       from[k] == NULL ? "" : from[k]);
		const struct tls_cfg c = {
			.ca_file = from[0] == NULL ? NULL : path[0],
			.cert_file = from[1] == NULL ? "" : path[1],
			.key_file = from[2] == NULL ? NULL : path[2],
			.server_name = cases[i].name,
		};
		int rc = tls_check(&c, cases[i].listening, &err);
		assert_int_equal(rc, cases[i].says == NULL ? 0 : -EINVAL);
		if (cases[i].says != NULL)
			assert_non_null(strstr(err.text, cases[i].says));
	}
}

/* A file that is gone at the time of the dial is told as a dead host is. */
static void files_gone(void **state UNUSED)
{
	struct bench b;
	struct tls_cfg server = server_of("good", NULL, 0);
	struct tls_cfg client = { .ca_file = "/nowhere/ca.pem",
				  .server_name = "localhost" };

	meet(&b, &server, &client);
	assert_int_equal(b.client.downs, 0); /* not from inside */
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.client.rc, -EPROTO);
	assert_non_null(strstr(heard.client, "ca_file '/nowhere/ca.pem'"));
	assert_int_equal(b.accepted, 0);
	bench_close(&b);

	struct err err;
	struct listener *ls;
	struct stream_cfg sc = with(&(struct tls_cfg){ .cert_file = "/nowhere",
						       .key_file = "/no" });
	struct loop *l;
	assert_int_equal(loop_open(&l, NULL), 0);
	assert_int_equal(listener_open(&ls, l, "127.0.0.1:0", &sc, accepts,
				       NULL, &err),
			 -EINVAL);
	assert_non_null(strstr(err.text, "cert_file '/nowhere'"));
	loop_close(&l);
	assert_int_equal(mem_live_blocks(), 0);
}

/* ---- bytes ---------------------------------------------------------------- */

static const struct tls_cfg *trusting(void)
{
	static char ca[PATH_MAX];
	static struct tls_cfg c;
	(void)snprintf(ca, sizeof(ca), "%s", cert_path("ca", "pem"));
	c = (struct tls_cfg){ .ca_file = ca, .server_name = "localhost" };
	return &c;
}

static void echo(void **state UNUSED)
{
	struct bench b;
	struct tls_cfg server = server_of("good", NULL, 0);
	struct buf sent;

	listen_with(&b, &server);
	b.server.echo = b.server.frames = true;
	dial_with(&b, trusting());
	/* before it is connected, and before it is secured */
	assert_int_equal(side_write(&b.client,
				    "\x05"
				    "early",
				    6),
			 0);
	assert_int_equal(stream_queued(b.client.s), 6);
	buf_init(&sent, BUF_NO_LIMIT);
	buf_put(&sent,
		"\x05"
		"early",
		6);
	for (unsigned i = 0; i < 4000; i++) {
		char frame[256];
		memset(frame, (int)i, sizeof(frame));
		frame[0] = (char)(i * 7 % 256);
		buf_put(&sent, frame, i * 7 % 256 + 1);
	}
	for (size_t at = 6, n = 1; at < sent.len; at += n, n = n * 2 % 9973) {
		n = MIN(n, sent.len - at);
		assert_int_equal(side_write(&b.client, sent.p + at, n), 0);
		loop_turn(b.loop, false);
	}
	UNTIL(&b, b.client.got.len == sent.len);
	assert_memory_equal(b.client.got.p, sent.p, sent.len);
	assert_int_equal(b.client.ups, 1);
	assert_int_equal(b.server.ups, 0); /* it did not dial */

	side_close(&b.client);
	UNTIL(&b, b.server.downs == 1);
	assert_int_equal(b.server.rc, 0);
	buf_done(&sent);
	bench_close(&b);
}

static void back_pressure(void **state UNUSED)
{
	struct bench b;
	struct tls_cfg server = server_of("good", NULL, 0);
	char *chunk = mem_zalloc(64 * 1024);
	size_t sent = 0;

	listen_with(&b, &server);
	dial_with(&b, trusting());
	UNTIL(&b, b.client.ups == 1);
	b.server.picky = true;
	stream_pause(b.server.s, true);
	for (int i = 0; i < 1000 && !stream_full(b.client.s); i++) {
		assert_int_equal(side_write(&b.client, chunk, 64 * 1024), 0);
		sent += 64 * 1024;
		loop_turn(b.loop, false);
	}
	assert_true(stream_full(b.client.s));
	b.server.picky = false;
	stream_pause(b.server.s, false);
	UNTIL(&b, b.server.got.len == sent);
	UNTIL(&b, b.client.rooms == 1);
	mem_free(chunk);
	bench_close(&b);
}

/* What was written before a close arrives. */
static void last_words(void **state UNUSED)
{
	struct bench b;
	struct tls_cfg server = server_of("good", NULL, 0);

	listen_with(&b, &server);
	b.server.close_in = CLOSE_BYTES;
	b.server.words = MIB;
	dial_with(&b, trusting());
	assert_int_equal(side_write(&b.client, "?", 1), 0);
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.client.rc, 0);
	assert_int_equal(b.client.got.len, MIB);
	bench_close(&b);
}

static void closes_inside_up(void **state UNUSED)
{
	struct bench b;
	struct tls_cfg server = server_of("good", NULL, 0);

	listen_with(&b, &server);
	b.client.close_in = CLOSE_UP;
	dial_with(&b, trusting());
	UNTIL(&b, b.client.ups == 1 && b.server.downs == 1);
	bench_close(&b);
}

/* ---- who does not play along ----------------------------------------------- */

/* Plain words to a TLS listener; and one who says nothing at all. */
static void not_tls(void **state UNUSED)
{
	struct bench b;
	struct tls_cfg server = server_of("good", NULL, 0);

	meet(&b, &server, NULL);
	UNTIL(&b, b.client.ups == 1);
	assert_int_equal(side_write(&b.client, "hello, is it you?", 17), 0);
	UNTIL(&b, b.server.downs == 1);
	assert_int_equal(b.server.rc, -EPROTO);
	assert_string_equal(heard.server, "the peer does not speak TLS");
	bench_close(&b);

	struct stream_cfg sc = with(&server);
	sc.dial_timeout_ms = 50;
	bench_open_with(&b, &sc);
	bench_dial(&b, listener_port(b.listener), &cfg);
	UNTIL(&b, b.server.downs == 1);
	assert_int_equal(b.server.rc, -ETIMEDOUT);
	bench_close(&b);

	/* a plain listener that never answers */
	bench_open(&b);
	struct stream_cfg cc = with(trusting());
	cc.dial_timeout_ms = 50;
	bench_dial(&b, listener_port(b.listener), &cc);
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.client.rc, -ETIMEDOUT);
	assert_int_equal(b.client.ups, 0);
	bench_close(&b);

	/* one that closes */
	bench_open(&b);
	b.server.close_in = CLOSE_ACCEPT;
	dial_with(&b, trusting());
	UNTIL(&b, b.client.downs == 1);
	assert_int_equal(b.client.ups, 0);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_servers_certificate),
		cmocka_unit_test(the_clients_certificate),
		cmocka_unit_test(files),
		cmocka_unit_test(files_gone),
		cmocka_unit_test(echo),
		cmocka_unit_test(back_pressure),
		cmocka_unit_test(last_words),
		cmocka_unit_test(closes_inside_up),
		cmocka_unit_test(not_tls),
	};
	return cmocka_run_group_tests(tests, certs_open, certs_close);
}
