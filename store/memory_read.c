/* Reads of tables in memory: every row is looked at. */
#include <errno.h>
#include <string.h>

#include "store/memory_impl.h"

static void memory_show_all(struct memory_showing *s,
			    const struct memory_table *t, bool newest)
{
	for (size_t i = 0; i < t->len; i++) {
		const struct memory_row *row =
			t->rows[newest ? t->len - 1 - i : i];
		if (memory_matches(t, row, s->st, s->args) &&
		    !memory_show(s, t, row, NULL, NULL))
			return;
	}
}

/* The contact of a recipient; the call names the tenant last. */
static const struct memory_row *memory_contact_of(struct memory_showing *s,
						  const struct memory_row *r)
{
	const struct memory_table *c = &s->v[TABLE_CONTACT];
	const struct cell *tenant = &s->args[statement_args(s->st) - 1];

	for (size_t i = 0; i < c->len; i++) {
		if (memory_compare(&c->rows[i]->v[0], tenant) == 0 &&
		    c->rows[i]->v[1].i == r->v[4].i)
			return c->rows[i];
	}
	return NULL;
}

/* due: only those that wait for a time, which is state 2. */
static void memory_show_recipients(struct memory_showing *s, bool due)
{
	const struct memory_table *t = &s->v[TABLE_RECIPIENT];
	int state = memory_column(t, STR("state"));

	for (size_t i = 0; i < t->len; i++) {
		const struct memory_row *r = t->rows[i];

		if ((!due || r->v[state].i == 2) &&
		    memory_matches(t, r, s->st, s->args) &&
		    !memory_show(s, t, r, &s->v[TABLE_CONTACT],
				 memory_contact_of(s, r)))
			return;
	}
}

static bool memory_is_live(const struct memory_row *message)
{
	return message->v[6].i < MESSAGE_DELIVERED;
}

static void memory_show_live(struct memory_showing *s, bool count)
{
	const struct memory_table *t = &s->v[TABLE_MESSAGE];
	struct row row = { .n = 1, .v = { CELL_I(0) } };

	for (size_t i = 0; i < t->len; i++) {
		if (!memory_is_live(t->rows[i]))
			continue;
		row.v[0].i++;
		if (!count && !memory_show(s, t, t->rows[i], NULL, NULL))
			return;
	}
	if (count)
		(void)s->show(s->owner, &row);
}

/* Not what still waits, failed or never went. */
static void memory_show_had(struct memory_showing *s)
{
	const struct memory_table *t = &s->v[TABLE_MESSAGE];

	for (size_t i = 0; i < t->len; i++) {
		int64_t state = t->rows[i]->v[6].i;
		if (state < MESSAGE_SUBMITTED || state == MESSAGE_FAILED ||
		    state == MESSAGE_CANCELLED || state == MESSAGE_SUPPRESSED ||
		    !memory_matches(t, t->rows[i], s->st, s->args))
			continue;
		if (!memory_show(s, t, t->rows[i], NULL, NULL))
			return;
	}
}

/* Two columns of a message and the count of each pair: gathered in a table of
 * that form. */
static void memory_show_counts(struct memory_showing *s)
{
	const struct memory_table *t = &s->v[TABLE_MESSAGE];
	bool campaigns = memory_plans[s->st].kind == PLAN_CAMPAIGN_COUNTS;
	struct memory_table counts = { .columns = statements[s->st].columns,
				       .nkey = 2 };

	for (size_t i = 0; i < t->len; i++) {
		const struct memory_row *m = t->rows[i];
		struct cell cells[] = { m->v[campaigns ? 4 : 6],
					m->v[campaigns ? 6 : 2], CELL_I(0) };
		size_t at;
		if (!memory_matches(t, m, s->st, s->args) ||
		    (campaigns && m->v[4].s.len == 0))
			continue;
		if (!memory_find(&counts, cells, &at))
			memory_put(&counts, memory_row_new(cells, 3));
		counts.rows[at]->v[2].i++;
	}
	for (size_t i = 0; i < counts.len; i++) {
		if (!memory_show(s, &counts, counts.rows[i], NULL, NULL))
			break;
	}
	memory_clear(&counts);
}

