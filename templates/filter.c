/* Filters: their reading, and masks, amounts and cuts. */
#include "templates/filter.h"

#include <errno.h>
#include <string.h>
#include <utf8proc.h>

#include "proto/text.h"
#include "templates/filter_date.h"

#define DEFAULT_MAX 256 /* bytes of a default */
#define FORM_MAX 64     /* bytes of a date's form */
#define WHOLE_MAX 15    /* digits of an amount */
#define DECIMALS_MAX 6

/* name, number it takes (initial, least, most) or a text in quotes */
static const struct {
	const char *name;
	enum filter_kind kind;
	unsigned initial, least, most;
	bool number, text;
} filters[] = {
	{ "default", FILTER_DEFAULT, 0, 0, 0, false, true },
	{ "date", FILTER_DATE, 0, 0, 0, false, true },
	{ "mask", FILTER_MASK, 4, 0, 8, true, false },
	{ "amount", FILTER_AMOUNT, 2, 0, 4, true, false },
	{ "truncate", FILTER_TRUNCATE, 0, 1, 1000, true, false },
};

size_t filter_quote_end(struct str s)
{
	must(s.p != NULL || s.len == 0);
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			return i;
		if (s.p[i] == '\\')
			i++;
	}
	return s.len;
}

void filter_text(struct str quoted, struct buf *out)
{
	must(out != NULL && (quoted.p != NULL || quoted.len == 0));
	for (size_t i = 0; i < quoted.len; i++) {
		if (quoted.p[i] == '\\' && i + 1 < quoted.len)
			i++;
		buf_c(out, quoted.p[i]);
	}
}

/* "text" with its quotes to the view between them */
static int parse_text(struct str arg, size_t max, struct filter *f,
		      struct err *err)
{
	if (arg.len < 2 || arg.p[0] != '"' ||
	    filter_quote_end(str_from(arg, 1)) != arg.len - 2)
		return err_set(err, -EBADMSG,
			       "a text in quotes must follow the colon");
	f->text = str_from(str_first(arg, arg.len - 1), 1);
	for (size_t i = 0; i < f->text.len; i++) {
		if (f->text.p[i] != '\\')
			continue;
		i++;
		if (i == f->text.len ||
		    (f->text.p[i] != '\\' && f->text.p[i] != '"'))
			return err_set(err, -EBADMSG,
				       "only \\\" and \\\\ may follow a \\");
	}
	if (f->text.len > max)
		return err_set(err, -EBADMSG, "the text is over %zu bytes",
			       max);
	return 0;
}

int filter_parse(struct str s, struct filter *out, struct err *err)
{
	must(out != NULL && (s.p != NULL || s.len == 0));
	size_t colon = str_find(s, ':'), i = 0;
	struct str name = str_trim(str_first(s, colon));
	struct str arg = str_trim(str_from(s, colon + 1));
	struct filter f = { 0 };
	uint64_t n;
	int rc = 0;

	while (i < ARRAY_LEN(filters) && !str_eqz(name, filters[i].name))
		i++;
	if (i == ARRAY_LEN(filters))
		return err_set(err, -EBADMSG,
			       "filter \"%.*s\" is not default, date, mask, "
			       "amount or truncate",
			       STR_ARGS(str_first(name, 64)));
	f.kind = filters[i].kind;
	f.n = filters[i].initial;
	if (colon < s.len && filters[i].text) {
		rc = parse_text(arg,
				f.kind == FILTER_DATE ? FORM_MAX : DEFAULT_MAX,
				&f, err);
	} else if (colon < s.len || f.kind == FILTER_TRUNCATE) {
		if (str_u64(arg, filters[i].most, &n) != 0 ||
		    n < filters[i].least)
			return err_set(err, -EBADMSG,
				       "%s takes a number from %u to %u",
				       filters[i].name, filters[i].least,
				       filters[i].most);
		f.n = (unsigned)n;
	} else if (f.kind == FILTER_DEFAULT) {
		return err_set(err, -EBADMSG, "default takes a text in quotes");
	}
	if (rc == 0)
		*out = f;
	return rc;
}

