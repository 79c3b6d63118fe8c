/* One TLS connection between two memory BIOs: the stream carries the bytes. */
#include "base/stream_tls_impl.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/mem.h"

enum {
	SESSION_RECORD = 16 * 1024,
	SESSION_KEEP_BYTES = 32 * 1024, /* larger empty buffers are given up */
};

struct tls_session {
	SSL *ssl;
	BIO *in;  /* of ssl: off the wire */
	BIO *out; /* of ssl: for the wire */
	struct buf plain;
	struct buf early;
	bool listening;
	bool ended;
	char *name;
	struct err why;
};

struct tls_session *tls_session_new(const struct tls *t)
{
	must(t != NULL);
	struct tls_session *s = mem_new(struct tls_session);
	s->ssl = SSL_new(t->x);
	s->in = BIO_new(BIO_s_mem());
	s->out = BIO_new(BIO_s_mem());
	must(s->ssl != NULL && s->in != NULL && s->out != NULL);
	SSL_set_bio(s->ssl, s->in, s->out); /* TAKE */
	s->name = str_dup(t->name);
	s->listening = t->listening;
	buf_init(&s->plain, BUF_NO_LIMIT);
	buf_init(&s->early, BUF_NO_LIMIT);
	if (s->listening)
		SSL_set_accept_state(s->ssl);
	else
		SSL_set_connect_state(s->ssl);
	if (t->sni)
		must(SSL_set_tlsext_host_name(s->ssl, s->name) == 1);
	return s;
}

void tls_session_free(struct tls_session **sp)
{
	must(sp != NULL);
	struct tls_session *s = TAKE(*sp);
	if (s == NULL)
		return;
	SSL_free(s->ssl);
	buf_done(&s->plain);
	buf_done(&s->early);
	mem_free(s->name);
	mem_free(s);
}

/* ---- what others ask ------------------------------------------------------ */

bool tls_session_ready(const struct tls_session *s)
{
	must(s != NULL);
	return SSL_is_init_finished(s->ssl) == 1;
}

bool tls_session_ended(const struct tls_session *s)
{
	must(s != NULL);
	return s->ended;
}

bool tls_session_dialled(const struct tls_session *s)
{
	must(s != NULL);
	return !s->listening;
}

const char *tls_session_version(const struct tls_session *s)
{
	must(s != NULL);
	return tls_session_ready(s) ? SSL_get_version(s->ssl) : "";
}

const char *tls_session_why(const struct tls_session *s)
{
	must(s != NULL);
	return s->why.text;
}

size_t tls_session_early(const struct tls_session *s)
{
	must(s != NULL);
	return s->early.len;
}

/* ---- what goes wrong ------------------------------------------------------ */

/* Reasons that mean: the two have no version of TLS in common. */
static bool is_version(int reason)
{
	return reason == SSL_R_UNSUPPORTED_PROTOCOL ||
	       reason == SSL_R_NO_PROTOCOLS_AVAILABLE ||
	       reason == SSL_R_VERSION_TOO_LOW ||
	       reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION;
}

/* Bytes came that are no TLS at all. */
static bool is_plain(int reason)
{
	return reason == SSL_R_WRONG_VERSION_NUMBER ||
	       reason == SSL_R_HTTP_REQUEST ||
	       reason == SSL_R_HTTPS_PROXY_REQUEST;
}

static int fail(struct tls_session *s)
{
	char why[160];
	long verdict = SSL_get_verify_result(s->ssl);
	int reason = ERR_GET_REASON(ERR_peek_error());
	bool asked = SSL_get_verify_mode(s->ssl) != SSL_VERIFY_NONE;

	if (asked && (verdict == X509_V_ERR_HOSTNAME_MISMATCH ||
		      verdict == X509_V_ERR_IP_ADDRESS_MISMATCH))
		(void)err_set(&s->why, 0,
			      "the peer's certificate is not for '%s'",
			      s->name);
	else if (asked && verdict != X509_V_OK)
		(void)err_set(&s->why, 0,
			      "the peer's certificate is refused: %s",
			      X509_verify_cert_error_string(verdict));
	else if (is_version(reason))
		(void)err_set(&s->why, 0,
			      "the peer speaks no version of TLS from 1.2 on");
	else if (is_plain(reason))
		(void)err_set(&s->why, 0, "the peer does not speak TLS");
	else
		(void)err_set(&s->why, 0, "TLS failed: %s",
			      tls_complaint(why, sizeof(why)));
	ERR_clear_error();
	return -EPROTO;
}

