/* Sessions in memory and in the store. */
#include <errno.h>

#include "base/due.h"
#include "base/log.h"
#include "base/mem.h"
#include "campaigns/surveys_impl.h"

/* The longest grace there is: what ended before is nobody's any more. */
#define GRACE_MAX_MS (int64_t)31536000000

void survey_keep(struct surveys *s, struct session *x)
{
	struct cell cells[SESSION_CELLS];
	struct buf given = { 0 };

	must(s != NULL && x != NULL);
	buf_init(&given, 512);
	session_cells(x, s->channels, &given, cells);
	store_put(s->store, STORE_SESSION_PUT, cells, ARRAY_LEN(cells));
	buf_done(&given);
}

/* ---- chains ------------------------------------------------------------------ */

struct session *survey_newest(const struct surveys *s, struct str address)
{
	must(s != NULL);
	return map_ptr(s->chains[SESSION_BY_ADDRESS],
		       address_key(STR_NONE, address));
}

static uint64_t person_of(struct surveys *s, struct str tenant,
			  struct str address)
{
	struct person_view v;

	gateway_person(s->gateway, str_eqz(tenant, "*") ? STR_NONE : tenant,
		       address, &v);
	return v.contact;
}

/* 0: it is in none. */
static uint64_t chain_key(const struct session *x, enum session_chain c)
{
	return c == SESSION_BY_PERSON
		       ? x->person
		       : address_key(STR_NONE, str_of(x->address));
}

static void chain_add(struct surveys *s, struct session *x,
		      enum session_chain c)
{
	uint64_t key = chain_key(x, c);

	if (c == SESSION_BY_PERSON && key == 0)
		return;
	x->older[c] = map_ptr(s->chains[c], key);
	map_set_ptr(s->chains[c], key, x);
}

static void chain_drop(struct surveys *s, struct session *x,
		       enum session_chain c)
{
	uint64_t key = chain_key(x, c);
	struct session *newest = map_ptr(s->chains[c], key);

	if (newest == x && x->older[c] == NULL) {
		IGNORE(map_del(s->chains[c], key, NULL));
	} else if (newest == x) {
		map_set_ptr(s->chains[c], key, x->older[c]);
	} else {
		while (newest != NULL && newest->older[c] != x)
			newest = newest->older[c];
		if (newest != NULL)
			newest->older[c] = x->older[c];
	}
}

void survey_walk(struct surveys *s, struct str tenant, struct str address,
		 struct survey_walk *w)
{
	must(s != NULL && w != NULL);
	*w = (struct survey_walk){
		.surveys = s,
		.address = address,
		.person = person_of(s, tenant, address),
		.next = survey_newest(s, address),
	};
}

struct session *survey_walk_next(struct survey_walk *w)
{
	struct session *x;

	must(w != NULL);
	do {
		if (w->next == NULL && w->chain == SESSION_BY_ADDRESS) {
			w->chain = SESSION_BY_PERSON;
			if (w->person != 0)
				w->next = map_ptr(
					w->surveys->chains[SESSION_BY_PERSON],
					w->person);
		}
		x = w->next;
		if (x != NULL)
			w->next = x->older[w->chain];
		/* two addresses may have one key */
	} while (x != NULL && str_eqz(w->address, x->address) !=
				      (w->chain == SESSION_BY_ADDRESS));
	return x;
}

void survey_index(struct surveys *s, struct session *x)
{
	x->person = person_of(s, str_of(x->survey->tenant), str_of(x->address));
	for (unsigned c = 0; c < SESSION_CHAINS; c++)
		chain_add(s, x, (enum session_chain)c);
	map_set_ptr(s->sessions, x->id, x);
	if (x->now.message != 0)
		map_set_ptr(s->messages, x->now.message, x);
}

