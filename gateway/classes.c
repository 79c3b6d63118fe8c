/* The ten built-in classes, the config on top of them, and their version. */
#include "gateway/classes.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"

static const char *const consent_names[] = { "none", "opt-out", "required",
					     NULL };
static const char *const resend_names[] = { "never", "once", NULL };

#define ROW(field, type, initial, min, max, names, unit, text)                 \
	{                                                                      \
#field, type, offsetof(struct class_cfg, field), initial, min, \
			max, names, unit, true, text                           \
	}

static const struct setting class_rows[] = {
	ROW(consent, SETTING_ENUM, "required", 0, 0, consent_names, NULL,
	    "May it be written without, until refused, or only after consent."),
	ROW(purpose, SETTING_STR, "", 0, 0, NULL, NULL,
	    "Purpose in the consent ledger; empty: the name of the class."),
	ROW(quiet_hours, SETTING_STR, "", 0, 0, NULL, "HH:MM-HH:MM",
	    "Local hours of the recipient in which it may go; empty: any."),
	ROW(cap, SETTING_STR, "", 0, 0, NULL, "n/time",
	    "At most n of this class to one person in that time."),
	ROW(priority, SETTING_INT, "5", 0, 9, NULL, NULL,
	    "0 goes before everything, 9 after everything."),
	ROW(validity, SETTING_DURATION, "48h", 1000, 2592000000, NULL, NULL,
	    "After this it is not sent any more."),
	ROW(receipt_wait, SETTING_DURATION, "72h", 1000, 2592000000, NULL, NULL,
	    "Without a receipt for this long it becomes unknown."),
	ROW(attempts, SETTING_INT, "8", 1, 100, NULL, NULL,
	    "Most attempts before it has failed."),
	ROW(retry_min, SETTING_DURATION, "5s", 10, 86400000, NULL, NULL,
	    "Wait before the second attempt; doubles each time."),
	ROW(retry_max, SETTING_DURATION, "15m", 10, 86400000, NULL, NULL,
	    "Longest wait between two attempts."),
	ROW(resend, SETTING_ENUM, "never", 0, 0, resend_names, NULL,
	    "What happens to an attempt in doubt after a crash or time-out."),
	ROW(bypass, SETTING_BOOL, "false", 0, 0, NULL, NULL,
	    "Ignores hours, caps and the block list: for alerts only."),
	ROW(opt_out_text, SETTING_BOOL, "false", 0, 0, NULL, NULL,
	    "Its texts carry the words that stop it: a bare R, T or N counts."),
	ROW(body_retention, SETTING_DURATION, "155d", 0, 0, NULL, NULL,
	    "How long the text is kept after the end."),
};

const struct setting_section class_section = {
	"class",
	true,
	sizeof(struct class_cfg),
	class_rows,
	ARRAY_LEN(class_rows),
	"Policy of one kind of message.",
};

/* The policy of sources.md 1.8, in the notation of the config. */
static const char builtin[] =
	"class alert { consent = none priority = 0 bypass = true\n"
	" resend = once validity = 1h retry_min = 2s attempts = 20 }\n"
	"class transaction { consent = none priority = 1 bypass = true\n"
	" resend = once validity = 24h attempts = 12 }\n"
	"class reminder { consent = none priority = 2\n"
	" quiet_hours = \"08:00-21:00\" resend = once }\n"
	"class notice { consent = none priority = 2\n"
	" quiet_hours = \"08:00-21:00\" resend = once }\n"
	"class callback { consent = none priority = 3\n"
	" quiet_hours = \"08:00-21:00\" resend = once }\n"
	"class service { consent = none priority = 3 resend = once }\n"
	"class survey { consent = opt-out priority = 4\n"
	" quiet_hours = \"08:00-21:00\" cap = \"1/7d\" opt_out_text = true }\n"
	"class care { consent = opt-out priority = 5\n"
	" quiet_hours = \"08:00-21:00\" opt_out_text = true }\n"
	"class news { consent = required priority = 6\n"
	" quiet_hours = \"08:00-21:00\" opt_out_text = true }\n"
	"class marketing { consent = required priority = 7\n"
	" quiet_hours = \"08:00-21:00\" cap = \"10/24h\" opt_out_text = true }\n";

