/* The links: channels opened, their events wired to the rooms, and what an
 * operator sees and does with them. */
#include "gateway/gateway_impl.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/lane_rows.h"
#include "gateway/outcomes.h"
#include "gateway/publish.h"
#include "proto/json.h"

static void on_state(void *owner, enum channel_state s, unsigned window,
		     const char *why)
{
	struct lane *l = owner;
	struct gateway *g = l->home;
	bool was_up = l->state == CHANNEL_UP;
	struct buf data = { 0 };

	lane_state(l, s, window, why);
	if (l->endpoint >= 0)
		publish_window(g->core.publish, l->endpoint, l->window);
	if (was_up == (s == CHANNEL_UP))
		return;
	buf_init(&data, 1024);
	buf_c(&data, '{');
	json_kz(&data, "link", l->name);
	json_kz(&data, "why", why);
	buf_c(&data, '}');
	publish_event(g->core.publish, str_of(g->core.cfg->tenant),
		      was_up ? "link.down" : "link.up", STR_NONE,
		      buf_str(&data), buf_str(&data));
	buf_done(&data);
}

static void on_ended(void *owner, uint64_t attempt, const struct outcome *o)
{
	struct lane *l = owner;
	struct gateway *g = l->home;

	if ((attempt & PUBLISH_ATTEMPT) != 0)
		publish_ended(g->core.publish, attempt, o);
	else
		outcomes_ended(&g->core, l, attempt, o);
}

/* The peer's answer waits for the commit. */
struct ticket {
	struct lane *lane;
	uint64_t ticket;
};

static void answer(struct lane *l, uint64_t ticket, int rc)
{
	if (l->channel != NULL)
		l->ops->answer(l->channel, ticket, rc == -EEXIST ? 0 : rc);
}

static void on_receipt_stored(void *owner, int rc)
{
	struct ticket *t = owner;

	answer(t->lane, t->ticket, rc);
	mem_free(t);
}

static void on_receipt(void *owner, const struct receipt *r, uint64_t ticket)
{
	struct lane *l = owner;
	struct gateway *g = l->home;
	struct ticket *t;
	int rc = g->core.store->ops->ready(g->core.store);

	if (rc == 0)
		rc = outcomes_receipt(&g->core, l, r);
	if (rc == -EBADMSG) /* no id: said once in the log, and taken */
		rc = 0;
	if (rc != 0) {
		answer(l, ticket, rc);
		return;
	}
	t = mem_new(struct ticket);
	*t = (struct ticket){ l, ticket };
	store_then(g->core.store, on_receipt_stored, t);
}

static void on_heard(void *owner, uint64_t ticket, int rc)
{
	answer(owner, ticket, rc);
}

static void on_inbound(void *owner, const struct inbound *in, uint64_t ticket)
{
	struct lane *l = owner;
	struct gateway *g = l->home;
	struct inbound own = *in;

	l->inbound++;
	stat_add(l->s_inbound, 1);
	if (own.at_ms == 0)
		own.at_ms = core_wall_ms(&g->core);
	own.channel = str_of(l->ops->kind);
	hear_inbound(g->hear, l, &own, on_heard, l, ticket);
}

static void on_answered(void *owner, uint64_t token, const struct receipt *r)
{
	struct lane *l = owner;
	struct gateway *g = l->home;

	outcomes_answered(&g->core, l, token, r);
}

static const struct channel_events events = {
	.state = on_state,
	.ended = on_ended,
	.receipt = on_receipt,
	.inbound = on_inbound,
	.answered = on_answered,
};

static int link_notify(void *owner, uint64_t attempt, const struct notice *n)
{
	struct lane *l = owner;

	/* Closed already: what is owed goes out after the next start. */
	if (l->channel == NULL)
		return -EAGAIN;
	return l->ops->notify(l->channel, attempt, n);
}

