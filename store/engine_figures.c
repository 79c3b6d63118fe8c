/* The figures the store shows: its counters, and the same in base/stats. */
#include "store/engine_impl.h"

static const struct {
	enum stat_kind kind;
	size_t offset; /* of a uint64_t in struct store_counters */
	const char *name;
	const char *help;
} engine_figures[ENGINE_FIGURES] = {
#define FIGURE(kind, field, name, help)                                  \
	{                                                                \
		kind, offsetof(struct store_counters, field), name, help \
	}
	FIGURE(STAT_COUNTER, commits, "store_commits_total",
	       "Batches committed."),
	FIGURE(STAT_COUNTER, records, "store_records_total",
	       "Journal records committed."),
	FIGURE(STAT_COUNTER, puts, "store_puts_total", "Rows put into tables."),
	FIGURE(STAT_COUNTER, bytes, "store_bytes_total",
	       "Bytes of journal records and rows committed."),
	FIGURE(STAT_COUNTER, refused, "store_refused_total",
	       "Batches that met a full disk."),
	FIGURE(STAT_COUNTER, reads, "store_reads_total", "Reads answered."),
	FIGURE(STAT_COUNTER, folded, "store_folded_total",
	       "Rows the fold has written."),
	FIGURE(STAT_GAUGE, backlog, "store_backlog",
	       "Journal records not folded yet."),
	FIGURE(STAT_GAUGE, live, "store_live",
	       "Messages not final, as far as folded."),
	FIGURE(STAT_GAUGE, waiting_bytes, "store_waiting_bytes",
	       "Bytes waiting for the disk."),
	FIGURE(STAT_GAUGE, reads_waiting, "store_reads_waiting",
	       "Reads waiting for their answer."),
#undef FIGURE
};

static uint64_t engine_figure(const struct store_counters *c, unsigned i)
{
	return *(const uint64_t *)(const void *)((const char *)c +
						 engine_figures[i].offset);
}

void engine_figures_open(struct engine *e)
{
	for (unsigned i = 0; i < ENGINE_FIGURES; i++)
		e->figures[i] = stats_get(engine_figures[i].kind,
					  engine_figures[i].name,
					  engine_figures[i].help, NULL);
	e->commit_us = stats_get(STAT_HISTOGRAM, "store_commit_seconds",
				 "Time of a commit, the flush included.", NULL);
}

void engine_count(struct engine *e)
{
	e->counters.folded = e->news.folded;
	e->counters.backlog = e->news.backlog;
	e->counters.live = (uint64_t)e->news.live;
	e->counters.waiting_bytes = engine_waiting(e);
	e->counters.reads_waiting = e->reads_waiting;
	e->counters.full = e->news.state == WRITER_FULL;
	for (unsigned i = 0; i < ENGINE_FIGURES; i++) {
		uint64_t now = engine_figure(&e->counters, i);
		if (engine_figures[i].kind == STAT_GAUGE)
			stat_set(e->figures[i], (int64_t)now);
		else
			stat_add(e->figures[i],
				 now - engine_figure(&e->shown, i));
	}
	e->shown = e->counters;
}

void store_counters(const struct store *s, struct store_counters *out)
{
	must(s != NULL && out != NULL);

	const struct engine *e = (const void *)s; /* its first member */
	must(e->magic == ENGINE_MAGIC);
	*out = e->counters;
	out->waiting_bytes = engine_waiting(e);
	out->reads_waiting = e->reads_waiting;
	out->commit_p50_us = stat_quantile_us(e->commit_us, 0.5);
	out->commit_p99_us = stat_quantile_us(e->commit_us, 0.99);
}
