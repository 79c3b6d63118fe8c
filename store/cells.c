/* Changes by the row that they belong to, gathered until the end of a slice. */
#include "store/cells.h"

#include <stdio.h>

#include "base/id.h"
#include "base/map.h"
#include "base/mem.h"
#include "model/measure.h"
#include "store/names.h"

struct cells_delta {
	int64_t n, sum;
};

/* Messages of one quarter of an hour are of one day, in every zone. */
#define CELLS_SLOT_MS 900000

struct cells {
	struct names *cells;
	struct dict *deltas; /* name of a row -> struct cells_delta */
	struct names *rows;  /* makes names of rows; holds none */
	int64_t slot;
	char day[MEASURE_DAY]; /* of that slot */
};

struct cells *cells_new(void)
{
	struct cells *c = mem_new(struct cells);

	c->cells = names_new();
	c->rows = names_new();
	c->deltas = dict_new();
	c->slot = -1;
	return c;
}

static void cells_forget(struct cells *c)
{
	size_t pos = 0;
	struct str name;
	void *delta;

	while (dict_next(c->deltas, &pos, &name, &delta))
		mem_free(delta);
	dict_free(&c->deltas);
}

void cells_free(struct cells **cp)
{
	must(cp != NULL);

	struct cells *c = TAKE(*cp);
	if (c == NULL)
		return;
	cells_forget(c);
	names_free(&c->cells);
	names_free(&c->rows);
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

static void cells_row(struct cells *c, const struct measure *m, bool whole)
{
	struct cell row[MEASURE_CELLS];
	struct str words[MEASURE_CELLS - 2];

	measure_cells(m, cells_day(c, m->at_ms), whole, row);
	for (unsigned i = 0; i < ARRAY_LEN(words); i++)
		words[i] = row[i].s;
	struct str name = names_of(c->rows, words, ARRAY_LEN(words));
	struct cells_delta *d = dict_get(c->deltas, name);
	if (d == NULL) {
		d = mem_new(struct cells_delta);
		(void)dict_set(c->deltas, name, d);
	}
	d->n += m->n;
	d->sum += m->sum;
}

static void cells_add(struct cells *c, const struct measure *m)
{
	cells_row(c, m, true);
	cells_row(c, m, false);
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
}

/* ---- the transaction -------------------------------------------------------- */

static int cells_put(struct backend *b, struct str name,
		     const struct cells_delta *d)
{
	struct cell row[MEASURE_CELLS];

	for (unsigned i = 0; i < MEASURE_CELLS - 2; i++) {
		row[i] = CELL_T(STR_NONE);
		name = str_cut(name, '\0', &row[i].s);
	}
	row[MEASURE_CELLS - 2] = CELL_I(d->n);
	row[MEASURE_CELLS - 1] = CELL_I(d->sum);
	return backend_write(b, (enum statement)STORE_MEASURE_ADD, row,
			     ARRAY_LEN(row));
}

int cells_write(struct cells *c, struct backend *b)
{
	size_t pos = 0;
	struct str name;
	void *value;
	int rc = 0;

	must(c != NULL && b != NULL);
	while (rc == 0 && dict_next(c->deltas, &pos, &name, &value)) {
		const struct cells_delta *d = value;
		if (d->n != 0 || d->sum != 0)
			rc = cells_put(b, name, d);
	}
	return rc;
}

static void cells_empty(struct cells *c)
{
	if (dict_len(c->deltas) == 0)
		return;
	cells_forget(c);
	c->deltas = dict_new();
}

void cells_committed(struct cells *c)
{
	must(c != NULL);
	names_committed(c->cells);
	cells_empty(c);
}

void cells_rolled_back(struct cells *c)
{
	must(c != NULL);
	names_rolled_back(c->cells);
	cells_empty(c);
}
