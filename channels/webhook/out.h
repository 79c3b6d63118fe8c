/* Webhooks out: notices, and messages whose channel is "webhook", by POST. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/channel.h"

/* What a section `webhook name { ... }` fills. */
struct webhook_cfg {
	char *url;
	char *secret;
	char *secret_old;           /* signs too while receivers change over */
	struct setting_list events; /* "message.*": the gateway's to match */
	struct setting_list allow;  /* ranges the guard lets through */
	int64_t window;
	int64_t connect_ms;
	int64_t timeout_ms;
	int64_t max_answer;
	char *ca_file;
	bool see_numbers; /* the gateway's to mask by */
	char *tenant;     /* "" = all: the gateway's to match */
};

extern const struct setting_section webhook_settings;
extern const struct channel_ops webhook_channel_ops;
