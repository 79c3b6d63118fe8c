/*
 * Cuts the power of a store at random points and looks what is left. With
 * synchronous FULL nothing that was acknowledged may be missing; with NORMAL
 * something must be, or this test proves nothing.
 *
 *   powercut [cuts [seed]]
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/engine.h"
#include "tests/crash/cutdisk.h"

enum {
	BATCHES = 120, /* of a run that nobody cuts */
	AHEAD = 6      /* batches not answered at a time */
};

/* Batch n says: message n is new, a third of those before it got event n, and
 * meta "last" is n. So what is stored tells which batches are. */
struct load {
	struct loop *loop;
	struct store *s;
	uint64_t random;
	unsigned made, answered; /* batches; they are answered in order */
	unsigned reads;          /* under way */
	bool broken;
	struct buf scratch;
};

struct found {
	const struct load *l;
	int64_t last; /* batch, by meta; 0: none */
	unsigned messages;
	int64_t states[MESSAGE_STATES]; /* of them; then less the tally */
	const char *bad;
};

struct total {
	uint64_t acked, lost, runs_lost, bad;
};

static uint64_t load_random(struct load *l)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return l->random;
}

/* Does message id get an event in batch n? */
static bool has_event(unsigned id, unsigned n)
{
	return id < n && (id * 7 + n) % 3 == 0;
}

/* ---- the load --------------------------------------------------------------- */

static void load_answered(void *owner, int rc)
{
	struct load *l = owner;

	must(rc == 0);
	l->answered++;
}

static void load_broken(void *owner, const char *text UNUSED)
{
	struct load *l = owner;

	l->broken = true;
}

static void load_message(struct load *l, uint64_t id)
{
	struct message m = { .id = id,
			     .tenant = STR("acme"),
			     .class_name = STR("otp"),
			     .to = STR("+447700900123"),
			     .text = STR("Your code is 12345"),
			     .accepted_ms = 1 };

	buf_reset(&l->scratch);
	message_encode(&m, &l->scratch);
	store_append(l->s, RECORD_MESSAGE, id, buf_str(&l->scratch));
}

static void load_event(struct load *l, uint64_t id, unsigned n)
{
	struct event e = { .kind = EVENT_STATE,
			   .state = n % 4 == 0 ? MESSAGE_DELIVERED
					       : MESSAGE_HELD,
			   .attempt = n };

	buf_reset(&l->scratch);
	event_encode(&e, &l->scratch);
	store_append(l->s, RECORD_EVENT, id, buf_str(&l->scratch));
}

static void load_batch(struct load *l)
{
	unsigned n = ++l->made;
	const struct cell last[] = { CELL_Z("last"), CELL_I(n) };

	load_message(l, n);
	for (unsigned id = 1; id < n; id++) {
		if (has_event(id, n))
			load_event(l, id, n);
	}
	store_put(l->s, STORE_META_PUT, last, ARRAY_LEN(last));
	store_then(l->s, load_answered, l);
}

static bool load_shown(void *owner UNUSED, const struct row *row UNUSED)
{
	return true;
}

static void load_read(void *owner, int rc UNUSED)
{
	struct load *l = owner;

	l->reads--;
}

/* Now and then somebody reads, and the fold must hurry. */
static void load_perhaps_read(struct load *l)
{
	const struct cell all = CELL_N;

	if (l->reads > 0 || load_random(l) % 16 != 0)
		return;
	l->reads++;
	l->s->ops->get(l->s, STORE_MESSAGE_COUNTS, &all, 1, load_shown,
		       load_read, l);
}

static int load_open(struct load *l, enum store_sync sync, struct err *err)
{
	const struct store_cfg cfg = {
		.url = "sqlite:cut.db",
		.sync = sync,
		.vfs = CUTDISK_VFS,
		.wal_pages = 40,
		.fold_lag_min = 60,
		.fold_slice = 5,
		.batch_max_bytes = 2000,
		.broken = load_broken,
		.owner = l,
	};

	return store_open(&l->s, l->loop, &cfg, err);
}

