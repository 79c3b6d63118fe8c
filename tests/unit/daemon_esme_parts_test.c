/* Long messages of ESMEs: joined in any order, on disk before they are
 * acknowledged, and neither lost nor doubled by a restart or a full disk. */
#include "tests/lib/bed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/secret.h"
#include "base/stats.h"
#include "daemon/esme_parts.h"
#include "store/failing.h"

static const char link_a[] = "fake a { }";

static struct parts *room;
static struct bed *bed;

/* The door above: takes what is whole as intake would, by a record of its
 * own in the same batch. */
static struct {
	unsigned shown, taken;
	int rc;
	bool fails; /* the commit in which the next one is taken */
	uint64_t id;
	char text[512];
	unsigned have, dlr;
	uint32_t asked;
	int64_t send_at_ms;
} door;

static int done_rc[1024];
static unsigned ndone;

static struct failing_cfg failing;
static unsigned steps;

static void fail_from_now(void)
{
	failing.rc = -ENOSPC;
	failing.times = 0;
	failing_from(&failing, __atomic_load_n(&steps, __ATOMIC_ACQUIRE) + 1);
}

static uint64_t new_id(void *owner)
{
	(void)owner;
	return gateway_id(bed->gateway);
}

static int on_whole(void *owner, const struct parts_whole *w)
{
	(void)owner;
	door.shown++;
	if (door.rc != 0)
		return door.rc;
	if (door.fails)
		fail_from_now();
	door.fails = false;
	door.taken++;
	door.id = w->id;
	door.have = w->have;
	door.dlr = w->dlr;
	door.asked = w->asked;
	door.send_at_ms = w->send_at_ms;
	assert_int_equal(str_copy(door.text, sizeof(door.text), w->text), 0);
	return 0;
}

static void on_done(void *by, int rc)
{
	(void)by;
	must(ndone < ARRAY_LEN(done_rc));
	done_rc[ndone++] = rc;
}

static void open_room(uint64_t wait_ms, size_t sets)
{
	const struct parts_env env = {
		.loop = bed->loop,
		.clock = &clock_real,
		.store = bed->store,
		.name = "main",
		.new_id = new_id,
		.whole = on_whole,
	};
	struct err err = { "" };

	memset(&door, 0, sizeof(door));
	ndone = 0;
	if (parts_open(&room, &env, &(struct parts_limits){ sets, wait_ms },
		       &err) != 0)
		fail_msg("%s", err.text);
}

static void begin(struct bed *b, bool create)
{
	bed = b;
	bed_start(b, link_a, create);
	open_room(60000, 100);
}

static void on_closed(void *owner)
{
	((struct bed *)owner)->closed = true;
}

/* As bed_stop, but that the room goes between the store and the loop. */
static void end(void)
{
	parts_stop(room);
	gateway_close(&bed->gateway, on_closed, bed);
	while (!bed->closed)
		loop_turn(bed->loop, true);
	store_close(&bed->store);
	parts_close(&room);
	loop_close(&bed->loop);
	settings_done(&bed->settings);
}

static const struct parts_head head = {
	.account = { "main/demo", 9 },
	.from = { "DEMOCARE", 8 },
	.source = { 5, 0, { "DEMOCARE", 8 } },
	.to = { "+447700900001", 13 },
	.dest_ton = 1,
	.dest_npi = 1,
	.total = 3,
	.ref = 7,
};

/* A part; its id, or 0 when there was no room. */
static uint64_t put_as(const struct parts_head *h, unsigned part,
		       enum sms_charset charset, struct str bytes,
		       uint8_t registered)
{
	const struct smpp_piece piece = { .charset = charset,
					  .bytes = bytes,
					  .total = h->total,
					  .part = part,
					  .ref = h->ref };
	uint64_t id = 0;

	int rc = parts_put(room, h, &piece, registered, 0, 0, on_done, NULL,
			   &id);
	assert_true(rc == 0 || rc == -ENOSPC);
	return id;
}

static uint64_t put(unsigned part, const char *text)
{
	return put_as(&head, part, SMS_GSM7, str_of(text), 1);
}

