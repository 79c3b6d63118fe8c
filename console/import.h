/* The rows of a contact CSV: what the header means and what a row says.
 * Pure: the store and the gateway are asked by api_import.c. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "campaigns/person.h"
#include "model/address.h"
#include "model/consent.h"
#include "model/contact.h"
#include "proto/csv.h"
#include "proto/e164.h"

enum import_column {
	IMPORT_REF,
	IMPORT_NAME,
	IMPORT_PHONE,
	IMPORT_MQTT,
	IMPORT_ADDRESSES, /* "sms:+44...|mqtt:lin": in order of trial */
	IMPORT_LANG,
	IMPORT_TZ,
	IMPORT_TZ_SOURCE,
	IMPORT_TIER,
	IMPORT_BRANCH,
	IMPORT_MANAGER,
	IMPORT_LIFECYCLE,
	IMPORT_PREFERRED,
	IMPORT_HOURS,
	IMPORT_STATE,
	IMPORT_ATTRS, /* a JSON object */
	IMPORT_CONSENT,
	IMPORT_PURPOSE,
	IMPORT_WORDING,
	IMPORT_SOURCE,
	IMPORT_COLUMNS
};

const char *import_column_name(enum import_column c);

/* Which cell of a row is which column. */
struct import_head {
	unsigned n;             /* cells of a row */
	int at[IMPORT_COLUMNS]; /* -1: not in the file */
	struct buf attr_names;  /* of the others, each ended by NUL */
	uint32_t attr_at[CSV_COLUMNS_MAX]; /* its name's place + 1; 0: none */
};

/*
 * map: "theirs:ours,..." for columns that have other names in the file; ours
 * is a column, "attr.NAME", or "-" for one that is left out. -EINVAL with a
 * sentence: no address column, a name twice or too long, a map that names what
 * is not there.
 */
MUST_USE int import_head_read(const struct str *cells, unsigned n,
			      struct str map, struct import_head *h,
			      struct err *err);
void import_head_done(struct import_head *h);

/* The cell of a column; "" when the file does not have it. */
struct str import_cell(const struct import_head *h, const struct str *cells,
		       enum import_column c);
/* Without the ' that an export puts before what could be a formula. */
struct str import_unquoted(struct str s);
/* What the attribute in column i is called; NULL: it is none. */
const char *import_attr(const struct import_head *h, unsigned i);
void import_attrs_dump(const json_t *all, struct buf *out);

/* One row, checked. Views into the cells, or into the row itself. */
struct import_row {
	struct contact contact; /* without tenant */
	/* What the row says; and that with what is known besides, which is the
	 * same until import_row_over. */
	struct contact_address said[CONTACT_ADDRESSES_MAX];
	unsigned nsaid;
	struct contact_address v[CONTACT_ADDRESSES_MAX];
	unsigned n;
	bool kept; /* v is what the contact has already, in this order */
	char numbers[CONTACT_ADDRESSES_MAX][E164_MAX];
	struct buf attrs; /* JSON */
	bool consents;    /* an event is to be appended */
	enum consent_type type;
	struct str purpose, wording, source;
	int64_t expires_ms;
	/* Why what it says of consent is not taken; "": nothing wrong. The
	 * contact itself is. */
	struct err doubt;
};

/* A date, to its last moment in UTC, or a time. -EBADMSG. */
MUST_USE int import_until(struct str s, int64_t *ms);
/* row is zeroed or was used before. -EINVAL with a sentence. */
MUST_USE int import_row_read(const struct import_head *h,
			     const struct str *cells, unsigned n,
			     const char *country, struct import_row *row,
			     struct err *err);
void import_row_done(struct import_row *row);
/*
 * After import_row_read: lays the row over the contact that is there. What the
 * file has no column for stays, an empty cell empties; a ref and a state are
 * never emptied. A phone takes the place of
 * the first one, unless it was by the phone that we know whose the row is.
 * Views into `was` too. *same: nothing is changed.
 * -EINVAL with a sentence.
 */
MUST_USE int import_row_over(const struct import_head *h,
			     const struct str *cells, const struct person *was,
			     struct import_row *row, bool *same,
			     struct err *err);
