/* TLS 1.2 and above on a stream: whom to trust, and who we are. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* What is asked of the peer's certificate. */
enum tls_verify {
	TLS_VERIFY_ON,       /* one that is good must be shown */
	TLS_VERIFY_OPTIONAL, /* listeners: none is fine, a bad one is not */
	TLS_VERIFY_OFF,      /* whoever it is: for tests alone */
};

/*
 * Given by stream_cfg; borrowed for the call of stream_dial, listener_open or
 * tls_check, which read the files. So a renewed certificate is used from the
 * next dial on. "" is as good as NULL.
 */
struct tls_cfg {
	/* PEM: who may sign the peer's certificate. None: dialling, whom the
	 * system trusts; listening, no certificate is asked for. */
	const char *ca_file;
	/* PEM: our certificate with its chain, and its key without a pass
	 * phrase. A listener must have them. */
	const char *cert_file;
	const char *key_file;
	/* Dialling: the name (told by SNI) or address that the certificate
	 * must be for. Needed unless verify is off. */
	const char *server_name;
	enum tls_verify verify;
};

/* Reads the files and tells what is wrong with them, without a connection.
 * -EINVAL with a sentence. */
MUST_USE int tls_check(const struct tls_cfg *cfg, bool listening,
		       struct err *err);
