/* The memory back end: for tests, and for trying things out. A transaction
 * gathers its writes and applies them when it commits. */
#include <errno.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "store/memory_impl.h"

/* By name; NULL until the first one. */
static struct dict *memory_named;

static struct memory *memory_of(struct backend *b)
{
	must(b != NULL);
	return MAGIC_CAST(struct memory, MEMORY_MAGIC,
			  CONTAINER_OF(b, struct memory, backend));
}

/* ---- writing ----------------------------------------------------------------- */

/* A row of the table from a call's arguments, by name. */
static struct memory_row *memory_row_of(const struct memory_table *t,
					enum statement st,
					const struct cell *args)
{
	struct cell cells[ROW_MAX] = { 0 };
	struct str rest = str_of(statements[st].args), word;
	unsigned n = 0;

	for (const char *p = t->columns; *p != '\0'; p++)
		n += *p == ' ';
	for (unsigned i = 0; rest.len > 0; i++) {
		rest = str_cut(rest, ' ', &word);
		int column = memory_column(t, word);
		must(column >= 0 && (unsigned)column <= n);
		cells[column] = args[i];
	}
	return memory_row_new(cells, n + 1);
}

/* The state of a message that is there: "id state updated_ms link reason
 * history", with the kind behind the id and the cell at the end when it is new
 * and has none yet. */
static void memory_state(struct memory_table *t, const struct cell *args,
			 bool fresh)
{
	struct cell cells[13];
	struct buf history;
	size_t at;

	if (!memory_find(t, args, &at) ||
	    fresh != (t->rows[at]->v[6].type == CELL_NULL))
		return;
	memcpy(cells, t->rows[at]->v, sizeof(cells));
	buf_init(&history, BUF_NO_LIMIT);
	if (fresh) {
		cells[12] = args[7];
		cells[11] = *++args;
	} else
		buf_str_put(&history, cells[10].s);
	buf_str_put(&history, args[5].s);
	cells[6] = args[1];
	cells[7] = args[2];
	if (fresh || args[3].type != CELL_NULL)
		cells[8] = args[3];
	cells[9] = args[4];
	cells[10] = CELL_B(buf_str(&history));
	memory_put(t, memory_row_new(cells, ARRAY_LEN(cells)));
	buf_done(&history);
}

/* The record that a purge leaves, of what is there. */
static void memory_record(struct memory_table *t, const struct cell *args)
{
	int record = memory_column(t, STR("record"));
	struct cell cells[ROW_MAX];
	size_t at;

	if (!memory_find(t, args, &at))
		return;
	unsigned n = t->rows[at]->n;
	memcpy(cells, t->rows[at]->v, n * sizeof(*cells));
	cells[record] = args[1];
	memory_put(t, memory_row_new(cells, n));
}

static void memory_drop_all(struct memory_table *t, enum statement st,
			    const struct cell *args)
{
	for (size_t i = t->len; i > 0; i--) {
		if (memory_matches(t, t->rows[i - 1], st, args))
			memory_drop(t, i - 1);
	}
}

static void memory_blank(const struct memory_table *t, struct memory_row *row,
			 const char *columns)
{
	struct str rest = str_of(columns), word;

	while (rest.len > 0) {
		rest = str_cut(rest, ' ', &word);
		row->v[memory_column(t, word)] = CELL_Z("");
	}
}

static void memory_blank_all(struct memory *m, enum statement st,
			     const struct cell *args)
{
	const struct plan *p = &memory_plans[st];
	struct memory_table *t = &m->tables->v[p->table];

	for (size_t i = 0; i < t->len; i++) {
		if (memory_matches(t, t->rows[i], st, args))
			memory_blank(t, t->rows[i], p->blank);
	}
}

/* Some rows know no person, or no tenant: what they belong to does. */
static void memory_blank_of(struct memory *m, enum statement st,
			    const struct cell *args)
{
	const struct plan *p = &memory_plans[st];
	struct memory_table *parents = &m->tables->v[p->of];
	struct memory_table *t = &m->tables->v[p->table];
	int id = memory_column(parents, STR("id"));
	int link = memory_column(t, str_of(p->link));

	for (size_t i = 0; i < parents->len; i++) {
		if (!memory_matches(parents, parents->rows[i], st, args))
			continue;
		for (size_t k = 0; k < t->len; k++) {
			if (t->rows[k]->v[link].i ==
				    parents->rows[i]->v[id].i &&
			    memory_matches(t, t->rows[k], st, args))
				memory_blank(t, t->rows[k], p->blank);
		}
	}
}

