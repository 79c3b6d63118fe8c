/* Alerts at work: set, removed, judged. */
#include "campaigns/alerts.h"

#include <errno.h>

#include "base/mem.h"
#include "campaigns/alerts_impl.h"

/* ---- to look --------------------------------------------------------------------- */

static bool is_theirs(const struct alert *x, struct str tenant)
{
	return !x->now.over && (tenant.len == 0 || str_eqz(tenant, x->tenant));
}

static struct alert *alert_at(const struct alerts *a, struct str tenant,
			      uint64_t id)
{
	struct alert *x = map_ptr(a->all, id);

	return x != NULL && is_theirs(x, tenant) ? x : NULL;
}

const struct alert *alerts_find(const struct alerts *a, struct str tenant,
				uint64_t id)
{
	must(a != NULL);
	return alert_at(a, tenant, id);
}

const struct alert *alerts_next(const struct alerts *a, struct str tenant,
				struct str address, struct str trigger,
				const struct alert *x)
{
	must(a != NULL);
	x = x == NULL ? alert_newest(a, tenant, address) : x->older;
	while (x != NULL &&
	       (!is_theirs(x, tenant) || !str_eqz(address, x->address) ||
		(trigger.len > 0 && !str_eqz(trigger, x->trigger))))
		x = x->older;
	return x;
}

const struct alert *alerts_behind(const struct alerts *a, struct str tenant,
				  struct str trigger, struct str subject,
				  uint64_t after)
{
	must(a != NULL);
	const struct alert_group *g =
		alert_group_of(a, tenant, trigger, subject);
	size_t low = 0, high = g == NULL ? 0 : g->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (g->v[mid]->id <= after)
			low = mid + 1;
		else
			high = mid;
	}
	while (g != NULL && low < g->n && g->v[low]->now.over)
		low++;
	return g != NULL && low < g->n ? g->v[low] : NULL;
}

/* ---- to set one ---------------------------------------------------------------- */

static int check(const struct alerts *a, const struct alert_ask *ask,
		 char subject[ALERT_SUBJECT], struct err *err)
{
	AUTO(mem_clear) char *name = str_z(ask->trigger);
	const struct section *s =
		triggers_find(a->env.triggers, ask->tenant, name);
	const struct trigger_cfg *t = s == NULL ? NULL : s->value;

	if (t == NULL || t->alert_value[0] == '\0')
		return err_set(err, -EINVAL, "no trigger '%s' offers alerts",
			       name);
	if (alert_subject_parse(ask->subject, subject) != 0)
		return err_set(err, -EINVAL,
			       "a subject has letters, digits, '.', '_' and "
			       "'-', %d at most",
			       ALERT_SUBJECT - 1);
	if ((subject[0] == '\0') != (t->alert_subject[0] == '\0'))
		return err_set(err, -EINVAL,
			       subject[0] == '\0'
				       ? "trigger '%s' needs a subject"
				       : "trigger '%s' has no subjects",
			       name);
	if (ask->until_ms != 0 && ask->until_ms <= alerts_now(a))
		return err_set(err, -EINVAL, "that end is over");
	return 0;
}

/* The one whose place it takes; counts what they have. */
static struct alert *same(const struct alerts *a, const struct alert_ask *ask,
			  const char *subject, int64_t *n)
{
	struct alert *found = NULL;

	*n = 0;
	for (struct alert *x = alert_newest(a, ask->tenant, ask->address);
	     x != NULL; x = x->older) {
		if (!is_theirs(x, ask->tenant) ||
		    !str_eqz(ask->address, x->address))
			continue;
		++*n;
		if (x->above == ask->above &&
		    str_eqz(ask->trigger, x->trigger) &&
		    str_eqz(str_of(subject), x->subject))
			found = x;
	}
	return found;
}

static void end(struct alerts *a, struct alert *x)
{
	struct alert_now before = x->now;

	x->now.over = true;
	alert_keep(a, x, &before);
}

