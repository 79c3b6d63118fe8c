/* The control port: one command a line, one line back. */
#pragma once

#include "base/err.h"
#include "base/loop.h"
#include "tools/smscsim/sim.h"

struct control;

MUST_USE int control_open(struct control **out, struct loop *l, int port,
			  struct sim *sim, struct err *err);
void control_close(struct control **cp);
int control_port(const struct control *c);
