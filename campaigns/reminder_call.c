/* The last step of a reminder: a person calls. A call-back that there is no
 * room for is asked for again until there is, or it was tried often enough. */
#include <errno.h>

#include "base/log.h"
#include "campaigns/reminders_impl.h"

#define RETRY_MAX_MS INT64_C(3600000)

static void set_reason(struct reminder *x, struct str why)
{
	IGNORE(str_copy(x->now.reason, sizeof(x->now.reason),
			str_first(why, sizeof(x->now.reason) - 1)));
}

/* Nobody is sent to the phone for it: whoever calls all the same says so. */
static void uncalled(struct reminders *r, struct reminder *x, struct str why)
{
	set_reason(x, why);
	reminder_due(r, x, 0);
	reminder_tell(r, x, "reminder.not_called");
	log_error("reminder.not_called", KV_ID("id", x->id),
		  KV_STR("why", why));
}

static int64_t wait_ms(const struct reminders *r, const struct reminder *x)
{
	return MIN(r->env.cfg->call_retry << MIN(x->now.tries - 1, 16u),
		   MAX(r->env.cfg->call_retry, RETRY_MAX_MS));
}

static int wish(struct reminders *r, struct reminder *x, struct str queue,
		char why[CALL_WHY])
{
	const struct call_wishes *calls = r->env.calls;
	char ref[ID_TEXT];
	struct call_wish w = {
		.tenant = str_of(x->tenant),
		.to = str_of(x->to),
		.queue = queue,
		.source = "reminder",
	};

	if (calls == NULL)
		return 0; /* by who reads the list of reminders */
	id_text(x->id, ref);
	w.ref = str_of(ref);
	r->wishing = x;
	int rc = calls->wish(calls->owner, &w, why);

	r->wishing = NULL;
	return rc;
}

void reminder_task(struct reminders *r, struct reminder *x, struct str queue)
{
	must(r != NULL && x != NULL && x->now.state == REMINDER_TASK);
	char why[CALL_WHY] = "";
	int rc = wish(r, x, queue, why);

	x->now.tries++;
	if (rc == -ENOSPC && x->now.tries < (unsigned)r->env.cfg->call_tries) {
		set_reason(x, STR("no_room"));
		reminder_due(r, x, clock_wall_ms(r->env.clock) + wait_ms(r, x));
	} else if (rc == -ENOSPC) {
		uncalled(r, x, STR("no_room"));
	} else if (rc != 0) {
		uncalled(r, x, why[0] != '\0' ? str_of(why) : STR("invalid"));
	} else {
		set_reason(x, STR_NONE);
		reminder_due(r, x, 0);
	}
}

void reminder_uncall(struct reminders *r, const struct reminder *x)
{
	must(r != NULL && x != NULL && x->now.state != REMINDER_TASK);
	const struct call_wishes *calls = r->env.calls;
	char ref[ID_TEXT];

	if (calls == NULL)
		return;
	id_text(x->id, ref);
	calls->unwish(calls->owner, str_of(x->tenant), str_of(x->to),
		      str_of(ref));
}

void reminder_call(struct reminders *r, struct reminder *x,
		   const struct trigger_cfg *t)
{
	must(r != NULL && x != NULL && t != NULL);
	char why[CALL_WHY];

	IGNORE(wish(r, x, str_of(t->queue), why));
}

/* NULL with rc: nobody is asked to call for it. */
static struct reminder *task_of(struct reminders *r, struct str tenant,
				uint64_t id, int *rc)
{
	struct reminder *x = map_ptr(r->all, id);

	if (x == NULL || !str_eqz(tenant, x->tenant))
		*rc = -ENOENT;
	else
		*rc = x->now.state == REMINDER_TASK ? 0 : -EPROTO;
	return *rc == 0 ? x : NULL;
}

int reminders_called(struct reminders *r, struct str tenant, uint64_t id)
{
	must(r != NULL);
	int rc;
	struct reminder *x = task_of(r, tenant, id, &rc);

	if (x == NULL)
		return rc;
	struct reminder_now before = x->now;

	reminder_record(r, x, RECORD_RELEASED, RECORD_TASK);
	reminder_move(x, REMINDER_DONE);
	reminder_due(r, x, 0);
	reminder_keep(r, x);
	reminder_guard(r, x, &before);
	return 0;
}

void reminders_not_called(struct reminders *r, struct str tenant, uint64_t id,
			  struct str why)
{
	must(r != NULL);
	int rc;
	struct reminder *x = task_of(r, tenant, id, &rc);

	/* one that is being wished hears of it by the answer */
	if (x == NULL || x == r->wishing)
		return;
	struct reminder_now before = x->now;

	uncalled(r, x, why);
	reminder_keep(r, x);
	reminder_guard(r, x, &before);
}
