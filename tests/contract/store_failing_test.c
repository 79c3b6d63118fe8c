/* What the store promises while its back end fails: nothing acknowledged is
 * lost, nothing refused is kept, nothing is done twice. */
#include "tests/contract/store_bed.h"

#include <errno.h>

#include "base/log.h"

static const char *under_test;

static int setup(void **state)
{
	struct bed *b = mem_new(struct bed);

	bed_init(b, under_test);
	b->failing = true;
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	bed_done(*state);
	mem_free(*state);
	return 0;
}

/* From now on the given number of steps fail. */
static void fail_now(struct bed *b, int rc, unsigned times)
{
	b->fail.rc = rc;
	b->fail.times = times;
	failing_from(&b->fail,
		     __atomic_load_n(&b->steps, __ATOMIC_RELAXED) + 1);
}

static void full_disk_refuses_and_resumes(void **state)
{
	struct bed *b = *state;

	bed_open(b);
	bed_message(b, 1, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	fail_now(b, -ENOSPC, 2);
	bed_message(b, 2, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), -ENOSPC);
	assert_int_equal(b->s->ops->ready(b->s), -ENOSPC);
	struct store_counters c;
	store_counters(b->s, &c);
	assert_true(c.full);
	assert_int_equal(c.refused, 1);

	/* The probe finds room again, after it has failed once. */
	for (unsigned i = 0; i < 40 && b->s->ops->ready(b->s) != 0; i++)
		bed_sleep(b, 50);
	assert_int_equal(b->s->ops->ready(b->s), 0);
	bed_message(b, 3, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	assert_string_equal(bed_get(b, STORE_MESSAGE_COUNTS, BED_CELLS(CELL_N)),
			    "0|otp|2;");
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_LIVE_SCAN, BED_NONE),
			    "1|0|10|-|-|#|[];3|0|30|-|-|#|[];");
	assert_int_equal(b->broken, 0);
}

/* A read that needs the fold does not hang on a full disk. */
static void full_disk_turns_reads_away(void **state)
{
	struct bed *b = *state;
	const struct cell all = CELL_N;

	bed_open(b);
	bed_message(b, 1, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	fail_now(b, -ENOSPC, 0);
	bed_message(b, 2, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), -ENOSPC);
	b->answered = 0;
	b->s->ops->get(b->s, STORE_MESSAGE_COUNTS, &all, 1, bed_show,
		       bed_answer, b);
	assert_true(bed_until(b, &b->answered, 1));
	assert_int_equal(b->rc, -EAGAIN);
	/* One that needs no fold is answered. */
	assert_string_equal(bed_get(b, STORE_MESSAGE_GET, BED_CELLS(CELL_I(1))),
			    "1|0|10|-|-|#|[];");
	failing_from(&b->fail, 0);
}

static void broken_disk_answers_nothing(void **state)
{
	struct bed *b = *state;
	const struct cell all = CELL_N;

	bed_open(b);
	bed_message(b, 1, "a", "otp", "+441");
	assert_int_equal(bed_commit(b), 0);
	b->answered = 0;
	fail_now(b, -EIO, 1);
	bed_message(b, 2, "a", "otp", "+441");
	store_then(b->s, bed_answer, b);
	assert_true(bed_until(b, &b->broken, 1));
	assert_string_equal(b->why, "a failure that a test asked for");
	/* Whatever comes now, though the disk would take it again. */
	bed_message(b, 3, "a", "otp", "+441");
	store_then(b->s, bed_answer, b);
	bed_sleep(b, 30);
	assert_int_equal(b->answered, 0);
	assert_int_equal(b->broken, 1);
	assert_int_equal(b->s->ops->ready(b->s), -EAGAIN);
	b->s->ops->get(b->s, STORE_MESSAGE_COUNTS, &all, 1, bed_show,
		       bed_answer, b);
	assert_true(bed_until(b, &b->answered, 1));
	assert_int_equal(b->rc, -EIO);
	bed_reopen(b);
	assert_string_equal(bed_scan(b, STORE_LIVE_SCAN, BED_NONE),
			    "1|0|10|-|-|#|[];");
	assert_int_equal(b->answered, 1);
}

/* ---- the n-th step fails ---------------------------------------------------- */

enum {
	STEPS = 24,    /* batches of a story */
	MESSAGES = 40, /* made in the first of them */
	UNANSWERED = 1
};

/* One batch: its events carry its number. */
struct step {
	struct bed *b;
	int rc;
};

struct story {
	struct step steps[STEPS];
};

static void step_answered(void *owner, int rc)
{
	struct step *s = owner;

	assert_int_equal(s->rc, UNANSWERED);
	s->rc = rc;
	s->b->happened++;
}

static void step_event(struct bed *b, uint64_t id, unsigned n)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = n == STEPS - 1 ? MESSAGE_DELIVERED
						   : MESSAGE_HELD,
			   .attempt = n };
	struct buf out;

	buf_init(&out, BUF_NO_LIMIT);
	event_encode(&e, &out);
	store_append(b->s, RECORD_EVENT, id, buf_str(&out));
	buf_done(&out);
}

/* Every message gets an event in two of three batches; now and then somebody
 * reads, so that the fold is in every stage. */
