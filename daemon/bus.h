/* The door for other systems on MQTT: what they publish to <base>/<tenant>/
 * send goes to intake, and they hear the result after the commit. */
#pragma once

#include "gateway/gateway.h"

struct bus;
struct library;
struct events;

/* Takes every mqtt link of the gateway; both outlive the bus' tickets. */
struct bus *bus_new(struct gateway *g, const struct library *l);
/* Business events go there; without it they are counted and taken. */
void bus_events(struct bus *b, struct events *e);
/* Before the gateway closes its links: they are not answered any more. */
void bus_stop(struct bus *b);
void bus_free(struct bus **bp);
