/* A libmosquitto client: version 5, a kept session, a will, TLS. */
#include "channels/mqtt/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <mqtt_protocol.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/secret.h"

/* ---- the copy of the settings ---------------------------------------------- */

static const char *copied(const char *z)
{
	return str_dup(z != NULL ? z : "");
}

static void freed(const char **z)
{
	char *p = (char *)(uintptr_t)*z;

	if (p != NULL)
		secret_wipe(p, strlen(p));
	mem_free(p);
	*z = NULL;
}

void mqtt_session_cfg_copy(struct mqtt_session_cfg *to,
			   const struct mqtt_session_cfg *from)
{
	must(to != NULL && from != NULL);
	must(from->nfilters <= MQTT_FILTERS_MAX);
	*to = *from;
	to->name = copied(from->name);
	to->host = copied(from->host);
	to->ca_file = copied(from->ca_file);
	to->cert_file = copied(from->cert_file);
	to->key_file = copied(from->key_file);
	to->client_id = copied(from->client_id);
	to->username = copied(from->username);
	to->password = copied(from->password);
	to->status_topic = copied(from->status_topic);
	for (unsigned i = 0; i < from->nfilters; i++)
		to->filters[i] = copied(from->filters[i]);
}

void mqtt_session_cfg_done(struct mqtt_session_cfg *cfg)
{
	must(cfg != NULL);
	freed(&cfg->name);
	freed(&cfg->host);
	freed(&cfg->ca_file);
	freed(&cfg->cert_file);
	freed(&cfg->key_file);
	freed(&cfg->client_id);
	freed(&cfg->username);
	freed(&cfg->password);
	freed(&cfg->status_topic);
	for (unsigned i = 0; i < cfg->nfilters; i++)
		freed(&cfg->filters[i]);
	cfg->nfilters = 0;
}

/* ---- TLS ------------------------------------------------------------------- */

/* libmosquitto dials an address and would take that for the server's name:
 * the true one is put in just before the first bytes are made. */
static void tls_started(const SSL *ssl, int where, int ret UNUSED)
{
	const char *host = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	SSL *s = (SSL *)(uintptr_t)ssl;
	struct in_addr a;

	if ((where & SSL_CB_HANDSHAKE_START) != 0 && host != NULL &&
	    inet_pton(AF_INET, host, &a) != 1 && strchr(host, ':') == NULL)
		(void)SSL_ctrl(s, SSL_CTRL_SET_TLSEXT_HOSTNAME,
			       TLSEXT_NAMETYPE_host_name,
			       (void *)(uintptr_t)host);
}

static int tls_trust(SSL_CTX *x, const struct mqtt_session_cfg *cfg)
{
	X509_VERIFY_PARAM *p = SSL_CTX_get0_param(x);

	SSL_CTX_set_verify(x, SSL_VERIFY_PEER, NULL);
	if (X509_VERIFY_PARAM_set1_ip_asc(p, cfg->host) != 1 &&
	    X509_VERIFY_PARAM_set1_host(p, cfg->host, 0) != 1)
		return -EINVAL;
	if (cfg->ca_file[0] != '\0')
		return SSL_CTX_load_verify_file(x, cfg->ca_file) == 1 ? 0
								      : -EINVAL;
	return SSL_CTX_set_default_verify_paths(x) == 1 ? 0 : -EINVAL;
}

static int tls_own(SSL_CTX *x, const struct mqtt_session_cfg *cfg)
{
	if (cfg->cert_file[0] == '\0')
		return 0;
	if (SSL_CTX_use_certificate_chain_file(x, cfg->cert_file) != 1 ||
	    SSL_CTX_use_PrivateKey_file(x, cfg->key_file, SSL_FILETYPE_PEM) !=
		    1 ||
	    SSL_CTX_check_private_key(x) != 1)
		return -EINVAL;
	return 0;
}

/* Ours and not libmosquitto's: that one would check the certificate against
 * the address. host lives as long as the session. */
static int client_tls(struct mosquitto *m, const struct mqtt_session_cfg *cfg,
		      struct err *err)
{
	SSL_CTX *x = SSL_CTX_new(TLS_client_method());
	int rc = 0;

