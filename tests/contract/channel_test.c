/* What every channel keeps, by model/channel.h. */
#include "tests/contract/channel_fars.h"

#include <errno.h>

static const struct far *const fars[] = { &far_fake, &far_webhook, &far_mqtt,
					  &far_smpp };

/* Turns until the condition holds, at most ms; does it? Asked once a turn. */
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

static const struct far *far;
static size_t blocks; /* before the test */

static void turn(void)
{
	seat_turn(&bed.seat);
	if (far->turn != NULL)
		far->turn();
}

static void begin(const struct far *f, unsigned window)
{
	char conf[512];

	far = f;
	blocks = mem_live_blocks();
	memset(&bed, 0, sizeof(bed));
	assert_int_equal(loop_open(&bed.loop, NULL), 0);
	far->start();
	far->conf(conf, sizeof(conf), window);
	seat_open(&bed.seat, bed.loop, far->ops, conf);
	/* open returns at once; what follows comes from the loop. */
	assert_int_equal(bed.seat.states, 0);
}

static void begin_up(const struct far *f, unsigned window)
{
	begin(f, window);
	assert_true(UNTIL(bed.seat.state == CHANNEL_UP));
	assert_true(bed.seat.window >= 1 && bed.seat.window <= window);
}

static void end(void)
{
	if (bed.seat.done == 0)
		seat_close(&bed.seat, 20);
	far->stop();
	loop_close(&bed.loop);
	stats_reset_all();
	assert_int_equal(mem_live_blocks(), blocks);
}

/* Each of the attempts 1..n has ended once. */
static void all_ended_once(size_t n)
{
	assert_int_equal(bed.seat.nends, n);
	for (size_t i = 1; i <= n; i++)
		if (seat_ended(&bed.seat, i) == NULL)
			fail_msg("%s: attempt %zu", far->name, i);
}

/* Sends until it is full; how many were taken? */
static size_t fill(uint64_t first)
{
	size_t n = 0;
	int rc;

	while ((rc = seat_send(&bed.seat, first + n, far->to, "hi")) == 0)
		n++;
	assert_int_equal(rc, -EAGAIN);
	return n;
}

/* ---- the suite -------------------------------------------------------------- */

static void table_is_whole(void **state)
{
	const struct far *f = *state;

	const struct channel_ops *o = f->ops;
	assert_non_null(o->name);
	assert_non_null(o->kind);
	assert_string_equal(o->name, o->settings->name);
	assert_true(o->settings->titled);
	assert_true(o->open != NULL && o->send != NULL && o->answer != NULL &&
		    o->hold != NULL && o->rebind != NULL && o->close != NULL);
}

/* Exactly one `ended` for each accepted send, and never from inside it (the
 * seat ends the test then). */
static void each_send_ends_once(void **state)
{
	const struct far *f = *state;

	begin_up(f, 4);
	for (uint64_t n = 1; n <= 40; n++) {
		assert_true(UNTIL(seat_send(&bed.seat, n, far->to, "hi") == 0));
		if (n % 7 == 0)
			turn();
	}
	assert_true(UNTIL(bed.seat.nends >= 40));
	assert_true(NEVER(30, bed.seat.nends > 40));
	all_ended_once(40);
	for (size_t n = 0; n < 40; n++) {
		const struct seat_end *e = &bed.seat.ends[n];
		if (e->class != OUTCOME_DELIVERED &&
		    e->class != OUTCOME_ACCEPTED)
			fail_msg("%s: class %d", far->name, e->class);
		assert_true(e->sent);
		assert_int_equal(e->parts, 1);
		assert_int_equal(e->parts_done, 1);
	}
	end();
}

static void each_notice_ends_once(void **state)
{
	const struct far *f = *state;

	if (f->ops->notify == NULL)
		return;
	begin_up(f, 4);
	for (uint64_t n = 1; n <= 12; n++)
		assert_true(UNTIL(seat_notify(&bed.seat, n, "a.b", "{}") == 0));
	assert_true(UNTIL(bed.seat.nends >= 12));
	assert_true(NEVER(30, bed.seat.nends > 12));
	all_ended_once(12);
	end();
}

