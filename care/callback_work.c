/* What agents do: take the next one, and say what came of it. */
#include <errno.h>

#include "care/callbacks_impl.h"

#define HOUR INT64_C(3600000)

static const char *const results[CALLBACK_RESULTS] = {
	[CALLBACK_REACHED] = "reached",    [CALLBACK_NO_ANSWER] = "no_answer",
	[CALLBACK_BUSY] = "busy",          [CALLBACK_REFUSED] = "declined",
	[CALLBACK_WRONG] = "wrong_number", [CALLBACK_BACK] = "back",
	[CALLBACK_TALKING] = "connected",
};

const char *callback_result_name(enum callback_result r)
{
	must((unsigned)r < CALLBACK_RESULTS);
	return results[r];
}

int callback_result_parse(struct str s, enum callback_result *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < CALLBACK_RESULTS; i++) {
		if (!str_eqz(s, results[i]))
			continue;
		*out = (enum callback_result)i;
		return 0;
	}
	return -EBADMSG;
}

/* ---- to take one ----------------------------------------------------------------- */

/* Out of the queue, into somebody's hands; false: not at this hour, or never:
 * it has left the queue then. */
static bool offer(struct callbacks *c, struct callback *x,
		  const struct reservation *res, struct str agent)
{
	struct callback_now before = x->now;
	int64_t now_ms = callbacks_now(c), at_ms;
	char reason[32] = "";
	bool may;

	x->reservation = res->id;
	may = callback_may_call(c, x, &at_ms, reason);
	if (may) {
		callback_move(x, CALLBACK_OFFERED, now_ms);
		IGNORE(str_copy(x->now.agent, sizeof(x->now.agent), agent));
		x->now.due_ms = now_ms + c->env.cfg->hold;
		callback_tell(c, x);
	} else if (at_ms == 0) {
		callback_end(c, x, CALLBACK_DENIED, reason);
	} else {
		callback_leave(c, x, false);
		callback_move(x, CALLBACK_OPEN, now_ms);
		callback_plan(c, x, at_ms);
	}
	callback_keep(c, x, &before);
	return may;
}

/* A call that rings in is for who has a phone: it needs a skill that agents
 * who ask do not have, else it stands here and is left where it was. */
static void leave_there(struct callbacks *c, const struct reservation *res)
{
	struct router *r = c->env.router;
	int pool = res->item->pool;

	IGNORE(router_undo(r, res->id, callbacks_us(c)));
	if (router_offer(r, pool, res->item, false) != 0)
		must(router_offer(r, pool, res->item, true) == 0);
}

/* Its contact has come to another branch since it was queued. */
static bool strays(struct callbacks *c, const struct caller *a,
		   const struct reservation *res)
{
	struct callback *x = map_ptr(c->items, (uint64_t)(uintptr_t)res->item);

	if (x == NULL || a->branch[0] == '\0' ||
	    str_eqz(callback_branch(c, x), a->branch))
		return false;
	IGNORE(router_undo(c->env.router, res->id, callbacks_us(c)));
	callback_enqueue(c, x);
	return true;
}

int callbacks_next(struct callbacks *c, struct str tenant, struct str branch,
		   struct str agent, const struct callback **out)
{
	must(c != NULL && out != NULL);
	struct caller *a = caller_get(c, tenant, agent);
	struct reservation res;

	if (a == NULL)
		return -ENOSPC;
	*out = map_ptr(c->all, a->holds);
	if (a->holds != 0 && *out != NULL)
		return 0;
	if (caller_branch(c, a, branch) != 0)
		return -ENOSPC;
	caller_certify(c, a);
	while (router_pull(c->env.router, a->target, callbacks_us(c), &res)) {
		if (strays(c, a, &res))
			continue;
		if (!callbacks_take(c, &res, agent, out)) {
			leave_there(c, &res);
			break;
		}
		if (*out != NULL)
			return 0;
	}
	return -ENOENT;
}

bool callbacks_take(struct callbacks *c, const struct reservation *res,
		    struct str agent, const struct callback **out)
{
	must(c != NULL && res != NULL && out != NULL);
	struct callback *x = map_ptr(c->items, (uint64_t)(uintptr_t)res->item);
	struct caller *a;

	*out = NULL;
	if (x == NULL)
		return false;
	if (!offer(c, x, res, agent))
		return true;
	a = caller_get(c, str_of(x->tenant), agent);
	if (a != NULL)
		a->holds = x->id;
	*out = x;
	return true;
}

/* ---- what came of it -------------------------------------------------------------- */

