/* The live stream: every event the gateway publishes, to those who may see
 * it, as server-sent events. A client that does not keep up is dropped. */
#pragma once

#include "console/request.h"

struct stream_hub;

struct stream_hub *stream_hub_new(struct console *c);
/* Ends every stream and takes no more events. */
void stream_hub_stop(struct stream_hub *h);
/* Ends those that came with this key or session. */
void stream_hub_end(struct stream_hub *h, uint64_t by);
void stream_hub_free(struct stream_hub **hp);
