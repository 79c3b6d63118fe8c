/* The MQTT channel against a real broker. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <jansson.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "channels/mqtt/channel.h"
#include "channels/mqtt/payload.h"
#include "channels/mqtt/topics.h"
#include "tests/lib/broker.h"
#include "tests/lib/seat.h"

/* ---- topics and payloads ---------------------------------------------------- */

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

/* ---- on a broker ------------------------------------------------------------ */

static struct {
	struct loop *loop;
	struct broker *broker;
	struct seat seat;
	struct device *device;
	/* The intake. */
	unsigned sends, events;
	char tenant[40], payload[256], response[256], correlation[64], type[64];
	uint64_t ticket;
} b;

static const char *const filters[] = { "carillon/acme/to/dev-1",
				       "carillon/acme/out/+",
				       "carillon/status/+", "app/#", NULL };

static void open_channel(const char *more)
{
	char conf[512];

	(void)snprintf(conf, sizeof(conf),
		       "mqtt bus { url = \"mqtt://127.0.0.1:%d\"  "
		       "client_id = \"carillon-n1\"  reconnect_min = 20ms  "
		       "reconnect_max = 200ms  %s }",
		       broker_port(b.broker), more);
	seat_open(&b.seat, b.loop, &mqtt_channel_ops, conf);
}

static void begin_on(const char *broker, const char *more)
{
	memset(&b, 0, sizeof(b));
	b.broker = broker_start(broker);
	assert_int_equal(loop_open(&b.loop, NULL), 0);
	open_channel(more);
}

static void begin(const char *more)
{
	begin_on(NULL, more);
	assert_true(seat_wait_up(&b.seat));
	b.device = device_open(b.broker, "dev-1", filters);
}

static void end(void)
{
	device_close(&b.device);
	if (b.seat.done == 0)
		seat_close(&b.seat, 50);
	broker_stop(&b.broker);
	loop_close(&b.loop);
	stats_reset_all();
	assert_int_equal(mem_live_blocks(), 0);
}

static void turn(void)
{
	seat_turn(&b.seat);
	if (b.device != NULL)
		device_turn(b.device);
}

#define WITHIN(ms, condition)                                           \
	({                                                              \
		uint64_t within_at = clock_mono_ms(&clock_real) + (ms); \
		bool within_ok;                                         \
		while (!(within_ok = (condition)) &&                    \
		       clock_mono_ms(&clock_real) < within_at)          \
			turn();                                         \
		within_ok;                                              \
	})
#define UNTIL(condition) WITHIN(4000, condition)
/* For ms nothing of the kind happens. */
#define NEVER(ms, condition) (!WITHIN(ms, condition))

/* The newest message on this topic; NULL if none. */
static const struct device_message *on(const char *topic)
{
	for (size_t i = device_count(b.device); i-- > 0;)
		if (strcmp(device_at(b.device, i)->topic, topic) == 0)
			return device_at(b.device, i);
	return NULL;
}

static void message_and_notice(void **state UNUSED)
{
	char id[ID_TEXT];

	begin("");
	assert_int_equal(b.seat.window, 20); /* mosquitto's own limit */
	assert_int_equal(seat_send(&b.seat, 1, "dev-1", "caf\xc3\xa9 \"x\""),
			 0);
	assert_int_equal(seat_notify(&b.seat, 2, "message.delivered", "{}"), 0);
	assert_true(UNTIL(b.seat.nends == 2));
	assert_true(UNTIL(on("carillon/acme/to/dev-1") != NULL));
	assert_int_equal(seat_ended(&b.seat, 1)->class, OUTCOME_DELIVERED);
	assert_int_equal(seat_ended(&b.seat, 1)->parts_done, 1);
	assert_int_equal(seat_ended(&b.seat, 2)->class, OUTCOME_DELIVERED);
	json_t *j = json_loads(on("carillon/acme/to/dev-1")->payload, 0, NULL);
	const char *jid, *to, *text, *class, *order;
	assert_int_equal(json_unpack(j, "{s:s,s:s,s:s,s:s,s:{s:s}}", "id", &jid,
				     "to", &to, "text", &text, "class", &class,
				     "metadata", "order", &order),
			 0);
	id_text(1001, id);
	assert_string_equal(jid, id);
	assert_string_equal(to, "dev-1");
	assert_string_equal(text, "caf\xc3\xa9 \"x\"");
	assert_string_equal(order, "A-7");
	json_decref(j);
	assert_true(UNTIL(on("carillon/acme/out/message.delivered") != NULL));
	end();
}

