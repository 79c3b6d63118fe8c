/* Reading and checking the whole configuration file. */
#pragma once

#include "base/settings.h"

/* Reads and checks everything; opens nothing. 0, or -EINVAL with every fault,
 * or -ENOENT. Sections that a file may leave out are there afterwards. */
MUST_USE int daemon_settings_read(const char *path, struct settings *out,
				  struct faults *faults);
/* From now on every smpp and smpp_server section read that records nothing
 * records to DIR/NAME.pdus, or DIR/server-NAME.pdus. */
void daemon_settings_record(const char *dir);
/* Names in faults what of the daemon's own sections differs and is read at the
 * start only: links, routes and classes are not its business. */
void daemon_settings_frozen(const struct settings *old,
			    const struct settings *fresh,
			    struct faults *faults);
/* config/carillon.conf.reference. */
void daemon_settings_reference(struct buf *out);
