/* Changes by the row that they belong to, gathered until the transaction
 * ends. A name of a row is its words, each with a NUL. */
#include "store/sums.h"

#include "base/map.h"
#include "base/mem.h"

/* Words of a measure, as in measure_cells, without its numbers. */
enum {
	TENANT,
	DAY,
	NAME,
	BRANCH,
	DEPARTMENT,
	TIER,
	CHANNEL,
	CLASS,
	DETAIL,
	WORDS
};
/* And of a part: scope period name dim value class detail tenant. */
enum { PART_WORDS = 8, PART_DIM = 3 };

struct delta {
	int64_t n, sum;
};

struct sums {
	struct dict *measures; /* words of a measure -> struct delta */
	struct dict *parts;
	struct buf name; /* of the row that is looked for */
	struct buf scope;
};

struct sums *sums_new(void)
{
	struct sums *s = mem_new(struct sums);

	s->measures = dict_new();
	s->parts = dict_new();
	buf_init(&s->name, BUF_NO_LIMIT);
	buf_init(&s->scope, BUF_NO_LIMIT);
	return s;
}

static void forget(struct dict **dp)
{
	size_t pos = 0;
	struct str name;
	void *delta;

	while (dict_next(*dp, &pos, &name, &delta))
		mem_free(delta);
	dict_free(dp);
}

void sums_free(struct sums **sp)
{
	must(sp != NULL);

	struct sums *s = TAKE(*sp);
	if (s == NULL)
		return;
	forget(&s->measures);
	forget(&s->parts);
	buf_done(&s->name);
	buf_done(&s->scope);
	mem_free(s);
}

static void clear(struct dict **dp)
{
	if (dict_len(*dp) == 0)
		return;
	forget(dp);
	*dp = dict_new();
}

void sums_clear(struct sums *s)
{
	must(s != NULL);
	clear(&s->measures);
	clear(&s->parts);
}

static void add(struct sums *s, struct dict *to, const struct str *words,
		unsigned nwords, const struct delta *adds)
{
	struct delta *d;

	buf_reset(&s->name);
	for (unsigned i = 0; i < nwords; i++) {
		buf_str_put(&s->name, words[i]);
		buf_c(&s->name, '\0');
	}
	d = dict_get(to, buf_str(&s->name));
	if (d == NULL) {
		d = mem_new(struct delta);
		(void)dict_set(to, buf_str(&s->name), d);
	}
	d->n += adds->n;
	d->sum += adds->sum;
}

void sums_add(struct sums *s, const struct cell cells[MEASURE_CELLS])
{
	struct str words[WORDS];
	const struct delta adds = { cells[WORDS].i, cells[WORDS + 1].i };

	must(s != NULL && cells[DAY].s.len == MEASURE_DAY - 1);
	for (unsigned i = 0; i < WORDS; i++)
		words[i] = cells[i].s;
	add(s, s->measures, words, WORDS, &adds);
}

/* ---- the rows ---------------------------------------------------------------- */

static void read_words(struct str name, struct str *words, unsigned nwords)
{
	for (unsigned i = 0; i < nwords; i++)
		name = str_cut(name, '\0', &words[i]);
}

/* By one thing at a time. */
static void part(struct sums *s, const struct str words[WORDS],
		 struct str scope, enum measure_dim dim,
		 const struct delta *adds)
{
	static const unsigned value_of[MEASURE_DIMS] = {
		[MEASURE_BY_BRANCH] = BRANCH,
		[MEASURE_BY_DEPARTMENT] = DEPARTMENT,
		[MEASURE_BY_TIER] = TIER,
		[MEASURE_BY_CHANNEL] = CHANNEL,
		[MEASURE_BY_DAY] = DAY,
	};
	const char digit = (char)('0' + dim);
	const bool day = dim == MEASURE_BY_DAY;
	const struct str parts[PART_WORDS] = {
		scope,
		str_first(words[DAY], MEASURE_MONTH),
		words[NAME],
		str_bytes(&digit, 1),
		words[value_of[dim]],
		day ? STR_NONE : words[CLASS],
		day ? STR_NONE : words[DETAIL],
		words[TENANT],
	};

	add(s, s->parts, parts, PART_WORDS, adds);
}

/* In a scope of one department there is nothing to tell apart by it. */
static void parts_of(struct sums *s, const struct str words[WORDS],
		     struct str branch, struct str department,
		     const struct delta *adds)
{
	measure_scope(branch, department, &s->scope);
	for (enum measure_dim i = MEASURE_BY_BRANCH; i < MEASURE_DIMS; i++) {
		if (i != MEASURE_BY_DEPARTMENT || department.len == 0)
			part(s, words, buf_str(&s->scope), i, adds);
	}
}

static int write_row(struct backend *b, enum statement st,
		     const struct str *words, unsigned n, unsigned number,
		     const struct delta *d)
{
	struct cell cells[MEASURE_CELLS];

	for (unsigned i = 0; i < n; i++)
		cells[i] = i == number ? CELL_I(words[i].p[0] - '0')
				       : CELL_T(words[i].len > 0 ? words[i]
								 : STR_NONE);
	cells[n] = CELL_I(d->n);
	cells[n + 1] = CELL_I(d->sum);
	return d->n == 0 && d->sum == 0 ? 0
					: backend_write(b, st, cells, n + 2);
}

static int write_measure(struct sums *s, struct backend *b, struct str name,
			 const struct delta *d)
{
	struct str words[WORDS];

	read_words(name, words, WORDS);
	const struct str branch = words[BRANCH], department = words[DEPARTMENT];

	parts_of(s, words, STR_NONE, STR_NONE, d);
	if (branch.len > 0)
		parts_of(s, words, branch, STR_NONE, d);
	if (department.len > 0)
		parts_of(s, words, STR_NONE, department, d);
	if (branch.len > 0 && department.len > 0)
		parts_of(s, words, branch, department, d);
	words[DAY] = str_first(words[DAY], MEASURE_MONTH);
	return write_row(b, (enum statement)STORE_MEASURE_ADD, words, WORDS,
			 WORDS, d);
}

int sums_write(struct sums *s, struct backend *b)
{
	struct str words[PART_WORDS], name;
	size_t pos = 0;
	void *value;
	int rc = 0;

	must(s != NULL && b != NULL);
	while (rc == 0 && dict_next(s->measures, &pos, &name, &value))
		rc = write_measure(s, b, name, value);
	pos = 0;
	while (rc == 0 && dict_next(s->parts, &pos, &name, &value)) {
		read_words(name, words, PART_WORDS);
		rc = write_row(b, STATEMENT_MEASURE_PART_ADD, words, PART_WORDS,
			       PART_DIM, value);
	}
	return rc;
}
