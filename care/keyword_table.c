/* Words in a dictionary; a text is cut after each character until none of them
 * can be that long. */
#include "care/keyword_table.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "proto/text.h"

#define TEXT_MAX 1024

/* One word may be of several keywords: of other tenants or numbers. */
struct word {
	const struct keyword *of;
	struct word *next, *older;
};

struct keyword_table {
	struct keyword *v;
	size_t n;
	struct dict *words; /* folded -> struct word *, chained by next */
	struct word *last;  /* of all, chained by older */
	size_t longest;     /* folded bytes */
};

bool keyword_fold(struct str text, struct buf *out)
{
	must(out != NULL);
	buf_init(out, 2 * TEXT_MAX);
	return text.len <= TEXT_MAX && text_fold(text, true, out) == 0 &&
	       out->len > 0;
}

static void add_word(struct keyword_table *t, const struct keyword *k,
		     const char *text)
{
	AUTO(buf_done) struct buf b = { 0 };
	struct word *w;

	if (!keyword_fold(str_of(text), &b))
		return; /* keywords_check has said so */
	w = mem_new(struct word);
	w->of = k;
	w->next = dict_get(t->words, buf_str(&b));
	w->older = t->last;
	t->last = w;
	IGNORE(dict_set(t->words, buf_str(&b), w) != NULL);
	t->longest = MAX(t->longest, b.len);
}

struct keyword_table *keyword_table_new(const struct settings *s)
{
	must(s != NULL);
	struct keyword_table *t = mem_new(struct keyword_table);
	const struct section *sec;
	size_t at = 0, i = 0;

	t->words = dict_new();
	while (settings_next(s, "keyword", &at) != NULL)
		t->n++;
	t->v = mem_array(MAX(t->n, 1), sizeof(*t->v));
	for (at = 0; (sec = settings_next(s, "keyword", &at)) != NULL; i++) {
		const struct keyword_cfg *cfg = sec->value;

		t->v[i] = (struct keyword){ sec->title, cfg };
		for (size_t w = 0; w < cfg->words.len; w++)
			add_word(t, &t->v[i], cfg->words.v[w]);
	}
	return t;
}

void keyword_table_free(struct keyword_table **tp)
{
	struct keyword_table *t = TAKE(*tp);

	if (t == NULL)
		return;
	while (t->last != NULL) {
		struct word *w = t->last;

		t->last = w->older;
		mem_free(w);
	}
	dict_free(&t->words);
	mem_free(t->v);
	mem_free(t);
}

const struct keyword *keyword_table_named(const struct keyword_table *t,
					  const char *name)
{
	must(t != NULL && name != NULL);
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return &t->v[i];
	return NULL;
}

/* ---- arguments -------------------------------------------------------------------- */

/* Full width letters, digits and blanks are ASCII ones. */
static uint32_t narrow(uint32_t cp)
{
	if (cp >= 0xff01 && cp <= 0xff5e)
		return cp - 0xfee0;
	return cp == 0x3000 || cp < ' ' || cp == 0x7f || cp == 0xa0 ? ' ' : cp;
}

static bool is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

/* Bytes of the mark that it ends with; 0: none. */
static size_t last_mark(struct str s)
{
	static const char *const marks[] = {
		".", ",", "!", "?", ";", "。", "、"
	};

	for (unsigned i = 0; i < ARRAY_LEN(marks); i++) {
		struct str m = str_of(marks[i]);

		if (s.len >= m.len && str_eq(str_from(s, s.len - m.len), m))
			return m.len;
	}
	return 0;
}

/* How many words it has. */
static size_t put_argument(struct str rest, struct buf *out)
{
	size_t at = 0, words = 0, mark;
	bool blank = true;

	buf_reset(out);
	while (at < rest.len) {
		uint32_t cp = narrow(text_next(rest, &at));

		if (cp == ' ') {
			blank = true;
			continue;
		}
		if (blank && words++ > 0)
			buf_c(out, ' ');
		blank = false;
		text_put(cp, out);
	}
	while ((mark = last_mark(buf_str(out))) > 0)
		buf_cut(out, out->len - mark);
	return out->len == 0 ? 0 : words;
}