/* A link that asks for events is an endpoint too. */
static void make_endpoint(struct gateway *g, struct lane *l,
			  const struct section *s)
{
	const struct setting *events_row = lane_row(s, "events", SETTING_LIST);
	const struct setting *see = lane_row(s, "see_numbers", SETTING_BOOL);
	const struct setting *tenant = lane_row(s, "tenant", SETTING_STR);
	const char *value = s->value;
	const struct setting_list *list;
	struct publish_endpoint_cfg c = { .name = l->name, .tenant = "" };

	if (l->ops->notify == NULL || events_row == NULL)
		return;
	list = (const struct setting_list *)(value + events_row->offset);
	if (list->len == 0)
		return;
	c.events = (const char *const *)list->v;
	c.nevents = list->len;
	c.see_numbers = see != NULL && *(const bool *)(value + see->offset);
	if (tenant != NULL)
		c.tenant = *(char *const *)(value + tenant->offset);
	c.notify = link_notify;
	c.owner = l;
	if (l->endpoint >= 0)
		publish_change(g->core.publish, l->endpoint, &c);
	else
		l->endpoint = publish_endpoint(g->core.publish, &c);
}

static int make(struct gateway *g, const struct channel_ops *ops,
		const struct section *s, struct lane **out, struct err *err)
{
	int rc = lane_add(&g->lanes, &g->core, ops, s, out, err);

	if (rc != 0)
		return rc;
	(*out)->home = g;
	make_endpoint(g, *out, s);
	return 0;
}

static int start(struct gateway *g, struct lane *l, const struct section *s,
		 struct err *err)
{
	int rc = lane_start(l, s->value, &events, err);

	if (rc == 0 && g->opened != NULL)
		g->opened(g->opened_owner, (unsigned)l->index);
	return rc;
}

int links_each(struct gateway *g, bool starting, struct err *err)
{
	unsigned n = 0;

	for (size_t i = 0; i < g->env.nchannels; i++) {
		const struct channel_ops *ops = g->env.channels[i];
		const struct section *s;
		struct lane *l;
		size_t at = 0;
		int rc;

		while ((s = settings_next(g->env.settings, ops->name, &at)) !=
		       NULL) {
			rc = starting ? start(g, g->lanes.v[n++], s, err)
				      : make(g, ops, s, &l, err);
			if (rc != 0)
				return rc;
		}
	}
	return 0;
}

/* It has drained: open it anew, if the file says so. */
static void on_drained(void *owner)
{
	struct lane *l = owner;
	struct gateway *g = l->home;
	const struct section *s = TAKE(l->reopen);
	struct err err = { "" };

	l->closing = false;
	if (g->core.stopping)
		gateway_one_closed(g);
	if (s == NULL || g->core.stopping)
		return;
	make_endpoint(g, l, s);
	lane_form(l, s);
	lane_take(l, s);
	if (start(g, l, s, &err) != 0)
		log_error("link.failed", KV_S("link", l->name),
			  KV_S("why", err.text));
}

static void close_lane(struct gateway *g, struct lane *l,
		       const struct section *reopen)
{
	l->reopen = reopen;
	if (l->closing)
		return;
	l->closing = true;
	if (l->endpoint >= 0)
		publish_window(g->core.publish, l->endpoint, 0);
	lane_state(l, CHANNEL_DOWN, 0, reopen == NULL ? "removed" : "changed");
	l->ops->close(&l->channel, (uint64_t)g->core.cfg->drain, on_drained, l);
}

/* A link that was taken away comes back in its old place. */
static struct lane *gone_lane(struct gateway *g, const struct channel_ops *ops,
			      const char *name)
{
	for (unsigned i = 0; i < g->lanes.len; i++) {
		struct lane *l = g->lanes.v[i];

		if (l->gone && l->ops == ops && str_eqz(str_of(name), l->name))
			return l;
	}
	return NULL;
}

static void add_lane(struct gateway *g, const struct channel_ops *ops,
		     const struct section *s, struct faults *faults)
{
	struct lane *l = gone_lane(g, ops, s->title);
	struct err err = { "" };

	if (l != NULL) {
		l->gone = false;
		l->reopen = s;
		if (!l->closing)
			on_drained(l);
		return;
	}
	if (make(g, ops, s, &l, &err) != 0 || start(g, l, s, &err) != 0)
		faults_add(faults, "line %u: %s %s: %s", s->line, ops->name,
			   s->title, err.text);
}

void links_take(struct gateway *g, const struct channel_ops *ops,
		const struct section *s, const struct section *old,
		struct faults *faults)
{
	struct lane *l = lanes_find(&g->lanes, str_of(s->title));
	struct faults frozen = { 0 };