static struct alert *make(struct alerts *a, const struct alert_ask *ask,
			  const char *subject)
{
	struct alert *x = mem_new(struct alert);

	x->id = id_next(&a->ids, alerts_now(a));
	x->tenant = str_z(ask->tenant);
	x->address = str_z(ask->address);
	x->trigger = str_z(ask->trigger);
	must(str_copy(x->subject, sizeof(x->subject), str_of(subject)) == 0);
	x->above = ask->above;
	x->once = ask->once;
	x->limit = ask->limit;
	x->until_ms = ask->until_ms;
	x->source = ask->source;
	x->set_ms = alerts_now(a);
	x->now.armed = true;
	return x;
}

int alerts_set(struct alerts *a, const struct alert_ask *ask,
	       const struct alert **out, struct err *err)
{
	char subject[ALERT_SUBJECT];
	int64_t n;

	must(a != NULL && ask != NULL && out != NULL && ask->source != NULL);
	int rc = check(a, ask, subject, err);

	if (rc == 0)
		rc = a->env.store->ops->ready(a->env.store);
	if (rc != 0)
		return rc;
	struct alert *old = same(a, ask, subject, &n);

	if (old == NULL && n >= a->env.cfg->alerts_each)
		return err_set(err, -ENOSPC, "one person may have %lld alerts",
			       (long long)a->env.cfg->alerts_each);
	if (old == NULL && map_len(a->all) >= (size_t)a->env.cfg->alerts_max)
		return err_set(err, -ENOSPC, "there are too many alerts");
	if (old != NULL)
		end(a, old);
	struct alert *x = make(a, ask, subject);

	alert_index(a, x);
	alert_keep(a, x, NULL);
	*out = x;
	return 0;
}

int alerts_remove(struct alerts *a, struct str tenant, uint64_t id)
{
	must(a != NULL);
	struct alert *x = alert_at(a, tenant, id);

	if (x == NULL)
		return -ENOENT;
	end(a, x);
	return 0;
}

void alerts_erase(struct alerts *a, struct str tenant, struct str address)
{
	must(a != NULL);
	for (struct alert *x = alert_newest(a, tenant, address); x != NULL;
	     x = x->older)
		if (is_theirs(x, tenant) && str_eqz(address, x->address))
			end(a, x);
}

/* ---- to judge one ---------------------------------------------------------------- */

enum alert_judged alert_judge(const struct alerts *a, const struct alert *x,
			      struct alert_amount value)
{
	must(a != NULL && x != NULL);
	if (x->until_ms != 0 && x->until_ms <= alerts_now(a))
		return ALERT_OVER;
	if (!alert_crossed(x, value))
		return x->now.armed ? ALERT_STAYS : ALERT_BACK;
	return x->now.armed ? ALERT_FIRES : ALERT_STAYS;
}

void alerts_step(struct alerts *a, uint64_t id, enum alert_judged how,
		 int64_t value)
{
	must(a != NULL);
	struct alert *x = alert_at(a, STR_NONE, id);

	if (x == NULL || how == ALERT_STAYS)
		return;
	struct alert_now before = x->now;

	x->now.armed = how == ALERT_BACK;
	x->now.over = how == ALERT_OVER || (how == ALERT_FIRES && x->once);
	if (how == ALERT_FIRES) {
		x->now.fired_ms = alerts_now(a);
		x->now.fired_value = value;
	}
	alert_keep(a, x, &before);
}

/* ---- open and close -------------------------------------------------------------- */

int alerts_open(struct alerts **out, const struct alerts_env *env,
		struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	AUTO(alerts_close) struct alerts *a = mem_new(struct alerts);

	a->env = *env;
	a->all = map_new();
	a->people = map_new();
	a->groups = map_new();
	id_source_init(&a->ids, env->node);
	int rc = alerts_recover(a, err);

	if (rc != 0)
		return rc;
	*out = TAKE(a);
	return 0;
}

void alerts_close(struct alerts **ap)
{
	struct alerts *a = TAKE(*ap);

	if (a == NULL)
		return;
	alerts_free_all(a);
	mem_free(a);
}
