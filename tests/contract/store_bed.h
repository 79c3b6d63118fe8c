/* What the store's tests stand on: a store in a folder of its own, a loop,
 * records to append, and reads written down as text. */
#pragma once

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "model/inbound.h"
#include "store/backend.h"
#include "store/engine.h"
#include "store/failing.h"

enum { BED_WAIT_MS = 5000 };

struct bed {
	struct loop *loop;
	struct store *s;
	struct store_cfg cfg;
	char dir[64];
	unsigned answered; /* by bed_answer */
	int rc;            /* the last answer's */
	unsigned broken;
	unsigned happened; /* answers of steps, and breaking */
	bool failing;      /* the back end sits in a failing one */
	struct failing_cfg fail;
	unsigned steps;
	char why[320];
	struct buf shown;         /* rows of the last read */
	bool raw;                 /* show every blob as it is */
	enum record_kind records; /* what a column "record" of two is */
};

static inline void bed_broken(void *owner, const char *text)
{
	struct bed *b = owner;

	b->broken++;
	b->happened++;
	(void)snprintf(b->why, sizeof(b->why), "%s", text);
}

static inline void bed_init(struct bed *b, const char *url)
{
	*b = (struct bed){ .dir = "/tmp/store-test-XXXXXX" };
	memory_forget("t");
	assert_non_null(mkdtemp(b->dir));
	assert_int_equal(loop_open(&b->loop, NULL), 0);
	buf_init(&b->shown, BUF_NO_LIMIT);
	b->cfg = (struct store_cfg){ .url = url,
				     .dir = b->dir,
				     .create = true,
				     .broken = bed_broken,
				     .owner = b };
}

static inline int bed_unlink(const char *path, const struct stat *st UNUSED,
			     int flag UNUSED, struct FTW *ftw UNUSED)
{
	return remove(path);
}

/* The url's back end inside the failing one. */
static inline int bed_wrap(struct bed *b, struct err *err)
{
	struct backend *inner;
	char path[96];
	int rc;

	(void)snprintf(path, sizeof(path), "%s/t.db", b->dir);
	if (str_starts(str_of(b->cfg.url), STR("memory:")))
		rc = memory_open(&inner, "t", BACKEND_MAKE_MISSING, err);
	else
		rc = sqlite_open(&inner, &b->cfg, path, BACKEND_MAKE_MISSING,
				 err);
	if (rc == 0)
		failing_open(&b->cfg.backend, inner, &b->fail, &b->steps);
	return rc;
}

/* Opens; through a wrapper that could fail, when the bed has one. */
static inline int bed_try(struct bed *b, struct err *err)
{
	if (b->failing) {
		int rc = bed_wrap(b, err);
		if (rc != 0)
			return rc;
	}
	return store_open(&b->s, b->loop, &b->cfg, err);
}

static inline void bed_open(struct bed *b)
{
	struct err err = { "" };

	if (bed_try(b, &err) != 0)
		fail_msg("%s", err.text);
}

static inline void bed_reopen(struct bed *b)
{
	store_close(&b->s);
	bed_open(b);
}

