/* Tables of the sections node, store and log. */
#include "daemon/sections.h"

#define NODE(field, type, initial, min, max, text)                            \
	{                                                                     \
#field, type, offsetof(struct node_cfg, field), initial, min, \
			max, NULL, NULL, false, text                          \
	}

static const struct setting node_rows[] = {
	NODE(name, SETTING_STR, "n1", 0, 0, "Name of this node."),
	NODE(data, SETTING_STR, "/var/lib/carillon", 0, 0,
	     "Folder of the store and everything else that is kept."),
	NODE(roles, SETTING_LIST, "{api, messaging}", 0, 0,
	     "What this node does."),
	NODE(number, SETTING_INT, "0", 0, 63,
	     "Part of every id; another one on every node."),
	NODE(demo, SETTING_BOOL, "false", 0, 0,
	     "Refuses every recipient outside the numbers kept for drama."),
};

const struct setting_section node_section = {
	"node",
	false,
	sizeof(struct node_cfg),
	node_rows,
	ARRAY_LEN(node_rows),
	"This node.",
};

static const struct setting store_rows[] = {
	{ "url", SETTING_STR, offsetof(struct store_section_cfg, url),
	  "sqlite:carillon.db", 0, 0, NULL, NULL, false,
	  "Where everything is kept; relative to the data folder." },
	{ "waiting_max", SETTING_SIZE,
	  offsetof(struct store_section_cfg, waiting_max), "64MB", 65536,
	  4294967296, NULL, "bytes", false,
	  "Bytes that may wait for the disk before senders are told to wait." },
};

const struct setting_section store_section = {
	"store",
	false,
	sizeof(struct store_section_cfg),
	store_rows,
	ARRAY_LEN(store_rows),
	"The store.",
};

static const char *const levels[] = { "debug", "info", "warn", "error", NULL };

static const struct setting log_rows[] = {
	{ "level", SETTING_ENUM, offsetof(struct log_cfg, level), "info", 0, 0,
	  levels, NULL, true, "What goes into the log at the least." },
};

const struct setting_section log_section = {
	"log",
	false,
	sizeof(struct log_cfg),
	log_rows,
	ARRAY_LEN(log_rows),
	"The log, on standard error.",
};