static void joined_in_any_order(void **state)
{
	static const unsigned rows[][3] = {
		{ 1, 2, 3 },
		{ 3, 2, 1 },
		{ 2, 3, 1 },
	};
	static const char *const text[] = { "", "one ", "two ", "three" };

	begin(*state, true);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t id = put(rows[i][0], text[rows[i][0]]);

		assert_int_equal(ndone, 0); /* not before it is on disk */
		TURN_UNTIL(bed, ndone == 1);
		assert_true(parts_has(room, STR("main/demo"), id));
		assert_false(parts_has(room, STR("main/other"), id));
		assert_int_equal(put(rows[i][1], text[rows[i][1]]), id);
		assert_int_equal(put(rows[i][2], text[rows[i][2]]), id);
		TURN_UNTIL(bed, door.taken == i + 1 && parts_len(room) == 0);
		assert_int_equal(ndone, 3);
		assert_int_equal(done_rc[0] | done_rc[1] | done_rc[2], 0);
		ndone = 0;
		assert_string_equal(door.text, "one two three");
		assert_int_equal(door.id, id);
		assert_int_equal(door.have, 3);
		assert_int_equal(door.dlr, 1);
		assert_int_equal(door.asked, 7);
		assert_false(parts_has(room, STR("main/demo"), id));
	}
	end();
	/* nothing of it is left */
	begin(*state, false);
	assert_int_equal(parts_len(room), 0);
	end();
}

static void sets_are_kept_apart(void **state)
{
	struct parts_head rows[6] = { head, head, head, head, head, head };
	uint64_t ids[ARRAY_LEN(rows)];

	rows[1].ref = 8;
	rows[2].to = STR("+447700900002");
	rows[3].from = STR("OTHER");
	rows[4].account = STR("main/other");
	rows[5].wide = true;
	begin(*state, true);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ids[i] = put_as(&rows[i], 1, SMS_GSM7, STR("x"), 0);
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(ids[i], ids[k]);
	}
	assert_int_equal(parts_len(room), ARRAY_LEN(rows));
	end();
}

/* A careless sender cuts a character in two. */
static void cut_characters(void **state)
{
	begin(*state, true);
	(void)put_as(&head, 2, SMS_UCS2, STR("\xde\x00\x00!"), 0);
	(void)put_as(&head, 1, SMS_UCS2, STR("\x00h\xd8\x3d"), 2);
	(void)put_as(&head, 3, SMS_GSM7, STR("\x1b\x65"), 0);
	TURN_UNTIL(bed, door.taken == 1);
	assert_string_equal(door.text, "h😀!€");
	assert_int_equal(door.asked, 1);
	assert_int_equal(door.dlr, 2);
	end();
}

static void a_part_sent_again(void **state)
{
	begin(*state, true);
	uint64_t id = put(1, "old ");
	TURN_UNTIL(bed, ndone == 1);
	assert_int_equal(put(1, "new "), id);
	(void)put(2, "2");
	(void)put(3, "3");
	TURN_UNTIL(bed, door.taken == 1 && ndone == 4);
	assert_string_equal(door.text, "new 23");
	end();
	begin(*state, false);
	assert_int_equal(parts_len(room), 0);
	end();
}

static void a_restart_loses_none(void **state)
{
	begin(*state, true);
	uint64_t id = put(3, "three");
	(void)put(1, "one ");
	(void)put(1, "one+ ");
	TURN_UNTIL(bed, ndone == 3);
	end();
	begin(*state, false);
	assert_int_equal(parts_len(room), 1);
	assert_true(parts_has(room, STR("main/demo"), id));
	assert_int_equal(put(2, "two "), id);
	TURN_UNTIL(bed, door.taken == 1 && parts_len(room) == 0);
	assert_string_equal(door.text, "one+ two three");
	assert_int_equal(door.id, id);
	end();
	begin(*state, false);
	assert_int_equal(parts_len(room), 0);
	for (unsigned i = 0; i < 20; i++)
		bed_turn(bed);
	assert_int_equal(door.shown, 0); /* and doubles none */
	end();
}

/* All parts came, but the gateway had no room before the restart. */
static void whole_at_the_start(void **state)
{
	begin(*state, true);
	door.rc = -EAGAIN;
	(void)put(1, "a");
	(void)put(2, "b");
	(void)put(3, "c");
	TURN_UNTIL(bed, ndone == 3 && door.shown == 1);
	assert_int_equal(parts_len(room), 1);
	end();
	begin(*state, false);
	TURN_UNTIL(bed, door.taken == 1);
	assert_string_equal(door.text, "abc");
	end();
}

