/* Phone numbers: reading what people write, and the country's code. */
#include "proto/e164.h"

#include <errno.h>
#include <string.h>

#include "proto/text.h"

#define DIGITS_MIN 8
#define DIGITS_MAX 15
#define INPUT_MAX 96 /* bytes: more is no phone number */

/* Calling codes in use (ITU-T E.164 list), by their first digits. All of
 * three digits that begin with one of these two and end in these: */
static const struct {
	char head[3];
	const char *last;
} codes3[] = {
	{ "21", "1238" },       { "22", "0123456789" }, { "23", "0123456789" },
	{ "24", "0123456789" }, { "25", "012345678" },  { "26", "0123456789" },
	{ "29", "01789" },      { "35", "0123456789" }, { "37", "0123456789" },
	{ "38", "0123567" },    { "42", "013" },        { "50", "0123456789" },
	{ "59", "0123456789" }, { "67", "023456789" },  { "68", "0123456789" },
	{ "69", "012" },        { "80", "08" },         { "85", "02356" },
	{ "87", "0138" },       { "88", "01236" },      { "96", "0123456789" },
	{ "97", "012345679" },  { "99", "234568" },
};
/* ... and of two digits. */
static const char codes2[][3] = {
	"20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41",
	"43", "44", "45", "46", "47", "48", "49", "51", "52", "53", "54",
	"55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
	"81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
};

static bool is_code3(const char *d, size_t len)
{
	if (len < 3)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(codes3); i++)
		if (memcmp(codes3[i].head, d, 2) == 0)
			return strchr(codes3[i].last, d[2]) != NULL;
	return false;
}

struct str e164_country(struct str e164)
{
	must(e164.p != NULL || e164.len == 0);
	struct str d = e164;

	if (d.len > 0 && d.p[0] == '+')
		d = str_from(d, 1);
	for (size_t i = 0; i < d.len; i++)
		if (d.p[i] < '0' || d.p[i] > '9')
			return STR_NONE;
	if (d.len > 0 && (d.p[0] == '1' || d.p[0] == '7'))
		return str_first(d, 1);
	for (size_t i = 0; i < ARRAY_LEN(codes2) && d.len >= 2; i++)
		if (memcmp(codes2[i], d.p, 2) == 0)
			return str_first(d, 2);
	return is_code3(d.p, d.len) ? str_first(d, 3) : STR_NONE;
}

/* What is left of the input: digits, '+' and brackets; the rest dropped. */
struct reading {
	char z[INPUT_MAX + 1];
	size_t len;
};

