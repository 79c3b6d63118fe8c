/* Certificates for a test, made by OpenSSL in a folder of their own. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/must.h"

/* What a certificate says of itself. */
struct cert_plan {
	const char *name;   /* of its files: NAME.pem, NAME.key */
	const char *names;  /* subjectAltName; NULL: it is an authority */
	const char *issuer; /* NULL: signed by itself */
	long from_s, to_s;  /* valid, from now */
};

static const struct cert_plan cert_plans[] = {
	{ "ca", NULL, NULL, -60, 3600 },
	{ "other-ca", NULL, NULL, -60, 3600 },
	{ "good", "DNS:localhost,IP:127.0.0.1", "ca", -60, 3600 },
	{ "wild", "DNS:*.example.com", "ca", -60, 3600 },
	{ "expired", "DNS:localhost", "ca", -3600, -60 },
	{ "future", "DNS:localhost", "ca", 3600, 7200 },
	{ "self", "DNS:localhost", NULL, -60, 3600 },
	{ "stranger", "DNS:localhost", "other-ca", -60, 3600 },
	{ "client", "DNS:esme", "ca", -60, 3600 },
};

static char certs_dir[64];
static X509 *certs_x[ARRAY_LEN(cert_plans)];
static EVP_PKEY *certs_key[ARRAY_LEN(cert_plans)];

/* The path of a file; it lives until the sixteenth call after this. */
static inline const char *cert_path(const char *name, const char *end)
{
	static char out[16][PATH_MAX];
	static unsigned at;
	char *p = out[at++ % ARRAY_LEN(out)];

	(void)snprintf(p, PATH_MAX, "%s/%s.%s", certs_dir, name, end);
	return p;
}

static inline size_t cert_index(const char *name)
{
	size_t i = 0;
	while (strcmp(cert_plans[i].name, name) != 0)
		must(++i < ARRAY_LEN(cert_plans));
	return i;
}

static inline void cert_extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX of;
	X509V3_set_ctx(&of, x, x, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &of, nid, value);
	must(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static inline void cert_write(size_t i)
{
	const char *name = cert_plans[i].name;
	FILE *f = fopen(cert_path(name, "pem"), "w");
	must(f != NULL && PEM_write_X509(f, certs_x[i]) == 1);
	must(fclose(f) == 0);
	f = fopen(cert_path(name, "key"), "w");
	must(f != NULL && PEM_write_PrivateKey(f, certs_key[i], NULL, NULL, 0,
					       NULL, NULL) == 1);
	must(fclose(f) == 0);
	f = fopen(cert_path(name, "locked"), "w");
	must(f != NULL &&
	     PEM_write_PrivateKey(f, certs_key[i], EVP_aes_128_cbc(), NULL, 0,
				  NULL, (void *)(uintptr_t) "phrase") == 1);
	must(fclose(f) == 0);
}

static inline void cert_make(size_t i)
{
	const struct cert_plan *p = &cert_plans[i];
	size_t by = p->issuer == NULL ? i : cert_index(p->issuer);
	X509 *x = certs_x[i] = X509_new();

	certs_key[i] = EVP_EC_gen("P-256");
	must(x != NULL && certs_key[i] != NULL);
	must(X509_set_version(x, 2) == 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), (long)i + 1);
	X509_gmtime_adj(X509_getm_notBefore(x), p->from_s);
	X509_gmtime_adj(X509_getm_notAfter(x), p->to_s);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)p->name, -1, -1, 0);
	must(X509_set_issuer_name(x, X509_get_subject_name(certs_x[by])) == 1);
	must(X509_set_pubkey(x, certs_key[i]) == 1);
	if (p->names == NULL)
		cert_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	else
		cert_extension(x, NID_subject_alt_name, p->names);
	must(X509_sign(x, certs_key[by], EVP_sha256()) > 0);
	cert_write(i);
}

/* cmocka's group setup and teardown. */
static inline int certs_open(void **state UNUSED)
{
	(void)snprintf(certs_dir, sizeof(certs_dir),
		       "/tmp/carillon-certs-XXXXXX");
	must(mkdtemp(certs_dir) != NULL);
	for (size_t i = 0; i < ARRAY_LEN(cert_plans); i++)
		cert_make(i);
	return 0;
}

static inline int certs_close(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_LEN(cert_plans); i++) {
		const char *name = cert_plans[i].name;
		must(unlink(cert_path(name, "pem")) == 0);
		must(unlink(cert_path(name, "key")) == 0);
		must(unlink(cert_path(name, "locked")) == 0);
		X509_free(certs_x[i]);
		EVP_PKEY_free(certs_key[i]);
	}
	must(rmdir(certs_dir) == 0);
	return 0;
}
