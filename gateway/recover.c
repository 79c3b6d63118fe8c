/* Scans at the start, each into its room. */
#include "gateway/recover.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/codes.h"
#include "gateway/counts.h"
#include "gateway/journey.h"
#include "gateway/lane.h"
#include "gateway/ledger.h"
#include "gateway/outcomes.h"
#include "gateway/publish.h"
#include "gateway/receipts.h"
#include "gateway/suspects.h"
#include "gateway/threads.h"
#include "gateway/waiting.h"

static int scan(struct recovery *r, enum store_call call, int64_t arg,
		store_row_fn show, struct err *err)
{
	struct store *s = r->core->store;
	struct cell cell = CELL_I(arg);
	bool none = store_calls[call].args[0] == '\0';
	int rc = s->ops->scan(s, call, &cell, none ? 0 : 1, show, r);

	if (rc != 0 || r->bad)
		return err_set(err, -EIO, "the store cannot be read: %s: %s",
			       store_calls[call].name,
			       r->bad ? "a damaged row" : err_name(rc));
	return 0;
}

static bool on_contact(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	people_recover(r->people, row);
	r->contacts++;
	return true;
}

static bool on_consent(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	struct consent_event e = {
		.seq = (uint64_t)row_i(row, 0),
		.tenant = row_s(row, 1),
		.address = row_s(row, 2),
		.brand = row_s(row, 3),
		.channel = row_s(row, 4),
		.purpose = row_s(row, 5),
		.at_ms = row_i(row, 7),
		.expires_ms = row_i(row, 8),
		.source = row_s(row, 9),
	};

	struct str hash = row_s(row, 10);

	r->bad = consent_type_parse(row_s(row, 6), &e.type) != 0;
	if (hash.len == sizeof(e.hash))
		memcpy(e.hash, hash.p, sizeof(e.hash));
	if (!r->bad)
		ledger_recover(r->core->ledger, &e);
	return !r->bad;
}

static bool on_consent_head(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	ledger_recover_head(r->core->ledger, (uint64_t)row_i(row, 0),
			    row_s(row, 1));
	return true;
}

static bool on_ledger_mark(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	ledger_recover_mark(r->core->ledger, row);
	return true;
}

static bool on_suspect(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	suspects_recover(r->core->suspects, row);
	return true;
}

static bool on_reply_code(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	codes_recover(r->core->codes, row);
	return true;
}

static bool on_key(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	idempotency_recover(r->keys, row_s(row, 1), row_s(row, 2),
			    (uint64_t)row_i(row, 3), row_i(row, 4));
	return true;
}

static bool on_inbound(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	uint64_t id = (uint64_t)row_i(row, 0);
	struct inbound in;

	id_source_seen(&r->core->ids, id);
	r->bad = inbound_decode(row_s(row, 1), id, &in) != 0;
	if (!r->bad)
		hear_recover(r->hear, &in);
	return !r->bad;
}

static bool on_last(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	id_source_seen(&r->core->ids, (uint64_t)row_i(row, 0));
	return true;
}

int recover_people(struct recovery *r, struct err *err)
{
	int64_t now_ms = core_wall_ms(r->core);
	int rc = scan(r, STORE_MESSAGE_LAST, 0, on_last, err);

	if (rc == 0)
		rc = scan(r, STORE_CONTACT_SCAN, 0, on_contact, err);
	people_recovered(r->people);
	if (rc == 0)
		rc = people_recover_rest(r->people, err);
	if (rc == 0)
		rc = scan(r, STORE_CONSENT_STATE_SCAN, 0, on_consent, err);
	if (rc == 0)
		rc = scan(r, STORE_CONSENT_HEAD, 0, on_consent_head, err);
	if (rc == 0)
		rc = scan(r, STORE_LEDGER_HEAD_LAST, 0, on_ledger_mark, err);
	if (rc == 0)
		rc = scan(r, STORE_SUSPECT_SCAN, 0, on_suspect, err);
	if (rc == 0)
		rc = scan(r, STORE_REPLY_CODE_SCAN, 0, on_reply_code, err);
	if (rc == 0)
		rc = scan(r, STORE_IDEMPOTENCY_SCAN,
			  now_ms - r->core->cfg->idempotency, on_key, err);
	if (rc == 0)
		rc = scan(r, STORE_INBOUND_SCAN,
			  (int64_t)id_floor(now_ms - 600000), on_inbound, err);
	return rc;
}