/* In order of id, where SQL has the time first. */
static void memory_show_purge_due(struct memory_showing *s)
{
	const struct memory_table *t = &s->v[TABLE_PURGE_WAIT];
	const struct memory_table *m = &s->v[TABLE_MESSAGE];
	size_t at;

	for (size_t i = 0; i < t->len; i++) {
		if (memory_matches(t, t->rows[i], s->st, s->args) &&
		    memory_find(m, t->rows[i]->v, &at) &&
		    !memory_show(s, m, m->rows[at], NULL, NULL))
			return;
	}
}

static void memory_show_last(struct memory_showing *s)
{
	const struct memory_table *t = &s->v[TABLE_FOLD];
	struct row row = { .n = 1, .v = { t->rows[0]->v[4] } };

	if (row.v[0].i > 0)
		(void)s->show(s->owner, &row);
}

/* How many rows match; nothing where none does. */
static void memory_show_count(struct memory_showing *s,
			      const struct memory_table *t)
{
	struct row row = { .n = 1, .v = { CELL_I(0) } };

	for (size_t i = 0; i < t->len; i++)
		row.v[0].i += memory_matches(t, t->rows[i], s->st, s->args);
	if (row.v[0].i > 0)
		(void)s->show(s->owner, &row);
}

static void memory_run(struct memory_showing *s)
{
	const struct memory_table *t = &s->v[memory_plans[s->st].table];

	switch (memory_plans[s->st].kind) {
	case PLAN_HEAD:
		s->left = 1;
		memory_show_all(s, t, true);
		break;
	case PLAN_NEWEST:
		memory_show_all(s, t, true);
		break;
	case PLAN_SHOW:
		memory_show_all(s, t, false);
		break;
	case PLAN_LIVE:
	case PLAN_LIVE_COUNT:
		memory_show_live(s,
				 memory_plans[s->st].kind == PLAN_LIVE_COUNT);
		break;
	case PLAN_HAD:
		memory_show_had(s);
		break;
	case PLAN_COUNTS:
	case PLAN_CAMPAIGN_COUNTS:
		memory_show_counts(s);
		break;
	case PLAN_RECIPIENTS:
	case PLAN_DUE:
		memory_show_recipients(s, memory_plans[s->st].kind == PLAN_DUE);
		break;
	case PLAN_PURGE_DUE:
		memory_show_purge_due(s);
		break;
	case PLAN_LAST:
		memory_show_last(s);
		break;
	case PLAN_BY_ADDRESS:
		memory_show_by_address(s);
		break;
	case PLAN_WITH_ADDRESSES:
	case PLAN_PERSONS:
		memory_show_persons(s);
		break;
	case PLAN_ADDRESSES:
		memory_show_addresses(s);
		break;
	case PLAN_COUNT:
		memory_show_count(s, t);
		break;
	case PLAN_NONE:
	case PLAN_PUT:
	case PLAN_SUM:
	case PLAN_RECORD:
	case PLAN_ADD:
	case PLAN_KEEP:
	case PLAN_STATE_NEW:
	case PLAN_STATE:
	case PLAN_NOTHING:
	case PLAN_BLANK:
	case PLAN_BLANK_OF:
	case PLAN_CUT:
	case PLAN_DROP:
		must(false && "not a read");
	}
}

int memory_show_rows(struct memory_tables *tables, enum statement st,
		     const struct cell *cells, unsigned n, store_row_fn show,
		     void *owner)
{
	struct memory_showing s = { tables->v, st,    cells,
				    show,      owner, memory_limit(st, cells) };

	must(n == statement_args(st));
	if (s.left == 0)
		return 0;
	must(pthread_mutex_lock(&tables->lock) == 0);
	memory_run(&s);
	must(pthread_mutex_unlock(&tables->lock) == 0);
	return 0;
}

int memory_read(struct backend_reader *reader, enum statement st,
		const struct cell *cells, unsigned n, store_row_fn show,
		void *owner)
{
	return memory_show_rows(memory_reader_of(reader)->tables, st, cells, n,
				show, owner);
}
