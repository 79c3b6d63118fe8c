/* Rounds over what is old: a read, what follows from its rows, the next. */
#include "campaigns/retention.h"

#include "base/id.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/stats.h"

enum {
	RETENTION_SLICE = 200,      /* rows of one read */
	RETENTION_ROUND_MS = 60000, /* between two rounds */
	RETENTION_SCRUBS = 3        /* rounds that still cut the log off */
};

/* A survey: how far it was walked, and when there is more to do. */
struct aging {
	struct aging *next;
	char *tenant, *id;
	uint64_t at; /* the last session that it is done with */
	int64_t due_ms;
};

enum retention_step { RETENTION_REST, RETENTION_EVENTS, RETENTION_SURVEYS };

struct retention {
	struct retention_env env;
	struct loop_timer *timer;
	bool stopped;
	enum retention_step step;
	struct dict *surveys; /* tenant, 0, id -> struct aging */
	struct aging *first, *walked;
	int64_t now_ms; /* of the round */
	struct {
		uint64_t id;
		bool blank; /* nothing is left to be taken out */
	} rows[RETENTION_SLICE];
	unsigned n;
	unsigned scrubs;
	struct stat *count;
};

static void next_step(struct retention *r);

/* What could not be read or stored is looked at again in the next round. */
static bool go_on(struct retention *r, int rc)
{
	if (rc == 0 && !r->stopped)
		return true;
	r->step = RETENTION_REST;
	return false;
}

static void on_stored(void *owner, int rc)
{
	struct retention *r = owner;

	/* what was not stored is walked over again */
	if (rc != 0 && r->walked != NULL)
		r->walked->at = 0;
	if (go_on(r, rc))
		next_step(r);
}

static void taken_out(struct retention *r, unsigned n)
{
	stat_add(r->count, n);
	if (n > 0)
		r->scrubs = RETENTION_SCRUBS;
}

/* On the reader's thread. */
static bool show_event(void *owner, const struct row *row)
{
	struct retention *r = owner;

	r->rows[r->n++].id = (uint64_t)row_i(row, 0);
	return r->n < RETENTION_SLICE;
}

/* ---- business events ------------------------------------------------------------ */

static void on_events(void *owner, int rc)
{
	struct retention *r = owner;

	if (!go_on(r, rc))
		return;
	if (r->n < RETENTION_SLICE)
		r->step = RETENTION_SURVEYS;
	if (r->n == 0) {
		next_step(r);
		return;
	}
	const struct cell upto = CELL_I(r->rows[r->n - 1].id);

	store_put(r->env.store, STORE_EVENT_PURGE, &upto, 1);
	taken_out(r, r->n);
	store_then(r->env.store, on_stored, r);
}

/* The ids of events stay known as long as they shall be. */
static void ask_events(struct retention *r)
{
	const struct events_cfg *cfg = r->env.events;
	int64_t keep_ms = MAX(cfg->retention, cfg->remember);
	const struct cell cells[] = { CELL_I(id_floor(r->now_ms - keep_ms)),
				      CELL_I(RETENTION_SLICE) };

	r->n = 0;
	r->env.store->ops->get(r->env.store, STORE_EVENT_OLD, cells,
			       ARRAY_LEN(cells), show_event, on_events, r);
}

/* ---- surveys ---------------------------------------------------------------------- */

/* Not before a late answer can come no more. */
static int64_t keep_of(const struct retention *r, const struct survey *v)
{
	return MAX(r->env.surveys_cfg->retention,
		   v->expire_after_ms + v->grace_ms);
}

static const struct survey *survey_of(const struct retention *r,
				      const struct aging *a)
{
	return surveys_find(r->env.surveys, str_of(a->tenant), str_of(a->id),
			    0);
}

static void forget(struct retention *r, const struct aging *a, uint64_t id)
{
	const struct cell cells[] = { CELL_Z(a->tenant), CELL_Z(a->id),
				      CELL_I(id) };

	store_put(r->env.store, STORE_SESSION_FORGET, cells, ARRAY_LEN(cells));
	store_put(r->env.store, STORE_ANSWERS_FORGET, cells, ARRAY_LEN(cells));
}

/* Those of the slice that are old enough; the first that is not says when
 * there is more to do. */
static void on_sessions(void *owner, int rc)
{
	struct retention *r = owner;
	struct aging *a = r->walked;
	const struct survey *v = survey_of(r, a);
	unsigned n = 0, i = 0;

	if (!go_on(r, rc))
		return;
	int64_t keep_ms = v == NULL ? 0 : keep_of(r, v);

	a->due_ms = r->n < RETENTION_SLICE ? r->now_ms + keep_ms : r->now_ms;
	for (; v != NULL && i < r->n; i++) {
		uint64_t id = r->rows[i].id;

		if (id_wall_ms(id) + keep_ms > r->now_ms ||
		    surveys_session(r->env.surveys, id) != NULL) {
			a->due_ms = MAX(id_wall_ms(id) + keep_ms,
					r->now_ms + RETENTION_ROUND_MS);
			break;
		}
		a->at = id;
		if (r->rows[i].blank)
			continue;
		forget(r, a, id);
		n++;
	}
	taken_out(r, n);
	if (n > 0)
		store_then(r->env.store, on_stored, r);
	else
		next_step(r);
}