static void load_run(struct load *l)
{
	while (!l->broken && l->answered < BATCHES) {
		unsigned turns = 1 + (unsigned)(load_random(l) % 3);
		while (turns-- > 0 && l->made < BATCHES &&
		       l->made - l->answered < AHEAD) {
			load_batch(l);
			store_seal(l->s);
		}
		load_perhaps_read(l);
		loop_turn(l->loop,
			  l->made - l->answered >= AHEAD || l->made == BATCHES);
	}
}

/* ---- what is left -------------------------------------------------------------- */

static bool found_last(void *owner, const struct row *row)
{
	struct found *f = owner;

	f->last = row_i(row, 0);
	return true;
}

/* A message stored by batch id has exactly the events of its batches up to
 * the last one, in order. */
static bool found_message(void *owner, const struct row *row)
{
	struct found *f = owner;
	unsigned id = (unsigned)row_i(row, 0);
	struct str history = row_s(row, 6);
	struct bufr r = bufr_of(history.p, history.len);
	struct event e;

	f->messages++;
	f->states[row_i(row, 1) % MESSAGE_STATES]++;
	for (unsigned n = id + 1; n <= f->last; n++) {
		if (!has_event(id, n))
			continue;
		if (event_decode(bufr_lstr(&r), &e) != 0 || e.attempt != n)
			f->bad = "the history of a message is not whole";
	}
	if (bufr_left(&r) != 0 || id != f->messages)
		f->bad = "there is more than was stored";
	return f->bad == NULL;
}

/* The counts the fold keeps are those of the rows. */
static bool found_count(void *owner, const struct row *row)
{
	struct found *f = owner;

	f->states[row_i(row, 0) % MESSAGE_STATES] -= row_i(row, 2);
	return true;
}

static void found_counts(struct found *f, struct load *l)
{
	const struct cell all = CELL_N;

	if (l->s->ops->scan(l->s, STORE_MESSAGE_COUNTS, &all, 1, found_count,
			    f) != 0)
		f->bad = "the counts cannot be read";
	for (unsigned i = 0; i < MESSAGE_STATES && f->bad == NULL; i++) {
		if (f->states[i] != 0)
			f->bad = "the counts are wrong";
	}
}

static bool found_sound(struct found *f)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *check = NULL;
	bool sound =
		sqlite3_open_v2("cut.db", &db, SQLITE_OPEN_READONLY,
				CUTDISK_VFS) == SQLITE_OK &&
		sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &check,
				   NULL) == SQLITE_OK &&
		sqlite3_step(check) == SQLITE_ROW &&
		strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0;

	(void)sqlite3_finalize(check);
	(void)sqlite3_close(db);
	if (!sound && f->bad == NULL)
		f->bad = "the file is damaged";
	return sound;
}

/* Opens what the cut left and reads it all. */
static void found_read(struct found *f, struct load *l)
{
	const struct cell name = CELL_Z("last"), since = CELL_I(0);
	struct err err = { "" };

	if (!found_sound(f))
		return;
	if (load_open(l, STORE_SYNC_FULL, &err) != 0) {
		f->bad = "the store does not open";
		(void)fprintf(stderr, "powercut: %s\n", err.text);
		return;
	}
	if (l->s->ops->scan(l->s, STORE_META_GET, &name, 1, found_last, f) !=
		    0 ||
	    l->s->ops->scan(l->s, STORE_RECENT_SCAN, &since, 1, found_message,
			    f) != 0)
		f->bad = "the store cannot be read";
	else if (f->bad == NULL && f->messages != f->last)
		f->bad = "messages are missing";
	else if (f->bad == NULL)
		found_counts(f, l);
	store_close(&l->s);
}

/* ---- one cut -------------------------------------------------------------------- */

/* A load until the power goes; sometimes it goes again while the store is
 * opened and folded after that. Gives the batches acknowledged. */
