/* A libmosquitto client set up as session.c wants it. */
#pragma once

#include <mosquitto.h>

#include "channels/mqtt/session.h"

/* A new client that knows everything but the address. NULL: err says why. */
struct mosquitto *mqtt_client_new(const struct mqtt_session_cfg *cfg,
				  void *owner, struct err *err);
/* Is the TLS handshake (if there is one) over? */
bool mqtt_client_secured(struct mosquitto *m);
/* Does the handshake want to write? */
bool mqtt_client_wants_write(struct mosquitto *m);
/* Has TLS bytes that the socket does not show any more? */
bool mqtt_client_pending(struct mosquitto *m);
/* SUBSCRIBE to all filters, QoS 1, without what is retained. */
MUST_USE int mqtt_client_subscribe(struct mosquitto *m,
				   const struct mqtt_session_cfg *cfg);
/* A copy that lives as long as needed, and its end. */
void mqtt_session_cfg_copy(struct mqtt_session_cfg *to,
			   const struct mqtt_session_cfg *from);
void mqtt_session_cfg_done(struct mqtt_session_cfg *cfg);