/* Purposes may come and go with reloads; each keeps its number. */
#define PURPOSES_MAX 64

struct classes {
	struct class_rules v[CLASSES_MAX];
	unsigned len;
	char *purposes[PURPOSES_MAX];
	unsigned npurposes;
	char version[9];
};

static int parse_minute(struct str s, int *out)
{
	struct str hour;
	struct str minute = str_cut(s, ':', &hour);
	uint64_t h, m;

	if (str_u64(hour, 24, &h) != 0 || minute.len != 2 ||
	    str_u64(minute, 59, &m) != 0 || h * 60 + m > 1440)
		return -EBADMSG;
	*out = (int)(h * 60 + m);
	return 0;
}

static int parse_hours(struct class_rules *r, const char *text)
{
	struct str open;
	struct str close = str_cut(str_of(text), '-', &open);

	if (text[0] == '\0')
		return 0;
	if (parse_minute(str_trim(open), &r->open_minute) != 0 ||
	    parse_minute(str_trim(close), &r->close_minute) != 0 ||
	    r->open_minute >= r->close_minute)
		return -EBADMSG;
	return 0;
}

static int parse_cap(struct class_rules *r, const char *text)
{
	struct str n;
	struct str window = str_cut(str_of(text), '/', &n);
	uint64_t count;

	if (text[0] == '\0')
		return 0;
	if (str_u64(str_trim(n), 200, &count) != 0 || count == 0 ||
	    settings_duration(str_trim(window), &r->cap_window_ms) != 0)
		return -EBADMSG;
	r->cap = (unsigned)count;
	return 0;
}

static unsigned purpose_number(struct classes *c, struct str name)
{
	int found = classes_purpose(c, name);

	if (found >= 0)
		return (unsigned)found;
	if (c->npurposes == ARRAY_LEN(c->purposes))
		return PURPOSE_ALL; /* asks for nothing anybody can grant */
	c->purposes[c->npurposes] = str_z(name);
	return c->npurposes++;
}

static void add_class(struct classes *c, const struct section *s,
		      struct faults *faults)
{
	const struct class_cfg *cfg = s->value;
	struct class_rules *r = &c->v[c->len];

	if (c->len == CLASSES_MAX) {
		faults_add(faults, "line %u: more than %d classes", s->line,
			   CLASSES_MAX);
		return;
	}
	r->cfg = *cfg;
	if (parse_hours(r, cfg->quiet_hours) != 0)
		faults_add(faults,
			   "line %u: class %s: quiet_hours \"%s\" is not of "
			   "the form 08:00-21:00",
			   s->line, s->title, cfg->quiet_hours);
	if (parse_cap(r, cfg->cap) != 0)
		faults_add(faults,
			   "line %u: class %s: cap \"%s\" is not of the form "
			   "10/24h (1 to 200)",
			   s->line, s->title, cfg->cap);
	if (cfg->retry_min > cfg->retry_max)
		faults_add(faults,
			   "line %u: class %s: retry_min is above retry_max",
			   s->line, s->title);
	r->purpose =
		purpose_number(c, cfg->purpose[0] != '\0' ? str_of(cfg->purpose)
							  : str_of(s->title));
	r->name = str_dup(s->title);
	r->index = c->len++;
	r->cfg.purpose = r->cfg.quiet_hours = r->cfg.cap = NULL;
}

/* Every rule goes in: a decision names what it was judged by. */
static void make_version(struct classes *c)
{
	struct buf b = { 0 }, hex = { 0 };
	uint8_t digest[32];

	buf_init(&b, BUF_NO_LIMIT);
	buf_init(&hex, BUF_NO_LIMIT);
	for (unsigned i = 0; i < c->len; i++) {
		const struct class_rules *r = &c->v[i];

		buf_f(&b, "%s %d %s %d-%d %u/%lld %d;", r->name, r->cfg.consent,
		      c->purposes[r->purpose], r->open_minute, r->close_minute,
		      r->cap, (long long)r->cap_window_ms, r->cfg.bypass);
	}
	secret_sha256(buf_str(&b), digest);
	secret_hex(digest, 4, &hex);
	IGNORE(str_copy(c->version, sizeof(c->version), buf_str(&hex)));
	buf_done(&hex);
	buf_done(&b);
}

