/* Versions of templates: their states, their copies, their hashes. */
#include "campaigns/version.h"

#include <errno.h>
#include <string.h>

#include "base/fsm.h"
#include "base/mem.h"
#include "base/secret.h"

/* ---- states ---------------------------------------------------------------- */

#define ON(e) BIT(VERSION_E_##e)
#define TO(s) BIT(VERSION_##s)

static const struct fsm_state states[] = {
	[VERSION_DRAFT] = { "draft", ON(SUBMIT) | ON(RETIRE),
			    TO(SUBMITTED) | TO(RETIRED), 0 },
	/* The first of two approvals leaves it where it is. */
	[VERSION_SUBMITTED] = { "submitted",
				ON(APPROVE) | ON(REJECT) | ON(RETIRE),
				TO(SUBMITTED) | TO(APPROVED) | TO(REJECTED) |
					TO(RETIRED),
				0 },
	[VERSION_APPROVED] = { "approved", ON(ACTIVATE) | ON(RETIRE),
			       TO(ACTIVE) | TO(RETIRED), 0 },
	[VERSION_ACTIVE] = { "active", ON(REVIEW) | ON(RETIRE),
			     TO(REVIEW) | TO(RETIRED), 0 },
	[VERSION_REJECTED] = { "rejected", ON(RETIRE), TO(RETIRED), 0 },
	[VERSION_REVIEW] = { "under_review", ON(ACTIVATE) | ON(RETIRE),
			     TO(ACTIVE) | TO(RETIRED), 0 },
	[VERSION_RETIRED] = { "retired", 0, 0, 0 },
};

static const struct fsm machine = { "template", states, ARRAY_LEN(states) };

static const char *const event_names[VERSION_EVENTS] = {
	"submit", "approve", "reject", "activate", "review", "retire",
};
static const char *const translation_names[TRANSLATION_STATES] = {
	"draft",
	"submitted",
	"approved",
	"rejected",
};
static const char *const registration_names[REGISTRATIONS] = {
	"dlt_entity",   "dlt_header",  "dlt_template",
	"cn_signature", "cn_template",
};

const char *version_state_name(enum version_state s)
{
	must((unsigned)s < VERSION_STATES);
	return states[s].name;
}

int version_state_parse(struct str s, enum version_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < VERSION_STATES; i++) {
		if (str_eqz(s, states[i].name)) {
			*out = (enum version_state)i;
			return 0;
		}
	}
	return -EBADMSG;
}

const char *version_event_name(enum version_event e)
{
	must((unsigned)e < VERSION_EVENTS);
	return event_names[e];
}

const char *translation_state_name(enum translation_state s)
{
	must((unsigned)s < TRANSLATION_STATES);
	return translation_names[s];
}

int translation_state_parse(struct str s, enum translation_state *out)
{
	must(out != NULL);
	for (unsigned i = 0; i < TRANSLATION_STATES; i++) {
		if (str_eqz(s, translation_names[i])) {
			*out = (enum translation_state)i;
			return 0;
		}
	}
	return -EBADMSG;
}

const char *registration_name(enum registration r)
{
	must((unsigned)r < REGISTRATIONS);
	return registration_names[r];
}

bool version_allows(const struct version *v, enum version_event e)
{
	must(v != NULL && (unsigned)e < VERSION_EVENTS);
	return (states[v->state].events & BIT(e)) != 0;
}

void version_move(struct version *v, enum version_state next)
{
	struct fsm_run run;

	must(v != NULL);
	fsm_init(&run, &machine, v->id, v->state);
	fsm_move(&run, next);
	v->state = next;
}

/* ---- new, copy, free --------------------------------------------------------- */

#define AT(f) offsetof(struct version, f)
static const size_t texts[] = {
	AT(tenant),
	AT(id),
	AT(name),
	AT(class_name),
	AT(branch),
	AT(owner),
	AT(sender),
	AT(promise),
	AT(author),
	AT(approver),
	AT(second),
	AT(reason),
	AT(registrations[0]),
	AT(registrations[1]),
	AT(registrations[2]),
	AT(registrations[3]),
	AT(registrations[4]),
};
#undef AT

#define AT(f) offsetof(struct translation, f)
static const size_t translation_texts[] = {
	AT(lang), AT(signature), AT(text), AT(tail), AT(reason),
};
#undef AT

static char **text_at(void *object, size_t offset)
{
	return (char **)((char *)object + offset);
}

static const char *text_in(const void *object, size_t offset)
{
	return *(char *const *)((const char *)object + offset);
}

void version_text(char **at, struct str s)
{
	must(at != NULL);
	char *was = *at;

	*at = str_z(s);
	mem_free(was);
}

static void translation_done(struct translation *t)
{
	for (size_t i = 0; i < ARRAY_LEN(translation_texts); i++)
		mem_free(*text_at(t, translation_texts[i]));
	template_free(&t->program);
	*t = (struct translation){ .lang = NULL };
}

struct version *version_new(void)
{
	struct version *v = mem_new(struct version);

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*text_at(v, texts[i]) = str_dup("");
	return v;
}

