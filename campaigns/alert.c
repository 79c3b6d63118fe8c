/* Alerts: amounts, what customers write, rows. */
#include "campaigns/alert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "proto/text.h"

#define DIGITS_MAX 12 /* before the point */

/* ---- amounts ---------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int alert_amount_parse(struct str s, struct alert_amount *out)
{
	must(out != NULL);
	bool minus = s.len > 0 && s.p[0] == '-', more = false;
	size_t i = minus, whole = 0, part = 0;
	int64_t n = 0;

	for (; i < s.len && is_digit(s.p[i]); i++, whole++) {
		if (whole == DIGITS_MAX)
			return -EBADMSG;
		n = n * 10 + (s.p[i] - '0');
	}
	if (i < s.len && s.p[i] == '.') {
		for (i++; i < s.len && is_digit(s.p[i]); i++, part++) {
			if (part < 3)
				n = n * 10 + (s.p[i] - '0');
			else
				more |= s.p[i] != '0';
		}
		if (part == 0)
			return -EBADMSG;
	}
	if (i < s.len || whole == 0)
		return -EBADMSG;
	for (; part < 3; part++)
		n *= 10;
	/* the thousandth below it, also of what is negative */
	*out = (struct alert_amount){ minus ? -n - more : n, more };
	return 0;
}

void alert_amount_text(int64_t thousandths, char out[ALERT_AMOUNT])
{
	must(out != NULL);
	uint64_t n = thousandths < 0 ? -(uint64_t)thousandths
				     : (uint64_t)thousandths;
	unsigned part = (unsigned)(n % 1000), digits = 3;

	for (; digits > 0 && part % 10 == 0; digits--)
		part /= 10;
	(void)snprintf(out, ALERT_AMOUNT,
		       digits == 0 ? "%s%llu" : "%s%llu.%0*u",
		       thousandths < 0 ? "-" : "",
		       (unsigned long long)(n / 1000), (int)digits, part);
}

int alert_subject_parse(struct str s, char out[ALERT_SUBJECT])
{
	must(out != NULL);
	if (s.len >= ALERT_SUBJECT)
		return -EBADMSG;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!is_digit(c) && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') && c != '.' && c != '_' && c != '-')
			return -EBADMSG;
	}
	for (size_t i = 0; i < s.len; i++)
		out[i] = s.p[i] >= 'a' && s.p[i] <= 'z'
				 ? (char)(s.p[i] - 'a' + 'A')
				 : s.p[i];
	out[s.len] = '\0';
	return 0;
}

/* ---- what customers write ----------------------------------------------------- */

enum alert_word { WORD_ABOVE, WORD_BELOW, WORD_CANCEL, WORD_ONCE, WORD_UNIT };

/* Folded. */
static const struct {
	const char *text;
	enum alert_word is;
} words[] = {
	{ ">=", WORD_ABOVE },      { ">", WORD_ABOVE },
	{ "≥", WORD_ABOVE },       { "高于", WORD_ABOVE },
	{ "大于", WORD_ABOVE },    { "超过", WORD_ABOVE },
	{ "涨到", WORD_ABOVE },    { "above", WORD_ABOVE },
	{ "over", WORD_ABOVE },    { "<=", WORD_BELOW },
	{ "<", WORD_BELOW },       { "≤", WORD_BELOW },
	{ "低于", WORD_BELOW },    { "小于", WORD_BELOW },
	{ "跌到", WORD_BELOW },    { "below", WORD_BELOW },
	{ "under", WORD_BELOW },   { "取消", WORD_CANCEL },
	{ "删除", WORD_CANCEL },   { "cancel", WORD_CANCEL },
	{ "remove", WORD_CANCEL }, { "off", WORD_CANCEL },
	{ "0", WORD_CANCEL },      { "一次", WORD_ONCE },
	{ "once", WORD_ONCE },     { "元", WORD_UNIT },
	{ "yuan", WORD_UNIT },
};

static bool is_word(struct str s, enum alert_word w)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].is == w && str_eqz(s, words[i].text))
			return true;
	return false;
}

/* Takes such a word, and blanks, from the end. */
static bool cut_last(struct str *s, enum alert_word w)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct str word = str_of(words[i].text);

		if (words[i].is != w || s->len <= word.len ||
		    !str_eq(str_from(*s, s->len - word.len), word))
			continue;
		*s = str_trim(str_first(*s, s->len - word.len));
		return true;
	}
	return false;
}

/* Letters are a word of their own: "TAKEOVER" is a subject. */
static bool begins_word(struct str s, size_t at, const char *word)
{
	return word[0] < 'a' || word[0] > 'z' || at == 0 || s.p[at - 1] == ' ';
}

/* The first word of a side. */
static bool find_side(struct str s, size_t *at, size_t *len, bool *above)
{
	for (size_t i = 0; i < s.len; i++) {
		for (size_t k = 0; k < ARRAY_LEN(words); k++) {
			if (words[k].is > WORD_BELOW ||
			    !str_starts(str_from(s, i),
					str_of(words[k].text)) ||
			    !begins_word(s, i, words[k].text))
				continue;
			*at = i;
			*len = strlen(words[k].text);
			*above = words[k].is == WORD_ABOVE;
			return true;
		}
	}
	return false;
}

