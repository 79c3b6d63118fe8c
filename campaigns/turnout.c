/* A row for each message that somebody followed; counted when the store says
 * that it was delivered, one read at a time. */
#include "campaigns/turnout.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "model/address.h"
#include "model/measure.h"

/* What comes later is not put down to it; as long as threads are known. */
#define TURNOUT_MS (7 * INT64_C(86400000))
/* More take part: the oldest are forgotten, and may count twice. */
#define TURNOUT_MAX 1000000

/* One who took part. */
struct follower {
	struct list node; /* oldest first */
	struct list todo; /* in turnout.todo, if `asked` */
	uint64_t message;
	const char *how;
	int64_t at_ms;
	bool counted, asked;
};

struct turnout {
	struct campaigns *c;
	struct map *all; /* message -> struct follower */
	struct list order, todo;
	uint64_t reading;  /* whose message is read; 0: none */
	uint64_t counting; /* whose count is on its way to the store; 0 */
	/* of the message that is read */
	struct message message;
	enum message_state state;
	struct buf record;
};

static const char *const hows[] = { "reply", "link", "order" };

static const char *how_of(struct str name)
{
	for (unsigned i = 0; i < ARRAY_LEN(hows); i++)
		if (str_eqz(name, hows[i]))
			return hows[i];
	return "";
}

static void go_on(struct turnout *t);

/* ---- in memory ------------------------------------------------------------------- */

static void forget(struct turnout *t, struct follower *f)
{
	list_remove(&f->node);
	if (f->asked)
		list_remove(&f->todo);
	IGNORE(map_del(t->all, f->message, NULL));
	mem_free(f);
}

static void put(struct turnout *t, const struct follower *f, bool counted)
{
	const struct cell cells[] = { CELL_I(f->message), CELL_Z(f->how),
				      CELL_I(counted), CELL_I(f->at_ms) };

	store_put(t->c->store, STORE_TURNOUT_PUT, cells, ARRAY_LEN(cells));
}

static struct follower *add(struct turnout *t, uint64_t message,
			    const char *how, int64_t at_ms)
{
	struct follower *f = mem_new(struct follower);

	f->message = message;
	f->how = how;
	f->at_ms = at_ms;
	list_append(&t->order, &f->node);
	map_set_ptr(t->all, message, f);
	return f;
}

static void ask(struct turnout *t, struct follower *f)
{
	if (f->asked || f->counted)
		return;
	f->asked = true;
	list_append(&t->todo, &f->todo);
	go_on(t);
}

/* ---- has it arrived? -------------------------------------------------------------- */

static void on_counted(void *owner, int rc)
{
	struct turnout *t = owner;
	struct follower *f = map_ptr(t->all, t->counting);

	t->counting = 0;
	t->c->reads--;
	if (rc != 0 && f != NULL)
		f->counted = false; /* at the next start */
	go_on(t);
}

static void count(struct turnout *t, struct follower *f)
{
	const struct message *m = &t->message;
	const struct measure x = {
		.tenant = m->tenant,
		.at_ms = id_wall_ms(m->id),
		.name = STR("campaign.engaged"),
		.branch = m->branch,
		.department = m->department,
		.tier = m->tier,
		.channel = m->channel,
		.class_name = m->class_name,
		.detail = str_of(f->how),
		.n = 1,
	};

	measure_put(t->c->store, &x);
	put(t, f, true);
	f->counted = true;
	t->counting = f->message;
	t->c->reads++;
	store_then(t->c->store, on_counted, t);
}

/* On the reader's thread: id state updated_ms link reason record history. */
static bool show(void *owner, const struct row *row)
{
	struct turnout *t = owner;

	t->state = (enum message_state)row_i(row, 1);
	buf_reset(&t->record);
	buf_str_put(&t->record, row_s(row, 5));
	return false;
}

static void on_read(void *owner, int rc)
{
	struct turnout *t = owner;
	struct follower *f = map_ptr(t->all, t->reading);

	t->reading = 0;
	t->c->reads--;
	if (t->c->stopping)
		return;
	if (rc == 0 && f != NULL && !f->counted && t->record.len > 0 &&
	    t->state == MESSAGE_DELIVERED &&
	    message_decode(buf_str(&t->record), f->message, &t->message) == 0 &&
	    campaign_counts(t->message.campaign))
		count(t, f);
	go_on(t);
}

