/* Sections of the daemon itself, and reading the whole file. */
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

/* Reads and checks everything; opens nothing. 0, or -EINVAL with every fault,
 * or -ENOENT. Sections that a file may leave out are there afterwards. */
MUST_USE int daemon_settings_read(const char *path, struct settings *out,
				  struct faults *faults);
/* config/carillon.conf.reference. */
void daemon_settings_reference(struct buf *out);