/* What SSL_read or SSL_do_handshake came to. 0: more bytes are needed. */
static int result_of(struct tls_session *s, int ret)
{
	switch (SSL_get_error(s->ssl, ret)) {
	case SSL_ERROR_NONE:
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		s->ended = true;
		return 0;
	default: /* OpenSSL's numbers */
		return fail(s);
	}
}

/* ---- bytes ---------------------------------------------------------------- */

static void send_out(struct tls_session *s, struct buf *wire)
{
	char *p = NULL;
	long n = BIO_get_mem_data(s->out, &p);

	if (n > 0)
		buf_put(wire, p, (size_t)n);
	(void)BIO_reset(s->out);
}

void tls_session_start(struct tls_session *s, struct buf *wire)
{
	must(s != NULL && wire != NULL && !s->listening);
	ERR_clear_error();
	int rc = result_of(s, SSL_do_handshake(s->ssl));
	must(rc == 0); /* nothing has come yet */
	send_out(s, wire);
}

static int write_now(struct tls_session *s, const void *p, size_t len)
{
	size_t n = 0;

	ERR_clear_error();
	if (len > 0 && SSL_write_ex(s->ssl, p, len, &n) != 1)
		return fail(s);
	must(n == len); /* a memory BIO takes all */
	return 0;
}

/* The handshake is done: what waited for it goes out. */
static int write_early(struct tls_session *s)
{
	int rc = write_now(s, s->early.p, s->early.len);

	buf_done(&s->early);
	buf_init(&s->early, BUF_NO_LIMIT);
	return rc;
}

static int read_some(struct tls_session *s)
{
	size_t n = 0;
	void *p = buf_room(&s->plain, SESSION_RECORD);
	int ret = SSL_read_ex(s->ssl, p, SESSION_RECORD, &n);

	s->plain.len += n;
	s->plain.p[s->plain.len] = '\0';
	if (ret == 1)
		return 1;
	return result_of(s, ret);
}

int tls_session_read(struct tls_session *s, struct str bytes, struct str *plain,
		     struct buf *wire)
{
	must(s != NULL && plain != NULL && wire != NULL);
	bool was_ready = tls_session_ready(s);
	int rc;

	if (s->plain.cap > SESSION_KEEP_BYTES) {
		buf_done(&s->plain);
		buf_init(&s->plain, BUF_NO_LIMIT);
	}
	buf_reset(&s->plain);
	ERR_clear_error();
	must(BIO_write(s->in, bytes.p, (int)bytes.len) == (int)bytes.len);
	do
		rc = read_some(s);
	while (rc > 0);
	if (rc == 0 && !was_ready && tls_session_ready(s))
		rc = write_early(s);
	send_out(s, wire);
	*plain = buf_str(&s->plain);
	return rc;
}

int tls_session_write(struct tls_session *s, const void *p, size_t len,
		      struct buf *wire)
{
	must(s != NULL && wire != NULL && (p != NULL || len == 0));
	if (!tls_session_ready(s)) {
		buf_put(&s->early, p, len);
		return 0;
	}
	int rc = write_now(s, p, len);
	send_out(s, wire);
	return rc;
}

void tls_session_bye(struct tls_session *s, struct buf *wire)
{
	must(s != NULL && wire != NULL);
	if (!tls_session_ready(s) || s->why.text[0] != '\0')
		return;
	ERR_clear_error();
	(void)SSL_shutdown(s->ssl);
	ERR_clear_error();
	send_out(s, wire);
}
