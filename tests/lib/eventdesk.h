/* Business events and reminders over a whole gateway and the house of care;
 * their clock is turned by hand. */
#pragma once

#include "campaigns/events.h"
#include "daemon/care.h"
#include "tests/lib/bed.h"

#define HOUR (int64_t)3600000
#define EVENTDESK_TENANT STR("DEMOTEL")

struct eventdesk {
	struct bed *bed;
	struct care *care;
	const char *gateway_config, *care_config;
	struct clock_hand clock;
	struct settings settings;
	char heard[4096];  /* types of events, with spaces */
	char token[8];     /* of the last answer */
	char answer[32];   /* to the last reminder */
	char event[32];    /* of the last event about one: its own event */
	uint64_t reminder; /* of the last event about one */
};

void eventdesk_start(struct eventdesk *d, bool create);
void eventdesk_stop(struct eventdesk *d);
/* From nothing, with these configurations; at_ms: the gateway's clock, too,
 * stands there; 0: only care's is turned by hand, from now. */
void eventdesk_open(struct eventdesk *d, void **state, const char *gateway,
		    const char *care, int64_t at_ms);
/* Something happened about SHI. data: text of a JSON object. */
struct taken eventdesk_happen(struct eventdesk *d, const char *id,
			      const char *type, const char *account,
			      const char *data);
/* Time passes; what is due is done. */
void eventdesk_turn(struct eventdesk *d, int64_t ms);
/* Somebody writes: the claim. */
struct str eventdesk_hears(struct eventdesk *d, struct inbound *in);
/* SHI writes, by SMS: the claim. */
struct str eventdesk_hear(struct eventdesk *d, const char *text);
