/*
 * Voice mail: an event of the phone system becomes a case of whoever spoke;
 * one without a case after ten seconds is an alarm.
 */
#pragma once

#include "base/clock.h"
#include "base/loop.h"
#include "base/settings.h"
#include "campaigns/events.h"
#include "care/cases.h"

/* The struct behind `voicemail { ... }`. */
struct voicemail_cfg {
	char *event;    /* type: "call.voicemail" */
	int64_t within; /* ms */
	bool open;      /* we open the case; else somebody else has to */
	char *topic;
	char *owner; /* "": the one of cases */
	int64_t max; /* watched at once */
};

extern const struct setting_section voicemail_section;

struct voicemails;

struct voicemails_env {
	struct loop *loop;
	const struct clock_ops *clock;
	struct gateway *gateway;
	struct store *store;
	struct cases *cases;
	const struct voicemail_cfg *cfg; /* lives as long */
};

/* Reads what came shortly before: before serving only. -EIO. */
MUST_USE int voicemails_open(struct voicemails **out,
			     const struct voicemails_env *env, struct err *err);
void voicemails_stop(struct voicemails *v);    /* before the gateway closes */
void voicemails_close(struct voicemails **vp); /* after the store */
/* Something happened; true: it was voice mail. In the open batch. */
bool voicemails_happened(struct voicemails *v, const struct occurrence *o);
/* Does what is due; its own timer calls it. */
void voicemails_tick(struct voicemails *v);
