/* A person stops: the withdrawals that follow from it, whoever wrote down what
 * they said. */
#pragma once

#include "gateway/core.h"

/*
 * like: who (tenant, address), whence and by whom (source, actor, evidence,
 * inbound_id). Withdraws what a stop is about - the setting says, or from its
 * day on the law of the place - on every channel, and has what waits for them
 * looked at. True when any of it was not refused before.
 */
bool refuse_all(struct core *core, const struct consent_event *like);