static void given_up(void **state)
{
	bed = *state;
	bed_start(bed, link_a, true);
	open_room(300, 100); /* both parts come before */
	(void)put(1, "one ");
	(void)put(3, "three");
	TURN_UNTIL(bed, door.taken == 1 && parts_len(room) == 0);
	assert_int_equal(door.have, 2);
	assert_int_equal(door.asked, 5);
	/* what comes now begins another */
	assert_int_not_equal(put(2, "two"), door.id);
	end();
	begin(bed, false);
	assert_int_equal(parts_len(room), 1);
	end();
}

static void limits(void **state)
{
	struct parts_head h = head;
	static char big[65000];
	unsigned n = 0;

	bed = *state;
	bed_start(bed, link_a, true);
	open_room(60000, 5);
	for (h.ref = 0; h.ref < 8; h.ref++)
		n += put_as(&h, 1, SMS_GSM7, STR("x"), 0) != 0;
	assert_int_equal(n, 5);
	/* one more part of what is there is welcome; so is another account */
	h.ref = 0;
	assert_int_not_equal(put_as(&h, 2, SMS_GSM7, STR("y"), 0), 0);
	h.account = STR("main/other");
	assert_int_not_equal(put_as(&h, 1, SMS_GSM7, STR("y"), 0), 0);
	/* the bytes of one account have a limit, too */
	parts_limit(room, &(struct parts_limits){ 1000, 60000 });
	h.total = PARTS_MAX;
	n = 0;
	for (h.ref = 100; h.ref < 130; h.ref++)
		for (unsigned i = 1; i <= PARTS_MAX; i++)
			n += put_as(&h, i, SMS_GSM7,
				    str_bytes(big, sizeof(big)), 0) != 0;
	assert_in_range(n, 250, 260);
	end();
}

/* ---- a full disk ----------------------------------------------------------- */

static void begin_failing(struct bed *b)
{
	struct backend *memory = NULL;

	bed = b;
	failing = (struct failing_cfg){ 0 };
	steps = 0;
	assert_int_equal(memory_open(&memory, "", BACKEND_MAKE_NEW, NULL), 0);
	failing_open(&b->backend, memory, &failing, &steps);
	bed_start(b, link_a, true);
	open_room(60000, 100);
	for (unsigned i = 0; i < 5; i++)
		bed_turn(b);
}

static void a_part_that_is_not_stored(void **state)
{
	begin_failing(*state);
	(void)put(1, "one ");
	TURN_UNTIL(bed, ndone == 1);
	fail_from_now();
	uint64_t id = put(2, "lost");
	TURN_UNTIL(bed, ndone == 2);
	assert_int_equal(done_rc[1], -ENOSPC);
	failing_from(&failing, 0);
	/* it is asked for again, and comes */
	TURN_UNTIL(bed, bed->store->ops->ready(bed->store) == 0);
	assert_int_equal(put(2, "two "), id);
	(void)put(3, "three");
	TURN_UNTIL(bed, door.taken == 1);
	assert_string_equal(door.text, "one two three");
	end();
}

static void an_end_that_is_not_stored(void **state)
{
	begin_failing(*state);
	(void)put(1, "one ");
	(void)put(2, "two ");
	TURN_UNTIL(bed, ndone == 2);
	door.fails = true;
	(void)put(3, "three");
	/* each try until then shows it anew */
	TURN_UNTIL(bed, door.taken >= 2);
	assert_int_equal(parts_len(room), 1);
	failing_from(&failing, 0);
	TURN_UNTIL(bed, parts_len(room) == 0);
	unsigned taken = door.taken;
	assert_string_equal(door.text, "one two three");
	for (unsigned i = 0; i < 20; i++)
		bed_turn(bed);
	assert_int_equal(door.taken, taken); /* once it is stored, no more */
	end();
}

static int setup(void **state)
{
	(void)state;
	secret_init();
	log_open(2, LOG_ERROR + 1);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(fn) cmocka_unit_test_setup_teardown(fn, bed_open, bed_close)
		ROW(joined_in_any_order),
		ROW(sets_are_kept_apart),
		ROW(cut_characters),
		ROW(a_part_sent_again),
		ROW(a_restart_loses_none),
		ROW(whole_at_the_start),
		ROW(given_up),
		ROW(limits),
		ROW(a_part_that_is_not_stored),
		ROW(an_end_that_is_not_stored),
#undef ROW
	};
	return cmocka_run_group_tests(tests, setup, bed_no_blocks);
}
