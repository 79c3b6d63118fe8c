/* Events in memory and in the store. */
#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "campaigns/event_types.h"
#include "campaigns/events_impl.h"

#define TYPES_MAX 10000

static const char *const reasons[] = {
	"",
	"CONDITION",
	"ONCE_ONLY",
	"THRESHOLD_PASSED",
	"NO_ADDRESS",
	"NOT_SENT",
	"NOT_SAMPLED",
	"NO_ALERT",
	/* the codes of refused messages; NOT_SENT: any other */
	"NOT_RENDERED",
	"BAD_ADDRESS",
	"BAD_SENDER",
	"BAD_TEXT",
	"BAD_TIME",
	"BUSY",
	"DISK_FULL",
	"FULL",
	"TOO_LONG",
	"TOO_MANY_PARTS",
	"UNKNOWN_CLASS",
	"DENIED",
	"TOO_LATE",
	"REMIND_FIRST",
	/* surveys_result */
	"UNKNOWN_SURVEY",
	"UNKNOWN_CHANNEL",
	"UNKNOWN_QUESTION",
	"ANSWER_UNCLEAR",
	/* event_figure */
	"UNKNOWN_FIGURE",
	"COUNT_UNCLEAR",
	"WRONG_MONTH",
	"PARTS_UNCLEAR",
	"FIGURES_FULL",
};

static const char *const state_names[TAKEN_STATES] = {
	[TAKEN_NO_RULE] = "no_rule",
	[TAKEN_PASSED] = "passed",
	[TAKEN_MATCHED] = "matched",
	[TAKEN_DECIDED] = "decided",
};

const char *taken_state_name(enum taken_state s)
{
	must((unsigned)s < TAKEN_STATES);
	return state_names[s];
}

const char *event_reason(struct str name)
{
	for (unsigned i = 0; i < ARRAY_LEN(reasons); i++)
		if (str_eqz(name, reasons[i]))
			return reasons[i];
	return "";
}

bool taken_state_known(struct str name)
{
	for (unsigned i = 0; i < TAKEN_STATES; i++)
		if (str_eqz(name, state_names[i]))
			return true;
	return false;
}

uint64_t event_key(struct str a, struct str b, struct str c)
{
	AUTO(buf_done) struct buf key = { 0 };

	buf_init(&key, BUF_NO_LIMIT);
	buf_lstr(&key, a);
	buf_lstr(&key, b);
	buf_lstr(&key, c);
	return str_hash(buf_str(&key));
}

struct seen *event_seen(const struct events *e, uint64_t key)
{
	return map_ptr(e->known, key);
}

static void forget(struct events *e, struct seen *s)
{
	list_remove(&s->node);
	IGNORE(map_del(e->known, s->key, NULL));
	mem_free(s);
}

static void forget_old(struct events *e, int64_t now_ms)
{
	LIST_EACH_SAFE (it, &e->order) {
		struct seen *s = LIST_ITEM(it, struct seen, node);

		if (s->at_ms > now_ms - e->env.cfg->remember &&
		    map_len(e->known) < (size_t)e->env.cfg->events_max)
			return;
		forget(e, s);
	}
}

struct guard {
	struct events *events;
	uint64_t key;
};

static void on_stored(void *owner, int rc)
{
	struct guard *g = owner;
	struct seen *s = rc == 0 ? NULL : event_seen(g->events, g->key);

	if (s != NULL)
		forget(g->events, s);
	mem_free(g);
}

static struct seen *add(struct events *e, uint64_t key, int64_t at_ms)
{
	struct seen *s = mem_new(struct seen);

	forget_old(e, at_ms);
	s->key = key;
	s->at_ms = at_ms;
	list_append(&e->order, &s->node);
	map_set_ptr(e->known, key, s);
	return s;
}

void event_remember(struct events *e, uint64_t key, const struct taken *t)
{
	struct seen *s = add(e, key, clock_wall_ms(e->env.clock));
	struct guard *g = mem_new(struct guard);

	s->seq = t->seq;
	s->message = t->message;
	s->messages = (uint16_t)t->messages;
	s->reason = t->reason;
	s->state = (uint8_t)t->state;
	s->allow = t->allow;
	*g = (struct guard){ e, key };
	store_then(e->env.store, on_stored, g);
}

void event_count_type(struct events *e, struct str type, bool rule)
{
	struct type_count *c = dict_get(e->types, type);

	if (c == NULL && dict_len(e->types) >= TYPES_MAX)
		return;
	if (c == NULL) {
		c = mem_new(struct type_count);
		IGNORE(dict_set(e->types, type, c) != NULL);
	}
	c->seen++;
	c->without_rule += !rule;
}

/* ---- marks ---------------------------------------------------------------- */

