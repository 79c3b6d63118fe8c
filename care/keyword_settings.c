/* Sections `keywords` and `keyword`. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "care/action.h"
#include "care/callbacks.h"
#include "care/complaint.h"
#include "care/keyword_table.h"
#include "care/orders.h"
#include "proto/reply.h"
#include "templates/parse.h"

#define ALL(f) offsetof(struct keywords_cfg, f)

static const struct setting all_rows[] = {
	{ "class", SETTING_STR, ALL(class_name), "transaction", 0, 0, NULL,
	  NULL, false, "Class of the answers." },
	{ "answers", SETTING_INT, ALL(answers), "20", 1, 1000, NULL, "answers",
	  false,
	  "To one number within an hour; then the inbox has its words." },
	{ "max", SETTING_INT, ALL(max), "100000", 1, 10000000, NULL, "numbers",
	  false, "Numbers whose answers and menus are remembered." },
	{ "menu_for", SETTING_DURATION, ALL(menu_for), "10m", 1000, 86400000,
	  NULL, NULL, false, "Digits pick of a menu for so long." },
};
#undef ALL

const struct setting_section keywords_section = {
	"keywords",
	false,
	sizeof(struct keywords_cfg),
	all_rows,
	ARRAY_LEN(all_rows),
	"The words that customers may send: limits.",
};

static const char *const argument_names[] = { "none", "optional", "required",
					      NULL };
/* As enum case_kind, after none. */
static const char *const kind_names[] = { "none",     "complaint",
					  "report",   "suggestion",
					  "question", "charge_dispute",
					  NULL };

#define AT(f) offsetof(struct keyword_cfg, f)
#define TEXT(field, text)                                                    \
	{                                                                    \
#field, SETTING_STR, AT(field), "", 0, 0, NULL, NULL, false, \
			text                                                 \
	}

static const struct setting rows[] = {
	{ "words", SETTING_LIST, AT(words), "{}", 0, 100, NULL, NULL, false,
	  "What customers send: {\"HF\", \"话费\"}; none: only menus lead here." },
	{ "to", SETTING_LIST, AT(to), "{}", 0, 100, NULL, NULL, false,
	  "Only messages to these numbers of ours; none: to any." },
	TEXT(tenant, "Whose customers; empty: everybody's."),
	{ "argument", SETTING_ENUM, AT(argument), "none", 0, 0, argument_names,
	  NULL, false, "Does something follow the word: \"CX 123456\"?" },
	{ "argument_words", SETTING_INT, AT(argument_words), "1", 1, 100, NULL,
	  "words", false, "It has at most; more is a sentence, for a person." },
	TEXT(event, "Type of the event that tells of it: billing.query."),
	TEXT(answer_zh, "Said at once, in Chinese; {{argument}} {{case}}."),
	TEXT(answer_en, "The same in English."),
	TEXT(ask_zh, "Said where the argument is missing."),
	TEXT(ask_en, "The same in English."),
	TEXT(template, "An approved template instead of the answer."),
	TEXT(queue, "A person of this queue calls."),
	{ "case", SETTING_ENUM, AT(kind), "none", 0, 0, kind_names, NULL, false,
	  "A case of this kind opens." },
	{ "menu", SETTING_LIST, AT(menu), "{}", 0, 100, NULL, NULL, false,
	  "What digits pick after the answer: {\"1 balance\", \"2 usage\"}." },
};

const struct setting_section keyword_section = {
	"keyword",
	true,
	sizeof(struct keyword_cfg),
	rows,
	ARRAY_LEN(rows),
	"A word that a customer sends, and what comes of it.",
};

/* ---- checks ---------------------------------------------------------------------- */

struct checking {
	const struct settings *settings;
	struct faults *faults;
	struct complaints *complaints;
	struct dict *taken; /* folded -> section that has it */
	const struct section *s;
	const struct keyword_cfg *cfg;
};

#define FAULT(c, fmt, ...)                                                 \
	faults_add((c)->faults, "line %u: keyword %s: " fmt, (c)->s->line, \
		   (c)->s->title, __VA_ARGS__)

