/* The SMPP server: who may bind, in which state what is answered, limits,
 * and the end. */
#include "tests/unit/channels_smpp_server_bench.h"

#include <unistd.h>

#include "channels/smpp/server_range.h"

/* ---- ranges --------------------------------------------------------------- */

static void ranges(void **state UNUSED)
{
	static const struct {
		const char *range, *peer;
		bool has;
	} rows[] = {
		{ "127.0.0.1", "127.0.0.1:2775", true },
		{ "127.0.0.1/32", "127.0.0.2:1", false },
		{ "10.0.0.0/8", "10.255.1.2:40000", true },
		{ "10.0.0.0/8", "11.0.0.1:40000", false },
		{ "192.0.2.128/25", "192.0.2.127:5", false },
		{ "192.0.2.128/25", "192.0.2.129:5", true },
		{ "0.0.0.0/0", "203.0.113.9:1", true },
		{ "0.0.0.0/0", "[2001:db8::1]:1", false },
		{ "2001:db8::/32", "[2001:db8:1::7]:2775", true },
		{ "2001:db8::/32", "[2001:db9::7]:2775", false },
		{ "::/0", "[2001:db8::1]:1", true },
		/* a listener of both kinds shows IPv4 so */
		{ "192.0.2.0/24", "[::ffff:192.0.2.9]:80", true },
	};
	static const char *const bad[] = {
		"", "x", "10.0.0.0/33", "10.0.0.0/", "::/129", "1.2.3", "*",
	};
	struct smpp_range r;
	uint8_t address[16];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(smpp_range_parse(str_of(rows[i].range), &r),
				 0);
		assert_int_equal(smpp_range_peer(str_of(rows[i].peer), address),
				 0);
		assert_int_equal(smpp_range_has(&r, address), rows[i].has);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(smpp_range_parse(str_of(bad[i]), &r),
				 -EBADMSG);
	assert_int_equal(smpp_range_peer(STR("nonsense"), address), -EBADMSG);
}

/* ---- the accounts file ---------------------------------------------------- */

static const char *const good_account =
	"esme a { password = x allow = {\"::1\"} class = service }\n";

static void accounts_file(void **state UNUSED)
{
	static const struct {
		const char *text, *fault;
	} rows[] = {
		{ "esme a { class = service }", ":1: esme a: give it either" },
		{ "\nesme a { class = service password = x "
		  "password_hash = \"$argon2id$x\" }",
		  ":2: esme a: give it either" },
		{ "esme a { class = service password_hash = abc }",
		  "does not begin with $argon2" },
		{ "esme a { class = service password = "
		  "\"seventeen-letters\" }",
		  "more than 16" },
		{ "esme sixteen-letters- { class = service password = x }",
		  "at most 15" },
		{ "esme a { class = service password = x allow = {\"1.2\"} }",
		  "'1.2' is not an address" },
		{ "esme a { class = service password = x country = \"+44\" }",
		  "no calling code" },
		{ "esme a { class = service password = x numbers = {\"99\"} }\n"
		  "esme b { class = service password = x numbers = {\"+99\"} }",
		  ":2: esme b: number +99 is that of esme a on line 1" },
		{ "esme a { password = x }", "class" },
		{ "esme a { class = service password = x windw = 3 }",
		  "window" },
	};
	char path[] = "/tmp/esme-test-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	for (size_t i = 0; i <= ARRAY_LEN(rows); i++) {
		bool good = i == ARRAY_LEN(rows);
		const char *text = good ? good_account : rows[i].text;
		struct settings s = { 0 };
		struct faults f = { 0 };
		FILE *out = fopen(path, "w");

		fputs(text, out);
		fclose(out);
		assert_int_equal(smpp_accounts_read(path, &s, &f),
				 good ? 0 : -EINVAL);
		assert_int_equal(f.len == 0, good);
		if (!good && strstr(f.v[0], rows[i].fault) == NULL)
			fail_msg("%s: %s", rows[i].text, f.v[0]);
		settings_done(&s);
		faults_done(&f);
	}
	close(fd);
	unlink(path);
	struct settings s = { 0 };
	struct faults f = { 0 };
	assert_int_equal(smpp_accounts_read(path, &s, &f), -EINVAL);
	assert_int_equal(f.len, 1);
	settings_done(&s);
	faults_done(&f);
	assert_int_equal(mem_live_blocks(), 0);
}

/* ---- binding -------------------------------------------------------------- */