/* What the window says is what may be unanswered, and it opens again. */
static void full_is_eagain(void **state)
{
	const struct far *f = *state;

	begin_up(f, 3);
	far->quiet(true);
	assert_int_equal(fill(1), bed.seat.window);
	for (int n = 0; n < 5; n++)
		turn();
	assert_int_equal(bed.seat.nends, 0);
	far->quiet(false);
	assert_true(UNTIL(bed.seat.nends == bed.seat.window));
	assert_true(UNTIL(seat_send(&bed.seat, 10, far->to, "hi") == 0));
	assert_true(UNTIL(bed.seat.nends == bed.seat.window + 1u));
	end();
}

/* Not up yet, or no longer: -EAGAIN; what was under way ends once. */
static void down_is_eagain(void **state)
{
	const struct far *f = *state;

	if (!f->dials)
		return;
	begin(f, 4);
	assert_int_equal(seat_send(&bed.seat, 99, far->to, "hi"), -EAGAIN);
	assert_true(UNTIL(bed.seat.state == CHANNEL_UP));
	far->quiet(true);
	assert_int_equal(seat_send(&bed.seat, 1, far->to, "hi"), 0);
	assert_int_equal(seat_send(&bed.seat, 2, far->to, "hi"), 0);
	for (int n = 0; n < 5; n++)
		turn();
	far->kill();
	assert_true(UNTIL(bed.seat.state == CHANNEL_DOWN));
	assert_int_equal(seat_send(&bed.seat, 98, far->to, "hi"), -EAGAIN);
	far->again();
	assert_true(UNTIL(bed.seat.state == CHANNEL_UP));
	if (far->ops == &fake_channel_ops)
		far->quiet(false);
	assert_true(UNTIL(bed.seat.nends == 2));
	assert_int_equal(seat_send(&bed.seat, 3, far->to, "hi"), 0);
	assert_true(UNTIL(bed.seat.nends == 3));
	all_ended_once(3);
	end();
}

/* One that has nothing to dial says for each send that nobody was there. */
static void nobody_there_is_retry(void **state)
{
	const struct far *f = *state;

	if (f->dials)
		return;
	begin_up(f, 4);
	far->kill();
	assert_int_equal(seat_send(&bed.seat, 1, far->to, "hi"), 0);
	assert_true(UNTIL(bed.seat.nends == 1));
	assert_int_equal(bed.seat.ends[0].class, OUTCOME_RETRY);
	assert_false(bed.seat.ends[0].sent);
	far->again();
	assert_int_equal(seat_send(&bed.seat, 2, far->to, "hi"), 0);
	assert_true(UNTIL(bed.seat.nends == 2));
	assert_int_equal(bed.seat.ends[1].class, OUTCOME_DELIVERED);
	end();
}

/* Idle: done soon, once, and nothing ends. seat_close checks done. */
static void close_when_idle(void **state)
{
	const struct far *f = *state;

	begin_up(f, 4);
	uint64_t at = clock_mono_ms(&clock_real);
	seat_close(&bed.seat, 3000);
	assert_true(clock_mono_ms(&clock_real) - at < 1500);
	assert_int_equal(bed.seat.nends, 0);
	end();
}

/* Before it is up, and with nobody there. */
static void close_while_dialling(void **state)
{
	const struct far *f = *state;

	begin(f, 4);
	seat_close(&bed.seat, 50);
	end();

	begin(f, 4);
	far->kill();
	for (int n = 0; n < 10; n++)
		turn();
	seat_close(&bed.seat, 50);
	assert_int_equal(bed.seat.nends, 0);
	end();
}

/* What is answered in time ends as answered; no new sends meanwhile. */
static void close_drains(void **state)
{
	const struct far *f = *state;

	begin_up(f, 4);
	far->quiet(true);
	assert_int_equal(seat_send(&bed.seat, 1, far->to, "hi"), 0);
	assert_int_equal(seat_send(&bed.seat, 2, far->to, "hi"), 0);
	for (int n = 0; n < 5; n++)
		turn();
	uint64_t at = clock_mono_ms(&clock_real);
	seat_close_begin(&bed.seat, 3000);
	assert_int_equal(seat_send(&bed.seat, 9, far->to, "hi"), -EAGAIN);
	assert_true(NEVER(40, bed.seat.nends > 0));
	assert_int_equal(bed.seat.done, 0);
	far->quiet(false);
	assert_true(UNTIL(bed.seat.done == 1));
	assert_true(clock_mono_ms(&clock_real) - at < 2500);
	all_ended_once(2);
	assert_true(bed.seat.ends[0].class <= OUTCOME_DELIVERED);
	assert_true(bed.seat.ends[1].class <= OUTCOME_DELIVERED);
	end();
}

