/* A TLS connection without a stream, against OpenSSL itself: versions, the
 * server's name, the end. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/mem.h"
#include "base/stream_tls_impl.h"
#include "tests/unit/base_stream_tls_certs.h"

enum { MIB = 1 << 20 };

/* The other end without our rules, between memory BIOs. */
static SSL *raw_new(bool server, int version)
{
	SSL_CTX *x =
		SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
	must(x != NULL);
	SSL_CTX_set_security_level(x, 0);
	must(SSL_CTX_set_min_proto_version(x, version) == 1);
	must(SSL_CTX_set_max_proto_version(x, version) == 1);
	if (server)
		must(SSL_CTX_use_certificate_file(x, cert_path("good", "pem"),
						  SSL_FILETYPE_PEM) == 1 &&
		     SSL_CTX_use_PrivateKey_file(x, cert_path("good", "key"),
						 SSL_FILETYPE_PEM) == 1);
	SSL *ssl = SSL_new(x);
	SSL_CTX_free(x);
	must(ssl != NULL);
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	if (server)
		SSL_set_accept_state(ssl);
	else
		SSL_set_connect_state(ssl);
	return ssl;
}

static struct tls_session *ours_new(bool server)
{
	const struct tls_cfg c = {
		.ca_file = cert_path("ca", "pem"),
		.cert_file = cert_path("good", "pem"),
		.key_file = cert_path("good", "key"),
		.server_name = "localhost",
		.verify = server ? TLS_VERIFY_OFF : TLS_VERIFY_ON,
	};
	struct tls *t;
	struct err err;

	assert_int_equal(tls_open(&t, &c, server, &err), 0);
	struct tls_session *s = tls_session_new(t);
	tls_close(&t);
	return s;
}

/* Carries what the raw end has to say. The result of our reading it. */
static int carry(SSL *raw, struct tls_session *s, struct buf *wire,
		 struct str *plain)
{
	char *p;
	long n = BIO_get_mem_data(SSL_get_wbio(raw), &p);
	int rc = 0;

	*plain = STR_NONE;
	if (n > 0)
		rc = tls_session_read(s, str_bytes(p, (size_t)n), plain, wire);
	(void)BIO_reset(SSL_get_wbio(raw));
	return rc;
}

static void carry_back(struct buf *wire, SSL *raw)
{
	if (wire->len > 0)
		must(BIO_write(SSL_get_rbio(raw), wire->p, (int)wire->len) > 0);
	buf_reset(wire);
}

static int shake(SSL *raw, struct tls_session *s, struct buf *wire)
{
	struct str plain;
	int rc = 0;

	if (tls_session_dialled(s))
		tls_session_start(s, wire);
	for (int i = 0; i < 6 && rc == 0; i++) {
		carry_back(wire, raw);
		ERR_clear_error();
		(void)SSL_do_handshake(raw);
		rc = carry(raw, s, wire, &plain);
	}
	carry_back(wire, raw);
	return rc;
}

static void versions(void **state UNUSED)
{
	static const struct {
		int version;
		const char *good; /* NULL: refused */
	} cases[] = {
		{ TLS1_VERSION, NULL },
		{ TLS1_1_VERSION, NULL },
		{ TLS1_2_VERSION, "TLSv1.2" },
		{ TLS1_3_VERSION, "TLSv1.3" },
	};
	for (size_t i = 0; i < 2 * ARRAY_LEN(cases); i++) {
		bool server = i % 2 == 0;
		const char *good = cases[i / 2].good;
		SSL *raw = raw_new(!server, cases[i / 2].version);
		struct tls_session *s = ours_new(server);
		struct buf wire;

		buf_init(&wire, MIB);
		int rc = shake(raw, s, &wire);
		assert_int_equal(tls_session_ready(s), good != NULL);
		if (good != NULL) {
			assert_int_equal(rc, 0);
			assert_string_equal(tls_session_version(s), good);
		} else {
			assert_int_equal(SSL_is_init_finished(raw), 0);
			assert_int_equal(rc, -EPROTO);
			assert_non_null(strstr(tls_session_why(s),
					       "no version of TLS from 1.2"));
		}
		buf_done(&wire);
		tls_session_free(&s);
		SSL_free(raw);
		ERR_clear_error();
	}
	assert_int_equal(mem_live_blocks(), 0);
}

/* The name goes out before the certificate comes. */
static void server_name_is_told(void **state UNUSED)
{
	SSL *raw = raw_new(true, TLS1_3_VERSION);
	struct tls_session *s = ours_new(false);
	struct buf wire;

	buf_init(&wire, MIB);
	assert_int_equal(shake(raw, s, &wire), 0);
	assert_string_equal(SSL_get_servername(raw, TLSEXT_NAMETYPE_host_name),
			    "localhost");
	buf_done(&wire);
	tls_session_free(&s);
	SSL_free(raw);
}

/* An end is said and heard; bytes that are no record end it. */
static void ends(void **state UNUSED)
{
	SSL *raw = raw_new(false, TLS1_3_VERSION);
	struct tls_session *s = ours_new(true);
	struct buf wire;
	struct str plain;
	char got[8];

	buf_init(&wire, MIB);
	assert_int_equal(shake(raw, s, &wire), 0);
	assert_int_equal(tls_session_write(s, "last", 4, &wire), 0);
	tls_session_bye(s, &wire);
	carry_back(&wire, raw);
	assert_int_equal(SSL_read(raw, got, sizeof(got)), 4);
	assert_int_equal(SSL_read(raw, got, sizeof(got)), 0);
	assert_int_equal(SSL_get_error(raw, 0), SSL_ERROR_ZERO_RETURN);

	assert_int_equal(SSL_write(raw, "word", 4), 4);
	(void)SSL_shutdown(raw);
	assert_false(tls_session_ended(s));
	assert_int_equal(carry(raw, s, &wire, &plain), 0);
	assert_int_equal(plain.len, 4);
	assert_true(tls_session_ended(s));
	tls_session_free(&s);
	SSL_free(raw);

	raw = raw_new(false, TLS1_3_VERSION);
	s = ours_new(true);
	assert_int_equal(shake(raw, s, &wire), 0);
	assert_int_equal(SSL_write(raw, "good", 4), 4);
	assert_int_equal(carry(raw, s, &wire, &plain), 0);
	assert_int_equal(plain.len, 4);
	assert_int_equal(tls_session_read(s,
					  STR("\x17\x03\x03\x00\x20 what comes "
					      "here was never encrypted"),
					  &plain, &wire),
			 -EPROTO);
	assert_true(wire.len > 0); /* the alert */
	assert_string_not_equal(tls_session_why(s), "");
	tls_session_free(&s);
	SSL_free(raw);
	buf_done(&wire);
	ERR_clear_error();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(server_name_is_told),
		cmocka_unit_test(ends),
	};
	return cmocka_run_group_tests(tests, certs_open, certs_close);
}