static void binds(void **state UNUSED)
{
	static const struct {
		const char *account; /* rows of it */
		uint32_t command;
		const char *system_id, *password;
		uint32_t status;
	} rows[] = {
		{ "allow = {\"127.0.0.0/8\"}", TRX, "demo", "secret", 0 },
		{ "allow = {\"127.0.0.1\"}", TX, "demo", "secret", 0 },
		{ "allow = {\"10.0.0.1\", \"127.0.0.1\"}", RX, "demo", "secret",
		  0 },
		{ "allow = {\"127.0.0.1\"}", TRX, "demo", "Secret",
		  SMPP_RINVPASWD },
		{ "allow = {\"127.0.0.1\"}", TRX, "demo", "", SMPP_RINVPASWD },
		{ "allow = {\"127.0.0.1\"}", TRX, "Demo", "secret",
		  SMPP_RINVSYSID },
		{ "allow = {\"127.0.0.1\"}", TRX, "", "secret",
		  SMPP_RINVSYSID },
		/* nothing said is nobody let in */
		{ "", TRX, "demo", "secret", SMPP_RBINDFAIL },
		{ "allow = {\"10.0.0.0/8\"}", TRX, "demo", "secret",
		  SMPP_RBINDFAIL },
		{ "allow = {\"127.0.0.1\"} bind = transmitter", TRX, "demo",
		  "secret", SMPP_RBINDFAIL },
		{ "allow = {\"127.0.0.1\"} bind = transmitter", TX, "demo",
		  "secret", 0 },
		{ "allow = {\"127.0.0.1\"} bind = receiver", TX, "demo",
		  "secret", SMPP_RBINDFAIL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char file[256];

		(void)snprintf(file, sizeof(file),
			       "esme demo { password = secret class = service "
			       "%s }",
			       rows[i].account);
		begin_with("", file);
		struct client *c = dial(0);
		assert_int_equal(bind_as(c, rows[i].command, rows[i].system_id,
					 rows[i].password),
				 rows[i].status);
		const struct smpp_pdu *p =
			heard(c, rows[i].command | SMPP_RESP, 0);
		if (rows[i].status == 0) {
			uint32_t version;

			assert_true(str_eqz(p->system_id, "carillon"));
			assert_true(smpp_tlv_number(
				p, SMPP_TLV_SC_INTERFACE_VERSION, &version));
			assert_int_equal(version, 0x34);
			rest(5);
			assert_false(c->gone);
		} else {
			assert_false(p->body);
			UNTIL(c->gone);
		}
		end();
	}
}

static void hashed_password(void **state UNUSED)
{
	char hash[SECRET_HASH_MAX], file[512];

	assert_int_equal(secret_password_hash(STR("secret"), hash), 0);
	(void)snprintf(file, sizeof(file),
		       "esme demo { password_hash = \"%s\" class = service "
		       "allow = {\"127.0.0.1\"} }",
		       hash);
	begin_with("", file);
	/* some at once, the wrong ones among them */
	for (unsigned i = 0; i < 6; i++)
		ask_bind(dial(i), TRX, "demo", i % 3 == 1 ? "wrong" : "secret");
	/* what comes with the bind waits for it */
	(void)send_sm(&clients[0], &plain_sm);
	for (unsigned i = 0; i < 6; i++)
		UNTIL(count(&clients[i], TRX | SMPP_RESP) == 1);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(heard(&clients[i], TRX | SMPP_RESP, 0)->status,
				 i % 3 == 1 ? SMPP_RINVPASWD : 0);
	UNTIL(count(&clients[0], SMPP_SUBMIT_SM_RESP) == 1);
	/* known by now: no hash is made, in whatever order they come */
	hang_up(&clients[0]);
	uint64_t at = clock_mono_ms(&clock_real);
	assert_int_equal(bind_as(dial(7), TRX, "demo", "secret"), 0);
	/* a hash takes more than 100 ms */
	assert_in_range(clock_mono_ms(&clock_real) - at, 0, 90);
	assert_int_equal(bind_as(dial(8), TRX, "demo", "secret!"),
			 SMPP_RINVPASWD);
	/* the end comes while one is under way */
	ask_bind(dial(9), TRX, "demo", "another");
	turn();
	end();
}

static void too_many_failures(void **state UNUSED)
{
	begin("failed_binds = 3");
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(bind_as(dial(i), TRX, "demo", "x"),
				 SMPP_RINVPASWD);
	/* now even the right one is not looked at */
	assert_int_equal(bind_as(dial(3), TRX, "demo", "secret"),
			 SMPP_RBINDFAIL);
	end();
}

static void bind_limits(void **state UNUSED)
{
	begin_with("", "esme demo { password = secret class = service "
		       "allow = {\"127.0.0.1\"} binds = 2 }");
	struct client *a = bound(0, TRX);
	(void)bound(1, TX);
	for (unsigned i = 2; i < 16; i++) /* no failure: it is who it is */
		assert_int_equal(bind_as(dial(i), RX, "demo", "secret"),
				 SMPP_RALYBND);
	hang_up(a);
	(void)bound(16, RX);
	end();
}

static void connection_limits(void **state UNUSED)
{
	static const char *const rows[] = { "max_connections = 3",
					    "per_address = 3" };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin(rows[i]);
		for (unsigned k = 0; k < 3; k++)
			(void)bound(k, TRX);
		struct client *c = dial(3);
		UNTIL(c->gone);
		assert_int_equal(c->n, 0);
		hang_up(&clients[0]);
		(void)bound(4, TRX);
		end();
	}
}

