/* Webhooks out and in. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "channels/webhook/in.h"
#include "channels/webhook/out.h"
#include "channels/webhook/sign.h"
#include "tests/lib/httpd.h"
#include "tests/lib/seat.h"

/* The vector of the Standard Webhooks libraries. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define VECTOR_ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define VECTOR_AT "1614265330"
#define VECTOR_BODY "{\"test\": 2432232314}"
#define VECTOR_SIGN "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static void known_vector(void **state UNUSED)
{
	struct buf key, out;

	buf_init(&key, WEBHOOK_KEY_MAX);
	buf_init(&out, 128);
	assert_int_equal(webhook_key(STR(SECRET), &key), 0);
	assert_int_equal(key.len, 24);
	webhook_sign(buf_str(&key), STR(VECTOR_ID), 1614265330,
		     STR(VECTOR_BODY), &out);
	assert_string_equal(out.p, VECTOR_SIGN);
	buf_done(&key);
	buf_done(&out);
}

static void keys(void **state UNUSED)
{
	static const struct {
		const char *secret;
		int rc;
		size_t len;
	} rows[] = {
		{ SECRET, 0, 24 },           { "plain text", 0, 10 },
		{ "", -EINVAL, 0 },          { "whsec_", -EINVAL, 0 },
		{ "whsec_***", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf key;
		buf_init(&key, WEBHOOK_KEY_MAX);
		assert_int_equal(webhook_key(str_of(rows[i].secret), &key),
				 rows[i].rc);
		if (rows[i].rc == 0)
			assert_int_equal(key.len, rows[i].len);
		buf_done(&key);
	}
}

static void inbound(void **state UNUSED)
{
	static const struct {
		const char *id, *at, *sign, *body;
		int64_t now_s;
		int rc;
	} rows[] = {
		{ VECTOR_ID, VECTOR_AT, VECTOR_SIGN, VECTOR_BODY, 1614265330,
		  0 },
		{ VECTOR_ID, VECTOR_AT, VECTOR_SIGN, VECTOR_BODY, 1614265630,
		  0 },
		{ VECTOR_ID, VECTOR_AT, VECTOR_SIGN, VECTOR_BODY, 1614265631,
		  -ESTALE },
		{ VECTOR_ID, VECTOR_AT, VECTOR_SIGN, VECTOR_BODY, 1614265029,
		  -ESTALE },
		{ VECTOR_ID, VECTOR_AT, "v1,AAAA " VECTOR_SIGN, VECTOR_BODY,
		  1614265330, 0 },
		{ VECTOR_ID, VECTOR_AT, VECTOR_SIGN " v1a,AAAA", VECTOR_BODY,
		  1614265330, 0 },
		{ VECTOR_ID, VECTOR_AT, "v1,AAAA", VECTOR_BODY, 1614265330,
		  -EACCES },
		{ VECTOR_ID, VECTOR_AT, "v2" VECTOR_SIGN, VECTOR_BODY,
		  1614265330, -EACCES },
		{ VECTOR_ID, VECTOR_AT, "a a a a a a a a " VECTOR_SIGN,
		  VECTOR_BODY, 1614265330, -EACCES },
		{ VECTOR_ID, VECTOR_AT, VECTOR_SIGN, "{\"test\": 2432232315}",
		  1614265330, -EACCES },
		{ "msg_other", VECTOR_AT, VECTOR_SIGN, VECTOR_BODY, 1614265330,
		  -EACCES },
		{ VECTOR_ID, "1614265331", VECTOR_SIGN, VECTOR_BODY, 1614265330,
		  -EACCES },
		{ "", VECTOR_AT, VECTOR_SIGN, VECTOR_BODY, 1614265330,
		  -EBADMSG },
		{ "a.b", VECTOR_AT, VECTOR_SIGN, VECTOR_BODY, 1614265330,
		  -EBADMSG },
		{ VECTOR_ID, "", VECTOR_SIGN, VECTOR_BODY, 1614265330,
		  -EBADMSG },
		{ VECTOR_ID, "-1", VECTOR_SIGN, VECTOR_BODY, 1614265330,
		  -EBADMSG },
		{ VECTOR_ID, "1614265330.0", VECTOR_SIGN, VECTOR_BODY,
		  1614265330, -EBADMSG },
		{ VECTOR_ID, "99999999999999999999", VECTOR_SIGN, VECTOR_BODY,
		  1614265330, -EBADMSG },
		{ VECTOR_ID, VECTOR_AT, "", VECTOR_BODY, 1614265330, -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct webhook_in in = {
			.id = str_of(rows[i].id),
			.timestamp = str_of(rows[i].at),
			.signature = str_of(rows[i].sign),
		};
		int rc = webhook_in_verify(STR(SECRET), &in,
					   str_of(rows[i].body), rows[i].now_s,
					   WEBHOOK_TOLERANCE_S);
		if (rc != rows[i].rc)
			fail_msg("row %zu: %d", i, rc);
	}
}

/* ---- out ------------------------------------------------------------------- */