/* What is not answered in time: unknown when bytes left, else retry. */
static void close_gives_up(void **state)
{
	const struct far *f = *state;

	begin_up(f, 4);
	far->quiet(true);
	assert_int_equal(seat_send(&bed.seat, 1, far->to, "hi"), 0);
	for (int n = 0; n < 10; n++)
		turn();
	assert_int_equal(seat_send(&bed.seat, 2, far->to, "hi"), 0);
	uint64_t at = clock_mono_ms(&clock_real);
	seat_close(&bed.seat, 60);
	assert_true(clock_mono_ms(&clock_real) - at < 1500);
	all_ended_once(2);
	for (size_t n = 0; n < 2; n++) {
		const struct seat_end *e = &bed.seat.ends[n];
		assert_int_equal(e->class,
				 e->sent ? OUTCOME_UNKNOWN : OUTCOME_RETRY);
	}
	assert_true(seat_ended(&bed.seat, 1)->sent);
	end();
}

/* Where a channel can ask: one answer each, whatever happens. */
static void each_query_is_answered_once(void **state)
{
	const struct far *f = *state;

	if (f->ops->query == NULL)
		return;
	begin_up(f, 4);
	f->quiet(true);
	bed.seat.in_ops++;
	int rc = f->ops->query(bed.seat.c, 7, STR("ID1"), STR(""));
	bed.seat.in_ops--;
	assert_int_equal(rc, 0);
	assert_true(NEVER(50, bed.seat.nanswers > 0));
	f->kill();
	assert_true(UNTIL(bed.seat.nanswers == 1));
	assert_int_equal(bed.seat.answers[0].token, 7);
	assert_false(bed.seat.answers[0].known);
	assert_true(UNTIL(bed.seat.state != CHANNEL_UP));
	assert_int_equal(f->ops->query(bed.seat.c, 8, STR("ID1"), STR("")),
			 -EAGAIN);
	f->again();
	assert_true(UNTIL(bed.seat.state == CHANNEL_UP));
	bed.seat.in_ops++;
	rc = f->ops->query(bed.seat.c, 9, STR("ID1"), STR(""));
	bed.seat.in_ops--;
	assert_int_equal(rc, 0);
	seat_close(&bed.seat, 20);
	assert_int_equal(bed.seat.nanswers, 2);
	assert_int_equal(bed.seat.answers[1].token, 9);
	end();
}

/* Where a window can change it does at once, and the gateway hears of it. */
static void window_changes(void **state)
{
	const struct far *f = *state;

	if (f->ops->window == NULL)
		return;
	begin_up(f, 4);
	bed.seat.in_ops++;
	f->ops->window(bed.seat.c, 7);
	bed.seat.in_ops--;
	assert_true(UNTIL(bed.seat.window == 7));
	f->quiet(true);
	for (unsigned i = 1; i <= 7; i++)
		assert_int_equal(seat_send(&bed.seat, i, far->to, "hi"), 0);
	assert_int_equal(seat_send(&bed.seat, 8, far->to, "hi"), -EAGAIN);
	bed.seat.in_ops++;
	f->ops->window(bed.seat.c, 1);
	bed.seat.in_ops--;
	assert_true(UNTIL(bed.seat.window == 1));
	/* those on their way stay */
	assert_int_equal(bed.seat.nends, 0);
	f->quiet(false);
	assert_true(UNTIL(bed.seat.nends == 7));
	f->quiet(true);
	assert_int_equal(seat_send(&bed.seat, 9, far->to, "hi"), 0);
	assert_int_equal(seat_send(&bed.seat, 10, far->to, "hi"), -EAGAIN);
	end();
}