static void nobody_listens(void **state UNUSED)
{
	begin("");
	assert_int_equal(seat_send(&b.seat, 1, "+447700900001", "hi"), 0);
	assert_int_equal(seat_notify(&b.seat, 2, "nobody.asks", "{}"), 0);
	assert_true(UNTIL(b.seat.nends == 2));
	assert_int_equal(seat_ended(&b.seat, 1)->class, OUTCOME_REFUSED);
	assert_string_equal(seat_ended(&b.seat, 1)->reason, "no_subscriber");
	assert_int_equal(seat_ended(&b.seat, 1)->peer_status, 0x10);
	/* out/+ of the device hears all types. */
	assert_int_equal(seat_ended(&b.seat, 2)->class, OUTCOME_DELIVERED);

	assert_int_equal(seat_send(&b.seat, 3, "a/b", "hi"), 0);
	assert_int_equal(b.seat.nends, 2);
	assert_true(UNTIL(b.seat.nends == 3));
	assert_int_equal(seat_ended(&b.seat, 3)->class, OUTCOME_BROKEN);
	assert_string_equal(seat_ended(&b.seat, 3)->reason, "bad_address");
	end();
}

static void receipts_come_back(void **state UNUSED)
{
	char id[ID_TEXT], json[128];

	begin("receipts = on");
	assert_int_equal(seat_send(&b.seat, 1, "dev-1", "hi"), 0);
	assert_true(UNTIL(b.seat.nends == 1));
	assert_int_equal(b.seat.ends[0].class, OUTCOME_ACCEPTED);
	assert_true(b.seat.ends[0].receipt);
	id_text(1001, id);
	assert_string_equal(b.seat.ends[0].peer_id, id);
	(void)snprintf(json, sizeof(json),
		       "{\"id\":\"%s\",\"state\":\"delivered\"}", id);
	device_publish(b.device, "carillon/acme/to/dev-1/receipt", json, NULL,
		       NULL);
	assert_true(UNTIL(b.seat.nnews == 1));
	assert_false(b.seat.news[0].inbound);
	assert_int_equal(b.seat.news[0].state, MESSAGE_DELIVERED);
	assert_string_equal(b.seat.news[0].peer_id, id);
	end();
}

#define REPLY "{\"from\":\"dev-1\",\"to\":\"care\",\"text\":\"yes\"}"

/* Commit, then acknowledge: what was not answered comes again. */
static void reply_stays_until_stored(void **state UNUSED)
{
	begin("");
	b.seat.keep = true;
	device_publish(b.device, "carillon/acme/reply", REPLY, NULL, NULL);
	assert_true(UNTIL(b.seat.nnews == 1));
	assert_true(b.seat.news[0].inbound);
	assert_string_equal(b.seat.news[0].tenant, "acme");
	assert_string_equal(b.seat.news[0].from, "dev-1");
	assert_string_equal(b.seat.news[0].text, "yes");
	assert_int_equal(b.seat.news[0].flags, 0);

	/* Meanwhile nothing leaves, or the acknowledgement would too. */
	assert_int_equal(seat_send(&b.seat, 1, "dev-1", "hi"), 0);
	assert_true(NEVER(60, b.seat.nends > 0));

	/* The connection is lost before the answer. */
	b.seat.ops->rebind(b.seat.c);
	assert_true(UNTIL(b.seat.nnews == 2));
	assert_int_equal(b.seat.news[1].flags, INBOUND_AGAIN);
	assert_int_equal(b.seat.nends, 1);
	assert_int_equal(b.seat.ends[0].class, OUTCOME_RETRY);
	assert_false(b.seat.ends[0].sent);
	assert_null(on("carillon/acme/to/dev-1"));
	seat_answer(&b.seat, b.seat.news[0].ticket, 0); /* dead: ignored */

	/* It cannot be kept: the connection is dropped, and it comes again. */
	seat_answer(&b.seat, b.seat.news[1].ticket, -ENOSPC);
	assert_true(UNTIL(b.seat.nnews == 3));

	/* Now it is stored, and does not come any more. */
	seat_answer(&b.seat, b.seat.news[2].ticket, 0);
	seat_answer(&b.seat, b.seat.news[2].ticket, 0);
	assert_true(UNTIL(b.seat.state == CHANNEL_UP));
	seat_turn(&b.seat);
	b.seat.ops->rebind(b.seat.c);
	unsigned states = b.seat.states;
	assert_true(UNTIL(b.seat.states == states + 2));
	assert_int_equal(b.seat.state, CHANNEL_UP);
	assert_true(NEVER(150, b.seat.nnews > 3));
	end();
}