/* Nobody was there: at another hour, or it is given up. */
static void in_vain(struct callbacks *c, struct callback *x, bool busy)
{
	const struct callbacks_cfg *cfg = c->env.cfg;
	const struct tzone *z = callback_zone(c, x);
	int64_t now_ms = callbacks_now(c);
	int32_t offset_s = z == NULL ? 0 : tzone_offset_s(z, now_ms);

	x->now.calls++;
	stat_add(c->s_calls, 1);
	if (x->now.tried_ms == 0 || x->now.tried_ms / HOUR != now_ms / HOUR)
		x->now.tries++;
	x->now.tried_ms = now_ms;
	if (!busy)
		x->now.hours |= BIT(tzone_minute_of_day(offset_s, now_ms) / 60);
	if (x->now.tries >= (unsigned)cfg->tries) {
		callback_say(c, x, SAY_UNREACHABLE, STR_NONE);
		callback_end(c, x, CALLBACK_UNREACHABLE, "no_answer");
		return;
	}
	callback_leave(c, x, true);
	callback_move(x, CALLBACK_OPEN, now_ms);
	callback_plan(c, x, now_ms + (busy ? cfg->busy_retry : cfg->retry));
}

static void back(struct callbacks *c, struct callback *x)
{
	callback_leave(c, x, false);
	callback_move(x, CALLBACK_QUEUED, callbacks_now(c));
	x->now.due_ms = x->now.breached
				? 0
				: callback_promise_ms(c, x, callbacks_now(c));
	callback_enqueue(c, x);
	callback_tell(c, x);
}

static void answered(struct callbacks *c, struct callback *x,
		     enum callback_state as, const char *reason)
{
	x->now.calls++;
	stat_add(c->s_calls, 1);
	callback_end(c, x, as, reason);
}

static void apply(struct callbacks *c, struct callback *x,
		  enum callback_result r)
{
	switch (r) {
	case CALLBACK_REACHED:
		answered(c, x, CALLBACK_RESOLVED, "");
		break;
	case CALLBACK_REFUSED:
		answered(c, x, CALLBACK_DECLINED, "");
		break;
	case CALLBACK_WRONG:
		answered(c, x, CALLBACK_UNREACHABLE, "wrong_number");
		break;
	case CALLBACK_NO_ANSWER:
	case CALLBACK_BUSY:
		in_vain(c, x, r == CALLBACK_BUSY);
		break;
	case CALLBACK_BACK:
		back(c, x);
		break;
	case CALLBACK_TALKING:
		callback_move(x, CALLBACK_CONNECTED, callbacks_now(c));
		callback_tell(c, x);
		break;
	case CALLBACK_RESULTS:
		must(!"a result");
	}
}

/* Who is on the line cannot be somebody who does not answer. */
static bool fits(enum callback_state s, enum callback_result r)
{
	if (s == CALLBACK_CONNECTED)
		return r == CALLBACK_REACHED || r == CALLBACK_REFUSED ||
		       r == CALLBACK_WRONG || r == CALLBACK_BACK;
	return s == CALLBACK_OFFERED;
}

int callbacks_result(struct callbacks *c, struct str tenant, uint64_t id,
		     struct str agent, enum callback_result r)
{
	must(c != NULL && (unsigned)r < CALLBACK_RESULTS);
	struct callback *x = callback_at(c, tenant, id);

	if (x == NULL)
		return -ENOENT;
	if (!fits(x->now.state, r))
		return -EPROTO;
	if (agent.len > 0 && !str_eqz(agent, x->now.agent))
		return -EPERM;
	struct callback_now before = x->now;

	apply(c, x, r);
	callback_keep(c, x, &before);
	return 0;
}

void callbacks_erase(struct callbacks *c, struct str tenant, struct str address)
{
	must(c != NULL);
	struct callback *x = callback_of(c, tenant, address);

	if (x != NULL) {
		struct callback_now before = x->now;

		callback_end(c, x, CALLBACK_CANCELLED, "erased");
		callback_keep(c, x, &before);
	}
	callback_links_drop(c, tenant, address);
}

void callbacks_unwish(struct callbacks *c, struct str tenant,
		      struct str address, struct str ref)
{
	must(c != NULL);
	struct callback *x = callback_of(c, tenant, address);

	if (x == NULL || !str_eqz(ref, x->ref) ||
	    (x->now.state != CALLBACK_OPEN && x->now.state != CALLBACK_QUEUED))
		return;
	struct callback_now before = x->now;

	callback_end(c, x, CALLBACK_CANCELLED, "not_needed");
	callback_keep(c, x, &before);
}

int callbacks_cancel(struct callbacks *c, struct str tenant, uint64_t id,
		     bool by_customer)
{
	must(c != NULL);
	struct callback *x = callback_at(c, tenant, id);
	bool enough;

	if (x == NULL || callback_final(x->now.state))
		return -ENOENT;
	enough = x->now.state == CALLBACK_PROPOSED ||
		 x->now.tries >= (unsigned)c->env.cfg->tries;
	if (!by_customer && !enough)
		return -EBUSY;
	struct callback_now before = x->now;

	callback_end(c, x, by_customer ? CALLBACK_DECLINED : CALLBACK_CANCELLED,
		     "");
	callback_keep(c, x, &before);
	return 0;
}