static bool holds(const struct setting_list *l, struct str folded)
{
	bool is = false;

	for (size_t i = 0; !is && i < l->len; i++) {
		AUTO(buf_done) struct buf b = { 0 };

		is = keyword_fold(str_of(l->v[i]), &b) &&
		     str_eq(buf_str(&b), folded);
	}
	return is;
}

/* Who has it already, by a name for people; NULL: nobody. */
static const char *other_meaning(const struct checking *c, const char *word,
				 struct str folded)
{
	const struct section *s = NULL;
	struct complaint found;
	size_t at = 0;

	if (strspn(folded.p, "0123456789") == folded.len && folded.len < 7)
		return "digits answer surveys, codes and menus";
	if (reply_word(str_of(word), NULL) != REPLY_NONE)
		return "it stops, starts or asks for help";
	if (complaint_find(c->complaints, str_of(word), &found))
		return "it opens a case";
	while ((s = settings_next(c->settings, "offer", &at)) != NULL)
		if (holds(&((const struct offer_cfg *)s->value)->words, folded))
			return "it orders an offer";
	s = settings_find(c->settings, "callbacks", NULL);
	if (s != NULL) {
		const struct callbacks_cfg *f = s->value;

		if (holds(&f->words, folded) || holds(&f->no_words, folded))
			return "it is about call-backs";
	}
	return NULL;
}

static bool meets(const struct setting_list *a, const struct setting_list *b)
{
	if (a->len == 0 || b->len == 0)
		return true;
	for (size_t i = 0; i < a->len; i++)
		for (size_t n = 0; n < b->len; n++)
			if (strcmp(a->v[i], b->v[n]) == 0)
				return true;
	return false;
}

/* Could a message be for both? */
static bool overlap(const struct keyword_cfg *a, const struct keyword_cfg *b)
{
	return (a->tenant[0] == '\0' || b->tenant[0] == '\0' ||
		strcmp(a->tenant, b->tenant) == 0) &&
	       meets(&a->to, &b->to);
}

/* Sections before this one alone, so that a pair is one fault. */
static void check_pairs(const struct checking *c, const char *word,
			struct str folded)
{
	const struct section *s;
	size_t at = 0;

	while ((s = settings_next(c->settings, "keyword", &at)) != NULL &&
	       s != c->s) {
		const struct keyword_cfg *k = s->value;

		if (overlap(k, c->cfg) && holds(&k->words, folded))
			FAULT(c, "\"%s\" is a word of keyword %s, too", word,
			      s->title);
	}
}

static void check_words(const struct checking *c)
{
	for (size_t i = 0; i < c->cfg->words.len; i++) {
		AUTO(buf_done) struct buf b = { 0 };
		const char *word = c->cfg->words.v[i], *other;

		if (str_of(word).len > 64 || !keyword_fold(str_of(word), &b)) {
			FAULT(c, "\"%s\" is no word", word);
			continue;
		}
		other = other_meaning(c, word, buf_str(&b));
		if (other != NULL)
			FAULT(c, "\"%s\" has another meaning: %s", word, other);
		check_pairs(c, word, buf_str(&b));
	}
}

/* Has it a value whenever the text is said? */
static bool has_value(const struct checking *c, struct str name, bool *known)
{
	*known = true;
	if (str_eqz(name, "argument"))
		return c->cfg->argument == KEYWORD_MUST;
	if (str_eqz(name, "case"))
		return c->cfg->kind != 0;
	*known = str_eqz(name, "keyword");
	return *known;
}

static void check_text(const struct checking *c, const char *text)
{
	struct template *t = NULL;
	struct err err = { "" };

	if (template_compile(&t, str_of(text), &err) != 0)
		FAULT(c, "%s", err.text);
	for (unsigned i = 0; t != NULL && i < template_vars(t); i++) {
		bool required, known;
		struct str name = template_var(t, i, &required);
		bool has = has_value(c, name, &known);

		if (!known)
			FAULT(c,
			      "there is no {{%.*s}}: argument, case, keyword",
			      STR_ARGS(name));
		else if (required && !has)
			FAULT(c, "{{%.*s}} may have no value: give a default",
			      STR_ARGS(name));
	}
	template_free(&t);
}

