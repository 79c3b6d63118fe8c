/* The rows of a contact CSV. */
#include "console/import.h"

#include <errno.h>

#include "base/clock.h"
#include "proto/json.h"
#include "proto/e164.h"
#include "proto/text.h"

#define ATTR_NAME_MAX 64
#define DAY_MS ((int64_t)86400 * 1000)

static const char *const names[IMPORT_COLUMNS] = {
	"ref",     "name",   "phone",     "mqtt",  "lang",    "tz",
	"tier",    "branch", "preferred", "state", "consent", "consent_purpose",
	"wording", "source",
};

const char *import_column_name(enum import_column c)
{
	must((unsigned)c < IMPORT_COLUMNS);
	return names[c];
}

/* ---- the header ---------------------------------------------------------------*/

static int column_of(struct str name)
{
	for (int i = 0; i < IMPORT_COLUMNS; i++) {
		if (str_ieqz(name, names[i]))
			return i;
	}
	return str_ieqz(name, "zone") ? IMPORT_TZ : -1;
}

static int head_attr(struct import_head *h, unsigned i, struct str name,
		     struct err *err)
{
	if (name.len == 0 || name.len > ATTR_NAME_MAX || !text_printable(name))
		return err_set(err, -EINVAL,
			       "the name of column %u is empty, longer than "
			       "%d bytes or not UTF-8",
			       i + 1, ATTR_NAME_MAX);
	for (unsigned j = 0; j < i; j++) {
		if (h->attr_at[j] != 0 &&
		    str_eqz(name, h->attr_names.p + h->attr_at[j] - 1))
			return err_set(err, -EINVAL,
				       "the column '%.*s' is there twice",
				       STR_ARGS(name));
	}
	h->attr_at[i] = (uint32_t)h->attr_names.len + 1;
	buf_str_put(&h->attr_names, name);
	buf_c(&h->attr_names, '\0');
	return 0;
}

int import_head_read(const struct str *cells, unsigned n, struct import_head *h,
		     struct err *err)
{
	must(cells != NULL && h != NULL && n <= CSV_COLUMNS_MAX);
	*h = (struct import_head){ .n = n };
	buf_init(&h->attr_names, CSV_COLUMNS_MAX * (ATTR_NAME_MAX + 1));
	for (unsigned i = 0; i < IMPORT_COLUMNS; i++)
		h->at[i] = -1;
	for (unsigned i = 0; i < n; i++) {
		struct str name = str_trim(cells[i]);
		int column = column_of(name);
		int rc = 0;
		if (column < 0)
			rc = head_attr(h, i, name, err);
		else if (h->at[column] >= 0)
			rc = err_set(err, -EINVAL,
				     "the column '%s' is there twice",
				     names[column]);
		else
			h->at[column] = (int)i;
		if (rc != 0)
			return rc;
	}
	if (h->at[IMPORT_PHONE] < 0 && h->at[IMPORT_MQTT] < 0)
		return err_set(err, -EINVAL,
			       "the first line names the columns; one of them "
			       "is 'phone' or 'mqtt'");
	return 0;
}

void import_head_done(struct import_head *h)
{
	must(h != NULL);
	buf_done(&h->attr_names);
}

/* ---- a row ----------------------------------------------------------------------*/

static struct str cell_of(const struct import_head *h, const struct str *cells,
			  enum import_column c)
{
	return h->at[c] < 0 ? STR_NONE : str_trim(cells[h->at[c]]);
}

/* Exports put a ' before what a spreadsheet would take for a formula. */
static struct str unquoted(struct str s)
{
	return s.len > 1 && s.p[0] == '\'' ? str_from(s, 1) : s;
}

static int row_addresses(const char *country, struct str phone, struct str mqtt,
			 struct import_row *row, struct err *err)
{
	char number[E164_MAX];

	row->n = 0;
	if (phone.len > 0) {
		int rc = e164_parse(unquoted(phone), country, number, err);
		if (rc != 0)
			return -EINVAL;
		IGNORE(str_copy(row->phone, sizeof(row->phone),
				str_of(number)));
		row->v[row->n].channel = STR("sms");
		row->v[row->n++].address = str_of(row->phone);
	}
	if (mqtt.len > 0) {
		row->v[row->n].channel = STR("mqtt");
		row->v[row->n++].address = mqtt;
	}
	if (row->n == 0)
		return err_set(err, -EINVAL, "no phone and no mqtt address");
	return 0;
}

/* A date, to its last moment in UTC, or a time. */
static int until_parse(struct str s, int64_t *ms)
{
	char text[32];

	if (s.len != 10)
		return clock_parse_rfc3339(s.p, s.len, ms);
	snprintf(text, sizeof(text), "%.*sT00:00:00Z", STR_ARGS(s));
	int rc = clock_parse_rfc3339(text, 20, ms);
	if (rc == 0)
		*ms += DAY_MS - 1;
	return rc;
}

