/* Call-backs: their time, their end, and what is told of it. */
#include <errno.h>
#include <stdio.h>

#include "care/callbacks_impl.h"
#include "gateway/hours.h"
#include "proto/json.h"

/* ---- what is told ---------------------------------------------------------------- */

static void put_members(const struct callback *x, struct buf *b)
{
	json_kid(b, "callback", x->id);
	json_kz(b, "state", callback_state_name(x->now.state));
	json_kz(b, "source", callback_source_name(x->source));
	json_kz(b, "queue", x->queue);
	json_ks_opt(b, "ref", str_of(x->ref));
	json_ks_opt(b, "reason", str_of(x->now.reason));
	json_ks_opt(b, "agent", str_of(x->now.agent));
	json_ku(b, "tries", x->now.tries);
	json_ku(b, "calls", x->now.calls);
}

void callback_publish(struct callbacks *c, const struct callback *x,
		      const char *type)
{
	struct buf b = { 0 };

	buf_init(&b, BUF_NO_LIMIT);
	json_open(&b, '{');
	put_members(x, &b);
	if (x->now.state == CALLBACK_OPEN)
		json_kt_opt(&b, "due", x->now.due_ms);
	json_kt(&b, "at", callbacks_now(c));
	json_close(&b, '}');
	gateway_publish(c->env.gateway, str_of(x->tenant), type, buf_str(&b));
	buf_done(&b);
}

void callback_tell(struct callbacks *c, const struct callback *x)
{
	char type[48];

	(void)snprintf(type, sizeof(type), "callback.%s",
		       callback_state_name(x->now.state));
	callback_publish(c, x, type);
}

/* ---- to find its time ------------------------------------------------------------- */

void callback_end(struct callbacks *c, struct callback *x,
		  enum callback_state as, const char *reason)
{
	callback_leave(c, x, as == CALLBACK_RESOLVED);
	callback_move(x, as, callbacks_now(c));
	x->now.due_ms = 0;
	IGNORE(str_copy(x->now.reason, sizeof(x->now.reason),
			str_first(str_of(reason), sizeof(x->now.reason) - 1)));
	stat_add(c->s_ended, 1);
	callback_tell(c, x);
	if (c->env.ended != NULL)
		c->env.ended(c->env.owner, x);
}

void callback_plan(struct callbacks *c, struct callback *x, int64_t from_ms)
{
	int64_t now_ms = callbacks_now(c), at_ms = 0;
	char reason[32] = "";

	must(x->now.state == CALLBACK_OPEN);
	if (!callback_when(c, x, MAX(from_ms, now_ms), &at_ms, reason)) {
		callback_end(c, x, CALLBACK_DENIED, reason);
		return;
	}
	IGNORE(str_copy(x->now.reason, sizeof(x->now.reason), str_of(reason)));
	if (at_ms > now_ms) {
		x->now.due_ms = at_ms;
	} else {
		callback_move(x, CALLBACK_QUEUED, now_ms);
		x->now.due_ms =
			x->now.breached ? 0 : callback_promise_ms(c, x, now_ms);
		callback_enqueue(c, x);
	}
	callback_tell(c, x);
}

void callback_hours(struct callback *x, struct str hours)
{
	char text[24];
	int open, close;

	if (hours.len == 0 || str_copy(text, sizeof(text), hours) != 0 ||
	    hours_parse(text, &open, &close) != 0)
		return;
	x->now.open_minute = open;
	x->now.close_minute = close;
}

void callback_known(struct callbacks *c, struct callback *x, const char *tier,
		    const char *hours)
{
	struct callback_now before = x->now;

	IGNORE(str_copy(x->now.tier, sizeof(x->now.tier), str_of(tier)));
	if (x->now.open_minute == x->now.close_minute)
		callback_hours(x, str_of(hours));
	if (x->now.state == CALLBACK_QUEUED) {
		callback_leave(c, x, false);
		callback_enqueue(c, x);
	} else if (x->now.due_ms == 0) {
		callback_plan(c, x, x->from_ms);
	}
	callback_keep(c, x, &before);
}

struct callback *callback_at(const struct callbacks *c, struct str tenant,
			     uint64_t id)
{
	struct callback *x = map_ptr(c->all, id);

	return x == NULL || (tenant.len > 0 && !str_eqz(tenant, x->tenant))
		       ? NULL
		       : x;
}

const struct callback *callbacks_find(const struct callbacks *c,
				      struct str tenant, uint64_t id)
{
	must(c != NULL);
	return callback_at(c, tenant, id);
}

const struct callback *callbacks_open_of(const struct callbacks *c,
					 struct str tenant, struct str address)
{
	must(c != NULL);
	return callback_of(c, tenant, address);
}

size_t callbacks_waiting(const struct callbacks *c, struct str tenant,
			 struct str branch)
{
	must(c != NULL);
	uint64_t id, value;
	size_t pos = 0, n = 0;

	while (map_next(c->all, &pos, &id, &value)) {
		const struct callback *x =
			(const struct callback *)(uintptr_t)value;

		n += x->now.state == CALLBACK_QUEUED &&
		     (tenant.len == 0 || str_eqz(tenant, x->tenant)) &&
		     (branch.len == 0 || str_eq(branch, callback_branch(c, x)));
	}
	return n;
}