/* The peer keeps it until it is stored here, and not longer. */
static void news_come_until_stored(void **state)
{
	const struct far *f = *state;

	if (f->hear == NULL)
		return;
	begin_up(f, 4);
	bed.seat.keep = true;
	far->hear("ping");
	assert_true(UNTIL(bed.seat.nnews == 1));
	assert_true(bed.seat.news[0].inbound);
	assert_string_equal(bed.seat.news[0].text, "ping");
	/* Not answered yet: it does not come again by itself. */
	assert_true(NEVER(40, bed.seat.nnews > 1));

	/* Tickets that nobody gave out, and dead ones, are ignored. */
	seat_answer(&bed.seat, 987654321, 0);
	seat_answer(&bed.seat, 987654322, -ENOSPC);
	seat_answer(&bed.seat, bed.seat.news[0].ticket, -ENOSPC);
	seat_answer(&bed.seat, bed.seat.news[0].ticket, 0);
	assert_true(UNTIL(bed.seat.nnews == 2));
	assert_string_equal(bed.seat.news[1].text, "ping");

	seat_answer(&bed.seat, bed.seat.news[1].ticket, 0);
	seat_answer(&bed.seat, bed.seat.news[1].ticket, 0);
	assert_true(NEVER(150, bed.seat.nnews > 2));
	assert_true(UNTIL(bed.seat.state == CHANNEL_UP));
	end();
}

static void held_takes_no_news(void **state)
{
	const struct far *f = *state;

	if (f->hear == NULL)
		return;
	begin_up(f, 4);
	bed.seat.in_ops++;
	far->ops->hold(bed.seat.c, true);
	bed.seat.in_ops--;
	far->hear("later");
	assert_true(NEVER(60, bed.seat.nnews > 0));
	far->ops->hold(bed.seat.c, false);
	assert_true(UNTIL(bed.seat.nnews >= 1));
	assert_string_equal(bed.seat.news[0].text, "later");
	end();
}

/* The operator drops the link: it comes up again, and what was under way has
 * ended once. */
static void rebind_dials_again(void **state)
{
	const struct far *f = *state;

	begin_up(f, 4);
	far->quiet(true);
	assert_int_equal(seat_send(&bed.seat, 1, far->to, "hi"), 0);
	for (int n = 0; n < 5; n++)
		turn();
	unsigned states = bed.seat.states;
	bed.seat.in_ops++;
	far->ops->rebind(bed.seat.c);
	bed.seat.in_ops--;
	for (int n = 0; n < 5; n++)
		turn();
	far->quiet(false);
	assert_true(UNTIL(bed.seat.states > states &&
			  bed.seat.state == CHANNEL_UP));
	assert_true(UNTIL(bed.seat.nends == 1));
	assert_true(UNTIL(seat_send(&bed.seat, 2, far->to, "hi") == 0));
	assert_true(UNTIL(bed.seat.nends == 2));
	all_ended_once(2);
	end();
}

/* Again and again, with work under way: nothing is lost or told twice. */
static void open_and_close_often(void **state)
{
	const struct far *f = *state;

	for (unsigned n = 0; n < 5; n++) {
		begin_up(f, 4);
		size_t sent = fill(1);
		for (unsigned k = 0; k < n; k++)
			turn();
		seat_close(&bed.seat, n * 20);
		all_ended_once(sent);
		end();
	}
}

#define CASE(fn)        \
	{               \
#fn, fn \
	}

static const struct {
	const char *name;
	void (*fn)(void **state);
} cases[] = {
	CASE(table_is_whole),
	CASE(each_send_ends_once),
	CASE(each_notice_ends_once),
	CASE(full_is_eagain),
	CASE(down_is_eagain),
	CASE(nobody_there_is_retry),
	CASE(close_when_idle),
	CASE(close_while_dialling),
	CASE(close_drains),
	CASE(close_gives_up),
	CASE(each_query_is_answered_once),
	CASE(window_changes),
	CASE(news_come_until_stored),
	CASE(held_takes_no_news),
	CASE(rebind_dials_again),
	CASE(open_and_close_often),
};

/* Each case with each far side, named "mqtt: close_drains". */
int main(void)
{
	static struct CMUnitTest tests[ARRAY_LEN(cases) * ARRAY_LEN(fars)];
	static char names[ARRAY_LEN(tests)][64];
	size_t n = 0;

	secret_init();
	for (size_t f = 0; f < ARRAY_LEN(fars); f++) {
		for (size_t i = 0; i < ARRAY_LEN(cases); i++, n++) {
			(void)snprintf(names[n], sizeof(names[n]), "%s: %s",
				       fars[f]->name, cases[i].name);
			tests[n].name = names[n];
			tests[n].test_func = cases[i].fn;
			/* cmocka wants it writable; nobody writes. */
			tests[n].initial_state = (void *)(uintptr_t)fars[f];
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
