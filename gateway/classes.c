/* The eleven built-in classes, the config on top of them, and their version. */
#include "gateway/classes.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "gateway/hours.h"

/* Purposes may come and go with reloads; each keeps its number. */
#define PURPOSES_MAX 64

struct classes {
	struct class_rules v[CLASSES_MAX];
	unsigned len;
	char *purposes[PURPOSES_MAX];
	unsigned npurposes;
	char version[9];
};

static int parse_apart(struct class_rules *r, const char *text)
{
	struct str who;
	struct str time = str_cut(str_of(text), '/', &who);

	if (text[0] == '\0')
		return 0;
	who = str_trim(who);
	if (who.len == 0 || str_copy(r->apart, sizeof(r->apart), who) != 0 ||
	    settings_duration(str_trim(time), &r->apart_ms) != 0 ||
	    r->apart_ms <= 0)
		return -EBADMSG;
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

static enum class_nature nature_of(const struct class_cfg *cfg)
{
	if (cfg->nature != CLASS_NATURE_AUTO)
		return (enum class_nature)cfg->nature;
	switch ((enum class_consent)cfg->consent) {
	case CLASS_CONSENT_NONE:
		return CLASS_TRANSACTIONAL;
	case CLASS_CONSENT_OPT_OUT:
		return CLASS_SERVICE;
	case CLASS_CONSENT_REQUIRED:
		return CLASS_PROMOTIONAL;
	}
	return CLASS_PROMOTIONAL;
}

/* What it says of counting: three notations, each with its fault. */
static void add_caps(const struct section *s, struct class_rules *r,
		     struct faults *faults)
{
	const struct class_cfg *cfg = s->value;
	unsigned n = 0, of_purpose = 0;
	const struct {
		const char *name, *text, *form;
		int rc;
	} all[] = {
		{ "cap", cfg->cap, "10/24h, 3/day",
		  caps_parse(str_of(cfg->cap), r->caps, &n) },
		{ "purpose_cap", cfg->purpose_cap, "1/30d, 1/month",
		  caps_parse(str_of(cfg->purpose_cap), r->purpose_caps,
			     &of_purpose) },
		{ "apart", cfg->apart, "marketing/24h",
		  parse_apart(r, cfg->apart) },
	};

	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].rc != 0)
			faults_add(faults,
				   "line %u: class %s: %s \"%s\" is not of "
				   "the form %s (n is 1 to %d)",
				   s->line, s->title, all[i].name, all[i].text,
				   all[i].form, CAP_N_MAX);
	}
	r->ncaps = (uint8_t)n;
	r->npurpose_caps = (uint8_t)of_purpose;
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
	if (hours_parse(cfg->quiet_hours, &r->open_minute, &r->close_minute) !=
	    0)
		faults_add(faults,
			   "line %u: class %s: quiet_hours \"%s\" is not of "
			   "the form 08:00-21:00",
			   s->line, s->title, cfg->quiet_hours);
	add_caps(s, r, faults);
	if (cfg->retry_min > cfg->retry_max)
		faults_add(faults,
			   "line %u: class %s: retry_min is above retry_max",
			   s->line, s->title);
	r->purpose =
		purpose_number(c, cfg->purpose[0] != '\0' ? str_of(cfg->purpose)
							  : str_of(s->title));
	r->name = str_dup(s->title);
	r->index = c->len++;
	r->nature = nature_of(cfg);
	r->cfg.purpose = r->cfg.quiet_hours = r->cfg.cap = NULL;
	r->cfg.purpose_cap = r->cfg.apart = NULL;
}

static void put_caps(const struct cap *v, unsigned n, struct buf *out)
{
	char text[24];

	for (unsigned i = 0; i < n; i++) {
		cap_text(&v[i], text);
		buf_f(out, "%s ", text);
	}
	buf_c(out, ';');
}

