/* The far side of the fake channel: in a real one, the peer. */
#include "channels/fake/fake_impl.h"

#include <stdio.h>

#include "base/id.h"
#include "base/mem.h"

enum { FAR_AGAIN_MS = 50, FAR_QUIET_MS = 5, FAR_ID = ID_TEXT + 12 };

static void far_due(void *owner);

struct far_job *far_job(struct channel *c, enum far_what what, int64_t after_ms)
{
	struct far_job *j = mem_new(struct far_job);

	j->c = c;
	j->what = what;
	j->timer = loop_timer_new(c->env.loop, far_due, j);
	loop_timer_set(j->timer, (uint64_t)after_ms);
	list_append(&c->jobs, &j->link);
	return j;
}

static void far_job_free(struct far_job *j)
{
	for (unsigned i = 0; i < ARRAY_LEN(j->v); i++)
		mem_free(j->v[i]);
	loop_timer_free(&j->timer);
	list_remove(&j->link);
	mem_free(j);
}

void far_end(struct far_job *j, enum outcome_class class, const char *reason)
{
	struct channel *c = j->c;
	struct outcome o = { .class = class, .reason = str_of(reason) };
	char ids[OUTCOME_PARTS_MAX][FAR_ID], text[ID_TEXT];

	id_text(j->id, text);
	o.sent = true;
	o.parts = j->parts;
	o.parts_done = j->done;
	o.receipt = class == OUTCOME_ACCEPTED && c->cfg.receipt != 0;
	for (unsigned p = 0; class <= OUTCOME_DELIVERED && p < j->parts; p++) {
		if ((j->done & BIT(p)) != 0)
			continue;
		(void)snprintf(ids[p], FAR_ID, "%s.%u", text, p);
		o.peer_id[p] = str_of(ids[p]);
		o.parts_done |= BIT(p);
		if (o.receipt)
			far_job(c, FAR_RECEIPT, c->cfg.receipt_ms)->v[0] =
				str_dup(ids[p]);
	}
	c->unanswered--;
	c->env.events->ended(c->env.owner, j->attempt, &o);
	far_job_free(j);
}

static void far_receipt(struct far_job *j, uint64_t ticket)
{
	struct channel *c = j->c;
	struct receipt r = { .peer_id = str_of(j->v[0]) };

	must(message_state_parse(str_of(fake_receipts[c->cfg.receipt]),
				 &r.state) == 0);
	r.done_ms = clock_wall_ms(c->env.clock);
	c->env.events->receipt(c->env.owner, &r, ticket);
}

static void far_inbound(struct far_job *j, uint64_t ticket)
{
	struct channel *c = j->c;
	struct inbound in = { .channel = str_of(c->kind),
			      .link = str_of(c->name),
			      .from = str_of(j->v[0]),
			      .to = str_of(j->v[1]),
			      .text = str_of(j->v[2]),
			      .at_ms = clock_wall_ms(c->env.clock) };

	c->env.events->inbound(c->env.owner, &in, ticket);
}

/* News go up under a ticket and stay with us until they are on disk there. */
static void far_due(void *owner)
{
	struct far_job *j = owner;
	struct channel *c = j->c;

	if (j->what == FAR_END && c->quiet) {
		loop_timer_set(j->timer, FAR_QUIET_MS);
	} else if (j->what == FAR_END) {
		far_end(j, c->class, c->reason);
		if (c->closing && c->unanswered == 0)
			loop_timer_set(c->turn, 0);
	} else if (c->held) {
		loop_timer_set(j->timer, FAR_AGAIN_MS);
	} else {
		map_set_ptr(c->told, ++c->tickets, j);
		if (j->what == FAR_RECEIPT)
			far_receipt(j, c->tickets);
		else
			far_inbound(j, c->tickets);
	}
}

void far_answered(struct channel *c, uint64_t ticket, int rc)
{
	struct far_job *j = map_ptr(c->told, ticket);

	if (j == NULL)
		return;
	(void)map_del(c->told, ticket, NULL);
	if (rc == 0)
		far_job_free(j);
	else
		loop_timer_set(j->timer, FAR_AGAIN_MS);
}

void far_done(struct channel *c)
{
	LIST_EACH_SAFE (it, &c->jobs) {
		struct far_job *j = LIST_ITEM(it, struct far_job, link);
		if (j->what == FAR_END)
			far_end(j, OUTCOME_UNKNOWN, "closed");
		else
			far_job_free(j);
	}
	map_free(&c->told);
}

/* ---- for tests ------------------------------------------------------------- */

void fake_script(struct channel *p, enum outcome_class class,
		 const char *reason)
{
	struct channel *c = fake_of(p);

	c->class = class;
	c->reason = reason;
}

void fake_far_side(struct channel *p, bool there)
{
	struct channel *c = fake_of(p);

	c->there = there;
	if (!c->closing)
		loop_timer_set(c->turn, 0);
}

void fake_quiet(struct channel *c, bool quiet)
{
	fake_of(c)->quiet = quiet;
}

void fake_hear(struct channel *c, struct str from, struct str to,
	       struct str text)
{
	struct far_job *j = far_job(fake_of(c), FAR_INBOUND, 0);

	j->v[0] = str_z(from);
	j->v[1] = str_z(to);
	j->v[2] = str_z(text);
}

size_t fake_waiting(const struct channel *c)
{
	return map_len(fake_of(c)->told);
}
