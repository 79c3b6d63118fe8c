/* The loop: order of a turn, timers, descriptors, signals, posts, the pool,
 * and closing inside callbacks. */
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "base/mem.h"

enum { GUARD_MS = 20000 };

/* One loop, and a guard that ends a test that hangs. */
struct bench {
	struct loop *loop;
	struct loop_timer *guard;
	struct loop_timer *timer;
	struct loop_hook *hook, *second;
	struct loop_fd *fd;
	struct loop_post *post;
	struct loop_signal *signal;
	struct loop_resolve *resolve;
	int pair[2];
	int count, turns;
	bool late;
	char order[64];
	pthread_t thread;
	atomic_int worked;
};

static void guard_bit(void *owner)
{
	struct bench *b = owner;

	b->late = true;
	loop_stop(b->loop);
}

static void bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	assert_int_equal(loop_open(&b->loop, NULL), 0);
	b->guard = loop_timer_new(b->loop, guard_bit, b);
	loop_timer_set(b->guard, GUARD_MS);
}

static void bench_run(struct bench *b)
{
	loop_run(b->loop);
	assert_false(b->late);
}

static void bench_close(struct bench *b)
{
	loop_timer_free(&b->guard);
	loop_timer_free(&b->timer);
	loop_hook_close(&b->hook);
	loop_hook_close(&b->second);
	loop_fd_free(&b->fd);
	loop_post_free(&b->post);
	loop_signal_free(&b->signal);
	loop_close(&b->loop);
	loop_close(&b->loop);
	assert_int_equal(mem_live_blocks(), 0);
}

static void note(struct bench *b, const char *what)
{
	size_t n = strlen(b->order);

	assert_true(n + strlen(what) < sizeof(b->order));
	memcpy(b->order + n, what, strlen(what) + 1);
}

/* ---- turns --------------------------------------------------------------- */

static void hook_again(void *owner)
{
	struct bench *b = owner;

	if (++b->turns < 5)
		loop_again(b->loop);
	else
		loop_stop(b->loop);
}

/* Nothing happens, and still five turns go by without sleep. */
static void again_does_not_sleep(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.hook = loop_at_end_of_turn(b.loop, hook_again, &b);
	uint64_t from = clock_mono_ms(loop_clock(b.loop));
	bench_run(&b);
	/* and one more when the loop ends, so that batches are sealed */
	assert_int_equal(b.turns, 6);
	assert_true(clock_mono_ms(loop_clock(b.loop)) - from < 1000);
	bench_close(&b);
}

static void first_hook(void *owner)
{
	note(owner, "1");
}

static void second_hook(void *owner)
{
	note(owner, "2");
}

static void timer_notes(void *owner)
{
	struct bench *b = owner;

	note(b, "t");
	loop_stop(b->loop);
}

static void hooks_in_order_after_events(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.hook = loop_at_end_of_turn(b.loop, first_hook, &b);
	b.second = loop_at_end_of_turn(b.loop, second_hook, &b);
	b.timer = loop_timer_new(b.loop, timer_notes, &b);
	loop_timer_set(b.timer, 20);
	bench_run(&b);
	/* The first sleep is before the timer, the hooks are after it. */
	assert_memory_equal(b.order, "12t12", 5);
	bench_close(&b);
}

/* One that seals what the others made runs after them, whoever came first. */
static void last_hook_after_the_others(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.hook = loop_after_turn(b.loop, second_hook, &b);
	b.second = loop_at_end_of_turn(b.loop, first_hook, &b);
	b.timer = loop_timer_new(b.loop, timer_notes, &b);
	loop_timer_set(b.timer, 20);
	bench_run(&b);
	assert_memory_equal(b.order, "12t12", 5);
	bench_close(&b);
}

static void hook_closes_itself_and_next(void *owner)
{
	struct bench *b = owner;

	note(b, "x");
	loop_hook_close(&b->hook);
	loop_hook_close(&b->second);
	loop_stop(b->loop);
}

static void hooks_close_in_hooks(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.hook = loop_at_end_of_turn(b.loop, hook_closes_itself_and_next, &b);
	b.second = loop_at_end_of_turn(b.loop, second_hook, &b);
	bench_run(&b);
	assert_string_equal(b.order, "x");
	bench_close(&b);
}