static struct {
	struct loop *loop;
	struct httpd *httpd;
	struct seat seat;
	int status;
	const char *extra;
	bool silent;
	bool half; /* of an answer, then silence */
	char id[64], at[32], sign[160], type[64], body[4096];
} b;

static void serve(void *owner UNUSED, struct httpd_conn *c,
		  const struct httpd_request *r)
{
	IGNORE(str_copy(b.id, sizeof(b.id), httpd_header(r, "webhook-id")));
	IGNORE(str_copy(b.at, sizeof(b.at),
			httpd_header(r, "webhook-timestamp")));
	IGNORE(str_copy(b.sign, sizeof(b.sign),
			httpd_header(r, "webhook-signature")));
	IGNORE(str_copy(b.type, sizeof(b.type),
			httpd_header(r, "content-type")));
	IGNORE(str_copy(b.body, sizeof(b.body), r->body));
	if (b.half)
		httpd_bytes(c, STR("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
				   "\r\n123"));
	else if (!b.silent)
		httpd_answer(c, b.status, b.extra, STR("{}"));
}

static void begin(const char *more)
{
	char conf[512];

	memset(&b, 0, sizeof(b));
	b.status = 200;
	b.extra = "";
	assert_int_equal(loop_open(&b.loop, NULL), 0);
	b.httpd = httpd_open(b.loop, serve, NULL);
	(void)snprintf(conf, sizeof(conf),
		       "webhook crm { url = \"http://127.0.0.1:%d/hook\"  "
		       "secret = \"" SECRET "\"  %s }",
		       httpd_port(b.httpd), more);
	seat_open(&b.seat, b.loop, &webhook_channel_ops, conf);
	assert_true(seat_wait_up(&b.seat));
}

static void end(void)
{
	seat_close(&b.seat, 50);
	httpd_close(&b.httpd);
	loop_close(&b.loop);
	stats_reset_all();
	assert_int_equal(mem_live_blocks(), 0);
}

#define LOCAL "allow = {\"127.0.0.0/8\"} timeout = 300ms "

static void check_signature(const char *secret)
{
	const struct webhook_in in = { .id = str_of(b.id),
				       .timestamp = str_of(b.at),
				       .signature = str_of(b.sign) };

	assert_int_equal(webhook_in_verify(str_of(secret), &in, str_of(b.body),
					   clock_wall_ms(&clock_real) / 1000,
					   5),
			 0);
}

static void notice_is_signed(void **state UNUSED)
{
	char id[ID_TEXT];

	begin(LOCAL "secret_old = \"the former one\"");
	assert_int_equal(b.seat.window, 8);
	assert_int_equal(seat_notify(&b.seat, 5, "message.delivered",
				     "{\"id\":\"x\"}"),
			 0);
	assert_true(seat_wait_ends(&b.seat, 1));
	assert_int_equal(b.seat.ends[0].attempt, 5);
	assert_int_equal(b.seat.ends[0].class, OUTCOME_DELIVERED);
	assert_int_equal(b.seat.ends[0].peer_status, 200);
	assert_string_equal(b.body, "{\"id\":\"x\"}");
	assert_string_equal(b.type, "application/json");
	id_text(1005, id);
	assert_memory_equal(b.id, "evt_", 4);
	assert_string_equal(b.id + 4, id);
	check_signature(SECRET);
	check_signature("the former one");
	end();
}

