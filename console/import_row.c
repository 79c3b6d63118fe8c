/* A row of a contact CSV. */
#include "console/import.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "console/json_in.h"
#include "proto/json.h"
#include "proto/text.h"

#define DAY_MS ((int64_t)86400 * 1000)
#define ATTRS_DEPTH 8

struct str import_cell(const struct import_head *h, const struct str *cells,
		       enum import_column c)
{
	return h->at[c] < 0 ? STR_NONE : str_trim(cells[h->at[c]]);
}

/* Exports put a ' before what a spreadsheet would take for a formula. */
struct str import_unquoted(struct str s)
{
	bool guarded = s.len > 1 && s.p[0] == '\'' &&
		       memchr("=+-@\t\r", s.p[1], 6) != NULL;

	return guarded ? str_from(s, 1) : s;
}

/* ---- addresses ------------------------------------------------------------- */

/* One more, unless it is there already. */
static int address_add(struct import_row *row, struct str channel,
		       struct str address, const char *country, struct err *err)
{
	bool sms = str_eqz(channel, "sms");

	if (row->n == CONTACT_ADDRESSES_MAX)
		return err_set(err, -EINVAL, "a contact has 1 to %d addresses",
			       CONTACT_ADDRESSES_MAX);
	if (sms && e164_parse(import_unquoted(address), country,
			      row->numbers[row->n], err) != 0)
		return -EINVAL;
	if (sms)
		address = str_of(row->numbers[row->n]);
	for (unsigned i = 0; i < row->n; i++) {
		if (str_eq(row->v[i].channel, channel) &&
		    str_eq(row->v[i].address, address))
			return 0;
	}
	row->v[row->n].channel = channel;
	row->v[row->n++].address = address;
	return 0;
}

static int addresses_add(struct import_row *row, struct str list,
			 const char *country, struct err *err)
{
	struct str one, channel;

	for (list = import_unquoted(list); list.len > 0;) {
		list = str_cut(list, '|', &one);
		one = str_trim(one);
		struct str address = str_trim(str_cut(one, ':', &channel));
		if (channel.len == 0 || channel.len > 16 || address.len == 0)
			return err_set(
				err, -EINVAL,
				"addresses are like sms:+4477...|mqtt:x, "
				"not '%.*s'",
				STR_ARGS(str_first(one, 40)));
		if (address_add(row, channel, address, country, err) != 0)
			return -EINVAL;
	}
	return 0;
}

static int row_addresses(const struct import_head *h, const struct str *cells,
			 const char *country, struct import_row *row,
			 struct err *err)
{
	struct str phone = import_cell(h, cells, IMPORT_PHONE);
	struct str mqtt = import_cell(h, cells, IMPORT_MQTT);

	row->n = 0;
	if (addresses_add(row, import_cell(h, cells, IMPORT_ADDRESSES), country,
			  err) != 0)
		return -EINVAL;
	if (phone.len > 0 &&
	    address_add(row, STR("sms"), phone, country, err) != 0)
		return -EINVAL;
	if (mqtt.len > 0 && address_add(row, STR("mqtt"), import_unquoted(mqtt),
					country, err) != 0)
		return -EINVAL;
	if (row->n == 0)
		return err_set(err, -EINVAL, "no address");
	memcpy(row->said, row->v, sizeof(row->said));
	row->nsaid = row->n;
	return 0;
}

/* ---- consent --------------------------------------------------------------- */

int import_until(struct str s, int64_t *ms)
{
	char text[32];

	must(ms != NULL);
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
	    import_until(str_trim(str_from(said, 14)), &row->expires_ms) == 0)
		return row_grant(row, err);
	return err_set(err, -EINVAL,
		       "consent is granted, withdrawn, unknown or 'granted "
		       "until 2026-12-31', not '%.*s'",
		       STR_ARGS(str_first(said, 40)));
}

/* ---- attributes ------------------------------------------------------------ */

const char *import_attr(const struct import_head *h, unsigned i)
{
	return h->attr_at[i] == 0 ? NULL : h->attr_names.p + h->attr_at[i] - 1;
}