static void go_on(struct turnout *t)
{
	struct follower *f;

	if (t->reading != 0 || t->counting != 0 || t->c->stopping ||
	    list_empty(&t->todo))
		return;
	f = LIST_ITEM(t->todo.next, struct follower, todo);
	list_remove(&f->todo);
	f->asked = false;
	buf_reset(&t->record);
	const struct cell id = CELL_I(f->message);

	t->reading = f->message;
	t->c->reads++;
	t->c->store->ops->get(t->c->store, STORE_MESSAGE_GET, &id, 1, show,
			      on_read, t);
}

/* ---- what happens ----------------------------------------------------------------- */

struct pending {
	struct turnout *turnout;
	uint64_t message;
	bool fresh; /* its row was in that batch */
};

static void on_stored(void *owner, int rc)
{
	struct pending *g = owner;
	struct follower *f = map_ptr(g->turnout->all, g->message);

	if (f != NULL && rc == 0)
		ask(g->turnout, f);
	else if (f != NULL && g->fresh)
		forget(g->turnout, f);
	mem_free(g);
}

static void when_stored(struct turnout *t, uint64_t message, bool fresh)
{
	struct pending *g = mem_new(struct pending);

	*g = (struct pending){ t, message, fresh };
	store_then(t->c->store, on_stored, g);
}

/* Of messages that nothing is put down to any more. */
static void forget_old(struct turnout *t, int64_t now_ms)
{
	const struct cell before = CELL_I(id_floor(now_ms - TURNOUT_MS));
	bool gone = false;

	LIST_EACH_SAFE (it, &t->order) {
		struct follower *f = LIST_ITEM(it, struct follower, node);

		if (id_wall_ms(f->message) > now_ms - TURNOUT_MS &&
		    map_len(t->all) < TURNOUT_MAX)
			break;
		forget(t, f);
		gone = true;
	}
	if (gone)
		store_put(t->c->store, STORE_TURNOUT_PURGE, &before, 1);
}

uint64_t turnout_message(const struct turnout *t, struct str tenant,
			 struct str address)
{
	must(t != NULL);
	uint64_t id = gateway_last_of_campaigns(t->c->gateway, tenant, address);

	return id != 0 && campaigns_now(t->c) - id_wall_ms(id) <= TURNOUT_MS
		       ? id
		       : 0;
}

void turnout_add(struct turnout *t, struct str tenant, struct str address,
		 const char *how)
{
	must(t != NULL && how_of(str_of(how))[0] != '\0');
	int64_t now_ms = campaigns_now(t->c);
	uint64_t message = turnout_message(t, tenant, address);

	if (message == 0 || map_ptr(t->all, message) != NULL)
		return;
	forget_old(t, now_ms);
	put(t, add(t, message, how, now_ms), false);
	when_stored(t, message, true);
}

void turnout_step(struct turnout *t, uint64_t message, enum message_state s)
{
	must(t != NULL);
	const struct follower *f = map_ptr(t->all, message);

	if (f != NULL && s == MESSAGE_DELIVERED && !f->counted)
		when_stored(t, message, false);
}

bool turnout_idle(const struct turnout *t)
{
	must(t != NULL);
	return t->reading == 0 && t->counting == 0 && list_empty(&t->todo);
}

/* ---- open and close --------------------------------------------------------------- */

static bool on_row(void *owner, const struct row *row)
{
	struct turnout *t = owner;

	add(t, (uint64_t)row_i(row, 0), how_of(row_s(row, 1)), row_i(row, 3))
		->counted = row_i(row, 2) != 0;
	return true;
}

int turnout_open(struct turnout **out, struct campaigns *c, struct err *err)
{
	must(out != NULL && c != NULL);
	const struct cell since =
		CELL_I(id_floor(campaigns_now(c) - TURNOUT_MS));
	AUTO(turnout_close) struct turnout *t = mem_new(struct turnout);

	t->c = c;
	t->all = map_new();
	list_init(&t->order);
	list_init(&t->todo);
	buf_init(&t->record, BUF_NO_LIMIT);
	if (c->store->ops->scan(c->store, STORE_TURNOUT_SCAN, &since, 1, on_row,
				t) != 0)
		return err_set(err, -EIO, "the turnout cannot be read");
	LIST_EACH (it, &t->order)
		ask(t, LIST_ITEM(it, struct follower, node));
	*out = TAKE(t);
	return 0;
}

void turnout_close(struct turnout **tp)
{
	struct turnout *t = TAKE(*tp);

	if (t == NULL)
		return;
	LIST_EACH_SAFE (it, &t->order)
		mem_free(LIST_ITEM(it, struct follower, node));
	map_free(&t->all);
	buf_done(&t->record);
	mem_free(t);
}
