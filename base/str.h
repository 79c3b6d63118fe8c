/* struct str: a view of bytes with a length; owns nothing, never NUL-bound. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/must.h"

struct str {
	const char *p;
	size_t len;
};

#define STR(literal) ((struct str){ "" literal "", sizeof(literal) - 1 })
#define STR_NONE ((struct str){ "", 0 })
/* For printf: "%.*s", STR_ARGS(s) */
#define STR_ARGS(s) (int)(s).len, (s).p

struct str str_of(const char *z); /* z may be NULL: empty */
struct str str_bytes(const void *p, size_t len);
bool str_eq(struct str a, struct str b);
bool str_eqz(struct str a, const char *z);
bool str_ieqz(struct str a, const char *z); /* ASCII case folded */
bool str_starts(struct str s, struct str prefix);
struct str str_trim(struct str s);              /* ASCII white space */
struct str str_from(struct str s, size_t off);  /* clamped */
struct str str_first(struct str s, size_t len); /* clamped */

/* Splits at the first sep: *head is before, result is after; if there is no
 * sep, *head is all and the result is empty. */
struct str str_cut(struct str s, char sep, struct str *head);

/* Position of c, or s.len. */
size_t str_find(struct str s, char c);

/* A NUL-terminated copy on the heap; the caller frees it with mem_free. */
char *str_z(struct str s);

/* Copies into dst[size], always terminated. 0, or -ENOSPC when cut (dst then
 * holds "" so that nobody works on half a value). */
MUST_USE int str_copy(char *dst, size_t size, struct str s);

/* Decimal digits only, whole of s. -EBADMSG, or -ERANGE above max. */
MUST_USE int str_u64(struct str s, uint64_t max, uint64_t *out);

/* 64-bit hash keyed per process (SipHash by libsodium is in secret.h; this
 * is the fast one for tables). The seed defeats chosen collisions. */
uint64_t str_hash(struct str s);