struct unmark {
	struct events *events;
	uint64_t key;
	bool was, figure;
	uint64_t before;
};

static void on_marked(void *owner, int rc)
{
	struct unmark *u = owner;

	if (rc != 0 && u->was) {
		map_set(u->events->marks, u->key, u->before);
	} else if (rc != 0) {
		IGNORE(map_del(u->events->marks, u->key, NULL));
		u->events->figures -= u->figure;
	}
	mem_free(u);
}

int64_t event_marked(const struct events *e, struct str tenant,
		     struct str trigger, struct str key)
{
	uint64_t value = 0;

	return map_get(e->marks, event_key(tenant, trigger, key), &value)
		       ? (int64_t)value
		       : 0;
}

bool event_mark_known(const struct events *e, struct str tenant,
		      struct str trigger, struct str key)
{
	uint64_t value;

	return map_get(e->marks, event_key(tenant, trigger, key), &value);
}

void event_mark_set(struct events *e, struct str tenant, struct str trigger,
		    struct str key, int64_t value)
{
	struct unmark u = { .events = e,
			    .key = event_key(tenant, trigger, key),
			    .figure = str_eq(trigger, MARK_FIGURE) };

	u.was = map_get(e->marks, u.key, &u.before);
	map_set(e->marks, u.key, (uint64_t)value);
	if (!u.was)
		e->figures += u.figure;

	struct cell cells[] = { CELL_T(tenant), CELL_T(trigger), CELL_T(key),
				CELL_I(value) };
	struct unmark *owner = mem_new(struct unmark);

	*owner = u;
	store_put(e->env.store, STORE_MARK_PUT, cells, ARRAY_LEN(cells));
	store_then(e->env.store, on_marked, owner);
}

bool event_mark(struct events *e, struct str tenant, struct str trigger,
		struct str key, int64_t thousandths)
{
	if (event_mark_known(e, tenant, trigger, key) &&
	    event_marked(e, tenant, trigger, key) >= thousandths)
		return false;
	event_mark_set(e, tenant, trigger, key, thousandths);
	return true;
}

/* ---- rows ---------------------------------------------------------------- */

void event_put(struct events *e, const struct occurrence *o,
	       const struct taken *t, int64_t at_ms)
{
	char *data = o->data == NULL ? NULL : json_dumps(o->data, JSON_COMPACT);
	struct cell cells[] = {
		CELL_I(t->seq),
		CELL_T(o->tenant),
		CELL_T(o->id),
		CELL_T(o->type),
		CELL_T(o->to),
		CELL_T(o->account),
		CELL_Z(data == NULL ? "{}" : data),
		CELL_I(at_ms),
		CELL_Z(taken_state_name(t->state)),
		CELL_Z(t->reason),
		CELL_I(t->messages),
		CELL_I(t->message),
		CELL_I(t->allow),
	};

	store_put(e->env.store, STORE_EVENT_PUT, cells, ARRAY_LEN(cells));
	free(data);
}

struct recovery {
	struct events *events;
	bool bad;
};

static bool on_event(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	struct events *e = r->events;
	uint64_t seq = (uint64_t)row_i(row, 0);
	struct seen *s =
		add(e, event_key(row_s(row, 1), row_s(row, 2), STR_NONE),
		    id_wall_ms(seq));

	id_source_seen(&e->ids, seq);
	s->seq = seq;
	for (unsigned i = 0; i < TAKEN_STATES; i++)
		if (str_eqz(row_s(row, 4),
			    taken_state_name((enum taken_state)i)))
			s->state = (uint8_t)i;
	s->reason = event_reason(row_s(row, 5));
	s->messages = (uint16_t)row_i(row, 6);
	s->message = (uint64_t)row_i(row, 7);
	s->allow = row_i(row, 8) != 0;
	event_count_type(e, row_s(row, 3), s->state != TAKEN_NO_RULE);
	return true;
}

static bool on_mark(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	map_set(r->events->marks,
		event_key(row_s(row, 0), row_s(row, 1), row_s(row, 2)),
		(uint64_t)row_i(row, 3));
	r->events->figures += str_eq(row_s(row, 1), MARK_FIGURE);
	return true;
}

int event_recover(struct events *e, struct err *err)
{
	struct recovery r = { e, false };
	struct store *s = e->env.store;
	int64_t since_ms = clock_wall_ms(e->env.clock) - e->env.cfg->remember;
	struct cell since = CELL_I(since_ms <= 0 ? 0 : id_floor(since_ms));
	int rc = s->ops->scan(s, STORE_EVENT_SCAN, &since, 1, on_event, &r);

	if (rc == 0)
		rc = s->ops->scan(s, STORE_MARK_SCAN, NULL, 0, on_mark, &r);
	return rc == 0 ? 0 : err_set(err, -EIO, "events cannot be read");
}