static void message_is_json(void **state UNUSED)
{
	char id[ID_TEXT];

	begin(LOCAL);
	assert_int_equal(seat_send(&b.seat, 1, "wx:alice",
				   "say \"hi\" \xc2\xa3"),
			 0);
	assert_true(seat_wait_ends(&b.seat, 1));
	assert_int_equal(b.seat.ends[0].class, OUTCOME_DELIVERED);
	check_signature(SECRET);
	json_t *j = json_loads(b.body, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	id_text(1001, id);
	const char *jid, *type, *to, *text, *class, *order, *tenant;
	assert_int_equal(json_unpack(j, "{s:s,s:s,s:s,s:s,s:s,s:s,s:{s:s}}",
				     "id", &jid, "type", &type, "to", &to,
				     "text", &text, "class", &class, "tenant",
				     &tenant, "metadata", "order", &order),
			 0);
	assert_string_equal(jid, id);
	assert_string_equal(type, "message.send");
	assert_string_equal(to, "wx:alice");
	assert_string_equal(text, "say \"hi\" \xc2\xa3");
	assert_string_equal(class, "care");
	assert_string_equal(tenant, "acme");
	assert_string_equal(order, "A-7");
	json_decref(j);
	assert_memory_equal(b.id, "msg_", 4);
	assert_string_equal(b.id + 4, id);
	end();
}

static void statuses(void **state UNUSED)
{
	static const struct {
		int status;
		const char *extra;
		enum outcome_class class;
		const char *reason;
		uint64_t hold_ms;
	} rows[] = {
		{ 200, "", OUTCOME_DELIVERED, "", 0 },
		{ 204, "", OUTCOME_DELIVERED, "", 0 },
		{ 301, "Location: /x\r\n", OUTCOME_REFUSED, "redirect", 0 },
		{ 400, "", OUTCOME_RETRY, "client_error", 0 },
		{ 404, "", OUTCOME_RETRY, "client_error", 0 },
		{ 429, "Retry-After: 30\r\n", OUTCOME_RETRY, "throttled",
		  30000 },
		{ 429, "", OUTCOME_RETRY, "throttled", 0 },
		{ 500, "", OUTCOME_RETRY, "server_error", 0 },
		{ 502, "", OUTCOME_RETRY, "unavailable", 0 },
		{ 503, "Retry-After: 1\r\n", OUTCOME_RETRY, "unavailable",
		  1000 },
		{ 504, "", OUTCOME_RETRY, "unavailable", 0 },
	};

	begin(LOCAL);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		b.status = rows[i].status;
		b.extra = rows[i].extra;
		assert_int_equal(seat_send(&b.seat, i, "x", "y"), 0);
		assert_true(seat_wait_ends(&b.seat, i + 1));
		const struct seat_end *e = &b.seat.ends[i];
		if (e->class != rows[i].class || e->hold_ms != rows[i].hold_ms)
			fail_msg("%d: class %d", rows[i].status, e->class);
		assert_string_equal(e->reason, rows[i].reason);
		assert_int_equal(e->peer_status, rows[i].status);
		assert_true(e->sent);
	}
	assert_int_equal(b.seat.state, CHANNEL_UP);
	end();
}

static void gone_stops_until_rebind(void **state UNUSED)
{
	begin(LOCAL);
	b.status = 410;
	assert_int_equal(seat_notify(&b.seat, 1, "a.b", "{}"), 0);
	assert_true(SEAT_UNTIL(&b.seat, 2000, b.seat.state == CHANNEL_STOPPED));
	assert_int_equal(b.seat.ends[0].class, OUTCOME_REFUSED);
	assert_string_equal(b.seat.why, "gone");
	assert_int_equal(seat_notify(&b.seat, 2, "a.b", "{}"), -EAGAIN);
	b.status = 200;
	b.seat.ops->rebind(b.seat.c);
	assert_true(seat_wait_up(&b.seat));
	assert_int_equal(seat_notify(&b.seat, 3, "a.b", "{}"), 0);
	assert_true(seat_wait_ends(&b.seat, 2));
	assert_int_equal(b.seat.ends[1].class, OUTCOME_DELIVERED);
	end();
}

