/* The event loop, thin over libuv. Everything here is for the loop's own
 * thread, except loop_post. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/list.h"

struct loop;

/* clock: NULL means the real one. Timers always wait in real time; tests
 * that turn a clock by hand call the rooms directly and need no loop. */
MUST_USE int loop_open(struct loop **out, const struct clock_ops *clock);
void loop_close(struct loop **lp);
const struct clock_ops *loop_clock(const struct loop *l);
/* Runs until loop_stop. */
void loop_run(struct loop *l);
/* Runs one turn: waits for events when `wait`. */
void loop_turn(struct loop *l, bool wait);
void loop_stop(struct loop *l);

/* End of turn: called after all events of a turn, before the loop sleeps.
 * This is where batches are sealed (commit, then acknowledge). In order of
 * registration. A hook that makes new work calls loop_again. */
struct loop_hook;
struct loop_hook *loop_at_end_of_turn(struct loop *l, void (*fn)(void *owner),
				      void *owner);
/* The same, after all of those: seals what they have made (the store). */
struct loop_hook *loop_after_turn(struct loop *l, void (*fn)(void *owner),
				  void *owner);
void loop_hook_close(struct loop_hook **hp);
/* Do not sleep before the next turn. */
void loop_again(struct loop *l);

/* Timers: one shot. Setting one that runs moves it. */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *l, void (*fn)(void *owner),
				  void *owner);
void loop_timer_set(struct loop_timer *t, uint64_t after_ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_running(const struct loop_timer *t);
void loop_timer_free(struct loop_timer **tp);

/* A file descriptor that others own (curl, mosquitto, microhttpd). */
enum { LOOP_READ = 1, LOOP_WRITE = 2 };
struct loop_fd;
struct loop_fd *loop_fd_new(struct loop *l, int fd,
			    void (*fn)(void *owner, int events), void *owner);
void loop_fd_want(struct loop_fd *f, int events); /* 0: none */
/* Closing inside its own callback is allowed; the fd itself is not closed. */
void loop_fd_free(struct loop_fd **fp);

/* Signals. */
struct loop_signal;
struct loop_signal *loop_signal_new(struct loop *l, int signo,
				    void (*fn)(void *owner, int signo),
				    void *owner);
void loop_signal_free(struct loop_signal **sp);

/* From any thread: fn(owner) runs on the loop thread soon. Many posts before
 * it runs are one call. */
struct loop_post;
struct loop_post *loop_post_new(struct loop *l, void (*fn)(void *owner),
				void *owner);
void loop_post(struct loop_post *p);
void loop_post_free(struct loop_post **pp);

/* Names to addresses, in libuv's pool. fn gets up to 16 addresses in order
 * of preference, or rc = -ENOENT; the loop_resolve is gone once fn ran.
 * Cancel is loop_resolve_cancel: fn is not called afterwards. */
struct loop_resolve;
struct loop_resolve *loop_resolve(struct loop *l, const char *host, int port,
				  void (*fn)(void *owner, int rc,
					     const struct sockaddr_storage *v,
					     unsigned n),
				  void *owner);
void loop_resolve_cancel(struct loop_resolve **rp);

/* Blocking work in libuv's pool (password hashing): work(owner) runs there,
 * done(owner) on the loop thread. */
void loop_work(struct loop *l, void (*work)(void *owner),
	       void (*done)(void *owner), void *owner);
