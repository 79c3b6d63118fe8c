/* JSON, written straight into a buf. */
#include "console/json_out.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"
#include "proto/json.h"

static void json_comma(struct buf *b)
{
	must(b != NULL);
	if (b->len == 0)
		return;
	char last = b->p[b->len - 1];
	if (last != '{' && last != '[' && last != ':')
		buf_c(b, ',');
}

void json_open(struct buf *b, char bracket)
{
	must(bracket == '{' || bracket == '[');
	json_comma(b);
	buf_c(b, bracket);
}

void json_close(struct buf *b, char bracket)
{
	must(b != NULL && (bracket == '}' || bracket == ']'));
	buf_c(b, bracket);
}

void json_key(struct buf *b, const char *key)
{
	must(key != NULL);
	json_comma(b);
	buf_c(b, '"');
	buf_z(b, key);
	buf_put(b, "\":", 2);
}

void json_s(struct buf *b, struct str s)
{
	json_comma(b);
	json_put_str(b, s);
}

void json_i(struct buf *b, int64_t v)
{
	if (v >= 0) {
		json_u(b, (uint64_t)v);
		return;
	}
	json_comma(b);
	buf_f(b, "%lld", (long long)v);
}

void json_u(struct buf *b, uint64_t v)
{
	char digits[20];
	unsigned n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	json_comma(b);
	buf_put(b, digits + n, sizeof(digits) - n);
}

void json_bool(struct buf *b, bool v)
{
	json_comma(b);
	buf_z(b, v ? "true" : "false");
}

void json_none(struct buf *b)
{
	json_comma(b);
	buf_z(b, "null");
}

void json_raw(struct buf *b, struct str json)
{
	json_comma(b);
	buf_str_put(b, json.len == 0 ? STR("null") : json);
}

void json_id(struct buf *b, uint64_t id)
{
	char text[ID_TEXT];

	id_text(id, text);
	json_comma(b);
	buf_c(b, '"');
	buf_put(b, text, ID_TEXT - 1);
	buf_c(b, '"');
}

void json_time(struct buf *b, int64_t wall_ms)
{
	char text[32];

	clock_rfc3339(wall_ms, text);
	json_comma(b);
	buf_c(b, '"');
	buf_z(b, text);
	buf_c(b, '"');
}

void json_hex(struct buf *b, const uint8_t *p, size_t len)
{
	json_comma(b);
	buf_c(b, '"');
	secret_hex(p, len, b);
	buf_c(b, '"');
}

void json_ks(struct buf *b, const char *key, struct str s)
{
	json_key(b, key);
	json_s(b, s);
}

void json_kz(struct buf *b, const char *key, const char *z)
{
	json_ks(b, key, str_of(z));
}

void json_ki(struct buf *b, const char *key, int64_t v)
{
	json_key(b, key);
	json_i(b, v);
}

void json_ku(struct buf *b, const char *key, uint64_t v)
{
	json_key(b, key);
	json_u(b, v);
}

void json_kb(struct buf *b, const char *key, bool v)
{
	json_key(b, key);
	json_bool(b, v);
}

void json_kid(struct buf *b, const char *key, uint64_t id)
{
	json_key(b, key);
	json_id(b, id);
}

void json_kt(struct buf *b, const char *key, int64_t wall_ms)
{
	json_key(b, key);
	json_time(b, wall_ms);
}

void json_ks_opt(struct buf *b, const char *key, struct str s)
{
	if (s.len > 0)
		json_ks(b, key, s);
}

void json_kt_opt(struct buf *b, const char *key, int64_t wall_ms)
{
	if (wall_ms != 0)
		json_kt(b, key, wall_ms);
}

/* The country and the last two digits help people to recognise their own
 * number; of anything shorter nothing is left. */
void mask_put(struct buf *b, struct str address)
{
	must(b != NULL);
	if (address.len < 9) {
		buf_z(b, "…**");
		return;
	}
	/* Not inside a character: addresses of other channels may be UTF-8. */
	size_t head = 4, tail = address.len - 2;
	while (head > 0 && (address.p[head] & 0xc0) == 0x80)
		head--;
	while (tail > head && (address.p[tail] & 0xc0) == 0x80)
		tail--;
	buf_str_put(b, str_first(address, head));
	buf_z(b, "…**");
	buf_str_put(b, str_from(address, tail));
}

void json_masked(struct buf *b, struct str address)
{
	AUTO(buf_done) struct buf m = { 0 };

	buf_init(&m, 64);
	mask_put(&m, address);
	json_s(b, buf_str(&m));
}