static unsigned cut_once(struct load *l, enum store_sync sync, uint64_t at,
			 uint64_t seed)
{
	struct err err = { "" };

	cutdisk_restore();
	cutdisk_arm(at, seed);
	if (load_open(l, sync, &err) == 0) {
		load_run(l);
		store_close(&l->s);
	}
	unsigned acked = l->answered;
	bool cut = cutdisk_is_cut();
	cutdisk_revive();
	if (cut && seed % 3 == 0) {
		cutdisk_arm(1 + seed / 3 % 40, seed + 1);
		if (load_open(l, sync, &err) == 0)
			store_close(&l->s);
		cutdisk_revive();
	}
	return acked;
}

static void cut_count(struct total *t, const struct found *f, unsigned acked,
		      uint64_t seed)
{
	t->acked += acked;
	if (f->bad != NULL) {
		t->bad++;
		(void)fprintf(stderr, "powercut: seed %" PRIu64 ": %s\n", seed,
			      f->bad);
	} else if (f->last < (int64_t)acked) {
		t->runs_lost++;
		t->lost += acked - (uint64_t)f->last;
	}
}

static void cut_often(struct loop *loop, enum store_sync sync, unsigned cuts,
		      uint64_t seed, uint64_t calls, struct total *t)
{
	for (unsigned i = 0; i < cuts; i++) {
		struct load l = { .loop = loop, .random = seed + i + 1 };
		struct found f = { .l = &l };

		buf_init(&l.scratch, BUF_NO_LIMIT);
		(void)load_random(&l);
		uint64_t at = 1 + load_random(&l) % calls;
		unsigned acked = cut_once(&l, sync, at, seed + i);
		found_read(&f, &l);
		cut_count(t, &f, acked, seed + i);
		buf_done(&l.scratch);
	}
}

/* How many calls a run makes that nobody cuts. */
static uint64_t cut_calls(struct loop *loop, enum store_sync sync)
{
	struct load l = { .loop = loop, .random = 1 };

	buf_init(&l.scratch, BUF_NO_LIMIT);
	(void)cut_once(&l, sync, 0, 1);
	must(l.answered == BATCHES);
	uint64_t calls = cutdisk_calls();
	buf_done(&l.scratch);
	return calls;
}

static void cut_make_store(void)
{
	const struct store_cfg cfg = { .url = "sqlite:cut.db",
				       .vfs = CUTDISK_VFS };
	struct err err = { "" };

	if (store_create(&cfg, &err) != 0) {
		(void)fprintf(stderr, "powercut: %s\n", err.text);
		exit(1);
	}
	cutdisk_save();
}

int main(int argc, char **argv)
{
	unsigned cuts = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 200;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	struct total full = { 0 }, normal = { 0 };
	struct loop *loop;

	log_threshold = LOG_ERROR;
	cutdisk_open();
	cut_make_store();
	if (loop_open(&loop, NULL) != 0)
		return 1;
	cut_often(loop, STORE_SYNC_FULL, cuts, seed,
		  cut_calls(loop, STORE_SYNC_FULL), &full);
	cut_often(loop, STORE_SYNC_NORMAL, cuts, seed,
		  cut_calls(loop, STORE_SYNC_NORMAL), &normal);
	loop_close(&loop);
	cutdisk_close();
	printf("powercut: FULL %u cuts, %" PRIu64 " acked, %" PRIu64
	       " lost; NORMAL %" PRIu64 " of %u runs lost data\n",
	       cuts, full.acked, full.lost, normal.runs_lost, cuts);
	if (full.bad > 0 || normal.bad > 0)
		printf("powercut: damaged: FULL %" PRIu64 ", NORMAL %" PRIu64
		       "\n",
		       full.bad, normal.bad);
	bool good = full.acked > 0 && full.lost == 0 && full.bad == 0 &&
		    normal.bad == 0 && normal.runs_lost > 0;
	return good ? 0 : 1;
}