	if (old == NULL || l == NULL) {
		add_lane(g, ops, s, faults);
		return;
	}
	lane_take(l, s);
	IGNORE(settings_differ(s->kind, old->value, s->value, &frozen));
	if (frozen.len > 0) {
		log_info("link.changed", KV_S("link", l->name),
			 KV_S("first", frozen.v[0]));
		close_lane(g, l, s);
	}
	faults_done(&frozen);
}

void links_drop(struct gateway *g, const struct channel_ops *ops,
		const struct settings *fresh)
{
	for (unsigned i = 0; i < g->lanes.len; i++) {
		struct lane *l = g->lanes.v[i];

		if (l->ops != ops || l->gone ||
		    settings_find(fresh, ops->name, l->name) != NULL)
			continue;
		l->gone = true;
		close_lane(g, l, NULL);
	}
}

void gateway_on_link(struct gateway *g, void (*fn)(void *owner, unsigned link),
		     void *owner)
{
	must(g != NULL && fn != NULL);
	g->opened = fn;
	g->opened_owner = owner;
	for (unsigned i = 0; i < g->lanes.len; i++) {
		if (g->lanes.v[i]->channel != NULL)
			fn(owner, i);
	}
}

/* The i-th of those that the present file names. */
static struct lane *nth(struct gateway *g, unsigned i)
{
	for (unsigned k = 0; k < g->lanes.len; k++) {
		if (!g->lanes.v[k]->gone && i-- == 0)
			return g->lanes.v[k];
	}
	return NULL;
}

int gateway_link(struct gateway *g, unsigned i, struct link_view *out)
{
	const struct lane *l;
	struct target_view t;

	must(g != NULL && out != NULL);
	l = nth(g, i);
	if (l == NULL)
		return -ENOENT;
	must(router_target_view(g->core.router, l->target,
				core_now_us(&g->core), &t) == 0);
	*out = (struct link_view){
		.name = l->name,
		.channel = l->ops->name,
		.kind = l->ops->kind,
		.state = l->state,
		.target = target_state_name(t.state),
		.window = t.cap,
		.used = t.used,
		.rate = l->rate,
		.health = t.health,
		.sent = l->sent,
		.accepted = l->accepted,
		.receipts = l->receipts,
		.inbound = l->inbound,
		.throttled = l->throttled,
		.notices = l->endpoint < 0
				   ? 0
				   : publish_owed(g->core.publish, l->endpoint),
		.held = l->held,
	};
	IGNORE(str_copy(out->why, sizeof(out->why), str_of(l->why)));
	return 0;
}

struct channel *gateway_link_channel(struct gateway *g, unsigned i,
				     const struct channel_ops **ops)
{
	must(g != NULL && i < g->lanes.len && ops != NULL);
	*ops = g->lanes.v[i]->ops;
	return g->lanes.v[i]->channel;
}

int gateway_link_find(struct gateway *g, struct str name)
{
	const struct lane *l;

	must(g != NULL);
	for (unsigned i = 0; (l = nth(g, i)) != NULL; i++) {
		if (str_eqz(name, l->name))
			return (int)i;
	}
	return -ENOENT;
}

void gateway_link_hold(struct gateway *g, unsigned i, bool held)
{
	struct lane *l;

	must(g != NULL);
	l = nth(g, i);
	must(l != NULL);
	lane_hold(l, held);
}

int gateway_link_limits(struct gateway *g, unsigned i, int64_t rate,
			int64_t window)
{
	struct lane *l;

	must(g != NULL);
	l = nth(g, i);
	must(l != NULL);
	if (window >= 0 && l->ops->window == NULL)
		return -EPROTO;
	if (rate >= 0)
		lane_rate(l, (double)rate);
	if (window >= 0)
		lane_window(l, window);
	log_info("link.limits", KV_S("link", l->name), KV_U("rate", l->rate),
		 KV_U("window", l->window_cfg));
	return 0;
}

void gateway_link_rebind(struct gateway *g, unsigned i)
{
	struct lane *l;

	must(g != NULL);
	l = nth(g, i);
	must(l != NULL);
	if (l->channel != NULL)
		l->ops->rebind(l->channel);
}
