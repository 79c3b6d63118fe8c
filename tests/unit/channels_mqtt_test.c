/* The MQTT channel against a real broker. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "channels/mqtt/channel.h"
#include "tests/lib/broker.h"
#include "tests/lib/seat.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	secret_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
