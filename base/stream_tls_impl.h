/* TLS as bytes in and bytes out, for base alone. stream_tls.c: what the files
 * say; stream_tls_session.c: one connection. No I/O on either. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <openssl/types.h>

#include "base/buf.h"
#include "base/stream_tls.h"

/* Files that were read: certificates, key, rules. */
struct tls {
	SSL_CTX *x;
	char *name; /* of whom we dial; "" */
	bool listening;
	bool sni; /* name is no address */
};

MUST_USE int tls_open(struct tls **out, const struct tls_cfg *cfg,
		      bool listening, struct err *err);
void tls_close(struct tls **tp);
/* Into out: the first thing that OpenSSL complains of. Clears the rest. */
const char *tls_complaint(char *out, size_t size);

/* One connection. It may outlive the struct tls. */
struct tls_session;
struct tls_session *tls_session_new(const struct tls *t);
void tls_session_free(struct tls_session **sp);

/* The first bytes of who dials, to `wire`. */
void tls_session_start(struct tls_session *s, struct buf *wire);
/*
 * Takes bytes off the wire. *plain: what they say, until the next call, set on
 * failure too. What is to be sent goes to `wire`, on failure too. -EPROTO: it
 * is over, see tls_session_why.
 */
MUST_USE int tls_session_read(struct tls_session *s, struct str bytes,
			      struct str *plain, struct buf *wire);
/* What is said; before the handshake is done it waits inside. */
MUST_USE int tls_session_write(struct tls_session *s, const void *p, size_t len,
			       struct buf *wire);
/* Bytes that wait inside. */
size_t tls_session_early(const struct tls_session *s);
/* Says that nothing more comes from us. */
void tls_session_bye(struct tls_session *s, struct buf *wire);

/* The handshake is done. */
bool tls_session_ready(const struct tls_session *s);
/* The peer has said that nothing more comes. */
bool tls_session_ended(const struct tls_session *s);
bool tls_session_dialled(const struct tls_session *s);
/* "TLSv1.3" */
const char *tls_session_version(const struct tls_session *s);
/* One sentence; "" while nothing is wrong. */
const char *tls_session_why(const struct tls_session *s);
