/* Changes by the row that they belong to, gathered until the end of a slice. */
#include "store/cells.h"

#include <stdio.h>

#include "base/id.h"
#include "base/mem.h"
#include "model/measure.h"
#include "store/names.h"
#include "store/sums.h"

/* Messages of one quarter of an hour are of one day, in every zone. */
#define CELLS_SLOT_MS 900000

struct cells {
	struct names *cells;
	struct sums *sums;
	int64_t slot;
	char day[MEASURE_DAY]; /* of that slot */
};

struct cells *cells_new(void)
{
	struct cells *c = mem_new(struct cells);

	c->cells = names_new();
	c->sums = sums_new();
	c->slot = -1;
	return c;
}

void cells_free(struct cells **cp)
{
	must(cp != NULL);

	struct cells *c = TAKE(*cp);
	if (c == NULL)
		return;
	names_free(&c->cells);
	sums_free(&c->sums);
	mem_free(c);
}

void cells_know(struct cells *c, uint64_t cell,
		const struct str words[CELL_WORDS])
{
	must(c != NULL);
	names_know(c->cells, cell, names_of(c->cells, words, CELL_WORDS));
}

int cells_of(struct cells *c, struct backend *b, const struct message *m,
	     uint64_t *cell)
{
	must(c != NULL && b != NULL && m != NULL && cell != NULL);

	bool full = names_len(c->cells) >= CELLS_MAX;
	const struct str words[CELL_WORDS] = { m->tenant,
					       full ? STR_NONE : m->branch,
					       full ? STR_NONE : m->department,
					       m->tier,
					       m->channel,
					       m->class_name };
	struct str name = names_of(c->cells, words, CELL_WORDS);
	*cell = names_find(c->cells, name);
	if (*cell != 0)
		return 0;
	*cell = names_add(c->cells, name);
	struct cell row[1 + CELL_WORDS] = { CELL_I(*cell) };
	for (unsigned i = 0; i < CELL_WORDS; i++)
		row[1 + i] = CELL_T(words[i].len > 0 ? words[i] : STR_NONE);
	return backend_write(b, STATEMENT_FOLD_CELL, row, ARRAY_LEN(row));
}

/* ---- what is counted -------------------------------------------------------- */

static const char *cells_day(struct cells *c, int64_t wall_ms)
{
	if (c->slot != wall_ms / CELLS_SLOT_MS) {
		c->slot = wall_ms / CELLS_SLOT_MS;
		measure_day(wall_ms, c->day);
	}
	return c->day;
}

static void cells_add(struct cells *c, const struct measure *m)
{
	struct cell row[MEASURE_CELLS];

	measure_cells(m, cells_day(c, m->at_ms), row);
	sums_add(c->sums, row);
}

static void cells_state(struct cells *c, struct measure *m,
			enum message_state state, int64_t n, struct str reason)
{
	char name[32];

	if (!message_state_final(state))
		return;
	(void)snprintf(name, sizeof(name), "message.%s",
		       message_state_name(state));
	m->name = str_of(name);
	m->n = n;
	m->sum = 0;
	/* Only what cannot end otherwise any more is split by its reason. */
	m->detail = state == MESSAGE_SUPPRESSED || state == MESSAGE_REJECTED ||
				    state == MESSAGE_FAILED
			    ? reason
			    : STR_NONE;
	cells_add(c, m);
}

/* How long it took, by the bound that it kept. */
static void cells_took(struct cells *c, struct measure *m, int64_t took_ms)
{
	char bound[MEASURE_BOUND];

	took_ms = MAX(took_ms, 0);
	measure_bound(took_ms, bound);
	m->name = STR("message.took");
	m->n = 1;
	m->sum = took_ms;
	m->detail = str_of(bound);
	cells_add(c, m);
}

/* 1: delivered now; -1: no more. */
static void cells_reached(struct cells *c, struct measure *m, int64_t n)
{
	m->name = STR("campaign.reached");
	m->n = n;
	m->sum = 0;
	m->detail = STR_NONE;
	cells_add(c, m);
}

void cells_count(struct cells *c, const struct cell_change *v)
{
	struct str words[CELL_WORDS];

	must(c != NULL && v != NULL);
	if (!names_words(c->cells, v->cell, words, CELL_WORDS))
		return;
	struct measure m = { .tenant = words[0],
			     .at_ms = id_wall_ms(v->id),
			     .branch = words[1],
			     .department = words[2],
			     .tier = words[3],
			     .channel = words[4],
			     .class_name = words[5] };
	if (v->fresh) {
		m.name = STR("message.all");
		m.n = 1;
		m.sum = v->parts;
		cells_add(c, &m);
	} else if (v->was != v->now) {
		cells_state(c, &m, v->was, -1, STR_NONE);
	}
	if (!v->fresh && v->was == v->now)
		return;
	cells_state(c, &m, v->now, 1, v->reason);
	if (v->now == MESSAGE_DELIVERED)
		cells_took(c, &m, v->at_ms - m.at_ms);
	if (campaign_counts(v->campaign))
		cells_reached(c, &m, v->now == MESSAGE_DELIVERED ? 1 : -1);
}

/* ---- the transaction -------------------------------------------------------- */

int cells_write(struct cells *c, struct backend *b)
{
	must(c != NULL && b != NULL);
	return sums_write(c->sums, b);
}

void cells_committed(struct cells *c)
{
	must(c != NULL);
	names_committed(c->cells);
	sums_clear(c->sums);
}

void cells_rolled_back(struct cells *c)
{
	must(c != NULL);
	names_rolled_back(c->cells);
	sums_clear(c->sums);
}