static inline void bed_done(struct bed *b)
{
	store_close(&b->s);
	loop_close(&b->loop);
	memory_forget("t");
	buf_done(&b->shown);
	(void)nftw(b->dir, bed_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- waiting ------------------------------------------------------------- */

static inline void bed_answer(void *owner, int rc)
{
	struct bed *b = owner;

	b->answered++;
	b->rc = rc;
}

static inline void bed_tick(void *owner UNUSED)
{
}

/* Turns the loop until *what reaches n; false after some seconds. */
static inline bool bed_until(struct bed *b, const unsigned *what, unsigned n)
{
	struct loop_timer *tick = loop_timer_new(b->loop, bed_tick, NULL);
	uint64_t end = clock_mono_ms(&clock_real) + BED_WAIT_MS;

	while (*what < n && clock_mono_ms(&clock_real) < end) {
		loop_timer_set(tick, 50);
		loop_turn(b->loop, true);
	}
	loop_timer_free(&tick);
	return *what >= n;
}

/* Commits what has been appended; gives the answer. */
static inline int bed_commit(struct bed *b)
{
	unsigned n = b->answered + 1;

	store_then(b->s, bed_answer, b);
	assert_true(bed_until(b, &b->answered, n));
	return b->rc;
}

static inline void bed_sleep(struct bed *b, uint64_t ms)
{
	unsigned never = 0;
	uint64_t end = clock_mono_ms(&clock_real) + ms;
	struct loop_timer *tick = loop_timer_new(b->loop, bed_tick, NULL);

	while (never == 0 && clock_mono_ms(&clock_real) < end) {
		loop_timer_set(tick, 5);
		loop_turn(b->loop, true);
	}
	loop_timer_free(&tick);
}

/* ---- records ------------------------------------------------------------- */

static inline void bed_message(struct bed *b, uint64_t id, const char *tenant,
			       const char *class_name, const char *to)
{
	struct message m = { .id = id,
			     .tenant = str_of(tenant),
			     .class_name = str_of(class_name),
			     .to = str_of(to),
			     .channel = STR("sms"),
			     .text = STR("Your code is 123"),
			     .accepted_ms = (int64_t)id * 10 };
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	message_encode(&m, &out);
	store_append(b->s, RECORD_MESSAGE, id, buf_str(&out));
	buf_done(&out);
}

static inline void bed_event(struct bed *b, uint64_t id, enum event_kind kind,
			     enum message_state state, const char *link,
			     const char *reason)
{
	struct event e = { .kind = kind,
			   .state = state,
			   .at_ms = (int64_t)id * 10 + kind,
			   .link = str_of(link),
			   .reason = str_of(reason) };
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	event_encode(&e, &out);
	store_append(b->s, RECORD_EVENT, id, buf_str(&out));
	buf_done(&out);
}

static inline void bed_notice(struct bed *b, uint64_t id, const char *body)
{
	struct notice n = { .id = id,
			    .endpoint = STR("crm"),
			    .body = str_of(body) };
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	notice_encode(&n, &out);
	store_append(b->s, RECORD_NOTICE, id, buf_str(&out));
	buf_done(&out);
}

static inline void bed_inbound(struct bed *b, uint64_t id, const char *tenant,
			       const char *from)
{
	struct inbound in = { .id = id,
			      .tenant = str_of(tenant),
			      .channel = STR("sms"),
			      .from = str_of(from),
			      .text = STR("STOP") };
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	inbound_encode(&in, &out);
	store_append(b->s, RECORD_INBOUND, id, buf_str(&out));
	buf_done(&out);
}

/* ---- reads --------------------------------------------------------------- */

/* Events of a history as "attempt,submitted": their states. */
static inline void bed_history(struct bed *b, struct str history)
{
	struct bufr r = bufr_of(history.p, history.len);
	const char *sep = "[";

	while (bufr_left(&r) > 0) {
		struct event e;
		assert_int_equal(event_decode(bufr_lstr(&r), &e), 0);
		buf_f(&b->shown, "%s%s", sep, message_state_name(e.state));
		sep = ",";
	}
	assert_false(r.bad);
	buf_z(&b->shown, history.len == 0 ? "[]" : "]");
}

/* What tells one record from another: a notice's body, an inbound's text. */
static inline void bed_record(struct bed *b, struct str record)
{
	struct notice n;
	struct inbound in;

	if (b->records == RECORD_NOTICE) {
		assert_int_equal(notice_decode(record, 1, &n), 0);
		buf_str_put(&b->shown, n.body);
	} else if (b->records == RECORD_INBOUND) {
		assert_int_equal(inbound_decode(record, 1, &in), 0);
		buf_f(&b->shown, "%.*s %.*s", STR_ARGS(in.tenant),
		      STR_ARGS(in.from));
	} else {
		buf_str_put(&b->shown, record);
	}
}

/* "id|text|...;" with "-" for NULL, a history as its states, a message's
 * record as "#", other blobs by their length. */
static inline bool bed_show(void *owner, const struct row *row)
{
	struct bed *b = owner;

	for (unsigned i = 0; i < row->n; i++) {
		const struct cell *c = &row->v[i];
		if (i > 0)
			buf_c(&b->shown, '|');
		if (c->type == CELL_INT)
			buf_f(&b->shown, "%lld", (long long)c->i);
		else if (c->type == CELL_TEXT ||
			 (c->type == CELL_BLOB && b->raw))
			buf_str_put(&b->shown, c->s);
		else if (c->type == CELL_BLOB && row->n == 7 && i == 6)
			bed_history(b, c->s);
		else if (c->type == CELL_BLOB && row->n == 2)
			bed_record(b, c->s);
		else if (c->type == CELL_BLOB && row->n == 7 && i == 5)
			buf_c(&b->shown, '#');
		else if (c->type == CELL_BLOB)
			buf_f(&b->shown, "#%zu", c->s.len);
		else
			buf_c(&b->shown, '-');
	}
	buf_c(&b->shown, ';');
	return true;
}

#define BED_CELLS(...)                                                    \
	((const struct cell[]){ __VA_ARGS__ }),                           \
		(unsigned)(sizeof((const struct cell[]){ __VA_ARGS__ }) / \
			   sizeof(struct cell))
#define BED_NONE NULL, 0

/* What a read shows; the text lives until the next one. */
static inline const char *bed_get(struct bed *b, enum store_call call,
				  const struct cell *cells, unsigned n)
{
	unsigned want = b->answered + 1;

	buf_reset(&b->shown);
	b->s->ops->get(b->s, call, cells, n, bed_show, bed_answer, b);
	assert_true(bed_until(b, &b->answered, want));
	assert_int_equal(b->rc, 0);
	return b->shown.p;
}

static inline const char *bed_scan(struct bed *b, enum store_call call,
				   const struct cell *cells, unsigned n)
{
	buf_reset(&b->shown);
	assert_int_equal(b->s->ops->scan(b->s, call, cells, n, bed_show, b), 0);
	return b->shown.p;
}