/* Bytes left and no answer: a notice has its id, a message is in doubt. */
static void silence(void **state UNUSED)
{
	begin(LOCAL);
	b.silent = true;
	assert_int_equal(seat_notify(&b.seat, 1, "a.b", "{}"), 0);
	assert_int_equal(seat_send(&b.seat, 2, "x", "y"), 0);
	assert_true(seat_wait_ends(&b.seat, 2));
	assert_int_equal(seat_ended(&b.seat, 1)->class, OUTCOME_RETRY);
	assert_int_equal(seat_ended(&b.seat, 2)->class, OUTCOME_UNKNOWN);
	assert_string_equal(seat_ended(&b.seat, 2)->reason, "timeout");
	assert_true(seat_ended(&b.seat, 2)->sent);
	/* The status is there, only the body never ends. */
	b.half = true;
	assert_int_equal(seat_send(&b.seat, 3, "x", "y"), 0);
	assert_true(seat_wait_ends(&b.seat, 3));
	assert_int_equal(seat_ended(&b.seat, 3)->class, OUTCOME_DELIVERED);
	end();
}

static void guard_and_nobody(void **state UNUSED)
{
	begin("");
	assert_int_equal(seat_notify(&b.seat, 1, "a.b", "{}"), 0);
	assert_true(seat_wait_ends(&b.seat, 1));
	assert_int_equal(b.seat.ends[0].class, OUTCOME_REFUSED);
	assert_string_equal(b.seat.ends[0].reason, "guard");
	assert_false(b.seat.ends[0].sent);
	assert_int_equal(httpd_conns(b.httpd), 0);
	end();

	begin(LOCAL);
	httpd_close(&b.httpd);
	assert_int_equal(seat_send(&b.seat, 1, "x", "y"), 0);
	assert_true(seat_wait_ends(&b.seat, 1));
	assert_int_equal(b.seat.ends[0].class, OUTCOME_RETRY);
	assert_false(b.seat.ends[0].sent);
	end();
}

static void window_and_drain(void **state UNUSED)
{
	begin(LOCAL "window = 2");
	b.silent = true;
	assert_int_equal(seat_send(&b.seat, 1, "x", "y"), 0);
	assert_int_equal(seat_notify(&b.seat, 2, "a.b", "{}"), 0);
	assert_int_equal(seat_send(&b.seat, 3, "x", "y"), -EAGAIN);
	assert_true(SEAT_UNTIL(&b.seat, 1000, httpd_requests(b.httpd) == 2));
	seat_close(&b.seat, 20);
	assert_int_equal(seat_ended(&b.seat, 1)->class, OUTCOME_UNKNOWN);
	assert_int_equal(seat_ended(&b.seat, 2)->class, OUTCOME_RETRY);
	assert_int_equal(b.seat.nends, 2);
	end();
}

static void faults(void **state UNUSED)
{
	static const struct {
		const char *conf, *says;
	} rows[] = {
		{ "url = \"ftp://x\" secret = \"s\"", "http://" },
		{ "url = \"http://u:p@x/\" secret = \"s\"", "password" },
		{ "url = \"http://x\" secret = \"whsec_*\"", "secret" },
		{ "url = \"http://x\" secret = \"s\" secret_old = \"whsec_\"",
		  "secret_old" },
		{ "url = \"http://x\" secret = \"s\" allow = {\"10/8\"}",
		  "10/8" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s;
		struct faults f = { 0 };
		char conf[256];
		(void)snprintf(conf, sizeof(conf), "webhook w { %s }",
			       rows[i].conf);
		assert_int_equal(settings_parse(conf, "t", &webhook_settings, 1,
						&s, &f),
				 0);
		webhook_channel_ops.check("w", s.v[0].value, &f);
		assert_int_equal(f.len, 1);
		if (strstr(f.v[0], rows[i].says) == NULL)
			fail_msg("%s", f.v[0]);
		settings_done(&s);
		faults_done(&f);
	}
	assert_int_equal(mem_live_blocks(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vector),
		cmocka_unit_test(keys),
		cmocka_unit_test(inbound),
		cmocka_unit_test(notice_is_signed),
		cmocka_unit_test(message_is_json),
		cmocka_unit_test(statuses),
		cmocka_unit_test(gone_stops_until_rebind),
		cmocka_unit_test(silence),
		cmocka_unit_test(guard_and_nobody),
		cmocka_unit_test(window_and_drain),
		cmocka_unit_test(faults),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