/* Gone for a while: the broker keeps session and messages. */
static void session_is_kept(void **state UNUSED)
{
	begin("");
	assert_true(UNTIL(on("carillon/status/n1") != NULL));
	assert_string_equal(on("carillon/status/n1")->payload, "online");
	seat_close(&b.seat, 100);
	assert_true(UNTIL(
		strcmp(on("carillon/status/n1")->payload, "offline") == 0));
	device_publish(b.device, "carillon/acme/reply", REPLY, NULL, NULL);
	assert_true(UNTIL(device_acked(b.device) == 1));
	open_channel("");
	assert_true(UNTIL(b.seat.nnews == 1));
	assert_string_equal(b.seat.news[0].text, "yes");
	assert_true(UNTIL(strcmp(on("carillon/status/n1")->payload, "online") ==
			  0));
	end();
}

static void broker_dies(void **state UNUSED)
{
	begin("");
	broker_freeze(b.broker, true);
	assert_int_equal(seat_send(&b.seat, 1, "dev-1", "hi"), 0);
	assert_int_equal(seat_notify(&b.seat, 2, "a.b", "{}"), 0);
	for (int i = 0; i < 5; i++)
		seat_turn(&b.seat);
	device_close(&b.device);
	broker_kill(b.broker);
	assert_true(UNTIL(b.seat.nends == 2));
	assert_int_equal(seat_ended(&b.seat, 1)->class, OUTCOME_UNKNOWN);
	assert_true(seat_ended(&b.seat, 1)->sent);
	assert_true(seat_ended(&b.seat, 2)->sent);
	assert_int_equal(seat_ended(&b.seat, 2)->class, OUTCOME_RETRY);
	assert_int_not_equal(b.seat.state, CHANNEL_UP);
	assert_int_equal(seat_send(&b.seat, 4, "dev-1", "hi"), -EAGAIN);
	broker_again(b.broker);
	assert_true(UNTIL(b.seat.state == CHANNEL_UP));
	assert_int_equal(seat_send(&b.seat, 5, "dev-1", "hi"), 0);
	assert_true(UNTIL(b.seat.nends == 3));
	end();
}

static void broker_hangs(void **state UNUSED)
{
	begin("answer_timeout = 150ms  connect_timeout = 200ms");
	broker_freeze(b.broker, true);
	assert_int_equal(seat_send(&b.seat, 1, "dev-1", "hi"), 0);
	assert_true(SEAT_UNTIL(&b.seat, 3000, b.seat.nends == 1));
	assert_int_equal(b.seat.ends[0].class, OUTCOME_UNKNOWN);
	assert_string_equal(b.seat.ends[0].reason, "no_answer");
	broker_freeze(b.broker, false);
	assert_true(UNTIL(b.seat.state == CHANNEL_UP));
	end();
}

static void refused_is_stopped(void **state UNUSED)
{
	begin_on("allow_anonymous false", "username = \"u\" password = \"p\"");
	assert_true(UNTIL(b.seat.state == CHANNEL_STOPPED));
	assert_string_equal(b.seat.why, "refused");
	unsigned states = b.seat.states;
	assert_true(NEVER(150, b.seat.states > states));
	b.seat.ops->rebind(b.seat.c);
	assert_true(UNTIL(b.seat.states > states + 1));
	end();
}