static void memory_without(struct str s, struct str word, struct buf *out)
{
	buf_init(out, BUF_NO_LIMIT);
	while (s.len > 0) {
		if (str_starts(s, word)) {
			s = str_from(s, word.len);
			continue;
		}
		buf_c(out, s.p[0]);
		s = str_from(s, 1);
	}
}

/* The word is the second argument. */
static void memory_cut(struct memory_table *t, struct memory_row *row,
		       struct str columns, struct str word)
{
	struct str column;

	if (columns.len == 0) {
		memory_put(t, memory_row_new(row->v, row->n));
		return;
	}
	columns = str_cut(columns, ' ', &column);
	struct cell *c = &row->v[memory_column(t, column)];
	AUTO(buf_done) struct buf b = { 0 };
	memory_without(c->s, word, &b);
	*c = CELL_T(buf_str(&b));
	memory_cut(t, row, columns, word); /* while the text is there */
}

static void memory_cut_all(struct memory *m, enum statement st,
			   const struct cell *args)
{
	const struct plan *p = &memory_plans[st];
	struct memory_table *t = &m->tables->v[p->table];

	for (size_t i = 0; i < t->len; i++) {
		if (memory_matches(t, t->rows[i], st, args))
			memory_cut(t, t->rows[i], str_of(p->blank), args[1].s);
	}
}

static void memory_apply(struct memory *m, enum statement st,
			 const struct cell *args)
{
	struct memory_table *t = &m->tables->v[memory_plans[st].table];
	enum plan_kind kind = memory_plans[st].kind;

	if (kind == PLAN_NOTHING)
		return;
	if (kind == PLAN_BLANK) {
		memory_blank_all(m, st, args);
		return;
	}
	if (kind == PLAN_BLANK_OF) {
		memory_blank_of(m, st, args);
		return;
	}
	if (kind == PLAN_CUT) {
		memory_cut_all(m, st, args);
		return;
	}
	if (kind == PLAN_DROP) {
		memory_drop_all(t, st, args);
		return;
	}
	if (kind == PLAN_RECORD) {
		memory_record(t, args);
		return;
	}
	if (kind == PLAN_STATE || kind == PLAN_STATE_NEW) {
		memory_state(t, args, kind == PLAN_STATE_NEW);
		return;
	}

	struct memory_row *row = memory_row_of(t, st, args);
	size_t at;
	bool there = memory_find(t, row->v, &at);
	int created = memory_column(t, STR("created_ms"));
	if (there && kind == PLAN_KEEP) {
		mem_free(row);
		return;
	}
	for (unsigned i = t->nkey; there && kind == PLAN_SUM && i < row->n; i++)
		row->v[i].i += t->rows[at]->v[i].i;
	/* When a row was made never changes, whoever writes it again. */
	if (there && created >= 0)
		row->v[created] = t->rows[at]->v[created];
	memory_put(t, row);
}

static int memory_begin(struct backend *b, enum backend_when when UNUSED)
{
	must(list_empty(&memory_of(b)->writes));
	return 0;
}

static int memory_write(struct backend *b, enum statement st,
			const struct cell *cells, unsigned n)
{
	struct memory *m = memory_of(b);
	const struct memory_table *t = &m->tables->v[memory_plans[st].table];
	enum plan_kind kind = memory_plans[st].kind;
	bool there = false;

	must(statements[st].kind == STORE_WRITE && n == statement_args(st));
	must(kind != PLAN_NONE);
	if (kind == PLAN_ADD || kind == PLAN_KEEP) {
		struct memory_row *row = memory_row_of(t, st, cells);
		size_t at;
		there = memory_find(t, row->v, &at);
		mem_free(row);
	}
	if (there && kind == PLAN_ADD) {
		m->why = "a row with this key is there already";
		return -EIO;
	}
	if (there)
		return 1;
	struct memory_write *w = mem_new(struct memory_write);
	w->st = st;
	w->row = memory_row_new(cells, n);
	list_append(&m->writes, &w->link);
	return 0;
}

static int memory_peek(struct backend *b, enum statement st,
		       const struct cell *cells, unsigned n, store_row_fn show,
		       void *owner)
{
	return memory_show_rows(memory_of(b)->tables, st, cells, n, show,
				owner);
}

static void memory_rollback(struct backend *b)
{
	LIST_EACH_SAFE (it, &memory_of(b)->writes) {
		struct memory_write *w =
			LIST_ITEM(it, struct memory_write, link);
		list_remove(it);
		mem_free(w->row);
		mem_free(w);
	}
}

