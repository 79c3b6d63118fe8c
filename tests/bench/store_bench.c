/*
 * How many messages a second the store carries through their whole life: new,
 * attempt, submitted, receipt, with many outstanding and receipts in random
 * order. B operations a commit; four are a message.
 *
 *   store_bench [seconds [outstanding [directory]]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "store/engine.h"

struct bench {
	struct loop *loop;
	struct store *s;
	struct id_source ids;
	struct buf scratch;
	uint64_t *outstanding; /* submitted, no receipt yet */
	size_t noutstanding, want;
	uint64_t *fresh, *marked; /* of the last two batches */
	size_t nfresh, nmarked;
	uint64_t random;
	uint64_t messages;    /* whole lives */
	unsigned in_flight;   /* batches not answered */
	unsigned most;        /* of them */
	uint64_t answered_us; /* sum of waits */
	uint64_t answers;
	bool failed;
	bool reading; /* a read is under way */
	uint64_t read_at_us, reads, reads_us, reads_max_us;
};

struct ticket {
	struct bench *b;
	uint64_t at_us;
};

static uint64_t bench_random(struct bench *b)
{
	b->random ^= b->random << 13;
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return b->random;
}

static double cpu_s(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Bytes this process has sent to the disk. */
static double written_bytes(void)
{
	char line[128];
	unsigned long long n = 0;
	FILE *f = fopen("/proc/self/io", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		(void)sscanf(line, "write_bytes: %llu", &n);
	if (f != NULL)
		(void)fclose(f);
	return (double)n;
}

/* ---- one life -------------------------------------------------------------- */

static void bench_message(struct bench *b, uint64_t id)
{
	static const char text[] =
		"Dear customer, your parcel 48213377 arrives tomorrow between "
		"09:00 and 11:00. Reply 1 to change the time.";
	struct message m = {
		.id = id,
		.tenant = STR("acme"),
		.class_name = STR("service"),
		.to = STR("+447700900123"),
		.channel = STR("sms"),
		.text = str_of(text),
		.accepted_ms = id_wall_ms(id),
		.parts = 1,
		.decision = { .rule_version = STR("gb-7"), .at_ms = 1 },
	};

	buf_reset(&b->scratch);
	message_encode(&m, &b->scratch);
	store_append(b->s, RECORD_MESSAGE, id, buf_str(&b->scratch));
}

static void bench_event(struct bench *b, uint64_t id, enum event_kind kind,
			enum message_state state)
{
	struct event e = {
		.kind = kind,
		.state = state,
		.at_ms = id_wall_ms(id) + kind,
		.attempt = 1,
		.link = kind == EVENT_RECEIPT ? STR_NONE : STR("carrier-a"),
		.peer_id =
			kind == EVENT_ATTEMPT ? STR_NONE : STR("4f1c0a9d77e2"),
	};

	buf_reset(&b->scratch);
	event_encode(&e, &b->scratch);
	store_append(b->s, RECORD_EVENT, id, buf_str(&b->scratch));
}

static void bench_receipt(struct bench *b)
{
	size_t at = bench_random(b) % b->noutstanding;

	bench_event(b, b->outstanding[at], EVENT_RECEIPT, MESSAGE_DELIVERED);
	b->outstanding[at] = b->outstanding[--b->noutstanding];
	b->messages++;
}

static void bench_answered(void *owner, int rc)
{
	struct ticket *t = owner;

	t->b->in_flight--;
	t->b->answers++;
	t->b->answered_us += clock_mono_us(&clock_real) - t->at_us;
	t->b->failed = t->b->failed || rc != 0;
	mem_free(t);
}

/* n new messages, n attempts, n submitted, n receipts, one answer. */
static void bench_batch(struct bench *b, size_t n)
{
	struct ticket *t = mem_new(struct ticket);
	int64_t now_ms = clock_wall_ms(&clock_real);

	for (size_t i = 0; i < b->nmarked; i++) {
		bench_event(b, b->marked[i], EVENT_SUBMITTED,
			    MESSAGE_SUBMITTED);
		b->outstanding[b->noutstanding++] = b->marked[i];
	}
	for (size_t i = 0; i < b->nfresh; i++)
		bench_event(b, b->fresh[i], EVENT_ATTEMPT, MESSAGE_SUBMITTING);
	memcpy(b->marked, b->fresh, b->nfresh * sizeof(b->fresh[0]));
	b->nmarked = b->nfresh;
	for (size_t i = 0; i < n; i++) {
		b->fresh[i] = id_next(&b->ids, now_ms);
		bench_message(b, b->fresh[i]);
	}
	b->nfresh = n;
	while (b->noutstanding > b->want)
		bench_receipt(b);
	*t = (struct ticket){ b, clock_mono_us(&clock_real) };
	store_then(b->s, bench_answered, t);
	b->in_flight++;
}

static bool bench_shown(void *owner UNUSED, const struct row *row UNUSED)
{
	return true;
}

static void bench_read_done(void *owner, int rc)
{
	struct bench *b = owner;
	uint64_t took_us = clock_mono_us(&clock_real) - b->read_at_us;

	b->reading = false;
	b->reads++;
	b->reads_us += took_us;
	b->reads_max_us = MAX(b->reads_max_us, took_us);
	b->failed = b->failed || rc != 0;
}

enum bench_reads { READ_NOTHING, READ_MESSAGES, READ_COUNTS };

/* Ten times a second somebody looks at a message; or asks for counts, which
 * only the fold knows. */
static void bench_read(struct bench *b, enum bench_reads what)
{
	const struct cell id = CELL_I(b->outstanding[0]);
	const struct cell all = CELL_N;
	uint64_t now_us = clock_mono_us(&clock_real);

	if (what == READ_NOTHING || b->reading ||
	    now_us < b->read_at_us + 100000)
		return;
	b->reading = true;
	b->read_at_us = now_us;
	b->s->ops->get(b->s,
		       what == READ_COUNTS ? STORE_MESSAGE_COUNTS
					   : STORE_MESSAGE_GET,
		       what == READ_COUNTS ? &all : &id, 1, bench_shown,
		       bench_read_done, b);
}

static void bench_drain(struct bench *b)
{
	while ((b->in_flight > 0 || b->reading) && !b->failed)
		loop_turn(b->loop, true);
}

/* ---- a measurement --------------------------------------------------------- */

static void bench_measure(struct bench *b, size_t n, unsigned in_flight,
			  enum bench_reads reads, double seconds)
{
	struct store_counters was, now;

	store_counters(b->s, &was);
	b->messages = b->answers = b->answered_us = 0;
	b->reads = b->reads_us = b->reads_max_us = 0;
	double wall = (double)clock_mono_us(&clock_real) / 1e6;
	double cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID);
	double own = cpu_s(CLOCK_THREAD_CPUTIME_ID);
	double bytes = written_bytes();
	while ((double)clock_mono_us(&clock_real) / 1e6 < wall + seconds &&
	       !b->failed) {
		while (b->in_flight < in_flight)
			bench_batch(b, n);
		bench_read(b, reads);
		loop_turn(b->loop, true);
	}
	bench_drain(b);
	wall = (double)clock_mono_us(&clock_real) / 1e6 - wall;
	cpu = cpu_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	own = cpu_s(CLOCK_THREAD_CPUTIME_ID) - own;
	bytes = written_bytes() - bytes;
	store_counters(b->s, &now);
	double m = (double)b->messages;
	double commits = (double)(now.commits - was.commits);
	printf("B=%-5zu in flight %-2u %8.0f msg/s  %5.1f us CPU/msg, loop "
	       "%4.1f  %6.0f bytes/msg  %6.0f records/commit  answer %5.2f ms "
	       "p99<%g ms\n",
	       n * 4, in_flight, m / wall, cpu / m * 1e6, own / m * 1e6,
	       bytes / m, (double)(now.records - was.records) / commits,
	       (double)b->answered_us / (double)b->answers / 1000,
	       (double)now.commit_p99_us / 1000);
	if (b->reads > 0)
		printf("  with %u reads of %s: %.1f ms each, at most %.1f ms\n",
		       (unsigned)b->reads,
		       reads == READ_COUNTS ? "the counts" : "a message",
		       (double)b->reads_us / (double)b->reads / 1000,
		       (double)b->reads_max_us / 1000);
	(void)fflush(stdout);
}

static void bench_run(struct bench *b, double seconds)
{
	static const struct {
		size_t n;
		unsigned in_flight;
		enum bench_reads reads;
	} rows[] = {
		{ 2, 1, READ_NOTHING },    { 25, 1, READ_NOTHING },
		{ 250, 1, READ_NOTHING },  { 1000, 1, READ_NOTHING },
		{ 2, 64, READ_NOTHING },   { 25, 64, READ_NOTHING },
		{ 250, 1, READ_MESSAGES }, { 250, 1, READ_COUNTS },
	};

	while (b->noutstanding < b->want && !b->failed) {
		bench_batch(b, 1000);
		bench_drain(b);
	}
	for (size_t i = 0; i < ARRAY_LEN(rows) && !b->failed; i++)
		bench_measure(b, rows[i].n, rows[i].in_flight, rows[i].reads,
			      seconds);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 2;
	struct bench b = { .random = 88172645463325252u,
			   .want = argc > 2 ? strtoul(argv[2], NULL, 10)
					    : 100000 };
	char dir[] = "/tmp/store-bench-XXXXXX";
	struct store_cfg cfg = { .url = "sqlite:bench.db", .create = true };
	struct err err = { "" };

	cfg.dir = argc > 3 ? argv[3] : mkdtemp(dir);
	b.outstanding = mem_array(b.want + 1000000, sizeof(uint64_t));
	b.fresh = mem_array(1000, sizeof(uint64_t));
	b.marked = mem_array(1000, sizeof(uint64_t));
	buf_init(&b.scratch, BUF_NO_LIMIT);
	id_source_init(&b.ids, 1);
	if (loop_open(&b.loop, NULL) != 0 ||
	    store_open(&b.s, b.loop, &cfg, &err) != 0) {
		(void)fprintf(stderr, "store_bench: %s\n", err.text);
		return 1;
	}
	bench_run(&b, seconds);
	double start = (double)clock_mono_us(&clock_real) / 1e6;
	store_close(&b.s);
	printf("close %.2f s",
	       (double)clock_mono_us(&clock_real) / 1e6 - start);
	start = (double)clock_mono_us(&clock_real) / 1e6;
	b.failed = store_open(&b.s, b.loop, &cfg, &err) != 0 || b.failed;
	printf(", open %.2f s%s\n",
	       (double)clock_mono_us(&clock_real) / 1e6 - start,
	       b.failed ? ": FAILED" : "");
	store_close(&b.s);
	loop_close(&b.loop);
	if (argc <= 3 && chdir(dir) == 0) {
		(void)unlink("bench.db");
		(void)unlink("bench.db.lock");
		(void)rmdir(dir);
	}
	return b.failed;
}
