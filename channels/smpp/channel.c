/* The SMPP channel: the contract's entries, and the order of the end. */
#include "channels/smpp/channel.h"

#include <errno.h>

#include "base/log.h"
#include "base/mem.h"
#include "channels/smpp/binds.h"
#include "channels/smpp/deliver.h"
#include "channels/smpp/meter.h"
#include "channels/smpp/outbind.h"
#include "channels/smpp/settings.h"

#define CHANNEL_MAGIC 0x736d7070u

enum ending {
	ENDING_NOT,
	ENDING_ASKED,   /* close was called; the turn begins with it */
	ENDING_ANSWERS, /* waits for the gateway's answers */
	ENDING_BINDS,   /* waits for the peer's, and for the unbinds */
	ENDING_NOW,
};

struct channel {
	uint32_t magic;
	struct loop *loop;
	const struct clock_ops *clock;
	char *name;
	struct smpp_cfg cfg;
	struct smpp_meter meter;
	struct smpp_binds *binds;
	struct smpp_deliver *deliver;
	struct smpp_outbind *outbind; /* NULL: the link dials */
	struct loop_timer *turn;
	struct loop_timer *deadline;
	bool rebind;
	bool window; /* cfg.window has changed */

	enum ending ending;
	uint64_t end_ms; /* when close is over, whatever is left */
	void (*done)(void *owner);
	void *done_owner;
};

static struct channel *of(void *owner)
{
	return MAGIC_CAST(struct channel, CHANNEL_MAGIC, owner);
}

static void turn_soon(void *owner)
{
	loop_timer_set(of(owner)->turn, 0);
}

/* ---- between binds and deliver -------------------------------------------- */

static void on_deliver(void *by, uint64_t generation,
		       const struct smpp_pdu *pdu)
{
	smpp_deliver_take(of(by)->deliver, generation, pdu);
}

static void on_changed(void *by)
{
	struct channel *c = of(by);

	smpp_deliver_again(c->deliver);
	if (c->ending == ENDING_BINDS)
		turn_soon(c);
}

static bool on_outbind(void *by, struct smpp_wire *w)
{
	return smpp_binds_outbound(of(by)->binds, w);
}

static void respond(void *by, uint64_t generation, uint32_t command,
		    uint32_t status, uint32_t seq)
{
	smpp_binds_respond(of(by)->binds, generation, command, status, seq);
}

/* ---- the entries ---------------------------------------------------------- */

static int channel_send(struct channel *cp, uint64_t attempt,
			const struct message *m, uint32_t parts_done)
{
	struct channel *c = of(cp);

	if (c->ending != ENDING_NOT)
		return -EAGAIN;
	return smpp_binds_send(c->binds, attempt, m, parts_done);
}

static int channel_query(struct channel *cp, uint64_t token, struct str peer_id,
			 struct str from)
{
	struct channel *c = of(cp);

	if (c->ending != ENDING_NOT)
		return -EAGAIN;
	return smpp_binds_query(c->binds, token, peer_id, from);
}

static void channel_answer(struct channel *cp, uint64_t ticket, int rc)
{
	struct channel *c = of(cp);

	smpp_deliver_answer(c->deliver, ticket, rc);
	if (c->ending == ENDING_ANSWERS)
		turn_soon(c);
}

static void channel_hold(struct channel *cp, bool held)
{
	smpp_deliver_hold(of(cp)->deliver, held);
}

static void channel_window(struct channel *cp, unsigned window)
{
	must(window > 0);
	of(cp)->cfg.window = window;
	of(cp)->window = true;
	turn_soon(cp);
}

static void channel_rebind(struct channel *cp)
{
	of(cp)->rebind = true;
	turn_soon(cp);
}

/* ---- the end -------------------------------------------------------------- */

static void channel_free(struct channel *c)
{
	smpp_outbind_close(&c->outbind);
	smpp_deliver_free(&c->deliver);
	smpp_binds_free(&c->binds);
	recorder_close(&c->meter.recorder);
	smpp_cfg_done(&c->cfg);
	loop_timer_free(&c->turn);
	loop_timer_free(&c->deadline);
	mem_free(c->name);
	c->magic = 0;
	mem_free(c);
}

static void finish(struct channel *c)
{
	void (*done)(void *owner) = c->done;
	void *owner = c->done_owner;

	smpp_binds_give_up(c->binds);
	log_info("smpp.closed", KV_S("link", c->name));
	channel_free(c);
	done(owner);
}

/* The peers get three quarters of what is left for their answers, and the
 * rest for the unbind. */
static void drain_binds(struct channel *c)
{
	uint64_t now = clock_mono_ms(c->clock);
	uint64_t left = c->end_ms > now ? c->end_ms - now : 0;

	c->ending = ENDING_BINDS;
	smpp_binds_drain(c->binds, left * 3 / 4);
}