static void window_is_kept(void **state UNUSED)
{
	begin("window = 3");
	assert_int_equal(b.seat.window, 3);
	broker_freeze(b.broker, true);
	for (uint64_t i = 1; i <= 3; i++)
		assert_int_equal(seat_send(&b.seat, i, "dev-1", "hi"), 0);
	assert_int_equal(seat_send(&b.seat, 4, "dev-1", "hi"), -EAGAIN);
	broker_freeze(b.broker, false);
	assert_true(UNTIL(b.seat.nends == 3));
	assert_int_equal(seat_send(&b.seat, 4, "dev-1", "hi"), 0);
	assert_true(UNTIL(b.seat.nends == 4));
	end();
}

static void held(void **state UNUSED)
{
	begin("hold_timeout = 200ms");
	b.seat.ops->hold(b.seat.c, true);
	device_publish(b.device, "carillon/acme/reply", REPLY, NULL, NULL);
	assert_true(UNTIL(device_acked(b.device) == 1));
	assert_true(NEVER(100, b.seat.nnews > 0));
	b.seat.ops->hold(b.seat.c, false);
	assert_true(UNTIL(b.seat.nnews == 1));

	/* For long: the broker keeps it for us. */
	b.seat.ops->hold(b.seat.c, true);
	device_publish(b.device, "carillon/acme/reply", REPLY, NULL, NULL);
	assert_true(UNTIL(b.seat.state == CHANNEL_DOWN));
	assert_string_equal(b.seat.why, "held");
	assert_true(UNTIL(
		strcmp(on("carillon/status/n1")->payload, "offline") == 0));
	assert_true(NEVER(100, b.seat.state == CHANNEL_UP));
	b.seat.ops->hold(b.seat.c, false);
	assert_true(UNTIL(b.seat.nnews == 2));
	end();
}

/* ---- the intake ------------------------------------------------------------- */

static void intake_send(void *owner UNUSED, struct str tenant,
			struct str payload, struct str response,
			struct str correlation, uint64_t ticket)
{
	b.sends++;
	b.ticket = ticket;
	IGNORE(str_copy(b.tenant, sizeof(b.tenant), tenant));
	IGNORE(str_copy(b.payload, sizeof(b.payload), payload));
	IGNORE(str_copy(b.response, sizeof(b.response), response));
	IGNORE(str_copy(b.correlation, sizeof(b.correlation), correlation));
}

static void intake_event(void *owner UNUSED, struct str tenant, struct str type,
			 struct str payload, uint64_t ticket)
{
	b.events++;
	b.ticket = ticket;
	IGNORE(str_copy(b.tenant, sizeof(b.tenant), tenant));
	IGNORE(str_copy(b.type, sizeof(b.type), type));
	IGNORE(str_copy(b.payload, sizeof(b.payload), payload));
}

static const struct mqtt_intake intake = { .send = intake_send,
					   .event = intake_event };

static void sends_and_events_come_in(void **state UNUSED)
{
	begin("max_payload = 1KB");
	mqtt_set_intake(b.seat.c, &intake, NULL);
	device_publish(b.device, "carillon/acme/send", "{\"to\":\"x\"}",
		       "app/results", "k-1");
	assert_true(UNTIL(b.sends == 1));
	assert_string_equal(b.tenant, "acme");
	assert_string_equal(b.payload, "{\"to\":\"x\"}");
	assert_string_equal(b.response, "app/results");
	assert_string_equal(b.correlation, "k-1");
	/* The result waits behind the commit, and so does its message. */
	mqtt_reply(b.seat.c, str_of(b.response), str_of(b.correlation),
		   STR("{\"id\":\"1\"}"));
	assert_true(NEVER(60, on("app/results") != NULL));
	seat_answer(&b.seat, b.ticket, 0);
	assert_true(UNTIL(on("app/results") != NULL));
	assert_string_equal(on("app/results")->payload, "{\"id\":\"1\"}");
	assert_string_equal(on("app/results")->correlation, "k-1");

	device_publish(b.device, "carillon/acme/event/order.late", "{}", NULL,
		       NULL);
	assert_true(UNTIL(b.events == 1));
	assert_string_equal(b.type, "order.late");
	seat_answer(&b.seat, b.ticket, 0);

	/* Another tenant's people are not spoken to by way of a result. */
	device_publish(b.device, "carillon/acme/send", "{}",
		       "carillon/acme/to/dev-1", "k-2");
	assert_true(UNTIL(b.sends == 2));
	assert_string_equal(b.response, "");
	seat_answer(&b.seat, b.ticket, 0);
	end();
}