static void turn_by_turn(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.hook = loop_at_end_of_turn(b.loop, first_hook, &b);
	loop_turn(b.loop, false);
	assert_true(strlen(b.order) >= 1);
	b.timer = loop_timer_new(b.loop, timer_notes, &b);
	loop_timer_set(b.timer, 5);
	for (int i = 0; i < 100 && strchr(b.order, 't') == NULL; i++)
		loop_turn(b.loop, true);
	/* The hook has run after the event when loop_turn returns; once more
	 * if the turn was so slow that the timer was due at its beginning. */
	assert_ptr_equal(strstr(b.order, "t1"), strchr(b.order, 't'));
	bench_close(&b);
}

/* ---- timers -------------------------------------------------------------- */

static void timer_again(void *owner)
{
	struct bench *b = owner;

	assert_false(loop_timer_running(b->timer));
	if (++b->count < 3) {
		loop_timer_set(b->timer, 1);
		assert_true(loop_timer_running(b->timer));
		return;
	}
	loop_timer_free(&b->timer);
	loop_stop(b->loop);
}

static void timer_frees_itself(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.timer = loop_timer_new(b.loop, timer_again, &b);
	assert_false(loop_timer_running(b.timer));
	loop_timer_set(b.timer, 100000);
	loop_timer_set(b.timer, 0); /* moves it */
	bench_run(&b);
	assert_int_equal(b.count, 3);
	bench_close(&b);
}

static void timer_stops(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.timer = loop_timer_new(b.loop, timer_notes, &b);
	loop_timer_set(b.timer, 1);
	loop_timer_stop(b.timer);
	loop_timer_stop(b.timer);
	loop_timer_set(b.guard, 30);
	loop_run(b.loop);
	assert_true(b.late);
	assert_string_equal(b.order, "");
	bench_close(&b);
}

/* ---- descriptors --------------------------------------------------------- */

static void fd_reads(void *owner, int events)
{
	struct bench *b = owner;
	char byte;

	assert_int_equal(events, LOOP_READ);
	assert_int_equal(read(b->pair[0], &byte, 1), 1);
	if (++b->count < 3) {
		assert_int_equal(write(b->pair[1], "x", 1), 1);
		return;
	}
	loop_fd_free(&b->fd);
	loop_stop(b->loop);
}

/* Frees itself, its number is taken by another, and that is watched. */
static void fd_number_again(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	for (int round = 0; round < 3; round++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b.pair),
				 0);
		b.count = 0;
		b.fd = loop_fd_new(b.loop, b.pair[0], fd_reads, &b);
		loop_fd_want(b.fd, LOOP_READ);
		assert_int_equal(write(b.pair[1], "x", 1), 1);
		bench_run(&b);
		assert_int_equal(b.count, 3);
		close(b.pair[0]);
		close(b.pair[1]);
	}
	bench_close(&b);
}

static void fd_writes(void *owner, int events)
{
	struct bench *b = owner;

	assert_int_equal(events, LOOP_WRITE);
	if (++b->count == 2)
		loop_fd_want(b->fd, 0); /* and silence: the guard ends it */
}

static void fd_wants_nothing(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b.pair), 0);
	b.fd = loop_fd_new(b.loop, b.pair[0], fd_writes, &b);
	loop_fd_want(b.fd, LOOP_WRITE);
	loop_timer_set(b.guard, 50);
	loop_run(b.loop);
	assert_int_equal(b.count, 2);
	close(b.pair[1]);
	loop_fd_free(&b.fd);
	close(b.pair[0]);
	bench_close(&b);
}

/* ---- signals, posts, the pool -------------------------------------------- */

static void signal_came(void *owner, int signo)
{
	struct bench *b = owner;

	assert_int_equal(signo, SIGUSR1);
	loop_signal_free(&b->signal);
	loop_stop(b->loop);
}

static void signals(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.signal = loop_signal_new(b.loop, SIGUSR1, signal_came, &b);
	assert_int_equal(raise(SIGUSR1), 0);
	bench_run(&b);
	assert_null(b.signal);
	bench_close(&b);
}

static void *posts_often(void *owner)
{
	struct bench *b = owner;

	for (int i = 0; i < 1000; i++)
		loop_post(b->post);
	atomic_store(&b->worked, 1);
	loop_post(b->post);
	return NULL;
}

