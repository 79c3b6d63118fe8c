/* Receipts as carriers write them, and ids in two notations. */
#include "proto/receipt.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/must.h"
#include "proto/smpp.h"

enum field {
	FIELD_ID,
	FIELD_SUB,
	FIELD_DLVRD,
	FIELD_SUBMIT_DATE,
	FIELD_DONE_DATE,
	FIELD_STAT,
	FIELD_ERR,
	FIELD_TEXT,
	FIELD_NONE
};

/* A blank in a key stands for any run of blanks, '_' and '-', or nothing.
 * A key comes before those it begins with. */
static const struct {
	const char *key;
	enum field field;
} fields[] = {
	{ "id", FIELD_ID },
	{ "submit date", FIELD_SUBMIT_DATE },
	{ "sub", FIELD_SUB },
	{ "dlvrd", FIELD_DLVRD },
	{ "done date", FIELD_DONE_DATE },
	{ "status", FIELD_STAT },
	{ "state", FIELD_STAT },
	{ "stat", FIELD_STAT },
	{ "error", FIELD_ERR },
	{ "err", FIELD_ERR },
	{ "text", FIELD_TEXT },
};

/* By how they begin; the longer beginning first. */
static const struct {
	const char *begin;
	enum receipt_state state;
} stats[] = {
	{ "deliv", RECEIPT_DELIVERED },     { "dlvrd", RECEIPT_DELIVERED },
	{ "expir", RECEIPT_EXPIRED },       { "delet", RECEIPT_DELETED },
	{ "undel", RECEIPT_UNDELIVERABLE }, { "fail", RECEIPT_UNDELIVERABLE },
	{ "accep", RECEIPT_ACCEPTED },      { "acked", RECEIPT_ACCEPTED },
	{ "unkno", RECEIPT_UNKNOWN },       { "rejec", RECEIPT_REJECTED },
	{ "enrou", RECEIPT_ENROUTE },       { "buff", RECEIPT_ENROUTE },
	{ "submit", RECEIPT_ENROUTE },      { "sched", RECEIPT_ENROUTE },
	{ "skip", RECEIPT_SKIPPED },
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What parts two fields. Control characters and NUL are blanks too. */
static bool is_gap(char c)
{
	return (unsigned char)c <= ' ' || c == ',' || c == ';' || c == '|';
}

static size_t skip_gaps(struct str s, size_t at)
{
	while (at < s.len && is_gap(s.p[at]))
		at++;
	return at;
}

/* Bytes of s at `at` that are this key with its colon; 0: they are not. */
static size_t match_key(struct str s, size_t at, const char *key)
{
	size_t i = at;
	for (; *key != '\0'; key++) {
		if (*key == ' ') {
			while (i < s.len && (s.p[i] == ' ' || s.p[i] == '_' ||
					     s.p[i] == '-'))
				i++;
			continue;
		}
		if (i >= s.len || lower(s.p[i]) != *key)
			return 0;
		i++;
	}
	while (i < s.len && s.p[i] == ' ')
		i++;
	return i < s.len && s.p[i] == ':' ? i + 1 - at : 0;
}

static enum field find_key(struct str s, size_t at, size_t *len)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		*len = match_key(s, at, fields[i].key);
		if (*len > 0)
			return fields[i].field;
	}
	return FIELD_NONE;
}

/* The word behind a key; "" when the next thing is a key again. */
static struct str get_value(struct str s, size_t *at)
{
	size_t i = skip_gaps(s, *at), len;
	if (find_key(s, i, &len) != FIELD_NONE)
		return STR_NONE;
	size_t end = i;
	while (end < s.len && !is_gap(s.p[end]))
		end++;
	*at = end;
	return str_bytes(s.p + i, end - i);
}

static int get_state(struct str v)
{
	if (v.len == 1 && v.p[0] >= '1' && v.p[0] <= '9')
		return v.p[0] - '0';
	for (size_t i = 0; i < ARRAY_LEN(stats); i++) {
		size_t n = strlen(stats[i].begin);
		if (str_ieqz(str_first(v, n), stats[i].begin))
			return (int)stats[i].state;
	}
	return 0;
}

static unsigned get_count(struct str v)
{
	uint64_t n;
	return str_u64(v, 99999, &n) == 0 ? (unsigned)n : 0;
}

/* Number of two digits at p. */
static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* MMDDhhmm[ss] behind a year; 0 when no date is so. */
static int64_t date_of(int year, const char *p, bool seconds)
{
	int f[5] = { two(p), two(p + 2), two(p + 4), two(p + 6),
		     seconds ? two(p + 8) : 0 };
	if (f[0] < 1 || f[0] > 12 || f[1] < 1 || f[1] > 31 || f[2] > 23 ||
	    f[3] > 59 || f[4] > 60)
		return 0;
	struct tm tm = { .tm_year = year - 1900,
			 .tm_mon = f[0] - 1,
			 .tm_mday = f[1],
			 .tm_hour = f[2],
			 .tm_min = f[3],
			 .tm_sec = f[4] };
	return (int64_t)timegm(&tm) * 1000;
}

