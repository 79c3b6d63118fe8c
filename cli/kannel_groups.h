/* kannel.conf as groups, with everything it includes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/settings.h"

struct kannel_var {
	char *name, *value;
	const char *file; /* of kannel_conf.files */
	unsigned line;
	bool told; /* carried, or said why not */
};

struct kannel_group {
	const char *name; /* the value of its `group`; "" when it has none */
	const char *file;
	unsigned line;
	struct kannel_var *v;
	size_t len;
	bool told; /* as a whole */
};

struct kannel_conf {
	struct kannel_group *v;
	size_t len;
	char **files;
	size_t nfiles;
};

/*
 * Reads the file and what it includes: files, and folders in order of name; as
 * they are named, or beside the file that names them. -EINVAL with every
 * fault as "file:12: what".
 */
MUST_USE int kannel_conf_read(struct kannel_conf *out, const char *path,
			      struct faults *faults);
/* The same from text, where nothing is included; `name` is its file. */
MUST_USE int kannel_conf_parse(struct kannel_conf *out, struct str text,
			       const char *name, struct faults *faults);
void kannel_conf_done(struct kannel_conf *c);

/* The last one of that name, as Kannel takes it; NULL. */
struct kannel_var *kannel_var_find(const struct kannel_group *g,
				   const char *name);
/* Its value; "" when it is not there. */
struct str kannel_value(const struct kannel_group *g, const char *name);
/* The next group of that name; start with NULL. */
struct kannel_group *kannel_group_next(const struct kannel_conf *c,
				       const char *name,
				       const struct kannel_group *after);
