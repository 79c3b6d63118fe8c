/* Hooks, Kannel and the live stream over HTTP; and what a stopping node still
 * answers. */
#include "tests/unit/console_bed.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>

#define TO "+447700900001"
#define ONE "{\"to\":\"" TO "\",\"text\":\"hello\",\"class\":\"service\"}"
#define SECRET "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

/* ---- hooks ----------------------------------------------------------------------*/

static int hook(struct bed *b, const char *path, const char *id,
		const char *secret, const char *body)
{
	struct buf key, text, sign;
	char head[512];
	uint8_t mac[32];
	long long now = clock_wall_ms(&clock_real) / 1000;

	buf_init(&key, 128);
	buf_init(&text, 4096);
	buf_init(&sign, 128);
	assert_int_equal(secret_base64_decode(str_of(secret), &key), 0);
	buf_f(&text, "%s.%lld.%s", id, now, body);
	secret_hmac_sha256(buf_str(&key), buf_str(&text), mac);
	secret_base64(mac, 32, &sign);
	snprintf(head, sizeof(head),
		 "webhook-id: %s\r\nwebhook-timestamp: %lld\r\n"
		 "webhook-signature: v1,%s\r\n",
		 id, now, sign.p);
	b->extra = head;
	b->key = NULL;
	bed_post(b, path, body);
	b->extra = NULL;
	b->key = ADMIN;
	buf_done(&key);
	buf_done(&text);
	buf_done(&sign);
	return b->status;
}