/* Bytes of the first n characters as people see them. */
static size_t clusters(struct str s, unsigned n)
{
	utf8proc_int32_t state = 0;
	uint32_t prev = 0;
	unsigned seen = 0;

	for (size_t at = 0; at < s.len;) {
		size_t was = at;
		uint32_t cp = text_next(s, &at);
		bool begins =
			was == 0 ||
			utf8proc_grapheme_break_stateful((utf8proc_int32_t)prev,
							 (utf8proc_int32_t)cp,
							 &state);

		if (begins && seen++ == n)
			return was;
		prev = cp;
	}
	return s.len;
}

static void mask(struct str value, unsigned show, struct buf *out)
{
	size_t n = text_count(value), at = 0;
	size_t hide = n - MIN((size_t)show, n / 2);

	for (size_t i = 0; i < hide; i++) {
		(void)text_next(value, &at);
		buf_c(out, '*');
	}
	buf_str_put(out, str_from(value, at));
}

/* A decimal number taken apart; digits without leading zeros. */
struct decimal {
	bool minus;
	char digits[WHOLE_MAX + DECIMALS_MAX + 2]; /* whole, then decimals */
	size_t whole;                              /* how many of them */
	size_t decimals;
};

static int decimal_parse(struct str s, struct decimal *d)
{
	size_t n = 0;
	bool point = false;

	*d = (struct decimal){ .minus = s.len > 0 && s.p[0] == '-' };
	for (size_t i = d->minus; i < s.len; i++) {
		char c = s.p[i];

		if (c == '.' && !point && i > d->minus && i + 1 < s.len) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			return -EBADMSG;
		if (!point && n == 1 && d->digits[0] == '0')
			n = d->whole = 0; /* a leading zero */
		d->digits[n++] = c;
		*(point ? &d->decimals : &d->whole) += 1;
		if (d->whole > WHOLE_MAX || d->decimals > DECIMALS_MAX)
			return -EBADMSG;
	}
	return d->whole > 0 ? 0 : -EBADMSG;
}

/* To n decimals, half away from zero. */
static void decimal_round(struct decimal *d, size_t n)
{
	size_t len = d->whole + n;

	while (d->decimals < n)
		d->digits[d->whole + d->decimals++] = '0';
	bool up = d->decimals > n && d->digits[len] >= '5';

	d->decimals = n;
	for (size_t i = len; up && i > 0; i--) {
		up = d->digits[i - 1] == '9';
		d->digits[i - 1] = up ? '0' : (char)(d->digits[i - 1] + 1);
	}
	if (up) { /* 999.9 -> 1000 */
		memmove(d->digits + 1, d->digits, len);
		d->digits[0] = '1';
		d->whole++;
	}
}

static int amount(struct str value, unsigned decimals, struct buf *out,
		  struct err *err)
{
	struct decimal d;
	bool zero = true;

	if (decimal_parse(value, &d) != 0)
		return err_set(err, -EBADMSG,
			       "is not a number such as 1234.50");
	decimal_round(&d, decimals);
	for (size_t i = 0; i < d.whole + d.decimals; i++)
		zero = zero && d.digits[i] == '0';
	if (d.minus && !zero)
		buf_c(out, '-');
	for (size_t i = 0; i < d.whole; i++) {
		if (i > 0 && (d.whole - i) % 3 == 0)
			buf_c(out, ',');
		buf_c(out, d.digits[i]);
	}
	if (decimals > 0)
		buf_c(out, '.');
	buf_put(out, d.digits + d.whole, d.decimals);
	return 0;
}

int filter_apply(const struct filter *f, struct str value,
		 const struct tzone *zone, struct buf *out, struct err *err)
{
	must(f != NULL && out != NULL && (value.p != NULL || value.len == 0));
	switch (f->kind) {
	case FILTER_DEFAULT:
		filter_text(f->text, out);
		return 0;
	case FILTER_DATE:
		return filter_date(f->text, value, zone, out, err);
	case FILTER_MASK:
		mask(value, f->n, out);
		return 0;
	case FILTER_AMOUNT:
		return amount(str_trim(value), f->n, out, err);
	case FILTER_TRUNCATE:
		buf_str_put(out, str_first(value, clusters(value, f->n)));
		return 0;
	}
	must(false);
	return -EINVAL;
}
