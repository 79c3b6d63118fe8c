/* How a link of SMPP finds its SMSC: alternates, TLS, outbind. */
#include "base/stream_tls.h"
#include "channels/smpp/dialer.h"
#include "tests/unit/base_stream_tls_certs.h"
#include "tests/unit/channels_smpp_bench.h"

/* ---- hosts ---------------------------------------------------------------- */

static void hosts_are_read(void **state UNUSED)
{
	static const struct {
		const char *in;
		int rc;
		const char *name;
		int port;
	} rows[] = {
		{ "smsc.example.com", 0, "smsc.example.com", 2775 },
		{ " smsc.example.com ", 0, "smsc.example.com", 2775 },
		{ "smsc.example.com:2776", 0, "smsc.example.com", 2776 },
		{ "127.0.0.1:1", 0, "127.0.0.1", 1 },
		{ "::1", 0, "::1", 2775 },
		{ "2001:db8::1", 0, "2001:db8::1", 2775 },
		{ "[::1]", 0, "::1", 2775 },
		{ "[2001:db8::1]:65535", 0, "2001:db8::1", 65535 },
		{ "", -EBADMSG, NULL, 0 },
		{ "a:", -EBADMSG, NULL, 0 },
		{ ":1", -EBADMSG, NULL, 0 },
		{ "a:0", -EBADMSG, NULL, 0 },
		{ "a:65536", -EBADMSG, NULL, 0 },
		{ "a:b", -EBADMSG, NULL, 0 },
		{ "[::1", -EBADMSG, NULL, 0 },
		{ "[::1]2775", -EBADMSG, NULL, 0 },
		{ "[::1]:", -EBADMSG, NULL, 0 },
		{ "[]", -EBADMSG, NULL, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct smpp_host h = { "untouched", 7 };
		assert_int_equal(smpp_host_parse(str_of(rows[i].in), 2775, &h),
				 rows[i].rc);
		assert_string_equal(h.name, rows[i].rc == 0 ? rows[i].name
							    : "untouched");
		assert_int_equal(h.port, rows[i].rc == 0 ? rows[i].port : 7);
	}
}

static struct peer other; /* the alternate */

static void begin_two(const char *timing)
{
	char conf[512];

	assert_int_equal(loop_open(&loop, NULL), 0);
	peer_open(&peer, loop);
	peer_open(&other, loop);
	(void)snprintf(conf, sizeof(conf),
		       "smpp a { host = \"127.0.0.1\" port = %d "
		       "alternates = {\"127.0.0.1:%d\"} "
		       "system_id = \"demo\" password = \"x\" %s }",
		       listener_port(peer.listener),
		       listener_port(other.listener), timing);
	seat_open(&seat, loop, &smpp_channel_ops, conf);
}

static void end_two(void)
{
	seat_close(&seat, 200);
	peer_close(&other);
	end();
}

/* Nobody listens at the first host: the second one, without a pause. */
static void alternate_when_nobody_answers(void **state UNUSED)
{
	begin_two("reconnect_min = 1h reconnect_max = 1h");
	listener_close(&peer.listener);
	assert_true(seat_wait_up(&seat));
	assert_int_equal(other.conns, 1);
	assert_int_equal(say(1, "x"), 0);
	assert_true(seat_wait_ends(&seat, 1));
	assert_int_equal(peer_count(&other, SMPP_SUBMIT_SM), 1);
	end_two();
}

/* The first one refuses the bind: the next try is the other's; and after a
 * connection that never became good, the first one's again. */
static void alternate_when_refused(void **state UNUSED)
{
	begin_two(FAST);
	peer.bind_status = SMPP_RBINDFAIL;
	assert_true(seat_wait_up(&seat));
	assert_true(peer.conns >= 1);
	assert_int_equal(other.conns, 1);
	peer.bind_status = 0;
	peer_drop(&other, 0);
	UNTIL(seat.state != CHANNEL_UP);
	assert_true(seat_wait_up(&seat));
	assert_int_equal(peer_count(&peer, SMPP_BIND_TRANSCEIVER), peer.conns);
	assert_true(peer.conn[peer.conns - 1].bound);
	end_two();
}

/* ---- TLS ------------------------------------------------------------------ */

static const struct tls_cfg *server_tls(const char *ca)
{
	static struct tls_cfg c;

	c = (struct tls_cfg){ .cert_file = cert_path("good", "pem"),
			      .key_file = cert_path("good", "key"),
			      .ca_file = ca == NULL ? NULL
						    : cert_path(ca, "pem") };
	return &c;
}

static const char *tls_more(const char *ca, const char *more)
{
	static char out[512];

	(void)snprintf(out, sizeof(out), "tls = on ca_file = \"%s\" %s",
		       cert_path(ca, "pem"), more);
	return out;
}

static void tls_both_ways(void **state UNUSED)
{
	char own[512];

	peer_tls = server_tls("ca");
	(void)snprintf(own, sizeof(own), "cert_file = \"%s\" key_file = \"%s\"",
		       cert_path("client", "pem"), cert_path("client", "key"));
	begin(tls_more("ca", own));
	assert_string_equal(stream_secured(peer.conn[0].stream), "TLSv1.3");
	assert_int_equal(say(1, "x"), 0);
	(void)peer_says(&peer, 0, 0, 0, STR("hi"));
	UNTIL(seat.nends == 1 && seat.nnews == 1);
	assert_int_equal(seat.ends[0].class, OUTCOME_ACCEPTED);
	peer_tls = NULL;
	end();
}

static void tls_refused(void **state UNUSED)
{
	static const struct {
		const char *ca;
		const char *more;
		bool good;
	} rows[] = {
		{ "other-ca", "", false },
		{ "ca", "tls_name = \"smsc.example.com\"", false },
		{ "ca", "tls_name = \"localhost\"", true },
		{ "other-ca", "verify = false", true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		peer_tls = server_tls(NULL);
		begin_as(tls_more(rows[i].ca, rows[i].more));
		if (rows[i].good) {
			assert_true(seat_wait_up(&seat));
		} else {
			UNTIL(strcmp(seat.why, "tls_failed") == 0);
			UNTIL(peer.conns >= 2); /* it tries again */
			/* not a byte of the bind has left */
			assert_int_equal(peer.nheard, 0);
		}
		peer_tls = NULL;
		end();
	}
}

/* ---- outbind -------------------------------------------------------------- */

/* A port that was free a moment ago. */
static int free_port(void)
{
	const struct stream_cfg sc = { 1, 1, 1, 0 };
	struct listener *ls;
	struct err err;

	assert_int_equal(listener_open(&ls, loop, "127.0.0.1:0", &sc,
				       peer_accept, NULL, &err),
			 0);
	int port = listener_port(ls);
	listener_close(&ls);
	return port;
}

static int outbind_port;

static void begin_outbind(const char *more)
{
	char conf[512];

	assert_int_equal(loop_open(&loop, NULL), 0);
	peer_open(&peer, loop);
	outbind_port = free_port();
	(void)snprintf(conf, sizeof(conf),
		       "smpp a { host = \"127.0.0.1\" port = %d "
		       "system_id = \"demo\" password = \"x\" "
		       "outbind_listen = \"127.0.0.1:%d\" "
		       "outbind_password = \"open\" " FAST "%s }",
		       listener_port(peer.listener), outbind_port, more);
	seat_open(&seat, loop, &smpp_channel_ops, conf);
}

static void say_outbind(unsigned conn, const char *id, const char *password)
{
	struct buf b;

	buf_init(&b, 256);
	assert_int_equal(smpp_write_bind(&b, SMPP_OUTBIND, 1,
					 &(struct smpp_bind){
						 .system_id = str_of(id),
						 .password =
							 str_of(password) }),
			 0);
	peer_write(&peer, conn, buf_str(&b));
	buf_done(&b);
}

static void outbind_becomes_a_bind(void **state UNUSED)
{
	begin_outbind("bind = receiver outbind_system_id = \"smsc\"");
	rest(30);
	assert_int_equal(peer.conns, 0); /* it does not dial */
	unsigned c = peer_dial(&peer, outbind_port);
	say_outbind(c, "smsc", "open");
	assert_true(seat_wait_up(&seat));
	assert_int_equal(peer_count(&peer, SMPP_BIND_RECEIVER), 1);
	(void)peer_says(&peer, c, 0, 0, STR("hi"));
	UNTIL(seat.nnews == 1);
	UNTIL(peer_answered(&peer, peer.seq) == 0);

	/* it breaks: the link waits for the SMSC again */
	peer_drop(&peer, c);
	UNTIL(seat.state == CHANNEL_DOWN);
	c = peer_dial(&peer, outbind_port);
	say_outbind(c, "smsc", "open");
	assert_true(seat_wait_up(&seat));
	end();
}

static void outbind_refused(void **state UNUSED)
{
	static const struct {
		const char *id, *password;
		bool good;
	} rows[] = {
		{ "smsc", "shut", false },     { "smsc", "", false },
		{ "smscx", "open", false },    { "", "open", false },
		{ "smsc", "openopen", false }, { "smsc", "open", true },
		{ "smsc", "open", false }, /* nobody waits any more */
	};
	begin_outbind("bind = receiver outbind_system_id = \"smsc\"");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		unsigned c = peer_dial(&peer, outbind_port);
		say_outbind(c, rows[i].id, rows[i].password);
		UNTIL(rows[i].good ? peer.conn[c].bound : peer.conn[c].gone);
	}
	assert_int_equal(peer_count(&peer, SMPP_BIND_RECEIVER), 1);
	assert_int_equal(stat_value(stats_get(STAT_COUNTER,
					      "smpp_outbinds_refused_total",
					      "Connections to outbind_listen "
					      "that were refused.",
					      "link=\"a\"")),
			 6);
	end();
}

/* Who says nothing, or something else first, is not kept. */
static void outbind_or_nothing(void **state UNUSED)
{
	begin_outbind("bind = receiver");
	unsigned mute = peer_dial(&peer, outbind_port);
	unsigned eager = peer_dial(&peer, outbind_port);
	(void)peer_says(&peer, eager, 0, 0, STR("a receipt, really"));
	UNTIL(peer.conn[eager].gone && peer.conn[mute].gone);
	assert_int_equal(peer_answered(&peer, peer.seq), SMPP_RINVBNDSTS);
	assert_int_equal(seat.nnews, 0);
	/* and callers are few */
	unsigned first = peer.conns;
	for (unsigned i = 0; i < PEER_CONNS - 2; i++)
		(void)peer_dial(&peer, outbind_port);
	UNTIL(peer.conn[PEER_CONNS - 1].gone && peer.conn[first].gone);
	end();
}

/* A pair dials its transmitter only. */
static void outbind_of_a_pair(void **state UNUSED)
{
	begin_outbind("bind = pair");
	assert_true(seat_wait_up(&seat));
	unsigned c = peer_dial(&peer, outbind_port);
	say_outbind(c, "whoever", "open");
	UNTIL(peer_count(&peer, SMPP_BIND_RECEIVER) == 1);
	assert_int_equal(peer_count(&peer, SMPP_BIND_TRANSMITTER), 1);
	assert_int_equal(peer.conns, 2);
	seat.ops->rebind(seat.c);
	UNTIL(peer_count(&peer, SMPP_BIND_TRANSMITTER) == 2);
	end();
}

static void outbind_port_taken(void **state UNUSED)
{
	char conf[512];
	struct settings s;
	struct faults f = { 0 };
	struct channel *c;
	struct err err;

	assert_int_equal(loop_open(&loop, NULL), 0);
	peer_open(&peer, loop);
	(void)snprintf(conf, sizeof(conf),
		       "smpp a { host = \"h\" system_id = \"demo\" "
		       "outbind_listen = \"127.0.0.1:%d\" "
		       "outbind_password = \"open\" bind = receiver }",
		       listener_port(peer.listener));
	assert_int_equal(settings_parse(conf, "t", &smpp_settings, 1, &s, &f),
			 0);
	const struct channel_events none = { 0 };
	const struct channel_env env = { .loop = loop,
					 .clock = &clock_real,
					 .name = "a",
					 .cfg = s.v[0].value,
					 .events = &none };
	assert_true(smpp_channel_ops.open(&c, &env, &err) < 0);
	assert_non_null(strstr(err.text, "smpp a: outbind_listen"));
	settings_done(&s);
	faults_done(&f);
	peer_close(&peer);
	loop_turn(loop, false);
	loop_close(&loop);
	stats_reset_all();
	assert_int_equal(mem_live_blocks(), 0);
}

static int setup(void **state)
{
	return bench_setup(state) | certs_open(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_are_read),
		cmocka_unit_test(alternate_when_nobody_answers),
		cmocka_unit_test(alternate_when_refused),
		cmocka_unit_test(tls_both_ways),
		cmocka_unit_test(tls_refused),
		cmocka_unit_test(outbind_becomes_a_bind),
		cmocka_unit_test(outbind_refused),
		cmocka_unit_test(outbind_or_nothing),
		cmocka_unit_test(outbind_of_a_pair),
		cmocka_unit_test(outbind_port_taken),
	};
	return cmocka_run_group_tests(tests, setup, certs_close);
}
