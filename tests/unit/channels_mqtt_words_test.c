/* Topics, payloads, URLs and settings of the MQTT channel. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/mem.h"
#include "channels/mqtt/channel.h"
#include "channels/mqtt/payload.h"
#include "channels/mqtt/topics.h"
#include "channels/mqtt/url.h"

static void topics_read(void **state UNUSED)
{
	static const struct {
		const char *topic;
		enum mqtt_topic kind;
		const char *tenant, *name;
	} rows[] = {
		{ "c/acme/send", MQTT_TOPIC_SEND, "acme", "" },
		{ "c/acme/event/order.late", MQTT_TOPIC_EVENT, "acme",
		  "order.late" },
		{ "c/acme/reply", MQTT_TOPIC_REPLY, "acme", "" },
		{ "c/acme/to/dev-1/receipt", MQTT_TOPIC_RECEIPT, "acme",
		  "dev-1" },
		{ "c/acme/send/", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme/send/result/x", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme/event", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme/event/", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme/event/a/b", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme/to/dev-1", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme/to/dev-1/receipt/x", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme/to//receipt", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/acme", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "cc/acme/send", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c//send", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "c/bad tenant/send", MQTT_TOPIC_OTHER, NULL, NULL },
		{ "", MQTT_TOPIC_OTHER, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mqtt_topic_parts t;
		mqtt_topic_read(STR("c"), str_of(rows[i].topic), &t);
		if (t.kind != rows[i].kind)
			fail_msg("%s: %d", rows[i].topic, t.kind);
		if (t.kind == MQTT_TOPIC_OTHER)
			continue;
		assert_true(str_eqz(t.tenant, rows[i].tenant));
		assert_true(str_eqz(t.name, rows[i].name));
	}
}

static void topics_to(void **state UNUSED)
{
	static const struct {
		const char *tenant, *to, *address, *topic;
	} rows[] = {
		{ "acme", "+447700900001", "", "c/acme/to/447700900001" },
		{ "acme", "dev-1", "", "c/acme/to/dev-1" },
		{ "acme", "+447700900001", "dev-2", "c/acme/to/dev-2" },
		{ "acme", "+447700900001", "+dev", NULL },
		{ "acme", "a/b", "", NULL },
		{ "acme", "a#", "", NULL },
		{ "acme", "+", "", NULL },
		{ "acme", "", "", NULL },
		{ "acme", "$SYS", "", NULL },
		{ "acme", "a\nb", "", NULL },
		{ "acme", "\xff", "", NULL },
		{ "", "dev-1", "", NULL },
		{ "a/b", "dev-1", "", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b;
		buf_init(&b, 256);
		int rc = mqtt_topic_to(&b, STR("c"), str_of(rows[i].tenant),
				       str_of(rows[i].to),
				       str_of(rows[i].address));
		if (rc != (rows[i].topic != NULL ? 0 : -EINVAL))
			fail_msg("row %zu: %d", i, rc);
		if (rc == 0)
			assert_string_equal(b.p, rows[i].topic);
		buf_done(&b);
	}
}

static void topics_result(void **state UNUSED)
{
	static const struct {
		const char *response, *correlation, *topic;
	} rows[] = {
		{ "", "", "" },
		{ "", "k1", "c/acme/send/result/k1" },
		{ "", "a/b", "" },
		{ "", "+", "" },
		{ "app/7/results", "", "app/7/results" },
		{ "app/7/results", "k", "app/7/results" },
		{ "c/acme/send/result/z", "", "c/acme/send/result/z" },
		{ "c/acme/send/result/", "k", "" },
		{ "c/acme/send", "k", "" },
		{ "c/other/send/result/z", "k", "" },
		{ "c/acme/to/dev-1", "k", "" },
		{ "c/acd/agent/7/cmd", "k", "" },
		{ "c", "k", "" },
		{ "cc/acme", "", "cc/acme" },
		{ "app/+/x", "k", "" },
		{ "app/#", "k", "" },
		{ "$SYS/x", "k", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b;
		buf_init(&b, 1024);
		mqtt_topic_result(&b, STR("c"), STR("acme"),
				  str_of(rows[i].response),
				  str_of(rows[i].correlation));
		if (strcmp(b.p, rows[i].topic) != 0)
			fail_msg("row %zu: %s", i, b.p);
		buf_done(&b);
	}
}

static void replies_read(void **state UNUSED)
{
	static const struct {
		const char *json;
		const char *key; /* NULL: malformed */
	} rows[] = {
		{ "{\"from\":\"d\",\"to\":\"x\",\"text\":\"hi\",\"id\":\"7\"}",
		  "acme/d/7" },
		{ "{\"from\":\"d\",\"text\":\"hi\"}", "" },
		{ "{\"from\":\"d\",\"text\":\"hi\",\"id\":null}", "" },
		{ "{\"from\":\"d\",\"text\":\"\"}", NULL },
		{ "{\"from\":\"\",\"text\":\"hi\"}", NULL },
		{ "{\"from\":7,\"text\":\"hi\"}", NULL },
		{ "{\"from\":\"d\",\"text\":\"hi\",\"id\":7}", NULL },
		{ "{\"from\":\"d\"}", NULL },
		{ "{\"text\":\"hi\"}", NULL },
		{ "[]", NULL },
		{ "{", NULL },
		{ "", NULL },
		{ "{\"from\":\"d\",\"from\":\"e\",\"text\":\"hi\"}", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mqtt_payload keep;
		struct inbound in = { .id = 0 };
		int rc = mqtt_payload_reply(str_of(rows[i].json), STR("acme"),
					    &keep, &in);
		if (rc != (rows[i].key != NULL ? 0 : -EBADMSG))
			fail_msg("row %zu: %d", i, rc);
		if (rc == 0) {
			assert_true(str_eqz(in.peer_key, rows[i].key));
			assert_true(str_eqz(in.text, "hi"));
			assert_true(str_eqz(in.tenant, "acme"));
		}
		mqtt_payload_done(&keep);
	}
}

