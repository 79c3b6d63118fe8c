/* Writes down every PDU of a link, a line each, in files of bounded size. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/settings.h"
#include "base/str.h"

struct recorder;

/* Settings of the link that has one: see RECORDER_ROWS. */
struct recorder_cfg {
	char *path; /* "": nothing is recorded */
	bool clear; /* numbers and texts stay; passwords never do */
	int64_t size_bytes;
	int64_t files;
};

/* clang-format off */
#define RECORDER_ROWS(type, field)                                                         \
	{ "record", SETTING_STR, offsetof(type, field.path), "", 0, 0, NULL, NULL, false,     \
	  "File to write every PDU into; empty: none. Numbers and texts of people are masked." }, \
	{ "record_clear", SETTING_BOOL, offsetof(type, field.clear), "false", 0, 0, NULL,      \
	  NULL, false, "Leave numbers and texts in the recording as they are." },              \
	{ "record_size", SETTING_SIZE, offsetof(type, field.size_bytes), "64MB", 65536,        \
	  1099511627776, NULL, "bytes", false, "A file of a recording that is full is put aside." }, \
	{ "record_files", SETTING_INT, offsetof(type, field.files), "4", 1, 1000, NULL,        \
	  "files", false, "Files of a recording that are kept, the one being written included." }
/* clang-format on */

enum recorder_way { RECORDER_IN, RECORDER_OUT };

/* NULL when nothing is to be recorded; then the rest does nothing. The file is
 * opened, written and put aside on a thread of its own: a slow or full disk
 * costs lines, and never time. */
struct recorder *recorder_open(const char *link, const struct clock_ops *clock,
			       const struct recorder_cfg *cfg);
/* Writes what is left first. */
void recorder_close(struct recorder **rp);

/* A connection: its number for the rest, from 1. */
unsigned recorder_begin(struct recorder *r, const char *peer);
void recorder_end(struct recorder *r, unsigned connection, const char *why);
/* One or more whole PDUs. */
void recorder_pdus(struct recorder *r, unsigned connection,
		   enum recorder_way way, struct str pdus);
