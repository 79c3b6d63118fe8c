/* The gateway as one object: opens its rooms in order, closes them, and runs
 * their end of turn. */
#include "gateway/gateway_impl.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "gateway/answers.h"
#include "gateway/codes.h"
#include "gateway/counts.h"
#include "gateway/dispatch.h"
#include "gateway/intake.h"
#include "gateway/ledger.h"
#include "gateway/publish.h"
#include "gateway/questions.h"
#include "gateway/receipts.h"
#include "gateway/recover.h"
#include "gateway/routes.h"
#include "gateway/rules.h"
#include "gateway/subscriptions.h"
#include "gateway/suspects.h"
#include "gateway/sweep.h"
#include "gateway/threads.h"
#include "gateway/waiting.h"
#include "proto/wordset.h"

#define TICK_MS 1000

static void on_wake(void *owner)
{
	struct gateway *g = owner;

	loop_again(g->core.loop);
}

/* While the store cannot keep what peers say, they are not read. */
static void follow_store(struct gateway *g)
{
	bool storing = g->core.store->ops->ready(g->core.store) == 0;

	if (storing == g->storing)
		return;
	g->storing = storing;
	log_warn(storing ? "store.resumed" : "store.full",
		 KV_U("live", map_len(g->core.lives.map)));
	for (unsigned i = 0; i < g->lanes.len; i++) {
		struct lane *l = g->lanes.v[i];

		if (l->channel != NULL)
			l->ops->hold(l->channel, !storing);
	}
}

static void on_turn(void *owner)
{
	struct gateway *g = owner;
	struct core *core = &g->core;
	uint64_t now_us = core_now_us(core), wake_us;

	sweep_turn(core->sweep);
	dispatch_turn(core);
	intake_turn(core->intake);
	publish_turn(core->publish);
	follow_store(g);
	wake_us = router_wake_us(core->router, now_us);
	if (wake_us != UINT64_MAX)
		loop_timer_set(g->wake, wake_us > now_us ? (wake_us - now_us +
							    999) / 1000
							 : 1);
}

static void show_stats(struct gateway *g)
{
	for (unsigned i = 0; i < MESSAGE_DELIVERED; i++) {
		if (g->s_live[i] != NULL)
			stat_set(g->s_live[i],
				 (int64_t)g->core.lives.in_state[i]);
	}
	stat_set(g->s_owed, (int64_t)publish_owed(g->core.publish, -1));
	stat_set(g->s_strays, (int64_t)receipts_strays(g->core.receipts));
	stat_set(g->s_bytes, (int64_t)g->core.lives.bytes);
}

static void on_tick(void *owner)
{
	struct gateway *g = owner;

	for (unsigned i = 0; i < g->lanes.len; i++)
		lane_tick(g->lanes.v[i]);
	uptime_tick(g->uptime);
	sweep_tick(g->core.sweep);
	receipts_tick(g->core.receipts);
	codes_tick(g->core.codes);
	idempotency_tick(g->keys);
	counts_tick(&g->core);
	hear_tick(g->hear);
	ledger_tick(g->core.ledger);
	suspects_tick(g->core.suspects);
	show_stats(g);
	loop_timer_set(g->tick, TICK_MS);
}

static void make_stats(struct gateway *g)
{
	for (unsigned i = 0; i < MESSAGE_DELIVERED; i++) {
		const char *name = message_state_name((enum message_state)i);
		char label[48];

		if (name == NULL)
			continue;
		snprintf(label, sizeof(label), "state=\"%s\"", name);
		g->s_live[i] = stats_get(STAT_GAUGE, "messages_live",
					 "Messages that are not final.", label);
	}
	g->s_owed = stats_get(STAT_GAUGE, "notices_owed",
			      "Events that endpoints have not taken.", NULL);
	g->s_strays = stats_get(STAT_GAUGE, "receipts_unmatched",
				"Receipts that match no message.", NULL);
	g->s_bytes = stats_get(STAT_GAUGE, "messages_live_bytes",
			       "Memory of live messages.", NULL);
}

static const struct gateway_cfg *cfg_of(const struct settings *s)
{
	const struct section *sec = settings_find(s, "gateway", NULL);

	return sec == NULL ? NULL : sec->value;
}

