/* Sections of the daemon itself: node, store, log. */
#pragma once

#include "base/settings.h"

struct node_cfg {
	char *name;
	char *data; /* folder; relative to where the daemon was started */
	struct setting_list roles;
	int64_t number; /* 0..63: part of every id */
	bool demo;
};

struct store_section_cfg {
	char *url;
	int64_t waiting_max; /* bytes */
};

struct log_cfg {
	int level;
};

extern const struct setting_section node_section;
extern const struct setting_section store_section;
extern const struct setting_section log_section;
