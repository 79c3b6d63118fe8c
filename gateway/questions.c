/* A read of the history, then one question a part; answers by token. */
#include "gateway/questions.h"

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "gateway/codes.h"
#include "gateway/lane.h"
#include "model/record.h"

struct questions {
	struct core *core;
	struct map *open;   /* token -> struct question * */
	struct list asking; /* their histories are being read */
	uint64_t token;
};

struct question {
	uint64_t id; /* of the message */
	unsigned part;
	struct lane *lane;
};

/* On its way to the peer. The reader's thread touches `history` alone. */
struct asking {
	struct list node;
	struct questions *home; /* NULL: the gateway is gone */
	uint64_t id;
	struct buf history;
};

struct questions *questions_new(struct core *core)
{
	must(core != NULL);
	struct questions *q = mem_new(struct questions);

	q->core = core;
	q->open = map_new();
	list_init(&q->asking);
	return q;
}

void questions_free(struct questions **qp)
{
	must(qp != NULL);
	struct questions *q = TAKE(*qp);
	uint64_t token, value;
	size_t pos = 0;

	if (q == NULL)
		return;
	LIST_EACH_SAFE (it, &q->asking) {
		list_remove(it);
		LIST_ITEM(it, struct asking, node)->home = NULL;
	}
	while (map_next(q->open, &pos, &token, &value))
		mem_free((void *)(uintptr_t)value);
	map_free(&q->open);
	mem_free(q);
}

/* ---- asking --------------------------------------------------------------- */

/* The ids that the peer gave to parts, the last of each. */
static void ids_of(struct str history, struct str ids[OUTCOME_PARTS_MAX])
{
	struct bufr in = bufr_of(history.p, history.len);
	struct event e;

	while (bufr_left(&in) > 0 && !in.bad) {
		struct str one = bufr_lstr(&in);

		if (!in.bad && event_decode(one, &e) == 0 &&
		    e.kind == EVENT_SUBMITTED && e.part < OUTCOME_PARTS_MAX)
			ids[e.part] = e.peer_id;
	}
}

static void ask_part(struct questions *q, struct lane *lane, uint64_t id,
		     unsigned part, struct str peer_id, struct str from)
{
	struct question *x;

	if (lane->ops->query(lane->channel, ++q->token, peer_id, from) != 0)
		return; /* this turn is lost */
	x = mem_new(struct question);
	*x = (struct question){ id, part, lane };
	map_set_ptr(q->open, q->token, x);
	lane->query.open++;
}

static void ask_parts(struct questions *q, struct live *l, struct str history)
{
	struct lane *lane = q->core->lanes->v[l->lane];
	struct str ids[OUTCOME_PARTS_MAX] = { STR_NONE };
	uint32_t told = l->receipt.delivered | l->receipt.failed;
	char sender[ADDRESS_MAX];
	struct message m;

	if (lane->channel == NULL)
		return;
	live_message(&q->core->lives, l, &m);
	m.from = codes_sender(q->core->codes, lane, &m, sender);
	ids_of(history, ids);
	for (unsigned i = 0; i < MAX(l->parts, 1) && i < OUTCOME_PARTS_MAX; i++)
		if (ids[i].len > 0 && (told & BIT(i)) == 0)
			ask_part(q, lane, l->id, i, ids[i], m.from);
}

static bool show_history(void *owner, const struct row *row)
{
	struct asking *a = owner;

	buf_str_put(&a->history, row_s(row, 6));
	return false;
}

static void on_history(void *owner, int rc)
{
	struct asking *a = owner;
	struct questions *q = a->home;
	struct live *l;

	if (q != NULL) {
		list_remove(&a->node);
		l = lives_find(&q->core->lives, a->id);
		if (rc == 0 && l != NULL && l->place == LIVE_RECEIPT &&
		    !q->core->stopping)
			ask_parts(q, l, buf_str(&a->history));
	}
	buf_done(&a->history);
	mem_free(a);
}

static void read_history(struct questions *q, uint64_t id)
{
	struct store *s = q->core->store;
	struct cell cell = CELL_I((int64_t)id);
	struct asking *a = mem_new(struct asking);

	a->home = q;
	a->id = id;
	buf_init(&a->history, BUF_NO_LIMIT);
	list_append(&q->asking, &a->node);
	s->ops->get(s, STORE_MESSAGE_GET, &cell, 1, show_history, on_history,
		    a);
}

bool questions_ask(struct questions *q, struct live *l)
{
	struct lane *lane;
	struct lane_query *may;

	must(q != NULL && l != NULL && l->place == LIVE_RECEIPT);
	if (l->lane < 0)
		return false;
	lane = q->core->lanes->v[l->lane];
	may = &lane->query;
	if (!may->on || lane->ops->query == NULL ||
	    l->receipt.asked >= may->tries)
		return false;
	l->receipt.asked++;
	l->receipt.until_ms = core_wall_ms(q->core) + may->interval_ms;
	if (lane->channel == NULL || lane->state != CHANNEL_UP || lane->held ||
	    may->asked >= may->rate || may->open >= may->rate)
		return true;
	may->asked += MAX(l->parts, 1);
	read_history(q, l->id);
	return true;
}

/* ---- answers -------------------------------------------------------------- */

bool questions_take(struct questions *q, uint64_t token, uint64_t *id,
		    unsigned *part)
{
	must(q != NULL && id != NULL && part != NULL);
	struct question *x = map_ptr(q->open, token);

	if (x == NULL)
		return false;
	IGNORE(map_del(q->open, token, NULL));
	x->lane->query.open--;
	*id = x->id;
	*part = x->part;
	mem_free(x);
	return true;
}