/* Marks people put between digits, and those that copying drags along. */
static bool is_dropped(uint32_t cp)
{
	static const uint32_t marks[] = {
		'\'',   ' ',    '\t',   '\r',   '\n',   '.',    '-',
		'/',    0xA0,   0xAD,   0xB7,   0x2212, 0x3000, 0x30FB,
		0xFE63, 0xFEFF, 0xFF0D, 0xFF0E, 0xFF0F, 0x202F, 0x2060,
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (marks[i] == cp)
			return true;
	return (cp >= 0x2000 && cp <= 0x2015) ||
	       (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* '0'-'9', '+', '(' or ')'; 0: none of these. */
static char plain(uint32_t cp)
{
	if (cp >= 0xFF08 && cp <= 0xFF19)
		cp -= 0xFF08 - '(';
	if (cp == '[')
		return '(';
	if (cp == ']')
		return ')';
	if ((cp >= '0' && cp <= '9') || cp == '+' || cp == '(' || cp == ')')
		return (char)cp;
	return 0;
}

/* The input as a sentence may repeat it: errors end up in JSON. */
static struct str shown(struct str s)
{
	return text_printable(s) ? s : STR("(not text)");
}

static int read_marks(struct str s, struct reading *r, struct err *err)
{
	if (s.len > INPUT_MAX)
		return err_set(err, -EBADMSG,
			       "%zu bytes are too long for a phone number",
			       s.len);
	for (size_t at = 0; at < s.len;) {
		size_t was = at;
		uint32_t cp = text_next(s, &at);
		char c = plain(cp);

		if (c != 0)
			r->z[r->len++] = c;
		else if (!is_dropped(cp))
			return err_set(err, -EBADMSG,
				       "\"%.*s\": U+%04X at byte %zu does not "
				       "belong in a phone number",
				       STR_ARGS(shown(s)), (unsigned)cp,
				       was + 1);
	}
	r->z[r->len] = '\0';
	return 0;
}

/* Brackets go; "(0)" after a country code goes with its 0. */
static int drop_brackets(struct str s, struct reading *r, struct err *err)
{
	size_t n = 0;
	bool open = false, bad = false;
	bool abroad = r->z[0] != '0' || strncmp(r->z, "00", 2) == 0;

	for (size_t i = 0; i < r->len; i++) {
		char c = r->z[i];

		if (c == '(' && n > 0 && abroad &&
		    strncmp(r->z + i, "(0)", 3) == 0) {
			i += 2;
		} else if (c == '(' || c == ')') {
			bad |= open == (c == '(');
			open = c == '(';
		} else {
			bad |= c == '+' && n > 0;
			r->z[n++] = c;
		}
	}
	r->z[n] = '\0';
	r->len = n;
	if (bad || open)
		return err_set(err, -EBADMSG,
			       "\"%.*s\": brackets or a + out of place",
			       STR_ARGS(shown(s)));
	return 0;
}

/* Countries whose national numbers keep their leading 0 abroad. */
static bool keeps_zero(const char *country)
{
	return strcmp(country, "39") == 0 || strcmp(country, "225") == 0 ||
	       strcmp(country, "242") == 0;
}

/* A national number written without a trunk 0, where that is the custom:
 * a Chinese mobile, a North American number. */
static bool is_bare_national(const char *z, size_t len, const char *country)
{
	if (strcmp(country, "86") == 0)
		return len == 11 && z[0] == '1' && z[1] >= '3';
	if (strcmp(country, "1") == 0)
		return len == 10 && z[0] >= '2';
	return false;
}

/* The country's digits to put in front; *skip leading characters to drop. */
static const char *front(const struct reading *r, const char *country,
			 size_t *skip)
{
	*skip = 0;
	if (r->z[0] == '+') {
		*skip = 1;
		return "";
	}
	if (strncmp(r->z, "00", 2) == 0) {
		*skip = 2;
		return "";
	}
	if (r->z[0] == '0' && country[0] != '\0') {
		*skip = keeps_zero(country) ? 0 : 1;
		return country;
	}
	return is_bare_national(r->z, r->len, country) ? country : "";
}

int e164_parse(struct str s, const char *country, char out[E164_MAX],
	       struct err *err)
{
	must(country != NULL && out != NULL && (s.p != NULL || s.len == 0));
	struct reading r = { .len = 0 };
	int rc = read_marks(s, &r, err);

	if (rc == 0)
		rc = drop_brackets(s, &r, err);
	if (rc != 0)
		return rc;
	size_t skip, head;
	const char *cc = front(&r, country, &skip);

	head = strlen(cc);
	size_t digits = head + r.len - skip;

	if (digits < DIGITS_MIN || digits > DIGITS_MAX)
		return err_set(err, -EBADMSG,
			       "\"%.*s\" was read as +%s%s: %zu digits, not %d "
			       "to %d",
			       STR_ARGS(shown(s)), cc, r.z + skip, digits,
			       DIGITS_MIN, DIGITS_MAX);
	if ((head > 0 ? cc[0] : r.z[skip]) == '0')
		return err_set(err, -EBADMSG,
			       "\"%.*s\" was read as +%s: no country code "
			       "begins with 0",
			       STR_ARGS(shown(s)), r.z + skip);
	out[0] = '+';
	memcpy(out + 1, cc, head);
	memcpy(out + 1 + head, r.z + skip, r.len - skip + 1);
	return 0;
}