static void hooks_are_heard_once(void **state)
{
	struct bed *b = *state;
	static const char body[] =
		"{\"type\":\"x\",\"data\":{\"from\":\"" TO
		"\",\"to\":\"10086\",\"text\":\"STOP\",\"own\":1}}";

	assert_int_equal(hook(b, "/hooks/in/app", "m1", SECRET, body), 200);
	assert_int_equal(strlen(bed_word(b, "id")), 13);
	assert_int_equal(hook(b, "/hooks/in/app", "m1", SECRET, body), 200);
	assert_string_equal(bed_word(b, "repeated"), "true");
	assert_int_equal(hook(b, "/hooks/in/app", "m2",
			      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", body),
			 401);
	assert_int_equal(hook(b, "/hooks/in/none", "m3", SECRET, body), 404);
	assert_int_equal(hook(b, "/hooks/in/app", "m4", SECRET, "{"), 400);
	assert_int_equal(hook(b, "/hooks/in/app", "m5", SECRET, "{}"), 400);
	assert_int_equal(bed_get(b, "/v1/addresses/%2B447700900001"), 200);
	assert_string_equal(bed_word(b, "standing.consent.marketing"),
			    "withdrawn");
}

/* ---- Kannel ----------------------------------------------------------------------*/

#define SENDSMS "/cgi-bin/sendsms?username=kim&password=tea&"

static const struct {
	const char *path;
	int status;
	const char *says;
} kannel[] = {
	{ SENDSMS "to=07700900001&text=hi+there", 202,
	  "0: Accepted for delivery" },
	{ SENDSMS "to=%2B447700900001+%2B447700900002&text=x", 202,
	  "0: Accepted for delivery" },
	{ SENDSMS "to=07700900001&text=x&deferred=600", 202,
	  "0: Accepted for delivery" },
	{ SENDSMS "to=12&text=x", 400,
	  "Number(s) has/have been denied by white- and/or black-lists." },
	{ SENDSMS "to=12+07700900001+x&text=x", 202,
	  "0: Accepted for delivery" },
	{ SENDSMS "to=07700900001", 400, "text is missing, rejected" },
	{ SENDSMS "text=x", 400, "Missing receiver number, rejected" },
	{ SENDSMS "to=&text=x", 400,
	  "Empty receiver number not allowed, rejected" },
	{ "/cgi-bin/sendsms?username=near%40home&password=tea&to=07700900001&text=x",
	  202, "0: Accepted for delivery" },
	{ "/cgi-bin/sendsms?username=near&password=tea&to=07700900001&text=x",
	  403, "Authorization failed for sendsms" },
	{ "/cgi-bin/sendsms?username=far%40away&password=tea&to=07700900001&text=x",
	  403, "Authorization failed for sendsms" },
	{ "/cgi-bin/sendsms?username=kim&password=no&to=07700900001&text=x",
	  403, "Authorization failed for sendsms" },
	{ "/cgi-bin/sendsms?username=eve&password=tea&to=07700900001&text=x",
	  403, "Authorization failed for sendsms" },
	{ "/cgi-bin/sendsms?user=any&pass=" ADMIN "&to=07700900001&text=x", 202,
	  "0: Accepted for delivery" },
};

static void kannel_is_understood(void **state)
{
	struct bed *b = *state;

	b->key = NULL;
	for (unsigned i = 0; i < ARRAY_LEN(kannel); i++) {
		int got = bed_get(b, kannel[i].path);
		if (got != kannel[i].status || !bed_says(b, kannel[i].says))
			fail_msg("%s: %d %.*s", kannel[i].path, got,
				 STR_ARGS(b->body));
	}
	assert_int_equal(
		bed_ask_type(b, "POST", "/cgi-bin/sendsms",
			     "application/x-www-form-urlencoded",
			     STR("username=kim&password=tea&to=07700900001"
				 "&text=%E7%9F%B3+1")),
		202);
	b->extra = "X-Kannel-Username: kim\r\nX-Kannel-Password: tea\r\n"
		   "X-Kannel-To: +447700900001\r\n";
	assert_int_equal(bed_ask_type(b, "POST", "/cgi-bin/sendsms",
				      "text/plain", STR("by header")),
			 202);
	assert_int_equal(bed_ask_type(b, "POST", "/cgi-bin/sendsms",
				      "text/plain; charset=\"ISO-8859-1\"",
				      STR("\xe4")),
			 202);
	assert_int_equal(bed_ask_type(b, "POST", "/cgi-bin/sendsms",
				      "application/octet-stream", STR("x")),
			 400);
	assert_true(bed_says(b, "Coding field not supported, rejected"));
	assert_int_equal(bed_ask_type(b, "POST", "/cgi-bin/sendsms",
				      "application/json", STR("{}")),
			 400);
	assert_true(bed_says(b, "Invalid content-type"));
	b->extra = NULL;
	b->key = ADMIN;
	bed_get(b, "/v1/messages?class=service");
	assert_int_equal(bed_count(b, "messages"), 9);
}

static void passwords_are_not_guessed(void **state)
{
	struct bed *b = *state;

	b->key = NULL;
	for (int i = 0; i < 20; i++)
		assert_int_equal(
			bed_get(b, "/cgi-bin/sendsms?username=kim&password=x"),
			403);
	assert_int_equal(bed_get(b, SENDSMS "to=07700900001&text=x"), 403);
}

/* ---- the stream ------------------------------------------------------------------*/

static void streams_what_happens(void **state)
{
	struct bed *b = *state;
	struct buf all, some, more;
	bool over = false;
	int fds[3];

	fds[0] = bed_stream(b, "/v1/stream", ADMIN, &all);
	fds[1] = bed_stream(b, "/v1/stream?types=message.delivered", ADMIN,
			    &some);
	assert_non_null(strstr(all.p, "text/event-stream"));
	fds[2] = bed_stream(b, "/v1/stream", ADMIN, &more);
	assert_non_null(strstr(more.p, " 503 "));
	assert_int_equal(bed_post(b, "/v1/messages", ONE), 202);
	TURN_UNTIL(b, (bed_take(fds[1], &some, &over),
		       strstr(some.p, "event: message.delivered") != NULL));
	TURN_UNTIL(b, (bed_take(fds[0], &all, &over),
		       strstr(all.p, "event: message.delivered") != NULL));
	assert_null(strstr(some.p, "message.accepted"));
	assert_null(strstr(all.p, TO));
	for (unsigned i = 0; i < 3; i++)
		close(fds[i]);
	buf_done(&all);
	buf_done(&some);
	buf_done(&more);
}

/* Nobody reads; the queue is bounded, and the client goes. */
static void drops_slow_streams(void **state)
{
	struct bed *b = *state;
	struct buf got;
	bool over = false;
	b->rcvbuf = 2048;
	int fd = bed_stream(b, "/v1/stream", ADMIN, &got);
	b->rcvbuf = 0;
	for (int i = 0;
	     i < 600 && bed_post(b, "/v1/messages",
				 "{\"messages\":[" ONE "," ONE "," ONE "," ONE
				 "," ONE "]}") == 202;
	     i++) {
		b->key = NULL;
		bed_get(b, "/metrics");
		b->key = ADMIN;
		if (bed_says(b, "\ncarillon_stream_dropped_total 1"))
			break;
		assert_int_not_equal(i, 599);
	}
	TURN_UNTIL(b, (bed_take(fd, &got, &over), over));
	close(fd);
	buf_done(&got);
}

/* ---- TLS ------------------------------------------------------------------------*/

static void pem_files(const struct bed *b)
{
	char path[128];
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();

	assert_non_null(key);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"t", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	assert_int_not_equal(X509_sign(x, key, EVP_sha256()), 0);
	snprintf(path, sizeof(path), "%s/cert.pem", b->dir);
	FILE *f = fopen(path, "w");
	assert_int_equal(PEM_write_X509(f, x), 1);
	fclose(f);
	snprintf(path, sizeof(path), "%s/key.pem", b->dir);
	f = fopen(path, "w");
	assert_int_equal(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL,
					      NULL),
			 1);
	fclose(f);
	X509_free(x);
	EVP_PKEY_free(key);
}

struct secure {
	int fd, version;
	char got[512];
	atomic_bool over;
};

