/* A channel that reaches nobody. Copy this folder to begin a new one: keep
 * the shape of this file, put your protocol where far.c is. */
#include "channels/fake/fake.h"

#include <errno.h>

#include "base/mem.h"
#include "channels/fake/fake_impl.h"

/* Nothing is left to wait for: the last words, and then we are gone. */
static void fake_free(struct channel *c)
{
	void (*done)(void *owner) = c->done;
	void *owner = c->done_owner;

	far_done(c);
	loop_timer_free(&c->turn);
	mem_free(c->name);
	mem_free(c->kind);
	c->magic = 0;
	mem_free(c);
	done(owner);
}

/*
 * A timer of 0 ms is how anything gets said upward that was decided inside a
 * call of the gateway's: events never come from inside send or close.
 */
static void fake_turn(void *owner)
{
	struct channel *c = fake_of(owner);

	if (c->closing) {
		fake_free(c);
		return;
	}
	c->state = c->there ? CHANNEL_UP : CHANNEL_DOWN;
	c->env.events->state(c->env.owner, c->state, (unsigned)c->cfg.window,
			     c->there ? "up" : "far_side");
}

/* Copies what it keeps: name and cfg are only lent. A real channel begins to
 * dial here; it fails only for what a retry cannot mend. */
static int fake_open(struct channel **out, const struct channel_env *env,
		     struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);

	const struct fake_cfg *cfg = env->cfg;
	if (cfg->window < 1)
		return err_set(err, -EINVAL, "window is below 1");
	struct channel *c = mem_new(struct channel);
	c->magic = FAKE_MAGIC;
	c->env = *env;
	c->env.name = NULL;
	c->env.cfg = NULL;
	c->cfg = *cfg;
	c->cfg.kind = NULL;
	c->name = str_dup(env->name);
	c->kind = str_dup(cfg->kind);
	c->class = (enum outcome_class)cfg->outcome;
	c->reason = "fake";
	c->told = map_new();
	list_init(&c->jobs);
	c->turn = loop_timer_new(env->loop, fake_turn, c);
	fake_far_side(c, true);
	*out = c;
	return 0;
}

/* 0 is a promise: exactly one `ended` follows. */
static int fake_take(struct channel *c, uint64_t attempt, uint64_t id,
		     unsigned parts, uint32_t parts_done)
{
	if (c->closing || c->state != CHANNEL_UP ||
	    c->unanswered >= (uint64_t)c->cfg.window)
		return -EAGAIN;
	struct far_job *j = far_job(c, FAR_END, c->cfg.delay_ms);
	j->attempt = attempt;
	j->id = id;
	j->parts = MIN(MAX(parts, 1u), (unsigned)OUTCOME_PARTS_MAX);
	j->done = parts_done;
	c->unanswered++;
	return 0;
}

static int fake_send(struct channel *c, uint64_t attempt,
		     const struct message *m, uint32_t parts_done)
{
	must(m != NULL);
	return fake_take(fake_of(c), attempt, m->id, m->parts, parts_done);
}

static int fake_notify(struct channel *c, uint64_t attempt,
		       const struct notice *n)
{
	must(n != NULL);
	return fake_take(fake_of(c), attempt, n->id, 1, 0);
}

/* Only here may a real channel acknowledge its peer. */
static void fake_answer(struct channel *c, uint64_t ticket, int rc)
{
	far_answered(fake_of(c), ticket, rc);
}

static void fake_hold(struct channel *c, bool held)
{
	fake_of(c)->held = held;
}

static void fake_rebind(struct channel *c)
{
	fake_far_side(c, true);
}

static void fake_close(struct channel **cp, uint64_t drain_ms,
		       void (*done)(void *owner), void *owner)
{
	must(cp != NULL && done != NULL);

	struct channel *c = fake_of(*cp);
	*cp = NULL;
	c->closing = true;
	c->done = done;
	c->done_owner = owner;
	loop_timer_set(c->turn, c->unanswered == 0 ? 0 : drain_ms);
}

const struct channel_ops fake_channel_ops = {
	.name = "fake",
	.kind = "sms",
	.settings = &fake_settings,
	.open = fake_open,
	.send = fake_send,
	.notify = fake_notify,
	.answer = fake_answer,
	.hold = fake_hold,
	.rebind = fake_rebind,
	.close = fake_close,
};
