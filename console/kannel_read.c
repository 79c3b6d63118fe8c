/* Kannel's sendsms parameters, checked in its order and in its words. */
#include "console/kannel.h"

#include <errno.h>
#include <string.h>

#include "proto/json.h"
#include "proto/kannel_fill.h"
#include "proto/text.h"

#define MINUTE_MS 60000
#define MINUTES_MAX (366 * 24 * 60)
#define ACCOUNT_MAX 64
#define UDH_MAX 140
#define KEPT_MAX 512 /* bytes of one value beside the URL */
/* With all the rest it must go into the metadata of a message. */
#define URL_MAX 1400

void kannel_ask_init(struct kannel_ask *k)
{
	must(k != NULL);
	*k = (struct kannel_ask){ .priority = -1 };
	buf_init(&k->text, 65536);
}

void kannel_ask_done(struct kannel_ask *k)
{
	must(k != NULL);
	buf_done(&k->text);
}

static struct str value_of(kannel_get get, void *owner, const char *name,
			   const char *old)
{
	struct str s = STR_NONE;

	if (!get(owner, name, &s) && old != NULL && !get(owner, old, &s))
		return STR_NONE;
	return s;
}

/* ---- numbers ------------------------------------------------------------- */

/* As sscanf reads %d: what is no number is as if it were not there. */
static int loose_int(struct str s, int none)
{
	bool minus = false;
	int n = 0;
	size_t i = 0;

	s = str_trim(s);
	if (s.len > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		minus = s.p[0] == '-';
		s = str_from(s, 1);
	}
	for (; i < s.len && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		n = n < 10000000 ? n * 10 + (s.p[i] - '0') : n;
	if (i == 0)
		return none;
	return minus ? -n : n;
}

/* One row each, in the order in which Kannel complains. -1: not given. */
enum field {
	FIELD_MASK,
	FIELD_MCLASS,
	FIELD_PID,
	FIELD_RPI,
	FIELD_ALT_DCS,
	FIELD_MWI,
	FIELD_CODING,
	FIELD_COMPRESS,
	FIELD_VALIDITY,
	FIELD_DEFERRED,
	FIELD_PRIORITY,
	FIELDS
};

static const struct {
	const char *name, *old, *title;
	int max;
	int carried; /* above this it is refused: no link can carry it */
} fields[FIELDS] = {
	[FIELD_MASK] = { "dlr-mask", "dlrmask", "DLR-Mask", 126, 126 },
	[FIELD_MCLASS] = { "mclass", "flash", "MClass", 3, 3 },
	[FIELD_PID] = { "pid", NULL, "PID", 255, 0 },
	[FIELD_RPI] = { "rpi", NULL, "RPI", 2, 0 },
	[FIELD_ALT_DCS] = { "alt-dcs", NULL, "Alt-DCS", 1, 1 },
	[FIELD_MWI] = { "mwi", NULL, "MWI", 7, -1 },
	[FIELD_CODING] = { "coding", NULL, "Coding", 2, 2 },
	[FIELD_COMPRESS] = { "compress", NULL, "Compress", 1, 0 },
	[FIELD_VALIDITY] = { "validity", NULL, "Validity", MINUTES_MAX,
			     MINUTES_MAX },
	[FIELD_DEFERRED] = { "deferred", NULL, "Deferred", MINUTES_MAX,
			     MINUTES_MAX },
	[FIELD_PRIORITY] = { "priority", NULL, "Priority", 3, 3 },
};

static int read_numbers(kannel_get get, void *owner, int v[FIELDS],
			struct err *err)
{
	for (unsigned i = 0; i < FIELDS; i++) {
		v[i] = loose_int(value_of(get, owner, fields[i].name,
					  fields[i].old),
				 -1);
		if (v[i] < -1 || v[i] > fields[i].max)
			return err_set(err, -EINVAL,
				       "%s field misformed, rejected",
				       fields[i].title);
	}
	return 0;
}

/* What a text message cannot carry here is refused, not dropped. */
static int check_carried(const int v[FIELDS], struct str udh, struct err *err)
{
	const char *title = NULL;

	for (unsigned i = 0; i < FIELDS && title == NULL; i++) {
		if (v[i] > fields[i].carried)
			title = fields[i].title;
	}
	if (udh.len > 0 && udh.p[0] != '\0')
		title = "UDH";
	/* 1, to the phone, is what every text is; 0, flash, is not */
	else if (v[FIELD_MCLASS] != -1 && v[FIELD_MCLASS] != 1)
		title = fields[FIELD_MCLASS].title;
	else if (v[FIELD_CODING] == 1)
		title = fields[FIELD_CODING].title;
	if (title == NULL)
		return 0;
	return err_set(err, -EINVAL, "%s field not supported, rejected", title);
}

/* ---- addresses and names ------------------------------------------------- */

bool kannel_number_ok(struct str to)
{
	for (size_t i = 0; i < to.len; i++) {
		if (to.p[i] == '\0' || strchr("0123456789 +-", to.p[i]) == NULL)
			return false;
	}
	return true;
}

static bool any_number(struct str to)
{
	struct str one;

	while (to.len > 0) {
		to = str_trim(str_cut(to, ' ', &one));
		if (one.len > 0 && kannel_number_ok(one))
			return true;
	}
	return false;
}

static int read_to(struct kannel_ask *k, kannel_get get, void *owner,
		   struct str udh, struct err *err)
{
	if (!get(owner, "to", &k->to))
		return err_set(err, -EINVAL,
			       "Missing receiver number, rejected");
	if (k->to.len == 0)
		return err_set(err, -EINVAL,
			       "Empty receiver number not allowed, rejected");
	if (udh.len > 0 && udh.len != (size_t)(uint8_t)udh.p[0] + 1)
		return err_set(err, -EINVAL, "UDH field misformed, rejected");
	if (udh.len > UDH_MAX)
		return err_set(err, -EINVAL, "UDH field is too long, rejected");
	k->to = str_trim(k->to);
	if (!any_number(k->to))
		return err_set(err, -EINVAL, KANNEL_DENIED);
	return 0;
}

static bool url_ok(struct str url)
{
	struct str scheme =
		str_first(url, url.len > 4 && url.p[4] == ':' ? 7 : 8);

	return url.len >= 8 && url.len <= URL_MAX && text_printable(url) &&
	       (str_ieqz(scheme, "http://") || str_ieqz(scheme, "https://"));
}

static bool kept_ok(struct str s, size_t max)
{
	return s.len <= max && text_printable(s);
}

static int read_names(struct kannel_ask *k, kannel_get get, void *owner,
		      struct err *err)
{
	k->from = str_trim(value_of(get, owner, "from", NULL));
	k->smsc = str_trim(value_of(get, owner, "smsc", NULL));
	k->account = value_of(get, owner, "account", NULL);
	k->billing = value_of(get, owner, "binfo", NULL);
	k->meta = value_of(get, owner, "meta-data", NULL);
	k->url = value_of(get, owner, "dlr-url", "dlrurl");
	if (!kept_ok(k->account, ACCOUNT_MAX) ||
	    str_find(k->account, '[') < k->account.len ||
	    str_find(k->account, ']') < k->account.len ||
	    str_find(k->account, '\n') < k->account.len ||
	    str_find(k->account, '\r') < k->account.len)
		return err_set(err, -EINVAL,
			       "Account field misformed or too long, rejected");
	if (k->url.len > 0 && !url_ok(k->url))
		return err_set(err, -EINVAL,
			       "DLR-URL field misformed, rejected");
	if (!kept_ok(k->smsc, 64) || !kept_ok(k->billing, 128) ||
	    !kept_ok(k->meta, KEPT_MAX))
		return err_set(err, -EINVAL,
			       "smsc, binfo or meta-data field misformed or "
			       "too long, rejected");
	return 0;
}

/* ---- text and times ------------------------------------------------------ */

/* Kannel's own rule: UTF-8, but UTF-16BE where coding says UCS-2. */
static int read_text(struct kannel_ask *k, kannel_get get, void *owner,
		     int coding, struct err *err)
{
	struct str text = value_of(get, owner, "text", NULL);
	struct str charset = str_trim(value_of(get, owner, "charset", NULL));

	if (charset.len == 0)
		charset = coding == 2 ? STR("UTF-16BE") : STR("UTF-8");
	if (kannel_charset(charset, text, &k->text) != 0)
		return err_set(err, -EINVAL,
			       "Charset or body misformed, rejected");
	if (k->text.len == 0)
		return err_set(err, -EINVAL, "text is missing, rejected");
	return 0;
}

static void read_times(struct kannel_ask *k, const int v[FIELDS],
		       int64_t now_ms)
{
	/* Kannel: 0 low to 3 high. */
	static const int ours[] = { 7, 5, 3, 1 };

	if (v[FIELD_DEFERRED] > 0)
		k->send_at_ms = now_ms + (int64_t)v[FIELD_DEFERRED] * MINUTE_MS;
	if (v[FIELD_VALIDITY] > 0)
		k->valid_until_ms =
			now_ms + (int64_t)v[FIELD_VALIDITY] * MINUTE_MS;
	if (v[FIELD_PRIORITY] >= 0)
		k->priority = ours[v[FIELD_PRIORITY]];
	if (v[FIELD_MASK] > 0)
		k->mask = (unsigned)v[FIELD_MASK];
}

int kannel_read(struct kannel_ask *k, kannel_get get, void *owner,
		int64_t now_ms, struct err *err)
{
	int v[FIELDS];

	must(k != NULL && get != NULL);
	struct str udh = value_of(get, owner, "udh", NULL);
	int rc = read_to(k, get, owner, udh, err);
	if (rc == 0)
		rc = read_names(k, get, owner, err);
	if (rc == 0)
		rc = read_numbers(get, owner, v, err);
	if (rc == 0)
		rc = check_carried(v, udh, err);
	if (rc == 0)
		rc = read_text(k, get, owner, v[FIELD_CODING], err);
	if (rc == 0)
		read_times(k, v, now_ms);
	return rc;
}

/* ---- what a report will need --------------------------------------------- */

bool kannel_wants_reports(const struct kannel_ask *k)
{
	must(k != NULL);
	return k->url.len > 0 && (k->mask & 31u) != 0;
}

/* "00447700900001" is 00 and twelve digits. */
static void put_written(struct buf *b, struct str to)
{
	struct str lead = STR_NONE;
	size_t digits = 0;

	if (str_starts(to, STR("+")))
		return;
	if (str_starts(to, STR("00")))
		lead = str_first(to, 2);
	else if (str_starts(to, STR("0")))
		lead = str_first(to, 1);
	for (size_t i = lead.len; i < to.len; i++)
		digits += to.p[i] >= '0' && to.p[i] <= '9';
	json_ks(b, "lead", lead);
	json_ku(b, "tail", digits);
}

void kannel_metadata(const struct kannel_ask *k, struct str user, struct str to,
		     struct buf *out)
{
	must(k != NULL && out != NULL);
	json_open(out, '{');
	json_key(out, "kannel");
	json_open(out, '{');
	if (k->url.len > 0)
		json_ks(out, "url", k->url);
	json_ku(out, "mask", k->mask);
	json_ks_opt(out, "user", user);
	json_ks_opt(out, "from", k->from);
	put_written(out, to);
	json_ks_opt(out, "smsc", k->smsc);
	json_ks_opt(out, "account", k->account);
	json_ks_opt(out, "binfo", k->billing);
	json_ks_opt(out, "meta-data", k->meta);
	json_close(out, '}');
	json_close(out, '}');
}
