/* Text: UTF-8, UCS-2/UTF-16BE, the GSM 7-bit alphabet, and folding. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Well-formed UTF-8 (RFC 3629): no overlongs, surrogates or above U+10FFFF. */
bool text_utf8_ok(struct str s);
/* Also free of control characters other than TAB, LF and CR. */
bool text_printable(struct str s);
/* Next code point at *at (advances); U+FFFD for a bad byte (advances 1). */
uint32_t text_next(struct str s, size_t *at);
void text_put(uint32_t cp, struct buf *out); /* as UTF-8 */
size_t text_count(struct str s);             /* code points */

/* UTF-8 <-> UTF-16BE ("UCS-2" of SMS; surrogate pairs kept). Decoding puts
 * U+FFFD for a lone surrogate and ignores an odd last byte. */
void text_to_utf16(struct str utf8, struct buf *out);
void text_from_utf16(struct str be, struct buf *utf8);
void text_from_latin1(struct str in, struct buf *utf8);
MUST_USE int text_to_latin1(struct str utf8, struct buf *out); /* -EBADMSG */

/* Charsets that SMPP names and few use. -EOPNOTSUPP: this machine has no
 * table for it. What cannot be read becomes U+FFFD. */
enum text_legacy {
	TEXT_CYRILLIC, /* ISO 8859-5 */
	TEXT_HEBREW,   /* ISO 8859-8 */
	TEXT_JAPANESE, /* Shift JIS, or ISO-2022-JP where it has escapes */
	TEXT_KOREAN,   /* KS C 5601, as EUC-KR and its extension */
};
MUST_USE int text_from_legacy(enum text_legacy charset, struct str in,
			      struct buf *utf8);

/* GSM 03.38 default alphabet with its extension table. One septet a byte
 * (unpacked), escapes written 0x1B. */
/* Septets this code point takes: 1 or 2; 0: not in the alphabet. */
unsigned text_gsm_len(uint32_t cp);
/* -EBADMSG when a character does not fit; *bad (may be NULL) names it. */
MUST_USE int text_to_gsm(struct str utf8, struct buf *out, uint32_t *bad);
void text_from_gsm(struct str septets, struct buf *utf8);
/* The same with national tables (3GPP TS 23.038 annex A), by the numbers of
 * their languages. `single` stands in for the extension table, `lock` for the
 * default one: that is only read. */
enum gsm_table { GSM_DEFAULT, GSM_TURKISH, GSM_SPANISH, GSM_PORTUGUESE };
/* "turkish"; GSM_DEFAULT for any other word. */
enum gsm_table text_gsm_table(struct str name);
unsigned text_shift_len(uint32_t cp, enum gsm_table single);
/* -EBADMSG when a character does not fit; nothing is appended then. */
MUST_USE int text_to_shift(struct str utf8, enum gsm_table single,
			   struct buf *out);
void text_from_shift(struct str septets, enum gsm_table lock,
		     enum gsm_table single, struct buf *utf8);
/* Packing of septets into octets, `shift` fill bits first (after a UDH). */
void text_gsm_pack(struct str septets, unsigned shift, struct buf *out);
void text_gsm_unpack(struct str packed, size_t septets, unsigned shift,
		     struct buf *out);

/* A letter, its mark, or a number that is no digit. */
bool text_is_letter(uint32_t cp);
/* Of scripts that write without spaces, or a picture: from U+2E80 on. */
static inline bool text_is_dense(uint32_t cp)
{
	return cp >= 0x2E80;
}

/*
 * Folding for comparison: NFKC_Casefold (libutf8proc), keycap marks and
 * variation selectors dropped, every Unicode decimal digit to ASCII, (n) and
 * circled forms to digits, traditional to simplified for the characters our
 * words use, punctuation and spaces dropped when `tight`. Input longer than
 * 1,024 bytes is cut. -EBADMSG for invalid UTF-8.
 */
MUST_USE int text_fold(struct str utf8, bool tight, struct buf *out);
/* Does a Chinese character stand in it? */
bool text_has_han(struct str utf8);