static int memory_commit(struct backend *b)
{
	struct memory *m = memory_of(b);

	must(pthread_mutex_lock(&m->tables->lock) == 0);
	LIST_EACH (it, &m->writes) {
		struct memory_write *w =
			LIST_ITEM(it, struct memory_write, link);
		memory_apply(m, w->st, w->row->v);
	}
	must(pthread_mutex_unlock(&m->tables->lock) == 0);
	memory_rollback(b);
	return 0;
}

static int memory_tidy(struct backend *b UNUSED)
{
	return 0;
}

static const char *memory_why(struct backend *b)
{
	return memory_of(b)->why;
}

/* ---- reading ------------------------------------------------------------------- */

static int memory_reader_open(struct backend *b, struct backend_reader **out,
			      struct err *err UNUSED)
{
	struct memory_reader *r = mem_new(struct memory_reader);

	r->reader.ops = &memory_ops;
	r->magic = MEMORY_READER_MAGIC;
	r->tables = memory_of(b)->tables;
	*out = &r->reader;
	return 0;
}

static void memory_reader_close(struct backend_reader **rp)
{
	must(rp != NULL);
	if (*rp != NULL)
		mem_free(memory_reader_of(TAKE(*rp)));
}

static int memory_copy(struct backend_reader *r UNUSED, const char *path UNUSED)
{
	return -EIO; /* there is no file to make */
}

/* ---- opening ------------------------------------------------------------------- */

static struct memory_tables *memory_tables_new(bool named)
{
	struct memory_tables *v = mem_new(struct memory_tables);
	const struct cell nowhere[] = { CELL_I(0), CELL_I(0), CELL_I(0),
					CELL_I(0), CELL_I(0) };

	must(pthread_mutex_init(&v->lock, NULL) == 0);
	v->named = named;
	memory_tables_shape(v->v);
	memory_put(&v->v[TABLE_FOLD],
		   memory_row_new(nowhere, ARRAY_LEN(nowhere)));
	return v;
}

static void memory_tables_free(struct memory_tables *v)
{
	for (unsigned i = 0; i < MEMORY_TABLES; i++)
		memory_clear(&v->v[i]);
	must(pthread_mutex_destroy(&v->lock) == 0);
	mem_free(v);
}

static void memory_close(struct backend **bp)
{
	must(bp != NULL);
	if (*bp == NULL)
		return;
	memory_rollback(*bp);

	struct memory *m = memory_of(TAKE(*bp));
	m->tables->open = false;
	if (!m->tables->named)
		memory_tables_free(m->tables);
	mem_free(m);
}

void memory_forget(const char *name)
{
	must(name != NULL);

	struct memory_tables *v =
		memory_named == NULL ? NULL
				     : dict_del(memory_named, str_of(name));
	must(v == NULL || !v->open);
	if (v != NULL)
		memory_tables_free(v);
	if (memory_named != NULL && dict_len(memory_named) == 0)
		dict_free(&memory_named);
}

int memory_open(struct backend **out, const char *name, enum backend_make make,
		struct err *err)
{
	must(out != NULL && name != NULL);

	bool named = name[0] != '\0';
	struct memory_tables *v = NULL;
	if (named && memory_named != NULL)
		v = dict_get(memory_named, str_of(name));
	if (v == NULL && make == BACKEND_MAKE_NOTHING)
		return err_set(err, -ENOENT, "memory:%s: there is no store",
			       name);
	if (v != NULL && make == BACKEND_MAKE_NEW)
		return err_set(err, -EEXIST,
			       "memory:%s: there is a store already", name);
	if (v != NULL && v->open)
		return err_set(err, -EBUSY, "memory:%s: is open", name);
	if (v == NULL) {
		v = memory_tables_new(named);
		if (named && memory_named == NULL)
			memory_named = dict_new();
		if (named)
			(void)dict_set(memory_named, str_of(name), v);
	}

	struct memory *m = mem_new(struct memory);
	v->open = true;
	m->backend.ops = &memory_ops;
	m->magic = MEMORY_MAGIC;
	m->tables = v;
	m->why = "";
	list_init(&m->writes);
	*out = &m->backend;
	return 0;
}

const struct backend_ops memory_ops = {
	.name = "memory",
	.begin = memory_begin,
	.write = memory_write,
	.peek = memory_peek,
	.commit = memory_commit,
	.rollback = memory_rollback,
	.tidy = memory_tidy,
	.why = memory_why,
	.close = memory_close,
	.reader_open = memory_reader_open,
	.read = memory_read,
	.copy = memory_copy,
	.reader_close = memory_reader_close,
};
