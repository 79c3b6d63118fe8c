/*
 * The contract of a channel: one way to reach a person.
 *
 * A new channel is one folder under channels/, one row in daemon/registry.c,
 * and tests/contract/channel_test.c green. Copy channels/fake.
 *
 * Everything happens on the loop thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "base/settings.h"
#include "model/inbound.h"
#include "model/message.h"
#include "model/outcome.h"
#include "model/receipt.h"
#include "model/record.h"

struct channel; /* an implementation's own object: one link */

enum channel_state {
	CHANNEL_DOWN,    /* nothing can be sent */
	CHANNEL_UP,      /* ready */
	CHANNEL_STOPPED, /* will not come up by itself: credentials, closed */
};

/*
 * What a channel calls upward. `owner` is env->owner.
 * MUST be called from the loop, MAY NOT be called from inside send, notify,
 * hold, answer or close (except `ended` from close, see there).
 */
struct channel_events {
	/* The link went up or down, or its window changed. `window` = sends
	 * that may be unanswered at once while UP. why: one short code. */
	void (*state)(void *owner, enum channel_state s, unsigned window,
		      const char *why);
	/* The one answer to an accepted send or notify. */
	void (*ended)(void *owner, uint64_t attempt, const struct outcome *o);
	/*
	 * A receipt or an inbound message. `ticket` names it for the answer:
	 * the gateway calls ops->answer(c, ticket, rc) exactly once, later,
	 * after its commit (rc 0), or when it cannot keep it (-ENOSPC: let
	 * the peer try again). Until then the peer MUST NOT be acknowledged.
	 */
	void (*receipt)(void *owner, const struct receipt *r, uint64_t ticket);
	void (*inbound)(void *owner, const struct inbound *in, uint64_t ticket);
	/*
	 * The one answer to an accepted query. r: what the peer says now, with
	 * peer_id as it was asked for; borrowed for the call. NULL: it does
	 * not know, will not say, or did not answer. May be NULL where query
	 * is never called.
	 */
	void (*answered)(void *owner, uint64_t token, const struct receipt *r);
};

/* Given to open; outlives the channel, except name and cfg (copy them). */
struct channel_env {
	struct loop *loop;
	const struct clock_ops *clock;
	const char *name; /* of the link: "carrier-a" */
	const void *cfg;  /* the section's struct, as ops->settings says */
	const struct channel_events *events;
	void *owner;
};

struct channel_ops {
	/* The section name in the configuration: "smpp". */
	const char *name;
	/* The kind of address it reaches, as in message.channel: "sms". */
	const char *kind;
	/* The typed table of its section. */
	const struct setting_section *settings;
	/* Checks what a table cannot (values that must fit together).
	 * Appends faults. May be NULL. Opens nothing. */
	void (*check)(const char *name, const void *cfg, struct faults *faults);
	/*
	 * Makes the link and starts to dial. Returns at once; `state` follows.
	 * Fails only for what a retry cannot mend.
	 */
	MUST_USE int (*open)(struct channel **out,
			     const struct channel_env *env, struct err *err);
	/*
	 * Hands over one message. Never blocks; copies what it keeps. 0: it
	 * is accepted and exactly one `ended` with this attempt follows, in
	 * any order, also on close. -EAGAIN: not now (down, window full), no
	 * `ended` follows, `parts_done` (of an earlier attempt on this link)
	 * are skipped.
	 */
	MUST_USE int (*send)(struct channel *c, uint64_t attempt,
			     const struct message *m, uint32_t parts_done);
	/* The same for a notice; NULL when the channel cannot carry one. */
	MUST_USE int (*notify)(struct channel *c, uint64_t attempt,
			       const struct notice *n);
	/*
	 * Asks the peer what became of a message, or part, that it took as
	 * peer_id (as the outcome has it) from the sender `from` (as in the
	 * message). NULL: the channel has no such question. 0: exactly one
	 * `answered` with this token follows, also on close. -EAGAIN: not now
	 * (down, window full); -EINVAL: nobody can be asked about this id.
	 */
	MUST_USE int (*query)(struct channel *c, uint64_t token,
			      struct str peer_id, struct str from);
	/* The answer to a receipt or inbound, see channel_events. A ticket
	 * whose connection is gone is ignored. */
	void (*answer)(struct channel *c, uint64_t ticket, int rc);
	/* held: take no new work from the peer (stop reading inbound) because
	 * we cannot store; false: go on. Keep-alives go on meanwhile. */
	void (*hold)(struct channel *c, bool held);
	/* From now on so many sends of one connection may be unanswered; `state`
	 * follows. NULL: only a new opening can change that. */
	void (*window)(struct channel *c, unsigned window);
	/* Drops the connection and dials again at once (operator). */
	void (*rebind)(struct channel *c);
	/*
	 * Stops: no new sends; drains what is unanswered for up to drain_ms
	 * (unbind, DISCONNECT), then calls `ended` for whatever is left with
	 * OUTCOME_UNKNOWN (bytes left) or RETRY (none did), then calls
	 * done(owner) once, and frees itself. Events may come until then.
	 */
	void (*close)(struct channel **cp, uint64_t drain_ms,
		      void (*done)(void *owner), void *owner);
};