static void bind_timeout(void **state UNUSED)
{
	begin("bind_timeout = 40ms");
	struct client *c = dial(0);
	client_head(c, SMPP_ENQUIRE_LINK, 0, 7);
	UNTIL(count(c, SMPP_ENQUIRE_LINK_RESP) == 1);
	UNTIL(c->gone);
	end();
}

/* ---- states --------------------------------------------------------------- */

static void out_of_state(void **state UNUSED)
{
	static const struct {
		uint32_t bind; /* 0: none */
		uint32_t command;
		uint32_t resp;
		uint32_t status;
	} rows[] = {
		{ 0, SMPP_SUBMIT_SM, SMPP_SUBMIT_SM_RESP, SMPP_RINVBNDSTS },
		{ 0, SMPP_UNBIND, SMPP_UNBIND_RESP, SMPP_RINVBNDSTS },
		{ 0, SMPP_ENQUIRE_LINK, SMPP_ENQUIRE_LINK_RESP, 0 },
		{ RX, SMPP_SUBMIT_SM, SMPP_SUBMIT_SM_RESP, SMPP_RINVBNDSTS },
		{ TX, SMPP_SUBMIT_SM, SMPP_SUBMIT_SM_RESP, 0 },
		{ TRX, SMPP_SUBMIT_SM, SMPP_SUBMIT_SM_RESP, 0 },
		{ TRX, TRX, TRX | SMPP_RESP, SMPP_RALYBND },
		{ TX, RX, RX | SMPP_RESP, SMPP_RALYBND },
		{ TRX, SMPP_DELIVER_SM, SMPP_DELIVER_SM_RESP, SMPP_RINVBNDSTS },
		{ TRX, 0x0000BAAD, SMPP_GENERIC_NACK, SMPP_RINVCMDID },
		{ TRX, SMPP_UNBIND, SMPP_UNBIND_RESP, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct client *c;

		begin("");
		c = rows[i].bind == 0 ? dial(0) : bound(0, rows[i].bind);
		unsigned had = count(c, rows[i].resp);
		if (rows[i].command == SMPP_SUBMIT_SM) {
			(void)send_sm(c, &plain_sm);
		} else if (rows[i].command == SMPP_DELIVER_SM) {
			struct buf b;

			buf_init(&b, BUF_NO_LIMIT);
			assert_int_equal(smpp_write_deliver_sm(&b, ++c->seq,
							       &plain_sm),
					 0);
			client_write(c, buf_str(&b));
			buf_done(&b);
		} else if (rows[i].command == TRX || rows[i].command == RX) {
			ask_bind(c, rows[i].command, "demo", "secret");
		} else {
			client_head(c, rows[i].command, 0, ++c->seq);
		}
		UNTIL(count(c, rows[i].resp) > had);
		const struct smpp_pdu *p = heard(c, rows[i].resp, had);
		assert_int_equal(p->status, rows[i].status);
		assert_int_equal(p->seq, c->seq);
		assert_int_equal(owner.n, rows[i].resp == SMPP_SUBMIT_SM_RESP &&
						  rows[i].status == 0);
		end();
	}
}

static void bad_bytes(void **state UNUSED)
{
	static const struct {
		const char *bytes;
		size_t len;
	} rows[] = {
		{ "\0\0\0\x0F\0\0\0\x15\0\0\0\0\0\0\0\x05", 16 },
		{ "\x7f\xff\xff\xff\0\0\0\x15\0\0\0\0\0\0\0\x06", 16 },
		{ "GET / HTTP/1.1\r\n\r\n", 18 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		begin("");
		struct client *good = bound(1, TRX);
		struct client *c = dial(0);
		client_write(c, str_bytes(rows[i].bytes, rows[i].len));
		UNTIL(c->gone);
		assert_int_equal(heard(c, SMPP_GENERIC_NACK, 0)->status,
				 SMPP_RINVCMDLEN);
		/* nobody else hears of it */
		assert_int_equal(submit_status(good, &plain_sm), 0);
		end();
	}
}

/* ---- keeping alive -------------------------------------------------------- */

static void enquires(void **state UNUSED)
{
	begin("enquire_link = 20ms enquire_misses = 2");
	struct client *c = bound(0, TRX);
	UNTIL(count(c, SMPP_ENQUIRE_LINK) >= 1);
	for (unsigned i = 0; i < 5; i++) {
		unsigned n = count(c, SMPP_ENQUIRE_LINK);

		client_head(c, SMPP_ENQUIRE_LINK_RESP, 0,
			    heard(c, SMPP_ENQUIRE_LINK, n - 1)->seq);
		UNTIL(count(c, SMPP_ENQUIRE_LINK) > n);
	}
	assert_false(c->gone);
	UNTIL(c->gone); /* silent from now on */
	end();
}

static void inactive(void **state UNUSED)
{
	begin("inactivity = 40ms");
	struct client *c = bound(0, TRX);
	UNTIL(count(c, SMPP_UNBIND) == 1);
	client_head(c, SMPP_UNBIND_RESP, 0, heard(c, SMPP_UNBIND, 0)->seq);
	UNTIL(c->gone);
	end();
}

/* ---- window and rate ------------------------------------------------------ */

static void window_is_not_exceeded(void **state UNUSED)
{
	begin_with("", ACCOUNT "window = 3 }");
	struct client *c = bound(0, TRX), *other = bound(1, TRX);
	owner.mute = true;
	for (unsigned i = 0; i < 10; i++)
		(void)send_sm(c, &plain_sm);
	UNTIL(owner.n == 3);
	rest(20);
	assert_int_equal(owner.n, 3); /* the rest is not even read */
	/* another bind has a window of its own */
	(void)send_sm(other, &plain_sm);
	UNTIL(owner.n == 4);
	/* answers come in any order, and make room one by one */
	answer_as_told(&owner.asked[2]);
	UNTIL(owner.n == 5);
	UNTIL(count(c, SMPP_SUBMIT_SM_RESP) == 1);
	assert_int_equal(heard(c, SMPP_SUBMIT_SM_RESP, 0)->seq, 4);
	owner.mute = false;
	for (unsigned i = 0; i < 5; i++)
		if (i != 2)
			answer_as_told(&owner.asked[i]);
	UNTIL(count(c, SMPP_SUBMIT_SM_RESP) == 10);
	assert_int_equal(count(other, SMPP_SUBMIT_SM_RESP), 1);
	end();
}

static void rate_is_throttled(void **state UNUSED)
{
	unsigned ok = 0;

	begin_with("", ACCOUNT "rate = 10 burst = 5 window = 1000 }");
	struct client *c = bound(0, TRX), *d = bound(1, TX);
	for (unsigned i = 0; i < 10; i++) {
		(void)send_sm(c, &plain_sm);
		(void)send_sm(d, &plain_sm);
	}
	UNTIL(count(c, SMPP_SUBMIT_SM_RESP) + count(d, SMPP_SUBMIT_SM_RESP) ==
	      20);
	for (unsigned i = 0; i < 10; i++) {
		uint32_t s[2] = { heard(c, SMPP_SUBMIT_SM_RESP, i)->status,
				  heard(d, SMPP_SUBMIT_SM_RESP, i)->status };

		for (unsigned k = 0; k < 2; k++) {
			assert_true(s[k] == 0 || s[k] == SMPP_RTHROTTLED);
			ok += s[k] == 0;
		}
	}
	assert_in_range(ok, 5, 7); /* both binds share it */
	assert_int_equal(owner.n, ok);
	UNTIL(submit_status(c, &plain_sm) == 0);
	end();
}

static void who_ignores_throttling_is_not_read(void **state UNUSED)
{
	begin_with("", ACCOUNT "rate = 1 burst = 1 window = 5 }");
	struct client *c = bound(0, TRX);
	for (unsigned i = 0; i < 100; i++)
		(void)send_sm(c, &plain_sm);
	UNTIL(count(c, SMPP_SUBMIT_SM_RESP) == 6);
	rest(50);
	assert_int_equal(count(c, SMPP_SUBMIT_SM_RESP), 6);
	end();
}

/* ---- ends ----------------------------------------------------------------- */

static void unbind_waits_for_answers(void **state UNUSED)
{
	begin("");
	struct client *c = bound(0, TRX);
	owner.mute = true;
	(void)send_sm(c, &plain_sm);
	client_head(c, SMPP_UNBIND, 0, 77);
	UNTIL(owner.n == 1);
	rest(10);
	assert_int_equal(count(c, SMPP_UNBIND_RESP), 0);
	answer_as_told(&owner.asked[0]);
	UNTIL(c->gone);
	assert_int_equal(heard(c, SMPP_SUBMIT_SM_RESP, 0)->status, 0);
	assert_int_equal(heard(c, SMPP_UNBIND_RESP, 0)->seq, 77);
	end();
}

static void ticket_of_a_lost_session(void **state UNUSED)
{
	begin("");
	struct client *c = bound(0, TRX);
	owner.mute = true;
	(void)send_sm(c, &plain_sm);
	UNTIL(owner.n == 1);
	hang_up(c);
	answer_as_told(&owner.asked[0]); /* nobody hears it */
	end();
}

static void stop_drains(void **state UNUSED)
{
	begin("");
	struct client *c = bound(0, TRX), *idle = bound(1, RX);
	owner.mute = true;
	(void)send_sm(c, &plain_sm);
	UNTIL(owner.n == 1);
	smpp_server_stop(server, on_stopped, NULL);
	UNTIL(count(idle, SMPP_UNBIND) == 1);
	(void)send_sm(c, &plain_sm);
	UNTIL(count(c, SMPP_SUBMIT_SM_RESP) == 1);
	assert_int_equal(heard(c, SMPP_SUBMIT_SM_RESP, 0)->status,
			 SMPP_RSYSERR);
	assert_int_equal(count(c, SMPP_UNBIND), 0);
	assert_int_equal(owner.stopped, 0);
	answer_as_told(&owner.asked[0]);
	UNTIL(count(c, SMPP_UNBIND) == 1);
	assert_int_equal(heard(c, SMPP_SUBMIT_SM_RESP, 1)->status, 0);
	client_head(c, SMPP_UNBIND_RESP, 0, heard(c, SMPP_UNBIND, 0)->seq);
	UNTIL(owner.stopped == 1); /* the idle one does not answer at all */
	assert_true(idle->gone || HOLDS(500, idle->gone));
	end();
}

static void reload(void **state UNUSED)
{
	begin_with("", ACCOUNT "}\nesme two { password = secret class = "
			       "service allow = {\"127.0.0.1\"} }");
	struct client *c = bound(0, TRX);
	struct client *two = dial(1);
	assert_int_equal(bind_as(two, TRX, "two", "secret"), 0);
	struct settings fresh =
		accounts_of("esme three { password = secret class = service "
			    "allow = {\"127.0.0.1\"} }\n"
			    "esme demo { password = changed class = service "
			    "allow = {\"127.0.0.1\"} senders = {\"OTHER\"} }");
	smpp_server_reload(server, settings.v[0].value, &fresh);
	UNTIL(two->gone);
	assert_false(c->gone); /* bound already; the new rules hold */
	assert_int_equal(submit_status(c, &plain_sm), SMPP_RINVSRCADR);
	assert_int_equal(bind_as(dial(2), TRX, "demo", "secret"),
			 SMPP_RINVPASWD);
	assert_int_equal(bind_as(dial(3), TRX, "three", "secret"), 0);
	assert_int_equal(bind_as(dial(4), TRX, "two", "secret"),
			 SMPP_RINVSYSID);
	assert_string_equal(smpp_server_account(server, 1), "two");
	assert_null(smpp_server_account_cfg(server, 1));
	assert_string_equal(smpp_server_account(server, 2), "three");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges),
		cmocka_unit_test(accounts_file),
		cmocka_unit_test(binds),
		cmocka_unit_test(hashed_password),
		cmocka_unit_test(too_many_failures),
		cmocka_unit_test(bind_limits),
		cmocka_unit_test(connection_limits),
		cmocka_unit_test(bind_timeout),
		cmocka_unit_test(out_of_state),
		cmocka_unit_test(bad_bytes),
		cmocka_unit_test(enquires),
		cmocka_unit_test(inactive),
		cmocka_unit_test(window_is_not_exceeded),
		cmocka_unit_test(rate_is_throttled),
		cmocka_unit_test(who_ignores_throttling_is_not_read),
		cmocka_unit_test(unbind_waits_for_answers),
		cmocka_unit_test(ticket_of_a_lost_session),
		cmocka_unit_test(stop_drains),
		cmocka_unit_test(reload),
	};
	return cmocka_run_group_tests(tests, bench_setup, NULL);
}
