/* How an import is asked for: its query. */
#pragma once

#include "console/request.h"
#include "proto/text_file.h"

/* What becomes of a row about somebody who is there already. */
enum import_dedupe { IMPORT_UPDATE, IMPORT_SKIP, IMPORT_REFUSE };

struct import_opts {
	bool dry_run;
	enum import_dedupe dedupe;
	enum text_file_kind encoding;
	struct str map;
	const char *country; /* calling code of numbers with one 0 */
};

/* Answers itself and gives false when a value is wrong. Views into r. */
bool import_opts_read(struct request *r, struct import_opts *out);