static int row_grant(struct import_row *row, struct err *err)
{
	if (str_eqz(row->source, "tnc_bundled"))
		return err_set(err, -EINVAL,
			       "consent bundled with terms is no consent");
	if (row->source.len == 0 || row->wording.len == 0)
		return err_set(err, -EINVAL,
			       "a granted consent names its source and its "
			       "wording");
	if (str_eqz(row->purpose, "*"))
		return err_set(err, -EINVAL,
			       "consent is given for one purpose, not for all");
	return 0;
}

static int row_consent(struct str said, struct import_row *row, struct err *err)
{
	row->consents = true;
	row->expires_ms = 0;
	if (said.len == 0 || str_ieqz(said, "unknown")) {
		row->consents = false;
		return 0;
	}
	if (str_ieqz(said, "withdrawn")) {
		row->type = CONSENT_WITHDRAW;
		if (row->source.len == 0)
			row->source = STR("import");
		return 0;
	}
	row->type = CONSENT_GRANT;
	if (str_ieqz(said, "granted"))
		return row_grant(row, err);
	if (said.len > 14 && str_ieqz(str_first(said, 14), "granted until ") &&
	    until_parse(str_trim(str_from(said, 14)), &row->expires_ms) == 0)
		return row_grant(row, err);
	return err_set(err, -EINVAL,
		       "consent is granted, withdrawn, unknown or 'granted "
		       "until 2026-12-31', not '%.*s'",
		       STR_ARGS(str_first(said, 40)));
}

static void row_attrs(const struct import_head *h, const struct str *cells,
		      struct import_row *row)
{
	if (row->attrs.p == NULL)
		buf_init(&row->attrs, 8192);
	buf_reset(&row->attrs);
	json_open(&row->attrs, '{');
	for (unsigned i = 0; i < h->n; i++) {
		if (h->attr_at[i] == 0 || cells[i].len == 0)
			continue;
		json_s(&row->attrs,
		       str_of(h->attr_names.p + h->attr_at[i] - 1));
		buf_c(&row->attrs, ':');
		json_s(&row->attrs, str_trim(cells[i]));
	}
	json_close(&row->attrs, '}');
	row->contact.attrs = buf_str(&row->attrs);
}

static int row_contact(const struct import_head *h, const struct str *cells,
		       struct contact *c, struct err *err)
{
	struct str state = cell_of(h, cells, IMPORT_STATE);

	c->ref = unquoted(cell_of(h, cells, IMPORT_REF));
	c->name = unquoted(cell_of(h, cells, IMPORT_NAME));
	c->lang = cell_of(h, cells, IMPORT_LANG);
	c->tz = cell_of(h, cells, IMPORT_TZ);
	c->tier = cell_of(h, cells, IMPORT_TIER);
	c->branch = cell_of(h, cells, IMPORT_BRANCH);
	c->preferred = cell_of(h, cells, IMPORT_PREFERRED);
	c->state = CONTACT_ACTIVE;
	if (state.len > 0 && contact_state_parse(state, &c->state) != 0)
		return err_set(err, -EINVAL,
			       "state is active, left or probe, not '%.*s'",
			       STR_ARGS(str_first(state, 40)));
	return 0;
}

int import_row_read(const struct import_head *h, const struct str *cells,
		    unsigned n, const char *country, struct import_row *row,
		    struct err *err)
{
	must(h != NULL && cells != NULL && country != NULL && row != NULL);
	if (n != h->n)
		return err_set(err, -EINVAL,
			       "%u cells, but the first line names %u columns",
			       n, h->n);
	row->contact = (struct contact){ 0 };
	row->purpose = cell_of(h, cells, IMPORT_PURPOSE);
	if (row->purpose.len == 0)
		row->purpose = STR("marketing");
	row->wording = cell_of(h, cells, IMPORT_WORDING);
	row->source = cell_of(h, cells, IMPORT_SOURCE);
	int rc = row_contact(h, cells, &row->contact, err);
	if (rc == 0)
		rc = row_addresses(country, cell_of(h, cells, IMPORT_PHONE),
				   cell_of(h, cells, IMPORT_MQTT), row, err);
	if (rc != 0)
		return rc;
	row->doubt.text[0] = '\0';
	if (row_consent(cell_of(h, cells, IMPORT_CONSENT), row, &row->doubt) !=
	    0)
		row->consents = false;
	row_attrs(h, cells, row);
	return 0;
}

void import_row_done(struct import_row *row)
{
	must(row != NULL);
	buf_done(&row->attrs);
}
