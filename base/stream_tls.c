/* What the files of a tls_cfg give: an OpenSSL context with our rules. */
#include "base/stream_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/stream_tls_impl.h"

static bool given(const char *s)
{
	return s != NULL && s[0] != '\0';
}

/* The first thing that OpenSSL complains of; clears the rest. */
const char *tls_complaint(char *out, size_t size)
{
	unsigned long e = ERR_peek_error();
	const char *reason = ERR_reason_error_string(e);

	if (ERR_SYSTEM_ERROR(e))
		(void)snprintf(out, size, "%s",
			       strerrordesc_np(ERR_GET_REASON(e)));
	else
		(void)snprintf(out, size, "%s",
			       reason == NULL ? "no reason given" : reason);
	ERR_clear_error();
	return out;
}

/* OpenSSL would ask at the terminal. */
static int no_pass_phrase(char *buf UNUSED, int size UNUSED, int rw UNUSED,
			  void *owner UNUSED)
{
	return -1;
}

static void set_rules(SSL_CTX *x)
{
	must(SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION) == 1);
	(void)SSL_CTX_set_options(x, SSL_OP_NO_COMPRESSION |
					     SSL_OP_NO_RENEGOTIATION |
					     SSL_OP_NO_TICKET |
					     SSL_OP_IGNORE_UNEXPECTED_EOF);
	(void)SSL_CTX_set_num_tickets(x, 0);
	(void)SSL_CTX_set_session_cache_mode(x, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_mode(x, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_default_passwd_cb(x, no_pass_phrase);
}

/* ---- who we are ----------------------------------------------------------- */

static int set_own(SSL_CTX *x, const struct tls_cfg *cfg, bool listening,
		   struct err *err)
{
	char why[160];

	if (given(cfg->cert_file) != given(cfg->key_file))
		return err_set(err, -EINVAL,
			       "cert_file and key_file go together");
	if (!given(cfg->cert_file))
		return listening ? err_set(err, -EINVAL,
					   "TLS needs cert_file and key_file")
				 : 0;
	if (SSL_CTX_use_certificate_chain_file(x, cfg->cert_file) != 1)
		return err_set(err, -EINVAL,
			       "cert_file '%s' cannot be used: %s",
			       cfg->cert_file, tls_complaint(why, sizeof(why)));
	/* This sees, too, whether the two belong together. */
	if (SSL_CTX_use_PrivateKey_file(x, cfg->key_file, SSL_FILETYPE_PEM) !=
	    1)
		return err_set(err, -EINVAL, "key_file '%s' cannot be used: %s",
			       cfg->key_file, tls_complaint(why, sizeof(why)));
	return 0;
}

/* ---- whom we trust -------------------------------------------------------- */

static int set_authorities(SSL_CTX *x, const struct tls_cfg *cfg,
			   bool listening, struct err *err)
{
	char why[160];

	if (!given(cfg->ca_file)) {
		if (!listening)
			(void)SSL_CTX_set_default_verify_paths(x);
		return 0;
	}
	if (SSL_CTX_load_verify_file(x, cfg->ca_file) != 1)
		return err_set(err, -EINVAL, "ca_file '%s' cannot be used: %s",
			       cfg->ca_file, tls_complaint(why, sizeof(why)));
	if (listening) /* the client learns which of its certificates fits */
		SSL_CTX_set_client_CA_list(x, SSL_load_client_CA_file(
						      cfg->ca_file));
	return 0;
}

static int mode_of(const struct tls_cfg *cfg, bool listening)
{
	if (listening && !given(cfg->ca_file))
		return SSL_VERIFY_NONE;
	switch (cfg->verify) {
	case TLS_VERIFY_ON:
		return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	case TLS_VERIFY_OPTIONAL:
		return SSL_VERIFY_PEER;
	case TLS_VERIFY_OFF:
		return SSL_VERIFY_NONE;
	}
	return SSL_VERIFY_PEER;
}

static bool is_address(const char *name)
{
	struct in6_addr a;

	return inet_pton(AF_INET, name, &a) == 1 ||
	       inet_pton(AF_INET6, name, &a) == 1;
}

static int set_name(SSL_CTX *x, const struct tls_cfg *cfg, struct err *err)
{
	X509_VERIFY_PARAM *p = SSL_CTX_get0_param(x);
	const char *name = cfg->server_name;
	int ok;

	if (!given(name))
		return cfg->verify == TLS_VERIFY_OFF
			       ? 0
			       : err_set(err, -EINVAL,
					 "the name that the peer's certificate "
					 "must be for is missing");
	X509_VERIFY_PARAM_set_hostflags(p,
					X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (is_address(name))
		ok = X509_VERIFY_PARAM_set1_ip_asc(p, name);
	else
		ok = X509_VERIFY_PARAM_set1_host(p, name, 0);
	return ok == 1 ? 0
		       : err_set(err, -EINVAL,
				 "'%s' is no name for a certificate", name);
}

int tls_open(struct tls **out, const struct tls_cfg *cfg, bool listening,
	     struct err *err)
{
	must(out != NULL && cfg != NULL);
	AUTO(tls_close) struct tls *t = mem_new(struct tls);
	t->listening = listening;
	t->x = SSL_CTX_new(listening ? TLS_server_method()
				     : TLS_client_method());
	must(t->x != NULL);
	set_rules(t->x);
	SSL_CTX_set_verify(t->x, mode_of(cfg, listening), NULL);
	int rc = set_own(t->x, cfg, listening, err);
	if (rc == 0)
		rc = set_authorities(t->x, cfg, listening, err);
	if (rc == 0 && !listening)
		rc = set_name(t->x, cfg, err);
	ERR_clear_error();
	if (rc != 0)
		return rc;
	t->name = str_dup(given(cfg->server_name) ? cfg->server_name : "");
	t->sni = !listening && given(t->name) && !is_address(t->name);
	*out = TAKE(t);
	return 0;
}

void tls_close(struct tls **tp)
{
	must(tp != NULL);
	struct tls *t = TAKE(*tp);
	if (t == NULL)
		return;
	SSL_CTX_free(t->x); /* sessions hold their own count */
	mem_free(t->name);
	mem_free(t);
}

int tls_check(const struct tls_cfg *cfg, bool listening, struct err *err)
{
	struct tls *t;
	int rc = tls_open(&t, cfg, listening, err);

	if (rc == 0)
		tls_close(&t);
	return rc;
}