void classes_keep(struct classes *c, uint32_t mask, unsigned n,
		  int64_t window_ms)
{
	must(c != NULL && n <= CAP_N_MAX);
	for (unsigned i = 0; i < c->len; i++) {
		struct class_rules *r = &c->v[i];

		if ((mask & BIT(i)) == 0)
			continue;
		r->keep = MAX(r->keep, n);
		r->horizon_ms = MAX(r->horizon_ms, window_ms);
	}
}

static void keep_for(struct classes *c, uint32_t mask, const struct cap *v,
		     unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		classes_keep(c, mask, v[i].n, v[i].window_ms);
}

/* Which classes look at which: after all are there. */
static void join_classes(struct classes *c)
{
	for (unsigned i = 0; i < c->len; i++) {
		struct class_rules *r = &c->v[i];

		r->purpose_mask = r->apart_mask = 0;
		r->keep = 0;
		r->horizon_ms = 0;
		for (unsigned k = 0; k < c->len; k++) {
			const struct class_rules *o = &c->v[k];

			if (o->purpose == r->purpose)
				r->purpose_mask |= BIT(k);
			if (r->apart_ms != 0 &&
			    (strcmp(r->apart, o->name) == 0 ||
			     strcmp(r->apart, c->purposes[o->purpose]) == 0))
				r->apart_mask |= BIT(k);
		}
	}
	for (unsigned i = 0; i < c->len; i++) {
		const struct class_rules *r = &c->v[i];

		keep_for(c, BIT(i), r->caps, r->ncaps);
		keep_for(c, r->purpose_mask, r->purpose_caps, r->npurpose_caps);
		if (r->apart_mask != 0)
			classes_keep(c, r->apart_mask, 1, r->apart_ms);
	}
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

		buf_f(&b, "%s %d %s %d-%d %d %d %s/%lld ", r->name,
		      r->cfg.consent, c->purposes[r->purpose], r->open_minute,
		      r->close_minute, r->cfg.bypass, (int)r->nature, r->apart,
		      (long long)r->apart_ms);
		put_caps(r->caps, r->ncaps, &b);
		put_caps(r->purpose_caps, r->npurpose_caps, &b);
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

	if (settings_parse(classes_builtin, "built-in", &class_section, 1, &own,
			   faults) != 0)
		return;
	while ((sec = settings_next(&own, "class", &at)) != NULL) {
		if (settings_find(s, "class", sec->title) == NULL)
			add_class(c, sec, faults);
	}
	settings_done(&own);
}

static void check_apart(const struct classes *c, struct faults *faults)
{
	for (unsigned i = 0; i < c->len; i++) {
		const struct class_rules *r = &c->v[i];

		if (r->apart_ms != 0 && r->apart_mask == 0)
			faults_add(faults,
				   "class %s: apart: there is no purpose or "
				   "class %s",
				   r->name, r->apart);
	}
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
	join_classes(c);
	check_apart(c, faults);
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

/* A slot keeps its name and its number; all else is the new file's. */
static void replace_rules(struct classes *c, struct class_rules *to,
			  const struct class_rules *from, struct str purpose)
{
	char *name = to->name;
	unsigned index = to->index;

	*to = *from;
	to->name = name;
	to->index = index;
	to->purpose = purpose_number(c, purpose);
	to->gone = false;
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
		replace_rules(c, to, from, str_of(purpose));
	}
	join_classes(c);
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

bool classes_promotes(const struct classes *c, unsigned purpose)
{
	must(c != NULL);
	for (unsigned i = 0; i < c->len; i++) {
		if (c->v[i].purpose == purpose &&
		    c->v[i].nature == CLASS_PROMOTIONAL)
			return true;
	}
	return false;
}

uint32_t classes_of_nature(const struct classes *c, enum class_nature least)
{
	uint32_t mask = 0;

	must(c != NULL);
	for (unsigned i = 0; i < c->len; i++) {
		if (c->v[i].nature >= least)
			mask |= BIT(i);
	}
	return mask;
}

const char *class_nature_name(enum class_nature n)
{
	static const char *const names[] = { "transactional", "service",
					     "promotional" };

	must((unsigned)n < CLASS_NATURES);
	return names[n];
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
