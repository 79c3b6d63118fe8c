/* Questions about overdue receipts: when a peer is asked, about which parts,
 * under which sender, and whose the answers are. */
#include "gateway/questions.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "gateway/codes.h"
#include "gateway/gateway.h"
#include "gateway/lane.h"
#include "gateway/receipts.h"

enum { ASKED_MAX = 16 };

/* What the channel was asked. */
static struct {
	uint64_t token;
	char peer_id[32], from[32];
} asked[ASKED_MAX];
static unsigned nasked;
static int channel_says;

/* A read that the store has not answered yet. */
static struct {
	store_row_fn show;
	void (*done)(void *owner, int rc);
	void *owner;
	int64_t id;
} reading;
static unsigned reads;

static struct clock_hand clock_hand;
static struct gateway_cfg cfg;
static struct classes *classes;
static struct store store;
static struct lanes lanes;
static struct lane lane;
static char source[] = "10690001";
static struct core core;
static struct buf history;

static void store_get(struct store *s, enum store_call call,
		      const struct cell *cells, unsigned n, store_row_fn show,
		      void (*done)(void *owner, int rc), void *owner)
{
	assert_ptr_equal(s, &store);
	assert_int_equal(call, STORE_MESSAGE_GET);
	assert_int_equal(n, 1);
	reading.show = show;
	reading.done = done;
	reading.owner = owner;
	reading.id = cells[0].i;
	reads++;
}

static void store_put_nothing(struct store *s, enum store_call call,
			      const struct cell *cells, unsigned n)
{
	(void)s;
	(void)call;
	(void)cells;
	(void)n;
}

/* The store answers: one row, whose seventh cell is the history. */
static void store_answers(int rc)
{
	struct row row = { .n = 7 };

	row.v[6] = CELL_B(buf_str(&history));
	if (rc == 0)
		assert_false(reading.show(reading.owner, &row));
	reading.done(reading.owner, rc);
}

static int channel_query(struct channel *c, uint64_t token, struct str peer_id,
			 struct str from)
{
	assert_ptr_equal(c, &lane);
	if (channel_says != 0)
		return channel_says;
	must(nasked < ASKED_MAX);
	asked[nasked].token = token;
	assert_int_equal(str_copy(asked[nasked].peer_id,
				  sizeof(asked[nasked].peer_id), peer_id),
			 0);
	assert_int_equal(str_copy(asked[nasked].from,
				  sizeof(asked[nasked].from), from),
			 0);
	nasked++;
	return 0;
}

static const struct store_ops store_ops = { .get = store_get,
					    .put = store_put_nothing };
static const struct channel_ops channel_ops = { .query = channel_query };

static void make_classes(void)
{
	struct settings s = { 0 };
	struct faults f = { 0 };

	assert_int_equal(settings_parse("", "test", &class_section, 1, &s, &f),
			 0);
	assert_int_equal(classes_new(&classes, &s, &f), 0);
	settings_done(&s);
	faults_done(&f);
}

static int begin(void **state)
{
	(void)state;
	clock_hand_init(&clock_hand, 1795000000000);
	cfg = (struct gateway_cfg){ .reply_codes = 9,
				    .reply_codes_max = 99,
				    .reply_keep = 60000 };
	make_classes();
	store.ops = &store_ops;
	lane = (struct lane){ .ops = &channel_ops,
			      .channel = (struct channel *)&lane,
			      .state = CHANNEL_UP,
			      .source = source,
			      .query = { .on = true,
					 .tries = 2,
					 .interval_ms = 700,
					 .rate = 4 } };
	lanes = (struct lanes){ .v = { &lane }, .len = 1 };
	core = (struct core){ .clock = &clock_hand.ops,
			      .store = &store,
			      .cfg = &cfg,
			      .lanes = &lanes };
	lives_init(&core.lives, classes, 100);
	core.codes = codes_new(&core);
	core.questions = questions_new(&core);
	buf_init(&history, BUF_NO_LIMIT);
	nasked = reads = 0;
	channel_says = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	questions_free(&core.questions);
	questions_free(&core.questions);
	codes_free(&core.codes);
	lives_done(&core.lives);
	classes_free(&classes);
	buf_done(&history);
	return mem_live_blocks() == 0 ? 0 : -1;
}

/* The peer gave this id to a part. */
static void history_has(enum event_kind kind, unsigned part, const char *id)
{
	const struct event e = { .kind = kind,
				 .part = (uint8_t)part,
				 .peer_id = str_of(id) };
	struct buf one;

	buf_init(&one, BUF_NO_LIMIT);
	event_encode(&e, &one);
	buf_lstr(&history, buf_str(&one));
	buf_done(&one);
}