static enum alert_verb read_set(struct str s, size_t at, size_t len,
				struct alert_order *out)
{
	struct str value = str_trim(str_from(s, at + len));
	struct alert_amount amount;

	out->once = cut_last(&value, WORD_ONCE);
	IGNORE(cut_last(&value, WORD_UNIT));
	if (alert_subject_parse(str_trim(str_first(s, at)), out->subject) !=
		    0 ||
	    alert_amount_parse(value, &amount) != 0 || amount.more)
		return ALERT_UNCLEAR;
	out->limit = amount.thousandths;
	return ALERT_SET;
}

static enum alert_verb read_rest(struct str s, struct alert_order *out)
{
	size_t at, len;

	if (s.len == 0)
		return ALERT_LIST;
	if (is_word(s, WORD_CANCEL))
		return ALERT_REMOVE_ALL;
	if (find_side(s, &at, &len, &out->above))
		return read_set(s, at, len, out);
	struct str last = s;

	/* "600519 0" and "600519 取消"; "6005190" is none */
	if (cut_last(&last, WORD_CANCEL) &&
	    (last.p[last.len] == ' ' || (last.p[last.len] & 0x80) != 0) &&
	    alert_subject_parse(last, out->subject) == 0)
		return ALERT_REMOVE;
	return ALERT_UNCLEAR;
}

/* Ends the keyword there? "TXT" is not TX; "提醒600519>1" needs no blank. */
static bool word_ends(struct str rest, struct str word)
{
	return rest.len == 0 || rest.p[0] == ' ' ||
	       (word.p[word.len - 1] & 0x80) != 0 ||
	       strchr("0123456789<>", rest.p[0]) != NULL;
}

static bool read_folded(struct str s, struct str word, struct alert_order *out)
{
	struct alert_order o = { .verb = ALERT_UNCLEAR };
	struct str rest = str_from(s, word.len);

	if (word.len == 0 || !str_starts(s, word) || !word_ends(rest, word))
		return false;
	o.verb = read_rest(str_trim(rest), &o);
	if (o.verb == ALERT_UNCLEAR && rest.p[0] != ' ')
		return false;
	*out = o;
	return true;
}

bool alert_order_parse(struct str text, struct str word,
		       struct alert_order *out)
{
	AUTO(buf_done) struct buf s = { 0 };
	AUTO(buf_done) struct buf w = { 0 };

	must(out != NULL);
	buf_init(&s, 4096);
	buf_init(&w, 1024);
	return text.len <= ALERT_TEXT_MAX && word.len <= ALERT_TEXT_MAX &&
	       text_fold(text, false, &s) == 0 &&
	       text_fold(word, false, &w) == 0 &&
	       read_folded(str_trim(buf_str(&s)), str_trim(buf_str(&w)), out);
}

/* ---- the noun ---------------------------------------------------------------- */

void alert_free(struct alert **xp)
{
	struct alert *x = TAKE(*xp);

	if (x == NULL)
		return;
	unsaved_done(&x->unsaved);
	mem_free(x->tenant);
	mem_free(x->address);
	mem_free(x->trigger);
	mem_free(x);
}

bool alert_crossed(const struct alert *x, struct alert_amount v)
{
	must(x != NULL);
	if (x->above)
		return v.thousandths >= x->limit;
	return v.thousandths < x->limit ||
	       (v.thousandths == x->limit && !v.more);
}

void alert_cells(const struct alert *x, struct cell cells[ALERT_CELLS])
{
	must(x != NULL && cells != NULL);
	const struct cell v[ALERT_CELLS] = {
		CELL_I(x->id),           CELL_Z(x->tenant),
		CELL_Z(x->address),      CELL_Z(x->trigger),
		CELL_Z(x->subject),      CELL_I(x->above),
		CELL_I(x->limit),        CELL_I(x->once),
		CELL_I(x->until_ms),     CELL_Z(x->source),
		CELL_I(x->set_ms),       CELL_I(x->now.armed),
		CELL_I(x->now.fired_ms), CELL_I(x->now.fired_value),
	};

	memcpy(cells, v, sizeof(v));
}

int alert_from_row(const struct row *row, struct alert **out)
{
	must(row != NULL && out != NULL);
	AUTO(alert_free) struct alert *x = mem_new(struct alert);

	x->id = (uint64_t)row_i(row, 0);
	x->tenant = str_z(row_s(row, 1));
	x->address = str_z(row_s(row, 2));
	x->trigger = str_z(row_s(row, 3));
	x->above = row_i(row, 5) != 0;
	x->limit = row_i(row, 6);
	x->once = row_i(row, 7) != 0;
	x->until_ms = row_i(row, 8);
	x->source = str_eqz(row_s(row, 9), "sms") ? "sms" : "api";
	x->set_ms = row_i(row, 10);
	x->now.armed = row_i(row, 11) != 0;
	x->now.fired_ms = row_i(row, 12);
	x->now.fired_value = row_i(row, 13);
	if (str_copy(x->subject, sizeof(x->subject), row_s(row, 4)) != 0)
		return -EBADMSG;
	*out = TAKE(x);
	return 0;
}
