/* What the files of the writer share. */
#pragma once

#include <pthread.h>

#include "store/writer.h"

struct writer {
	struct writer_cfg cfg;
	struct fold *fold;
	pthread_t thread;
	bool joined;

	/* Held while rows move from the journal to the tables, or come in. */
	pthread_mutex_t fold_lock;

	pthread_mutex_t lock;
	pthread_cond_t work; /* the writer waits for it */
	/* Under the lock: */
	struct list queue;
	struct list done;
	struct writer_news news;
	int64_t wanted;    /* a reader waits for this row to be folded */
	int64_t awaited;   /* so too, with patience */
	int64_t committed; /* last journal row */
	int64_t upto;      /* folded */
	void (*progress)(void *owner); /* of the fold; may be NULL */
	void *progress_owner;
	bool stop;

	/* The thread's own: */
	struct list dead;    /* batches of a broken store */
	struct sums *sums;   /* of the open batch */
	struct buf frames;   /* of the batch that was answered last */
	int64_t seq;         /* of the last journal row */
	int64_t hurry_to;    /* fold up to this row at once */
	uint64_t hurried_us; /* when that was last done */
	size_t credit;       /* records the fold may write */
	uint64_t busy_us;    /* when the last batch came */
	uint64_t probe_us;
};

/* The thread; its owner is the writer. */
void *writer_main(void *arg);