static void rubbish_is_counted(void **state UNUSED)
{
	char big[2000];

	begin("receipts = on  max_payload = 1KB");
	mqtt_set_intake(b.seat.c, &intake, NULL);
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	device_publish(b.device, "carillon/acme/reply", "not json", NULL, NULL);
	device_publish(b.device, "carillon/acme/reply", "", NULL, NULL);
	device_publish(b.device, "carillon/acme/reply", big, NULL, NULL);
	device_publish(b.device, "carillon/acme/to/x/receipt", "{}", NULL,
		       NULL);
	device_publish(b.device, "carillon/bad tenant/reply", REPLY, NULL,
		       NULL);
	device_publish(b.device, "carillon/acme/event/x", big, NULL, NULL);
	device_publish(b.device, "carillon/acme/send", big, "app/big", "k");
	const struct stat *n = stats_get(STAT_COUNTER, "mqtt_malformed_total",
					 "", "link=\"bus\"");
	assert_true(UNTIL(stat_value(n) == 7));
	assert_true(UNTIL(on("app/big") != NULL));
	assert_non_null(strstr(on("app/big")->payload, "too_large"));
	assert_int_equal(b.seat.nnews, 0);
	assert_int_equal(b.sends + b.events, 0);
	/* And it goes on. */
	device_publish(b.device, "carillon/acme/reply", REPLY, NULL, NULL);
	assert_true(UNTIL(b.seat.nnews == 1));
	end();
}

/* ---- TLS -------------------------------------------------------------------- */

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
	memset(&b, 0, sizeof(b));
	b.broker = broker_start(more);
	assert_int_equal(loop_open(&b.loop, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)snprintf(conf, sizeof(conf),
			       "mqtt t { url = \"mqtts://%s:%d\" client_id = c "
			       "reconnect_min = 20ms reconnect_max = 50ms "
			       "ca_file = \"%s\" }",
			       rows[i].host, broker_port(b.broker),
			       rows[i].trusted ? cert : "");
		seat_open(&b.seat, b.loop, &mqtt_channel_ops, conf);
		if (rows[i].up) {
			assert_true(seat_wait_up(&b.seat));
			assert_int_equal(seat_notify(&b.seat, 1, "a.b", "{}"),
					 0);
			assert_true(seat_wait_ends(&b.seat, 1));
		} else {
			/* localhost may be ::1 as well, where nobody is. */
			assert_true(UNTIL(b.seat.states >= 3 &&
					  strcmp(b.seat.why, "tls") == 0));
			assert_int_equal(b.seat.state, CHANNEL_DOWN);
		}
		seat_close(&b.seat, 50);
	}
	(void)unlink(cert);
	(void)unlink(key);
	(void)rmdir(dir);
	end();
}

static void publishes_states(void **state UNUSED)
{
	static const char *const acd[] = { "carillon/acd/#", NULL };

	begin("");
	assert_int_equal(mqtt_publish(b.seat.c, STR("acd/queue/hotline"),
				      STR("{\"waiting\":3}"), true),
			 0);
	assert_int_equal(mqtt_publish(b.seat.c, STR("acd/#"), STR("x"), false),
			 -EINVAL);
	for (int i = 0; i < 5; i++)
		seat_turn(&b.seat);
	device_close(&b.device);
	b.device = device_open(b.broker, "dev-2", acd);
	assert_true(UNTIL(on("carillon/acd/queue/hotline") != NULL));
	assert_true(on("carillon/acd/queue/hotline")->retained);
	end();
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
		cmocka_unit_test(receipts_read),
		cmocka_unit_test(settings_faults),
		cmocka_unit_test(message_and_notice),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(receipts_come_back),
		cmocka_unit_test(reply_stays_until_stored),
		cmocka_unit_test(session_is_kept),
		cmocka_unit_test(broker_dies),
		cmocka_unit_test(broker_hangs),
		cmocka_unit_test(refused_is_stopped),
		cmocka_unit_test(window_is_kept),
		cmocka_unit_test(held),
		cmocka_unit_test(sends_and_events_come_in),
		cmocka_unit_test(rubbish_is_counted),
		cmocka_unit_test(publishes_states),
		cmocka_unit_test(tls),
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