static void attrs_of_columns(const struct import_head *h,
			     const struct str *cells, struct buf *out)
{
	json_open(out, '{');
	for (unsigned i = 0; i < h->n; i++) {
		if (import_attr(h, i) == NULL || cells[i].len == 0)
			continue;
		json_s(out, str_of(import_attr(h, i)));
		buf_c(out, ':');
		json_s(out, import_unquoted(str_trim(cells[i])));
	}
	json_close(out, '}');
}

static int attr_char(const char *p, size_t len, void *out)
{
	buf_put(out, p, len);
	return 0;
}

void import_attrs_dump(const json_t *all, struct buf *out)
{
	(void)json_dump_callback(all, attr_char, out, JSON_COMPACT);
}

/* An object, and over it what has a column of its own. */
static int attrs_of_object(const struct import_head *h, const struct str *cells,
			   struct str text, struct buf *out, struct err *err)
{
	json_t *all = NULL;

	if (json_read(text, ATTRS_DEPTH, &all, err) != 0)
		return -EINVAL;
	if (!json_is_object(all)) {
		json_decref(all);
		return err_set(err, -EINVAL, "attrs is no JSON object");
	}
	for (unsigned i = 0; i < h->n; i++) {
		struct str cell = import_unquoted(str_trim(cells[i]));

		if (import_attr(h, i) != NULL && cell.len > 0)
			(void)json_object_set_new(all, import_attr(h, i),
						  json_stringn(cell.p,
							       cell.len));
	}
	import_attrs_dump(all, out);
	json_decref(all);
	return 0;
}

static int row_attrs(const struct import_head *h, const struct str *cells,
		     struct import_row *row, struct err *err)
{
	struct str object = import_cell(h, cells, IMPORT_ATTRS);
	int rc = 0;

	if (row->attrs.p == NULL)
		buf_init(&row->attrs, 65536);
	buf_reset(&row->attrs);
	if (object.len > 0)
		rc = attrs_of_object(h, cells, object, &row->attrs, err);
	else
		attrs_of_columns(h, cells, &row->attrs);
	row->contact.attrs = buf_str(&row->attrs);
	return rc;
}

/* ---- a row ------------------------------------------------------------------- */

static int row_contact(const struct import_head *h, const struct str *cells,
		       struct contact *c, struct err *err)
{
	struct str state = import_cell(h, cells, IMPORT_STATE);

	c->ref = import_unquoted(import_cell(h, cells, IMPORT_REF));
	c->name = import_unquoted(import_cell(h, cells, IMPORT_NAME));
	c->lang = import_cell(h, cells, IMPORT_LANG);
	c->tz = import_cell(h, cells, IMPORT_TZ);
	c->tz_source = import_cell(h, cells, IMPORT_TZ_SOURCE);
	c->tier = import_unquoted(import_cell(h, cells, IMPORT_TIER));
	c->branch = import_unquoted(import_cell(h, cells, IMPORT_BRANCH));
	c->manager = import_unquoted(import_cell(h, cells, IMPORT_MANAGER));
	c->lifecycle = import_cell(h, cells, IMPORT_LIFECYCLE);
	c->preferred = import_cell(h, cells, IMPORT_PREFERRED);
	c->hours = import_cell(h, cells, IMPORT_HOURS);
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
	row->purpose = import_cell(h, cells, IMPORT_PURPOSE);
	if (row->purpose.len == 0)
		row->purpose = STR("marketing");
	row->wording = import_cell(h, cells, IMPORT_WORDING);
	row->source = import_cell(h, cells, IMPORT_SOURCE);
	int rc = row_contact(h, cells, &row->contact, err);
	if (rc == 0)
		rc = row_addresses(h, cells, country, row, err);
	if (rc == 0)
		rc = row_attrs(h, cells, row, err);
	if (rc != 0)
		return rc;
	row->doubt.text[0] = '\0';
	if (row_consent(import_cell(h, cells, IMPORT_CONSENT), row,
			&row->doubt) != 0)
		row->consents = false;
	return 0;
}

void import_row_done(struct import_row *row)
{
	must(row != NULL);
	buf_done(&row->attrs);
}