static void *secure_client(void *owner)
{
	static const char ask[] = "GET /healthz HTTP/1.1\r\nHost: t\r\n"
				  "Connection: close\r\n\r\n";
	struct secure *s = owner;
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	int n = 0, at = 0;

	SSL_set_fd(ssl, s->fd);
	if (SSL_connect(ssl) == 1 && SSL_write(ssl, ask, sizeof(ask) - 1) > 0) {
		s->version = SSL_version(ssl);
		while ((n = SSL_read(ssl, s->got + at, 500 - at)) > 0)
			at += n;
	}
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	atomic_store(&s->over, true);
	return NULL;
}

static void answers_over_tls(void **state)
{
	struct bed *b = *state;
	struct secure s = { 0 };
	char rows[256];
	pthread_t thread;

	pem_files(b);
	bed_stop(b);
	snprintf(rows, sizeof(rows),
		 "tls_cert = \"%s/cert.pem\" tls_key = \"%s/key.pem\" ", b->dir,
		 b->dir);
	bed_http = rows; /* read by bed_start alone */
	bed_start(b, false);
	bed_http = "";
	s.fd = bed_dial(b);
	assert_int_equal(pthread_create(&thread, NULL, secure_client, &s), 0);
	TURN_UNTIL(b, atomic_load(&s.over));
	pthread_join(thread, NULL);
	close(s.fd);
	assert_true(s.version >= TLS1_2_VERSION);
	assert_non_null(strstr(s.got, " 200 OK"));
	assert_non_null(strstr(s.got, "\r\n\r\nok\n"));
}

/* ---- a full disk --------------------------------------------------------------*/

/* Nothing is acknowledged that was not stored, and the audit log misses no
 * row once there is room again. */
static void a_full_disk_is_507(void **state)
{
	struct bed *b = *state;

	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", ""), 200);
	b->fail.rc = -ENOSPC;
	failing_from(&b->fail, 1);
	/* It is done; that it was done waits to be written down. */
	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", ""), 200);
	assert_int_equal(bed_post(b, "/v1/messages", ONE), 507);
	assert_true(bed_header(b, "Retry-After").len > 0);
	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", "") / 100, 5);
	assert_int_equal(bed_post(b, "/v1/keys",
				  "{\"name\":\"x\",\"role\":\"sender\"}"),
			 507);
	assert_int_equal(bed_get(b, "/readyz"), 503);
	assert_int_equal(bed_get(b, "/healthz"), 200);
	failing_from(&b->fail, 0);
	TURN_UNTIL(b, bed_post(b, "/v1/messages", ONE) == 202);
	assert_int_equal(bed_ask(b, "POST", "/v1/links/a/rebind", ""), 200);
	TURN_UNTIL(b, bed_get(b, "/v1/audit/verify") == 200 &&
			      strcmp(bed_word(b, "rows"), "3") == 0);
	assert_string_equal(bed_word(b, "ok"), "true");
	assert_int_equal(bed_get(b, "/v1/keys"), 200);
	assert_int_equal(bed_count(b, "keys"), 1);
}

/* ---- stopping ---------------------------------------------------------------------*/

static void a_stopping_node_answers_503(void **state)
{
	struct bed *b = *state;
	struct buf got;
	bool over = false;
	int fd = bed_stream(b, "/v1/stream", ADMIN, &got);

	assert_int_equal(bed_get(b, "/v1/links"), 200);
	console_stop(b->console);
	assert_int_equal(bed_get(b, "/v1/links"), 503);
	assert_string_equal(bed_word(b, "error.code"), "stopping");
	TURN_UNTIL(b, (bed_take(fd, &got, &over),
		       over || strstr(got.p, "\r\n0\r\n") != NULL));
	close(fd);
	buf_done(&got);
}

/* Closed in the midst of requests of every kind: nothing is left behind. */
static void closes_with_work_under_way(void **state)
{
	struct bed *b = *state;
	int fds[12];

	for (unsigned i = 0; i < ARRAY_LEN(fds); i++) {
		struct buf out;
		buf_init(&out, 4096);
		buf_f(&out,
		      "POST %s HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer "
		      "%s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		      i % 3 == 0 ? "/v1/imports" : "/v1/messages", ADMIN,
		      i % 3 == 0 ? "text/csv" : "application/json",
		      i % 3 == 1   ? strlen(ONE) + 5
		      : i % 3 == 0 ? (size_t)20
				   : strlen(ONE),
		      i % 3 == 0 ? "phone\n+447700900" : ONE);
		fds[i] = bed_dial(b);
		bed_send(b, fds[i], buf_str(&out));
		buf_done(&out);
	}
	bed_stop(b);
	for (unsigned i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
	bed_start(b, false);
	assert_int_equal(bed_get(b, "/healthz"), 200);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bed_open, bed_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(hooks_are_heard_once),       T(kannel_is_understood),
		T(passwords_are_not_guessed),  T(streams_what_happens),
		T(drops_slow_streams),         T(answers_over_tls),
		T(a_full_disk_is_507),         T(a_stopping_node_answers_503),
		T(closes_with_work_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