/* Which message is answered; what is no id of ours is none. */
static void replies_may_quote(void **state UNUSED)
{
	static const struct {
		const char *quoted; /* JSON */
		uint64_t id;
	} rows[] = {
		{ "\"0000000000016\"", 38 },
		{ "\"their-own-7\"", 0 },
		{ "7", 0 },
		{ "null", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mqtt_payload keep;
		struct inbound in = { .id = 0 };
		char json[128];

		(void)snprintf(json, sizeof(json),
			       "{\"from\":\"d\",\"text\":\"1\","
			       "\"in_reply_to\":%s}",
			       rows[i].quoted);
		assert_int_equal(mqtt_payload_reply(str_of(json), STR("acme"),
						    &keep, &in),
				 0);
		assert_int_equal(in.in_reply_to, rows[i].id);
		mqtt_payload_done(&keep);
	}
}

static void receipts_read(void **state UNUSED)
{
	static const struct {
		const char *id, *state;
		int rc;
		enum message_state want;
	} rows[] = {
		{ "0000000000015", "delivered", 0, MESSAGE_DELIVERED },
		{ "0000000000015", "undelivered", 0, MESSAGE_UNDELIVERED },
		{ "0000000000015", "expired", 0, MESSAGE_EXPIRED },
		{ "0000000000015", "submitted", 0, MESSAGE_SUBMITTED },
		{ "0000000000015", "queued", -EBADMSG, 0 },
		{ "0000000000015", "cancelled", -EBADMSG, 0 },
		{ "0000000000015", "", -EBADMSG, 0 },
		{ "15", "delivered", -EBADMSG, 0 },
		{ "", "delivered", -EBADMSG, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mqtt_payload keep;
		struct receipt r;
		char json[128];
		(void)snprintf(json, sizeof(json),
			       "{\"id\":\"%s\",\"state\":\"%s\"}", rows[i].id,
			       rows[i].state);
		int rc = mqtt_payload_receipt(str_of(json), &keep, &r);
		if (rc != rows[i].rc)
			fail_msg("row %zu: %d", i, rc);
		if (rc == 0)
			assert_int_equal(r.state, rows[i].want);
		mqtt_payload_done(&keep);
	}
}

static void urls(void **state UNUSED)
{
	static const struct {
		const char *url, *host;
		int port;
		bool tls;
	} rows[] = {
		{ "mqtt://127.0.0.1:1884", "127.0.0.1", 1884, false },
		{ "mqtt://bus.example", "bus.example", 1883, false },
		{ "mqtt://bus.example/", "bus.example", 1883, false },
		{ "mqtts://bus.example", "bus.example", 8883, true },
		{ "mqtt://[::1]:1885", "::1", 1885, false },
		{ "mqtts://[fe80::1%eth0]", "fe80::1%eth0", 8883, true },
		{ "mqtt://", NULL, 0, false },
		{ "mqtt:///", NULL, 0, false },
		{ "mqtt://:1883", NULL, 0, false },
		{ "mqtt://a:", NULL, 0, false },
		{ "mqtt://a:0", NULL, 0, false },
		{ "mqtt://a:65536", NULL, 0, false },
		{ "mqtt://a:b:1", NULL, 0, false },
		{ "mqtt://[::1", NULL, 0, false },
		{ "mqtt://[::1]x", NULL, 0, false },
		{ "mqtt://[::1]:", NULL, 0, false },
		{ "mqtt://a/b", NULL, 0, false },
		{ "mqtt://a b", NULL, 0, false },
		{ "mqtt://u:p@a", NULL, 0, false },
		{ "http://a", NULL, 0, false },
		{ "a:1883", NULL, 0, false },
		{ "", NULL, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mqtt_url u;
		struct err err = { "" };
		int rc = mqtt_url_parse(rows[i].url, &u, &err);
		if (rc != (rows[i].host != NULL ? 0 : -EINVAL))
			fail_msg("%s: %d", rows[i].url, rc);
		if (rc != 0) {
			assert_string_not_equal(err.text, "");
			continue;
		}
		assert_string_equal(u.host, rows[i].host);
		assert_int_equal(u.port, rows[i].port);
		assert_int_equal(u.tls, rows[i].tls);
	}
}

static void settings_faults(void **state UNUSED)
{
	static const struct {
		const char *conf, *says;
	} rows[] = {
		{ "url = \"http://x\" client_id = c", "mqtt://" },
		{ "url = \"mqtt://x\" client_id = \"\"", "client_id" },
		{ "url = \"mqtt://x\" client_id = c base = \"a/b\"", "base" },
		{ "url = \"mqtt://x\" client_id = c node = \"+\"", "node" },
		{ "url = \"mqtt://x\" client_id = c reconnect_min = 9s reconnect_max = 8s",
		  "reconnect_min" },
		{ "url = \"mqtt://x\" client_id = c keepalive = 5s hold_timeout = 5s",
		  "hold_timeout" },
		{ "url = \"mqtts://x\" client_id = c cert_file = \"/x\"",
		  "key_file" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct settings s;
		struct faults f = { 0 };
		char conf[256];
		(void)snprintf(conf, sizeof(conf), "mqtt m { %s }",
			       rows[i].conf);
		assert_int_equal(settings_parse(conf, "t", &mqtt_settings, 1,
						&s, &f),
				 0);
		mqtt_channel_ops.check("m", s.v[0].value, &f);
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
		cmocka_unit_test(topics_read),
		cmocka_unit_test(topics_to),
		cmocka_unit_test(topics_result),
		cmocka_unit_test(replies_read),
		cmocka_unit_test(replies_may_quote),
		cmocka_unit_test(receipts_read),
		cmocka_unit_test(urls),
		cmocka_unit_test(settings_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