static void post_came(void *owner)
{
	struct bench *b = owner;

	b->count++;
	if (atomic_load(&b->worked) != 0)
		loop_stop(b->loop);
}

static void posts(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.post = loop_post_new(b.loop, post_came, &b);
	assert_int_equal(pthread_create(&b.thread, NULL, posts_often, &b), 0);
	bench_run(&b);
	assert_int_equal(pthread_join(b.thread, NULL), 0);
	assert_in_range(b.count, 1, 1001);
	bench_close(&b);
}

static void work_in_pool(void *owner)
{
	struct bench *b = owner;

	assert_false(pthread_equal(pthread_self(), b->thread));
	atomic_fetch_add(&b->worked, 1);
}

static void work_done(void *owner)
{
	struct bench *b = owner;

	assert_true(pthread_equal(pthread_self(), b->thread));
	if (++b->count == 10)
		loop_stop(b->loop);
}

static void works(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	b.thread = pthread_self();
	for (int i = 0; i < 10; i++)
		loop_work(b.loop, work_in_pool, work_done, &b);
	bench_run(&b);
	assert_int_equal(atomic_load(&b.worked), 10);

	/* Closing waits for what runs. */
	for (int i = 0; i < 5; i++)
		loop_work(b.loop, work_in_pool, work_done, &b);
	bench_close(&b);
	assert_int_equal(b.count, 15);
}

static void resolved(void *owner, int rc, const struct sockaddr_storage *v,
		     unsigned n)
{
	struct bench *b = owner;

	note(b, rc == 0 ? "+" : "-");
	if (rc == 0) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)v;
		assert_int_equal(v->ss_family, AF_INET);
		assert_int_equal(ntohs(in->sin_port), 2775);
		assert_int_equal(ntohl(in->sin_addr.s_addr), INADDR_LOOPBACK);
		assert_in_range(n, 1, 16);
	} else {
		assert_int_equal(rc, -ENOENT);
		assert_int_equal(n, 0);
	}
	if (strlen(b->order) == 2)
		loop_stop(b->loop);
}

static void never(void *owner UNUSED, int rc UNUSED,
		  const struct sockaddr_storage *v UNUSED, unsigned n UNUSED)
{
	fail_msg("called after cancel");
}

static void resolves(void **state UNUSED)
{
	struct bench b;

	bench_open(&b);
	(void)loop_resolve(b.loop, "127.0.0.1", 2775, resolved, &b);
	(void)loop_resolve(b.loop, "", 2775, resolved, &b);
	assert_string_equal(b.order, ""); /* not from inside */
	b.resolve = loop_resolve(b.loop, "127.0.0.1", 1, never, &b);
	loop_resolve_cancel(&b.resolve);
	b.resolve = loop_resolve(b.loop, "", 1, never, &b);
	loop_resolve_cancel(&b.resolve);
	loop_resolve_cancel(&b.resolve);
	bench_run(&b);
	assert_int_equal(strlen(b.order), 2);

	/* Cancelled ones that have not been told do not outlive the loop. */
	b.resolve = loop_resolve(b.loop, "localhost", 1, never, &b);
	loop_resolve_cancel(&b.resolve);
	b.resolve = loop_resolve(b.loop, "", 1, never, &b);
	loop_resolve_cancel(&b.resolve);
	bench_close(&b);
}

static void hand_clock(void **state UNUSED)
{
	struct clock_hand h;
	struct loop *l;

	clock_hand_init(&h, 1234);
	assert_int_equal(loop_open(&l, &h.ops), 0);
	assert_int_equal(clock_wall_ms(loop_clock(l)), 1234);
	loop_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(again_does_not_sleep),
		cmocka_unit_test(hooks_in_order_after_events),
		cmocka_unit_test(last_hook_after_the_others),
		cmocka_unit_test(hooks_close_in_hooks),
		cmocka_unit_test(turn_by_turn),
		cmocka_unit_test(timer_frees_itself),
		cmocka_unit_test(timer_stops),
		cmocka_unit_test(fd_number_again),
		cmocka_unit_test(fd_wants_nothing),
		cmocka_unit_test(signals),
		cmocka_unit_test(posts),
		cmocka_unit_test(works),
		cmocka_unit_test(resolves),
		cmocka_unit_test(hand_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
