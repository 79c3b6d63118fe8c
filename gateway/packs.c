/* The packs as read: the built-in texts, the config over them, one version. */
#include "gateway/packs.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/secret.h"
#include "gateway/hours.h"
#include "proto/text.h"

/* Each file is one section of the config, made a text by the compiler. */
#define RULES(...) #__VA_ARGS__ "\n",
static const char *const builtin[] = {
#include "gateway/packs/all.def"
#include "gateway/packs/cn_31.def"
#include "gateway/packs/eu.def"
#include "gateway/packs/in_trai.def"
#include "gateway/packs/uk.def"
#include "gateway/packs/us_fl.def"
#include "gateway/packs/us_other.def"
#include "gateway/packs/us_tcpa.def"
};
#undef RULES

struct packs {
	struct pack v[PACKS_MAX];
	unsigned len;
	char version[9];
};

bool setting_list_has(const struct setting_list *l, struct str text)
{
	must(l != NULL);
	for (size_t i = 0; i < l->len; i++) {
		if (str_eqz(text, l->v[i]))
			return true;
	}
	return false;
}

/* Texts and lists of their own: the file's values go with the file. */
static void own_values(struct pack_cfg *cfg)
{
	for (size_t i = 0; i < pack_section.count; i++) {
		const struct setting *row = &pack_section.rows[i];
		void *at = (char *)cfg + row->offset;
		struct setting_list *l = at;
		char **text = at;

		if (row->type == SETTING_STR) {
			*text = str_dup(*text);
		} else if (row->type == SETTING_LIST) {
			char **v = mem_array(MAX(l->len, 1), sizeof(*v));

			for (size_t k = 0; k < l->len; k++)
				v[k] = str_dup(l->v[k]);
			l->v = v;
		}
	}
}

static void free_values(struct pack_cfg *cfg)
{
	for (size_t i = 0; i < pack_section.count; i++) {
		const struct setting *row = &pack_section.rows[i];
		void *at = (char *)cfg + row->offset;
		struct setting_list *l = at;

		if (row->type == SETTING_STR) {
			mem_free(*(char **)at);
		} else if (row->type == SETTING_LIST) {
			for (size_t k = 0; k < l->len; k++)
				mem_free(l->v[k]);
			mem_free(l->v);
		}
	}
}

/* "2027-01-31" or "": INT64_MAX. */
static int parse_day(const char *text, int64_t *out)
{
	char whole[24];

	*out = INT64_MAX;
	if (text[0] == '\0')
		return 0;
	if (strlen(text) != 10)
		return -EBADMSG;
	memcpy(whole, text, 10);
	memcpy(whole + 10, "T00:00:00Z", 11);
	return clock_parse_rfc3339(whole, 20, out);
}

static bool all_digits(const struct setting_list *l, size_t most, bool star)
{
	for (size_t i = 0; i < l->len; i++) {
		uint64_t n;
		struct str s = str_of(l->v[i]);

		if (star && str_eqz(s, "*"))
			continue;
		if (s.len == 0 || s.len > most || str_u64(s, 999999, &n) != 0)
			return false;
	}
	return true;
}

/* As replies are compared: without case, width, spaces and marks. A word that
 * is in both lists ends it. */
static bool add_words(struct pack *p, const struct setting_list *l,
		      enum pack_word what)
{
	AUTO(buf_done) struct buf folded = { 0 };

	buf_init(&folded, BUF_NO_LIMIT);
	for (size_t i = 0; i < l->len; i++) {
		struct str word = str_of(l->v[i]);

		buf_reset(&folded);
		if (word.len > PACK_WORD_MAX ||
		    text_fold(word, true, &folded) != 0 || folded.len == 0)
			return false;
		if (p->words == NULL)
			p->words = dict_new();
		if (dict_get(p->words, buf_str(&folded)) == NULL)
			(void)dict_set(p->words, buf_str(&folded),
				       (void *)(uintptr_t)what);
	}
	return true;
}

static void check_pack(const struct section *s, struct pack *p,
		       struct faults *faults)
{
	const struct pack_cfg *cfg = &p->cfg;
	const struct {
		bool bad;
		const char *what;
	} all[] = {
		{ hours_parse(cfg->quiet_hours, &p->open_minute,
			      &p->close_minute) != 0,
		  "quiet_hours is not of the form 08:00-21:00" },
		{ caps_parse(str_of(cfg->cap), p->caps, &p->ncaps) != 0,
		  "cap is not of the form 3/24h, 2/day" },
		{ parse_day(cfg->revoke_all_from, &p->revoke_all_ms) != 0,
		  "revoke_all_from is not a day such as 2027-01-31" },
		{ !all_digits(&cfg->countries, 3, true),
		  "countries are calling codes such as 44, or *" },
		{ !all_digits(&cfg->areas, 6, false),
		  "areas are 1 to 6 digits each" },
		{ !add_words(p, &cfg->stop_words, PACK_WORD_STOP),
		  "stop_words are 1 to 64 bytes of letters or digits each" },
		{ !add_words(p, &cfg->help_words, PACK_WORD_HELP),
		  "help_words are 1 to 64 bytes of letters or digits each" },
		{ cfg->version[0] == '\0', "version is empty" },
		{ strlen(s->title) > 24 || strlen(cfg->version) > 24,
		  "name and version have at most 24 bytes each" },
	};

	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].bad)
			faults_add(faults, "line %u: pack %s: %s", s->line,
				   s->title, all[i].what);
	}
}

