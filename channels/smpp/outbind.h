/* Where an SMSC comes by itself: it connects, says outbind, and the connection
 * becomes a bind of ours. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "channels/smpp/channel.h"
#include "channels/smpp/meter.h"
#include "channels/smpp/wire.h"

struct smpp_outbind;

struct smpp_outbind_env {
	struct loop *loop;
	const char *link;           /* borrowed */
	const struct smpp_cfg *cfg; /* borrowed */
	struct smpp_meter *meter;
	/* An SMSC that gave the right words. true: the wire is the callee's.
	 * false: nobody waits for it; it is closed. */
	bool (*take)(void *by, struct smpp_wire *w);
	void *by;
};

MUST_USE int smpp_outbind_open(struct smpp_outbind **out,
			       const struct smpp_outbind_env *env,
			       struct err *err);
/* Hangs up on whoever has not said outbind yet. NULL is fine. */
void smpp_outbind_close(struct smpp_outbind **op);
int smpp_outbind_port(const struct smpp_outbind *o);