static void story_tell(struct story *story, struct bed *b)
{
	unsigned broken = b->broken;

	for (unsigned n = 0; n < STEPS && b->broken == broken; n++) {
		struct step *s = &story->steps[n];
		for (uint64_t id = 1; id <= MESSAGES; id++) {
			if (n == 0)
				bed_message(b, id, "a", "otp", "+441");
			else if ((n + id) % 3 != 0)
				step_event(b, id, n);
		}
		store_put(b->s, STORE_META_PUT,
			  BED_CELLS(CELL_Z("step"), CELL_I(n)));
		store_then(b->s, step_answered, s);
		unsigned want = b->happened + 1;
		assert_true(bed_until(b, &b->happened, want));
		if (n % 7 == 6 && b->broken == broken) {
			const struct cell all = CELL_N;
			want = b->answered + 1;
			b->s->ops->get(b->s, STORE_MESSAGE_COUNTS, &all, 1,
				       bed_show, bed_answer, b);
			assert_true(bed_until(b, &b->answered, want));
		}
	}
}

/* History against what was answered: events in order, none twice; what was
 * acknowledged is there, what was refused is not. */
struct check {
	const struct story *story;
	unsigned shown;
};

static bool check_message(void *owner, const struct row *row)
{
	struct check *c = owner;
	struct str history = row_s(row, 6);
	struct bufr r = bufr_of(history.p, history.len);
	bool there[STEPS] = { false };
	unsigned last = 0;

	while (bufr_left(&r) > 0) {
		struct event e;
		assert_int_equal(event_decode(bufr_lstr(&r), &e), 0);
		assert_true(e.attempt > last && e.attempt < STEPS);
		last = e.attempt;
		there[last] = true;
	}
	assert_false(r.bad);
	for (unsigned n = 1; n < STEPS; n++) {
		int rc = c->story->steps[n].rc;
		bool mine = (n + (unsigned)row_i(row, 0)) % 3 != 0;
		if (rc == 0 || rc == -ENOSPC)
			assert_int_equal(there[n], mine && rc == 0);
		else
			assert_true(mine || !there[n]);
	}
	c->shown++;
	return true;
}

static bool check_meta(void *owner, const struct row *row)
{
	const struct check *c = owner;
	int64_t last = 0;

	for (unsigned n = 0; n < STEPS; n++) {
		if (c->story->steps[n].rc == 0)
			last = n;
	}
	assert_true(row_i(row, 0) >= last);
	return true;
}

/* After the failure: reopened on a sound disk, all is as promised. */
static void story_check(const struct story *story, struct bed *b)
{
	struct check c = { .story = story };
	const struct cell since = CELL_I(1), step = CELL_Z("step");

	store_close(&b->s);
	failing_from(&b->fail, 0);
	bed_open(b);
	assert_int_equal(b->s->ops->scan(b->s, STORE_RECENT_SCAN, &since, 1,
					 check_message, &c),
			 0);
	if (story->steps[0].rc == 0)
		assert_int_equal(c.shown, MESSAGES);
	else if (story->steps[0].rc == -ENOSPC)
		assert_int_equal(c.shown, 0);
	assert_int_equal(b->s->ops->scan(b->s, STORE_META_GET, &step, 1,
					 check_meta, &c),
			 0);
}

/* One story with a failure from step `at` on; false: it came to no failure. */
static bool story_run(struct bed *b, unsigned at, unsigned times, int rc,
		      bool after)
{
	struct story story;
	struct err err = { "" };

	for (unsigned n = 0; n < STEPS; n++)
		story.steps[n] = (struct step){ b, UNANSWERED };
	b->cfg.fold_lag_min = 100;
	b->cfg.fold_slice = 3;
	b->fail = (struct failing_cfg){ at, times, rc, after };
	b->steps = 0;
	int opened = bed_try(b, &err);
	if (opened == 0)
		story_tell(&story, b);
	else
		assert_int_equal(opened, rc);
	story_check(&story, b);
	return b->steps >= at;
}

static void loses_nothing_when_the_nth_step_fails(void **state)
{
	static const struct {
		int rc;
		unsigned times, first;
		bool after;
	} kinds[] = {
		{ -ENOSPC, 1, 1, false },
		{ -ENOSPC, 9, 2, false },
		{ -EIO, 0, 3, false },
		{ -EIO, 0, 4, true },
	};
	bool memory = str_eqz(str_of(under_test), "memory:t");
	unsigned stride = memory ? 5 : 97;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		bool failed = true;
		for (unsigned at = kinds[i].first; failed; at += stride) {
			void *inner = NULL;
			assert_int_equal(setup(&inner), 0);
			struct bed *b = inner;
			failed = story_run(b, at, kinds[i].times, kinds[i].rc,
					   kinds[i].after);
			assert_int_equal(teardown(&inner), 0);
			assert_true(at < 2000);
		}
	}
	(void)state;
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CASE(full_disk_refuses_and_resumes),
		CASE(full_disk_turns_reads_away),
		CASE(broken_disk_answers_nothing),
		cmocka_unit_test(loses_nothing_when_the_nth_step_fails),
	};
	static const struct {
		const char *name, *url;
	} backends[] = {
		{ "sqlite", "sqlite:t.db" },
		{ "memory", "memory:t" },
	};
	int failed = 0;

	log_threshold = LOG_ERROR; /* full disks by the hundred */
	for (size_t i = 0; i < ARRAY_LEN(backends); i++) {
		under_test = backends[i].url;
		failed += cmocka_run_group_tests_name(backends[i].name, tests,
						      NULL, NULL);
	}
	return failed;
}
