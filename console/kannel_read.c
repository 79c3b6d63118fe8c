/* Kannel's sendsms parameters. */
#include "console/kannel.h"

#include <errno.h>

#include "proto/json.h"
#include "proto/text.h"

#define MINUTE_MS 60000
#define MINUTES_MAX (366 * 24 * 60)

void kannel_ask_init(struct kannel_ask *k)
{
	must(k != NULL);
	*k = (struct kannel_ask){ .priority = -1 };
	buf_init(&k->text, 65536);
	buf_init(&k->metadata, 8192);
}

void kannel_ask_done(struct kannel_ask *k)
{
	must(k != NULL);
	buf_done(&k->text);
	buf_done(&k->metadata);
}

static int minutes(struct str s, const char *name, int64_t now_ms, int64_t *out,
		   struct err *err)
{
	uint64_t n = 0;

	if (s.len == 0)
		return 0;
	if (str_u64(str_trim(s), MINUTES_MAX, &n) != 0)
		return err_set(err, -EINVAL, "%s misformed, rejected", name);
	if (n > 0)
		*out = now_ms + (int64_t)n * MINUTE_MS;
	return 0;
}

/* Kannel's own rule: UTF-8, but UTF-16BE where coding says UCS-2. */
static int text_read(struct kannel_ask *k, struct str text, uint64_t coding,
		     struct str charset, struct err *err)
{
	if (charset.len == 0)
		charset = coding == 2 ? STR("UTF-16BE") : STR("UTF-8");
	if (str_ieqz(charset, "UTF-8") || str_ieqz(charset, "UTF8") ||
	    str_ieqz(charset, "US-ASCII") || str_ieqz(charset, "ASCII")) {
		buf_str_put(&k->text, text);
	} else if (str_ieqz(charset, "UTF-16BE") ||
		   str_ieqz(charset, "UCS-2") || str_ieqz(charset, "UCS2")) {
		text_from_utf16(text, &k->text);
	} else if (str_ieqz(charset, "ISO-8859-1") ||
		   str_ieqz(charset, "LATIN1") ||
		   str_ieqz(charset, "WINDOWS-1252")) {
		text_from_latin1(text, &k->text);
	} else {
		return err_set(err, -EINVAL,
			       "charset '%.*s' is not known, rejected",
			       STR_ARGS(str_first(charset, 40)));
	}
	if (!text_utf8_ok(buf_str(&k->text)))
		return err_set(err, -EINVAL,
			       "text is not in its charset, rejected");
	return 0;
}

/* Kannel: 0 low to 3 high. Ours: 0 first to 9 last. */
static int priority_read(struct str s, int *out, struct err *err)
{
	static const int ours[] = { 7, 5, 3, 1 };
	uint64_t n;

	if (s.len == 0)
		return 0;
	if (str_u64(str_trim(s), 3, &n) != 0)
		return err_set(err, -EINVAL, "priority misformed, rejected");
	*out = ours[n];
	return 0;
}

static void keep(struct kannel_ask *k, kannel_get get, void *owner)
{
	static const char *const names[] = { "dlr-url", "dlr-mask", "smsc",
					     "account", "binfo" };
	struct buf *b = &k->metadata;
	bool any = false;

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		struct str v = get(owner, names[i]);
		if (v.len == 0 || v.len > 1024 || !text_printable(v))
			continue;
		if (!any) {
			json_open(b, '{');
			json_key(b, "kannel");
			json_open(b, '{');
		}
		any = true;
		json_ks(b, names[i], v);
	}
	if (any) {
		json_close(b, '}');
		json_close(b, '}');
	}
}

int kannel_read(struct kannel_ask *k, kannel_get get, void *owner,
		int64_t now_ms, struct err *err)
{
	uint64_t coding = 0;

	must(k != NULL && get != NULL);
	k->to = str_trim(get(owner, "to"));
	k->from = str_trim(get(owner, "from"));
	struct str text = get(owner, "text");
	struct str code = str_trim(get(owner, "coding"));
	if (k->to.len == 0)
		return err_set(err, -EINVAL,
			       "Empty receiver number not allowed, rejected");
	if (code.len > 0 && str_u64(code, 2, &coding) != 0)
		return err_set(err, -EINVAL,
			       "coding field misformed, rejected");
	if (coding == 1 || get(owner, "udh").len > 0)
		return err_set(err, -EINVAL,
			       "binary messages and udh are not taken, "
			       "rejected");
	if (text.len == 0)
		return err_set(err, -EINVAL, "text is missing, rejected");
	int rc = text_read(k, text, coding, str_trim(get(owner, "charset")),
			   err);
	if (rc == 0)
		rc = minutes(get(owner, "deferred"), "deferred", now_ms,
			     &k->send_at_ms, err);
	if (rc == 0)
		rc = minutes(get(owner, "validity"), "validity", now_ms,
			     &k->valid_until_ms, err);
	if (rc == 0)
		rc = priority_read(get(owner, "priority"), &k->priority, err);
	if (rc == 0)
		keep(k, get, owner);
	return rc;
}

/* ---- forms ----------------------------------------------------------------------*/

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void unescape(struct str s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '%' && s.len - i > 2 && digit(s.p[i + 1]) >= 0 &&
		    digit(s.p[i + 2]) >= 0) {
			buf_c(out, (char)(digit(s.p[i + 1]) << 4 |
					  digit(s.p[i + 2])));
			i += 2;
		} else {
			buf_c(out, s.p[i] == '+' ? ' ' : s.p[i]);
		}
	}
}

int form_get(struct str form, const char *name, struct buf *out)
{
	must(name != NULL && out != NULL);
	while (form.len > 0) {
		struct str pair, key;
		form = str_cut(form, '&', &pair);
		struct str value = str_cut(pair, '=', &key);
		if (!str_eqz(key, name))
			continue;
		unescape(value, out);
		return 0;
	}
	return -ENOENT;
}