static bool show_session(void *owner, const struct row *row)
{
	struct retention *r = owner;

	r->rows[r->n].id = (uint64_t)row_i(row, 2);
	r->rows[r->n].blank = row_s(row, 4).len == 0;
	return ++r->n < RETENTION_SLICE;
}

static void ask_sessions(struct retention *r, struct aging *a)
{
	const struct cell cells[] = { CELL_Z(a->tenant), CELL_Z(a->id), CELL_N,
				      CELL_I(a->at), CELL_I(RETENTION_SLICE) };

	r->walked = a;
	r->n = 0;
	r->env.store->ops->get(r->env.store, STORE_SESSION_LIST, cells,
			       ARRAY_LEN(cells), show_session, on_sessions, r);
}

static bool meet(void *owner, const struct survey *newest)
{
	struct retention *r = owner;
	AUTO(buf_done) struct buf key = { 0 };
	struct aging *a;

	buf_init(&key, 256);
	buf_z(&key, newest->tenant);
	buf_c(&key, '\0');
	buf_z(&key, newest->id);
	if (dict_get(r->surveys, buf_str(&key)) != NULL)
		return true;
	a = mem_new(struct aging);
	a->tenant = str_dup(newest->tenant);
	a->id = str_dup(newest->id);
	a->next = r->first;
	r->first = a;
	IGNORE(dict_set(r->surveys, buf_str(&key), a) != NULL);
	return true;
}

static struct aging *first_due(const struct retention *r)
{
	struct aging *a = r->first;

	while (a != NULL && a->due_ms > r->now_ms)
		a = a->next;
	return a;
}

/* ---- rounds ----------------------------------------------------------------------- */

/* Reminders that have ended lost their texts, too: the log has them still. */
static void end_round(struct retention *r)
{
	r->step = RETENTION_REST;
	r->walked = NULL;
	if (r->scrubs == 0)
		return;
	r->scrubs--;
	store_put(r->env.store, STORE_SCRUB, NULL, 0);
}

static void next_step(struct retention *r)
{
	struct aging *a;

	switch (r->step) {
	case RETENTION_REST:
		break;
	case RETENTION_EVENTS:
		ask_events(r);
		break;
	case RETENTION_SURVEYS:
		a = first_due(r);
		if (a == NULL)
			end_round(r);
		else
			ask_sessions(r, a);
		break;
	}
}

void retention_tick(struct retention *r)
{
	must(r != NULL);
	/* A full disk takes no smaller rows either. */
	if (r->stopped || r->step != RETENTION_REST ||
	    r->env.store->ops->ready(r->env.store) != 0)
		return;
	r->now_ms = clock_wall_ms(r->env.clock);
	surveys_each(r->env.surveys, STR_NONE, meet, r);
	r->step = RETENTION_EVENTS;
	next_step(r);
}

bool retention_busy(const struct retention *r)
{
	must(r != NULL);
	return r->step != RETENTION_REST;
}

static void on_timer(void *owner)
{
	struct retention *r = owner;

	retention_tick(r);
	loop_timer_set(r->timer, RETENTION_ROUND_MS);
}

void retention_open(struct retention **out, const struct retention_env *env)
{
	must(out != NULL && env != NULL && env->events != NULL);
	must(env->surveys != NULL && env->surveys_cfg != NULL);
	struct retention *r = mem_new(struct retention);

	r->env = *env;
	r->surveys = dict_new();
	r->count = stats_get(STAT_COUNTER, "old_rows_purged_total",
			     "Business events and sessions of surveys that "
			     "were kept long enough.",
			     NULL);
	r->timer = loop_timer_new(env->loop, on_timer, r);
	loop_timer_set(r->timer, RETENTION_ROUND_MS);
	*out = r;
}

void retention_stop(struct retention *r)
{
	if (r == NULL)
		return;
	r->stopped = true;
	loop_timer_free(&r->timer);
}

void retention_close(struct retention **rp)
{
	struct retention *r = TAKE(*rp);

	if (r == NULL)
		return;
	retention_stop(r);
	while (r->first != NULL) {
		struct aging *a = r->first;

		r->first = a->next;
		mem_free(a->tenant);
		mem_free(a->id);
		mem_free(a);
	}
	dict_free(&r->surveys);
	mem_free(r);
}