static void add_builtin(struct classes *c, const struct settings *s,
			struct faults *faults)
{
	struct settings own = { 0 };
	const struct section *sec;
	size_t at = 0;

	if (settings_parse(builtin, "built-in", &class_section, 1, &own,
			   faults) != 0)
		return;
	while ((sec = settings_next(&own, "class", &at)) != NULL) {
		if (settings_find(s, "class", sec->title) == NULL)
			add_class(c, sec, faults);
	}
	settings_done(&own);
}

int classes_new(struct classes **out, const struct settings *s,
		struct faults *faults)
{
	size_t before = faults->len, at = 0;
	const struct section *sec;

	must(out != NULL && s != NULL && faults != NULL);
	AUTO(classes_free) struct classes *c = mem_new(struct classes);
	c->purposes[c->npurposes++] = str_dup("*");
	add_builtin(c, s, faults);
	while ((sec = settings_next(s, "class", &at)) != NULL)
		add_class(c, sec, faults);
	if (faults->len != before)
		return -EINVAL;
	make_version(c);
	*out = TAKE(c);
	return 0;
}

static struct class_rules *slot_of(struct classes *c, const char *name)
{
	for (unsigned i = 0; i < c->len; i++) {
		if (strcmp(c->v[i].name, name) == 0)
			return &c->v[i];
	}
	return NULL;
}

int classes_update(struct classes *c, const struct settings *s,
		   struct faults *faults)
{
	AUTO(classes_free) struct classes *fresh = NULL;
	unsigned more = 0;

	must(c != NULL && s != NULL && faults != NULL);
	if (classes_new(&fresh, s, faults) != 0)
		return -EINVAL;
	for (unsigned i = 0; i < fresh->len; i++)
		more += slot_of(c, fresh->v[i].name) == NULL;
	if (c->len + more > CLASSES_MAX) {
		faults_add(faults,
			   "more than %d classes since the start of the "
			   "daemon: restart it",
			   CLASSES_MAX);
		return -EINVAL;
	}
	for (unsigned i = 0; i < c->len; i++)
		c->v[i].gone = true;
	for (unsigned i = 0; i < fresh->len; i++) {
		const struct class_rules *from = &fresh->v[i];
		struct class_rules *to = slot_of(c, from->name);
		const char *purpose = fresh->purposes[from->purpose];

		if (to == NULL) {
			to = &c->v[c->len];
			to->name = str_dup(from->name);
			to->index = c->len++;
		}
		to->cfg = from->cfg;
		to->open_minute = from->open_minute;
		to->close_minute = from->close_minute;
		to->cap = from->cap;
		to->cap_window_ms = from->cap_window_ms;
		to->purpose = purpose_number(c, str_of(purpose));
		to->gone = false;
	}
	make_version(c);
	return 0;
}

void classes_free(struct classes **cp)
{
	struct classes *c = *cp;

	if (c == NULL)
		return;
	for (unsigned i = 0; i < c->len; i++)
		mem_free(c->v[i].name);
	for (unsigned i = 0; i < c->npurposes; i++)
		mem_free(c->purposes[i]);
	mem_free(c);
	*cp = NULL;
}

const struct class_rules *classes_find(const struct classes *c, struct str name)
{
	must(c != NULL);
	for (unsigned i = 0; i < c->len; i++) {
		if (!c->v[i].gone && str_eqz(name, c->v[i].name))
			return &c->v[i];
	}
	return NULL;
}

const struct class_rules *classes_at(const struct classes *c, unsigned index)
{
	must(c != NULL && index < c->len);
	return &c->v[index];
}

unsigned classes_len(const struct classes *c)
{
	must(c != NULL);
	return c->len;
}

int classes_purpose(const struct classes *c, struct str purpose)
{
	must(c != NULL);
	for (unsigned i = 0; i < c->npurposes; i++) {
		if (str_eqz(purpose, c->purposes[i]))
			return (int)i;
	}
	return -ENOENT;
}

const char *classes_purpose_name(const struct classes *c, unsigned purpose)
{
	must(c != NULL && purpose < c->npurposes);
	return c->purposes[purpose];
}

struct str classes_version(const struct classes *c)
{
	must(c != NULL);
	return str_of(c->version);
}