/* What the history of a message says, last words first. */
struct story {
	unsigned attempts;
	int16_t lane;
	uint8_t flags;
	uint32_t parts_done, delivered, failed; /* BIT(part) */
	int64_t due_ms;
	struct str link;
	struct str peer_id[OUTCOME_PARTS_MAX];
};

static void story_event(struct story *s, const struct event *e)
{
	unsigned part = MIN(e->part, OUTCOME_PARTS_MAX - 1u);

	s->flags = e->flags;
	s->attempts = MAX(s->attempts, e->attempt);
	if (e->link.len > 0)
		s->link = e->link;
	if (e->due_ms != 0)
		s->due_ms = e->due_ms;
	if (e->kind == EVENT_SUBMITTED) {
		s->parts_done |= BIT(part);
		s->peer_id[part] = e->peer_id;
	}
	if (e->kind != EVENT_RECEIPT && e->kind != EVENT_ANSWER)
		return;
	if (e->said == MESSAGE_DELIVERED)
		s->delivered |= BIT(part);
	else if (message_state_final(e->said))
		s->failed |= BIT(part);
}

static int story_read(struct str history, const struct message *m,
		      struct story *s)
{
	struct bufr in = bufr_of(history.p, history.len);

	*s = (struct story){ .lane = -1, .flags = m->flags };
	while (bufr_left(&in) > 0 && !in.bad) {
		struct event e;

		if (event_decode(bufr_lstr(&in), &e) != 0)
			return -EBADMSG;
		story_event(s, &e);
	}
	return in.bad ? -EBADMSG : 0;
}

static void await_again(struct core *core, struct live *l,
			const struct story *s)
{
	const struct lane *lane = lanes_find(core->lanes, s->link);
	struct early early;

	receipts_await(l, s->due_ms);
	l->receipt.delivered = s->delivered;
	l->receipt.failed = s->failed;
	for (unsigned i = 0; lane != NULL && i < MAX(l->parts, 1); i++) {
		if (s->peer_id[i].len > 0)
			IGNORE(receipts_expect(core->receipts, lane, l, i,
					       s->peer_id[i], &early));
	}
}

/* Puts a message back to where it waited. */
static void resume(struct recovery *r, struct live *l, enum message_state was,
		   const struct story *s)
{
	struct core *core = r->core;

	switch (was) {
	case MESSAGE_ACCEPTED:
	case MESSAGE_QUEUED:
		l->enq_us = core_now_us(core); /* it had a route once */
		waiting_queue(core, l, false);
		return;
	case MESSAGE_HELD:
		lives_state(&core->lives, l, MESSAGE_HELD);
		waiting_until(core, l, s->due_ms);
		return;
	case MESSAGE_SUBMITTING:
		r->doubtful++;
		lives_state(&core->lives, l, MESSAGE_SUBMITTING);
		outcomes_doubt(core, l, s->link, STR("in_doubt"));
		return;
	case MESSAGE_SUBMITTED:
		lives_state(&core->lives, l, MESSAGE_SUBMITTING);
		lives_state(&core->lives, l, MESSAGE_SUBMITTED);
		await_again(core, l, s);
		return;
	case MESSAGE_DELIVERED:
	case MESSAGE_UNDELIVERED:
	case MESSAGE_EXPIRED:
	case MESSAGE_REJECTED:
	case MESSAGE_UNKNOWN:
	case MESSAGE_FAILED:
	case MESSAGE_CANCELLED:
	case MESSAGE_SUPPRESSED:
	case MESSAGE_SENT:
	case MESSAGE_STATES:
		lives_remove(&core->lives, l);
		return;
	}
}

