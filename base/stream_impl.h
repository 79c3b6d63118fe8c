/* What stream.c gives to listener.c; for base alone. */
#pragma once

#include <uv.h>

#include "base/stream.h"

/* Takes the connection that waits at `server`. Its owner comes by
 * stream_adopt; until then, and unless closed, it is an orphan. */
MUST_USE int stream_accept(struct stream **out, struct loop *l,
			   uv_stream_t *server, const struct stream_cfg *cfg);
bool stream_orphan(const struct stream *s);

/* "127.0.0.1:2775" or "[::1]:2775"; out[64]. */
void stream_address(const struct sockaddr_storage *a, char out[64]);