static void make_rooms(struct gateway *g)
{
	struct core *core = &g->core;
	struct router_limits limits = {
		.targets = LANES_MAX,
		.pools = 256,
		.rules = 1024,
		.skills = 64,
		.age_boost_ms = (uint64_t)core->cfg->age_boost,
	};

	core->router = router_new(&limits);
	core->facts = facts_new();
	core->permit = (struct permit_cfg){ .classes = core->classes,
					    .facts = core->facts,
					    .places = core->places,
					    .groups = core->groups,
					    .demo = g->env.demo };
	core->lanes = &g->lanes;
	buf_init(&core->scratch, BUF_NO_LIMIT);
	lives_init(&core->lives, core->classes, (size_t)core->cfg->queue_max);
	id_source_init(&core->ids, g->env.node);
	core->publish = publish_new(core);
	core->receipts = receipts_new(core);
	core->questions = questions_new(core);
	core->waiting = waiting_new(core);
	core->threads = threads_new(core);
	core->answers = answers_new();
	core->codes = codes_new(core);
	core->ledger = ledger_new(core);
	core->suspects = suspects_new(core);
	core->subscriptions = subscriptions_new(core);
	core->sweep = sweep_new(core);
	g->keys = idempotency_new(core);
	core->intake = intake_new(core, g->keys);
	g->people = people_new(core);
	g->hear = hear_new(core);
	g->uptime = uptime_new(core);
	make_stats(g);
}

static int open_rooms(struct gateway *g, struct err *err)
{
	struct recovery r = { .core = &g->core };
	int rc;

	make_rooms(g);
	r.keys = g->keys;
	r.people = g->people;
	r.hear = g->hear;
	rc = recover_people(&r, err);
	if (rc == 0)
		rc = links_each(g, false, err);
	if (rc != 0)
		return rc;
	routes_load(&g->core, g->env.settings, &g->lanes);
	return recover_messages(&r, err);
}

static void on_abandoned(void *owner)
{
	*(bool *)owner = true;
}

/* It opened half way: the links that are there close first. */
static void abandon(struct gateway *g)
{
	struct loop *loop = g->core.loop;
	bool closed = false;

	gateway_close(&g, on_abandoned, &closed);
	while (!closed)
		loop_turn(loop, true);
}

int gateway_open(struct gateway **out, const struct gateway_env *env,
		 struct err *err)
{
	struct faults faults = { 0 };
	struct gateway *g;
	int rc;

	must(out != NULL && env != NULL && env->store != NULL);
	g = mem_new(struct gateway);
	g->env = *env;
	g->core.loop = env->loop;
	g->core.clock = env->clock;
	g->core.listener = env->listener;
	g->core.store = env->store;
	g->core.cfg = cfg_of(env->settings);
	must(g->core.cfg != NULL);
	must(classes_new(&g->core.classes, env->settings, &faults) == 0);
	must(groups_new(&g->core.groups, env->settings, &faults) == 0);
	must(rules_load(&g->core, env->settings, &faults) == 0);
	faults_done(&faults);
	g->storing = true;
	rc = open_rooms(g, err);
	if (rc == 0) {
		g->hook = loop_at_end_of_turn(env->loop, on_turn, g);
		g->wake = loop_timer_new(env->loop, on_wake, g);
		g->tick = loop_timer_new(env->loop, on_tick, g);
		loop_timer_set(g->tick, TICK_MS);
		rc = links_each(g, true, err);
	}
	if (rc != 0) {
		abandon(g);
		return rc;
	}
	*out = g;
	return 0;
}

/* A channel knows no lines: its faults are at its section's. */
unsigned gateway_channels(const struct gateway *g, const char **names)
{
	must(g != NULL);
	return gateway_channel_names(g->env.settings, g->env.channels,
				     g->env.nchannels, names,
				     CHANNEL_NAMES_MAX);
}

static void put_line(struct faults *f, size_t from, unsigned line)
{
	for (size_t i = from; i < f->len; i++) {
		struct buf b = { 0 };

		buf_init(&b, BUF_NO_LIMIT);
		buf_f(&b, "line %u: %s", line, f->v[i]);
		mem_free(f->v[i]);
		f->v[i] = buf_take(&b);
		buf_done(&b);
	}
}

static void check_words(const struct settings *s, struct faults *faults)
{
	const struct section *sec = settings_find(s, "gateway", NULL);
	const struct gateway_cfg *cfg = sec == NULL ? NULL : sec->value;
	struct wordset *words = wordset_new();

	for (size_t i = 0; cfg != NULL && i < cfg->blocked_words.len; i++) {
		size_t before = faults->len;
		struct err err = { "" };

		if (wordset_add(words, str_of(cfg->blocked_words.v[i]), &err) !=
		    0)
			faults_add(faults, "blocked_words: %s", err.text);
		put_line(faults, before, sec->line);
	}
	wordset_free(&words);
}

void gateway_check_settings(const struct settings *s,
			    const struct channel_ops *const *channels,
			    size_t nchannels, struct faults *faults)
{
	must(s != NULL && faults != NULL);
	rules_check(s, faults);
	check_words(s, faults);
	routes_check(s, channels, nchannels, faults);
	for (size_t i = 0; i < nchannels; i++) {
		const struct section *sec;
		size_t at = 0;

		while ((sec = settings_next(s, channels[i]->name, &at)) !=
		       NULL) {
			size_t before = faults->len;

			if (channels[i]->check != NULL)
				channels[i]->check(sec->title, sec->value,
						   faults);
			put_line(faults, before, sec->line);
		}
	}
}