static bool is_queue(const struct settings *s, const char *name)
{
	const struct section *all = settings_find(s, "callbacks", NULL);

	return settings_find(s, "queue", name) != NULL ||
	       (all != NULL &&
		strcmp(((const struct callbacks_cfg *)all->value)->queue,
		       name) == 0);
}

static bool is_type(const char *z)
{
	size_t n = strspn(z, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return z[n] == '\0' && n <= 64 && z[0] != '.';
}

static void check_acts(const struct checking *c)
{
	const struct keyword_cfg *k = c->cfg;
	bool own = k->answer_zh[0] != '\0' || k->answer_en[0] != '\0';

	if (action_forbidden(k->event))
		FAULT(c, "%s: no word transfers or closes an account",
		      ACTION_FORBIDDEN);
	if (!is_type(k->event))
		FAULT(c, "'%s' is no type of an event such as billing.query",
		      k->event);
	if (own && k->template[0] != '\0')
		FAULT(c, "%s", "an answer or a template, not both");
	if (!own && k->template[0] == '\0' && k->kind == 0)
		FAULT(c, "%s",
		      "nothing answers it: an answer, a template or a case");
	if (k->menu.len > 0 && !own && k->template[0] == '\0')
		FAULT(c, "%s", "a menu takes an answer that says it");
	if (k->argument == KEYWORD_MUST && k->ask_zh[0] == '\0' &&
	    k->ask_en[0] == '\0')
		FAULT(c, "%s", "ask_zh: nothing asks for its argument");
	if (k->queue[0] != '\0' && !is_queue(c->settings, k->queue))
		FAULT(c, "there is no queue '%s'", k->queue);
	if (strlen(c->s->title) >= CASE_WORD_MAX)
		FAULT(c, "its name has more than %d bytes", CASE_WORD_MAX - 1);
}

/* Its digits, which no entry before it has. */
static bool twice(const struct setting_list *menu, size_t i, struct str digits)
{
	struct str other, name;

	for (size_t n = 0; n < i; n++)
		if (keyword_entry(menu->v[n], &other, &name) &&
		    str_eq(other, digits))
			return true;
	return false;
}

static void check_menu(const struct checking *c)
{
	const struct setting_list *menu = &c->cfg->menu;

	for (size_t i = 0; i < menu->len; i++) {
		struct str digits, name;
		char title[CASE_WORD_MAX];

		if (!keyword_entry(menu->v[i], &digits, &name)) {
			FAULT(c,
			      "menu: \"%s\" is not of the form \"1 balance\"",
			      menu->v[i]);
			continue;
		}
		if (str_copy(title, sizeof(title), name) != 0 ||
		    settings_find(c->settings, "keyword", title) == NULL)
			FAULT(c, "menu: there is no keyword '%.*s'",
			      STR_ARGS(str_first(name, 64)));
		if (twice(menu, i, digits))
			FAULT(c, "menu: two entries are %.*s",
			      STR_ARGS(digits));
	}
}

static bool is_entry(const struct settings *s, const char *title)
{
	const struct section *sec;
	struct str digits, name;
	size_t at = 0;

	while ((sec = settings_next(s, "keyword", &at)) != NULL) {
		const struct setting_list *menu =
			&((const struct keyword_cfg *)sec->value)->menu;

		for (size_t i = 0; i < menu->len; i++)
			if (keyword_entry(menu->v[i], &digits, &name) &&
			    str_eqz(name, title))
				return true;
	}
	return false;
}

void keywords_check(const struct settings *s, struct faults *faults)
{
	must(s != NULL && faults != NULL);
	struct checking c = { .settings = s, .faults = faults };
	size_t at = 0;

	c.complaints = complaints_new();
	while ((c.s = settings_next(s, "keyword", &at)) != NULL) {
		c.cfg = c.s->value;
		check_words(&c);
		check_text(&c, c.cfg->answer_zh);
		check_text(&c, c.cfg->answer_en);
		check_text(&c, c.cfg->ask_zh);
		check_text(&c, c.cfg->ask_en);
		check_acts(&c);
		check_menu(&c);
		if (c.cfg->words.len == 0 && !is_entry(s, c.s->title))
			FAULT(&c, "%s", "no word and no menu leads to it");
	}
	complaints_free(&c.complaints);
}
