/*
 * The fan-out of a running campaign. Recipients are claimed in order; the
 * message and the recipient's row stand in one batch, so that a pause, a kill
 * or a full disk neither skips nor doubles anybody.
 */
#pragma once

#include "campaigns/core.h"

/* It runs: begins or goes on. */
void runner_start(struct campaigns *c, struct campaign *m);
/* Claims nobody more. take_back: who still waits in the gateway's queue comes
 * back out of it, as deferred. */
void runner_stop(struct campaign *m, bool take_back);
/* A while has passed: the pace lets more go. */
void runner_tick(struct runner *r);
/* Rows were added: they are looked for. */
void runner_look(struct runner *r);
/* Everybody was begun with. */
bool runner_empty(const struct runner *r);
/* At the very end: nothing is awaited. */
void runner_free(struct runner **rp);
