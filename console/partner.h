/* what a partner may send, and to whom. */
#pragma once

#include "console/request.h"

/*
 * May they send this? Anybody but a partner, as far as this goes; a partner
 * only to somebody who subscribed, so that the gate has a consent to go by. A
 * class that needs none is no way around it.
 */
bool partner_may_send(const struct request *r, const struct submission *s);
/* 403 not_subscribed. */
void partner_refuse(struct request *r);

#define PARTNER_CODE "not_subscribed"
#define PARTNER_REASON "a partner sends to those who subscribed to it"
