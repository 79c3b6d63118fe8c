/* What the files of the engine share. */
#pragma once

#include "base/stats.h"
#include "store/batch.h"
#include "store/engine.h"
#include "store/reader.h"
#include "store/writer.h"

#define ENGINE_MAGIC 0x53544f52u /* "STOR" */

enum { ENGINE_FIGURES = 11 };

struct engine {
	struct store store;
	uint32_t magic;
	struct store_cfg cfg; /* its texts are gone */
	struct loop *loop;
	struct loop_hook *hook;
	struct loop_post *post;
	struct backend *backend;
	struct backend_reader *scanner; /* for scans on the loop thread */
	struct writer *writer;
	struct reader *reader;

	struct batch *open; /* gathers; NULL: none yet */
	bool offered;       /* `open` lies with the writer, perhaps not begun */
	struct list spares;
	unsigned nspares;
	size_t waiting; /* bytes handed over and not answered */
	int64_t seq;    /* last journal row that was answered */
	unsigned reads_waiting;
	struct list turned_away;
	struct writer_news news;
	bool told; /* cfg.broken was called */
	struct store_counters counters;
	struct store_counters shown; /* what base/stats has of it */
	struct stat *figures[ENGINE_FIGURES];
	struct stat *commit_us;
};

extern const struct store_ops engine_ops;

/* For the loop; owner is the engine. */
void engine_end_of_turn(void *owner);
void engine_came(void *owner);
/* For the threads: makes engine_came run on the loop. */
void engine_wake(void *owner);

/* Bytes that wait for the disk. */
static inline size_t engine_waiting(const struct engine *e)
{
	return e->waiting +
	       (e->open != NULL && !e->offered ? batch_size(e->open) : 0);
}

void engine_figures_open(struct engine *e);
/* Brings base/stats up to date. */
void engine_count(struct engine *e);
