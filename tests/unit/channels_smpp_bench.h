/* The bench of the channels_smpp tests: a loop, an SMSC, the channel and the
 * gateway's seat above it. */
#pragma once

#include <errno.h>

#include "tests/unit/channels_smpp_peer.h"

static struct loop *loop;
static struct peer peer;
static struct seat seat;

#define FAST                                                              \
	"reconnect_min = 10ms reconnect_max = 20ms already_bound = 60ms " \
	"unbind_timeout = 100ms bind_timeout = 60ms "

static UNUSED void begin_as(const char *more)
{
	char conf[1024];

	assert_int_equal(loop_open(&loop, NULL), 0);
	peer_open(&peer, loop);
	(void)snprintf(conf, sizeof(conf),
		       "smpp a { host = \"127.0.0.1\" port = %d "
		       "system_id = \"demo\" password = \"sixteen--letters\" "
		       "%s %s }",
		       listener_port(peer.listener), FAST, more);
	seat_open(&seat, loop, &smpp_channel_ops, conf);
}

static UNUSED void begin(const char *more)
{
	begin_as(more);
	assert_true(seat_wait_up(&seat));
}

static UNUSED void end(void)
{
	seat_close(&seat, 200);
	peer_close(&peer);
	for (int i = 0; i < 3; i++)
		loop_turn(loop, false);
	loop_close(&loop);
	stats_reset_all();
	assert_int_equal(mem_live_blocks(), 0);
}

#define UNTIL(condition) assert_true(SEAT_UNTIL(&seat, 20000, condition))

/* Lets a little time pass, to see that nothing happens. */
static UNUSED void rest(uint64_t ms)
{
	assert_false(SEAT_UNTIL(&seat, ms, false));
}

static UNUSED int send_it(uint64_t attempt, const struct message *m,
			  uint32_t done)
{
	seat.in_ops++;
	int rc = seat.ops->send(seat.c, attempt, m, done);
	seat.in_ops--;
	return rc;
}

static UNUSED int say(uint64_t attempt, const char *text)
{
	return seat_send(&seat, attempt, "+447700900001", text);
}

static UNUSED const struct smpp_pdu *submit(unsigned n)
{
	const struct peer_pdu *h = peer_heard(&peer, SMPP_SUBMIT_SM, n);
	return &h->pdu;
}

/* A text that needs n parts of 153 septets. */
static UNUSED const char *long_text(unsigned n)
{
	static char text[153 * 32 + 1];

	memset(text, 'x', sizeof(text));
	text[153 * n] = '\0';
	return text;
}

static UNUSED int bench_setup(void **state UNUSED)
{
	secret_init();
	log_open(2, LOG_ERROR + 1);
	return 0;
}