/* ---- to find ---------------------------------------------------------------------- */

static bool is_in(const struct setting_list *l, struct str s)
{
	for (size_t i = 0; i < l->len; i++)
		if (str_eqz(s, l->v[i]))
			return true;
	return l->len == 0;
}

static bool takes(const struct keyword_cfg *c, const struct keyword_ask *ask,
		  const struct buf *argument, size_t words)
{
	if (c->tenant[0] != '\0' && !str_eqz(ask->tenant, c->tenant))
		return false;
	if (!is_in(&c->to, ask->to))
		return false;
	return words == 0 || (c->argument != KEYWORD_ALONE &&
			      words <= (size_t)c->argument_words &&
			      argument->len <= KEYWORD_ARGUMENT_MAX);
}

/* A number as carriers have it: "EA123456789CN". */
static bool is_code(struct str s)
{
	size_t at = 0;

	while (at < s.len)
		if (narrow(text_next(s, &at)) >= 0x80)
			return false;
	return s.len > 0;
}

/* May an argument begin there, right behind a word? With a digit where the
 * word has none at its end, "CX123", or a code behind Chinese, "查询EA1". */
static bool may_begin(struct str word, struct str rest)
{
	unsigned char last = (unsigned char)word.p[word.len - 1];
	size_t at = 0;

	return rest.len == 0 ||
	       (is_digit(narrow(text_next(rest, &at))) && !is_digit(last)) ||
	       (last >= 0x80 && is_code(rest));
}

const struct keyword *keyword_table_find(const struct keyword_table *t,
					 const struct keyword_ask *ask,
					 struct buf *argument)
{
	must(t != NULL && ask != NULL && argument != NULL);
	AUTO(buf_done) struct buf folded = { 0 }, rest = { 0 };
	const struct keyword *found = NULL;
	struct str text = str_trim(ask->text);
	size_t at = 0, before = 0;

	buf_init(&folded, 2 * TEXT_MAX);
	buf_init(&rest, 2 * TEXT_MAX);
	if (text.len > TEXT_MAX || !text_utf8_ok(text))
		return NULL;
	while (at < text.len) {
		struct str tail;

		IGNORE(text_next(text, &at) == 0);
		buf_reset(&folded);
		if (text_fold(str_first(text, at), true, &folded) != 0 ||
		    folded.len > t->longest)
			break;
		tail = str_from(text, at);
		/* what left no trace parts the word from what follows */
		bool parted = folded.len == before;
		before = folded.len;
		const struct word *w =
			folded.len == 0 || (!parted &&
					    !may_begin(buf_str(&folded), tail))
				? NULL
				: dict_get(t->words, buf_str(&folded));
		size_t words = w == NULL ? 0 : put_argument(tail, &rest);

		for (; w != NULL; w = w->next) {
			if (!takes(w->of->cfg, ask, &rest, words))
				continue;
			found = w->of;
			buf_reset(argument);
			buf_str_put(argument, buf_str(&rest));
			break;
		}
	}
	return found;
}

/* ---- menus ------------------------------------------------------------------------ */

static bool are_digits(struct str s)
{
	return s.len >= 1 && s.len <= 2 && is_digit((unsigned char)s.p[0]) &&
	       is_digit((unsigned char)s.p[s.len - 1]);
}

bool keyword_entry(const char *text, struct str *digits, struct str *name)
{
	must(text != NULL && digits != NULL && name != NULL);
	*name = str_trim(str_cut(str_trim(str_of(text)), ' ', digits));
	return are_digits(*digits) && name->len > 0;
}

bool keyword_digits(struct str text, char digits[3])
{
	AUTO(buf_done) struct buf b = { 0 };

	return text.len <= 64 && keyword_fold(text, &b) &&
	       are_digits(buf_str(&b)) && str_copy(digits, 3, buf_str(&b)) == 0;
}
