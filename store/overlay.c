/* Records that are pending, applied to the row that is stored. */
#include "store/overlay.h"

#include <errno.h>

#include "base/mem.h"
#include "store/run.h"

/* The row as it becomes; texts are views into `bytes` or into `pending`. */
struct overlay {
	bool there;
	struct buf pending;
	struct buf stored; /* link, reason and record of the stored row */
	struct buf history;
	int64_t state, updated_ms;
	struct str link, reason, record;
};

static void overlay_init(struct overlay *o)
{
	*o = (struct overlay){ 0 };
	buf_init(&o->pending, BUF_NO_LIMIT);
	buf_init(&o->stored, BUF_NO_LIMIT);
	buf_init(&o->history, BUF_NO_LIMIT);
}

static void overlay_done(struct overlay *o)
{
	buf_done(&o->pending);
	buf_done(&o->stored);
	buf_done(&o->history);
}

/* "id state updated_ms link reason record history" */
static bool overlay_message(void *owner, const struct row *row)
{
	struct overlay *o = owner;
	struct str link = row_s(row, 3), reason = row_s(row, 4);

	o->there = true;
	o->state = row_i(row, 1);
	o->updated_ms = row_i(row, 2);
	buf_str_put(&o->stored, link);
	buf_str_put(&o->stored, reason);
	buf_str_put(&o->stored, row_s(row, 5));
	o->link = str_first(buf_str(&o->stored), link.len);
	o->reason =
		str_first(str_from(buf_str(&o->stored), link.len), reason.len);
	o->record = str_from(buf_str(&o->stored), link.len + reason.len);
	buf_str_put(&o->history, row_s(row, 6));
	return false;
}

/* "id record" */
static bool overlay_inbound(void *owner, const struct row *row)
{
	struct overlay *o = owner;

	o->there = true;
	buf_str_put(&o->stored, row_s(row, 1));
	o->record = buf_str(&o->stored);
	return false;
}

static int overlay_new(struct overlay *o, struct str payload, uint64_t id)
{
	struct message m;

	if (o->there)
		return 0;
	int rc = message_decode(payload, id, &m);
	if (rc == 0) {
		o->there = true;
		o->state = MESSAGE_ACCEPTED;
		o->updated_ms = m.accepted_ms;
		o->record = payload;
	}
	return rc;
}

static int overlay_event(struct overlay *o, struct str payload)
{
	struct event e;
	int rc = o->there ? event_decode(payload, &e) : 0;

	if (rc != 0 || !o->there)
		return rc;
	o->state = e.state;
	o->updated_ms = e.at_ms;
	o->reason = e.reason;
	if (e.link.len > 0)
		o->link = e.link;
	buf_lstr(&o->history, payload);
	return 0;
}

/* As the fold will do it. */
static int overlay_apply(struct overlay *o, uint64_t id)
{
	struct bufr r = bufr_of(o->pending.p, o->pending.len);
	int rc = 0;

	while (rc == 0 && bufr_left(&r) > 0) {
		uint8_t kind = bufr_u8(&r);
		struct str payload = bufr_lstr(&r);
		if (kind == RECORD_MESSAGE) {
			rc = overlay_new(o, payload, id);
		} else if (kind == RECORD_EVENT) {
			rc = overlay_event(o, payload);
		} else {
			o->there = true;
			o->record = payload;
		}
	}
	must(!r.bad);
	return rc;
}

static struct cell overlay_text(struct str s)
{
	return s.len == 0 ? CELL_N : CELL_T(s);
}

static void overlay_show(const struct overlay *o, bool message, uint64_t id,
			 store_row_fn show, void *owner)
{
	const struct row row = { 7,
				 { CELL_I(id), CELL_I(o->state),
				   CELL_I(o->updated_ms), overlay_text(o->link),
				   overlay_text(o->reason), CELL_B(o->record),
				   CELL_B(buf_str(&o->history)) } };
	const struct row two = { 2, { CELL_I(id), CELL_B(o->record) } };

	(void)show(owner, message ? &row : &two);
}

int overlay_read(struct writer *w, struct backend_reader *from,
		 enum statement st, uint64_t id, store_row_fn show, void *owner)
{
	must(w != NULL && from != NULL && show != NULL);
	must(st == STATEMENT_MESSAGE_GET || st == STATEMENT_INBOUND_GET);

	bool message = st == STATEMENT_MESSAGE_GET;
	const struct cell cell = CELL_I(id);
	struct overlay o;
	overlay_init(&o);
	writer_hold_fold(w);
	writer_pending(w, message ? ROOM_MESSAGE : ROOM_INBOUND, id,
		       &o.pending);
	int rc = from->ops->read(from, st, &cell, 1,
				 message ? overlay_message : overlay_inbound,
				 &o);
	writer_release_fold(w);
	if (rc == 0)
		rc = overlay_apply(&o, id) == 0 ? 0 : -EIO;
	if (rc == 0 && o.there)
		overlay_show(&o, message, id, show, owner);
	overlay_done(&o);
	return rc;
}