/* YYMMDDhhmm[ss], or with four digits of year; 0: neither. */
static int64_t get_date(struct str v)
{
	size_t n = 0;
	while (n < v.len && is_digit(v.p[n]))
		n++;
	int64_t ms = 0;
	if (n == 10 || n == 12 || n == 15)
		ms = date_of(2000 + two(v.p), v.p + 2, n != 10);
	if (ms == 0 && (n == 12 || n == 14))
		ms = date_of(two(v.p) * 100 + two(v.p + 2), v.p + 4, n == 14);
	return MAX(ms, 0);
}

/* One bit per field, so that the first of its kind counts. */
static void put_field(struct receipt_text *r, enum field f, struct str v)
{
	switch (f) {
	case FIELD_ID:
		r->id = v;
		break;
	case FIELD_SUB:
		r->sub = get_count(v);
		break;
	case FIELD_DLVRD:
		r->dlvrd = get_count(v);
		r->has_counts = v.len > 0;
		break;
	case FIELD_DONE_DATE:
		r->done_ms = get_date(v);
		break;
	case FIELD_STAT:
		r->stat = v;
		r->state = get_state(v);
		break;
	case FIELD_ERR:
		r->err = v;
		break;
	case FIELD_SUBMIT_DATE:
	case FIELD_TEXT:
	case FIELD_NONE:
		break;
	}
}

int receipt_parse(struct str s, struct receipt_text *out)
{
	must(out != NULL);
	struct receipt_text r = { .id = STR_NONE,
				  .stat = STR_NONE,
				  .err = STR_NONE };
	uint32_t seen = 0;
	size_t at = skip_gaps(s, 0);
	while (at < s.len) {
		size_t len;
		enum field f = find_key(s, at, &len);
		/* Behind "text:" stands what a person wrote, perhaps with
		 * words that look like fields. */
		if (f == FIELD_TEXT && r.id.len > 0)
			break;
		if (f == FIELD_NONE) {
			while (at < s.len && !is_gap(s.p[at]))
				at++;
		} else {
			at += len;
			struct str v = get_value(s, &at);
			if ((seen & BIT(f)) == 0)
				put_field(&r, f, v);
			seen |= BIT(f);
		}
		at = skip_gaps(s, at);
	}
	if (r.id.len == 0)
		return -EBADMSG;
	*out = r;
	return 0;
}

int receipt_id_canon(struct str id, char out[RECEIPT_ID_MAX])
{
	must(out != NULL);
	id = str_trim(id);
	if (id.len == 0 || id.len > SMPP_PEER_ID_MAX)
		return -EBADMSG;
	for (size_t k = 0; k < id.len; k++)
		if ((unsigned char)id.p[k] < ' ')
			return -EBADMSG; /* it is kept as a C string */
	size_t i = 0;
	while (i + 1 < id.len && id.p[i] == '0')
		i++;
	size_t n = 0;
	for (; i < id.len; i++)
		out[n++] = lower(id.p[i]);
	out[n] = '\0';
	return 0;
}

/* 64 hexadecimal digits, least significant limb first. */
struct number {
	uint32_t limb[8];
};

static int digit_of(char c, unsigned base)
{
	c = lower(c);
	if (is_digit(c))
		return c - '0';
	if (base == 16 && c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool number_read(struct number *n, struct str s, unsigned base)
{
	*n = (struct number){ { 0 } };
	for (size_t i = 0; i < s.len; i++) {
		int d = digit_of(s.p[i], base);
		if (d < 0)
			return false;
		uint64_t carry = (uint64_t)d;
		for (size_t k = 0; k < ARRAY_LEN(n->limb); k++) {
			carry += (uint64_t)n->limb[k] * base;
			n->limb[k] = (uint32_t)carry;
			carry >>= 32;
		}
	}
	return true;
}

/* Divides by base and gives what is left over. */
static unsigned number_cut(struct number *n, unsigned base, bool *zero)
{
	uint64_t rest = 0;
	*zero = true;
	for (size_t k = ARRAY_LEN(n->limb); k-- > 0;) {
		rest = rest << 32 | n->limb[k];
		n->limb[k] = (uint32_t)(rest / base);
		rest %= base;
		*zero = *zero && n->limb[k] == 0;
	}
	return (unsigned)rest;
}

static void number_write(struct number *n, unsigned base,
			 char out[RECEIPT_ID_MAX])
{
	char digits[RECEIPT_ID_MAX];
	size_t len = 0;
	bool zero = false;
	while (!zero && len < sizeof(digits) - 1)
		digits[len++] = "0123456789abcdef"[number_cut(n, base, &zero)];
	for (size_t i = 0; i < len; i++)
		out[i] = digits[len - 1 - i];
	out[len] = '\0';
}

int receipt_id_as(struct str id, enum receipt_id_form form,
		  char out[RECEIPT_ID_MAX])
{
	must(out != NULL);
	if (form == RECEIPT_ID_SAME)
		return receipt_id_canon(id, out);
	unsigned from = form == RECEIPT_ID_HEX_TO_DEC ? 10 : 16;
	struct number n;
	id = str_trim(id);
	if (id.len == 0 || id.len > 64 || !number_read(&n, id, from))
		return -EBADMSG;
	number_write(&n, from == 10 ? 16 : 10, out);
	return 0;
}
