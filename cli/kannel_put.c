/* What the parts of the import share: notes, writing, values. */
#include "cli/kannel_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "proto/kannel_conf.h"
#include "proto/text.h"

/* ---- noting --------------------------------------------------------------- */

void kannel_note(struct kannel_import *im, const char *file, unsigned line,
		 const char *what, enum word why, const char *const *values,
		 unsigned n)
{
	struct buf b = { 0 };

	must(im != NULL && file != NULL && what != NULL);
	buf_init(&b, BUF_NO_LIMIT);
	buf_f(&b, "%s:%u: %s: ", file, line, what);
	word_fill(&b, why, values, n);
	im->notes =
		mem_resize(im->notes, (im->nnotes + 1) * sizeof(*im->notes));
	im->notes[im->nnotes++] =
		(struct kannel_note){ file, line, buf_take(&b) };
	buf_done(&b);
}

void kannel_carry(struct kannel_import *im, struct kannel_var *v)
{
	must(im != NULL);
	if (v == NULL || v->told)
		return;
	v->told = true;
	im->carried++;
}

void kannel_leave(struct kannel_import *im, struct kannel_var *v, enum word why,
		  const char *const *values, unsigned n)
{
	must(im != NULL);
	if (v == NULL || v->told)
		return;
	v->told = true;
	kannel_note(im, v->file, v->line, v->name, why, values, n);
}

/* ---- writing -------------------------------------------------------------- */

void kannel_put_open(struct kannel_import *im, const char *kind,
		     const char *title)
{
	buf_f(&im->out, "\n%s %s%s{\n", kind, title,
	      title[0] != '\0' ? " " : "");
}

void kannel_put_close(struct kannel_import *im)
{
	buf_z(&im->out, "}\n");
}

void kannel_put_remark(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		buf_c(b, (unsigned char)*text < ' ' ? '?' : *text);
}

void kannel_put_quoted(struct buf *b, struct str s)
{
	buf_c(b, '"');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == '$')
			buf_c(b, '\\');
		buf_c(b, s.p[i]);
	}
	buf_c(b, '"');
}

void kannel_put_str(struct kannel_import *im, const char *name, struct str s)
{
	buf_f(&im->out, "\t%s = ", name);
	kannel_put_quoted(&im->out, s);
	buf_c(&im->out, '\n');
}

void kannel_put_word(struct kannel_import *im, const char *name,
		     const char *text)
{
	buf_f(&im->out, "\t%s = %s\n", name, text);
}

void kannel_put_int(struct kannel_import *im, const char *name, long long n,
		    const char *unit)
{
	buf_f(&im->out, "\t%s = %lld%s\n", name, n, unit);
}

static bool title_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

void kannel_title(struct str s, const char *otherwise, char out[64],
		  bool (*taken)(void *owner, const char *title), void *owner)
{
	char stem[48];
	size_t n = 0;

	must(otherwise != NULL && out != NULL && taken != NULL);
	for (size_t i = 0; i < s.len && n + 1 < sizeof(stem); i++)
		stem[n++] = title_char(s.p[i]) ? s.p[i] : '-';
	stem[n] = '\0';
	if (n == 0)
		must(str_copy(stem, sizeof(stem), str_of(otherwise)) == 0);
	(void)snprintf(out, 64, "%s", stem);
	for (unsigned i = 2; taken(owner, out); i++)
		(void)snprintf(out, 64, "%s-%u", stem, i);
}

/* ---- values --------------------------------------------------------------- */

bool kannel_text_ok(struct str s)
{
	/* what begins so would be looked up */
	if (str_starts(s, STR("@file:")) || str_starts(s, STR("${")))
		return false;
	return text_printable(s) && str_find(s, '\n') == s.len &&
	       str_find(s, '\r') == s.len;
}

int kannel_int(struct str s, long long *out)
{
	bool minus = s.len > 0 && s.p[0] == '-';
	uint64_t n;

	must(out != NULL);
	if (str_u64(str_from(s, minus), (uint64_t)1 << 60, &n) != 0)
		return -EBADMSG;
	*out = minus ? -(long long)n : (long long)n;
	return 0;
}

bool kannel_flag(const struct kannel_group *g, const char *key, bool otherwise)
{
	const struct kannel_var *v = kannel_var_find(g, key);
	bool is = true; /* what Kannel takes a strange word for */

	if (v == NULL)
		return otherwise;
	IGNORE(kannel_bool(str_of(v->value), &is));
	return is;
}

bool kannel_take_str(struct kannel_import *im, const struct kannel_group *g,
		     const char *key, const char *ours, size_t max)
{
	struct kannel_var *v = kannel_var_find(g, key);
	char most[24];

	if (v == NULL)
		return false;
	struct str s = str_of(v->value);
	(void)snprintf(most, sizeof(most), "%zu", max);
	if (s.len > max) {
		kannel_leave(im, v, WORD_K_LONG, WORDS_LIST(most));
		return false;
	}
	if (!kannel_text_ok(s)) {
		kannel_leave(im, v, WORD_K_CHARACTERS, NULL, 0);
		return false;
	}
	kannel_carry(im, v);
	if (s.len > 0)
		kannel_put_str(im, ours, s);
	return s.len > 0;
}

bool kannel_take_int(struct kannel_import *im, const struct kannel_group *g,
		     const char *key, const char *ours, long long min,
		     long long max, const char *unit)
{
	struct kannel_var *v = kannel_var_find(g, key);
	char least[24], most[24];
	long long n;

	if (v == NULL)
		return false;
	(void)snprintf(least, sizeof(least), "%lld", min);
	(void)snprintf(most, sizeof(most), "%lld", max);
	if (kannel_int(str_of(v->value), &n) != 0 || n < min || n > max) {
		kannel_leave(im, v, WORD_K_RANGE,
			     WORDS_LIST(v->value, least, most));
		return false;
	}
	kannel_carry(im, v);
	kannel_put_int(im, ours, n, unit);
	return true;
}

bool kannel_take_file(struct kannel_import *im, const struct kannel_group *g,
		      const char *key, const char *ours)
{
	struct kannel_var *v = kannel_var_find(g, key);

	if (v == NULL)
		return false;
	if (access(v->value, R_OK) != 0 || !kannel_text_ok(str_of(v->value))) {
		kannel_leave(im, v, WORD_K_FILE,
			     WORDS_LIST(v->value, strerror(errno)));
		return false;
	}
	kannel_carry(im, v);
	kannel_put_str(im, ours, str_of(v->value));
	return true;
}