static bool on_live(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	struct core *core = r->core;
	const struct class_rules *rules;
	const struct lane *lane;
	struct message m;
	struct story s;
	struct live *l;
	int rc;

	if (message_decode(row_s(row, 5), (uint64_t)row_i(row, 0), &m) != 0 ||
	    story_read(row_s(row, 6), &m, &s) != 0) {
		r->bad = true;
		return false;
	}
	m.flags = s.flags;
	rules = classes_find(core->classes, m.class_name);
	if (rules == NULL) /* its class is no more: the strictest there is */
		rules = classes_find(core->classes, STR("marketing"));
	rc = rules == NULL ? -EINVAL : lives_add(&core->lives, &m, rules, &l);
	if (rc != 0) {
		r->bad = rc != -ENOSPC;
		return !r->bad;
	}
	lane = lanes_find(core->lanes, s.link);
	l->lane = lane == NULL ? -1 : (int16_t)lane->index;
	l->attempts = (uint16_t)s.attempts;
	l->parts_done = s.parts_done;
	r->live++;
	resume(r, l, (enum message_state)row_i(row, 1), &s);
	return true;
}

/* Older than those, and still counted. */
static bool on_touch(void *owner, const struct row *row)
{
	struct recovery *r = owner;

	counts_recover_row(r->core, row);
	return true;
}

/* Recent ones, for threads and caps. */
static bool on_recent(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	struct core *core = r->core;
	enum message_state state = (enum message_state)row_i(row, 1);
	const struct class_rules *rules;
	struct message m;

	if (message_decode(row_s(row, 5), (uint64_t)row_i(row, 0), &m) != 0) {
		r->bad = true;
		return false;
	}
	rules = classes_find(core->classes, m.class_name);
	if (rules == NULL || state < MESSAGE_SUBMITTED ||
	    state == MESSAGE_FAILED || state == MESSAGE_CANCELLED ||
	    state == MESSAGE_SUPPRESSED)
		return true;
	threads_note(core->threads, &m, rules, row_i(row, 2));
	core_tell_sent(core, &m, true);
	counts_recover(core, &m, rules, row_i(row, 2));
	return true;
}

static bool on_count(void *owner, const struct row *row)
{
	size_t *live = owner;

	if (!message_state_final((enum message_state)row_i(row, 0)))
		*live += (size_t)row_i(row, 2);
	return true;
}

/* How many there will be is known: their table is made for that. */
static int reserve(struct recovery *r, struct err *err)
{
	struct store *s = r->core->store;
	const struct cell any = CELL_N;
	size_t live = 0;

	if (s->ops->scan(s, STORE_MESSAGE_COUNTS, &any, 1, on_count, &live) !=
	    0)
		return err_set(err, -EIO, "the store cannot be read: counts");
	lives_reserve(&r->core->lives, live);
	return 0;
}

static bool on_stray(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	uint64_t id = (uint64_t)row_i(row, 0);

	id_source_seen(&r->core->ids, id);
	receipts_recover(r->core->receipts, id, row_s(row, 1));
	r->strays++;
	return true;
}

static bool on_notice(void *owner, const struct row *row)
{
	struct recovery *r = owner;
	uint64_t id = (uint64_t)row_i(row, 0);
	struct notice n;

	id_source_seen(&r->core->ids, id);
	if (notice_decode(row_s(row, 1), id, &n) == 0) {
		publish_recover(r->core->publish, &n);
		r->notices++;
	}
	return true;
}

int recover_messages(struct recovery *r, struct err *err)
{
	struct store *s = r->core->store;
	struct cell args[] = { CELL_I(0),
			       CELL_I(r->core->cfg->notices_max + 1) };
	int64_t since = core_wall_ms(r->core) - COUNTS_RECENT_MS;
	int rc = scan(r, STORE_TOUCH_SCAN, since, on_touch, err);

	if (rc == 0)
		rc = scan(r, STORE_HAD_SCAN, (int64_t)id_floor(since),
			  on_recent, err);

	if (rc == 0)
		rc = reserve(r, err);
	if (rc == 0)
		rc = scan(r, STORE_LIVE_SCAN, 0, on_live, err);
	if (rc == 0)
		rc = scan(r, STORE_STRAY_SCAN, 0, on_stray, err);
	if (rc == 0 &&
	    s->ops->scan(s, STORE_NOTICE_SCAN, args, 2, on_notice, r) != 0)
		rc = err_set(err, -EIO, "the store cannot be read: notices");
	publish_recovered(r->core->publish);
	log_info("gateway.recovered", KV_U("live", r->live),
		 KV_U("doubtful", r->doubtful), KV_U("notices", r->notices),
		 KV_U("strays", r->strays), KV_U("addresses", r->contacts),
		 KV_U("standings", facts_len(r->core->facts)));
	return rc;
}
