/* Connections: how many of one address, and how long they may take. The
 * deadlines are absolute: a byte now and then does not move them. */
#pragma once

#include "console/core.h"

void peers_init(struct console *c);
void peers_done(struct console *c);
/* May this address have one more connection? */
bool peers_admit(const struct console *c, const struct sockaddr *from);
struct peer *peer_new(struct console *c, struct MHD_Connection *mhd);
void peer_free(struct console *c, struct peer *p);
void peer_phase(struct console *c, struct peer *p, enum peer_phase phase);
/* Cuts every connection that is past its deadline. */
void peers_sweep(struct console *c);
/* "127.0.0.1" of the other side. */
void peer_text(const struct peer *p, char out[64]);
