/* The records of one id, made into one write or two. */
#include "store/group.h"

#include <errno.h>
#include <string.h>

#include "model/inbound.h"

/* An empty text leaves what stands: NULL. */
static struct cell group_text(struct str s)
{
	return s.len == 0 ? CELL_N : CELL_T(s);
}

/* What is known of a message before and after a group of its records. */
struct group_message {
	bool fresh; /* it was not there before */
	bool there;
	uint64_t kind;
	uint64_t cell;
	unsigned parts;
	enum message_state was;
	struct event last;
};

static int group_new_message(struct group *g, uint64_t id, struct str record,
			     struct backend *b, struct group_message *v)
{
	struct message m;
	int rc = message_decode(record, id, &m);

	if (rc == 0)
		rc = tally_kind(g->tally, b, m.tenant, m.class_name, m.campaign,
				&v->kind);
	if (rc == 0)
		rc = cells_of(g->cells, b, &m, &v->cell);
	if (rc != 0)
		return rc;
	v->parts = m.parts;
	const struct cell cells[] = {
		CELL_I(id),   CELL_T(m.tenant),   CELL_T(m.class_name),
		CELL_T(m.to), CELL_T(m.campaign), CELL_B(record),
	};
	rc = b->ops->write(b, STATEMENT_FOLD_MESSAGE, cells, ARRAY_LEN(cells));
	/* The same message twice is a bug upstairs; the first one stands. */
	v->fresh = v->there = rc == 0;
	v->last = (struct event){ .state = MESSAGE_ACCEPTED,
				  .at_ms = m.accepted_ms };
	return rc > 0 ? 0 : rc;
}

static bool group_peeked(void *owner, const struct row *row)
{
	struct group_message *v = owner;

	v->there = true;
	v->kind = (uint64_t)row_i(row, 0);
	v->was = (enum message_state)row_i(row, 1);
	v->cell = (uint64_t)row_i(row, 2);
	return false;
}

/* Events in order: the last one's state counts, and the last link named. */
static int group_events(struct group *g, const struct run *run,
			const struct run_record *r, size_t n,
			struct event *last)
{
	for (size_t i = 0; i < n; i++) {
		struct str payload = run_payload(run, &r[i]);
		struct str link = last->link;

		if (r[i].kind != RECORD_EVENT)
			continue;
		int rc = event_decode(payload, last);
		if (rc != 0)
			return rc;
		if (last->link.len == 0)
			last->link = link;
		buf_lstr(&g->history, payload);
	}
	return 0;
}

/* What the group means to the counts. */
static void group_count(struct group *g, uint64_t id,
			const struct group_message *v)
{
	bool live = !message_state_final(v->last.state);
	const struct cell_change change = {
		.id = id,
		.cell = v->cell,
		.fresh = v->fresh,
		.parts = v->parts,
		.was = v->was,
		.now = v->last.state,
		.at_ms = v->last.at_ms,
		.reason = v->last.reason,
		.campaign = v->last.state == MESSAGE_DELIVERED ||
					    v->was == MESSAGE_DELIVERED
				    ? tally_campaign(g->tally, v->kind)
				    : STR_NONE,
	};

	cells_count(g->cells, &change);

	if (v->fresh) {
		tally_add(g->tally, v->kind, v->last.state, 1);
		g->live += live;
	} else if (v->was != v->last.state) {
		tally_add(g->tally, v->kind, v->was, -1);
		tally_add(g->tally, v->kind, v->last.state, 1);
		g->live += live - !message_state_final(v->was);
	}
}

static int group_state(struct group *g, uint64_t id,
		       const struct group_message *v, struct backend *b)
{
	const struct cell cells[] = {
		CELL_I(id),
		CELL_I(v->kind),
		CELL_I(v->last.state),
		CELL_I(v->last.at_ms),
		group_text(v->last.link),
		group_text(v->last.reason),
		CELL_B(buf_str(&g->history)),
		CELL_I(v->cell),
	};
	/* A message that is there keeps its kind and its cell. */
	struct cell known[ARRAY_LEN(cells) - 2];

	if (v->fresh)
		return backend_write(b, STATEMENT_FOLD_STATE_NEW, cells,
				     ARRAY_LEN(cells));
	memcpy(known, cells + 1, sizeof(known));
	known[0] = cells[0];
	return backend_write(b, STATEMENT_FOLD_STATE, known, ARRAY_LEN(known));
}

static int group_message(struct group *g, const struct run *run,
			 const struct run_record *r, size_t n,
			 struct backend *b)
{
	struct group_message v = { 0 };
	const struct cell id = CELL_I(r->id);
	int rc = 0;

	if (r[0].kind == RECORD_MESSAGE)
		rc = group_new_message(g, r->id, run_payload(run, r), b, &v);
	if (rc == 0 && !v.fresh)
		rc = b->ops->peek(b, STATEMENT_FOLD_PEEK, &id, 1, group_peeked,
				  &v);
	/* Events of a message that was refused with a full disk. */
	if (rc != 0 || !v.there)
		return rc;
	if (!v.fresh)
		v.last = (struct event){ .state = v.was };
	buf_reset(&g->history);
	rc = group_events(g, run, r, n, &v.last);
	if (rc == 0 && (v.fresh || g->history.len > 0)) {
		group_count(g, r->id, &v);
		rc = group_state(g, r->id, &v, b);
	}
	return rc;
}

/* One that is there until its end; begun and ended here is deleted too, for
 * an earlier run may have written it. */
static int group_until_end(const struct run *run, const struct run_record *last,
			   enum record_kind end, enum statement put,
			   enum statement drop, struct backend *b)
{
	const struct cell cells[] = { CELL_I(last->id),
				      CELL_B(run_payload(run, last)) };

	if (last->kind == (uint32_t)end)
		return backend_write(b, drop, cells, 1);
	return backend_write(b, put, cells, 2);
}

static int group_inbound(const struct run *run, const struct run_record *r,
			 struct backend *b)
{
	struct inbound in;
	struct str payload = run_payload(run, r);
	int rc = inbound_decode(payload, r->id, &in);

	if (rc != 0)
		return rc;
	const struct cell cells[] = { CELL_I(r->id), CELL_T(in.tenant),
				      CELL_T(in.from), CELL_B(payload) };
	return backend_write(b, STATEMENT_FOLD_INBOUND, cells,
			     ARRAY_LEN(cells));
}

int group_write(struct group *g, const struct run *run,
		const struct run_record *r, size_t n, struct backend *b)
{
	must(g != NULL && run != NULL && r != NULL && n > 0 && b != NULL);

	const struct run_record *last = &r[n - 1];
	switch (run_room(r)) {
	case ROOM_MESSAGE:
		return group_message(g, run, r, n, b);
	case ROOM_NOTICE:
		return group_until_end(run, last, RECORD_NOTICE_END,
				       STATEMENT_FOLD_NOTICE,
				       STATEMENT_FOLD_NOTICE_END, b);
	case ROOM_INBOUND:
		return group_inbound(run, last, b);
	case ROOM_STRAY:
		return group_until_end(run, last, RECORD_STRAY_END,
				       STATEMENT_FOLD_STRAY,
				       STATEMENT_FOLD_STRAY_END, b);
	}
	must(false && "a room of no kind");
	return -EBADMSG;
}
