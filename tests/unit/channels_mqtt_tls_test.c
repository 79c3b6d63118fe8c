/* The MQTT channel by TLS: whom it trusts. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "channels/mqtt/channel.h"
#include "tests/lib/broker.h"
#include "tests/lib/seat.h"

/* A certificate for "localhost" that vouches for itself. */
static void make_certificate(const char *cert, const char *key)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	X509V3_CTX v3;

	assert_non_null(k);
	(void)X509_set_version(x, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	(void)X509_gmtime_adj(X509_getm_notBefore(x), -60);
	(void)X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	(void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					 (const uint8_t *)"test", -1, -1, 0);
	(void)X509_set_issuer_name(x, name);
	(void)X509_set_pubkey(x, k);
	X509V3_set_ctx(&v3, x, x, NULL, NULL, 0);
	X509_EXTENSION *san =
		X509V3_EXT_conf_nid(NULL, &v3, NID_subject_alt_name,
				    "DNS:localhost");
	(void)X509_add_ext(x, san, -1);
	X509_EXTENSION_free(san);
	assert_true(X509_sign(x, k, EVP_sha256()) > 0);
	FILE *f = fopen(cert, "w");
	assert_int_equal(PEM_write_X509(f, x), 1);
	(void)fclose(f);
	f = fopen(key, "w");
	assert_int_equal(PEM_write_PrivateKey(f, k, NULL, NULL, 0, NULL, NULL),
			 1);
	(void)fclose(f);
	X509_free(x);
	EVP_PKEY_free(k);
}

static struct seat seat;
static struct loop *loop;

static void tls(void **state UNUSED)
{
	static const struct {
		const char *host;
		bool trusted, up;
	} rows[] = {
		{ "localhost", true, true },
		{ "127.0.0.1", true, false },  /* another name */
		{ "localhost", false, false }, /* not vouched for */
	};
	char dir[] = "/tmp/tlsXXXXXX", cert[64], key[64], more[256], conf[512];

	assert_non_null(mkdtemp(dir));
	(void)snprintf(cert, sizeof(cert), "%s/cert", dir);
	(void)snprintf(key, sizeof(key), "%s/key", dir);
	make_certificate(cert, key);
	(void)snprintf(more, sizeof(more),
		       "allow_anonymous true\ncertfile %s\nkeyfile %s", cert,
		       key);
	struct broker *broker = broker_start(more);
	assert_int_equal(loop_open(&loop, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)snprintf(conf, sizeof(conf),
			       "mqtt t { url = \"mqtts://%s:%d\" client_id = c "
			       "reconnect_min = 20ms reconnect_max = 50ms "
			       "ca_file = \"%s\" }",
			       rows[i].host, broker_port(broker),
			       rows[i].trusted ? cert : "");
		seat_open(&seat, loop, &mqtt_channel_ops, conf);
		if (rows[i].up) {
			assert_true(seat_wait_up(&seat));
			assert_int_equal(seat_notify(&seat, 1, "a.b", "{}"), 0);
			assert_true(seat_wait_ends(&seat, 1));
		} else {
			/* localhost may be ::1 as well, where nobody is. */
			assert_true(SEAT_UNTIL(&seat, 4000,
					       seat.states >= 3 &&
						       strcmp(seat.why,
							      "tls") == 0));
			assert_int_equal(seat.state, CHANNEL_DOWN);
		}
		seat_close(&seat, 50);
	}
	/* where nobody is, that is seen at once, not after a handshake */
	(void)snprintf(conf, sizeof(conf),
		       "mqtt t { url = \"mqtts://127.0.0.1:1\" client_id = c "
		       "ca_file = \"%s\" }",
		       cert);
	seat_open(&seat, loop, &mqtt_channel_ops, conf);
	assert_true(SEAT_UNTIL(&seat, 2000,
			       strcmp(seat.why, "no_connection") == 0));
	seat_close(&seat, 50);
	(void)unlink(cert);
	(void)unlink(key);
	(void)rmdir(dir);
	broker_stop(&broker);
	loop_close(&loop);
	stats_reset_all();
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tls) };

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
