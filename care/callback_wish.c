/* Wishes for call-backs: checked, judged, joined to one that is under way. */
#include <errno.h>

#include "base/mem.h"
#include "care/callbacks_impl.h"
#include "gateway/hours.h"
#include "proto/text.h"

static int check(struct callbacks *c, const struct callback_ask *a,
		 struct err *err)
{
	struct str queue =
		a->queue.len > 0 ? a->queue : str_of(c->env.cfg->queue);
	char hours[24];
	int open, close;

	if (tenant_check(a->tenant) != 0 || a->address.len == 0 ||
	    a->address.len >= ADDRESS_MAX || a->address.p[0] != '+')
		return err_set(err, -EINVAL, "a phone number is needed");
	if (a->skill.len > CALLBACK_NAME || a->ref.len > CALLBACK_NOTE ||
	    a->note.len > CALLBACK_NOTE || !text_printable(a->skill) ||
	    !text_printable(a->note) || !text_printable(a->ref))
		return err_set(err, -EINVAL,
			       "skill has at most %d bytes, ref and note %d",
			       CALLBACK_NAME, CALLBACK_NOTE);
	if (a->hours.len > 0 &&
	    (str_copy(hours, sizeof(hours), a->hours) != 0 ||
	     hours_parse(hours, &open, &close) != 0))
		return err_set(err, -EINVAL,
			       "hours are not of the form 18:00-21:00");
	if (a->not_before_ms > callbacks_now(c) + 366 * INT64_C(86400000))
		return err_set(err, -EINVAL, "that is more than a year ahead");
	if (callback_pool(c, a->tenant, queue) == -ENOENT)
		return err_set(err, -EINVAL, "there is no queue \"%.*s\"",
			       STR_ARGS(str_first(queue, CALLBACK_NAME)));
	if (callback_pool(c, a->tenant, queue) < 0)
		return err_set(err, -ENOSPC, "there are too many queues");
	if (map_len(c->all) >= (size_t)c->env.cfg->max)
		return err_set(err, -ENOSPC,
			       "too many call-backs are under way");
	return c->env.store->ops->ready(c->env.store) == 0
		       ? 0
		       : err_set(err, -ENOSPC, "the store takes no more now");
}

static struct callback *make(struct callbacks *c, const struct callback_ask *a)
{
	struct callback *x = mem_new(struct callback);
	int64_t now_ms = callbacks_now(c);

	heap_node_init(&x->due);
	x->id = id_next(&c->ids, now_ms);
	x->tenant = str_z(a->tenant);
	x->address = str_z(a->address);
	x->queue =
		str_z(a->queue.len > 0 ? a->queue : str_of(c->env.cfg->queue));
	x->skill = str_z(a->skill);
	x->ref = str_z(a->ref);
	x->note = str_z(a->note);
	x->source = a->source;
	x->created_ms = now_ms;
	x->from_ms = a->not_before_ms;
	x->now.state = a->propose ? CALLBACK_PROPOSED : CALLBACK_OPEN;
	x->now.since_ms = now_ms;
	if (a->propose)
		x->now.due_ms = now_ms + c->env.cfg->propose;
	callback_hours(x, a->hours);
	return x;
}

static void answer(const struct callback *x, bool joined,
		   struct callback_asked *out)
{
	*out = (struct callback_asked){ x->id, x->now.state, x->now.reason,
					joined };
}

/* What it is about, too: each ref once, as long as there is room. */
static bool add_ref(struct callback *x, struct str ref)
{
	struct buf b = { 0 };
	struct str rest = str_of(x->ref), one;

	while (rest.len > 0) {
		rest = str_cut(rest, ' ', &one);
		if (str_eq(one, ref))
			return false;
	}
	if (ref.len == 0 || str_of(x->ref).len + ref.len >= CALLBACK_NOTE)
		return false;
	buf_init(&b, CALLBACK_NOTE + 1);
	buf_z(&b, x->ref);
	if (b.len > 0)
		buf_c(&b, ' ');
	buf_str_put(&b, ref);
	mem_free(x->ref);
	x->ref = str_z(buf_str(&b));
	buf_done(&b);
	return true;
}

/* A wish for one that is under way: what was proposed is wanted now. */
static void rejoin(struct callbacks *c, struct callback *x,
		   const struct callback_ask *a)
{
	struct callback_now before = x->now;
	bool more = add_ref(x, a->ref);

	if (x->note[0] == '\0' && a->note.len > 0) {
		mem_free(x->note);
		x->note = str_z(a->note);
		more = true;
	}

	if (x->now.state != CALLBACK_PROPOSED || a->propose) {
		if (more)
			callback_keep(c, x, &before);
		return;
	}
	callback_move(x, CALLBACK_OPEN, callbacks_now(c));
	x->now.due_ms = 0;
	x->from_ms = a->not_before_ms;
	callback_keep(c, x, &before);
	callback_look_up(c, x);
	callback_tell(c, x);
}

static void say_first(struct callbacks *c, const struct callback *x,
		      struct str lang)
{
	if (x->now.state == CALLBACK_PROPOSED)
		callback_say(c, x, SAY_PROPOSED, lang);
	else if (x->source == CALLBACK_BY_MISSED_CALL)
		callback_say_missed(c, x, lang);
}

int callbacks_ask(struct callbacks *c, const struct callback_ask *ask,
		  struct callback_asked *out, struct err *err)
{
	must(c != NULL && ask != NULL && out != NULL && err != NULL);
	struct callback *x = callback_of(c, ask->tenant, ask->address);
	int64_t next_ms;
	char reason[32] = "";

	if (x != NULL) {
		rejoin(c, x, ask);
		answer(x, true, out);
		return 0;
	}
	int rc = check(c, ask, err);

	if (rc != 0)
		return rc;
	x = make(c, ask);
	callback_index(c, x);
	stat_add(c->s_asked[x->source], 1);
	callback_tell(c, x);
	if (!callback_may_call(c, x, &next_ms, reason) && next_ms == 0) {
		callback_end(c, x, CALLBACK_DENIED, reason);
	} else {
		say_first(c, x, ask->lang);
		if (x->now.state == CALLBACK_OPEN)
			callback_look_up(c, x);
	}
	callback_keep(c, x, NULL);
	answer(x, false, out);
	return 0;
}