static void add_pack(struct packs *ps, const struct section *s,
		     struct faults *faults)
{
	struct pack *p = &ps->v[ps->len];
	struct buf label = { 0 };

	if (ps->len == PACKS_MAX) {
		faults_add(faults, "line %u: more than %d packs", s->line,
			   PACKS_MAX);
		return;
	}
	*p = (struct pack){ .cfg = *(const struct pack_cfg *)s->value };
	own_values(&p->cfg);
	p->name = str_dup(s->title);
	buf_init(&label, 64);
	buf_f(&label, "%s %s", p->name, p->cfg.version);
	p->label = buf_take(&label);
	buf_done(&label);
	ps->len++;
	check_pack(s, p, faults);
}

static void add_builtin(struct packs *ps, const struct settings *s,
			struct faults *faults)
{
	for (size_t i = 0; i < ARRAY_LEN(builtin); i++) {
		struct settings own = { 0 };
		const struct section *sec;
		size_t at = 0;

		if (settings_parse(builtin[i], "built-in", &pack_section, 1,
				   &own, faults) == 0) {
			sec = settings_next(&own, "pack", &at);
			if (settings_find(s, "pack", sec->title) == NULL)
				add_pack(ps, sec, faults);
		}
		settings_done(&own);
	}
}

static void put_value(const struct setting *row, const void *at,
		      struct buf *out)
{
	const struct setting_list *l = at;

	buf_f(out, "%s=", row->name);
	switch (row->type) {
	case SETTING_STR:
	case SETTING_SECRET:
		buf_lstr(out, str_of(*(char *const *)at));
		break;
	case SETTING_LIST:
		for (size_t i = 0; i < l->len; i++)
			buf_lstr(out, str_of(l->v[i]));
		break;
	case SETTING_BOOL:
		buf_u8(out, *(const bool *)at);
		break;
	case SETTING_ENUM:
		buf_u32(out, (uint32_t) * (const int *)at);
		break;
	case SETTING_INT:
	case SETTING_DURATION:
	case SETTING_SIZE:
		buf_u64(out, (uint64_t) * (const int64_t *)at);
		break;
	}
}

/* Every value of every pack goes in. */
static void make_version(struct packs *ps)
{
	struct buf b = { 0 }, hex = { 0 };
	uint8_t digest[32];

	buf_init(&b, BUF_NO_LIMIT);
	buf_init(&hex, BUF_NO_LIMIT);
	for (unsigned i = 0; i < ps->len; i++) {
		buf_lstr(&b, str_of(ps->v[i].name));
		for (size_t k = 0; k < pack_section.count; k++)
			put_value(&pack_section.rows[k],
				  (const char *)&ps->v[i].cfg +
					  pack_section.rows[k].offset,
				  &b);
	}
	secret_sha256(buf_str(&b), digest);
	secret_hex(digest, 4, &hex);
	IGNORE(str_copy(ps->version, sizeof(ps->version), buf_str(&hex)));
	buf_done(&hex);
	buf_done(&b);
}

int packs_new(struct packs **out, const struct settings *s,
	      struct faults *faults)
{
	size_t before, at = 0;
	const struct section *sec;

	must(out != NULL && s != NULL && faults != NULL);
	AUTO(packs_free) struct packs *ps = mem_new(struct packs);
	before = faults->len;
	add_builtin(ps, s, faults);
	while ((sec = settings_next(s, "pack", &at)) != NULL)
		add_pack(ps, sec, faults);
	if (faults->len != before)
		return -EINVAL;
	make_version(ps);
	*out = TAKE(ps);
	return 0;
}

void packs_free(struct packs **pp)
{
	struct packs *ps = *pp;

	if (ps == NULL)
		return;
	for (unsigned i = 0; i < ps->len; i++) {
		free_values(&ps->v[i].cfg);
		mem_free(ps->v[i].name);
		mem_free(ps->v[i].label);
		dict_free(&ps->v[i].words);
	}
	mem_free(ps);
	*pp = NULL;
}

unsigned packs_len(const struct packs *p)
{
	must(p != NULL);
	return p->len;
}

const struct pack *packs_at(const struct packs *p, unsigned i)
{
	must(p != NULL && i < p->len);
	return &p->v[i];
}

const struct pack *packs_find(const struct packs *p, struct str name)
{
	must(p != NULL);
	for (unsigned i = 0; i < p->len; i++) {
		if (str_ieqz(name, p->v[i].name))
			return &p->v[i];
	}
	return NULL;
}

struct str packs_version(const struct packs *p)
{
	must(p != NULL);
	return str_of(p->version);
}

void packs_count(const struct packs *p, struct classes *c)
{
	must(p != NULL && c != NULL);
	for (unsigned i = 0; i < p->len; i++) {
		const struct pack *k = &p->v[i];
		uint32_t mask =
			classes_of_nature(c,
					  (enum class_nature)k->cfg.cap_scope);

		for (unsigned n = 0; n < k->ncaps; n++)
			classes_keep(c, mask, k->caps[n].n,
				     k->caps[n].window_ms);
	}
}
