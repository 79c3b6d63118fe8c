/* Views of bytes: comparing, cutting, numbers, and the hash for tables. */
#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/mem.h"

struct str str_of(const char *z)
{
	return z == NULL ? STR_NONE : (struct str){ z, strlen(z) };
}

struct str str_bytes(const void *p, size_t len)
{
	must(p != NULL || len == 0);
	return p == NULL ? STR_NONE : (struct str){ p, len };
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool str_eqz(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

static char str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

bool str_ieqz(struct str a, const char *z)
{
	struct str b = str_of(z);

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (str_lower(a.p[i]) != str_lower(b.p[i]))
			return false;
	}
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return str_eq(str_first(s, prefix.len), prefix);
}

static bool str_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && str_is_space(s.p[0]))
		s = str_from(s, 1);
	while (s.len > 0 && str_is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct str str_from(struct str s, size_t off)
{
	off = MIN(off, s.len);
	return (struct str){ s.p + off, s.len - off };
}

struct str str_first(struct str s, size_t len)
{
	return (struct str){ s.p, MIN(len, s.len) };
}

struct str str_cut(struct str s, char sep, struct str *head)
{
	must(head != NULL);

	size_t at = str_find(s, sep);
	*head = str_first(s, at);
	return str_from(s, at + 1);
}

size_t str_find(struct str s, char c)
{
	const char *at = s.len > 0 ? memchr(s.p, c, s.len) : NULL;

	return at == NULL ? s.len : (size_t)(at - s.p);
}

char *str_z(struct str s)
{
	char *z = mem_alloc(s.len + 1);

	if (s.len > 0)
		memcpy(z, s.p, s.len);
	z[s.len] = '\0';
	return z;
}

int str_copy(char *dst, size_t size, struct str s)
{
	must(dst != NULL && size > 0);

	dst[0] = '\0';
	if (s.len >= size)
		return -ENOSPC;
	if (s.len > 0)
		memcpy(dst, s.p, s.len);
	dst[s.len] = '\0';
	return 0;
}

int str_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	bool over = false;

	must(out != NULL);
	if (s.len == 0)
		return -EBADMSG;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -EBADMSG;
		over |= __builtin_mul_overflow(v, 10u, &v);
		over |= __builtin_add_overflow(v, (unsigned)(s.p[i] - '0'), &v);
	}
	if (over || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

/* ---- hash: blocks of 16 bytes folded through 64x64->128 products --------- */

static uint64_t str_seed[3];

__attribute__((constructor)) static void str_seed_init(void)
{
	must(getrandom(str_seed, sizeof(str_seed), 0) ==
	     (ssize_t)sizeof(str_seed));
}

static uint64_t str_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 m = (unsigned __int128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t str_load(const char *p, size_t len)
{
	uint64_t v = 0;

	memcpy(&v, p, len);
	return v;
}

uint64_t str_hash(struct str s)
{
	uint64_t h = str_seed[0] ^ s.len;
	uint64_t a = 0;
	uint64_t b = 0;

	for (; s.len > 16; s = str_from(s, 16))
		h = str_fold(str_load(s.p, 8) ^ str_seed[1],
			     str_load(s.p + 8, 8) ^ h);
	if (s.len >= 8) {
		a = str_load(s.p, 8);
		b = str_load(s.p + s.len - 8, 8);
	} else if (s.len > 0) {
		a = str_load(s.p, s.len);
	}
	h = str_fold(a ^ str_seed[1], b ^ h);
	return str_fold(h ^ str_seed[2], str_seed[0] | 1);
}
