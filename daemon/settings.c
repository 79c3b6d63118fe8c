/* Tables of node, store and log; the whole file read and checked. */
#include "daemon/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "console/server.h"
#include "daemon/registry.h"
#include "gateway/gateway.h"

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

/* Sections that a file may leave out, with all their defaults. */
static const char implied[] = "node{}\nstore{}\nlog{}\nhttp{}\ngateway{}\n";

static int add_implied(struct settings *s, const struct setting_section *kinds,
		       size_t nkinds)
{
	struct settings all = { 0 };
	struct faults none = { 0 };
	int rc = settings_parse(implied, "implied", kinds, nkinds, &all, &none);

	must(rc == 0);
	faults_done(&none);
	s->v = mem_resize(s->v, (s->len + all.len) * sizeof(*s->v));
	for (size_t i = 0; i < all.len; i++) {
		struct section *from = &all.v[i];

		if (settings_find(s, from->kind->name, NULL) != NULL)
			continue;
		/* the section moves over; what is left behind is empty */
		s->v[s->len++] = *from;
		*from = all.v[--all.len];
		i--;
	}
	settings_done(&all);
	return 0;
}

int daemon_settings_read(const char *path, struct settings *out,
			 struct faults *faults)
{
	/* kinds outlive the settings that point to them */
	static struct setting_section kinds[REGISTRY_SECTIONS_MAX];
	size_t n = registry_sections(kinds), before;
	int rc;

	must(path != NULL && out != NULL && faults != NULL);
	before = faults->len;
	rc = settings_read(path, kinds, n, out, faults);
	if (rc != 0)
		return rc;
	IGNORE(add_implied(out, kinds, n));
	console_check_settings(out, faults);
	gateway_check_settings(out, registry_channels, registry_nchannels,
			       faults);
	if (faults->len == before)
		return 0;
	settings_done(out);
	return -EINVAL;
}

void daemon_settings_reference(struct buf *out)
{
	struct setting_section kinds[REGISTRY_SECTIONS_MAX];
	size_t n = registry_sections(kinds);

	settings_reference(kinds, n, out);
}