void survey_forget(struct surveys *s, struct session *x)
{
	for (unsigned c = 0; c < SESSION_CHAINS; c++)
		chain_drop(s, x, (enum session_chain)c);
	IGNORE(map_del(s->sessions, x->id, NULL));
	if (map_ptr(s->messages, x->now.message) == x)
		IGNORE(map_del(s->messages, x->now.message, NULL));
	heap_remove(&s->due, &x->due);
	session_free(&x);
}

void survey_message(struct surveys *s, struct session *x, uint64_t message)
{
	if (x->now.message == message)
		return;
	if (map_ptr(s->messages, x->now.message) == x)
		IGNORE(map_del(s->messages, x->now.message, NULL));
	x->now.message = message;
	if (message != 0)
		map_set_ptr(s->messages, message, x);
}

/* The reminder, the end, or the end of the grace. */
static int64_t next_ms(const struct session *x)
{
	const struct survey *v = x->survey;
	const struct session_now *n = &x->now;
	int64_t remind_ms = n->contacted_ms + v->remind_after_ms;

	if (!session_open(n->state))
		return MAX(n->expires_ms, n->closed_ms) + v->grace_ms;
	if (n->state == SESSION_CONTACTED && !n->reminded &&
	    v->remind_after_ms > 0 && remind_ms < n->expires_ms)
		return remind_ms;
	return n->expires_ms;
}

void survey_arm(struct surveys *s)
{
	if (!s->stopped && s->timer != NULL)
		due_arm(s->timer, &s->due, clock_wall_ms(s->clock));
}

void survey_due(struct surveys *s, struct session *x)
{
	heap_put(&s->due, &x->due, (uint64_t)MAX(next_ms(x), 0));
	if (heap_first(&s->due) == &x->due)
		survey_arm(s);
}

/* ---- a batch that was not stored -------------------------------------------------- */

static void back(void *room, void *object, const void *was)
{
	struct session *x = object;
	const struct session_now *before = was;

	survey_message(room, x, before->message);
	x->now = *before;
	survey_due(room, x);
}

static void forget(void *room, void *object)
{
	survey_forget(room, object);
}

static const struct unsaved_ops steps = {
	offsetof(struct session, unsaved),
	sizeof(struct session_now),
	back,
	forget,
	NULL,
};

void survey_guard(struct surveys *s, struct session *x,
		  const struct session_now *before)
{
	survey_count_step(s, x, before);
	survey_tally_step(s, x, before);
	unsaved_guard(s->store, &steps, s, s->sessions, x->id, before);
}

/* ---- the start ---------------------------------------------------------------- */

struct recovery {
	struct surveys *surveys;
	size_t sessions, lost;
	bool bad;
};

static bool on_session(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	struct surveys *s = r->surveys;
	struct session *x = NULL;
	const struct survey *v =
		surveys_find(s, session_row_tenant(row),
			     session_row_survey(row), session_row_version(row));

	if (v == NULL || session_from_row(row, s->channels, &x) != 0) {
		r->bad = true;
		return false;
	}
	x->survey = v;
	gateway_id_seen(s->gateway, x->id);
	/* what was answered elsewhere awaits nothing here */
	if (x->elsewhere || (!session_open(x->now.state) &&
			     next_ms(x) <= clock_wall_ms(s->clock))) {
		session_free(&x);
		return true;
	}
	if (map_len(s->sessions) >= (size_t)s->cfg->sessions_max) {
		session_free(&x);
		r->lost++;
		return true;
	}
	survey_index(s, x);
	survey_due(s, x);
	r->sessions++;
	return true;
}

int survey_recover(struct surveys *s, struct err *err)
{
	struct recovery r = { .surveys = s };
	struct cell since = CELL_I(clock_wall_ms(s->clock) - GRACE_MAX_MS);
	int rc = s->store->ops->scan(s->store, STORE_SESSION_SCAN, &since, 1,
				     on_session, &r);

	if (rc != 0 || r.bad)
		return err_set(err, -EIO, "sessions of surveys cannot be read");
	if (r.lost > 0)
		log_warn("surveys.not_loaded", KV_U("sessions", r.lost));
	return 0;
}