	must(x != NULL);
	(void)SSL_CTX_set_min_proto_version(x, TLS1_2_VERSION);
	SSL_CTX_set_app_data(x, (void *)(uintptr_t)cfg->host);
	SSL_CTX_set_info_callback(x, tls_started);
	if (tls_trust(x, cfg) != 0)
		rc = err_set(err, -EINVAL, "ca_file '%s' cannot be used",
			     cfg->ca_file);
	else if (tls_own(x, cfg) != 0)
		rc = err_set(err, -EINVAL,
			     "cert_file '%s' and key_file '%s' cannot be used",
			     cfg->cert_file, cfg->key_file);
	ERR_clear_error();
	if (rc == 0 &&
	    (mosquitto_void_option(m, MOSQ_OPT_SSL_CTX, x) != 0 ||
	     mosquitto_int_option(m, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0) != 0))
		rc = err_set(err, -EINVAL, "libmosquitto has no TLS");
	SSL_CTX_free(x); /* libmosquitto holds its own count */
	return rc;
}

bool mqtt_client_secured(struct mosquitto *m)
{
	const SSL *ssl = mosquitto_ssl_get(m);

	return ssl == NULL || SSL_is_init_finished(ssl);
}

bool mqtt_client_wants_write(struct mosquitto *m)
{
	const SSL *ssl = mosquitto_ssl_get(m);

	return ssl != NULL && SSL_want_write(ssl);
}

bool mqtt_client_pending(struct mosquitto *m)
{
	const SSL *ssl = mosquitto_ssl_get(m);

	return ssl != NULL && SSL_pending(ssl) > 0;
}

/* ---- the client ------------------------------------------------------------ */

/*
 * Properties of CONNECT. Only the blocking connect takes them; with a port
 * that cannot be it stores them and goes no further, and the connect_async
 * that follows sends them. tests/unit/channels_mqtt_test.c would notice.
 */
static int client_properties(struct mosquitto *m,
			     const struct mqtt_session_cfg *cfg)
{
	mosquitto_property *v = NULL;
	int rc;

	rc = mosquitto_property_add_int32(&v, MQTT_PROP_SESSION_EXPIRY_INTERVAL,
					  cfg->expiry_s);
	if (rc == 0)
		rc = mosquitto_property_add_int32(&v,
						  MQTT_PROP_MAXIMUM_PACKET_SIZE,
						  cfg->packet_max);
	if (rc == 0)
		(void)mosquitto_connect_bind_v5(m, "", -1, 0, NULL, v);
	mosquitto_property_free_all(&v);
	return rc;
}

static int client_setup(struct mosquitto *m, const struct mqtt_session_cfg *cfg,
			struct err *err)
{
	int rc = mosquitto_int_option(m, MOSQ_OPT_PROTOCOL_VERSION,
				      MQTT_PROTOCOL_V5);

	/* Packets are only queued; session.c alone says when they leave. */
	rc |= mosquitto_threaded_set(m, true);
	rc |= mosquitto_int_option(m, MOSQ_OPT_TCP_NODELAY, 1);
	rc |= mosquitto_int_option(m, MOSQ_OPT_SEND_MAXIMUM,
				   (int)cfg->send_max);
	rc |= mosquitto_int_option(m, MOSQ_OPT_RECEIVE_MAXIMUM,
				   (int)cfg->receive_max);
	rc |= client_properties(m, cfg);
	if (cfg->username[0] != '\0')
		rc |= mosquitto_username_pw_set(m, cfg->username,
						cfg->password);
	rc |= mosquitto_will_set(m, cfg->status_topic, 7, "offline", 1, true);
	if (rc != 0)
		return err_set(err, -EINVAL,
			       "libmosquitto refuses the settings");
	return cfg->tls ? client_tls(m, cfg, err) : 0;
}

struct mosquitto *mqtt_client_new(const struct mqtt_session_cfg *cfg,
				  void *owner, struct err *err)
{
	static bool ready;

	must(cfg != NULL);
	if (!ready)
		must(mosquitto_lib_init() == MOSQ_ERR_SUCCESS);
	ready = true;
	/* false: the broker keeps subscriptions and what comes meanwhile. */
	struct mosquitto *m = mosquitto_new(cfg->client_id, false, owner);
	if (m == NULL) {
		(void)err_set(err, -EINVAL, "client_id cannot be used");
		return NULL;
	}
	if (client_setup(m, cfg, err) != 0) {
		mosquitto_destroy(m);
		return NULL;
	}
	return m;
}

int mqtt_client_subscribe(struct mosquitto *m,
			  const struct mqtt_session_cfg *cfg)
{
	char *filters[MQTT_FILTERS_MAX];

	for (unsigned i = 0; i < cfg->nfilters; i++)
		filters[i] = (char *)(uintptr_t)cfg->filters[i];
	int rc = mosquitto_subscribe_multiple(m, NULL, (int)cfg->nfilters,
					      filters, 1,
					      MQTT_SUB_OPT_SEND_RETAIN_NEVER,
					      NULL);
	return rc == MOSQ_ERR_SUCCESS ? 0 : -EPROTO;
}