/* One step of the end; true: the channel is gone. */
static bool end_step(struct channel *c)
{
	if (c->ending == ENDING_ASKED) {
		c->ending = ENDING_ANSWERS;
		smpp_outbind_close(&c->outbind);
		smpp_binds_shut(c->binds);
		smpp_deliver_finish(c->deliver);
	}
	if (c->ending == ENDING_ANSWERS &&
	    smpp_deliver_waiting(c->deliver) == 0)
		drain_binds(c);
	if (c->ending == ENDING_NOW ||
	    (c->ending == ENDING_BINDS && smpp_binds_idle(c->binds))) {
		finish(c);
		return true;
	}
	return false;
}

/* What was decided inside a call of the gateway's is done here. */
static void channel_turn(void *owner)
{
	struct channel *c = of(owner);

	smpp_binds_turn(c->binds);
	if (end_step(c))
		return;
	if (c->window)
		smpp_binds_window(c->binds);
	if (c->rebind)
		smpp_binds_rebind(c->binds);
	c->window = c->rebind = false;
}

static void channel_deadline(void *owner)
{
	struct channel *c = of(owner);

	if (c->ending == ENDING_ASKED) /* before the turn: nothing was said */
		smpp_binds_shut(c->binds);
	c->ending = ENDING_NOW;
	(void)end_step(c);
}

static void channel_close(struct channel **cp, uint64_t drain_ms,
			  void (*done)(void *owner), void *owner)
{
	must(cp != NULL && done != NULL);
	struct channel *c = of(*cp);

	*cp = NULL;
	must(c->ending == ENDING_NOT);
	c->ending = ENDING_ASKED;
	c->done = done;
	c->done_owner = owner;
	c->end_ms = clock_mono_ms(c->clock) + drain_ms;
	turn_soon(c);
	loop_timer_set(c->deadline, drain_ms);
}

/* ---- the beginning -------------------------------------------------------- */

static int check(const struct channel_env *env, struct err *err)
{
	struct faults faults = { NULL, 0 };
	int rc = 0;

	smpp_cfg_check(env->name, env->cfg, &faults);
	if (faults.len > 0)
		rc = err_set(err, -EINVAL, "%s", faults.v[0]);
	faults_done(&faults);
	return rc;
}

static int open_outbind(struct channel *c, struct err *err)
{
	if (!smpp_cfg_outbound(&c->cfg))
		return 0;
	return smpp_outbind_open(&c->outbind,
				 &(struct smpp_outbind_env){ .loop = c->loop,
							     .link = c->name,
							     .cfg = &c->cfg,
							     .meter = &c->meter,
							     .take = on_outbind,
							     .by = c },
				 err);
}

static int channel_open(struct channel **out, const struct channel_env *env,
			struct err *err)
{
	must(out != NULL && env != NULL && env->cfg != NULL);
	must(env->loop != NULL && env->clock != NULL && env->events != NULL);
	int rc = check(env, err);
	if (rc != 0)
		return rc;

	const struct smpp_cfg *cfg = env->cfg;
	struct channel *c = mem_new(struct channel);
	c->magic = CHANNEL_MAGIC;
	c->loop = env->loop;
	c->clock = env->clock;
	c->name = str_dup(env->name);
	smpp_cfg_copy(&c->cfg, cfg);
	smpp_meter_init(&c->meter, c->name, c->clock);
	c->meter.recorder = recorder_open(c->name, c->clock, &c->cfg.record);
	rc = open_outbind(c, err);
	if (rc != 0) {
		channel_free(c);
		return rc;
	}
	c->turn = loop_timer_new(c->loop, channel_turn, c);
	c->deadline = loop_timer_new(c->loop, channel_deadline, c);
	c->deliver = smpp_deliver_new(
		&(struct smpp_deliver_env){ .loop = c->loop,
					    .clock = c->clock,
					    .link = c->name,
					    .cfg = &c->cfg,
					    .meter = &c->meter,
					    .events = env->events,
					    .owner = env->owner,
					    .respond = respond,
					    .by = c });
	c->binds =
		smpp_binds_new(&(struct smpp_binds_env){ .loop = c->loop,
							 .clock = c->clock,
							 .link = c->name,
							 .cfg = &c->cfg,
							 .status = &cfg->status,
							 .meter = &c->meter,
							 .events = env->events,
							 .owner = env->owner,
							 .deliver = on_deliver,
							 .changed = on_changed,
							 .later = turn_soon,
							 .by = c });
	*out = c;
	return 0;
}

const struct channel_ops smpp_channel_ops = {
	.name = "smpp",
	.kind = "sms",
	.settings = &smpp_settings,
	.check = smpp_cfg_check,
	.open = channel_open,
	.send = channel_send,
	.notify = NULL,
	.query = channel_query,
	.answer = channel_answer,
	.hold = channel_hold,
	.window = channel_window,
	.rebind = channel_rebind,
	.close = channel_close,
};
