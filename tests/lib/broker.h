/* A real mosquitto on a free port of 127.0.0.1, and a device on it, for
 * tests. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct broker;

/* more: lines of its configuration after its listener, or NULL. Ends the test when mosquitto
 * does not come up. */
struct broker *broker_start(const char *more);
int broker_port(const struct broker *b);
/* It dies at once and forgets all; broker_again starts one on the same
 * port. */
void broker_kill(struct broker *b);
void broker_again(struct broker *b);
/* Stops and resumes it: connections stay and nothing answers. */
void broker_freeze(struct broker *b, bool frozen);
void broker_stop(struct broker **bp);

/* A client of libmosquitto's own kind, driven by device_turn. */
struct device;

enum { DEVICE_MAX = 256 };

struct device_message {
	char topic[256];
	char payload[2048];
	char correlation[64];
	bool retained;
};

/* filters: NULL-terminated. Returns when subscribed. */
struct device *device_open(const struct broker *b, const char *id,
			   const char *const *filters);
void device_turn(struct device *d);
size_t device_count(const struct device *d);
const struct device_message *device_at(const struct device *d, size_t i);
/* QoS 1. response and correlation may be NULL. */
void device_publish(struct device *d, const char *topic, const char *payload,
		    const char *response, const char *correlation);
/* Publishes that the broker has acknowledged. */
unsigned device_acked(const struct device *d);
void device_close(struct device **dp);