/* A message of so many parts, submitted over the lane, whose receipt is due. */
static struct live *overdue(uint64_t id, unsigned parts)
{
	const struct message m = { .id = id,
				   .tenant = STR("DEMOTEL"),
				   .class_name = STR("service"),
				   .to = STR("+447700900001"),
				   .thread = STR("ticket"),
				   .text = STR("x"),
				   .parts = (uint8_t)parts };
	struct live *l = NULL;

	assert_int_equal(lives_add(&core.lives, &m,
				   classes_find(classes, m.class_name), &l),
			 0);
	l->lane = 0;
	receipts_await(l, core_wall_ms(&core));
	return l;
}

static void over(struct live *l)
{
	mem_free(l->receipt.keys);
	l->place = LIVE_NOWHERE;
	lives_remove(&core.lives, l);
}

/* ---- asking --------------------------------------------------------------- */

static void each_part_that_has_not_been_told_of(void **state)
{
	struct live *l = overdue(7, 4);
	uint64_t id = 0;
	unsigned part = 99;

	(void)state;
	l->receipt.delivered = BIT(1);
	l->receipt.failed = BIT(2);
	/* an id that was given twice: the last; one in a receipt is none */
	history_has(EVENT_SUBMITTED, 0, "early");
	history_has(EVENT_SUBMITTED, 0, "a");
	history_has(EVENT_SUBMITTED, 1, "b");
	history_has(EVENT_SUBMITTED, 2, "c");
	history_has(EVENT_SUBMITTED, 3, "d");
	history_has(EVENT_RECEIPT, 3, "dd");
	assert_true(questions_ask(core.questions, l));
	assert_int_equal(reads, 1);
	assert_int_equal(reading.id, 7);
	assert_int_equal(l->receipt.until_ms, core_wall_ms(&core) + 700);
	assert_int_equal(nasked, 0);
	store_answers(0);
	assert_int_equal(nasked, 2);
	assert_string_equal(asked[0].peer_id, "a");
	assert_string_equal(asked[1].peer_id, "d");
	assert_int_equal(lane.query.open, 2);
	/* answers come in any order, and each once */
	assert_true(questions_take(core.questions, asked[1].token, &id, &part));
	assert_int_equal(id, 7);
	assert_int_equal(part, 3);
	assert_false(
		questions_take(core.questions, asked[1].token, &id, &part));
	assert_true(questions_take(core.questions, asked[0].token, &id, &part));
	assert_int_equal(part, 0);
	assert_int_equal(lane.query.open, 0);
	over(l);
}

static void one_part_is_part_0(void **state)
{
	struct live *l = overdue(7, 0);

	(void)state;
	history_has(EVENT_SUBMITTED, 0, "a");
	assert_true(questions_ask(core.questions, l));
	store_answers(0);
	assert_int_equal(nasked, 1);
	over(l);
}

/* query_sm wants the sender that the message left under. */
static void under_the_sender_that_it_had(void **state)
{
	struct live *l = overdue(7, 1);
	struct message m;

	(void)state;
	lane.reply_digits = 2;
	live_message(&core.lives, l, &m);
	codes_give(core.codes, &m);
	history_has(EVENT_SUBMITTED, 0, "a");
	assert_true(questions_ask(core.questions, l));
	store_answers(0);
	assert_int_equal(nasked, 1);
	assert_string_equal(asked[0].from, "1069000101");
	over(l);
}

static void so_often_as_it_may(void **state)
{
	struct live *l = overdue(7, 1);

	(void)state;
	assert_true(questions_ask(core.questions, l));
	store_answers(0); /* nothing is known of it: no question */
	assert_int_equal(nasked, 0);
	assert_true(questions_ask(core.questions, l));
	store_answers(0);
	assert_false(questions_ask(core.questions, l));
	assert_int_equal(reads, 2);
	over(l);
}

/* Of a link that does not ask, or of none, the wait is over at once. */
static void who_does_not_ask(void **state)
{
	const struct channel_ops without = { .name = "x" };
	struct live *l = overdue(7, 1);
	int64_t until = l->receipt.until_ms;

	(void)state;
	clock_hand_turn(&clock_hand, 5);
	lane.query.on = false;
	assert_false(questions_ask(core.questions, l));
	lane.query.on = true;
	lane.ops = &without;
	assert_false(questions_ask(core.questions, l));
	lane.ops = &channel_ops;
	l->lane = -1;
	assert_false(questions_ask(core.questions, l));
	assert_int_equal(l->receipt.asked, 0);
	assert_int_equal(l->receipt.until_ms, until);
	assert_int_equal(reads, 0);
	over(l);
}