void version_free(struct version **vp)
{
	struct version *v = *vp;

	if (v == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		mem_free(*text_at(v, texts[i]));
	for (unsigned i = 0; i < v->n; i++)
		translation_done(&v->v[i]);
	mem_free(v);
	*vp = NULL;
}

static void translation_copy(const struct translation *from,
			     struct translation *to)
{
	struct str source = template_source(from->program);

	*to = *from;
	for (size_t i = 0; i < ARRAY_LEN(translation_texts); i++)
		*text_at(to, translation_texts[i]) =
			str_dup(text_in(from, translation_texts[i]));
	to->program = NULL;
	must(template_compile(&to->program, source, NULL) == 0);
}

struct version *version_copy(const struct version *v)
{
	must(v != NULL);
	struct version *c = mem_dup(v, sizeof(*v));

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*text_at(c, texts[i]) = str_dup(text_in(v, texts[i]));
	for (unsigned i = 0; i < v->n; i++)
		translation_copy(&v->v[i], &c->v[i]);
	return c;
}

/* ---- translations ------------------------------------------------------------ */

struct translation *version_translation(const struct version *v,
					struct str lang)
{
	must(v != NULL);
	for (unsigned i = 0; i < v->n; i++)
		if (str_eqz(lang, v->v[i].lang))
			return (struct translation *)(uintptr_t)&v->v[i];
	return NULL;
}

static bool has_braces(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.p[i] == s.p[i + 1] && (s.p[i] == '{' || s.p[i] == '}'))
			return true;
	return false;
}

/* Chinese puts a name in 【】; elsewhere these would cost a charset. */
static void source_of(struct str lang, struct str signature, struct str text,
		      struct str tail, struct buf *out)
{
	bool zh = str_starts(lang, STR("zh"));

	if (signature.len > 0) {
		buf_z(out, zh ? "【" : "[");
		buf_str_put(out, signature);
		buf_z(out, zh ? "】" : "] ");
	}
	buf_str_put(out, text);
	buf_str_put(out, tail);
}

void translation_source(const struct translation *t, struct buf *out)
{
	must(t != NULL && out != NULL);
	source_of(str_of(t->lang), str_of(t->signature), str_of(t->text),
		  str_of(t->tail), out);
}

/* A tag of letters, digits and '-': "zh", "en", "zh-Hant". */
static bool lang_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (i > 1 && ((c >= '0' && c <= '9') || c == '-'))))
			return false;
	}
	return s.len >= 2 && s.len <= VERSION_LANG_MAX;
}

/* Where the language stands, or a new place for it, in order of the tags. */
static struct translation *place_of(struct version *v, struct str lang)
{
	struct translation *t = version_translation(v, lang);
	unsigned at = v->n;

	if (t != NULL) {
		translation_done(t);
		t->lang = str_z(lang);
		return t;
	}
	char *tag = str_z(lang);

	while (at > 0 && strcmp(v->v[at - 1].lang, tag) > 0)
		at--;
	memmove(&v->v[at + 1], &v->v[at], (v->n - at) * sizeof(v->v[0]));
	v->n++;
	v->v[at] = (struct translation){ .lang = tag };
	return &v->v[at];
}

int version_translate(struct version *v, struct str lang, struct str signature,
		      struct str text, struct str tail, struct err *err)
{
	struct template *program = NULL;
	AUTO(buf_done) struct buf source = { 0 };

	must(v != NULL);
	if (!lang_ok(lang))
		return err_set(err, -EINVAL,
			       "a language is a tag such as zh or en");
	if (v->n == TRANSLATIONS_MAX && version_translation(v, lang) == NULL)
		return err_set(err, -ENOSPC, "more than %d languages",
			       TRANSLATIONS_MAX);
	if (has_braces(signature) || has_braces(tail))
		return err_set(err, -EINVAL,
			       "signature and tail hold no variables");
	if (signature.len > VERSION_NAME_MAX || tail.len > VERSION_NAME_MAX)
		return err_set(err, -ENOSPC,
			       "signature and tail have at most %d bytes each",
			       VERSION_NAME_MAX);
	buf_init(&source, BUF_NO_LIMIT);
	source_of(lang, signature, text, tail, &source);
	int rc = template_compile(&program, buf_str(&source), err);
	if (rc != 0)
		return rc;
	struct translation *t = place_of(v, lang);

	t->signature = str_z(signature);
	t->text = str_z(text);
	t->tail = str_z(tail);
	t->reason = str_dup("");
	t->program = program;
	return 0;
}

/* ---- hashes -------------------------------------------------------------------- */

/* What holds for every language. */
static void put_common(const struct version *v, struct buf *b)
{
	buf_lstr(b, str_of(v->id));
	buf_varint(b, v->number);
	buf_lstr(b, str_of(v->class_name));
	buf_lstr(b, str_of(v->owner));
	buf_lstr(b, str_of(v->sender));
	buf_lstr(b, str_of(v->promise));
	buf_u8(b, v->priced);
	for (unsigned i = 0; i < REGISTRATIONS; i++)
		buf_lstr(b, str_of(v->registrations[i]));
}

void version_seal(struct version *v)
{
	AUTO(buf_done) struct buf all = { 0 }, one = { 0 };

	must(v != NULL);
	buf_init(&all, BUF_NO_LIMIT);
	buf_init(&one, BUF_NO_LIMIT);
	put_common(v, &all);
	for (unsigned i = 0; i < v->n; i++) {
		struct translation *t = &v->v[i];

		buf_reset(&one);
		put_common(v, &one);
		buf_lstr(&one, str_of(t->lang));
		buf_lstr(&one, str_of(t->signature));
		buf_lstr(&one, str_of(t->text));
		buf_lstr(&one, str_of(t->tail));
		secret_sha256(buf_str(&one), t->sha256);
		buf_lstr(&all, str_bytes(t->sha256, VERSION_SHA256));
	}
	secret_sha256(buf_str(&all), v->sha256);
}