/* A turn in which the peer cannot be asked is lost, not postponed for ever. */
static void turns_that_are_lost(void **state)
{
	struct live *l = overdue(7, 1);

	(void)state;
	lane.query.tries = 5;
	lane.state = CHANNEL_DOWN;
	assert_true(questions_ask(core.questions, l));
	lane.state = CHANNEL_UP;
	lane.held = true;
	assert_true(questions_ask(core.questions, l));
	lane.held = false;
	lane.query.asked = 4;
	assert_true(questions_ask(core.questions, l));
	lane.query.asked = 0;
	lane.query.open = 4;
	assert_true(questions_ask(core.questions, l));
	assert_int_equal(reads, 0);
	lane.query.open = 0;
	lane.channel = NULL;
	assert_true(questions_ask(core.questions, l));
	assert_int_equal(reads, 0);
	assert_false(questions_ask(core.questions, l));
	over(l);
}

static void rate_counts_parts(void **state)
{
	struct live *l = overdue(7, 4), *m = overdue(8, 1);

	(void)state;
	assert_true(questions_ask(core.questions, l));
	assert_int_equal(lane.query.asked, 4);
	store_answers(0);
	assert_true(questions_ask(core.questions, m));
	assert_int_equal(reads, 1);
	over(l);
	over(m);
}

/* ---- what may happen meanwhile -------------------------------------------- */

static void asked_in_vain(void **state)
{
	struct live *l = overdue(7, 1);
	uint64_t id;
	unsigned part;

	(void)state;
	history_has(EVENT_SUBMITTED, 0, "a");
	/* the channel takes no question now */
	channel_says = -EAGAIN;
	assert_true(questions_ask(core.questions, l));
	store_answers(0);
	assert_int_equal(lane.query.open, 0);
	assert_false(questions_take(core.questions, 1, &id, &part));
	channel_says = 0;
	/* the store cannot read */
	assert_true(questions_ask(core.questions, l));
	store_answers(-EIO);
	assert_int_equal(nasked, 0);
	over(l);
}

static void changed_while_it_was_read(void **state)
{
	struct live *l = overdue(7, 1);

	(void)state;
	lane.query.tries = 9;
	lane.query.rate = 9;
	history_has(EVENT_SUBMITTED, 0, "a");
	/* the receipt has come */
	assert_true(questions_ask(core.questions, l));
	l->receipt.delivered = BIT(0);
	store_answers(0);
	assert_int_equal(nasked, 0);
	l->receipt.delivered = 0;
	/* the link is closed */
	assert_true(questions_ask(core.questions, l));
	lane.channel = NULL;
	store_answers(0);
	lane.channel = (struct channel *)&lane;
	/* the gateway stops */
	assert_true(questions_ask(core.questions, l));
	core.stopping = true;
	store_answers(0);
	core.stopping = false;
	/* the message waits for something else, and then is gone */
	assert_true(questions_ask(core.questions, l));
	l->place = LIVE_WHEEL;
	store_answers(0);
	l->place = LIVE_RECEIPT;
	assert_true(questions_ask(core.questions, l));
	over(l);
	store_answers(0);
	assert_int_equal(nasked, 0);
}

static void gone_while_it_was_read(void **state)
{
	struct live *l = overdue(7, 1);

	(void)state;
	history_has(EVENT_SUBMITTED, 0, "a");
	assert_true(questions_ask(core.questions, l));
	questions_free(&core.questions);
	store_answers(0);
	assert_int_equal(nasked, 0);
	over(l);
	core.questions = questions_new(&core);
}

/* What is unanswered at the end is forgotten with the rest. */
static void unanswered_at_the_end(void **state)
{
	struct live *l = overdue(7, 1);
	uint64_t id = 0;
	unsigned part;

	(void)state;
	history_has(EVENT_SUBMITTED, 0, "a");
	assert_true(questions_ask(core.questions, l));
	store_answers(0);
	assert_int_equal(lane.query.open, 1);
	over(l);
	/* and nobody else's */
	assert_false(
		questions_take(core.questions, asked[0].token + 1, &id, &part));
	assert_int_equal(id, 0);
}

/* A damaged history is no reason to ask nonsense. */
static void history_that_is_damaged(void **state)
{
	struct live *l = overdue(7, 2);

	(void)state;
	history_has(EVENT_SUBMITTED, 0, "a");
	history_has(EVENT_SUBMITTED, 1, "b");
	history.len -= 1;
	assert_true(questions_ask(core.questions, l));
	store_answers(0);
	assert_int_equal(nasked, 1);
	assert_string_equal(asked[0].peer_id, "a");
	over(l);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(each_part_that_has_not_been_told_of),
		TEST(one_part_is_part_0),
		TEST(under_the_sender_that_it_had),
		TEST(so_often_as_it_may),
		TEST(who_does_not_ask),
		TEST(turns_that_are_lost),
		TEST(rate_counts_parts),
		TEST(asked_in_vain),
		TEST(changed_while_it_was_read),
		TEST(gone_while_it_was_read),
		TEST(unanswered_at_the_end),
		TEST(history_that_is_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
